//! What outlives the page: ids and times, kept in the browser.
//!
//! A snapshot tells the present; when a call began to ring, or how often it was on hold, it no
//! longer says. So the desk keeps a journal of the offers it holds and of today's finished
//! ones, and gets it back as an input before the first snapshot. Nothing in it is personal:
//! ids, times, queue names, and of a number the last two digits.
//!
//! Several agents may sign in on one PC, and one agent may have several pages open. The journal
//! keeps each agent's shift apart, and [`SharedJournal`] sees to it that pages which write in
//! turn lose nothing of each other's.
//!
//! It is kept as plain text, a line for each offer and a tab between its parts. Through `serde`
//! the same journal costs the browser 12 kB more at brotli 11 (measured), most of it for
//! reading what this desk itself has written.

mod line;
mod shared;

use chrono::{DateTime, Utc};

use self::line::{Line, Parts};
pub use self::shared::SharedJournal;
use crate::{
    call_log::{CallLog, CallRecord},
    offer::KeptOffer,
};

/// What the line begins with that begins a shift; a journal in another form is not read.
const FORM: &str = "desk-journal-1";

/// An offer that had not left the desk, and one that had.
const OFFER: &str = "offer";
const RECORD: &str = "record";

/// More agents than take turns at one PC in a day.
const MOST_SHIFTS: usize = 4;

/// More offers than an agent has at once.
const MOST_OFFERS: usize = 50;

/// Bytes of most lines.
const LINE: usize = 320;

/// What the desk keeps in the browser.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Journal {
    /// The shifts of its agents, the last one first.
    shifts: Vec<Shift>,
    /// Nothing is added that began before this.
    from: Option<DateTime<Utc>>,
}

/// What is kept of one agent's day.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Shift {
    /// Whose it is, if a snapshot has told.
    pub agent: Option<String>,
    /// The offers that have not left the desk.
    pub offers: Vec<KeptOffer>,
    pub log: CallLog,
}

impl Shift {
    /// Adds what another page has kept of the same shift. Of one offer that stays of which more
    /// is known; the page whose shift this is holds it still, unless the other has seen more.
    fn add(&mut self, theirs: Self, from: Option<DateTime<Utc>>) {
        for record in theirs.log.records().iter().rev() {
            if !record.is_before(from) && !self.says_all_of(record) {
                self.remove_offer(record);
                self.log.add(record.clone());
            }
        }
        for offer in theirs.offers {
            let record = &offer.record;
            if !record.is_before(from) && !self.says_all_of(record) {
                self.remove_offer(record);
                self.log.remove(record);
                if self.offers.len() < MOST_OFFERS {
                    self.offers.push(offer);
                }
            }
        }
    }

    fn remove_offer(&mut self, record: &CallRecord) {
        let same = |offer: &KeptOffer| offer.record.is_seen_of_the_same(record);
        self.offers.retain(|offer| !same(offer));
    }

    fn says_all_of(&self, record: &CallRecord) -> bool {
        let mut offers = self.offers.iter();
        offers.any(|offer| offer.record.says_all_of(record)) || self.log.says_all_of(record)
    }

    /// Whether nothing of `other` is missing that there is room for.
    fn holds(&self, other: &Self) -> bool {
        let mut offers = other.offers.iter().map(|offer| &offer.record);
        let mut records = other.log.records().iter();
        (self.offers.len() >= MOST_OFFERS || offers.all(|offer| self.says_all_of(offer)))
            && (self.log.is_full() || records.all(|record| self.says_all_of(record)))
    }

    /// The last moment that it knows of.
    fn latest(&self) -> Option<DateTime<Utc>> {
        let offers = self.offers.iter().map(|offer| &offer.record);
        let records = offers.chain(self.log.records().iter().map(AsRef::as_ref));
        records.filter_map(CallRecord::left).max()
    }
}

impl Journal {
    /// A journal whose last shift is `shift`, before those of `others`.
    pub(crate) fn of(shift: Shift, others: &Self) -> Self {
        let mut journal = others.clone();
        journal.put(shift);
        journal
    }

    /// Puts a shift first, in place of the one of the same agent.
    pub(crate) fn put(&mut self, shift: Shift) {
        self.shifts.retain(|kept| kept.agent != shift.agent);
        self.shifts.insert(0, shift);
        self.shifts.truncate(MOST_SHIFTS);
    }

    /// Takes out the shift of `agent`, or one of nobody known. An agent without an id takes the
    /// last one, whosoever it is: there is nobody to tell apart.
    pub(crate) fn take(&mut self, agent: Option<&str>) -> Option<Shift> {
        let last = |journal: &mut Self| {
            let any = agent.is_none() && !journal.shifts.is_empty();
            any.then(|| journal.shifts.remove(0))
        };
        self.take_own(agent)
            .or_else(|| self.take_own(None))
            .or_else(|| last(self))
    }

