//! The desk itself: inputs to state and effects.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use contract::{ContactId, PhoneNumber};

use crate::{
    action::{Action, ActionError, Digits},
    agent::{Agent, AgentKind},
    call_log::{CallLog, CallRecord},
    contact::{CallPhase, Contact, Relation, Surroundings},
    control::Control,
    journal::{Journal, OpenOffer},
    link::Link,
    notice::{DialRefusal, Notice, NoticeKind, Notices, Request, SoftphoneError},
    snapshot::{
        AgentStateType, ClockReading, ContactKind, ContactSnapshot, ContactState, LegState,
        Snapshot, StateChoice,
    },
    time::{Instant, ServerClock, Stamp, TimeSource},
};

/// What came in.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// The agent did something.
    Command(Command),
    /// What an earlier life of this page has kept; comes before the first snapshot, or not.
    Journal(Journal),
    /// What Streams says now.
    Snapshot(Box<Snapshot>),
    /// The softphone said whether the agent's microphone is closed.
    MuteReported(bool),
    /// The connection to the CCP has changed.
    Link(Link),
    /// The softphone reported trouble with the audio.
    SoftphoneFailed(SoftphoneError),
    /// Connect has answered, or has not in time.
    Acted {
        /// What was asked.
        action: Action,
        /// How it went.
        result: Result<(), ActionError>,
    },
}

/// What the agent asked for. Commands name the contact that was on screen when they were given,
/// so that a press never hits another one that has just come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Press a button of a contact.
    Press(Control, ContactId),
    /// Send tones.
    SendDigits(ContactId, Digits),
    /// Close the microphone.
    Mute,
    /// Open the microphone.
    Unmute,
    /// Change state: at once, or after the call that goes on.
    SetState(StateChoice),
    /// Take back the queued state.
    CancelQueuedState,
    /// Call a number.
    Dial(PhoneNumber),
    /// Open the sign-in page.
    SignIn,
    /// Take a notice off the screen.
    Dismiss(u64),
}

/// What must be done.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Ask Connect; the answer comes back as [`Input::Acted`].
    Act(Action),
    /// Keep this in the browser, in place of what was kept.
    Save(Box<Journal>),
    /// Open the sign-in page in a pop-up.
    OpenSignIn {
        /// Whether the library has given up and must be told to look for the CCP again.
        reauthenticate: bool,
    },
    /// Close the pop-up: the CCP speaks.
    CloseSignIn,
    /// Write it to the console, once.
    Log(Oddity),
}

/// Something in a snapshot that this desk does not understand.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Oddity {
    /// A word of Connect's that is not known here, and for what.
    UnknownWord(&'static str, Box<str>),
    /// A member that is missing or of the wrong kind, by its path.
    Unreadable(Box<str>),
}

/// More kinds of oddity than are worth a line each.
const MOST_ODDITIES: usize = 100;

/// Letters of an unknown word that are worth a line.
const LONGEST_WORD: usize = 64;

/// The agent desk.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Desk {
    agent: Option<Agent>,
    /// In order of arrival.
    contacts: Vec<Contact>,
    front: Option<ContactId>,
    log: CallLog,
    clock: ServerClock,
    link: Link,
    signing_in: bool,
    muted: Option<bool>,
    notices: Notices,
    under_way: Vec<UnderWay>,
    /// What an earlier life of the page has kept, until a snapshot says what became of it.
    earlier: Option<Journal>,
    saved: Option<Journal>,
    last_taken_at: Option<DateTime<Utc>>,
    last_reading: Option<ClockReading>,
    /// New snapshots so far.
    snapshots: u64,
    oddities: BTreeSet<Oddity>,
}

/// A request to Connect whose effect is not on screen yet.
#[derive(Debug, Clone, PartialEq)]
struct UnderWay {
    action: Action,
    /// The number of snapshots that had come when Connect said yes. Response and snapshot
    /// travel apart; until one has followed, the button would be pressed a second time.
    answered_at: Option<u64>,
}

/// Snapshots after a positive answer, when the effect should have been among them.
const SNAPSHOTS_TO_SETTLE: u64 = 2;

impl Desk {
    /// Takes in `input` at the monotonic time `now` and says what must be done.
    pub fn handle(&mut self, input: Input, now: Instant) -> Vec<Effect> {
        let mut effects = Vec::new();
        match input {
            Input::Command(command) => self.command(command, &mut effects),
            Input::Journal(journal) => {
                if self.snapshots == 0 {
                    self.saved = Some(journal.clone());
                    self.earlier = Some(journal);
                }
            }
            Input::Snapshot(snapshot) => self.snapshot(*snapshot, now, &mut effects),
            Input::MuteReported(muted) => self.muted = Some(muted),
            Input::Link(link) => self.set_link(link, &mut effects),
            Input::SoftphoneFailed(error) => {
                self.notices.show(NoticeKind::SoftphoneFailed(error), None);
            }
            Input::Acted { action, result } => self.acted(action, result, &mut effects),
        }
        self.save(&mut effects);
        effects
    }

