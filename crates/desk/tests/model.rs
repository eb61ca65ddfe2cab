//! A small Amazon Connect: one agent, three lines on which calls come, go and come again, a
//! clock. It is the truth that the desk is measured against, and knows nothing of it.

use std::collections::BTreeMap;

use desk::{CallOutcome, CallPhase, ContactSnapshot, ContactState, LegState, Snapshot};

use crate::support::{ContactBuilder, agent_state, at_millis, contact, snapshot};

/// What happens to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Happening {
    Rings,
    CallbackIsOffered,
    IsDialled,
    IsAccepted,
    IsAnswered,
    IsHeld,
    IsResumed,
    CallsIn,
    ThirdAnswers,
    ThirdGoes,
    Swaps,
    Joins,
    IsLeft,
    Ends,
    Breaks,
    RingsOut,
    RingsOutAsMissed,
    IsDeclined,
    IsDeclinedAsRejected,
    IsAbandoned,
    IsBusy,
    IsNotAnswered,
    IsBadNumber,
    IsCleared,
}

use Happening as H;

/// Where a call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Nowhere,
    Ringing,
    Offered,
    Dialing,
    Talking,
    Held,
    Calling,
    Consulting,
    Swapped,
    Conference,
    WrapUp,
    Dead,
}

impl Stage {
    fn legal(self) -> &'static [Happening] {
        match self {
            Self::Nowhere => &[H::Rings, H::Rings, H::CallbackIsOffered, H::IsDialled],
            Self::Ringing => &[
                H::IsAnswered,
                H::IsAnswered,
                H::RingsOut,
                H::RingsOutAsMissed,
                H::IsDeclined,
                H::IsDeclinedAsRejected,
                H::IsAbandoned,
            ],
            Self::Offered => &[H::IsAccepted, H::IsAccepted, H::RingsOut],
            Self::Dialing => &[H::IsAnswered, H::IsBusy, H::IsNotAnswered, H::IsBadNumber],
            Self::Talking => &[H::IsHeld, H::CallsIn, H::Ends, H::Ends, H::Breaks],
            Self::Held => &[H::IsResumed, H::CallsIn, H::IsResumed, H::Ends],
            Self::Calling => &[H::ThirdAnswers, H::ThirdAnswers, H::ThirdGoes],
            Self::Consulting => &[H::Swaps, H::Joins, H::ThirdGoes, H::Ends, H::IsLeft],
            Self::Swapped => &[H::Swaps, H::Joins, H::ThirdGoes, H::IsLeft],
            Self::Conference => &[H::ThirdGoes, H::Ends, H::IsLeft],
            Self::WrapUp | Self::Dead => &[H::IsCleared],
        }
    }
}

/// One offer, as it truly was.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Offer {
    pub(crate) contact: String,
    pub(crate) connecting: i64,
    pub(crate) connected: Option<i64>,
    pub(crate) ended: Option<i64>,
    pub(crate) cleared: Option<i64>,
    pub(crate) holds: Vec<(i64, Option<i64>)>,
    pub(crate) outcome: Option<CallOutcome>,
    pub(crate) transferred: bool,
}

#[derive(Debug, Clone)]
struct Line {
    stage: Stage,
    /// Counts the contacts of this line.
    contact: u32,
    /// How the last contact had come, if it went back to its queue: it keeps its id.
    comes_back: Option<Happening>,
    told: Option<ContactBuilder>,
    /// Index of the offer that goes on.
    offer: usize,
}

/// The truth.
#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) millis: i64,
    lines: [Line; 3],
    pub(crate) offers: Vec<Offer>,
    agent: (String, i64),
}

impl Default for World {
    fn default() -> Self {
        let line = Line {
            stage: Stage::Nowhere,
            contact: 0,
            comes_back: None,
            told: None,
            offer: 0,
        };
        Self {
            millis: 0,
            lines: [line.clone(), line.clone(), line],
            offers: Vec::new(),
            agent: ("Available".into(), 0),
        }
    }
}

impl World {
    /// The `pick`th thing that may happen on a line now.
    pub(crate) fn possible(&self, line: usize, pick: usize) -> Happening {
        let legal = self.lines[line].stage.legal();
        legal[pick % legal.len()]
    }

    /// Whether something may happen on a line now.
    pub(crate) fn allows(&self, line: usize, what: Happening) -> bool {
        self.lines[line].stage.legal().contains(&what)
    }

    /// The id that the contact of a line has, or will have.
    pub(crate) fn contact_id(&self, line: usize) -> String {
        format!("{}{}", ["a", "b", "c"][line], self.lines[line].contact)
    }

