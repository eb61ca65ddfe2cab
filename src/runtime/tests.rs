//! The runtime in a browser: its queue, its storage, its windows and its listeners.

use std::{cell::Cell, rc::Rc};

use desk::{Desk, Input, Link, Role, SoftphoneError};
use js_sys::Array;
use leptos::prelude::*;
use rstest::rstest;
use streams::Event;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use super::{
    DeskHandle, input,
    session::logout_address,
    stored_journal::{JOURNAL, storage},
};
use crate::{
    settings::Settings,
    stage::{
        Stage, elements,
        scene::{Call, Scene, call, scene},
        settings, settled, text, until,
    },
    text::Locale,
};

#[wasm_bindgen(inline_js = r#"
const open = window.open;
// Windows that are asked for do not open: `meanwhile` runs in the middle of the call, and what it
// gives is the window. Gives what was asked for.
export function replaceOpen(meanwhile) {
  const asked = [];
  window.open = (address, target) => {
    asked.push(`${target}: ${address}`);
    return meanwhile();
  };
  return asked;
}
export function restoreOpen() { window.open = open; }
export function popUp() { return { closed: false, close() { this.closed = true; } }; }
export function isClosed(popUp) { return popUp.closed; }
// What the browser asks its page before it leaves; whether the page wants to be asked about.
export function asksBeforeLeaving() {
  const event = document.createEvent("BeforeUnloadEvent");
  event.initEvent("beforeunload", false, true);
  window.dispatchEvent(event);
  return event.defaultPrevented;
}
"#)]
extern "C" {
    #[wasm_bindgen(js_name = replaceOpen)]
    fn replace_open(meanwhile: &Closure<dyn Fn() -> JsValue>) -> Array;
    #[wasm_bindgen(js_name = restoreOpen)]
    fn restore_open();
    #[wasm_bindgen(js_name = popUp)]
    fn pop_up() -> JsValue;
    #[wasm_bindgen(js_name = isClosed)]
    fn is_closed(pop_up: &JsValue) -> bool;
    #[wasm_bindgen(js_name = asksBeforeLeaving)]
    fn asks_before_leaving() -> bool;
}

/// A signed-out screen, on which *Sign in* is pressed while `meanwhile` is what opening a window
/// comes to; and the windows that were asked for.
async fn sign_in(
    settings: Settings,
    meanwhile: impl Fn(DeskHandle) -> JsValue + 'static,
) -> (Stage, String) {
    let stage = Stage::of_page(Desk::default(), settings).await;
    stage.tell(Input::Link(Link::SignedOut)).await;
    let desk = stage.desk;
    let meanwhile = Closure::new(move || meanwhile(desk));
    let asked = replace_open(&meanwhile);
    stage.press("Sign in").await;
    restore_open();
    (stage, asked.join(" ").into())
}

fn notice(stage: &Stage) -> String {
    stage.texts("[data-testid=notice] p").join("|")
}

#[wasm_bindgen_test]
async fn signing_in_opens_the_ccp_in_a_window_of_its_own() {
    let (stage, asked) = sign_in(settings(Locale::En), |_| pop_up()).await;
    assert_eq!(
        (asked.as_str(), notice(&stage).as_str()),
        (
            "desk-sign-in: https://example.my.connect.aws/ccp-v2/",
            "Sign in in the window that has opened. If this page does not connect after that, \
             close the window."
        )
    );
}

#[wasm_bindgen_test]
async fn signing_in_opens_the_login_page_where_there_is_one() {
    let settings = Settings {
        login_url: Some("https://login.example/".into()),
        ..settings(Locale::En)
    };
    let (_stage, asked) = sign_in(settings, |_| pop_up()).await;
    assert_eq!(asked, "desk-sign-in: https://login.example/");
}

#[rstest]
#[case(
    "https://shop.my.connect.aws/ccp-v2/",
    "https://shop.my.connect.aws/logout"
)]
#[case(
    "https://shop.awsapps.com/connect/ccp-v2",
    "https://shop.awsapps.com/connect/logout"
)]
#[case("https://ccp.example/ccp-v2/", "https://ccp.example/logout")]
#[test_attr(wasm_bindgen_test)]
fn a_session_is_ended_beside_the_ccp(#[case] ccp: &str, #[case] logout: &str) {
    assert_eq!(logout_address(ccp), logout);
}

