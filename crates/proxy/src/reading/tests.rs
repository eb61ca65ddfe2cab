use rstest::rstest;
use serde_json::json;

use super::place::MOST_LOSSES;
use super::*;

/// Reads the member `a` of an object that holds nothing else.
fn read<T>(value: Value, read: impl FnOnce(&Members<'_>) -> T) -> (T, Vec<(String, String)>) {
    let losses = Losses::default();
    let object = Value::from_iter([("a", value)]);
    let members = Members::of(&object, Place::ROOT, &losses).unwrap();
    let read = read(&members);
    let losses = losses.take().into_iter();
    let losses = losses.map(|loss| (loss.at, loss.why.as_str().to_owned()));
    (read, losses.collect())
}

#[rstest]
#[case::null(json!(null))]
#[case::empty(json!(""))]
#[case::spaces(json!(" "))]
fn what_says_nothing_is_absent_and_no_loss(#[case] value: Value) {
    assert_eq!(read(value.clone(), |m| m.text("a")), (None, vec![]));
    let usd = Currency::from_code("USD");
    assert_eq!(read(value.clone(), |m| m.money("a", &usd)), (None, vec![]));
    assert_eq!(read(value, |m| m.time("a")), (None, vec![]));
}

#[rstest]
#[case::colon("2021-12-25T11:06:13+09:00", "2021-12-25T02:06:13+00:00", 540)]
#[case::no_colon("2019-12-13T07:56:04.000+0000", "2019-12-13T07:56:04+00:00", 0)]
#[case::no_colon_west("2019-12-13T07:56:04-0330", "2019-12-13T11:26:04+00:00", -210)]
#[case::zulu("2026-10-30T01:02:03Z", "2026-10-30T01:02:03+00:00", 0)]
fn both_forms_of_a_time_are_read(
    #[case] text: &str,
    #[case] utc: &str,
    #[case] offset_minutes: i16,
) {
    let (time, losses) = read(json!(text), |m| m.time("a").unwrap());
    assert_eq!(
        (time.at.to_rfc3339(), time.offset_minutes),
        (utc.to_owned(), offset_minutes)
    );
    assert_eq!(losses, []);
}

#[rstest]
#[case::day_alone(json!("2021-12-25"), "not_a_date")]
#[case::no_offset(json!("2021-12-25T11:06:13"), "not_a_date")]
#[case::month(json!("2021-13-25T11:06:13Z"), "not_a_date")]
#[case::before_the_first_year(json!("0001-01-01T00:00:00+09:00"), "not_a_date")]
#[case::year_of_five_digits(json!("+12021-12-25T11:06:13+0000"), "not_a_date")]
#[case::number(json!(1), "wrong_type")]
fn a_time_in_no_known_form_is_said_to_be_lost(#[case] value: Value, #[case] why: &str) {
    assert_eq!(
        read(value, |m| m.time("a")),
        (None, vec![("a".to_owned(), why.to_owned())])
    );
}

#[rstest]
#[case::text(json!("649.975"), Some("649.975"))]
#[case::spaces_around(json!(" 5500 "), Some("5500"))]
#[case::whole(json!(5500), Some("5500"))]
#[case::all_of_64_bits(json!(u64::MAX), Some("18446744073709551615"))]
#[case::float(json!(649.975), Some("649.975"))]
#[case::float_that_may_have_lost_digits(json!(1_000_000_000_000_000.5), None)]
#[case::float_with_an_exponent(json!(1e300), None)]
#[case::words(json!("free"), None)]
#[case::list(json!(["5500"]), None)]
fn an_amount_is_exact_or_lost(#[case] value: Value, #[case] decimal: Option<&str>) {
    let usd = Currency::from_code("USD");
    let (money, losses) = read(value, |m| m.money("a", &usd));
    assert_eq!(money.map(|money| money.decimal()).as_deref(), decimal);
    assert_eq!(losses.is_empty(), decimal.is_some());
}

#[rstest]
#[case::beyond_a_javascript_number(json!(820_982_911_946_154_508_u64), Some("820982911946154508"))]
#[case::text(json!("820982911946154508"), Some("820982911946154508"))]
#[case::float(json!(8.2e17), None)]
fn an_id_keeps_every_digit(#[case] value: Value, #[case] id: Option<&str>) {
    assert_eq!(read(value, |m| m.id("a")).0.as_deref(), id);
}

#[test]
fn where_connect_has_no_time_there_is_none() {
    let (at, losses) = read(json!("1970-01-01T00:00:00.001Z"), |m| m.instant("a"));
    assert_eq!((at, losses), (None, vec![]));
}

#[test]
fn controls_do_not_reach_the_desk_and_all_else_does() {
    let (text, _) = read(json!("خد\u{202e}مة\u{0}\nb\u{9b}"), |m| {
        m.text("a").unwrap()
    });
    assert_eq!(text.as_str(), "خد\u{202e}مة\u{fffd} b\u{fffd}");
    let (memo, _) = read(json!(" 一\r\n\t二\u{7}\n"), |m| m.memo("a").unwrap());
    assert_eq!(memo.as_str(), "一\n二\u{fffd}");
}

#[test]
fn a_loss_says_where() {
    let (_, losses) = read(json!([{}, { "b": { "c": 1 } }]), |m| {
        m.each("a", |item| item.within("b", |b| b.text("c")))
    });
    assert_eq!(losses, [("a[1].b.c".to_owned(), "wrong_type".to_owned())]);
}

#[test]
fn losses_are_not_counted_without_end() {
    let (_, losses) = read(json!(vec![1; 1000]), |m| m.each("a", |_| Some(())));
    assert_eq!(losses.len(), MOST_LOSSES + 1);
    assert_eq!(losses[MOST_LOSSES].1, "too_many");
}
