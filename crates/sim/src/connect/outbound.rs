//! `StartOutboundVoiceContact`: a program calls a customer, once per client token.

use std::collections::{BTreeMap, VecDeque};

use axum::http::StatusCode;
use chrono::{DateTime, TimeDelta, Utc};
use contract::{ContactId, PhoneNumber};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{check_attributes, check_instance, invalid_parameter, refused};
use crate::agent::queue_arn;
use crate::aws::ApiError;
use crate::event::{Event, OutboundCall, Outcome};
use crate::exchange::Floor;

/// How long a client token is remembered.
const TOKEN_DAYS: i64 = 7;

/// Client tokens are remembered, at most this many.
const REMEMBERED: usize = 10_000;

/// Seconds for which a telephone may ring.
const RING_SECONDS: std::ops::RangeInclusive<u32> = 15..=60;

/// Client tokens of late and the contacts that they made, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Tokens(VecDeque<(String, ContactId, DateTime<Utc>)>);

impl Tokens {
    fn contact(&mut self, token: &str, now: DateTime<Utc>) -> Option<ContactId> {
        let oldest = now - TimeDelta::days(TOKEN_DAYS);
        self.0.retain(|(_, _, at)| *at > oldest);
        let mut all = self.0.iter();
        all.find(|(known, ..)| known == token)
            .map(|(_, contact, _)| contact.clone())
    }

    fn remember(&mut self, token: String, contact: ContactId, now: DateTime<Utc>) {
        if self.0.len() == REMEMBERED {
            self.0.pop_front();
        }
        self.0.push_back((token, contact, now));
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Start {
    destination_phone_number: String,
    contact_flow_id: String,
    instance_id: String,
    client_token: Option<String>,
    source_phone_number: Option<String>,
    queue_id: Option<String>,
    #[serde(default)]
    attributes: BTreeMap<String, String>,
    name: Option<String>,
    ring_timeout_in_seconds: Option<u32>,
}

pub(super) fn start(
    floor: &mut Floor,
    request: Start,
    now: DateTime<Utc>,
) -> Result<Value, ApiError> {
    check_instance(floor, &request.instance_id)?;
    for (name, text, most) in [
        ("ContactFlowId", Some(&request.contact_flow_id), 500),
        ("ClientToken", request.client_token.as_ref(), 500),
        ("Name", request.name.as_ref(), 1_024),
    ] {
        let length = text.map_or(1, |text| text.chars().count());
        if length == 0 || length > most {
            let why = format!("{name} must have 1 to {most} characters");
            return Err(invalid_parameter(why));
        }
    }
    if let Some(token) = &request.client_token
        && let Some(contact) = floor.front.tokens.contact(token, now)
    {
        return Ok(json!({ "ContactId": contact }));
    }
    if PhoneNumber::parse(&request.destination_phone_number).is_err() {
        let why = "DestinationPhoneNumber must be in the E.164 format";
        return Err(invalid_parameter(why));
    }
    let seconds = request
        .ring_timeout_in_seconds
        .unwrap_or(*RING_SECONDS.end());
    if !RING_SECONDS.contains(&seconds) {
        let why = "RingTimeoutInSeconds must be between 15 and 60";
        return Err(invalid_parameter(why));
    }
    check_attributes(BTreeMap::new(), &request.attributes)?;
    let queue = queue(floor, &request)?;
    let dialled = floor.handle(Event::DialOut(OutboundCall {
        number: request.destination_phone_number,
        queue: Some(queue),
        attributes: request.attributes,
        name: request.name,
        ring_ms: seconds * 1_000,
    }));
    let Outcome::Contact(contact) = dialled.map_err(|refusal| refused(&refusal))? else {
        return Err(ApiError::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "InternalServiceException",
            "no contact came of the call",
        ));
    };
    if let Some(token) = request.client_token {
        floor.front.tokens.remember(token, contact.clone(), now);
    }
    Ok(json!({ "ContactId": contact }))
}

/// The queue that is named, or the one behind the number that calls.
fn queue(floor: &Floor, request: &Start) -> Result<String, ApiError> {
    let scenario = floor.instance.scenario();
    let found = match (&request.queue_id, &request.source_phone_number) {
        (Some(id), _) => scenario.queues.iter().find(|queue| {
            let arn = queue_arn(scenario, &queue.name);
            arn == *id || arn.rsplit('/').next() == Some(id)
        }),
        (None, Some(number)) => scenario.queues.iter().find(|queue| queue.number == *number),
        (None, None) => {
            let why = "SourcePhoneNumber or QueueId must be given";
            return Err(invalid_parameter(why));
        }
    };
    found
        .map(|queue| queue.name.clone())
        .ok_or_else(|| ApiError::not_found("The queue or the source phone number was not found"))
}
