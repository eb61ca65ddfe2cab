//! The times of an offer: what Connect stated, what was only seen, and in which order.
//!
//! Every time that is recorded is a timestamp of the server and says how it is known. This
//! module keeps them in an order that can have happened; it reads no clock.

use chrono::{DateTime, TimeDelta, Utc};

use crate::contact::Surroundings;

/// The time between two moments; zero if the second comes first.
pub fn elapsed(from: DateTime<Utc>, to: DateTime<Utc>) -> TimeDelta {
    (to - from).max(TimeDelta::zero())
}

/// A moment in server time, and how it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// The moment.
    pub at: DateTime<Utc>,
    /// How it is known.
    pub source: TimeSource,
}

/// How a time is known, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeSource {
    /// The timestamp that Connect gave to the contact's state.
    ContactState,
    /// The timestamp that Connect gave to the state of a leg.
    Leg,
    /// The timestamp of the agent's own state that followed.
    AgentState,
    /// The first snapshot that showed it: Connect gave no timestamp, or one that contradicts the
    /// others. It happened then or shortly before.
    FirstSeen,
    /// The first snapshot without the contact: it went without saying when.
    Absence,
    /// The moment at which Connect was asked to dial, or refused, by the desk's clock: there is no
    /// contact that could bear a time.
    Request,
}

impl Stamp {
    pub(crate) fn new(at: DateTime<Utc>, source: TimeSource) -> Self {
        Self { at, source }
    }

    /// Whether the moment was not stated, but is that of a snapshot or of something beside it.
    fn is_estimate(self) -> bool {
        match self.source {
            TimeSource::ContactState | TimeSource::Leg | TimeSource::Request => false,
            TimeSource::AgentState | TimeSource::FirstSeen | TimeSource::Absence => true,
        }
    }

    fn not_after(&mut self, limit: Option<DateTime<Utc>>) {
        if let Some(limit) = limit.filter(|limit| self.is_estimate() && self.at > *limit) {
            self.at = limit;
        }
    }

    fn not_before(&mut self, floor: Option<DateTime<Utc>>) {
        if let Some(floor) = floor.filter(|floor| self.at < *floor) {
            self.at = floor;
            if !self.is_estimate() {
                self.source = TimeSource::FirstSeen;
            }
        }
    }
}

/// The times of one offer of a contact. What is not known is absent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OfferTimes {
    /// When it began to ring here or to be dialled.
    pub connecting: Option<Stamp>,
    /// When both sides were on the line.
    pub connected: Option<Stamp>,
    /// Every hold of the customer's leg, in order.
    pub holds: Vec<Hold>,
    /// When the call ended, was missed or failed.
    pub ended: Option<Stamp>,
    /// When the wrap-up ended, or the missed or failed contact was dismissed.
    pub cleared: Option<Stamp>,
}

/// One time that the customer was on hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hold {
    /// When it began.
    pub from: Stamp,
    /// When it ended; `None` while it lasts.
    pub to: Option<Stamp>,
}

/// More holds than anybody makes in a call; a bound for a source that has gone mad.
const MOST_HOLDS: usize = 200;

impl OfferTimes {
    /// The first moment known of this offer: its name together with the contact id.
    pub fn began(&self) -> Option<DateTime<Utc>> {
        [self.connecting, self.connected, self.ended]
            .into_iter()
            .flatten()
            .map(|stamp| stamp.at)
            .next()
    }

    /// Time on hold, until `now` for a hold that lasts.
    pub fn on_hold(&self, now: DateTime<Utc>) -> TimeDelta {
        self.holds
            .iter()
            .map(|hold| elapsed(hold.from.at, hold.to.map_or(now, |to| to.at)))
            .fold(TimeDelta::zero(), |sum, hold| {
                sum.checked_add(&hold).unwrap_or(sum)
            })
    }

    /// Time in conversation: from connected to ended (or `now`), less the holds. `None` if it
    /// is not known when, or that, the call was connected.
    pub fn talk(&self, now: DateTime<Utc>) -> Option<TimeDelta> {
        let end = self.ended.map_or(now, |ended| ended.at);
        let whole = elapsed(self.connected?.at, end);
        Some((whole - self.on_hold(end)).max(TimeDelta::zero()))
    }