    /// Takes out the shift of `agent` and of nobody else.
    pub(crate) fn take_own(&mut self, agent: Option<&str>) -> Option<Shift> {
        let is_own = |shift: &Shift| shift.agent.as_deref() == agent;
        let index = self.shifts.iter().position(is_own)?;
        Some(self.shifts.remove(index))
    }

    /// The journal, to which nothing is added that began before `from`.
    pub(crate) fn beginning(mut self, from: Option<DateTime<Utc>>) -> Self {
        self.from = from;
        self
    }

    /// Lets go of what began before `from`, and of the shifts that were over by then.
    pub(crate) fn forget_before(&mut self, from: Option<DateTime<Utc>>) {
        for shift in &mut self.shifts {
            shift.log.forget_before(from);
        }
        let is_old = |shift: &Shift| from.is_some_and(|from| shift.latest() < Some(from));
        self.shifts.retain(|shift| !is_old(shift));
    }

    /// Adds what another page has kept: to the first shift here what is missing in it, the
    /// others as they are there.
    pub(crate) fn add(&mut self, theirs: Self) {
        for theirs in theirs.shifts {
            let index = self
                .shifts
                .iter()
                .position(|mine| mine.agent == theirs.agent);
            let Some(mine) = index.and_then(|index| self.shifts.get_mut(index)) else {
                self.shifts.push(theirs);
                continue;
            };
            if index == Some(0) {
                mine.add(theirs, self.from);
            } else {
                let stale = std::mem::replace(mine, theirs);
                mine.add(stale, self.from);
            }
        }
        self.shifts.truncate(MOST_SHIFTS);
    }

    /// Whether nothing of `other` is missing that there is room for. Pages that write in answer
    /// to each other come to rest by this: each answers only to what lacks something of its own,
    /// and by [`Journal::add`] its answer lacks nothing of anybody's.
    pub(crate) fn holds(&self, other: &Self) -> bool {
        other.shifts.iter().all(|shift| {
            let kept = self.shifts.iter().find(|kept| kept.agent == shift.agent);
            kept.map_or(self.shifts.len() >= MOST_SHIFTS, |kept| kept.holds(shift))
        })
    }

    /// The journal as text of ASCII alone, for [`Journal::parse`]. With room for all of it at once it
    /// leaves no holes in the wasm memory: what `before` took, in bytes, and some lines more.
    pub fn to_text(&self, before: usize) -> String {
        let mut text = String::with_capacity(before + 4 * LINE);
        for shift in &self.shifts {
            let first = Line::begin(FORM).text(shift.agent.as_deref().unwrap_or_default());
            let offers = shift.offers.iter();
            let offers = offers.map(|offer| Line::begin(OFFER).offer(offer));
            let records = shift.log.records().iter();
            let records = records.map(|record| Line::begin(RECORD).record(record));
            for line in std::iter::once(first).chain(offers).chain(records) {
                if !text.is_empty() {
                    text.push('\n');
                }
                text.push_str(&line.into_text());
            }
        }
        text
    }

