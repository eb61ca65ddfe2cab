//! What went wrong, as a fact for the agent. The sentence is chosen elsewhere, by language.

use contract::ContactId;

use crate::{
    action::{Action, ActionError},
    contact::Contact,
    outcome::CallOutcome,
    phase::CallPhase,
};

/// Something the agent should know and can act upon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Tells notices apart; counts up.
    pub id: u64,
    /// What happened.
    pub kind: NoticeKind,
    /// The contact it concerns; the notice leaves with it.
    pub contact: Option<ContactId>,
}

/// What a notice says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoticeKind {
    /// Connect did not do what was asked.
    ActionFailed(Request, ActionError),
    /// The desk did not ask Connect to dial, and why.
    DialRefused(DialRefusal),
    /// The number that was dialled could not be reached, and how that went.
    NotReached(CallOutcome),
    /// Connect reported trouble with the softphone's audio.
    SoftphoneFailed(SoftphoneError),
    /// The frame that the audio lives in was loaded anew in mid-call.
    SoftphoneReloaded,
    /// The session goes on, and why.
    SignOutFailed(SignOutFailure),
    /// The next call would have been missed, so the desk has changed the agent's state.
    WentNotReady,
}

/// Why the agent is not signed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignOutFailure {
    /// There is a call, or one to be finished.
    OnCall,
    /// The state could not be set to an offline one: calls would go on being offered.
    StillAvailable,
    /// Connect was asked, and the session goes on.
    StillSignedIn,
}

/// What was asked, without whom it concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Request {
    /// To take the call.
    Accept,
    /// To decline the call.
    Decline,
    /// To end the call.
    HangUp,
    /// To put the customer on hold.
    Hold,
    /// To take the customer off hold.
    Resume,
    /// To call a third party in.
    CallIn,
    /// To swap the customer and the third party.
    Swap,
    /// To put everybody through.
    Conference,
    /// To leave the customer with the third party.
    Leave,
    /// To drop the third party.
    Drop,
    /// To send tones.
    SendDigits,
    /// To finish the contact.
    Clear,
    /// To close or open the microphone.
    Mute,
    /// To change the agent's state.
    SetState,
    /// To call a number.
    Dial,
}

impl Request {
    /// Whether it is news, for a contact in `phase`, that this was not done: the contact has
    /// not moved on.
    pub(crate) fn matters_in(self, phase: CallPhase) -> bool {
        match self {
            Self::Accept | Self::Decline => phase == CallPhase::Ringing,
            Self::HangUp
            | Self::Hold
            | Self::Resume
            | Self::SendDigits
            | Self::CallIn
            | Self::Swap
            | Self::Conference
            | Self::Leave
            | Self::Drop => phase.is_live(),
            Self::Clear | Self::Mute | Self::SetState | Self::Dial => true,
        }
    }
}

impl From<&Action> for Request {
    fn from(action: &Action) -> Self {
        match action {
            Action::Accept(_) => Self::Accept,
            Action::Decline(_) => Self::Decline,
            Action::HangUp(..) => Self::HangUp,
            Action::Hold(..) => Self::Hold,
            Action::Resume(..) => Self::Resume,
            Action::SendDigits(..) => Self::SendDigits,
            Action::CallIn(..) => Self::CallIn,
            Action::Swap(_) => Self::Swap,
            Action::Conference(_) => Self::Conference,
            Action::Leave(..) => Self::Leave,
            Action::Drop(..) => Self::Drop,
            Action::Clear(_) => Self::Clear,
            Action::Mute | Action::Unmute => Self::Mute,
            Action::SetState(_) | Action::QueueState(_) => Self::SetState,
            Action::Dial(_) => Self::Dial,
        }
    }
}

/// Why the desk does not dial now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DialRefusal {
    /// Another page of this browser leads.
    ReadOnly,
    /// The CCP is not there yet, or nobody is signed in.
    NotReady,
    /// The agent is offline.
    Offline,
    /// There is a call, or one to be finished.
    OnCall,
    /// A number is being dialled already.
    Dialing,
}

