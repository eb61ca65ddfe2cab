//! Calls, from the first ring to the end of the wrap-up.

use desk::{Action, ActionError, ContactKind, ContactState, Digits, LegRole, LegState};
use serde_json::json;
use streams::Event;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::page::{Page, call, contacts, control, leg, requests};

#[wasm_bindgen_test]
async fn a_call_rings_with_all_that_is_known_of_it() {
    let page = Page::open().await;

    let id = call(&json!({
        "from": "+819012345678",
        "queue": "注文受付",
        "attributes": { "orderId": "#1001" },
    }))
    .await;
    let contact = page.contact(&id, ContactState::Connecting).await;

    assert_eq!(contact.kind, ContactKind::Voice);
    assert!(contact.since.is_some());
    assert_eq!(contact.queue.as_deref(), Some("注文受付"));
    assert_eq!(contact.initiation.as_deref(), Some("inbound"));
    assert_eq!(contact.attributes.get("orderId"), Some("#1001"));
    let agent = leg(&contact, LegRole::Agent);
    assert_eq!(
        (agent.outbound, &agent.state),
        (None, &Some(LegState::Connecting))
    );
    let customer = leg(&contact, LegRole::Customer);
    assert_eq!(
        (customer.outbound, &customer.state),
        (Some(false), &Some(LegState::Connected))
    );
    let endpoint = customer.endpoint.as_ref().expect("an address");
    assert_eq!(endpoint.phone_number.as_deref(), Some("+819012345678"));
}

#[wasm_bindgen_test]
async fn an_accepted_call_connects_and_is_reported_as_accepted() {
    let page = Page::open().await;
    let ringing = page.ring().await;

    let answer = page.ccp().act(Action::Accept(ringing.id.clone())).await;

    assert_eq!(answer, Ok(()));
    page.contact(&ringing.id, ContactState::Connected).await;
    page.until(|event| (*event == Event::Accepted(ringing.id.clone())).then_some(()))
        .await;
}

#[wasm_bindgen_test]
async fn a_declined_call_leaves_this_agent() {
    let page = Page::open().await;
    let ringing = page.ring().await;

    let answer = page.ccp().act(Action::Decline(ringing.id.clone())).await;

    assert_eq!(answer, Ok(()));
    let declined = page.contact(&ringing.id, ContactState::Error).await;
    assert_eq!(
        leg(&declined, LegRole::Agent).state,
        Some(LegState::Disconnected)
    );
}

#[wasm_bindgen_test]
async fn a_customer_on_hold_can_be_taken_back() {
    let page = Page::open().await;
    let contact = page.talk().await;
    let customer = leg(&contact, LegRole::Customer).id.clone();

    let hold = Action::Hold(contact.id.clone(), customer.clone());
    assert_eq!(page.ccp().act(hold).await, Ok(()));
    page.customer_is(&contact.id, LegState::Hold).await;

    let resume = Action::Resume(contact.id.clone(), customer);
    assert_eq!(page.ccp().act(resume).await, Ok(()));
    page.customer_is(&contact.id, LegState::Connected).await;
}

#[wasm_bindgen_test]
async fn digits_reach_connect_as_they_were_typed() {
    let page = Page::open().await;
    let contact = page.talk().await;
    let customer = leg(&contact, LegRole::Customer).id.clone();
    let digits = Digits::parse("12*#").expect("digits");

    let answer = page
        .ccp()
        .act(Action::SendDigits(contact.id, customer.clone(), digits))
        .await;

    assert_eq!(answer, Ok(()));
    let asked = requests("sendDigits").await;
    assert_eq!(asked[0]["digits"], "12*#");
    assert_eq!(asked[0]["connectionId"], customer.as_ref());
}

#[wasm_bindgen_test]
async fn a_call_that_was_hung_up_stays_until_it_is_cleared() {
    let page = Page::open().await;
    let contact = page.talk().await;
    let agent = leg(&contact, LegRole::Agent).id.clone();

    let hang_up = Action::HangUp(contact.id.clone(), agent);
    assert_eq!(page.ccp().act(hang_up).await, Ok(()));
    page.contact(&contact.id, ContactState::Ended).await;

    let clear = Action::Clear(contact.id.clone());
    assert_eq!(page.ccp().act(clear).await, Ok(()));
    page.snapshot(|snapshot| contacts(snapshot).is_empty())
        .await;
}

#[wasm_bindgen_test]
async fn a_queued_callback_is_offered_before_it_is_dialled() {
    let page = Page::open().await;
    let answer = control("/control/callbacks", &json!({ "number": "+819012345678" })).await;
    let id = answer["contactId"].as_str().expect("a contact id").into();

    let offered = page.contact(&id, ContactState::Incoming).await;
    assert_eq!(offered.kind, ContactKind::QueueCallback);
    assert!(offered.initial_id.is_some_and(|initial| initial != id));

    let accept = Action::Accept(id.clone());
    assert_eq!(page.ccp().act(accept).await, Ok(()));
    page.contact(&id, ContactState::Connecting).await;
}

#[wasm_bindgen_test]
async fn a_refused_accept_has_no_reason() {
    let page = Page::open().await;
    let contact = page.talk().await;

    let answer = page.ccp().act(Action::Accept(contact.id)).await;

    assert_eq!(answer, Err(ActionError::Unclassified("".into())));
}

#[wasm_bindgen_test]
async fn a_refused_hold_has_the_reason_that_connect_gives() {
    let page = Page::open().await;
    let contact = page.ring().await;
    let customer = leg(&contact, LegRole::Customer).id.clone();

    let answer = page.ccp().act(Action::Hold(contact.id, customer)).await;

    assert_eq!(answer, Err(ActionError::InvalidState));
}

#[wasm_bindgen_test]
async fn nothing_is_asked_about_a_contact_that_is_gone() {
    let page = Page::open().await;

    let answer = page.ccp().act(Action::Accept("gone".into())).await;

    assert_eq!(answer, Err(ActionError::Gone));
    assert!(requests("acceptContact").await.is_empty());
}

#[wasm_bindgen_test]
async fn nothing_is_asked_about_a_leg_that_is_gone() {
    let page = Page::open().await;
    let contact = page.talk().await;

    let hold = Action::Hold(contact.id, "gone".into());
    let answer = page.ccp().act(hold).await;

    assert_eq!(answer, Err(ActionError::Gone));
    assert!(requests("holdConnection").await.is_empty());
}
