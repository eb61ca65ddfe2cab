//! Time as the desk knows it: the server's, carried on a monotonic clock.
//!
//! The PC's clock may be wrong by minutes and may jump in mid-call. So every time that is
//! recorded is a timestamp of the server, and every duration on screen is measured on a clock
//! that only runs forward, set by each new snapshot. This module reads no clock itself.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::snapshot::ClockReading;

/// A moment on the page's monotonic clock (`performance.now()`), in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Instant(i64);

impl Instant {
    /// Milliseconds since the page was opened.
    pub fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    fn since_start(self) -> TimeDelta {
        TimeDelta::try_milliseconds(self.0).unwrap_or(TimeDelta::MAX)
    }
}

/// The server's clock, as far as snapshots have told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ServerClock {
    /// Server time at [`Instant`] zero.
    start: Option<DateTime<Utc>>,
}

impl ServerClock {
    /// Sets the clock by what a *new* snapshot says. A snapshot that is sent again carries the
    /// skew of its first delivery; if the PC's clock has jumped since, it would mislead, so the
    /// caller passes only snapshots it has not seen.
    pub(crate) fn set(
        &mut self,
        reading: Option<ClockReading>,
        taken_at: Option<DateTime<Utc>>,
        now: Instant,
    ) {
        let told = match (reading, taken_at) {
            (Some(reading), _) => reading.local.checked_add_signed(reading.skew),
            (None, taken_at) => taken_at,
        };
        if let Some(start) = told.and_then(|told| told.checked_sub_signed(now.since_start())) {
            self.start = Some(start);
        }
    }

    /// Server time now; `None` until a snapshot has told it.
    pub fn now(&self, now: Instant) -> Option<DateTime<Utc>> {
        self.start?.checked_add_signed(now.since_start())
    }
}

/// The whole seconds between two moments; zero if the second comes first.
pub fn elapsed(from: DateTime<Utc>, to: DateTime<Utc>) -> TimeDelta {
    (to - from).max(TimeDelta::zero())
}

/// A moment in server time, and how it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// The moment.
    #[serde(with = "chrono::serde::ts_milliseconds")]
    pub at: DateTime<Utc>,
    /// How it is known.
    pub source: TimeSource,
}

/// How a time is known, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TimeSource {
    /// The timestamp that Connect gave to the contact's state.
    ContactState,
    /// The timestamp that Connect gave to the state of a leg.
    Leg,
    /// The timestamp of the agent's own state that followed.
    AgentState,
    /// The first snapshot that showed it: Connect gave no timestamp. It happened then or
    /// shortly before.
    FirstSeen,
    /// The first snapshot without the contact: it went without saying when.
    Absence,
}

impl Stamp {
    pub(crate) fn new(at: DateTime<Utc>, source: TimeSource) -> Self {
        Self { at, source }
    }
}

/// The times of one offer of a contact. What is not known is absent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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

    pub(crate) fn hold_begins(&mut self, at: Stamp) {
        if let Some(hold) = self.holds.last_mut().filter(|hold| hold.to.is_none()) {
            if hold.from.at >= at.at {
                return;
            }
            // The snapshot that showed the end of the earlier hold was lost: it ended at some
            // time before this one began.
            hold.to = Some(Stamp::new(at.at, TimeSource::FirstSeen));
        }
        if self.holds.last().and_then(|hold| hold.to).is_some_and(|to| to.at > at.at) {
            return;
        }
        if self.holds.len() < MOST_HOLDS {
            self.holds.push(Hold { from: at, to: None });
        }
    }

    pub(crate) fn hold_ends(&mut self, at: Stamp) {
        if let Some(hold) = self.holds.last_mut().filter(|hold| hold.to.is_none()) {
            hold.to = Some(if at.at < hold.from.at {
                Stamp::new(hold.from.at, TimeSource::FirstSeen)
            } else {
                at
            });
        }
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
    fn server_time_runs_on_the_monotonic_clock_whatever_the_pc_says() {
        let mut clock = ServerClock::default();
        let reading = ClockReading {
            local: at(-300),
            skew: TimeDelta::seconds(300),
        };
        clock.set(Some(reading), Some(at(0)), Instant::from_millis(5_000));
        assert_eq!(clock.now(Instant::from_millis(12_000)), Some(at(7)));
    }

    #[test]
    fn a_snapshot_without_skew_sets_the_clock_by_its_own_time() {
        let mut clock = ServerClock::default();
        clock.set(None, Some(at(0)), Instant::from_millis(1_000));
        assert_eq!(clock.now(Instant::from_millis(3_000)), Some(at(2)));
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
