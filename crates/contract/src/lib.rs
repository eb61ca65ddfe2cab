//! Words that mean the same wherever they are used: ids of Connect's and telephone numbers.
//!
//! They serialise as text, so that whoever sends one and whoever receives it cannot differ in what
//! they take for one. This crate knows no clock, no transport, no Connect event and no screen.
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
