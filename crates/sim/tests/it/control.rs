//! The control API: its sentences, and who may not use it.

use chrono::DateTime;
use rstest::rstest;
use serde_json::{Value, json};
use sim::{Options, Scenario, Sim};

use crate::browser::{Page, book, control, frozen, get, request};

#[rstest]
#[case::no_number("/calls", json!({ "from": "090-1234-5678" }), "from")]
#[case::unknown_member("/calls", json!({ "form": null }), "form")]
#[case::unknown_queue("/calls", json!({ "queue": "VIP" }), "queue")]
#[case::unknown_agent("/calls", json!({ "agent": "nobody" }), "agent")]
#[case::force_whom("/calls", json!({ "force": true }), "agent")]
#[case::attribute_type("/calls", json!({ "attributes": { "plan": 1 } }), "attributes.plan")]
#[case::callback_whom("/callbacks", json!({}), "number")]
#[case::not_json_patch("/snapshots", json!({ "patch": [{ "op": "frob" }] }), "patch[0].op")]
#[case::no_count("/snapshots", json!({ "count": 0, "patch": [] }), "count")]
#[case::backwards("/clock", json!({ "advance_ms": -1 }), "advance_ms")]
#[case::both("/clock", json!({ "freeze": true, "run": true }), "freeze")]
#[case::no_behaviour("/phones", json!({ "number": "+81312345678", "when_dialled": "explode" }), "when_dialled")]
#[case::no_switch("/switches", json!({ "ring": 1 }), "ring")]
#[case::switch_type("/switches", json!({ "ring_ms": "long" }), "ring_ms")]
#[case::sign_in("/sign-in", json!({ "mode": "magic" }), "mode")]
#[case::scenario("/reset", json!({ "scenario": { "agents": [] } }), "agents")]
#[case::status("/config", json!({ "status": 99 }), "status")]
#[case::a_state("/agents/hanako.sato/state", json!({ "state": "Nap" }), "state")]
#[case::an_announcement("/agents/hanako.sato/announce", json!({ "event": "agent::update" }), "event")]
#[case::what_to_hold("/delivery", json!({ "hold": "some" }), "hold")]
#[case::another_version("/replay", json!({ "incident": { "format": "agent-desk-incident", "version": 9 } }), "version 9")]
#[case::no_incident("/replay", json!({ "incident": [] }), "incident")]
#[case::no_members("/agents/hanako.sato/sign-out", json!({ "now": true }), "now")]
#[tokio::test]
async fn a_wrong_request_is_answered_with_a_sentence_that_names_the_member(
    #[case] path: &str,
    #[case] body: Value,
    #[case] member: &str,
) {
    let sim = frozen(Scenario::default()).await;
    let answer = control(&sim, path, body).await;
    assert_eq!(answer.status, 400, "{}", answer.text());
    let sentence = answer.json()["error"].as_str().unwrap().to_owned();
    assert!(sentence.contains(member), "{sentence}");
    sim.stop().await;
}

#[rstest]
#[case("/contacts/c0ffee/hang-up")]
#[case("/contacts/c0ffee/third-parties/1ea/answer")]
#[case("/contacts/c0ffee/sing")]
#[case("/agents/nobody/sign-out")]
#[tokio::test]
async fn what_does_not_exist_is_not_found(#[case] path: &str) {
    let sim = frozen(Scenario::default()).await;
    assert_eq!(control(&sim, path, json!({})).await.status, 404);
    sim.stop().await;
}

#[tokio::test]
async fn what_is_not_possible_now_is_a_conflict() {
    let sim = frozen(Scenario::default()).await;
    let call = control(&sim, "/calls", json!({ "from": null }))
        .await
        .json();
    let id = call["contactId"].as_str().unwrap();
    let answer = control(&sim, &format!("/contacts/{id}/answer"), json!({})).await;
    assert_eq!(answer.status, 409);
    let back = json!({ "set": "2000-01-01T00:00:00Z" });
    assert_eq!(control(&sim, "/clock", back).await.status, 409);
    sim.stop().await;
}

