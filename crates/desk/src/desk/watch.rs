//! What the desk does by itself about calls that would go by the agent: it notifies whoever looks
//! elsewhere, and where it is told to, it stops calls that would be missed. In a mirror nothing.

use contract::ContactId;

use super::Desk;
use crate::{
    action::Action,
    agent::AgentKind,
    clock::Instant,
    input::Effect,
    notice::{NoticeKind, SoftphoneError},
    oddity::Oddity,
    readiness::{Concern, Permission, Policy, Workstation},
    snapshot::AgentStateType,
};

/// What an agent who looks elsewhere is notified of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Alert {
    /// A contact rings.
    Ring(ContactId),
    /// The next call would be missed.
    Risk,
}

/// Where the desk has got to with a concern that costs calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Watch {
    #[default]
    Calm,
    /// Calls would be missed; then it is enough.
    Until(Instant),
    /// The agent has been made not ready, once. What they choose now is their own doing.
    Done,
}

/// How long a concern may last before the agent is made not ready, in milliseconds: a headset that
/// is plugged in anew.
const PATIENCE_MS: i64 = 10_000;

impl Desk {
    /// What the deployment has decided.
    pub(crate) fn policy(&self) -> &Policy {
        &self.policy
    }

    /// What the browser says of the place of work.
    pub(crate) fn workstation(&self) -> Workstation {
        self.workstation
    }

    /// Whether the audio is the softphone's, not a desk phone's.
    pub(crate) fn has_softphone(&self) -> bool {
        let last = self.last.as_ref();
        last.and_then(|last| last.agent.softphone) != Some(false)
    }

    /// What makes the next call go by an agent who believes to be available.
    pub fn risk(&self) -> Option<Concern> {
        let worst = self.concerns().into_iter().next();
        worst.filter(|worst| self.is_available() && worst.costs_calls())
    }

    pub(super) fn is_available(&self) -> bool {
        let state = self.agent.as_ref().and_then(|agent| agent.state.as_ref());
        state.is_some_and(|state| state.kind == AgentKind::Routable)
    }

    /// Whether it changed anything.
    pub(super) fn look_around(&mut self, place: Workstation) -> bool {
        let before = std::mem::replace(&mut self.workstation, place);
        let works =
            |place: Workstation| place.microphone == Permission::Granted && !place.lacks_microphone;
        if works(place) && !works(before) {
            self.notices
                .withdraw_softphone(Some(SoftphoneError::Microphone));
        }
        before != place
    }

    pub(super) fn watch_is_due(&self, now: Instant) -> bool {
        // Without Connect nothing can be asked of it, and in a call the agent is not idle.
        let can_step_in =
            self.can_work() && !self.connect_lost && self.roster.contacts().is_empty();
        can_step_in && matches!(self.watch, Watch::Until(until) if until <= now)
    }

    /// After every input: does what the desk does by itself. Whether it changed anything.
    pub(super) fn keep_watch(&mut self, now: Instant, effects: &mut Vec<Effect>) -> bool {
        let risk = self.risk();
        let before = self.watch;
        self.watch = match (before, risk) {
            (Watch::Calm, Some(_)) => Watch::Until(now.after(PATIENCE_MS)),
            (_, Some(_)) if self.watch_is_due(now) => {
                self.go_not_ready(effects);
                Watch::Done
            }
            (Watch::Done, None) if self.concerns().iter().any(|concern| concern.costs_calls()) => {
                Watch::Done
            }
            (_, None) => Watch::Calm,
            (watch, Some(_)) => watch,
        };
        self.notify(risk, effects);
        before != self.watch
    }

    fn go_not_ready(&mut self, effects: &mut Vec<Effect>) {
        let Some(wanted) = self.policy.not_ready_state.clone() else {
            return;
        };
        let choices = self.agent.iter().flat_map(|agent| &agent.choices);
        let choice = choices
            .into_iter()
            .find(|choice| choice.name == wanted && choice.kind != AgentStateType::Routable);
        match choice.cloned() {
            Some(choice) => {
                self.act(Action::SetState(choice), effects);
                self.notices.show(NoticeKind::WentNotReady, None);
            }
            None => effects.push(Effect::Log(Oddity::UnknownWord(
                "readiness.notReadyState",
                wanted.into(),
            ))),
        }
    }

    /// Notifies once of a ring, or else of a risk, and takes the notification away with it.
    fn notify(&mut self, risk: Option<Concern>, effects: &mut Vec<Effect>) {
        let rings = self.ringing().next();
        let rings = rings.map(|contact| Alert::Ring(contact.id.clone()));
        let due = rings.or(risk.map(|_| Alert::Risk));
        if self.alert.is_some() && self.alert != due {
            self.alert = None;
            effects.push(Effect::Alert(None));
        }
        let place = self.workstation;
        let may = place.notifications == Permission::Granted && self.policy.notifies;
        if place.is_away && may && self.alert != due {
            self.alert.clone_from(&due);
            effects.push(Effect::Alert(due));
        }
    }
}
