//! What `CloudFormation` would object to in parameters, before anything is made: what each is held to
//! where it is declared, and the template's rules between several.

use std::collections::BTreeMap;

use regex_lite::Regex;
use serde_json::Value;

use crate::StackError;
use crate::function::{Scope, text};

/// Every objection as a sentence that begins with the parameter's name; of the rules, as the template
/// words them.
pub(crate) fn objections(
    template: &Value,
    given: &BTreeMap<&str, String>,
) -> Result<Vec<String>, StackError> {
    let declared = template.get("Parameters").and_then(Value::as_object);
    let declared = declared.ok_or(StackError::Unsaid("its parameters"))?;
    let mut found: Vec<String> = given
        .keys()
        .filter(|name| !declared.contains_key(**name))
        .map(|name| format!("{name} is no parameter of the template"))
        .collect();
    for (name, parameter) in declared {
        match given.get(name.as_str()) {
            Some(value) => {
                let wrong = held_to(parameter, value)?;
                found.extend(wrong.map(|it| format!("{name} {it}, not {value:?}")));
            }
            None if parameter.get("Default").is_none() => {
                found.push(format!("{name} is missing"));
            }
            None => {}
        }
    }
    // Rules are about parameters that are what they may be.
    if found.is_empty() {
        let scope = Scope::new(template, given)?;
        let rules = template.get("Rules").and_then(Value::as_object);
        for rule in rules.into_iter().flat_map(serde_json::Map::values) {
            found.extend(broken(rule, &scope)?);
        }
    }
    Ok(found)
}

fn broken(rule: &Value, scope: &Scope<'_>) -> Result<Vec<String>, StackError> {
    if let Some(condition) = rule.get("RuleCondition")
        && !scope.holds(condition)?
    {
        return Ok(Vec::new());
    }
    let assertions = rule.get("Assertions").and_then(Value::as_array);
    let mut broken = Vec::new();
    for assertion in assertions.ok_or(StackError::Unsaid("what a rule asserts"))? {
        let said = |member| assertion.get(member);
        let assert = said("Assert").ok_or(StackError::Unsaid("what a rule asserts"))?;
        if !scope.holds(assert)? {
            broken.push(text(said("AssertDescription").cloned()));
        }
    }
    Ok(broken)
}

/// What a value should have been, when it is not (`CloudFormation` User Guide, parameters section).
fn held_to(parameter: &Value, value: &str) -> Result<Option<String>, StackError> {
    let said = |member| parameter.get(member).map(|it| text(Some(it.clone())));
    let kind = said("Type").unwrap_or_default();
    if let Some(Value::Array(allowed)) = parameter.get("AllowedValues") {
        let allowed: Vec<String> = allowed.iter().map(|it| text(Some(it.clone()))).collect();
        if !allowed.iter().any(|it| it == value) {
            return Ok(Some(format!("is one of {}", allowed.join(", "))));
        }
    }
    if let Some(pattern) = said("AllowedPattern") {
        let whole = Regex::new(&format!("^(?:{pattern})$"))
            .map_err(|error| StackError::Form(format!("the pattern {pattern}: {error}")))?;
        let parts = match kind.as_str() {
            "CommaDelimitedList" => value.split(',').map(str::trim).collect(),
            _ => vec![value],
        };
        if !parts.into_iter().all(|part| whole.is_match(part)) {
            let otherwise = || format!("is of the form {pattern}");
            return Ok(Some(
                said("ConstraintDescription").unwrap_or_else(otherwise),
            ));
        }
    }
    if let Some(most) = number(said("MaxLength"))
        && u32::try_from(value.chars().count()).map_or(f64::INFINITY, f64::from) > most
    {
        return Ok(Some(format!("has at most {most} characters")));
    }
    if kind == "Number" {
        let (least, most) = (number(said("MinValue")), number(said("MaxValue")));
        let is_within = number(Some(value.to_owned())).is_some_and(|it| {
            least.is_none_or(|least| least <= it) && most.is_none_or(|most| it <= most)
        });
        if !is_within {
            let least = least.map_or_else(String::new, |it| format!(" from {it}"));
            let most = most.map_or_else(String::new, |it| format!(" to {it}"));
            return Ok(Some(format!("is a number{least}{most}")));
        }
    }
    Ok(None)
}

fn number(text: Option<String>) -> Option<f64> {
    text?.parse().ok()
}
