//! Values for the eye: numbers, durations and times, as the reader writes them.

use std::cell::OnceCell;

use chrono::{DateTime, FixedOffset, Offset, SecondsFormat, TimeDelta, Utc};
use desk::PhoneNumber;
use js_sys::{Array, Date, Intl, Object};
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
        // 050 IP telephony, 070/080/090 mobile.
        [b'5' | b'7' | b'8' | b'9', b'0', ..] if national.len() == 10 => &[2, 4, 4],
        // 0120 and 0800, free of charge for the caller.
        [b'1', b'2', b'0', ..] if national.len() == 9 => &[3, 3, 3],
        [b'8', b'0', b'0', ..] if national.len() == 9 => &[3, 2, 4],
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
    #[expect(clippy::cast_possible_truncation, reason = "a whole number below 1,000")]
    let east = -(date(at).get_timezone_offset() as i32);
    let offset = FixedOffset::east_opt(east * 60).unwrap_or_else(|| Utc.fix());
    at.with_timezone(&offset)
        .to_rfc3339_opts(SecondsFormat::Millis, false)
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

/// Whether two moments lie on the same day in the reader's place.
pub(crate) fn same_day(one: DateTime<Utc>, other: DateTime<Utc>) -> bool {
    let day = |at| {
        let date = date(at);
        (date.get_full_year(), date.get_month(), date.get_date())
    };
    day(one) == day(other)
}

fn date(at: DateTime<Utc>) -> Date {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of this era fit")]
    Date::new(&JsValue::from_f64(at.timestamp_millis() as f64))
}

fn set(options: &Object, key: &str, value: &str) {
    js_sys::Reflect::set(options.unchecked_ref(), &key.into(), &value.into()).ok();
}
