//! An agent: what they chose, what they are doing, and how Connect names that.
//!
//! The *availability* is what the agent chose. The *state* shown is derived from the contacts
//! in hand and only then from the availability; it is never stored apart from them.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::contact::{Contact, ContactState};
use crate::line::{Channel, Origin};
use crate::scenario::{Person, Scenario, State, StateKind};
use crate::wire::date;

/// An agent of the instance.
#[derive(Debug, Clone)]
pub struct Agent {
    /// As the administrator created them.
    pub person: Person,
    /// Position in the scenario, which numbers ARNs.
    number: usize,
    /// What the agent chose.
    pub availability: State,
    /// When.
    pub availability_since: DateTime<Utc>,
    /// What the agent chose for after the live contact, and when.
    pub next: Option<(State, DateTime<Utc>)>,
    /// In the order in which they were offered.
    pub contacts: Vec<Contact>,
    /// The state of the last snapshot and when it began.
    pub shown: Shown,
    /// Whether a CCP has been opened for them since they last signed out. Nobody is offered a
    /// call before.
    pub signed_in: bool,
    /// The softphone's own mute.
    pub muted: bool,
    /// Members of the configuration that `setConfiguration` may change.
    pub preferences: Preferences,
}

/// The derived state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Raw name: a configured state, or a system name such as `PendingBusy`.
    pub name: String,
    /// `AgentStateType` on the wire.
    pub kind: &'static str,
    /// When the name last changed.
    pub since: DateTime<Utc>,
}

/// What an agent may configure.
#[derive(Debug, Clone, PartialEq)]
pub struct Preferences {
    /// Softphone or desk phone.
    pub softphone: bool,
    /// The softphone accepts by itself.
    pub auto_accept: bool,
    /// The desk phone's number.
    pub extension: String,
    /// `agentPreferences` as they were sent.
    pub agent: Value,
}

impl Agent {
    pub(crate) fn new(person: Person, number: usize, state: State, now: DateTime<Utc>) -> Self {
        let shown = Shown {
            name: state.name.clone(),
            kind: state.kind.name(),
            since: now,
        };
        let preferences = Preferences {
            softphone: true,
            auto_accept: person.auto_accept,
            extension: person.extension.clone(),
            agent: json!({ "LANGUAGE": person.language }),
        };
        Self {
            person,
            number,
            availability: state,
            availability_since: now,
            next: None,
            contacts: Vec::new(),
            shown,
            signed_in: false,
            muted: false,
            preferences,
        }
    }

    /// Live contacts of that channel in hand, offered ones included.
    pub fn load(&self, channel: Channel) -> usize {
        let live = |contact: &&Contact| contact.channel == channel && contact.state.is_live();
        self.contacts.iter().filter(live).count()
    }

    /// Contacts of that channel at a time.
    pub fn capacity(&self, channel: Channel) -> usize {
        let capacity = match channel {
            Channel::Voice => self.person.voice_capacity,
            Channel::Chat => self.person.chat_capacity,
            Channel::Task => self.person.task_capacity,
        };
        capacity as usize
    }

    /// Whether the router may offer one more: chosen to be available, nothing to clear first,
    /// nothing of another channel in hand, as a routing profile has it by default ("Set routing
    /// profile channels and concurrency", AWS administrator guide), and capacity left.
    pub fn is_available(&self, channel: Channel) -> bool {
        let goes_together = |one: &Contact| one.state.is_live() && one.channel == channel;
        self.signed_in
            && self.availability.kind == StateKind::Routable
            && self.next.is_none()
            && self.contacts.iter().all(goes_together)
            && self.load(channel) < self.capacity(channel)
    }

    /// Whether choosing a state must wait.
    pub(crate) fn is_engaged(&self) -> bool {
        self.contacts
            .iter()
            .any(|contact| !contact.state.is_failed())
    }

    /// The state's name and type that follow from the contacts, §6 of the protocol notes.
    fn derived(&self) -> (&str, &'static str) {
        let leading = self
            .contacts
            .iter()
            .max_by_key(|contact| (contact.channel == Channel::Voice, contact.state.weight()));
        match leading.map(|contact| (&contact.state, contact.origin)) {
            None => (&self.availability.name, self.availability.kind.name()),
            Some((ContactState::Incoming, _)) => ("Pending", "not_routable"),
            Some((ContactState::Connecting, Origin::Inbound | Origin::Transfer | Origin::Api)) => {
                ("PendingBusy", "system")
            }
            Some((ContactState::Connecting, Origin::Outbound | Origin::Callback)) => {
                ("CallingCustomer", "system")
            }
            Some((ContactState::Connected | ContactState::Paused, _)) => ("Busy", "system"),
            Some((ContactState::Ended, _)) => ("AfterCallWork", "system"),
            Some((
                ContactState::Error(name)
                | ContactState::Missed(name)
                | ContactState::Rejected(name),
                _,
            )) => (name, "error"),
        }
    }

    /// Brings what is shown in line with the contacts; a queued state takes effect when the
    /// last contact is gone.
    pub(crate) fn settle(&mut self, now: DateTime<Utc>) {
        if self.contacts.is_empty()
            && let Some((state, _)) = self.next.take()
        {
            self.availability = state;
            self.availability_since = now;
        }
        let (name, kind) = self.derived();
        if self.shown.name != name || self.shown.kind != kind {
            self.shown = Shown {
                name: name.to_owned(),
                kind,
                since: now,
            };
        }
    }