    /// Lets something happen on a line, `after` milliseconds.
    pub(crate) fn happen(&mut self, line: usize, what: Happening, after: i64) {
        self.millis += after;
        let state = &mut self.lines[line];
        if state.stage == Stage::Nowhere && state.comes_back != Some(what) {
            state.contact += 1;
        }
        let (millis, now, id) = (self.millis, at_millis(self.millis), self.contact_id(line));
        let state = &mut self.lines[line];
        let fresh = || contact(&id).from(["+819012345678", "+819087654321", "+81312345678"][line]);
        let told = |line: &Line| line.told.clone().unwrap();
        let (next, builder, outcome) = match what {
            H::Rings => (Stage::Ringing, Some(fresh().ringing(now)), None),
            H::CallbackIsOffered => (Stage::Offered, Some(fresh().callback().incoming(now)), None),
            H::IsDialled => (Stage::Dialing, Some(fresh().outbound().dialing(now)), None),
            H::IsAccepted => (Stage::Dialing, Some(told(state).dialing(now)), None),
            H::IsAnswered => (Stage::Talking, Some(told(state).connected(now)), None),
            H::IsHeld => {
                let held = told(state).customer_is(LegState::Hold, now);
                (Stage::Held, Some(held), None)
            }
            H::IsResumed => {
                let resumed = told(state).customer_is(LegState::Connected, now);
                (Stage::Talking, Some(resumed), None)
            }
            H::CallsIn => {
                let mut held = told(state).third_is(LegState::Connecting, now);
                if state.stage == Stage::Talking {
                    held = held.customer_is(LegState::Hold, now);
                }
                (Stage::Calling, Some(held), None)
            }
            H::ThirdAnswers => {
                let answered = told(state).third_is(LegState::Connected, now);
                (Stage::Consulting, Some(answered), None)
            }
            H::ThirdGoes => {
                let next = match state.stage {
                    Stage::Calling | Stage::Consulting => Stage::Held,
                    _ => Stage::Talking,
                };
                let gone = told(state).third_is(LegState::Disconnected, now);
                (next, Some(gone), None)
            }
            H::Swaps => {
                let (next, customer, third) = match state.stage {
                    Stage::Swapped => (Stage::Consulting, LegState::Hold, LegState::Connected),
                    _ => (Stage::Swapped, LegState::Connected, LegState::Hold),
                };
                let swapped = told(state).customer_is(customer, now).third_is(third, now);
                (next, Some(swapped), None)
            }
            H::Joins => {
                let mut joined = told(state).third_is(LegState::Connected, now);
                if state.stage == Stage::Consulting {
                    joined = joined.customer_is(LegState::Connected, now);
                }
                (Stage::Conference, Some(joined), None)
            }
            H::IsLeft => {
                let left = told(state)
                    .over(ContactState::Ended, now)
                    .third_is(LegState::Connected, now);
                (Stage::WrapUp, Some(left), Some(CallOutcome::Answered))
            }
            H::Ends => {
                let mut ended = told(state).ended(now);
                if matches!(state.stage, Stage::Consulting | Stage::Conference) {
                    ended = ended.third_is(LegState::Disconnected, now);
                }
                (Stage::WrapUp, Some(ended), Some(CallOutcome::Answered))
            }
            H::RingsOut => dead(told(state).missed(now), CallOutcome::Missed),
            H::RingsOutAsMissed => dead(
                told(state).over(ContactState::Missed, now),
                CallOutcome::Missed,
            ),
            H::IsDeclined => dead(told(state).missed(now), CallOutcome::Declined),
            H::IsDeclinedAsRejected => dead(
                told(state).over(ContactState::Rejected, now),
                CallOutcome::Declined,
            ),
            H::IsAbandoned => dead(told(state).failed(now), CallOutcome::Abandoned),
            H::Breaks => dead(told(state).failed(now), CallOutcome::Failed),
            H::IsBusy => dead(told(state).failed(now), CallOutcome::Busy),
            H::IsNotAnswered => dead(told(state).failed(now), CallOutcome::NoAnswer),
            H::IsBadNumber => dead(told(state).failed(now), CallOutcome::BadNumber),
            H::IsCleared => (Stage::Nowhere, None, None),
        };
        state.stage = next;
        state.told = builder;
        self.note(line, what, &id, millis, outcome);
        self.move_agent(what);
    }

