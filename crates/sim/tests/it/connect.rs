//! Connect's interface for programs, on the contacts that the agents' pages show.

use rstest::rstest;
use serde_json::{Value, json};
use sim::line::Reach;
use sim::{Scenario, Sim};

use crate::browser::{Answer, Page, book, control, frozen};
use crate::caller::connect;

const INSTANCE: &str = "5ca1ab1e-0000-4000-8000-00000000c0de";
const HANAKO: &str = "00000001-0000-4000-8000-000000000001";
const CALLER: &str = "+819012345678";
const START: &str = "2026-01-01T09:00:00Z";
/// [`START`] in epoch seconds.
const NINE: f64 = 1_767_258_000.0;

/// A simulator that stands still at nine, and the page of its first agent.
async fn at_nine(scenario: Scenario) -> (Sim, Page) {
    let sim = frozen(scenario).await;
    control(&sim, "/clock", json!({ "set": START })).await;
    let page = Page::of_new_browser(&sim).await;
    (sim, page)
}

async fn later(sim: &Sim, seconds: u32) {
    let by = json!({ "advance_ms": seconds * 1_000 });
    assert_eq!(control(sim, "/clock", by).await.status, 200);
}

async fn ring(sim: &Sim, body: Value) -> String {
    let answer = control(sim, "/calls", body).await.json();
    answer["contactId"].as_str().expect("a contact").to_owned()
}

async fn describe(sim: &Sim, id: &str) -> Value {
    let path = format!("/contacts/{INSTANCE}/{id}");
    let answer = connect(sim, "GET", &path, Value::Null).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["Contact"].take()
}

async fn post(sim: &Sim, path: &str, body: Value) -> Answer {
    connect(sim, "POST", path, body).await
}

fn error(answer: &Answer) -> (u16, &str) {
    let name = answer.header("x-amzn-ErrorType").unwrap_or_default();
    (answer.status, name)
}

async fn ask(page: &mut Page, method: &str, id: &str) {
    let answer = page.ask(method, json!({ "contactId": id })).await;
    assert!(answer["err"].is_null(), "{answer}");
}

#[tokio::test]
async fn a_ringing_call_has_a_caller_and_no_agent() {
    let (sim, _page) = at_nine(Scenario::default()).await;
    let body = json!({ "from": CALLER, "queue": "注文受付", "attributes": { "plan": "gold" } });
    let id = ring(&sim, body).await;
    let contact = describe(&sim, &id).await;
    assert_eq!(
        contact,
        json!({
            "Arn": format!("arn:aws:connect:ap-northeast-1:123456789012:instance/{INSTANCE}/contact/{id}"),
            "Id": id,
            "InitiationMethod": "INBOUND",
            "Channel": "VOICE",
            "QueueInfo": { "Id": "00000004-0000-4000-8000-000000000002", "EnqueueTimestamp": NINE },
            "InitiationTimestamp": NINE,
            "ConnectedToSystemTimestamp": NINE,
            "LastUpdateTimestamp": NINE,
            "CustomerEndpoint": { "Type": "TELEPHONE_NUMBER", "Address": CALLER },
            "SystemEndpoint": { "Type": "TELEPHONE_NUMBER", "Address": "+81120000111" },
            "SegmentAttributes": { "connect:Subtype": { "ValueString": "connect:Telephony" } },
            "Attributes": { "plan": "gold" },
        })
    );
    sim.stop().await;
}

#[tokio::test]
async fn a_contact_tells_who_answered_it_and_goes_on_telling_when_it_is_over() {
    let (sim, mut page) = at_nine(Scenario::default()).await;
    let id = ring(&sim, json!({ "from": CALLER })).await;
    later(&sim, 5).await;
    ask(&mut page, "acceptContact", &id).await;
    let connected = json!({ "Id": HANAKO, "ConnectedToAgentTimestamp": NINE + 5.0 });
    let contact = describe(&sim, &id).await;
    assert_eq!(contact["AgentInfo"], connected);
    assert_eq!(contact["DisconnectTimestamp"], Value::Null);

    later(&sim, 60).await;
    control(&sim, &format!("/contacts/{id}/hang-up"), json!({})).await;
    later(&sim, 10).await;
    ask(&mut page, "clearContact", &id).await;
    let contact = describe(&sim, &id).await;
    assert_eq!(contact["DisconnectTimestamp"], NINE + 65.0);
    assert_eq!(contact["DisconnectReason"], "CUSTOMER_DISCONNECT");
    assert_eq!(contact["LastUpdateTimestamp"], NINE + 75.0);
    assert_eq!(
        contact["AgentInfo"],
        json!({
            "Id": HANAKO,
            "ConnectedToAgentTimestamp": NINE + 5.0,
            "AfterContactWorkStartTimestamp": NINE + 65.0,
            "AfterContactWorkEndTimestamp": NINE + 75.0,
        })
    );
    sim.stop().await;
}

