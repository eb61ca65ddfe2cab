//! Consultation, conference and transfer.

use rstest::rstest;
use serde_json::{Value, json};

use super::{HANAKO, Stage, shop};
use crate::event::{CustomerAct, Event, ThirdPartyAct};
use crate::leg::LegState;
use crate::line::{Place, Reach};

#[test]
fn a_supervisor_listens_speaks_leaves_and_is_gone_with_the_call() {
    let mut stage = Stage::new(shop());
    let id = stage.accepted();
    let mut supervise = |how| {
        let contact = id.clone();
        stage.happen(Event::Supervise { contact, how }).unwrap();
        stage.seen()
    };
    let talks = "Busy/system | connected agent:connected inbound*:connected";
    assert_eq!(
        [
            supervise(Some(LegState::SilentMonitor)),
            supervise(Some(LegState::Barge)),
            supervise(None),
            supervise(Some(LegState::SilentMonitor)),
        ],
        [
            [format!("{talks} monitoring:silent_monitor")],
            [format!("{talks} monitoring:barge")],
            [format!("{talks} monitoring:disconnected")],
            [format!(
                "{talks} monitoring:disconnected monitoring:silent_monitor"
            )],
        ]
    );
    let refused = stage.on_leg("destroyConnection", &id, 3);
    assert_eq!(refused, Err("AccessDeniedException".to_owned()));
    stage.customer(&id, CustomerAct::HangUp);
    assert_eq!(
        stage.seen(),
        [
            "AfterCallWork/system | ended agent:disconnected inbound*:disconnected \
          monitoring:disconnected monitoring:disconnected"
        ]
    );
    let contact = id.clone();
    let how = Some(LegState::Barge);
    assert!(stage.happen(Event::Supervise { contact, how }).is_err());
}

#[test]
fn consult_swap_conference_and_leave() {
    let mut stage = Stage::new(shop());
    let id = stage.accepted();
    let arns =
        [stage.tape[1].data["configuration"]["routingProfile"]["queues"][0]["queueARN"].clone()];
    let page = stage
        .ask(
            "getEndpoints",
            &json!({ "queueARNs": arns, "nextToken": null, "maxResults": 500 }),
        )
        .unwrap();
    let warehouse = page["endpoints"][0].clone();
    let request = json!({ "contactId": id, "endpoint": warehouse });
    stage.ask("createAdditionalConnection", &request).unwrap();
    assert_eq!(
        stage.seen(),
        ["Busy/system | connected agent:connected inbound*:hold outbound:connecting"]
    );
    let leg = stage.leg(2);
    let answers = Event::ThirdParty {
        contact: id.clone(),
        leg,
        act: ThirdPartyAct::Answer,
    };
    stage.happen(answers).unwrap();
    assert_eq!(
        stage.seen(),
        ["Busy/system | connected agent:connected inbound*:hold outbound:connected"]
    );
    stage.on_leg("toggleActiveConnections", &id, 1).unwrap();
    assert_eq!(
        stage.seen(),
        ["Busy/system | connected agent:connected inbound*:connected outbound:hold"]
    );
    stage.on("conferenceConnections", &id).unwrap();
    assert_eq!(
        stage.seen(),
        ["Busy/system | connected agent:connected inbound*:connected outbound:connected"]
    );
    stage.on_leg("destroyConnection", &id, 0).unwrap();
    assert_eq!(
        stage.seen(),
        ["AfterCallWork/system | ended agent:disconnected inbound*:connected outbound:connected"]
    );
    assert_eq!(stage.place(&id), Place::Transferred);
}

#[rstest]
#[case::stays_on_hold(false, "hold")]
#[case::comes_back(true, "connected")]
fn a_third_party_who_does_not_pick_up_stays_in_the_list(
    #[case] resumes: bool,
    #[case] customer: &str,
) {
    let scenario = shop().with_switches(|s| s.resume_when_third_party_leaves = resumes);
    let mut stage = Stage::new(scenario);
    let id = stage.accepted();
    let endpoint = json!({ "type": "phone_number", "phoneNumber": "+81312340000" });
    let request = json!({ "contactId": id, "endpoint": endpoint });
    stage.ask("createAdditionalConnection", &request).unwrap();
    stage.after(30);
    let seen = format!(
        "Busy/system | connected agent:connected inbound*:{customer} outbound:disconnected"
    );
    assert!(stage.seen().contains(&seen), "{:?}", stage.seen());
}

#[test]
fn a_third_party_keeps_the_contact_alive_when_the_customer_goes() {
    let mut stage = Stage::new(shop().with_phone("+81312340000", Reach::Answer));
    let id = stage.accepted();
    let endpoint = json!({ "type": "phone_number", "phoneNumber": "+81312340000" });
    let request = json!({ "contactId": id, "endpoint": endpoint });
    stage.ask("createAdditionalConnection", &request).unwrap();
    stage.customer(&id, CustomerAct::HangUp);
    assert_eq!(
        stage.seen(),
        ["Busy/system | connected agent:connected inbound*:disconnected outbound:connected"]
    );
    stage.on_leg("destroyConnection", &id, 2).unwrap();
    assert_eq!(
        stage.seen(),
        [
            "AfterCallWork/system | ended agent:disconnected inbound*:disconnected \
          outbound:disconnected"
        ]
    );
}

#[test]
fn a_page_of_endpoints_holds_no_more_than_the_instance_gives() {
    let scenario = shop().with_switches(|switches| switches.endpoints_per_page = 2);
    let mut stage = Stage::new(scenario);
    let arns =
        [stage.tape[2].data["configuration"]["routingProfile"]["queues"][0]["queueARN"].clone()];
    let params = json!({ "queueARNs": arns, "nextToken": null, "maxResults": 500 });
    let page = stage.ask("getEndpoints", &params).unwrap();
    assert_eq!(page["endpoints"].as_array().unwrap().len(), 2);
    assert!(page["nextToken"].is_string());
}

#[test]
fn endpoints_come_in_pages() {
    let mut stage = Stage::new(shop());
    let update = stage
        .instance
        .agent(HANAKO)
        .unwrap()
        .to_update(stage.instance.scenario(), stage.now);
    let arn = update["configuration"]["routingProfile"]["queues"][0]["queueARN"].clone();
    let page = |stage: &mut Stage, token: Value| {
        let params = json!({ "queueARNs": [arn], "nextToken": token, "maxResults": 2 });
        stage.ask("getEndpoints", &params).unwrap()
    };
    let first = page(&mut stage, Value::Null);
    let second = page(&mut stage, first["nextToken"].clone());
    let count = |page: &Value| page["endpoints"].as_array().unwrap().len();
    assert_eq!((count(&first), count(&second)), (2, 1));
    assert_eq!(second["nextToken"], Value::Null);
}
