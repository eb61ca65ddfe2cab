//! Stocking a domain with a shop: what the integrations would have brought in over the years.

use serde_json::{Value, json};

use super::key::{self, ContentType, Origin};
use super::store::Domain;
use super::{Outcome, object, object_type, record};
use crate::shop::{self, Event};

/// The shop's own object type.
const MEMBER: &str = "Shop-Member";
/// The key by which the shop's domain finds an order by its name, as `#1001`.
const ORDER_NAME: &str = "shop_order_name";

/// Does nothing in a domain that has a shop.
pub(super) fn fill(domain: &Domain<'_>, seed: u64) -> Outcome<bool> {
    if is_stocked(domain)? {
        return Ok(false);
    }
    object_type::define(domain, MEMBER, shop::member_type().as_object())?;
    for name in ["Shopify-Order", "Shopify-DraftOrder"] {
        let mut definition = object_type::get(domain, name)?;
        if let Some(keys) = definition.get_mut("Keys").and_then(Value::as_object_mut) {
            keys.insert(ORDER_NAME.to_owned(), json!([{ "FieldNames": ["Name"] }]));
        }
        object_type::define(domain, name, definition.as_object())?;
    }
    for event in shop::events(seed, domain.now) {
        take(domain, event)?;
    }
    domain.remember("shop", seed.to_string())?;
    Ok(true)
}

pub(super) fn is_stocked(domain: &Domain<'_>) -> Outcome<bool> {
    Ok(domain.recall::<String>("shop")?.is_some())
}

fn take(domain: &Domain<'_>, event: Event) -> Outcome<()> {
    let (object_type, payload) = match event {
        Event::Customer(payload) => ("Shopify-Customer", payload),
        Event::Order(payload) => ("Shopify-Order", payload),
        Event::Draft(payload) => ("Shopify-DraftOrder", payload),
        Event::Member(member) => {
            object::ingest(domain, MEMBER, &member, None)?;
            return Ok(());
        }
        Event::Contact(customer, contact) => {
            if let Some(customer) = customer {
                link(domain, &customer.to_string(), &contact.contact_id)?;
            }
            return record::file(&domain.at(contact.disconnected_at), &contact);
        }
    };
    // The envelope of AppIntegrations, from inside: `json!` would copy the payload at each level.
    let envelope = ["payload", "detail", "event", "detail"];
    let event = envelope.into_iter().fold(payload, |inner, name| {
        Value::Object([(name.to_owned(), inner)].into_iter().collect())
    });
    object::ingest(domain, object_type, &event, None)?;
    Ok(())
}

/// Links a contact to a customer, as an agent's desk does while it lives.
fn link(domain: &Domain<'_>, customer: &str, contact: &str) -> Outcome<()> {
    let by_customer = ("_shopifyCustomerId", ContentType::String);
    for profile in key::holders(domain, by_customer, &[customer])?.into_keys() {
        let by_contact = ("_ctrContactId", ContentType::String);
        key::enter(domain, profile, Origin::Added, by_contact, contact)?;
    }
    Ok(())
}
