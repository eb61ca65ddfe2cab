//! What outlives the page: ids and times, kept in the browser.
//!
//! A snapshot tells the present; when a call began to ring, or how often it was on hold, it no
//! longer says. So the desk keeps a journal of the offers it holds and of today's finished
//! ones, and gets it back as an input before the first snapshot. Nothing in it is personal:
//! ids, times, queue names, and of a number the last two digits.
//!
//! It is kept as plain text, a line for each offer and a tab between its parts. Through `serde`
//! the same journal costs the browser 12 kB more at brotli 11 (measured), most of it for
//! reading what this desk itself has written.

mod line;

use self::line::{Line, Parts};
use crate::{call_log::CallLog, offer::KeptOffer};

/// What the first line begins with; a journal in another form is not read.
const FORM: &str = "desk-journal-1";

/// An offer that had not left the desk, and one that had.
const OFFER: &str = "offer";
const RECORD: &str = "record";

/// What the desk keeps in the browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Journal {
    /// Whose journal it is; another agent on the same PC starts a new one.
    agent: Option<String>,
    offers: Vec<KeptOffer>,
    log: CallLog,
}

/// A journal that has been opened by its owner, or by an agent who cannot be told from the
/// owner.
#[derive(Debug, Default)]
pub(crate) struct Earlier {
    pub agent: Option<String>,
    /// The offers that had not left the desk.
    pub offers: Vec<KeptOffer>,
    pub log: CallLog,
}

impl Journal {
    pub(crate) fn new(agent: Option<&str>, offers: Vec<KeptOffer>, log: CallLog) -> Self {
        Self {
            agent: agent.map(Into::into),
            offers,
            log,
        }
    }

    /// What had been kept, if this journal is `agent`'s own. An agent without an id takes
    /// whatever is there: there is nobody to tell apart.
    pub(crate) fn open(self, agent: Option<&str>) -> Option<Earlier> {
        let same = match (self.agent.as_deref(), agent) {
            (Some(kept), Some(now)) => kept == now,
            _ => true,
        };
        same.then_some(Earlier {
            agent: self.agent,
            offers: self.offers,
            log: self.log,
        })
    }

    /// The journal as text, for [`Journal::parse`].
    pub fn to_text(&self) -> String {
        let mut text = Line::begin(FORM)
            .text(self.agent.as_deref().unwrap_or_default())
            .into_text();
        for offer in &self.offers {
            text.push('\n');
            text.push_str(&Line::begin(OFFER).offer(offer).into_text());
        }
        for record in self.log.records() {
            text.push('\n');
            text.push_str(&Line::begin(RECORD).record(record).into_text());
        }
        text
    }

    /// Reads what [`Journal::to_text`] wrote; `None` if it is no journal of this form. A line
    /// that cannot be read is left out: the others are still true.
    pub fn parse(text: &str) -> Option<Self> {
        let mut lines = text.split('\n');
        let mut first = Parts::of(lines.next()?);
        if first.next().ok()? != FORM {
            return None;
        }
        let agent = first.optional().ok()?;
        let mut offers = Vec::new();
        let mut records = Vec::new();
        for line in lines {
            let mut parts = Parts::of(line);
            match parts.next().as_deref() {
                Ok(OFFER) => offers.extend(parts.offer()),
                Ok(RECORD) => records.extend(parts.record()),
                _ => {}
            }
        }
        Some(Self {
            agent,
            offers,
            log: CallLog::of(records),
        })
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use chrono::DateTime;

    use super::*;
    use crate::{
        call_log::CallRecord,
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
            contact: "c1".into(),
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
        Journal::new(
            Some("arn:agent/1"),
            vec![offer],
            CallLog::of(vec![record(queue)]),
        )
    }

    #[rstest]
    #[case::plain("注文受付")]
    #[case::marks_of_the_form("a\tb\nc%t%%n")]
    fn what_is_written_is_read_again(#[case] queue: &str) {
        let journal = journal(queue);
        assert_eq!(Journal::parse(&journal.to_text()), Some(journal));
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
        let text = journal("q").to_text();
        let (first, rest) = text.split_once('\n').unwrap();
        let broken = format!("{first}\nrecord\tc9\t\tsideways\noffer\n\n{rest}");
        assert_eq!(Journal::parse(&broken), Some(journal("q")));
    }

    #[test]
    fn a_number_of_holds_that_are_not_there_is_no_line() {
        let text = journal("q").to_text().replace("\t2\t", "\t99999999999\t");
        let read = Journal::parse(&text).unwrap();
        assert_eq!(read.offers, []);
    }

    #[test]
    fn a_state_that_is_not_known_is_left_out() {
        let mut journal = journal("q");
        journal.offers[0].state = Some(ContactState::Unknown("astral".into()));
        let read = Journal::parse(&journal.to_text()).unwrap();
        assert_eq!(read.offers[0].state, None);
    }
}
