//! What a call is doing, read from the state of its contact.
//!
//! One `match`, one test per row. It knows the phase before, since an error means one thing while
//! it rings and another after a talk, and nothing else of the past. For calls, by
//! `ContactStateType` of the CTI service model:
//!
//! | state | inbound | queued callback | outbound |
//! |---|---|---|---|
//! | `init` | not shown | not shown | not shown |
//! | `incoming` | – | ringing | – |
//! | `pending`, `connecting` | ringing | dialing (accepted by then) | dialing |
//! | `connected` | connected, or on hold by the customer's leg | same | same; still dialing as long as the customer's leg is not up: when Connect says so is not documented |
//! | `ended` | wrap-up | wrap-up | wrap-up |
//! | `missed`, `rejected` | missed | missed; failed once dialled | failed |
//! | `error`, never connected | missed: the real backend says so of voice calls that ring out, are declined or abandoned | missed; failed once dialled | failed |
//! | `error` after `connected` | failed | failed | failed |
//! | `paused`, anything new | unchanged | unchanged | unchanged |

use crate::{
    agent::{AgentKind, AgentState},
    contact::Direction,
    snapshot::{ContactKind, ContactState, LegState},
};

/// What a call is doing. The words of `data-phase` but for `hold`, which is
/// `Connected { on_hold: true }`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallPhase {
    /// Offered; the agent may accept or decline.
    Ringing,
    /// The customer is being called.
    Dialing,
    /// Both sides are on the line.
    Connected {
        /// Whether the customer is on hold.
        on_hold: bool,
    },
    /// Over; the agent wraps up.
    AfterCallWork,
    /// Offered and not taken.
    Missed,
    /// Broken off, or never reached.
    Failed,
}

impl CallPhase {
    /// Whether the call is still to be had.
    pub fn is_live(self) -> bool {
        matches!(self, Self::Ringing | Self::Dialing | Self::Connected { .. })
    }

    /// Whether the agent is in conversation or is calling somebody.
    pub fn is_talking(self) -> bool {
        matches!(self, Self::Dialing | Self::Connected { .. })
    }

    /// The word for scripts and style sheets.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ringing => "ringing",
            Self::Dialing => "dialing",
            Self::Connected { on_hold: false } => "connected",
            Self::Connected { on_hold: true } => "hold",
            Self::AfterCallWork => "wrap-up",
            Self::Missed => "missed",
            Self::Failed => "failed",
        }
    }
}

/// What decides the phase of a contact besides its state.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Circumstances<'a> {
    pub kind: &'a ContactKind,
    pub direction: Direction,
    /// State of the agent's leg, if it can be read.
    pub agent_leg: Option<&'a LegState>,
    /// State of the customer's leg, if it can be read.
    pub customer_leg: Option<&'a LegState>,
    /// Whether both sides have been on the line in this offer.
    pub talked: bool,
    /// The phase so far; `None` for a contact that is new.
    pub before: Option<CallPhase>,
    /// Whether the agent's state, if it can only speak of this call, says that the customer was
    /// called: `LineEngagedCustomer`, `BadAddressCustomer`, ….
    pub was_dialled: bool,
}

