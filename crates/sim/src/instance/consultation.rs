//! Calling in a colleague: the third party of one agent's contact is a contact of another agent.
//!
//! For the colleague it is a new contact of the same chain ("Contact initiation methods and
//! transfer", AWS administrator guide: `TRANSFER`), and its line is the other end of the first
//! agent's leg. Whoever goes first, the two ends follow each other; when the first agent leaves,
//! the customer talks with the colleague.

use contract::{ConnectionId, ContactId};

use super::Instance;
use crate::event::{Outcome, Refusal};
use crate::leg::{LegRole, LegState};
use crate::line::{Consultation, Ending, Line, Origin, Place};
use crate::scenario::Destination;

impl Instance {
    /// Lets a colleague, or whoever serves a queue, be rung for that leg.
    pub(super) fn ask_inside(
        &mut self,
        login: &str,
        offer: u64,
        leg: &ConnectionId,
        to: Destination,
    ) {
        let Some(contact) = self.offer_of(login, offer) else {
            return;
        };
        let (id, initial) = (contact.id.clone(), contact.initial.clone());
        let (attributes, own_queue) = (contact.attributes.clone(), contact.queue.1.clone());
        let number = self.lines.get(&id).and_then(|line| line.number.clone());
        let (queue, reserved) = match to {
            Destination::Phone(_) => return,
            Destination::Agent(colleague) => (own_queue, Some(colleague)),
            Destination::Queue(name) => (name, None),
        };
        let new = self.ids.contact();
        let line = self.new_line(new.clone(), initial, Origin::Transfer, number, queue);
        let line = Line {
            attributes,
            reserved,
            asked_by: Some(Consultation {
                contact: id,
                leg: leg.clone(),
            }),
            ..line
        };
        self.lines.insert(new, line);
        self.forget_old_lines();
    }

    /// The colleague has accepted: the first agent's leg is up.
    pub(super) fn colleague_answered(&mut self, id: &ContactId) {
        if let Some((login, offer, leg)) = self.end_of(id) {
            self.third_party_answers(&login, offer, &leg);
        }
    }

    /// The colleague has left, and nobody went on in their place. So has the first agent's third
    /// party; when the first agent is gone already, so is the customer's conversation.
    pub(super) fn colleague_left(&mut self, id: &ContactId) {
        if let Some((login, offer, leg)) = self.end_of(id) {
            self.third_party_gone(&login, offer, &leg);
            return;
        }
        let Some(asked_by) = self.lines.get(id).and_then(|line| line.asked_by.clone()) else {
            return;
        };
        let first = asked_by.contact;
        let transferred = |line: &Line| line.place == Place::Transferred;
        if self.lines.get(&first).is_some_and(transferred) {
            self.gone(&first, Ending::AgentHungUp);
            self.colleague_left(&first);
        }
    }

    /// The first agent's leg is gone: the colleague's contact ends, whatever it was doing.
    pub(super) fn dismiss_colleague(&mut self, leg: &ConnectionId) {
        let asked = |line: &&Line| {
            let by = line.asked_by.as_ref();
            by.is_some_and(|by| by.leg == *leg) && !line.is_gone()
        };
        if let Some(id) = self.lines.values().find(asked).map(|line| line.id.clone()) {
            self.hang_up(&id).ok();
        }
    }

    /// The customer whom the first agent left with a colleague has hung up.
    pub(super) fn customer_left_colleague(&mut self, id: &ContactId) {
        let asked = |line: &&Line| {
            let by = line.asked_by.as_ref();
            by.is_some_and(|by| by.contact == *id) && !line.is_gone()
        };
        if let Some(heir) = self.lines.values().find(asked).map(|line| line.id.clone()) {
            self.hang_up(&heir).ok();
        }
    }

    /// A test or a person answers for the colleague: whoever is rung accepts.
    pub(super) fn answer_inside(&mut self, leg: &ConnectionId) -> Option<Result<Outcome, Refusal>> {
        let asked = |line: &&Line| line.asked_by.as_ref().is_some_and(|by| by.leg == *leg);
        let line = self.lines.values().find(asked)?;
        let rung = match &line.place {
            Place::At(login) => self
                .agents
                .get(login)
                .and_then(|agent| agent.contacts.iter().find(|one| one.id == line.id))
                .filter(|contact| contact.is_offered())
                .map(|contact| (login.clone(), contact.offer)),
            Place::Dialled | Place::Queued | Place::Transferred | Place::Gone { .. } => None,
        };
        let Some((login, offer)) = rung else {
            let why = "no agent is being rung: open the CCP of one who is available";
            return Some(Err(Refusal::NotNow(why.to_owned())));
        };
        self.accept(&login, offer);
        Some(Ok(Outcome::Done))
    }

    /// The first agent's end of a colleague's contact, while it is there.
    pub(super) fn end_of(&self, id: &ContactId) -> Option<(String, u64, ConnectionId)> {
        let asked_by = self.lines.get(id)?.asked_by.as_ref()?;
        self.agents.iter().find_map(|(login, agent)| {
            let contact = agent.contacts.iter().find(|contact| {
                contact.id == asked_by.contact
                    && contact.state.is_live()
                    && contact.legs.iter().any(|leg| {
                        leg.id == asked_by.leg
                            && leg.role == LegRole::ThirdParty
                            && leg.state != LegState::Disconnected
                    })
            })?;
            Some((login.clone(), contact.offer, asked_by.leg.clone()))
        })
    }
}
