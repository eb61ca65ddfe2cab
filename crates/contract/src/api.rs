//! What the desk may ask the proxy, and how the proxy refuses.
//!
//! One struct for each operation; each is sent by `POST`, for numbers and names must not stand in
//! addresses, which are logged on the way. A request with a member that is not known is refused: it
//! was meant for another version. Whoever reads an answer skips what they do not know.

use serde::{Deserialize, Serialize};

use crate::profile::ProfileSummary;
use crate::screen_pop::{CustomerPart, MatchReason};
use crate::words::words;
use crate::{ContactId, Personal, ProfileId};

/// One operation: what is asked, where, and what comes back.
pub trait Endpoint {
    /// What comes back: the whole answer, or one line of it.
    type Response;

    /// Where it is asked, behind the address of the API; begins with a slash.
    const PATH: &'static str;

    /// In what form the answer comes.
    const ANSWER: Answer;
}

/// In what form an answer comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// One JSON value.
    Json,
    /// JSON values, each on a line of its own, as they become known.
    Lines,
}

impl Answer {
    /// The media type that says so.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Lines => "application/x-ndjson",
        }
    }
}

macro_rules! endpoint {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* }
        => $answer:ident $response:ty, $path:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $type,)*
        }

        impl Endpoint for $name {
            type Response = $response;
            const PATH: &'static str = $path;
            const ANSWER: Answer = Answer::$answer;
        }
    };
}

endpoint! {
    /// Who is calling: all that concerns the customer of a contact, in parts as they become known.
    ///
    /// The contact alone is named. The number is Connect's, never the browser's.
    ScreenPop {
        /// The contact that the agent has, or is offered.
        contact_id: ContactId,
    } => Lines CustomerPart, "/screen-pop"
}

endpoint! {
    /// A customer that the agent has found by [`Search`], in the same parts as [`ScreenPop`].
    OpenProfile {
        /// Whom.
        profile: ProfileId,
    } => Lines CustomerPart, "/profile"
}

endpoint! {
    /// Customers by something that the caller says.
    Search {
        /// What it is.
        by: SearchBy,
        /// The text; at least one character that is no space, at most 255.
        #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 255)))]
        value: Personal,
        /// Where the last page ended ([`SearchResults::next`]); absent for the first page.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<String>,
    } => Json SearchResults, "/search"
}

endpoint! {
    /// Ties a contact to a customer, so that its record lands there when it has ended.
    Link {
        /// The contact, which must not have ended.
        contact_id: ContactId,
        /// The customer.
        profile: ProfileId,
    } => Json Linked, "/link"
}

endpoint! {
    /// Whether the service is there for this agent: the token is good and the instance knows them.
    Health {} => Json Healthy, "/health"
}

/// What a search goes by.
///
/// A closed list: a word that is not known is refused, for another key would find others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum SearchBy {
    /// A telephone number, as people write it in the configured country.
    Phone,
    /// A mail address.
    Mail,
    /// A person's name, in either order.
    Name,
    /// The shop's number for the customer.
    Account,
    /// The shop's id of an order: digits.
    Order,
    /// What the shop calls an order, such as `#1001`. Only where the domain has a key for it.
    OrderName,
}

words! {
    /// How a search went.
    SearchOutcome {
        /// It was made; no result means that nobody has such a value.
        Searched = "searched",
        /// It was not made: the text is no valid telephone number.
        NotANumber = "not_a_number",
        /// It was not made: the domain has no key for the names of orders.
        NotIndexed = "not_indexed",
    }
}

/// Customers that a search found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SearchResults {
    /// How it went.
    pub outcome: SearchOutcome,
    /// Whom it found, in the order of Customer Profiles.
    #[serde(default)]
    pub results: Vec<SearchResult>,
    /// Asks for the next page; absent on the last. A page may be empty and not the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// One customer that a search found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SearchResult {
    /// Who.
    pub profile: ProfileSummary,
    /// Why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub why: Vec<MatchReason>,
}

/// The contact is tied to the customer. Tying it again changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Linked {}

/// The service is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Healthy {
    /// The proxy's version.
    pub version: String,
    /// What the agent may do besides seeing whom they talk to.
    #[serde(default)]
    pub may_search: bool,
}

words! {
    /// What is wrong, for a program to act upon. What the agent reads of it is the desk's business.
    ErrorCode {
        /// The token is missing, expired or not believed, for whatever reason. Worth one renewal.
        Unauthenticated = "unauthenticated",
        /// Not for this agent, or not there at all: the same answer for both.
        NotAvailable = "not_available",
        /// Too many requests; [`ApiError::retry_after_ms`] says when to come again.
        Throttled = "throttled",
        /// The request is not one of this version.
        InvalidRequest = "invalid_request",
        /// The request is larger than any that is one.
        TooLarge = "too_large",
        /// No such operation.
        UnknownOperation = "unknown_operation",
        /// AWS has refused, failed, or answered what nobody can read.
        UpstreamFailed = "upstream_failed",
        /// AWS did not answer in time.
        UpstreamTimeout = "upstream_timeout",
        /// The proxy has too much to do, or is stopping.
        Unavailable = "unavailable",
        /// A fault of the proxy's own.
        Internal = "internal",
    }
}

impl ErrorCode {
    /// The HTTP status that goes with it.
    pub fn status(&self) -> u16 {
        match self {
            Self::InvalidRequest => 400,
            Self::Unauthenticated => 401,
            Self::NotAvailable => 403,
            Self::UnknownOperation => 404,
            Self::TooLarge => 413,
            Self::Throttled => 429,
            Self::Internal | Self::Other(_) => 500,
            Self::UpstreamFailed => 502,
            Self::Unavailable => 503,
            Self::UpstreamTimeout => 504,
        }
    }
}

/// The one body of every refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ErrorBody {
    /// What is wrong.
    pub error: ApiError,
}

/// What is wrong. It holds no sentence and nothing of what was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ApiError {
    /// What is wrong.
    pub code: ErrorCode,
    /// The request, as the proxy's log names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Milliseconds after which it may be asked again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u32>,
}
