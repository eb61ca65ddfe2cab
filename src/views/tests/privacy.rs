//! What is left on the screen when the customer has gone: the last two digits, and nothing else.

use leptos::prelude::document;
use rstest::rstest;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::{
    stage::{
        Stage, key, press_key,
        scene::{Call, call, scene},
    },
    text::Locale,
};

/// The screen after a whole call during which everything was opened that can be.
async fn after_a_call(call: impl Fn() -> Call, locale: Locale) -> Stage {
    let stage = Stage::open_in(locale).await;
    let (keypad, complete) = match locale {
        Locale::En => ("Keypad", "Complete"),
        Locale::Ja => ("キーパッド", "後処理終了"),
    };
    stage
        .tell(scene(1, "PendingBusy").and(call().ringing(1)))
        .await;
    stage.tell(scene(9, "Busy").and(call().connected(9))).await;
    stage.press(keypad).await;
    for digit in ["4", "9", "4", "9"] {
        press_key(&stage.one(".keypad input"), &key(digit)).await;
    }
    stage
        .tell(scene(60, "AfterCallWork").and(call().ended(60)))
        .await;
    stage.press(complete).await;
    stage.tell(scene(70, "Available")).await;
    stage
}

fn customer() -> Call {
    call("c-1")
        .from("+819087654321")
        .attribute("customerName", "山田 太郎")
        .attribute("order", "ORDER-5521")
}

#[rstest]
#[test_attr(wasm_bindgen_test)]
async fn nothing_personal_stays(
    #[values(
        "9087654321",
        "090-8765-4321",
        "8765",
        "4321",
        "山田",
        "customerName",
        "ORDER-5521",
        "4949"
    )]
    personal: &str,
    #[values(Locale::En, Locale::Ja)] locale: Locale,
) {
    let stage = after_a_call(customer, locale).await;
    let whole = stage.whole();
    assert!(!whole.contains(personal), "{whole}");
    assert!(!document().title().contains(personal));
}

#[wasm_bindgen_test]
async fn the_address_of_a_caller_without_a_number_does_not_stay() {
    let caller = || call("c-1").from("sip:yamada@example.com");
    let stage = after_a_call(caller, Locale::En).await;
    let whole = stage.whole();
    assert!(!whole.contains("yamada"), "{whole}");
}

#[wasm_bindgen_test]
async fn all_of_it_was_there_during_the_call() {
    let stage = Stage::open().await;
    stage
        .tell(scene(9, "Busy").and(customer().connected(9)))
        .await;
    let whole = stage.whole();
    for personal in ["+819087654321", "090-8765-4321", "山田 太郎", "ORDER-5521"] {
        assert!(whole.contains(personal), "{personal}");
    }
}

#[wasm_bindgen_test]
async fn the_last_two_digits_stay() {
    let stage = after_a_call(customer, Locale::En).await;
    assert!(stage.whole().contains("…21"));
}
