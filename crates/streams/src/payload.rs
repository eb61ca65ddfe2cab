//! Plain data of the library, one member at a time.
//!
//! A member that is missing or of the wrong kind reads as nothing, and its path is noted once
//! as an oddity. This module does not know which members there are.

use std::cell::RefCell;

use chrono::{DateTime, Datelike, Utc};
use js_sys::{Array, Date, Object};
use wasm_bindgen::{JsCast, JsValue};

use crate::sys::Plain;

/// The paths of the members that were missing or of the wrong kind.
#[derive(Default)]
pub(crate) struct Oddities(RefCell<Vec<Box<str>>>);

impl Oddities {
    pub(crate) fn into_paths(self) -> Vec<Box<str>> {
        self.0.into_inner()
    }

    fn note(&self, path: String) {
        let mut paths = self.0.borrow_mut();
        if !paths.iter().any(|known| **known == path) {
            paths.push(path.into());
        }
    }
}

/// An object of the payload, and where in it that lies.
pub(crate) struct Member<'a> {
    value: Plain,
    /// Without any value, and `[]` for each list's index and each map's key: it goes into logs.
    path: &'static str,
    oddities: &'a Oddities,
}

impl<'a> Member<'a> {
    /// The object that contains all others.
    pub(crate) fn root(value: Plain, oddities: &'a Oddities) -> Self {
        Self {
            value,
            path: "",
            oddities,
        }
    }

    /// The member, unless it is `undefined` or `null`.
    fn get(&self, name: &str) -> Option<JsValue> {
        let value = self.value.get(name).ok()?;
        (!value.is_null_or_undefined()).then_some(value)
    }

    pub(crate) fn text(&self, name: &str) -> Option<String> {
        let value = self.get(name)?;
        self.need(name, value.as_string())
    }

    pub(crate) fn boolean(&self, name: &str) -> Option<bool> {
        let value = self.get(name)?;
        self.need(name, value.as_bool())
    }

    pub(crate) fn number(&self, name: &str) -> Option<f64> {
        let value = self.get(name)?;
        self.need(name, value.as_f64())
    }

    /// Instants travel as `Date`: numbers and texts are odd, and so is an invalid `Date`.
    pub(crate) fn date(&self, name: &str) -> Option<DateTime<Utc>> {
        let value = self.get(name)?;
        let date = value
            .dyn_ref()
            .and_then(|date: &Date| instant(date.get_time()));
        self.need(name, date)
    }

    /// The member as an object that lies at `path`.
    pub(crate) fn object(&self, name: &str, path: &'static str) -> Option<Member<'a>> {
        let value = self.get(name)?;
        let is_object = value.is_object() && !Array::is_array(&value);
        let object = is_object.then(|| self.inner(value, path));
        self.need(name, object)
    }

    /// The member as a list whose items lie at `path`.
    pub(crate) fn items(&self, name: &str, path: &'static str) -> Option<Vec<Member<'a>>> {
        let value = self.get(name)?;
        let items = value.dyn_ref().map(|items: &Array| {
            // An item that is no object is one that lacks every member.
            items.iter().map(|item| self.inner(item, path)).collect()
        });
        self.need(name, items)
    }

    fn inner(&self, value: JsValue, path: &'static str) -> Member<'a> {
        Member {
            value: value.unchecked_into(),
            path,
            oddities: self.oddities,
        }
    }

    /// The names of the members, for objects that serve as maps.
    pub(crate) fn keys(&self) -> impl Iterator<Item = String> {
        let keys = Object::keys(&self.value).to_vec();
        keys.into_iter().filter_map(|key| key.as_string())
    }

    /// Notes the member as odd if nothing could be read from it.
    pub(crate) fn need<T>(&self, name: &str, read: Option<T>) -> Option<T> {
        if read.is_none() {
            self.oddities.note(match self.path {
                "" => name.to_owned(),
                // The keys of attributes are the flow's own words.
                path if path.ends_with("attributes") => [path, "[]"].concat(),
                path => [path, ".", name].concat(),
            });
        }
        read
    }
}

/// An instant from milliseconds since 1970, if it is one that a `Date` can hold.
pub(crate) fn instant(since_1970: f64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_millis(milliseconds(since_1970)?)
        .filter(|at| YEARS.contains(&at.year()))
}

/// No call happens in another year. A time at the edge of what can be represented is a fault of
/// the source, and adding a time zone to it would be one of ours.
const YEARS: std::ops::Range<i32> = 2000..2200;

/// Whole milliseconds, if `value` lies in the range of JS time values (ECMA-262, "Time Values
/// and Time Range").
pub(crate) fn milliseconds(value: f64) -> Option<i64> {
    const FURTHEST: f64 = 8.64e15;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "within the range that is checked, only the fraction goes"
    )]
    (value.abs() <= FURTHEST).then_some(value as i64)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::ordinary(1_767_258_000_000.0, Some(1_767_258_000_000))]
    #[case::fraction(1.9, Some(1))]
    #[case::before_1970(-1.0, Some(-1))]
    #[case::invalid_date(f64::NAN, None)]
    #[case::infinite(f64::INFINITY, None)]
    #[case::beyond(8.65e15, None)]
    fn milliseconds_are_whole_and_in_range(#[case] value: f64, #[case] read: Option<i64>) {
        assert_eq!(milliseconds(value), read);
    }
}
