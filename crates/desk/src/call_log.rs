//! Finished offers: what remains of a call when the customer has gone.

mod sight;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use contract::{ContactId, PhoneNumber};

use crate::{
    contact::{Contact, Direction},
    foreign_text::{is_invisible, visible},
    outcome::CallOutcome,
    phase::CallPhase,
    snapshot::ContactKind,
    time::{OfferTimes, Stamp, TimeSource},
};

/// One finished offer. It holds nothing personal of the customer but the last two digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallRecord {
    /// Connect's id; not unique, for a missed call may be offered again. `None` for a number that
    /// was dialled and of which no call came to be seen.
    pub contact: Option<ContactId>,
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
    /// The newest time that Connect gave to a state of this offer. Without a contact, a time at
    /// which its call had not begun.
    pub(crate) latest: Option<DateTime<Utc>>,
}

impl CallRecord {
    /// What remains of `contact` when it leaves the desk.
    pub(crate) fn of(contact: &Contact) -> Self {
        Self {
            contact: Some(contact.id.clone()),
            initial: contact.initial_id.clone(),
            direction: contact.direction,
            callback: contact.kind == ContactKind::QueueCallback,
            last_two: contact.last_two.clone(),
            queue: contact.queue.clone(),
            times: contact.times.clone(),
            outcome: contact.outcome_so_far(),
            transferred: contact.transferred,
            phase: contact.phase,
            latest: contact.known().latest,
        }
    }

    /// What remains of a number that Connect was asked to dial at `asked`, until its call shows:
    /// when `latest` was told there was none.
    pub(crate) fn dialled(
        number: &PhoneNumber,
        asked: Option<DateTime<Utc>>,
        latest: Option<DateTime<Utc>>,
    ) -> Self {
        let asked = asked.map(|at| Stamp::new(at, TimeSource::Request));
        Self {
            contact: None,
            initial: None,
            direction: Direction::Outbound,
            callback: false,
            last_two: Some(number.last_two().into()),
            queue: None,
            times: OfferTimes {
                connecting: asked,
                ..OfferTimes::default()
            },
            outcome: CallOutcome::Unconfirmed,
            transferred: false,
            phase: CallPhase::Dialing,
            latest,
        }
    }

    fn is_same_offer(&self, other: &Self) -> bool {
        let began = self.times.began();
        self.contact == other.contact
            && began == other.times.began()
            && (began.is_some() || self.contact.is_none())
    }

    /// Whether it is known to have begun before `from`.
    pub(crate) fn is_before(&self, from: Option<DateTime<Utc>>) -> bool {
        let began = self.times.began();
        began.zip(from).is_some_and(|(began, from)| began < from)
    }

    /// When it left or, of an offer that has not, when it began.
    pub(crate) fn left(&self) -> Option<DateTime<Utc>> {
        let left = self.times.cleared.or(self.times.ended);
        left.map(|stamp| stamp.at).or(self.times.began())
    }
}

/// More offers than a day holds.
const MOST_RECORDS: usize = 300;

/// The finished offers, newest first, at most 300. A copy shares them: the journal takes several, and
/// wasm memory that was needed once is never given back.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CallLog(Vec<Arc<CallRecord>>);

impl CallLog {
    /// The records, newest first.
    pub fn records(&self) -> &[Arc<CallRecord>] {
        &self.0
    }

    /// Adds a record that is older than all here, if there is room.
    pub(crate) fn append(&mut self, record: CallRecord) {
        if self.0.len() < MOST_RECORDS {
            self.0.push(record.into());
        }
    }

    /// Keeps a finished offer, in place of an earlier record of the same offer.
    pub(crate) fn keep(&mut self, record: CallRecord) {
        self.0.retain(|kept| !kept.is_same_offer(&record));
        // All its room at once: a list that doubles leaves a hole in the wasm memory, which never
        // shrinks.
        let most = MOST_RECORDS + 1;
        self.0.reserve_exact(most.saturating_sub(self.0.len()));
        self.0.insert(0, record.into());
        self.0.truncate(MOST_RECORDS);
    }

