//! Objects: what was put under a profile, and the orders that were mapped from it.

use std::collections::BTreeSet;

use rusqlite::{OptionalExtension as _, params};
use serde_json::{Value, json};

use super::key::{self, ContentType, Origin};
use super::mapping::find;
use super::object_type::{MOST_OBJECTS, ObjectType, StandardIdentifier};
use super::order::Order;
use super::page::Page;
use super::store::Domain;
use super::{Outcome, bad_request, constraint, not_found, profile, standard};
use crate::aws::ApiRequest;

/// Bytes of an object.
const MOST_BYTES: usize = 256_000;
/// Bytes of all objects of a profile.
const MOST_PROFILE_BYTES: i64 = 51_200 * 1024;
/// Where an event of AppIntegrations holds the object itself; the envelope is not kept.
const PAYLOAD: &str = "/detail/event/detail/payload";
const ORDER: &str = "_order";

/// A key that an object has.
#[derive(Debug)]
struct ObjectKey<'a> {
    name: &'a str,
    content: ContentType,
    identifiers: &'a [StandardIdentifier],
    text: String,
}

impl ObjectKey<'_> {
    fn is(&self, identifier: StandardIdentifier) -> bool {
        self.identifiers.contains(&identifier)
    }
}

/// `PutProfileObject`.
pub(super) fn put(domain: &Domain<'_>, request: &ApiRequest) -> Outcome<Value> {
    let body = constraint::members(&request.body)?;
    let name = constraint::required(body, "ObjectTypeName", constraint::TEXT)?;
    constraint::type_name("ObjectTypeName", name)?;
    let text = constraint::required(body, "Object", (1, MOST_BYTES))?;
    let object: Value =
        serde_json::from_str(text).map_err(|_| bad_request("Object is not valid JSON"))?;
    if !object.is_object() {
        return Err(bad_request("Object is not a JSON object"));
    }
    match ingest(domain, name, &object, None)? {
        Some(unique_key) => Ok(json!({ "ProfileObjectUniqueKey": unique_key })),
        None => Err(bad_request(
            "No profile matches, and the object type creates none",
        )),
    }
}

/// Files an object: finds or makes its profile, tells the profile and the order what it says.
/// `None`: it has no profile, and its type makes none.
///
/// `kept` is what lists show, where that is not what the object type reads.
pub(super) fn ingest(
    domain: &Domain<'_>,
    type_name: &str,
    object: &Value,
    kept: Option<String>,
) -> Outcome<Option<String>> {
    let types = domain.types()?;
    let Some(kind) = types.find(type_name) else {
        return Err(not_found("Object type not found"));
    };
    let keys = keys_of(kind, object);
    let Some(unique) = keys.iter().find(|key| key.is(StandardIdentifier::Unique)) else {
        return Err(bad_request(
            "The object has no value for the UNIQUE key of its type",
        ));
    };
    let unique_key = domain.unique_key(&[type_name, &unique.text]);
    let existing = existing(domain, type_name, &unique_key)?;
    let owner = owner(domain, &keys, existing.map(|(_, profile)| profile))?;
    let (profile, is_new) = match owner {
        Some(profile) => (profile, false),
        None if kind.allow_profile_creation => (profile::insert(domain)?, true),
        None => return Ok(None),
    };
    let text = match kept {
        Some(text) => text,
        None => serde_json::to_string(object.pointer(PAYLOAD).unwrap_or(object))?,
    };
    let number = write(domain, (profile, None), (type_name, &unique_key), &text)?;
    check_quota(domain, kind, profile)?;
    let kept_key = |key: &&ObjectKey<'_>| {
        !key.is(StandardIdentifier::LookupOnly) && (is_new || !key.is(StandardIdentifier::NewOnly))
    };
    let kept_keys: Vec<_> = keys.iter().filter(kept_key).collect();
    for key in &kept_keys {
        key::enter(
            domain,
            profile,
            Origin::Object(number),
            (key.name, key.content),
            &key.text,
        )?;
    }
    if is_new || !kind.holds_contact_records() {
        tell_profile(domain, kind, object, profile)?;
    }
    if kind
        .fields
        .values()
        .any(|field| field.target.starts_with("_order."))
    {
        let id = domain.id(&[ORDER, type_name, &unique.text]);
        let order = tell_order(domain, kind, object, (profile, number), &id)?;
        let own = ("_orderId", ContentType::String);
        key::enter(domain, profile, Origin::Object(order), own, &id)?;
        for key in kept_keys {
            key::enter(
                domain,
                profile,
                Origin::Object(order),
                (key.name, key.content),
                &key.text,
            )?;
        }
    }
    Ok(Some(unique_key))
}

