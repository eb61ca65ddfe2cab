//! The form of a request's body, before anything is made of it: an object of JSON in UTF-8, no deeper
//! than any request is, and no member twice.
//!
//! Of two members with one name every reader takes another; here there is none to choose.

use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

/// The deepest request has an object in an object.
const DEEPEST: u8 = 4;

/// Reads a request.
///
/// # Errors
///
/// Nothing but that: what a sender has done wrong is not told, for it could be a person's data.
pub fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Malformed> {
    // Serde would take the members of a request out of a list, too, by their order.
    if body.trim_ascii_start().first() != Some(&b'{') {
        return Err(Malformed);
    }
    let mut reader = serde_json::Deserializer::from_slice(body);
    Level(DEEPEST)
        .deserialize(&mut reader)
        .map_err(|_| Malformed)?;
    reader.end().map_err(|_| Malformed)?;
    serde_json::from_slice(body).map_err(|_| Malformed)
}

/// The body is no request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed;

/// How many levels may still follow.
#[derive(Clone, Copy)]
struct Level(u8);

impl Level {
    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        self.0
            .checked_sub(1)
            .map(Self)
            .ok_or_else(|| E::custom("too deep"))
    }
}

impl<'de> DeserializeSeed<'de> for Level {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Level {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let inner = self.deeper()?;
        while items.next_element_seed(inner)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let inner = self.deeper()?;
        let mut names = HashSet::new();
        while let Some(name) = members.next_key::<String>()? {
            if !names.insert(name) {
                return Err(serde::de::Error::custom("a member twice"));
            }
            members.next_value_seed(inner)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::Value;

    use super::*;

    #[rstest]
    #[case::twice(br#"{"a":1,"a":1}"#)]
    #[case::twice_by_an_escape(br#"{"a":1,"\u0061":2}"#)]
    #[case::twice_within(br#"{"b":[{"a":1,"a":2}]}"#)]
    #[case::deep(br#"{"a":[[[[1]]]]}"#)]
    #[case::a_list(b"[1]")]
    #[case::an_empty_list(b"[]")]
    #[case::a_text(br#""a""#)]
    #[case::not_utf8(b"{\"a\":\"\xff\"}")]
    #[case::half_a_character(br#"{"a":"\ud800"}"#)]
    #[case::something_after(br#"{"a":1}{"a":2}"#)]
    #[case::cut(br#"{"a":"#)]
    #[case::empty(b"")]
    #[case::endless_number(b"1e999")]
    fn is_refused(#[case] body: &[u8]) {
        assert_eq!(read::<Value>(body), Err(Malformed));
    }

    #[rstest]
    #[case::once(br#"{"a":1,"b":1}"#)]
    #[case::once_within_each(br#"{"a":[{"a":1},{"a":2}]}"#)]
    #[case::deep_enough(br#"{"a":[[[1]]]}"#)]
    #[case::space_before(b" \n{}")]
    #[case::utf8("{\"a\":\"花\"}".as_bytes())]
    #[case::a_whole_character(br#"{"a":"\ud83d\ude00"}"#)]
    #[case::space_after(b"{\"a\":1} \n")]
    fn is_read(#[case] body: &[u8]) {
        assert!(read::<Value>(body).is_ok());
    }

    #[test]
    fn a_wall_of_brackets_is_refused_at_the_fifth() {
        assert_eq!(
            read::<Value>(format!("{{\"a\":{}", "[".repeat(16_000)).as_bytes()),
            Err(Malformed)
        );
    }
}
