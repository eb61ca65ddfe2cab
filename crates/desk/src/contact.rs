//! One contact as the desk keeps it: from snapshots to a phase, times and an outcome.
//!
//! Nothing here reacts to an event. A snapshot says what is; the phase, the times and the
//! outcome are derived from it and from what was known, so that snapshots which are lost,
//! doubled or late cannot corrupt them. A contact that is offered again under its own id is a
//! new *offer*; this module says when that is so.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use contract::{ContactId, PhoneNumber};
use serde::{Deserialize, Serialize};

use crate::{
    agent::AgentState,
    call_log::CallOutcome,
    snapshot::{ContactKind, ContactSnapshot, ContactState, LegRole, LegSnapshot, LegState},
    time::{OfferTimes, Stamp, TimeSource},
};

/// Who called whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Direction {
    /// The customer called. Connect counts a queued callback here too.
    Inbound,
    /// The agent called.
    Outbound,
}

/// The customer's number as Connect gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// A telephone number.
    Number(PhoneNumber),
    /// The caller has withheld it.
    Withheld,
    /// An address that is no telephone number (`sip:…`), as text.
    Raw(String),
    /// No snapshot has told so far.
    Unknown,
}

/// What a call is doing. The words of `data-phase` but for `hold`, which is
/// `Connected { on_hold: true }`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallPhase {
    /// Offered; the agent may accept or decline.
    Ringing,
    /// The customer is being called.
    Dialing,
    /// Both sides are on the line.
    Connected {
        /// Whether the customer is on hold.
        on_hold: bool,
    },
    /// Over; the agent wraps up.
    AfterCallWork,
    /// Offered and not taken.
    Missed,
    /// Broken off, or never reached.
    Failed,
}

impl CallPhase {
    /// Whether the call is still to be had.
    pub fn is_live(self) -> bool {
        matches!(self, Self::Ringing | Self::Dialing | Self::Connected { .. })
    }

    /// Whether the agent is in conversation or is calling somebody.
    pub fn is_talking(self) -> bool {
        matches!(self, Self::Dialing | Self::Connected { .. })
    }

    /// The word for scripts and style sheets.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ringing => "ringing",
            Self::Dialing => "dialing",
            Self::Connected { on_hold: false } => "connected",
            Self::Connected { on_hold: true } => "hold",
            Self::AfterCallWork => "wrap-up",
            Self::Missed => "missed",
            Self::Failed => "failed",
        }
    }
}

/// A contact that the agent has, in one offer of it.
#[derive(Debug, Clone, PartialEq)]
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
    /// What the flow has set, by name.
    pub attributes: BTreeMap<String, String>,
    /// What the call is doing.
    pub phase: CallPhase,
    /// Its times, in server time.
    pub times: OfferTimes,
    /// How it went, once that is known.
    pub outcome: Option<CallOutcome>,
    /// Whether the customer stayed on the line with somebody else.
    pub transferred: bool,
    pub(crate) asked: Asked,
    state: ContactState,
    /// The newest timestamp of a state of this offer.
    latest: Option<DateTime<Utc>>,
}

/// What was pressed on this desk that explains how a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Asked {
    /// Decline was pressed while it rang.
    pub declined: bool,
    /// Hang up was pressed while it was being dialled.
    pub cancelled: bool,
}

/// What surrounds a contact in its snapshot.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Surroundings<'a> {
    /// Server time of the snapshot.
    pub seen: Option<DateTime<Utc>>,
    /// The agent's state in the same snapshot; it tells why a call failed.
    pub agent: Option<&'a AgentState>,
    /// Whether the agent's state can speak of this contact: there is no other call.
    pub alone: bool,
}

/// What a snapshot of a contact means for the offer that the desk holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Relation {
    /// The same offer, now or further on.
    Same,
    /// Older than what is known; it says nothing.
    Stale,
    /// The offer is over, and the contact is offered anew.
    NewOffer,
}

