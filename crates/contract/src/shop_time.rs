//! Instants, and the clock that they were written by.

use chrono::{DateTime, FixedOffset, SecondsFormat, SubsecRound, Utc};
use serde::{Deserialize, Serialize};

/// An instant as a shop writes it: with the offset of its own clock from UTC, by which it is shown.
///
/// An order of eleven at night in Tokyo belongs to that day, wherever the agent sits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ShopTime {
    /// The instant: RFC 3339 with milliseconds, in UTC.
    #[serde(with = "rfc3339_ms")]
    #[cfg_attr(feature = "schema", schemars(with = "rfc3339_ms::Text"))]
    pub at: DateTime<Utc>,
    /// Minutes by which the clock that it was written by is ahead of UTC; 540 in Japan.
    #[cfg_attr(feature = "schema", schemars(range(min = -1439, max = 1439)))]
    pub offset_minutes: i16,
}

impl From<DateTime<FixedOffset>> for ShopTime {
    fn from(written: DateTime<FixedOffset>) -> Self {
        let minutes = written.offset().local_minus_utc() / 60;
        Self {
            at: written.to_utc().trunc_subsecs(3),
            // Less than a day to either side: it always fits.
            offset_minutes: i16::try_from(minutes).unwrap_or_default(),
        }
    }
}

/// RFC 3339 with milliseconds, in UTC: `2026-10-25T02:06:13.000Z`.
pub(crate) mod rfc3339_ms {
    use serde::de::Error as _;
    use serde::{Deserializer, Serializer};

    use super::{DateTime, Deserialize, SecondsFormat, SubsecRound as _, Utc};

    /// Says of a text in a schema that it is a time.
    #[cfg(feature = "schema")]
    #[derive(schemars::JsonSchema)]
    #[schemars(inline, extend("format" = "date-time"))]
    #[expect(dead_code, reason = "it is the schema of a text, never a value")]
    pub(crate) struct Text(String);

    pub(crate) fn serialize<S: Serializer>(at: &DateTime<Utc>, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&at.to_rfc3339_opts(SecondsFormat::Millis, true))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<DateTime<Utc>, D::Error> {
        let text = String::deserialize(from)?;
        let at = DateTime::parse_from_rfc3339(&text).map_err(D::Error::custom)?;
        Ok(at.to_utc().trunc_subsecs(3))
    }

    /// The same where there may be none.
    pub(crate) mod option {
        use super::{DateTime, Deserialize, Deserializer, Serializer, Utc};

        #[expect(clippy::ref_option, reason = "serde calls it so")]
        pub(crate) fn serialize<S: Serializer>(
            at: &Option<DateTime<Utc>>,
            to: S,
        ) -> Result<S::Ok, S::Error> {
            match at {
                Some(at) => super::serialize(at, to),
                None => to.serialize_none(),
            }
        }

        pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
            from: D,
        ) -> Result<Option<DateTime<Utc>>, D::Error> {
            #[derive(Deserialize)]
            struct At(#[serde(with = "super")] DateTime<Utc>);

            Ok(Option::<At>::deserialize(from)?.map(|At(at)| at))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> ShopTime {
        DateTime::parse_from_rfc3339(text).unwrap().into()
    }

    #[test]
    fn the_instant_and_the_shops_clock_are_kept_apart() {
        let time = written("2026-10-25T11:06:13.123456+09:00");
        assert_eq!(
            serde_json::to_string(&time).unwrap(),
            r#"{"at":"2026-10-25T02:06:13.123Z","offset_minutes":540}"#
        );
        let json = serde_json::to_string(&time).unwrap();
        assert_eq!(serde_json::from_str::<ShopTime>(&json).unwrap(), time);
    }

    #[test]
    fn what_was_later_is_greater_whatever_the_clock_said() {
        assert!(written("2026-10-25T11:06:13+09:00") < written("2026-10-24T22:06:14-04:00"));
    }

    #[test]
    fn a_clock_of_half_hours_is_kept() {
        assert_eq!(written("2026-10-25T00:00:00-03:30").offset_minutes, -210);
    }
}
