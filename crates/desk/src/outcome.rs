//! How an offer ended, from what the last snapshots and the agent's own presses tell.
//!
//! Connect gives no reason. For voice it reports one and the same `error` for calls that ring
//! out, are declined, are abandoned or cannot be dialled; the legs, the name of the agent's
//! state and what was pressed here tell them apart.

use crate::{phase::CallPhase, snapshot::ContactState};

/// How an offer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallOutcome {
    /// Both sides were on the line.
    Answered,
    /// It rang out.
    Missed,
    /// The agent declined.
    Declined,
    /// The caller hung up while it rang.
    Abandoned,
    /// The dialled line was engaged.
    Busy,
    /// The dialled line rang out; Connect reports a line that refused in the same way.
    NoAnswer,
    /// The dialled number does not exist.
    BadNumber,
    /// The agent hung up while it was being dialled.
    Cancelled,
    /// The far end declined: Connect's own word for it (`rejected`) instead of an error.
    Refused,
    /// Broken off by a fault, or ended without a word why.
    Failed,
    /// Connect did not dial, and said so.
    NotPlaced,
    /// Connect was asked to dial, and no call came to be seen: it may have dialled.
    Unconfirmed,
}

impl CallOutcome {
    /// The word in a spreadsheet; the same in every language, so that sheets of a whole team
    /// can be counted.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Missed => "missed",
            Self::Declined => "declined",
            Self::Abandoned => "abandoned",
            Self::Busy => "busy",
            Self::NoAnswer => "no-answer",
            Self::BadNumber => "bad-number",
            Self::Cancelled => "cancelled",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::NotPlaced => "not-placed",
            Self::Unconfirmed => "unconfirmed",
        }
    }

    /// The outcome when a later snapshot tells `told`. The first word stands, but one that was
    /// only a lack of reasons gives way: the snapshot that showed the end may have come before
    /// the agent's state, or without it.
    pub(crate) fn corrected_by(self, told: Self) -> Self {
        match (self, told) {
            (Self::Failed, Self::Busy | Self::BadNumber | Self::NoAnswer)
            | (Self::Missed, Self::Declined | Self::Abandoned)
            // An error after the end of a talk.
            | (Self::Answered, Self::Failed) => told,
            (known, _) => known,
        }
    }
}

/// What was pressed on this desk that explains how a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Asked {
    /// Decline was pressed while it rang.
    pub declined: bool,
    /// Hang up was pressed while it was being dialled.
    pub cancelled: bool,
}

/// All that is known when an offer ends.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ending<'a> {
    pub phase: CallPhase,
    /// The last state told.
    pub state: Option<&'a ContactState>,
    /// Whether both sides have been on the line.
    pub talked: bool,
    pub asked: Asked,
    /// Whether the customer's leg is gone.
    pub customer_left: bool,
    /// Name of the agent's state, or nothing if it does not speak of this call.
    pub agent: &'a str,
}

impl Ending<'_> {
    pub(crate) fn outcome(self) -> CallOutcome {
        match self.phase {
            _ if self.talked => match self.state {
                Some(ContactState::Error) => CallOutcome::Failed,
                _ => CallOutcome::Answered,
            },
            CallPhase::AfterCallWork if self.asked.cancelled => CallOutcome::Cancelled,
            CallPhase::AfterCallWork if self.asked.declined => CallOutcome::Declined,
            // No state told of the talk, but there is one, or something to wrap up after it.
            CallPhase::Connected { .. } | CallPhase::AfterCallWork => CallOutcome::Answered,
            CallPhase::Dialing | CallPhase::Failed => self.of_a_dialled_call(),
            CallPhase::Ringing | CallPhase::Missed => self.of_an_offered_call(),
        }
    }

    fn of_a_dialled_call(self) -> CallOutcome {
        match (self.agent, self.state) {
            _ if self.asked.cancelled => CallOutcome::Cancelled,
            ("LineEngagedCustomer", _) => CallOutcome::Busy,
            ("BadAddressCustomer", _) => CallOutcome::BadNumber,
            (_, Some(ContactState::Rejected)) => CallOutcome::Refused,
            ("FailedConnectCustomer" | "MissedCallCustomer", _)
            | (_, Some(ContactState::Missed)) => CallOutcome::NoAnswer,
            _ => CallOutcome::Failed,
        }
    }

    fn of_an_offered_call(self) -> CallOutcome {
        if self.asked.declined || self.state == Some(&ContactState::Rejected) {
            CallOutcome::Declined
        } else if self.customer_left {
            // Before the agent's state: what that is called after an abandoned call is nowhere
            // documented, and a declined caller is still there, back in the queue.
            CallOutcome::Abandoned
        } else if self.agent == "FailedConnectAgent" {
            CallOutcome::Declined
        } else {
            CallOutcome::Missed
        }
    }
}
