//! One domain in memory, driven by requests as the listener would hand them on.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::*;

mod ingesting;
mod keeping;
mod merging;
mod paging;
mod refusing;
mod searching;

struct Stage {
    profiles: Profiles,
}

fn now() -> DateTime<Utc> {
    "2026-11-03T04:05:06Z".parse().unwrap()
}

impl Stage {
    fn new() -> Self {
        Self::with(|_| {})
    }

    fn with(choose: impl FnOnce(&mut Choices)) -> Self {
        let mut settings = Settings::default();
        choose(&mut settings.choices);
        let profiles = Profiles::open(None, settings, now()).unwrap();
        Self { profiles }
    }

    /// `path` stands behind the domain's; a query may stand behind it.
    fn call(&self, method: &str, path: &str, body: Value) -> Result<Value, ApiError> {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let path = format!("domains/amazon-connect-demo/{path}");
        let pair = |pair: &str| {
            let (name, value) = pair.split_once('=').unwrap();
            (name.to_owned(), value.to_owned())
        };
        let request = ApiRequest {
            method: method.parse().unwrap(),
            path: path
                .split('/')
                .filter(|one| !one.is_empty())
                .map(ToOwned::to_owned)
                .collect(),
            query: query
                .split('&')
                .filter(|one| !one.is_empty())
                .map(pair)
                .collect(),
            body,
        };
        self.profiles
            .handle(&request, now())
            .map(|reply| reply.body)
    }

    fn create(&self, fields: Value) -> String {
        let reply = self.call("POST", "profiles", fields).unwrap();
        reply["ProfileId"].as_str().unwrap().to_owned()
    }

    fn update(&self, body: Value) {
        self.call("PUT", "profiles", body).unwrap();
    }

    fn profile(&self, id: &str) -> Value {
        let body = json!({ "ProfileIds": [id] });
        let reply = self.call("POST", "batch-get-profiles", body).unwrap();
        reply["Profiles"][0].clone()
    }

    fn search(&self, key: &str, value: &str) -> Vec<String> {
        let body = json!({ "KeyName": key, "Values": [value] });
        ids(&self
            .call("POST", "profiles/search?max-results=100", body)
            .unwrap())
    }

    fn put(&self, object_type: &str, object: &Value) -> String {
        let body = json!({ "ObjectTypeName": object_type, "Object": object.to_string() });
        let reply = self.call("PUT", "profiles/objects", body).unwrap();
        reply["ProfileObjectUniqueKey"].as_str().unwrap().to_owned()
    }

    /// Puts the payload of a webhook as AppIntegrations hands it on.
    fn ingest(&self, object_type: &str, payload: &Value) -> String {
        self.put(
            object_type,
            &json!({ "detail": { "event": { "detail": { "payload": payload } } } }),
        )
    }

    fn objects(&self, profile: &str, object_type: &str) -> Vec<Value> {
        let body = json!({ "ProfileId": profile, "ObjectTypeName": object_type });
        let reply = self
            .call("POST", "profiles/objects?max-results=100", body)
            .unwrap();
        reply["Items"].as_array().unwrap().clone()
    }

    /// The content of the objects, in the order of the list.
    fn contents(&self, profile: &str, object_type: &str) -> Vec<Value> {
        let items = self.objects(profile, object_type);
        items
            .iter()
            .map(|item| serde_json::from_str(item["Object"].as_str().unwrap()).unwrap())
            .collect()
    }
}

fn ids(reply: &Value) -> Vec<String> {
    let items = reply["Items"].as_array().unwrap();
    items
        .iter()
        .map(|item| item["ProfileId"].as_str().unwrap().to_owned())
        .collect()
}

/// The payload of a topic in the samples.
fn payload(topic: &str) -> Value {
    let samples: Value = serde_json::from_str(include_str!(
        "../../../../tests/data/aws/eventbridge_shopify_topics.json"
    ))
    .unwrap();
    let events = samples["events"].as_array().unwrap();
    let found = events
        .iter()
        .find(|event| event["detail"]["metadata"]["X-Shopify-Topic"] == topic);
    found.unwrap()["detail"]["payload"].clone()
}

fn order(id: u64, customer: u64) -> Value {
    let mut order = payload("orders/create");
    order["id"] = json!(id);
    order["customer"]["id"] = json!(customer);
    order
}

fn record(contact: &str, number: Option<&str>) -> ContactRecord {
    ContactRecord {
        contact_id: contact.to_owned(),
        initial_contact_id: None,
        channel: "VOICE".to_owned(),
        initiation_method: "INBOUND".to_owned(),
        initiated_at: now(),
        connected_at: Some(now()),
        disconnected_at: now() + TimeDelta::minutes(7),
        disconnect_reason: Some("CUSTOMER_DISCONNECT".to_owned()),
        instance_arn: "arn:aws:connect:ap-northeast-1:123456789012:instance/i".to_owned(),
        customer: number.map(ToOwned::to_owned),
        system: Some("+81120000111".to_owned()),
        queue: None,
        agent: Some(RecordedAgent {
            username: "hanako.sato".to_owned(),
            connected_at: now(),
            interaction_seconds: 400,
            holds: Some(1),
            hold_seconds: Some(30),
        }),
        attributes: BTreeMap::new(),
    }
}
