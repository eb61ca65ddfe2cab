//! Where one offer of a contact ends and the next begins.
//!
//! A call that is missed goes back to its queue and may come to the same agent again, under
//! the same contact id; snapshots in between may be lost, and late ones may still speak of the
//! offer before. The times of the states tell these apart. This module compares; it changes
//! nothing.

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    call_log::CallRecord,
    clock::CLOCKS_APART,
    contact::{Contact, Surroundings},
    outcome::{Asked, CallOutcome},
    phase::CallPhase,
    snapshot::{ContactKind, ContactSnapshot, ContactState, LegRole, LegSnapshot, LegState},
    time::{Stamp, TimeSource},
};

/// What a snapshot of a contact means for the offer that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Relation {
    /// The same offer, now or further on.
    Same,
    /// Older than what is known; it says nothing.
    Stale,
    /// The offer is over, and the contact is offered anew.
    NewOffer,
}

/// What is known of an offer that a snapshot can be compared with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known<'a> {
    pub phase: CallPhase,
    /// The last state told; `None` when it has not been kept.
    pub state: Option<&'a ContactState>,
    /// Whether the phase is only inferred, since no state could be read so far.
    pub inferred: bool,
    /// Whether it is a queued callback, which rings as `incoming` and dials as `connecting`.
    pub callback: bool,
    /// The newest time that Connect gave to a state of this offer.
    pub latest: Option<DateTime<Utc>>,
    pub ended: Option<Stamp>,
}

/// How the time of a state compares with a time that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Age {
    Newer,
    NotNewer,
    /// One of the two bears no time. What is told counts as new.
    Untold,
}

/// The longest that a call stays in one state.
const LONGEST_STATE: TimeDelta = TimeDelta::hours(24);

/// When the told state of a call began, unless that cannot be: at a zero date, or in the
/// future of the snapshot that tells it. A wrong time is no evidence of anything.
pub(crate) fn state_began(
    told: &ContactSnapshot,
    taken_at: Option<DateTime<Utc>>,
) -> Option<DateTime<Utc>> {
    let since = told.since?;
    let Some(taken_at) = taken_at.filter(|_| told.kind.is_call()) else {
        return Some(since);
    };
    let possible = since - taken_at <= CLOCKS_APART && taken_at - since <= LONGEST_STATE;
    possible.then_some(since)
}

