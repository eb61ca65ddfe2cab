//! One line of the journal: parts with tabs between them, written and read in one order.

use chrono::{DateTime, Datelike, Utc};
use contract::ContactId;

use crate::{
    call_log::CallRecord,
    contact::Direction,
    offer::KeptOffer,
    outcome::{Asked, CallOutcome},
    phase::CallPhase,
    snapshot::ContactState,
    time::{Hold, OfferTimes, Stamp, TimeSource},
};

type Words<T, const N: usize> = [(T, &'static str); N];

const DIRECTIONS: Words<Direction, 2> = [(Direction::Inbound, "in"), (Direction::Outbound, "out")];

const SOURCES: Words<TimeSource, 6> = [
    (TimeSource::ContactState, "state"),
    (TimeSource::Leg, "leg"),
    (TimeSource::AgentState, "agent"),
    (TimeSource::FirstSeen, "seen"),
    (TimeSource::Absence, "absent"),
    (TimeSource::Request, "asked"),
];

const OUTCOMES: Words<CallOutcome, 12> = [
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
    (CallOutcome::NotPlaced, "not-placed"),
    (CallOutcome::Unconfirmed, "unconfirmed"),
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
pub(super) struct Line(String);

impl Line {
    pub(super) fn begin(kind: &str) -> Self {
        Self(kind.into())
    }

    pub(super) fn text(mut self, text: &str) -> Self {
        self.0.push('\t');
        for c in text.chars() {
            match c {
                '\t' => self.0.push_str("%t"),
                '\n' => self.0.push_str("%n"),
                '%' => self.0.push_str("%%"),
                c if c.is_ascii() => self.0.push(c),
                // A text of ASCII alone is as long in the browser as here; for any other, room for
                // three times its length is taken when it is read, and wasm memory never shrinks.
                c => {
                    self.0.push_str("%u");
                    self.0.push_str(&u32::from(c).to_string());
                    self.0.push(';');
                }
            }
        }
        self
    }

    pub(super) fn offer(self, offer: &KeptOffer) -> Self {
        self.record(&offer.record)
            .word(&OUTCOMES, offer.outcome.as_ref())
            .word(&STATES, offer.state.as_ref())
            .flag(offer.inferred)
            .flag(offer.asked.declined)
            .flag(offer.asked.cancelled)
    }

    pub(super) fn into_text(self) -> String {
        self.0
    }

    fn id(self, id: Option<&ContactId>) -> Self {
        self.text(id.map(AsRef::as_ref).unwrap_or_default())
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

    pub(super) fn record(self, record: &CallRecord) -> Self {
        let times = &record.times;
        let line = self
            .id(record.contact.as_ref())
            .id(record.initial.as_ref())
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
pub(super) struct Garbled;

/// No call happened in another year: such a line was not written here.
const YEARS: std::ops::Range<i32> = 2000..2200;

/// A line being read.
pub(super) struct Parts<'a>(std::str::Split<'a, char>);

impl<'a> Parts<'a> {
    pub(super) fn of(line: &'a str) -> Self {
        Self(line.split('\t'))
    }

    pub(super) fn next(&mut self) -> Result<String, Garbled> {
        let part = self.0.next().ok_or(Garbled)?;
        let mut text = String::with_capacity(part.len());
        let mut chars = part.chars();
        while let Some(c) = chars.next() {
            text.push(match c {
                '%' => match chars.next().ok_or(Garbled)? {
                    't' => '\t',
                    'n' => '\n',
                    'u' => {
                        let code: String = chars.by_ref().take_while(|&c| c != ';').collect();
                        let code = code.parse().map_err(|_| Garbled)?;
                        char::from_u32(code).ok_or(Garbled)?
                    }
                    other => other,
                },
                c => c,
            });
        }
        Ok(text)
    }

    pub(super) fn optional(&mut self) -> Result<Option<String>, Garbled> {
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
            .filter(|at| YEARS.contains(&at.year()))
            .map(Some)
            .ok_or(Garbled)
    }

    fn stamp(&mut self) -> Result<Option<Stamp>, Garbled> {
        let at = self.moment()?;
        let source = self.word(&SOURCES)?;
        Ok(at.zip(source).map(|(at, source)| Stamp::new(at, source)))
    }

    pub(super) fn record(&mut self) -> Result<CallRecord, Garbled> {
        Ok(CallRecord {
            contact: self.optional()?.map(ContactId::from),
            initial: self.optional()?.map(ContactId::from),
            direction: self.word(&DIRECTIONS)?.ok_or(Garbled)?,
            callback: self.flag()?,
            last_two: self.last_two()?,
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

    /// Up to two digits; anything else has not been written here and may be more of a number
    /// than is kept.
    fn last_two(&mut self) -> Result<Option<String>, Garbled> {
        let told = self.optional()?;
        Ok(told.filter(|told| told.len() <= 2 && told.bytes().all(|b| b.is_ascii_digit())))
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

    pub(super) fn offer(&mut self) -> Result<KeptOffer, Garbled> {
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
