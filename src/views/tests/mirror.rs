//! A page that shows what another does.

use desk::{Access, Command, Desk, Input, Link, Role};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::{
    stage::{
        Stage,
        scene::{call, scene},
        text,
    },
    text::Locale,
};

async fn mirror() -> Stage {
    let stage = Stage::of(Desk::default(), Locale::En).await;
    for input in [Input::Role(Role::Mirror), Input::Link(Link::Ready)] {
        stage.tell(input).await;
    }
    stage.tell(scene(0, "Available")).await;
    stage
}

fn told(stage: &Stage) -> Vec<String> {
    stage.texts("[data-testid=notice] p")
}

#[wasm_bindgen_test]
async fn a_mirror_says_why_it_is_read_only_and_where_the_sound_is() {
    let stage = mirror().await;
    assert_eq!(
        told(&stage),
        ["You work in another tab, so this one is read-only."]
    );
    stage
        .tell(scene(1, "Busy").and(call("c-1").connected(1)))
        .await;
    assert_eq!(
        told(&stage),
        [
            "You work in another tab, so this one is read-only. If you work here, the sound of \
             the call stays in the other tab. Do not close that one until the call is over."
        ]
    );
    assert!(!stage.is_enabled("Hang up"));
    assert!(stage.is_enabled("Work here"));
    assert_eq!(text(&stage.one(".light")), "Read-only");
}

#[wasm_bindgen_test]
async fn a_page_that_has_stopped_leading_says_that_it_has_the_sound() {
    let stage = Stage::open().await;
    stage
        .tell(scene(1, "Busy").and(call("c-1").connected(1)))
        .await;
    stage.tell(Input::Role(Role::Mirror)).await;
    assert_eq!(
        told(&stage),
        [
            "You work in another tab, so this one is read-only. The sound of the call is in this \
             tab. Do not close it until the call is over."
        ]
    );
}

#[wasm_bindgen_test]
async fn a_ring_is_neither_spoken_nor_in_the_title_of_a_mirror() {
    let stage = mirror().await;
    stage
        .tell(scene(1, "PendingBusy").and(call("c-1").ringing(1)))
        .await;
    let spoken: String = stage.texts("[aria-live=assertive]").concat();
    assert_eq!(
        (spoken.as_str(), stage.says("call-phase").as_str()),
        ("", "Ringing")
    );
    assert_eq!(leptos::prelude::document().title(), "Agent desk");
}

#[wasm_bindgen_test]
async fn a_mirror_without_its_softphone_sends_nobody_to_sign_in_there() {
    let stage = mirror().await;
    stage.tell(Input::Link(Link::SignedOut)).await;
    assert_eq!(
        told(&stage)[1],
        "The softphone has stopped answering, so what is shown may be old."
    );
    assert!(stage.is_enabled("Reload the softphone"));
    stage.desk.command(Command::SignOut);
    assert!(!stage.desk.look(Desk::is_signing_out));
}

#[wasm_bindgen_test]
async fn a_mirror_offers_no_sign_in_for_customers() {
    let stage = mirror().await;
    stage.tell(Input::Access(Access::SignedOut)).await;
    assert_eq!(stage.all(".customer-access *").len(), 0);
}