/// What Connect reported of the softphone, as far as an agent can do something about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SoftphoneError {
    /// The browser does not let the softphone use the microphone.
    Microphone,
    /// The network lost the audio, or never let it through.
    Connection,
    /// Anything else.
    Other,
}

/// More notices than an agent reads.
const MOST_NOTICES: usize = 5;

/// The notices on screen, oldest first, at most five.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Notices {
    shown: Vec<Notice>,
    last_id: u64,
}

impl Notices {
    pub(crate) fn all(&self) -> &[Notice] {
        &self.shown
    }

    /// Shows a notice, in place of an equal one.
    pub(crate) fn show(&mut self, kind: NoticeKind, contact: Option<ContactId>) {
        self.shown
            .retain(|shown| shown.kind != kind || shown.contact != contact);
        if self.shown.len() == MOST_NOTICES {
            self.shown.remove(0);
        }
        self.last_id += 1;
        self.shown.push(Notice {
            id: self.last_id,
            kind,
            contact,
        });
    }

    pub(crate) fn dismiss(&mut self, id: u64) {
        self.shown.retain(|shown| shown.id != id);
    }

    /// Drops what concerned a request that is made again.
    pub(crate) fn withdraw(&mut self, request: Request) {
        self.shown.retain(|shown| match &shown.kind {
            NoticeKind::ActionFailed(failed, _) => *failed != request,
            NoticeKind::DialRefused(_) | NoticeKind::NotReached(_) => request != Request::Dial,
            NoticeKind::SoftphoneFailed(_)
            | NoticeKind::SoftphoneReloaded
            | NoticeKind::WentNotReady
            | NoticeKind::SignOutFailed(_) => true,
        });
    }

    /// Drops that Connect did not say whether it dials: a call shows that it does.
    pub(crate) fn withdraw_silence(&mut self) {
        let silence = NoticeKind::ActionFailed(Request::Dial, ActionError::TimedOut);
        self.shown.retain(|shown| shown.kind != silence);
    }

    /// Drops why the agent was not signed out: it is tried again.
    pub(crate) fn withdraw_sign_out(&mut self) {
        self.shown
            .retain(|shown| !matches!(shown.kind, NoticeKind::SignOutFailed(_)));
    }

    /// Drops what the softphone reported, of one kind or of all.
    pub(crate) fn withdraw_softphone(&mut self, kind: Option<SoftphoneError>) {
        self.shown.retain(|shown| match shown.kind {
            NoticeKind::SoftphoneFailed(error) => kind.is_some_and(|kind| kind != error),
            _ => true,
        });
    }

    /// Drops that the agent was made not ready: they are available again.
    pub(crate) fn withdraw_not_ready(&mut self) {
        self.shown
            .retain(|shown| shown.kind != NoticeKind::WentNotReady);
    }

    /// Drops what is no news any more, because its contact has moved on or has left.
    pub(crate) fn settle(&mut self, contacts: &[Contact]) {
        self.shown.retain(|shown| {
            let Some(id) = &shown.contact else {
                return true;
            };
            contacts
                .iter()
                .find(|contact| contact.id == *id)
                .is_some_and(|contact| match &shown.kind {
                    NoticeKind::ActionFailed(request, _) => request.matters_in(contact.phase),
                    NoticeKind::DialRefused(_)
                    | NoticeKind::NotReached(_)
                    | NoticeKind::SoftphoneFailed(_)
                    | NoticeKind::SoftphoneReloaded
                    | NoticeKind::WentNotReady
                    | NoticeKind::SignOutFailed(_) => true,
                })
        });
    }

    /// Drops what concerned the earlier offer of a contact that is offered anew.
    pub(crate) fn offered_anew(&mut self, contact: &ContactId) {
        self.shown
            .retain(|shown| shown.contact.as_ref() != Some(contact));
    }
}
