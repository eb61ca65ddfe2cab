//! Legs: the connections between one party and one contact.
//!
//! A leg knows its party, its state and its own clock stamp. What a change of one leg means for
//! the others is decided in [`crate::instance`].

use chrono::{DateTime, Utc};
use contract::ConnectionId;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::wire::date;

/// One party's connection to a contact.
#[derive(Debug, Clone, PartialEq)]
pub struct Leg {
    /// Unique within the instance.
    pub id: ConnectionId,
    /// Whose leg it is.
    pub role: LegRole,
    /// What the leg is doing.
    pub state: LegState,
    /// When it began to do so.
    pub since: DateTime<Utc>,
    /// The party's address.
    pub endpoint: Endpoint,
    /// Carries the agent's softphone media; a queued callback's first agent leg does not.
    pub media: bool,
    /// Muted at the server, as a supervisor or `muteParticipant` does; not the softphone's own mute.
    pub mute: bool,
    /// The quick connect that was dialled, when one was.
    pub quick_connect: Option<String>,
}

/// Whose leg it is, and with that the `type` it bears on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LegRole {
    /// The agent's own.
    Agent,
    /// The customer's, who called.
    Caller,
    /// The customer's, who was called.
    Callee,
    /// Somebody the agent called in.
    ThirdParty,
    /// A supervisor's.
    Supervisor,
}

/// What a leg is doing; the values of Streams' `ConnectionStateType` that a voice call takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LegState {
    /// To be rung when the agent's own leg is up.
    Init,
    /// Being rung.
    Connecting,
    /// In the conversation.
    Connected,
    /// Hearing music.
    Hold,
    /// A supervisor who hears everybody and is heard by nobody.
    SilentMonitor,
    /// A supervisor who takes part.
    Barge,
    /// Gone.
    Disconnected,
}

impl LegState {
    /// As on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Init => "init",
            Self::Connecting => "connecting",
            Self::Connected => "connected",
            Self::Hold => "hold",
            Self::SilentMonitor => "silent_monitor",
            Self::Barge => "barge",
            Self::Disconnected => "disconnected",
        }
    }

    /// Whether the party is on the line, in conversation or on hold.
    pub fn is_up(self) -> bool {
        matches!(self, Self::Connected | Self::Hold)
    }
}

/// A party's address as the API takes and gives it: exactly these six members.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Endpoint {
    /// Of a quick connect; null for a number that was typed.
    #[serde(rename = "endpointARN")]
    pub endpoint_arn: Option<String>,
    /// `phone_number`, `agent` or `queue`.
    #[serde(rename = "type")]
    pub kind: EndpointKind,
    /// The quick connect's name.
    pub name: Option<String>,
    /// E.164, `sip:…`, or what the network sends for a withheld number.
    pub phone_number: Option<String>,
    /// The login of an agent endpoint.
    pub agent_login: Option<String>,
    /// The ARN of a queue endpoint.
    pub queue: Option<String>,
}

/// What kind of party an endpoint reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndpointKind {
    /// A telephone.
    #[default]
    PhoneNumber,
    /// Another agent.
    Agent,
    /// Whoever serves a queue.
    Queue,
}

impl Endpoint {
    /// A telephone; `None` when the caller's number is not disclosed.
    pub fn phone(number: Option<&str>) -> Self {
        Self {
            phone_number: number.map(ToOwned::to_owned),
            ..Self::default()
        }
    }

    /// The agent's own end of a call.
    pub fn agent() -> Self {
        Self {
            kind: EndpointKind::Agent,
            ..Self::default()
        }
    }
}

impl Leg {
    /// Puts the leg into `state`; its stamp moves only when the state does.
    pub fn turn(&mut self, state: LegState, now: DateTime<Utc>) {
        if self.state != state {
            self.state = state;
            self.since = now;
        }
    }

    /// Whether it is of somebody whom the agent talks with: the customer's or a third party's.
    pub fn is_partner(&self) -> bool {
        !matches!(self.role, LegRole::Agent | LegRole::Supervisor)
    }

    /// Whether a supervisor listens or speaks on it.
    pub fn is_supervising(&self) -> bool {
        matches!(self.state, LegState::SilentMonitor | LegState::Barge)
    }

    /// The connection as the CTI service model has it, with the worker's legacy alias `address`;
    /// in a chat with the name of who chats.
    pub fn to_wire(&self, auto_accept: bool, chatting: Option<&str>) -> Value {
        let kind = match self.role {
            LegRole::Agent => "agent",
            LegRole::Caller => "inbound",
            LegRole::Callee | LegRole::ThirdParty => "outbound",
            LegRole::Supervisor => "monitoring",
        };
        let (abilities, mode) = match self.state {
            LegState::SilentMonitor => (MONITOR_ABILITIES, Some("SILENT_MONITOR")),
            LegState::Barge => (MONITOR_ABILITIES, Some("BARGE")),
            _ => (None, None),
        };
        let media = self.media.then(|| {
            json!({
                "callType": "audio_only",
                "autoAccept": auto_accept,
                "mediaLegContextToken": "local",
                "callContextToken": "local",
                "callConfigJson": CALL_CONFIG,
            })
        });
        json!({
            "connectionId": self.id,
            "type": kind,
            "initial": matches!(self.role, LegRole::Caller | LegRole::Callee),
            "endpoint": self.endpoint,
            "state": { "type": self.state.name(), "timestamp": date(self.since) },
            "softphoneMediaInfo": media,
            "chatMediaInfo": chatting.map(|name| json!({
                "chatAutoAccept": false,
                "connectionData": null,
                "customerName": name,
            })),
            "monitoringInfo": null,
            "mute": self.mute,
            "forcedMute": false,
            "quickConnectName": self.quick_connect,
            "monitorCapabilities": abilities,
            "monitorStatus": mode,
            "capabilities": null,
            "address": self.endpoint,
        })
    }
}

/// What a supervisor may do.
const MONITOR_ABILITIES: Option<[&str; 2]> = Some(["SILENT_MONITOR", "BARGE"]);

/// Where a softphone would find its media. There is none here: the CCP page owns the media, and
/// the simulator's page has no sound.
const CALL_CONFIG: &str = r#"{"signalingEndpoint":"wss://127.0.0.1/none","iceServers":[],"protocol":"LilyRTC/1.0/WSS","useWebSocketProvider":true}"#;