#[wasm_bindgen_test]
async fn a_window_that_the_browser_blocks_is_explained() {
    let (stage, _) = sign_in(settings(Locale::En), |_| JsValue::NULL).await;
    assert_eq!(
        notice(&stage),
        "The browser did not let the sign-in window open. Allow pop-ups in the address bar and \
         press again."
    );
}

#[wasm_bindgen_test]
async fn the_window_is_closed_when_the_ccp_speaks() {
    let window = pop_up();
    let opened = window.clone();
    let (stage, _) = sign_in(settings(Locale::En), move |_| opened.clone()).await;
    let before = is_closed(&window);
    stage.tell(Input::Link(Link::Ready)).await;
    assert_eq!(
        (before, is_closed(&window), notice(&stage).as_str()),
        (false, true, "")
    );
}

#[wasm_bindgen_test]
async fn what_is_told_while_an_effect_is_performed_waits_its_turn() {
    let window = pop_up();
    let opened = window.clone();
    // The CCP speaks before the browser has given the window out of its hand.
    let (stage, _) = sign_in(settings(Locale::En), move |desk| {
        desk.tell(Input::Link(Link::Ready));
        opened.clone()
    })
    .await;
    assert_eq!(
        (stage.desk.look(Desk::link), is_closed(&window)),
        (Link::Ready, true)
    );
}

#[wasm_bindgen_test]
async fn what_is_told_while_the_screen_changes_is_taken_in() {
    let stage = Stage::open().await;
    let desk = stage.desk;
    stage.owner().with(|| {
        Effect::new(move || {
            if desk.read(|desk| desk.front().is_some() && desk.muted() == Some(false)) {
                desk.tell(Input::MuteReported(true));
            }
        });
    });
    stage.tell(talks()).await;
    assert_eq!(desk.look(Desk::muted), Some(true));
}

fn rings() -> Scene {
    scene(1, "PendingBusy").and(customer().ringing(1))
}

fn talks() -> Scene {
    scene(9, "Busy").and(customer().connected(8))
}

fn customer() -> Call {
    call("c-1").attribute("customerName", "山田 太郎")
}

/// As when the page is reloaded or closed: what has not been kept yet is.
fn leave() {
    let event = web_sys::Event::new("pagehide").unwrap();
    window().dispatch_event(&event).unwrap();
}

fn kept() -> Option<String> {
    storage().unwrap().get_item(JOURNAL).unwrap()
}

fn keep(text: &str) {
    storage().unwrap().set_item(JOURNAL, text).unwrap();
}

fn keep_nothing() {
    storage().unwrap().remove_item(JOURNAL).unwrap();
}

/// A page that has been opened, with whatever the browser keeps, and whose agent has signed in.
async fn started() -> Stage {
    let stage = Stage::of(Desk::default(), Locale::En).await;
    stage.desk.start();
    stage.tell(Input::Link(Link::Ready)).await;
    stage
}

fn connecting_times(stage: &Stage) -> Vec<String> {
    let times = stage.all("time[data-testid=connecting-time]").into_iter();
    times
        .map(|time| time.get_attribute("datetime").unwrap())
        .collect()
}

#[wasm_bindgen_test]
async fn a_reload_in_mid_call_loses_no_time() {
    keep_nothing();
    let before = started().await;
    before.tell(rings()).await;
    before.tell(talks()).await;
    leave();
    drop(before);

    let after = started().await;
    after
        .tell(scene(100, "Busy").and(customer().connected(8)))
        .await;

    assert_eq!(connecting_times(&after), ["2026-01-05T03:00:01.250Z"]);
}

#[wasm_bindgen_test]
async fn a_reload_between_calls_loses_no_record() {
    keep_nothing();
    let before = started().await;
    for scene in [rings(), talks(), scene(60, "Available")] {
        before.tell(scene).await;
    }
    leave();
    drop(before);

    let after = started().await;
    after.tell(scene(100, "Available")).await;

    let records = after.all("[data-testid=call-record]");
    assert_eq!(
        (records.len(), text(&elements(&records[0], ".row-came")[0])),
        (1, "Inbound · Support · …78".into())
    );
}

#[wasm_bindgen_test]
async fn nothing_is_kept_within_the_task_that_hears_of_it() {
    keep_nothing();
    let stage = started().await;
    let is_kept = || kept().is_some_and(|kept| kept.contains("offer\tc-1"));
    stage.desk.tell(rings().into());
    // The screen follows in a later task than this one.
    assert!(!is_kept());
    until(is_kept).await;
    assert_eq!(stage.says("contact-id"), "c-1");
}

