//! Offers as they truly were: the measure for whatever a desk keeps of its calls.
//!
//! A contact that was missed is offered anew under its own id, so what has a beginning, an end and
//! an outcome is the offer. It is read off an agent's contacts at every snapshot that is made,
//! whether or not anybody receives that one.

use std::collections::{BTreeMap, VecDeque};

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::agent::Agent;
use crate::contact::{Contact, ContactState};
use crate::leg::{LegRole, LegState};
use crate::line::{Ending, Line, Place};
use crate::wire::rfc3339;

/// Offers that are over are remembered for tests, at most this many.
const REMEMBERED: usize = 30;

/// Every offer, while it lasts and for a while after.
#[derive(Debug, Default)]
pub(crate) struct Offers {
    open: BTreeMap<u64, Offer>,
    over: VecDeque<Offer>,
}

/// One offer of a contact to an agent.
#[derive(Debug, Clone)]
struct Offer {
    agent: String,
    /// The contact as it was last.
    contact: Contact,
    offered: DateTime<Utc>,
    /// When both sides were on the line.
    connected: Option<DateTime<Utc>>,
    /// Every time that the customer was on hold.
    holds: Vec<(DateTime<Utc>, Option<DateTime<Utc>>)>,
    ended: Option<DateTime<Utc>>,
    /// Why the customer went, if that was the end of it.
    ending: Option<Ending>,
    cleared: Option<DateTime<Utc>>,
}

impl Offers {
    /// Looks at what an agent has in hand now. `line` finds the customer's side of a contact.
    pub(crate) fn observe<'a>(
        &mut self,
        agent: &Agent,
        now: DateTime<Utc>,
        line: impl Fn(&Contact) -> Option<&'a Line>,
    ) {
        let login = &agent.person.login;
        for contact in &agent.contacts {
            let offer = self
                .open
                .entry(contact.offer)
                .or_insert_with(|| Offer::new(login, contact, now));
            offer.follow(contact, now, line(contact));
        }
        let in_hand = |offer: &u64| agent.contacts.iter().any(|one| one.offer == *offer);
        let gone: Vec<u64> = self
            .open
            .iter()
            .filter(|(number, offer)| offer.agent == *login && !in_hand(number))
            .map(|(number, _)| *number)
            .collect();
        for number in gone {
            if let Some(mut offer) = self.open.remove(&number) {
                let line = line(&offer.contact);
                offer.end(now, line);
                offer.cleared = Some(now);
                self.over.push_back(offer);
            }
        }
        while self.over.len() > REMEMBERED {
            self.over.pop_front();
        }
    }

    /// The offers to an agent that are over, oldest first, and then those that go on.
    pub(crate) fn of(&self, login: &str) -> Vec<Value> {
        let all = self.over.iter().chain(self.open.values());
        all.filter(|offer| offer.agent == login)
            .map(Offer::to_json)
            .collect()
    }
}

impl Offer {
    fn new(login: &str, contact: &Contact, now: DateTime<Utc>) -> Self {
        Self {
            agent: login.to_owned(),
            contact: contact.clone(),
            offered: now,
            connected: None,
            holds: Vec::new(),
            ended: None,
            ending: None,
            cleared: None,
        }
    }

    fn follow(&mut self, contact: &Contact, now: DateTime<Utc>, line: Option<&Line>) {
        self.contact = contact.clone();
        let customer = contact.customer().map(|leg| leg.state);
        let talks = contact.state == ContactState::Connected;
        if talks && customer.is_some_and(LegState::is_up) {
            self.connected.get_or_insert(now);
        }
        let on_hold = talks && customer == Some(LegState::Hold);
        match self.holds.last_mut().filter(|hold| hold.1.is_none()) {
            Some(hold) if !on_hold => hold.1 = Some(now),
            None if on_hold => self.holds.push((now, None)),
            Some(_) | None => {}
        }
        if !contact.state.is_live() {
            self.end(now, line);
        }
    }

    fn end(&mut self, now: DateTime<Utc>, line: Option<&Line>) {
        if self.ended.is_some() {
            return;
        }
        self.ended = Some(now);
        // A customer who goes later, from the queue, has not ended this.
        self.ending = match line.map(|line| &line.place) {
            Some(Place::Gone { reason, .. }) => Some(*reason),
            _ => None,
        };
        for hold in &mut self.holds {
            hold.1.get_or_insert(now);
        }
    }

    fn to_json(&self) -> Value {
        let at = |at: Option<DateTime<Utc>>| at.map(rfc3339);
        let contact = &self.contact;
        let up = |role| {
            let mut legs = contact.legs.iter();
            legs.any(|leg| leg.role == role && leg.state.is_up())
        };
        let customer_is_up = up(LegRole::Caller) || up(LegRole::Callee);
        json!({
            "offer": contact.offer,
            "contact_id": contact.id,
            "initial_contact_id": contact.initial,
            "origin": contact.origin,
            "channel": contact.channel,
            "queue": contact.queue.1,
            "number": contact.customer_number,
            "state": contact.state.name(),
            "reason": match &contact.state {
                ContactState::Error(name)
                | ContactState::Missed(name)
                | ContactState::Rejected(name) => Some(name),
                _ => None,
            },
            "handed_on": contact.state == ContactState::Ended
                && customer_is_up && up(LegRole::ThirdParty),
            "ending": self.ending,
            "offered": rfc3339(self.offered),
            "connected": at(self.connected),
            "holds": self.holds.iter().map(|(from, to)| [Some(rfc3339(*from)), at(*to)]).collect::<Vec<_>>(),
            "ended": at(self.ended),
            "cleared": at(self.cleared),
        })
    }
}
