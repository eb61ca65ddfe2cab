//! The call panel: phases, buttons and the customer's number.

use desk::{Desk, Input, Link};
use rstest::rstest;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::{
    stage::{
        Stage, focus, has_focus,
        scene::{call, scene},
        text,
    },
    text::Locale,
};

/// What the call in front is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Idle,
    Ringing,
    Dialing,
    Connected,
    Hold,
    WrapUp,
    Missed,
    Failed,
}

use Phase::{Connected, Dialing, Failed, Hold, Idle, Missed, Ringing, WrapUp};

impl Phase {
    /// Brings the screen of an idle agent into this phase, snapshot by snapshot.
    async fn reach(self, stage: &Stage) {
        let c = || call("c-1");
        let rings = || scene(1, "PendingBusy").and(c().ringing(1));
        let talks = || scene(2, "Busy").and(c().connected(2));
        let dials = || scene(1, "CallingCustomer").and(c().outbound().dialing(1));
        let told = match self {
            Idle => vec![],
            Ringing => vec![rings()],
            Dialing => vec![dials()],
            Connected => vec![rings(), talks()],
            Hold => vec![rings(), talks(), scene(3, "Busy").and(c().held(2, 3))],
            WrapUp => vec![
                rings(),
                talks(),
                scene(3, "AfterCallWork").and(c().ended(3)),
            ],
            Missed => vec![rings(), scene(2, "MissedCallAgent").and(c().missed(2))],
            Failed => vec![
                dials(),
                scene(2, "FailedConnectCustomer").and(c().outbound().failed(2)),
            ],
        };
        for scene in told {
            stage.tell(scene).await;
        }
    }
}

#[rstest]
#[case::idle(Idle, "idle", "Idle", "待機")]
#[case::ringing(Ringing, "ringing", "Ringing", "着信")]
#[case::dialing(Dialing, "dialing", "Dialling", "呼び出し中")]
#[case::connected(Connected, "connected", "Connected", "通話中")]
#[case::hold(Hold, "hold", "On hold", "保留中")]
#[case::wrap_up(WrapUp, "wrap-up", "Wrap-up", "後処理")]
#[case::missed(Missed, "missed", "Missed", "応答できず")]
#[case::failed(Failed, "failed", "Failed", "接続できず")]
#[test_attr(wasm_bindgen_test)]
async fn a_phase_has_a_word_for_scripts_and_one_for_each_reader(
    #[case] phase: Phase,
    #[case] word: &str,
    #[case] english: &str,
    #[case] japanese: &str,
) {
    let (en, ja) = (Stage::open().await, Stage::open_in(Locale::Ja).await);
    phase.reach(&en).await;
    phase.reach(&ja).await;

    assert_eq!(
        (
            en.attribute("call-phase", "data-phase").as_deref(),
            en.says("call-phase"),
            ja.says("call-phase")
        ),
        (Some(word), english.into(), japanese.into())
    );
}

/// The names of what can be pressed in the call panel.
fn enabled(stage: &Stage) -> Vec<String> {
    stage.texts(".call-panel button:not([aria-disabled])")
}

#[rstest]
#[case::idle(Idle, &[])]
#[case::ringing(Ringing, &["Accept", "Decline"])]
#[case::dialing(Dialing, &["Mute", "Hang up"])]
#[case::connected(Connected, &["Hold", "Mute", "Hang up", "Transfer", "Consult", "Keypad"])]
#[case::hold(Hold, &["Resume", "Mute", "Hang up", "Transfer", "Consult"])]
#[case::wrap_up(WrapUp, &["Complete"])]
#[case::missed(Missed, &["Complete"])]
#[case::failed(Failed, &["Complete"])]
#[test_attr(wasm_bindgen_test)]
async fn only_what_is_legal_in_a_phase_can_be_pressed(
    #[case] phase: Phase,
    #[case] legal: &[&str],
) {
    let stage = Stage::open().await;
    phase.reach(&stage).await;
    assert_eq!(enabled(&stage), legal);
}

