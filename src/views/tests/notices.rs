//! Notices: what went wrong and what to do.

use desk::{
    Action, ActionError, Command, Control, Desk, Input, Instant, Link, SignOutFailure,
    SoftphoneError,
};
use rstest::rstest;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlElement;

use crate::{
    stage::{
        Stage, focus, has_focus,
        scene::{at, call, scene},
        settled, text,
    },
    text::{Locale, Text},
};

fn told(stage: &Stage) -> Vec<String> {
    stage.texts("[data-testid=notice] p")
}

fn buttons(stage: &Stage) -> Vec<String> {
    stage.texts("[data-testid=notice] button")
}

#[rstest]
#[case::loading(Link::Loading, None, &[])]
#[case::connecting(Link::Connecting, None, &[])]
#[case::ready(Link::Ready, None, &[])]
#[case::blocked(
    Link::Blocked,
    Some("The Amazon Connect library could not be loaded: the network or a browser extension is in the way. Reload the page; if that does not help, tell your administrator."),
    &["Reload"]
)]
#[case::silent(
    Link::Silent,
    Some("The softphone does not answer. Sign in to take calls."),
    &["Sign in"]
)]
#[case::signing_in(
    Link::SigningIn,
    Some("Sign in in the window that has opened. If this page does not connect after that, close the window."),
    &["Sign in"]
)]
#[case::finding(
    Link::Finding(Instant::from_millis(i64::MAX)),
    Some("Waiting for the softphone to answer."),
    &[]
)]
#[case::stalled(
    Link::Stalled,
    Some("The softphone has stopped answering, so what is shown may be old."),
    &["Reload the softphone"]
)]
#[case::expired(
    Link::Expired,
    Some("Your session has expired. Sign in again to take calls."),
    &["Sign in"]
)]
#[case::signed_out(
    Link::SignedOut,
    Some("You are signed out. Sign in to take calls."),
    &["Sign in"]
)]
#[case::access_denied(
    Link::AccessDenied,
    Some("You have no access to Connect. Tell your administrator."),
    &["Reload"]
)]
#[case::gave_up(
    Link::GaveUp,
    Some("The softphone could not be reached. Sign in, or reload the page."),
    &["Sign in"]
)]
#[test_attr(wasm_bindgen_test)]
async fn the_way_to_connect_is_explained_and_signing_in_offered_only_where_it_may_help(
    #[case] link: Link,
    #[case] sentence: Option<&str>,
    #[case] offered: &[&str],
) {
    let stage = Stage::of(Desk::default(), Locale::En).await;
    stage.tell(Input::Link(link)).await;
    let sentences: Vec<_> = sentence.into_iter().collect();
    assert_eq!(
        (told(&stage), buttons(&stage)),
        (strings(&sentences), strings(offered))
    );
}

#[wasm_bindgen_test]
async fn silence_after_signing_in_names_what_may_be_in_the_way_in_order() {
    let stage = Stage::of(Desk::default(), Locale::En).await;
    stage.tell(Input::Link(Link::StillSilent)).await;
    let origin = web_sys::window().unwrap().location().origin().unwrap();
    assert_eq!(
        (stage.texts(".notice li code"), buttons(&stage)),
        (
            strings(&[
                &origin,
                "https://example.my.connect.aws",
                "https://example.my.connect.aws/ccp-v2/"
            ]),
            strings(&["Copy the origin", "Sign in"])
        )
    );
}

#[wasm_bindgen_test]
async fn in_mid_call_nothing_is_offered_that_would_cut_the_audio() {
    let stage = Stage::open().await;
    let talks = scene(1, "Busy").and(call("c-1").connected(1));
    stage.tell(talks).await;
    stage.tell(Input::Heartbeat(false)).await;
    assert!(told(&stage)[0].contains("Your call may go on"));
    assert_eq!(buttons(&stage), strings(&[]));
}

#[wasm_bindgen_test]
async fn who_cannot_be_signed_out_is_told_why() {
    let stage = Stage::open().await;
    let talks = scene(1, "Busy").and(call("c-1").connected(1));
    stage.tell(talks).await;
    stage.press("Sign out").await;
    let why = crate::text::notice(&desk::NoticeKind::SignOutFailed(SignOutFailure::OnCall))[0];
    assert_eq!(told(&stage), [why.unwrap().say(Locale::En)]);
}

#[wasm_bindgen_test]
async fn what_the_customer_hears_is_loud_until_the_agent_knows() {
    let mut desk = Desk::default();
    for input in [
        Input::Link(Link::Ready),
        scene(1, "Busy").and(call("c-1").connected(1)).into(),
        Input::Command(Command::Mute),
    ] {
        desk.handle(input, Instant::default());
    }
    let stage = Stage::of(desk, Locale::En).await;
    stage.tell(Input::MuteReported(true)).await;
    let agreed = told(&stage);
    stage.tell(Input::MuteReported(false)).await;
    let loud = told(&stage);
    stage.press("Dismiss").await;
    assert_eq!(
        (agreed, loud, told(&stage)),
        (
            Vec::new(),
            strings(&[
                "You muted, but the microphone is open: the customer hears you. Mute again."
            ]),
            Vec::new()
        )
    );
}

