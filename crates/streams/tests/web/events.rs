//! What the library says beside its updates.

use serde_json::json;
use streams::Event;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::library::trigger;
use crate::page::Page;

/// Each row: an event of the library, its data, and what is told of it.
macro_rules! told {
    ($($name:ident: $event:literal, $data:tt, $told:expr;)*) => {$(
        #[wasm_bindgen_test]
        async fn $name() {
            let page = Page::open().await;
            let heard = page.heard();

            trigger($event, &json!($data));

            let told: Option<Event> = $told;
            assert_eq!(page.events_since(heard), Vec::from_iter(told));
        }
    )*};
}

told! {
    access_is_denied: "access_denied", null, Some(Event::AccessDenied);

    signing_in_is_given_up:
        "authorize_retries_exhausted", null, Some(Event::AuthorizeRetriesExhausted);

    the_telephony_service_is_given_up:
        "cti_authorize_retries_exhausted", null, Some(Event::CtiAuthorizeRetriesExhausted);

    the_session_is_valid_again: "authorize_success", null, Some(Event::AuthorizeSucceeded);

    the_line_to_connect_is_lost:
        "agent::websocket_connection_lost", { "code": 1006 }, Some(Event::WebSocketLost);

    the_line_to_connect_is_back:
        "agent::websocket_connection_gained", null, Some(Event::WebSocketRegained);

    the_softphone_cannot_work:
        "agent::softphone_error",
        { "errorType": "microphone_not_shared", "errorMessage": "m", "endPointUrl": "" },
        Some(Event::SoftphoneError { kind: "microphone_not_shared".into() });

    a_softphone_error_of_no_kind_is_one_all_the_same:
        "agent::softphone_error", null, Some(Event::SoftphoneError { kind: String::new() });

    the_ccp_shows_a_contact:
        "contact::view", { "contactId": "c1" }, Some(Event::ViewContact(Some("c1".into())));

    the_ccp_shows_no_contact:
        "contact::view", { "contactId": "" }, Some(Event::ViewContact(None));

    a_contact_was_accepted_elsewhere:
        "contact::accepted", { "contactId": "c1" }, Some(Event::Accepted("c1".into()));

    nothing_was_accepted: "contact::accepted", { "contactId": 7 }, None;

    muting_that_does_not_say_how_it_ended: "agent::mute_toggle", { "muted": "yes" }, None;

    an_event_without_an_update_tells_no_update_again:
        "contact::refresh", { "contactId": "c1" }, None;
}
