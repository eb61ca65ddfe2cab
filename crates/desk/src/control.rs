//! Which button may be pressed, and what pressing it asks of Connect.
//!
//! One function answers both, so that a button that is enabled always does something, and one
//! that would be refused is not offered.

use contract::ContactId;

use crate::{
    action::{Action, Digits},
    contact::Contact,
    phase::CallPhase,
    snapshot::{LegRole, LegSnapshot, LegState},
};

/// A button that concerns one contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Control {
    /// Take the call.
    Accept,
    /// Refuse the call.
    Decline,
    /// End the agent's part in the call, or stop dialling.
    HangUp,
    /// Put the customer on hold.
    Hold,
    /// Take the customer off hold.
    Resume,
    /// Finish the wrap-up, or dismiss a missed or failed contact.
    Complete,
}

impl Contact {
    /// What `control` asks of Connect now; `None` when it is not legal in this phase.
    pub(crate) fn action(&self, control: Control) -> Option<Action> {
        let id = || self.id.clone();
        let agent = || {
            self.active_leg(LegRole::Agent)
                .map(|leg| Action::HangUp(id(), leg.id.clone()))
        };
        let customer = || self.active_leg(LegRole::Customer);
        match (control, self.phase) {
            (Control::Accept, CallPhase::Ringing) => Some(Action::Accept(id())),
            (Control::Decline, CallPhase::Ringing) => Some(Action::Decline(id())),
            (Control::HangUp, CallPhase::Dialing | CallPhase::Connected { .. }) => agent(),
            (Control::Hold, CallPhase::Connected { on_hold: false }) => {
                customer().map(|leg| Action::Hold(id(), leg.id.clone()))
            }
            (Control::Resume, CallPhase::Connected { on_hold: true }) => {
                customer().map(|leg| Action::Resume(id(), leg.id.clone()))
            }
            (
                Control::Complete,
                CallPhase::AfterCallWork | CallPhase::Missed | CallPhase::Failed,
            ) => Some(Action::Clear(id())),
            (
                Control::Accept
                | Control::Decline
                | Control::HangUp
                | Control::Hold
                | Control::Resume
                | Control::Complete,
                _,
            ) => None,
        }
    }

    /// The request that sends tones to the customer's leg; `None` when nobody would hear them.
    pub(crate) fn tones(&self, digits: Digits) -> Option<Action> {
        let leg = self.listening_leg()?;
        Some(Action::SendDigits(self.id.clone(), leg.id.clone(), digits))
    }

    /// Whether tones reach the customer's leg.
    pub(crate) fn takes_tones(&self) -> bool {
        self.listening_leg().is_some()
    }

    fn listening_leg(&self) -> Option<&LegSnapshot> {
        self.leg(LegRole::Customer).filter(|leg| {
            self.phase == CallPhase::Connected { on_hold: false }
                && leg.state == Some(LegState::Connected)
        })
    }
}

impl Control {
    /// The button that asks for `action`, and whose contact it concerns.
    pub(crate) fn that_asks(action: &Action) -> Option<(Self, &ContactId)> {
        match action {
            Action::Accept(id) => Some((Self::Accept, id)),
            Action::Decline(id) => Some((Self::Decline, id)),
            Action::HangUp(id, _) => Some((Self::HangUp, id)),
            Action::Hold(id, _) => Some((Self::Hold, id)),
            Action::Resume(id, _) => Some((Self::Resume, id)),
            Action::Clear(id) => Some((Self::Complete, id)),
            Action::SendDigits(..)
            | Action::Mute
            | Action::Unmute
            | Action::SetState(_)
            | Action::QueueState(_)
            | Action::Dial(_) => None,
        }
    }

    /// Whether a request that is under way makes pressing this pointless. Hanging up waits for
    /// nothing but itself: it is the button that must work when others hang.
    pub(crate) fn waits_for(self, under_way: &Action) -> bool {
        match self {
            Self::Accept | Self::Decline => {
                matches!(under_way, Action::Accept(_) | Action::Decline(_))
            }
            Self::HangUp => matches!(under_way, Action::HangUp(..)),
            Self::Hold | Self::Resume => matches!(
                under_way,
                Action::Hold(..) | Action::Resume(..) | Action::HangUp(..)
            ),
            Self::Complete => matches!(under_way, Action::Clear(_)),
        }
    }
}
