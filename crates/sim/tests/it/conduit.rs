//! The CCP page's socket: handshake, sessions, tabs, and pages that misbehave.

use serde_json::{Value, json};
use sim::Scenario;
use sim::scenario::SignIn;

use crate::browser::{Page, book, control, cookie, frozen, get, request};

#[tokio::test]
async fn a_call_rings_is_accepted_and_rings_out_for_the_next() {
    let sim = frozen(Scenario::default()).await;
    let mut page = Page::of_new_browser(&sim).await;
    assert!(page.until("acknowledge").await["id"].is_string());
    page.until_state("Available").await;

    let call = control(&sim, "/calls", json!({ "from": "+819012345678" }))
        .await
        .json();
    let snapshot = page.until_state("PendingBusy").await;
    assert_eq!(snapshot["contacts"][0]["contactId"], call["contactId"]);
    let accepted = page.ask("acceptContact", call).await;
    assert_eq!(accepted["err"], Value::Null);
    let snapshot = page.until_state("Busy").await;

    let ended = json!({
        "contactId": snapshot["contacts"][0]["contactId"],
        "connectionId": snapshot["contacts"][0]["connections"][0]["connectionId"],
    });
    page.ask("destroyConnection", ended.clone()).await;
    page.until_state("AfterCallWork").await;
    page.ask("clearContact", ended).await;
    page.until_state("Available").await;

    control(&sim, "/calls", json!({ "from": null })).await;
    page.until_state("PendingBusy").await;
    control(&sim, "/clock", json!({ "advance_ms": 20_000 })).await;
    page.until_state("MissedCallAgent").await;
    sim.stop().await;
}

#[tokio::test]
async fn the_state_survives_a_reload_of_the_page() {
    let sim = frozen(Scenario::default()).await;
    let cookie = cookie(&sim).await;
    let mut page = Page::open(&sim, &cookie, None).await.expect("a page");
    let call = control(&sim, "/calls", json!({ "from": "+819012345678" }))
        .await
        .json();
    page.ask("acceptContact", call).await;
    page.until_state("Busy").await;
    drop(page);

    let mut page = Page::open(&sim, &cookie, None).await.expect("a page");
    let snapshot = page.until_state("Busy").await;
    assert_eq!(snapshot["contacts"][0]["state"]["type"], "connected");
    sim.stop().await;
}

#[tokio::test]
async fn every_tab_sees_snapshots_and_echoes_but_only_the_asking_one_its_answer() {
    let sim = frozen(Scenario::default()).await;
    let cookie = cookie(&sim).await;
    let mut first = Page::open(&sim, &cookie, None).await.expect("a page");
    let mut second = Page::open(&sim, &cookie, None).await.expect("a page");
    assert_eq!(second.until("update_connected_ccps").await["length"], 2);

    let call = control(&sim, "/calls", json!({ "from": "+819012345678" }))
        .await
        .json();
    second.until_state("PendingBusy").await;
    second.ask("acceptContact", call.clone()).await;
    let accepted = json!({ "event": "contact::accepted", "data": call });
    second.send("broadcast", accepted).await;

    let (mut echoed, mut busy) = (false, false);
    while !(echoed && busy) {
        let (event, data) = first.next().await.expect("an open page");
        assert_ne!(event, "api_response");
        echoed |= event == "contact::accepted" && data == call;
        busy |= event == "agent::update" && data["snapshot"]["state"]["name"] == "Busy";
    }
    sim.stop().await;
}

#[tokio::test]
async fn what_is_no_envelope_leaves_the_page_served() {
    let sim = frozen(Scenario::default()).await;
    let mut page = Page::of_new_browser(&sim).await;
    for nonsense in [
        "",
        "not json",
        "[]",
        r#"{"event":7}"#,
        r#"{"event":"api_request"}"#,
    ] {
        page.send_raw(nonsense).await;
    }
    assert!(page.is_served().await);
    sim.stop().await;
}

#[tokio::test]
async fn a_giant_message_costs_only_the_page_that_sent_it() {
    let sim = frozen(Scenario::default()).await;
    let mut giant = Page::of_new_browser(&sim).await;
    let mut other = Page::of_new_browser(&sim).await;
    giant.send_raw(&"x".repeat(3 << 20)).await;
    assert!(!giant.is_served().await);
    assert!(other.is_served().await);
    sim.stop().await;
}

