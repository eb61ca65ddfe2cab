//! The crate against the real library and the simulator, in a headless browser:
//! `cargo xtask test wasm`.

#![cfg(target_arch = "wasm32")]
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that lacks something should fail"
)]

mod calls;
mod events;
mod library;
mod lifetime;
mod options;
mod page;
mod parties;
mod poison;
mod workplace;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
