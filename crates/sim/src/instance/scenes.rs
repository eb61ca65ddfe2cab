//! One test per step that a contact or an agent can take, each seen as the library sees it: in
//! the snapshots that one page receives.

mod agent;
mod channels;
mod conduit;
mod consultation;
mod inbound;
mod outbound;
mod third_party;

use chrono::{DateTime, TimeDelta, Utc};
use contract::{ConnectionId, ContactId};
use serde_json::{Value, json};

use super::Instance;
use crate::event::{Call, CustomerAct, Effect, Event, Message, Outcome, Refusal};
use crate::line::Place;
use crate::scenario::Scenario;

const HANAKO: &str = "hanako.sato";
const CALLER: &str = "+819012345678";

/// An instance with Hanako's page open, and everything that page was sent.
struct Stage {
    instance: Instance,
    now: DateTime<Utc>,
    port: String,
    tape: Vec<Message>,
    requests: u32,
}

impl Stage {
    fn new(scenario: Scenario) -> Self {
        let now = "2026-01-01T09:00:00Z".parse().unwrap();
        let mut stage = Self {
            instance: Instance::new(scenario, now).unwrap(),
            now,
            port: String::new(),
            tape: Vec::new(),
            requests: 0,
        };
        stage.port = stage.open(HANAKO);
        stage
    }

    fn open(&mut self, login: &str) -> String {
        let event = Event::PortOpened {
            agent: login.to_owned(),
            framed: true,
        };
        let reaction = self.instance.handle(event, self.now);
        let Ok(Outcome::Port(port)) = reaction.outcome else {
            panic!("no page");
        };
        if self.port.is_empty() {
            self.port = port.clone();
        }
        self.take(reaction.effects);
        port
    }

    fn take(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            if let Effect::Send { port, message } = effect
                && port == self.port
            {
                self.tape.push(message);
            }
        }
    }

    fn happen(&mut self, event: Event) -> Result<Outcome, Refusal> {
        self.tape.clear();
        let reaction = self.instance.handle(event, self.now);
        self.take(reaction.effects);
        reaction.outcome
    }

    fn after(&mut self, seconds: i64) {
        self.now += TimeDelta::seconds(seconds);
        self.happen(Event::Tick).unwrap();
    }

    fn call(&mut self) -> ContactId {
        self.call_with(Call {
            from: Some(CALLER.to_owned()),
            ..Call::default()
        })
    }

    fn call_with(&mut self, call: Call) -> ContactId {
        match self.happen(Event::Call(call)) {
            Ok(Outcome::Contact(id)) => id,
            other => panic!("no contact: {other:?}"),
        }
    }

    fn customer(&mut self, contact: &ContactId, act: CustomerAct) {
        let contact = contact.clone();
        self.happen(Event::Customer { contact, act }).unwrap();
    }

    /// Asks as the library does; the exception's type when refused.
    fn ask(&mut self, method: &str, params: &Value) -> Result<Value, String> {
        self.requests += 1;
        let id = format!("req-{}", self.requests);
        self.up(
            "api_request",
            json!({ "event": "api_request", "requestId": id, "method": method, "params": params }),
        );
        let answer = self
            .tape
            .iter()
            .find(|message| message.event == "api_response" && message.data["requestId"] == *id)
            .expect("an answer");
        match answer.data["err"].as_str() {
            None => Ok(answer.data["data"].clone()),
            Some(err) => {
                let err: Value = serde_json::from_str(err).expect("an exception");
                Err(err["type"].as_str().unwrap().to_owned())
            }
        }
    }

    fn up(&mut self, event: &str, data: Value) {
        let message = Message {
            event: event.to_owned(),
            data,
        };
        let port = self.port.clone();
        self.happen(Event::Up { port, message }).unwrap();
    }

    fn on(&mut self, method: &str, contact: &ContactId) -> Result<Value, String> {
        self.ask(method, &json!({ "contactId": contact }))
    }

    fn on_leg(&mut self, method: &str, contact: &ContactId, leg: usize) -> Result<Value, String> {
        let agent = self.instance.agent(HANAKO).unwrap();
        let mut contacts = agent.contacts.iter();
        let contact = contacts.find(|one| one.id == *contact).unwrap();
        let (contact, leg) = (&contact.id.clone(), contact.legs[leg].id.clone());
        self.ask(
            method,
            &json!({ "contactId": contact, "connectionId": leg }),
        )
    }

    fn leg(&self, at: usize) -> ConnectionId {
        let agent = self.instance.agent(HANAKO).unwrap();
        agent.contacts[0].legs[at].id.clone()
    }

    fn accepted(&mut self) -> ContactId {
        let id = self.call();
        self.on("acceptContact", &id).unwrap();
        id
    }

    fn dial(&mut self) -> ContactId {
        let endpoint = json!({ "type": "phone_number", "phoneNumber": CALLER });
        self.ask("createOutboundContact", &json!({ "endpoint": endpoint }))
            .unwrap();
        self.instance.agent(HANAKO).unwrap().contacts[0].id.clone()
    }

    fn choose(&mut self, name: &str, later: bool) -> Result<Value, String> {
        self.ask(
            "putAgentState",
            &json!({ "state": { "name": name }, "enqueueNextState": later }),
        )
    }

    fn choose_from_outside(&mut self, state: &str) {
        let (agent, state) = (HANAKO.to_owned(), state.to_owned());
        self.happen(Event::ChooseState { agent, state }).unwrap();
    }

    /// Each snapshot that was just sent: the agent's state, then per contact its state and its
    /// legs', `*` marking the customer's.
    fn seen(&self) -> Vec<String> {
        self.tape
            .iter()
            .filter(|message| message.event == "agent::update")
            .map(|message| read(&message.data["snapshot"]))
            .collect()
    }

    fn place(&self, id: &ContactId) -> Place {
        let line = self.instance.lines().find(|line| line.id == *id);
        line.expect("a line").place.clone()
    }
}

fn read(snapshot: &Value) -> String {
    let state = &snapshot["state"];
    let text = |value: &Value| value.as_str().unwrap_or("null").to_owned();
    let mut words = vec![format!("{}/{}", text(&state["name"]), text(&state["type"]))];
    for contact in snapshot["contacts"].as_array().unwrap() {
        words.push(format!("| {}", text(&contact["state"]["type"])));
        for leg in contact["connections"].as_array().unwrap() {
            let mark = if leg["initial"] == true { "*" } else { "" };
            let (kind, state) = (text(&leg["type"]), text(&leg["state"]["type"]));
            words.push(format!("{kind}{mark}:{state}"));
        }
    }
    words.join(" ")
}

fn shop() -> Scenario {
    Scenario::default()
}
