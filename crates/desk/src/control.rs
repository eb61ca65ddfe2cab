//! Which button may be pressed, and what pressing it asks of Connect.
//!
//! One function answers both, so that a button that is enabled always does something, and one
//! that would be refused is not offered.

use contract::ContactId;

use crate::{
    action::{Action, Digits},
    contact::Contact,
    party::{Conversation, PartyState},
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
    /// End the call, or stop dialling. Where the customer and a third party would stay on the line,
    /// that is [`Control::Leave`].
    HangUp,
    /// Put the customer on hold.
    Hold,
    /// Take the customer off hold.
    Resume,
    /// Put whoever is on hold through, and the other on hold.
    Swap,
    /// Put everybody through.
    Conference,
    /// Leave the customer with the third party.
    Leave,
    /// Drop the third party.
    Drop,
    /// Finish the wrap-up, or dismiss a missed or failed contact.
    Complete,
}

impl Contact {
    /// What `control` asks of Connect now; `None` when it is not legal in this phase.
    pub(crate) fn action(&self, control: Control) -> Option<Action> {
        let id = || self.id.clone();
        let agent = || self.active_leg(LegRole::Agent).map(|leg| leg.id.clone());
        let hang_up = |leg| Action::HangUp(id(), leg);
        let customer = || {
            self.active_leg(LegRole::Customer)
                .filter(|_| self.kind.is_call())
        };
        let party = self.party().filter(|party| party.state.is_active());
        let state = party.map(|party| party.state);
        match (control, self.phase) {
            (Control::Accept, CallPhase::Ringing) => Some(Action::Accept(id())),
            (Control::Decline, CallPhase::Ringing) => Some(Action::Decline(id())),
            (Control::HangUp, CallPhase::Dialing) => agent().map(hang_up),
            // The customer would stay with somebody who may not even answer.
            (Control::HangUp, CallPhase::Connected { .. })
                if party.is_none() || customer().is_none() =>
            {
                agent().map(hang_up)
            }
            (Control::Hold, CallPhase::Connected { on_hold: false })
                if state != Some(PartyState::Ringing) =>
            {
                customer().map(|leg| Action::Hold(id(), leg.id.clone()))
            }
            // While the third party speaks, it is a swap or a conference.
            (Control::Resume, CallPhase::Connected { on_hold: true })
                if matches!(state, None | Some(PartyState::OnHold)) =>
            {
                customer().map(|leg| Action::Resume(id(), leg.id.clone()))
            }
            (Control::Swap, CallPhase::Connected { .. }) => matches!(
                self.conversation(),
                Some(Conversation::Consulting | Conversation::Swapped)
            )
            .then(|| Action::Swap(id())),
            (Control::Conference, CallPhase::Connected { .. }) => matches!(
                self.conversation(),
                Some(Conversation::Consulting | Conversation::Swapped | Conversation::AllOnHold)
            )
            .then(|| Action::Conference(id())),
            (Control::Leave, CallPhase::Connected { .. })
                if state.is_some_and(PartyState::is_up) && customer().is_some() =>
            {
                agent().map(|leg| Action::Leave(id(), leg))
            }
            (Control::Drop, CallPhase::Connected { .. }) => {
                party.map(|party| Action::Drop(id(), party.leg.clone()))
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
                | Control::Swap
                | Control::Conference
                | Control::Leave
                | Control::Drop
                | Control::Complete,
                _,
            ) => None,
        }
    }

    /// The request that sends tones to whoever hears the agent, the customer first; `None` when
    /// nobody would hear them.
    pub(crate) fn tones(&self, digits: Digits) -> Option<Action> {
        let leg = self.listening_leg()?;
        Some(Action::SendDigits(self.id.clone(), leg.id.clone(), digits))
    }

    /// Whether tones reach anybody.
    pub(crate) fn takes_tones(&self) -> bool {
        self.listening_leg().is_some()
    }

    fn listening_leg(&self) -> Option<&LegSnapshot> {
        let is_up = matches!(self.phase, CallPhase::Connected { .. }) && self.kind.is_call();
        let hears = |role: LegRole| {
            self.legs
                .iter()
                .find(|leg| leg.role == role && leg.state == Some(LegState::Connected))
        };
        hears(LegRole::Customer)
            .or_else(|| hears(LegRole::ThirdParty))
            .filter(|_| is_up)
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
            Action::Swap(id) => Some((Self::Swap, id)),
            Action::Conference(id) => Some((Self::Conference, id)),
            Action::Leave(id, _) => Some((Self::Leave, id)),
            Action::Drop(id, _) => Some((Self::Drop, id)),
            Action::Clear(id) => Some((Self::Complete, id)),
            Action::SendDigits(..)
            | Action::CallIn(..)
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
            Self::HangUp => matches!(under_way, Action::HangUp(..) | Action::Leave(..)),
            Self::Leave | Self::Drop => matches!(
                under_way,
                Action::Leave(..) | Action::Drop(..) | Action::HangUp(..)
            ),
            Self::Hold | Self::Resume | Self::Swap | Self::Conference => {
                moves_somebody(under_way) || matches!(under_way, Action::HangUp(..))
            }
            Self::Complete => matches!(under_way, Action::Clear(_)),
        }
    }
}

/// Whether a request changes who hears whom.
pub(crate) fn moves_somebody(under_way: &Action) -> bool {
    matches!(
        under_way,
        Action::Hold(..)
            | Action::Resume(..)
            | Action::CallIn(..)
            | Action::Swap(_)
            | Action::Conference(_)
            | Action::Leave(..)
            | Action::Drop(..)
    )
}
