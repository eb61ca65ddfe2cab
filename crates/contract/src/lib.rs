//! Vocabulary and wire: what both sides of HTTP agree on.
//!
//! The desk, the proxy and the simulator share these types, so that a word or a path cannot
//! change on one side only. This crate knows no clock, no transport, no Connect event and no
//! screen.
//!
//! # Invariants
//!
//! - A [`PhoneNumber`] is E.164 however it was made (`phone::tests::whatever_parses_is_e164`).
//! - `Debug` of a [`PhoneNumber`] shows its last two digits and no others
//!   (`phone::tests::debug_discloses_two_digits`).

mod contact_id;
mod phone;

pub use contact_id::{ConnectionId, ContactId};
pub use phone::{Country, PhoneNumber, PhoneNumberError};
