//! The template's text as a value in which every function is written in its long form: `!Ref a` is
//! `{"Ref": "a"}`, `!Sub a` is `{"Fn::Sub": "a"}`.

use serde_json::{Map, Value, json};
use serde_yaml_ng::Value as Yaml;

use crate::StackError;

pub(crate) fn read(text: &str) -> Result<Value, StackError> {
    let yaml: Yaml =
        serde_yaml_ng::from_str(text).map_err(|error| StackError::Form(error.to_string()))?;
    convert(yaml)
}

fn convert(yaml: Yaml) -> Result<Value, StackError> {
    Ok(match yaml {
        Yaml::Null => Value::Null,
        Yaml::Bool(flag) => flag.into(),
        Yaml::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => whole.into(),
            (None, Some(part)) => part.into(),
            (None, None) => return Err(StackError::Form(format!("the number {number}"))),
        },
        Yaml::String(text) => text.into(),
        Yaml::Sequence(items) => items.into_iter().map(convert).collect::<Result<_, _>>()?,
        Yaml::Mapping(members) => members
            .into_iter()
            .map(|(name, value)| match name {
                Yaml::String(name) => Ok((name, convert(value)?)),
                other => Err(StackError::Form(format!("the key {other:?}"))),
            })
            .collect::<Result<Map<_, _>, _>>()?
            .into(),
        Yaml::Tagged(tagged) => {
            let tag = tagged.tag.to_string();
            let name = tag.trim_start_matches('!');
            let value = convert(tagged.value)?;
            match (name, &value) {
                ("Ref" | "Condition", _) => json!({ name: value }),
                // `!GetAtt Resource.Attribute`: the first point divides.
                ("GetAtt", Value::String(path)) => {
                    let parts = path.split_once('.');
                    let (resource, attribute) =
                        parts.ok_or_else(|| StackError::Form(format!("!GetAtt {path}")))?;
                    json!({ "Fn::GetAtt": [resource, attribute] })
                }
                _ => json!({ format!("Fn::{name}"): value }),
            }
        }
    })
}
