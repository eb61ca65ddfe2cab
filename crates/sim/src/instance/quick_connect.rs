//! Quick connects: the transfer destinations that queues offer to their agents.

use serde_json::{Value, json};

use super::Instance;
use super::request::{Answer, Exception};
use crate::agent::{destination_arn, queue_arn};
use crate::leg::{Endpoint, EndpointKind};
use crate::scenario::{Destination, QuickConnect};

impl Instance {
    /// One page of the destinations of some queues. The token is the position to go on from.
    pub(super) fn get_endpoints(&self, params: &Value) -> Answer {
        let arns: Vec<&str> = params
            .get("queueARNs")
            .and_then(Value::as_array)
            .map(|arns| arns.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default();
        let from = match params.get("nextToken") {
            None | Some(Value::Null) => 0,
            Some(token) => token
                .as_str()
                .and_then(|token| token.parse::<usize>().ok())
                .ok_or_else(|| Exception::new("PaginationException", "no such page"))?,
        };
        let largest = (self.scenario.switches.endpoints_per_page as usize).max(1);
        let size = params
            .get("maxResults")
            .and_then(Value::as_u64)
            .and_then(|size| usize::try_from(size).ok())
            .map_or(largest, |size| size.clamp(1, largest));
        let all: Vec<Endpoint> = self
            .scenario
            .quick_connects
            .iter()
            .enumerate()
            .filter(|(_, quick)| self.is_offered_to(quick, &arns))
            .map(|(at, quick)| self.endpoint(at, quick))
            .collect();
        let next = from.saturating_add(size);
        let page: Vec<&Endpoint> = all.iter().skip(from).take(size).collect();
        let token = (next < all.len()).then(|| next.to_string());
        Ok(json!({ "endpoints": page, "nextToken": token }))
    }

    /// Whom the endpoint of a request reaches, if it is a quick connect of this instance.
    pub(super) fn destination(&self, params: &Value) -> Result<Destination, Exception> {
        let arn = params
            .pointer("/endpoint/endpointARN")
            .and_then(Value::as_str);
        self.scenario
            .quick_connects
            .iter()
            .enumerate()
            .find(|(at, _)| arn == Some(destination_arn(&self.scenario, *at).as_str()))
            .map(|(_, quick)| quick.to.clone())
            .ok_or_else(Exception::bad_endpoint)
    }

    fn is_offered_to(&self, quick: &QuickConnect, arns: &[&str]) -> bool {
        self.scenario.queues.iter().any(|queue| {
            let serves = quick.queues.is_empty() || quick.queues.contains(&queue.name);
            serves && arns.contains(&queue_arn(&self.scenario, &queue.name).as_str())
        })
    }

    fn endpoint(&self, at: usize, quick: &QuickConnect) -> Endpoint {
        let endpoint = Endpoint {
            endpoint_arn: Some(destination_arn(&self.scenario, at)),
            name: Some(quick.name.clone()),
            ..Endpoint::default()
        };
        match &quick.to {
            Destination::Phone(number) => Endpoint {
                phone_number: Some(number.clone()),
                ..endpoint
            },
            Destination::Agent(login) => Endpoint {
                kind: EndpointKind::Agent,
                agent_login: Some(login.clone()),
                ..endpoint
            },
            Destination::Queue(name) => Endpoint {
                kind: EndpointKind::Queue,
                queue: Some(queue_arn(&self.scenario, name)),
                ..endpoint
            },
        }
    }
}
