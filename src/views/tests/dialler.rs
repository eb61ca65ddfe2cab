//! The dialler: what it would dial, or why it does not.

use desk::{Command, Desk, Input, Instant, Link, PhoneNumber};
use rstest::rstest;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::{
    stage::{
        Stage, dispatch, focus, has_focus,
        scene::{call, scene},
        settled, type_into, value,
    },
    text::Locale,
};

/// What the dialler says of what is typed, and whether it would dial it.
async fn typed(stage: &Stage, text: &str, button: &str) -> (String, bool) {
    type_into(&stage.one(".dialler input"), text).await;
    let says = stage.texts("#dial-says").concat();
    (says, stage.is_enabled(button))
}

#[rstest]
#[case::empty("", "e.g. 03-1234-5678, +44…")]
#[case::letters(
    "03-1234-ABCD",
    "That contains something that is not part of a phone number."
)]
#[case::no_country(
    "90-1234-5678",
    "Begin with the area code's 0, or with + and the country code."
)]
#[case::zero_country("+0312345678", "A country code does not begin with 0.")]
#[case::too_short("0123", "That is not the length of a phone number.")]
#[case::too_long("+1234567890123456", "That is not the length of a phone number.")]
#[case::police("110", "Emergency calls cannot be made here. Use a telephone.")]
#[case::fire("１１９", "Emergency calls cannot be made here. Use a telephone.")]
#[test_attr(wasm_bindgen_test)]
async fn what_is_no_number_is_explained_and_not_dialled(#[case] text: &str, #[case] says: &str) {
    let stage = Stage::open().await;
    assert_eq!(typed(&stage, text, "Dial").await, (says.into(), false));
}

#[rstest]
#[case::empty("", "例 03-1234-5678、+44…")]
#[case::letters("03-1234-ABCD", "電話番号に使えない文字があります。")]
#[case::no_country("90-1234-5678", "市外局番の 0 か、国番号の + から入力してください。")]
#[case::zero_country("+0312345678", "国番号は 0 で始まりません。")]
#[case::too_short("0123", "桁数が正しくありません。")]
#[case::police(
    "110",
    "緊急通報はこの画面からかけられません。電話機を使ってください。"
)]
#[test_attr(wasm_bindgen_test)]
async fn it_is_explained_in_japanese_too(#[case] text: &str, #[case] says: &str) {
    let stage = Stage::open_in(Locale::Ja).await;
    assert_eq!(typed(&stage, text, "発信").await, (says.into(), false));
}

#[rstest]
#[case::tokyo("03-1234-5678", "Will dial: 03-1234-5678 (+81312345678)")]
#[case::full_width(
    "０９０ー１２３４ー５６７８",
    "Will dial: 090-1234-5678 (+819012345678)"
)]
#[case::abroad("+44 20 7946 0000", "Will dial: +442079460000")]
#[test_attr(wasm_bindgen_test)]
async fn it_shows_what_it_will_dial_before_it_dials(#[case] text: &str, #[case] says: &str) {
    let stage = Stage::open().await;
    assert_eq!(typed(&stage, text, "Dial").await, (says.into(), true));
}

const TOKYO: &str = "03-1234-5678";

#[wasm_bindgen_test]
async fn without_connect_nothing_is_dialled() {
    let stage = Stage::open().await;
    stage.tell(Input::Link(Link::SignedOut)).await;
    let says = "Not connected to Connect yet, so nothing was dialled.";
    assert_eq!(typed(&stage, TOKYO, "Dial").await, (says.into(), false));
}

#[wasm_bindgen_test]
async fn an_agent_who_is_offline_is_told_to_change_state() {
    let stage = Stage::open().await;
    stage.tell(scene(1, "Offline")).await;
    let says = "You are offline. Change your state, then dial.";
    assert_eq!(typed(&stage, TOKYO, "Dial").await, (says.into(), false));
}

#[wasm_bindgen_test]
async fn a_call_must_be_finished_first() {
    let stage = Stage::open().await;
    let talks = scene(1, "Busy").and(call("c-1").connected(1));
    stage.tell(talks).await;
    let says = "There is a call to finish first. Complete it, then dial.";
    assert_eq!(typed(&stage, TOKYO, "Dial").await, (says.into(), false));
}

#[wasm_bindgen_test]
async fn one_number_is_dialled_at_a_time() {
    let mut desk = Desk::default();
    let number = PhoneNumber::parse("+81312345678").unwrap();
    for input in [
        Input::Link(Link::Ready),
        scene(0, "Available").into(),
        // What this asks for is dropped, so no answer ever comes.
        Input::Command(Command::Dial(number)),
    ] {
        desk.handle(input, Instant::default());
    }
    let stage = Stage::of(desk, Locale::En).await;
    let says = "A number is being dialled already.";
    assert_eq!(typed(&stage, TOKYO, "Dial").await, (says.into(), false));
}

/// Where there is no CCP, the notice tells that Connect was asked.
const NOT_DIALLED: &str = "The number was not dialled.";

