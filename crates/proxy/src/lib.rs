//! The service between the desk and AWS: it signs what it sends, knows who asks, and gives only what
//! concerns the contact that this agent really has.
//!
//! AWS's JSON stops here: the desk sees the types of `contract` only. This crate knows no screen and
//! no telephony.

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
