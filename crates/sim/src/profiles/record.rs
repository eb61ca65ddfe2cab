//! Contact records: what Connect hands to Customer Profiles when a contact has ended.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

use super::store::Domain;
use super::{Outcome, RecordCasing, object};

/// The record of a contact that has ended ("Contact records data model" of the administrator's
/// guide, as far as the simulator knows it).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactRecord {
    /// The contact's own id.
    pub contact_id: String,
    /// The id of the first contact of the chain; `None` for the first one.
    pub initial_contact_id: Option<String>,
    /// `VOICE`, `CHAT`, `TASK` or `EMAIL`.
    pub channel: String,
    /// `INBOUND`, `OUTBOUND`, `TRANSFER`, `CALLBACK`, `API`…
    pub initiation_method: String,
    /// When it began.
    pub initiated_at: DateTime<Utc>,
    /// When the customer's leg was up, if it ever was.
    pub connected_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub disconnected_at: DateTime<Utc>,
    /// `CUSTOMER_DISCONNECT`, `AGENT_DISCONNECT`…
    pub disconnect_reason: Option<String>,
    /// The ARN of the Connect instance.
    pub instance_arn: String,
    /// The customer's number in E.164, or what stands in its place; `None` when withheld.
    pub customer: Option<String>,
    /// The number that was called, or that called.
    pub system: Option<String>,
    /// The queue that it was in.
    pub queue: Option<RecordedQueue>,
    /// Who answered; `None` when nobody did.
    pub agent: Option<RecordedAgent>,
    /// Contact attributes at the end.
    pub attributes: BTreeMap<String, String>,
}

/// The queue of a contact record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedQueue {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Seconds in it.
    pub seconds: u32,
}

/// The agent of a contact record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedAgent {
    /// The login.
    pub username: String,
    /// When the agent answered.
    pub connected_at: DateTime<Utc>,
    /// Seconds of talking.
    pub interaction_seconds: u32,
    /// How often the customer was put on hold, where that is known.
    pub holds: Option<u32>,
    /// Seconds on hold altogether, where that is known.
    pub hold_seconds: Option<u32>,
}

/// Files a record where the object type `CTR` says. One that finds no profile and may make none
/// is dropped, as the service does.
pub(super) fn file(domain: &Domain<'_>, record: &ContactRecord) -> Outcome<()> {
    let kept = to_json(record, domain.settings.choices.record_casing).to_string();
    let read = to_json(record, RecordCasing::LowerCamel);
    object::ingest(domain, "CTR", &read, Some(kept))?;
    Ok(())
}

/// The one in the other casing is shown, but what a template reads has the first.
fn to_json(record: &ContactRecord, casing: RecordCasing) -> Value {
    let members = |pairs: Vec<(&str, Value)>| {
        let cased = |name: &str| match casing {
            RecordCasing::LowerCamel => name.to_owned(),
            RecordCasing::UpperCamel => {
                let mut letters = name.chars();
                let first = letters.next().map(|c| c.to_ascii_uppercase());
                first.into_iter().chain(letters).collect()
            }
        };
        let pairs = pairs.into_iter().map(|(name, value)| (cased(name), value));
        Value::Object(pairs.collect::<Map<_, _>>())
    };
    let instant = |at: DateTime<Utc>| json!(at.to_rfc3339_opts(SecondsFormat::Secs, true));
    let endpoint = |address: &String| {
        members(vec![
            ("type", json!("TELEPHONE_NUMBER")),
            ("address", json!(address)),
        ])
    };
    let queue = |queue: &RecordedQueue| {
        members(vec![
            ("name", json!(queue.name)),
            ("arn", json!(queue.arn)),
            ("duration", json!(queue.seconds)),
        ])
    };
    let agent = |agent: &RecordedAgent| {
        let mut pairs = vec![
            ("username", json!(agent.username)),
            ("connectedToAgentTimestamp", instant(agent.connected_at)),
            ("agentInteractionDuration", json!(agent.interaction_seconds)),
        ];
        let holds = [
            ("numberOfHolds", agent.holds),
            ("customerHoldDuration", agent.hold_seconds),
        ];
        pairs.extend(
            holds
                .into_iter()
                .filter_map(|(name, known)| Some((name, json!(known?)))),
        );
        members(pairs)
    };
    members(vec![
        ("contactId", json!(record.contact_id)),
        ("initialContactId", json!(record.initial_contact_id)),
        ("channel", json!(record.channel)),
        ("initiationMethod", json!(record.initiation_method)),
        ("initiationTimestamp", instant(record.initiated_at)),
        (
            "connectedToSystemTimestamp",
            json!(record.connected_at.map(instant)),
        ),
        ("disconnectTimestamp", instant(record.disconnected_at)),
        ("disconnectReason", json!(record.disconnect_reason)),
        ("instanceArn", json!(record.instance_arn)),
        (
            "customerEndpoint",
            json!(record.customer.as_ref().map(endpoint)),
        ),
        (
            "systemEndpoint",
            json!(record.system.as_ref().map(endpoint)),
        ),
        ("queue", json!(record.queue.as_ref().map(queue))),
        ("agent", json!(record.agent.as_ref().map(agent))),
        ("attributes", json!(record.attributes)),
    ])
}
