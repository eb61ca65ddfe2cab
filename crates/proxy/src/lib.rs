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
//! - Who it is, and all that belongs to them, does not depend on the page on which it stands
//!   (`customer::tests`).
//! - `docs/openapi.json` is what the code does (`tests/openapi.rs`).
//! - Nobody reaches an operation but through the gate (`asked`): form, origin, token, rate, body
//!   (`attacks`).
//! - A contact is shown to its agent and to nobody else (`binding::tests`, `attacks`).
//! - Of what was asked for and of what was found, nothing stands in a log line, an error or a count
//!   (`attacks::nothing_of_a_person_stands_in_a_log_or_an_error`).

mod agent;
mod asked;
#[cfg(test)]
mod attacks;
mod aws;
mod binding;
mod cache;
mod clock;
mod config;
mod customer;
pub mod doctor;
mod flight;
mod form;
mod limit;
mod lines;
mod metrics;
mod operations;
mod orders;
mod outbound;
mod past_contacts;
mod phone_number;
mod prefecture;
mod profiles;
mod proxy;
mod reading;
mod refusal;
mod router;
mod search_key;
mod server;
mod token;
#[cfg(test)]
mod upstream;

pub use clock::Clock;
pub use config::{
    AudienceClaim, CacheLimits, Config, ConfigError, Limits, NoCredentials, TokenConfig, UserBy,
    VARIABLES, Variable,
};
pub use form::{Malformed, read as read_request};
pub use orders::{OrderBook, OrderObject};
pub use past_contacts::{PastContacts, calculated};
pub use phone_number::HomeCountry;
pub use profiles::{FoundProfiles, attributes_of_contact, caller};
pub use proxy::Proxy;
pub use router::router;
pub use search_key::SearchKey;
pub use server::serve;
pub use token::{TokenError, TokenHead, head as token_head};
