//! What pages hear besides: tabs, order, faults, falsified snapshots.

use rstest::rstest;
use serde_json::json;

use super::{HANAKO, Stage, shop};
use crate::event::{Event, Fault, Mutation, Refusal};

#[test]
fn a_page_hears_acknowledge_then_its_tabs_then_the_snapshot() {
    let stage = Stage::new(shop());
    let events: Vec<&str> = stage.tape.iter().map(|m| m.event.as_str()).collect();
    assert_eq!(
        events,
        ["acknowledge", "update_connected_ccps", "agent::update"]
    );
    assert_eq!(stage.tape[0].data, json!({ "id": stage.port }));
}

#[rstest]
#[case::response_first(false, ["api_response", "agent::update"])]
#[case::snapshot_first(true, ["agent::update", "api_response"])]
fn the_order_of_answer_and_snapshot_is_a_switch(#[case] before: bool, #[case] order: [&str; 2]) {
    let scenario = shop().with_switches(|s| s.snapshot_before_response = before);
    let mut stage = Stage::new(scenario);
    stage.accepted();
    let events: Vec<&str> = stage.tape.iter().map(|m| m.event.as_str()).collect();
    assert_eq!(events, order);
}

#[test]
fn an_unknown_method_is_answered_as_the_worker_answers_it() {
    let mut stage = Stage::new(shop());
    stage.ask("makeCoffee", &json!({})).unwrap_err();
    let err = stage.tape[0].data["err"].as_str().unwrap();
    assert!(err.contains("No such method exists on AWS client: makeCoffee"));
}

#[test]
fn falsified_snapshots_are_counted_and_only_when_the_patch_fits() {
    let mut stage = Stage::new(shop());
    let patch = serde_json::from_value(json!([
        { "op": "replace", "path": "/snapshot/contacts/0/state/type", "value": "<b>dancing</b>" },
    ]))
    .unwrap();
    let mutation = Mutation {
        remaining: 1,
        patch,
    };
    stage.happen(Event::Mutate(mutation)).unwrap();
    stage.choose("Lunch", false).unwrap();
    stage.choose("Available", false).unwrap();
    let id = stage.call();
    assert!(stage.seen()[0].contains("| <b>dancing</b> agent"));
    stage.on("acceptContact", &id).unwrap();
    assert!(stage.seen()[0].contains("| connected agent"));
}

#[rstest]
#[case::an_exception(Some("InvalidStateException"), 1)]
#[case::silence(None, 0)]
fn a_fault_fails_the_next_requests_and_no_more(
    #[case] exception: Option<&str>,
    #[case] answers: usize,
) {
    let mut stage = Stage::new(shop());
    let id = stage.call();
    let fault = Fault {
        method: "acceptContact".to_owned(),
        count: 1,
        exception: exception.map(ToOwned::to_owned),
        message: "nope".to_owned(),
    };
    stage.happen(Event::Fault(fault)).unwrap();
    let request =
        json!({ "requestId": "r", "method": "acceptContact", "params": { "contactId": id } });
    stage.up("api_request", request);
    assert_eq!(stage.tape.len(), answers);
    assert!(stage.seen().is_empty());
    stage.on("acceptContact", &id).unwrap();
}

#[test]
fn a_refusal_bears_the_exception_type_of_the_switches() {
    let scenario = shop().with_switches(|switches| {
        let other = "AccessDeniedException".to_owned();
        switches.refusals.insert("putAgentState".to_owned(), other);
    });
    let mut stage = Stage::new(scenario);
    stage.accepted();
    let refused = stage.choose("Lunch", false);
    assert_eq!(refused, Err("AccessDeniedException".to_owned()));
}

#[test]
fn the_first_tab_to_ask_owns_a_topic_until_another_takes_over() {
    let mut stage = Stage::new(shop());
    let ask = |method: &str| json!({ "requestId": "m", "method": method, "params": { "topic": "connect::softphone" } });
    stage.up("master_request", ask("checkMaster"));
    assert_eq!(stage.tape[0].data["data"]["isMaster"], true);
    let first = std::mem::take(&mut stage.port);
    let second = stage.open(HANAKO);
    stage.up("master_request", ask("becomeMaster"));
    assert_eq!(stage.tape[0].data["data"]["takeOver"], true);
    stage.port = first;
    stage.up("master_request", ask("checkMaster"));
    assert_eq!(stage.tape[0].data["data"]["isMaster"], false);
    assert_eq!(stage.tape[0].data["data"]["masterId"], second);
}

#[test]
fn a_framed_page_without_a_configuration_asks_for_it() {
    let mut stage = Stage::new(shop());
    stage.after(1);
    assert_eq!(stage.tape[0].event, "request_configure");
    stage.up(
        "configure",
        json!({ "softphone": { "allowFramedSoftphone": true } }),
    );
    assert_eq!(stage.tape[0].event, "configuration::configure");
}

#[test]
fn a_page_may_learn_its_id_later_than_it_is_acknowledged() {
    let scenario = shop().with_switches(|s| s.acknowledge_id_after_ms = Some(1_000));
    let mut stage = Stage::new(scenario);
    assert_eq!(stage.tape[0].event, "acknowledge");
    assert_eq!(stage.tape[0].data, json!(null));
    stage.after(1);
    let id = json!({ "id": stage.port });
    assert!(
        stage
            .tape
            .iter()
            .any(|message| message.event == "acknowledge" && message.data == id)
    );
}

#[test]
fn a_page_whose_session_ended_may_go_on_acknowledging_and_hears_nothing_else() {
    let scenario = shop().with_switches(|s| s.acknowledges_after_sign_out = true);
    let mut stage = Stage::new(scenario);
    let agent = HANAKO.to_owned();
    stage.happen(Event::SignOut { agent }).unwrap();
    let events: Vec<&str> = stage.tape.iter().map(|m| m.event.as_str()).collect();
    assert_eq!(events, ["terminated"]);
    stage.up("synchronize", json!(null));
    assert_eq!(stage.tape[0].event, "acknowledge");
    stage.choose_from_outside("Lunch");
    assert!(stage.tape.is_empty());
    let request = json!({ "requestId": "r", "method": "getEndpoints", "params": {} });
    stage.up("api_request", request);
    assert!(stage.tape.is_empty());
}

#[test]
fn a_ccp_says_what_nothing_in_here_is_the_cause_of() {
    let mut stage = Stage::new(shop());
    let announce = |event: &str| Event::Announce {
        agent: HANAKO.to_owned(),
        event: event.to_owned(),
        data: json!({ "authorize": true }),
    };
    stage.happen(announce("auth_fail")).unwrap();
    assert_eq!(stage.tape[0].event, "auth_fail");
    assert_eq!(stage.tape[0].data["authorize"], true);
    let refused = stage.happen(announce("agent::update"));
    assert!(matches!(
        refused,
        Err(Refusal::Member {
            member: "event",
            ..
        })
    ));
}
