//! A colleague is called in.

use contract::ContactId;
use serde_json::json;

use super::{HANAKO, Stage, shop};
use crate::agent::destination_arn;
use crate::contact::Contact;
use crate::event::{CustomerAct, Event, Outcome, ThirdPartyAct};
use crate::line::{Ending, Place};

const ICHIRO: &str = "ichiro.suzuki";
/// Positions of the shop's quick connects.
const COLLEAGUE: usize = 1;
const RETURNS: usize = 2;

/// Hanako talks with a customer and has called a colleague in.
fn asking(whom: usize) -> (Stage, ContactId) {
    let mut stage = Stage::new(shop());
    stage.open(ICHIRO);
    let id = stage.accepted();
    let kind = if whom == COLLEAGUE { "agent" } else { "queue" };
    let arn = destination_arn(stage.instance.scenario(), whom);
    let endpoint = json!({ "type": kind, "endpointARN": arn });
    let request = json!({ "contactId": id, "endpoint": endpoint });
    stage.ask("createAdditionalConnection", &request).unwrap();
    (stage, id)
}

fn answered() -> (Stage, ContactId) {
    let (mut stage, id) = asking(COLLEAGUE);
    let leg = stage.leg(2);
    let answers = Event::ThirdParty {
        contact: id.clone(),
        leg,
        act: ThirdPartyAct::Answer,
    };
    stage.happen(answers).unwrap();
    (stage, id)
}

/// What the colleague has in hand.
fn at_colleague(stage: &Stage) -> Option<&Contact> {
    stage.instance.agent(ICHIRO).unwrap().contacts.first()
}

fn state_at_colleague(stage: &Stage) -> &'static str {
    at_colleague(stage).map_or("nothing", |contact| contact.state.name())
}

#[test]
fn it_rings_at_the_colleague_as_a_contact_of_the_same_chain() {
    let (stage, id) = asking(COLLEAGUE);
    let contact = at_colleague(&stage).expect("a contact");
    assert!(contact.is_offered());
    assert_ne!(contact.id, id);
    assert_eq!(contact.initial, id);
    let wire = contact.to_wire(false, stage.now);
    assert_eq!(wire["initiationMethod"], "transfer");
}

#[test]
fn a_queue_rings_at_whoever_serves_it() {
    let (stage, _) = asking(RETURNS);
    let contact = at_colleague(&stage).expect("a contact");
    assert_eq!(contact.queue.1, "返品・交換");
}

#[test]
fn the_colleagues_answer_brings_the_third_party_up() {
    let (stage, _) = answered();
    assert_eq!(
        stage.seen(),
        ["Busy/system | connected agent:connected inbound*:hold outbound:connected"]
    );
    assert_eq!(state_at_colleague(&stage), "connected");
}

#[test]
fn whoever_is_left_with_the_customer_talks_with_them_until_one_hangs_up() {
    let (mut stage, id) = answered();
    stage.on_leg("destroyConnection", &id, 0).unwrap();
    assert_eq!(stage.place(&id), Place::Transferred);
    assert_eq!(state_at_colleague(&stage), "connected");
    stage.customer(&id, CustomerAct::HangUp);
    assert_eq!(state_at_colleague(&stage), "ended");
}

#[test]
fn a_colleague_who_hangs_up_on_the_customer_ends_the_call() {
    let (mut stage, id) = answered();
    stage.on_leg("destroyConnection", &id, 0).unwrap();
    hang_up_at_colleague(&mut stage);
    assert!(matches!(
        stage.place(&id),
        Place::Gone {
            reason: Ending::AgentHungUp,
            ..
        }
    ));
}

#[test]
fn a_colleague_who_leaves_the_consultation_leaves_the_customer_to_the_first_agent() {
    let (mut stage, _) = answered();
    hang_up_at_colleague(&mut stage);
    assert_eq!(
        stage.seen(),
        ["Busy/system | connected agent:connected inbound*:hold outbound:disconnected"]
    );
}

#[test]
fn a_colleague_who_is_dropped_has_after_call_work() {
    let (mut stage, id) = answered();
    stage.on_leg("destroyConnection", &id, 2).unwrap();
    assert_eq!(state_at_colleague(&stage), "ended");
}

#[test]
fn a_colleague_who_is_no_longer_asked_is_rung_no_longer() {
    let (mut stage, id) = asking(COLLEAGUE);
    stage.on_leg("destroyConnection", &id, 2).unwrap();
    assert_eq!(state_at_colleague(&stage), "error");
}

#[test]
fn a_customer_who_was_left_while_it_rang_waits_longer_than_an_agent_would() {
    let (mut stage, id) = asking(COLLEAGUE);
    stage.on_leg("destroyConnection", &id, 0).unwrap();
    stage.after(60);
    assert_eq!(stage.place(&id), Place::Transferred);
    stage.customer(&id, CustomerAct::HangUp);
    let colleagues = stage.instance.lines().find(|line| line.asked_by.is_some());
    assert!(colleagues.unwrap().is_gone());
}

#[test]
fn a_colleague_whom_nobody_plays_does_not_answer() {
    let mut stage = Stage::new(shop());
    let id = stage.accepted();
    let arn = destination_arn(stage.instance.scenario(), COLLEAGUE);
    let endpoint = json!({ "type": "agent", "endpointARN": arn });
    let request = json!({ "contactId": id, "endpoint": endpoint });
    stage.ask("createAdditionalConnection", &request).unwrap();
    let leg = stage.leg(2);
    let act = ThirdPartyAct::Answer;
    let contact = id.clone();
    let refused = stage.happen(Event::ThirdParty { contact, leg, act });
    assert!(refused.is_err());
}

/// In the colleague's own CCP.
fn hang_up_at_colleague(stage: &mut Stage) {
    let contact = at_colleague(stage).expect("a contact");
    let params = json!({ "contactId": contact.id, "connectionId": contact.legs[0].id });
    let request = json!({ "requestId": "r", "method": "destroyConnection", "params": params });
    let event = Event::PortOpened {
        agent: ICHIRO.to_owned(),
        framed: false,
    };
    let Ok(Outcome::Port(port)) = stage.instance.handle(event, stage.now).outcome else {
        panic!("no page");
    };
    let message = crate::event::Message {
        event: "api_request".to_owned(),
        data: request,
    };
    stage.happen(Event::Up { port, message }).unwrap();
    assert_ne!(stage.instance.agent(HANAKO).unwrap().contacts.len(), 0);
}