/// `ListProfileObjects`.
pub(super) fn list(domain: &Domain<'_>, request: &ApiRequest) -> Outcome<Value> {
    let body = constraint::members(&request.body)?;
    let name = constraint::required(body, "ObjectTypeName", constraint::TEXT)?;
    constraint::type_name("ObjectTypeName", name)?;
    let id = constraint::profile_id(body, "ProfileId")?;
    let types = domain.types()?;
    if !matches!(name, ORDER | "_asset" | "_case" | "_profile") && types.find(name).is_none() {
        return Err(not_found("Object type not found"));
    }
    let filter = match constraint::object(body, "ObjectFilter")? {
        None => None,
        Some(filter) => {
            let key = constraint::required_name(filter, "KeyName")?;
            let content = types.names.content(key)?;
            let values: Vec<String> = constraint::values(filter, "Values")?
                .into_iter()
                .filter_map(|value| key::normalised(content, value, domain.settings.choices))
                .collect();
            Some((key, serde_json::to_string(&values)?))
        }
    };
    let page = Page::of(domain, request, domain.settings.choices.objects_per_page)?;
    let profile = profile::number_of(domain, id)?;
    let (rank, number) = page.after;
    let mut select = domain.rows.prepare_cached(
        "select rank, number, unique_key, body from object
         where profile = ?1 and type = ?2 and (rank, number) > (?3, ?4)
            and (?5 is null or number in (
                select object from key
                where name = ?5 and value in (select value from json_each(?6))))
         order by rank, number limit ?7",
    )?;
    let (key, values) = filter.unzip();
    let rows = select.query_map(
        params![profile, name, rank, number, key, values, page.fetched()],
        |row| {
            let item = json!({
                "ObjectTypeName": name,
                "ProfileObjectUniqueKey": row.get::<_, String>(2)?,
                "Object": row.get::<_, String>(3)?,
            });
            Ok(((row.get(0)?, row.get(1)?), item))
        },
    )?;
    let items = rows.collect::<Result<Vec<_>, _>>()?;
    Ok(page.reply(items))
}

/// `DeleteProfileObject`: with the order that was mapped from it.
pub(super) fn delete(domain: &Domain<'_>, request: &ApiRequest) -> Outcome<Value> {
    let body = constraint::members(&request.body)?;
    let id = constraint::profile_id(body, "ProfileId")?;
    let unique_key = constraint::required(body, "ProfileObjectUniqueKey", constraint::TEXT)?;
    let name = constraint::required(body, "ObjectTypeName", constraint::TEXT)?;
    constraint::type_name("ObjectTypeName", name)?;
    let profile = profile::number_of(domain, id)?;
    let deleted = domain.rows.execute(
        "delete from object where profile = ?1 and type = ?2 and unique_key = ?3",
        params![profile, name, unique_key],
    )?;
    if deleted == 0 {
        return Err(not_found("Profile object not found"));
    }
    Ok(json!({ "Message": "OK" }))
}

fn keys_of<'a>(kind: &'a ObjectType, object: &Value) -> Vec<ObjectKey<'a>> {
    let mut found = Vec::new();
    for (name, content) in kind.key_contents() {
        for key in kind.keys.get(name).into_iter().flatten() {
            let texts: Option<Vec<String>> = key
                .field_names
                .iter()
                .map(|field| find(&kind.fields.get(field)?.source, object).text())
                .collect();
            if let Some(texts) = texts.filter(|texts| !texts.is_empty()) {
                found.push(ObjectKey {
                    name,
                    content,
                    identifiers: &key.standard_identifiers,
                    text: texts.join(" "),
                });
            }
        }
    }
    found
}

fn existing(domain: &Domain<'_>, type_name: &str, unique_key: &str) -> Outcome<Option<(i64, i64)>> {
    let mut select = domain
        .rows
        .prepare_cached("select number, profile from object where type = ?1 and unique_key = ?2")?;
    let row = select.query_row([type_name, unique_key], |row| {
        Ok((row.get(0)?, row.get(1)?))
    });
    Ok(row.optional()?)
}