    /// Adds what an earlier life of the page had kept, behind what is here.
    pub(crate) fn restore(&mut self, earlier: Self) {
        for record in earlier.0 {
            if !self.0.iter().any(|kept| kept.is_same_offer(&record)) {
                self.0.push(record);
            }
        }
        self.0.truncate(MOST_RECORDS);
    }

    /// Lets go of what began before `from`.
    pub(crate) fn forget_before(&mut self, from: Option<DateTime<Utc>>) {
        self.0.retain(|record| !record.is_before(from));
    }

    /// Adds what another page has seen of an offer, unless no less is known of it here. Gives
    /// whether it was news.
    pub(crate) fn add(&mut self, record: Arc<CallRecord>) -> bool {
        if self.says_all_of(&record) {
            return false;
        }
        let same = |known: &CallRecord| known.is_seen_of_the_same(&record);
        if let Some(known) = self.0.iter_mut().find(|known| same(known)) {
            *known = record;
            return true;
        }
        let older = |known: &Arc<CallRecord>| known.left() <= record.left();
        let index = self.0.iter().position(older).unwrap_or(self.0.len());
        let has_room = index < MOST_RECORDS;
        if has_room {
            self.0.insert(index, record);
            self.0.truncate(MOST_RECORDS);
        }
        has_room
    }

    pub(crate) fn says_all_of(&self, record: &CallRecord) -> bool {
        self.0.iter().any(|known| known.says_all_of(record))
    }

    /// Removes what is seen of the same offer as `record`.
    pub(crate) fn remove(&mut self, record: &CallRecord) {
        self.0.retain(|known| !known.is_seen_of_the_same(record));
    }

    /// Removes the last number that was dialled and given up, if `call` came of it after all.
    pub(crate) fn remove_dialled(&mut self, call: &CallRecord) {
        if let Some(index) = self.0.iter().position(|known| call.may_be_call_of(known)) {
            self.0.remove(index);
        }
    }

    /// Whether nothing more can be added without something being lost.
    pub(crate) fn is_full(&self) -> bool {
        self.0.len() >= MOST_RECORDS
    }

    /// The newest record of a contact.
    pub(crate) fn newest_of(&self, contact: &ContactId) -> Option<&CallRecord> {
        let of_contact = |record: &&CallRecord| record.contact.as_ref() == Some(contact);
        self.0.iter().map(AsRef::as_ref).find(of_contact)
    }

    /// Removes the newest record of a contact, because the contact is there after all.
    pub(crate) fn take_back(&mut self, contact: &ContactId) {
        let of_contact = |record: &Arc<CallRecord>| record.contact.as_ref() == Some(contact);
        if let Some(index) = self.0.iter().position(of_contact) {
            self.0.remove(index);
        }
    }
}