#[tokio::test]
async fn a_page_that_vanishes_in_mid_request_leaves_nothing_behind() {
    let sim = frozen(Scenario::default()).await;
    let cookie = cookie(&sim).await;
    let mut stays = Page::open(&sim, &cookie, None).await.expect("a page");
    let mut goes = Page::open(&sim, &cookie, None).await.expect("a page");
    while stays.until("update_connected_ccps").await["length"] != 2 {}
    let request = json!({ "requestId": "r", "method": "getEndpoints", "params": {} });
    goes.send("api_request", request).await;
    drop(goes);
    while stays.until("update_connected_ccps").await["length"] != 1 {}
    assert_eq!(book(&sim).await["counts"]["ccps"], 1);
    sim.stop().await;
}

#[tokio::test]
async fn a_socket_needs_a_session_and_our_own_page() {
    let sim = frozen(Scenario::default()).await;
    let cookie = cookie(&sim).await;
    let refused = Page::open(&sim, "sim=none", None).await.err();
    assert_eq!(refused, Some(401));
    let foreign = Page::open(&sim, &cookie, Some("http://evil.example"))
        .await
        .err();
    assert_eq!(foreign, Some(403));
    sim.stop().await;
}

#[tokio::test]
async fn signing_out_tells_every_tab_and_asks_for_the_password_again() {
    let sim = frozen(Scenario::default()).await;
    let session = cookie(&sim).await;
    let mut page = Page::open(&sim, &session, None).await.expect("a page");
    page.send("softphone::sign_out", Value::Null).await;
    assert_eq!(page.until("terminated").await, Value::Null);
    assert_eq!(page.next().await, Err(Some(4001)));

    let with_cookie = [("Cookie", session.as_str())];
    let form = request("GET", &sim.ccp_url(), &with_cookie, b"").await;
    assert!(form.text().contains(r#"action="/ccp-v2/sign-in""#));
    sim.stop().await;
}

#[tokio::test]
async fn the_form_lets_in_who_knows_the_password() {
    let sim = frozen(Scenario::default().with_sign_in(SignIn::Form)).await;
    assert!(get(&sim.ccp_url()).await.header("set-cookie").is_none());
    let url = format!("{}sign-in", sim.ccp_url());
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    let wrong = request("POST", &url, &form, b"login=hanako.sato&password=guess").await;
    assert_eq!(wrong.status, 401);
    let right = request(
        "POST",
        &url,
        &form,
        b"login=hanako.sato&password=konnichiwa",
    )
    .await;
    assert_eq!(right.status, 303);
    let cookie = right.header("set-cookie").expect("a session");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"));
    sim.stop().await;
}

#[tokio::test]
async fn two_simulators_in_one_process_share_nothing() {
    let (one, two) = tokio::join!(frozen(Scenario::default()), frozen(Scenario::default()));
    let session = cookie(&one).await;
    assert_eq!(Page::open(&two, &session, None).await.err(), Some(401));

    control(&one, "/calls", json!({ "from": "+819012345678" })).await;
    control(&one, "/clock", json!({ "advance_ms": 3_600_000 })).await;
    let (first, second) = tokio::join!(book(&one), book(&two));
    assert_eq!(first["counts"]["lines"], 1);
    assert_eq!(second["counts"]["lines"], 0);
    assert_ne!(first["clock"]["now"], second["clock"]["now"]);

    one.stop().await;
    assert_eq!(get(&two.phone_url()).await.status, 200);
    two.stop().await;
}

#[tokio::test]
async fn a_snapshot_that_goes_before_the_answer_arrives_before_it() {
    let scenario = Scenario::default().with_switches(|switches| {
        switches.snapshot_before_response = true;
        switches.snapshot_lag_ms = 0;
    });
    let sim = frozen(scenario).await;
    let mut page = Page::of_new_browser(&sim).await;
    page.until_state("Available").await;
    for state in ["Lunch", "Available"].repeat(20) {
        let request = json!({
            "requestId": state,
            "method": "putAgentState",
            "params": { "state": { "name": state } },
        });
        page.send("api_request", request).await;
        let (first, _) = page.next().await.expect("an open page");
        let (second, _) = page.next().await.expect("an open page");
        assert_eq!([first.as_str(), &second], ["agent::update", "api_response"]);
    }
    sim.stop().await;
}
