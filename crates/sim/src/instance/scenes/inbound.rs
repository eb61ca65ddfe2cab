//! Calls and callbacks that come to the agent.

use contract::ContactId;
use rstest::rstest;
use serde_json::Value;

use super::{CALLER, HANAKO, Stage, shop};
use crate::event::{Call, CallbackWish, CustomerAct, Event, Outcome};
use crate::line::{Ending, Place};
use crate::scenario::{Person, Scenario};
use crate::switches::{DeclinedState, SecondCall, Switches, UnansweredState};

#[test]
fn an_inbound_call_rings_connects_ends_and_is_cleared() {
    let mut stage = Stage::new(shop());
    let id = stage.call();
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
fn the_customer_hangs_up() {
    let mut stage = Stage::new(shop());
    let id = stage.accepted();
    stage.customer(&id, CustomerAct::HangUp);
    assert_eq!(
        stage.seen(),
        ["AfterCallWork/system | ended agent:disconnected inbound*:disconnected"]
    );
}

#[rstest]
#[case::as_the_real_service(UnansweredState::Error, "error")]
#[case::as_documented(UnansweredState::Missed, "missed")]
fn an_offer_rings_out_after_twenty_seconds(#[case] missed: UnansweredState, #[case] state: &str) {
    let mut stage = Stage::new(shop().with_switches(|switches| switches.missed = missed));
    let id = stage.call();
    stage.after(19);
    assert!(stage.seen().is_empty());
    stage.after(1);
    assert_eq!(
        stage.seen(),
        [format!(
            "MissedCallAgent/error | {state} agent:disconnected inbound*:connected"
        )]
    );
    assert_eq!(stage.place(&id), Place::Queued);
}

#[rstest]
#[case::as_the_real_service(DeclinedState::Error, "error")]
#[case::as_documented(DeclinedState::Rejected, "rejected")]
fn an_offer_is_declined(#[case] declined: DeclinedState, #[case] state: &str) {
    let mut stage = Stage::new(shop().with_switches(|switches| switches.declined = declined));
    let id = stage.call();
    stage.on("rejectContact", &id).unwrap();
    assert_eq!(
        stage.seen(),
        [format!(
            "FailedConnectAgent/error | {state} agent:disconnected inbound*:connected"
        )]
    );
}

#[test]
fn a_connection_of_a_missed_call_cannot_be_destroyed_under_the_waiting_customer() {
    let mut stage = Stage::new(shop());
    let id = stage.call();
    stage.after(20);
    let refused = stage.on_leg("destroyConnection", &id, 1);
    assert_eq!(refused, Err("InvalidStateException".to_owned()));
    assert_eq!(stage.place(&id), Place::Queued);
}

#[test]
fn a_missed_call_is_offered_again_under_its_id_once_the_agent_is_available() {
    let mut stage = Stage::new(shop());
    let id = stage.call();
    stage.after(20);
    stage.after(60);
    assert!(!stage.seen().iter().any(|seen| seen.contains("connecting")));
    stage.on("clearContact", &id).unwrap();
    assert_eq!(
        stage.seen(),
        [
            "Available/routable",
            "PendingBusy/system | connecting agent:connecting inbound*:connected",
        ]
    );
    assert_eq!(stage.place(&id), Place::At(HANAKO.to_owned()));
}

#[test]
fn a_caller_who_hangs_up_while_it_rings_is_cleared_after_a_while() {
    let mut stage = Stage::new(shop());
    let id = stage.call();
    stage.customer(&id, CustomerAct::HangUp);
    assert_eq!(
        stage.seen(),
        ["MissedCallAgent/error | error agent:disconnected inbound*:disconnected"]
    );
    stage.after(5);
    assert_eq!(stage.seen(), ["Available/routable"]);
}

#[test]
fn a_callback_is_offered_dialled_and_connected_on_a_new_agent_leg() {
    let mut stage = Stage::new(shop());
    let wish = CallbackWish {
        number: Some(CALLER.to_owned()),
        ..CallbackWish::default()
    };
    let Ok(Outcome::Contact(id)) = stage.happen(Event::RequestCallback(wish)) else {
        panic!("no callback");
    };
    assert_eq!(
        stage.seen(),
        ["Pending/not_routable | incoming agent:connecting inbound*:connected"]
    );
    let contact = &stage.tape[0].data["snapshot"]["contacts"][0];
    assert_eq!(contact["type"], "queue_callback");
    assert_ne!(contact["initialContactId"], contact["contactId"]);
    assert_eq!(contact["connections"][0]["softphoneMediaInfo"], Value::Null);

    let offered_leg = stage.leg(0);
    stage.on("acceptContact", &id).unwrap();
    assert_eq!(
        stage.seen(),
        ["CallingCustomer/system | connecting agent:connecting inbound*:connecting"]
    );
    assert_ne!(stage.leg(0), offered_leg);

    stage.customer(&id, CustomerAct::Answer);
    assert_eq!(
        stage.seen(),
        ["Busy/system | connected agent:connected inbound*:connected"]
    );
}

#[test]
fn a_callback_that_nobody_accepts_leaves_the_agent_in_default() {
    let mut stage = Stage::new(shop());
    let wish = CallbackWish {
        number: Some(CALLER.to_owned()),
        ..CallbackWish::default()
    };
    stage.happen(Event::RequestCallback(wish)).unwrap();
    stage.after(20);
    assert_eq!(
        stage.seen(),
        ["Default/error | error agent:disconnected inbound*:connected"]
    );
}

#[test]
fn a_waiting_caller_asks_to_be_called_back_and_leaves_the_queue() {
    let mut stage = Stage::new(shop());
    stage.choose("Lunch", false).unwrap();
    let id = stage.call();
    let wish = CallbackWish {
        instead_of: Some(id.clone()),
        ..CallbackWish::default()
    };
    let Ok(Outcome::Contact(callback)) = stage.happen(Event::RequestCallback(wish)) else {
        panic!("no callback");
    };
    assert!(matches!(
        stage.place(&id),
        Place::Gone {
            reason: Ending::CallbackRequested,
            ..
        }
    ));
    let line = stage.instance.lines().find(|line| line.id == callback);
    assert_eq!(line.unwrap().initial, id);
}

#[test]
fn hold_and_resume_change_only_the_customers_leg() {
    let mut stage = Stage::new(shop());
    let id = stage.accepted();
    stage.on_leg("holdConnection", &id, 1).unwrap();
    assert_eq!(
        stage.seen(),
        ["Busy/system | connected agent:connected inbound*:hold"]
    );
    stage.on_leg("resumeConnection", &id, 1).unwrap();
    assert_eq!(
        stage.seen(),
        ["Busy/system | connected agent:connected inbound*:connected"]
    );
}

#[test]
fn a_forced_second_offer_rings_beside_a_connected_call_and_may_be_refused() {
    let refuse = |switches: &mut Switches| switches.second_call = SecondCall::Refused;
    let mut stage = Stage::new(shop().with_switches(refuse));
    stage.accepted();
    let second = stage.call_with(Call {
        agent: Some(HANAKO.to_owned()),
        force: true,
        ..Call::default()
    });
    assert_eq!(
        stage.seen(),
        [
            "Busy/system | connected agent:connected inbound*:connected \
          | connecting agent:connecting inbound*:connected"
        ]
    );
    let refused = stage.on("acceptContact", &second);
    assert_eq!(refused, Err("InvalidStateException".to_owned()));
}

/// A forced second call beside the first, which is connected.
fn beside_a_call(scenario: Scenario) -> (Stage, ContactId, ContactId) {
    let mut stage = Stage::new(scenario);
    let first = stage.accepted();
    let second = stage.call_with(Call {
        agent: Some(HANAKO.to_owned()),
        force: true,
        ..Call::default()
    });
    stage.seen();
    (stage, first, second)
}

#[test]
fn accepting_a_second_call_holds_the_first_and_resuming_toggles() {
    let (mut stage, first, second) = beside_a_call(shop());
    stage.on("acceptContact", &second).unwrap();
    let rings = "connecting agent:connecting inbound*:connected";
    let held = "connected agent:connected inbound*:hold";
    let talks = "connected agent:connected inbound*:connected";
    assert_eq!(
        stage.seen(),
        [
            format!("Busy/system | {held} | {rings}"),
            format!("Busy/system | {held} | {talks}")
        ]
    );
    stage.on_leg("resumeConnection", &first, 1).unwrap();
    assert_eq!(
        stage.seen(),
        [
            format!("Busy/system | {held} | {held}"),
            format!("Busy/system | {talks} | {held}")
        ]
    );
    stage.on_leg("destroyConnection", &second, 0).unwrap();
    assert_eq!(
        stage.seen(),
        [format!(
            "Busy/system | {talks} | ended agent:disconnected inbound*:disconnected"
        )]
    );
}

#[test]
fn a_softphone_that_accepts_by_itself_does_so_after_a_second() {
    let mut stage = Stage::new(shop_that_accepts());
    stage.call();
    assert_eq!(stage.seen().len(), 1);
    stage.after(1);
    assert_eq!(
        stage.seen(),
        ["Busy/system | connected agent:connected inbound*:connected"]
    );
    stage.after(20);
    assert!(stage.seen().is_empty());
}

#[test]
fn what_was_declined_is_not_accepted_by_itself() {
    let mut stage = Stage::new(shop_that_accepts());
    let id = stage.call();
    stage.on("rejectContact", &id).unwrap();
    stage.seen();
    stage.after(1);
    assert!(stage.seen().is_empty());
}

#[test]
fn a_callback_waits_for_the_agent_also_where_calls_are_accepted_by_themselves() {
    let mut stage = Stage::new(shop_that_accepts());
    let wish = CallbackWish {
        number: Some(CALLER.to_owned()),
        ..CallbackWish::default()
    };
    stage.happen(Event::RequestCallback(wish)).unwrap();
    assert_eq!(stage.seen().len(), 1);
    stage.after(19);
    assert!(stage.seen().is_empty());
}

fn shop_that_accepts() -> Scenario {
    let mut shop = shop();
    for agent in &mut shop.agents {
        agent.auto_accept = true;
    }
    shop
}

#[test]
fn the_agent_who_has_been_available_longest_is_offered_the_call() {
    let queues = ["BasicQueue"];
    let mut stage = Stage::new(
        Scenario {
            quick_connects: Vec::new(),
            ..shop()
        }
        .with_agents([
            Person::new(HANAKO, "佐藤 花子").serving(&queues),
            Person::new("aoi", "青井").serving(&queues),
        ]),
    );
    stage.open("aoi");
    stage.after(1);
    stage.choose("Lunch", false).unwrap();
    stage.after(1);
    stage.choose("Available", false).unwrap();
    let id = stage.call();
    assert_eq!(stage.place(&id), Place::At("aoi".to_owned()));
}

#[test]
fn a_call_waits_for_somebody_who_serves_its_queue() {
    let mut stage = Stage::new(
        Scenario {
            quick_connects: Vec::new(),
            ..shop()
        }
        .with_agents([Person::new(HANAKO, "佐藤 花子").serving(&["注文受付"])]),
    );
    let id = stage.call();
    assert_eq!(stage.place(&id), Place::Queued);
}

#[test]
fn nobody_is_offered_a_call_before_their_softphone_was_opened_or_after_signing_out() {
    let mut stage = Stage::new(shop());
    let agent = HANAKO.to_owned();
    stage.happen(Event::SignOut { agent }).unwrap();
    assert_eq!(stage.tape.last().unwrap().event, "terminated");
    let id = stage.call();
    assert_eq!(stage.place(&id), Place::Queued);
}

#[test]
fn a_withheld_number_is_what_the_network_sends() {
    let mut stage = Stage::new(shop());
    stage.call_with(Call::default());
    let contact = &stage.tape[0].data["snapshot"]["contacts"][0];
    assert_eq!(
        contact["connections"][1]["endpoint"]["phoneNumber"],
        "anonymous"
    );
}

#[test]
fn a_contact_that_vanishes_leaves_no_end_and_a_free_agent() {
    let mut stage = Stage::new(shop());
    let id = stage.accepted();
    stage.customer(&id, CustomerAct::Vanish);
    assert_eq!(stage.seen(), ["Available/routable"]);
    let place = stage.place(&id);
    assert!(matches!(
        place,
        Place::Gone {
            reason: Ending::Vanished,
            ..
        }
    ));
}