/// One line for a spreadsheet: the twelve cells of a call, separated by tabs.
///
/// `number` and `agent` are given apart, for a record does not keep them; `outcome` is empty
/// while the call lasts; `local` writes an instant as local ISO text with its offset. Tabs and
/// line breaks in a value become spaces, other controls U+FFFD; a value that a sheet would
/// compute, or read as quoted to the next quotation mark, gets an apostrophe in front.
pub fn spreadsheet_row<'a>(
    record: &'a CallRecord,
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
    let id = |id: Option<&'a ContactId>| id.map(AsRef::as_ref).unwrap_or_default();
    let contact = record.contact.as_ref();
    [
        id(contact),
        id(record.initial.as_ref().or(contact)),
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

/// A value by which a sheet neither begins to compute nor to quote. Full-width signs count, for a
/// Japanese Excel takes them for the plain ones (OWASP, "CSV Injection"), and so does a sign that
/// comes after white space.
fn cell(value: &str) -> String {
    let mut cell = visible(value).into_owned();
    let begins = value.trim_start_matches(|c: char| c.is_whitespace() || is_invisible(c));
    if begins.starts_with(['=', '+', '-', '@', '"', '＝', '＋', '－', '＠']) {
        cell.insert(0, '\'');
    }
    cell
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use rstest::rstest;

    use super::*;
    use crate::time::Hold;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_767_258_000 + seconds, 0).unwrap()
    }

    fn stamp(seconds: i64) -> Stamp {
        Stamp::new(at(seconds), TimeSource::ContactState)
    }

    fn record(id: &str, began: i64) -> CallRecord {
        CallRecord {
            contact: Some(id.into()),
            initial: None,
            direction: Direction::Inbound,
            callback: false,
            last_two: Some("78".into()),
            queue: Some("Support".into()),
            times: OfferTimes {
                connecting: Some(stamp(began)),
                ..OfferTimes::default()
            },
            outcome: CallOutcome::Missed,
            transferred: false,
            phase: CallPhase::Missed,
            latest: None,
        }
    }

    fn row(record: &CallRecord, outcome: Option<CallOutcome>, number: &str) -> String {
        let local = |at: DateTime<Utc>| at.format("%H:%M:%S+00:00").to_string();
        spreadsheet_row(record, outcome, number, "佐藤\t花子", at(90), local)
    }

    #[test]
    fn a_row_has_the_twelve_cells_of_an_answered_call() {
        let mut call = record("c-1", 0);
        call.initial = Some("c-0".into());
        call.times.connected = Some(stamp(5));
        call.times.ended = Some(stamp(65));
        call.times.holds = vec![Hold {
            from: stamp(10),
            to: Some(stamp(30)),
        }];
        assert_eq!(
            row(&call, Some(CallOutcome::Answered), "+819012345678"),
            "c-1\tc-0\tinbound\t'+819012345678\tSupport\t09:00:00+00:00\t09:00:05+00:00\t\
             09:01:05+00:00\t40\t20\tanswered\t佐藤 花子"
        );
    }

    #[test]
    fn a_row_of_a_call_that_rings_has_empty_cells_for_what_is_not_yet() {
        assert_eq!(
            row(&record("c-1", 0), None, ""),
            "c-1\tc-1\tinbound\t\tSupport\t09:00:00+00:00\t\t\t\t\t\t佐藤 花子"
        );
    }

    #[rstest]
    #[case::formula("=HYPERLINK(\"x\")", "'=HYPERLINK(\"x\")")]
    #[case::plus("+81", "'+81")]
    #[case::minus("-1", "'-1")]
    #[case::at("@SUM(A1)", "'@SUM(A1)")]
    #[case::lines("a\r\nb\tc", "a  b c")]
    #[case::line_separator("a\u{2028}b", "a b")]
    #[case::inside("1=1", "1=1")]
    #[case::full_width("＝1+1", "'＝1+1")]
    #[case::full_width_plus("＋81", "'＋81")]
    #[case::full_width_minus("－1", "'－1")]
    #[case::full_width_at("＠SUM(A1)", "'＠SUM(A1)")]
    #[case::quote("\"a\tb", "'\"a b")]
    #[case::behind_a_tab("\t=1+1", "' =1+1")]
    #[case::behind_spaces(" \u{3000}=1+1", "' \u{3000}=1+1")]
    #[case::behind_what_nobody_sees("\u{feff}=1+1", "'\u{fffd}=1+1")]
    #[case::direction("a\u{202e}b", "a\u{fffd}b")]
    #[case::space(" a", " a")]
    fn a_sheet_neither_computes_nor_splits_a_cell(#[case] value: &str, #[case] cell: &str) {
        assert_eq!(super::cell(value), cell);
    }

    #[test]
    fn the_newest_record_comes_first_and_the_oldest_go() {
        let mut log = CallLog::default();
        for offer in 0..310 {
            log.keep(record("c", offer));
        }
        let newest = log
            .records()
            .first()
            .and_then(|record| record.times.began());
        assert_eq!((log.records().len(), newest), (MOST_RECORDS, Some(at(309))));
    }

    #[test]
    fn what_was_kept_before_stands_behind_what_came_since_and_only_once() {
        let mut earlier = CallLog::default();
        earlier.keep(record("a", 0));
        earlier.keep(record("b", 1));
        let mut log = CallLog::default();
        log.keep(record("b", 1));
        log.keep(record("c", 2));
        log.restore(earlier);
        let ids: Vec<_> = log
            .records()
            .iter()
            .map(|record| record.contact.clone())
            .collect();
        assert_eq!(ids, ["c", "b", "a"].map(|id| Some(id.into())));
    }
}