impl Known<'_> {
    /// What `told` is to this offer.
    pub(crate) fn relation(mut self, told: &ContactSnapshot, around: Surroundings<'_>) -> Relation {
        // A kind that could not be read earlier.
        self.callback |= told.kind == ContactKind::QueueCallback;
        if self.inferred {
            return Relation::Same;
        }
        let Some(state) = &told.state else {
            return self.relation_by_leg(told);
        };
        let since = state_began(told, around.taken_at);
        let age = |known: Option<DateTime<Utc>>| {
            let known = known.filter(|at| around.is_possible(*at));
            match (since, known) {
                (Some(since), Some(known)) if since > known => Age::Newer,
                (Some(_), Some(_)) => Age::NotNewer,
                _ => Age::Untold,
            }
        };
        let since_latest = age(self.latest);
        let is_late = since_latest == Age::NotNewer && since != self.latest;
        if self.is_absent() {
            // It was only thought to be over. Anything but a new ring says that it went on.
            return match since_latest {
                Age::NotNewer if is_late => Relation::Stale,
                Age::Newer if self.is_offered_by(state) => Relation::NewOffer,
                Age::Newer | Age::NotNewer | Age::Untold => Relation::Same,
            };
        }
        if self.ended.is_some() || !self.phase.is_live() {
            // An end that was only seen may be later than the next ring.
            let stated = self
                .ended
                .filter(|ended| ended.source != TimeSource::FirstSeen);
            return self.relation_when_over(state, age(stated.map(|ended| ended.at)));
        }
        let begins_again = state.is_on_its_way() && self.begins_again(state, since_latest);
        match since_latest {
            Age::NotNewer if begins_again || is_late => Relation::Stale,
            Age::Newer | Age::Untold if begins_again => Relation::NewOffer,
            Age::Newer | Age::NotNewer | Age::Untold => Relation::Same,
        }
    }

    /// Whether the offer's end is only guessed, because a snapshot lacked its contact.
    fn is_absent(self) -> bool {
        self.ended
            .is_some_and(|ended| ended.source == TimeSource::Absence)
    }

    /// When the state cannot be read: a leg of the agent's that is there and began after the
    /// end is of a new offer.
    fn relation_by_leg(self, told: &ContactSnapshot) -> Relation {
        let begins_offer = |leg: &LegSnapshot| match leg.state {
            // An accepted callback rings the agent once more.
            Some(LegState::Connecting) => !(self.is_absent() && self.callback),
            _ => leg.is_active() && !self.is_absent(),
        };
        let begun = told.legs.iter().flatten().any(|leg| {
            let times = leg.since.zip(self.ended);
            leg.role == LegRole::Agent
                && begins_offer(leg)
                && times.is_some_and(|(since, ended)| since > ended.at)
        });
        if begun {
            Relation::NewOffer
        } else {
            Relation::Same
        }
    }

    fn relation_when_over(self, state: &ContactState, age: Age) -> Relation {
        if state.is_live() {
            return match age {
                Age::NotNewer => Relation::Stale,
                Age::Newer | Age::Untold => Relation::NewOffer,
            };
        }
        // Not taken, offered again and over again while no snapshot arrived: a state gets a new
        // time only when it is entered. A wrap-up has no such successor, and a call that broke
        // off may still come to its end.
        let over_again = match self.phase {
            CallPhase::Missed => true,
            CallPhase::Failed => self.state.is_none_or(|known| known == state),
            CallPhase::AfterCallWork
            | CallPhase::Ringing
            | CallPhase::Dialing
            | CallPhase::Connected { .. } => false,
        };
        if over_again && age == Age::Newer && state.is_over() {
            Relation::NewOffer
        } else {
            Relation::Same
        }
    }

    /// Whether a state is the first of an offer rather than a step in this one, as far as the
    /// phase tells.
    fn is_offered_by(self, state: &ContactState) -> bool {
        match self.phase {
            CallPhase::Dialing => *state == ContactState::Incoming,
            CallPhase::Ringing if self.callback => *state == ContactState::Incoming,
            _ => state.is_on_its_way(),
        }
    }

    /// Whether a ringing or dialling state cannot be a part of this offer.
    fn begins_again(self, state: &ContactState, age: Age) -> bool {
        match self.phase {
            CallPhase::Connected { .. } => true,
            CallPhase::Dialing => *state == ContactState::Incoming,
            // A state gets a new time only when it is entered again. Dialling is left out:
            // whether Connect gives a new one while the legs come up is not documented.
            CallPhase::Ringing if age == Age::Newer => match self.state {
                Some(known) => known == state,
                None => self.is_offered_by(state),
            },
            CallPhase::Ringing
            | CallPhase::AfterCallWork
            | CallPhase::Missed
            | CallPhase::Failed => false,
        }
    }
}

/// What remains of an offer without its contact: in the journal while the page is away, or of
/// one whose contact was absent from a snapshot and is back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeptOffer {
    pub record: CallRecord,
    /// The outcome, if it was known; the record always has one.
    pub outcome: Option<CallOutcome>,
    /// The last state told; `None` if none could be read, or if only a record remains.
    pub state: Option<ContactState>,
    /// Whether the phase is only inferred, since no state could be read.
    pub inferred: bool,
    pub asked: Asked,
}

impl KeptOffer {
    pub(crate) fn of(contact: &Contact) -> Self {
        Self {
            record: CallRecord::of(contact),
            outcome: contact.outcome,
            state: contact.known().state.cloned(),
            inferred: contact.known().inferred,
            asked: contact.asked,
        }
    }

    pub(crate) fn known(&self) -> Known<'_> {
        Known {
            phase: self.record.phase,
            state: self.state.as_ref(),
            inferred: self.inferred,
            callback: self.record.callback,
            latest: self.record.latest,
            ended: self.record.times.ended,
        }
    }

    /// The record of an offer that left while nobody was looking.
    pub(crate) fn into_record(self, around: Surroundings<'_>) -> CallRecord {
        let mut record = self.record;
        record.times.leave(around);
        record
    }
}

impl From<CallRecord> for KeptOffer {
    /// An offer that had left the desk. If its end was only guessed from its absence, it is as
    /// it was before.
    fn from(record: CallRecord) -> Self {
        let times = &record.times;
        let guessed = times
            .ended
            .is_some_and(|ended| ended.source == TimeSource::Absence);
        // Of a state that was told, a time remains.
        let inferred = guessed && times.connecting.is_none() && times.connected.is_none();
        Self {
            outcome: (!guessed).then_some(record.outcome),
            state: None,
            inferred,
            // What was pressed is told by the outcome that it explained.
            asked: Asked {
                declined: record.outcome == CallOutcome::Declined,
                cancelled: record.outcome == CallOutcome::Cancelled,
            },
            record,
        }
    }
}
