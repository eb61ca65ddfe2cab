//! What the agent can do without a call: states, dialling, the microphone.

use chrono::{Datelike, TimeDelta};
use contract::PhoneNumber;
use desk::{
    Action, ActionError, AgentStateType, ContactState, LegRole, QuickConnectKind, Snapshot,
    StateChoice,
};
use serde_json::json;
use streams::Event;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::page::{Page, contacts, control, leg, requests};

const NUMBER: &str = "+81312345678";

fn number() -> PhoneNumber {
    PhoneNumber::parse(NUMBER).expect("a number")
}

fn choice(snapshot: &Snapshot, kind: &AgentStateType) -> StateChoice {
    let choices = &snapshot.agent.choices;
    let choice = choices.iter().find(|choice| choice.kind == *kind);
    choice.expect("such a state").clone()
}

fn is_in(state: &StateChoice) -> impl Fn(&Snapshot) -> bool {
    |snapshot| {
        let now = snapshot.agent.state.as_ref();
        now.is_some_and(|now| now.name == state.name)
    }
}

#[wasm_bindgen_test]
async fn the_agent_is_known_as_soon_as_the_ccp_speaks() {
    let page = Page::open().await;

    let snapshot = page.snapshot(|_| true).await;

    let agent = &snapshot.agent;
    assert_eq!(agent.name.as_deref(), Some("佐藤 花子"));
    assert!(
        agent
            .arn
            .as_deref()
            .is_some_and(|arn| arn.contains("/agent/"))
    );
    assert_eq!(agent.softphone, Some(true));
    assert_eq!(agent.availability.as_deref(), Some("Available"));
    assert_eq!(agent.next_state, None);
    let state = agent.state.as_ref().expect("a state");
    assert_eq!(
        (state.name.as_str(), &state.kind),
        ("Available", &AgentStateType::Routable)
    );
    assert!(state.since.is_some());
    assert_eq!(
        choice(&snapshot, &AgentStateType::Routable).name,
        "Available"
    );
    assert_eq!(snapshot.contacts.as_deref(), Some(&[][..]));
    assert_eq!(snapshot.oddities, Vec::<Box<str>>::new());
}

#[wasm_bindgen_test]
async fn the_clock_reading_leads_from_local_to_server_time() {
    let page = Page::open().await;
    control(
        "/control/clock",
        &json!({ "set": "2031-05-06T07:08:09.000Z" }),
    )
    .await;
    page.ring().await;

    let snapshot = page
        .snapshot(|snapshot| snapshot.taken_at.is_some_and(|at| at.year() == 2031))
        .await;

    let clock = snapshot.clock.expect("a reading");
    let distance = clock.local + clock.skew - snapshot.taken_at.expect("a time");
    assert!(distance < TimeDelta::seconds(5), "{distance}");
}

#[wasm_bindgen_test]
async fn an_update_that_tells_nothing_new_is_told_once_more() {
    let page = Page::open().await;
    let first = page.snapshot(|_| true).await;

    control("/control/clock", &json!({ "advance_ms": 30_000 })).await;
    let second = page.snapshot(|later| later.taken_at > first.taken_at).await;

    assert_eq!(
        (second.agent, second.contacts),
        (first.agent, first.contacts)
    );
}

#[wasm_bindgen_test]
async fn each_update_is_told_exactly_once() {
    let page = Page::open().await;
    let before = page.heard();

    let ringing = page.ring().await;

    let told = page.events_since(before);
    let [Event::Snapshot(snapshot)] = told.as_slice() else {
        panic!("not one snapshot and nothing else: {told:?}");
    };
    assert_eq!(contacts(snapshot), [ringing]);
}

#[wasm_bindgen_test]
async fn the_agent_can_change_state() {
    let page = Page::open().await;
    let snapshot = page.snapshot(|_| true).await;
    let away = choice(&snapshot, &AgentStateType::NotRoutable);

    let answer = page.ccp().act(Action::SetState(away.clone())).await;

    assert_eq!(answer, Ok(()));
    page.snapshot(is_in(&away)).await;
}

#[wasm_bindgen_test]
async fn a_state_without_its_arn_is_found_by_its_name() {
    let page = Page::open().await;
    let snapshot = page.snapshot(|_| true).await;
    let away = StateChoice {
        arn: None,
        ..choice(&snapshot, &AgentStateType::NotRoutable)
    };

    assert_eq!(page.ccp().act(Action::SetState(away.clone())).await, Ok(()));

    page.snapshot(is_in(&away)).await;
}

