//! Contacts as `DescribeContact` and `SearchContacts` tell of them.

use std::cmp::Ordering;

use chrono::{DateTime, TimeZone, Utc};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{check_instance, epoch, invalid_parameter, invalid_request};
use crate::agent::{arn, queue_arn};
use crate::aws::ApiError;
use crate::exchange::Floor;
use crate::instance::Instance;
use crate::line::{Channel, Ending, Line, Origin, Place};

/// Contacts per page unless the request says otherwise, and at most.
const PAGE: usize = 100;

/// `{"Contact": …}`.
pub(super) fn describe(instance: &Instance, line: &Line) -> Value {
    let switches = &instance.scenario().switches;
    let mut contact = summary(instance, line);
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            contact.insert(name.to_owned(), value);
        }
    };
    let is_voice = line.channel == Channel::Voice;
    let telephone = |number: &str| {
        // What is no number came by the internet, or is what the network says of a withheld one.
        let kind = if number.starts_with("sip:") {
            "VOIP"
        } else {
            "TELEPHONE_NUMBER"
        };
        json!({ "Type": kind, "Address": number })
    };
    let shown = line
        .number
        .as_deref()
        .or(switches.withheld_number.as_deref());
    put(
        "CustomerEndpoint",
        shown.filter(|_| is_voice).map(telephone),
    );
    let queues = &instance.scenario().queues;
    let called = queues.iter().find(|queue| queue.name == line.queue);
    put(
        "SystemEndpoint",
        called
            .filter(|_| is_voice)
            .map(|queue| telephone(&queue.number)),
    );
    put(
        "ConnectedToSystemTimestamp",
        connected_to_system(line).map(epoch),
    );
    put("LastUpdateTimestamp", Some(epoch(last_update(line))));
    put("DisconnectReason", disconnect_reason(line).map(Value::from));
    put("Attributes", Some(json!(line.attributes)));
    json!({ "Contact": contact })
}

/// The members that a search finds as well.
fn summary(instance: &Instance, line: &Line) -> Map<String, Value> {
    let scenario = instance.scenario();
    let service = line.service.as_ref();
    let agent = service.and_then(|service| Some((service, instance.agent(&service.agent)?)));
    let agent_info = agent.map(|(service, agent)| {
        let mut info = Map::from_iter([("Id".to_owned(), json!(agent.id()))]);
        let work_until = service.cleared_at.filter(|_| service.ended_at.is_some());
        for (name, at) in [
            ("ConnectedToAgentTimestamp", service.connected_at),
            ("AfterContactWorkStartTimestamp", service.ended_at),
            ("AfterContactWorkEndTimestamp", work_until),
        ] {
            if let Some(at) = at {
                info.insert(name.to_owned(), epoch(at));
            }
        }
        info
    });
    // A call that an agent makes goes through no queue, but is counted under one.
    let queued = line.origin != Origin::Outbound && line.place != Place::Dialled;
    let queue = queue_arn(scenario, &line.queue);
    let mut queue_info = Map::from_iter([(
        "Id".to_owned(),
        json!(queue.rsplit('/').next().unwrap_or_default()),
    )]);
    if queued {
        queue_info.insert("EnqueueTimestamp".to_owned(), epoch(line.queued_at));
    }
    let previous = line.asked_by.as_ref().map(|by| &by.contact);
    let previous = previous.or(line.instead_of.as_ref());
    let initial = (line.initial != line.id).then_some(&line.initial);
    let subtype = match line.channel {
        Channel::Voice => "connect:Telephony",
        Channel::Chat => "connect:Chat",
        Channel::Task => "connect:Task",
    };
    [
        (
            "Arn",
            Some(json!(arn(scenario, "contact", line.id.as_ref()))),
        ),
        ("Id", Some(json!(line.id))),
        ("InitialContactId", initial.map(|id| json!(id))),
        ("PreviousContactId", previous.map(|id| json!(id))),
        ("InitiationMethod", Some(json!(method(line)))),
        ("Name", line.title.as_ref().map(|name| json!(name))),
        ("Channel", Some(json!(channel(line)))),
        ("QueueInfo", Some(Value::Object(queue_info))),
        ("AgentInfo", agent_info.map(Value::Object)),
        ("InitiationTimestamp", Some(epoch(line.initiated_at))),
        (
            "DisconnectTimestamp",
            disconnected(instance, line).map(epoch),
        ),
        (
            "SegmentAttributes",
            Some(json!({ "connect:Subtype": { "ValueString": subtype } })),
        ),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name.to_owned(), value?)))
    .collect()
}

pub(super) fn channel(line: &Line) -> &'static str {
    match line.channel {
        Channel::Voice => "VOICE",
        Channel::Chat => "CHAT",
        Channel::Task => "TASK",
    }
}

