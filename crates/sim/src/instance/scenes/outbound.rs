//! Calls that the agent makes.

use rstest::rstest;
use serde_json::json;

use super::{Stage, shop};
use crate::event::CustomerAct;
use crate::line::Reach;
use crate::switches::{CancelledState, UndialledLeg};

#[test]
fn an_outbound_call_is_dialled_answered_and_ended_by_the_customer() {
    let mut stage = Stage::new(shop());
    let id = stage.dial();
    assert_eq!(
        stage.seen(),
        [
            "CallingCustomer/system | connecting agent:connecting outbound*:connecting",
            "CallingCustomer/system | connecting agent:connected outbound*:connecting",
        ]
    );
    // The answer carries no contact id.
    assert_eq!(stage.tape[0].data["data"], json!({}));
    stage.customer(&id, CustomerAct::Answer);
    assert_eq!(
        stage.seen(),
        ["Busy/system | connected agent:connected outbound*:connected"]
    );
    stage.customer(&id, CustomerAct::HangUp);
    assert_eq!(
        stage.seen(),
        ["AfterCallWork/system | ended agent:disconnected outbound*:disconnected"]
    );
}

#[rstest]
#[case(CustomerAct::NoAnswer, "FailedConnectCustomer")]
#[case(CustomerAct::Refuse, "FailedConnectCustomer")]
#[case(CustomerAct::Busy, "LineEngagedCustomer")]
#[case(CustomerAct::BadNumber, "BadAddressCustomer")]
fn a_dialled_telephone_fails(#[case] act: CustomerAct, #[case] state: &str) {
    let mut stage = Stage::new(shop());
    let id = stage.dial();
    stage.customer(&id, act);
    assert_eq!(
        stage.seen(),
        [format!(
            "{state}/error | error agent:disconnected outbound*:disconnected"
        )]
    );
    stage.after(5);
    assert_eq!(stage.seen(), ["Available/routable"]);
}

#[test]
fn a_dialled_telephone_that_nobody_picks_up_fails_after_thirty_seconds() {
    let quiet = shop().with_switches(|switches| switches.republish_ms = None);
    let mut stage = Stage::new(quiet);
    stage.dial();
    stage.after(29);
    assert!(stage.seen().is_empty());
    stage.after(1);
    assert_eq!(
        stage.seen(),
        ["FailedConnectCustomer/error | error agent:disconnected outbound*:disconnected"]
    );
}

#[rstest]
#[case(CancelledState::Error, "FailedConnectCustomer/error | error")]
#[case(CancelledState::Ended, "AfterCallWork/system | ended")]
fn the_agent_gives_up_while_dialling(#[case] cancelled: CancelledState, #[case] seen: &str) {
    let mut stage = Stage::new(shop().with_switches(|switches| switches.cancelled = cancelled));
    let id = stage.dial();
    stage.on_leg("destroyConnection", &id, 0).unwrap();
    assert_eq!(
        stage.seen(),
        [format!("{seen} agent:disconnected outbound*:disconnected")]
    );
}

#[test]
fn an_outbound_contact_may_count_as_connected_with_the_agents_leg() {
    let early = shop().with_switches(|switches| switches.outbound_connected_at_agent_leg = true);
    let mut stage = Stage::new(early);
    let id = stage.dial();
    assert_eq!(
        stage.seen()[1],
        "Busy/system | connected agent:connected outbound*:connecting"
    );
    stage.customer(&id, CustomerAct::Answer);
    assert_eq!(
        stage.seen(),
        ["Busy/system | connected agent:connected outbound*:connected"]
    );
}

#[rstest]
#[case::no_number("12", "BadEndpointException")]
#[case::not_e164("090-1234-5678", "BadEndpointException")]
#[case::far_away("+99999999999", "AccessDeniedException")]
#[case::set_to_refuse("+81300000001", "BadEndpointException")]
#[case::set_to_forbid("+81300000002", "AccessDeniedException")]
fn a_number_that_cannot_be_dialled_makes_no_contact(#[case] number: &str, #[case] error: &str) {
    let mut stage = Stage::new(
        shop()
            .with_phone("+81300000001", Reach::Refused)
            .with_phone("+81300000002", Reach::NotPermitted),
    );
    let endpoint = json!({ "type": "phone_number", "phoneNumber": number });
    let refused = stage.ask("createOutboundContact", &json!({ "endpoint": endpoint }));
    assert_eq!(refused, Err(error.to_owned()));
    assert!(stage.seen().is_empty());
}

#[test]
fn the_agents_own_leg_takes_its_time_and_the_customer_is_dialled_after_it() {
    let slow = shop()
        .with_phone(super::CALLER, Reach::Answer)
        .with_switches(|switches| switches.agent_leg_ms = 2_000);
    let mut stage = Stage::new(slow);
    stage.dial();
    assert_eq!(
        stage.seen(),
        ["CallingCustomer/system | connecting agent:connecting outbound*:connecting"]
    );
    stage.after(2);
    assert_eq!(
        stage.seen(),
        [
            "CallingCustomer/system | connecting agent:connected outbound*:connecting",
            "Busy/system | connected agent:connected outbound*:connected",
        ]
    );
}

#[test]
fn until_the_agents_own_leg_is_up_the_customers_may_be_nothing_yet() {
    let slow = shop().with_switches(|switches| {
        switches.agent_leg_ms = 2_000;
        switches.undialled = UndialledLeg::Init;
    });
    let mut stage = Stage::new(slow);
    stage.dial();
    assert_eq!(
        stage.seen(),
        ["CallingCustomer/system | connecting agent:connecting outbound*:init"]
    );
    stage.after(2);
    assert_eq!(
        stage.seen(),
        ["CallingCustomer/system | connecting agent:connected outbound*:connecting"]
    );
}

#[test]
fn a_call_given_up_before_the_agents_own_leg_is_up_stays_given_up() {
    let slow = shop().with_switches(|switches| {
        switches.agent_leg_ms = 2_000;
        switches.clear_failed_outbound_after_ms = None;
    });
    let mut stage = Stage::new(slow);
    let id = stage.dial();
    stage.on_leg("destroyConnection", &id, 0).unwrap();
    stage.after(2);
    assert!(stage.seen().is_empty(), "{:?}", stage.seen());
}

#[test]
fn all_legs_of_an_answered_call_bear_the_time_of_the_answer() {
    let mut stage = Stage::new(shop());
    let id = stage.dial();
    stage.after(3);
    stage.customer(&id, CustomerAct::Answer);
    let legs = &stage.tape[0].data["snapshot"]["contacts"][0]["connections"];
    let answered = json!({ "$date": "2026-01-01T09:00:03.000Z" });
    assert_eq!(legs[0]["state"]["timestamp"], answered);
    assert_eq!(legs[1]["state"]["timestamp"], answered);
}
