//! Generated stories: what happens in the modelled world, what the agent presses meanwhile, and
//! how each snapshot fares on its way. A failing story shrinks to a few readable lines.

use chrono::{DateTime, TimeDelta};
use desk::{ActionError, ContactKind, ContactSnapshot, ContactState, Control, Snapshot};
use proptest::{collection::vec, prelude::*, sample::select};

use crate::{
    model::{Happening, World},
    support::{CONTROLS, at_millis},
};

/// How a snapshot fares on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Arrives,
    IsLost,
    ComesTwice,
    /// It comes after so many later ones.
    IsLate(u8),
    /// The next one overtakes it on its way to the CCP.
    IsOvertaken,
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
    /// The agent calls somebody in, to hand the customer on or not.
    CallsIn(usize, bool),
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

/// Every way a snapshot may fare.
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
        F::IsOvertaken,
    ]
}

/// Stories whose states bear the right times wherever they are told, and are told where
/// snapshots come late.
pub(crate) fn timed_story() -> impl Strategy<Value = Story> {
    let in_time = any_fate()
        .into_iter()
        .filter(|fate| !matches!(fate, Fate::IsLate(_) | Fate::IsOvertaken));
    let unreadable = |wear: &Wear| matches!(wear, Wear::NoStates | Wear::UnknownStates);
    let readable = sound_times().into_iter().filter(|wear| !unreadable(wear));
    prop_oneof![
        story(in_time.collect(), sound_times()),
        story(any_fate(), readable.collect()),
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
fn sound_times() -> Vec<Wear> {
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
    let control = select(CONTROLS.as_slice());
    let answer = select(vec![
        Answer::Yes,
        Answer::Yes,
        Answer::No(ActionError::InvalidState),
        Answer::No(ActionError::TimedOut),
        Answer::No(ActionError::Unclassified("x".into())),
    ]);
    prop_oneof![
        12 => happens,
        3 => (control, line.clone())
            .prop_map(|(control, line)| Raw::Other(Event::Press(control, line))),
        1 => (line, any::<bool>())
            .prop_map(|(line, hand_on)| Raw::Other(Event::CallsIn(line, hand_on))),
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
