//! The desk's views and writer beside serde: of what the proxy writes both make the same, and the
//! proxy is asked the same.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "what cannot be read here is a fault of the test"
)]

#[path = "told/typed.rs"]
mod typed;

use std::fs;

use contract::*;
use proptest::prelude::*;
use rstest::rstest;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// Whose reader a golden file is of.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Part,
    Results,
    Refusal,
}

/// Requests, and answers of which the desk reads nothing.
const NOT_READ: [&str; 7] = [
    "health",
    "healthy",
    "link",
    "linked",
    "open_profile",
    "screen_pop",
    "search",
];

/// Every answer of `tests/snapshots`.
fn golden() -> Vec<(Kind, Value)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/snapshots");
    let mut answers = Vec::new();
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let name = name.strip_prefix("wire__").unwrap();
        if NOT_READ.contains(&name) {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let (_, json) = text.split_once("\n---\n").unwrap();
        let kind = match name {
            "search_results" => Kind::Results,
            "error" => Kind::Refusal,
            _ => Kind::Part,
        };
        answers.push((kind, serde_json::from_str(json).unwrap()));
    }
    assert!(answers.len() >= 15, "{} golden files", answers.len());
    answers
}

/// What both readers make of a text, as `Debug` cannot show it: as JSON.
fn read(kind: Kind, text: &str) -> (Option<Value>, Option<Value>) {
    fn both<T: DeserializeOwned + serde::Serialize>(
        text: &str,
        own: Result<T, Unreadable>,
    ) -> (Option<Value>, Option<Value>) {
        let value = |read: T| serde_json::to_value(read).unwrap();
        let serdes = serde_json::from_str::<T>(text).ok();
        (own.ok().map(value), serdes.map(value))
    }
    match kind {
        Kind::Part => both(text, typed::part(text)),
        Kind::Results => both(text, typed::results(text)),
        Kind::Refusal => both(text, typed::refusal(text)),
    }
}

/// Every place in a value: its pointer (RFC 6901).
fn places(value: &Value, at: &str, places: &mut Vec<String>) {
    let mut visit = |name: &str, value: &Value| {
        let at = format!("{at}/{name}");
        places.push(at.clone());
        self::places(value, &at, places);
    };
    match value {
        Value::Object(members) => members.iter().for_each(|(name, value)| visit(name, value)),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(at, value)| visit(&at.to_string(), value)),
        _ => {}
    }
}

/// A value without what stands at that place.
fn without(value: &Value, place: &str) -> Value {
    let mut value = value.clone();
    let (owner, name) = place.rsplit_once('/').unwrap();
    match value.pointer_mut(owner).unwrap() {
        Value::Object(members) => drop(members.remove(name).unwrap()),
        Value::Array(items) => drop(items.remove(name.parse().unwrap())),
        _ => unreachable!("it is in an object or a list"),
    }
    value
}

fn strange(value: &Value, place: &str, with: &Value) -> Value {
    let mut value = value.clone();
    *value.pointer_mut(place).unwrap() = with.clone();
    value
}

#[test]
fn every_golden_answer_is_read_as_serde_reads_it() {
    for (kind, answer) in golden() {
        for text in [
            answer.to_string(),
            serde_json::to_string_pretty(&answer).unwrap(),
        ] {
            let (own, serdes) = read(kind, &text);
            assert!(own.is_some() && own == serdes, "{own:?} of {text}");
        }
    }
}

/// Whatever one member is, and however serde reads it.
#[test]
fn what_serde_reads_of_a_strange_answer_is_read_the_same() {
    let values = [
        json!(null),
        json!(7),
        json!("x"),
        json!("0"),
        json!(true),
        json!({}),
    ];
    let (mut same, mut more) = (0, 0);
    for (kind, answer) in golden() {
        let mut all = Vec::new();
        places(&answer, "", &mut all);
        for place in all {
            let changed = values.iter().map(|with| strange(&answer, &place, with));
            for changed in changed.chain([without(&answer, &place)]) {
                match read(kind, &changed.to_string()) {
                    (own, Some(serdes)) => {
                        assert_eq!(own, Some(serdes), "{place} of {changed}");
                        same += 1;
                    }
                    (Some(_), None) => more += 1,
                    (None, None) => {}
                }
            }
        }
    }
    // That it is worth the bytes: it reads what serde does not.
    assert!(same > 500 && more > 500, "{same} the same, {more} more");
}