pub(super) fn method(line: &Line) -> &'static str {
    match (line.channel, line.origin) {
        (Channel::Chat | Channel::Task, _) | (_, Origin::Api) => "API",
        (Channel::Voice, Origin::Inbound) => "INBOUND",
        (Channel::Voice, Origin::Outbound) => "OUTBOUND",
        (Channel::Voice, Origin::Callback) => "CALLBACK",
        (Channel::Voice, Origin::Transfer) => "TRANSFER",
    }
}

/// When the contact was over. One that was handed to a colleague is over when its agent left: the
/// customer goes on in the colleague's contact ("Contact initiation methods and transfer").
pub(super) fn disconnected(instance: &Instance, line: &Line) -> Option<DateTime<Utc>> {
    let left = line.service.as_ref().and_then(|service| service.ended_at);
    match line.place {
        Place::Gone { at, .. } => Some(left.filter(|_| inherited(instance, line)).unwrap_or(at)),
        Place::Transferred => left.filter(|_| inherited(instance, line)),
        Place::Dialled | Place::Queued | Place::At(_) => None,
    }
}

/// Whether a colleague was called into that contact and was left with the customer.
fn inherited(instance: &Instance, line: &Line) -> bool {
    let left = |service: &crate::line::Service| service.ended_at;
    let Some(left) = line.service.as_ref().and_then(left) else {
        return false;
    };
    instance.lines().any(|heir| {
        let connected = heir
            .service
            .as_ref()
            .and_then(|service| service.connected_at);
        let over = match heir.place {
            Place::Gone { at, .. } => Some(at),
            _ => None,
        };
        heir.asked_by
            .as_ref()
            .is_some_and(|by| by.contact == line.id)
            && connected.is_some_and(|connected| connected <= left)
            && over.is_none_or(|over| over > left)
    })
}

pub(super) fn connected_to_system(line: &Line) -> Option<DateTime<Utc>> {
    let talked = || line.service.as_ref()?.connected_at;
    match line.origin {
        Origin::Inbound | Origin::Transfer => Some(line.initiated_at),
        Origin::Outbound | Origin::Callback => talked(),
        Origin::Api => match line.place {
            Place::Queued | Place::At(_) | Place::Transferred => Some(line.queued_at),
            Place::Dialled | Place::Gone { .. } => talked().map(|_| line.queued_at),
        },
    }
}

fn last_update(line: &Line) -> DateTime<Utc> {
    let gone = match line.place {
        Place::Gone { at, .. } => Some(at),
        Place::Dialled | Place::Queued | Place::At(_) | Place::Transferred => None,
    };
    let service = line.service.as_ref();
    let served = service.map(|one| [one.connected_at, one.ended_at, one.cleared_at]);
    [Some(line.queued_at), line.updated_at, gone]
        .into_iter()
        .chain(served.into_iter().flatten())
        .flatten()
        .max()
        .unwrap_or(line.initiated_at)
}

