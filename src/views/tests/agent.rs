//! The agent bar.

use desk::{AgentStateType, Desk, Input, Link, Permission, Workstation};
use leptos::prelude::document;
use rstest::rstest;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlSelectElement;

use crate::{
    stage::{
        Stage, dispatch, focus, has_focus,
        scene::{agent_state, at, call, scene},
        settled, text,
    },
    text::Locale,
};

#[wasm_bindgen_test]
async fn before_the_first_snapshot_the_desk_waits_for_the_agent() {
    let stage = Stage::of(Desk::default(), Locale::En).await;
    assert_eq!(
        (
            stage.says("agent-state"),
            stage.attribute("agent-state", "data-state"),
            stage.says("agent-name")
        ),
        ("Waiting for sign-in".into(), None, String::new())
    );
}

#[rstest]
#[case::available("Available", "routable", "Available", "受付可")]
#[case::configured("Lunch", "not_routable", "Lunch", "Lunch")]
#[case::offline("Offline", "offline", "Offline", "オフライン")]
#[case::wrap_up("AfterCallWork", "after_call_work", "After-call work", "後処理")]
#[case::on_a_call("Busy", "system", "On a call", "通話中")]
#[case::missed("MissedCallAgent", "error", "Missed a call", "応答なし")]
#[test_attr(wasm_bindgen_test)]
async fn the_agents_state_is_there_for_scripts_and_in_the_readers_words(
    #[case] name: &str,
    #[case] kind: &str,
    #[case] english: &str,
    #[case] japanese: &str,
) {
    let (en, ja) = (Stage::open().await, Stage::open_in(Locale::Ja).await);
    en.tell(scene(1, name)).await;
    ja.tell(scene(1, name)).await;
    assert_eq!(
        (
            en.attribute("agent-state", "data-state").as_deref(),
            en.attribute("agent-state", "data-kind").as_deref(),
            en.says("agent-state"),
            ja.says("agent-state")
        ),
        (Some(name), Some(kind), english.into(), japanese.into())
    );
}

#[rstest]
#[test_attr(wasm_bindgen_test)]
async fn a_system_name_is_never_among_the_words(
    #[values(
        "PendingBusy",
        "CallingCustomer",
        "AfterCallWork",
        "MissedCallAgent",
        "FailedConnectAgent",
        "FailedConnectCustomer",
        "MissedCallCustomer",
        "LineEngagedCustomer",
        "BadAddressCustomer",
        "RealtimeCommunicationError",
        "DefaultError"
    )]
    name: &str,
    #[values(Locale::En, Locale::Ja)] locale: Locale,
) {
    let stage = Stage::open_in(locale).await;
    let told = scene(1, name).but(|told| told.agent.next_state = Some(agent_state(name, at(1))));
    stage.tell(told).await;
    let words = text(&stage.one(".agent-bar"));
    assert!(!words.contains(name), "{words}");
}

#[wasm_bindgen_test]
async fn a_state_of_an_unknown_type_is_not_shown_by_its_own_name() {
    let stage = Stage::open().await;
    let told = scene(1, "MonitoringSomebody").but(|told| {
        told.agent.state.as_mut().unwrap().kind = AgentStateType::Unknown("astral".into());
    });
    stage.tell(told).await;
    assert_eq!(stage.says("agent-state"), "Working");
}

#[wasm_bindgen_test]
async fn a_name_is_text_however_long_and_whatever_is_in_it() {
    let name = format!("<img src=x onerror=alert(1)>{}", "長".repeat(300));
    let stage = Stage::open().await;
    let told = scene(1, "Available").but(|told| told.agent.name = Some(name.clone()));
    stage.tell(told).await;
    let shown = stage.part("agent-name");
    assert_eq!((text(&shown), shown.child_element_count()), (name, 0));
}

fn with_lunch_queued(stage: &Stage) -> impl Future<Output = ()> {
    let told = scene(1, "Busy").and(call("c-1").connected(1)).but(|told| {
        told.agent.next_state = Some(agent_state("Lunch", at(1)));
    });
    stage.tell(told)
}

#[wasm_bindgen_test]
async fn a_queued_state_is_shown_beside_the_present_one() {
    let stage = Stage::open().await;
    with_lunch_queued(&stage).await;
    assert_eq!(
        (
            stage.attribute("agent-state", "data-state").as_deref(),
            stage.attribute("agent-state", "data-next").as_deref(),
            text(&stage.one(".queued-state span"))
        ),
        (Some("Busy"), Some("Lunch"), "Next state: Lunch".into())
    );
}

#[wasm_bindgen_test]
async fn a_queued_state_is_gone_when_it_is_no_longer_named() {
    let stage = Stage::open().await;
    with_lunch_queued(&stage).await;
    stage.tell(scene(2, "Lunch")).await;
    assert_eq!(
        (
            stage.attribute("agent-state", "data-next"),
            text(&stage.one(".queued-state bdi")),
            stage.is_enabled("Cancel queued state")
        ),
        (None, String::new(), false)
    );
}

#[wasm_bindgen_test]
async fn a_queued_state_can_be_taken_back() {
    let stage = Stage::open().await;
    with_lunch_queued(&stage).await;
    stage.press("Cancel queued state").await;
    // There is no CCP to do it; what matters is that it was asked.
    let told = stage.texts("[data-testid=notice] p");
    assert!(
        told[0].starts_with("Your state could not be changed."),
        "{told:?}"
    );
}

