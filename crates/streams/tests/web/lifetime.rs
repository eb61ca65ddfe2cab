//! Beginnings and ends: of the CCP, of subscriptions, of requests.

use std::time::Duration;

use desk::{Action, ActionError};
use serde_json::json;
use streams::{Ccp, Error, Event, InitOptions, StorageAccess, live_subscriptions};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::library::{Witness, failures, subscriptions};
use crate::page::{Page, blank, ccp_url, container, control, requests};

#[wasm_bindgen_test]
async fn the_library_is_the_one_that_the_crate_was_written_for() {
    blank().await;

    assert_eq!(streams::version().as_deref(), Some("2.28.1"));
}

#[wasm_bindgen_test]
async fn a_page_has_one_ccp() {
    let page = Page::open().await;

    let second = Ccp::embed(page.container(), &InitOptions::new(&ccp_url()), |_| {});

    assert_eq!(second.err(), Some(Error::AlreadyEmbedded));
}

#[wasm_bindgen_test]
async fn beside_the_frame_of_an_earlier_ccp_there_is_no_other() {
    let mut page = Page::open().await;
    page.take_ccp().terminate().expect("the end");

    let second = Ccp::embed(&container(), &InitOptions::new(&ccp_url()), |_| {});

    assert_eq!(second.err(), Some(Error::AlreadyEmbedded));
}

#[wasm_bindgen_test]
async fn what_the_library_does_not_like_is_an_error_with_its_words() {
    blank().await;
    let asking = StorageAccess::default().can_request(true);
    let options = InitOptions::new(&ccp_url()).storage_access(asking);

    let outcome = Ccp::embed(&container(), &options, |_| {});

    let Err(Error::Library(words)) = outcome else {
        panic!("{outcome:?}");
    };
    assert!(!words.is_empty());
}

#[wasm_bindgen_test]
async fn before_the_ccp_speaks_nothing_can_be_asked() {
    let page = Page::embed(&InitOptions::new(&ccp_url()), &json!({})).await;

    assert_eq!(
        page.ccp().act(Action::Mute).await,
        Err(ActionError::NotReady)
    );
    let accept = Action::Accept("any".into());
    assert_eq!(page.ccp().act(accept).await, Err(ActionError::NotReady));
    assert_eq!(
        page.ccp().endpoints().await.err(),
        Some(ActionError::NotReady)
    );
    page.settle().await;
}

#[wasm_bindgen_test]
async fn a_dropped_ccp_hears_nothing_more() {
    let mut page = Page::open().await;
    let library = Witness::of("contact::refresh");
    assert_eq!(subscriptions("agent::refresh"), 1);

    drop(page.take_ccp());
    let heard = page.heard();
    control("/control/calls", &json!({ "from": "+819012345678" })).await;
    library.called().await;

    assert_eq!(page.heard(), heard);
    assert_eq!(subscriptions("agent::refresh"), 0);
}

#[wasm_bindgen_test]
async fn subscriptions_are_counted_and_end_with_the_ccp() {
    let mut page = Page::open().await;
    let counted = live_subscriptions();
    page.ring().await;
    let in_a_call = live_subscriptions();
    drop(page.take_ccp());
    assert_eq!(
        (counted > 0, in_a_call, live_subscriptions()),
        (true, counted, 0)
    );
}

#[wasm_bindgen_test]
async fn after_the_end_the_page_can_begin_anew() {
    let mut page = Page::open().await;
    page.take_ccp().terminate().expect("the end");
    drop(page);

    let page = Page::open().await;

    page.ring().await;
}

#[wasm_bindgen_test]
async fn a_dropped_request_is_forgotten_and_its_answer_finds_nobody() {
    let page = Page::open().await;
    let ringing = page.ring().await;
    let library = Witness::of("api_response");

    let answer = page.ccp().act(Action::Accept(ringing.id.clone()));
    assert_eq!(page.ccp().unanswered(), 1);
    drop(answer);
    assert_eq!(page.ccp().unanswered(), 0);
    library.called().await;

    page.until(|event| (*event == Event::Accepted(ringing.id.clone())).then_some(()))
        .await;
    assert_eq!(failures("api_response"), Vec::<String>::new());
}

#[wasm_bindgen_test]
async fn a_request_without_an_answer_times_out() {
    let page = Page::open().await;
    let ringing = page.ring().await;
    control("/control/faults", &json!({ "method": "rejectContact" })).await;
    page.ccp().set_deadline(Duration::from_millis(1));

    let answer = page.ccp().act(Action::Decline(ringing.id)).await;

    assert_eq!(answer, Err(ActionError::TimedOut));
    assert_eq!(page.ccp().unanswered(), 0);
}

#[wasm_bindgen_test]
async fn requests_are_answered_each_with_its_own_outcome() {
    let page = Page::open().await;
    let ringing = page.ring().await;
    let fault = json!({ "method": "clearContact", "type": "QuotaExceededException" });
    control("/control/faults", &fault).await;

    let refused = page.ccp().act(Action::Clear(ringing.id.clone()));
    let done = page.ccp().act(Action::Decline(ringing.id));

    assert_eq!(done.await, Ok(()));
    assert_eq!(refused.await, Err(ActionError::QuotaExceeded));
}

#[wasm_bindgen_test]
async fn a_refusal_keeps_the_exceptions_name_and_none_of_its_words() {
    let page = Page::open().await;
    let ringing = page.ring().await;
    let fault = json!({
        "method": "rejectContact",
        "type": "NumberException",
        "message": "cannot call +819012345678",
    });
    control("/control/faults", &fault).await;

    let answer = page.ccp().act(Action::Decline(ringing.id)).await;

    assert_eq!(
        answer,
        Err(ActionError::Unclassified("NumberException".into()))
    );
}

#[wasm_bindgen_test]
async fn a_request_is_made_before_its_answer_is_awaited() {
    let page = Page::open().await;
    let ringing = page.ring().await;
    let library = Witness::of("api_response");

    let _answer = page.ccp().act(Action::Decline(ringing.id));
    library.called().await;

    assert_eq!(requests("rejectContact").await.len(), 1);
}
