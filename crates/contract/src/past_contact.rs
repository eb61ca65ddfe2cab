//! What is known of a customer besides orders: earlier contacts and calculated attributes.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::loss::Loss;
use crate::profile::Attribute;
use crate::shop_time::rfc3339_ms;
use crate::words::words;
use crate::{ContactId, Personal};

words! {
    /// How a contact was held: Connect's `Channel`.
    Channel {
        /// A call.
        Voice = "voice",
        /// A chat.
        Chat = "chat",
        /// A task.
        Task = "task",
        /// A mail.
        Email = "email",
        /// The source does not say.
        Unstated = "unstated",
    }
}

words! {
    /// How a contact began: Connect's `InitiationMethod`.
    Initiation {
        /// The customer called.
        Inbound = "inbound",
        /// An agent called.
        Outbound = "outbound",
        /// An agent gave it on.
        Transfer = "transfer",
        /// It went from one queue to another.
        QueueTransfer = "queue_transfer",
        /// The customer had asked to be called.
        Callback = "callback",
        /// A program began it.
        Api = "api",
        /// A flow went on after an agent had left.
        Disconnect = "disconnect",
        /// An agent called somebody outside.
        ExternalOutbound = "external_outbound",
        /// A supervisor listened.
        Monitor = "monitor",
        /// An agent answered a mail.
        AgentReply = "agent_reply",
        /// A flow began it.
        Flow = "flow",
        /// A call from a page or an app.
        WebrtcApi = "webrtc_api",
        /// The source does not say.
        Unstated = "unstated",
    }
}

/// An earlier contact of a customer's, from its contact record. Records appear only after a contact
/// has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PastContact {
    /// Connect's id for it.
    pub id: ContactId,
    /// How it was held.
    pub channel: Channel,
    /// How it began.
    pub initiation: Initiation,
    /// When it began.
    #[serde(
        default,
        with = "rfc3339_ms::option",
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(feature = "schema", schemars(with = "Option<rfc3339_ms::Text>"))]
    pub started: Option<DateTime<Utc>>,
    /// When an agent had it.
    #[serde(
        default,
        with = "rfc3339_ms::option",
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(feature = "schema", schemars(with = "Option<rfc3339_ms::Text>"))]
    pub connected: Option<DateTime<Utc>>,
    /// When it ended.
    #[serde(
        default,
        with = "rfc3339_ms::option",
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(feature = "schema", schemars(with = "Option<rfc3339_ms::Text>"))]
    pub ended: Option<DateTime<Utc>>,
    /// User name of the agent who had it; absent when no person did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<Personal>,
    /// Seconds for which the agent and the customer were connected, holds not counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub talk_seconds: Option<u32>,
    /// Name of the queue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<Personal>,
    /// Why it ended, in Connect's word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disconnect_reason: Option<Personal>,
    /// What the flow had set.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<Attribute>,
    /// What was there and could not be read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub losses: Vec<Loss>,
}

/// A number that Customer Profiles keeps about a customer, such as how often they have called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CalculatedAttribute {
    /// Its name in the domain, such as `_calls_count`.
    pub name: Personal,
    /// What the domain calls it for readers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<Personal>,
    /// Its value, as text.
    pub value: Personal,
    /// It was made of a part of the data only.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub partial: bool,
    /// Time of the newest object that it was made of.
    #[serde(
        default,
        with = "rfc3339_ms::option",
        skip_serializing_if = "Option::is_none"
    )]
    #[cfg_attr(feature = "schema", schemars(with = "Option<rfc3339_ms::Text>"))]
    pub last_object: Option<DateTime<Utc>>,
}
