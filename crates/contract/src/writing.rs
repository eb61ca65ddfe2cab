//! Writes requests, for the desk, which has no serde (ADR 0005).

use std::fmt::Write as _;

use crate::{Link, OpenProfile, ScreenPop, Search, SearchBy};

impl ScreenPop {
    /// The request's body.
    pub fn write(&self) -> String {
        object(&[("contact_id", Some(self.contact_id.as_ref()))])
    }
}

impl OpenProfile {
    /// The request's body.
    pub fn write(&self) -> String {
        object(&[("profile", Some(self.profile.as_str()))])
    }
}

impl Search {
    /// The request's body.
    pub fn write(&self) -> String {
        object(&[
            ("by", Some(self.by.as_str())),
            ("value", Some(self.value.as_str())),
            ("next", self.next.as_deref()),
        ])
    }
}

impl Link {
    /// The request's body.
    pub fn write(&self) -> String {
        object(&[
            ("contact_id", Some(self.contact_id.as_ref())),
            ("profile", Some(self.profile.as_str())),
        ])
    }
}

impl SearchBy {
    /// The word as it stands on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Mail => "mail",
            Self::Name => "name",
            Self::Account => "account",
            Self::Order => "order",
            Self::OrderName => "order_name",
        }
    }
}

/// An object of texts. Names need no escape.
#[inline(never)]
fn object(members: &[(&str, Option<&str>)]) -> String {
    let mut json = String::from("{");
    for (name, value) in members {
        let Some(value) = value else { continue };
        if json.len() > 1 {
            json.push(',');
        }
        json.push('"');
        json.push_str(name);
        json.push_str("\":\"");
        for c in value.chars() {
            match c {
                '"' | '\\' => json.extend(['\\', c]),
                '\0'..' ' => write!(json, "\\u{:04x}", u32::from(c)).unwrap_or_default(),
                c => json.push(c),
            }
        }
        json.push('"');
    }
    json.push('}');
    json
}
