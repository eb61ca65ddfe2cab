//! Reading JSON that somebody else wrote, member by member.
//!
//! What is missing, null or empty is absent. What is there and cannot be read is absent too, and
//! said as a [`contract::Loss`]; nothing that stands beside it is lost with it.

mod kept;
mod place;
mod scalar;

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use contract::{Currency, LossReason, Money, Personal, ShopTime, WebUrl};
use serde_json::{Map, Value};

pub(crate) use self::place::{Losses, Place};
pub(crate) use self::scalar::on_one_line;
use self::scalar::{decimal, id, instant, on_lines, time, url};

/// Whether a source writes its members as it should.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Casing {
    /// As they are asked for.
    Exact,
    /// As they are asked for, or with their first letter in capitals: what AWS does not document.
    FirstLetterFree,
}

/// The members of one object.
#[derive(Clone, Copy)]
pub(crate) struct Members<'a> {
    map: &'a Map<String, Value>,
    place: Place<'a>,
    losses: &'a Losses,
    casing: Casing,
    /// Of the object they stand in, only what is read was kept.
    are_chosen: bool,
}

impl<'a> Members<'a> {
    /// The members of `value`; a loss if it is no object.
    pub(crate) fn of(value: &'a Value, place: Place<'a>, losses: &'a Losses) -> Option<Self> {
        let Some(map) = value.as_object() else {
            losses.add(&place, LossReason::WrongType);
            return None;
        };
        Some(Self {
            map,
            place,
            losses,
            casing: Casing::Exact,
            are_chosen: false,
        })
    }

    /// As members of the same source.
    fn like(self, outer: &Members<'_>) -> Self {
        Self {
            casing: outer.casing,
            are_chosen: outer.are_chosen,
            ..self
        }
    }

    pub(crate) fn with_casing(self, casing: Casing) -> Self {
        Self { casing, ..self }
    }

    /// What stands within objects that do nothing but hold another, under one of these names.
    pub(crate) fn unwrapped(self, wrappers: &[&str]) -> Self {
        let mut map = self.map;
        while let Some(inner) = wrappers.iter().find_map(|name| map.get(*name)?.as_object()) {
            map = inner;
        }
        Self { map, ..self }
    }

