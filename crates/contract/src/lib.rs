//! What the desk, the proxy and the simulator agree on: words that mean the same wherever they are
//! used, and the requests and answers between the desk and the proxy.
//!
//! Ids, numbers and amounts are text on the wire, so that whoever sends one and whoever receives it
//! cannot differ in what they take for one, and no digit is lost. This crate knows no clock, no
//! transport, no Connect event, no shape of AWS's and no screen.
//!
//! Its values derive serde's traits for those who use them. The desk does not (ADR 0005), and a
//! derived implementation that nobody calls leaves no byte in the wasm.
//!
//! # Invariants
//!
//! - A [`PhoneNumber`] is E.164 however it was made (`phone::tests::whatever_parses_is_e164`).
//! - `Debug` of a [`PhoneNumber`] shows its last two digits and no others
//!   (`phone::tests::debug_discloses_two_digits`); `Debug` of anything else that is a person's shows
//!   nothing of it ([`Personal`], [`WebUrl`]; `tests/wire.rs`).
//! - [`Money`] is exact: what was written is read again to the digit, a sum is the sum or none
//!   (`money::tests`).
//! - What the views of [`view`] show is what serde's traits read, and what [`ScreenPop::write`] and
//!   its like write is what they write (`tests/told.rs`).
//! - A change of the wire changes a file under `tests/snapshots` (`tests/wire.rs`).

mod api;
mod contact_id;
mod loss;
mod money;
#[cfg(feature = "schema")]
mod openapi;
mod order;
mod past_contact;
mod personal;
mod phone;
mod profile;
mod screen_pop;
mod shop_time;
mod told;
pub mod view;
mod web_url;
mod words;
mod writing;

pub use api::{
    Answer, ApiError, Endpoint, ErrorBody, ErrorCode, Health, Healthy, Link, Linked, OpenProfile,
    ScreenPop, Search, SearchBy, SearchOutcome, SearchResult, SearchResults,
};
pub use contact_id::{ConnectionId, ContactId};
pub use loss::{Loss, LossReason};
pub use money::{Currency, Money, MoneyError, SumError};
#[cfg(feature = "schema")]
pub use openapi::document;
pub use order::{
    CurrencyTotal, DraftOrigin, DraftRelation, FulfilmentStatus, LineItem, NotSummed,
    NotSummedReason, Order, OrderId, OrderKind, PaymentStatus, Refund, Shipment, ShipmentStatus,
    Totals, Tracking,
};
pub use past_contact::{CalculatedAttribute, Channel, Initiation, PastContact};
pub use personal::Personal;
pub use phone::{Country, PhoneNumber, PhoneNumberError};
pub use profile::{
    Address, Attribute, Mail, PartyType, PersonName, Phone, Profile, ProfileAddress, ProfileId,
    ProfileIdError, ProfileSummary, Use,
};
pub use screen_pop::{
    CalculatedPart, Caller, ContactPart, ContactsPart, CustomerPart, EndPart, Match, MatchKey,
    MatchKind, MatchReason, OrdersPart, PartName, ProblemPart, ProfilesPart,
};
pub use shop_time::ShopTime;
pub use told::{Amount, Items, Told, Unreadable, Value};
pub use web_url::{WebUrl, WebUrlError};
