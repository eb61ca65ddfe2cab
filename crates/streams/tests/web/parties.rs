//! Third parties: called in by a quick connect or a number, swapped, joined, dropped, left.

use contract::PhoneNumber;
use desk::{
    Action, ActionError, ContactId, ContactState, Destination, LegRole, LegSnapshot, LegState,
};
use serde_json::json;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::page::{Page, call, contacts, control, leg, requests};

const NUMBER: &str = "+81312349876";

/// The third party's leg, once it and the customer's are in these states.
async fn third_is(page: &Page, customer: LegState, third: LegState) -> LegSnapshot {
    let is = |told: &desk::ContactSnapshot, role, state: &LegState| {
        let mut legs = told.legs.iter().flatten();
        legs.any(|leg| leg.role == role && leg.state.as_ref() == Some(state))
    };
    let told = page
        .snapshot(|told| {
            contacts(told).iter().any(|contact| {
                is(contact, LegRole::Customer, &customer)
                    && is(contact, LegRole::ThirdParty, &third)
            })
        })
        .await;
    leg(&contacts(&told)[0], LegRole::ThirdParty).clone()
}

async fn answers(contact: &ContactId, leg: &LegSnapshot) {
    let path = format!(
        "/control/contacts/{contact}/third-parties/{}/answer",
        leg.id
    );
    control(&path, &json!({})).await;
}

/// Asks for something that Connect does.
async fn act(page: &Page, action: Action) {
    assert_eq!(page.ccp().act(action).await, Ok(()));
}

#[wasm_bindgen_test]
async fn a_quick_connect_is_called_in_as_connect_gave_it() {
    let page = Page::open().await;
    let contact = page.talk().await.id;
    let quick_connects = page.ccp().endpoints().await.expect("quick connects");
    let queue = quick_connects
        .iter()
        .find(|entry| entry.kind == desk::QuickConnectKind::Queue)
        .expect("a queue");

    let to = Destination::QuickConnect(queue.arn.clone());
    act(&page, Action::CallIn(contact, to)).await;

    let third = third_is(&page, LegState::Hold, LegState::Connecting).await;
    assert_eq!(third.quick_connect.as_ref(), Some(&queue.name));
    let asked = requests("createAdditionalConnection").await;
    assert_eq!(asked[0]["endpoint"]["endpointARN"], queue.arn.as_str());
    assert!(asked[0]["endpoint"]["queue"].is_string());
}

#[wasm_bindgen_test]
async fn a_quick_connect_that_is_not_known_is_not_asked_for() {
    let page = Page::open().await;
    let contact = page.talk().await.id;

    let to = Destination::QuickConnect("arn:nobody".into());
    let answer = page.ccp().act(Action::CallIn(contact, to)).await;

    assert_eq!(answer, Err(ActionError::BadEndpoint));
    assert!(requests("createAdditionalConnection").await.is_empty());
}

#[wasm_bindgen_test]
async fn a_number_is_called_in_swapped_joined_and_left_with_the_customer() {
    let page = Page::open().await;
    let talk = page.talk().await;
    let number = PhoneNumber::parse(NUMBER).expect("a number");
    act(
        &page,
        Action::CallIn(talk.id.clone(), Destination::Number(number)),
    )
    .await;
    let third = third_is(&page, LegState::Hold, LegState::Connecting).await;
    let endpoint = third.endpoint.as_ref().expect("an address");
    assert_eq!(endpoint.phone_number.as_deref(), Some(NUMBER));
    answers(&talk.id, &third).await;
    third_is(&page, LegState::Hold, LegState::Connected).await;

    act(&page, Action::Swap(talk.id.clone())).await;
    third_is(&page, LegState::Connected, LegState::Hold).await;
    act(&page, Action::Conference(talk.id.clone())).await;
    third_is(&page, LegState::Connected, LegState::Connected).await;

    let own = leg(&talk, LegRole::Agent).id.clone();
    act(&page, Action::Leave(talk.id.clone(), own)).await;
    let left = page.contact(&talk.id, ContactState::Ended).await;
    let states = [LegRole::Agent, LegRole::Customer, LegRole::ThirdParty]
        .map(|role| leg(&left, role).state.clone());
    let up = Some(LegState::Connected);
    assert_eq!(states, [Some(LegState::Disconnected), up.clone(), up]);
}

#[wasm_bindgen_test]
async fn a_third_party_who_rings_is_dropped() {
    let page = Page::open().await;
    let contact = page.talk().await.id;
    let number = PhoneNumber::parse(NUMBER).expect("a number");
    act(
        &page,
        Action::CallIn(contact.clone(), Destination::Number(number)),
    )
    .await;
    let third = third_is(&page, LegState::Hold, LegState::Connecting).await;

    act(&page, Action::Drop(contact, third.id)).await;

    third_is(&page, LegState::Hold, LegState::Disconnected).await;
}

#[wasm_bindgen_test]
async fn a_call_that_connect_accepts_by_itself_is_known() {
    let page = Page::open_in(&json!({ "agents": [{
        "login": "hanako.sato", "name": "佐藤 花子", "password": "konnichiwa",
        "queues": ["BasicQueue"], "auto_accept": true,
    }], "quick_connects": [] }))
    .await;
    call(&json!({})).await;
    page.snapshot(|told| contacts(told).iter().any(|contact| contact.auto_accept))
        .await;
}
