//! The customer: calls, waits, hangs up, is called.

use contract::{ContactId, PhoneNumber};

use super::{Instance, REMEMBERED_LINES, Timer};
use crate::contact::ContactState;
use crate::event::{Call, CallbackWish, CustomerAct, Outcome, Refusal};
use crate::leg::{LegRole, LegState};
use crate::line::{Channel, Ending, Line, Origin, Place};

impl Instance {
    pub(super) fn call(&mut self, call: Call) -> Result<Outcome, Refusal> {
        let queue = self.queue_or_first(call.queue)?;
        if let Some(login) = &call.agent
            && !self.agents.contains_key(login)
        {
            return Err(member("agent", format!("nobody has the login {login:?}")));
        }
        if call.force && call.agent.is_none() {
            return Err(member("agent", "must be named when force is true"));
        }
        let id = self.ids.contact();
        let (number, title) = match call.channel {
            Channel::Voice => (call.from, None),
            Channel::Chat | Channel::Task => (None, call.from),
        };
        let line = self.new_line(id.clone(), id.clone(), Origin::Inbound, number, queue);
        let forced = call.agent.clone().filter(|_| call.force);
        self.lines.insert(
            id.clone(),
            Line {
                channel: call.channel,
                title,
                attributes: call.attributes,
                reserved: call.agent,
                ..line
            },
        );
        self.forget_old_lines();
        if let Some(login) = forced {
            self.offer(&id, &login);
        }
        Ok(Outcome::Contact(id))
    }

    pub(super) fn request_callback(&mut self, wish: CallbackWish) -> Result<Outcome, Refusal> {
        let waiting = match &wish.instead_of {
            None => None,
            Some(id) => Some(self.lines.get(id).cloned().ok_or_else(|| unknown(id))?),
        };
        if let Some(line) = &waiting
            && (line.place != Place::Queued
                || line.origin != Origin::Inbound
                || line.channel != Channel::Voice)
        {
            return Err(Refusal::NotNow(
                "only a caller who waits in a queue can ask to be called back".to_owned(),
            ));
        }
        let number = wish
            .number
            .or_else(|| waiting.as_ref().and_then(|line| line.number.clone()))
            .ok_or_else(|| member("number", "is needed: the caller's own is withheld"))?;
        PhoneNumber::parse(&number).map_err(|error| member("number", error.to_string()))?;
        let queue = self.queue_or_first(
            wish.queue
                .or_else(|| waiting.as_ref().map(|line| line.queue.clone())),
        )?;
        let initial = waiting
            .as_ref()
            .map_or_else(|| self.ids.contact(), |line| line.id.clone());
        let mut attributes = waiting
            .as_ref()
            .map(|line| line.attributes.clone())
            .unwrap_or_default();
        attributes.extend(wish.attributes);
        if let Some(line) = &waiting {
            self.gone(&line.id, Ending::CallbackRequested);
        }
        let id = self.ids.contact();
        let line = self.new_line(id.clone(), initial, Origin::Callback, Some(number), queue);
        self.lines.insert(
            id.clone(),
            Line {
                attributes,
                instead_of: wish.instead_of,
                ..line
            },
        );
        self.forget_old_lines();
        Ok(Outcome::Contact(id))
    }

    pub(super) fn customer(
        &mut self,
        id: &ContactId,
        act: &CustomerAct,
    ) -> Result<Outcome, Refusal> {
        let line = self.lines.get(id).ok_or_else(|| unknown(id))?;
        if line.place == Place::Dialled {
            return self.dialled_by_program(id, act);
        }
        let at = match &line.place {
            Place::At(login) => self
                .agents
                .get(login)
                .and_then(|agent| agent.contacts.iter().find(|contact| contact.id == *id))
                .map(|contact| (login.clone(), contact)),
            Place::Dialled | Place::Queued | Place::Transferred | Place::Gone { .. } => None,
        };
        let dialled = at
            .as_ref()
            .filter(|(_, contact)| contact.is_dialling())
            .map(|(login, contact)| (login.clone(), contact.offer));
        let failure = match act {
            CustomerAct::HangUp => {
                // The customer of a colleague who was called in is the first agent's.
                let whose = line.asked_by.as_ref().map_or(id, |by| &by.contact).clone();
                return self.hang_up(&whose);
            }
            CustomerAct::Vanish => {
                let (login, contact) =
                    at.ok_or_else(|| Refusal::NotNow("the contact is with no agent".to_owned()))?;
                let offer = contact.offer;
                self.vanish(&login, offer);
                return Ok(Outcome::Done);
            }
            CustomerAct::RingOut => {
                if let Some((login, contact)) = &at
                    && contact.is_offered()
                {
                    let (login, offer) = (login.clone(), contact.offer);
                    self.ring_out(&login, offer);
                    return Ok(Outcome::Done);
                }
                Ending::NoAnswer
            }
            CustomerAct::Answer => {
                let (login, offer) = dialled.ok_or_else(not_ringing)?;
                self.picked_up(&login, offer);
                return Ok(Outcome::Done);
            }
            CustomerAct::Busy => Ending::Busy,
            CustomerAct::NoAnswer => Ending::NoAnswer,
            CustomerAct::Refuse => Ending::Refused,
            CustomerAct::BadNumber => Ending::BadNumber,
        };
        let (login, offer) = dialled.ok_or_else(not_ringing)?;
        self.dial_failed(&login, offer, failure);
        Ok(Outcome::Done)
    }

