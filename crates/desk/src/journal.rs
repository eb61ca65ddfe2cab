//! What outlives the page: ids and times, kept in the browser.
//!
//! A snapshot tells the present; when a call began to ring, or how often it was on hold, it no
//! longer says. So the desk keeps a journal of the offers it holds and of today's finished
//! ones, and gets it back as an input before the first snapshot. Nothing in it is personal:
//! ids, times, queue names, and of a number the last two digits.

use contract::ContactId;
use serde::{Deserialize, Serialize};

use crate::{
    call_log::{CallLog, CallOutcome, CallRecord},
    contact::{Asked, Contact, Direction},
    snapshot::ContactKind,
    time::{OfferTimes, Stamp},
};

/// The form of what is written; another form is not read.
const VERSION: u32 = 1;

/// What the desk keeps in the browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Journal {
    version: u32,
    /// Whose journal it is; another agent on the same PC starts a new one.
    agent: Option<String>,
    offers: Vec<OpenOffer>,
    log: CallLog,
}

/// An offer that had not left the desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OpenOffer {
    contact: ContactId,
    initial: Option<ContactId>,
    direction: Direction,
    callback: bool,
    last_two: Option<String>,
    queue: Option<String>,
    times: OfferTimes,
    asked: Asked,
}

impl Journal {
    pub(crate) fn new(agent: Option<&str>, offers: Vec<OpenOffer>, log: CallLog) -> Self {
        Self {
            version: VERSION,
            agent: agent.map(Into::into),
            offers,
            log,
        }
    }

    /// The open offers and the log, if this journal is in today's form and `agent`'s own. An
    /// agent without an id takes whatever is there: there is nobody to tell apart.
    pub(crate) fn open(self, agent: Option<&str>) -> Option<(Vec<OpenOffer>, CallLog)> {
        let same = match (self.agent.as_deref(), agent) {
            (Some(kept), Some(now)) => kept == now,
            _ => true,
        };
        (self.version == VERSION && same).then_some((self.offers, self.log))
    }
}

impl OpenOffer {
    pub(crate) fn of(contact: &Contact) -> Self {
        let record = CallRecord::of(contact);
        Self {
            contact: record.contact,
            initial: record.initial,
            direction: record.direction,
            callback: contact.kind == ContactKind::QueueCallback,
            last_two: record.last_two,
            queue: record.queue,
            times: record.times,
            asked: contact.asked,
        }
    }

    /// Whether `contact` may be this offer, now or further on: it says nothing that happened
    /// before what is kept, and begins nothing anew.
    pub(crate) fn is_of(&self, contact: &Contact) -> bool {
        let began_again = match (contact.times.connecting, self.times.connecting) {
            (Some(told), Some(kept)) => told.at > kept.at && !self.callback,
            _ => false,
        };
        let over = self.times.ended.is_some() && contact.phase.is_live();
        self.contact == contact.id && !began_again && !over
    }

    /// Gives what was kept to the contact that is still here.
    pub(crate) fn give_to(&self, contact: &mut Contact) {
        contact.restore(&self.times, self.asked);
        if contact.initial_id.is_none() {
            contact.initial_id.clone_from(&self.initial);
        }
    }

    /// The record of an offer that left while the page was away.
    pub(crate) fn into_record(self, absence: Option<Stamp>) -> CallRecord {
        let mut times = self.times;
        times.ended = times.ended.or(absence);
        if let Some(ended) = times.ended {
            times.hold_ends(ended);
        }
        times.cleared = times.cleared.or(absence);
        let outcome = match (times.connected, self.direction) {
            (Some(_), _) => CallOutcome::Answered,
            (None, _) if self.asked.declined => CallOutcome::Declined,
            (None, _) if self.asked.cancelled => CallOutcome::Cancelled,
            (None, Direction::Inbound) => CallOutcome::Missed,
            (None, Direction::Outbound) => CallOutcome::Failed,
        };
        CallRecord {
            contact: self.contact,
            initial: self.initial,
            direction: self.direction,
            callback: self.callback,
            last_two: self.last_two,
            queue: self.queue,
            times,
            outcome,
            transferred: false,
        }
    }
}
