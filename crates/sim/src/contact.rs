//! A contact as one agent's snapshot shows it.
//!
//! An agent keeps a contact from the moment it is offered until it is cleared, also after the
//! customer has gone back to the queue or to another agent. The customer's own side of the call
//! is a [`crate::line::Line`].

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use contract::{ConnectionId, ContactId};
use serde_json::{Map, Value, json};

use crate::leg::{Endpoint, Leg, LegRole, LegState};
use crate::line::{Channel, Origin};
use crate::wire::date;

/// A contact in an agent's hands.
#[derive(Debug, Clone, PartialEq)]
pub struct Contact {
    /// Connect's id; the same after a miss and a new offer.
    pub id: ContactId,
    /// The first contact of the chain; a callback's is the call it grew out of.
    pub initial: ContactId,
    /// How the contact came about.
    pub origin: Origin,
    /// By what means.
    pub channel: Channel,
    /// The chatting customer's name, or the task's.
    pub title: Option<String>,
    /// Its state, and what the agent's state is called because of it.
    pub state: ContactState,
    /// When it took that state.
    pub since: DateTime<Utc>,
    /// ARN and name of the queue it came through.
    pub queue: (String, String),
    /// When it entered the queue.
    pub queued_at: DateTime<Utc>,
    /// The number of the contact centre that was called, or that calls.
    pub system_number: String,
    /// The customer's number as the network gave it.
    pub customer_number: Option<String>,
    /// Attributes set by the contact flow.
    pub attributes: BTreeMap<String, String>,
    /// The agent's leg first, the customer's second, then whoever was called in.
    pub legs: Vec<Leg>,
    /// Counts offers in the whole instance: timers of an earlier offer of the same id are stale.
    pub offer: u64,
    /// When the parties first talked, for `contactDuration`.
    pub connected_at: Option<DateTime<Utc>>,
    /// When the contact was over for this agent.
    pub ended_at: Option<DateTime<Utc>>,
}

/// Contact states of voice, with the agent state that goes with a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContactState {
    /// A queued callback is offered.
    Incoming,
    /// Voice is offered, or a telephone is being dialled.
    Connecting,
    /// The parties talk, or one is on hold.
    Connected,
    /// A task that the agent has set aside.
    Paused,
    /// Over; after-call work.
    Ended,
    /// Over without a conversation; `error` on the wire. Names the agent's error state.
    Error(String),
    /// The variant of a missed call; `missed` on the wire.
    Missed(String),
    /// The variant of a declined call; `rejected` on the wire.
    Rejected(String),
}

impl ContactState {
    /// As on the wire.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Incoming => "incoming",
            Self::Connecting => "connecting",
            Self::Connected => "connected",
            Self::Paused => "paused",
            Self::Ended => "ended",
            Self::Error(_) => "error",
            Self::Missed(_) => "missed",
            Self::Rejected(_) => "rejected",
        }
    }

    /// Whether the customer is with this agent now: offered, dialled or talking.
    pub fn is_live(&self) -> bool {
        matches!(
            self,
            Self::Incoming | Self::Connecting | Self::Connected | Self::Paused
        )
    }

    /// Whether it came to nothing and only waits to be cleared.
    pub fn is_failed(&self) -> bool {
        matches!(self, Self::Error(_) | Self::Missed(_) | Self::Rejected(_))
    }

    /// Which contact names the agent's state when there are several, highest first.
    pub(crate) fn weight(&self) -> u8 {
        match self {
            Self::Connected | Self::Paused => 5,
            Self::Connecting => 4,
            Self::Incoming => 3,
            Self::Ended => 2,
            Self::Error(_) | Self::Missed(_) | Self::Rejected(_) => 1,
        }
    }
}

impl Contact {
    /// Puts the contact into `state` now.
    pub fn turn(&mut self, state: ContactState, now: DateTime<Utc>) {
        match state {
            ContactState::Connected => {
                self.connected_at.get_or_insert(now);
            }
            ContactState::Incoming | ContactState::Connecting | ContactState::Paused => {}
            _ => {
                self.ended_at.get_or_insert(now);
            }
        }
        if self.state != state {
            self.state = state;
            self.since = now;
        }
    }

    /// Whether it rings at the agent and can be accepted.
    pub fn is_offered(&self) -> bool {
        match self.state {
            ContactState::Incoming => true,
            ContactState::Connecting => {
                matches!(
                    self.origin,
                    Origin::Inbound | Origin::Transfer | Origin::Api
                )
            }
            _ => false,
        }
    }

    /// Whether the customer's telephone is being dialled.
    pub fn is_dialling(&self) -> bool {
        self.state.is_live()
            && !self.is_offered()
            && self
                .customer()
                .is_some_and(|leg| matches!(leg.state, LegState::Init | LegState::Connecting))
    }

    /// The agent's leg.
    pub fn agent(&self) -> Option<&Leg> {
        self.legs.iter().find(|leg| leg.role == LegRole::Agent)
    }

