//! From what the agent presses to what is asked of Connect, and back to what came of it.

use contract::ContactId;

use super::Desk;
use crate::{
    action::{Action, ActionError},
    agent::Agent,
    clock::Instant,
    control::Control,
    input::{Command, Effect},
    link::Link,
    notice::{NoticeKind, Request, SignOutFailure},
    phase::CallPhase,
};

impl Desk {
    pub(super) fn action(&self, control: Control, contact: &ContactId) -> Option<Action> {
        let action = self.contact(contact)?.action(control)?;
        let waits = |other: &Action| other.contact() == Some(contact) && control.waits_for(other);
        let free = self.link.is_ready() && !self.requests.any(waits);
        free.then_some(action)
    }

    pub(super) fn command(&mut self, command: Command, now: Instant, effects: &mut Vec<Effect>) {
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
            Command::Repair(repair) => self.repair(repair, effects),
            Command::SignOut => self.sign_out(now, effects),
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

    pub(super) fn act(&mut self, action: Action, effects: &mut Vec<Effect>) {
        self.notices.withdraw(Request::from(&action));
        self.requests.begin(action.clone());
        effects.push(Effect::Act(action));
    }

    pub(super) fn acted(
        &mut self,
        action: &Action,
        result: Result<(), ActionError>,
        now: Instant,
        effects: &mut Vec<Effect>,
    ) {
        let Some(error) = self.requests.answer(action, result, now) else {
            return;
        };
        // No answer in time is not a no: Connect may have done it, and then the press explains
        // the end.
        if error != ActionError::TimedOut {
            self.set_asked(action, false);
        }
        if error == ActionError::SessionExpired {
            self.set_link(Link::Expired, now, effects);
        }
        if self.stay(action) {
            self.notices.show(
                NoticeKind::SignOutFailed(SignOutFailure::StillAvailable),
                None,
            );
            return;
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
}
