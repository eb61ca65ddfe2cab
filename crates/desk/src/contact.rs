//! One contact as the desk keeps it: from snapshots to a phase, times and an outcome.
//!
//! Nothing here reacts to an event. A snapshot says what is; the phase, the times and the
//! outcome are derived from it and from what was known, so that snapshots which are lost,
//! doubled or late cannot corrupt them. What a snapshot does not tell stays as it was.

use chrono::{DateTime, Utc};
use contract::ContactId;

use crate::{
    agent::{AgentKind, AgentState},
    attributes::Attributes,
    caller::Caller,
    offer::{KeptOffer, Known, state_began},
    outcome::{Asked, CallOutcome, Ending},
    party::{Party, parties},
    phase::{CallPhase, Circumstances},
    snapshot::{ContactKind, ContactSnapshot, ContactState, LegRole, LegSnapshot, LegState},
    time::{OfferTimes, Stamp, TimeSource},
};

/// Who called whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// The customer called. Connect counts a queued callback here too.
    Inbound,
    /// The agent called.
    Outbound,
}

/// A contact that the agent has, in one offer of it.
#[derive(Debug, Clone, PartialEq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, true or not whatever the others are"
)]
pub struct Contact {
    /// Connect's id.
    pub id: ContactId,
    /// The contact that this one grew from, if that is another.
    pub initial_id: Option<ContactId>,
    /// Over which channel it came.
    pub kind: ContactKind,
    /// Who called whom.
    pub direction: Direction,
    /// Name of the queue it came through.
    pub queue: Option<String>,
    /// The customer's number.
    pub caller: Caller,
    /// The connections, as last told.
    pub legs: Vec<LegSnapshot>,
    /// Whom the agent has called in, as long as Connect lists their legs.
    pub parties: Vec<Party>,
    /// Whether the agent leaves as soon as the third party is on the line.
    pub hands_on: bool,
    /// Whether Connect accepts it by itself.
    pub auto_accept: bool,
    /// What a task or a mail is called.
    pub title: Option<String>,
    /// What the flow has set, by name.
    pub attributes: Attributes,
    /// What the call is doing.
    pub phase: CallPhase,
    /// Its times, in server time.
    pub times: OfferTimes,
    /// How it went, once that is known.
    pub outcome: Option<CallOutcome>,
    /// Whether the customer stayed on the line with somebody else.
    pub transferred: bool,
    pub(crate) asked: Asked,
    /// The last two digits of the customer's number: of a number that only an earlier life of
    /// this page was told, nothing else remains.
    pub(crate) last_two: Option<String>,
    /// Whether both sides have been on the line.
    talked: bool,
    /// The last state told that has a phase; `None` while none has been.
    state: Option<ContactState>,
    /// Whether the phase is only inferred, since no state could be read so far.
    inferred: bool,
    /// The newest time that Connect gave to a state of this offer.
    latest: Option<DateTime<Utc>>,
}

/// What surrounds a contact in its snapshot.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Surroundings<'a> {
    /// The time that the snapshot bears.
    pub taken_at: Option<DateTime<Utc>>,
    /// Server time when it was taken or, if it does not say, when it came.
    pub seen: Option<DateTime<Utc>>,
    /// What lies behind this has not happened yet, by the server's clock.
    pub limit: Option<DateTime<Utc>>,
    /// The agent's state, if the snapshot tells it and it can only speak of this contact: there
    /// is no other call. It tells why a call failed.
    pub agent: Option<&'a AgentState>,
}

impl Surroundings<'_> {
    /// Whether something can have happened by now.
    pub(crate) fn is_possible(&self, at: DateTime<Utc>) -> bool {
        self.limit.is_none_or(|limit| at <= limit)
    }

    /// The stamp of something that this snapshot shows and gives no time to.
    pub(crate) fn seen_as(&self, source: TimeSource) -> Option<Stamp> {
        self.seen.map(|at| Stamp::new(at, source))
    }

    /// When the agent was put back to work, or to rest, by the time of this snapshot.
    pub(crate) fn agent_returned(&self) -> Option<Stamp> {
        let returned = self.agent.filter(|agent| {
            matches!(
                agent.kind,
                AgentKind::Routable | AgentKind::NotRoutable | AgentKind::Offline
            )
        })?;
        let at = returned.since.filter(|at| Some(*at) <= self.seen)?;
        Some(Stamp::new(at, TimeSource::AgentState))
    }
}

