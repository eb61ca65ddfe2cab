//! Today's calls.

use js_sys::Date;
use rstest::rstest;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::Element;

use crate::{
    format,
    stage::{
        Stage, elements,
        scene::{Call, Scene, at, call, scene},
        text, until,
    },
    text::Locale,
};

fn rows(stage: &Stage) -> Vec<Element> {
    stage.all("[data-testid=call-log] > [data-testid=call-record]")
}

fn cell(row: &Element, class: &str) -> String {
    elements(row, class).iter().map(text).collect()
}

fn count(stage: &Stage) -> String {
    text(&stage.one(".call-log h2 .count"))
}

async fn tell_all(stage: &Stage, scenes: impl IntoIterator<Item = Scene>) {
    for scene in scenes {
        stage.tell(scene).await;
    }
}

fn answered() -> [Scene; 4] {
    [
        scene(1, "PendingBusy").and(call("c-1").ringing(1)),
        scene(9, "Busy").and(call("c-1").connected(9)),
        scene(74, "AfterCallWork").and(call("c-1").ended(74)),
        scene(90, "Available"),
    ]
}

#[wasm_bindgen_test]
async fn an_empty_log_says_so() {
    let stage = Stage::open().await;
    assert_eq!(
        (
            rows(&stage).len(),
            count(&stage),
            text(&stage.one(".call-log .hint"))
        ),
        (0, "0".into(), "No calls yet".into())
    );
}

#[wasm_bindgen_test]
async fn a_call_is_logged_when_its_wrap_up_is_finished() {
    let stage = Stage::open().await;
    let [rings, talks, wraps_up, cleared] = answered();
    tell_all(&stage, [rings, talks, wraps_up]).await;
    let before = rows(&stage).len();
    stage.tell(cleared).await;
    assert_eq!(
        (
            before,
            rows(&stage).len(),
            count(&stage),
            text(&stage.one(".call-log .hint"))
        ),
        (0, 1, "1".into(), String::new())
    );
}

#[wasm_bindgen_test]
async fn a_row_says_when_how_it_went_how_long_and_how_it_came() {
    let stage = Stage::open().await;
    tell_all(&stage, answered()).await;
    let row = &rows(&stage)[0];
    assert_eq!(
        [
            cell(row, "time"),
            cell(row, ".row-outcome"),
            cell(row, ".row-talk"),
            cell(row, ".row-came"),
            cell(row, ".id"),
        ],
        [
            format::time_of_day(at(1), Locale::En).as_str(),
            "Answered",
            "1:05",
            "Inbound · Support · …78",
            "c-1"
        ]
    );
}

#[wasm_bindgen_test]
async fn a_row_bears_its_contact_id_its_outcome_and_its_time_for_scripts() {
    let stage = Stage::open().await;
    tell_all(&stage, answered()).await;
    let row = &rows(&stage)[0];
    let time = &elements(row, "time")[0];
    assert_eq!(
        [
            row.get_attribute("data-contact-id"),
            row.get_attribute("data-outcome"),
            time.get_attribute("datetime"),
        ]
        .map(Option::unwrap_or_default),
        ["c-1", "answered", "2026-01-05T03:00:01.250Z"]
    );
}

/// A call that ends without a talk, and how.
fn untaken(ringing: Call, over: Call, agent: &str) -> [Scene; 3] {
    [
        scene(1, "PendingBusy").and(ringing),
        scene(20, agent).and(over),
        scene(25, "Available"),
    ]
}

#[rstest]
#[case::missed(
    untaken(call("c").ringing(1), call("c").missed(20), "MissedCallAgent"),
    "missed",
    "Missed",
    "不応答"
)]
#[case::declined(
    untaken(call("c").ringing(1), call("c").missed(20), "FailedConnectAgent"),
    "declined",
    "Declined",
    "拒否"
)]
#[case::abandoned(
    untaken(call("c").ringing(1), call("c").failed(20), "Available"),
    "abandoned",
    "Abandoned",
    "放棄"
)]
#[case::busy(
    untaken(
        call("c").outbound().dialing(1),
        call("c").outbound().failed(20),
        "LineEngagedCustomer"
    ),
    "busy",
    "Busy",
    "話し中"
)]
#[case::no_answer(
    untaken(
        call("c").outbound().dialing(1),
        call("c").outbound().failed(20),
        "MissedCallCustomer"
    ),
    "no-answer",
    "No answer",
    "相手不応答"
)]
#[case::bad_number(
    untaken(
        call("c").outbound().dialing(1),
        call("c").outbound().failed(20),
        "BadAddressCustomer"
    ),
    "bad-number",
    "Bad number",
    "番号無効"
)]
#[test_attr(wasm_bindgen_test)]
async fn an_outcome_has_a_word_for_scripts_and_one_for_each_reader(
    #[case] story: [Scene; 3],
    #[case] word: &str,
    #[case] english: &str,
    #[case] japanese: &str,
) {
    let (en, ja) = (Stage::open().await, Stage::open_in(Locale::Ja).await);
    tell_all(&en, story.clone()).await;
    tell_all(&ja, story).await;
    let (row, in_japanese) = (&rows(&en)[0], &rows(&ja)[0]);
    assert_eq!(
        (
            row.get_attribute("data-outcome").as_deref(),
            cell(row, ".row-outcome"),
            cell(in_japanese, ".row-outcome")
        ),
        (Some(word), english.into(), japanese.into())
    );
}

