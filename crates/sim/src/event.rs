//! What can happen to an instance, and what it wants done about it.

use std::collections::BTreeMap;

use contract::{ConnectionId, ContactId};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::leg::LegState;
use crate::line::{Channel, Reach};
use crate::scenario::{Scenario, ScenarioError};
use crate::switches::Switches;

/// Something that happened.
#[derive(Debug, Clone)]
pub enum Event {
    /// A CCP page was opened by a signed-in agent.
    PortOpened {
        /// Login.
        agent: String,
        /// Whether the page has a parent that runs the library.
        framed: bool,
    },
    /// A CCP page is gone, in whatever way.
    PortClosed {
        /// The id that opening it returned.
        port: String,
    },
    /// A CCP page, or its parent through it, sent a message of the conduit.
    Up {
        /// The page.
        port: String,
        /// The envelope.
        message: Message,
    },
    /// The agent signed out in the softphone.
    SignOut {
        /// Login.
        agent: String,
    },
    /// A supervisor set an agent's state from outside.
    ChooseState {
        /// Login.
        agent: String,
        /// Name of a configured state.
        state: String,
    },
    /// The agent's CCPs say something that nothing in here is the cause of.
    Announce {
        /// Login.
        agent: String,
        /// Name of the message.
        event: String,
        /// Its payload.
        data: Value,
    },
    /// A customer called.
    Call(Call),
    /// A customer asked to be called back.
    RequestCallback(CallbackWish),
    /// A customer on a line did something.
    Customer {
        /// The line.
        contact: ContactId,
        /// What.
        act: CustomerAct,
    },
    /// A third party did something.
    ThirdParty {
        /// The contact they were called into.
        contact: ContactId,
        /// Their leg.
        leg: ConnectionId,
        /// What.
        act: ThirdPartyAct,
    },
    /// A supervisor listens to a call, speaks in it or leaves it.
    Supervise {
        /// The call.
        contact: ContactId,
        /// What their leg does; `None`: it goes.
        how: Option<LegState>,
    },
    /// A program lets a customer be called (`StartOutboundVoiceContact`).
    DialOut(OutboundCall),
    /// A program ends a contact (`StopContact`).
    Stop {
        /// The contact.
        contact: ContactId,
    },
    /// A program changes the attributes of a chain of contacts (`UpdateContactAttributes`).
    SetAttributes {
        /// The first contact of the chain.
        initial: ContactId,
        /// Names and values; an empty value removes the attribute.
        attributes: BTreeMap<String, String>,
    },
    /// A telephone will behave differently when it is dialled.
    Phone {
        /// E.164.
        number: String,
        /// How.
        reach: Reach,
    },
    /// Other choices where AWS documents none.
    Switches(Box<Switches>),
    /// The next snapshots are to be falsified.
    Mutate(Mutation),
    /// The next requests are to fail.
    Fault(Fault),
    /// Start over with this configuration.
    Reset(Box<Scenario>),
    /// Time passed.
    Tick,
    /// The clock was set, perhaps back.
    ClockSet,
}

/// An incoming contact: a call, a chat or a task.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Call {
    /// By what means.
    pub channel: Channel,
    /// E.164 or `sip:…`, `None` when withheld; of a chat or a task the name.
    pub from: Option<String>,
    /// Name of the queue; `None`: the first one.
    pub queue: Option<String>,
    /// Contact attributes.
    pub attributes: BTreeMap<String, String>,
    /// Only this agent may be offered it.
    pub agent: Option<String>,
    /// Offer it at once, whatever the agent is doing.
    pub force: bool,
}

/// The wish to be called back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CallbackWish {
    /// The number to call; `None`: that of the waiting call.
    pub number: Option<String>,
    /// The waiting call that ends with this wish; `None`: the call was before the beginning.
    pub instead_of: Option<ContactId>,
    /// Name of the queue; `None`: that of the waiting call, else the first one.
    pub queue: Option<String>,
    /// Contact attributes; those of the waiting call come along.
    pub attributes: BTreeMap<String, String>,
}

/// A call that a program asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboundCall {
    /// E.164.
    pub number: String,
    /// Name of the queue whose agents are offered the call; `None`: the first one.
    pub queue: Option<String>,
    /// Contact attributes.
    pub attributes: BTreeMap<String, String>,
    /// The contact's name.
    pub name: Option<String>,
    /// How long the telephone rings.
    pub ring_ms: u32,
}

/// What a customer can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CustomerAct {
    /// Put the receiver down.
    HangUp,
    /// Pick the ringing telephone up.
    Answer,
    /// The dialled telephone is engaged.
    Busy,
    /// The dialled telephone is not picked up.
    NoAnswer,
    /// Decline the call.
    Refuse,
    /// The dialled number does not exist.
    BadNumber,
    /// Whatever rings, rings out now, without waiting for its time.
    RingOut,
    /// No act of anybody's: the contact is gone at once and never was in an end state, as
    /// snapshots of the real service sometimes have it.
    Vanish,
}

/// What a third party can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThirdPartyAct {
    /// Pick up.
    Answer,
    /// Put the receiver down, or never pick it up.
    HangUp,
}

/// Falsification of snapshots.
#[derive(Debug, Clone)]
pub struct Mutation {
    /// How many payloads are still to be changed. A payload that the patch does not fit is
    /// delivered as it is and not counted.
    pub remaining: u32,
    /// RFC 6902, applied to `{snapshot, configuration}`.
    pub patch: json_patch::Patch,
}

/// Requests that are to fail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// API method.
    pub method: String,
    /// How many requests are still to fail.
    #[serde(default = "once")]
    pub count: u32,
    /// Exception type; without one the request is never answered.
    #[serde(rename = "type", default)]
    pub exception: Option<String>,
    /// Message of the exception.
    #[serde(default)]
    pub message: String,
}

fn once() -> u32 {
    1
}

/// An envelope of the conduit, in either direction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Name.
    pub event: String,
    /// Payload; instants as `{"$date": …}`.
    #[serde(default)]
    pub data: Value,
}

/// What an event led to.
#[derive(Debug)]
pub struct Reaction {
    /// The answer to whoever caused it.
    pub outcome: Result<Outcome, Refusal>,
    /// What must be sent, in this order, also when the event was refused.
    pub effects: Vec<Effect>,
}

/// The answer to an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It happened.
    Done,
    /// A contact came into being.
    Contact(ContactId),
    /// A page was registered under this id.
    Port(String),
}

/// Why an event cannot happen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no such thing.
    #[error("no {what} is called {id:?}")]
    Unknown {
        /// `contact`, `agent`, …
        what: &'static str,
        /// What was asked for.
        id: String,
    },
    /// Not in this state.
    #[error("{0}")]
    NotNow(String),
    /// The instance does not call that destination.
    #[error("{0}")]
    NotAllowed(String),
    /// A member of the request does not fit.
    #[error("{member}: {problem}")]
    Member {
        /// Its name.
        member: &'static str,
        /// What is wrong.
        problem: String,
    },
    /// The scenario does not fit.
    #[error(transparent)]
    Scenario(ScenarioError),
}

/// Something to do in the world.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Deliver a message to one page.
    Send {
        /// The page.
        port: String,
        /// The envelope.
        message: Message,
    },
    /// The session is over: deliver what was sent and let the page go to the sign-in form.
    SignOff {
        /// The page.
        port: String,
    },
}