/// The one profile that the keys find. Where they find several it is the one that has the object
/// already, or none.
fn owner(
    domain: &Domain<'_>,
    keys: &[ObjectKey<'_>],
    current: Option<i64>,
) -> Outcome<Option<i64>> {
    for secondary in [false, true] {
        let mut found = BTreeSet::new();
        for key in keys {
            if key.is(StandardIdentifier::Profile)
                && key.is(StandardIdentifier::Secondary) == secondary
            {
                found.extend(
                    key::holders(domain, (key.name, key.content), &[&key.text])?.into_keys(),
                );
            }
        }
        if current.is_some_and(|profile| found.contains(&profile)) {
            return Ok(current);
        }
        if found.len() == 1 {
            return Ok(found.pop_first());
        }
    }
    Ok(current)
}

/// Stores an object under a profile; `source` is the object that it was mapped from.
fn write(
    domain: &Domain<'_>,
    (profile, source): (i64, Option<i64>),
    (type_name, unique_key): (&str, &str),
    text: &str,
) -> Outcome<i64> {
    if text.len() > MOST_BYTES {
        return Err(bad_request("The object is larger than 250 KB"));
    }
    let mut insert = domain.rows.prepare_cached(
        "insert into object (profile, type, unique_key, rank, source, body, updated_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         on conflict (type, unique_key) do update set
            profile = excluded.profile, body = excluded.body, updated_at = excluded.updated_at
         returning number",
    )?;
    let rank = domain.rank(&[type_name, unique_key]);
    let number = insert.query_row(
        params![
            profile,
            type_name,
            unique_key,
            rank,
            source,
            text,
            domain.epoch()
        ],
        |row| row.get(0),
    )?;
    domain
        .rows
        .prepare_cached("delete from key where object = ?1")?
        .execute([number])?;
    Ok(number)
}

/// Refuses what has just been written if it is too much; the transaction takes it back.
fn check_quota(domain: &Domain<'_>, kind: &ObjectType, profile: i64) -> Outcome<()> {
    let most = kind
        .max_profile_object_count
        .map_or(MOST_OBJECTS, i64::from);
    let mut select = domain.rows.prepare_cached(
        "select (select count(*) from object where profile = ?1 and type = ?2), bytes
         from profile where number = ?1",
    )?;
    let (count, bytes): (i64, i64) = select.query_row(params![profile, kind.name], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    if count > most {
        return Err(bad_request(format!(
            "The profile has {most} objects of this type"
        )));
    }
    if bytes > MOST_PROFILE_BYTES {
        return Err(bad_request("The profile's objects are larger than 50 MB"));
    }
    Ok(())
}

/// Writes the fields that are mapped to the profile. What the object does not know stays.
fn tell_profile(
    domain: &Domain<'_>,
    kind: &ObjectType,
    object: &Value,
    profile: i64,
) -> Outcome<()> {
    let mapped: Vec<_> = kind
        .fields
        .values()
        .filter_map(|field| Some((field.target.strip_prefix("_profile.")?, field)))
        .collect();
    if mapped.is_empty() {
        return Ok(());
    }
    let mut fields = profile::read_fields(domain, profile)?;
    for (path, field) in mapped {
        let Some(text) = find(&field.source, object).text() else {
            continue;
        };
        let choices = domain.settings.choices;
        // "anonymous" is no number.
        if field.content_type == ContentType::PhoneNumber
            && key::normalised(field.content_type, &text, choices).is_none()
        {
            continue;
        }
        if !standard::write_at(&mut fields, path, &text)? {
            return Err(bad_request(format!("A profile has no field {path}")));
        }
    }
    profile::write_fields(domain, profile, &fields)
}

/// Writes the order that is mapped from an object, and says which it is.
fn tell_order(
    domain: &Domain<'_>,
    kind: &ObjectType,
    object: &Value,
    (profile, source): (i64, i64),
    id: &str,
) -> Outcome<i64> {
    let unique_key = domain.unique_key(&[ORDER, id]);
    let known: Option<String> = domain
        .rows
        .prepare_cached("select body from object where type = ?1 and unique_key = ?2")?
        .query_row([ORDER, &unique_key], |row| row.get(0))
        .optional()?;
    let mut order = match known {
        None => Order::new(id),
        Some(text) => Order::parse(&text)?,
    };
    for field in kind.fields.values() {
        let Some(path) = field.target.strip_prefix("_order.") else {
            continue;
        };
        if !Order::has_member(path) {
            return Err(bad_request(format!("An order has no member {path}")));
        }
        order.write(path, find(&field.source, object));
    }
    let text = serde_json::to_string(&order)?;
    write(domain, (profile, Some(source)), (ORDER, &unique_key), &text)
}