#[wasm_bindgen_test]
async fn a_state_that_the_instance_does_not_have_is_not_asked_for() {
    let page = Page::open().await;
    let nowhere = StateChoice {
        arn: Some("arn:nowhere".into()),
        name: "Nowhere".into(),
        kind: AgentStateType::NotRoutable,
    };

    let answer = page.ccp().act(Action::SetState(nowhere)).await;

    assert_eq!(answer, Err(ActionError::Gone));
    assert!(requests("putAgentState").await.is_empty());
}

#[wasm_bindgen_test]
async fn the_state_cannot_be_changed_during_a_call() {
    let page = Page::open().await;
    let snapshot = page.snapshot(|_| true).await;
    page.talk().await;

    let away = choice(&snapshot, &AgentStateType::NotRoutable);
    let answer = page.ccp().act(Action::SetState(away)).await;

    assert_eq!(answer, Err(ActionError::InvalidState));
}

#[wasm_bindgen_test]
async fn a_state_can_be_queued_during_a_call_and_taken_back() {
    let page = Page::open().await;
    let snapshot = page.snapshot(|_| true).await;
    page.talk().await;

    let away = choice(&snapshot, &AgentStateType::NotRoutable);
    let queue = Action::QueueState(away.clone());
    assert_eq!(page.ccp().act(queue).await, Ok(()));
    page.snapshot(|snapshot| {
        let next = snapshot.agent.next_state.as_ref();
        next.is_some_and(|next| next.name == away.name)
    })
    .await;

    let available = choice(&snapshot, &AgentStateType::Routable);
    assert_eq!(page.ccp().act(Action::QueueState(available)).await, Ok(()));
    page.snapshot(|snapshot| snapshot.agent.next_state.is_none())
        .await;
}

#[wasm_bindgen_test]
async fn a_dialled_call_rings_at_the_number() {
    let page = Page::open().await;

    assert_eq!(page.ccp().act(Action::Dial(number())).await, Ok(()));

    let snapshot = page
        .snapshot(|snapshot| {
            snapshot
                .contacts
                .as_ref()
                .is_some_and(|all| !all.is_empty())
        })
        .await;
    let contact = &snapshot.contacts.as_deref().expect("contacts")[0];
    assert_eq!(contact.state, Some(ContactState::Connecting));
    let customer = leg(contact, LegRole::Customer);
    assert_eq!(customer.outbound, Some(true));
    let endpoint = customer.endpoint.as_ref().expect("an address");
    assert_eq!(endpoint.phone_number.as_deref(), Some(NUMBER));
}

#[wasm_bindgen_test]
async fn a_number_that_connect_refuses_is_a_bad_endpoint() {
    let page = Page::open().await;
    control(
        "/control/phones",
        &json!({ "number": NUMBER, "when_dialled": "refused" }),
    )
    .await;

    let answer = page.ccp().act(Action::Dial(number())).await;

    assert_eq!(answer, Err(ActionError::BadEndpoint));
}

#[wasm_bindgen_test]
async fn the_microphone_reports_when_it_is_closed_and_opened() {
    let page = Page::open().await;
    page.talk().await;

    assert_eq!(page.ccp().act(Action::Mute).await, Ok(()));
    page.until(|event| (*event == Event::MuteReported(true)).then_some(()))
        .await;

    assert_eq!(page.ccp().act(Action::Unmute).await, Ok(()));
    page.until(|event| (*event == Event::MuteReported(false)).then_some(()))
        .await;
}

#[wasm_bindgen_test]
async fn quick_connects_come_with_what_they_lead_to() {
    let page = Page::open().await;

    let endpoints = page.ccp().endpoints().await.expect("endpoints");

    let phone = endpoints
        .iter()
        .find(|endpoint| endpoint.kind == QuickConnectKind::External)
        .expect("a telephone");
    assert!(!phone.arn.is_empty() && !phone.name.is_empty());
    assert!(
        phone
            .number
            .as_deref()
            .is_some_and(|number| number.starts_with('+'))
    );
}

#[wasm_bindgen_test]
async fn quick_connects_come_from_every_page() {
    const MORE_THAN_A_PAGE: usize = 501;
    let quick_connects: Vec<_> = (0..MORE_THAN_A_PAGE)
        .map(|at| json!({ "name": format!("Desk {at}"), "to": { "phone": "+81312345678" } }))
        .collect();
    let page = Page::open_in(&json!({ "quick_connects": quick_connects })).await;

    let endpoints = page.ccp().endpoints().await.expect("endpoints");

    assert_eq!(endpoints.len(), MORE_THAN_A_PAGE);
}
