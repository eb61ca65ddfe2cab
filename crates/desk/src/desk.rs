//! The desk itself: inputs to state and effects.

use chrono::{DateTime, Utc};
use contract::ContactId;

use crate::{
    action::{Action, ActionError},
    agent::{Agent, AgentKind, AgentState},
    call_log::{CallLog, CallRecord},
    clock::{Instant, ServerClock, Standing},
    contact::{Contact, Surroundings},
    control::Control,
    input::{Command, Effect, Input},
    journal::Journal,
    link::Link,
    notice::{DialRefusal, Notice, NoticeKind, Notices, Request},
    oddity::Oddities,
    offer::KeptOffer,
    phase::CallPhase,
    requests::Requests,
    roster::Roster,
    snapshot::{AgentSnapshot, Snapshot},
};

/// The agent desk.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Desk {
    agent: Option<Agent>,
    roster: Roster,
    clock: ServerClock,
    link: Link,
    signing_in: bool,
    muted: Option<bool>,
    notices: Notices,
    requests: Requests,
    /// What an earlier life of the page has kept, until a snapshot says what became of it.
    earlier: Option<Journal>,
    saved: Option<Journal>,
    /// The last snapshot that said something new.
    last: Option<Box<Snapshot>>,
    oddities: Oddities,
}

