//! Amazon Connect's interface for programs, on the very contacts that agents have in hand.
//!
//! Served are the operations that the proxy and the project's other parts use. Requests and
//! replies have the members of botocore's service model `connect` as far as the simulator knows
//! anything to put there; a member that is not known is absent, as the service leaves it out.

mod contact;
mod outbound;
pub(crate) mod record;
mod user;

use std::collections::BTreeMap;

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use contract::ContactId;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::aws::{ApiError, ApiReply, ApiRequest};
use crate::event::{Event, Refusal};
use crate::exchange::Floor;
use crate::instance::Instance;
use crate::line::{Line, Origin};

pub(crate) use outbound::Tokens;

/// UTF-8 bytes of all attributes of a contact, names included ("Amazon Connect service quotas").
const LARGEST_ATTRIBUTES: usize = 32_768;

/// Answers a request.
///
/// # Errors
///
/// [`ApiError`] with the exceptions of the operation's model.
pub(crate) fn handle(
    floor: &mut Floor,
    operation: &str,
    request: &ApiRequest,
    now: DateTime<Utc>,
) -> Result<ApiReply, ApiError> {
    // What is due until now has happened when it is asked about.
    floor.handle(Event::Tick).ok();
    let body = &request.body;
    let reply = match (operation, request.segments().as_slice()) {
        ("DescribeContact", [_, instance, id]) => {
            check_instance(floor, instance)?;
            contact::describe(&floor.instance, line(floor, id)?)
        }
        ("GetContactAttributes", [_, _, instance, initial]) => {
            check_instance(floor, instance)?;
            let id = ContactId::from(*initial);
            let last = chain(&floor.instance, &id).last();
            let line = last.ok_or_else(contact_not_found)?;
            json!({ "Attributes": line.attributes })
        }
        ("UpdateContactAttributes", _) => update_attributes(floor, read(body)?)?,
        ("StopContact", _) => stop(floor, &read(body)?)?,
        ("StartOutboundVoiceContact", _) => outbound::start(floor, read(body)?, now)?,
        ("SearchContacts", _) => contact::search(floor, &read(body)?)?,
        ("SearchUsers", _) => user::search(floor, &read(body)?)?,
        ("DescribeUser", [_, instance, id]) => {
            check_instance(floor, instance)?;
            user::describe(&floor.instance, id)?
        }
        ("ListApprovedOrigins", [_, instance, _]) => {
            check_instance(floor, instance)?;
            approved_origins(floor, request)?
        }
        _ => return Err(ApiError::unknown_operation()),
    };
    Ok(ApiReply::ok(reply))
}

/// A page of at most 25; its token is where the next one begins.
fn approved_origins(floor: &Floor, request: &ApiRequest) -> Result<Value, ApiError> {
    const LARGEST_PAGE: usize = 25;
    let number = |name: &str| -> Result<Option<usize>, ApiError> {
        let text = request.parameter(name);
        let number = text.map(|it| it.parse().map_err(|_| invalid_request(name.to_owned())));
        number.transpose()
    };
    let size = number("maxResults")?.unwrap_or(LARGEST_PAGE);
    if !(1..=LARGEST_PAGE).contains(&size) {
        return Err(invalid_request("maxResults: 1 to 25".to_owned()));
    }
    let begin = number("nextToken")?.unwrap_or_default();
    let all = &floor.approved_origins;
    let page: Vec<_> = all.iter().skip(begin).take(size).collect();
    let mut reply = json!({ "Origins": page });
    let end = begin.saturating_add(size);
    if let Some(members) = reply.as_object_mut()
        && end < all.len()
    {
        members.insert("NextToken".to_owned(), json!(end.to_string()));
    }
    Ok(reply)
}

/// The body's members; those that are not known are ignored, as the services do.
fn read<T: DeserializeOwned>(body: &Value) -> Result<T, ApiError> {
    serde_path_to_error::deserialize(body).map_err(|error| {
        let at = error.path().to_string();
        let problem = error.into_inner();
        invalid_request(match at.as_str() {
            "." => problem.to_string(),
            _ => format!("{at}: {problem}"),
        })
    })
}

/// The id or the ARN of our instance.
fn check_instance(floor: &Floor, named: &str) -> Result<(), ApiError> {
    let id = &floor.instance.scenario().instance_id;
    if named == id || named == instance_arn(&floor.instance) {
        return Ok(());
    }
    Err(ApiError::not_found("Instance not found"))
}

