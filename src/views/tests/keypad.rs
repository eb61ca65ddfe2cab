//! The keypad, through which customers' PINs travel.

use desk::LegState;
use rstest::rstest;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, KeyboardEventInit};

use crate::{
    stage::{
        Stage, has_focus, key, press_key,
        scene::{Scene, call, scene},
        value,
    },
    text::Locale,
};

fn talks() -> Scene {
    scene(2, "Busy").and(call("c-1").connected(2))
}

async fn with_open_keypad() -> Stage {
    let stage = Stage::open().await;
    stage.tell(talks()).await;
    stage.press("Keypad").await;
    stage
}

fn field(stage: &Stage) -> Element {
    stage.one(".keypad input")
}

#[rstest]
#[case(Locale::En, "Keypad", "Digits to send")]
#[case(Locale::Ja, "キーパッド", "送信する番号")]
#[test_attr(wasm_bindgen_test)]
async fn it_opens_with_twelve_keys_and_takes_the_focus(
    #[case] locale: Locale,
    #[case] button: &str,
    #[case] name: &str,
) {
    let stage = Stage::open_in(locale).await;
    stage.tell(talks()).await;
    stage.press(button).await;
    assert_eq!(
        (
            stage.texts(".keypad-keys button").concat(),
            has_focus(&field(&stage)),
            field(&stage).get_attribute("aria-label").as_deref()
        ),
        ("123456789*0#".into(), true, Some(name))
    );
}

#[wasm_bindgen_test]
async fn it_folds_away_again() {
    let stage = with_open_keypad().await;
    stage.press("Keypad").await;
    assert_eq!(stage.all(".keypad input, .keypad-keys").len(), 0);
}

#[wasm_bindgen_test]
async fn typed_and_pressed_digits_are_shown_in_order() {
    let stage = with_open_keypad().await;
    press_key(&field(&stage), &key("5")).await;
    stage.press("#").await;
    press_key(&field(&stage), &key("*")).await;
    assert_eq!(value(&field(&stage)), "5#*");
}

#[wasm_bindgen_test]
async fn a_digit_is_sent_to_the_customer() {
    let stage = with_open_keypad().await;
    press_key(&field(&stage), &key("5")).await;
    // There is no CCP to send it.
    let told = stage.texts("[data-testid=notice] p");
    assert!(told[0].starts_with("The digits were not sent."), "{told:?}");
}

fn with(change: impl FnOnce(&KeyboardEventInit)) -> KeyboardEventInit {
    let init = key("1");
    change(&init);
    init
}

#[rstest]
#[case::letter(key("a"))]
#[case::tab(key("Tab"))]
#[case::ctrl(with(|init| init.set_ctrl_key(true)))]
#[case::meta(with(|init| init.set_meta_key(true)))]
#[case::alt(with(|init| init.set_alt_key(true)))]
#[test_attr(wasm_bindgen_test)]
async fn a_key_that_is_no_tone_is_left_to_the_browser(#[case] pressed: KeyboardEventInit) {
    let stage = with_open_keypad().await;
    let taken = press_key(&field(&stage), &pressed).await;
    assert_eq!((taken, value(&field(&stage))), (false, String::new()));
}

#[wasm_bindgen_test]
async fn only_as_many_tones_are_shown_as_fit_the_field() {
    let stage = with_open_keypad().await;
    press_key(&field(&stage), &key("9")).await;
    for _ in 0..24 {
        press_key(&field(&stage), &key("1")).await;
    }
    assert_eq!(value(&field(&stage)), "1".repeat(24));
}

async fn with_digits_sent() -> Stage {
    let stage = with_open_keypad().await;
    press_key(&field(&stage), &key("7")).await;
    press_key(&field(&stage), &key("3")).await;
    stage
}

#[rstest]
#[case::ended(scene(9, "AfterCallWork").and(call("c-1").ended(9)))]
#[case::gone(scene(9, "Available"))]
#[test_attr(wasm_bindgen_test)]
async fn it_closes_with_the_call_and_leaves_the_focus_on_its_button(#[case] told: Scene) {
    let stage = with_digits_sent().await;
    stage.tell(told).await;
    assert_eq!(
        (
            stage.all(".keypad input, .keypad-keys").len(),
            stage.is_enabled("Keypad"),
            has_focus(&stage.button("Keypad"))
        ),
        (0, false, true)
    );
}

#[wasm_bindgen_test]
async fn on_hold_it_stays_as_it_is_and_sends_nothing() {
    let stage = with_digits_sent().await;
    stage.tell(held()).await;
    press_key(&field(&stage), &key("5")).await;
    stage.press("6").await;
    assert_eq!(
        (value(&field(&stage)), stage.is_enabled("6")),
        ("73".into(), false)
    );
}

#[wasm_bindgen_test]
async fn after_a_hold_the_digits_go_on() {
    let stage = with_digits_sent().await;
    stage.tell(held()).await;
    let resumed = call("c-1")
        .connected(2)
        .customer_is(LegState::Connected, 12);
    stage.tell(scene(12, "Busy").and(resumed)).await;
    press_key(&field(&stage), &key("5")).await;
    assert_eq!(value(&field(&stage)), "735");
}

fn held() -> Scene {
    scene(9, "Busy").and(call("c-1").held(2, 9))
}

#[wasm_bindgen_test]
async fn on_hold_it_can_be_put_away() {
    let stage = with_digits_sent().await;
    stage.tell(held()).await;
    stage.press("Keypad").await;
    assert_eq!(stage.all(".keypad-keys").len(), 0);
}

#[wasm_bindgen_test]
async fn escape_closes_it_and_the_focus_goes_back_to_its_button() {
    let stage = with_open_keypad().await;
    press_key(&field(&stage), &key("Escape")).await;
    let button = stage.button("Keypad");
    assert_eq!(
        (
            stage.all(".keypad-keys").len(),
            has_focus(&button),
            button.get_attribute("aria-expanded").as_deref()
        ),
        (0, true, Some("false"))
    );
}

#[wasm_bindgen_test]
async fn nothing_of_what_was_sent_is_shown_in_the_next_call() {
    let stage = with_digits_sent().await;
    stage.tell(scene(9, "Available")).await;
    let next = scene(12, "Busy").and(call("c-2").connected(12));
    stage.tell(next).await;
    stage.press("Keypad").await;
    assert_eq!(value(&field(&stage)), "");
}

#[wasm_bindgen_test]
async fn nothing_of_what_was_sent_is_shown_in_a_call_that_follows_in_the_same_snapshot() {
    let stage = with_digits_sent().await;
    // The snapshots between have been lost.
    let next = scene(12, "Busy").and(call("c-2").connected(12));
    stage.tell(next).await;
    assert!(
        stage.all(".keypad input").is_empty() || value(&field(&stage)).is_empty(),
        "{}",
        value(&field(&stage))
    );
}

#[wasm_bindgen_test]
async fn a_customers_leg_that_is_not_connected_hears_no_tones() {
    let stage = Stage::open().await;
    let talks = call("c-1")
        .connected(2)
        .customer_is(LegState::Connecting, 2);
    stage.tell(scene(2, "Busy").and(talks)).await;
    assert!(!stage.is_enabled("Keypad"));
}