#[tokio::test]
async fn a_missed_call_has_no_agent() {
    let (sim, _page) = at_nine(Scenario::default()).await;
    let id = ring(&sim, json!({ "from": CALLER })).await;
    later(&sim, 25).await;
    assert_eq!(describe(&sim, &id).await["AgentInfo"], Value::Null);
    sim.stop().await;
}

#[rstest]
#[case::a_word(Some("anonymous"), json!({ "Type": "TELEPHONE_NUMBER", "Address": "anonymous" }))]
#[case::empty(Some(""), json!({ "Type": "TELEPHONE_NUMBER", "Address": "" }))]
#[case::absent(None, Value::Null)]
#[tokio::test]
async fn a_withheld_number_is_what_the_switch_says(
    #[case] shown: Option<&str>,
    #[case] endpoint: Value,
) {
    let shown = shown.map(ToOwned::to_owned);
    let scenario = Scenario::default().with_switches(|switches| switches.withheld_number = shown);
    let (sim, _page) = at_nine(scenario).await;
    let id = ring(&sim, json!({ "from": null })).await;
    assert_eq!(describe(&sim, &id).await["CustomerEndpoint"], endpoint);
    sim.stop().await;
}

#[tokio::test]
async fn an_agents_own_call_is_theirs_from_the_first_ring() {
    let (sim, mut page) = at_nine(Scenario::default()).await;
    let endpoint = json!({ "type": "phone_number", "phoneNumber": CALLER });
    let params = json!({ "endpoint": endpoint });
    page.ask("createOutboundContact", params).await;
    let id = book(&sim).await["lines"][0]["contact_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let contact = describe(&sim, &id).await;
    assert_eq!(contact["InitiationMethod"], "OUTBOUND");
    assert_eq!(contact["AgentInfo"], json!({ "Id": HANAKO }));
    later(&sim, 3).await;
    control(&sim, &format!("/contacts/{id}/answer"), json!({})).await;
    let info = json!({ "Id": HANAKO, "ConnectedToAgentTimestamp": NINE + 3.0 });
    assert_eq!(describe(&sim, &id).await["AgentInfo"], info);
    sim.stop().await;
}

#[tokio::test]
async fn a_callback_names_the_call_that_it_grew_out_of() {
    let agents = Scenario::default().agents;
    let away = agents.into_iter().map(|agent| agent.in_state("Offline"));
    let scenario = Scenario::default().with_agents(away);
    let (sim, _page) = at_nine(scenario).await;
    let first = ring(&sim, json!({ "from": CALLER })).await;
    let wish = control(&sim, "/callbacks", json!({ "contact": first })).await;
    let id = wish.json()["contactId"].as_str().unwrap().to_owned();
    let contact = describe(&sim, &id).await;
    assert_eq!(contact["InitiationMethod"], "CALLBACK");
    assert_eq!(contact["InitialContactId"], first);
    assert_eq!(contact["PreviousContactId"], first);
    let before = describe(&sim, &first).await;
    assert_eq!(before["DisconnectReason"], "CONTACT_FLOW_DISCONNECT");
    sim.stop().await;
}

#[rstest]
#[case::contact(format!("/contacts/{INSTANCE}/c0ffee00-0000-4000-8000-000000000000"))]
#[case::instance("/contacts/11111111-2222-3333-4444-555555555555/c0ffee".to_owned())]
#[case::attributes(format!("/contact/attributes/{INSTANCE}/c0ffee"))]
#[case::user(format!("/users/{INSTANCE}/c0ffee"))]
#[tokio::test]
async fn what_is_not_there_is_not_found(#[case] path: String) {
    let (sim, _page) = at_nine(Scenario::default()).await;
    let answer = connect(&sim, "GET", &path, Value::Null).await;
    assert_eq!(error(&answer), (404, "ResourceNotFoundException"));
    sim.stop().await;
}

async fn attributes(sim: &Sim, id: &str) -> Value {
    let path = format!("/contact/attributes/{INSTANCE}/{id}");
    let answer = connect(sim, "GET", &path, Value::Null).await;
    answer.json()["Attributes"].take()
}

#[tokio::test]
async fn attributes_are_written_and_the_agents_page_shows_them() {
    let (sim, mut page) = at_nine(Scenario::default()).await;
    let call = json!({ "from": CALLER, "attributes": { "plan": "gold", "old": "x" } });
    let id = ring(&sim, call).await;
    page.until_state("PendingBusy").await;
    let body = json!({
        "InstanceId": INSTANCE, "InitialContactId": id,
        "Attributes": { "inquiry": "動作環境", "old": "" },
    });
    let answer = post(&sim, "/contact/attributes", body).await;
    assert_eq!((answer.status, answer.json()), (200, json!({})));
    let expected = json!({ "plan": "gold", "inquiry": "動作環境" });
    assert_eq!(attributes(&sim, &id).await, expected);
    let snapshot = page.until_state("PendingBusy").await;
    let shown = &snapshot["contacts"][0]["attributes"];
    assert_eq!(shown["inquiry"]["value"], "動作環境");
    assert_eq!(shown["old"], Value::Null);
    sim.stop().await;
}

#[rstest]
#[case::at_the_limit("name", 32_764, None)]
#[case::too_much("name", 32_765, Some((400, "InvalidParameterException")))]
#[case::a_space("my name", 1, Some((400, "InvalidParameterException")))]
#[case::no_name("", 1, Some((400, "InvalidParameterException")))]
#[tokio::test]
async fn attributes_have_limits(
    #[case] name: &str,
    #[case] length: usize,
    #[case] refusal: Option<(u16, &str)>,
) {
    let (sim, _page) = at_nine(Scenario::default()).await;
    let id = ring(&sim, json!({ "from": CALLER })).await;
    let body = json!({
        "InstanceId": INSTANCE, "InitialContactId": id,
        "Attributes": { name: "x".repeat(length) },
    });
    let answer = post(&sim, "/contact/attributes", body).await;
    assert_eq!(error(&answer), refusal.unwrap_or((200, "")));
    sim.stop().await;
}

#[rstest]
#[case::exact("EXACT", "hanako.sato", &["hanako.sato"])]
#[case::a_part_is_not_the_whole("EXACT", "hanako", &[])]
#[case::beginning("STARTS_WITH", "ichi", &["ichiro.suzuki"])]
#[case::anywhere("CONTAINS", "o.s", &["hanako.sato", "ichiro.suzuki"])]
#[tokio::test]
async fn users_are_found_by_name(
    #[case] comparison: &str,
    #[case] value: &str,
    #[case] names: &[&str],
) {
    let (sim, _page) = at_nine(Scenario::default()).await;
    let condition = json!({
        "FieldName": "Username", "Value": value, "ComparisonType": comparison,
    });
    let criteria = json!({ "StringCondition": condition });
    let body = json!({ "InstanceId": INSTANCE, "SearchCriteria": criteria });
    let reply = post(&sim, "/search-users", body).await.json();
    let found: Vec<&str> = reply["Users"]
        .as_array()
        .unwrap()
        .iter()
        .map(|user| user["Username"].as_str().unwrap())
        .collect();
    assert_eq!(found, names);
    assert_eq!(reply["ApproximateTotalCount"], names.len());
    sim.stop().await;
}

#[tokio::test]
async fn users_come_in_pages() {
    let (sim, _page) = at_nine(Scenario::default()).await;
    let mut names = Vec::new();
    let mut token = Value::Null;
    loop {
        let body = json!({ "InstanceId": INSTANCE, "MaxResults": 1, "NextToken": token });
        let mut reply = post(&sim, "/search-users", body).await.json();
        names.push(reply["Users"][0]["Username"].take());
        token = reply["NextToken"].take();
        if token.is_null() {
            break;
        }
    }
    assert_eq!(names, ["hanako.sato", "ichiro.suzuki"]);
    sim.stop().await;
}

#[tokio::test]
async fn a_user_is_described() {
    let (sim, _page) = at_nine(Scenario::default()).await;
    let path = format!("/users/{INSTANCE}/{HANAKO}");
    let user = connect(&sim, "GET", &path, Value::Null).await.json()["User"].take();
    assert_eq!(user["Username"], "hanako.sato");
    let name = json!({ "FirstName": "花子", "LastName": "佐藤" });
    assert_eq!(user["IdentityInfo"], name);
    sim.stop().await;
}

fn dial(token: &str) -> Value {
    json!({
        "DestinationPhoneNumber": CALLER, "ContactFlowId": "flow", "InstanceId": INSTANCE,
        "SourcePhoneNumber": "+81120000111", "ClientToken": token,
        "Attributes": { "phone_e164": CALLER }, "RingTimeoutInSeconds": 15,
    })
}

async fn start(sim: &Sim, body: Value) -> Answer {
    connect(sim, "PUT", "/contact/outbound-voice", body).await
}

#[tokio::test]
async fn a_program_calls_a_customer_who_is_offered_once_they_pick_up() {
    let (sim, mut page) = at_nine(Scenario::default()).await;
    let id = start(&sim, dial("a")).await.json()["ContactId"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(book(&sim).await["lines"][0]["place"], "dialled");
    let contact = describe(&sim, &id).await;
    assert_eq!(contact["InitiationMethod"], "API");
    assert_eq!(contact["QueueInfo"]["EnqueueTimestamp"], Value::Null);
    later(&sim, 4).await;
    control(&sim, &format!("/contacts/{id}/answer"), json!({})).await;
    page.until_state("PendingBusy").await;
    ask(&mut page, "acceptContact", &id).await;
    let contact = describe(&sim, &id).await;
    assert_eq!(contact["InitiationTimestamp"], NINE);
    assert_eq!(contact["QueueInfo"]["EnqueueTimestamp"], NINE + 4.0);
    assert_eq!(contact["AgentInfo"]["Id"], HANAKO);
    sim.stop().await;
}

#[tokio::test]
async fn one_client_token_calls_once() {
    let (sim, _page) = at_nine(Scenario::default()).await;
    let mut ids = Vec::new();
    for token in ["a", "a", "b"] {
        ids.push(start(&sim, dial(token)).await.json()["ContactId"].take());
    }
    assert_eq!(ids[0], ids[1]);
    assert_ne!(ids[0], ids[2]);
    assert_eq!(book(&sim).await["lines"].as_array().unwrap().len(), 2);
    // After seven days it is another's.
    later(&sim, 7 * 86_400).await;
    let next = start(&sim, dial("a")).await.json()["ContactId"].take();
    assert_ne!(next, ids[0]);
    sim.stop().await;
}

#[tokio::test]
async fn nobody_picks_up_for_longer_than_it_rings() {
    let (sim, _page) = at_nine(Scenario::default()).await;
    let mut reply = start(&sim, dial("a")).await.json();
    let id = reply["ContactId"].take();
    later(&sim, 15).await;
    let contact = describe(&sim, id.as_str().unwrap()).await;
    assert_eq!(contact["DisconnectTimestamp"], NINE + 15.0);
    assert_eq!(contact["DisconnectReason"], "TELECOM_PROBLEM");
    sim.stop().await;
}

#[rstest]
#[case::no_number("DestinationPhoneNumber", json!("090-1234-5678"), 400, "InvalidParameterException")]
#[case::foreign("DestinationPhoneNumber", json!("+33123456789"), 403, "DestinationNotAllowedException")]
#[case::barred("DestinationPhoneNumber", json!("+81300000000"), 403, "DestinationNotAllowedException")]
#[case::short_ring("RingTimeoutInSeconds", json!(14), 400, "InvalidParameterException")]
#[case::long_ring("RingTimeoutInSeconds", json!(61), 400, "InvalidParameterException")]
#[case::nobodys_number("SourcePhoneNumber", json!("+81120999999"), 404, "ResourceNotFoundException")]
#[case::from_nowhere("SourcePhoneNumber", Value::Null, 400, "InvalidParameterException")]
#[case::no_flow("ContactFlowId", json!(""), 400, "InvalidParameterException")]
#[case::nested("Attributes", json!({ "a": { "b": "c" } }), 400, "InvalidRequestException")]
#[tokio::test]
async fn a_call_that_cannot_be_made_is_refused_and_not_made(
    #[case] member: &str,
    #[case] value: Value,
    #[case] status: u16,
    #[case] code: &str,
) {
    let barred = Scenario::default().with_phone("+81300000000", Reach::NotPermitted);
    let (sim, _page) = at_nine(barred).await;
    let mut body = dial("a");
    body[member] = value;
    assert_eq!(error(&start(&sim, body).await), (status, code));
    assert_eq!(book(&sim).await["lines"], json!([]));
    assert_eq!(start(&sim, dial("a")).await.status, 200);
    sim.stop().await;
}

async fn stop(sim: &Sim, id: &str) -> Answer {
    let body = json!({ "InstanceId": INSTANCE, "ContactId": id });
    post(sim, "/contact/stop", body).await
}

#[rstest]
#[case::while_it_rings(false)]
#[case::while_they_talk(true)]
#[tokio::test]
async fn a_program_ends_a_contact_once(#[case] talks: bool) {
    let (sim, mut page) = at_nine(Scenario::default()).await;
    let id = ring(&sim, json!({ "from": CALLER })).await;
    if talks {
        ask(&mut page, "acceptContact", &id).await;
    }
    assert_eq!(stop(&sim, &id).await.status, 200);
    let contact = describe(&sim, &id).await;
    assert_eq!(contact["DisconnectReason"], "API");
    assert_eq!(
        error(&stop(&sim, &id).await),
        (410, "ContactNotFoundException")
    );
    let agent = &book(&sim).await["agents"][0];
    let state = agent["contacts"][0]["state"].clone();
    assert_eq!(state, if talks { "ended" } else { "error" });
    sim.stop().await;
}

#[tokio::test]
async fn contacts_are_found_by_time_and_agent() {
    let (sim, mut page) = at_nine(Scenario::default()).await;
    let first = ring(&sim, json!({ "from": CALLER })).await;
    ask(&mut page, "acceptContact", &first).await;
    later(&sim, 60).await;
    let second = ring(&sim, json!({ "from": null })).await;
    let search = async |from: f64, criteria: Value, page: usize| {
        let range = json!({
            "Type": "INITIATION_TIMESTAMP", "StartTime": from, "EndTime": NINE + 100.0,
        });
        let body = json!({
            "InstanceId": INSTANCE, "TimeRange": range, "SearchCriteria": criteria,
            "MaxResults": page,
        });
        let reply = post(&sim, "/search-contacts", body).await.json();
        let contacts = reply["Contacts"].as_array().expect("contacts").iter();
        let ids: Vec<String> = contacts
            .map(|contact| contact["Id"].as_str().unwrap().to_owned())
            .collect();
        (
            ids,
            reply["TotalCount"].clone(),
            reply["NextToken"].is_null(),
        )
    };
    let both = vec![second.clone(), first.clone()];
    assert_eq!(search(NINE, json!({}), 10).await, (both, json!(2), true));
    let newest = vec![second.clone()];
    assert_eq!(
        search(NINE, json!({}), 1).await,
        (newest.clone(), json!(2), false)
    );
    assert_eq!(
        search(NINE + 1.0, json!({}), 10).await,
        (newest, json!(1), true)
    );
    let hers = json!({ "AgentIds": [HANAKO] });
    assert_eq!(search(NINE, hers, 10).await, (vec![first], json!(1), true));
    sim.stop().await;
}

#[rstest]
#[case::oldest_first(json!({ "FieldName": "INITIATION_TIMESTAMP", "Order": "ASCENDING" }), [0, 1, 2])]
#[case::newest_first(json!({ "FieldName": "INITIATION_TIMESTAMP", "Order": "DESCENDING" }), [2, 1, 0])]
#[case::as_nobody_asks(json!(null), [2, 1, 0])]
#[case::last_to_end(json!({ "FieldName": "DISCONNECT_TIMESTAMP", "Order": "DESCENDING" }), [1, 0, 2])]
#[case::all_the_same(json!({ "FieldName": "CHANNEL", "Order": "ASCENDING" }), [2, 1, 0])]
#[tokio::test]
async fn contacts_are_found_in_the_order_that_is_asked_for(
    #[case] sort: Value,
    #[case] order: [usize; 3],
) {
    let (sim, _page) = at_nine(Scenario::default()).await;
    let mut calls = Vec::new();
    for _ in 0..3 {
        calls.push(ring(&sim, json!({ "from": CALLER })).await);
        later(&sim, 2).await;
    }
    for ended in [&calls[0], &calls[1]] {
        let path = format!("/contacts/{ended}/hang-up");
        control(&sim, &path, json!({})).await;
        later(&sim, 2).await;
    }
    let range = json!({
        "Type": "INITIATION_TIMESTAMP", "StartTime": NINE, "EndTime": NINE + 100.0,
    });
    let body = json!({ "InstanceId": INSTANCE, "TimeRange": range, "Sort": sort });
    let reply = post(&sim, "/search-contacts", body).await.json();
    let contacts = reply["Contacts"].as_array().expect("contacts").iter();
    let found: Vec<_> = contacts
        .map(|contact| contact["Id"].as_str().unwrap())
        .collect();
    assert_eq!(found, order.map(|at| &*calls[at]));
    sim.stop().await;
}
