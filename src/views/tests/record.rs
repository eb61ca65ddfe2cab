//! The record of the contact: ids, times and where they come from, attributes, and the copy.

use desk::{Desk, Input, Link};
use rstest::rstest;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::{
    format,
    stage::{
        Stage,
        scene::{Scene, at, call, scene},
        settled, text, until,
    },
    text::Locale,
};

/// The moment in each of the three times; `None` for one that is not there.
fn times(stage: &Stage) -> [Option<String>; 3] {
    ["connecting-time", "connected-time", "ended-time"].map(|id| {
        let found = stage.all(&format!("time[data-testid={id}]"));
        found.first()?.get_attribute("datetime")
    })
}

fn rings() -> Scene {
    scene(1, "PendingBusy").and(call("c-1").ringing(1))
}

fn talks() -> Scene {
    scene(9, "Busy").and(call("c-1").connected(8))
}

fn wraps_up() -> Scene {
    scene(70, "AfterCallWork").and(call("c-1").ended(68))
}

#[rstest]
#[case::idle(vec![], [None, None, None])]
#[case::ringing(vec![rings()], [Some("2026-01-05T03:00:01.250Z"), None, None])]
#[case::connected(
    vec![rings(), talks()],
    [Some("2026-01-05T03:00:01.250Z"), Some("2026-01-05T03:00:08.250Z"), None],
)]
#[case::ended(
    vec![rings(), talks(), wraps_up()],
    [
        Some("2026-01-05T03:00:01.250Z"),
        Some("2026-01-05T03:00:08.250Z"),
        Some("2026-01-05T03:01:08.250Z"),
    ],
)]
#[case::first_seen_connected(vec![talks()], [None, Some("2026-01-05T03:00:08.250Z"), None])]
#[case::gone(vec![rings(), scene(20, "Available")], [None, None, None])]
#[test_attr(wasm_bindgen_test)]
async fn a_time_is_there_to_the_millisecond_as_soon_as_it_is_known(
    #[case] told: Vec<Scene>,
    #[case] datetimes: [Option<&str>; 3],
) {
    let stage = Stage::open().await;
    for scene in told {
        stage.tell(scene).await;
    }
    assert_eq!(times(&stage), datetimes.map(|time| time.map(String::from)));
}

#[wasm_bindgen_test]
async fn a_time_is_read_in_the_readers_zone_with_its_source_beside_it() {
    let stage = Stage::open().await;
    stage.tell(rings()).await;
    let time = stage.part("connecting-time");
    assert_eq!(
        (text(&time), text(&time.next_element_sibling().unwrap())),
        (format::time_of_day(at(1), Locale::En), "by Connect".into())
    );
}

#[rstest]
#[case(Locale::En, "when first seen")]
#[case(Locale::Ja, "初めて見た時刻")]
#[test_attr(wasm_bindgen_test)]
async fn a_time_that_connect_did_not_state_says_so(#[case] locale: Locale, #[case] source: &str) {
    let stage = Stage::open_in(locale).await;
    let undated = rings().but(|told| {
        let contacts = told.contacts.iter_mut().flatten();
        contacts.for_each(|contact| contact.since = None);
    });
    stage.tell(undated).await;
    let time = stage.part("connecting-time");
    assert_eq!(text(&time.next_element_sibling().unwrap()), source);
}

#[wasm_bindgen_test]
async fn the_contact_id_is_exactly_the_contact_id() {
    let stage = Stage::open().await;
    let id = "4f2cd1a0-6b1e-4b43-9d8e-0f6e2f9f7d11";
    stage
        .tell(scene(1, "PendingBusy").and(call(id).ringing(1)))
        .await;
    assert_eq!(stage.says("contact-id"), id);
}

#[wasm_bindgen_test]
async fn the_contact_that_it_grew_from_stands_beside_it() {
    let stage = Stage::open().await;
    let grown = call("c-2").initially("c-1").ringing(1);
    stage.tell(scene(1, "PendingBusy").and(grown)).await;
    assert_eq!(fact(&stage, "Initial contact id"), "c-1");
}

/// What stands beside a name in the record.
fn fact(stage: &Stage, name: &str) -> String {
    let mut facts = stage.all(".contact-record dl > div");
    facts.retain(|fact| text(&fact.first_element_child().unwrap()) == name);
    assert_eq!(facts.len(), 1, "facts named {name}");
    text(&facts[0].last_element_child().unwrap())
}

#[wasm_bindgen_test]
async fn talk_and_hold_of_a_finished_call_stand_still() {
    let stage = Stage::open().await;
    let held = scene(20, "Busy").and(call("c-1").held(8, 18));
    let resumed = scene(31, "Busy").and(
        call("c-1")
            .connected(8)
            .customer_is(desk::LegState::Connected, 30),
    );
    for scene in [rings(), talks(), held, resumed, wraps_up()] {
        stage.tell(scene).await;
    }
    assert_eq!(
        (fact(&stage, "Talk"), fact(&stage, "On hold")),
        ("0:48".into(), "0:12".into())
    );
}