    /// The agent, once a snapshot has told.
    pub fn agent(&self) -> Option<&Agent> {
        self.agent.as_ref()
    }

    /// The call in front of the agent.
    pub fn front(&self) -> Option<&Contact> {
        self.front.as_ref().and_then(|front| self.contact(front))
    }

    /// The contacts beside the one in front, in order of arrival.
    pub fn others(&self) -> impl Iterator<Item = &Contact> {
        self.contacts
            .iter()
            .filter(|contact| Some(&contact.id) != self.front.as_ref())
    }

    /// A contact that the agent has.
    pub fn contact(&self, id: &ContactId) -> Option<&Contact> {
        self.contacts.iter().find(|contact| contact.id == *id)
    }

    /// The finished offers, newest first.
    pub fn log(&self) -> &CallLog {
        &self.log
    }

    /// What the agent should know, oldest first.
    pub fn notices(&self) -> &[Notice] {
        self.notices.all()
    }

    /// How the desk stands to Connect.
    pub fn link(&self) -> Link {
        self.link
    }

    /// Whether the sign-in page has been opened and nobody has signed in yet.
    pub fn is_signing_in(&self) -> bool {
        self.signing_in
    }

    /// Whether the agent's microphone is closed; `None` until the softphone has said so. After
    /// a reload nobody knows until the button is pressed.
    pub fn muted(&self) -> Option<bool> {
        self.muted
    }

    /// Server time now; `None` until a snapshot has told it.
    pub fn server_time(&self, now: Instant) -> Option<DateTime<Utc>> {
        self.clock.now(now)
    }

    /// What remains of `contact` on a line for a spreadsheet, while it is still here.
    pub fn record_of(&self, contact: &ContactId) -> Option<CallRecord> {
        self.contact(contact).map(CallRecord::of)
    }

    /// Whether a button of a contact may be pressed.
    pub fn allows(&self, control: Control, contact: &ContactId) -> bool {
        self.action(control, contact).is_some()
    }

    /// Whether tones reach somebody.
    pub fn takes_tones(&self, contact: &ContactId) -> bool {
        self.link.is_ready() && self.contact(contact).is_some_and(Contact::takes_tones)
    }

    /// Whether closing and opening the microphone means anything now.
    pub fn can_mute(&self) -> bool {
        self.link.is_ready()
            && self
                .contacts
                .iter()
                .any(|contact| contact.kind.is_call() && contact.phase.is_talking())
    }

    /// Whether a number may be dialled.
    ///
    /// # Errors
    ///
    /// [`DialRefusal`] says why not.
    pub fn can_dial(&self) -> Result<(), DialRefusal> {
        let state = self.agent.as_ref().and_then(|agent| agent.state.as_ref());
        let Some(state) = state.filter(|_| self.link.is_ready()) else {
            return Err(DialRefusal::NotReady);
        };
        if self.contacts.iter().any(|contact| contact.kind.is_call()) {
            return Err(DialRefusal::OnCall);
        }
        if state.kind == AgentKind::Offline {
            return Err(DialRefusal::Offline);
        }
        let dialing = |request: &UnderWay| matches!(request.action, Action::Dial(_));
        if self.under_way.iter().any(dialing) {
            return Err(DialRefusal::Dialing);
        }
        Ok(())
    }

    /// Whether a state that is chosen now waits for the contacts that the agent has.
    pub fn queues_states(&self) -> bool {
        self.contacts
            .iter()
            .any(|contact| contact.phase.is_live() || contact.phase == CallPhase::AfterCallWork)
    }

    fn action(&self, control: Control, contact: &ContactId) -> Option<Action> {
        let action = self.contact(contact)?.action(control)?;
        let waits = |request: &UnderWay| {
            request.action.contact() == Some(contact) && control.waits_for(&request.action)
        };
        let free = self.link.is_ready() && !self.under_way.iter().any(waits);
        free.then_some(action)
    }

