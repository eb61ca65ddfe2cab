//! The invariants of [`super`], over arbitrary histories of what customers, agents, supervisors
//! and time can do, in any order and to any target.

mod deed;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use contract::{ConnectionId, ContactId};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::Instance;
use crate::agent::{Agent, destination_arn};
use crate::contact::Contact;
use crate::event::{
    Call, CallbackWish, Effect, Event, Message, OutboundCall, Outcome, ThirdPartyAct,
};
use crate::leg::{Leg, LegState};
use crate::line::{Channel, Place};
use crate::scenario::Scenario;
use deed::{Deed, LOGINS, NUMBER, deed};

struct History {
    instance: Instance,
    now: DateTime<Utc>,
    ports: Vec<(String, String)>,
    asked: u32,
    answered: BTreeMap<String, u32>,
    contacts: BTreeSet<ContactId>,
    legs: BTreeMap<ConnectionId, ContactId>,
    forced: bool,
}

impl History {
    fn new() -> Self {
        let now = "2026-01-01T09:00:00Z".parse().unwrap();
        let instance = Instance::new(Scenario::default(), now).unwrap();
        let mut history = Self {
            instance,
            now,
            ports: Vec::new(),
            asked: 0,
            answered: BTreeMap::new(),
            contacts: BTreeSet::new(),
            legs: BTreeMap::new(),
            forced: false,
        };
        for login in LOGINS {
            history.open(login);
        }
        history
    }

    fn open(&mut self, login: &str) {
        let event = Event::PortOpened {
            agent: login.to_owned(),
            framed: true,
        };
        if let Some(Outcome::Port(port)) = self.happen(event) {
            self.ports.push((port, login.to_owned()));
        }
    }

    fn happen(&mut self, event: Event) -> Option<Outcome> {
        let reaction = self.instance.handle(event, self.now);
        for effect in reaction.effects {
            match effect {
                Effect::Send { message, .. } if message.event == "api_response" => {
                    let id = message.data["requestId"].as_str().unwrap().to_owned();
                    *self.answered.entry(id).or_default() += 1;
                }
                Effect::Send { .. } => {}
                Effect::SignOff { port } => self.ports.retain(|(id, _)| *id != port),
            }
        }
        if let Ok(Outcome::Contact(id)) = &reaction.outcome {
            assert!(self.contacts.insert(id.clone()), "{id} was used before");
        }
        reaction.outcome.ok()
    }

    fn up(&mut self, login: &str, event: &str, data: Value) -> bool {
        let port = self.ports.iter().find(|(_, owner)| owner == login);
        let Some((port, _)) = port.cloned() else {
            return false;
        };
        let message = Message {
            event: event.to_owned(),
            data,
        };
        self.happen(Event::Up { port, message });
        true
    }

    fn ask(&mut self, login: &str, method: &str, params: &Value) {
        let id = format!("req-{}", self.asked);
        let request = json!({ "requestId": id, "method": method, "params": params });
        if self.up(login, "api_request", request) {
            self.asked += 1;
        }
    }

    fn line(&self, at: usize) -> Option<ContactId> {
        self.instance.lines().nth(at).map(|line| line.id.clone())
    }

    fn contact(&self, login: &str, at: usize) -> Option<Contact> {
        self.instance.agent(login)?.contacts.get(at).cloned()
    }

