//! The contacts that the agent has, the one in front, and the offers that have left.
//!
//! A snapshot lists all contacts; what it does not list is gone. Each offer that goes leaves
//! one record.

use chrono::{DateTime, Utc};
use contract::ContactId;

use crate::{
    agent::AgentState,
    call_log::{CallLog, CallRecord},
    contact::{Contact, Surroundings},
    journal::Shift,
    offer::{KeptOffer, Relation, state_began},
    phase::CallPhase,
    snapshot::ContactSnapshot,
};

/// The agent's contacts and the finished offers.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Roster {
    /// In order of arrival.
    contacts: Vec<Contact>,
    front: Option<ContactId>,
    /// The contact that the agent has brought to the front.
    chosen: Option<ContactId>,
    log: CallLog,
    /// What another page has finished that goes on here.
    elsewhere: CallLog,
}

impl Roster {
    pub(crate) fn contacts(&self) -> &[Contact] {
        &self.contacts
    }

    pub(crate) fn contact(&self, id: &ContactId) -> Option<&Contact> {
        self.contacts.iter().find(|held| held.id == *id)
    }

    pub(crate) fn contact_mut(&mut self, id: &ContactId) -> Option<&mut Contact> {
        self.contacts.iter_mut().find(|held| held.id == *id)
    }

    pub(crate) fn front(&self) -> Option<&Contact> {
        self.front.as_ref().and_then(|front| self.contact(front))
    }

    /// Brings a contact to the front.
    pub(crate) fn select(&mut self, id: ContactId) {
        if self.contact(&id).is_some() {
            self.front = Some(id.clone());
            self.chosen = Some(id);
        }
    }

    pub(crate) fn log(&self) -> &CallLog {
        &self.log
    }

    /// The contacts that occupy the agent's ear.
    pub(crate) fn calls(&self) -> impl Iterator<Item = &Contact> {
        self.contacts.iter().filter(|held| held.kind.is_call())
    }

    /// Whether a call goes on, or is on its way.
    pub(crate) fn is_live(&self) -> bool {
        self.calls().any(|held| held.phase.is_live())
    }

    /// Adds what another page of the same agent has finished, but for what began before `from`;
    /// what goes on here is added when it has left. Gives whether any of it was news.
    pub(crate) fn add(&mut self, log: &CallLog, from: Option<DateTime<Utc>>) -> bool {
        let mut news = false;
        for record in log.records().iter().rev() {
            let goes_on = self
                .calls()
                .any(|held| CallRecord::of(held).is_seen_of_the_same(record));
            if goes_on {
                self.elsewhere.add(record.clone());
            } else if !record.is_before(from) {
                news |= self.log.add(record.clone());
            }
        }
        news
    }

    /// Takes in the list of a snapshot, with what an earlier life of the page has kept; a record
    /// that began before `from` goes. Gives the contacts that begin an offer: what was asked of
    /// one before is void.
    pub(crate) fn take(
        &mut self,
        list: &[ContactSnapshot],
        around: Surroundings<'_>,
        earlier: Shift,
        from: Option<DateTime<Utc>>,
    ) -> Vec<ContactId> {
        self.log.restore(earlier.log);
        self.log.forget_before(from);
        let mut kept = earlier.offers;
        let list = in_order(list, &kept, around);
        let around = Surroundings {
            agent: self.agent_of_the_only_call(&list, &kept, around.agent),
            ..around
        };

        let mut anew = Vec::new();
        let mut there = Vec::new();
        for told in list {
            if there.contains(&&told.id) {
                continue;
            }
            there.push(&told.id);
            if self.contact(&told.id).is_some() {
                anew.extend(self.take_held(told, around));
            } else {
                // Another page may have held another offer of it.
                let index = kept.iter().position(|kept| goes_on(kept, told, around));
                let any = || kept.iter().position(|kept| kept.record.contact == told.id);
                let index = index.or_else(any);
                let kept = index.map(|index| kept.remove(index));
                anew.extend(self.take_unheld(told, kept, around));
            }
        }
        let held: Vec<ContactId> = self.contacts.iter().map(|held| held.id.clone()).collect();
        for id in held.into_iter().filter(|id| !there.contains(&id)) {
            self.leave(&id, around);
        }
        for kept in kept {
            self.leave_unseen(kept, around);
        }
        let elsewhere = std::mem::take(&mut self.elsewhere);
        self.add(&elsewhere, from);
        self.choose_front(&anew);
        anew
    }