    pub(crate) fn note_connecting(&mut self, told: Option<Stamp>) {
        note(&mut self.connecting, told);
        self.put_in_order();
    }

    pub(crate) fn note_connected(&mut self, told: Option<Stamp>) {
        note(&mut self.connected, told);
        self.put_in_order();
    }

    pub(crate) fn note_ended(&mut self, told: Option<Stamp>) {
        note(&mut self.ended, told);
        if let Some(ended) = self.ended {
            self.hold_ends(ended);
        }
        self.put_in_order();
    }

    /// Notes that the contact is absent from a snapshot.
    pub(crate) fn leave(&mut self, around: Surroundings<'_>) {
        let absence = around.seen_as(TimeSource::Absence);
        self.note_ended(absence);
        // The state that the agent returns to begins when the last contact is cleared; that is
        // more exact than the snapshot in which the contact is missing. Not if its end is not
        // known either: then the agent may have returned long before.
        let stated = self
            .ended
            .filter(|ended| ended.source != TimeSource::Absence);
        let returned = around
            .agent_returned()
            .filter(|returned| stated.is_some_and(|ended| ended.at < returned.at));
        note(&mut self.cleared, returned.or(absence));
        self.put_in_order();
    }

    /// Forgets that the contact had left, and its end if that was only guessed from its
    /// absence: it is back.
    pub(crate) fn reopen(&mut self) {
        self.cleared = None;
        let absent = |stamp: &mut Stamp| stamp.source == TimeSource::Absence;
        self.ended.take_if(absent);
        if let Some(hold) = self.holds.last_mut() {
            hold.to.take_if(absent);
        }
    }

    pub(crate) fn hold_begins(&mut self, told: Stamp) {
        if let Some(hold) = self.holds.last_mut() {
            let is_stated = told.source != TimeSource::FirstSeen;
            // It was only thought to be over.
            if is_stated && told.at == hold.from.at {
                hold.to.take_if(|to| to.is_estimate());
            }
            let is_that_one = match hold.to {
                // Without a time it cannot be told from the hold that lasts.
                None => !is_stated || told.at <= hold.from.at,
                Some(_) => is_stated && told.at <= hold.from.at,
            };
            if is_that_one {
                if hold.to.is_none() && hold.from.is_estimate() && !told.is_estimate() {
                    hold.from = told;
                    self.put_in_order();
                }
                return;
            }
            // The snapshot that showed the end of the earlier hold was lost: it ended at some
            // time before this one began.
            if hold.to.is_none_or(|to| to.at > told.at) {
                hold.to = Some(Stamp::new(told.at, TimeSource::FirstSeen));
            }
        }
        if self.holds.len() < MOST_HOLDS {
            self.holds.push(Hold {
                from: told,
                to: None,
            });
        }
        self.put_in_order();
    }

    pub(crate) fn hold_ends(&mut self, told: Stamp) {
        if let Some(hold) = self.holds.last_mut().filter(|hold| hold.to.is_none()) {
            hold.to = Some(told);
            self.put_in_order();
        }
    }

    /// Sees to it that nothing comes out before what it must follow. A time that was only
    /// estimated gives way to one that is stated; of two that Connect states in the wrong
    /// order, the later step is put at the earlier one.
    fn put_in_order(&mut self) {
        let mut limit: Option<DateTime<Utc>> = None;
        let backwards = [&mut self.ended, &mut self.connected, &mut self.connecting];
        for stamp in backwards.into_iter().flatten() {
            stamp.not_after(limit);
            limit = Some(stamp.at);
        }
        let mut floor: Option<DateTime<Utc>> = None;
        let steps = [
            &mut self.connecting,
            &mut self.connected,
            &mut self.ended,
            &mut self.cleared,
        ];
        for stamp in steps.into_iter().flatten() {
            stamp.not_before(floor);
            floor = Some(stamp.at);
        }
        let mut floor = self.connected.map(|connected| connected.at);
        for hold in &mut self.holds {
            for stamp in [Some(&mut hold.from), hold.to.as_mut()]
                .into_iter()
                .flatten()
            {
                if let Some(ended) = self.ended.filter(|ended| stamp.at > ended.at) {
                    *stamp = Stamp::new(ended.at, TimeSource::FirstSeen);
                }
                stamp.not_before(floor);
                floor = Some(stamp.at);
            }
        }
    }
}

