//! Identifiers: UUID-shaped, counted, never random.
//!
//! A UUID's shape matters, because Streams keys contacts by id in plain objects and
//! integer-like keys would be re-ordered. Counting matters, because a test
//! that fails must fail with the same ids again.

use contract::{ConnectionId, ContactId};

/// Counts everything an instance has named.
#[derive(Debug, Clone)]
pub(crate) struct Ids {
    seed: u32,
    last: u64,
}

impl Ids {
    pub(crate) fn new(seed: u32) -> Self {
        Self { seed, last: 0 }
    }

    pub(crate) fn contact(&mut self) -> ContactId {
        ContactId::from(self.next("c0"))
    }

    pub(crate) fn connection(&mut self) -> ConnectionId {
        ConnectionId::from(self.next("1e"))
    }

    pub(crate) fn port(&mut self) -> String {
        self.next("90")
    }

    /// A number for what never leaves the instance.
    pub(crate) fn ordinal(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    fn next(&mut self, kind: &str) -> String {
        let count = self.ordinal();
        // Version 4 and variant 1 digits stand where RFC 9562 puts them.
        let (high, low) = (self.seed >> 16, self.seed & 0xffff);
        format!(
            "{kind}{:06x}-{high:04x}-4{:03x}-8{:03x}-{count:012x}",
            count & 0xff_ffff,
            low >> 4,
            low & 0xf
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_the_shape_of_a_uuid_and_differ() {
        let mut ids = Ids::new(0xdead_beef);
        let (first, second) = (ids.contact(), ids.contact());
        assert_eq!(first.as_ref(), "c0000001-dead-4bee-800f-000000000001");
        assert_ne!(first, second);
    }

    #[test]
    fn equal_seeds_count_alike_and_different_seeds_never_meet() {
        let id = |seed| Ids::new(seed).contact();
        assert_eq!(id(7), id(7));
        assert_ne!(id(7), id(8));
    }
}