fn was_asked(stage: &Stage) -> bool {
    let told = stage.texts("[data-testid=notice] p");
    told.iter().any(|told| told.starts_with(NOT_DIALLED))
}

#[wasm_bindgen_test]
async fn a_number_that_is_being_called_leaves_the_field() {
    let stage = Stage::open().await;
    typed(&stage, TOKYO, "Dial").await;
    stage.button("Dial").click();
    let dials = scene(1, "CallingCustomer").and(call("c-1").outbound().dialing(1));
    stage.tell(dials).await;
    assert_eq!(value(&stage.one(".dialler input")), "");
}

#[wasm_bindgen_test]
async fn a_number_that_was_refused_stays_with_the_caret_in_it() {
    let stage = Stage::open().await;
    typed(&stage, TOKYO, "Dial").await;
    focus(&stage.button("Dial"));
    stage.press("Dial").await;
    let field = stage.one(".dialler input");
    assert_eq!(
        (was_asked(&stage), value(&field), has_focus(&field)),
        (true, TOKYO.into(), true)
    );
}

#[wasm_bindgen_test]
async fn a_refusal_does_not_take_the_focus_from_where_the_agent_went_meanwhile() {
    let stage = Stage::open().await;
    typed(&stage, TOKYO, "Dial").await;
    stage.button("Dial").click();
    let elsewhere = stage.one("select");
    focus(&elsewhere);
    settled().await;
    assert!(was_asked(&stage) && has_focus(&elsewhere));
}

#[wasm_bindgen_test]
async fn a_call_that_comes_in_while_a_number_is_dialled_does_not_empty_the_field() {
    let stage = Stage::open().await;
    typed(&stage, TOKYO, "Dial").await;
    stage.button("Dial").click();
    let rings = scene(1, "PendingBusy").and(call("c-1").ringing(1));
    stage.tell(rings).await;
    assert_eq!(value(&stage.one(".dialler input")), TOKYO);
}

#[wasm_bindgen_test]
async fn a_number_that_is_called_although_the_desk_was_told_no_leaves_the_field() {
    let stage = Stage::open().await;
    typed(&stage, TOKYO, "Dial").await;
    stage.press("Dial").await;
    let calls = call("c-1").outbound().from("+81312345678").dialing(1);
    let dials = scene(1, "CallingCustomer").and(calls);
    stage.tell(dials).await;
    assert_eq!(value(&stage.one(".dialler input")), "");
}

#[rstest]
#[case::of_the_next_agent("arn:ichiro", "")]
#[case::of_the_same_agent("arn:hanako", TOKYO)]
#[test_attr(wasm_bindgen_test)]
async fn what_was_typed_is_not_shown_to_another_agent(#[case] next: &str, #[case] left: &str) {
    let stage = Stage::open().await;
    let signed_in = |second, arn: &str| {
        let arn = arn.to_owned();
        scene(second, "Available").but(move |snapshot| snapshot.agent.arn = Some(arn))
    };
    stage.tell(signed_in(1, "arn:hanako")).await;
    stage.tell(signed_in(2, "arn:hanako")).await;
    typed(&stage, TOKYO, "Dial").await;
    stage.tell(signed_in(3, next)).await;
    stage.tell(signed_in(4, next)).await;
    assert_eq!(value(&stage.one(".dialler input")), left);
}

#[wasm_bindgen_test]
async fn enter_dials() {
    let stage = Stage::open().await;
    typed(&stage, TOKYO, "Dial").await;
    dispatch(&stage.one(".dialler form"), "submit");
    settled().await;
    assert!(was_asked(&stage));
}

#[wasm_bindgen_test]
async fn enter_on_what_cannot_be_dialled_leaves_it_as_it_is() {
    let stage = Stage::open().await;
    typed(&stage, "110", "Dial").await;
    dispatch(&stage.one(".dialler form"), "submit");
    settled().await;
    assert_eq!(
        (was_asked(&stage), value(&stage.one(".dialler input"))),
        (false, "110".into())
    );
}

#[wasm_bindgen_test]
async fn enter_during_a_call_leaves_the_number_for_later() {
    let stage = Stage::open().await;
    let talks = scene(1, "Busy").and(call("c-1").connected(1));
    stage.tell(talks).await;
    typed(&stage, TOKYO, "Dial").await;
    dispatch(&stage.one(".dialler form"), "submit");
    settled().await;
    assert_eq!(
        (
            stage.texts("[data-testid=notice]").len(),
            value(&stage.one(".dialler input"))
        ),
        (0, TOKYO.into())
    );
}

#[wasm_bindgen_test]
async fn the_field_has_a_name_and_is_described_by_what_is_said_of_it() {
    let stage = Stage::open_in(Locale::Ja).await;
    let field = stage.one(".dialler input");
    assert_eq!(
        (
            field.get_attribute("aria-label").as_deref(),
            field.get_attribute("aria-describedby").as_deref()
        ),
        (Some("電話番号"), Some("dial-says"))
    );
}
