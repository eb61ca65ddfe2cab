//! `MergeProfiles`: several profiles become one, for good.

use std::collections::BTreeSet;

use rusqlite::params;
use serde_json::{Map, Value, json};

use super::object_type::MOST_OBJECTS;
use super::store::Domain;
use super::{Outcome, bad_request, constraint, profile, standard};
use crate::aws::ApiRequest;

pub(super) fn merge(domain: &Domain<'_>, request: &ApiRequest) -> Outcome<Value> {
    let body = constraint::members(&request.body)?;
    let main_id = constraint::profile_id(body, "MainProfileId")?;
    let others = constraint::values(body, "ProfileIdsToBeMerged")?;
    constraint::counted("ProfileIdsToBeMerged", others.len(), profile::MOST_AT_ONCE)?;
    for id in &others {
        constraint::as_profile_id("ProfileIdsToBeMerged", id)?;
    }
    let different: BTreeSet<&str> = others.iter().copied().collect();
    if different.len() != others.len() || different.contains(main_id) {
        return Err(bad_request(
            "A profile cannot be merged with itself, nor twice",
        ));
    }
    let main = profile::number_of(domain, main_id)?;
    let mut fields = profile::read_fields(domain, main)?;
    let mut merged = vec![(main_id, main, fields.clone())];
    for id in others {
        let number = profile::number_of(domain, id)?;
        let theirs = profile::read_fields(domain, number)?;
        standard::unite(&mut fields, &theirs);
        merged.push((id, number, theirs));
    }
    if let Some(sources) = constraint::object(body, "FieldSourceProfileIds")? {
        choose(&mut fields, sources, &merged)?;
    }
    for (_, number, _) in merged.iter().skip(1) {
        domain.rows.execute(
            "update object set profile = ?1 where profile = ?2",
            [main, *number],
        )?;
        // Keys of fields go with the fields, which are indexed anew.
        domain.rows.execute(
            "update key set profile = ?1 where profile = ?2 and origin <> 'field'",
            [main, *number],
        )?;
        profile::remove(domain, *number)?;
    }
    let fullest: i64 = domain.rows.query_row(
        "select coalesce(max(n), 0) from (select count(*) as n from object
            where profile = ?1 and source is null group by type)",
        params![main],
        |row| row.get(0),
    )?;
    if fullest > MOST_OBJECTS {
        return Err(bad_request(
            "The merged profile would have more than 1000 objects of a type",
        ));
    }
    profile::write_fields(domain, main, &fields)?;
    Ok(json!({ "Message": "OK" }))
}

/// Takes the named fields from the named profiles, even where those have none.
fn choose(
    fields: &mut standard::Fields,
    sources: &Map<String, Value>,
    merged: &[(&str, i64, standard::Fields)],
) -> Outcome<()> {
    let of = |id: &Value| {
        let found = merged
            .iter()
            .find(|(known, _, _)| id.as_str() == Some(*known));
        let found = found.map(|(_, _, fields)| fields);
        found.ok_or_else(|| bad_request("FieldSourceProfileIds names a profile that is not merged"))
    };
    for (name, source) in sources {
        match source {
            Value::Object(attributes) if name == "Attributes" => {
                for (attribute, source) in attributes {
                    let theirs = of(source)?
                        .get(name)
                        .and_then(|all| all.get(attribute))
                        .cloned();
                    let ours = fields.entry(name.clone()).or_insert_with(|| json!({}));
                    if let Some(ours) = ours.as_object_mut() {
                        take(ours, attribute, theirs);
                    }
                }
                if fields
                    .get(name)
                    .and_then(Value::as_object)
                    .is_some_and(Map::is_empty)
                {
                    fields.remove(name);
                }
            }
            _ if standard::is_field(name) => {
                let theirs = of(source)?.get(name).cloned();
                take(fields, name, theirs);
            }
            _ => return Err(bad_request(format!("A profile has no field {name}"))),
        }
    }
    Ok(())
}

fn take(fields: &mut standard::Fields, name: &str, value: Option<Value>) {
    match value {
        Some(value) => fields.insert(name.to_owned(), value),
        None => fields.remove(name),
    };
}