fn golden_part(part: &str) -> Value {
    let all = golden().into_iter().map(|(_, answer)| answer);
    let mut all = all.filter(|answer| answer["part"] == part);
    all.next().unwrap()
}

/// A list of two of the same, of which the second has a strange member.
fn twice(part: &str, list: &str, member: &str, with: Value) -> CustomerPart {
    let mut answer = golden_part(part);
    let items = answer[list].as_array_mut().unwrap();
    let mut second = items.first().unwrap().clone();
    *second.pointer_mut(member).unwrap() = with;
    items.truncate(1);
    items.push(second);
    typed::part(&answer.to_string()).unwrap()
}

#[rstest]
#[case::amount("/total", json!({"amount": "12e9", "currency": "JPY"}))]
#[case::no_amount("/total", json!("550"))]
#[case::instant("/created/at", json!("2026-02-30T00:00:00.000Z"))]
#[case::instant_of_another_form("/created", json!("2026-02-03T00:00:00.000Z"))]
#[case::offset("/processed/offset_minutes", json!(9.5))]
#[case::text("/memo", json!({"html": "<b>"}))]
#[case::list("/items", json!("none"))]
#[case::count("/items/0/quantity", json!(-1))]
#[case::link("/status_url", json!("javascript:alert(1)"))]
#[case::word("/payment", json!(null))]
fn a_strange_member_costs_itself(#[case] member: &str, #[case] with: Value) {
    let CustomerPart::Orders(part) = twice("orders", "orders", member, with) else {
        panic!("it is a part of orders")
    };
    let [whole, other] = part.orders.try_into().unwrap();
    let [whole, other] = [whole, other].map(|order: Order| serde_json::to_value(order).unwrap());
    let top = member.split('/').nth(1).unwrap();
    for (name, value) in whole.as_object().unwrap() {
        assert_eq!(value == &other[name], name != top, "{name}");
    }
}

#[rstest]
#[case::order("orders", "orders", "/id", json!(1))]
#[case::contact("contacts", "contacts", "/id", json!(null))]
#[case::attribute("calculated", "attributes", "/value", json!(4))]
#[case::customer("profiles", "matches", "/profile/id", json!("short"))]
fn what_means_nothing_without_a_member_costs_no_other(
    #[case] part: &str,
    #[case] list: &str,
    #[case] member: &str,
    #[case] with: Value,
) {
    let read = serde_json::to_value(twice(part, list, member, with)).unwrap();
    assert_eq!(read[list].as_array().unwrap().len(), 1);
}

#[test]
fn what_is_no_object_in_a_list_costs_no_other() {
    let mut answer = golden_part("orders");
    let orders = answer["orders"].as_array_mut().unwrap();
    let whole = orders.len();
    orders.insert(0, json!(null));
    orders.push(json!(7));
    let Ok(CustomerPart::Orders(part)) = typed::part(&answer.to_string()) else {
        panic!("it is a part of orders")
    };
    assert_eq!(part.orders.len(), whole);
}

#[rstest]
#[case::nothing("")]
#[case::a_word("null")]
#[case::html("<!doctype html>")]
#[case::cut(r#"{"part":"end""#)]
#[case::two(r#"{"part":"end"}{"part":"end"}"#)]
#[case::after_the_end("{\"part\":\"end\"}\0")]
#[case::comma(r#"{"part":"end",}"#)]
#[case::no_comma(r#"{"part":"end" "took":1}"#)]
#[case::no_colon(r#"{"part" "end"}"#)]
#[case::no_value(r#"{"part":}"#)]
#[case::no_name(r#"{:"end"}"#)]
#[case::of_nobody(r#"{"part":"orders","complete":true,"orders":[]}"#)]
#[case::unescapable(r#"{"part":"\x"}"#)]
#[case::half_escaped(r#"{"part":"\u00"}"#)]
#[case::a_list(r#"["part","end"]"#)]
fn what_is_no_part_is_refused(#[case] line: &str) {
    assert_eq!(typed::part(line), Err(Unreadable));
}