impl Contact {
    /// A contact that the desk has not held; `None` while it is not shown to the agent.
    pub(crate) fn offered(told: &ContactSnapshot, around: Surroundings<'_>) -> Option<Self> {
        let direction = direction(told).unwrap_or(Direction::Inbound);
        let state = told.state.clone().unwrap_or(ContactState::Init);
        let phase = phase(&state, &told.kind, direction, None).or_else(|| match state {
            ContactState::Init if told.state.is_some() => None,
            _ => inferred_phase(told, direction, around),
        })?;
        let mut contact = Self {
            id: told.id.clone(),
            initial_id: None,
            kind: told.kind.clone(),
            direction,
            queue: None,
            caller: Caller::Unknown,
            legs: Vec::new(),
            attributes: BTreeMap::new(),
            phase,
            times: OfferTimes::default(),
            outcome: None,
            transferred: false,
            asked: Asked::default(),
            state,
            latest: None,
        };
        contact.update(told, around);
        Some(contact)
    }

    /// What `told` is to this offer.
    pub(crate) fn relation(&self, told: &ContactSnapshot) -> Relation {
        let Some(state) = &told.state else {
            return Relation::Same;
        };
        let newer_than = |known: Option<DateTime<Utc>>| match (told.since, known) {
            (Some(told), Some(known)) => told > known,
            // Without a time it counts as new.
            _ => true,
        };
        let ended = self.times.ended.map(|ended| ended.at);
        if !self.phase.is_live() {
            if is_live(state) {
                return if newer_than(ended) {
                    Relation::NewOffer
                } else {
                    Relation::Stale
                };
            }
            // Missed, offered and missed again while no snapshot arrived.
            let again = told.since.is_some() && *state == self.state && newer_than(ended);
            return if again && self.phase != CallPhase::AfterCallWork {
                Relation::NewOffer
            } else {
                Relation::Same
            };
        }
        if told.since.is_some_and(|told| Some(told) < self.latest) {
            return Relation::Stale;
        }
        let rings = matches!(
            state,
            ContactState::Incoming | ContactState::Pending | ContactState::Connecting
        );
        if rings && told.since.is_some() && self.latest.is_some() && newer_than(self.latest) {
            let after_talk = matches!(self.phase, CallPhase::Connected { .. });
            // A state gets a new timestamp only when it is entered again. Dialling is left out:
            // whether Connect restamps it while the legs come up is not documented.
            let entered_again = self.phase == CallPhase::Ringing && *state == self.state;
            if after_talk || entered_again {
                return Relation::NewOffer;
            }
        }
        Relation::Same
    }

    /// Takes in what a snapshot of the same offer tells. What it does not tell stays.
    pub(crate) fn update(&mut self, told: &ContactSnapshot, around: Surroundings<'_>) {
        self.kind = told.kind.clone();
        if let Some(direction) = direction(told) {
            self.direction = direction;
        }
        if let Some(initial) = told.initial_id.as_ref().filter(|initial| **initial != self.id) {
            self.initial_id = Some(initial.clone());
        }
        if told.queue.is_some() {
            self.queue.clone_from(&told.queue);
        }
        if !told.attributes.is_empty() {
            self.attributes.clone_from(&told.attributes);
        }
        // A call always has connections; an empty list is a snapshot gone wrong, and taking it
        // at its word would leave the agent without a way to hang up.
        if let Some(legs) = told.legs.as_ref().filter(|legs| !legs.is_empty()) {
            self.legs.clone_from(legs);
        }
        if let Some(caller) = caller(told) {
            self.caller = caller;
        }
        self.enter(told, around);
        self.note_hold(around.seen);
    }

    fn enter(&mut self, told: &ContactSnapshot, around: Surroundings<'_>) {
        let before = self.phase;
        let Some(state) = &told.state else {
            return;
        };
        if let Some(entered) = phase(state, &self.kind, self.direction, Some(self)) {
            self.phase = entered;
        }
        if told.since > self.latest {
            self.latest = told.since;
        }
        self.state = state.clone();

        let stamp = match told.since {
            Some(at) => Some(Stamp::new(at, TimeSource::ContactState)),
            None => around.seen.map(|at| Stamp::new(at, TimeSource::FirstSeen)),
        };
        match state {
            ContactState::Incoming | ContactState::Pending | ContactState::Connecting => {
                note(&mut self.times.connecting, stamp);
            }
            ContactState::Connected => note(&mut self.times.connected, stamp),
            ContactState::Ended
            | ContactState::Missed
            | ContactState::Error
            | ContactState::Rejected => {
                self.end(stamp, before, around);
            }
            ContactState::Init | ContactState::Paused | ContactState::Unknown(_) => {}
        }
    }

