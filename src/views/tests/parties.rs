//! Third parties on screen: who hears whom, whom to call in, who else is there.

use desk::{ContactKind, Input, LegRole, LegSnapshot, LegState, QuickConnect, QuickConnectKind};
use rstest::rstest;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::{
    stage::{
        Stage, has_focus, key, press_key,
        scene::{Call, call, scene},
        text, type_into,
    },
    text::Locale,
};

async fn talking(locale: Locale) -> Stage {
    let stage = Stage::open_in(locale).await;
    show(&stage, 2, call("c-1").connected(2)).await;
    stage
}

async fn show(stage: &Stage, second: i64, call: Call) {
    stage.tell(scene(second, "Busy").and(call)).await;
}

/// The chooser, opened by a button and filled by Connect.
async fn choosing(button: &str, names: &[&str]) -> Stage {
    let stage = talking(Locale::En).await;
    stage.press(button).await;
    let entries = names.iter().map(|name| QuickConnect {
        arn: format!("arn:{name}"),
        kind: QuickConnectKind::Queue,
        name: (*name).into(),
        number: None,
    });
    stage
        .tell(Input::QuickConnects(Ok(entries.collect())))
        .await;
    stage
}

fn rows(stage: &Stage) -> Vec<String> {
    stage.texts(".chooser li")
}

#[rstest]
#[case::rings(
    LegState::Hold,
    LegState::Connecting,
    "Being called. The customer is on hold.",
    "呼び出しています。お客様は保留中です。"
)]
#[case::talks(
    LegState::Hold,
    LegState::Connected,
    "You talk with them. The customer is on hold and hears neither. If you leave, the customer and they go on talking.",
    "あなたと相手が話しています。お客様は保留中で、聞こえません。退出すると、お客様と相手の通話が続きます。"
)]
#[case::is_gone(
    LegState::Hold,
    LegState::Disconnected,
    "No longer on the line. The customer is still on hold.",
    "通話から抜けました。お客様は保留のままです。"
)]
#[case::is_alone(
    LegState::Disconnected,
    LegState::Connected,
    "The customer has hung up. The other party is still there.",
    "お客様は電話を切りました。相手とつながっています。"
)]
#[test_attr(wasm_bindgen_test)]
async fn who_hears_whom_and_who_would_stay_is_said_in_each_language(
    #[case] customer: LegState,
    #[case] third: LegState,
    #[case] english: &str,
    #[case] japanese: &str,
) {
    for (locale, words) in [(Locale::En, english), (Locale::Ja, japanese)] {
        let stage = talking(locale).await;
        let call = call("c-1").connected(2).customer_is(customer.clone(), 5);
        show(&stage, 5, call.with_third(third.clone(), 5)).await;
        assert_eq!(
            (
                text(&stage.one(".party bdi")),
                text(&stage.one(".party [role=status]"))
            ),
            ("倉庫".into(), words.into())
        );
    }
}

#[wasm_bindgen_test]
async fn a_call_of_two_says_nothing_of_a_third() {
    let stage = talking(Locale::En).await;
    assert_eq!(text(&stage.one(".party")).trim(), "");
}

#[wasm_bindgen_test]
async fn a_destination_is_found_however_wide_it_is_written_and_can_be_chosen() {
    let stage = choosing("Consult", &["Returns", "ＶＩＰ desk"]).await;
    let field = stage.one(".chooser input");
    assert!(has_focus(&field));
    assert_eq!(rows(&stage), ["Returns Queue ", "ＶＩＰ desk Queue "]);
    type_into(&field, "vip").await;
    assert_eq!(rows(&stage), ["ＶＩＰ desk Queue "]);

    stage.press("ＶＩＰ desk Queue ").await;

    let notice = stage.says("notice");
    assert!(notice.starts_with("They could not be called."), "{notice}");
}

