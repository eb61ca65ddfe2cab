//! Snapshots as Amazon Connect sends them, and a page that takes them in.
//!
//! The shapes are those of the CTI service model: the agent's leg first, the customer's leg
//! bearing the number.

use chrono::{DateTime, TimeDelta, Utc};
use contract::{ConnectionId, ContactId, PhoneNumber};
use desk::{
    Action, ActionError, AgentSnapshot, AgentStateSnapshot, AgentStateType, CallRecord,
    ClockReading, Command, Contact, ContactKind, ContactSnapshot, ContactState, Control, Desk,
    Effect, EndpointSnapshot, Input, Instant, LegRole, LegSnapshot, LegState, Link, SharedJournal,
    Snapshot, StateChoice,
};

/// The server's clock when a story begins, in milliseconds since 1970.
const BEGINNING: i64 = 1_767_258_000_000;

/// Every button of a contact.
pub(crate) const CONTROLS: [Control; 10] = [
    Control::Accept,
    Control::Decline,
    Control::HangUp,
    Control::Hold,
    Control::Resume,
    Control::Swap,
    Control::Conference,
    Control::Leave,
    Control::Drop,
    Control::Complete,
];

/// Server time, in seconds since the story began.
pub(crate) fn at(seconds: i64) -> DateTime<Utc> {
    at_millis(seconds * 1_000)
}

/// Server time, in milliseconds since the story began.
pub(crate) fn at_millis(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(BEGINNING + millis).unwrap()
}

pub(crate) fn id(text: &str) -> ContactId {
    ContactId::from(text)
}

pub(crate) fn number(text: &str) -> PhoneNumber {
    PhoneNumber::parse(text).unwrap()
}

/// A contact under construction.
#[derive(Debug, Clone)]
pub(crate) struct ContactBuilder(ContactSnapshot);

/// An inbound voice call from +81 90 1234 5678 that has not begun.
pub(crate) fn contact(id: &str) -> ContactBuilder {
    let mut told = ContactSnapshot::new(ContactId::from(id));
    told.queue = Some("Support".into());
    told.initiation = Some("inbound".into());
    told.legs = Some(vec![
        leg(&format!("{id}-agent"), LegRole::Agent, None),
        leg(&format!("{id}-customer"), LegRole::Customer, Some(false)),
    ]);
    ContactBuilder(told).from("+819012345678")
}

fn leg(id: &str, role: LegRole, outbound: Option<bool>) -> LegSnapshot {
    LegSnapshot {
        id: ConnectionId::from(id),
        role,
        outbound,
        state: Some(LegState::Init),
        since: None,
        endpoint: None,
        quick_connect: None,
        muted: None,
    }
}

impl ContactBuilder {
    pub(crate) fn outbound(mut self) -> Self {
        self.0.initiation = Some("outbound".into());
        self.customer().outbound = Some(true);
        self
    }

    pub(crate) fn callback(mut self) -> Self {
        self.0.kind = ContactKind::QueueCallback;
        self.0.initiation = Some("callback".into());
        self
    }

    pub(crate) fn kind(mut self, kind: ContactKind) -> Self {
        self.0.kind = kind;
        self
    }

    pub(crate) fn initially(mut self, id: &str) -> Self {
        self.0.initial_id = Some(ContactId::from(id));
        self
    }

    pub(crate) fn from(mut self, number: &str) -> Self {
        self.customer().endpoint = Some(EndpointSnapshot {
            phone_number: Some(number.into()),
            name: None,
        });
        self
    }

    pub(crate) fn without_number(mut self) -> Self {
        self.customer().endpoint = None;
        self
    }

    pub(crate) fn attribute(mut self, name: &str, value: &str) -> Self {
        self.0.attributes.set(name.into(), value.into());
        self
    }

    /// A queued callback on offer.
    pub(crate) fn incoming(self, since: DateTime<Utc>) -> Self {
        self.state(ContactState::Incoming, since).legs(
            LegState::Connecting,
            LegState::Connected,
            since,
        )
    }

    /// An inbound call on offer.
    pub(crate) fn ringing(self, since: DateTime<Utc>) -> Self {
        self.state(ContactState::Connecting, since).legs(
            LegState::Connecting,
            LegState::Connected,
            since,
        )
    }

    /// The customer is being called. A callback rings the agent once more, on another leg.
    pub(crate) fn dialing(mut self, since: DateTime<Utc>) -> Self {
        let mut agent = LegState::Connected;
        if self.0.kind == ContactKind::QueueCallback {
            agent = LegState::Connecting;
            self.agent().id = ConnectionId::from("accepted-agent");
        }
        self.state(ContactState::Connecting, since)
            .legs(agent, LegState::Connecting, since)
    }

