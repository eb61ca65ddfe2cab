//! Profiles: made, changed, read, deleted, and given keys.

use rusqlite::{OptionalExtension as _, params};
use serde_json::{Map, Value, json};

use super::key::{self, Origin, PROFILE_ID};
use super::standard::{self, Emptiness, Fields};
use super::store::Domain;
use super::{Outcome, bad_request, constraint, not_found};
use crate::aws::ApiRequest;

/// Bytes of a profile's fields.
const MOST_FIELDS: usize = 256_000;
/// Profiles of one `BatchGetProfile`, and profiles merged at once.
pub(super) const MOST_AT_ONCE: usize = 20;

/// `CreateProfile`. There is no idempotency token: twice the same makes two profiles.
pub(super) fn create(domain: &Domain<'_>, request: &ApiRequest) -> Outcome<Value> {
    let mut fields = Map::new();
    standard::write(
        &mut fields,
        constraint::members(&request.body)?,
        Emptiness::Refused,
    )?;
    let number = insert(domain)?;
    write_fields(domain, number, &fields)?;
    Ok(json!({ "ProfileId": id_of(domain, number)? }))
}

/// `UpdateProfile`.
pub(super) fn update(domain: &Domain<'_>, request: &ApiRequest) -> Outcome<Value> {
    let body = constraint::members(&request.body)?;
    let id = constraint::profile_id(body, "ProfileId")?;
    let number = number_of(domain, id)?;
    let mut fields = read_fields(domain, number)?;
    standard::write(&mut fields, body, Emptiness::Clears)?;
    write_fields(domain, number, &fields)?;
    Ok(json!({ "ProfileId": id }))
}

/// `DeleteProfile`: with everything that belongs to it.
pub(super) fn delete(domain: &Domain<'_>, request: &ApiRequest) -> Outcome<Value> {
    let body = constraint::members(&request.body)?;
    let number = number_of(domain, constraint::profile_id(body, "ProfileId")?)?;
    remove(domain, number)?;
    Ok(json!({ "Message": "OK" }))
}

/// `BatchGetProfile`.
pub(super) fn batch(domain: &Domain<'_>, request: &ApiRequest) -> Outcome<Value> {
    let body = constraint::members(&request.body)?;
    let ids = constraint::values(body, "ProfileIds")?;
    constraint::counted("ProfileIds", ids.len(), MOST_AT_ONCE)?;
    let (mut profiles, mut errors) = (Vec::new(), Vec::new());
    for id in ids {
        constraint::as_profile_id("ProfileIds", id)?;
        match find(domain, id)? {
            Some(number) => profiles.push(shown(id, read_fields(domain, number)?)),
            None => errors.push(json!({
                "Code": "ResourceNotFoundException",
                "Message": "Profile not found",
                "ProfileId": id,
            })),
        }
    }
    Ok(json!({ "Profiles": profiles, "Errors": errors }))
}

/// `AddProfileKey`.
pub(super) fn add_key(domain: &Domain<'_>, request: &ApiRequest) -> Outcome<Value> {
    let body = constraint::members(&request.body)?;
    let id = constraint::profile_id(body, "ProfileId")?;
    let (name, content) = key_of(domain, body)?;
    let values = constraint::values(body, "Values")?;
    let number = number_of(domain, id)?;
    for value in &values {
        if !key::holders(domain, (name, content), &[value])?.contains_key(&number) {
            key::enter(domain, number, Origin::Added, (name, content), value)?;
        }
    }
    Ok(json!({ "KeyName": name, "Values": values }))
}

/// `DeleteProfileKey`. Values that the profile does not have are no error.
pub(super) fn delete_key(domain: &Domain<'_>, request: &ApiRequest) -> Outcome<Value> {
    let body = constraint::members(&request.body)?;
    let id = constraint::profile_id(body, "ProfileId")?;
    let (name, content) = key_of(domain, body)?;
    let values = constraint::values(body, "Values")?;
    let number = number_of(domain, id)?;
    let mut delete = domain
        .rows
        .prepare_cached("delete from key where profile = ?1 and name = ?2 and value = ?3")?;
    for value in values {
        let value = key::normalised(content, value, domain.settings.choices);
        delete.execute(params![number, name, value])?;
    }
    Ok(json!({ "Message": "OK" }))
}

fn key_of<'a>(domain: &Domain<'_>, body: &'a Fields) -> Outcome<(&'a str, key::ContentType)> {
    let name = constraint::required_name(body, "KeyName")?;
    if name == PROFILE_ID {
        return Err(bad_request("A profile's id cannot be changed"));
    }
    Ok((name, domain.types()?.names.content(name)?))
}

/// A new profile that has nothing yet, by number.
pub(super) fn insert(domain: &Domain<'_>) -> Outcome<i64> {
    let ordinal = domain.ordinal()?.to_string();
    let (id, rank) = (
        domain.id(&["profile", &ordinal]),
        domain.rank(&["profile", &ordinal]),
    );
    domain
        .rows
        .prepare_cached("insert into profile (id, rank, fields) values (?1, ?2, '{}')")?
        .execute(params![id, rank])?;
    Ok(domain.rows.last_insert_rowid())
}

pub(super) fn remove(domain: &Domain<'_>, number: i64) -> Outcome<()> {
    domain
        .rows
        .execute("delete from profile where number = ?1", [number])?;
    Ok(())
}

/// The number of a profile, if there is one of that id.
pub(super) fn find(domain: &Domain<'_>, id: &str) -> Outcome<Option<i64>> {
    let mut select = domain
        .rows
        .prepare_cached("select number from profile where id = ?1")?;
    Ok(select.query_row([id], |row| row.get(0)).optional()?)
}

pub(super) fn number_of(domain: &Domain<'_>, id: &str) -> Outcome<i64> {
    find(domain, id)?.ok_or_else(|| not_found("Profile not found"))
}

fn id_of(domain: &Domain<'_>, number: i64) -> Outcome<String> {
    let mut select = domain
        .rows
        .prepare_cached("select id from profile where number = ?1")?;
    Ok(select.query_row([number], |row| row.get(0))?)
}

pub(super) fn read_fields(domain: &Domain<'_>, number: i64) -> Outcome<Fields> {
    let mut select = domain
        .rows
        .prepare_cached("select fields from profile where number = ?1")?;
    let text: String = select.query_row([number], |row| row.get(0))?;
    Ok(serde_json::from_str(&text)?)
}

/// Keeps the fields, and what the profile is found by with them.
pub(super) fn write_fields(domain: &Domain<'_>, number: i64, fields: &Fields) -> Outcome<()> {
    let text = serde_json::to_string(fields)?;
    if text.len() > MOST_FIELDS {
        return Err(bad_request("The profile is larger than 250 KB"));
    }
    domain
        .rows
        .prepare_cached("update profile set fields = ?2 where number = ?1")?
        .execute(params![number, text])?;
    domain
        .rows
        .prepare_cached("delete from key where profile = ?1 and origin = 'field'")?
        .execute([number])?;
    for (name, content, text) in standard::keys(fields) {
        key::enter(domain, number, Origin::Field, (name, content), &text)?;
    }
    Ok(())
}

/// A profile as replies have it.
pub(super) fn shown(id: &str, mut fields: Fields) -> Value {
    fields.insert("ProfileId".to_owned(), Value::from(id));
    Value::Object(fields)
}
