//! The telephony state of one contact centre, without a socket and without a clock.
//!
//! [`Instance::handle`] takes what happened and when, and returns what must be sent to whom.
//! The order of effects is the order on the wire: every intermediate state is a snapshot of its
//! own, because the library derives events from consecutive snapshots and a skipped state is a
//! lost event.
//!
//! # Invariants
//!
//! Each is tested over arbitrary histories in `instance/histories.rs`:
//!
//! - a customer is in one place: queued, with one agent, transferred, or gone;
//! - a colleague who was called in talks with the agent who asked, or with the customer;
//! - without force an agent has at most as many live contacts as their voice capacity;
//! - every request is answered once, unless a fault says not at all;
//! - a line names the agent who is on it;
//! - no id is used twice;
//! - stamps within a contact never run backwards.

mod agent_state;
mod conduit;
mod consultation;
mod customer;
mod dialling;
#[cfg(test)]
mod histories;
mod parting;
mod program;
mod quick_connect;
mod request;
mod routing;
#[cfg(test)]
mod scenes;
mod service;
mod supervision;
mod third_party;
mod timer;

use std::collections::{BTreeMap, VecDeque};

use chrono::{DateTime, Utc};
use contract::ContactId;
use serde::Serialize;
use serde_json::{Value, json};

use crate::agent::Agent;
use crate::contact::Contact;
use crate::event::{Effect, Event, Fault, Message, Mutation, Outcome, Reaction, Refusal};
use crate::id::Ids;
use crate::line::{Line, Reach};
use crate::offer::Offers;
use crate::scenario::{Scenario, State};
use crate::wire::rfc3339;
use timer::Timer;

/// Lines that are gone are remembered for the customer's phone and for tests, at most this many.
const REMEMBERED_LINES: usize = 200;

/// Requests are recorded for tests, at most this many.
const RECORDED_REQUESTS: usize = 1_000;

/// A contact centre at work.
#[derive(Debug)]
pub struct Instance {
    scenario: Scenario,
    agents: BTreeMap<String, Agent>,
    lines: BTreeMap<ContactId, Line>,
    ports: BTreeMap<String, Port>,
    /// Owner of a topic among an agent's tabs.
    masters: BTreeMap<(String, String), String>,
    phones: BTreeMap<String, Reach>,
    offers: Offers,
    timers: BTreeMap<(DateTime<Utc>, u64), Timer>,
    mutations: VecDeque<Mutation>,
    faults: VecDeque<Fault>,
    requests: VecDeque<Recorded>,
    ids: Ids,
    effects: Vec<Effect>,
    now: DateTime<Utc>,
}

/// One CCP page, framed or alone.
#[derive(Debug, Clone)]
struct Port {
    agent: String,
    /// Only a framed CCP has a parent to ask for its configuration.
    framed: bool,
    /// What the parent configured, echoed to it.
    configure: Option<Value>,
    /// `outer_context_info`, for tests.
    streams_version: Option<String>,
    /// Its session is over, and it goes on answering the heartbeat and nothing else.
    signed_out: bool,
}

/// One API request as it was answered, for tests.
#[derive(Debug, Clone, Serialize)]
struct Recorded {
    at: String,
    agent: String,
    method: String,
    params: Value,
    /// `ok`, the exception's type, or `none` when a fault swallowed the answer.
    answer: String,
}

impl Instance {
    /// Opens the contact centre at `now`.
    ///
    /// # Errors
    ///
    /// [`crate::ScenarioError`] as [`Scenario::validate`] finds it.
    pub fn new(scenario: Scenario, now: DateTime<Utc>) -> Result<Self, crate::ScenarioError> {
        scenario.validate()?;
        let mut instance = Self {
            agents: people(&scenario, now),
            phones: scenario.phones.clone(),
            ids: Ids::new(scenario.id_seed),
            scenario,
            lines: BTreeMap::new(),
            offers: Offers::default(),
            ports: BTreeMap::new(),
            masters: BTreeMap::new(),
            timers: BTreeMap::new(),
            mutations: VecDeque::new(),
            faults: VecDeque::new(),
            requests: VecDeque::new(),
            effects: Vec::new(),
            now,
        };
        instance.arm_republish();
        Ok(instance)
    }