fn instance_arn(instance: &Instance) -> String {
    let scenario = instance.scenario();
    format!(
        "arn:aws:connect:{}:{}:instance/{}",
        scenario.region, scenario.account, scenario.instance_id
    )
}

fn line<'a>(floor: &'a Floor, id: &str) -> Result<&'a Line, ApiError> {
    let id = ContactId::from(id);
    floor.instance.line(&id).ok_or_else(contact_not_found)
}

/// The contacts that grew out of one, oldest first.
fn chain<'a>(instance: &'a Instance, initial: &ContactId) -> impl Iterator<Item = &'a Line> {
    let mut lines: Vec<&Line> = instance
        .lines()
        .filter(|line| line.initial == *initial)
        .collect();
    lines.sort_by_key(|line| (line.initiated_at, &line.id));
    lines.into_iter()
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct UpdateAttributes {
    initial_contact_id: String,
    instance_id: String,
    attributes: BTreeMap<String, String>,
}

fn update_attributes(floor: &mut Floor, request: UpdateAttributes) -> Result<Value, ApiError> {
    check_instance(floor, &request.instance_id)?;
    let initial = ContactId::from(request.initial_contact_id);
    let held = chain(&floor.instance, &initial).last();
    let held = held.ok_or_else(contact_not_found)?.attributes.clone();
    check_attributes(held, &request.attributes)?;
    let set = Event::SetAttributes {
        initial,
        attributes: request.attributes,
    };
    floor.handle(set).map_err(|refusal| refused(&refusal))?;
    Ok(json!({}))
}

/// Whether these attributes may be added to those.
fn check_attributes(
    mut held: BTreeMap<String, String>,
    added: &BTreeMap<String, String>,
) -> Result<(), ApiError> {
    let plain = |name: &str| {
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        !name.is_empty() && name.chars().all(fits)
    };
    if !added.keys().all(|name| plain(name)) {
        return Err(invalid_parameter(
            "Attribute keys can include only alphanumeric, dash, and underscore characters.",
        ));
    }
    held.extend(added.clone());
    held.retain(|_, value| !value.is_empty());
    let size = |(name, value): (&String, &String)| name.len() + value.len();
    if held.iter().map(size).sum::<usize>() > LARGEST_ATTRIBUTES {
        return Err(invalid_parameter(format!(
            "Attributes can have at most {LARGEST_ATTRIBUTES} UTF-8 bytes across all key-value \
             pairs of a contact."
        )));
    }
    Ok(())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct StopContact {
    contact_id: String,
    instance_id: String,
}

fn stop(floor: &mut Floor, request: &StopContact) -> Result<Value, ApiError> {
    check_instance(floor, &request.instance_id)?;
    let line = line(floor, &request.contact_id)?;
    if line.is_gone() {
        let message = "Contact not found";
        return Err(ApiError::new(
            StatusCode::GONE,
            "ContactNotFoundException",
            message,
        ));
    }
    if line.origin == Origin::Transfer {
        return Err(invalid_request(
            "Contacts with the initiation method TRANSFER cannot be stopped.",
        ));
    }
    let contact = line.id.clone();
    let stopped = floor.handle(Event::Stop { contact });
    stopped.map_err(|refusal| refused(&refusal))?;
    Ok(json!({}))
}

/// An instant as the wire has it: epoch seconds, milliseconds as the fraction.
fn epoch(instant: DateTime<Utc>) -> Value {
    let millis = instant.timestamp_millis();
    let text = format!(
        "{}.{:03}",
        millis.div_euclid(1_000),
        millis.rem_euclid(1_000)
    );
    text.parse::<f64>().map_or(Value::Null, Value::from)
}

fn refused(refusal: &Refusal) -> ApiError {
    match refusal {
        Refusal::Unknown { .. } => contact_not_found(),
        Refusal::NotNow(_) => invalid_request(refusal.to_string()),
        Refusal::NotAllowed(_) => ApiError::new(
            StatusCode::FORBIDDEN,
            "DestinationNotAllowedException",
            "Outbound calls to the destination number are not allowed.",
        ),
        Refusal::Member { .. } | Refusal::Scenario(_) => invalid_parameter(refusal.to_string()),
    }
}

fn contact_not_found() -> ApiError {
    ApiError::not_found("Contact not found")
}

fn invalid_request(message: impl Into<String>) -> ApiError {
    ApiError::bad("InvalidRequestException", message)
}

fn invalid_parameter(message: impl Into<String>) -> ApiError {
    ApiError::bad("InvalidParameterException", message)
}