fn hear_of_storage() {
    let event = web_sys::Event::new("storage").unwrap();
    window().dispatch_event(&event).unwrap();
}

#[wasm_bindgen_test]
async fn a_call_that_another_page_has_finished_is_listed_here() {
    keep_nothing();
    let here = started().await;
    here.tell(scene(0, "Available")).await;
    let there = started().await;
    for scene in [rings(), talks(), scene(60, "Available")] {
        there.tell(scene).await;
    }
    leave();
    assert_eq!(here.all("[data-testid=call-record]").len(), 0);
    hear_of_storage();
    settled().await;
    assert_eq!(here.all("[data-testid=call-record]").len(), 1);
}

#[wasm_bindgen_test]
async fn a_page_that_writes_last_wipes_nothing_out() {
    keep_nothing();
    let here = started().await;
    here.tell(scene(0, "Available")).await;
    let there = started().await;
    for scene in [rings(), talks(), scene(60, "Available")] {
        there.tell(scene).await;
    }
    leave();
    here.tell(scene(61, "Busy").and(call("c-2").connected(61)))
        .await;
    leave();
    let kept = kept().unwrap();
    assert!(
        kept.contains("record\tc-1") && kept.contains("offer\tc-2"),
        "{kept}"
    );
}

#[wasm_bindgen_test]
async fn the_screen_is_left_alone_when_nothing_has_changed() {
    let stage = Stage::open().await;
    stage.tell(rings()).await;
    let looks = Rc::new(Cell::new(0));
    let counter = looks.clone();
    let desk = stage.desk;
    stage.owner().with(|| {
        Effect::new(move || {
            desk.read(|_| counter.set(counter.get() + 1));
        });
    });
    settled().await;
    stage.tell(rings()).await;
    stage.tell(Input::Link(Link::Ready)).await;
    let idly = looks.get();
    stage.tell(talks()).await;
    assert_eq!((idly, looks.get()), (1, 2));
}

#[wasm_bindgen_test]
async fn a_timer_starts_at_once() {
    let stage = Stage::of(Desk::default(), Locale::En).await;
    stage.tell(Input::Link(Link::Ready)).await;
    // Before the first tick of the clock.
    stage
        .tell(scene(9, "Busy").and(customer().connected(4)))
        .await;
    assert_eq!(stage.texts(".call-head > .timer"), ["0:05"]);
}

#[rstest]
#[test_attr(wasm_bindgen_test)]
async fn what_is_kept_is_not_personal(
    #[values("9012345678", "山田", "customerName", "佐藤")] personal: &str,
) {
    keep_nothing();
    let stage = started().await;
    stage.tell(rings()).await;
    stage.tell(talks()).await;
    leave();
    let kept = kept().unwrap();
    assert!(kept.contains("c-1") && !kept.contains(personal), "{kept}");
}

#[rstest]
#[case::empty("")]
#[case::json("{\"version\":1,\"agent\":null,\"offers\":[],\"log\":[]}")]
#[case::another_form("desk-journal-0\tarn:agent/1")]
#[case::only_the_form("desk-journal-1")]
#[case::broken_lines("desk-journal-1\tarn:agent/1\noffer\tc-1\nrecord\tc-1\tc-0\tsideways\n\n%")]
#[case::another_program("\u{0}\u{feff}\u{1f4de}")]
#[test_attr(wasm_bindgen_test)]
async fn rubbish_in_the_storage_is_left_behind(#[case] rubbish: &str) {
    keep(rubbish);
    let before = started().await;
    before.tell(rings()).await;
    before.tell(talks()).await;
    assert_eq!(before.says("contact-id"), "c-1");
    leave();
    drop(before);

    // What was kept in its place can be read again.
    let after = started().await;
    after
        .tell(scene(100, "Busy").and(customer().connected(8)))
        .await;
    assert_eq!(connecting_times(&after), ["2026-01-05T03:00:01.250Z"]);
}

/// Says of the library what boot.js says, for as long as the test lasts.
struct Announced;

impl Announced {
    fn as_what(outcome: &str) -> Self {
        let html = document().document_element().unwrap();
        html.set_attribute("data-streams", outcome).unwrap();
        html.set_attribute("data-role", "leader").unwrap();
        Self
    }
}

impl Drop for Announced {
    fn drop(&mut self) {
        let html = document().document_element().unwrap();
        html.remove_attribute("data-streams").ok();
        html.remove_attribute("data-role").ok();
    }
}