    pub(crate) fn connected(self, since: DateTime<Utc>) -> Self {
        self.state(ContactState::Connected, since).legs(
            LegState::Connected,
            LegState::Connected,
            since,
        )
    }

    /// The customer's leg alone, for a call that is connected.
    pub(crate) fn customer_is(mut self, state: LegState, since: DateTime<Utc>) -> Self {
        let customer = self.customer();
        customer.state = Some(state);
        customer.since = Some(since);
        self
    }

    pub(crate) fn with_third_party(mut self, state: LegState) -> Self {
        let mut third = leg("third", LegRole::ThirdParty, Some(true));
        third.state = Some(state);
        self.0.legs.as_mut().unwrap().push(third);
        self
    }

    /// The leg of whoever was called in last; another one, when that is gone.
    pub(crate) fn third_is(mut self, state: LegState, since: DateTime<Utc>) -> Self {
        let legs = self.0.legs.as_mut().unwrap();
        let is_third = |leg: &&mut LegSnapshot| leg.role == LegRole::ThirdParty;
        let parties = legs.iter_mut().filter(is_third).count();
        let last = legs.iter_mut().rfind(is_third);
        if let Some(last) = last.filter(|leg| leg.is_active()) {
            last.state = Some(state);
            last.since = Some(since);
            return self;
        }
        let id = format!("third-{parties}");
        legs.push(LegSnapshot {
            state: Some(state),
            since: Some(since),
            ..leg(&id, LegRole::ThirdParty, Some(true))
        });
        self
    }

    pub(crate) fn ended(self, since: DateTime<Utc>) -> Self {
        self.state(ContactState::Ended, since).legs(
            LegState::Disconnected,
            LegState::Disconnected,
            since,
        )
    }

    /// Not taken; the customer waits on in the queue.
    pub(crate) fn missed(self, since: DateTime<Utc>) -> Self {
        self.over(ContactState::Error, since)
    }

    /// Over by a word of Connect's, with the customer still there.
    pub(crate) fn over(self, state: ContactState, since: DateTime<Utc>) -> Self {
        self.state(state, since)
            .legs(LegState::Disconnected, LegState::Connected, since)
    }

    /// Over, with nobody left.
    pub(crate) fn failed(self, since: DateTime<Utc>) -> Self {
        self.state(ContactState::Error, since).legs(
            LegState::Disconnected,
            LegState::Disconnected,
            since,
        )
    }

    pub(crate) fn state(mut self, state: ContactState, since: DateTime<Utc>) -> Self {
        self.0.state = Some(state);
        self.0.since = Some(since);
        self
    }

    /// Changes whatever a story needs to be wrong.
    pub(crate) fn but(mut self, change: impl FnOnce(&mut ContactSnapshot)) -> Self {
        change(&mut self.0);
        self
    }

    fn legs(mut self, agent: LegState, customer: LegState, since: DateTime<Utc>) -> Self {
        for (role, state) in [(LegRole::Agent, agent), (LegRole::Customer, customer)] {
            let leg = self.leg(role);
            leg.state = Some(state);
            leg.since = Some(since);
        }
        self
    }

    fn agent(&mut self) -> &mut LegSnapshot {
        self.leg(LegRole::Agent)
    }

    fn customer(&mut self) -> &mut LegSnapshot {
        self.leg(LegRole::Customer)
    }

    fn leg(&mut self, role: LegRole) -> &mut LegSnapshot {
        let legs = self.0.legs.as_mut().unwrap();
        legs.iter_mut().find(|leg| leg.role == role).unwrap()
    }
}

impl From<ContactBuilder> for ContactSnapshot {
    fn from(builder: ContactBuilder) -> Self {
        builder.0
    }
}

/// A state of the agent with the type that Connect gives to it.
pub(crate) fn agent_state(name: &str, since: DateTime<Utc>) -> AgentStateSnapshot {
    let kind = match name {
        "Available" => AgentStateType::Routable,
        "Lunch" | "Pending" => AgentStateType::NotRoutable,
        "Offline" => AgentStateType::Offline,
        "Busy" | "PendingBusy" | "CallingCustomer" | "AfterCallWork" => AgentStateType::System,
        _ => AgentStateType::Error,
    };
    AgentStateSnapshot {
        name: name.into(),
        kind,
        since: Some(since),
    }
}

pub(crate) fn choice(name: &str) -> StateChoice {
    StateChoice {
        arn: Some(format!("arn:state/{name}")),
        name: name.into(),
        kind: agent_state(name, at(0)).kind,
    }
}

