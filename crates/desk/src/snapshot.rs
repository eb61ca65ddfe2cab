//! What amazon-connect-streams says at one moment: the input of the desk, never its state.
//!
//! Everything here is what was read, member by member, with absence kept as absence: one
//! member that is missing or strange never hides the others. Names of members and states are
//! those of the CTI service model that the library carries.

use chrono::{DateTime, TimeDelta, Utc};
use contract::{ConnectionId, ContactId};

use crate::attributes::Attributes;

/// The whole of one `agent::update`, read in `agent.onRefresh`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Snapshot {
    /// When the server made it (`snapshotTimestamp`). Without it the snapshot counts as new.
    pub taken_at: Option<DateTime<Utc>>,
    /// How the PC's clock stood to the server's when this was read.
    pub clock: Option<ClockReading>,
    /// The agent who is signed in.
    pub agent: AgentSnapshot,
    /// The agent's contacts; a contact that is absent is gone. `None` when the list itself
    /// could not be read, which says nothing about any contact.
    pub contacts: Option<Vec<ContactSnapshot>>,
    /// Members that were missing or of the wrong kind, by their path in the payload without
    /// any value, such as `contacts[].contactId`. For the log.
    pub oddities: Vec<Box<str>>,
}

/// The PC's clock and its distance to the server's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockReading {
    /// `Date.now()` when the snapshot was read.
    pub local: DateTime<Utc>,
    /// Server time minus local time, as the CCP measured it (`snapshot.skew`).
    pub skew: TimeDelta,
}

/// The agent, as configured in the instance and as the system sees them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AgentSnapshot {
    /// The agent's name as configured.
    pub name: Option<String>,
    /// Amazon's name for the agent; unique in the instance. Not personal: an opaque id.
    pub arn: Option<String>,
    /// The state the system has put the agent in (`Busy`), or the one they chose (`Lunch`).
    pub state: Option<AgentStateSnapshot>,
    /// The state that takes over when the last contact is cleared, if one is queued.
    pub next_state: Option<AgentStateSnapshot>,
    /// Name of the state that the agent last chose, kept through system states.
    pub availability: Option<String>,
    /// The states that the agent may choose.
    pub choices: Vec<StateChoice>,
    /// The desk phone's number when the agent does not use the softphone.
    pub extension: Option<String>,
    /// Whether calls come through the softphone.
    pub softphone: Option<bool>,
}

/// A state of the agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentStateSnapshot {
    /// As configured in the instance, or the system's own word (`PendingBusy`).
    pub name: String,
    /// What the state means for routing.
    pub kind: AgentStateType,
    /// When it began, by the server's clock.
    pub since: Option<DateTime<Utc>>,
}

/// A state that the agent may choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateChoice {
    /// Amazon's id of the state; absent in instances that leave it out.
    pub arn: Option<String>,
    /// As configured in the instance.
    pub name: String,
    /// What the state means for routing.
    pub kind: AgentStateType,
}

/// `AgentStateType` of the service model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AgentStateType {
    /// Before the first snapshot.
    Init,
    /// Calls may be offered.
    Routable,
    /// At work, but no calls are offered.
    NotRoutable,
    /// Not at work.
    Offline,
    /// The system decides: ringing, on a call, wrapping up.
    System,
    /// A call was missed or failed; no calls until it is cleared.
    Error,
    /// A word that this desk does not know.
    Unknown(String),
}

/// One contact of the agent.
#[derive(Debug, Clone, PartialEq)]
pub struct ContactSnapshot {
    /// The contact's id.
    pub id: ContactId,
    /// The contact that this one grew from: a transfer's first leg, or a callback's call.
    pub initial_id: Option<ContactId>,
    /// Over which channel it came.
    pub kind: ContactKind,
    /// `None` when the state could not be read.
    pub state: Option<ContactState>,
    /// When that state began, by the server's clock.
    pub since: Option<DateTime<Utc>>,
    /// Name of the queue it came through.
    pub queue: Option<String>,
    /// How it began: `inbound`, `outbound`, `transfer`, `callback`, …
    pub initiation: Option<String>,
    /// `None` when the list could not be read.
    pub legs: Option<Vec<LegSnapshot>>,
    /// What the flow has set, by name.
    pub attributes: Attributes,
    /// The customer's address, where Connect gives it apart from the legs.
    pub customer: Option<EndpointSnapshot>,
    /// Whether Connect accepts it for the agent.
    pub auto_accept: bool,
    /// What a task or a mail is called.
    pub title: Option<String>,
}

impl Snapshot {
    /// Whether `other` is this snapshot, delivered once more. The PC's clock may stand
    /// elsewhere at a second delivery and is left out.
    pub(crate) fn says_the_same(&self, other: &Self) -> bool {
        self.taken_at == other.taken_at
            && self.agent == other.agent
            && self.contacts == other.contacts
            && self.oddities == other.oddities
    }
}

