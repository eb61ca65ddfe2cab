//! `CloudFormation`'s functions, as far as the template uses them.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::StackError;

/// What pseudo parameters are where no account is: the numbers of AWS's own documentation.
const PSEUDO: [(&str, &str); 6] = [
    ("AWS::AccountId", "111122223333"),
    ("AWS::Partition", "aws"),
    ("AWS::Region", "ap-northeast-1"),
    ("AWS::StackName", "desk"),
    (
        "AWS::StackId",
        "arn:aws:cloudformation:ap-northeast-1:111122223333:stack/desk/00000000-0000-4000-8000-000000000000",
    ),
    ("AWS::URLSuffix", "amazonaws.com"),
];

const NO_VALUE: &str = "AWS::NoValue";

/// What names stand for.
#[derive(Debug)]
pub(crate) struct Scope<'a> {
    values: BTreeMap<String, Value>,
    conditions: Option<&'a Map<String, Value>>,
    resources: Option<&'a Map<String, Value>>,
}

type Computed = Result<Option<Value>, StackError>;

impl<'a> Scope<'a> {
    pub(crate) fn new(
        template: &'a Value,
        given: &BTreeMap<&str, String>,
    ) -> Result<Self, StackError> {
        let members = |name| template.get(name).and_then(Value::as_object);
        let declared = members("Parameters").ok_or(StackError::Unsaid("its parameters"))?;
        if let Some((name, value)) = given
            .iter()
            .find(|(name, _)| !declared.contains_key(**name))
        {
            return Err(StackError::Parameter((*name).to_owned(), value.clone()));
        }
        let mut values: BTreeMap<_, _> = PSEUDO
            .map(|(name, value)| (name.to_owned(), Value::from(value)))
            .into();
        for (name, parameter) in declared {
            values.insert(
                name.clone(),
                argument(name, parameter, given.get(name.as_str()))?,
            );
        }
        Ok(Self {
            values,
            conditions: members("Conditions"),
            resources: members("Resources"),
        })
    }

    /// The members of a section that are made under the conditions, each of them computed.
    pub(crate) fn section(
        &self,
        template: &Value,
        name: &'static str,
    ) -> Result<Map<String, Value>, StackError> {
        let section = template.get(name).and_then(Value::as_object);
        let mut made = Map::new();
        for (name, member) in section.ok_or(StackError::Unsaid("its resources"))? {
            if let Some(Value::String(condition)) = member.get("Condition")
                && !self.condition(condition)?
            {
                continue;
            }
            if let Some(value) = self.compute(member)? {
                made.insert(name.clone(), value);
            }
        }
        Ok(made)
    }

    fn condition(&self, name: &str) -> Result<bool, StackError> {
        let condition = self.conditions.and_then(|all| all.get(name));
        let condition = condition.ok_or_else(|| unknown("condition", name))?;
        self.holds(condition)
    }

    pub(crate) fn holds(&self, condition: &Value) -> Result<bool, StackError> {
        match function(condition) {
            Some(("Condition", Value::String(name))) => self.condition(name),
            Some(("Fn::Equals", Value::Array(sides))) => match sides.as_slice() {
                // CloudFormation compares as text: a parameter is one, whatever its type.
                [left, right] => Ok(text(self.compute(left)?) == text(self.compute(right)?)),
                _ => Err(uncomputable(condition)),
            },
            Some(("Fn::Not", Value::Array(of))) => match of.as_slice() {
                [one] => self.holds(one).map(|holds| !holds),
                _ => Err(uncomputable(condition)),
            },
            Some((name @ ("Fn::And" | "Fn::Or"), Value::Array(of))) => {
                let all = of.iter().map(|one| self.holds(one));
                let all = all.collect::<Result<Vec<_>, _>>()?;
                Ok(match name {
                    "Fn::And" => all.into_iter().all(|holds| holds),
                    _ => all.into_iter().any(|holds| holds),
                })
            }
            _ => Err(uncomputable(condition)),
        }
    }

    /// The value, or nothing where the template says that there is none.
    fn compute(&self, value: &Value) -> Computed {
        match (function(value), value) {
            (Some((name, argument)), _) => self.call(name, argument),
            (None, Value::Array(items)) => {
                let items = items
                    .iter()
                    .filter_map(|item| self.compute(item).transpose());
                Ok(Some(Value::Array(items.collect::<Result<_, _>>()?)))
            }
            (None, Value::Object(members)) => {
                let mut computed = Map::new();
                for (name, value) in members {
                    if let Some(value) = self.compute(value)? {
                        computed.insert(name.clone(), value);
                    }
                }
                Ok(Some(Value::Object(computed)))
            }
            (None, plain) => Ok(Some(plain.clone())),
        }
    }

