//! Chats and tasks, alone and beside a call.

use rstest::rstest;
use serde_json::json;

use super::{HANAKO, Stage, shop};
use crate::contact::ContactState;
use crate::event::{Call, CustomerAct};
use crate::line::{Channel, Place};

fn from(channel: Channel) -> Call {
    Call {
        channel,
        from: Some("田中".to_owned()),
        ..Call::default()
    }
}

fn beside(channel: Channel) -> Call {
    Call {
        agent: Some(HANAKO.to_owned()),
        force: true,
        ..from(channel)
    }
}

#[rstest]
#[case(Channel::Chat)]
#[case(Channel::Task)]
fn it_is_offered_accepted_left_and_cleared(#[case] channel: Channel) {
    let mut stage = Stage::new(shop());
    let id = stage.call_with(from(channel));
    assert_eq!(
        stage.seen(),
        ["PendingBusy/system | connecting agent:connecting inbound*:connected"]
    );
    stage.on("acceptContact", &id).unwrap();
    assert_eq!(
        stage.seen(),
        ["Busy/system | connected agent:connected inbound*:connected"]
    );
    stage.on_leg("destroyConnection", &id, 0).unwrap();
    assert_eq!(
        stage.seen(),
        ["AfterCallWork/system | ended agent:disconnected inbound*:disconnected"]
    );
    stage.on("clearContact", &id).unwrap();
    assert_eq!(stage.seen(), ["Available/routable"]);
}

#[test]
fn a_chat_bears_the_customers_name_and_no_telephone() {
    let mut stage = Stage::new(shop());
    stage.call_with(from(Channel::Chat));
    let contact = &stage.tape[0].data["snapshot"]["contacts"][0];
    assert_eq!(contact["type"], "chat");
    assert_eq!(contact["customerEndpoint"], json!(null));
    assert_eq!(
        contact["segmentAttributes"]["connect:Subtype"]["ValueString"],
        "connect:Chat"
    );
    let leg = &contact["connections"][0];
    assert_eq!(leg["chatMediaInfo"]["customerName"], "田中");
    assert_eq!(leg["softphoneMediaInfo"], json!(null));
}

#[test]
fn a_task_bears_its_name() {
    let mut stage = Stage::new(shop());
    stage.call_with(from(Channel::Task));
    let contact = &stage.tape[0].data["snapshot"]["contacts"][0];
    assert_eq!(contact["type"], "task");
    assert_eq!(contact["name"], "田中");
}

#[rstest]
#[case::declined("rejectContact", "rejected")]
#[case::left_by_the_customer("", "missed")]
fn what_is_not_accepted_is_no_error(#[case] method: &str, #[case] state: &str) {
    let mut stage = Stage::new(shop());
    let id = stage.call_with(from(Channel::Chat));
    if method.is_empty() {
        stage.customer(&id, CustomerAct::HangUp);
    } else {
        stage.on(method, &id).unwrap();
    }
    assert!(
        stage.seen()[0].contains(&format!("| {state} agent")),
        "{:?}",
        stage.seen()
    );
}

#[test]
fn nothing_of_another_channel_is_offered_during_a_call() {
    let mut stage = Stage::new(shop());
    let call = stage.accepted();
    let chat = stage.call_with(from(Channel::Chat));
    assert_eq!(stage.place(&chat), Place::Queued);
    stage.customer(&call, CustomerAct::HangUp);
    stage.on("clearContact", &call).unwrap();
    assert_eq!(stage.place(&chat), Place::At(HANAKO.to_owned()));
}

#[test]
fn beside_a_call_it_is_the_call_that_names_the_agents_state() {
    let mut stage = Stage::new(shop());
    stage.accepted();
    let chat = stage.call_with(beside(Channel::Chat));
    assert!(stage.seen()[0].starts_with("Busy/system | connected"));
    stage.on("acceptContact", &chat).unwrap();
    stage.on("rejectContact", &chat).unwrap_err();
    let agent = stage.instance.agent(HANAKO).unwrap();
    assert_eq!(agent.load(Channel::Voice), 1);
    assert_eq!(agent.load(Channel::Chat), 1);
}

#[test]
fn a_task_is_set_aside_and_taken_up_again() {
    let mut stage = Stage::new(shop());
    let id = stage.call_with(from(Channel::Task));
    stage.on("acceptContact", &id).unwrap();
    stage.on("pauseContact", &id).unwrap();
    assert!(stage.seen()[0].contains("| paused agent"));
    let again = stage.on("pauseContact", &id);
    assert_eq!(again, Err("InvalidStateException".to_owned()));
    stage.on("resumeContact", &id).unwrap();
    assert!(stage.seen()[0].contains("| connected agent"));
}

#[rstest]
#[case("holdConnection")]
#[case("muteParticipant")]
#[case("pauseContact")]
fn what_is_for_others_is_refused_on_a_chat(#[case] method: &str) {
    let mut stage = Stage::new(shop());
    let id = stage.call_with(from(Channel::Chat));
    stage.on("acceptContact", &id).unwrap();
    let refused = stage.on_leg(method, &id, 1);
    assert_eq!(refused, Err("InvalidContactTypeException".to_owned()));
}

#[test]
fn a_chat_that_is_handed_on_is_over_here_and_waits_for_the_other() {
    let mut stage = Stage::new(shop());
    let id = stage.call_with(from(Channel::Chat));
    stage.on("acceptContact", &id).unwrap();
    let arn = crate::agent::destination_arn(stage.instance.scenario(), 1);
    let request = json!({ "contactId": id, "endpoint": { "endpointARN": arn } });
    stage.ask("transferContact", &request).unwrap();
    assert!(stage.seen()[0].starts_with("AfterCallWork/system | ended"));
    assert_eq!(stage.place(&id), Place::Queued);
    stage.open("ichiro.suzuki");
    assert_eq!(stage.place(&id), Place::At("ichiro.suzuki".to_owned()));
    let other = stage.instance.agent("ichiro.suzuki").unwrap();
    assert_eq!(other.contacts[0].state, ContactState::Connecting);
}
