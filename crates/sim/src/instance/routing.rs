//! Who is offered which call, and what becomes of an offer.

use contract::ContactId;

use super::request::Exception;
use super::{Instance, Timer};
use crate::agent::{Agent, queue_arn};
use crate::contact::{Contact, ContactState};
use crate::leg::{Endpoint, Leg, LegRole, LegState};
use crate::line::{Channel, Line, Origin, Place};
use crate::switches::{DeclinedState, SecondCall, UnansweredState, UndialledLeg};

impl Instance {
    /// Offers waiting calls, oldest first, to the agent who has been available longest.
    pub(super) fn route(&mut self) {
        while let Some((contact, login)) = self.next_match() {
            self.offer(&contact, &login);
        }
    }

    fn next_match(&self) -> Option<(ContactId, String)> {
        let mut waiting: Vec<&Line> = self
            .lines
            .values()
            .filter(|line| line.place == Place::Queued)
            .collect();
        waiting.sort_by_key(|line| (line.queued_at, &line.id));
        waiting.into_iter().find_map(|line| {
            self.agents
                .values()
                .filter(|agent| agent.is_available(line.channel) && may_take(agent, line))
                .min_by_key(|agent| agent.shown.since)
                .map(|agent| (line.id.clone(), agent.person.login.clone()))
        })
    }

    /// Rings at the agent, whatever they are doing.
    pub(super) fn offer(&mut self, id: &ContactId, login: &str) {
        let (agent_leg, offer) = (self.ids.connection(), self.ids.ordinal());
        let now = self.now;
        let queue_number = |name: &str| {
            let named = |queue: &&crate::scenario::Queue| queue.name == name;
            let queue = self.scenario.queues.iter().find(named);
            queue.map(|queue| queue.number.clone()).unwrap_or_default()
        };
        let undialled = match self.scenario.switches.undialled {
            UndialledLeg::Connecting => LegState::Connecting,
            UndialledLeg::Init => LegState::Init,
        };
        let Some(line) = self.lines.get(id) else {
            return;
        };
        let number = self.shown_number(line);
        let contact = Contact {
            id: line.id.clone(),
            initial: line.initial.clone(),
            origin: line.origin,
            channel: line.channel,
            title: line.title.clone(),
            state: match line.origin {
                Origin::Callback => ContactState::Incoming,
                Origin::Inbound | Origin::Outbound | Origin::Transfer | Origin::Api => {
                    ContactState::Connecting
                }
            },
            since: now,
            queue: (queue_arn(&self.scenario, &line.queue), line.queue.clone()),
            queued_at: line.queued_at,
            system_number: queue_number(&line.queue),
            customer_number: number.clone(),
            attributes: line.attributes.clone(),
            legs: vec![
                Leg {
                    id: agent_leg,
                    role: LegRole::Agent,
                    state: LegState::Connecting,
                    since: now,
                    endpoint: Endpoint::agent(),
                    media: line.channel == Channel::Voice && line.origin != Origin::Callback,
                    mute: false,
                    quick_connect: None,
                },
                Leg {
                    id: line.leg.clone(),
                    role: match line.origin {
                        Origin::Outbound => LegRole::Callee,
                        Origin::Inbound | Origin::Callback | Origin::Transfer | Origin::Api => {
                            LegRole::Caller
                        }
                    },
                    state: match line.origin {
                        Origin::Outbound => undialled,
                        Origin::Inbound | Origin::Callback | Origin::Transfer | Origin::Api => {
                            LegState::Connected
                        }
                    },
                    since: now,
                    endpoint: Endpoint::phone(number.as_deref()),
                    media: false,
                    mute: false,
                    quick_connect: None,
                },
            ],
            offer,
            connected_at: None,
            ended_at: None,
        };
        let Some(agent) = self.agents.get_mut(login) else {
            return;
        };
        agent.contacts.push(contact);
        let accepts_itself = agent.preferences.auto_accept;
        let switches = &self.scenario.switches;
        let (rings_for, accepts_after) = (switches.ring_ms, switches.auto_accept_ms);
        self.place(id, Place::At(login.to_owned()));
        self.publish(login);
        let Some(contact) = self.offer_of(login, offer).filter(|one| one.is_offered()) else {
            return;
        };
        // Chats, tasks and callbacks have settings of their own (`AutoAcceptConfig`, Connect's API).
        let is_call = contact.channel == Channel::Voice && contact.origin != Origin::Callback;
        let agent = || login.to_owned();
        self.arm(
            rings_for,
            Timer::RingOut {
                agent: agent(),
                offer,
            },
        );
        if is_call && accepts_itself {
            self.arm(
                accepts_after,
                Timer::AutoAccept {
                    agent: agent(),
                    offer,
                },
            );
        }
    }

    /// What the network shows of the customer's number.
    fn shown_number(&self, line: &Line) -> Option<String> {
        let withheld = || self.scenario.switches.withheld_number.clone();
        match line.channel {
            Channel::Voice => line.number.clone().or_else(withheld),
            Channel::Chat | Channel::Task => None,
        }
    }

    /// Puts the customer somewhere else.
    pub(super) fn place(&mut self, id: &ContactId, place: Place) {
        if let Some(line) = self.lines.get_mut(id) {
            line.place = place;
        }
    }

    /// The softphone takes a call that still rings. Where the agent may not, it rings on.
    pub(super) fn accept_by_itself(&mut self, login: &str, offer: u64) {
        let rings = self.offer_of(login, offer).is_some_and(Contact::is_offered);
        if rings && self.may_accept(login, offer).is_ok() {
            self.accept(login, offer);
        }
    }

