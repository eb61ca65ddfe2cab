//! The book: the whole truth about an instance, as JSON for tests and for the customer's phone.
//!
//! It shows what the desk cannot see as well: queues, other agents, telephones that are ringing.

use serde_json::{Value, json};

use crate::agent::Agent;
use crate::contact::Contact;
use crate::exchange::Floor;
use crate::leg::{Leg, LegRole, LegState};
use crate::line::{Line, Place};
use crate::shop::CALLERS;
use crate::wire::rfc3339;

/// Everything, for `GET /control/book`.
pub(crate) fn book(floor: &Floor) -> Value {
    let instance = &floor.instance;
    let agents: Vec<Value> = instance.agents().map(agent).collect();
    let lines: Vec<Value> = instance.lines().map(|one| line(floor, one)).collect();
    let mut ccps = instance.ports_to_json();
    for ccp in ccps.as_array_mut().into_iter().flatten() {
        if let Some(ccp) = ccp.as_object_mut()
            && let Some(held) = ccp
                .get("id")
                .and_then(Value::as_str)
                .map(|id| floor.held(id))
        {
            ccp.insert("held".to_owned(), json!(held));
        }
    }
    let place = |name: &str| {
        let here = |line: &&Value| line.pointer("/place").and_then(Value::as_str) == Some(name);
        lines.iter().filter(here).count()
    };
    let mut book = json!({
        "clock": { "now": rfc3339(floor.clock.now()), "running": floor.clock.is_running() },
        "sign_in": floor.sessions.mode(),
        "hold": floor.hold(),
        "counts": {
            "agents": agents.len(),
            "ccps": ccps.as_array().map_or(0, Vec::len),
            "lines": lines.len(),
            "queued": place("queued"),
            "at_agents": place("agent"),
        },
        "agents": agents,
        "lines": lines,
        "ccps": ccps,
    });
    if let (Some(book), Value::Object(rest)) = (book.as_object_mut(), instance.rest_to_json()) {
        book.extend(rest);
    }
    book
}

/// One agent of it, with every offer to them, for `GET /control/agents/{login}`: what a test asks
/// for after every step.
pub(crate) fn page_of(floor: &Floor, login: &str) -> Option<Value> {
    let instance = &floor.instance;
    let found = instance.agent(login)?;
    Some(json!({
        "clock": { "now": rfc3339(floor.clock.now()), "running": floor.clock.is_running() },
        "agent": agent(found),
        "offers": instance.offers_to_json(login),
        "ccps": instance.ports_to_json(),
        "held": floor.most_held(),
        "snapshots_to_mutate": instance.snapshots_to_mutate(),
    }))
}

/// What the customer's phone shows: lines, queues, and how telephones behave.
pub(crate) fn phone_view(floor: &Floor) -> Value {
    let scenario = floor.instance.scenario();
    json!({
        "now": rfc3339(floor.clock.now()),
        "queues": scenario.queues.iter().map(|queue| &queue.name).collect::<Vec<_>>(),
        // A colleague who is called in is not the customer.
        "lines": floor
            .instance
            .lines()
            .filter(|line| line.asked_by.is_none())
            .map(|one| line(floor, one))
            .collect::<Vec<_>>(),
        "phones": floor.instance.rest_to_json().get("phones"),
        "callers": callers(floor),
    })
}

/// Who of the shop can be called as; nobody, where there is none.
fn callers(floor: &Floor) -> Vec<Value> {
    let has_shop = floor
        .profiles
        .has_shop(floor.clock.now())
        .unwrap_or_default();
    let callers = CALLERS.iter().filter(|_| has_shop);
    callers
        .map(|one| json!({ "number": one.number, "ja": one.japanese, "en": one.english }))
        .collect()
}

fn agent(agent: &Agent) -> Value {
    json!({
        "login": agent.person.login,
        "name": agent.person.name,
        "signed_in": agent.signed_in,
        "state": {
            "name": agent.shown.name,
            "type": agent.shown.kind,
            "since": rfc3339(agent.shown.since),
        },
        "availability": agent.availability.name,
        "next_state": agent.next.as_ref().map(|(state, _)| &state.name),
        "muted": agent.muted,
        "contacts": agent.contacts.iter().map(contact).collect::<Vec<_>>(),
    })
}

fn contact(contact: &Contact) -> Value {
    json!({
        "contact_id": contact.id,
        "initial_contact_id": contact.initial,
        "origin": contact.origin,
        "channel": contact.channel,
        "title": contact.title,
        "state": contact.state.name(),
        "since": rfc3339(contact.since),
        "queue": contact.queue.1,
        "number": contact.customer_number,
        "attributes": contact.attributes,
        "legs": contact.legs.iter().map(leg).collect::<Vec<_>>(),
    })
}

fn leg(leg: &Leg) -> Value {
    json!({
        "connection_id": leg.id,
        "role": match leg.role {
            LegRole::Agent => "agent",
            LegRole::Caller | LegRole::Callee => "customer",
            LegRole::ThirdParty => "third_party",
            LegRole::Supervisor => "supervisor",
        },
        "state": leg.state,
        "since": rfc3339(leg.since),
        "number": leg.endpoint.phone_number,
        "name": leg.endpoint.name,
        "mute": leg.mute,
    })
}

/// A line with the words for what the customer hears.
fn line(floor: &Floor, line: &Line) -> Value {
    let contact = match &line.place {
        Place::At(login) => floor
            .instance
            .agent(login)
            .and_then(|agent| agent.contacts.iter().find(|contact| contact.id == line.id)),
        Place::Dialled | Place::Queued | Place::Transferred | Place::Gone { .. } => None,
    };
    let (place, agent) = match &line.place {
        Place::Dialled => ("dialled", None),
        Place::Queued => ("queued", None),
        Place::At(login) => ("agent", Some(login)),
        Place::Transferred => ("transferred", None),
        Place::Gone { .. } => ("gone", None),
    };
    let name = agent
        .and_then(|login| floor.instance.agent(login))
        .map(|agent| agent.person.name.as_str());
    let ended = match line.place {
        Place::Gone { reason, at } => Some((reason, rfc3339(at))),
        Place::Dialled | Place::Queued | Place::At(_) | Place::Transferred => None,
    };
    json!({
        "contact_id": line.id,
        "initial_contact_id": line.initial,
        "origin": line.origin,
        "channel": line.channel,
        "title": line.title,
        "number": line.number,
        "queue": line.queue,
        "queued_at": rfc3339(line.queued_at),
        "attributes": line.attributes,
        "place": place,
        "doing": contact.map_or(place, doing),
        "since": contact.map(|contact| rfc3339(contact.since)),
        "agent": agent,
        "agent_name": name,
        "digits_heard": line.digits_heard,
        "asked_by": line.asked_by.as_ref().map(|by| &by.contact),
        "ending": ended.as_ref().map(|(reason, _)| reason),
        "ended_at": ended.as_ref().map(|(_, at)| at),
        "third_parties": contact.map(|contact| contact.third_parties().map(leg).collect::<Vec<_>>()),
    })
}

/// `offered`, `dialled`, `hold` or `talking`.
fn doing(contact: &Contact) -> &'static str {
    let held = |leg: &Leg| leg.state == LegState::Hold;
    if contact.is_offered() {
        "offered"
    } else if contact.is_dialling() {
        "dialled"
    } else if contact.customer().is_some_and(held) {
        "hold"
    } else {
        "talking"
    }
}
