//! How much one agent may ask: a bucket of tokens for each, refilled as time goes.
//!
//! Forty lines, where a rate-limiting crate would bring a concurrent map, a clock of its own and a
//! key that is an address; here the key is the agent who was proven, and time is an input.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

/// Buckets are looked through for full ones when there are this many.
const MANY: usize = 1_000;

/// The buckets of all agents.
#[derive(Debug)]
pub(crate) struct Limiter {
    /// The time that one request uses up.
    price: TimeDelta,
    /// The time that may be saved up for a burst.
    savings: TimeDelta,
    /// For each agent the moment at which the bucket is full.
    full_at: Mutex<HashMap<Box<str>, DateTime<Utc>>>,
}

impl Limiter {
    /// Allows `per_minute` requests, a quarter of them at once.
    pub(crate) fn per_minute(per_minute: u32) -> Self {
        let price = TimeDelta::nanoseconds(60_000_000_000 / i64::from(per_minute.max(1)));
        Self {
            price,
            savings: TimeDelta::seconds(15).max(price),
            full_at: Mutex::new(HashMap::new()),
        }
    }

    /// Whether `agent` may ask at `now`.
    ///
    /// # Errors
    ///
    /// How long to wait, if not.
    pub(crate) fn take(&self, agent: &str, now: DateTime<Utc>) -> Result<(), Duration> {
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        if full_at.len() >= MANY {
            full_at.retain(|_, full| *full > now);
        }
        let before = full_at.get(agent).copied().unwrap_or(now).max(now);
        let after = before + self.price;
        // A clock that was set back would otherwise shut the agent out until it is caught up.
        let over = after - now - self.savings;
        if over > TimeDelta::zero() && over <= self.savings {
            return Err(over.to_std().unwrap_or_default());
        }
        full_at.insert(
            agent.into(),
            if over > self.savings {
                now + self.price
            } else {
                after
            },
        );
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: DateTime<Utc> = DateTime::UNIX_EPOCH;

    #[test]
    fn a_burst_is_a_quarter_of_a_minute_s_allowance() {
        let limiter = Limiter::per_minute(120);
        let allowed = (0..100).filter(|_| limiter.take("a", NOON).is_ok()).count();
        assert_eq!(allowed, 30);
        assert_eq!(limiter.take("a", NOON), Err(Duration::from_millis(500)));
    }

    #[test]
    fn what_was_used_comes_back_with_time() {
        let limiter = Limiter::per_minute(60);
        while limiter.take("a", NOON).is_ok() {}
        assert!(limiter.take("a", NOON + TimeDelta::seconds(1)).is_ok());
        assert!(limiter.take("a", NOON + TimeDelta::seconds(1)).is_err());
    }

    #[test]
    fn one_agent_s_haste_is_not_another_s() {
        let limiter = Limiter::per_minute(4);
        assert!(limiter.take("a", NOON).is_ok());
        assert!(limiter.take("a", NOON).is_err());
        assert!(limiter.take("b", NOON).is_ok());
    }

    #[test]
    fn a_clock_that_was_set_back_shuts_nobody_out() {
        let limiter = Limiter::per_minute(60);
        while limiter.take("a", NOON).is_ok() {}
        assert!(limiter.take("a", NOON - TimeDelta::hours(1)).is_ok());
    }
}
