//! What in a snapshot the desk does not understand, each told once.

use crate::snapshot::{AgentStateType, ContactKind, ContactState, LegState, Snapshot};

/// Something in a snapshot that this desk does not understand.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Oddity {
    /// A word of Connect's that is not known here, and for what.
    UnknownWord(&'static str, Box<str>),
    /// A member that is missing or of the wrong kind, by its path.
    Unreadable(Box<str>),
}

/// More kinds of oddity than are worth a line each.
const MOST_ODDITIES: usize = 100;

/// Letters of an unknown word, or of a path, that are worth a line.
const LONGEST_WORD: usize = 64;

/// The oddities that have been told.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Oddities(Vec<Oddity>);

impl Oddities {
    /// What is odd in `told` and has not been told before.
    pub(crate) fn news(&mut self, told: &Snapshot) -> Vec<Oddity> {
        let mut news = found(told);
        news.retain(|oddity| {
            let is_new = self.0.len() < MOST_ODDITIES && !self.0.contains(oddity);
            if is_new {
                self.0.push(oddity.clone());
            }
            is_new
        });
        news
    }
}

fn found(told: &Snapshot) -> Vec<Oddity> {
    let short = |word: &str| word.chars().take(LONGEST_WORD).collect();
    let mut found: Vec<Oddity> = told
        .oddities
        .iter()
        .map(|path| Oddity::Unreadable(short(path)))
        .collect();
    let mut word = |what, word: &str| found.push(Oddity::UnknownWord(what, short(word)));

    let states = [&told.agent.state, &told.agent.next_state];
    for state in states.into_iter().flatten() {
        if let AgentStateType::Unknown(kind) = &state.kind {
            word("agent state type", kind);
        }
    }
    for contact in told.contacts.iter().flatten() {
        if let ContactKind::Unknown(kind) = &contact.kind {
            word("contact type", kind);
        }
        if let Some(ContactState::Unknown(state)) = &contact.state {
            word("contact state", state);
        }
        for leg in contact.legs.iter().flatten() {
            if let Some(LegState::Unknown(state)) = &leg.state {
                word("connection state", state);
            }
        }
    }
    found
}