#[wasm_bindgen_test]
async fn a_ccp_that_has_lost_connect_says_so() {
    let stage = Stage::open().await;
    stage.tell(Input::ConnectLost(true)).await;
    assert_eq!(
        (text(&stage.one(".light")), told(&stage)),
        (
            "Trouble".into(),
            strings(&["The softphone has lost its connection to Connect. Check your network."])
        )
    );
    stage.tell(Input::ConnectLost(false)).await;
    assert_eq!(
        (text(&stage.one(".light")), told(&stage)),
        ("Ready".into(), Vec::new())
    );
}

#[rstest]
#[case(
    Locale::En,
    " Your call may go on in the softphone or on your phone. What is shown is from {}.",
    "Not confirmed: as last told"
)]
#[case(
    Locale::Ja,
    "。通話はソフトフォンか電話機で続いているかもしれません。{} 時点の表示です。",
    "未確認：最後に届いた内容です"
)]
#[test_attr(wasm_bindgen_test)]
async fn signed_out_in_mid_call_the_call_may_go_on(
    #[case] locale: Locale,
    #[case] sentence: &str,
    #[case] word: &str,
) {
    let stage = Stage::open_in(locale).await;
    let rings = scene(1, "PendingBusy").and(call("c-1").ringing(1));
    stage.tell(rings).await;
    let panel = stage.one(".call-panel");
    let before = (
        panel.has_attribute("data-stale"),
        stage.texts(".call-stale"),
    );
    stage.tell(Input::Link(Link::SignedOut)).await;

    let [said] = &told(&stage)[..] else { panic!() };
    let from = crate::format::time_of_day(at(1), locale);
    assert!(said.ends_with(&sentence.replace("{}", &from)), "{said}");
    assert_eq!(before, (false, strings(&[""])));
    assert_eq!(
        (
            panel.has_attribute("data-stale"),
            stage.texts(".call-stale")
        ),
        (true, strings(&[word]))
    );
}

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().copied().map(String::from).collect()
}

#[wasm_bindgen_test]
async fn signing_in_has_its_japanese_name() {
    let stage = Stage::of(Desk::default(), Locale::Ja).await;
    stage.tell(Input::Link(Link::SignedOut)).await;
    assert_eq!(
        (told(&stage), buttons(&stage)),
        (
            strings(&["サインアウトしました。電話を受けるにはサインインしてください。"]),
            strings(&["サインイン"])
        )
    );
}

#[wasm_bindgen_test]
async fn what_is_said_of_the_link_goes_when_connect_is_there_again() {
    let stage = Stage::open().await;
    stage.tell(Input::Link(Link::SignedOut)).await;
    let while_it_was_gone = told(&stage).len();
    stage.tell(Input::Link(Link::Ready)).await;
    assert_eq!((while_it_was_gone, told(&stage).len()), (1, 0));
}

#[rstest]
#[case(
    SoftphoneError::Microphone,
    "The microphone cannot be used. Allow it beside the address bar and check your headset."
)]
#[case(
    SoftphoneError::Connection,
    "The audio does not come through. Check your network."
)]
#[case(
    SoftphoneError::Other,
    "The softphone reports a problem. Look at what it says."
)]
#[test_attr(wasm_bindgen_test)]
async fn trouble_with_the_audio_is_explained(#[case] error: SoftphoneError, #[case] words: &str) {
    let stage = Stage::open().await;
    stage.tell(Input::SoftphoneFailed(error)).await;
    assert_eq!(told(&stage), [words]);
}

/// A desk whose agent has pressed Accept, and how Connect answers.
async fn refused(error: ActionError, locale: Locale) -> Stage {
    let mut desk = Desk::default();
    for input in [
        Input::Link(Link::Ready),
        scene(1, "PendingBusy").and(call("c-1").ringing(1)).into(),
        Input::Command(Command::Press(Control::Accept, "c-1".into())),
    ] {
        desk.handle(input, Instant::default());
    }
    let stage = Stage::of(desk, locale).await;
    let action = Action::Accept("c-1".into());
    let result = Err(error);
    stage.tell(Input::Acted { action, result }).await;
    stage
}

#[rstest]
#[case(
    ActionError::InvalidState,
    "Not possible right now. Look at what the call shows and try again."
)]
#[case(
    ActionError::AccessDenied,
    "You have no permission for this. Tell your administrator."
)]
#[case(
    ActionError::TimedOut,
    "There was no answer within 10 seconds. Look at what the call shows before you try again."
)]
#[case(ActionError::Unclassified("<b>odd</b>".into()), "Connect gave no reason. Try again; if it keeps failing, use the softphone.")]
#[test_attr(wasm_bindgen_test)]
async fn a_refusal_says_what_failed_and_what_to_do(
    #[case] error: ActionError,
    #[case] advice: &str,
) {
    let stage = refused(error, Locale::En).await;
    assert_eq!(
        told(&stage),
        [format!("The call could not be accepted. {advice}")]
    );
}