    fn perform(&mut self, deed: &Deed) {
        match *deed {
            Deed::Wait(ms) => {
                self.now += TimeDelta::milliseconds(i64::from(ms));
                self.happen(Event::Tick);
            }
            Deed::Call { force, channel } => {
                self.forced |= force;
                self.happen(Event::Call(Call {
                    channel,
                    from: Some(NUMBER.to_owned()),
                    agent: force.then(|| LOGINS[0].to_owned()),
                    force,
                    ..Call::default()
                }));
            }
            Deed::Callback(at) => {
                let wish = CallbackWish {
                    number: Some(NUMBER.to_owned()),
                    instead_of: self.line(at),
                    ..CallbackWish::default()
                };
                self.happen(Event::RequestCallback(wish));
            }
            Deed::Customer(at, ref act) => {
                if let Some(contact) = self.line(at) {
                    let act = act.clone();
                    self.happen(Event::Customer { contact, act });
                }
            }
            Deed::Ask(who, method, contact, leg) => {
                let contact = self.contact(LOGINS[who], contact);
                let leg = contact.as_ref().and_then(|contact| contact.legs.get(leg));
                let params = json!({
                    "contactId": contact.as_ref().map(|contact| &contact.id),
                    "connectionId": leg.map(|leg| &leg.id),
                    "digits": "1#",
                });
                self.ask(LOGINS[who], method, &params);
            }
            Deed::Choose(who, state, later) => {
                let name = self.instance.scenario().states[state].name.clone();
                let params = json!({ "state": { "name": name }, "enqueueNextState": later });
                self.ask(LOGINS[who], "putAgentState", &params);
            }
            Deed::Dial(who) => {
                let endpoint = json!({ "type": "phone_number", "phoneNumber": NUMBER });
                let params = json!({ "endpoint": endpoint });
                self.ask(LOGINS[who], "createOutboundContact", &params);
            }
            Deed::CallIn(who, at, whom) => {
                let contact = self.contact(LOGINS[who], at).map(|contact| contact.id);
                let quick = destination_arn(self.instance.scenario(), whom.saturating_sub(1));
                let endpoint = match whom {
                    0 => json!({ "type": "phone_number", "phoneNumber": NUMBER }),
                    1 => {
                        json!({ "type": "phone_number", "phoneNumber": NUMBER, "endpointARN": quick })
                    }
                    2 => json!({ "type": "agent", "endpointARN": quick }),
                    _ => json!({ "type": "queue", "endpointARN": quick }),
                };
                let params = json!({ "contactId": contact, "endpoint": endpoint });
                self.ask(LOGINS[who], "createAdditionalConnection", &params);
            }
            Deed::ThirdParty(at, act) => self.act_as_third_party(at, act),
            Deed::Supervise(at, how) => {
                if let Some(contact) = self.line(at) {
                    self.happen(Event::Supervise { contact, how });
                }
            }
            Deed::Noise(port, what) => self.make_noise(port, what),
            Deed::OpenPage(who) => self.open(LOGINS[who]),
            Deed::ClosePage(at) => {
                if at < self.ports.len() {
                    let (port, _) = self.ports.remove(at);
                    self.happen(Event::PortClosed { port });
                }
            }
            Deed::SignOut(who) => {
                let agent = LOGINS[who].to_owned();
                self.happen(Event::SignOut { agent });
            }
            Deed::DialOut | Deed::Stop(_) | Deed::SetAttributes(_) => self.act_as_program(deed),
            Deed::Phone(reach) => {
                let number = NUMBER.to_owned();
                self.happen(Event::Phone { number, reach });
            }
        }
    }

    fn act_as_program(&mut self, deed: &Deed) {
        let event = match *deed {
            Deed::Stop(at) => self.line(at).map(|contact| Event::Stop { contact }),
            Deed::SetAttributes(at) => self.line(at).map(|initial| Event::SetAttributes {
                initial,
                attributes: [("plan".to_owned(), at.to_string())].into(),
            }),
            _ => Some(Event::DialOut(OutboundCall {
                number: NUMBER.to_owned(),
                queue: None,
                attributes: BTreeMap::new(),
                name: None,
                ring_ms: 15_000,
            })),
        };
        if let Some(event) = event {
            self.happen(event);
        }
    }

    fn act_as_third_party(&mut self, at: usize, act: ThirdPartyAct) {
        let legs: Vec<(ContactId, ConnectionId)> = self
            .instance
            .agents()
            .flat_map(|agent| &agent.contacts)
            .flat_map(|contact| {
                let id = |leg: &Leg| (contact.id.clone(), leg.id.clone());
                contact.third_parties().map(id)
            })
            .collect();
        if let Some((contact, leg)) = legs.get(at).cloned() {
            self.happen(Event::ThirdParty { contact, leg, act });
        }
    }

    fn make_noise(&mut self, port: usize, what: usize) {
        let noise = [
            ("api_request", json!(null)),
            ("api_request", json!({ "method": 7, "requestId": {} })),
            ("broadcast", json!([1, 2])),
            ("master_request", json!({ "params": "no" })),
            ("configure", json!("<script>")),
            ("no::such::event", json!({ "deep": [[[]]] })),
        ];
        if let Some((port, _)) = self.ports.get(port).cloned() {
            let (event, data) = noise[what].clone();
            let message = Message {
                event: event.to_owned(),
                data,
            };
            self.happen(Event::Up { port, message });
        }
    }

    /// A live contact whose customer is on the line has its line with that agent, and a line
    /// that is with an agent has exactly one such contact.
    fn every_customer_is_in_one_place(&self) -> Result<(), TestCaseError> {
        for line in self.instance.lines() {
            let holders: Vec<&str> = self
                .instance
                .agents()
                .filter(|agent| {
                    agent.contacts.iter().any(|contact| {
                        contact.id == line.id
                            && contact.state.is_live()
                            && contact
                                .customer()
                                .is_some_and(|leg| leg.state != LegState::Disconnected)
                    })
                })
                .map(|agent| agent.person.login.as_str())
                .collect();
            match &line.place {
                Place::At(login) => prop_assert_eq!(holders, [login.as_str()]),
                Place::Dialled | Place::Queued | Place::Transferred | Place::Gone { .. } => {
                    prop_assert!(holders.is_empty(), "{} is with {:?}", line.id, holders);
                }
            }
        }
        Ok(())
    }

