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

/// Where the desk has got to with the concerns that cost calls and that it may act upon.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Watch {
    /// The worst of them, and when it has lasted long enough.
    until: Option<(Concern, Instant)>,
    /// Those for which the agent has been made not ready, while they last: once for each. What the
    /// agent chooses then is their own doing.
    done: Vec<Concern>,
    /// Whether Connect has not answered yet what the desk asked for by itself.
    asks: bool,
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
            self.softphone_works(Some(SoftphoneError::Microphone));
        }
        before != place
    }

    /// What the library has reported of the audio, of each kind once. A notice of it can be
    /// dismissed; the trouble goes when there is a reason to think that it has.
    pub(crate) fn softphone_failures(&self) -> &[SoftphoneError] {
        &self.softphone_failures
    }

    pub(super) fn softphone_failed(&mut self, error: SoftphoneError) {
        self.notices.show(NoticeKind::SoftphoneFailed(error), None);
        if !self.softphone_failures.contains(&error) {
            self.softphone_failures.push(error);
        }
    }

    /// Forgets trouble of one kind, or all.
    pub(super) fn softphone_works(&mut self, kind: Option<SoftphoneError>) {
        self.notices.withdraw_softphone(kind);
        self.softphone_failures
            .retain(|error| kind.is_some_and(|kind| kind != *error));
    }

    pub(super) fn watch_is_due(&self, now: Instant) -> bool {
        // Without Connect nothing can be asked of it, and in a call the agent is not idle.
        let can_step_in =
            self.can_work() && !self.connect_lost && self.roster.calls().next().is_none();
        can_step_in && self.watch.until.is_some_and(|(_, until)| until <= now)
    }

    /// After every input: does what the desk does by itself. Whether it changed anything.
    pub(super) fn keep_watch(&mut self, now: Instant, effects: &mut Vec<Effect>) -> bool {
        let before = self.watch.clone();
        let concerns = self.concerns();
        self.watch.done.retain(|done| concerns.contains(done));
        let mut concerns = concerns.into_iter();
        let worst = concerns.find(|one| one.is_of_the_place() && !self.watch.done.contains(one));
        self.watch.until = match (self.watch.until, worst.filter(|_| self.is_available())) {
            (Some((concern, until)), Some(worst)) if concern == worst => Some((concern, until)),
            (_, Some(worst)) => Some((worst, now.after(PATIENCE_MS))),
            (_, None) => None,
        };
        if self.watch_is_due(now)
            && let Some((concern, _)) = self.watch.until.take()
        {
            self.watch.done.push(concern);
            self.go_not_ready(effects);
        }
        self.notify(self.risk(), effects);
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
                self.watch.asks = true;
                self.set_state(choice, effects);
                self.notices.show(NoticeKind::WentNotReady, None);
            }
            None => effects.push(Effect::Log(Oddity::UnknownWord(
                "readiness.notReadyState",
                wanted.into(),
            ))),
        }
    }

    /// Whether an answer of Connect's is to what the desk asked for by itself.
    pub(super) fn asked_by_itself(&mut self, action: &Action) -> bool {
        matches!(action, Action::SetState(_) | Action::QueueState(_))
            && std::mem::take(&mut self.watch.asks)
    }

    /// A call was faster than the desk: it has reached the agent, who stays as they are.
    pub(super) fn leave_ready(&mut self) {
        self.notices.withdraw_not_ready();
        self.watch.done.clear();
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
