//! Values for the eye: numbers, durations and times, as the reader writes them.

use std::cell::OnceCell;

use chrono::{DateTime, FixedOffset, Offset, SecondsFormat, TimeDelta, Utc};
use contract::{Amount, ShopTime};
use desk::PhoneNumber;
use js_sys::{Array, Date, Intl, JsString, Object};
use wasm_bindgen::{JsCast, JsValue};

use crate::text::Locale;

/// A telephone number as it is read aloud: Japanese ones in the national form, others with
/// their country code.
pub(crate) fn phone(number: &PhoneNumber) -> String {
    let digits = number.digits();
    let Some(national) = digits.strip_prefix("81") else {
        return number.as_str().into();
    };
    let groups: &[usize] = match national.as_bytes() {
        // 0120 and 0800, free of charge for the caller; no mobile number begins with 080-0.
        [b'1', b'2', b'0', ..] if national.len() == 9 => &[3, 3, 3],
        [b'8', b'0', b'0', ..] if national.len() == 9 => &[3, 2, 4],
        [b'8', b'0', b'0', ..] if national.len() == 10 => &[3, 3, 4],
        // 050 IP telephony, 060 to 090 mobile (060 from July 2026 on).
        [b'5'..=b'9', b'0', ..] if national.len() == 10 => &[2, 4, 4],
        // Tokyo and Osaka. Other area codes have two to four digits, which only a numbering plan
        // could tell apart.
        [b'3' | b'6', ..] if national.len() == 9 => &[1, 4, 4],
        _ => return format!("+81 {national}"),
    };
    let mut text = String::from("0");
    let mut rest = national;
    for (index, size) in groups.iter().enumerate() {
        if index > 0 {
            text.push('-');
        }
        let (group, tail) = rest.split_at_checked(*size).unwrap_or((rest, ""));
        text.push_str(group);
        rest = tail;
    }
    text
}

/// `4:05`, or `1:04:05` from an hour on.
pub(crate) fn duration(duration: TimeDelta) -> String {
    let seconds = duration.num_seconds().max(0);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}

/// RFC 3339 with milliseconds, UTC: for machines.
pub(crate) fn instant(at: DateTime<Utc>) -> String {
    date(at).to_iso_string().into()
}

/// Local ISO text with its offset: for spreadsheets.
pub(crate) fn local_iso(at: DateTime<Utc>) -> String {
    // `getTimezoneOffset` counts minutes from local time to UTC, so east is negative.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a whole number below 1,000"
    )]
    let east = -(date(at).get_timezone_offset() as i32);
    iso(at, east)
}

/// A moment by a clock that is so many minutes ahead of UTC.
fn iso(at: DateTime<Utc>, east: i32) -> String {
    let offset = FixedOffset::east_opt(east * 60).unwrap_or_else(|| Utc.fix());
    at.with_timezone(&offset)
        .to_rfc3339_opts(SecondsFormat::Millis, false)
}

/// The day on which a shop wrote something, by its own clock.
pub(crate) fn shop_day(time: ShopTime) -> String {
    let text = iso(time.at, time.offset_minutes.into());
    text.get(..10).unwrap_or_default().replace('-', "/")
}

/// The month of it, counted from the year dot.
pub(crate) fn shop_month(time: ShopTime) -> u32 {
    let text = iso(time.at, time.offset_minutes.into());
    let mut numbers = text.split('-');
    let mut number = || numbers.next()?.parse().ok();
    number().unwrap_or(0_u32) * 12 + number().unwrap_or(1_u32) - 1
}

/// The month in the reader's place, counted from the year dot.
pub(crate) fn month(at: DateTime<Utc>) -> u32 {
    let (year, month, _) = day(at);
    year * 12 + month
}

/// A day and a time of day in the reader's place, to the minute.
pub(crate) fn minute(at: DateTime<Utc>) -> String {
    let text = local_iso(at);
    let text = text.get(..16).unwrap_or_default();
    text.replace('-', "/").replace('T', " ")
}