    /// The agent's state, if it can only speak of one call.
    fn agent_of_the_only_call<'a>(
        &self,
        list: &[&ContactSnapshot],
        kept: &[KeptOffer],
        agent: Option<&'a AgentState>,
    ) -> Option<&'a AgentState> {
        let told = list.iter().filter(|told| told.kind.is_call());
        let mut calls = told
            .map(|told| &told.id)
            .chain(self.calls().map(|held| &held.id))
            .chain(kept.iter().map(|kept| &kept.record.contact));
        let first = calls.next();
        agent.filter(|_| calls.all(|call| Some(call) == first))
    }

    /// Gives the contact if it is offered anew.
    fn take_held(&mut self, told: &ContactSnapshot, around: Surroundings<'_>) -> Option<ContactId> {
        let contact = self.contact_mut(&told.id)?;
        match contact.known().relation(told, around) {
            Relation::Same => contact.update(told, around),
            Relation::Stale => {}
            Relation::NewOffer => {
                self.leave(&told.id, before(told, around));
                self.contacts.extend(Contact::offered(told, around));
                return Some(told.id.clone());
            }
        }
        None
    }

    /// Gives the contact if it is offered now.
    fn take_unheld(
        &mut self,
        told: &ContactSnapshot,
        kept: Option<KeptOffer>,
        around: Surroundings<'_>,
    ) -> Option<ContactId> {
        let from_log = || self.log.newest_of(&told.id).cloned().map(KeptOffer::from);
        let was_open = kept.is_some();
        let Some(kept) = kept.or_else(from_log) else {
            self.contacts.extend(Contact::offered(told, around));
            return Some(told.id.clone());
        };
        let contact = match kept.known().relation(told, around) {
            Relation::Same => Contact::resumed(told, &kept, around),
            Relation::NewOffer => {
                if was_open {
                    self.leave_unseen(kept, before(told, around));
                }
                self.contacts.extend(Contact::offered(told, around));
                return Some(told.id.clone());
            }
            Relation::Stale => None,
        };
        match contact {
            Some(contact) => {
                if !was_open {
                    self.log.take_back(&contact.id);
                }
                self.contacts.push(contact);
            }
            None if was_open => self.leave_unseen(kept, around),
            None => {}
        }
        None
    }

    /// Ends the offer of a contact and keeps its record. Chats, tasks and mails are not calls
    /// and leave none.
    fn leave(&mut self, id: &ContactId, around: Surroundings<'_>) {
        let Some(index) = self.contacts.iter().position(|held| held.id == *id) else {
            return;
        };
        let mut contact = self.contacts.remove(index);
        contact.vanish(around);
        if contact.kind.is_call() {
            self.log.keep(CallRecord::of(&contact));
        }
    }

    /// Keeps the record of an offer that left while the page was away.
    fn leave_unseen(&mut self, kept: KeptOffer, around: Surroundings<'_>) {
        self.log.keep(kept.into_record(around));
    }

    /// Whether the agent's choice stands. It gives way to a call that begins, unless the chosen one
    /// goes on, and to a call that goes on once the chosen one is over.
    fn is_still_chosen(&self, chosen: &Contact, anew: &[ContactId]) -> bool {
        let is_call = chosen.kind.is_call();
        let talks = is_call && chosen.phase.is_talking();
        let others = || self.calls().filter(|held| held.id != chosen.id);
        let begins = others().any(|held| anew.contains(&held.id));
        let over = !chosen.phase.is_live() && others().any(|held| held.phase.is_talking());
        talks || !(begins || over)
    }

    /// Whoever is in front stays there, unless gone; but a call that is up goes before one that
    /// is not, and one that rings before one that was missed or has failed. What the agent has
    /// chosen goes before all.
    fn choose_front(&mut self, anew: &[ContactId]) {
        let chosen = self.chosen.take();
        let chosen = chosen.filter(|id| {
            let contact = self.contact(id);
            contact.is_some_and(|contact| self.is_still_chosen(contact, anew))
        });
        if chosen.is_some() {
            self.front.clone_from(&chosen);
            self.chosen = chosen;
            return;
        }
        let first = |rank: fn(CallPhase) -> bool| self.calls().find(|held| rank(held.phase));
        let talking = || first(CallPhase::is_talking);
        let live = || first(CallPhase::is_live);
        let front = self.front().filter(|front| front.kind.is_call());
        let next = match front.map(|front| front.phase) {
            Some(CallPhase::Connected { .. } | CallPhase::Dialing) => front,
            Some(CallPhase::Ringing | CallPhase::AfterCallWork) => talking().or(front),
            Some(CallPhase::Missed | CallPhase::Failed) => talking().or_else(live).or(front),
            None => talking()
                .or_else(live)
                .or_else(|| first(|phase| phase == CallPhase::AfterCallWork))
                .or_else(|| self.calls().next()),
        };
        self.front = next.map(|contact| contact.id.clone());
    }
}

/// An offer is over when the contact is offered anew, though the snapshot that shows so comes
/// later.
fn before<'a>(told: &ContactSnapshot, around: Surroundings<'a>) -> Surroundings<'a> {
    let began = state_began(told, around.taken_at);
    let seen = [began, around.seen].into_iter().flatten().min();
    Surroundings { seen, ..around }
}

/// What was here before the page was reloaded had arrived in the journal's order; the others
/// come as they are told.
fn in_order<'a>(
    list: &'a [ContactSnapshot],
    kept: &[KeptOffer],
    around: Surroundings<'_>,
) -> Vec<&'a ContactSnapshot> {
    let earlier = kept
        .iter()
        .filter_map(|kept| list.iter().find(|told| goes_on(kept, told, around)));
    // A contact that comes twice here is taken once.
    earlier.chain(list).collect()
}

fn goes_on(kept: &KeptOffer, told: &ContactSnapshot, around: Surroundings<'_>) -> bool {
    kept.record.contact == told.id && kept.known().relation(told, around) == Relation::Same
}
