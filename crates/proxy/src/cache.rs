//! What is remembered for a while: bounded in time and in weight, the oldest going first.
//!
//! A map, a queue of the order in which things came, and one lock: the proxy remembers hundreds of
//! contacts, not millions. Nothing is given out after its time; it is let go when something new comes,
//! or by [`Cache::sweep`].

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

/// A map that forgets.
#[derive(Debug)]
pub(crate) struct Cache<K, V> {
    keep: TimeDelta,
    capacity: usize,
    inner: Mutex<Inner<K, V>>,
}

#[derive(Debug)]
struct Inner<K, V> {
    entries: HashMap<K, Entry<V>>,
    /// Keys as they came; the one whose number is not its entry's was put anew later.
    order: VecDeque<(u64, K)>,
    next: u64,
    weight: usize,
}

#[derive(Debug)]
struct Entry<V> {
    number: u64,
    value: V,
    weight: usize,
    until: DateTime<Utc>,
}

impl<K: Eq + Hash + Clone, V: Clone> Cache<K, V> {
    /// Keeps each entry for `keep`, and at most `capacity` of weight together.
    pub(crate) fn new(keep: TimeDelta, capacity: usize) -> Self {
        Self {
            keep,
            capacity,
            inner: Mutex::new(Inner {
                entries: HashMap::new(),
                order: VecDeque::new(),
                next: 0,
                weight: 0,
            }),
        }
    }

    /// What is remembered of `key`.
    pub(crate) fn get(&self, key: &K, now: DateTime<Utc>) -> Option<V> {
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = inner.entries.get(key)?;
        (now < entry.until).then(|| entry.value.clone())
    }

    /// Remembers `value` for the cache's time.
    pub(crate) fn put(&self, key: K, value: V, weight: usize, now: DateTime<Utc>) {
        self.put_for(key, value, weight, now, self.keep);
    }

    /// Remembers `value` for `keep`, which is not longer than the cache's own time.
    pub(crate) fn put_for(
        &self,
        key: K,
        value: V,
        weight: usize,
        now: DateTime<Utc>,
        keep: TimeDelta,
    ) {
        if weight > self.capacity || keep <= TimeDelta::zero() {
            return;
        }
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let number = inner.next;
        inner.next += 1;
        let entry = Entry {
            number,
            value,
            weight,
            until: now + keep.min(self.keep),
        };
        if let Some(before) = inner.entries.insert(key.clone(), entry) {
            inner.weight -= before.weight;
        }
        inner.weight += weight;
        inner.order.push_back((number, key));
        inner.make_room(self.capacity, now);
    }
}

impl<K: Eq + Hash, V> Cache<K, V> {
    /// Lets go of what came first and is over.
    pub(crate) fn sweep(&self, now: DateTime<Utc>) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.make_room(self.capacity, now);
    }

    /// What is held, in the unit of its capacity.
    #[cfg(test)]
    pub(crate) fn weight(&self) -> usize {
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.weight
    }
}

impl<K: Eq + Hash, V> Inner<K, V> {
    fn make_room(&mut self, capacity: usize, now: DateTime<Utc>) {
        while let Some((number, key)) = self.order.front() {
            let current = self
                .entries
                .get(key)
                .filter(|entry| entry.number == *number);
            if current.is_some_and(|entry| self.weight <= capacity && now < entry.until) {
                return;
            }
            let gone = current.is_some();
            if let Some((_, key)) = self.order.pop_front()
                && gone
                && let Some(entry) = self.entries.remove(&key)
            {
                self.weight -= entry.weight;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOON: DateTime<Utc> = DateTime::UNIX_EPOCH;

    #[test]
    fn an_entry_goes_with_its_time() {
        let cache = Cache::new(TimeDelta::seconds(60), 10);
        cache.put("a", 1, 1, NOON);
        assert_eq!(cache.get(&"a", NOON + TimeDelta::seconds(59)), Some(1));
        assert_eq!(cache.get(&"a", NOON + TimeDelta::seconds(60)), None);
    }

    #[test]
    fn the_oldest_makes_room() {
        let cache = Cache::new(TimeDelta::seconds(60), 2);
        for (key, value) in [("a", 1), ("b", 2), ("c", 3)] {
            cache.put(key, value, 1, NOON);
        }
        assert_eq!(
            ["a", "b", "c"].map(|key| cache.get(&key, NOON)),
            [None, Some(2), Some(3)]
        );
    }

    #[test]
    fn what_is_too_heavy_pushes_nobody_out() {
        let cache = Cache::new(TimeDelta::seconds(60), 2);
        cache.put("a", 1, 1, NOON);
        cache.put("b", 2, 3, NOON);
        assert_eq!(cache.get(&"a", NOON), Some(1));
        assert_eq!(cache.get(&"b", NOON), None);
    }

    proptest! {
        #[test]
        fn never_heavier_than_allowed_and_the_queue_never_longer_than_its_use(
            steps in prop::collection::vec((0_u8..20, 1_usize..5, 0_i64..30), 0..200)
        ) {
            let cache = Cache::new(TimeDelta::seconds(60), 12);
            let mut now = NOON;
            for (key, weight, seconds) in steps {
                now += TimeDelta::seconds(seconds);
                cache.put(key, key, weight, now);
                let inner = cache.inner.lock().expect("no panic");
                let weight: usize = inner.entries.values().map(|entry| entry.weight).sum();
                prop_assert_eq!(weight, inner.weight);
                prop_assert!(weight <= 12);
                prop_assert!(inner.entries.len() <= inner.order.len());
            }
        }
    }
}