    fn command(&mut self, command: Command, effects: &mut Vec<Effect>) {
        match command {
            Command::Press(control, contact) => self.press(control, &contact, effects),
            Command::SendDigits(contact, digits) => {
                let action = self
                    .contact(&contact)
                    .filter(|_| self.link.is_ready())
                    .and_then(|contact| contact.tones(digits));
                if let Some(action) = action {
                    self.act(action, effects);
                }
            }
            Command::Mute if self.can_mute() => self.act(Action::Mute, effects),
            Command::Unmute if self.can_mute() => self.act(Action::Unmute, effects),
            Command::Mute | Command::Unmute => {}
            Command::SetState(choice) => {
                let action = if self.queues_states() {
                    Action::QueueState(choice)
                } else {
                    Action::SetState(choice)
                };
                self.act(action, effects);
            }
            Command::CancelQueuedState => {
                let choice = self.agent.as_ref().and_then(Agent::choice_that_cancels);
                if let Some(choice) = choice.cloned() {
                    self.act(Action::QueueState(choice), effects);
                }
            }
            Command::Dial(number) => match self.can_dial() {
                Ok(()) => self.act(Action::Dial(number), effects),
                Err(refusal) => self.notices.show(NoticeKind::DialRefused(refusal), None),
            },
            Command::SignIn => {
                self.signing_in = true;
                effects.push(Effect::OpenSignIn {
                    reauthenticate: self.link == Link::GaveUp,
                });
            }
            Command::Dismiss(id) => self.notices.dismiss(id),
        }
    }

    fn press(&mut self, control: Control, id: &ContactId, effects: &mut Vec<Effect>) {
        let Some(action) = self.action(control, id) else {
            return;
        };
        self.set_asked(&action, true);
        self.act(action, effects);
    }

    /// Remembers what was pressed here that explains how a call ends, or that it failed.
    fn set_asked(&mut self, action: &Action, asked: bool) {
        let Some(id) = action.contact() else { return };
        let Some(contact) = self.contacts.iter_mut().find(|held| held.id == *id) else {
            return;
        };
        match (action, contact.phase) {
            (Action::Decline(_), CallPhase::Ringing) => contact.asked.declined = asked,
            (Action::HangUp(..), CallPhase::Dialing) => contact.asked.cancelled = asked,
            _ => {}
        }
    }

    fn act(&mut self, action: Action, effects: &mut Vec<Effect>) {
        self.notices.withdraw(Request::from(&action));
        self.under_way.push(UnderWay {
            action: action.clone(),
            answered_at: None,
        });
        effects.push(Effect::Act(action));
    }

    fn acted(
        &mut self,
        action: Action,
        result: Result<(), ActionError>,
        effects: &mut Vec<Effect>,
    ) {
        let known = self
            .under_way
            .iter()
            .position(|request| request.action == action && request.answered_at.is_none());
        let Some(index) = known else { return };
        if result.is_ok() && settles_by_snapshot(&action) {
            if let Some(request) = self.under_way.get_mut(index) {
                request.answered_at = Some(self.snapshots);
            }
            return;
        }
        self.under_way.remove(index);
        let Err(error) = result else { return };

        // No answer in time is not a no: Connect may have done it, and then the press explains
        // the end.
        if error != ActionError::TimedOut {
            self.set_asked(&action, false);
        }
        match action {
            // A call began in the same moment; what the agent wants is to be queued behind it.
            Action::SetState(choice) if error == ActionError::InvalidState => {
                self.act(Action::QueueState(choice), effects);
            }
            action => {
                if self.still_matters(&action) {
                    let request = Request::from(&action);
                    let contact = action.contact().cloned();
                    self.notices
                        .show(NoticeKind::ActionFailed(request, error), contact);
                }
            }
        }
    }

    /// Whether the failure of a request is news: the contact is here and has not moved on.
    fn still_matters(&self, action: &Action) -> bool {
        let Some(id) = action.contact() else {
            return true;
        };
        let Some(contact) = self.contact(id) else {
            return false;
        };
        match action {
            Action::Accept(_) | Action::Decline(_) => contact.phase == CallPhase::Ringing,
            Action::HangUp(..) | Action::Hold(..) | Action::Resume(..) => contact.phase.is_live(),
            _ => true,
        }
    }

    fn set_link(&mut self, link: Link, effects: &mut Vec<Effect>) {
        self.link = link;
        if link.is_ready() && self.signing_in {
            self.signing_in = false;
            effects.push(Effect::CloseSignIn);
        }
    }

