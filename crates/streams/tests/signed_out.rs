//! A session that ends. It has a page, and so a browser, of its own: one that has signed out
//! stays so.

#![cfg(target_arch = "wasm32")]
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that lacks something should fail"
)]

#[expect(dead_code, reason = "shared with the tests that need the rest")]
#[path = "web/library.rs"]
mod library;
#[expect(dead_code, reason = "shared with the tests that need the rest")]
#[path = "web/page.rs"]
mod page;

use serde_json::json;
use streams::{Event, InitOptions};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

use crate::page::{Page, ccp_url, control};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
async fn a_signed_out_agent_is_looked_for_until_the_retries_are_used_up_and_then_again() {
    // Also how long the library waits before it looks whether the agent is back.
    let options = InitOptions::new(&ccp_url()).ccp_ack_timeout(1);
    let page = Page::embed(&options, &json!({})).await;
    page.settle().await;
    // How long it gives each reload; not earlier, or it would give up the first load as well.
    INIT_CCP_PARAMS.with(|params| params.set_ccp_load_timeout(1));

    control("/control/agents/hanako.sato/sign-out", &json!({})).await;
    page.until(|event| (*event == Event::Terminated).then_some(()))
        .await;
    page.until(|event| (*event == Event::RetriesExhausted).then_some(()))
        .await;

    let heard = page.heard();
    page.ccp().reauthenticate().expect("another try");
    page.until_after(heard, |event| {
        (*event == Event::RetriesExhausted).then_some(())
    })
    .await;

    // The other ways in which the library learns of it; here they can do no more harm.
    let heard = page.heard();
    library::trigger("auth_fail", &json!(null));
    library::trigger("ack_timeout", &json!(null));
    assert_eq!(
        page.events_since(heard),
        [Event::AuthFailed, Event::AckTimeout]
    );
}

#[wasm_bindgen]
extern "C" {
    type InitCcpParams;

    #[wasm_bindgen(thread_local_v2, js_namespace = connect, js_name = initCCPParams)]
    static INIT_CCP_PARAMS: InitCcpParams;

    #[wasm_bindgen(method, setter, js_name = ccpLoadTimeout)]
    fn set_ccp_load_timeout(this: &InitCcpParams, milliseconds: u32);
}
