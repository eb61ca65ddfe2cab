//! Calculated attributes: figures about a profile's objects, worked out when they are asked for.
//!
//! A domain has the ones of "Default calculated attributes" of the administrator's guide that
//! contact records feed, and one of the shop.

use rusqlite::{OptionalExtension as _, params};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::page::Page;
use super::store::Domain;
use super::{Outcome, constraint, not_found, profile};
use crate::aws::ApiRequest;

/// What a calculated attribute is worked out from.
#[derive(Debug, Serialize, Deserialize)]
struct Definition {
    display_name: String,
    /// The object type whose objects count.
    object_type: String,
    /// A member that must have this value, as pointer and text.
    only: Option<(String, String)>,
    /// The member that is averaged, as a pointer; without one objects are counted.
    averaged: Option<String>,
    /// Days that are looked back.
    days: u32,
}

/// The instant of the last object, and whether it is all known, beside the value.
type Figure = (String, Option<f64>);

pub(super) fn provide(domain: &Domain<'_>) -> Outcome<()> {
    let channel = |name: &str| Some(("/channel".to_owned(), name.to_owned()));
    let records = |display_name: &str, only, averaged: Option<&str>| Definition {
        display_name: display_name.to_owned(),
        object_type: "CTR".to_owned(),
        only,
        averaged: averaged.map(ToOwned::to_owned),
        days: 366,
    };
    let talk = "/agent/agentInteractionDuration";
    let orders = Definition {
        object_type: "_order".to_owned(),
        ..records("Orders count", None, None)
    };
    let hold = "/agent/customerHoldDuration";
    for (name, definition) in [
        (
            "_calls_count",
            records("Calls count", channel("VOICE"), None),
        ),
        (
            "_chats_count",
            records("Chats count", channel("CHAT"), None),
        ),
        (
            "_average_call_duration",
            records("Average call duration", channel("VOICE"), Some(talk)),
        ),
        (
            "_average_hold_time",
            records("Average hold time", channel("VOICE"), Some(hold)),
        ),
        ("orders_count", orders),
    ] {
        domain.rows.execute(
            "insert into calculated_attribute values (?1, ?2)",
            params![name, serde_json::to_string(&definition)?],
        )?;
    }
    Ok(())
}

/// `ListCalculatedAttributesForProfile`.
pub(super) fn list(domain: &Domain<'_>, id: &str, request: &ApiRequest) -> Outcome<Value> {
    constraint::as_profile_id("profileId", id)?;
    let page = Page::of(domain, request, 100)?;
    let number = profile::number_of(domain, id)?;
    let mut select = domain
        .rows
        .prepare_cached("select name, definition from calculated_attribute")?;
    let mut rows = select.query([])?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        let name: String = row.get(0)?;
        let definition: Definition = serde_json::from_str(&row.get::<_, String>(1)?)?;
        let position = (domain.rank(&["calculated", &name]), 0);
        items.push((position, reply(domain, number, &name, &definition)?));
    }
    Ok(page.cut(items))
}

/// `GetCalculatedAttributeForProfile`.
pub(super) fn get(domain: &Domain<'_>, id: &str, name: &str) -> Outcome<Value> {
    constraint::as_profile_id("profileId", id)?;
    constraint::type_name("calculatedAttributeName", name)?;
    let definition: Option<String> = domain
        .rows
        .prepare_cached("select definition from calculated_attribute where name = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()?;
    let definition = definition.ok_or_else(|| not_found("Calculated attribute not found"))?;
    let number = profile::number_of(domain, id)?;
    reply(domain, number, name, &serde_json::from_str(&definition)?)
}

fn reply(domain: &Domain<'_>, profile: i64, name: &str, definition: &Definition) -> Outcome<Value> {
    let (value, last) = figure(domain, profile, definition)?;
    let mut reply = json!({
        "CalculatedAttributeName": name,
        "DisplayName": definition.display_name,
        "IsDataPartial": "false",
        "Value": value,
    });
    if let (Some(reply), Some(last)) = (reply.as_object_mut(), last) {
        reply.insert("LastObjectTimestamp".to_owned(), json!(last));
    }
    Ok(reply)
}

fn figure(domain: &Domain<'_>, profile: i64, definition: &Definition) -> Outcome<Figure> {
    let since = domain.epoch() - f64::from(definition.days) * 86_400.0;
    let mut select = domain.rows.prepare_cached(
        "select body, updated_at from object
         where profile = ?1 and type = ?2 and updated_at >= ?3",
    )?;
    let mut rows = select.query(params![profile, definition.object_type, since])?;
    let (mut count, mut sum, mut last) = (0_u32, 0.0, None::<f64>);
    while let Some(row) = rows.next()? {
        let body: Value = serde_json::from_str(&row.get::<_, String>(0)?)?;
        if let Some((member, value)) = &definition.only
            && member_of(&body, member).and_then(Value::as_str) != Some(value)
        {
            continue;
        }
        if let Some(averaged) = &definition.averaged {
            let Some(number) = member_of(&body, averaged).and_then(Value::as_f64) else {
                continue;
            };
            sum += number;
        }
        count += 1;
        let updated_at: f64 = row.get(1)?;
        last = Some(last.map_or(updated_at, |last| last.max(updated_at)));
    }
    let value = match definition.averaged {
        None => count.to_string(),
        Some(_) if count == 0 => String::new(),
        Some(_) => (sum / f64::from(count)).to_string(),
    };
    Ok((value, last))
}

/// A contact record has its members in either casing.
fn member_of<'a>(body: &'a Value, pointer: &str) -> Option<&'a Value> {
    body.pointer(pointer).or_else(|| {
        let parts = pointer.split('/').map(|part| {
            let mut letters = part.chars();
            let first = letters.next().map(|c| c.to_ascii_uppercase());
            first.into_iter().chain(letters).collect::<String>()
        });
        body.pointer(&parts.collect::<Vec<_>>().join("/"))
    })
}
