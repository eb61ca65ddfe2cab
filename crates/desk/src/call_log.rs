//! Finished offers: what remains of a call when the customer has gone.

use chrono::{DateTime, TimeDelta, Utc};
use contract::ContactId;
use serde::{Deserialize, Serialize};

use crate::{
    contact::{Contact, Direction},
    phase::CallPhase,
    snapshot::ContactKind,
    time::{OfferTimes, Stamp},
};

/// How an offer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum CallOutcome {
    /// Both sides were on the line.
    Answered,
    /// It rang out.
    Missed,
    /// The agent declined.
    Declined,
    /// The caller hung up while it rang.
    Abandoned,
    /// The dialled line was engaged.
    Busy,
    /// The dialled line rang out or was refused; Connect tells the two by one state.
    NoAnswer,
    /// The dialled number does not exist.
    BadNumber,
    /// The agent hung up while it was being dialled.
    Cancelled,
    /// Connect refused to dial.
    Refused,
    /// Broken off by a fault, or ended without a word why.
    Failed,
}

impl CallOutcome {
    /// The word in a spreadsheet; the same in every language, so that sheets of a whole team
    /// can be counted.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Missed => "missed",
            Self::Declined => "declined",
            Self::Abandoned => "abandoned",
            Self::Busy => "busy",
            Self::NoAnswer => "no-answer",
            Self::BadNumber => "bad-number",
            Self::Cancelled => "cancelled",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}

/// One finished offer. It holds nothing personal of the customer but the last two digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallRecord {
    /// Connect's id; not unique, for a missed call may be offered again.
    pub contact: ContactId,
    /// The contact that this one grew from, if that is another.
    pub initial: Option<ContactId>,
    /// Who called whom.
    pub direction: Direction,
    /// Whether it was a queued callback.
    pub callback: bool,
    /// The last two digits of the customer's number, if there was one.
    pub last_two: Option<String>,
    /// Name of the queue it came through.
    pub queue: Option<String>,
    /// Its times, in server time.
    pub times: OfferTimes,
    /// How it ended.
    pub outcome: CallOutcome,
    /// Whether the customer stayed on the line with somebody else.
    pub transferred: bool,
    /// What the call was doing when it left.
    pub(crate) phase: CallPhase,
}

impl CallRecord {
    /// What remains of `contact` when it leaves the desk.
    pub(crate) fn of(contact: &Contact) -> Self {
        Self {
            contact: contact.id.clone(),
            initial: contact.initial_id.clone(),
            direction: contact.direction,
            callback: contact.kind == ContactKind::QueueCallback,
            last_two: contact.last_two.clone(),
            queue: contact.queue.clone(),
            times: contact.times.clone(),
            outcome: contact.outcome_so_far(),
            transferred: contact.transferred,
            phase: contact.phase,
        }
    }

    fn is_same_offer(&self, other: &Self) -> bool {
        let began = self.times.began();
        self.contact == other.contact && began.is_some() && began == other.times.began()
    }
}

/// More offers than a day holds.
const MOST_RECORDS: usize = 300;

/// For how long a record is kept in the browser.
const A_DAY: TimeDelta = TimeDelta::hours(24);

/// The finished offers, newest first, at most 300.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CallLog(Vec<CallRecord>);

impl CallLog {
    /// The records, newest first.
    pub fn records(&self) -> &[CallRecord] {
        &self.0
    }

    /// Keeps a finished offer, in place of an earlier record of the same offer.
    pub(crate) fn keep(&mut self, record: CallRecord) {
        self.0.retain(|kept| !kept.is_same_offer(&record));
        self.0.insert(0, record);
        self.0.truncate(MOST_RECORDS);
    }

    /// Adds what an earlier life of the page had kept, behind what is here; `now` is the
    /// server's time. What is older than a day is no longer today's in any zone.
    pub(crate) fn restore(&mut self, earlier: Self, now: Option<DateTime<Utc>>) {
        for record in earlier.0 {
            let began = record.times.began();
            let is_old = began
                .zip(now)
                .is_some_and(|(began, now)| now - began > A_DAY);
            if !is_old && !self.0.iter().any(|kept| kept.is_same_offer(&record)) {
                self.0.push(record);
            }
        }
        self.0.truncate(MOST_RECORDS);
    }

    /// The newest record of a contact.
    pub(crate) fn newest_of(&self, contact: &ContactId) -> Option<&CallRecord> {
        self.0.iter().find(|record| record.contact == *contact)
    }

    /// Removes the newest record of a contact, because the contact is there after all.
    pub(crate) fn take_back(&mut self, contact: &ContactId) {
        if let Some(index) = self.0.iter().position(|record| record.contact == *contact) {
            self.0.remove(index);
        }
    }
}

/// One line for a spreadsheet: the twelve cells of a call, separated by tabs.
///
/// `number` and `agent` are given apart, for a record does not keep them; `outcome` is empty
/// while the call lasts; `local` writes an instant as local ISO text with its offset. Tabs and
/// line breaks in a value become spaces; a value that a sheet would compute gets an apostrophe
/// in front.
pub fn spreadsheet_row(
    record: &CallRecord,
    outcome: Option<CallOutcome>,
    number: &str,
    agent: &str,
    now: DateTime<Utc>,
    local: impl Fn(DateTime<Utc>) -> String,
) -> String {
    let times = &record.times;
    let instant = |stamp: Option<Stamp>| stamp.map(|s| local(s.at)).unwrap_or_default();
    let end = times.ended.map_or(now, |ended| ended.at);
    let talk = times.talk(now).map(|talk| talk.num_seconds().to_string());
    let hold = times
        .connected
        .map(|_| times.on_hold(end).num_seconds().to_string());
    let direction = match record.direction {
        _ if record.callback => "callback",
        Direction::Inbound => "inbound",
        Direction::Outbound => "outbound",
    };
    [
        record.contact.as_ref(),
        record.initial.as_ref().unwrap_or(&record.contact).as_ref(),
        direction,
        number,
        record.queue.as_deref().unwrap_or_default(),
        &instant(times.connecting),
        &instant(times.connected),
        &instant(times.ended),
        talk.as_deref().unwrap_or_default(),
        hold.as_deref().unwrap_or_default(),
        outcome.map(CallOutcome::as_str).unwrap_or_default(),
        agent,
    ]
    .map(cell)
    .join("\t")
}

fn cell(value: &str) -> String {
    let mut cell = String::with_capacity(value.len() + 1);
    if value.starts_with(['=', '+', '-', '@']) {
        cell.push('\'');
    }
    cell.extend(value.chars().map(|c| if breaks_line(c) { ' ' } else { c }));
    cell
}

/// Whether a sheet may take a character for the end of a cell or of a line.
fn breaks_line(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}
