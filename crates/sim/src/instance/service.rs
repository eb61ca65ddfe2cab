//! Who has a customer or had them last, noted on the line: an agent's own contact is gone once it
//! is cleared, and the interfaces for programs are asked afterwards.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use contract::ContactId;

use crate::agent::Agent;
use crate::contact::Contact;
use crate::line::{Line, Service};

/// Reads off what an agent has in hand now; called with every snapshot, and every change has one.
pub(super) fn note(lines: &mut BTreeMap<ContactId, Line>, agent: &Agent, now: DateTime<Utc>) {
    let login = &agent.person.login;
    for contact in &agent.contacts {
        let took = contact.agent().is_some_and(|leg| leg.state.is_up());
        let Some(line) = lines.get_mut(&contact.id) else {
            continue;
        };
        let noted = |service: &Service| service.offer == contact.offer;
        if took && !line.service.as_ref().is_some_and(noted) {
            line.service = Some(Service {
                agent: login.clone(),
                offer: contact.offer,
                connected_at: None,
                ended_at: None,
                cleared_at: None,
            });
        }
        if let Some(service) = line.service.as_mut().filter(|service| noted(service)) {
            service.connected_at = contact.connected_at;
            service.ended_at = contact.ended_at;
        }
    }
    for line in lines.values_mut() {
        let Some(service) = &mut line.service else {
            continue;
        };
        let in_hand = |contact: &Contact| contact.offer == service.offer;
        if service.agent == *login
            && service.cleared_at.is_none()
            && !agent.contacts.iter().any(in_hand)
        {
            service.ended_at.get_or_insert(now);
            service.cleared_at = Some(now);
        }
    }
}