impl Desk {
    /// Takes in `input` at the monotonic time `now` and says what must be done.
    pub fn handle(&mut self, input: Input, now: Instant) -> Vec<Effect> {
        let mut effects = Vec::new();
        match input {
            Input::Command(command) => self.command(command, &mut effects),
            Input::Journal(journal) => {
                if self.last.is_none() {
                    self.saved = Some(journal.clone());
                    self.earlier = Some(journal);
                }
            }
            Input::Snapshot(snapshot) => self.snapshot(snapshot, now, &mut effects),
            Input::MuteReported(muted) => self.muted = Some(muted),
            Input::Link(link) => self.set_link(link, &mut effects),
            Input::SoftphoneFailed(error) => {
                self.notices.show(NoticeKind::SoftphoneFailed(error), None);
            }
            Input::Acted { action, result } => self.acted(&action, result, &mut effects),
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
        self.roster.front()
    }

    /// The contacts beside the one in front, in order of arrival.
    pub fn others(&self) -> impl Iterator<Item = &Contact> {
        let front = self.front().map(|front| &front.id);
        self.roster
            .contacts()
            .iter()
            .filter(move |contact| Some(&contact.id) != front)
    }

    /// A contact that the agent has.
    pub fn contact(&self, id: &ContactId) -> Option<&Contact> {
        self.roster.contact(id)
    }

    /// The finished offers, newest first.
    pub fn log(&self) -> &CallLog {
        self.roster.log()
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
                .roster
                .calls()
                .any(|contact| contact.phase.is_talking())
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
        if self.roster.calls().next().is_some() {
            return Err(DialRefusal::OnCall);
        }
        if state.kind == AgentKind::Offline {
            return Err(DialRefusal::Offline);
        }
        if self
            .requests
            .any(|action| matches!(action, Action::Dial(_)))
        {
            return Err(DialRefusal::Dialing);
        }
        Ok(())
    }

    /// Whether a state that is chosen now waits for the contacts that the agent has.
    pub fn queues_states(&self) -> bool {
        self.roster
            .contacts()
            .iter()
            .any(|contact| contact.phase.is_live() || contact.phase == CallPhase::AfterCallWork)
    }

    fn action(&self, control: Control, contact: &ContactId) -> Option<Action> {
        let action = self.contact(contact)?.action(control)?;
        let waits = |other: &Action| other.contact() == Some(contact) && control.waits_for(other);
        let free = self.link.is_ready() && !self.requests.any(waits);
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
            Command::SignIn if self.link.is_ready() => {}
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
        let Some(contact) = action.contact().and_then(|id| self.roster.contact_mut(id)) else {
            return;
        };
        match (action, contact.phase) {
            (Action::Decline(_), CallPhase::Ringing) => contact.asked.declined = asked,
            (Action::Accept(_), CallPhase::Ringing) if asked => contact.asked.declined = false,
            (Action::HangUp(..), CallPhase::Dialing) => contact.asked.cancelled = asked,
            _ => {}
        }
    }

    fn act(&mut self, action: Action, effects: &mut Vec<Effect>) {
        self.notices.withdraw(Request::from(&action));
        self.requests.begin(action.clone());
        effects.push(Effect::Act(action));
    }

    fn acted(
        &mut self,
        action: &Action,
        result: Result<(), ActionError>,
        effects: &mut Vec<Effect>,
    ) {
        let Some(error) = self.requests.answer(action, result) else {
            return;
        };
        // No answer in time is not a no: Connect may have done it, and then the press explains
        // the end.
        if error != ActionError::TimedOut {
            self.set_asked(action, false);
        }
        // A call began in the same moment; what the agent wants is to be queued behind it.
        if let (Action::SetState(choice), ActionError::InvalidState) = (action, &error) {
            self.act(Action::QueueState(choice.clone()), effects);
            return;
        }
        self.notices.show(
            NoticeKind::ActionFailed(Request::from(action), error),
            action.contact().cloned(),
        );
        self.notices.settle(self.roster.contacts());
    }

    fn set_link(&mut self, link: Link, effects: &mut Vec<Effect>) {
        self.link = self.link.after(link);
        if self.link.is_ready() && self.signing_in {
            self.signing_in = false;
            effects.push(Effect::CloseSignIn);
        }
    }

    fn snapshot(&mut self, told: Box<Snapshot>, now: Instant, effects: &mut Vec<Effect>) {
        let standing = self.clock.weigh(&told, now);
        if standing == Standing::Late {
            return;
        }
        self.set_link(self.link.after_snapshot(), effects);
        let said_before = self
            .last
            .as_ref()
            .is_some_and(|last| last.says_the_same(&told));
        if said_before {
            return;
        }
        let taken_at = self.clock.take(&told, standing, now);
        effects.extend(self.oddities.news(&told).into_iter().map(Effect::Log));

        self.take_agent(&told.agent);
        if let Some(list) = &told.contacts {
            let arn = self.agent.as_ref().and_then(|agent| agent.arn.clone());
            let earlier = self
                .earlier
                .take()
                .and_then(|journal| journal.open(arn.as_deref()));
            let mut earlier = earlier.unwrap_or_default();
            // If somebody else turns out to be signed in, it can be taken from them again.
            if let Some(agent) = self.agent.as_mut().filter(|agent| agent.arn.is_none()) {
                agent.arn = earlier.agent.take();
            }
            let agent_state = told.agent.state.clone().map(AgentState::from);
            let around = Surroundings {
                taken_at,
                seen: taken_at.or_else(|| self.clock.now(now)),
                agent: agent_state.as_ref(),
            };
            for id in self.roster.take(list, around, earlier) {
                self.requests.offered_anew(&id);
                self.notices.offered_anew(&id);
            }
            self.notices.settle(self.roster.contacts());
            self.requests.settle(self.roster.contacts());
        }
        self.last = Some(told);
    }

    fn take_agent(&mut self, told: &AgentSnapshot) {
        let known = self.agent.as_ref().and_then(|agent| agent.arn.as_ref());
        if known
            .zip(told.arn.as_ref())
            .is_some_and(|(known, told)| known != told)
        {
            // Somebody else has signed in on this page: nothing of the colleague's day stays.
            self.agent = None;
            self.roster = Roster::default();
            self.notices = Notices::default();
            self.requests = Requests::default();
            self.muted = None;
        }
        self.agent = Some(Agent::after(self.agent.take(), told.clone()));
    }

    fn save(&mut self, effects: &mut Vec<Effect>) {
        // Until a snapshot has said what became of it, the earlier journal stands.
        if self.earlier.is_some() || self.agent.is_none() {
            return;
        }
        let journal = Journal::new(
            self.agent.as_ref().and_then(|agent| agent.arn.as_deref()),
            self.roster.calls().map(KeptOffer::of).collect(),
            self.roster.log().clone(),
        );
        if self.saved.as_ref() != Some(&journal) {
            self.saved = Some(journal.clone());
            effects.push(Effect::Save(Box::new(journal)));
        }
    }
}