#[test]
fn a_line_that_is_too_deep_is_refused() {
    let deep = |levels: usize| {
        let (open, close) = ("[".repeat(levels), "]".repeat(levels));
        typed::part(&format!(r#"{{"part":"end","x":{open}{close}}}"#))
    };
    assert_eq!(
        (deep(31), deep(32), deep(100_000)),
        (
            Ok(CustomerPart::End(EndPart {})),
            Err(Unreadable),
            Err(Unreadable)
        )
    );
}

/// The text of an attribute, as it is written in JSON.
fn read_text(written: &str) -> Option<String> {
    let line = format!(
        r#"{{"part":"contact","contact_id":"c","attributes":[{{"name":"n","value":{written}}}]}}"#
    );
    match typed::part(&line) {
        Ok(CustomerPart::Contact(part)) => {
            let value = part.attributes.first().map(|attribute| &*attribute.value);
            value.map(str::to_owned)
        }
        _ => None,
    }
}

#[rstest]
#[case::pair(r#""\ud83d\ude00""#, "😀")]
#[case::half_a_pair(r#""\ud83dx""#, "\u{fffd}x")]
#[case::two_first_halves(r#""\ud83d\ud83d\ude00""#, "\u{fffd}😀")]
#[case::second_half_first(r#""\ude00\u0041""#, "\u{fffd}A")]
#[case::slash(r#""a\/b""#, "a/b")]
#[case::escaped_backslash(r#""\\""#, "\\")]
fn an_escaped_text_is_read(#[case] written: &str, #[case] text: &str) {
    assert_eq!(read_text(written).as_deref(), Some(text));
}

#[rstest]
#[case("screen_pop", |json: &str| serde_json::from_str(json).map(|read: ScreenPop| read.write()))]
#[case("open_profile", |json: &str| serde_json::from_str(json).map(|read: OpenProfile| read.write()))]
#[case("search", |json: &str| serde_json::from_str(json).map(|read: Search| read.write()))]
#[case("link", |json: &str| serde_json::from_str(json).map(|read: Link| read.write()))]
fn a_golden_request_is_written_as_serde_writes_it(
    #[case] name: &str,
    #[case] rewrite: fn(&str) -> serde_json::Result<String>,
) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/snapshots");
    let text = fs::read_to_string(format!("{folder}/wire__{name}.snap")).unwrap();
    let (_, json) = text.split_once("\n---\n").unwrap();
    let request: Value = serde_json::from_str(json).unwrap();
    let written = rewrite(json).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), request);
}

#[rstest]
fn what_is_searched_by_is_written_as_serde_writes_it(
    #[values(
        SearchBy::Phone,
        SearchBy::Mail,
        SearchBy::Name,
        SearchBy::Account,
        SearchBy::Order,
        SearchBy::OrderName
    )]
    by: SearchBy,
) {
    assert_eq!(serde_json::to_value(by).unwrap(), by.as_str());
}

proptest! {
    #[test]
    fn every_text_is_sent_as_it_was_typed(value in any::<String>(), next: Option<String>) {
        let request = Search { by: SearchBy::Name, value: value.into(), next };
        let read: Search = serde_json::from_str(&request.write()).unwrap();
        prop_assert_eq!(read, request);
    }

    #[test]
    fn every_text_comes_as_it_was_sent(text in any::<String>()) {
        let units = text.encode_utf16().map(|unit| format!("\\u{unit:04x}"));
        let escaped = units.collect::<Vec<_>>().concat();
        for written in [serde_json::to_string(&text).unwrap(), format!("\"{escaped}\"")] {
            let read = read_text(&written);
            prop_assert_eq!(read.as_ref(), Some(&text));
        }
    }

    #[test]
    fn every_instant_comes_as_it_was_sent(millis in -30_000_000_000_000..250_000_000_000_000_i64) {
        let mut answer = golden_part("contacts");
        let at = chrono::DateTime::from_timestamp_millis(millis).unwrap();
        let written = at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
        answer["contacts"][0]["started"] = written.into();
        let (own, serdes) = read(Kind::Part, &answer.to_string());
        prop_assert_eq!(own, serdes);
    }

    /// Any cut, and any byte turned into another.
    #[test]
    fn nothing_makes_it_panic(cut in 0..3_000_usize, at in 0..3_000_usize, with in any::<char>()) {
        for (kind, answer) in golden() {
            let mut text: Vec<char> = answer.to_string().chars().collect();
            if let Some(place) = text.get_mut(at) {
                *place = with;
            }
            text.truncate(cut);
            let text: String = text.into_iter().collect();
            let (own, serdes) = read(kind, &text);
            prop_assert!(own.is_some() || serdes.is_none(), "{}", text);
        }
    }
}
