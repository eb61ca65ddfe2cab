//! What several pages have seen of one offer, and which of them has seen more.
//!
//! Each page is told by its own CCP, and may have been opened late or have missed a snapshot.

use std::cmp::{Ordering, Reverse};

use super::CallRecord;
use crate::{contact::Direction, outcome::CallOutcome, time::TimeSource};

/// From what is said for want of a reason to what a button explains; what is only said of a call
/// that got further comes later.
const BY_REASON: [CallOutcome; 12] = [
    CallOutcome::Unconfirmed,
    CallOutcome::NotPlaced,
    CallOutcome::Missed,
    CallOutcome::Abandoned,
    CallOutcome::Answered,
    CallOutcome::Failed,
    CallOutcome::Refused,
    CallOutcome::NoAnswer,
    CallOutcome::Busy,
    CallOutcome::BadNumber,
    CallOutcome::Declined,
    CallOutcome::Cancelled,
];

impl CallRecord {
    /// Whether the two are what two pages have seen of one offer: of the same beginning or, if
    /// one of them came to it later, not one after the other.
    pub(crate) fn is_seen_of_the_same(&self, other: &Self) -> bool {
        match (&self.contact, &other.contact) {
            _ if self.is_same_offer(other) => true,
            (None, Some(_)) => other.is_call_of(self),
            (Some(_), None) => self.is_call_of(other),
            (None, None) => false,
            (mine, theirs) => {
                mine == theirs
                    && !self.rang_apart_from(other)
                    && !self.ended_before(other)
                    && !other.ended_before(self)
            }
        }
    }

    /// Whether it is the call that came of a number that was dialled: it began when there had been
    /// none, and before the desk gave up waiting. By Connect's times alone, since the desk's clock
    /// may be a little off and the next call may follow at once.
    fn is_call_of(&self, dialled: &Self) -> bool {
        let gave_up = dialled.times.ended;
        self.comes_after(dialled)
            && gave_up.is_none_or(|gave_up| self.times.began() < Some(gave_up.at))
    }

    /// The same of a call that has just come to be seen. How long before it began may not be told.
    pub(crate) fn may_be_call_of(&self, dialled: &Self) -> bool {
        let is_late = self.times.connecting.is_none();
        self.is_call_of(dialled) || (is_late && self.comes_after(dialled))
    }

    fn comes_after(&self, dialled: &Self) -> bool {
        let began = self.times.began();
        dialled.outcome == CallOutcome::Unconfirmed
            && self.dials_like(dialled)
            && began.is_none_or(|began| Some(began) >= dialled.latest)
    }

    /// Whether it is a call that was placed to the same number, as far as one is known.
    pub(crate) fn dials_like(&self, dialled: &Self) -> bool {
        self.direction == Direction::Outbound
            && (self.last_two.is_none() || self.last_two == dialled.last_two)
    }

    fn ended_before(&self, later: &Self) -> bool {
        let ends = self.times.ended.zip(later.times.began());
        ends.is_some_and(|(ended, began)| match ended.source {
            // It was gone by then.
            TimeSource::Absence => ended.at <= began,
            _ => ended.at < began,
        })
    }

    /// Whether Connect has stated two rings. A callback rings twice in one offer, and of
    /// dialling it is not documented how often it begins.
    fn rang_apart_from(&self, other: &Self) -> bool {
        let ring = |record: &Self| {
            let stated = record.times.connecting?;
            let rings_once = record.direction == Direction::Inbound && !record.callback;
            (rings_once && stated.source == TimeSource::ContactState).then_some(stated.at)
        };
        ring(self).zip(ring(other)).is_some_and(|(a, b)| a != b)
    }

    /// Whether the other is seen of the same offer, and no less is known of it.
    pub(crate) fn says_all_of(&self, other: &Self) -> bool {
        let no_less = || match self.knowledge().cmp(&other.knowledge()) {
            Ordering::Less => false,
            Ordering::Greater => true,
            // Of two moments by which it was gone, the earlier says more.
            Ordering::Equal => {
                let ends = self.times.ended.zip(other.times.ended);
                ends.is_none_or(|(mine, theirs)| mine.at <= theirs.at)
            }
        };
        self.is_seen_of_the_same(other) && no_less()
    }

    /// How much is known of it, what matters most first: its contact; its end, and of two ends the
    /// earlier, for a page that missed it may have taken the next offer for this one; how far it got; why
    /// it ended, which only the page knows in which a button was pressed; its other times.
    fn knowledge(&self) -> impl Ord + use<> {
        let times = &self.times;
        let ended = times.ended.filter(|end| end.source != TimeSource::Absence);
        let ended = ended.map(|ended| ended.at);
        // If its end is only guessed, so is that it was cleared.
        let cleared = times.cleared.filter(|_| ended.is_some());
        let known = [times.connecting, times.connected, cleared];
        let reason = BY_REASON.iter().position(|known| *known == self.outcome);
        (
            self.contact.is_some(),
            ended.is_some(),
            Reverse(ended),
            times.connected.is_some(),
            self.latest,
            reason,
            known.into_iter().flatten().count(),
            times.holds.len(),
        )
    }
}
