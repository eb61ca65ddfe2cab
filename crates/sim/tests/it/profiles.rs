//! Customer Profiles over real sockets, beside the telephony.

use serde_json::{Value, json};
use sim::{Options, Scenario, Sim};

use crate::browser::{Page, control, frozen, get};
use crate::caller::call;

const CALLER: &str = "+819000000001";

async fn profiles(sim: &Sim, method: &str, path: &str, body: Value) -> Value {
    let path = format!("/domains/amazon-connect-demo/{path}");
    let answer = call(sim, "profile", method, &path, &body.to_string()).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

async fn found(sim: &Sim, number: &str) -> Vec<Value> {
    let body = json!({ "KeyName": "_phone", "Values": [number] });
    let reply = profiles(sim, "POST", "profiles/search", body).await;
    reply["Items"].as_array().expect("items").clone()
}

async fn records(sim: &Sim, profile: &Value) -> Vec<Value> {
    let body = json!({ "ProfileId": profile, "ObjectTypeName": "CTR" });
    let reply = profiles(sim, "POST", "profiles/objects", body).await;
    let text = |item: &Value| item["Object"].as_str().expect("an object").to_owned();
    let items = reply["Items"].as_array().expect("items").iter().map(text);
    items
        .map(|text| serde_json::from_str(&text).expect("JSON"))
        .collect()
}

#[tokio::test]
async fn a_call_that_has_ended_is_among_the_contacts_of_its_caller() {
    let sim = frozen(Scenario::default()).await;
    let mut page = Page::of_new_browser(&sim).await;
    let created = profiles(&sim, "POST", "profiles", json!({ "PhoneNumber": CALLER })).await;
    let rung = control(&sim, "/calls", json!({ "from": CALLER }))
        .await
        .json();
    let id = rung["contactId"].as_str().expect("a contact").to_owned();
    control(&sim, "/clock", json!({ "advance_ms": 5_000 })).await;
    let answer = page.ask("acceptContact", json!({ "contactId": id })).await;
    assert!(answer["err"].is_null(), "{answer}");
    control(&sim, "/clock", json!({ "advance_ms": 65_000 })).await;
    assert!(records(&sim, &created["ProfileId"]).await.is_empty());

    control(&sim, &format!("/contacts/{id}/hang-up"), json!({})).await;

    let records = records(&sim, &created["ProfileId"]).await;
    assert_eq!(records.len(), 1);
    let record = &records[0];
    assert_eq!(record["contactId"], id.as_str());
    assert_eq!(record["initiationMethod"], "INBOUND");
    assert_eq!(record["disconnectReason"], "CUSTOMER_DISCONNECT");
    assert_eq!(record["customerEndpoint"]["address"], CALLER);
    assert_eq!(record["queue"]["duration"], 5);
    assert_eq!(record["agent"]["username"], "hanako.sato");
    assert_eq!(record["agent"]["agentInteractionDuration"], 65);
    sim.stop().await;
}

#[tokio::test]
async fn a_call_that_nobody_answered_has_a_record_without_an_agent() {
    let sim = frozen(Scenario::default()).await;
    let rung = control(&sim, "/calls", json!({ "from": CALLER }))
        .await
        .json();
    let id = rung["contactId"].as_str().expect("a contact");
    control(&sim, &format!("/contacts/{id}/hang-up"), json!({})).await;
    let inferred = found(&sim, CALLER).await.remove(0);
    let records = records(&sim, &inferred["ProfileId"]).await;
    assert_eq!(records[0]["agent"], Value::Null);
    sim.stop().await;
}

#[tokio::test]
async fn the_undocumented_choices_are_switches_like_all_others() {
    let sim = frozen(Scenario::default()).await;
    let change = json!({ "profiles": { "contact_records": "CTR-AutoAssociateOnly" } });
    assert_eq!(control(&sim, "/switches", change).await.status, 200);
    let definition = profiles(&sim, "GET", "object-types/CTR", json!({})).await;
    assert_eq!(definition["TemplateId"], "CTR-AutoAssociateOnly");
    sim.stop().await;
}

#[tokio::test]
async fn customers_outlive_a_reset_and_a_folder_outlives_the_simulator() {
    let folder = tempfile::tempdir().expect("a folder");
    let options = || Options {
        data: Some(folder.path().to_owned()),
        ..Options::default()
    };
    let sim = Sim::serve(options()).await.expect("a simulator");
    profiles(&sim, "POST", "profiles", json!({ "PhoneNumber": CALLER })).await;
    control(&sim, "/reset", json!({})).await;
    assert_eq!(found(&sim, CALLER).await.len(), 1);
    sim.stop().await;
    let sim = Sim::serve(options()).await.expect("a simulator");
    assert_eq!(found(&sim, CALLER).await.len(), 1);
    sim.stop().await;
}

#[tokio::test]
async fn who_calls_from_the_shops_list_meets_a_history() {
    let options = Options {
        shop: Some(1),
        ..Options::default()
    };
    let sim = Sim::serve(options).await.expect("a simulator");
    let profile = found(&sim, CALLER).await.remove(0);
    assert_eq!(profile["LastName"], "見本");
    let body = json!({ "ProfileId": profile["ProfileId"], "ObjectTypeName": "_order" });
    let orders = profiles(&sim, "POST", "profiles/objects", body).await;
    assert!(orders["Items"].as_array().expect("items").len() > 5);
    sim.stop().await;
}

#[tokio::test]
async fn without_a_shop_there_is_no_customer() {
    let sim = frozen(Scenario::default()).await;
    let domain = profiles(&sim, "GET", "", json!({})).await;
    assert_eq!(domain["Stats"]["ProfileCount"], 0);
    assert_eq!(get(&sim.phone_url()).await.status, 200);
    sim.stop().await;
}
