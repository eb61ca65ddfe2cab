//! Notices: what went wrong and what to do.

use desk::{Action, ActionError, Desk, Input, Link, SoftphoneError};
use rstest::rstest;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::{
    stage::{
        Stage,
        scene::{call, scene},
    },
    text::Locale,
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
    &[]
)]
#[case::silent(
    Link::Silent,
    Some("The softphone does not answer. Sign in. If you are signed in already, ask your administrator whether this site is an approved origin of Connect."),
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
    &[]
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
        Input::Command(desk::Command::Press(desk::Control::Accept, "c-1".into())),
    ] {
        desk.handle(input, desk::Instant::default());
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
#[case(ActionError::SessionExpired, "Your session has ended. Sign in again.")]
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
async fn a_refusal_is_explained_in_japanese_and_can_be_dismissed() {
    let stage = refused(ActionError::InvalidState, Locale::Ja).await;
    assert_eq!(
        (told(&stage), buttons(&stage)),
        (
            strings(&[
                "応答できませんでした。 今の状態ではできません。画面の表示を確かめて、もう一度お試しください。"
            ]),
            strings(&["閉じる"])
        )
    );
}

#[wasm_bindgen_test]
async fn dismissing_a_notice_takes_that_one_away() {
    let stage = refused(ActionError::InvalidState, Locale::En).await;
    stage
        .tell(Input::SoftphoneFailed(SoftphoneError::Other))
        .await;
    let first: web_sys::HtmlElement =
        wasm_bindgen::JsCast::unchecked_into(stage.all("[data-testid=notice] button")[0].clone());
    first.click();
    crate::stage::settled().await;
    assert_eq!(
        told(&stage),
        ["The softphone reports a problem. Look at what it says."]
    );
}

#[wasm_bindgen_test]
async fn a_notice_leaves_with_its_contact() {
    let stage = refused(ActionError::InvalidState, Locale::En).await;
    stage.tell(scene(20, "Available")).await;
    assert_eq!(told(&stage), Vec::<String>::new());
}