/// A whole snapshot, with the PC's clock right: an agent in state `agent` and their contacts.
pub(crate) fn snapshot<C: Into<ContactSnapshot>>(
    taken_at: DateTime<Utc>,
    agent: &str,
    contacts: impl IntoIterator<Item = C>,
) -> Snapshot {
    Snapshot {
        taken_at: Some(taken_at),
        clock: Some(ClockReading {
            local: taken_at,
            skew: TimeDelta::zero(),
        }),
        agent: AgentSnapshot {
            name: Some("佐藤 花子".into()),
            arn: Some("arn:agent/1".into()),
            state: Some(agent_state(agent, taken_at)),
            availability: Some("Available".into()),
            choices: ["Available", "Lunch", "Offline"].map(choice).into(),
            softphone: Some(true),
            ..AgentSnapshot::default()
        },
        contacts: Some(contacts.into_iter().map(Into::into).collect()),
        oddities: Vec::new(),
    }
}

/// A snapshot of an agent who has no contact.
pub(crate) fn idle(taken_at: DateTime<Utc>) -> Snapshot {
    snapshot(taken_at, "Available", [] as [ContactSnapshot; 0])
}

/// A desk in a page, with the browser's storage.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) desk: Desk,
    /// What the browser holds.
    pub(crate) stored: Option<String>,
    shared: SharedJournal,
    /// The page's monotonic clock.
    pub(crate) now: Instant,
}

impl Page {
    /// A page whose CCP speaks and that has had no snapshot.
    pub(crate) fn open() -> Self {
        Self::open_with(None)
    }

    pub(crate) fn open_with(stored: Option<String>) -> Self {
        let mut page = Self {
            desk: Desk::default(),
            stored: stored.clone(),
            shared: SharedJournal::default(),
            now: Instant::default(),
        };
        page.give(Input::Link(Link::Ready));
        if let Some(text) = stored {
            let journal = page.shared.open(&text).expect("what the desk has written");
            page.give(Input::Journal(journal));
        }
        page
    }

    /// The page as it is after the agent has pressed reload.
    pub(crate) fn reload(self) -> Self {
        Self::open_with(self.stored)
    }

    pub(crate) fn give(&mut self, input: Input) -> Vec<Effect> {
        let effects = self.desk.handle(input, self.now);
        for effect in &effects {
            if let Effect::Save(journal) = effect {
                let text = self.shared.keep(journal, self.stored.clone());
                self.stored = text.or(self.stored.take());
            }
        }
        effects
    }

    /// Hears that another page has written what the browser holds.
    pub(crate) fn hear(&mut self, stored: Option<String>) {
        self.stored = stored;
        let news = self
            .stored
            .as_deref()
            .and_then(|text| self.shared.news(text));
        if let Some(journal) = news {
            self.give(Input::Journal(journal));
        }
    }

    /// Takes in a snapshot at the moment it was taken.
    pub(crate) fn tell(&mut self, told: Snapshot) -> Vec<Effect> {
        if let Some(taken_at) = told.taken_at {
            self.now = Instant::from_millis((taken_at - at(0)).num_milliseconds());
        }
        self.give(Input::Snapshot(Box::new(told)))
    }

    pub(crate) fn command(&mut self, command: Command) -> Vec<Effect> {
        self.give(Input::Command(command))
    }

    /// Presses a button; the request that this makes of Connect, if it makes one.
    pub(crate) fn press(&mut self, control: Control, contact: &str) -> Option<Action> {
        acts(&self.command(Command::Press(control, id(contact)))).pop()
    }

    pub(crate) fn answer(
        &mut self,
        action: Action,
        result: Result<(), ActionError>,
    ) -> Vec<Effect> {
        self.give(Input::Acted { action, result })
    }

    pub(crate) fn held(&self, contact: &str) -> &Contact {
        self.desk.contact(&id(contact)).unwrap()
    }

    /// Contact id and phase of every contact, in order of arrival.
    pub(crate) fn phases(&self) -> Vec<(&str, &'static str)> {
        let mut all: Vec<_> = self
            .desk
            .front()
            .into_iter()
            .chain(self.desk.others())
            .collect();
        all.sort_by(|a, b| a.id.cmp(&b.id));
        all.iter()
            .map(|contact| (contact.id.as_ref(), contact.phase.as_str()))
            .collect()
    }

    /// Contact id and outcome of every finished offer, newest first.
    pub(crate) fn outcomes(&self) -> Vec<(&str, &'static str)> {
        let records = self.desk.log().records().iter();
        records
            .map(|record| {
                let contact = record.contact.as_ref().map(AsRef::as_ref);
                (contact.unwrap_or("nobody"), record.outcome.as_str())
            })
            .collect()
    }
}

/// Whether a record is of that contact.
pub(crate) fn is_of(record: &CallRecord, contact: &str) -> bool {
    record.contact.as_ref().map(AsRef::as_ref) == Some(contact)
}

/// What is asked of Connect among effects.
pub(crate) fn acts(effects: &[Effect]) -> Vec<Action> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Act(action) => Some(action.clone()),
            _ => None,
        })
        .collect()
}
