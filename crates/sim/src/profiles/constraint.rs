//! What the service's model says of members: required, length, characters. Its words for a
//! violation name the member as AWS's validation does.

use serde_json::{Map, Value};

use super::{Outcome, bad_request};
use crate::aws::ApiError;

/// Lengths of the model's `string1To255`, in characters.
pub(super) const TEXT: (usize, usize) = (1, 255);

type Body = Map<String, Value>;

/// A body must be an object.
pub(super) fn members(body: &Value) -> Outcome<&Body> {
    body.as_object().ok_or_else(|| malformed("the body"))
}

/// A member that may be left out.
pub(super) fn text<'a>(
    body: &'a Body,
    member: &str,
    length: (usize, usize),
) -> Outcome<Option<&'a str>> {
    match body.get(member) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => {
            within(member, text, length)?;
            Ok(Some(text))
        }
        Some(_) => Err(malformed(member)),
    }
}

/// A member that must be there.
pub(super) fn required<'a>(
    body: &'a Body,
    member: &str,
    length: (usize, usize),
) -> Outcome<&'a str> {
    text(body, member, length)?.ok_or_else(|| missing(member))
}

/// A `ProfileId`, which must be there.
pub(super) fn profile_id<'a>(body: &'a Body, member: &str) -> Outcome<&'a str> {
    let id = required(body, member, (32, 32))?;
    as_profile_id(member, id)?;
    Ok(id)
}

pub(super) fn as_profile_id(member: &str, id: &str) -> Outcome<()> {
    let hexadecimal = |c: char| matches!(c, 'a'..='f' | '0'..='9');
    if id.len() == 32 && id.chars().all(hexadecimal) {
        return Ok(());
    }
    Err(unfit(member, "[a-f0-9]{32}"))
}

/// The model's `name`: a domain, a key, a template.
pub(super) fn name(member: &str, name: &str) -> Outcome<()> {
    within(member, name, (1, 64))?;
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if name.chars().all(fits) {
        return Ok(());
    }
    Err(unfit(member, "^[a-zA-Z0-9_-]+$"))
}

/// A member of the model's `name`, which must be there.
pub(super) fn required_name<'a>(body: &'a Body, member: &str) -> Outcome<&'a str> {
    let found = required(body, member, (1, 64))?;
    name(member, found)?;
    Ok(found)
}

/// The model's `typeName`.
pub(super) fn type_name(member: &str, name: &str) -> Outcome<()> {
    within(member, name, TEXT)?;
    let mut letters = name.chars();
    let first = letters
        .next()
        .is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
    if first && letters.all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')) {
        return Ok(());
    }
    Err(unfit(member, "^[a-zA-Z_][a-zA-Z_0-9-]*$"))
}

/// An array of objects or of texts; an empty one is left to the caller.
pub(super) fn list<'a>(body: &'a Body, member: &str) -> Outcome<Option<&'a [Value]>> {
    match body.get(member) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Array(items)) => Ok(Some(items)),
        Some(_) => Err(malformed(member)),
    }
}

/// An object inside the body.
pub(super) fn object<'a>(body: &'a Body, member: &str) -> Outcome<Option<&'a Body>> {
    match body.get(member) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(members)) => Ok(Some(members)),
        Some(_) => Err(malformed(member)),
    }
}

/// The model's `requestValueList`, which must hold something to look for.
pub(super) fn values<'a>(body: &'a Body, member: &str) -> Outcome<Vec<&'a str>> {
    let items = list(body, member)?.ok_or_else(|| missing(member))?;
    if items.is_empty() {
        return Err(violated(
            member,
            "Member must have length greater than or equal to 1",
        ));
    }
    let text = |item: &'a Value| {
        let text = item.as_str().ok_or_else(|| malformed(member))?;
        within(member, text, TEXT)?;
        Ok(text)
    };
    items.iter().map(text).collect()
}

/// The number of items of a list.
pub(super) fn counted(member: &str, count: usize, most: usize) -> Outcome<()> {
    if count < 1 {
        return Err(violated(
            member,
            "Member must have length greater than or equal to 1",
        ));
    }
    if count > most {
        let most = format!("Member must have length less than or equal to {most}");
        return Err(violated(member, &most));
    }
    Ok(())
}

/// One of the names of an enumeration.
pub(super) fn one_of(member: &str, found: &str, names: &[&str]) -> Outcome<()> {
    if names.contains(&found) {
        return Ok(());
    }
    let names = names.join(", ");
    Err(violated(
        member,
        &format!("Member must satisfy enum value set: [{names}]"),
    ))
}

pub(super) fn within(member: &str, text: &str, (least, most): (usize, usize)) -> Outcome<()> {
    let length = text.chars().count();
    if length < least {
        let least = format!("Member must have length greater than or equal to {least}");
        return Err(violated(member, &least));
    }
    if length > most {
        let most = format!("Member must have length less than or equal to {most}");
        return Err(violated(member, &most));
    }
    Ok(())
}

pub(super) fn missing(member: &str) -> super::Failure {
    violated(member, "Member must not be null")
}

/// JSON of another type than the member's: the service's parser refuses it before any check.
pub(super) fn malformed(member: &str) -> super::Failure {
    ApiError::bad(
        "SerializationException",
        format!("{member} has another type"),
    )
    .into()
}

fn unfit(member: &str, pattern: &str) -> super::Failure {
    violated(
        member,
        &format!("Member must satisfy regular expression pattern: {pattern}"),
    )
}

fn violated(member: &str, constraint: &str) -> super::Failure {
    let mut letters = member.chars();
    let first = letters.next().map(|c| c.to_ascii_lowercase());
    let member: String = first.into_iter().chain(letters).collect();
    bad_request(format!(
        "1 validation error detected: Value at '{member}' failed to satisfy constraint: {constraint}"
    ))
}