    /// A colleague's contact has another end: the leg of the agent who asked, or, when that one
    /// is gone, the customer who was left with the colleague.
    fn no_colleague_is_alone(&self) -> Result<(), TestCaseError> {
        for line in self.instance.lines() {
            let Some(asked_by) = line.asked_by.as_ref().filter(|_| !line.is_gone()) else {
                continue;
            };
            let first = self.instance.lines().find(|one| one.id == asked_by.contact);
            let left = first.is_some_and(|one| one.place == Place::Transferred);
            let end = self.instance.end_of(&line.id);
            prop_assert!(left || end.is_some(), "{} is with nobody", line.id);
        }
        Ok(())
    }

    fn nobody_is_overloaded(&self) -> Result<(), TestCaseError> {
        for agent in self.instance.agents() {
            if !self.forced {
                for channel in [Channel::Voice, Channel::Chat, Channel::Task] {
                    prop_assert!(agent.load(channel) <= agent.capacity(channel));
                }
            }
            let ids: BTreeSet<&ContactId> = agent.contacts.iter().map(|one| &one.id).collect();
            prop_assert_eq!(ids.len(), agent.contacts.len());
        }
        Ok(())
    }

    fn stamps_are_in_the_past_and_in_order(
        &self,
        before: &BTreeMap<String, Agent>,
    ) -> Result<(), TestCaseError> {
        for agent in self.instance.agents() {
            prop_assert!(agent.shown.since <= self.now);
            for contact in &agent.contacts {
                prop_assert!(contact.queued_at <= contact.since && contact.since <= self.now);
                let earlier = before
                    .get(&agent.person.login)
                    .and_then(|agent| agent.contacts.iter().find(|one| one.offer == contact.offer));
                if let Some(earlier) = earlier {
                    prop_assert!(earlier.since <= contact.since);
                    for (was, is) in earlier.legs.iter().zip(&contact.legs) {
                        prop_assert!(was.since <= is.since && is.since <= self.now);
                    }
                }
            }
        }
        Ok(())
    }

    /// Who is on the line with a customer is whom the line names, and its stamps are in order.
    fn a_line_knows_who_serves_it(&self) -> Result<(), TestCaseError> {
        for agent in self.instance.agents() {
            for contact in &agent.contacts {
                let on_the_line = contact.agent().is_some_and(|leg| leg.state.is_up());
                let line = self.instance.lines().find(|line| line.id == contact.id);
                let (true, Some(line)) = (on_the_line && contact.state.is_live(), line) else {
                    continue;
                };
                let service = line.service.as_ref();
                let named = service.map(|service| (service.agent.as_str(), service.offer));
                prop_assert_eq!(named, Some((agent.person.login.as_str(), contact.offer)));
            }
        }
        for line in self.instance.lines() {
            let Some(service) = &line.service else {
                continue;
            };
            let stamps = [
                Some(line.initiated_at),
                service.connected_at,
                service.ended_at,
                service.cleared_at,
                Some(self.now),
            ];
            prop_assert!(stamps.iter().flatten().is_sorted(), "{:?}", service);
        }
        Ok(())
    }

    fn no_leg_belongs_to_two_contacts(&mut self) -> Result<(), TestCaseError> {
        for agent in self.instance.agents() {
            for contact in &agent.contacts {
                for leg in &contact.legs {
                    let owner = self.legs.entry(leg.id.clone());
                    prop_assert_eq!(owner.or_insert_with(|| contact.id.clone()), &contact.id);
                }
            }
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 384, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_the_invariants_hold(deeds in prop::collection::vec(deed(), 1..80)) {
        let mut history = History::new();
        for deed in deeds {
            let before = history.instance.agents.clone();
            history.perform(&deed);
            history.every_customer_is_in_one_place()?;
            history.no_colleague_is_alone()?;
            history.nobody_is_overloaded()?;
            history.stamps_are_in_the_past_and_in_order(&before)?;
            history.no_leg_belongs_to_two_contacts()?;
            history.a_line_knows_who_serves_it()?;
            for number in 0..history.asked {
                let id = format!("req-{number}");
                prop_assert_eq!(history.answered.get(&id), Some(&1), "{}", id);
            }
        }
    }
}