    fn snapshot(&mut self, told: Snapshot, now: Instant, effects: &mut Vec<Effect>) {
        if told.taken_at.is_some() && told.taken_at < self.last_taken_at {
            return;
        }
        let seen_before = match told.taken_at {
            Some(_) => told.taken_at == self.last_taken_at,
            None => told.clock.is_some() && told.clock == self.last_reading,
        };
        if !seen_before || self.snapshots == 0 {
            self.clock.set(told.clock, told.taken_at, now);
            self.snapshots += 1;
        }
        self.last_taken_at = told.taken_at.or(self.last_taken_at);
        self.last_reading = told.clock;
        self.set_link(self.link.after_snapshot(), effects);
        self.note_oddities(&told, effects);

        self.take_agent(told.agent);
        let seen = told.taken_at.or_else(|| self.clock.now(now));
        let before: Vec<_> = self.phases();
        if let Some(list) = told.contacts {
            self.take_contacts(&list, seen);
        }
        self.choose_front();
        self.settle(&before);
    }

    fn take_agent(&mut self, told: crate::snapshot::AgentSnapshot) {
        let colleague = match (&self.agent, &told.arn) {
            (Some(agent), Some(arn)) => agent.arn.as_ref().is_some_and(|kept| kept != arn),
            _ => false,
        };
        if colleague {
            // Somebody else has signed in on this page: nothing of the colleague's day stays.
            self.agent = None;
            self.contacts.clear();
            self.log = CallLog::default();
            self.notices = Notices::default();
            self.under_way.clear();
            self.muted = None;
        }
        let before = self.agent.take();
        self.agent = Some(Agent::after(before, told));
    }

    fn take_contacts(&mut self, list: &[ContactSnapshot], seen: Option<DateTime<Utc>>) {
        let earlier = self.earlier.take().and_then(|journal| {
            journal.open(self.agent.as_ref().and_then(|agent| agent.arn.as_deref()))
        });
        let (mut open_offers, earlier_log) = earlier.unwrap_or_default();
        self.log.restore(earlier_log);

        let agent = self.agent.as_ref().and_then(|agent| agent.state.clone());
        let mut calls: BTreeSet<&ContactId> = list
            .iter()
            .filter(|told| told.kind.is_call())
            .map(|told| &told.id)
            .collect();
        let held: Vec<ContactId> = self.contacts.iter().map(|held| held.id.clone()).collect();
        calls.extend(held.iter());
        let around = Surroundings {
            seen,
            agent: agent.as_ref(),
            alone: calls.len() <= 1,
        };

        let mut there = BTreeSet::new();
        for told in list {
            if there.insert(&told.id) {
                self.take_contact(told, around);
            }
        }
        for id in held.iter().filter(|id| !there.contains(id)) {
            self.leave(id, around);
        }

        for contact in &mut self.contacts {
            if let Some(index) = open_offers.iter().position(|offer| offer.is_of(contact)) {
                open_offers.remove(index).give_to(contact);
            }
        }
        let absence = seen.map(|at| Stamp::new(at, TimeSource::Absence));
        for offer in open_offers {
            self.log.keep(offer.into_record(absence));
        }
    }

    fn take_contact(&mut self, told: &ContactSnapshot, around: Surroundings<'_>) {
        let held = self
            .contacts
            .iter_mut()
            .find(|contact| contact.id == told.id);
        match held {
            Some(contact) => match contact.relation(told) {
                Relation::Same => contact.update(told, around),
                Relation::Stale => {}
                Relation::NewOffer => {
                    self.leave(&told.id, around);
                    self.contacts.extend(Contact::offered(told, around));
                }
            },
            None => self.take_unknown_contact(told, around),
        }
    }

    fn take_unknown_contact(&mut self, told: &ContactSnapshot, around: Surroundings<'_>) {
        let Some(record) = self.log.newest_of(&told.id) else {
            self.contacts.extend(Contact::offered(told, around));
            return;
        };
        let ended = record.times.ended.map(|ended| ended.at);
        let newer = told
            .since
            .zip(ended)
            .is_none_or(|(told, ended)| told > ended);
        // It was only thought to be over, because a snapshot lacked it.
        if record.end_is_guessed() && !(newer && told.since.is_some()) {
            if let Some(mut contact) = Contact::offered(told, around)
                && let Some(record) = self.log.take_back(&told.id)
            {
                let mut times = record.times;
                times.ended = None;
                contact.restore(&times, contact.asked);
                self.contacts.push(contact);
            }
        } else if newer {
            self.contacts.extend(Contact::offered(told, around));
        }
    }

    /// Ends the offer of a contact and keeps its record. Chats, tasks and mails are not calls
    /// and leave none.
    fn leave(&mut self, id: &ContactId, around: Surroundings<'_>) {
        let Some(index) = self.contacts.iter().position(|held| held.id == *id) else {
            return;
        };
        let mut contact = self.contacts.remove(index);
        contact.vanish(around);
        self.notices.contact_left(id);
        if contact.kind.is_call() {
            self.log.keep(CallRecord::of(&contact));
        }
    }

