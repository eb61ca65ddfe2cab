//! What the desk asks the proxy, and what can become of it.

use contract::{ApiError, ContactId, ErrorCode, Personal, ProfileId, SearchBy, Told, view};

/// One question that is under way. Another one has another number, so that an answer which comes
/// late is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InquiryId(pub(crate) u32);

impl InquiryId {
    /// The number: from 1, another one for each question of this page.
    pub fn number(self) -> u32 {
        self.0
    }
}

/// What is asked: one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// Who the customer of this contact is, in parts.
    Contact(ContactId),
    /// All about this customer, in parts.
    Profile(ProfileId),
    /// Who has such a value.
    Search {
        /// What it is.
        by: SearchBy,
        /// The value.
        value: Personal,
        /// Where the page before ended.
        next: Option<String>,
    },
    /// That this contact be tied to this customer.
    Link {
        /// The contact.
        contact: ContactId,
        /// The customer.
        profile: ProfileId,
    },
}

/// What has come of a question so far. All but a part is the last word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// A part of the answer, a [`view::Part`]; others may follow.
    Part(Told),
    /// The parts are over. Without the one that says so before it, the answer was cut off.
    Closed,
    /// A page of what a search found: [`view::Results`].
    Found(Told),
    /// The contact is tied.
    Linked,
    /// There is no answer, or no more of it.
    Failed(InquiryError),
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InquiryError {
    /// The agent is to sign in: there is no token, or the proxy does not believe one that is new.
    SignIn,
    /// The proxy's own word.
    Refused(ApiError),
    /// No network, no proxy, or not a proxy that has answered.
    Unreachable,
    /// No answer in time.
    Timeout,
    /// An answer that is none of this version.
    Unreadable,
}

impl InquiryError {
    /// The proxy's own word, if a body holds one.
    pub fn refusal(body: &Told) -> Option<Self> {
        let told = view::Refusal(body.value().member("error"));
        told.code().map(|_| told.into())
    }

    /// Whether the desk asks the same again by itself, but for what the agent has searched for.
    pub fn is_asked_again(&self) -> bool {
        self.worth_asking_again(0).is_some()
    }

    /// How many milliseconds later the same question may have an answer, after so many attempts;
    /// `None` if it never has.
    pub(crate) fn worth_asking_again(&self, attempts: u32) -> Option<i64> {
        // From two seconds to half a minute, for as long as there is somebody who would read it.
        let patience = 2_000_i64 << attempts.min(4);
        match self {
            Self::Unreachable | Self::Timeout => Some(patience.min(30_000)),
            Self::Refused(error) => match error.code {
                ErrorCode::Throttled
                | ErrorCode::UpstreamFailed
                | ErrorCode::UpstreamTimeout
                | ErrorCode::Unavailable
                | ErrorCode::Internal => {
                    let asked = error.retry_after_ms.unwrap_or_default();
                    Some(patience.min(30_000).max(i64::from(asked)))
                }
                _ => None,
            },
            Self::SignIn | Self::Unreadable => None,
        }
    }
}

impl From<view::Refusal<'_>> for InquiryError {
    fn from(told: view::Refusal<'_>) -> Self {
        Self::Refused(ApiError {
            code: told.code().unwrap_or(ErrorCode::Internal),
            request_id: told.request_id(),
            retry_after_ms: told.retry_after_ms(),
        })
    }
}

/// How the agent stands to the identity provider, without whom the proxy answers nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Access {
    /// The deployment has no customer data.
    #[default]
    NotConfigured,
    /// A press on a button is needed.
    SignedOut,
    /// The provider's page is open, or has just answered.
    SigningIn,
    /// The proxy may be asked.
    SignedIn,
    /// The browser has not let the provider's page open.
    PopupBlocked,
    /// The provider has said no, in a word of the protocol's, such as `access_denied`.
    Refused(Box<str>),
    /// The provider cannot be reached, or does not say what it must.
    ProviderFailed,
}