    fn call(&self, name: &str, argument: &Value) -> Computed {
        let failed = || StackError::Function(format!("{name} {argument}"));
        let list = argument.as_array().map(Vec::as_slice);
        match (name, list) {
            ("Ref", _) => {
                let name = argument.as_str().ok_or_else(failed)?;
                match name {
                    NO_VALUE => Ok(None),
                    name => self.named(name).map(Some),
                }
            }
            ("Fn::GetAtt", Some([Value::String(resource), Value::String(attribute)])) => {
                self.attribute(resource, attribute).map(Some)
            }
            ("Fn::If", Some([Value::String(condition), yes, no])) => {
                self.compute(if self.condition(condition)? { yes } else { no })
            }
            ("Fn::Sub", None) => {
                let format = argument.as_str().ok_or_else(failed)?;
                self.substitute(format, &Map::new()).map(Some)
            }
            ("Fn::Sub", Some([Value::String(format), Value::Object(own)])) => {
                let mut computed = Map::new();
                for (name, value) in own {
                    computed.insert(name.clone(), self.compute(value)?.ok_or_else(failed)?);
                }
                self.substitute(format, &computed).map(Some)
            }
            ("Fn::Join", Some([Value::String(between), parts])) => {
                let Some(Value::Array(parts)) = self.compute(parts)? else {
                    return Err(failed());
                };
                let parts: Vec<_> = parts.into_iter().map(|part| text(Some(part))).collect();
                Ok(Some(parts.join(between).into()))
            }
            ("Fn::Split", Some([Value::String(between), whole])) => {
                let whole = text(self.compute(whole)?);
                Ok(Some(whole.split(between).map(Value::from).collect()))
            }
            ("Fn::Select", Some([place, parts])) => {
                let place = place.as_u64().and_then(|place| usize::try_from(place).ok());
                let Some(Value::Array(parts)) = self.compute(parts)? else {
                    return Err(failed());
                };
                let part = place.and_then(|place| parts.into_iter().nth(place));
                part.map(Some).ok_or_else(failed)
            }
            _ => Err(failed()),
        }
    }

    fn named(&self, name: &str) -> Result<Value, StackError> {
        if let Some(value) = self.values.get(name) {
            return Ok(value.clone());
        }
        // Only AWS knows what a resource will be called.
        self.has_resource(name)
            .then(|| name.into())
            .ok_or_else(|| unknown("name", name))
    }

    fn attribute(&self, resource: &str, attribute: &str) -> Result<Value, StackError> {
        if !self.has_resource(resource) {
            return Err(unknown("resource", resource));
        }
        let name = format!("{resource}.{attribute}");
        Ok(if attribute.to_ascii_lowercase().ends_with("url") {
            format!("https://{name}/").into()
        } else {
            name.into()
        })
    }

    fn has_resource(&self, name: &str) -> bool {
        self.resources.is_some_and(|all| all.contains_key(name))
    }

    fn substitute(&self, format: &str, own: &Map<String, Value>) -> Result<Value, StackError> {
        let mut done = String::with_capacity(format.len());
        let mut rest = format;
        while let Some((before, after)) = rest.split_once("${") {
            let (name, after) = after
                .split_once('}')
                .ok_or_else(|| StackError::Function(format!("Fn::Sub {format}")))?;
            done.push_str(before);
            let value = match (own.get(name), name.split_once('.')) {
                (Some(value), _) => value.clone(),
                (None, Some((resource, attribute))) => self.attribute(resource, attribute)?,
                (None, None) => self.named(name)?,
            };
            done.push_str(&text(Some(value)));
            rest = after;
        }
        done.push_str(rest);
        Ok(done.into())
    }
}

/// What a parameter is, by what was given for it and what is said of it.
fn argument(name: &str, parameter: &Value, given: Option<&String>) -> Result<Value, StackError> {
    let value = match (given, parameter.get("Default")) {
        (Some(given), _) => given.clone(),
        (None, Some(default)) => text(Some(default.clone())),
        (None, None) => return Err(StackError::Missing(name.to_owned())),
    };
    if let Some(Value::Array(allowed)) = parameter.get("AllowedValues")
        && !allowed.iter().any(|it| text(Some(it.clone())) == value)
    {
        return Err(StackError::Parameter(name.to_owned(), value));
    }
    let is_list = parameter
        .get("Type")
        .is_some_and(|it| it == "CommaDelimitedList");
    Ok(if is_list {
        value
            .split(',')
            .map(|item| Value::from(item.trim()))
            .collect()
    } else {
        value.into()
    })
}

/// A function's name and argument, if it is one.
fn function(value: &Value) -> Option<(&str, &Value)> {
    let members = value.as_object()?;
    let (name, argument) = members.iter().next()?;
    let is_function = name.starts_with("Fn::") || name == "Ref" || name == "Condition";
    // `Condition` of a resource or a policy statement has neighbours, or is an object.
    let is_alone = members.len() == 1 && !(name == "Condition" && argument.is_object());
    (is_function && is_alone).then_some((name, argument))
}

pub(crate) fn text(value: Option<Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text,
        Some(other) => other.to_string(),
    }
}

fn unknown(what: &str, name: &str) -> StackError {
    StackError::Function(format!("the {what} {name}, which is not there"))
}

fn uncomputable(value: &Value) -> StackError {
    StackError::Function(value.to_string())
}