    /// `{snapshot, configuration}`, the payload of `agent::update`. The page adds
    /// `localTimestamp` and `skew`, which are the browser's to know.
    pub(crate) fn to_update(&self, scenario: &Scenario, now: DateTime<Utc>) -> Value {
        let mut contacts: Vec<&Contact> = self.contacts.iter().collect();
        contacts.sort_by_key(|contact| contact.since);
        let arn = |name: &str| {
            scenario
                .states
                .iter()
                .any(|state| state.name == name)
                .then(|| state_arn(scenario, name))
        };
        json!({
            "snapshot": {
                "state": {
                    "agentStateARN": arn(&self.shown.name),
                    "name": self.shown.name,
                    "type": self.shown.kind,
                    "startTimestamp": date(self.shown.since),
                },
                "nextState": self.next.as_ref().map(|(state, since)| json!({
                    "agentStateARN": arn(&state.name),
                    "name": state.name,
                    "type": state.kind.name(),
                    "startTimestamp": date(*since),
                })),
                "agentAvailabilityState": {
                    "state": self.availability.name,
                    "timeStamp": date(self.availability_since),
                },
                "contacts": contacts
                    .iter()
                    .map(|contact| contact.to_wire(self.preferences.auto_accept, now))
                    .collect::<Vec<_>>(),
                "snapshotTimestamp": date(now),
                "contentLength": 0,
            },
            "configuration": self.configuration(scenario),
        })
    }

    fn configuration(&self, scenario: &Scenario) -> Value {
        let id = self.id();
        let profile = arn(scenario, "routing-profile", ROUTING_PROFILE);
        let mut queues: Vec<Value> = self
            .person
            .queues
            .iter()
            .map(|name| {
                let arn = queue_arn(scenario, name);
                json!({ "queueARN": arn, "name": name, "queueId": arn })
            })
            .collect();
        let outbound = queues.first().cloned();
        // The agent's own queue: every log line of the library looks for it.
        let own = arn(scenario, "queue/agent", &id);
        queues.push(json!({ "queueARN": own, "queueId": own, "name": null }));
        let mut permissions = Vec::new();
        if self.person.may_call_out {
            permissions.push("outboundCall");
        }
        json!({
            "name": self.person.name,
            "username": self.person.login,
            "agentARN": arn(scenario, "agent", &id),
            "extension": self.preferences.extension,
            "softphoneEnabled": self.preferences.softphone,
            "softphoneAutoAccept": self.preferences.auto_accept,
            "softphonePersistentConnection": false,
            "agentPreferences": self.preferences.agent,
            "permissions": permissions,
            "dialableCountries": scenario.dialable_countries,
            "agentStates": scenario.states.iter().map(|state| json!({
                "agentStateARN": state_arn(scenario, &state.name),
                "name": state.name,
                "type": state.kind.name(),
                "startTimestamp": null,
            })).collect::<Vec<_>>(),
            "routingProfile": {
                "name": "Basic Routing Profile",
                "routingProfileARN": profile,
                "routingProfileId": profile,
                "channelConcurrencyMap": {
                    "VOICE": self.person.voice_capacity,
                    "CHAT": self.person.chat_capacity,
                    "TASK": self.person.task_capacity,
                    "EMAIL": 0,
                },
                "defaultOutboundQueue": outbound,
                "queues": queues,
            },
        })
    }

    /// The user's id in ARNs and in the interfaces for programs.
    pub fn id(&self) -> String {
        uuid(1, self.number + 1)
    }
}

/// The id of the one routing profile.
pub(crate) const ROUTING_PROFILE: &str = "00000002-0000-4000-8000-000000000001";

/// The id of the one security profile.
pub(crate) const SECURITY_PROFILE: &str = "00000006-0000-4000-8000-000000000001";

/// The ARN of something of the instance.
pub(crate) fn arn(scenario: &Scenario, kind: &str, id: &str) -> String {
    let Scenario {
        region,
        account,
        instance_id,
        ..
    } = scenario;
    format!("arn:aws:connect:{region}:{account}:instance/{instance_id}/{kind}/{id}")
}

/// The ARN of the state of that name.
pub(crate) fn state_arn(scenario: &Scenario, name: &str) -> String {
    let at = scenario.states.iter().position(|state| state.name == name);
    arn(scenario, "agent-state", &uuid(3, at.map_or(0, |at| at + 1)))
}

/// The ARN of the queue of that name.
pub(crate) fn queue_arn(scenario: &Scenario, name: &str) -> String {
    let at = scenario.queues.iter().position(|queue| queue.name == name);
    arn(scenario, "queue", &uuid(4, at.map_or(0, |at| at + 1)))
}

/// The ARN of the quick connect at that position.
pub(crate) fn destination_arn(scenario: &Scenario, at: usize) -> String {
    arn(scenario, "transfer-destination", &uuid(5, at + 1))
}

fn uuid(kind: u8, number: usize) -> String {
    format!("{kind:08x}-0000-4000-8000-{number:012x}")
}
