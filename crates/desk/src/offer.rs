//! Where one offer of a contact ends and the next begins.
//!
//! A call that is missed goes back to its queue and may come to the same agent again, under
//! the same contact id; snapshots in between may be lost, and late ones may still speak of the
//! offer before. The times of the states tell these apart. This module compares; it changes
//! nothing.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    call_log::{CallOutcome, CallRecord},
    contact::{Asked, Contact, Direction},
    phase::CallPhase,
    snapshot::{ContactSnapshot, ContactState},
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

/// How far a server's clocks may lie apart. A state that begins later than that after the
/// snapshot which tells it bears a wrong time, and a wrong time is no evidence of anything.
const CLOCKS_APART: TimeDelta = TimeDelta::minutes(1);

/// The longest that a call stays in one state.
const LONGEST_STATE: TimeDelta = TimeDelta::hours(24);

/// When the told state of a call began, unless that cannot be: at a zero date, or in the
/// future. `seen` is the time of the snapshot.
pub(crate) fn state_began(
    told: &ContactSnapshot,
    seen: Option<DateTime<Utc>>,
) -> Option<DateTime<Utc>> {
    let since = told.since?;
    let Some(seen) = seen.filter(|_| told.kind.is_call()) else {
        return Some(since);
    };
    let possible = since - seen <= CLOCKS_APART && seen - since <= LONGEST_STATE;
    possible.then_some(since)
}

impl Known<'_> {
    /// What `told` is to this offer. `seen` is the time of the snapshot.
    pub(crate) fn relation(self, told: &ContactSnapshot, seen: Option<DateTime<Utc>>) -> Relation {
        let Some(state) = &told.state else {
            return Relation::Same;
        };
        let since = state_began(told, seen);
        let age = |known: Option<DateTime<Utc>>| {
            let known = known.filter(|at| seen.is_none_or(|seen| *at - seen <= CLOCKS_APART));
            match (since, known) {
                (Some(since), Some(known)) if since > known => Age::Newer,
                (Some(_), Some(_)) => Age::NotNewer,
                _ => Age::Untold,
            }
        };
        if self.ended.is_some() || !self.phase.is_live() {
            // An end that was only seen may be later than the next ring.
            let stated = self
                .ended
                .filter(|ended| ended.source != TimeSource::FirstSeen);
            return self.relation_when_over(state, age(stated.map(|ended| ended.at)));
        }
        let age = age(self.latest);
        let begins_again = state.is_on_its_way() && self.begins_again(state, age);
        match age {
            Age::NotNewer if begins_again || since != self.latest => Relation::Stale,
            Age::Newer | Age::Untold if begins_again => Relation::NewOffer,
            Age::Newer | Age::NotNewer | Age::Untold => Relation::Same,
        }
    }

    fn relation_when_over(self, state: &ContactState, age: Age) -> Relation {
        // It was only thought to be over, because a snapshot lacked it. Anything but a new ring
        // says that it went on.
        if self
            .ended
            .is_some_and(|ended| ended.source == TimeSource::Absence)
        {
            return match age {
                Age::Newer if state.is_on_its_way() => Relation::NewOffer,
                Age::Newer | Age::NotNewer | Age::Untold => Relation::Same,
            };
        }
        if state.is_live() {
            return match age {
                Age::NotNewer => Relation::Stale,
                Age::Newer | Age::Untold => Relation::NewOffer,
            };
        }
        // Missed, offered and missed again while no snapshot arrived. A state gets a new time
        // only when it is entered again.
        let entered_again = age == Age::Newer
            && self.phase != CallPhase::AfterCallWork
            && state.is_over()
            && self.state.is_none_or(|known| known == state);
        if entered_again {
            Relation::NewOffer
        } else {
            Relation::Same
        }
    }

    /// Whether a ringing or dialling state cannot be a part of this offer.
    fn begins_again(self, state: &ContactState, age: Age) -> bool {
        match self.phase {
            CallPhase::Connected { .. } => true,
            CallPhase::Dialing => *state == ContactState::Incoming,
            // A state gets a new time only when it is entered again. Dialling is left out:
            // whether Connect gives a new one while the legs come up is not documented.
            CallPhase::Ringing => {
                age == Age::Newer && self.state.is_none_or(|known| known == state)
            }
            CallPhase::AfterCallWork | CallPhase::Missed | CallPhase::Failed => false,
        }
    }
}

/// What remains of an offer without its contact: in the journal while the page is away, or of
/// one whose contact was absent from a snapshot and is back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeptOffer {
    pub record: CallRecord,
    /// The outcome, if it was known; the record always has one.
    pub outcome: Option<CallOutcome>,
    pub phase: CallPhase,
    /// The last state told; `None` if none could be read, or if only a record remains.
    pub state: Option<ContactState>,
    pub asked: Asked,
}

impl KeptOffer {
    pub(crate) fn of(contact: &Contact) -> Self {
        Self {
            record: CallRecord::of(contact),
            outcome: contact.outcome,
            phase: contact.phase,
            state: contact.known().state.cloned(),
            asked: contact.asked,
        }
    }

    pub(crate) fn known(&self) -> Known<'_> {
        let times = &self.record.times;
        let latest = [times.connecting, times.connected, times.ended]
            .into_iter()
            .flatten()
            .filter(|stamp| stamp.source == TimeSource::ContactState)
            .map(|stamp| stamp.at)
            .max();
        Known {
            phase: self.phase,
            state: self.state.as_ref(),
            latest,
            ended: times.ended,
        }
    }

    /// The record of an offer that left while nobody was looking.
    pub(crate) fn into_record(self, absence: Option<Stamp>) -> CallRecord {
        let mut record = self.record;
        record.times.note_ended(absence);
        record.times.note_cleared(absence);
        record.outcome = self.outcome.unwrap_or(match self.phase {
            CallPhase::Connected { .. } | CallPhase::AfterCallWork => CallOutcome::Answered,
            _ if self.asked.declined => CallOutcome::Declined,
            _ if self.asked.cancelled => CallOutcome::Cancelled,
            CallPhase::Ringing | CallPhase::Missed => CallOutcome::Missed,
            CallPhase::Dialing | CallPhase::Failed => CallOutcome::Failed,
        });
        record
    }
}

impl From<CallRecord> for KeptOffer {
    /// An offer that had left the desk. If its end was only guessed from its absence, it is as
    /// it was before.
    fn from(record: CallRecord) -> Self {
        let ended = record.times.ended;
        let guessed = ended.is_some_and(|ended| ended.source == TimeSource::Absence);
        let phase = match record.outcome {
            _ if guessed && record.times.connected.is_some() => {
                CallPhase::Connected { on_hold: false }
            }
            _ if guessed => match record.direction {
                Direction::Inbound => CallPhase::Ringing,
                Direction::Outbound => CallPhase::Dialing,
            },
            CallOutcome::Answered => CallPhase::AfterCallWork,
            CallOutcome::Missed | CallOutcome::Declined | CallOutcome::Abandoned => {
                CallPhase::Missed
            }
            CallOutcome::Busy
            | CallOutcome::NoAnswer
            | CallOutcome::BadNumber
            | CallOutcome::Cancelled
            | CallOutcome::Refused
            | CallOutcome::Failed => CallPhase::Failed,
        };
        Self {
            outcome: (!guessed).then_some(record.outcome),
            phase,
            state: None,
            asked: Asked::default(),
            record,
        }
    }
}