impl Contact {
    /// A contact that the desk has not held; `None` while it is not shown to the agent.
    pub(crate) fn offered(told: &ContactSnapshot, around: Surroundings<'_>) -> Option<Self> {
        let mut contact = Self::unknown(told);
        contact.phase = contact.first_phase(told, around)?;
        contact.update(told, around);
        Some(contact)
    }

    /// A contact that the desk has held before, in the offer of which `kept` remains; `None`
    /// while it is not shown to the agent.
    pub(crate) fn resumed(
        told: &ContactSnapshot,
        kept: &KeptOffer,
        around: Surroundings<'_>,
    ) -> Option<Self> {
        if told.state == Some(ContactState::Init) {
            return None;
        }
        let mut contact = Self::unknown(told);
        let record = &kept.record;
        if record.callback && contact.kind == ContactKind::Voice {
            contact.kind = ContactKind::QueueCallback;
        }
        contact.direction = record.direction;
        contact.initial_id.clone_from(&record.initial);
        contact.queue.clone_from(&record.queue);
        contact.last_two.clone_from(&record.last_two);
        contact.phase = record.phase;
        contact.times = record.times.clone();
        contact.times.reopen();
        contact.outcome = kept.outcome;
        contact.transferred = record.transferred;
        contact.asked = kept.asked;
        contact.state.clone_from(&kept.state);
        contact.inferred = kept.inferred;
        contact.talked = record.times.connected.is_some()
            || (!kept.inferred && matches!(record.phase, CallPhase::Connected { .. }));
        contact.latest = record.latest;
        contact.update(told, around);
        Some(contact)
    }

    fn unknown(told: &ContactSnapshot) -> Self {
        Self {
            id: told.id.clone(),
            initial_id: None,
            kind: told.kind.clone(),
            direction: direction(told).unwrap_or(Direction::Inbound),
            queue: None,
            caller: Caller::Unknown,
            legs: told.legs.clone().unwrap_or_default(),
            parties: Vec::new(),
            hands_on: false,
            auto_accept: false,
            title: None,
            attributes: Attributes::default(),
            phase: CallPhase::Ringing,
            times: OfferTimes::default(),
            outcome: None,
            transferred: false,
            asked: Asked::default(),
            last_two: None,
            talked: false,
            state: None,
            inferred: true,
            latest: None,
        }
    }

    fn first_phase(&self, told: &ContactSnapshot, around: Surroundings<'_>) -> Option<CallPhase> {
        let circumstances = self.circumstances(None, around.agent);
        match &told.state {
            Some(ContactState::Init) => None,
            Some(state) => circumstances
                .phase(state)
                .or_else(|| circumstances.inferred(around.agent)),
            None => circumstances.inferred(around.agent),
        }
    }