    fn note(
        &mut self,
        line: usize,
        what: Happening,
        id: &str,
        millis: i64,
        outcome: Option<CallOutcome>,
    ) {
        if matches!(what, H::Rings | H::CallbackIsOffered | H::IsDialled) {
            self.lines[line].comes_back = Some(what);
            self.lines[line].offer = self.offers.len();
            self.offers.push(Offer {
                contact: id.into(),
                connecting: millis,
                connected: None,
                ended: None,
                cleared: None,
                holds: Vec::new(),
                outcome: None,
                transferred: false,
            });
            return;
        }
        let offer = &mut self.offers[self.lines[line].offer];
        match what {
            H::IsAnswered => offer.connected = Some(millis),
            H::IsCleared => {
                offer.cleared = Some(millis);
                let goes_back = matches!(
                    offer.outcome,
                    Some(CallOutcome::Missed | CallOutcome::Declined)
                );
                if !goes_back {
                    self.lines[line].comes_back = None;
                }
                return;
            }
            _ => {}
        }
        offer.transferred |= what == H::IsLeft;
        let on_hold = matches!(
            self.lines[line].stage,
            Stage::Held | Stage::Calling | Stage::Consulting
        );
        match offer.holds.last_mut().filter(|hold| hold.1.is_none()) {
            Some(hold) if !on_hold => hold.1 = Some(millis),
            None if on_hold => offer.holds.push((millis, None)),
            Some(_) | None => {}
        }
        if outcome.is_some() {
            offer.ended = Some(millis);
            offer.outcome = outcome;
        }
    }

    fn move_agent(&mut self, what: Happening) {
        let rank = |line: &Line| match line.stage {
            Stage::Talking
            | Stage::Held
            | Stage::Calling
            | Stage::Consulting
            | Stage::Swapped
            | Stage::Conference => 5,
            Stage::Dialing => 4,
            Stage::Ringing | Stage::Offered => 3,
            Stage::WrapUp => 2,
            Stage::Dead => 1,
            Stage::Nowhere => 0,
        };
        let first = self.lines.iter().max_by_key(|line| rank(line));
        let name = match first.map_or(Stage::Nowhere, |line| line.stage) {
            Stage::Talking
            | Stage::Held
            | Stage::Calling
            | Stage::Consulting
            | Stage::Swapped
            | Stage::Conference => "Busy",
            Stage::Dialing => "CallingCustomer",
            Stage::Ringing => "PendingBusy",
            Stage::Offered => "Pending",
            Stage::WrapUp => "AfterCallWork",
            Stage::Nowhere => "Available",
            Stage::Dead => match what {
                H::IsDeclined => "FailedConnectAgent",
                H::IsBusy => "LineEngagedCustomer",
                H::IsNotAnswered => "FailedConnectCustomer",
                H::IsBadNumber => "BadAddressCustomer",
                H::Breaks => "Error",
                H::RingsOut | H::RingsOutAsMissed | H::IsAbandoned | H::IsDeclinedAsRejected => {
                    "MissedCallAgent"
                }
                _ => return,
            },
        };
        if self.agent.0 != name {
            self.agent = (name.into(), self.millis);
        }
    }

    /// The snapshot that Connect makes now.
    pub(crate) fn snapshot(&self) -> Snapshot {
        let told = self.lines.iter().filter_map(|line| line.told.clone());
        let mut snapshot = snapshot(at_millis(self.millis), &self.agent.0, told);
        snapshot.agent.state = Some(agent_state(&self.agent.0, at_millis(self.agent.1)));
        snapshot
    }

    /// What each contact is doing, by the place where it truly is.
    pub(crate) fn phases(&self) -> BTreeMap<String, CallPhase> {
        let lines = self.lines.iter().enumerate();
        lines
            .filter_map(|(line, state)| {
                let offer = self.offers.get(state.offer);
                let dialled = state.told.clone().is_some_and(|told| {
                    ContactSnapshot::from(told).initiation.as_deref() == Some("outbound")
                });
                let phase = match state.stage {
                    Stage::Nowhere => return None,
                    Stage::Ringing | Stage::Offered => CallPhase::Ringing,
                    Stage::Dialing => CallPhase::Dialing,
                    Stage::Talking | Stage::Swapped | Stage::Conference => {
                        CallPhase::Connected { on_hold: false }
                    }
                    Stage::Held | Stage::Calling | Stage::Consulting => {
                        CallPhase::Connected { on_hold: true }
                    }
                    Stage::WrapUp => CallPhase::AfterCallWork,
                    Stage::Dead => match offer.and_then(|offer| offer.outcome) {
                        _ if dialled => CallPhase::Failed,
                        Some(
                            CallOutcome::Missed | CallOutcome::Declined | CallOutcome::Abandoned,
                        ) => CallPhase::Missed,
                        _ => CallPhase::Failed,
                    },
                };
                Some((self.contact_id(line), phase))
            })
            .collect()
    }

    /// Ends and clears everything.
    pub(crate) fn close_down(&mut self) {
        for line in 0..self.lines.len() {
            while self.lines[line].stage != Stage::Nowhere {
                let last = self.lines[line].stage.legal().len() - 1;
                self.happen(line, self.possible(line, last), 1_000);
            }
        }
    }
}

fn dead(
    told: ContactBuilder,
    outcome: CallOutcome,
) -> (Stage, Option<ContactBuilder>, Option<CallOutcome>) {
    (Stage::Dead, Some(told), Some(outcome))
}