    /// The same members, whose losses are said of `losses`, from here on.
    pub(crate) fn with_losses<'b>(&self, losses: &'b Losses) -> Members<'b>
    where
        'a: 'b,
    {
        Members {
            map: self.map,
            place: Place::ROOT,
            losses,
            casing: self.casing,
            are_chosen: self.are_chosen,
        }
    }

    /// A member's value, unless it is null or an empty text.
    pub(crate) fn value(&self, name: &str) -> Option<&'a Value> {
        self.find(name).filter(|value| {
            !value.is_null() && value.as_str().is_none_or(|text| !text.trim().is_empty())
        })
    }

    /// Whether a member is there at all, if only as null.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// Whether a member tells anything: it is neither null nor empty.
    pub(crate) fn says(&self, name: &str) -> bool {
        self.value(name).is_some_and(|value| match value {
            Value::Array(items) => !items.is_empty(),
            Value::Object(members) => !members.is_empty(),
            _ => true,
        })
    }

    fn find(&self, name: &str) -> Option<&'a Value> {
        debug_assert!(
            !self.are_chosen || kept::is_read(name),
            "{name} is passed over: add it to `reading::kept::READ`"
        );
        let exact = self.map.get(name);
        if self.casing == Casing::Exact || exact.is_some() {
            return exact;
        }
        let mut letters = name.chars();
        let first = letters.next()?;
        let capital: String = first.to_uppercase().chain(letters).collect();
        self.map.get(&capital)
    }

    /// Says that a member could not be read.
    pub(crate) fn lost(&self, name: &'static str, why: LossReason) {
        self.losses.add(&self.place.member(name), why);
    }

    /// Reads a member, which is lost for the reason that `read` gives.
    fn read<T>(
        &self,
        name: &'static str,
        read: impl FnOnce(&'a Value) -> Result<T, LossReason>,
    ) -> Option<T> {
        read(self.value(name)?)
            .map_err(|why| self.lost(name, why))
            .ok()
    }

    /// A text as it stands.
    pub(crate) fn raw(&self, name: &'static str) -> Option<&'a str> {
        self.read(name, |value| value.as_str().ok_or(LossReason::WrongType))
    }

    /// A text on one line.
    pub(crate) fn text(&self, name: &'static str) -> Option<Personal> {
        self.raw(name).map(|text| on_one_line(text).as_ref().into())
    }

    /// A text that may have several lines.
    pub(crate) fn memo(&self, name: &'static str) -> Option<Personal> {
        self.raw(name).map(|text| on_lines(text).as_str().into())
    }

    /// A word of a list, in lower case.
    pub(crate) fn word(&self, name: &'static str) -> Option<String> {
        self.raw(name).map(|word| on_one_line(word).to_lowercase())
    }

    /// An id: text, or a whole number.
    pub(crate) fn id(&self, name: &'static str) -> Option<Personal> {
        self.read(name, id)
    }

    /// How many of something.
    pub(crate) fn count(&self, name: &'static str) -> Option<u32> {
        self.read(name, |value| {
            let count = match value {
                Value::String(text) => text.trim().parse().ok(),
                Value::Number(number) => number.as_u64().and_then(|count| count.try_into().ok()),
                _ => return Err(LossReason::WrongType),
            };
            count.ok_or(LossReason::NotANumber)
        })
    }

    /// Yes or no, as JSON or as text.
    pub(crate) fn flag(&self, name: &'static str) -> Option<bool> {
        self.read(name, |value| match value {
            Value::Bool(flag) => Ok(*flag),
            Value::String(text) if text == "true" => Ok(true),
            Value::String(text) if text == "false" => Ok(false),
            _ => Err(LossReason::WrongType),
        })
    }

    /// An amount in the major unit.
    pub(crate) fn money(&self, name: &'static str, currency: &Currency) -> Option<Money> {
        self.read(name, |value| {
            let digits: Cow<'_, str> = match value {
                Value::String(text) => text.trim().into(),
                Value::Number(number) => decimal(number).ok_or(LossReason::NotANumber)?.into(),
                _ => return Err(LossReason::WrongType),
            };
            Money::parse(&digits, currency.clone()).map_err(|_| LossReason::NotANumber)
        })
    }

    /// A time with the offset of the clock that it was written by.
    pub(crate) fn time(&self, name: &'static str) -> Option<ShopTime> {
        self.read(name, |value| {
            let text = value.as_str().ok_or(LossReason::WrongType)?;
            time(text.trim()).ok_or(LossReason::NotADate)
        })
    }

    /// An instant: as text, or in seconds since 1970.
    pub(crate) fn instant(&self, name: &'static str) -> Option<DateTime<Utc>> {
        let at = self.read(name, |value| match value {
            Value::String(text) => time(text.trim())
                .map(|time| time.at)
                .ok_or(LossReason::NotADate),
            Value::Number(seconds) => instant(seconds).ok_or(LossReason::NotADate),
            _ => Err(LossReason::WrongType),
        })?;
        // What Connect writes where it has no time (its documentation, "Contact events").
        (at.timestamp_millis() > 1).then_some(at)
    }

    /// The address of a page.
    pub(crate) fn url(&self, name: &'static str) -> Option<WebUrl> {
        self.read(name, url)
    }

    /// What stands in an object.
    pub(crate) fn within<T>(
        &self,
        name: &'static str,
        read: impl FnOnce(&Members<'_>) -> T,
    ) -> Option<T> {
        let value = self.value(name)?;
        let members = Members::of(value, self.place.member(name), self.losses)?;
        Some(read(&members.like(self)))
    }

    /// What stands in the objects of a list.
    pub(crate) fn each<T>(
        &self,
        name: &'static str,
        mut read: impl FnMut(&Members<'_>) -> Option<T>,
    ) -> Vec<T> {
        let Some(items) = self.list(name) else {
            return Vec::new();
        };
        let place = self.place.member(name);
        let mut found = Vec::with_capacity(items.len());
        for (position, item) in items.iter().enumerate() {
            if item.is_null() {
                continue;
            }
            let members = Members::of(item, place.item(position), self.losses);
            found.extend(members.and_then(|members| read(&members.like(self))));
        }
        found
    }

    /// A list of ids; one that is none is lost.
    pub(crate) fn ids(&self, name: &'static str) -> Vec<Personal> {
        self.each_value(name, id)
    }

    /// A list of addresses of pages; one that is none is lost.
    pub(crate) fn urls(&self, name: &'static str) -> Vec<WebUrl> {
        self.each_value(name, url)
    }

    fn each_value<T>(
        &self,
        name: &'static str,
        read: impl Fn(&Value) -> Result<T, LossReason>,
    ) -> Vec<T> {
        let place = self.place.member(name);
        let items = self.list(name).unwrap_or_default().iter().enumerate();
        let read = |(position, item)| {
            read(item)
                .map_err(|why| self.losses.add(&place.item(position), why))
                .ok()
        };
        items
            .filter(|(_, item)| !item.is_null() && item.as_str() != Some(""))
            .filter_map(read)
            .collect()
    }

    /// A list.
    pub(crate) fn list(&self, name: &'static str) -> Option<&'a [Value]> {
        self.read(name, |value| {
            value
                .as_array()
                .map(Vec::as_slice)
                .ok_or(LossReason::WrongType)
        })
    }

    /// What stands in the object of an item of `ListProfileObjects`: JSON within a text, of the
    /// type that was asked for.
    pub(crate) fn object<T>(
        &self,
        object_type: &str,
        read: impl FnOnce(&Members<'_>) -> Option<T>,
    ) -> Option<T> {
        if self
            .raw("ObjectTypeName")
            .is_some_and(|name| name != object_type)
        {
            self.lost("ObjectTypeName", LossReason::UnknownObject);
            return None;
        }
        let Some(text) = self.raw("Object") else {
            self.lost("Object", LossReason::Missing);
            return None;
        };
        let Ok(object) = kept::from_str(text) else {
            self.lost("Object", LossReason::NotJson);
            return None;
        };
        let members = Members::of(&object, self.place.member("Object"), self.losses)?;
        read(&Members {
            are_chosen: true,
            ..members
        })
    }

    /// All members, whatever they are called.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&'a str, &'a Value)> {
        self.map.iter().map(|(name, value)| (name.as_str(), value))
    }
}

#[cfg(test)]
mod tests;