#[wasm_bindgen_test]
async fn nothing_of_a_call_can_be_pressed_while_connect_is_not_there() {
    let stage = Stage::open().await;
    Connected.reach(&stage).await;
    stage.tell(Input::Link(Link::SignedOut)).await;
    assert_eq!(enabled(&stage), Vec::<String>::new());
}

const ENGLISH: [&str; 13] = [
    "Accept",
    "Decline",
    "Hold",
    "Mute",
    "Hang up",
    "Complete",
    "Transfer",
    "Consult",
    "Swap",
    "Conference",
    "Drop",
    "Leave",
    "Keypad",
];
const JAPANESE: [&str; 13] = [
    "応答",
    "拒否",
    "保留",
    "ミュート",
    "切断",
    "後処理終了",
    "転送",
    "相談",
    "切替",
    "会議",
    "切り離し",
    "退出",
    "キーパッド",
];

#[rstest]
#[test_attr(wasm_bindgen_test)]
async fn every_button_of_a_call_keeps_its_place_in_every_phase(
    #[values(Idle, Ringing, Dialing, Connected, Hold, WrapUp, Missed, Failed)] phase: Phase,
    #[values(Locale::En, Locale::Ja)] locale: Locale,
) {
    let (mut names, resume) = match locale {
        Locale::En => (ENGLISH, "Resume"),
        Locale::Ja => (JAPANESE, "保留解除"),
    };
    if phase == Hold {
        names[2] = resume;
    }
    let stage = Stage::open_in(locale).await;
    phase.reach(&stage).await;
    assert_eq!(stage.texts(".call-panel button"), names);
}

#[rstest]
#[case(Locale::En, "Unmute", "Microphone muted")]
#[case(Locale::Ja, "ミュート解除", "マイクはミュート中")]
#[test_attr(wasm_bindgen_test)]
async fn a_closed_microphone_is_said_and_the_button_opens_it(
    #[case] locale: Locale,
    #[case] button: &str,
    #[case] words: &str,
) {
    let stage = Stage::open_in(locale).await;
    Connected.reach(&stage).await;
    stage.tell(Input::MuteReported(true)).await;
    assert_eq!(
        (stage.is_enabled(button), text(&stage.one(".mute-state"))),
        (true, words.into())
    );
}

#[wasm_bindgen_test]
async fn the_microphone_of_a_call_that_has_just_begun_is_open() {
    let stage = Stage::open().await;
    Connected.reach(&stage).await;
    assert_eq!(text(&stage.one(".mute-state")), "Microphone on");
}

#[wasm_bindgen_test]
async fn a_microphone_of_which_nobody_has_told_is_said_to_be_unknown() {
    // A page that opens in mid-call.
    let stage = Stage::of(Desk::default(), Locale::En).await;
    stage.tell(Input::Link(Link::Ready)).await;
    Connected.reach(&stage).await;
    assert_eq!(text(&stage.one(".mute-state")), "Mute state unknown");
}

#[wasm_bindgen_test]
async fn a_button_waits_for_the_answer_to_its_press() {
    let mut desk = Desk::default();
    let now = desk::Instant::default();
    desk.handle(Input::Link(Link::Ready), now);
    let rings = scene(1, "PendingBusy").and(call("c-1").ringing(1));
    desk.handle(rings.into(), now);
    // What this asks for is dropped, so no answer ever comes.
    desk.handle(
        Input::Command(desk::Command::Press(desk::Control::Accept, "c-1".into())),
        now,
    );

    let stage = Stage::of(desk, Locale::En).await;

    assert_eq!(enabled(&stage), Vec::<String>::new());
}

/// Where there is no CCP every request fails, and the notice tells which one it was.
#[rstest]
#[case(Ringing, "Accept", "The call could not be accepted.")]
#[case(Ringing, "Decline", "The call could not be declined.")]
#[case(Connected, "Hold", "The customer could not be put on hold.")]
#[case(Hold, "Resume", "The customer could not be taken off hold.")]
#[case(Connected, "Mute", "The microphone could not be switched.")]
#[case(Connected, "Hang up", "The call could not be ended.")]
#[case(WrapUp, "Complete", "The contact could not be completed.")]
#[test_attr(wasm_bindgen_test)]
async fn a_press_asks_connect_for_what_the_button_says(
    #[case] phase: Phase,
    #[case] button: &str,
    #[case] failed: &str,
) {
    let stage = Stage::open().await;
    phase.reach(&stage).await;
    stage.press(button).await;
    let advice = "The desk is not connected to Connect. Check that you are signed in.";
    assert_eq!(
        stage.texts("[data-testid=notice] p"),
        [format!("{failed} {advice}")]
    );
}

