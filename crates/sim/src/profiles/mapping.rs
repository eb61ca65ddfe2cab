//! What an object type's fields find in an object.
//!
//! A source is a path from `_source`, or text with Handlebars expressions. Of Handlebars the
//! simulator reads what the templates use: `{{path}}` and `{{#if path}}…{{else}}…{{/if}}`. Where a
//! path goes through an array, `[]` stands behind it; the service's own notation for that is not
//! documented.

use serde_json::Value;

const ROOT: &str = "_source";

/// What a source found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    /// The object does not mention it.
    Absent,
    /// A value as text, or that there is none.
    One(Option<String>),
    /// The values of an array's items.
    Each(Vec<Option<String>>),
    /// What holds because the object does not mention something, unless more was known before.
    Otherwise(String),
}

impl Found {
    /// The text, if there is one.
    pub(super) fn text(self) -> Option<String> {
        match self {
            Self::One(text) => text.filter(|text| !text.is_empty()),
            Self::Otherwise(text) => Some(text).filter(|text| !text.is_empty()),
            Self::Absent | Self::Each(_) => None,
        }
    }
}

/// Evaluates a source in an object.
pub(super) fn find(source: &str, object: &Value) -> Found {
    if !source.contains("{{") {
        return at(source, object);
    }
    if let Some((path, then, otherwise)) = condition(source) {
        return match at(path, object) {
            Found::Absent => Found::Otherwise(otherwise.to_owned()),
            found if found.clone().text().is_some() => Found::One(Some(then.to_owned())),
            _ => Found::One(Some(otherwise.to_owned())),
        };
    }
    let mut text = String::new();
    let mut rest = source;
    while let Some((before, (path, after))) = rest
        .split_once("{{")
        .and_then(|(before, rest)| Some((before, rest.split_once("}}")?)))
    {
        text.push_str(before);
        text.push_str(&at(path.trim(), object).text().unwrap_or_default());
        rest = after;
    }
    text.push_str(rest);
    Found::One(Some(text).filter(|text| !text.is_empty()))
}

/// Whether the simulator reads that source.
pub(super) fn is_readable(source: &str) -> bool {
    let path = |path: &str| path == ROOT || path.starts_with("_source.");
    if !source.contains("{{") {
        return path(source);
    }
    match condition(source) {
        Some((tested, _, _)) => path(tested),
        None => source.split("{{").skip(1).all(|rest| {
            rest.split_once("}}")
                .is_some_and(|(found, _)| path(found.trim()))
        }),
    }
}

fn condition(source: &str) -> Option<(&str, &str, &str)> {
    let (path, rest) = source.strip_prefix("{{#if ")?.split_once("}}")?;
    let (then, otherwise) = rest.strip_suffix("{{/if}}")?.split_once("{{else}}")?;
    Some((path.trim(), then, otherwise))
}

fn at(path: &str, object: &Value) -> Found {
    let Some(path) = path.strip_prefix("_source.") else {
        return Found::Absent;
    };
    match path.split_once("[].") {
        None => walk(path, object).map_or(Found::Absent, |value| Found::One(as_text(value))),
        Some((list, member)) => match walk(list, object) {
            None => Found::Absent,
            Some(list) => {
                let items = list.as_array().into_iter().flatten();
                Found::Each(
                    items
                        .map(|item| walk(member, item).and_then(as_text))
                        .collect(),
                )
            }
        },
    }
}

/// A member of a `null` is a `null`; a member that is not mentioned is nothing.
fn walk<'a>(path: &str, object: &'a Value) -> Option<&'a Value> {
    path.split('.').try_fold(object, |place, name| match place {
        Value::Null => Some(place),
        _ => place.get(name),
    })
}

fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    fn one(text: &str) -> Found {
        Found::One(Some(text.to_owned()))
    }

    #[rstest]
    #[case::text("_source.a.name", one("x"))]
    #[case::number_beyond_a_double("_source.id", one("820982911946154509"))]
    #[case::null("_source.none", Found::One(None))]
    #[case::below_null("_source.none.city", Found::One(None))]
    #[case::absent("_source.a.other", Found::Absent)]
    #[case::items("_source.items[].price", Found::Each(vec![Some("5".to_owned()), None]))]
    #[case::if_there("{{#if _source.id}}yes{{else}}no{{/if}}", one("yes"))]
    #[case::if_not("{{#if _source.none}}yes{{else}}no{{/if}}", one("no"))]
    #[case::if_unmentioned(
        "{{#if _source.other}}yes{{else}}no{{/if}}",
        Found::Otherwise("no".to_owned())
    )]
    #[case::joined("{{_source.a.name}}-{{_source.id}}", one("x-820982911946154509"))]
    fn a_source_finds_what_it_names(#[case] source: &str, #[case] found: Found) {
        let object = json!({
            "a": { "name": "x" },
            "id": 820_982_911_946_154_509_u64,
            "none": null,
            "items": [{ "price": "5" }, { "price": null }],
        });
        assert!(is_readable(source));
        assert_eq!(find(source, &object), found);
    }

    #[rstest]
    #[case::other_helper("{{#each _source.items}}x{{/each}}")]
    #[case::not_from_the_source("detail.id")]
    #[case::unclosed("{{_source.id")]
    fn what_the_simulator_cannot_read_is_known(#[case] source: &str) {
        assert!(!is_readable(source));
    }
}
