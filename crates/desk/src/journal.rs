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

use chrono::{DateTime, Utc};
use contract::ContactId;

use crate::{
    call_log::{CallLog, CallRecord},
    contact::Direction,
    offer::KeptOffer,
    outcome::{Asked, CallOutcome},
    phase::CallPhase,
    snapshot::ContactState,
    time::{Hold, OfferTimes, Stamp, TimeSource},
};

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
            .0;
        for offer in &self.offers {
            let line = Line::begin(OFFER).record(&offer.record);
            let line = line
                .word(&OUTCOMES, offer.outcome.as_ref())
                .word(&STATES, offer.state.as_ref())
                .flag(offer.inferred)
                .flag(offer.asked.declined)
                .flag(offer.asked.cancelled);
            text.push('\n');
            text.push_str(&line.0);
        }
        for record in self.log.records() {
            text.push('\n');
            text.push_str(&Line::begin(RECORD).record(record).0);
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

type Words<T, const N: usize> = [(T, &'static str); N];

const DIRECTIONS: Words<Direction, 2> = [(Direction::Inbound, "in"), (Direction::Outbound, "out")];

const SOURCES: Words<TimeSource, 5> = [
    (TimeSource::ContactState, "state"),
    (TimeSource::Leg, "leg"),
    (TimeSource::AgentState, "agent"),
    (TimeSource::FirstSeen, "seen"),
    (TimeSource::Absence, "absent"),
];

const OUTCOMES: Words<CallOutcome, 10> = [
    (CallOutcome::Answered, "answered"),
    (CallOutcome::Missed, "missed"),
    (CallOutcome::Declined, "declined"),
    (CallOutcome::Abandoned, "abandoned"),
    (CallOutcome::Busy, "busy"),
    (CallOutcome::NoAnswer, "no-answer"),
    (CallOutcome::BadNumber, "bad-number"),
    (CallOutcome::Cancelled, "cancelled"),
    (CallOutcome::Refused, "refused"),
    (CallOutcome::Failed, "failed"),
];

const PHASES: Words<CallPhase, 7> = [
    (CallPhase::Ringing, "ringing"),
    (CallPhase::Dialing, "dialing"),
    (CallPhase::Connected { on_hold: false }, "connected"),
    (CallPhase::Connected { on_hold: true }, "hold"),
    (CallPhase::AfterCallWork, "wrap-up"),
    (CallPhase::Missed, "missed"),
    (CallPhase::Failed, "failed"),
];

/// A state with a word that this desk does not know says nothing later either: it is left out.
const STATES: Words<ContactState, 10> = [
    (ContactState::Init, "init"),
    (ContactState::Incoming, "incoming"),
    (ContactState::Pending, "pending"),
    (ContactState::Connecting, "connecting"),
    (ContactState::Connected, "connected"),
    (ContactState::Paused, "paused"),
    (ContactState::Ended, "ended"),
    (ContactState::Missed, "missed"),
    (ContactState::Error, "error"),
    (ContactState::Rejected, "rejected"),
];

/// A line being written.
struct Line(String);

impl Line {
    fn begin(kind: &str) -> Self {
        Self(kind.into())
    }

    fn text(mut self, text: &str) -> Self {
        self.0.push('\t');
        for c in text.chars() {
            match c {
                '\t' => self.0.push_str("%t"),
                '\n' => self.0.push_str("%n"),
                '%' => self.0.push_str("%%"),
                c => self.0.push(c),
            }
        }
        self
    }

    fn flag(self, flag: bool) -> Self {
        self.text(if flag { "1" } else { "" })
    }

    fn word<T: PartialEq, const N: usize>(self, words: &Words<T, N>, value: Option<&T>) -> Self {
        let found = words.iter().find(|(known, _)| Some(known) == value);
        self.text(found.map(|(_, word)| *word).unwrap_or_default())
    }

    fn moment(self, at: Option<DateTime<Utc>>) -> Self {
        let millis = at.map(|at| at.timestamp_millis().to_string());
        self.text(&millis.unwrap_or_default())
    }

    fn stamp(self, stamp: Option<Stamp>) -> Self {
        self.moment(stamp.map(|stamp| stamp.at))
            .word(&SOURCES, stamp.map(|stamp| stamp.source).as_ref())
    }

    fn record(self, record: &CallRecord) -> Self {
        let times = &record.times;
        let line = self
            .text(record.contact.as_ref())
            .text(
                record
                    .initial
                    .as_ref()
                    .map(AsRef::as_ref)
                    .unwrap_or_default(),
            )
            .word(&DIRECTIONS, Some(&record.direction))
            .flag(record.callback)
            .text(record.last_two.as_deref().unwrap_or_default())
            .text(record.queue.as_deref().unwrap_or_default())
            .word(&OUTCOMES, Some(&record.outcome))
            .flag(record.transferred)
            .word(&PHASES, Some(&record.phase))
            .moment(record.latest)
            .stamp(times.connecting)
            .stamp(times.connected)
            .stamp(times.ended)
            .stamp(times.cleared)
            .text(&times.holds.len().to_string());
        times.holds.iter().fold(line, |line, hold| {
            line.stamp(Some(hold.from)).stamp(hold.to)
        })
    }
}

/// A line that is not as it was written.
#[derive(Debug)]
struct Garbled;

/// A line being read.
struct Parts<'a>(std::str::Split<'a, char>);

impl<'a> Parts<'a> {
    fn of(line: &'a str) -> Self {
        Self(line.split('\t'))
    }

    fn next(&mut self) -> Result<String, Garbled> {
        let part = self.0.next().ok_or(Garbled)?;
        let mut text = String::with_capacity(part.len());
        let mut chars = part.chars();
        while let Some(c) = chars.next() {
            text.push(match c {
                '%' => match chars.next().ok_or(Garbled)? {
                    't' => '\t',
                    'n' => '\n',
                    other => other,
                },
                c => c,
            });
        }
        Ok(text)
    }

    fn optional(&mut self) -> Result<Option<String>, Garbled> {
        self.next().map(|text| (!text.is_empty()).then_some(text))
    }

    fn flag(&mut self) -> Result<bool, Garbled> {
        self.next().map(|flag| flag == "1")
    }

    fn word<T: Clone, const N: usize>(
        &mut self,
        words: &Words<T, N>,
    ) -> Result<Option<T>, Garbled> {
        let told = self.next()?;
        let found = words.iter().find(|(_, word)| *word == told);
        Ok(found.map(|(value, _)| value.clone()))
    }

    fn moment(&mut self) -> Result<Option<DateTime<Utc>>, Garbled> {
        let Some(millis) = self.optional()? else {
            return Ok(None);
        };
        let millis = millis.parse().map_err(|_| Garbled)?;
        DateTime::from_timestamp_millis(millis)
            .map(Some)
            .ok_or(Garbled)
    }

    fn stamp(&mut self) -> Result<Option<Stamp>, Garbled> {
        let at = self.moment()?;
        let source = self.word(&SOURCES)?;
        Ok(at.zip(source).map(|(at, source)| Stamp::new(at, source)))
    }

    fn record(&mut self) -> Result<CallRecord, Garbled> {
        Ok(CallRecord {
            contact: self.optional()?.ok_or(Garbled)?.into(),
            initial: self.optional()?.map(ContactId::from),
            direction: self.word(&DIRECTIONS)?.ok_or(Garbled)?,
            callback: self.flag()?,
            last_two: self.optional()?,
            queue: self.optional()?,
            outcome: self.word(&OUTCOMES)?.ok_or(Garbled)?,
            transferred: self.flag()?,
            phase: self.word(&PHASES)?.ok_or(Garbled)?,
            latest: self.moment()?,
            times: OfferTimes {
                connecting: self.stamp()?,
                connected: self.stamp()?,
                ended: self.stamp()?,
                cleared: self.stamp()?,
                holds: self.holds()?,
            },
        })
    }

    fn holds(&mut self) -> Result<Vec<Hold>, Garbled> {
        let count: usize = self.next()?.parse().map_err(|_| Garbled)?;
        let mut holds = Vec::new();
        for _ in 0..count {
            holds.push(Hold {
                from: self.stamp()?.ok_or(Garbled)?,
                to: self.stamp()?,
            });
        }
        Ok(holds)
    }

    fn offer(&mut self) -> Result<KeptOffer, Garbled> {
        Ok(KeptOffer {
            record: self.record()?,
            outcome: self.word(&OUTCOMES)?,
            state: self.word(&STATES)?,
            inferred: self.flag()?,
            asked: Asked {
                declined: self.flag()?,
                cancelled: self.flag()?,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

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