    pub(super) fn hang_up(&mut self, id: &ContactId) -> Result<Outcome, Refusal> {
        let line = self.lines.get(id).ok_or_else(|| unknown(id))?;
        let login = match &line.place {
            Place::Dialled => return Err(still_rings()),
            Place::Queued => {
                self.gone(id, Ending::Abandoned);
                return Ok(Outcome::Done);
            }
            Place::Transferred => {
                self.gone(id, Ending::CustomerHungUp);
                self.customer_left_colleague(id);
                return Ok(Outcome::Done);
            }
            Place::Gone { .. } => {
                return Err(Refusal::NotNow("the line is already dead".to_owned()));
            }
            Place::At(login) => login.clone(),
        };
        let Some(contact) = self
            .agents
            .get(&login)
            .and_then(|agent| agent.contacts.iter().find(|contact| contact.id == *id))
        else {
            return Err(unknown(id));
        };
        let offer = contact.offer;
        if contact.is_dialling() {
            return Err(still_rings());
        }
        if contact.is_offered() {
            self.abandon(&login, offer);
        } else {
            self.gone(id, Ending::CustomerHungUp);
            let others = contact_goes_on(self.change(&login, offer, |contact, now| {
                contact.turn_legs(LegState::Disconnected, now, is_customer);
                contact.third_parties().count()
            }));
            if others {
                self.publish(&login);
            } else {
                self.finish(&login, offer);
            }
        }
        Ok(Outcome::Done)
    }

    fn abandon(&mut self, login: &str, offer: u64) {
        let name = self.scenario.switches.agent_state_after_abandon.clone();
        let state = if self.is_voice(login, offer) {
            ContactState::Error(name)
        } else {
            ContactState::Missed(name)
        };
        let id = self.change(login, offer, |contact, now| {
            contact.turn_legs(LegState::Disconnected, now, |_| true);
            contact.turn(state, now);
            contact.id.clone()
        });
        if let Some(id) = id {
            self.gone(&id, Ending::Abandoned);
        }
        self.publish(login);
        self.clear_later(
            login,
            offer,
            self.scenario.switches.clear_abandoned_after_ms,
        );
    }

    fn vanish(&mut self, login: &str, offer: u64) {
        let Some(agent) = self.agents.get_mut(login) else {
            return;
        };
        let Some(at) = agent.contacts.iter().position(|one| one.offer == offer) else {
            return;
        };
        let contact = agent.contacts.remove(at);
        self.gone(&contact.id, Ending::Vanished);
        self.publish(login);
        self.colleague_left(&contact.id);
        for leg in contact.third_parties() {
            self.dismiss_colleague(&leg.id);
        }
        self.unmute_after(login);
    }

    /// The conversation is over for the agent; after-call work begins.
    pub(super) fn finish(&mut self, login: &str, offer: u64) {
        self.change(login, offer, |contact, now| {
            contact.turn_legs(LegState::Disconnected, now, |leg| !leg.is_partner());
            contact.turn(ContactState::Ended, now);
        });
        self.publish(login);
        self.unmute_after(login);
        self.clear_later(
            login,
            offer,
            self.scenario.switches.after_call_work_limit_ms,
        );
    }

    pub(super) fn clear_later(&mut self, login: &str, offer: u64, after_ms: Option<u32>) {
        if let Some(after) = after_ms {
            let agent = login.to_owned();
            self.arm(after, Timer::Clear { agent, offer });
        }
    }

    pub(super) fn gone(&mut self, id: &ContactId, reason: Ending) {
        let at = self.now;
        self.place(id, Place::Gone { reason, at });
    }

    pub(super) fn new_line(
        &mut self,
        id: ContactId,
        initial: ContactId,
        origin: Origin,
        number: Option<String>,
        queue: String,
    ) -> Line {
        Line {
            id,
            initial,
            origin,
            channel: Channel::Voice,
            number,
            title: None,
            queue,
            initiated_at: self.now,
            queued_at: self.now,
            attributes: std::collections::BTreeMap::default(),
            place: Place::Queued,
            leg: self.ids.connection(),
            digits_heard: String::new(),
            reserved: None,
            asked_by: None,
            instead_of: None,
            service: None,
            updated_at: None,
        }
    }

    pub(super) fn queue_or_first(&self, name: Option<String>) -> Result<String, Refusal> {
        let queues = &self.scenario.queues;
        match name {
            Some(name) if queues.iter().any(|queue| queue.name == name) => Ok(name),
            Some(name) => Err(member("queue", format!("no queue is called {name:?}"))),
            None => Ok(queues
                .first()
                .map(|queue| queue.name.clone())
                .unwrap_or_default()),
        }
    }

    pub(super) fn forget_old_lines(&mut self) {
        while self.lines.len() > REMEMBERED_LINES {
            let oldest = self
                .lines
                .values()
                .filter_map(|line| match line.place {
                    Place::Gone { at, .. } => Some((at, line.id.clone())),
                    _ => None,
                })
                .min();
            let Some((_, id)) = oldest else { return };
            self.lines.remove(&id);
        }
    }
}

pub(super) fn is_customer(leg: &crate::leg::Leg) -> bool {
    matches!(leg.role, LegRole::Caller | LegRole::Callee)
}

fn contact_goes_on(third_parties: Option<usize>) -> bool {
    third_parties.is_some_and(|count| count > 0)
}

pub(super) fn member(member: &'static str, problem: impl Into<String>) -> Refusal {
    Refusal::Member {
        member,
        problem: problem.into(),
    }
}

pub(super) fn unknown(id: &ContactId) -> Refusal {
    Refusal::Unknown {
        what: "contact",
        id: id.to_string(),
    }
}

pub(super) fn still_rings() -> Refusal {
    Refusal::NotNow("the telephone is ringing: answer or refuse".to_owned())
}

pub(super) fn not_ringing() -> Refusal {
    Refusal::NotNow("the telephone is not ringing".to_owned())
}
