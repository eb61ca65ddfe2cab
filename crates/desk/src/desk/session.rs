//! Signing in and out: what the desk does about the way to Connect, and when it leaves it alone.
//!
//! A window is opened by a press alone. The softphone's frame is loaded anew by a press, or when
//! nobody can be talking in it.

use super::Desk;
use crate::{
    action::Action,
    agent::AgentKind,
    clock::Instant,
    input::Effect,
    link::{Link, Repair},
    notice::{NoticeKind, SignOutFailure},
    snapshot::AgentStateType,
};

/// Where signing out has got to, and since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leaving {
    /// Connect was asked to offer no more calls: signing out alone does not stop them (Streams
    /// issue 493).
    GoingOffline(Instant),
    /// Connect was asked to end the session.
    Ending(Instant),
    /// The CCP has said that it is over.
    Ended(Instant),
}

/// How many softphones this browser holds for the agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Softphones {
    /// At most the one in this page.
    #[default]
    One,
    /// More, since then; it may be the sign-in page, which is one until it closes.
    Doubtful(Instant),
    /// More.
    Several,
}

/// How long an offline state may take to be seen once it was granted, in milliseconds.
const OFFLINE_MS: i64 = 10_000;

/// How long after signing out the CCP may show that the session goes on after all, in
/// milliseconds: the time of a frame that loads.
const DOUBT_MS: i64 = 15_000;

/// How long a second softphone may be open before it is worth a word, in milliseconds: the
/// sign-in page is one for a moment.
const SECOND_SOFTPHONE_MS: i64 = 5_000;

impl Desk {
    /// Whether another window of this browser holds a softphone of this agent's.
    pub fn has_second_softphone(&self) -> bool {
        self.can_work() && self.softphones == Softphones::Several
    }

    /// What may mend the way to Connect. In mid-call the softphone's frame is not loaded anew on
    /// a guess: the call's audio may live in it.
    pub fn repair_offered(&self) -> Option<Repair> {
        let mut repair = self.link.repair()?;
        // Signing in is the leader's; a mirror looks for the CCP again.
        if repair == Repair::SignIn && !self.leads() {
            repair = Repair::Reconnect;
        }
        let costs_the_call = repair != Repair::SignIn && self.holds_audio();
        (!costs_the_call).then_some(repair)
    }

    /// Whether the session is being ended.
    pub fn is_signing_out(&self) -> bool {
        matches!(
            self.leaving,
            Some(Leaving::GoingOffline(_) | Leaving::Ending(_))
        )
    }

    pub(super) fn repair(&mut self, repair: Repair, effects: &mut Vec<Effect>) {
        // Meanwhile the CCP may have come back.
        let is_offered = self.repair_offered() == Some(repair)
            || (self.concerns().into_iter()).any(|one| self.repair_of(one) == Some(repair));
        if !is_offered {
            return;
        }
        match repair {
            Repair::SignIn => {
                self.leaving = None;
                effects.push(Effect::OpenSignIn);
                // While the CCP has never spoken the library looks for it by itself.
                if !matches!(self.link, Link::Silent | Link::SigningIn) {
                    effects.push(Effect::Reconnect);
                }
                self.link = Link::SigningIn;
            }
            Repair::Reconnect => {
                self.softphone_works(None);
                effects.push(Effect::Reconnect);
            }
            Repair::Reload => effects.push(Effect::Reload),
            Repair::Lead => effects.push(Effect::Lead),
            Repair::AllowMicrophone => effects.push(Effect::AskForMicrophone),
            Repair::AllowNotifications => effects.push(Effect::AskForNotifications),
        }
    }

    /// What the library says of the CCP. Whether it changed anything.
    pub(super) fn set_link(&mut self, told: Link, now: Instant, effects: &mut Vec<Effect>) -> bool {
        // Signing in takes longer than the library looks.
        if told == Link::GaveUp && self.link == Link::SigningIn {
            effects.push(Effect::Reconnect);
        }
        self.turn(self.link.after(told), now, effects)
    }

    /// Whether it changed anything.
    pub(super) fn turn(&mut self, link: Link, now: Instant, effects: &mut Vec<Effect>) -> bool {
        let before = std::mem::replace(&mut self.link, link);
        if before == link {
            return false;
        }
        match link {
            Link::Ready => {
                if matches!(before, Link::SigningIn | Link::Finding(_)) {
                    effects.push(Effect::CloseSignIn);
                }
                if let Some(Leaving::Ended(_)) = self.leaving.take() {
                    self.say_still_signed_in();
                }
            }
            Link::Finding(_) => effects.push(Effect::Reconnect),
            Link::SignedOut if self.leaving.is_some() => {
                self.leaving = Some(Leaving::Ended(now));
            }
            // The agent may sign in elsewhere in this browser. After signing out here, a company's
            // single sign-on would sign them in again.
            Link::SignedOut | Link::Expired if !self.holds_audio() => {
                effects.push(Effect::Reconnect);
            }
            _ => {}
        }
        true
    }