impl ContactSnapshot {
    /// The leg of the customer.
    pub(crate) fn customer_leg(&self) -> Option<&LegSnapshot> {
        self.legs
            .iter()
            .flatten()
            .find(|leg| leg.role == LegRole::Customer)
    }

    /// A contact of which nothing is known but its id.
    pub fn new(id: ContactId) -> Self {
        Self {
            id,
            initial_id: None,
            kind: ContactKind::Voice,
            state: None,
            since: None,
            queue: None,
            initiation: None,
            legs: None,
            attributes: Attributes::default(),
            customer: None,
            auto_accept: false,
            title: None,
        }
    }
}

/// `ContactType` of the service model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContactKind {
    /// A telephone or web call.
    Voice,
    /// A customer who asked to be called back; offered like a call, dialled on acceptance.
    QueueCallback,
    /// A chat.
    Chat,
    /// A task.
    Task,
    /// A mail.
    Email,
    /// A word that this desk does not know.
    Unknown(String),
}

impl ContactKind {
    /// Whether it occupies the agent's ear.
    pub fn is_call(&self) -> bool {
        matches!(self, Self::Voice | Self::QueueCallback)
    }
}

/// `ContactStateType` of the service model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContactState {
    /// Not yet offered.
    Init,
    /// A queued callback is being offered.
    Incoming,
    /// Being offered.
    Pending,
    /// Ringing here, or being dialled.
    Connecting,
    /// Both sides are on the line.
    Connected,
    /// A task that was set aside.
    Paused,
    /// Over; the agent wraps up.
    Ended,
    /// Offered and not taken.
    Missed,
    /// Broken off. Also what Connect reports for voice calls that ring out, are declined or
    /// are abandoned.
    Error,
    /// Declined.
    Rejected,
    /// A word that this desk does not know.
    Unknown(String),
}

impl ContactState {
    /// Whether it is being offered or dialled.
    pub(crate) fn is_on_its_way(&self) -> bool {
        matches!(self, Self::Incoming | Self::Pending | Self::Connecting)
    }

    /// Whether there still is, or may be, somebody to talk to.
    pub(crate) fn is_live(&self) -> bool {
        self.is_on_its_way() || *self == Self::Connected
    }

    /// Whether it is over, one way or another.
    pub(crate) fn is_over(&self) -> bool {
        matches!(
            self,
            Self::Ended | Self::Missed | Self::Error | Self::Rejected
        )
    }
}

/// One connection of a contact.
#[derive(Debug, Clone, PartialEq)]
pub struct LegSnapshot {
    /// The connection's id.
    pub id: ConnectionId,
    /// Who is at the other end.
    pub role: LegRole,
    /// `Some(true)` when this side dialled it; `None` for the agent's own leg.
    pub outbound: Option<bool>,
    /// `None` when the state could not be read.
    pub state: Option<LegState>,
    /// When that state began, by the server's clock.
    pub since: Option<DateTime<Utc>>,
    /// Where it leads.
    pub endpoint: Option<EndpointSnapshot>,
    /// The quick connect that was used to add it.
    pub quick_connect: Option<String>,
    /// Whether the server mutes it (not the agent's own mute button).
    pub muted: Option<bool>,
}

impl LegSnapshot {
    /// Whether somebody is, or is about to be, at the other end.
    pub fn is_active(&self) -> bool {
        matches!(
            self.state,
            Some(
                LegState::Connecting
                    | LegState::Connected
                    | LegState::Hold
                    | LegState::SilentMonitor
                    | LegState::Barge
            )
        )
    }

    /// Whether its state says nothing that this desk understands.
    pub(crate) fn is_unreadable(&self) -> bool {
        matches!(self.state, None | Some(LegState::Unknown(_)))
    }
}

/// Who is at the other end of a leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LegRole {
    /// The agent.
    Agent,
    /// The customer: the connection that the contact began with.
    Customer,
    /// Somebody who was added.
    ThirdParty,
    /// A supervisor who listens.
    Monitor,
}

/// `ConnectionStateType` of the service model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LegState {
    /// Not yet begun.
    Init,
    /// Ringing.
    Connecting,
    /// Talking.
    Connected,
    /// On hold.
    Hold,
    /// Gone.
    Disconnected,
    /// A supervisor listens.
    SilentMonitor,
    /// A supervisor takes part.
    Barge,
    /// A word that this desk does not know.
    Unknown(String),
}

/// An address.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EndpointSnapshot {
    /// As Connect has it: E.164, `sip:…`, or a word for a withheld number.
    pub phone_number: Option<String>,
    /// A name, for agents, queues and quick connects.
    pub name: Option<String>,
}