/// "Contact records data model", administrator guide, `DisconnectReason`. That guide has no reason
/// for a telephone that is engaged or not picked up; the network reports both.
pub(super) fn disconnect_reason(line: &Line) -> Option<&'static str> {
    let Place::Gone { reason, .. } = line.place else {
        return None;
    };
    Some(match reason {
        Ending::Abandoned | Ending::CustomerHungUp | Ending::Refused => "CUSTOMER_DISCONNECT",
        Ending::AgentHungUp | Ending::Cancelled => "AGENT_DISCONNECT",
        Ending::Busy | Ending::NoAnswer | Ending::BadNumber => "TELECOM_PROBLEM",
        Ending::CallbackRequested => "CONTACT_FLOW_DISCONNECT",
        Ending::Vanished => "OTHER",
        Ending::Stopped => "API",
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Search {
    instance_id: String,
    time_range: TimeRange,
    #[serde(default, rename = "SearchCriteria")]
    criteria: Criteria,
    sort: Option<Sort>,
    max_results: Option<usize>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TimeRange {
    #[serde(rename = "Type")]
    kind: RangeKind,
    start_time: f64,
    end_time: f64,
}

#[derive(Clone, Copy, Deserialize)]
enum RangeKind {
    #[serde(rename = "INITIATION_TIMESTAMP")]
    Initiation,
    #[serde(rename = "CONNECTED_TO_AGENT_TIMESTAMP")]
    ConnectedToAgent,
    #[serde(rename = "DISCONNECT_TIMESTAMP")]
    Disconnect,
    #[serde(rename = "ENQUEUE_TIMESTAMP")]
    Enqueue,
}

/// A contact that was found, and what is said of it.
type Found<'a> = (&'a Line, Map<String, Value>);

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Sort {
    field_name: SortField,
    order: SortOrder,
}

/// `SortableFieldName` without those of scheduled contacts, of which there are none here.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum SortField {
    InitiationTimestamp,
    ConnectedToAgentTimestamp,
    DisconnectTimestamp,
    InitiationMethod,
    Channel,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum SortOrder {
    Ascending,
    Descending,
}

impl Sort {
    /// Which of two contacts comes first; where the field does not tell, the newer one.
    fn compare(self, instance: &Instance, one: &Found<'_>, other: &Found<'_>) -> Ordering {
        let newest_first =
            (other.0.initiated_at, &other.0.id).cmp(&(one.0.initiated_at, &one.0.id));
        let text = |(_, summary): &Found<'_>, name: &str| {
            let text = summary.get(name).and_then(Value::as_str);
            text.unwrap_or_default().to_owned()
        };
        let by_field = match self.field_name {
            SortField::InitiationTimestamp => one.0.initiated_at.cmp(&other.0.initiated_at),
            SortField::ConnectedToAgentTimestamp => {
                let at =
                    |(line, _): &Found<'_>| line.service.as_ref().and_then(|it| it.connected_at);
                at(one).cmp(&at(other))
            }
            SortField::DisconnectTimestamp => {
                let at = |(line, _): &Found<'_>| disconnected(instance, line);
                at(one).cmp(&at(other))
            }
            SortField::InitiationMethod => {
                text(one, "InitiationMethod").cmp(&text(other, "InitiationMethod"))
            }
            SortField::Channel => text(one, "Channel").cmp(&text(other, "Channel")),
        };
        let by_field = match self.order {
            SortOrder::Ascending => by_field,
            SortOrder::Descending => by_field.reverse(),
        };
        by_field.then(newest_first)
    }
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Criteria {
    agent_ids: Vec<String>,
    channels: Vec<String>,
    initiation_methods: Vec<String>,
    queue_ids: Vec<String>,
}

/// Contacts of late, the newest first unless something else is asked for.
pub(super) fn search(floor: &Floor, request: &Search) -> Result<Value, ApiError> {
    check_instance(floor, &request.instance_id)?;
    let TimeRange {
        kind,
        start_time,
        end_time,
    } = request.time_range;
    let (from, to) = (instant(start_time)?, instant(end_time)?);
    if from >= to {
        return Err(invalid_request("StartTime must be before EndTime"));
    }
    let page = request.max_results.unwrap_or(PAGE);
    if !(1..=PAGE).contains(&page) {
        return Err(invalid_parameter("MaxResults must be between 1 and 100"));
    }
    let start = match &request.next_token {
        None => 0,
        Some(token) => token
            .parse()
            .map_err(|_| invalid_parameter("NextToken is not one of ours"))?,
    };
    let instance = &floor.instance;
    let sort = request.sort.unwrap_or(Sort {
        field_name: SortField::InitiationTimestamp,
        order: SortOrder::Descending,
    });
    let mut found: Vec<Found<'_>> = instance
        .lines()
        .filter(|line| {
            let service = line.service.as_ref();
            let at = match kind {
                RangeKind::Initiation => Some(line.initiated_at),
                RangeKind::Enqueue => Some(line.queued_at),
                RangeKind::Disconnect => disconnected(instance, line),
                RangeKind::ConnectedToAgent => service.and_then(|one| one.connected_at),
            };
            at.is_some_and(|at| from <= at && at <= to)
        })
        .map(|line| (line, summary(instance, line)))
        .filter(|(_, summary)| request.criteria.fits(summary))
        .collect();
    found.sort_by(|one, other| sort.compare(instance, one, other));
    let total = found.len();
    let contacts: Vec<_> = found
        .into_iter()
        .map(|(_, summary)| summary)
        .skip(start)
        .take(page)
        .collect();
    let mut reply = Map::new();
    let end = start.saturating_add(contacts.len());
    if end < total {
        reply.insert("NextToken".to_owned(), json!(end.to_string()));
    }
    reply.insert("Contacts".to_owned(), json!(contacts));
    reply.insert("TotalCount".to_owned(), json!(total));
    Ok(Value::Object(reply))
}

impl Criteria {
    fn fits(&self, summary: &Map<String, Value>) -> bool {
        let is_in = |wanted: &[String], path: [&str; 2]| {
            let value = summary.get(path[0]);
            let value = match path[1] {
                "" => value,
                inner => value.and_then(|value| value.get(inner)),
            };
            let value = value.and_then(Value::as_str);
            wanted.is_empty() || value.is_some_and(|value| wanted.iter().any(|one| one == value))
        };
        is_in(&self.agent_ids, ["AgentInfo", "Id"])
            && is_in(&self.channels, ["Channel", ""])
            && is_in(&self.initiation_methods, ["InitiationMethod", ""])
            && is_in(&self.queue_ids, ["QueueInfo", "Id"])
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a float that is too large becomes the largest integer, which is no instant"
)]
fn instant(seconds: f64) -> Result<DateTime<Utc>, ApiError> {
    let millis = (seconds * 1_000.0).round() as i64;
    let instant = Utc.timestamp_millis_opt(millis).single();
    instant.ok_or_else(|| invalid_parameter("TimeRange holds no instant"))
}
