//! `SearchProfiles`.
//!
//! Up to five groups of key and values, joined by one operator. The values of a group are
//! alternatives. No match is an empty list, not an error.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::params;
use serde_json::{Map, Value, json};

use super::key;
use super::page::Page;
use super::profile::shown;
use super::store::Domain;
use super::{Outcome, constraint};
use crate::aws::ApiRequest;

/// Profiles of a page that asks for no number.
const USUAL_PAGE: u32 = 20;
/// Groups besides the first.
const MOST_ADDITIONAL: usize = 4;

/// For each profile found, which values of which keys it was found by.
type FoundBy<'a> = BTreeMap<i64, Vec<(&'a str, Vec<String>)>>;

pub(super) fn search(domain: &Domain<'_>, request: &ApiRequest) -> Outcome<Value> {
    let body = constraint::members(&request.body)?;
    let mut groups = vec![group(body)?];
    if let Some(additional) = constraint::list(body, "AdditionalSearchKeys")? {
        constraint::counted("AdditionalSearchKeys", additional.len(), MOST_ADDITIONAL)?;
        for one in additional {
            let one = one
                .as_object()
                .ok_or_else(|| constraint::malformed("AdditionalSearchKeys"))?;
            groups.push(group(one)?);
        }
    }
    let operator = constraint::text(body, "LogicalOperator", constraint::TEXT)?.unwrap_or("OR");
    constraint::one_of("LogicalOperator", operator, &["AND", "OR"])?;
    let page = Page::of(domain, request, USUAL_PAGE)?;
    let found = match operator {
        "AND" => all_of(domain, &groups)?,
        _ => any_of(domain, &groups)?,
    };
    let mut select = domain
        .rows
        .prepare_cached("select rank, id, fields from profile where number = ?1")?;
    let mut items = Vec::new();
    for (number, by) in found {
        let (rank, id, fields): (i64, String, String) = select
            .query_row(params![number], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })?;
        items.push(((rank, number), (id, fields, by)));
    }
    items.sort_by_key(|(position, _)| *position);
    let after = page.after;
    let rest = items
        .into_iter()
        .filter(|(position, _)| *position > after)
        .take(page.limit + 1);
    let mut shown_items = Vec::new();
    for (position, (id, fields, by)) in rest {
        let mut item = shown(&id, serde_json::from_str(&fields)?);
        let by: Vec<Value> = by
            .iter()
            .map(|(name, values)| json!({ "KeyName": name, "Values": values }))
            .collect();
        if let Some(item) = item.as_object_mut() {
            item.insert("FoundByItems".to_owned(), Value::Array(by));
        }
        shown_items.push((position, item));
    }
    Ok(page.reply(shown_items))
}

fn group(body: &Map<String, Value>) -> Outcome<(&str, Vec<&str>)> {
    Ok((
        constraint::required_name(body, "KeyName")?,
        constraint::values(body, "Values")?,
    ))
}

/// Every group must have found it; then every pair of the request is what it was found by.
fn all_of<'a>(domain: &Domain<'_>, groups: &[(&'a str, Vec<&str>)]) -> Outcome<FoundBy<'a>> {
    let mut found: Option<BTreeSet<i64>> = None;
    for (name, values) in groups {
        let holders = holders(domain, name, values)?;
        found = Some(match found {
            None => holders.into_keys().collect(),
            Some(mut found) => {
                found.retain(|number| holders.contains_key(number));
                found
            }
        });
    }
    let pairs = || {
        let owned = |values: &Vec<&str>| values.iter().map(|&value| value.to_owned()).collect();
        groups
            .iter()
            .map(|(name, values)| (*name, owned(values)))
            .collect()
    };
    Ok(found
        .unwrap_or_default()
        .into_iter()
        .map(|number| (number, pairs()))
        .collect())
}

/// One group must have found it; what it was found by are the values that it has.
fn any_of<'a>(domain: &Domain<'_>, groups: &[(&'a str, Vec<&str>)]) -> Outcome<FoundBy<'a>> {
    let mut found = FoundBy::new();
    for (name, values) in groups {
        for (number, values) in holders(domain, name, values)? {
            found.entry(number).or_default().push((*name, values));
        }
    }
    Ok(found)
}

fn holders(
    domain: &Domain<'_>,
    name: &str,
    values: &[&str],
) -> Outcome<BTreeMap<i64, Vec<String>>> {
    let content = domain.types()?.names.content(name)?;
    key::holders(domain, (name, content), values)
}
