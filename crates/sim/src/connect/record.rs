//! The record of a contact that has ended, as Connect hands it to Customer Profiles.

use chrono::{DateTime, Utc};

use super::contact::{channel, connected_to_system, disconnect_reason, disconnected, method};
use crate::agent::{arn, queue_arn};
use crate::instance::Instance;
use crate::line::{Channel, Line, Origin};
use crate::profiles::{ContactRecord, RecordedAgent, RecordedQueue};

/// The record, once the contact is over.
pub(crate) fn of(instance: &Instance, line: &Line) -> Option<ContactRecord> {
    let disconnected_at = disconnected(instance, line)?;
    let scenario = instance.scenario();
    let contact = arn(scenario, "contact", line.id.as_ref());
    let queue = scenario
        .queues
        .iter()
        .find(|queue| queue.name == line.queue);
    let service = line.service.as_ref();
    let connected_at = service.and_then(|service| service.connected_at);
    let left_queue_at = connected_at.unwrap_or(disconnected_at);
    let seconds = |from: DateTime<Utc>, to: DateTime<Utc>| {
        u32::try_from((to - from).num_seconds()).unwrap_or_default()
    };
    let withheld = scenario.switches.withheld_number.as_ref();
    Some(ContactRecord {
        contact_id: line.id.to_string(),
        initial_contact_id: (line.initial != line.id).then(|| line.initial.to_string()),
        channel: channel(line).to_owned(),
        initiation_method: method(line).to_owned(),
        initiated_at: line.initiated_at,
        connected_at: connected_to_system(line),
        disconnected_at,
        disconnect_reason: disconnect_reason(line).map(ToOwned::to_owned),
        instance_arn: contact
            .split("/contact/")
            .next()
            .unwrap_or_default()
            .to_owned(),
        customer: (line.channel == Channel::Voice)
            .then(|| line.number.as_ref().or(withheld).cloned())
            .flatten(),
        system: queue
            .map(|queue| queue.number.clone())
            .filter(|_| line.channel == Channel::Voice),
        // A call that an agent makes goes through no queue.
        queue: (line.origin != Origin::Outbound).then(|| RecordedQueue {
            name: line.queue.clone(),
            arn: queue_arn(scenario, &line.queue),
            seconds: seconds(line.queued_at, left_queue_at),
        }),
        agent: service
            .zip(connected_at)
            .map(|(service, connected_at)| RecordedAgent {
                username: service.agent.clone(),
                connected_at,
                interaction_seconds: seconds(
                    connected_at,
                    service.ended_at.unwrap_or(disconnected_at),
                ),
                // An agent's contact, which counts them, does not outlive its after-call work.
                holds: None,
                hold_seconds: None,
            }),
        attributes: line.attributes.clone(),
    })
}