    /// Takes what happened at `now`; first everything that was due until then happens, each
    /// thing at its own time.
    pub fn handle(&mut self, event: Event, now: DateTime<Utc>) -> Reaction {
        if matches!(event, Event::ClockSet) {
            self.set_clock(now);
        }
        self.fire_due(now);
        let outcome = self.apply(event);
        self.route();
        Reaction {
            outcome,
            effects: std::mem::take(&mut self.effects),
        }
    }

    /// The configuration in force.
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// The agent of that login.
    pub fn agent(&self, login: &str) -> Option<&Agent> {
        self.agents.get(login)
    }

    /// The first agent of the scenario, whom an automatic sign-in signs in.
    pub fn first_agent(&self) -> Option<&Agent> {
        self.agent(&self.scenario.agents.first()?.login)
    }

    /// All agents, by login.
    pub fn agents(&self) -> impl Iterator<Item = &Agent> {
        self.agents.values()
    }

    /// Every line, also those of late that are gone.
    pub fn lines(&self) -> impl Iterator<Item = &Line> {
        self.lines.values()
    }

    /// The line of that contact, also one of late that is gone.
    pub fn line(&self, id: &ContactId) -> Option<&Line> {
        self.lines.get(id)
    }

    /// Every offer to an agent, as it truly was, for the book.
    pub(crate) fn offers_to_json(&self, login: &str) -> Vec<Value> {
        self.offers.of(login)
    }

    /// How that telephone behaves when it is dialled.
    pub fn reach(&self, number: &str) -> Reach {
        self.phones.get(number).copied().unwrap_or_default()
    }

    /// Open CCP pages and what came from their parents, for the book.
    pub(crate) fn ports_to_json(&self) -> Value {
        self.ports
            .iter()
            .map(|(id, port)| {
                json!({
                    "id": id,
                    "agent": port.agent,
                    "framed": port.framed,
                    "configure": port.configure,
                    "streams_version": port.streams_version,
                })
            })
            .collect()
    }

    /// What never waits for a line: requests, switches and telephones, for the book.
    pub(crate) fn rest_to_json(&self) -> Value {
        json!({
            "requests": self.requests,
            "switches": self.scenario.switches,
            "phones": self.phones,
            "snapshots_to_mutate": self.snapshots_to_mutate(),
            "faults": self.faults,
        })
    }

    /// How many of the next snapshots are to be falsified.
    pub(crate) fn snapshots_to_mutate(&self) -> u32 {
        self.mutations.iter().map(|one| one.remaining).sum()
    }

    fn apply(&mut self, event: Event) -> Result<Outcome, Refusal> {
        match event {
            Event::PortOpened { agent, framed } => self.open_port(&agent, framed),
            Event::PortClosed { port } => {
                self.close_port(&port);
                Ok(Outcome::Done)
            }
            Event::Up { port, message } => {
                self.receive(&port, message);
                Ok(Outcome::Done)
            }
            Event::SignOut { agent } => self.sign_out(&agent),
            Event::ChooseState { agent, state } => self.choose_for(&agent, &state),
            Event::Announce { agent, event, data } => self.announce(&agent, &event, &data),
            Event::Call(call) => self.call(call),
            Event::RequestCallback(wish) => self.request_callback(wish),
            Event::Customer { contact, act } => self.customer(&contact, &act),
            Event::ThirdParty { contact, leg, act } => self.third_party(&contact, &leg, act),
            Event::Supervise { contact, how } => self.supervise(&contact, how),
            Event::DialOut(call) => self.dial_out(call),
            Event::Stop { contact } => self.stop(&contact),
            Event::SetAttributes {
                initial,
                attributes,
            } => self.set_attributes(&initial, &attributes),
            Event::Phone { number, reach } => {
                self.phones.insert(number, reach);
                Ok(Outcome::Done)
            }
            Event::Switches(switches) => {
                self.scenario.switches = *switches;
                self.arm_republish();
                Ok(Outcome::Done)
            }
            Event::Mutate(mutation) => {
                self.mutations.push_back(mutation);
                Ok(Outcome::Done)
            }
            Event::Fault(fault) => {
                self.faults.push_back(fault);
                Ok(Outcome::Done)
            }
            Event::Reset(scenario) => self.reset(*scenario),
            Event::Tick | Event::ClockSet => Ok(Outcome::Done),
        }
    }

