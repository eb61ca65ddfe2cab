//! What the desk asks of Connect, and how that can fail.

use std::fmt;

use contract::{ConnectionId, ContactId, PhoneNumber};

use crate::{quick_connect::Destination, snapshot::StateChoice};

/// One request to Connect. It names what it concerns, so that an answer which comes back for
/// something that is no longer there can be told apart and dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Take the offered contact.
    Accept(ContactId),
    /// Refuse the offered contact.
    Decline(ContactId),
    /// End the agent's own leg, where that ends the call.
    HangUp(ContactId, ConnectionId),
    /// Put a leg on hold.
    Hold(ContactId, ConnectionId),
    /// Take a leg off hold.
    Resume(ContactId, ConnectionId),
    /// Call a third party in; Connect puts the customer on hold.
    CallIn(ContactId, Destination),
    /// Put whoever is on hold through, and the other on hold.
    Swap(ContactId),
    /// Put everybody through.
    Conference(ContactId),
    /// End the agent's own leg; the customer and the third party stay.
    Leave(ContactId, ConnectionId),
    /// End the leg of a third party.
    Drop(ContactId, ConnectionId),
    /// Send tones to a leg.
    SendDigits(ContactId, ConnectionId, Digits),
    /// Finish the wrap-up, or dismiss a missed or failed contact.
    Clear(ContactId),
    /// Close the agent's microphone.
    Mute,
    /// Open the agent's microphone.
    Unmute,
    /// Change the agent's state now.
    SetState(StateChoice),
    /// Change the agent's state when the last contact is cleared. Queueing the state that the
    /// agent is available in already takes a queued one back.
    QueueState(StateChoice),
    /// Call a number.
    Dial(PhoneNumber),
}

impl Action {
    /// The contact that this concerns, if it concerns one.
    pub fn contact(&self) -> Option<&ContactId> {
        match self {
            Self::Accept(contact)
            | Self::Decline(contact)
            | Self::HangUp(contact, _)
            | Self::Hold(contact, _)
            | Self::Resume(contact, _)
            | Self::SendDigits(contact, _, _)
            | Self::CallIn(contact, _)
            | Self::Swap(contact)
            | Self::Conference(contact)
            | Self::Leave(contact, _)
            | Self::Drop(contact, _)
            | Self::Clear(contact) => Some(contact),
            Self::Mute | Self::Unmute | Self::SetState(_) | Self::QueueState(_) | Self::Dial(_) => {
                None
            }
        }
    }
}

/// Tones of a telephone keypad: digits, star, hash, and a comma for a pause. Never empty.
///
/// `Debug` hides them: customers' PINs and card numbers travel this way.
#[derive(Clone, PartialEq, Eq)]
pub struct Digits(Box<str>);

impl Digits {
    /// Reads tones; `None` if there is none or something else among them.
    pub fn parse(text: &str) -> Option<Self> {
        let all = !text.is_empty()
            && text
                .chars()
                .all(|c| matches!(c, '0'..='9' | '*' | '#' | ','));
        all.then(|| Self(text.into()))
    }

    /// The tones as Connect takes them.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Digits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digits({} tones)", self.0.len())
    }
}

/// Why Connect did not do what was asked. Never carries a telephone number.
///
/// The classified variants are the exception types of the CTI service model that the Streams
/// library carries (`release/connect-streams.js`, service model `errors`).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ActionError {
    /// The agent or the contact is not in a state that allows it.
    #[error("not allowed in this state")]
    InvalidState,
    /// The number or address does not exist or may not be reached.
    #[error("bad endpoint")]
    BadEndpoint,
    /// The agent lacks the permission.
    #[error("access denied")]
    AccessDenied,
    /// The agent's session is over.
    #[error("session expired")]
    SessionExpired,
    /// Too many calls at once for the instance.
    #[error("quota exceeded")]
    QuotaExceeded,
    /// The agent's set-up (routing profile, extension, locale) does not allow it.
    #[error("invalid configuration")]
    InvalidConfiguration,
    /// Not possible for this kind of contact.
    #[error("invalid contact type")]
    InvalidContactType,
    /// The tones were not sent.
    #[error("sending digits failed")]
    SendDigitsFailed,
    /// The contact or the leg was gone before the request was made.
    #[error("no longer there")]
    Gone,
    /// Streams is not there, or the CCP has not answered yet.
    #[error("not connected to Connect")]
    NotReady,
    /// No answer within ten seconds. Connect may have done it all the same; the next snapshot
    /// tells.
    #[error("no answer")]
    TimedOut,
    /// Connect gave no reason that can be classified; its error type, if it gave one, for the
    /// log.
    #[error("unclassified: {0}")]
    Unclassified(Box<str>),
}
