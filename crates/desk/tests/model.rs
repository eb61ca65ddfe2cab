//! A small Amazon Connect, and what can go wrong between it and a page.
//!
//! [`World`] is the truth: one agent, three lines on which calls come, go and come again, a
//! clock. It knows nothing of the desk. [`story`] generates what happens in it, what the agent
//! presses meanwhile, and how each snapshot fares on its way; a failing story shrinks to a few
//! readable lines.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta};
use desk::{
    ActionError, CallOutcome, CallPhase, ContactKind, ContactSnapshot, ContactState, Control,
    LegState, Snapshot,
};
use proptest::{collection::vec, prelude::*, sample::select};

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
            Self::Talking => &[H::IsHeld, H::Ends, H::Ends, H::Breaks],
            Self::Held => &[H::IsResumed, H::IsResumed, H::Ends],
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
    fn possible(&self, line: usize, pick: usize) -> Happening {
        let legal = self.lines[line].stage.legal();
        legal[pick % legal.len()]
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
        let (stage, builder, outcome) = match what {
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
            H::Ends => {
                let ended = told(state).ended(now);
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
        state.stage = stage;
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
            });
            return;
        }
        let offer = &mut self.offers[self.lines[line].offer];
        match what {
            H::IsAnswered => offer.connected = Some(millis),
            H::IsHeld => offer.holds.push((millis, None)),
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
        if let Some(hold) = offer.holds.last_mut().filter(|hold| hold.1.is_none())
            && what != H::IsHeld
        {
            hold.1 = Some(millis);
        }
        if outcome.is_some() {
            offer.ended = Some(millis);
            offer.outcome = outcome;
        }
    }

    fn move_agent(&mut self, what: Happening) {
        let rank = |line: &Line| match line.stage {
            Stage::Talking | Stage::Held => 5,
            Stage::Dialing => 4,
            Stage::Ringing | Stage::Offered => 3,
            Stage::WrapUp => 2,
            Stage::Dead => 1,
            Stage::Nowhere => 0,
        };
        let first = self.lines.iter().max_by_key(|line| rank(line));
        let name = match first.map_or(Stage::Nowhere, |line| line.stage) {
            Stage::Talking | Stage::Held => "Busy",
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
                    Stage::Talking => CallPhase::Connected { on_hold: false },
                    Stage::Held => CallPhase::Connected { on_hold: true },
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

/// How a snapshot fares on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Arrives,
    IsLost,
    ComesTwice,
    /// It comes after so many later ones.
    IsLate(u8),
}

/// What is wrong with a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wear {
    Sound,
    NoTime,
    NoTimeAndNoClock,
    NoContacts,
    /// The contact of a line is not in the list.
    Lacks(usize),
    NoStates,
    UnknownStates,
    NoTimesOfStates,
    NoTimesAtAll,
    /// Times of states at the zero date, or a year ahead.
    WrongTimesOfStates(bool),
    NoLegs,
    EmptyLegs,
    LegsWithoutState,
    NoKinds,
    NoAgent,
    NoEndpoints,
}

impl Wear {
    /// Whether the states bear the times that Connect gave to them.
    pub(crate) fn leaves_times(self) -> bool {
        !matches!(
            self,
            Self::NoTimesOfStates | Self::NoTimesAtAll | Self::WrongTimesOfStates(_)
        )
    }

    pub(crate) fn spoil(self, snapshot: &mut Snapshot) {
        match self {
            Self::NoTime => snapshot.taken_at = None,
            Self::NoTimeAndNoClock => {
                snapshot.taken_at = None;
                snapshot.clock = None;
            }
            Self::NoContacts => snapshot.contacts = None,
            Self::NoAgent => {
                snapshot.agent.state = None;
                snapshot.agent.arn = None;
            }
            Self::Lacks(line) => {
                let letter = ["a", "b", "c"][line];
                let contacts = snapshot.contacts.iter_mut();
                contacts.for_each(|list| list.retain(|c| !c.id.as_ref().starts_with(letter)));
            }
            _ => {}
        }
        if self == Self::NoTimesAtAll {
            snapshot.taken_at = None;
            snapshot.clock = None;
        }
        for contact in snapshot.contacts.iter_mut().flatten() {
            self.spoil_contact(contact);
        }
    }

    fn spoil_contact(self, contact: &mut ContactSnapshot) {
        match self {
            Self::NoStates => {
                contact.state = None;
                contact.since = None;
            }
            Self::UnknownStates => contact.state = Some(ContactState::Unknown("astral".into())),
            Self::NoTimesOfStates => contact.since = None,
            Self::NoTimesAtAll => {
                contact.since = None;
                contact
                    .legs
                    .iter_mut()
                    .flatten()
                    .for_each(|leg| leg.since = None);
            }
            Self::WrongTimesOfStates(zero) => {
                contact.since = Some(if zero {
                    DateTime::UNIX_EPOCH
                } else {
                    at_millis(0) + TimeDelta::days(365)
                });
            }
            Self::NoLegs => contact.legs = None,
            Self::EmptyLegs => contact.legs = Some(Vec::new()),
            Self::LegsWithoutState => {
                contact
                    .legs
                    .iter_mut()
                    .flatten()
                    .for_each(|leg| leg.state = None);
            }
            Self::NoKinds => contact.kind = ContactKind::Voice,
            Self::NoEndpoints => {
                contact
                    .legs
                    .iter_mut()
                    .flatten()
                    .for_each(|leg| leg.endpoint = None);
            }
            Self::Sound
            | Self::NoTime
            | Self::NoTimeAndNoClock
            | Self::NoContacts
            | Self::Lacks(_)
            | Self::NoAgent => {}
        }
    }
}