    fn circumstances(
        &self,
        before: Option<CallPhase>,
        agent: Option<&AgentState>,
    ) -> Circumstances<'_> {
        let state = |role| self.leg(role).and_then(|leg| leg.state.as_ref());
        Circumstances {
            kind: &self.kind,
            direction: self.direction,
            agent_leg: state(LegRole::Agent),
            customer_leg: state(LegRole::Customer),
            talked: self.talked,
            before,
            // Whose customer is being called just now is not this one, which is over.
            was_dialled: agent.is_some_and(|agent| {
                agent.name.ends_with("Customer") && agent.name != "CallingCustomer"
            }),
        }
    }

    /// What a snapshot can be compared with.
    pub(crate) fn known(&self) -> Known<'_> {
        Known {
            phase: self.phase,
            state: self.state.as_ref(),
            inferred: self.inferred,
            callback: self.kind == ContactKind::QueueCallback,
            latest: self.latest,
            ended: self.times.ended,
        }
    }

    /// Takes in what a snapshot of the same offer tells. What it does not tell stays.
    pub(crate) fn update(&mut self, told: &ContactSnapshot, around: Surroundings<'_>) {
        self.take_kind(told);
        if let Some(direction) = direction(told) {
            self.direction = direction;
        }
        if let Some(initial) = told
            .initial_id
            .as_ref()
            .filter(|initial| **initial != self.id)
        {
            self.initial_id = Some(initial.clone());
        }
        if told.queue.is_some() {
            self.queue.clone_from(&told.queue);
        }
        if !told.attributes.is_empty() {
            self.attributes.clone_from(&told.attributes);
        }
        if let Some(legs) = &told.legs {
            self.take_legs(legs);
        }
        self.auto_accept |= told.auto_accept;
        if told.title.is_some() {
            self.title.clone_from(&told.title);
        }
        self.caller = std::mem::replace(&mut self.caller, Caller::Unknown).after(told);
        if let Some(last_two) = self.caller.last_two() {
            self.last_two = Some(last_two.into());
        }
        if let Some(state) = &told.state {
            self.enter(state, state_began(told, around.taken_at), around);
        }
        self.note_hold(around);
    }

    /// The kind of a contact never changes. `Voice` is also what one that cannot be read is
    /// taken for, so it does not displace a better word.
    fn take_kind(&mut self, told: &ContactSnapshot) {
        let vague = matches!(told.kind, ContactKind::Voice | ContactKind::Unknown(_));
        if !vague || matches!(self.kind, ContactKind::Unknown(_)) {
            self.kind = told.kind.clone();
        }
        // Of calls, only queued callbacks come in by this word; voice rings in `connecting`.
        if self.kind == ContactKind::Voice && told.state == Some(ContactState::Incoming) {
            self.kind = ContactKind::QueueCallback;
        }
    }

    /// A call always has connections; an empty list, or a leg without a state, is a snapshot
    /// gone wrong, and taking it at its word would leave the agent without a way to hang up.
    fn take_legs(&mut self, told: &[LegSnapshot]) {
        if told.is_empty() {
            return;
        }
        let mut legs = told.to_vec();
        for leg in legs.iter_mut().filter(|leg| leg.is_unreadable()) {
            if let Some(known) = self.legs.iter().find(|known| known.id == leg.id) {
                leg.state.clone_from(&known.state);
                leg.since = known.since;
            }
        }
        self.parties = parties(&legs, &self.parties);
        self.legs = legs;
    }

    fn enter(
        &mut self,
        state: &ContactState,
        since: Option<DateTime<Utc>>,
        around: Surroundings<'_>,
    ) {
        let circumstances = self.circumstances(Some(self.phase), around.agent);
        let Some(entered) = circumstances.phase(state) else {
            return;
        };
        let was_connected = self.state.as_ref() == Some(&ContactState::Connected);
        let was_dialling = was_connected && self.phase == CallPhase::Dialing;
        self.phase = entered;
        self.state = Some(state.clone());
        self.inferred = false;
        let latest = self.latest.filter(|at| around.is_possible(*at));
        self.latest = latest.max(since);
        let stamp = match since {
            Some(at) => Some(Stamp::new(at, TimeSource::ContactState)),
            None => around.seen_as(TimeSource::FirstSeen),
        };
        match state {
            ContactState::Incoming | ContactState::Pending | ContactState::Connecting => {
                self.times.note_connecting(stamp);
            }
            // Only the agent's own leg is up.
            ContactState::Connected if entered == CallPhase::Dialing => {
                self.times.note_connecting(stamp);
            }
            ContactState::Connected => {
                self.talked = true;
                let answered = was_dialling.then(|| self.answered_at(around)).flatten();
                self.times.note_connected(answered.or(stamp));
            }
            ContactState::Ended
            | ContactState::Missed
            | ContactState::Error
            | ContactState::Rejected => self.end(stamp, around),
            ContactState::Init | ContactState::Paused | ContactState::Unknown(_) => {}
        }
    }

    /// When a customer answered whose call was `connected` before they did.
    fn answered_at(&self, around: Surroundings<'_>) -> Option<Stamp> {
        let since = self.leg(LegRole::Customer)?.since;
        let at = since.filter(|at| around.is_possible(*at))?;
        Some(Stamp::new(at, TimeSource::Leg))
    }

    /// Ends the offer because the contact is no longer among the agent's.
    pub(crate) fn vanish(&mut self, around: Surroundings<'_>) {
        self.outcome = Some(self.outcome_so_far());
        self.times.leave(around);
    }

    fn end(&mut self, stamp: Option<Stamp>, around: Surroundings<'_>) {
        self.times.note_ended(stamp);
        let told = self.ending(around.agent).outcome();
        self.outcome = Some(match self.outcome {
            Some(known) => known.corrected_by(told),
            None => told,
        });
        self.transferred |= self.outcome == Some(CallOutcome::Answered) && self.was_handed_on();
    }

    /// How it went or, for a call that goes on, how it will have gone if nothing more is told.
    pub(crate) fn outcome_so_far(&self) -> CallOutcome {
        self.outcome.unwrap_or_else(|| self.ending(None).outcome())
    }

    fn ending<'a>(&'a self, agent: Option<&'a AgentState>) -> Ending<'a> {
        // Who goes later, from the queue, has not ended this.
        let ended = self.times.ended.map(|ended| ended.at);
        let in_time = |leg: &&LegSnapshot| leg.since.zip(ended).is_none_or(|(at, end)| at <= end);
        let customer = self.leg(LegRole::Customer).filter(in_time);
        Ending {
            phase: self.phase,
            state: self.state.as_ref(),
            talked: self.talked,
            asked: self.asked,
            customer_left: customer.is_some_and(|leg| leg.state == Some(LegState::Disconnected)),
            agent: agent.map_or("", |agent| agent.name.as_str()),
        }
    }

    /// The agent has left, and the customer and somebody else have not.
    fn was_handed_on(&self) -> bool {
        let there = |role| self.active_leg(role).is_some();
        !there(LegRole::Agent) && there(LegRole::Customer) && there(LegRole::ThirdParty)
    }

    fn note_hold(&mut self, around: Surroundings<'_>) {
        let CallPhase::Connected { on_hold } = self.phase else {
            return;
        };
        let Some(leg) = self.leg(LegRole::Customer) else {
            return;
        };
        let told = leg.since.map(|at| Stamp::new(at, TimeSource::Leg));
        let stamp = told.or(around.seen_as(TimeSource::FirstSeen));
        let Some(stamp) = stamp else { return };
        // The phase waits for a state that can be read; the leg tells already.
        let is_held = match leg.state {
            Some(LegState::Hold) => true,
            Some(LegState::Connected | LegState::Disconnected) => false,
            _ => on_hold,
        };
        if is_held {
            self.times.hold_begins(stamp);
        } else {
            self.times.hold_ends(stamp);
        }
    }

    /// The first leg of a role.
    pub fn leg(&self, role: LegRole) -> Option<&LegSnapshot> {
        self.legs.iter().find(|leg| leg.role == role)
    }

    /// The leg of a role while it lasts; one whose state cannot be read may.
    pub(crate) fn active_leg(&self, role: LegRole) -> Option<&LegSnapshot> {
        let mut legs = self.legs.iter().filter(|leg| leg.role == role);
        legs.clone()
            .find(|leg| leg.is_active())
            .or_else(|| legs.find(|leg| leg.is_unreadable()))
    }

    /// When the phase began, for the timer beside it.
    pub fn phase_since(&self) -> Option<DateTime<Utc>> {
        let stamp = match self.phase {
            CallPhase::Ringing => self.times.connecting,
            // A callback rings first and is dialled afterwards.
            CallPhase::Dialing => {
                return self.latest.or(self.times.connecting.map(|stamp| stamp.at));
            }
            CallPhase::Connected { on_hold: false } => self.times.connected,
            CallPhase::Connected { on_hold: true } => {
                let open = self.times.holds.last().filter(|hold| hold.to.is_none());
                open.map(|hold| hold.from)
            }
            CallPhase::AfterCallWork | CallPhase::Missed | CallPhase::Failed => self.times.ended,
        };
        stamp.map(|stamp| stamp.at)
    }
}

fn direction(told: &ContactSnapshot) -> Option<Direction> {
    let by_leg = told.customer_leg().and_then(|leg| leg.outbound);
    let outbound = by_leg.or_else(|| {
        told.initiation
            .as_ref()
            .map(|initiation| initiation == "outbound")
    })?;
    Some(if outbound {
        Direction::Outbound
    } else {
        Direction::Inbound
    })
}