    /// Ends the offer because the contact is no longer among the agent's.
    pub(crate) fn vanish(&mut self, around: Surroundings<'_>) {
        let absence = around.seen.map(|at| Stamp::new(at, TimeSource::Absence));
        let before = self.phase;
        self.end(absence, before, around);
        // The agent's own state begins when the last contact is cleared; that is more exact
        // than the snapshot in which the contact is missing.
        let agent_since = around.agent.and_then(|agent| agent.since);
        self.times.cleared = match (agent_since, self.times.ended, around.seen) {
            (Some(since), Some(ended), Some(seen))
                if around.alone
                    && ended.source != TimeSource::Absence
                    && (ended.at..=seen).contains(&since)
                    && since > ended.at =>
            {
                Some(Stamp::new(since, TimeSource::AgentState))
            }
            _ => absence,
        };
    }

    fn end(&mut self, stamp: Option<Stamp>, before: CallPhase, around: Surroundings<'_>) {
        note(&mut self.times.ended, stamp);
        if let Some(ended) = self.times.ended {
            self.times.hold_ends(ended);
        }
        if self.outcome.is_none() {
            self.outcome = Some(self.outcome(before, around));
            self.transferred = self.outcome == Some(CallOutcome::Answered) && self.was_handed_on();
        }
    }

    fn outcome(&self, before: CallPhase, around: Surroundings<'_>) -> CallOutcome {
        let connected =
            self.times.connected.is_some() || matches!(before, CallPhase::Connected { .. });
        if connected {
            return match self.state {
                ContactState::Error => CallOutcome::Failed,
                _ => CallOutcome::Answered,
            };
        }
        let agent = around
            .agent
            .filter(|_| around.alone)
            .map_or("", |agent| agent.name.as_str());
        let dialled = self.direction == Direction::Outbound || before == CallPhase::Dialing;
        if dialled {
            return match agent {
                _ if self.asked.cancelled => CallOutcome::Cancelled,
                "LineEngagedCustomer" => CallOutcome::Busy,
                "BadAddressCustomer" => CallOutcome::BadNumber,
                "FailedConnectCustomer" => CallOutcome::NoAnswer,
                _ if self.state == ContactState::Ended => CallOutcome::Answered,
                _ => CallOutcome::Failed,
            };
        }
        if self.asked.declined
            || self.state == ContactState::Rejected
            || agent == "FailedConnectAgent"
        {
            return CallOutcome::Declined;
        }
        if self.state == ContactState::Ended {
            return CallOutcome::Answered;
        }
        let customer_left = self
            .leg(LegRole::Customer)
            .is_some_and(|leg| leg.state == Some(LegState::Disconnected));
        if customer_left {
            CallOutcome::Abandoned
        } else {
            CallOutcome::Missed
        }
    }

    /// The customer and somebody else were left on the line.
    fn was_handed_on(&self) -> bool {
        let there = |role| {
            self.legs
                .iter()
                .any(|leg| leg.role == role && leg.is_active())
        };
        there(LegRole::Customer) && there(LegRole::ThirdParty)
    }

    fn note_hold(&mut self, seen: Option<DateTime<Utc>>) {
        let CallPhase::Connected { on_hold } = self.phase else {
            return;
        };
        let Some(leg) = self.leg(LegRole::Customer) else {
            return;
        };
        let stamp = match leg.since {
            Some(at) => Some(Stamp::new(at, TimeSource::Leg)),
            None => seen.map(|at| Stamp::new(at, TimeSource::FirstSeen)),
        };
        let Some(stamp) = stamp else { return };
        if on_hold {
            self.times.hold_begins(stamp);
        } else {
            self.times.hold_ends(stamp);
        }
    }

