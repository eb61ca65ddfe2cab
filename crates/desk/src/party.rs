//! Third parties: whom the agent has called in, and who hears whom.
//!
//! Both are read from the legs of the last snapshot. Connect says nothing about why a leg is gone:
//! one that was only ever seen to ring was not reached.

use chrono::{DateTime, Utc};
use contract::ConnectionId;

use crate::{
    caller::Caller,
    contact::Contact,
    phase::CallPhase,
    snapshot::{LegRole, LegSnapshot, LegState},
};

/// Somebody whom the agent has called into the call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// Their leg.
    pub leg: ConnectionId,
    /// The quick connect that was used or, failing that, the name of the address.
    pub name: Option<String>,
    /// Their number.
    pub number: Caller,
    /// What their leg is doing.
    pub state: PartyState,
    /// When that began, in server time.
    pub since: Option<DateTime<Utc>>,
    /// Whether the agent has asked to drop them.
    pub(crate) dropped: bool,
}

/// What the leg of a third party is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartyState {
    /// It rings, or waits for somebody to take it.
    Ringing,
    /// On the line.
    Talking,
    /// On hold.
    OnHold,
    /// Busy, not answered, refused, not in service: Connect does not say which.
    NotReached,
    /// Gone again, or dropped.
    Left,
}

impl PartyState {
    /// Whether they are on the line, on hold or not.
    pub fn is_up(self) -> bool {
        matches!(self, Self::Talking | Self::OnHold)
    }

    /// Whether they are, or may come to be, on the line.
    pub fn is_active(self) -> bool {
        self.is_up() || self == Self::Ringing
    }
}

/// Who hears whom while there is, or has been, a third party.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conversation {
    /// The third party is being called; the customer waits on hold.
    Calling,
    /// The agent and the third party; the customer is on hold.
    Consulting,
    /// The agent and the customer; the third party is on hold.
    Swapped,
    /// All three.
    Conference,
    /// Nobody: both are on hold.
    AllOnHold,
    /// The customer has gone; the third party has not.
    WithoutCustomer,
    /// The third party was not reached.
    NotReached,
    /// The third party has left or was dropped.
    Left,
}

impl Conversation {
    /// The word for scripts and style sheets.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Calling => "calling",
            Self::Consulting => "consulting",
            Self::Swapped => "swapped",
            Self::Conference => "conference",
            Self::AllOnHold => "all-on-hold",
            Self::WithoutCustomer => "without-customer",
            Self::NotReached => "not-reached",
            Self::Left => "left",
        }
    }
}

/// A supervisor in the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Supervision {
    /// Hears everybody and is heard by nobody.
    Listening,
    /// Takes part.
    TakingPart,
}

/// The third parties by their legs, with what was known of them.
pub(crate) fn parties(legs: &[LegSnapshot], known: &[Party]) -> Vec<Party> {
    let third = legs.iter().filter(|leg| leg.role == LegRole::ThirdParty);
    third
        .map(|leg| {
            let before = known.iter().find(|party| party.leg == leg.id);
            Party::after(before, leg)
        })
        .collect()
}

impl Party {
    fn after(before: Option<&Self>, leg: &LegSnapshot) -> Self {
        let endpoint = leg.endpoint.as_ref();
        let name = leg.quick_connect.as_ref();
        let name = name.or_else(|| endpoint?.name.as_ref());
        let number = endpoint.and_then(|endpoint| endpoint.phone_number.as_deref());
        let dropped = before.is_some_and(|party| party.dropped);
        let was = before.map(|party| party.state);
        let state = match &leg.state {
            Some(LegState::Init | LegState::Connecting) => PartyState::Ringing,
            Some(LegState::Hold) => PartyState::OnHold,
            Some(LegState::Disconnected) => match was {
                Some(PartyState::Ringing) if !dropped => PartyState::NotReached,
                Some(PartyState::NotReached) => PartyState::NotReached,
                _ => PartyState::Left,
            },
            Some(LegState::Connected | LegState::SilentMonitor | LegState::Barge) => {
                PartyState::Talking
            }
            // They may be there.
            None | Some(LegState::Unknown(_)) => was.unwrap_or(PartyState::Talking),
        };
        let known = || before.map(|party| (party.name.clone(), party.number.clone()));
        let (known_name, known_number) = known().unwrap_or((None, Caller::Unknown));
        Self {
            leg: leg.id.clone(),
            name: name.cloned().or(known_name),
            number: number.map_or(known_number, Caller::from),
            state,
            since: leg.since,
            dropped,
        }
    }
}

impl Contact {
    /// The third party who is on the line or is being called; else the last one there was. Of
    /// several, whom Amazon's own buttons have called in, the newest: when they are dropped the
    /// next is shown.
    pub fn party(&self) -> Option<&Party> {
        let mut newest = self.parties.iter().rev();
        let active = newest.find(|party| party.state.is_active());
        active.or(self.parties.last())
    }

    /// Who hears whom, while the call is up and somebody was called in.
    pub fn conversation(&self) -> Option<Conversation> {
        let CallPhase::Connected { on_hold } = self.phase else {
            return None;
        };
        let customer_is_there = self.active_leg(LegRole::Customer).is_some();
        // Of several each hears whoever is not on hold.
        let somebody_talks = || {
            let mut states = self.parties.iter().map(|party| party.state);
            states.any(|state| state == PartyState::Talking)
        };
        Some(match self.party()?.state {
            PartyState::Ringing => Conversation::Calling,
            PartyState::NotReached => Conversation::NotReached,
            PartyState::Left => Conversation::Left,
            PartyState::Talking | PartyState::OnHold if !customer_is_there => {
                Conversation::WithoutCustomer
            }
            PartyState::Talking | PartyState::OnHold if somebody_talks() => {
                if on_hold {
                    Conversation::Consulting
                } else {
                    Conversation::Conference
                }
            }
            PartyState::Talking | PartyState::OnHold if on_hold => Conversation::AllOnHold,
            PartyState::Talking | PartyState::OnHold => Conversation::Swapped,
        })
    }

    /// Whether somebody can be called in: Connect puts the customer on hold meanwhile.
    pub(crate) fn takes_party(&self) -> bool {
        matches!(self.phase, CallPhase::Connected { .. })
            && self.kind.is_call()
            && self.active_leg(LegRole::Customer).is_some()
            && !self.party().is_some_and(|party| party.state.is_active())
    }

    /// Whether a supervisor is in the call.
    pub fn supervision(&self) -> Option<Supervision> {
        let monitors = self.legs.iter().filter(|leg| leg.role == LegRole::Monitor);
        let states = monitors.filter(|leg| leg.is_active());
        states
            .map(|leg| match leg.state {
                Some(LegState::Barge) => Supervision::TakingPart,
                _ => Supervision::Listening,
            })
            .max_by_key(|told| *told == Supervision::TakingPart)
    }
}
