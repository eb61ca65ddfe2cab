//! Earlier contacts and calculated attributes of a customer.
//!
//! How the members of a contact record are cased inside of Customer Profiles is not documented:
//! both casings are read. The members: Connect's administrator guide, "Contact records data model".

use contract::{
    CalculatedAttribute, CalculatedPart, Channel, ContactsPart, Initiation, LossReason,
    PastContact, ProfileId,
};
use serde_json::Value;

use crate::profiles::attributes;
use crate::reading::{Casing, Losses, Members, Place};

/// Earlier contacts that are shown: more than an agent reads in a call.
const MOST: usize = 100;

/// Earlier contacts of a customer, page by page.
#[derive(Default)]
pub struct PastContacts {
    contacts: Vec<PastContact>,
    losses: Losses,
}

impl std::fmt::Debug for PastContacts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PastContacts({})", self.contacts.len())
    }
}

impl PastContacts {
    /// Adds a page of `ListProfileObjects` for the object type `CTR`.
    pub fn add(&mut self, page: &Value) {
        let Some(page) = Members::of(page, Place::ROOT, &self.losses) else {
            return;
        };
        for contact in page.each("Items", |item| item.object("CTR", contact)) {
            if !self.contacts.iter().any(|known| known.id == contact.id) {
                self.contacts.push(contact);
            }
        }
    }

    /// The part of the answer that says when this customer was in contact before: the newest, for
    /// they are listed in no order that is documented. `cut` says that there are pages that were not
    /// added.
    #[must_use]
    pub fn into_part(self, profile: ProfileId, cut: bool) -> ContactsPart {
        let losses = self.losses.take();
        let mut contacts = self.contacts;
        contacts.sort_by(|a, b| (b.started, &b.id).cmp(&(a.started, &a.id)));
        let cut = cut || contacts.len() > MOST;
        contacts.truncate(MOST);
        ContactsPart {
            profile,
            contacts,
            cut,
            losses,
        }
    }
}

fn contact(record: &Members<'_>) -> Option<PastContact> {
    let record = &record.with_casing(Casing::FirstLetterFree);
    let Some(id) = record.id("contactId") else {
        record.lost("contactId", LossReason::Missing);
        return None;
    };
    let losses = Losses::default();
    let record = &record.with_losses(&losses);
    let agent = record.within("agent", |agent| {
        (
            agent.text("username"),
            agent.instant("connectedToAgentTimestamp"),
            agent.count("agentInteractionDuration"),
        )
    });
    let (agent, connected, talk_seconds) = agent.unwrap_or_default();
    let contact = PastContact {
        id: id.as_str().into(),
        channel: record
            .word("channel")
            .map_or(Channel::Unstated, Channel::from),
        initiation: record
            .word("initiationMethod")
            .map_or(Initiation::Unstated, Initiation::from),
        started: record.instant("initiationTimestamp"),
        connected,
        ended: record.instant("disconnectTimestamp"),
        agent,
        talk_seconds,
        queue: record.within("queue", |queue| queue.text("name")).flatten(),
        disconnect_reason: record.text("disconnectReason"),
        attributes: attributes(record, "attributes"),
        losses: losses.take(),
    };
    Some(contact)
}

/// Reads pages of `ListCalculatedAttributesForProfile`.
pub fn calculated<'a>(
    profile: ProfileId,
    pages: impl IntoIterator<Item = &'a Value>,
) -> CalculatedPart {
    let losses = Losses::default();
    let mut attributes = Vec::new();
    for page in pages {
        if let Some(page) = Members::of(page, Place::ROOT, &losses) {
            attributes.extend(page.each("Items", calculated_attribute));
        }
    }
    attributes.sort_by(|a, b| a.name.cmp(&b.name));
    CalculatedPart {
        profile,
        attributes,
        losses: losses.take(),
    }
}

fn calculated_attribute(item: &Members<'_>) -> Option<CalculatedAttribute> {
    Some(CalculatedAttribute {
        name: item.text("CalculatedAttributeName")?,
        display_name: item.text("DisplayName"),
        // Without a value there is nothing to show.
        value: item.id("Value")?,
        partial: item.flag("IsDataPartial").unwrap_or_default(),
        last_object: item.instant("LastObjectTimestamp"),
    })
}

#[cfg(test)]
mod tests;
