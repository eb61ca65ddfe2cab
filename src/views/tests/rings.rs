//! A ring: announced, flashed, and never in the way of what the agent does.

use desk::Input;
use leptos::prelude::document;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlInputElement;

use crate::{
    stage::{
        Stage, focus, has_focus,
        scene::{Scene, call, scene},
        text, type_into, until, value,
    },
    text::Locale,
};

fn talks_while_another_rings() -> Scene {
    scene(9, "Busy")
        .and(call("c-1").connected(2))
        .and(call("c-2").from("+81312345678").ringing(9))
}

async fn talking(locale: Locale) -> Stage {
    let stage = Stage::open_in(locale).await;
    stage
        .tell(scene(2, "Busy").and(call("c-1").connected(2)))
        .await;
    stage
}

#[wasm_bindgen_test]
async fn a_second_ring_is_listed_and_leaves_the_call_in_front() {
    let stage = talking(Locale::En).await;
    stage.tell(talks_while_another_rings()).await;

    let listed = stage.one(".other-contacts li");
    assert!(
        text(&listed).starts_with("Ringing · 03-1234-5678 · Inbound"),
        "{}",
        text(&listed)
    );
    assert_eq!(
        (
            listed.get_attribute("data-phase").as_deref(),
            stage.says("contact-id"),
            stage.says("caller-number")
        ),
        (Some("ringing"), "c-1".into(), "090-1234-5678".into())
    );
}

/// What the live regions for calls say.
fn spoken(stage: &Stage) -> Vec<String> {
    stage.texts("[aria-live=assertive]")
}

#[wasm_bindgen_test]
async fn a_second_ring_is_announced() {
    let stage = talking(Locale::En).await;
    stage.tell(talks_while_another_rings()).await;
    assert_eq!(spoken(&stage), ["Connected", "Another call is ringing."]);
}

#[wasm_bindgen_test]
async fn a_second_ring_is_announced_in_japanese() {
    let stage = talking(Locale::Ja).await;
    stage.tell(talks_while_another_rings()).await;
    assert_eq!(spoken(&stage), ["通話中", "別の着信があります。"]);
}

#[wasm_bindgen_test]
async fn a_second_ring_that_stops_leaves_the_list() {
    let stage = talking(Locale::En).await;
    stage.tell(talks_while_another_rings()).await;
    stage
        .tell(scene(20, "Busy").and(call("c-1").connected(2)))
        .await;
    assert_eq!(
        (stage.all(".other-contacts li").len(), spoken(&stage)),
        (0, vec!["Connected".into(), String::new()])
    );
}

#[wasm_bindgen_test]
async fn a_ring_is_announced_with_number_and_queue() {
    let stage = Stage::open().await;
    stage
        .tell(scene(1, "PendingBusy").and(call("c-1").ringing(1)))
        .await;
    assert_eq!(
        spoken(&stage),
        [
            "Incoming call. 090-1234-5678 Support".to_owned(),
            String::new()
        ]
    );
}

#[wasm_bindgen_test]
async fn the_title_flashes_while_it_rings_and_comes_back() {
    let stage = Stage::open().await;
    stage
        .tell(scene(1, "PendingBusy").and(call("c-1").ringing(1)))
        .await;
    until(|| document().title() == "☎ Incoming call").await;
    until(|| document().title() == "Agent desk").await;
    until(|| document().title() == "☎ Incoming call").await;
    stage
        .tell(scene(9, "Busy").and(call("c-1").connected(9)))
        .await;
    assert_eq!(document().title(), "Agent desk");
}

#[wasm_bindgen_test]
async fn the_title_flashes_for_a_second_ring_too() {
    let stage = talking(Locale::Ja).await;
    stage.tell(talks_while_another_rings()).await;
    until(|| document().title() == "☎ 着信中").await;
}

#[wasm_bindgen_test]
async fn whoever_types_goes_on_typing_through_ring_and_connect() {
    let stage = Stage::open().await;
    let field: HtmlInputElement = stage.one(".dialler input").unchecked_into();
    focus(&field);
    type_into(&field, "03-123").await;
    field.set_selection_range(2, 3).unwrap();

    stage
        .tell(scene(1, "PendingBusy").and(call("c-1").ringing(1)))
        .await;
    let while_it_rings = has_focus(&field);
    stage
        .tell(scene(9, "Busy").and(call("c-1").connected(9)))
        .await;
    stage.tell(Input::MuteReported(false)).await;

    assert_eq!(
        (
            while_it_rings,
            has_focus(&field),
            value(&field),
            field.selection_start().unwrap()
        ),
        (true, true, "03-123".into(), Some(2))
    );
}