#[rstest]
#[case::a_foreign_page("Origin", "http://evil.example", 403)]
#[case::a_sandboxed_page("Origin", "null", 403)]
#[case::a_rebound_name("Host", "evil.example:80", 421)]
#[tokio::test]
async fn a_page_that_came_by_cannot_drive_the_simulator(
    #[case] header: &str,
    #[case] value: &str,
    #[case] status: u16,
) {
    let sim = frozen(Scenario::default()).await;
    let url = format!("{}/calls", sim.control_url());
    let headers = [("Content-Type", "application/json"), (header, value)];
    let answer = request("POST", &url, &headers, br#"{"from":null}"#).await;
    assert_eq!(answer.status, status);
    assert_eq!(book(&sim).await["counts"]["lines"], 0);
    sim.stop().await;
}

#[tokio::test]
async fn a_form_cannot_pass_for_json() {
    let sim = frozen(Scenario::default()).await;
    let url = format!("{}/calls", sim.control_url());
    let headers = [("Content-Type", "text/plain")];
    let answer = request("POST", &url, &headers, br#"{"from":null}"#).await;
    assert_eq!(answer.status, 400);
    sim.stop().await;
}

#[tokio::test]
async fn an_origin_named_at_the_start_may_control_across_origins() {
    let sim = Sim::serve(Options {
        control_origins: vec!["http://127.0.0.1:*".to_owned()],
        ..Options::default()
    })
    .await
    .expect("a simulator");
    let url = format!("{}/calls", sim.control_url());
    let origin = ("Origin", "http://127.0.0.1:4321");
    let asked = request("OPTIONS", &url, &[origin], b"").await;
    assert_eq!(asked.status, 204);
    assert_eq!(asked.header("access-control-allow-origin"), Some(origin.1));
    let headers = [("Content-Type", "application/json"), origin];
    let answer = request("POST", &url, &headers, br#"{"from":null}"#).await;
    assert_eq!(answer.status, 200);
    sim.stop().await;
}

#[tokio::test]
async fn a_giant_body_is_refused() {
    let sim = frozen(Scenario::default()).await;
    let attributes = json!({ "attributes": { "note": "x".repeat(3 << 20) } });
    assert_eq!(control(&sim, "/calls", attributes).await.status, 413);
    assert_eq!(book(&sim).await["counts"]["lines"], 0);
    sim.stop().await;
}

#[tokio::test]
async fn a_falsified_snapshot_reaches_the_page_and_the_next_one_is_whole() {
    let sim = frozen(Scenario::default()).await;
    let mut page = Page::of_new_browser(&sim).await;
    page.until_state("Available").await;
    let patch =
        json!({ "patch": [{ "op": "remove", "path": "/snapshot/contacts/0/connections" }] });
    assert_eq!(control(&sim, "/snapshots", patch).await.status, 200);
    let call = control(&sim, "/calls", json!({ "from": null }))
        .await
        .json();
    let poisoned = page.until_state("PendingBusy").await;
    assert_eq!(poisoned["contacts"][0].get("connections"), None);
    page.ask("acceptContact", call).await;
    let whole = page.until_state("Busy").await;
    assert!(whole["contacts"][0]["connections"].is_array());
    sim.stop().await;
}

#[tokio::test]
async fn snapshots_that_are_held_back_are_overtaken_and_delivered_one_by_one() {
    let sim = frozen(Scenario::default()).await;
    let mut page = Page::of_new_browser(&sim).await;
    page.until_state("Available").await;
    control(&sim, "/delivery", json!({ "hold": "snapshots" })).await;
    let call = control(&sim, "/calls", json!({ "from": null }))
        .await
        .json();
    page.ask("acceptContact", call).await;
    assert_eq!(book(&sim).await["ccps"][0]["held"], 2);

    control(&sim, "/delivery", json!({ "deliver": 1 })).await;
    page.until_state("PendingBusy").await;
    control(&sim, "/delivery", json!({ "lose": 1, "repeat": true })).await;
    page.until_state("PendingBusy").await;
    control(&sim, "/delivery", json!({ "hold": "nothing" })).await;
    assert_eq!(book(&sim).await["ccps"][0]["held"], 0);
    let state = json!({ "state": "Lunch" });
    control(&sim, "/agents/hanako.sato/state", state).await;
    let (event, update) = page.next().await.expect("an open page");
    assert_eq!(event, "agent::update");
    assert_eq!(update["snapshot"]["state"]["name"], "Busy");
    sim.stop().await;
}

#[tokio::test]
async fn snapshots_that_are_held_back_can_change_places() {
    let sim = frozen(Scenario::default()).await;
    let mut page = Page::of_new_browser(&sim).await;
    page.until_state("Available").await;
    control(&sim, "/delivery", json!({ "hold": "snapshots" })).await;
    for state in ["Lunch", "Offline"] {
        let state = json!({ "state": state });
        control(&sim, "/agents/hanako.sato/state", state).await;
    }
    control(&sim, "/delivery", json!({ "swap": true, "deliver": 2 })).await;
    for state in ["Offline", "Lunch"] {
        let (event, update) = page.next().await.expect("an open page");
        assert_eq!(event, "agent::update");
        assert_eq!(update["snapshot"]["state"]["name"], state);
    }
    sim.stop().await;
}

#[tokio::test]
async fn a_reset_lets_go_what_was_held_back() {
    let sim = frozen(Scenario::default()).await;
    let mut page = Page::of_new_browser(&sim).await;
    control(&sim, "/delivery", json!({ "hold": "everything" })).await;
    control(&sim, "/calls", json!({ "from": null })).await;
    control(&sim, "/reset", json!({})).await;
    page.until_state("PendingBusy").await;
    page.until_state("Available").await;
    assert!(page.is_served().await);
    sim.stop().await;
}

#[tokio::test]
async fn a_reset_takes_the_switches_back() {
    let sim = frozen(Scenario::default()).await;
    let before = book(&sim).await["switches"].take();
    control(&sim, "/switches", json!({ "missed": "missed" })).await;
    assert_ne!(book(&sim).await["switches"], before);
    control(&sim, "/reset", json!({})).await;
    assert_eq!(book(&sim).await["switches"], before);
    sim.stop().await;
}

#[tokio::test]
async fn a_reset_empties_the_line_and_never_uses_an_id_again() {
    let sim = frozen(Scenario::default()).await;
    let first = control(&sim, "/calls", json!({ "from": null }))
        .await
        .json();
    assert_eq!(control(&sim, "/reset", json!({})).await.status, 200);
    assert_eq!(book(&sim).await["counts"]["lines"], 0);
    let second = control(&sim, "/calls", json!({ "from": null }))
        .await
        .json();
    assert_ne!(first["contactId"], second["contactId"]);
    sim.stop().await;
}

#[tokio::test]
async fn the_book_remembers_an_offer_as_it_truly_was() {
    let sim = frozen(Scenario::default()).await;
    let login = "hanako.sato";
    let call = json!({ "from": "+819012345678", "agent": login, "force": true });
    let call = control(&sim, "/calls", call).await.json();
    let id = call["contactId"].as_str().unwrap();
    control(&sim, "/clock", json!({ "advance_ms": 4_000 })).await;
    control(&sim, &format!("/contacts/{id}/ring-out"), json!({})).await;
    let page = get(&format!("{}/agents/{login}", sim.control_url()))
        .await
        .json();
    let offer = &page["offers"][0];
    let [offered, ended] = ["offered", "ended"].map(|at| {
        let at = offer[at].as_str().unwrap();
        DateTime::parse_from_rfc3339(at).unwrap()
    });
    assert_eq!((ended - offered).num_seconds(), 4);
    assert_eq!(offer["reason"], "MissedCallAgent");
    assert_eq!(
        (&offer["connected"], &offer["cleared"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(page["agent"]["contacts"][0]["contact_id"], id);
    let nobody = get(&format!("{}/agents/nobody", sim.control_url())).await;
    assert_eq!(nobody.status, 404);
    sim.stop().await;
}

#[tokio::test]
async fn every_route_stands_on_the_reference_page_and_in_the_readme() {
    let sim = frozen(Scenario::default()).await;
    let page = get(&sim.control_url()).await.text();
    let readme = include_str!("../../README.md");
    let sources = concat!(
        include_str!("../../src/control.rs"),
        include_str!("../../src/control/aws.rs"),
        include_str!("../../src/control/identity.rs"),
    );
    let routes = sources
        .split('"')
        .filter(|text| text.starts_with("/control/"))
        .map(|route| route.replace("/{act}", ""))
        .map(|route| route.replace("{contact}", "{id}"));
    for route in routes {
        assert!(page.contains(&route), "the page lacks {route}");
        assert!(readme.contains(&route), "the README lacks {route}");
    }
    sim.stop().await;
}
