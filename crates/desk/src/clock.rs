//! Time as the desk knows it: the server's, carried on a monotonic clock.
//!
//! The PC's clock may be wrong by minutes and may jump in mid-call. So every duration on screen
//! is measured on a clock that only runs forward, set by each new snapshot. This module reads no
//! clock itself.

use chrono::{DateTime, TimeDelta, Utc};

use crate::snapshot::ClockReading;

/// The longest that a snapshot is under way. One that seems older than that is not late: the
/// last one bore a wrong time, or the server's clock has been set.
pub(crate) const LATEST_ARRIVAL: TimeDelta = TimeDelta::hours(1);

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
    /// By what it was set last: the snapshot's own time and its skew.
    set_by: Option<(Option<DateTime<Utc>>, Option<TimeDelta>)>,
}

impl ServerClock {
    /// Sets the clock by what a snapshot says. One that is sent again carries the skew of its
    /// first delivery; if the PC's clock has jumped since, it would mislead, so it sets nothing.
    /// Without a time of its own, a snapshot may be any of the earlier ones, and is listened to
    /// only while there is no better.
    pub(crate) fn set(
        &mut self,
        reading: Option<ClockReading>,
        taken_at: Option<DateTime<Utc>>,
        now: Instant,
    ) {
        let skew = reading.map(|reading| reading.skew);
        let told = match reading {
            Some(reading) => reading.local.checked_add_signed(reading.skew),
            None => taken_at,
        };
        let sent_again = self.set_by.is_some_and(|(last, last_skew)| match taken_at {
            Some(_) => taken_at == last,
            None => last.is_some() || skew == last_skew,
        });
        if sent_again {
            return;
        }
        if let Some(start) = told.and_then(|told| told.checked_sub_signed(now.since_start())) {
            self.start = Some(start);
            self.set_by = Some((taken_at, skew));
        }
    }

    /// Server time now; `None` until a snapshot has told it.
    pub fn now(&self, now: Instant) -> Option<DateTime<Utc>> {
        self.start?.checked_add_signed(now.since_start())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_767_258_000 + seconds, 0).unwrap()
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
    fn a_second_reading_of_one_snapshot_does_not_move_the_clock() {
        let mut clock = ServerClock::default();
        let reading = |local| ClockReading {
            local,
            skew: TimeDelta::zero(),
        };
        clock.set(Some(reading(at(0))), Some(at(0)), Instant::from_millis(0));
        clock.set(Some(reading(at(300))), Some(at(0)), Instant::from_millis(0));
        assert_eq!(clock.now(Instant::from_millis(0)), Some(at(0)));
    }

    #[test]
    fn a_snapshot_without_a_time_does_not_move_a_clock_that_another_has_set() {
        let mut clock = ServerClock::default();
        let reading = |local, skew| ClockReading {
            local,
            skew: TimeDelta::seconds(skew),
        };
        clock.set(
            Some(reading(at(0), 0)),
            Some(at(0)),
            Instant::from_millis(0),
        );
        clock.set(Some(reading(at(0), 300)), None, Instant::from_millis(0));
        assert_eq!(clock.now(Instant::from_millis(0)), Some(at(0)));
    }

    #[test]
    fn a_snapshot_without_skew_sets_the_clock_by_its_own_time() {
        let mut clock = ServerClock::default();
        clock.set(None, Some(at(0)), Instant::from_millis(1_000));
        assert_eq!(clock.now(Instant::from_millis(3_000)), Some(at(2)));
    }
}