    pub(super) fn sign_out(&mut self, now: Instant, effects: &mut Vec<Effect>) {
        if !self.can_work() || self.is_signing_out() {
            return;
        }
        self.notices.withdraw_sign_out();
        if self.queues_states() {
            let on_call = NoticeKind::SignOutFailed(SignOutFailure::OnCall);
            self.notices.show(on_call, None);
            return;
        }
        let choices = self.agent.iter().flat_map(|agent| &agent.choices);
        let offline = choices
            .into_iter()
            .find(|choice| choice.kind == AgentStateType::Offline)
            .cloned();
        match offline.filter(|_| !self.is_offline()) {
            Some(offline) => {
                self.leaving = Some(Leaving::GoingOffline(now));
                self.act(Action::SetState(offline), effects);
            }
            None => self.end_session(now, effects),
        }
    }

    fn is_offline(&self) -> bool {
        let state = self.agent.as_ref().and_then(|agent| agent.state.as_ref());
        state.is_some_and(|state| state.kind == AgentKind::Offline)
    }

    pub(super) fn leave_when_offline(&mut self, now: Instant, effects: &mut Vec<Effect>) {
        if let Some(Leaving::GoingOffline(_)) = self.leaving
            && self.is_offline()
        {
            self.end_session(now, effects);
        }
    }

    fn end_session(&mut self, now: Instant, effects: &mut Vec<Effect>) {
        self.leaving = Some(Leaving::Ending(now));
        effects.push(Effect::SignOut);
    }

    /// Whether `action`, which failed, was the way out.
    pub(super) fn stay(&mut self, action: &Action) -> bool {
        let was_way_out = matches!(action, Action::SetState(_))
            && matches!(self.leaving, Some(Leaving::GoingOffline(_)));
        if was_way_out {
            self.leaving = None;
        }
        was_way_out
    }

    fn say_still_signed_in(&mut self) {
        let failure = NoticeKind::SignOutFailed(SignOutFailure::StillSignedIn);
        self.notices.show(failure, None);
    }

    /// A mirror has a CCP too, but no softphone in it.
    pub(super) fn count_softphones(&mut self, now: Instant) -> bool {
        let count = self.ccps.saturating_sub(self.workstation.mirrors);
        let before = self.softphones;
        self.softphones = match (count > 1, before) {
            (false, _) => Softphones::One,
            (true, Softphones::One) => Softphones::Doubtful(now.after(SECOND_SOFTPHONE_MS)),
            (true, known) => known,
        };
        before != self.softphones
    }

    /// In mid-call the agent must know: the audio lives in the frame.
    pub(super) fn reloaded(&mut self) -> bool {
        let mut calls = self.roster.calls().filter(|call| call.phase.is_live());
        let call = calls
            .next()
            .filter(|_| self.link.is_ready() && self.holds_audio());
        let call = call.map(|call| call.id.clone());
        let is_news = call.is_some();
        if is_news {
            self.notices.show(NoticeKind::SoftphoneReloaded, call);
        }
        is_news
    }

    fn leaving_is_due(&self, now: Instant) -> bool {
        self.leaving.is_some_and(|leaving| {
            let (since, limit) = match leaving {
                Leaving::GoingOffline(since) => (since, OFFLINE_MS),
                Leaving::Ending(since) | Leaving::Ended(since) => (since, DOUBT_MS),
            };
            since.after(limit) <= now
        })
    }

    fn softphones_are_due(&self, now: Instant) -> bool {
        matches!(self.softphones, Softphones::Doubtful(until) if until <= now)
    }

    /// Whether time alone changes something about the session.
    pub(super) fn session_is_due(&self, now: Instant) -> bool {
        self.leaving_is_due(now) || self.softphones_are_due(now) || self.link.is_due(now)
    }

    /// Does what time alone has made due.
    pub(super) fn settle_session(&mut self, now: Instant, effects: &mut Vec<Effect>) {
        if self.softphones_are_due(now) {
            self.softphones = Softphones::Several;
        }
        if self.link.is_due(now) {
            self.link = Link::StillSilent;
        }
        if self.leaving_is_due(now) {
            match self.leaving.take() {
                Some(Leaving::GoingOffline(_)) => self.end_session(now, effects),
                Some(Leaving::Ending(_)) => self.say_still_signed_in(),
                Some(Leaving::Ended(_)) | None => {}
            }
        }
    }
}
