//! Snapshots as Amazon Connect sends them: an agent, and calls in each of their phases.

use chrono::{DateTime, TimeDelta, Utc};
use desk::{
    AgentSnapshot, AgentStateSnapshot, AgentStateType, ClockReading, ConnectionId, ContactId,
    ContactKind, ContactSnapshot, ContactState, EndpointSnapshot, Input, LegRole, LegSnapshot,
    LegState, Snapshot, StateChoice,
};

/// The server's clock when a scene begins: 03:00:00.250 on 5 January 2026, noon in Japan.
const BEGINNING_MS: i64 = 1_767_582_000_250;

/// Server time, in seconds since the scene began.
pub(crate) fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(BEGINNING_MS + seconds * 1_000).unwrap()
}

/// What a snapshot says, under construction.
#[derive(Debug, Clone)]
pub(crate) struct Scene(Snapshot);

/// The agent in a state, taken so many seconds after the beginning and without contacts.
pub(crate) fn scene(seconds: i64, state: &str) -> Scene {
    Scene(Snapshot {
        taken_at: Some(at(seconds)),
        clock: Some(ClockReading {
            local: at(seconds),
            skew: TimeDelta::zero(),
        }),
        agent: AgentSnapshot {
            name: Some("佐藤 花子".into()),
            arn: Some("arn:agent/1".into()),
            state: Some(agent_state(state, at(seconds))),
            availability: Some("Available".into()),
            choices: ["Available", "Lunch", "Offline"].map(choice).into(),
            softphone: Some(true),
            ..AgentSnapshot::default()
        },
        contacts: Some(Vec::new()),
        oddities: Vec::new(),
    })
}

impl Scene {
    /// One contact more.
    pub(crate) fn and(mut self, call: Call) -> Self {
        self.0.contacts.get_or_insert_default().push(call.0);
        self
    }

    /// Changes whatever a test needs to be otherwise.
    pub(crate) fn but(mut self, change: impl FnOnce(&mut Snapshot)) -> Self {
        change(&mut self.0);
        self
    }
}

impl From<Scene> for Input {
    fn from(scene: Scene) -> Self {
        Self::Snapshot(Box::new(scene.0))
    }
}

/// A state of the agent, with the type that Connect gives to it.
pub(crate) fn agent_state(name: &str, since: DateTime<Utc>) -> AgentStateSnapshot {
    let kind = match name {
        "Available" => AgentStateType::Routable,
        "Lunch" | "Pending" => AgentStateType::NotRoutable,
        "Offline" => AgentStateType::Offline,
        "Init" => AgentStateType::Init,
        "Busy" | "PendingBusy" | "CallingCustomer" | "AfterCallWork" => AgentStateType::System,
        _ => AgentStateType::Error,
    };
    AgentStateSnapshot {
        name: name.into(),
        kind,
        since: Some(since),
    }
}

fn choice(name: &str) -> StateChoice {
    StateChoice {
        arn: Some(format!("arn:state/{name}")),
        name: name.into(),
        kind: agent_state(name, at(0)).kind,
    }
}

/// A contact under construction.
#[derive(Debug, Clone)]
pub(crate) struct Call(ContactSnapshot);

/// An inbound call from +81 90 1234 5678, through the queue Support, that has not begun.
pub(crate) fn call(id: &str) -> Call {
    let leg = |role, outbound| LegSnapshot {
        id: ConnectionId::from(format!("{id}-{role:?}").as_str()),
        role,
        outbound,
        state: Some(LegState::Init),
        since: None,
        endpoint: None,
        quick_connect: None,
        muted: None,
    };
    let mut told = ContactSnapshot::new(ContactId::from(id));
    told.queue = Some("Support".into());
    told.initiation = Some("inbound".into());
    told.legs = Some(vec![
        leg(LegRole::Agent, None),
        leg(LegRole::Customer, Some(false)),
    ]);
    Call(told).from("+819012345678")
}

impl Call {
    pub(crate) fn outbound(mut self) -> Self {
        self.0.initiation = Some("outbound".into());
        self.leg(LegRole::Customer).outbound = Some(true);
        self
    }

    pub(crate) fn callback(mut self) -> Self {
        self.0.kind = ContactKind::QueueCallback;
        self
    }

