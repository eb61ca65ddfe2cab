//! From what the agent presses to what is asked of Connect, and back to what came of it.

use contract::ContactId;

use super::Desk;
use crate::{
    action::{Action, ActionError},
    agent::Agent,
    clock::Instant,
    contact::Contact,
    control::Control,
    input::{Command, Effect},
    link::Link,
    notice::{NoticeKind, Request, SignOutFailure},
    outcome::CallOutcome,
    party::Conversation,
    phase::CallPhase,
    quick_connect::Destination,
    snapshot::StateChoice,
    time::{Stamp, TimeSource},
};

impl Desk {
    pub(super) fn action(&self, control: Control, contact: &ContactId) -> Option<Action> {
        let action = self.contact(contact)?.action(control)?;
        let waits = |other: &Action| other.contact() == Some(contact) && control.waits_for(other);
        let free = self.can_work() && !self.requests.any(waits);
        free.then_some(action)
    }

    pub(super) fn command(&mut self, command: Command, now: Instant, effects: &mut Vec<Effect>) {
        match command {
            Command::Dismiss(id) => self.notices.dismiss(id),
            Command::Select(contact) => self.roster.select(contact),
            Command::Repair(repair) => self.repair(repair, effects),
            // Pressed in the moment in which another page took over.
            _ if !self.leads() => {}
            Command::Press(control, contact) => self.press(control, &contact, effects),
            Command::CallIn {
                contact,
                to,
                hand_on,
            } => self.call_in(contact, to, hand_on, effects),
            Command::ListQuickConnects => {
                if self.can_work() && !self.directory.loading {
                    self.directory.loading = true;
                    effects.push(Effect::ListQuickConnects);
                }
            }
            Command::SendDigits(contact, digits) => {
                let action = self
                    .contact(&contact)
                    .filter(|_| self.can_work())
                    .and_then(|contact| contact.tones(digits));
                if let Some(action) = action {
                    self.act(action, effects);
                }
            }
            Command::Mute if self.can_mute() => {
                self.wish(true, now);
                self.act(Action::Mute, effects);
            }
            Command::Unmute if self.can_mute() => {
                self.wish(false, now);
                self.act(Action::Unmute, effects);
            }
            Command::Mute | Command::Unmute => {}
            Command::AcceptMute => self.accept_mute(),
            Command::SetState(choice) => self.set_state(choice, effects),
            Command::CancelQueuedState => {
                let choice = self.agent.as_ref().and_then(Agent::choice_that_cancels);
                if let Some(choice) = choice.cloned() {
                    self.act(Action::QueueState(choice), effects);
                }
            }
            Command::Dial(number) => match self.can_dial() {
                Ok(()) => {
                    let asked = self.server_time(now);
                    self.roster.dial(&number, asked, self.told_at());
                    self.act(Action::Dial(number), effects);
                }
                Err(refusal) => self.notices.show(NoticeKind::DialRefused(refusal), None),
            },
            Command::SignOut => self.sign_out(now, effects),
            Command::Customer(command) => self.customer_command(command, effects),
        }
    }

    pub(super) fn set_state(&mut self, choice: StateChoice, effects: &mut Vec<Effect>) {
        let action = if self.queues_states() {
            Action::QueueState(choice)
        } else {
            Action::SetState(choice)
        };
        self.act(action, effects);
    }

    fn press(&mut self, control: Control, id: &ContactId, effects: &mut Vec<Effect>) {
        let Some(action) = self.action(control, id) else {
            return;
        };
        self.set_asked(&action, true);
        self.act(action, effects);
    }

    fn call_in(
        &mut self,
        id: ContactId,
        to: Destination,
        hand_on: bool,
        effects: &mut Vec<Effect>,
    ) {
        if !self.can_call_in(&id) {
            return;
        }
        if let Some(contact) = self.roster.contact_mut(&id) {
            contact.hands_on = hand_on;
        }
        self.act(Action::CallIn(id, to), effects);
    }

    /// Lets the agent leave where the third party they wanted to hand the customer to has come.
    /// Not before: who leaves while it rings leaves the customer with a telephone that nobody may
    /// take up (amazon-connect-streams issue 897).
    pub(super) fn hand_on(&mut self, effects: &mut Vec<Effect>) {
        let handing = |contact: &&Contact| contact.hands_on;
        let ids: Vec<_> = self.roster.contacts().iter().filter(handing).collect();
        let ids: Vec<_> = ids.into_iter().map(|contact| contact.id.clone()).collect();
        for id in ids {
            let leave = self.action(Control::Leave, &id);
            let asks = |action: &Action| matches!(action, Action::CallIn(at, _) if *at == id);
            let is_asked = self.requests.any(asks);
            if let Some(contact) = self.roster.contact_mut(&id) {
                let rings = contact.conversation() == Some(Conversation::Calling);
                contact.hands_on = leave.is_none() && (rings || is_asked);
            }
            if let Some(leave) = leave {
                self.act(leave, effects);
            }
        }
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
            (Action::Drop(_, leg), _) => {
                contact.hands_on = false;
                let mut parties = contact.parties.iter_mut();
                if let Some(party) = parties.find(|party| party.leg == *leg) {
                    party.dropped = asked;
                }
            }
            (Action::CallIn(..), _) if !asked => contact.hands_on = false,
            _ => {}
        }
    }

    /// Keeps a record of a number that Connect has refused to dial. Without an answer in time its
    /// call may still come.
    fn not_dialled(&mut self, error: &ActionError, now: Instant) {
        let outcome = match error {
            ActionError::TimedOut => return,
            ActionError::BadEndpoint => CallOutcome::BadNumber,
            _ => CallOutcome::NotPlaced,
        };
        let refused = self.server_time(now);
        let refused = refused.map(|at| Stamp::new(at, TimeSource::Request));
        self.roster.give_up_dialling(outcome, refused);
    }

    /// Keeps a record of a number of which no call has come by the time that another may be
    /// dialled.
    pub(super) fn settle_dialling(&mut self, now: Instant) {
        if !self.requests.is_dialling() {
            let now = self.server_time(now);
            let gave_up = now.map(|at| Stamp::new(at, TimeSource::Absence));
            self.roster
                .give_up_dialling(CallOutcome::Unconfirmed, gave_up);
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
        let asked_by_itself = self.asked_by_itself(action);
        let Some(error) = self.requests.answer(action, result, now) else {
            return;
        };
        // No answer in time is not a no: Connect may have done it, and then the press explains
        // the end.
        if error != ActionError::TimedOut {
            self.set_asked(action, false);
        }
        if let Action::Dial(_) = action {
            self.not_dialled(&error, now);
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
        if asked_by_itself && error == ActionError::InvalidState {
            self.leave_ready();
            return;
        }
        // A call began in the same moment; what the agent wants is to be queued behind it.
        if let (Action::SetState(choice), ActionError::InvalidState) = (action, &error)
            && self.leads()
        {
            self.act(Action::QueueState(choice.clone()), effects);
            return;
        }
        if let Action::SetState(_) | Action::QueueState(_) = action {
            self.notices.withdraw_not_ready();
        }
        self.notices.show(
            NoticeKind::ActionFailed(Request::from(action), error),
            action.contact().cloned(),
        );
        self.notices.settle(self.roster.contacts());
    }
}