#[wasm_bindgen_test]
async fn a_call_that_was_handed_on_says_so() {
    let stage = Stage::open().await;
    let handed_on = scene(60, "AfterCallWork").and(call("c-1").handed_on(60));
    let [rings, talks, _, cleared] = answered();
    tell_all(&stage, [rings, talks, handed_on, cleared]).await;
    assert_eq!(
        cell(&rows(&stage)[0], ".row-outcome"),
        "Answered · transferred"
    );
}

#[wasm_bindgen_test]
async fn a_callback_is_called_one() {
    let stage = Stage::open().await;
    let offered = call("c").callback();
    let story = untaken(
        offered.clone().ringing(1),
        offered.missed(20),
        "MissedCallAgent",
    );
    tell_all(&stage, story).await;
    assert_eq!(
        cell(&rows(&stage)[0], ".row-came"),
        "Callback · Support · …78"
    );
}

#[wasm_bindgen_test]
async fn a_withheld_number_leaves_no_digits() {
    let stage = Stage::open().await;
    let offered = call("c").withheld();
    let story = untaken(
        offered.clone().ringing(1),
        offered.missed(20),
        "MissedCallAgent",
    );
    tell_all(&stage, story).await;
    assert_eq!(cell(&rows(&stage)[0], ".row-came"), "Inbound · Support");
}

#[wasm_bindgen_test]
async fn the_name_of_a_queue_is_text() {
    let stage = Stage::open().await;
    let queue = format!("<img src=x>{}", "長".repeat(300));
    let offered = call("c").queue(&queue);
    let story = untaken(
        offered.clone().ringing(1),
        offered.missed(20),
        "MissedCallAgent",
    );
    tell_all(&stage, story).await;
    let came = &elements(&rows(&stage)[0], ".row-came")[0];
    assert_eq!(
        (text(came), elements(came, ":not(bdi)").len()),
        (format!("Inbound · {queue} · …78"), 0)
    );
}

/// Offers that are missed, one every two seconds, each under an id of its own.
async fn miss(stage: &Stage, offers: i64) {
    for offer in 0..offers {
        let rings = call(&format!("c-{offer}")).ringing(offer * 2);
        stage.tell(scene(offer * 2, "PendingBusy").and(rings)).await;
        stage.tell(scene(offer * 2 + 1, "Available")).await;
    }
}

#[wasm_bindgen_test]
async fn the_newest_call_comes_first() {
    let stage = Stage::open().await;
    miss(&stage, 3).await;
    let ids: Vec<_> = rows(&stage)
        .iter()
        .map(|row| row.get_attribute("data-contact-id").unwrap())
        .collect();
    assert_eq!(ids, ["c-2", "c-1", "c-0"]);
}

#[wasm_bindgen_test]
async fn more_calls_than_fifty_are_counted_but_not_shown() {
    let stage = Stage::open().await;
    miss(&stage, 52).await;
    assert_eq!((rows(&stage).len(), count(&stage)), (50, "52".into()));
}

#[wasm_bindgen_test]
async fn an_id_that_is_offered_again_has_a_row_for_each_offer() {
    let stage = Stage::open().await;
    let offer = |second| {
        [
            scene(second, "PendingBusy").and(call("c-1").ringing(second)),
            scene(second + 20, "MissedCallAgent").and(call("c-1").missed(second + 20)),
            scene(second + 25, "Available"),
        ]
    };
    tell_all(&stage, offer(1)).await;
    tell_all(&stage, offer(40)).await;
    let ids: Vec<_> = rows(&stage)
        .iter()
        .map(|row| row.get_attribute("data-contact-id").unwrap())
        .collect();
    assert_eq!(ids, ["c-1", "c-1"]);
}

#[wasm_bindgen_test]
async fn yesterdays_calls_are_not_todays() {
    // And a minute: the clock that is looked at may be half a second behind.
    const A_DAY: i64 = 24 * 60 * 60 + 60;
    let stage = Stage::open().await;
    tell_all(&stage, answered()).await;
    stage.tell(scene(A_DAY, "Available")).await;
    assert_eq!((rows(&stage).len(), count(&stage)), (0, "0".into()));
}

/// Seconds from the beginning to the reader's next midnight, less one.
fn just_before_midnight() -> i64 {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of this era fit")]
    let now = at(0).timestamp_millis() as f64;
    let midnight = Date::new(&now.into());
    midnight.set_hours(24);
    midnight.set_minutes(0);
    midnight.set_seconds(0);
    #[expect(clippy::cast_possible_truncation, reason = "seconds of a day")]
    let seconds = ((midnight.get_time() - now) / 1_000.0) as i64;
    seconds - 1
}

#[wasm_bindgen_test]
async fn at_midnight_the_log_begins_anew() {
    let stage = Stage::open().await;
    tell_all(&stage, answered()).await;
    let before = rows(&stage).len();
    stage.tell(scene(just_before_midnight(), "Available")).await;
    // Nothing more is told: only the clock goes on.
    until(|| rows(&stage).is_empty()).await;
    assert_eq!((before, count(&stage)), (1, "0".into()));
}
