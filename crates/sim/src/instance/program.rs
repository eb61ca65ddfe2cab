//! What programs do by AWS's interfaces: let a customer be called, end a contact, change attributes.

use std::collections::BTreeMap;

use contract::ContactId;

use super::customer::{member, not_ringing, unknown};
use super::{Instance, Timer};
use crate::event::{CustomerAct, OutboundCall, Outcome, Refusal};
use crate::line::{Ending, Line, Origin, Place, Reach};

impl Instance {
    /// Lets a customer's telephone ring. Once it is picked up, the customer waits in the queue.
    pub(super) fn dial_out(&mut self, call: OutboundCall) -> Result<Outcome, Refusal> {
        let queue = self.queue_or_first(call.queue)?;
        self.check_number(&call.number).map_err(|exception| {
            if exception.kind == "BadEndpointException" {
                member("number", exception.message)
            } else {
                Refusal::NotAllowed(exception.message)
            }
        })?;
        let reach = self.reach(&call.number);
        let id = self.ids.contact();
        let line = self.new_line(
            id.clone(),
            id.clone(),
            Origin::Api,
            Some(call.number),
            queue,
        );
        self.lines.insert(
            id.clone(),
            Line {
                attributes: call.attributes,
                title: call.name,
                place: Place::Dialled,
                ..line
            },
        );
        self.forget_old_lines();
        match reach {
            Reach::Ring | Reach::NoAnswer => {
                let contact = id.clone();
                self.arm(call.ring_ms, Timer::ProgramNoAnswer { contact });
            }
            Reach::Answer => self.answered_program(&id),
            Reach::Busy => self.gone(&id, Ending::Busy),
            Reach::BadNumber => self.gone(&id, Ending::BadNumber),
            Reach::Refused | Reach::NotPermitted => self.gone(&id, Ending::Refused),
        }
        Ok(Outcome::Contact(id))
    }

    /// What the customer does whose telephone a program lets ring.
    pub(super) fn dialled_by_program(
        &mut self,
        id: &ContactId,
        act: &CustomerAct,
    ) -> Result<Outcome, Refusal> {
        match act {
            CustomerAct::Answer => self.answered_program(id),
            CustomerAct::Busy => self.gone(id, Ending::Busy),
            CustomerAct::NoAnswer | CustomerAct::RingOut => self.gone(id, Ending::NoAnswer),
            CustomerAct::Refuse => self.gone(id, Ending::Refused),
            CustomerAct::BadNumber => self.gone(id, Ending::BadNumber),
            CustomerAct::HangUp => return Err(super::customer::still_rings()),
            CustomerAct::Vanish => return Err(not_ringing()),
        }
        Ok(Outcome::Done)
    }

    /// The time of a telephone that a program lets ring is over.
    pub(super) fn program_unanswered(&mut self, id: &ContactId) {
        if self.lines.get(id).is_some_and(is_dialled) {
            self.gone(id, Ending::NoAnswer);
        }
    }

    fn answered_program(&mut self, id: &ContactId) {
        let now = self.now;
        if let Some(line) = self.lines.get_mut(id) {
            line.queued_at = now;
            line.place = Place::Queued;
        }
    }

    /// Ends a contact wherever it is, for everybody who is in it.
    pub(super) fn stop(&mut self, id: &ContactId) -> Result<Outcome, Refusal> {
        let line = self.lines.get(id).ok_or_else(|| unknown(id))?;
        let at = match &line.place {
            Place::Gone { .. } => {
                return Err(Refusal::NotNow("the contact is over".to_owned()));
            }
            Place::Dialled | Place::Queued => {
                self.gone(id, Ending::Stopped);
                return Ok(Outcome::Done);
            }
            Place::Transferred => None,
            Place::At(login) => self
                .agents
                .get(login)
                .and_then(|agent| agent.contacts.iter().find(|one| one.id == *id))
                .map(|contact| (login.clone(), contact.offer, contact.is_dialling())),
        };
        match at {
            Some((login, offer, true)) => self.dial_failed(&login, offer, Ending::Stopped),
            Some((login, offer, false)) => {
                let parties = self.offer_of(&login, offer).map(|contact| {
                    let parties = contact.third_parties().map(|leg| leg.id.clone());
                    parties.collect::<Vec<_>>()
                });
                self.hang_up(id)?;
                for leg in parties.unwrap_or_default() {
                    self.third_party_gone(&login, offer, &leg);
                }
            }
            None => {
                self.hang_up(id)?;
            }
        }
        let now = self.now;
        self.place(
            id,
            Place::Gone {
                reason: Ending::Stopped,
                at: now,
            },
        );
        Ok(Outcome::Done)
    }

    /// Changes the attributes of every contact of a chain, also in the agents' hands.
    pub(super) fn set_attributes(
        &mut self,
        initial: &ContactId,
        attributes: &BTreeMap<String, String>,
    ) -> Result<Outcome, Refusal> {
        let now = self.now;
        let mut found = false;
        for line in self.lines.values_mut() {
            if line.initial == *initial {
                found = true;
                change(&mut line.attributes, attributes);
                line.updated_at = Some(now);
            }
        }
        if !found {
            return Err(unknown(initial));
        }
        let mut shown = Vec::new();
        for (login, agent) in &mut self.agents {
            let of_chain = agent.contacts.iter_mut();
            for contact in of_chain.filter(|contact| contact.initial == *initial) {
                change(&mut contact.attributes, attributes);
                shown.push(login.clone());
            }
        }
        shown.dedup();
        for login in shown {
            self.publish(&login);
        }
        Ok(Outcome::Done)
    }
}

fn is_dialled(line: &Line) -> bool {
    line.place == Place::Dialled
}

fn change(attributes: &mut BTreeMap<String, String>, with: &BTreeMap<String, String>) {
    for (name, value) in with {
        if value.is_empty() {
            attributes.remove(name);
        } else {
            attributes.insert(name.clone(), value.clone());
        }
    }
}