    /// Starts over. Pages that are open stay open and ids keep counting: a desk that saw the
    /// earlier contacts must never meet their ids again.
    fn reset(&mut self, scenario: Scenario) -> Result<Outcome, Refusal> {
        scenario.validate().map_err(Refusal::Scenario)?;
        self.agents = people(&scenario, self.now);
        self.phones = scenario.phones.clone();
        self.scenario = scenario;
        self.lines.clear();
        self.offers = Offers::default();
        self.timers.clear();
        self.mutations.clear();
        self.faults.clear();
        self.requests.clear();
        self.arm_republish();
        let unknown: Vec<String> = self
            .ports
            .iter()
            .filter(|(_, port)| !self.agents.contains_key(&port.agent))
            .map(|(id, _)| id.clone())
            .collect();
        for port in unknown {
            self.terminate(&port);
        }
        let present: Vec<String> = self
            .ports
            .values()
            .filter(|port| !port.signed_out)
            .map(|port| port.agent.clone())
            .collect();
        for login in present {
            if let Some(agent) = self.agents.get_mut(&login) {
                agent.signed_in = true;
            }
        }
        let logins: Vec<String> = self.agents.keys().cloned().collect();
        for login in logins {
            self.publish(&login);
        }
        Ok(Outcome::Done)
    }

    /// Changes one contact of one agent; `None` when that offer is over.
    fn change<R>(
        &mut self,
        login: &str,
        offer: u64,
        change: impl FnOnce(&mut Contact, DateTime<Utc>) -> R,
    ) -> Option<R> {
        let now = self.now;
        self.agents
            .get_mut(login)?
            .contacts
            .iter_mut()
            .find(|contact| contact.offer == offer)
            .map(|contact| change(contact, now))
    }

    fn offer_of(&self, login: &str, offer: u64) -> Option<&Contact> {
        self.agents
            .get(login)?
            .contacts
            .iter()
            .find(|contact| contact.offer == offer)
    }

    /// Sends the agent's snapshot, as it is now, to all of their pages.
    fn publish(&mut self, login: &str) {
        let Some(agent) = self.agents.get_mut(login) else {
            return;
        };
        agent.settle(self.now);
        let lines = &self.lines;
        let line = |contact: &Contact| lines.get(&contact.id);
        self.offers.observe(agent, self.now, line);
        service::note(&mut self.lines, agent, self.now);
        let mut update = agent.to_update(&self.scenario, self.now);
        let ports: Vec<String> = self.ports_of(login);
        if ports.is_empty() {
            return;
        }
        if let Some(mutation) = self.mutations.front_mut() {
            // `patch` leaves the document as it was when an operation does not fit.
            if json_patch::patch(&mut update, &mutation.patch).is_ok() {
                mutation.remaining = mutation.remaining.saturating_sub(1);
            }
            if mutation.remaining == 0 {
                self.mutations.pop_front();
            }
        }
        for port in ports {
            self.send(&port, "agent::update", update.clone());
        }
    }

    fn ports_of(&self, login: &str) -> Vec<String> {
        self.ports
            .iter()
            .filter(|(_, port)| port.agent == login && !port.signed_out)
            .map(|(id, _)| id.clone())
            .collect()
    }

    fn send(&mut self, port: &str, event: &str, data: Value) {
        self.effects.push(Effect::Send {
            port: port.to_owned(),
            message: Message {
                event: event.to_owned(),
                data,
            },
        });
    }

    fn broadcast(&mut self, login: &str, event: &str, data: &Value) {
        for port in self.ports_of(login) {
            self.send(&port, event, data.clone());
        }
    }

    fn record(&mut self, agent: &str, method: &str, params: &Value, answer: &str) {
        if self.requests.len() == RECORDED_REQUESTS {
            self.requests.pop_front();
        }
        self.requests.push_back(Recorded {
            at: rfc3339(self.now),
            agent: agent.to_owned(),
            method: method.to_owned(),
            params: params.clone(),
            answer: answer.to_owned(),
        });
    }

    fn state_named(&self, name: &str) -> Option<State> {
        let named = |state: &&State| state.name == name;
        self.scenario.states.iter().find(named).cloned()
    }
}

fn people(scenario: &Scenario, now: DateTime<Utc>) -> BTreeMap<String, Agent> {
    let state_of = |name: &str| {
        scenario
            .states
            .iter()
            .find(|state| state.name == name)
            .or_else(|| scenario.states.first())
    };
    scenario
        .agents
        .iter()
        .enumerate()
        .filter_map(|(number, person)| {
            let state = state_of(&person.state)?.clone();
            let agent = Agent::new(person.clone(), number, state, now);
            Some((person.login.clone(), agent))
        })
        .collect()
}