/// How Connect answers a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    Yes,
    No(ActionError),
}

/// One line of a story.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Event {
    /// Something happens on a line after so many milliseconds; the snapshot of it fares so.
    Happens(usize, Happening, i64, Fate, Wear),
    /// The agent presses a button of the contact of a line.
    Press(Control, usize),
    /// Connect answers the oldest request.
    Answers(Answer),
    /// The oldest request is never answered.
    StaysSilent,
    /// The agent reloads the page.
    Reloads,
    /// The PC's clock jumps by so many seconds.
    ClockJumps(i64),
}

/// What happens, in order.
#[derive(Debug, Clone)]
pub(crate) struct Story(pub(crate) Vec<Event>);

/// Stories in which every snapshot has one of `fates` and is spoiled by one of `wears`.
pub(crate) fn story(fates: Vec<Fate>, wears: Vec<Wear>) -> impl Strategy<Value = Story> {
    vec(raw_event(fates, wears), 1..28).prop_map(resolve)
}

/// How a snapshot may fare that can be told from a late one.
pub(crate) fn any_fate() -> Vec<Fate> {
    use Fate as F;
    vec![
        F::Arrives,
        F::Arrives,
        F::Arrives,
        F::Arrives,
        F::IsLost,
        F::IsLost,
        F::ComesTwice,
        F::IsLate(1),
        F::IsLate(2),
    ]
}

/// Everything that may be wrong with a snapshot.
pub(crate) fn any_wear() -> Vec<Wear> {
    let mut wears = sound_times();
    wears.extend([
        Wear::NoTimesOfStates,
        Wear::NoTimesAtAll,
        Wear::WrongTimesOfStates(true),
        Wear::WrongTimesOfStates(false),
    ]);
    wears
}

/// What may be wrong with a snapshot whose states bear the right times.
pub(crate) fn sound_times() -> Vec<Wear> {
    let mut wears = vec![Wear::Sound; 12];
    wears.extend([
        Wear::NoTime,
        Wear::NoTimeAndNoClock,
        Wear::NoContacts,
        Wear::Lacks(0),
        Wear::Lacks(1),
        Wear::NoStates,
        Wear::UnknownStates,
        Wear::NoLegs,
        Wear::EmptyLegs,
        Wear::LegsWithoutState,
        Wear::NoKinds,
        Wear::NoAgent,
        Wear::NoEndpoints,
    ]);
    wears
}

#[derive(Debug, Clone)]
enum Raw {
    Happens(usize, usize, i64, Fate, Wear),
    Other(Event),
}

fn raw_event(fates: Vec<Fate>, wears: Vec<Wear>) -> impl Strategy<Value = Raw> {
    // Most of what happens happens on one line: that is a day of voice calls.
    let line = prop_oneof![6 => Just(0_usize), 3 => Just(1), 1 => Just(2)];
    let happens = (
        line.clone(),
        0_usize..12,
        1_i64..40_000,
        select(fates),
        select(wears),
    )
        .prop_map(|(line, pick, after, fate, wear)| Raw::Happens(line, pick, after, fate, wear));
    let control = select(vec![
        Control::Accept,
        Control::Decline,
        Control::HangUp,
        Control::Hold,
        Control::Resume,
        Control::Complete,
    ]);
    let answer = select(vec![
        Answer::Yes,
        Answer::Yes,
        Answer::No(ActionError::InvalidState),
        Answer::No(ActionError::TimedOut),
        Answer::No(ActionError::Unclassified("x".into())),
    ]);
    prop_oneof![
        12 => happens,
        3 => (control, line).prop_map(|(control, line)| Raw::Other(Event::Press(control, line))),
        2 => answer.prop_map(|answer| Raw::Other(Event::Answers(answer))),
        1 => Just(Raw::Other(Event::StaysSilent)),
        1 => Just(Raw::Other(Event::Reloads)),
        1 => select(vec![-300, 300]).prop_map(|by| Raw::Other(Event::ClockJumps(by))),
    ]
}

/// Puts what is possible in place of what was picked, so that a story reads as one.
fn resolve(raw: Vec<Raw>) -> Story {
    let mut world = World::default();
    let events = raw.into_iter().map(|raw| match raw {
        Raw::Other(event) => event,
        Raw::Happens(line, pick, after, fate, wear) => {
            let what = world.possible(line, pick);
            world.happen(line, what, after);
            Event::Happens(line, what, after, fate, wear)
        }
    });
    Story(events.collect())
}
