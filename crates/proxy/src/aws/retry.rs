//! When a call that failed is made again: three attempts, drawn from one budget, with pauses that
//! differ from caller to caller.
//!
//! The budget is the one of AWS's own SDKs (reference guide, "Retry behavior", standard mode): a
//! retry costs five, one after silence ten, a success gives back what its retry cost, or one. When
//! AWS is in trouble the budget runs dry, and the proxy stops adding to it.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::AwsError;

/// Attempts of one call, the first included.
pub(super) const ATTEMPTS: u32 = 3;

const CAPACITY: u32 = 500;
const COST: u32 = 5;
const COST_OF_SILENCE: u32 = 10;
/// The longest first pause after trouble, which is one machine's and soon over.
const AFTER_TROUBLE: Duration = Duration::from_millis(50);
/// The longest first pause after throttling: Connect gives back ten calls of a kind in a second, for
/// which everybody waits who was refused.
const AFTER_THROTTLING: Duration = Duration::from_millis(500);

/// What retries of all calls may cost together.
#[derive(Debug)]
pub(super) struct Budget(AtomicU32);

impl Budget {
    pub(super) fn new() -> Self {
        Self(AtomicU32::new(CAPACITY))
    }

    /// Takes what a retry costs, and says how much that was; `None` when there is not enough left.
    pub(super) fn take(&self, after_silence: bool) -> Option<u32> {
        let cost = if after_silence { COST_OF_SILENCE } else { COST };
        self.0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                left.checked_sub(cost)
            })
            .ok()
            .map(|_| cost)
    }

    /// A call has succeeded, after retries that cost `spent`.
    pub(super) fn give_back(&self, spent: u32) {
        let more = spent.max(1);
        // Nothing to give back is the rule, so it is looked at before it is written.
        if self.0.load(Ordering::Relaxed) < CAPACITY {
            self.0
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                    Some(left.saturating_add(more).min(CAPACITY))
                })
                .ok();
        }
    }
}

/// How long to wait after `failed` attempts, of which the last ended in `error`: somewhere up to the
/// first pause, doubled each time, and never less than the server asked for.
pub(super) fn pause(failed: u32, error: &AwsError) -> Duration {
    let (first, asked) = match error {
        AwsError::Throttled { retry_after, .. } => (AFTER_THROTTLING, *retry_after),
        _ => (AFTER_TROUBLE, None),
    };
    let most = first * 2_u32.saturating_pow(failed.saturating_sub(1).min(6));
    most.mul_f64(fastrand::f64()).max(asked.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::super::error::Code;
    use super::*;

    #[test]
    fn an_endless_failure_is_not_retried_endlessly() {
        let budget = Budget::new();
        let retries = std::iter::from_fn(|| budget.take(false)).count();
        assert_eq!(retries, 100);
    }

    #[test]
    fn success_fills_the_budget_but_not_over() {
        let budget = Budget::new();
        while budget.take(true).is_some() {}
        budget.give_back(10);
        assert_eq!(budget.take(true), Some(10));
        for _ in 0..1_000 {
            budget.give_back(5);
        }
        assert_eq!(std::iter::from_fn(|| budget.take(true)).count(), 50);
    }

    fn throttled(retry_after: Option<Duration>) -> AwsError {
        let code = Code::unnamed();
        AwsError::Throttled { code, retry_after }
    }

    #[test]
    fn the_server_s_wish_is_the_least() {
        let asked = Duration::from_secs(2);
        assert_eq!(pause(1, &throttled(Some(asked))), asked);
        assert!(pause(3, &AwsError::Unreachable) <= AFTER_TROUBLE * 4);
    }

    /// Forty calls at once, of which Connect serves fifteen and then ten a second: those that were
    /// refused come again over more than a second.
    #[test]
    fn those_who_were_refused_together_do_not_come_again_together() {
        fastrand::seed(1);
        let second = |_| pause(1, &throttled(None)) + pause(2, &throttled(None));
        let late = (0..1_000).map(second).filter(|it| it.as_millis() > 750);
        assert!((350..650).contains(&late.count()));
    }
}
