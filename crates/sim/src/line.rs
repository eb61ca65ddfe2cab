//! A line: the customer's side of one contact.
//!
//! It exists from the first ring or the first digit dialled until the customer's receiver is
//! down, and it is always in exactly one place. What agents see of it are
//! [`crate::contact::Contact`]s.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use contract::{ConnectionId, ContactId};
use serde::{Deserialize, Serialize};

/// A customer on the telephone, or waiting to be called back.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The contact's id.
    pub id: ContactId,
    /// The first contact of the chain.
    pub initial: ContactId,
    /// How it came about.
    pub origin: Origin,
    /// By what means; a line is a telephone line only for voice.
    pub channel: Channel,
    /// The customer's number, `None` when withheld.
    pub number: Option<String>,
    /// The chatting customer's name, or the task's.
    pub title: Option<String>,
    /// The queue's name.
    pub queue: String,
    /// When it came into being.
    pub initiated_at: DateTime<Utc>,
    /// When it entered the queue, or when it was dialled.
    pub queued_at: DateTime<Utc>,
    /// Attributes set by the contact flow.
    pub attributes: BTreeMap<String, String>,
    /// Where the customer is.
    pub place: Place,
    /// The customer's leg; it stays the same from offer to offer.
    pub leg: ConnectionId,
    /// Digits that the agent sent and the customer's end heard.
    pub digits_heard: String,
    /// Only this agent may be offered the call, whatever else they are doing.
    pub reserved: Option<String>,
    /// Whose third party the agent becomes who takes it.
    pub asked_by: Option<Consultation>,
    /// The waiting call that ended with the wish for this callback.
    pub instead_of: Option<ContactId>,
    /// The agent who has the customer, or had them last.
    pub service: Option<Service>,
    /// When its attributes were last changed from outside.
    pub updated_at: Option<DateTime<Utc>>,
}

/// What one agent does for a customer, from the moment that the agent is on the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Login.
    pub agent: String,
    /// Counts offers in the whole instance.
    pub offer: u64,
    /// When both were on the line.
    pub connected_at: Option<DateTime<Utc>>,
    /// When it was over for the agent, and after-call work began.
    pub ended_at: Option<DateTime<Utc>>,
    /// When the agent cleared the contact.
    pub cleared_at: Option<DateTime<Utc>>,
}

/// The other end of a colleague's contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consultation {
    /// The contact into which the colleague is called.
    pub contact: ContactId,
    /// The leg that the colleague is there.
    pub leg: ConnectionId,
}

impl Line {
    /// Whether nobody is on it any more.
    pub fn is_gone(&self) -> bool {
        matches!(self.place, Place::Gone { .. })
    }
}

/// By what means people are in contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// By telephone.
    #[default]
    Voice,
    /// In writing, both at the same time.
    Chat,
    /// Work that waits for somebody; there is nobody at the other end.
    Task,
}

/// How a contact came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The customer called.
    Inbound,
    /// The agent called.
    Outbound,
    /// The customer asked to be called back.
    Callback,
    /// Another agent called this one in.
    Transfer,
    /// A program called the customer, and agents are offered the call once it is answered.
    Api,
}

/// Where the customer is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// At the telephone that a program lets ring, before any agent is asked.
    Dialled,
    /// Waiting.
    Queued,
    /// Offered to, dialled by or talking with this agent.
    At(String),
    /// Talking with a third party after the agent left.
    Transferred,
    /// Nowhere any more.
    Gone {
        /// Why, in a word for the customer's phone and for tests.
        reason: Ending,
        /// When.
        at: DateTime<Utc>,
    },
}

/// Why a line is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// The customer hung up before anybody answered.
    Abandoned,
    /// The customer hung up after talking.
    CustomerHungUp,
    /// The agent hung up after talking.
    AgentHungUp,
    /// The agent gave up while it was dialling.
    Cancelled,
    /// The dialled telephone was engaged.
    Busy,
    /// Nobody picked the dialled telephone up in time.
    NoAnswer,
    /// The dialled number does not exist.
    BadNumber,
    /// The called customer declined.
    Refused,
    /// The waiting customer asked to be called back instead.
    CallbackRequested,
    /// Connect lost the contact.
    Vanished,
    /// A program ended it.
    Stopped,
}

/// How a telephone behaves when it is dialled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// It rings, and a person decides.
    #[default]
    Ring,
    /// It is picked up at once.
    Answer,
    /// It is engaged.
    Busy,
    /// It rings and nobody is there.
    NoAnswer,
    /// The network does not know the number.
    BadNumber,
    /// Connect refuses the request: `BadEndpointException`.
    Refused,
    /// Connect refuses the request: `AccessDeniedException`.
    NotPermitted,
}