/// An amount in its own currency, to the last digit that it has.
pub(crate) fn money(money: &Amount, locale: Locale) -> String {
    let Amount { decimal, currency } = money;
    // `Intl` throws for what has not the form of a code.
    if currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return [decimal, " ", currency].concat();
    }
    let options = Object::new();
    set(&options, "style", "currency");
    set(&options, "currency", currency);
    // Neither rounded nor given decimals that the shop has not written.
    let scale = decimal.split('.').nth(1).map_or(0, str::len).min(20);
    let scale = scale.to_string();
    set(&options, "minimumFractionDigits", &scale);
    set(&options, "maximumFractionDigits", &scale);
    let format = Intl::NumberFormat::new(&Array::of1(&locale.tag().into()), &options).format();
    // As text: a number would lose digits.
    let text = format.call1(&JsValue::UNDEFINED, &decimal.into());
    text.ok()
        .and_then(|text| text.as_string())
        .unwrap_or_default()
}

/// The time of day with its zone, in the reader's place.
pub(crate) fn time_of_day(at: DateTime<Utc>, locale: Locale) -> String {
    thread_local! {
        static CLOCK: OnceCell<js_sys::Function> = const { OnceCell::new() };
    }
    let format = CLOCK.with(|clock| {
        clock
            .get_or_init(|| {
                let options = Object::new();
                for (key, value) in [
                    ("hour", "2-digit"),
                    ("minute", "2-digit"),
                    ("second", "2-digit"),
                    ("hourCycle", "h23"),
                    ("timeZoneName", "short"),
                ] {
                    set(&options, key, value);
                }
                Intl::DateTimeFormat::new(&Array::of1(&locale.tag().into()), &options).format()
            })
            .clone()
    });
    format
        .call1(&JsValue::UNDEFINED, &date(at))
        .ok()
        .and_then(|text| text.as_string())
        .unwrap_or_default()
}

/// A text however wide or large it is written: what is looked for, and where.
pub(crate) fn plain(text: &str) -> String {
    let text = JsString::from(text).normalize("NFKC");
    text.to_lower_case().into()
}

/// Adds a text to those that are looked through together, each on a line of its own: the browser makes
/// a thousand of them [plain] at once far sooner than one by one.
pub(crate) fn add_line(lines: &mut String, mut text: String) {
    text.retain(|letter| letter != '\n');
    lines.push_str(&text);
    lines.push('\n');
}

/// Of each line whether it contains a text, both of them [plain].
pub(crate) fn lines_with(lines: &str, sought: &str) -> Vec<bool> {
    let mut found = Vec::new();
    let mut is_found = sought.is_empty();
    // The search of Rust's own strings weighs 4 kB, and the browser's wants the text anew each time.
    let mut rest = lines.as_bytes();
    while let Some((first, others)) = rest.split_first() {
        if *first == b'\n' {
            found.push(is_found);
            is_found = sought.is_empty();
        } else {
            is_found = is_found || rest.starts_with(sought.as_bytes());
        }
        rest = others;
    }
    found
}

/// Year, month and day.
pub(crate) type Day = (u32, u32, u32);

/// The day on which a moment lies in the reader's place.
pub(crate) fn day(at: DateTime<Utc>) -> Day {
    let date = date(at);
    (date.get_full_year(), date.get_month(), date.get_date())
}

fn date(at: DateTime<Utc>) -> Date {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of this era fit")]
    Date::new(&JsValue::from_f64(at.timestamp_millis() as f64))
}

