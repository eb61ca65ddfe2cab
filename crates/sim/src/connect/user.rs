//! Agents as `SearchUsers` and `DescribeUser` tell of them.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{check_instance, invalid_parameter};
use crate::agent::{Agent, ROUTING_PROFILE, SECURITY_PROFILE, arn};
use crate::aws::ApiError;
use crate::exchange::Floor;
use crate::instance::Instance;

/// Users per page unless the request says otherwise, and at most.
const PAGE: usize = 100;
const LARGEST_PAGE: usize = 500;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Search {
    instance_id: String,
    #[serde(default, rename = "SearchCriteria")]
    criteria: Criteria,
    max_results: Option<usize>,
    next_token: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Criteria {
    string_condition: Option<StringCondition>,
    and_conditions: Vec<Criteria>,
    or_conditions: Vec<Criteria>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct StringCondition {
    field_name: Field,
    value: String,
    comparison_type: Comparison,
}

#[derive(Clone, Copy, Deserialize)]
enum Field {
    #[serde(alias = "username", alias = "USERNAME")]
    Username,
    #[serde(alias = "firstName")]
    FirstName,
    #[serde(alias = "lastName")]
    LastName,
    #[serde(alias = "resourceId")]
    ResourceId,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Comparison {
    Exact,
    StartsWith,
    Contains,
}

/// Users in the order of their names.
pub(super) fn search(floor: &Floor, request: &Search) -> Result<Value, ApiError> {
    check_instance(floor, &request.instance_id)?;
    let page = request.max_results.unwrap_or(PAGE);
    if !(1..=LARGEST_PAGE).contains(&page) {
        return Err(invalid_parameter("MaxResults must be between 1 and 500"));
    }
    let start = match &request.next_token {
        None => 0,
        Some(token) => token
            .parse()
            .map_err(|_| invalid_parameter("NextToken is not one of ours"))?,
    };
    let instance = &floor.instance;
    let found: Vec<&Agent> = instance
        .agents()
        .filter(|agent| request.criteria.fits(agent))
        .collect();
    let users: Vec<Value> = found
        .iter()
        .skip(start)
        .take(page)
        .map(|agent| json!(user(instance, agent)))
        .collect();
    let end = start.saturating_add(users.len());
    let mut reply = Map::new();
    reply.insert("Users".to_owned(), json!(users));
    reply.insert("ApproximateTotalCount".to_owned(), json!(found.len()));
    if end < found.len() {
        reply.insert("NextToken".to_owned(), json!(end.to_string()));
    }
    Ok(Value::Object(reply))
}

pub(super) fn describe(instance: &Instance, id: &str) -> Result<Value, ApiError> {
    let named =
        |agent: &&Agent| agent.id() == id || arn(instance.scenario(), "agent", &agent.id()) == id;
    let agent = instance.agents().find(named);
    let agent = agent.ok_or_else(|| ApiError::not_found("User not found"))?;
    Ok(json!({ "User": user(instance, agent) }))
}

fn user(instance: &Instance, agent: &Agent) -> Map<String, Value> {
    let (first, last) = names(agent);
    let limit = instance.scenario().switches.after_call_work_limit_ms;
    let mut identity = Map::from_iter([("FirstName".to_owned(), json!(first))]);
    if let Some(last) = last {
        identity.insert("LastName".to_owned(), json!(last));
    }
    Map::from_iter(
        [
            ("Id", json!(agent.id())),
            ("Arn", json!(arn(instance.scenario(), "agent", &agent.id()))),
            ("Username", json!(agent.person.login)),
            ("IdentityInfo", Value::Object(identity)),
            (
                "PhoneConfig",
                json!({
                    "PhoneType": if agent.preferences.softphone { "SOFT_PHONE" } else { "DESK_PHONE" },
                    "AutoAccept": agent.preferences.auto_accept,
                    // Seconds; 0 means that only the agent ends it.
                    "AfterContactWorkTimeLimit": limit.unwrap_or_default() / 1_000,
                    "DeskPhoneNumber": agent.preferences.extension,
                }),
            ),
            ("RoutingProfileId", json!(ROUTING_PROFILE)),
            ("SecurityProfileIds", json!([SECURITY_PROFILE])),
            ("Tags", json!({})),
        ]
        .map(|(name, value)| (name.to_owned(), value)),
    )
}

/// First and last name: a Japanese name has the family's in front.
fn names(agent: &Agent) -> (&str, Option<&str>) {
    let person = &agent.person;
    match person.name.split_once(' ') {
        Some((family, given)) if person.language.starts_with("ja") => (given, Some(family)),
        Some((given, family)) => (given, Some(family)),
        None => (&person.name, None),
    }
}

impl Criteria {
    fn fits(&self, agent: &Agent) -> bool {
        self.string_condition
            .as_ref()
            .is_none_or(|condition| condition.fits(agent))
            && self.and_conditions.iter().all(|one| one.fits(agent))
            && (self.or_conditions.is_empty()
                || self.or_conditions.iter().any(|one| one.fits(agent)))
    }
}

impl StringCondition {
    fn fits(&self, agent: &Agent) -> bool {
        let (first, last) = names(agent);
        let id = agent.id();
        let text = match self.field_name {
            Field::Username => &agent.person.login,
            Field::FirstName => first,
            Field::LastName => last.unwrap_or_default(),
            Field::ResourceId => &id,
        };
        match self.comparison_type {
            Comparison::Exact => text == self.value,
            Comparison::StartsWith => text.starts_with(&self.value),
            Comparison::Contains => text.contains(&self.value),
        }
    }
}