    /// Whether what else the agent is doing lets them accept that offer.
    pub(super) fn may_accept(&self, login: &str, offer: u64) -> Result<(), Exception> {
        let offered = self.agents.get(login).and_then(|agent| {
            let contact = agent.contacts.iter().find(|one| one.offer == offer)?;
            Some((agent, contact.channel))
        });
        let Some((agent, channel)) = offered else {
            return Ok(());
        };
        let busy = |contact: &&Contact| {
            contact.channel == channel && contact.state.is_live() && !contact.is_offered()
        };
        let refused = match (channel, self.scenario.switches.second_call) {
            // Nobody is put on hold whose telephone still rings.
            (Channel::Voice, SecondCall::HoldsTheFirst) => {
                agent.contacts.iter().any(Contact::is_dialling)
            }
            _ => agent.contacts.iter().filter(busy).count() >= agent.capacity(channel).max(1),
        };
        if refused {
            return Err(Exception::invalid_state("the agent is on another contact"));
        }
        Ok(())
    }

    /// Puts whoever the agent speaks with in other calls on hold: they are in one at a time.
    pub(super) fn hold_others(&mut self, login: &str, offer: u64) {
        let now = self.now;
        let Some(agent) = self.agents.get_mut(login) else {
            return;
        };
        let speaks = |leg: &Leg| leg.is_partner() && leg.state == LegState::Connected;
        let mut held = false;
        for contact in &mut agent.contacts {
            let is_call = contact.channel == Channel::Voice;
            let is_other = contact.offer != offer && contact.state == ContactState::Connected;
            if is_call && is_other && contact.legs.iter().any(speaks) {
                contact.turn_legs(LegState::Hold, now, speaks);
                held = true;
            }
        }
        if held {
            self.publish(login);
        }
    }

    /// The agent takes an offer. A voice call is connected with that; a callback is dialled.
    pub(super) fn accept(&mut self, login: &str, offer: u64) {
        if self.is_voice(login, offer) {
            self.hold_others(login, offer);
        }
        let new_leg = self.ids.connection();
        let dials = self.change(login, offer, |contact, now| {
            if contact.origin == Origin::Callback {
                if let Some(leg) = contact
                    .legs
                    .iter_mut()
                    .find(|leg| leg.role == LegRole::Agent)
                {
                    // The real service replaces the leg, and with it the id.
                    leg.id = new_leg;
                    leg.media = true;
                    leg.since = now;
                }
                contact.turn_legs(LegState::Connecting, now, |_| true);
                contact.turn(ContactState::Connecting, now);
                true
            } else {
                contact.turn_legs(LegState::Connected, now, |_| true);
                contact.turn(ContactState::Connected, now);
                false
            }
        });
        self.publish(login);
        if dials == Some(true) {
            self.ring_customer(login, offer);
        } else if let Some(id) = self.offer_of(login, offer).map(|one| one.id.clone()) {
            self.colleague_answered(&id);
        }
    }

    /// The agent declines an offer.
    pub(super) fn decline(&mut self, login: &str, offer: u64) {
        let switches = &self.scenario.switches;
        let name = switches.agent_state_after_decline.clone();
        let state = match switches.declined {
            DeclinedState::Error if self.is_voice(login, offer) => ContactState::Error(name),
            DeclinedState::Error | DeclinedState::Rejected => ContactState::Rejected(name),
        };
        self.give_back(login, offer, state);
    }

    /// An offer was not accepted in time.
    pub(super) fn ring_out(&mut self, login: &str, offer: u64) {
        let offered = self.offer_of(login, offer).is_some_and(Contact::is_offered);
        if offered {
            let name = "MissedCallAgent".to_owned();
            let state = match self.scenario.switches.missed {
                UnansweredState::Error if self.is_voice(login, offer) => ContactState::Error(name),
                UnansweredState::Error | UnansweredState::Missed => ContactState::Missed(name),
            };
            self.give_back(login, offer, state);
        }
    }

    /// Only voice is reported as an error; chats and tasks have the states of the documentation.
    pub(super) fn is_voice(&self, login: &str, offer: u64) -> bool {
        self.offer_of(login, offer)
            .is_some_and(|contact| contact.channel == Channel::Voice)
    }

    /// The agent keeps a contact that came to nothing; the customer goes back to the queue, at
    /// the place they had.
    fn give_back(&mut self, login: &str, offer: u64, state: ContactState) {
        let id = self.change(login, offer, |contact, now| {
            let state = match contact.origin {
                // Issue 344: a callback that is not accepted leaves the agent in `Default`.
                Origin::Callback => ContactState::Error("Default".to_owned()),
                Origin::Inbound | Origin::Outbound | Origin::Transfer | Origin::Api => state,
            };
            contact.turn_legs(LegState::Disconnected, now, |leg| {
                leg.role == LegRole::Agent
            });
            contact.turn(state, now);
            contact.id.clone()
        });
        if let Some(id) = id {
            self.place(&id, Place::Queued);
            self.publish(login);
        }
    }

    /// Removes a contact that is over.
    pub(super) fn clear_offer(&mut self, login: &str, offer: u64) {
        let Some(agent) = self.agents.get_mut(login) else {
            return;
        };
        let before = agent.contacts.len();
        agent
            .contacts
            .retain(|contact| contact.offer != offer || contact.state.is_live());
        if agent.contacts.len() < before {
            self.publish(login);
        }
    }
}

fn may_take(agent: &Agent, line: &Line) -> bool {
    match &line.reserved {
        Some(login) => *login == agent.person.login,
        None => agent.person.queues.contains(&line.queue),
    }
}