#[wasm_bindgen_test]
async fn a_number_can_be_typed_and_an_emergency_number_cannot() {
    let stage = choosing("Transfer", &["Returns"]).await;
    let field = stage.one(".chooser input");
    type_into(&field, "０９０-8765-4321").await;
    assert_eq!(rows(&stage), ["090-8765-4321 External "]);
    type_into(&field, "119").await;
    assert_eq!(
        (rows(&stage), text(&stage.one(".chooser [role=status]"))),
        (
            Vec::<String>::new(),
            "Emergency calls cannot be made here. Use a telephone.".into()
        )
    );
}

#[wasm_bindgen_test]
async fn escape_puts_the_choice_away_and_the_focus_back() {
    let stage = choosing("Consult", &["Returns"]).await;
    press_key(&stage.one(".chooser input"), &key("Escape")).await;
    assert_eq!(stage.all(".chooser").len(), 0);
    assert!(stage.all(".party-controls .button").iter().any(has_focus));
}

#[wasm_bindgen_test]
async fn more_destinations_than_are_read_are_searched_for() {
    let names: Vec<String> = (0..60).map(|at| format!("Desk {at}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let stage = choosing("Consult", &names).await;
    assert_eq!(
        (
            rows(&stage).len(),
            text(&stage.one(".chooser [role=status]"))
        ),
        (50, "There are more. Search for one.".into())
    );
}

#[wasm_bindgen_test]
async fn the_choice_is_put_away_when_the_call_is_over() {
    let stage = choosing("Transfer", &["Returns"]).await;
    show(&stage, 9, call("c-1").ended(9)).await;
    assert_eq!(stage.all(".chooser").len(), 0);
}

#[wasm_bindgen_test]
async fn the_choice_for_one_call_is_not_one_for_the_next() {
    let stage = choosing("Transfer", &["Returns"]).await;
    type_into(&stage.one(".chooser input"), "090-8765-4321").await;
    show(&stage, 9, call("c-2").connected(9)).await;
    assert_eq!(stage.all(".chooser").len(), 0);
    stage.press("Transfer").await;
    assert_eq!(rows(&stage), ["Returns Queue "]);
}

#[rstest]
#[case::listens(LegState::SilentMonitor, Locale::Ja, "スーパーバイザーが聞いています")]
#[case::takes_part(LegState::Barge, Locale::En, "A supervisor takes part")]
#[test_attr(wasm_bindgen_test)]
async fn a_supervisor_is_shown(
    #[case] state: LegState,
    #[case] locale: Locale,
    #[case] words: &str,
) {
    let stage = talking(locale).await;
    let watched = call("c-1").connected(2).but(|told| {
        let legs = told.legs.get_or_insert_default();
        let monitor = LegSnapshot {
            id: "monitor".into(),
            role: LegRole::Monitor,
            state: Some(state),
            ..legs[0].clone()
        };
        legs.push(monitor);
    });
    show(&stage, 3, watched).await;
    assert_eq!(text(&stage.one(".supervision")), words);
}

#[wasm_bindgen_test]
async fn a_task_beside_a_call_comes_to_the_front_when_it_is_pressed() {
    let stage = Stage::open().await;
    let task = call("t-1").connected(1).but(|told| {
        told.kind = ContactKind::Task;
        told.title = Some("Call the carrier".into());
    });
    let both = scene(3, "Busy").and(task).and(call("c-1").connected(2));
    stage.tell(both).await;
    assert_eq!(stage.says("caller-number"), "090-1234-5678");

    stage.press("Connected · Call the carrier · Task").await;

    assert_eq!(
        (stage.says("contact-id"), stage.says("caller-number")),
        ("t-1".into(), "Call the carrier".into())
    );
    stage.press("Connected · 090-1234-5678 · Inbound").await;
    assert_eq!(stage.says("contact-id"), "c-1");
}

#[wasm_bindgen_test]
async fn a_call_that_connect_accepts_by_itself_says_so_while_it_rings() {
    let stage = Stage::open().await;
    let rings = call("c-1").ringing(1).but(|told| told.auto_accept = true);
    stage.tell(scene(1, "PendingBusy").and(rings)).await;
    assert_eq!(
        text(&stage.one(".call-came")),
        "Inbound · accepted automatically · Support"
    );
}