async fn just_started() -> Stage {
    let stage = Stage::of(Desk::default(), Locale::En).await;
    stage.desk.start();
    settled().await;
    stage
}

#[wasm_bindgen_test]
async fn until_boot_js_has_spoken_the_library_is_on_its_way() {
    let stage = just_started().await;
    assert_eq!(stage.desk.look(Desk::link), Link::Loading);
}

#[rstest]
#[case::blocked("blocked")]
#[case::ready_but_not_there("ready")]
#[test_attr(wasm_bindgen_test)]
async fn a_library_that_is_not_there_is_said_to_be_blocked(#[case] outcome: &str) {
    let _announced = Announced::as_what(outcome);
    let stage = just_started().await;
    assert_eq!(stage.desk.look(Desk::link), Link::Blocked);
}

#[wasm_bindgen_test]
async fn a_library_that_settles_later_is_heard_of_too() {
    let stage = just_started().await;
    let _announced = Announced::as_what("blocked");
    let event = web_sys::Event::new("desk:streams").unwrap();
    window().dispatch_event(&event).unwrap();
    settled().await;
    assert_eq!(stage.desk.look(Desk::link), Link::Blocked);
}

#[wasm_bindgen_test]
async fn nothing_is_embedded_before_the_page_knows_whether_it_leads() {
    let announced = Announced::as_what("ready");
    let html = document().document_element().unwrap();
    html.remove_attribute("data-role").unwrap();
    let stage = just_started().await;
    assert_eq!(stage.desk.look(Desk::link), Link::Loading);
    html.set_attribute("data-role", "mirror").unwrap();
    let event = web_sys::Event::new("desk:role").unwrap();
    window().dispatch_event(&event).unwrap();
    settled().await;
    assert_eq!(
        stage.desk.look(|desk| (desk.link(), desk.role())),
        (Link::Blocked, Role::Mirror)
    );
    drop(announced);
}

#[rstest]
#[case::ringing(rings(), true)]
#[case::talking(talks(), true)]
#[case::wrapping_up(scene(9, "AfterCallWork").and(customer().ended(9)), false)]
#[case::idle(scene(9, "Available"), false)]
#[test_attr(wasm_bindgen_test)]
async fn the_browser_asks_before_it_leaves_a_live_call(#[case] told: Scene, #[case] asks: bool) {
    keep_nothing();
    let stage = started().await;
    stage.tell(told).await;
    assert_eq!(asks_before_leaving(), asks);
}

fn softphone_error(kind: &str) -> Event {
    Event::SoftphoneError { kind: kind.into() }
}

#[rstest]
#[case(Event::Initialized, Input::Link(Link::Ready))]
#[case(Event::AckTimeout, Input::Link(Link::Silent))]
#[case(Event::Terminated, Input::Link(Link::SignedOut))]
#[case(Event::AuthFailed, Input::Link(Link::Expired))]
#[case(Event::Softphones(2), Input::Softphones(2))]
#[case(Event::Reloaded, Input::Reloaded)]
#[case(Event::AccessDenied, Input::Link(Link::AccessDenied))]
#[case(Event::RetriesExhausted, Input::Link(Link::GaveUp))]
#[case(Event::AuthorizeRetriesExhausted, Input::Link(Link::GaveUp))]
#[case(Event::CtiAuthorizeRetriesExhausted, Input::Link(Link::GaveUp))]
#[case(Event::MuteReported(true), Input::MuteReported(true))]
#[case(Event::WebSocketLost, Input::ConnectLost(true))]
#[case(Event::WebSocketRegained, Input::ConnectLost(false))]
#[case(
    softphone_error("microphone_not_shared"),
    Input::SoftphoneFailed(SoftphoneError::Microphone)
)]
#[case(
    softphone_error("webrtc_error"),
    Input::SoftphoneFailed(SoftphoneError::Connection)
)]
#[case(
    softphone_error("astral"),
    Input::SoftphoneFailed(SoftphoneError::Other)
)]
#[test_attr(wasm_bindgen_test)]
fn an_event_of_the_library_tells_the_desk(#[case] event: Event, #[case] told: Input) {
    assert_eq!(input(event), Some(told));
}

#[rstest]
#[case(Event::AuthorizeSucceeded)]
#[case(Event::Accepted("c-1".into()))]
#[case(Event::ViewContact(None))]
#[test_attr(wasm_bindgen_test)]
fn an_event_that_the_next_snapshot_explains_tells_nothing(#[case] event: Event) {
    assert_eq!(input(event), None);
}
