//! Texts and numbers, in the forms in which shops and AWS write them.

use std::borrow::Cow;

use chrono::{DateTime, Datelike as _, Utc};
use contract::{LossReason, Personal, ShopTime, WebUrl};
use serde_json::{Number, Value};

/// How many digits of a number a float surely keeps (IEEE 754 `binary64`).
const DIGITS_OF_A_FLOAT: usize = 15;

pub(super) fn id(value: &Value) -> Result<Personal, LossReason> {
    match value {
        Value::String(text) => Ok(on_one_line(text).as_ref().into()),
        // A float has lost the last digits of an id already.
        Value::Number(number) if !number.is_f64() => Ok(number.to_string().into()),
        _ => Err(LossReason::WrongType),
    }
}

pub(super) fn url(value: &Value) -> Result<WebUrl, LossReason> {
    let text = value.as_str().ok_or(LossReason::WrongType)?;
    WebUrl::parse(text.trim()).map_err(|_| LossReason::NotALink)
}

/// A number as decimal text, if no digit can have been lost on the way.
pub(super) fn decimal(number: &Number) -> Option<String> {
    let text = number.to_string();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    (!number.is_f64() || digits <= DIGITS_OF_A_FLOAT).then_some(text)
}

/// The two forms in which shops write times: RFC 3339, and the same without a colon in the offset.
pub(super) fn time(text: &str) -> Option<ShopTime> {
    let time = DateTime::parse_from_rfc3339(text)
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z"))
        .ok()?;
    // Outside of these years RFC 3339 has no form for it.
    (1..=9999)
        .contains(&time.to_utc().year())
        .then(|| time.into())
}

/// Seconds since 1970, with a fraction or without.
pub(super) fn instant(seconds: &Number) -> Option<DateTime<Utc>> {
    let at = match seconds.as_i64() {
        Some(whole) => DateTime::from_timestamp(whole, 0),
        None => seconds
            .as_f64()
            .and_then(milliseconds)
            .and_then(DateTime::from_timestamp_millis),
    };
    at.filter(|at| (1..=9999).contains(&at.year()))
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "it is asked before whether it fits"
)]
fn milliseconds(seconds: f64) -> Option<i64> {
    let milliseconds = (seconds * 1000.0).round();
    // Up to here a float knows each whole number.
    (milliseconds.abs() < 9_007_199_254_740_992.0).then_some(milliseconds as i64)
}

/// Text on one line without controls: what breaks a line is a space, any other is U+FFFD. All else
/// stays, marks of direction too: the desk shows them.
pub(crate) fn on_one_line(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    if !text.chars().any(char::is_control) {
        return text.into();
    }
    text.chars()
        .map(|c| match c {
            '\t'..='\r' | '\u{85}' => ' ',
            c if c.is_control() => char::REPLACEMENT_CHARACTER,
            c => c,
        })
        .collect()
}

/// Text whose lines stay lines.
pub(super) fn on_lines(text: &str) -> String {
    let mut lines = String::with_capacity(text.len());
    for line in text.trim().lines() {
        if !lines.is_empty() {
            lines.push('\n');
        }
        lines.push_str(on_one_line(line).trim_end());
    }
    lines
}
