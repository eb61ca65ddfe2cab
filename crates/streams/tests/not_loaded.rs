//! A page whose Streams script was blocked or never came.

#![cfg(target_arch = "wasm32")]
#![expect(
    clippy::expect_used,
    reason = "a test that lacks something should fail"
)]

use streams::{Ccp, Error, InitOptions};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
fn without_the_library_there_is_no_ccp_but_an_error() {
    let document = web_sys::window().and_then(|window| window.document());
    let container = document.expect("a document").create_element("div");
    let options = InitOptions::new("http://127.0.0.1:9/ccp-v2/");

    let outcome = Ccp::embed(&container.expect("an element"), &options, |_| {});

    assert_eq!(outcome.err(), Some(Error::NotLoaded));
}

#[wasm_bindgen_test]
fn without_the_library_there_is_no_version() {
    assert_eq!(streams::version(), None);
}