    /// Whoever is in front stays there, unless gone; a call that is up goes before one that is
    /// not, and one that rings before one that was missed or has failed.
    fn choose_front(&mut self) {
        let calls = || self.contacts.iter().filter(|held| held.kind.is_call());
        let first = |rank: fn(CallPhase) -> bool| calls().find(|held| rank(held.phase));
        let talking = first(CallPhase::is_talking);
        let ringing = first(CallPhase::is_live);
        let next = match self.front().map(|front| front.phase) {
            Some(CallPhase::Connected { .. } | CallPhase::Dialing) => None,
            Some(CallPhase::Ringing | CallPhase::AfterCallWork) => talking,
            Some(CallPhase::Missed | CallPhase::Failed) => talking.or(ringing),
            None => talking
                .or(ringing)
                .or_else(|| first(|phase| phase == CallPhase::AfterCallWork))
                .or_else(|| calls().next()),
        };
        if let Some(id) = next.map(|contact| contact.id.clone()) {
            self.front = Some(id);
        } else if self.front().is_none() {
            self.front = None;
        }
    }

    fn phases(&self) -> Vec<(ContactId, CallPhase)> {
        self.contacts
            .iter()
            .map(|contact| (contact.id.clone(), contact.phase))
            .collect()
    }

    /// Forgets requests whose effect is on screen, or should have been by now.
    fn settle(&mut self, before: &[(ContactId, CallPhase)]) {
        let after = self.phases();
        let snapshots = self.snapshots;
        self.under_way.retain(|request| {
            let Some(answered_at) = request.answered_at else {
                return true;
            };
            let moved = match request.action.contact() {
                Some(id) => {
                    let of = |phases: &[(ContactId, CallPhase)]| {
                        phases.iter().find(|(held, _)| held == id).cloned()
                    };
                    of(before) != of(&after)
                }
                None => before != after,
            };
            !moved && snapshots < answered_at + SNAPSHOTS_TO_SETTLE
        });
    }

    fn note_oddities(&mut self, told: &Snapshot, effects: &mut Vec<Effect>) {
        let mut odd: Vec<Oddity> = told
            .oddities
            .iter()
            .map(|path| Oddity::Unreadable(path.clone()))
            .collect();
        let mut word = |what, word: &str| {
            odd.push(Oddity::UnknownWord(
                what,
                word.chars().take(LONGEST_WORD).collect(),
            ));
        };
        if let Some(AgentStateType::Unknown(kind)) = told.agent.state.as_ref().map(|s| &s.kind) {
            word("agent state type", kind);
        }
        for contact in told.contacts.iter().flatten() {
            if let ContactKind::Unknown(kind) = &contact.kind {
                word("contact type", kind);
            }
            if let Some(ContactState::Unknown(state)) = &contact.state {
                word("contact state", state);
            }
            for leg in contact.legs.iter().flatten() {
                if let Some(LegState::Unknown(state)) = &leg.state {
                    word("connection state", state);
                }
            }
        }
        for oddity in odd {
            if self.oddities.len() < MOST_ODDITIES && self.oddities.insert(oddity.clone()) {
                effects.push(Effect::Log(oddity));
            }
        }
    }

    fn save(&mut self, effects: &mut Vec<Effect>) {
        // Until a snapshot has said what became of it, the earlier journal stands.
        if self.earlier.is_some() || self.agent.is_none() {
            return;
        }
        let journal = Journal::new(
            self.agent.as_ref().and_then(|agent| agent.arn.as_deref()),
            self.contacts
                .iter()
                .filter(|contact| contact.kind.is_call())
                .map(OpenOffer::of)
                .collect(),
            self.log.clone(),
        );
        if self.saved.as_ref() != Some(&journal) {
            self.saved = Some(journal.clone());
            effects.push(Effect::Save(Box::new(journal)));
        }
    }
}

/// Whether a request that was granted shows in a later snapshot.
fn settles_by_snapshot(action: &Action) -> bool {
    match action {
        Action::Accept(_)
        | Action::Decline(_)
        | Action::HangUp(..)
        | Action::Hold(..)
        | Action::Resume(..)
        | Action::Clear(_)
        | Action::Dial(_) => true,
        Action::SendDigits(..)
        | Action::Mute
        | Action::Unmute
        | Action::SetState(_)
        | Action::QueueState(_) => false,
    }
}
