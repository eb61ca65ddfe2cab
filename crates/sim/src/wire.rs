//! Instants on the way to the CCP page.
//!
//! The conduit carries real JavaScript `Date`s, JSON has none. An instant travels as
//! `{"$date": "<RFC 3339>"}` and the page revives it before it posts the message on.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

/// An instant that the CCP page will turn into a `Date`; milliseconds, as `Date` has.
pub(crate) fn date(instant: DateTime<Utc>) -> Value {
    json!({ "$date": rfc3339(instant) })
}

/// RFC 3339 in UTC with milliseconds.
pub(crate) fn rfc3339(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::Millis, true)
}