    pub(crate) fn from(mut self, address: &str) -> Self {
        self.leg(LegRole::Customer).endpoint = Some(EndpointSnapshot {
            phone_number: Some(address.into()),
            name: None,
        });
        self
    }

    pub(crate) fn withheld(mut self) -> Self {
        self.leg(LegRole::Customer).endpoint = None;
        self
    }

    pub(crate) fn queue(mut self, name: &str) -> Self {
        self.0.queue = Some(name.into());
        self
    }

    pub(crate) fn initially(mut self, id: &str) -> Self {
        self.0.initial_id = Some(ContactId::from(id));
        self
    }

    pub(crate) fn attribute(mut self, name: &str, value: &str) -> Self {
        self.0.attributes.set(name.into(), value.into());
        self
    }

    /// Being offered.
    pub(crate) fn ringing(self, second: i64) -> Self {
        let state = if self.0.kind == ContactKind::QueueCallback {
            ContactState::Incoming
        } else {
            ContactState::Connecting
        };
        self.is(state, LegState::Connecting, LegState::Connected, second)
    }

    /// The customer is being called.
    pub(crate) fn dialing(self, second: i64) -> Self {
        self.is(
            ContactState::Connecting,
            LegState::Connected,
            LegState::Connecting,
            second,
        )
    }

    pub(crate) fn connected(self, second: i64) -> Self {
        self.is(
            ContactState::Connected,
            LegState::Connected,
            LegState::Connected,
            second,
        )
    }

    /// Connected at one second, on hold since another.
    pub(crate) fn held(self, connected: i64, since: i64) -> Self {
        self.connected(connected).customer_is(LegState::Hold, since)
    }

    /// The customer's leg alone.
    pub(crate) fn customer_is(mut self, state: LegState, since: i64) -> Self {
        let leg = self.leg(LegRole::Customer);
        leg.state = Some(state);
        leg.since = Some(at(since));
        self
    }

    /// With a colleague outside, who was called in.
    pub(crate) fn with_third(mut self, state: LegState, since: i64) -> Self {
        let third = LegSnapshot {
            id: ConnectionId::from("third"),
            role: LegRole::ThirdParty,
            outbound: Some(true),
            state: Some(state),
            since: Some(at(since)),
            quick_connect: Some("倉庫".into()),
            ..self.leg(LegRole::Customer).clone()
        };
        self.0.legs.get_or_insert_default().push(third);
        self
    }

    /// Changes whatever a test needs to be otherwise.
    pub(crate) fn but(mut self, change: impl FnOnce(&mut ContactSnapshot)) -> Self {
        change(&mut self.0);
        self
    }

    /// Over, and being written up.
    pub(crate) fn ended(self, second: i64) -> Self {
        self.is(
            ContactState::Ended,
            LegState::Disconnected,
            LegState::Disconnected,
            second,
        )
    }

    /// Over for the agent, while the customer talks on with somebody else.
    pub(crate) fn handed_on(self, second: i64) -> Self {
        let mut told = self.is(
            ContactState::Ended,
            LegState::Disconnected,
            LegState::Connected,
            second,
        );
        let somebody = LegSnapshot {
            id: ConnectionId::from("somebody"),
            role: LegRole::ThirdParty,
            ..told.leg(LegRole::Customer).clone()
        };
        told.0.legs.get_or_insert_default().push(somebody);
        told
    }

    /// Not taken; the customer waits on in the queue.
    pub(crate) fn missed(self, second: i64) -> Self {
        self.is(
            ContactState::Error,
            LegState::Disconnected,
            LegState::Connected,
            second,
        )
    }

    /// Broken off, with nobody left.
    pub(crate) fn failed(self, second: i64) -> Self {
        self.is(
            ContactState::Error,
            LegState::Disconnected,
            LegState::Disconnected,
            second,
        )
    }

    fn is(mut self, state: ContactState, agent: LegState, customer: LegState, second: i64) -> Self {
        self.0.state = Some(state);
        self.0.since = Some(at(second));
        for (role, state) in [(LegRole::Agent, agent), (LegRole::Customer, customer)] {
            let leg = self.leg(role);
            leg.state = Some(state);
            leg.since = Some(at(second));
        }
        self
    }

    fn leg(&mut self, role: LegRole) -> &mut LegSnapshot {
        let mut legs = self.0.legs.iter_mut().flatten();
        legs.find(|leg| leg.role == role).unwrap()
    }
}