    /// Takes the times that an earlier life of this page has kept of the same offer.
    pub(crate) fn restore(&mut self, times: &OfferTimes, asked: Asked) {
        self.times.connecting = times.connecting.or(self.times.connecting);
        self.times.connected = times.connected.or(self.times.connected);
        self.times.ended = times.ended.or(self.times.ended);
        let told = std::mem::replace(&mut self.times.holds, times.holds.clone());
        for hold in told {
            self.times.hold_begins(hold.from);
            if let Some(to) = hold.to {
                self.times.hold_ends(to);
            }
        }
        match (self.phase, self.times.ended) {
            (CallPhase::Connected { on_hold: true }, _) => {}
            (CallPhase::Connected { on_hold: false }, _) => {
                // The end of a hold that lasted when the page went is told by the leg, which
                // has been connected since then.
                self.note_hold(None);
            }
            (_, Some(ended)) => self.times.hold_ends(ended),
            _ => {}
        }
        self.asked = asked;
        if let Some(outcome) = self.outcome
            && outcome != CallOutcome::Answered
            && self.times.connected.is_none()
        {
            if asked.declined {
                self.outcome = Some(CallOutcome::Declined);
            } else if asked.cancelled {
                self.outcome = Some(CallOutcome::Cancelled);
            }
        }
        let known = [self.times.connecting, self.times.connected, self.times.ended];
        for stamp in known.into_iter().flatten() {
            if stamp.source == TimeSource::ContactState && Some(stamp.at) > self.latest {
                self.latest = Some(stamp.at);
            }
        }
        if self.times.connected.is_some() && self.state == ContactState::Error {
            self.phase = CallPhase::Failed;
            self.outcome = Some(CallOutcome::Failed);
        }
    }

    /// The first leg of a role.
    pub fn leg(&self, role: LegRole) -> Option<&LegSnapshot> {
        self.legs.iter().find(|leg| leg.role == role)
    }

    /// The agent's leg while it lasts. A callback has two, one after the other.
    pub(crate) fn active_leg(&self, role: LegRole) -> Option<&LegSnapshot> {
        self.legs
            .iter()
            .find(|leg| leg.role == role && leg.is_active())
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
            CallPhase::Connected { on_hold: true } => self.times.holds.last().map(|hold| hold.from),
            CallPhase::AfterCallWork | CallPhase::Missed | CallPhase::Failed => self.times.ended,
        };
        stamp.map(|stamp| stamp.at)
    }
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
}

/// Keeps the first time told; a time that was only seen gives way to the one Connect states.
fn note(slot: &mut Option<Stamp>, told: Option<Stamp>) {
    let Some(told) = told else { return };
    let better = slot.is_none_or(|known| {
        known.source == TimeSource::FirstSeen
            && told.source == TimeSource::ContactState
            && told.at <= known.at
    });
    if better {
        *slot = Some(told);
    }
}

fn is_live(state: &ContactState) -> bool {
    matches!(
        state,
        ContactState::Incoming
            | ContactState::Pending
            | ContactState::Connecting
            | ContactState::Connected
    )
}

/// `ContactStateType` to phase; `None` leaves the phase as it is. `before` is the contact as it
/// was known.
fn phase(
    state: &ContactState,
    kind: &ContactKind,
    direction: Direction,
    before: Option<&Contact>,
) -> Option<CallPhase> {
    let connected = before.is_some_and(|contact| {
        contact.times.connected.is_some() || matches!(contact.phase, CallPhase::Connected { .. })
    });
    let dialled = direction == Direction::Outbound
        || before.is_some_and(|contact| contact.phase == CallPhase::Dialing);
    Some(match state {
        ContactState::Incoming => CallPhase::Ringing,
        // The agent has accepted; now the customer is called, though Connect says inbound.
        ContactState::Connecting if *kind == ContactKind::QueueCallback => CallPhase::Dialing,
        ContactState::Pending | ContactState::Connecting => match direction {
            Direction::Inbound => CallPhase::Ringing,
            Direction::Outbound => CallPhase::Dialing,
        },
        ContactState::Connected => CallPhase::Connected {
            on_hold: before.is_some_and(Contact::customer_is_on_hold),
        },
        ContactState::Ended => CallPhase::AfterCallWork,
        ContactState::Error if connected => CallPhase::Failed,
        ContactState::Missed | ContactState::Rejected | ContactState::Error if dialled => {
            CallPhase::Failed
        }
        ContactState::Missed | ContactState::Rejected | ContactState::Error => {
            match before.map(|contact| contact.phase) {
                Some(CallPhase::Failed) => CallPhase::Failed,
                _ => CallPhase::Missed,
            }
        }
        ContactState::Init | ContactState::Paused | ContactState::Unknown(_) => return None,
    })
}

