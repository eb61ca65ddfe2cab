//! The service between the desk and AWS: it signs what it sends, knows who asks, and gives only what
//! concerns the contact that this agent really has.
//!
//! AWS's JSON stops here: the desk sees the types of `contract` only. This crate knows no screen and
//! no telephony.
//!
//! # Invariants
//!
//! - Whatever AWS answers, nothing panics, no order is there twice, no total is wrong and no control
//!   character reaches the desk (`tests/upstream.rs`).
//! - What could not be read is said, and hides nothing beside it
//!   (`orders::tests::a_wrong_member_hides_no_other_and_is_named` and its like).
//! - `docs/openapi.json` is what the code does (`tests/openapi.rs`).

mod orders;
mod past_contacts;
mod phone_number;
mod profiles;
mod reading;
mod search_key;

pub use orders::{OrderBook, OrderObject};
pub use past_contacts::{PastContacts, calculated};
pub use phone_number::HomeCountry;
pub use profiles::{FoundProfiles, attributes_of_contact, caller};
pub use search_key::SearchKey;
