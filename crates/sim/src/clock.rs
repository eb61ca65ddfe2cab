//! The one clock of a simulator.
//!
//! It starts at wall time and runs. Tests set, freeze and advance it; everything else asks it,
//! and nothing else in the crate asks the machine for the time.

use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};

/// Server time. It runs with the machine's monotonic clock, so a correction of the machine's
/// wall time does not disturb a call.
#[derive(Debug, Clone)]
pub struct Clock {
    /// Server time at the moment of `running_since`, or the frozen time.
    at: DateTime<Utc>,
    running_since: Option<Instant>,
}

impl Clock {
    /// A clock that shows wall time and runs.
    pub fn start() -> Self {
        Self {
            at: Utc::now(),
            running_since: Some(Instant::now()),
        }
    }

    /// What it shows, in whole milliseconds, as the wire carries.
    pub fn now(&self) -> DateTime<Utc> {
        let shown = match self.running_since {
            Some(since) => {
                let elapsed = TimeDelta::from_std(since.elapsed()).unwrap_or(TimeDelta::MAX);
                self.at.checked_add_signed(elapsed).unwrap_or(self.at)
            }
            None => self.at,
        };
        DateTime::from_timestamp_millis(shown.timestamp_millis()).unwrap_or(shown)
    }

    /// Shows another time from now on; running or frozen as before.
    pub fn set(&mut self, at: DateTime<Utc>) {
        self.at = at;
        self.running_since = self.running_since.map(|_| Instant::now());
    }

    /// Stands still at what it shows.
    pub fn freeze(&mut self) {
        self.at = self.now();
        self.running_since = None;
    }

    /// Runs on from what it shows.
    pub fn run(&mut self) {
        self.at = self.now();
        self.running_since = Some(Instant::now());
    }

    /// Jumps ahead.
    pub fn advance(&mut self, by: Duration) {
        let by = TimeDelta::from_std(by).unwrap_or(TimeDelta::zero());
        if let Some(later) = self.now().checked_add_signed(by) {
            self.set(later);
        }
    }

    /// Whether it runs.
    pub fn is_running(&self) -> bool {
        self.running_since.is_some()
    }

    /// How long until it shows `due`; `None` when it never will by itself.
    pub fn until(&self, due: DateTime<Utc>) -> Option<Duration> {
        let left = (due - self.now()).to_std().unwrap_or(Duration::ZERO);
        (self.is_running() || left.is_zero()).then_some(left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nine() -> DateTime<Utc> {
        "2026-01-01T09:00:00Z".parse().unwrap()
    }

    fn frozen() -> Clock {
        let mut clock = Clock::start();
        clock.freeze();
        clock.set(nine());
        clock
    }

    #[test]
    fn a_frozen_clock_moves_only_when_it_is_advanced() {
        let mut clock = frozen();
        assert_eq!(clock.now(), nine());
        clock.advance(Duration::from_secs(20));
        assert_eq!(clock.now(), nine() + TimeDelta::seconds(20));
    }

    #[test]
    fn a_frozen_clock_never_reaches_the_future_but_the_past_is_due() {
        let clock = frozen();
        assert_eq!(clock.until(nine() + TimeDelta::seconds(1)), None);
        assert_eq!(clock.until(nine()), Some(Duration::ZERO));
    }

    #[test]
    fn a_clock_that_was_frozen_runs_on_from_where_it_stood() {
        let mut clock = frozen();
        clock.run();
        assert!(clock.is_running());
        assert!(clock.now() >= nine());
    }

    #[test]
    fn an_absurd_advance_is_ignored() {
        let mut clock = frozen();
        clock.advance(Duration::MAX);
        assert_eq!(clock.now(), nine());
    }
}