#[wasm_bindgen_test]
async fn a_refusal_because_the_session_is_over_offers_to_sign_in() {
    let stage = refused(ActionError::SessionExpired, Locale::En).await;
    assert!(told(&stage)[0].starts_with("Your session has expired."));
    assert_eq!(buttons(&stage), strings(&["1 more", "Sign in"]));
}

#[wasm_bindgen_test]
async fn a_refusal_is_explained_in_japanese_and_can_be_dismissed() {
    let stage = refused(ActionError::InvalidState, Locale::Ja).await;
    assert_eq!(
        (told(&stage), buttons(&stage)),
        (
            strings(&[
                "応答できませんでした。今の状態ではできません。画面の表示を確かめて、もう一度お試しください。"
            ]),
            strings(&["閉じる"])
        )
    );
}

const AUDIO: &str = "The softphone reports a problem. Look at what it says.";
const NOT_ACCEPTED: &str = "The call could not be accepted. Not possible right now. Look at what the call shows and try again.";

/// A refusal, after it trouble with the audio.
async fn with_two(locale: Locale) -> Stage {
    let stage = refused(ActionError::InvalidState, locale).await;
    stage
        .tell(Input::SoftphoneFailed(SoftphoneError::Other))
        .await;
    stage
}

async fn dismiss(stage: &Stage, index: usize) -> HtmlElement {
    let mut buttons = stage.all(".notices button");
    buttons.retain(|button| text(button) == "Dismiss");
    let button: HtmlElement = buttons.remove(index).unchecked_into();
    button.focus().unwrap();
    button.click();
    settled().await;
    button
}

#[rstest]
#[case(Locale::En, "1 more")]
#[case(Locale::Ja, "ほか 1 件")]
#[test_attr(wasm_bindgen_test)]
async fn the_newest_notice_is_shown_and_the_rest_are_counted(
    #[case] locale: Locale,
    #[case] more: &str,
) {
    let stage = with_two(locale).await;
    let newest = Text::SoftphoneOther.say(locale);
    assert_eq!(
        (told(&stage), buttons(&stage)[0].as_str()),
        (strings(&[newest]), more)
    );
}

#[wasm_bindgen_test]
async fn how_the_desk_stands_to_connect_comes_before_the_newest() {
    let stage = with_two(Locale::En).await;
    stage.tell(Input::Link(Link::SignedOut)).await;
    let shown = told(&stage);
    assert!(
        shown.len() == 1 && shown[0].starts_with("You are signed out."),
        "{shown:?}"
    );
    assert_eq!(buttons(&stage), strings(&["2 more", "Sign in"]));
}

#[wasm_bindgen_test]
async fn the_rest_unfold_and_fold_and_the_focus_stays() {
    let stage = with_two(Locale::En).await;
    focus(&stage.button("1 more"));
    stage.press("1 more").await;
    let unfolded = (told(&stage), has_focus(&stage.button("1 more")));
    stage.press("1 more").await;
    let folded = (told(&stage), has_focus(&stage.button("1 more")));
    assert_eq!(
        (unfolded, folded),
        (
            (strings(&[AUDIO, NOT_ACCEPTED]), true),
            (strings(&[AUDIO]), true)
        )
    );
}

#[wasm_bindgen_test]
async fn dismissing_a_notice_takes_that_one_away_and_the_focus_to_the_next() {
    let stage = with_two(Locale::En).await;
    dismiss(&stage, 0).await;
    assert_eq!(told(&stage), [NOT_ACCEPTED]);
    assert!(has_focus(&stage.button("Dismiss")));
}

#[wasm_bindgen_test]
async fn dismissing_the_last_notice_leaves_the_focus_on_the_call() {
    let stage = refused(ActionError::InvalidState, Locale::En).await;
    dismiss(&stage, 0).await;
    assert!(has_focus(&stage.one(".call-panel")));
}

#[wasm_bindgen_test]
async fn a_new_notice_does_not_come_under_the_finger() {
    let stage = with_two(Locale::En).await;
    stage.press("1 more").await;
    let of_the_newest = stage.all("[data-testid=notice] button")[1].clone();
    focus(&of_the_newest);
    stage
        .tell(Input::SoftphoneFailed(SoftphoneError::Connection))
        .await;
    let now_second = stage.all("[data-testid=notice]")[1].clone();
    let button = crate::stage::elements(&now_second, "button").remove(0);
    assert!(text(&now_second).starts_with(AUDIO) && has_focus(&button));
}

#[wasm_bindgen_test]
async fn a_notice_leaves_with_its_contact() {
    let stage = refused(ActionError::InvalidState, Locale::En).await;
    stage.tell(scene(20, "Available")).await;
    assert_eq!(told(&stage), Vec::<String>::new());
}