#[wasm_bindgen_test]
async fn what_is_not_known_yet_has_a_sign_for_it() {
    let stage = Stage::open().await;
    stage.tell(rings()).await;
    assert_eq!(fact(&stage, "Talk"), "—");
}

#[wasm_bindgen_test]
async fn attributes_are_text_whatever_the_flow_has_put_into_them() {
    let stage = Stage::open().await;
    let value = format!("<script>alert(1)</script>{}", "値".repeat(300));
    let told = call("c-1")
        .attribute("<b>note</b>", &value)
        .attribute("plan", "gold")
        .ringing(1);
    stage.tell(scene(1, "PendingBusy").and(told)).await;
    assert_eq!(
        (
            stage.texts(".attributes dt"),
            stage.texts(".attributes dd"),
            stage.all(".attributes dt *, .attributes dd *").len()
        ),
        (
            vec!["<b>note</b>".into(), "plan".into()],
            vec![value, "gold".into()],
            0
        )
    );
}

#[wasm_bindgen_test]
async fn a_desk_without_a_proxy_says_that_there_is_no_customer_data() {
    let stage = Stage::open().await;
    let hints = stage.texts(".customer-access > .hint");
    assert_eq!(
        hints,
        ["Customer data is not configured. Calls work as usual."]
    );
}

#[wasm_bindgen(inline_js = r#"
// Puts a clipboard in place of the browser's, which asks for a permission; gives what was copied.
export function replaceClipboard(allowed) {
  const copied = [];
  navigator.clipboard.writeText = async (text) => {
    if (!allowed) throw new DOMException("no", "NotAllowedError");
    copied.push(text);
  };
  return copied;
}
export function restoreClipboard() { delete navigator.clipboard.writeText; }
"#)]
extern "C" {
    #[wasm_bindgen(js_name = replaceClipboard)]
    fn replace_clipboard(allowed: bool) -> js_sys::Array;
    #[wasm_bindgen(js_name = restoreClipboard)]
    fn restore_clipboard();
}

#[wasm_bindgen_test]
async fn the_record_is_copied_as_one_line_for_a_sheet() {
    let stage = Stage::open().await;
    for scene in [rings(), talks(), wraps_up()] {
        stage.tell(scene).await;
    }
    let copied = replace_clipboard(true);
    stage.press("Copy record").await;
    restore_clipboard();

    let [connecting, connected, ended] = [1, 8, 68].map(|second| format::local_iso(at(second)));
    let line = format!(
        "c-1\tc-1\tinbound\t'+819012345678\tSupport\t{connecting}\t{connected}\t{ended}\t60\t0\t\
         answered\t佐藤 花子"
    );
    assert_eq!(
        (
            copied.join("|"),
            text(&stage.one(".copy-record [role=status]"))
        ),
        (line.into(), "Copied".into())
    );
}

#[wasm_bindgen_test]
async fn a_copy_that_the_browser_refuses_is_said() {
    let stage = Stage::open_in(Locale::Ja).await;
    stage.tell(rings()).await;
    replace_clipboard(false);
    stage.press("記録をコピー").await;
    restore_clipboard();
    assert_eq!(
        text(&stage.one(".copy-record [role=status]")),
        "コピーできませんでした"
    );
}

#[wasm_bindgen_test]
async fn what_was_said_of_a_copy_leaves_with_its_contact() {
    let stage = Stage::open().await;
    stage.tell(rings()).await;
    replace_clipboard(true);
    stage.press("Copy record").await;
    restore_clipboard();
    stage.tell(scene(20, "Available")).await;
    settled().await;
    assert_eq!(text(&stage.one(".copy-record [role=status]")), "");
}

#[wasm_bindgen_test]
async fn there_is_nothing_to_copy_without_a_contact() {
    let stage = Stage::open().await;
    let idle = stage.is_enabled("Copy record");
    stage.tell(rings()).await;
    assert_eq!((idle, stage.is_enabled("Copy record")), (false, true));
}

#[wasm_bindgen_test]
async fn the_timer_of_a_phase_runs_on_the_servers_clock() {
    let stage = Stage::of(Desk::default(), Locale::En).await;
    stage.tell(Input::Link(Link::Ready)).await;
    // The PC is five minutes behind, and the call has been going on for four.
    let told = scene(248, "Busy")
        .and(call("c-1").connected(8))
        .but(|told| {
            let clock = told.clock.as_mut().unwrap();
            clock.local -= chrono::TimeDelta::minutes(5);
            clock.skew = chrono::TimeDelta::minutes(5);
        });
    stage.tell(Input::from(told)).await;
    let timer = || text(&stage.one(".call-head > .timer"));
    until(|| timer().starts_with("4:")).await;
    let at_first = timer();
    until(|| timer() != at_first).await;
    assert!(timer().starts_with("4:"), "{}", timer());
}
