//! What the agent chooses, and the microphone.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{HANAKO, Stage, shop};
use crate::event::{CustomerAct, Event};

#[test]
fn the_softphones_mute_is_echoed_told_and_ends_with_the_call() {
    let mut stage = Stage::new(shop());
    let id = stage.accepted();
    stage.up(
        "broadcast",
        json!({ "event": "mute", "data": { "mute": true } }),
    );
    let events: Vec<&str> = stage.tape.iter().map(|m| m.event.as_str()).collect();
    assert_eq!(events, ["mute", "agent::mute_toggle"]);
    assert_eq!(stage.tape[1].data, json!({ "muted": true }));
    stage.customer(&id, CustomerAct::HangUp);
    let told = stage.tape.iter().find(|m| m.event == "agent::mute_toggle");
    assert_eq!(told.unwrap().data, json!({ "muted": false }));
}

#[test]
fn without_a_call_there_is_no_microphone_to_mute() {
    let mut stage = Stage::new(shop());
    stage.up(
        "broadcast",
        json!({ "event": "mute", "data": { "mute": true } }),
    );
    let events: Vec<&str> = stage.tape.iter().map(|m| m.event.as_str()).collect();
    assert_eq!(events, ["mute"]);
}

#[test]
fn the_servers_mute_shows_on_the_agents_leg() {
    let mut stage = Stage::new(shop());
    let id = stage.accepted();
    stage.on_leg("muteParticipant", &id, 0).unwrap();
    let update = stage
        .tape
        .iter()
        .find(|m| m.event == "agent::update")
        .unwrap();
    let muted = &update.data["snapshot"]["contacts"][0]["connections"][0]["mute"];
    assert_eq!(*muted, Value::Bool(true));
}

#[test]
fn a_state_change_is_refused_on_a_live_contact_and_may_be_queued() {
    let mut stage = Stage::new(shop());
    let id = stage.accepted();
    let refused = stage.choose("Lunch", false);
    assert_eq!(refused, Err("InvalidStateException".to_owned()));
    stage.choose("Lunch", true).unwrap();
    let next = |stage: &Stage| stage.tape[1].data["snapshot"]["nextState"]["name"].clone();
    assert_eq!(next(&stage), "Lunch");
    stage.choose("Available", true).unwrap();
    assert_eq!(next(&stage), Value::Null);
    stage.choose("Lunch", true).unwrap();
    stage.customer(&id, CustomerAct::HangUp);
    stage.on("clearContact", &id).unwrap();
    assert_eq!(stage.seen(), ["Lunch/not_routable"]);
    assert_eq!(next(&stage), Value::Null);
}

#[test]
fn choosing_a_state_drops_a_contact_that_came_to_nothing() {
    let mut stage = Stage::new(shop());
    stage.call();
    stage.after(20);
    stage.choose("Lunch", false).unwrap();
    assert_eq!(stage.seen(), ["Lunch/not_routable"]);
}

#[test]
fn after_call_work_blocks_a_state_change_unless_the_switch_says_otherwise() {
    let ended = |ends| {
        let scenario = shop().with_switches(|s| s.state_change_ends_after_call_work = ends);
        let mut stage = Stage::new(scenario);
        let id = stage.accepted();
        stage.customer(&id, CustomerAct::HangUp);
        stage.choose("Lunch", false)
    };
    assert_eq!(ended(false), Err("InvalidStateException".to_owned()));
    assert_eq!(ended(true), Ok(json!({})));
}

#[test]
fn after_call_work_ends_by_itself_when_it_is_limited() {
    let limited = shop().with_switches(|s| s.after_call_work_limit_ms = Some(15_000));
    let mut stage = Stage::new(limited);
    let id = stage.accepted();
    stage.customer(&id, CustomerAct::HangUp);
    stage.after(15);
    assert_eq!(stage.seen(), ["Available/routable"]);
}

#[test]
fn the_clock_set_back_takes_the_agents_state_along() {
    let mut stage = Stage::new(shop());
    stage.now -= TimeDelta::days(1);
    stage.happen(Event::ClockSet).unwrap();
    let agent = stage.instance.agent(HANAKO).unwrap();
    assert_eq!(agent.shown.since, stage.now);
}
