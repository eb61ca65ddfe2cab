//! One look-up for all who ask the same thing at the same moment.
//!
//! Who comes while a look-up is under way waits for that one. It goes on as long as anybody waits
//! for it, and is cancelled when the last has gone. It has the time of whoever began it: who came
//! later has more, and asks anew when it ends for want of time.

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared, WeakShared};

/// The look-ups that are under way.
pub(crate) struct Flights<K, V: Clone>(Mutex<HashMap<K, WeakShared<BoxFuture<'static, V>>>>);

impl<K: Eq + Hash + Clone, V: Clone> Flights<K, V> {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(HashMap::new()))
    }

    /// The look-up of `key` that is under way, or the one that `begin` makes. One of somebody else's
    /// that `is_out_of_time` is not taken for an answer.
    pub(crate) async fn join<F>(
        &self,
        key: &K,
        begin: impl Fn() -> F,
        is_out_of_time: impl Fn(&V) -> bool,
    ) -> V
    where
        F: Future<Output = V> + Send + 'static,
    {
        loop {
            let mut is_own = false;
            let value = self
                .wait(key, || {
                    is_own = true;
                    begin().boxed()
                })
                .await;
            if is_own || !is_out_of_time(&value) {
                return value;
            }
        }
    }

    async fn wait(&self, key: &K, begin: impl FnOnce() -> BoxFuture<'static, V>) -> V {
        let flight = self.enter(key, begin);
        let value = flight.clone().await;
        // Whoever comes from now on asks anew: an answer is as fresh as its question.
        let mut flights = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_mine = flights
            .get(key)
            .and_then(WeakShared::upgrade)
            .is_none_or(|current| current.ptr_eq(&flight));
        if is_mine {
            flights.remove(key);
        }
        value
    }

    fn enter(
        &self,
        key: &K,
        begin: impl FnOnce() -> BoxFuture<'static, V>,
    ) -> Shared<BoxFuture<'static, V>> {
        let mut flights = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(flight) = flights.get(key).and_then(WeakShared::upgrade) {
            return flight;
        }
        // Those whose askers have all gone leave an empty place.
        flights.retain(|_, flight| flight.upgrade().is_some());
        let flight = begin().shared();
        if let Some(weak) = flight.downgrade() {
            flights.insert(key.clone(), weak);
        }
        flight
    }
}

impl<K, V: Clone> fmt::Debug for Flights<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Flights")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use futures_util::future::{join, pending};
    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn equal_questions_at_the_same_moment_are_one() {
        let flights = Flights::new();
        let (send, receive) = oneshot::channel::<u32>();
        let receive = receive.map(|it| it.unwrap_or(0)).shared();
        let first = flights.join(&"a", || receive.clone(), |_| false);
        let begin = || async { unreachable!("the first is under way") };
        let second = flights.join(&"a", begin, |_| false);
        let answers = async {
            send.send(7).expect("somebody waits");
        };
        let ((one, other), ()) = join(join(first, second), answers).await;
        assert_eq!((one, other), (7, 7));
    }

    #[tokio::test]
    async fn a_later_question_is_asked_anew() {
        let flights = Flights::new();
        assert_eq!(flights.join(&"a", || async { 1 }, |_| false).await, 1);
        assert_eq!(flights.join(&"a", || async { 2 }, |_| false).await, 2);
    }

    #[tokio::test]
    async fn a_look_up_that_nobody_waits_for_is_cancelled() {
        struct Dropped(Arc<AtomicU32>);
        impl Drop for Dropped {
            fn drop(&mut self) {
                self.0.fetch_add(1, Ordering::SeqCst);
            }
        }
        let cancelled = Arc::new(AtomicU32::new(0));
        let flights = Flights::<_, ()>::new();
        let begin = || {
            let guard = Dropped(cancelled.clone());
            async move {
                let _guard = guard;
                pending::<()>().await;
            }
        };
        let mut flight = Box::pin(flights.join(&"a", begin, |()| false));
        assert!(flight.as_mut().now_or_never().is_none());
        assert_eq!(cancelled.load(Ordering::SeqCst), 0);
        drop(flight);
        assert_eq!(cancelled.load(Ordering::SeqCst), 1);
    }
}