impl Contact {
    fn customer_is_on_hold(&self) -> bool {
        match self.leg(LegRole::Customer).map(|leg| &leg.state) {
            Some(Some(state)) => *state == LegState::Hold,
            // Nothing readable: as it was.
            _ => self.phase == CallPhase::Connected { on_hold: true },
        }
    }
}

/// The phase of a contact whose state is missing or unknown, by its legs, else by the agent's
/// state: a call that is there is shown, whatever its snapshot lacks.
fn inferred_phase(
    told: &ContactSnapshot,
    direction: Direction,
    around: Surroundings<'_>,
) -> Option<CallPhase> {
    if !told.kind.is_call() {
        return None;
    }
    let rings = match direction {
        Direction::Inbound => CallPhase::Ringing,
        Direction::Outbound => CallPhase::Dialing,
    };
    let legs = told.legs.as_deref().unwrap_or_default();
    let agent_leg = legs.iter().find(|leg| leg.role == LegRole::Agent);
    match agent_leg.and_then(|leg| leg.state.as_ref()) {
        Some(LegState::Connecting) => return Some(rings),
        Some(LegState::Connected) => return Some(CallPhase::Connected { on_hold: false }),
        Some(LegState::Disconnected) => return Some(CallPhase::AfterCallWork),
        _ => {}
    }
    match around.agent.filter(|_| around.alone)?.name.as_str() {
        "PendingBusy" | "Pending" => Some(CallPhase::Ringing),
        "CallingCustomer" => Some(CallPhase::Dialing),
        "Busy" => Some(CallPhase::Connected { on_hold: false }),
        "AfterCallWork" => Some(CallPhase::AfterCallWork),
        _ => None,
    }
}

fn direction(told: &ContactSnapshot) -> Option<Direction> {
    let by_leg = told
        .legs
        .iter()
        .flatten()
        .find(|leg| leg.role == LegRole::Customer)
        .and_then(|leg| leg.outbound);
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

fn caller(told: &ContactSnapshot) -> Option<Caller> {
    let customer = told
        .legs
        .iter()
        .flatten()
        .find(|leg| leg.role == LegRole::Customer);
    let by_leg = customer
        .and_then(|leg| leg.endpoint.as_ref())
        .and_then(|endpoint| endpoint.phone_number.as_deref());
    let apart = told
        .customer
        .as_ref()
        .and_then(|endpoint| endpoint.phone_number.as_deref());
    match by_leg.or(apart) {
        Some(text) => Some(Caller::from(text)),
        // The customer is there and has no number.
        None => customer.map(|_| Caller::Withheld),
    }
}

impl From<&str> for Caller {
    fn from(text: &str) -> Self {
        let text = text.trim();
        let word = text
            .strip_prefix("sip:")
            .unwrap_or(text)
            .split('@')
            .next()
            .unwrap_or_default()
            .to_lowercase();
        if WITHHELD.contains(&word.as_str()) {
            return Self::Withheld;
        }
        match PhoneNumber::parse(text) {
            Ok(number) => Self::Number(number),
            Err(_) => Self::Raw(text.into()),
        }
    }
}

/// How carriers say that a number is withheld: words, and the same words spelled on a keypad
/// (+266696687 is ANONYMOUS), which look like numbers and would be dialled as such.
const WITHHELD: [&str; 12] = [
    "",
    "anonymous",
    "restricted",
    "private",
    "unavailable",
    "unknown",
    "blocked",
    "+266696687",
    "+7378742833",
    "+86282452253",
    "+8656696",
    "+2562533",
];