    /// Reads what [`Journal::to_text`] wrote; `None` if it is no journal of this form. A line
    /// that cannot be read is left out: the others are still true.
    pub fn parse(text: &str) -> Option<Self> {
        let mut shifts: Vec<Shift> = Vec::new();
        for line in text.split('\n') {
            let mut parts = Parts::of(line);
            let kind = parts.next();
            if matches!(kind.as_deref(), Ok(FORM)) {
                if shifts.len() == MOST_SHIFTS {
                    break;
                }
                let agent = parts.optional().ok()?;
                shifts.push(Shift {
                    agent,
                    ..Shift::default()
                });
                continue;
            }
            let shift = shifts.last_mut()?;
            match kind.as_deref() {
                Ok(OFFER) if shift.offers.len() < MOST_OFFERS => {
                    shift.offers.extend(parts.offer());
                }
                Ok(RECORD) => {
                    if let Ok(record) = parts.record() {
                        shift.log.append(record);
                    }
                }
                _ => {}
            }
        }
        Some(Self { shifts, from: None })
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use chrono::DateTime;

    use super::*;
    use crate::{
        contact::Direction,
        outcome::{Asked, CallOutcome},
        phase::CallPhase,
        snapshot::ContactState,
        time::{Hold, OfferTimes, Stamp, TimeSource},
    };

    fn stamp(seconds: i64, source: TimeSource) -> Stamp {
        let at = DateTime::from_timestamp(1_767_258_000 + seconds, 123_000_000).unwrap();
        Stamp::new(at, source)
    }

    fn record(queue: &str) -> CallRecord {
        CallRecord {
            contact: Some("c1".into()),
            initial: Some("c0".into()),
            direction: Direction::Outbound,
            callback: true,
            last_two: Some("78".into()),
            queue: Some(queue.into()),
            times: OfferTimes {
                connecting: Some(stamp(0, TimeSource::ContactState)),
                connected: Some(stamp(5, TimeSource::FirstSeen)),
                holds: vec![
                    Hold {
                        from: stamp(6, TimeSource::Leg),
                        to: Some(stamp(7, TimeSource::Leg)),
                    },
                    Hold {
                        from: stamp(8, TimeSource::Leg),
                        to: None,
                    },
                ],
                ended: None,
                cleared: Some(stamp(9, TimeSource::AgentState)),
            },
            outcome: CallOutcome::NoAnswer,
            transferred: true,
            phase: CallPhase::Connected { on_hold: true },
            latest: Some(stamp(5, TimeSource::Leg).at),
        }
    }

    fn journal(queue: &str) -> Journal {
        let offer = KeptOffer {
            record: record(queue),
            outcome: Some(CallOutcome::Failed),
            state: Some(ContactState::Paused),
            inferred: true,
            asked: Asked {
                declined: false,
                cancelled: true,
            },
        };
        let mut log = CallLog::default();
        log.append(record(queue));
        let shift = Shift {
            agent: Some("arn:agent/1".into()),
            offers: vec![offer],
            log,
        };
        Journal::of(shift, &Journal::default())
    }

    #[rstest]
    #[case::plain("注文受付")]
    #[case::marks_of_the_form("a\tb\nc%t%%n")]
    #[case::what_looks_like_a_letter("%u12469;😀%u")]
    fn what_is_written_is_read_again(#[case] queue: &str) {
        let journal = journal(queue);
        let text = journal.to_text(0);
        assert!(text.is_ascii(), "{text}");
        assert_eq!(Journal::parse(&text), Some(journal));
    }

    #[test]
    fn letters_of_an_earlier_desk_are_read_as_they_are() {
        let journal = journal("注文受付");
        let text = journal.to_text(0).replace("%u27880;", "注");
        assert_eq!(Journal::parse(&text), Some(journal));
    }

    #[rstest]
    #[case::nothing("")]
    #[case::json("{\"version\":1}")]
    #[case::another_form("desk-journal-0\tarn")]
    fn another_form_is_not_read(#[case] text: &str) {
        assert_eq!(Journal::parse(text), None);
    }

    #[test]
    fn a_line_that_cannot_be_read_hides_no_other() {
        let text = journal("q").to_text(0);
        let (first, rest) = text.split_once('\n').unwrap();
        let broken = format!("{first}\nrecord\tc9\t\tsideways\noffer\n\n{rest}");
        assert_eq!(Journal::parse(&broken), Some(journal("q")));
    }

    #[test]
    fn the_shifts_of_several_agents_are_kept_apart() {
        let mut both = journal("q");
        both.put(Shift {
            agent: Some("arn:agent/2".into()),
            ..Shift::default()
        });
        let read = Journal::parse(&both.to_text(0));
        assert_eq!(read.as_ref(), Some(&both));
        assert_eq!(
            read.unwrap().take(Some("arn:agent/1")),
            journal("q").take(None)
        );
    }

    #[test]
    fn a_journal_is_never_read_without_end() {
        let text = journal("q").to_text(0);
        let (first, rest) = text.split_once('\n').unwrap();
        let (offer, record) = rest.split_once('\n').unwrap();
        let many = |line: &str| [line, "\n"].concat().repeat(1_000);
        let shift = [&many(first)[..], &many(offer), &many(record)].concat();
        let agents = (0..10).map(|agent| shift.replace("agent/1", &agent.to_string()));
        let read = Journal::parse(&agents.collect::<String>()).unwrap();
        assert!(read.shifts.len() <= MOST_SHIFTS);
        for shift in read.shifts {
            assert!(shift.offers.len() <= MOST_OFFERS && shift.log.records().len() <= 300);
        }
    }

    #[rstest]
    #[case::two("78", Some("78"))]
    #[case::one("7", Some("7"))]
    #[case::none("", None)]
    #[case::whole_number("819012345678", None)]
    #[case::letters("ab", None)]
    #[case::full_width("７８", None)]
    fn of_a_number_two_digits_are_read_and_nothing_else(
        #[case] written: &str,
        #[case] read: Option<&str>,
    ) {
        let mut journal = journal("q");
        journal.shifts[0].offers[0].record.last_two = Some(written.into());
        let journal = Journal::parse(&journal.to_text(0)).unwrap();
        assert_eq!(journal.shifts[0].offers[0].record.last_two.as_deref(), read);
    }

    #[test]
    fn a_number_of_holds_that_are_not_there_is_no_line() {
        let text = journal("q").to_text(0).replace("\t2\t", "\t99999999999\t");
        let read = Journal::parse(&text).unwrap();
        assert_eq!(read.shifts[0].offers, []);
    }

    #[test]
    fn a_state_that_is_not_known_is_left_out() {
        let mut journal = journal("q");
        journal.shifts[0].offers[0].state = Some(ContactState::Unknown("astral".into()));
        let read = Journal::parse(&journal.to_text(0)).unwrap();
        assert_eq!(read.shifts[0].offers[0].state, None);
    }
}