#[rstest]
#[case::mobile("+819012345678", "data-e164", "+819012345678", "090-1234-5678")]
#[case::abroad("+442079460000", "data-e164", "+442079460000", "+442079460000")]
#[case::withheld("anonymous", "data-withheld", "", "Number withheld")]
#[case::sip("sip:hana@pbx", "data-raw", "sip:hana@pbx", "sip:hana@pbx")]
#[case::markup("<b>1</b>", "data-raw", "<b>1</b>", "<b>1</b>")]
#[test_attr(wasm_bindgen_test)]
async fn the_callers_number_is_there_for_scripts_and_as_it_is_read(
    #[case] address: &str,
    #[case] attribute: &str,
    #[case] value: &str,
    #[case] words: &str,
) {
    let stage = Stage::open().await;
    let rings = call("c-1").from(address).ringing(1);
    stage.tell(scene(1, "PendingBusy").and(rings)).await;

    let present: Vec<(&str, Option<String>)> = ["data-e164", "data-withheld", "data-raw"]
        .into_iter()
        .map(|name| (name, stage.attribute("caller-number", name)))
        .filter(|(_, value)| value.is_some())
        .collect();
    assert_eq!(
        (present, stage.says("caller-number")),
        (vec![(attribute, Some(value.into()))], words.into())
    );
}

#[wasm_bindgen_test]
async fn a_customer_without_an_address_has_withheld_it() {
    let stage = Stage::open_in(Locale::Ja).await;
    let rings = call("c-1").withheld().ringing(1);
    stage.tell(scene(1, "PendingBusy").and(rings)).await;
    assert_eq!(
        (
            stage.attribute("caller-number", "data-withheld").as_deref(),
            stage.says("caller-number")
        ),
        (Some(""), "番号非通知".into())
    );
}

#[wasm_bindgen_test]
async fn the_number_leaves_with_the_call() {
    let stage = Stage::open().await;
    Ringing.reach(&stage).await;
    stage.tell(scene(2, "Available")).await;
    assert_eq!(
        (
            stage.attribute("caller-number", "data-e164"),
            stage.says("caller-number")
        ),
        (None, "No call".into())
    );
}

#[rstest]
#[case::inbound(call("c-1").ringing(1), "Inbound · Support")]
#[case::outbound(call("c-1").outbound().dialing(1), "Outbound · Support")]
#[case::callback(call("c-1").callback().ringing(1), "Callback · Support")]
#[case::markup(call("c-1").queue("<i>VIP</i>").ringing(1), "Inbound · <i>VIP</i>")]
#[test_attr(wasm_bindgen_test)]
async fn how_the_call_came_stands_beside_it(
    #[case] call: crate::stage::scene::Call,
    #[case] words: &str,
) {
    let stage = Stage::open().await;
    stage.tell(scene(1, "Busy").and(call)).await;
    let came = stage.one(".call-came");
    let elements = stage.all(".call-came :not(bdi)").len();
    assert_eq!((text(&came), elements), (words.into(), 0));
}

#[rstest]
#[case::another_call("c-2", false)]
#[case::the_same_call("c-1", true)]
#[test_attr(wasm_bindgen_test)]
async fn another_call_does_not_begin_with_the_focus_on_a_button(
    #[case] next: &str,
    #[case] stays: bool,
) {
    let stage = Stage::open().await;
    stage
        .tell(scene(1, "Busy").and(call("c-1").connected(1)))
        .await;
    let hang_up = stage.button("Hang up");
    focus(&hang_up);
    stage
        .tell(scene(2, "Busy").and(call(next).connected(2)))
        .await;
    assert_eq!(has_focus(&hang_up), stays);
}