/// Keeps the first time told; a time that was only seen gives way to the one Connect states.
fn note(slot: &mut Option<Stamp>, told: Option<Stamp>) {
    let Some(told) = told else { return };
    let better = slot.is_none_or(|known| {
        known.source == TimeSource::FirstSeen
            && told.source == TimeSource::ContactState
            && told.at <= known.at
    });
    if better {
        *slot = Some(told);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_767_258_000 + seconds, 0).unwrap()
    }

    fn leg(seconds: i64) -> Stamp {
        Stamp::new(at(seconds), TimeSource::Leg)
    }

    #[test]
    fn an_estimate_gives_way_to_a_stated_time_that_it_cannot_follow() {
        let mut times = OfferTimes::default();
        times.note_connecting(Some(Stamp::new(at(5), TimeSource::FirstSeen)));
        times.note_connected(Some(Stamp::new(at(4), TimeSource::ContactState)));
        assert_eq!(
            (times.connecting, times.connected),
            (
                Some(Stamp::new(at(4), TimeSource::FirstSeen)),
                Some(Stamp::new(at(4), TimeSource::ContactState))
            )
        );
    }

    #[test]
    fn of_two_stated_times_in_the_wrong_order_the_later_step_is_moved_and_says_so() {
        let mut times = OfferTimes::default();
        times.note_connecting(Some(Stamp::new(at(5), TimeSource::ContactState)));
        times.note_connected(Some(Stamp::new(at(4), TimeSource::ContactState)));
        assert_eq!(
            times.connected,
            Some(Stamp::new(at(5), TimeSource::FirstSeen))
        );
    }

    #[test]
    fn a_hold_without_a_time_is_one_hold_however_often_it_is_seen() {
        let mut times = OfferTimes::default();
        for seconds in [10, 12, 14] {
            times.hold_begins(Stamp::new(at(seconds), TimeSource::FirstSeen));
        }
        let from: Vec<_> = times.holds.iter().map(|hold| hold.from.at).collect();
        assert_eq!(from, [at(10)]);
    }

    #[test]
    fn a_hold_lies_within_the_talk() {
        let mut times = OfferTimes::default();
        times.note_connected(Some(Stamp::new(at(5), TimeSource::ContactState)));
        times.hold_begins(leg(3));
        times.hold_ends(leg(30));
        times.note_ended(Some(Stamp::new(at(20), TimeSource::ContactState)));
        let holds: Vec<_> = times
            .holds
            .iter()
            .map(|hold| (hold.from.at, hold.to.map(|to| to.at)))
            .collect();
        assert_eq!(holds, [(at(5), Some(at(20)))]);
    }

    #[test]
    fn durations_never_run_backwards() {
        assert_eq!(elapsed(at(5), at(3)), TimeDelta::zero());
    }

    #[test]
    fn talk_is_without_the_holds() {
        let mut times = OfferTimes {
            connected: Some(Stamp::new(at(0), TimeSource::ContactState)),
            ended: Some(Stamp::new(at(60), TimeSource::ContactState)),
            ..OfferTimes::default()
        };
        times.hold_begins(leg(10));
        times.hold_ends(leg(25));
        assert_eq!(times.talk(at(90)), Some(TimeDelta::seconds(45)));
    }

    #[test]
    fn a_hold_told_twice_is_one_hold() {
        let mut times = OfferTimes::default();
        times.hold_begins(leg(10));
        times.hold_begins(leg(10));
        assert_eq!(times.holds.len(), 1);
    }

    #[test]
    fn a_hold_whose_end_was_lost_ends_before_the_next() {
        let mut times = OfferTimes::default();
        times.hold_begins(leg(10));
        times.hold_begins(leg(30));
        let ends: Vec<_> = times.holds.iter().map(|hold| hold.to).collect();
        assert_eq!(
            ends,
            [Some(Stamp::new(at(30), TimeSource::FirstSeen)), None]
        );
    }
}