impl Circumstances<'_> {
    /// `ContactStateType` to phase; `None` leaves the phase as it is.
    pub(crate) fn phase(self, state: &ContactState) -> Option<CallPhase> {
        let dialled = self.direction == Direction::Outbound
            || self.is_dialled_callback()
            || matches!(self.before, Some(CallPhase::Dialing | CallPhase::Failed));
        Some(match state {
            ContactState::Incoming => CallPhase::Ringing,
            // The agent has accepted; now the customer is called, though Connect says inbound.
            ContactState::Connecting if *self.kind == ContactKind::QueueCallback => {
                CallPhase::Dialing
            }
            ContactState::Pending | ContactState::Connecting => self.on_its_way(),
            ContactState::Connected if dialled && self.is_unanswered() => CallPhase::Dialing,
            ContactState::Connected => self.connected(),
            ContactState::Ended => CallPhase::AfterCallWork,
            ContactState::Error if self.talked => CallPhase::Failed,
            ContactState::Missed | ContactState::Rejected | ContactState::Error if dialled => {
                CallPhase::Failed
            }
            ContactState::Missed | ContactState::Rejected | ContactState::Error => {
                CallPhase::Missed
            }
            ContactState::Init | ContactState::Paused | ContactState::Unknown(_) => return None,
        })
    }

    /// The phase of a call whose state is missing or unknown: by the agent's leg, else by the
    /// agent's own state, if that can only speak of this call. A call that is there is shown,
    /// whatever its snapshot lacks.
    pub(crate) fn inferred(self, agent: Option<&AgentState>) -> Option<CallPhase> {
        if !self.kind.is_call() {
            return None;
        }
        match self.agent_leg {
            Some(LegState::Connecting) => return Some(self.on_its_way()),
            Some(LegState::Connected) if self.customer_leg == Some(&LegState::Connecting) => {
                return Some(CallPhase::Dialing);
            }
            Some(LegState::Connected) => return Some(self.connected()),
            Some(LegState::Disconnected) => {
                let not_reached = agent.is_some_and(|agent| agent.kind == AgentKind::Error);
                return Some(match self.direction {
                    _ if !not_reached => CallPhase::AfterCallWork,
                    Direction::Inbound => CallPhase::Missed,
                    Direction::Outbound => CallPhase::Failed,
                });
            }
            _ => {}
        }
        match agent?.name.as_str() {
            "PendingBusy" | "Pending" => Some(CallPhase::Ringing),
            "CallingCustomer" => Some(CallPhase::Dialing),
            "Busy" => Some(self.connected()),
            "AfterCallWork" => Some(CallPhase::AfterCallWork),
            _ => None,
        }
    }

    /// Whether nothing but the agent's state tells that a callback was accepted. Once it was missed,
    /// that state may be one of another call.
    fn is_dialled_callback(self) -> bool {
        self.was_dialled
            && *self.kind == ContactKind::QueueCallback
            && self.before != Some(CallPhase::Missed)
    }

    /// Whether the customer has not been on the line yet, and is not.
    fn is_unanswered(self) -> bool {
        !self.talked
            && matches!(
                self.customer_leg,
                Some(LegState::Init | LegState::Connecting)
            )
    }

    fn on_its_way(self) -> CallPhase {
        match self.direction {
            Direction::Inbound => CallPhase::Ringing,
            Direction::Outbound => CallPhase::Dialing,
        }
    }

    fn connected(self) -> CallPhase {
        CallPhase::Connected {
            on_hold: match self.customer_leg {
                Some(state) => *state == LegState::Hold,
                // Nothing readable: as it was.
                None => self.before == Some(CallPhase::Connected { on_hold: true }),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{CallPhase::*, *};

    const TALKING: CallPhase = Connected { on_hold: false };
    const HELD: CallPhase = Connected { on_hold: true };

    fn inbound(kind: &ContactKind) -> Circumstances<'_> {
        Circumstances {
            kind,
            direction: Direction::Inbound,
            agent_leg: None,
            customer_leg: None,
            talked: false,
            before: None,
            was_dialled: false,
        }
    }

    #[rstest]
    #[case::init(ContactState::Init, None, None)]
    #[case::incoming(ContactState::Incoming, Some(Ringing), Some(Ringing))]
    #[case::pending(ContactState::Pending, Some(Ringing), Some(Dialing))]
    #[case::connecting(ContactState::Connecting, Some(Ringing), Some(Dialing))]
    #[case::connected(ContactState::Connected, Some(TALKING), Some(TALKING))]
    #[case::ended(ContactState::Ended, Some(AfterCallWork), Some(AfterCallWork))]
    #[case::missed(ContactState::Missed, Some(Missed), Some(Failed))]
    #[case::rejected(ContactState::Rejected, Some(Missed), Some(Failed))]
    #[case::error(ContactState::Error, Some(Missed), Some(Failed))]
    #[case::paused(ContactState::Paused, None, None)]
    #[case::anything_new(ContactState::Unknown("astral".into()), None, None)]
    fn a_voice_contact_that_never_talked(
        #[case] state: ContactState,
        #[case] when_inbound: Option<CallPhase>,
        #[case] when_outbound: Option<CallPhase>,
    ) {
        let outbound = Circumstances {
            direction: Direction::Outbound,
            ..inbound(&ContactKind::Voice)
        };
        assert_eq!(
            (
                inbound(&ContactKind::Voice).phase(&state),
                outbound.phase(&state)
            ),
            (when_inbound, when_outbound)
        );
    }

    #[rstest]
    #[case::offered(ContactState::Incoming, None, Ringing)]
    #[case::accepted(ContactState::Connecting, Some(Ringing), Dialing)]
    #[case::accepted_and_first_seen(ContactState::Connecting, None, Dialing)]
    #[case::not_taken(ContactState::Error, Some(Ringing), Missed)]
    #[case::customer_not_reached(ContactState::Error, Some(Dialing), Failed)]
    #[case::still_not_reached(ContactState::Error, Some(Failed), Failed)]
    fn a_queued_callback(
        #[case] state: ContactState,
        #[case] before: Option<CallPhase>,
        #[case] phase: CallPhase,
    ) {
        let callback = Circumstances {
            before,
            ..inbound(&ContactKind::QueueCallback)
        };
        assert_eq!(callback.phase(&state), Some(phase));
    }

    #[rstest]
    #[case::not_dialled_yet(LegState::Init, false, Dialing)]
    #[case::rings(LegState::Connecting, false, Dialing)]
    #[case::answered(LegState::Connected, false, TALKING)]
    #[case::rung_again_after_a_talk(LegState::Connecting, true, TALKING)]
    fn a_call_that_is_connected_before_the_customer_is(
        #[case] leg: LegState,
        #[case] talked: bool,
        #[case] phase: CallPhase,
    ) {
        let call = Circumstances {
            direction: Direction::Outbound,
            customer_leg: Some(&leg),
            talked,
            ..inbound(&ContactKind::Voice)
        };
        assert_eq!(call.phase(&ContactState::Connected), Some(phase));
    }

    #[rstest]
    #[case(Direction::Inbound)]
    #[case(Direction::Outbound)]
    fn an_error_after_a_talk_is_a_failure_in_either_direction(#[case] direction: Direction) {
        let talked = Circumstances {
            direction,
            talked: true,
            before: Some(TALKING),
            ..inbound(&ContactKind::Voice)
        };
        assert_eq!(talked.phase(&ContactState::Error), Some(Failed));
    }

    #[rstest]
    #[case::told(Some(LegState::Hold), TALKING, HELD)]
    #[case::resumed(Some(LegState::Connected), HELD, TALKING)]
    #[case::unreadable_keeps_the_hold(None, HELD, HELD)]
    #[case::unreadable_keeps_the_talk(None, TALKING, TALKING)]
    fn hold_is_read_from_the_customers_leg(
        #[case] leg: Option<LegState>,
        #[case] before: CallPhase,
        #[case] phase: CallPhase,
    ) {
        let call = Circumstances {
            customer_leg: leg.as_ref(),
            before: Some(before),
            ..inbound(&ContactKind::Voice)
        };
        assert_eq!(call.phase(&ContactState::Connected), Some(phase));
    }

    #[rstest]
    #[case::rings(Some(LegState::Connecting), "Busy", Some(Ringing))]
    #[case::talks(Some(LegState::Connected), "PendingBusy", Some(HELD))]
    #[case::over(Some(LegState::Disconnected), "Busy", Some(AfterCallWork))]
    #[case::not_taken(Some(LegState::Disconnected), "MissedCallAgent", Some(Missed))]
    #[case::agent_is_rung(None, "PendingBusy", Some(Ringing))]
    #[case::agent_is_offered_a_callback(None, "Pending", Some(Ringing))]
    #[case::agent_calls(None, "CallingCustomer", Some(Dialing))]
    #[case::agent_talks(None, "Busy", Some(HELD))]
    #[case::agent_wraps_up(None, "AfterCallWork", Some(AfterCallWork))]
    #[case::nobody_knows(None, "Available", None)]
    fn a_call_without_a_state_is_read_from_its_leg_or_else_from_the_agent(
        #[case] agent_leg: Option<LegState>,
        #[case] agent: &str,
        #[case] phase: Option<CallPhase>,
    ) {
        let agent = AgentState {
            name: agent.into(),
            kind: if agent == "MissedCallAgent" {
                AgentKind::Error
            } else {
                AgentKind::System
            },
            since: None,
        };
        let call = Circumstances {
            agent_leg: agent_leg.as_ref(),
            customer_leg: Some(&LegState::Hold),
            ..inbound(&ContactKind::Voice)
        };
        assert_eq!(call.inferred(Some(&agent)), phase);
    }
}
