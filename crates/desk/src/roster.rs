//! The contacts that the agent has, the one in front, and the offers that have left.
//!
//! A snapshot lists all contacts; what it does not list is gone. Each offer that goes leaves
//! one record.

use chrono::{DateTime, Utc};
use contract::{ContactId, PhoneNumber};

use crate::{
    agent::AgentState,
    call_log::{CallLog, CallRecord},
    contact::{Contact, Surroundings},
    journal::Shift,
    offer::{KeptOffer, Relation, state_began},
    outcome::CallOutcome,
    phase::CallPhase,
    snapshot::ContactSnapshot,
    time::Stamp,
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
    /// The number that Connect has been asked to dial, until its call shows or is given up.
    dialled: Option<CallRecord>,
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

    /// Whether a number has been dialled of which nothing has come so far.
    pub(crate) fn is_dialling(&self) -> bool {
        self.dialled.is_some()
    }

    /// Remembers that Connect is asked to dial; `told` is the time of the last snapshot.
    pub(crate) fn dial(
        &mut self,
        number: &PhoneNumber,
        asked: Option<DateTime<Utc>>,
        told: Option<DateTime<Utc>>,
    ) {
        // What had been given up may have begun until then.
        let mut records = self.log.records().iter();
        let given_up = records.find(|record| record.contact.is_none());
        let given_up = given_up.and_then(|record| record.left());
        self.dialled = Some(CallRecord::dialled(number, asked, told.max(given_up)));
    }

    /// Keeps a record of a number that was dialled in vain.
    pub(crate) fn give_up_dialling(&mut self, outcome: CallOutcome, ended: Option<Stamp>) {
        if let Some(mut record) = self.dialled.take() {
            record.outcome = outcome;
            record.phase = CallPhase::Failed;
            record.times.note_ended(ended);
            self.log.add(record.into());
        }
    }

    /// What has not left the desk, to be kept.
    pub(crate) fn open_offers(&self) -> Vec<KeptOffer> {
        let mut offers: Vec<_> = self.calls().map(KeptOffer::of).collect();
        offers.extend(self.dialled.clone().map(KeptOffer::from));
        offers
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
        let dialled = kept.iter().position(|kept| kept.record.contact.is_none());
        if let Some(index) = dialled.filter(|_| self.dialled.is_none()) {
            self.dialled = Some(kept.remove(index).record);
        }
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
                let of_contact = |kept: &KeptOffer| kept.record.contact.as_ref() == Some(&told.id);
                let any = || kept.iter().position(of_contact);
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
        self.find_dialled(&anew);
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
            .chain(kept.iter().filter_map(|kept| kept.record.contact.as_ref()));
        let first = calls.next();
        agent.filter(|_| calls.all(|call| Some(call) == first))
    }

    /// A call that begins is the record of the number that was dialled. While it is waited for no
    /// other can be placed, so its times are not asked.
    fn find_dialled(&mut self, anew: &[ContactId]) {
        for id in anew {
            let begins = self.contact(id).filter(|held| held.kind.is_call());
            let Some(call) = begins.map(CallRecord::of) else {
                continue;
            };
            let dialled = self.dialled.take_if(|dialled| call.dials_like(dialled));
            if dialled.is_none() {
                self.log.remove_dialled(&call);
            }
        }
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
    kept.record.contact.as_ref() == Some(&told.id)
        && kept.known().relation(told, around) == Relation::Same
}