fn set(options: &Object, key: &str, value: &str) {
    js_sys::Reflect::set(options.unchecked_ref(), &key.into(), &value.into()).ok();
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::mobile("+819012345678", "090-1234-5678")]
    #[case::mobile_080("+818012345678", "080-1234-5678")]
    #[case::mobile_070("+817012345678", "070-1234-5678")]
    #[case::mobile_060("+816012345678", "060-1234-5678")]
    #[case::ip_telephony("+815012345678", "050-1234-5678")]
    #[case::tokyo("+81312345678", "03-1234-5678")]
    #[case::osaka("+81612345678", "06-1234-5678")]
    #[case::free("+81120123456", "0120-123-456")]
    #[case::free_too("+818001234567", "0800-123-4567")]
    #[case::free_and_short("+81800123456", "0800-12-3456")]
    #[case::another_area("+81521234567", "+81 521234567")]
    #[case::too_short("+8190123", "+81 90123")]
    #[case::too_long("+8190123456789", "+81 90123456789")]
    #[case::abroad("+442079460000", "+442079460000")]
    #[case::not_japan("+8109", "+81 09")]
    fn a_number_is_written_as_it_is_read(#[case] number: &str, #[case] written: &str) {
        assert_eq!(phone(&PhoneNumber::parse(number).unwrap()), written);
    }

    #[rstest]
    #[case::nothing(0, "0:00")]
    #[case::seconds(5, "0:05")]
    #[case::minutes(245, "4:05")]
    #[case::almost_an_hour(3_599, "59:59")]
    #[case::an_hour(3_600, "1:00:00")]
    #[case::hours(3_845, "1:04:05")]
    #[case::a_shift(30 * 3_600, "30:00:00")]
    #[case::backwards(-5, "0:00")]
    fn a_duration_is_written_as_on_a_clock(#[case] seconds: i64, #[case] written: &str) {
        assert_eq!(duration(TimeDelta::seconds(seconds)), written);
    }

    #[rstest]
    #[case::in_two("b", &[true, false, true, false])]
    #[case::to_the_end_of_its_line("bc", &[false, false, true, false])]
    #[case::not_over_the_end_of_a_line("bd", &[false; 4])]
    #[case::in_the_last("語", &[false, false, false, true])]
    #[case::longer_than_any("abcdef", &[false; 4])]
    #[case::nothing_is_in_each("", &[true; 4])]
    fn a_text_is_found_in_the_lines_that_hold_it(#[case] sought: &str, #[case] found: &[bool]) {
        let mut lines = String::new();
        for line in ["ab", "", "dabc", "国\n語"] {
            add_line(&mut lines, line.into());
        }
        assert_eq!(lines_with(&lines, sought), found);
    }

    #[test]
    fn a_second_counts_when_it_is_over() {
        assert_eq!(duration(TimeDelta::milliseconds(1_999)), "0:01");
    }

    #[rstest]
    #[case::tokyo("2026-01-31T16:30:00Z", 540, "2026/02/01", 2026 * 12 + 1)]
    #[case::greenwich("2026-01-31T16:30:00Z", 0, "2026/01/31", 2026 * 12)]
    #[case::new_year_behind("2026-01-01T01:00:00Z", -300, "2025/12/31", 2025 * 12 + 11)]
    #[case::an_offset_that_is_none("2026-01-31T16:30:00Z", i16::MAX, "2026/01/31", 2026 * 12)]
    fn a_shops_day_is_that_of_its_own_clock(
        #[case] at: &str,
        #[case] offset_minutes: i16,
        #[case] day: &str,
        #[case] month: u32,
    ) {
        let at = DateTime::parse_from_rfc3339(at).unwrap().to_utc();
        let time = ShopTime { at, offset_minutes };
        assert_eq!((shop_day(time).as_str(), shop_month(time)), (day, month));
    }

    #[cfg(target_arch = "wasm32")]
    mod in_a_browser {
        use wasm_bindgen::prelude::*;
        use wasm_bindgen_test::wasm_bindgen_test;

        use super::*;

        #[wasm_bindgen(inline_js = r#"
const real = Date.prototype.getTimezoneOffset;
// Puts the page so many minutes east of Greenwich, for as long as `meanwhile` runs.
export function eastOfGreenwich(minutes, meanwhile) {
  Date.prototype.getTimezoneOffset = () => -minutes;
  try { return meanwhile(); } finally { Date.prototype.getTimezoneOffset = real; }
}
"#)]
        extern "C" {
            #[wasm_bindgen(js_name = eastOfGreenwich)]
            fn east_of_greenwich(minutes: i32, meanwhile: &mut dyn FnMut() -> String) -> String;
        }

        fn at(text: &str) -> DateTime<Utc> {
            DateTime::parse_from_rfc3339(text).unwrap().to_utc()
        }

        /// A moment by the clock on the reader's wall, in January 2026.
        fn on_the_wall(day: i32, hour: i32, minute: i32, second: i32) -> DateTime<Utc> {
            let date = Date::new_with_year_month_day_hr_min_sec(2026, 0, day, hour, minute, second);
            #[expect(clippy::cast_possible_truncation, reason = "whole milliseconds")]
            DateTime::from_timestamp_millis(date.get_time() as i64).unwrap()
        }

        #[rstest]
        #[case("2026-01-05T03:00:00.250Z")]
        #[case("2026-01-05T03:00:00.000Z")]
        #[case("2024-02-29T23:59:59.999Z")]
        #[test_attr(wasm_bindgen_test)]
        fn an_instant_is_written_in_utc_to_the_millisecond(#[case] text: &str) {
            assert_eq!(instant(at(text)), text);
        }

        #[rstest]
        #[case::yen("5500", "JPY", "¥5,500")]
        #[case::yen_with_decimals("5500.00", "JPY", "¥5,500.00")]
        #[case::dollars("1649.90", "USD", "$1,649.90")]
        #[case::more_decimals_than_there_are("649.975", "USD", "$649.975")]
        #[case::fewer("5", "USD", "$5")]
        #[case::below_zero("-3.50", "EUR", "-€3.50")]
        #[case::more_than_a_number_can_be(
            "1000000000000000000000001",
            "JPY",
            "¥1,000,000,000,000,000,000,000,001"
        )]
        #[case::no_currency("12.345", "XQQ", "XQQ\u{a0}12.345")]
        #[case::no_code("12.345", "yen!", "12.345 yen!")]
        #[case::nothing("7", "", "7 ")]
        #[test_attr(wasm_bindgen_test)]
        fn an_amount_has_the_digits_that_it_came_with(
            #[case] decimal: &str,
            #[case] currency: &str,
            #[case] written: &str,
        ) {
            let amount = Amount {
                decimal: decimal.into(),
                currency: currency.into(),
            };
            assert_eq!(money(&amount, Locale::En), written);
        }

        #[rstest]
        #[case::greenwich(0, "2026-01-05T20:00:00.250+00:00")]
        #[case::tokyo(540, "2026-01-06T05:00:00.250+09:00")]
        #[case::new_york(-300, "2026-01-05T15:00:00.250-05:00")]
        #[case::kathmandu(345, "2026-01-06T01:45:00.250+05:45")]
        #[test_attr(wasm_bindgen_test)]
        fn a_sheet_gets_local_time_with_its_offset(#[case] east: i32, #[case] text: &str) {
            let written =
                east_of_greenwich(east, &mut || local_iso(at("2026-01-05T20:00:00.250Z")));
            assert_eq!(written, text);
        }

        #[wasm_bindgen_test]
        fn local_time_is_that_of_the_wall() {
            let written = local_iso(on_the_wall(5, 13, 4, 9));
            assert!(written.starts_with("2026-01-05T13:04:09.000"), "{written}");
        }

        #[rstest]
        #[test_attr(wasm_bindgen_test)]
        fn the_time_of_day_is_that_of_the_wall_with_a_zone(
            #[values(Locale::En, Locale::Ja)] locale: Locale,
        ) {
            let written = time_of_day(on_the_wall(5, 23, 4, 9), locale);
            let zone = written.replacen("23:04:09", "", 1);
            assert!(
                written.contains("23:04:09") && zone.trim().len() > 2,
                "{written}"
            );
        }

        #[wasm_bindgen_test]
        fn midnight_begins_the_day() {
            let written = time_of_day(on_the_wall(5, 0, 0, 0), Locale::En);
            assert!(written.contains("00:00:00"), "{written}");
        }

        #[rstest]
        #[case::morning_and_evening((5, 0, 0, 0), (5, 23, 59, 59), true)]
        #[case::midnight_between((5, 23, 59, 59), (6, 0, 0, 0), false)]
        #[case::same_time_of_another_day((5, 12, 0, 0), (6, 12, 0, 0), false)]
        #[case::same_day_of_another_month((5, 12, 0, 0), (36, 12, 0, 0), false)]
        #[test_attr(wasm_bindgen_test)]
        fn a_day_goes_from_midnight_to_midnight_on_the_wall(
            #[case] one: (i32, i32, i32, i32),
            #[case] other: (i32, i32, i32, i32),
            #[case] same: bool,
        ) {
            let [one, other] = [one, other].map(|(d, h, m, s)| on_the_wall(d, h, m, s));
            assert_eq!(day(one) == day(other), same);
        }
    }
}