#[wasm_bindgen_test]
async fn taking_a_queued_state_back_leaves_the_focus_on_the_menu() {
    let stage = Stage::open().await;
    with_lunch_queued(&stage).await;
    focus(&stage.button("Cancel queued state"));
    stage
        .tell(scene(2, "Busy").and(call("c-1").connected(1)))
        .await;
    assert!(has_focus(&menu(&stage)));
}

#[wasm_bindgen_test]
async fn the_button_for_queued_states_has_its_japanese_name() {
    let stage = Stage::open_in(Locale::Ja).await;
    with_lunch_queued(&stage).await;
    assert!(stage.is_enabled("予約状態を取消"));
}

fn menu(stage: &Stage) -> HtmlSelectElement {
    stage.one(".state-menu select").unchecked_into()
}

#[wasm_bindgen_test]
async fn the_menu_offers_the_configured_states_and_shows_the_chosen_one() {
    let stage = Stage::open_in(Locale::Ja).await;
    let on_call = scene(1, "Busy").and(call("c-1").connected(1));
    stage.tell(on_call).await;
    assert_eq!(
        (
            stage.texts(".state-menu option"),
            menu(&stage).selected_index()
        ),
        (
            vec!["受付可".into(), "Lunch".into(), "オフライン".into()],
            0
        )
    );
}

#[wasm_bindgen_test]
async fn the_menu_can_be_used_only_while_connect_is_there() {
    let stage = Stage::open().await;
    let before = menu(&stage).disabled();
    stage.tell(Input::Link(Link::SignedOut)).await;
    assert_eq!((before, menu(&stage).disabled()), (false, true));
}

#[wasm_bindgen_test]
async fn choosing_a_state_asks_for_it_and_shows_it_only_when_connect_does() {
    let stage = Stage::open().await;
    menu(&stage).set_selected_index(1);
    dispatch(&menu(&stage), "change");
    assert_eq!(menu(&stage).selected_index(), 0);
    settled().await;

    let told = stage.texts("[data-testid=notice] p");
    assert!(
        told[0].starts_with("Your state could not be changed."),
        "{told:?}"
    );
    assert_eq!(menu(&stage).selected_index(), 0);

    let lunch = scene(1, "Lunch").but(|told| told.agent.availability = Some("Lunch".into()));
    stage.tell(lunch).await;
    assert_eq!(menu(&stage).selected_index(), 1);
}

#[wasm_bindgen_test]
async fn the_menu_follows_what_the_instance_configures() {
    let stage = Stage::open().await;
    let told = scene(1, "Available").but(|told| {
        told.agent.choices.remove(1);
        told.agent.availability = Some("Offline".into());
    });
    stage.tell(told).await;
    assert_eq!(
        (
            stage.texts(".state-menu option"),
            menu(&stage).selected_index()
        ),
        (vec!["Available".into(), "Offline".into()], 1)
    );
}

fn place(change: impl FnOnce(&mut Workstation)) -> Input {
    let mut place = Workstation::default();
    change(&mut place);
    Input::Workstation(place)
}

fn light(stage: &Stage) -> (Option<String>, String) {
    let light = stage.one(".light");
    (light.get_attribute("data-light"), text(&light))
}

#[rstest]
#[case::loading(Input::Link(Link::Loading), "starting", "Starting")]
#[case::connecting(Input::Link(Link::Connecting), "starting", "Starting")]
#[case::ready(Input::Link(Link::Ready), "ready", "Ready")]
#[case::signed_out(Input::Link(Link::SignedOut), "blocked", "Trouble")]
#[case::connect_lost(Input::ConnectLost(true), "blocked", "Trouble")]
#[case::no_microphone(place(|place| place.lacks_microphone = true), "blocked", "Trouble")]
#[case::slowed_down(place(|place| place.is_throttled = true), "attention", "Check")]
#[test_attr(wasm_bindgen_test)]
async fn the_light_has_a_word_for_scripts_and_one_for_the_agent(
    #[case] input: Input,
    #[case] word: &str,
    #[case] words: &str,
) {
    let stage = Stage::open().await;
    stage.tell(input).await;
    assert_eq!(light(&stage), (Some(word.into()), words.into()));
}

#[wasm_bindgen_test]
async fn the_light_unfolds_every_reason_and_what_mends_it() {
    let stage = Stage::open().await;
    let reasons = || stage.texts(".concerns li");
    assert_eq!(reasons(), ["Calls can come."]);
    let unasked = |place: &mut Workstation| {
        place.is_throttled = true;
        place.microphone = Permission::Unasked;
    };
    stage.tell(place(unasked)).await;
    assert_eq!(
        reasons(),
        [
            "The microphone has not been allowed yet.Allow",
            "The browser slows this tab down. Keep it in front."
        ]
    );
    assert_eq!(stage.texts(".concerns button"), ["Allow"]);
}

#[wasm_bindgen_test]
async fn an_available_agent_who_would_miss_calls_is_told_in_words_and_in_the_title() {
    let stage = Stage::open().await;
    stage
        .tell(place(|place| place.lacks_microphone = true))
        .await;
    assert_eq!(
        (
            stage.texts("[data-testid=notice] p"),
            document().title().as_str()
        ),
        (
            vec!["There is no microphone. Plug in your headset.".to_owned()],
            "⚠ Calls cannot reach you"
        )
    );
    stage.tell(scene(2, "Lunch")).await;
    assert_eq!(
        (
            stage.texts("[data-testid=notice] p").len(),
            document().title().as_str()
        ),
        (0, "Agent desk")
    );
}