    /// The customer's leg, `initial` on the wire.
    pub fn customer(&self) -> Option<&Leg> {
        self.legs
            .iter()
            .find(|leg| matches!(leg.role, LegRole::Caller | LegRole::Callee))
    }

    /// The leg of that id.
    pub fn leg_mut(&mut self, id: &ConnectionId) -> Option<&mut Leg> {
        self.legs.iter_mut().find(|leg| leg.id == *id)
    }

    /// Legs of called-in parties that are not gone.
    pub fn third_parties(&self) -> impl Iterator<Item = &Leg> {
        self.legs
            .iter()
            .filter(|leg| leg.role == LegRole::ThirdParty && leg.state != LegState::Disconnected)
    }

    /// Puts every leg that `which` picks and that is not gone into `state`.
    pub fn turn_legs(&mut self, state: LegState, now: DateTime<Utc>, which: impl Fn(&Leg) -> bool) {
        for leg in &mut self.legs {
            if leg.state != LegState::Disconnected && which(leg) {
                leg.turn(state, now);
            }
        }
    }

    /// Brings every leg that `which` picks and that is not gone into one conversation, which
    /// begins now: also for who was in another one before.
    pub fn converse(&mut self, now: DateTime<Utc>, which: impl Fn(&Leg) -> bool) {
        for leg in &mut self.legs {
            if leg.state != LegState::Disconnected && which(leg) {
                leg.state = LegState::Connected;
                leg.since = now;
            }
        }
    }

    /// The contact as the CTI service model has it, with the worker's legacy alias `status`.
    pub fn to_wire(&self, auto_accept: bool, now: DateTime<Utc>) -> Value {
        let state = json!({ "type": self.state.name(), "timestamp": date(self.since) });
        let (arn, queue) = &self.queue;
        let attributes: Map<String, Value> = self
            .attributes
            .iter()
            .map(|(name, value)| (name.clone(), json!({ "name": name, "value": value })))
            .collect();
        let (kind, method, direction) = match (self.channel, self.origin) {
            (Channel::Voice, Origin::Inbound) => ("voice", "inbound", "INBOUND"),
            (Channel::Voice, Origin::Outbound) => ("voice", "outbound", "OUTBOUND"),
            (Channel::Voice, Origin::Transfer) => ("voice", "transfer", "INBOUND"),
            (Channel::Voice, Origin::Callback) => ("queue_callback", "callback", "INBOUND"),
            (Channel::Voice, Origin::Api) => ("voice", "api", "OUTBOUND"),
            (Channel::Chat, _) => ("chat", "api", "INBOUND"),
            (Channel::Task, _) => ("task", "api", "INBOUND"),
        };
        let (subtype, name) = match self.channel {
            Channel::Voice => ("connect:Telephony", None),
            Channel::Chat => ("connect:Chat", None),
            Channel::Task => ("connect:Task", self.title.as_deref()),
        };
        let is_voice = self.channel == Channel::Voice;
        let is_chat = self.channel == Channel::Chat;
        let chatting = is_chat.then(|| self.title.as_deref().unwrap_or_default());
        // The real service leaves a callback's customer endpoint empty (sample snapshots of the
        // Streams repository); the number stands on the initial connection.
        let customer = match self.origin {
            Origin::Callback => None,
            Origin::Inbound | Origin::Outbound | Origin::Transfer | Origin::Api => {
                self.customer_number.as_deref()
            }
        };
        let seconds = self.connected_at.map_or(0, |from| {
            (self.ended_at.unwrap_or(now) - from).num_seconds().max(0)
        });
        json!({
            "contactId": self.id,
            "initialContactId": self.initial,
            "relatedContactId": null,
            "contactAssociationId": self.id,
            "type": kind,
            "state": state,
            "queue": { "queueARN": arn, "name": queue, "queueId": arn },
            "queueTimestamp": date(self.queued_at),
            "connections": self.legs.iter().map(|leg| leg.to_wire(auto_accept, chatting)).collect::<Vec<_>>(),
            "attributes": attributes,
            "contactDuration": seconds.to_string(),
            "name": name,
            "description": null,
            "references": null,
            "initiationMethod": method,
            "contactFeatures": {
                "attachmentsEnabled": null,
                "messagingMarkdownEnabled": null,
                "multiPartyConferenceEnabled": false,
                "screenRecordingEnabled": null,
                "screenRecordingState": null,
                "screenRecordingConfig": null,
            },
            "channelContext": null,
            "segmentAttributes": {
                "connect:Subtype": { "ValueString": subtype },
                "connect:Direction": { "ValueString": direction },
            },
            "customerEndpoint": is_voice.then(|| Endpoint::phone(customer)),
            "connectSystemEndpoint": is_voice.then(|| Endpoint::phone(Some(&self.system_number))),
            "status": state,
        })
    }
}
