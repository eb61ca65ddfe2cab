//! The templates of object types: what the service would map if the integrations were switched
//! on.
//!
//! The Shopify ones follow "Mapping Shopify objects to the standard profile" and "… to the
//! standard order" of the administrator's guide; the events reach the service inside an envelope
//! of AppIntegrations. The contact record's follow "Contact record template".

use std::collections::BTreeMap;

use super::super::key::ContentType;
use super::super::{Outcome, not_found};
use super::{Field, Key, ObjectType, StandardIdentifier};

/// The ids of every template that the simulator has.
pub(super) const IDS: [&str; 6] = [
    "CTR",
    "CTR-AutoAssociateOnly",
    "CTR-NoInferred",
    "Shopify-Customer",
    "Shopify-DraftOrder",
    "Shopify-Order",
];

/// A template.
#[derive(Debug)]
pub(super) struct Template {
    pub(super) source_name: &'static str,
    pub(super) source_object: &'static str,
    pub(super) definition: ObjectType,
}

const PAYLOAD: &str = "_source.detail.event.detail.payload";

/// Members of a customer's payload, and where they go in the profile.
const CUSTOMER: [(&str, &str); 12] = [
    ("id", "Attributes.ShopifyCustomerId"),
    ("email", "EmailAddress"),
    ("first_name", "FirstName"),
    ("last_name", "LastName"),
    ("note", "AdditionalInformation"),
    ("phone", "PhoneNumber"),
    ("default_address.address1", "Address.Address1"),
    ("default_address.address2", "Address.Address2"),
    ("default_address.city", "Address.City"),
    ("default_address.province", "Address.Province"),
    ("default_address.country", "Address.Country"),
    ("default_address.zip", "Address.PostalCode"),
];

/// Members that orders and drafts have in common, and where they go in the order.
const BOTH_ORDERS: [(&str, &str); 27] = [
    ("id", "Attributes.ShopifyOrderId"),
    ("customer.id", "Attributes.ShopifyCustomerId"),
    ("created_at", "CreatedDate"),
    ("updated_at", "UpdatedDate"),
    ("currency", "Currency"),
    ("email", "CustomerEmail"),
    ("name", "Name"),
    ("note", "AdditionalInformation"),
    ("total_price", "TotalPrice"),
    ("total_tax", "TotalTax"),
    ("line_items[].title", "OrderItems[].Title"),
    ("line_items[].price", "OrderItems[].Price"),
    ("line_items[].quantity", "OrderItems[].Quantity"),
    ("billing_address.address1", "BillingAddress.Address1"),
    ("billing_address.address2", "BillingAddress.Address2"),
    ("billing_address.city", "BillingAddress.City"),
    ("billing_address.zip", "BillingAddress.PostalCode"),
    ("billing_address.province", "BillingAddress.Province"),
    ("billing_address.country", "BillingAddress.Country"),
    ("billing_address.name", "BillingAddress.Name"),
    ("shipping_address.address1", "ShippingAddress.Address1"),
    ("shipping_address.address2", "ShippingAddress.Address2"),
    ("shipping_address.city", "ShippingAddress.City"),
    ("shipping_address.zip", "ShippingAddress.PostalCode"),
    ("shipping_address.province", "ShippingAddress.Province"),
    ("shipping_address.country", "ShippingAddress.Country"),
    ("shipping_address.name", "ShippingAddress.Name"),
];

/// Members that only an order has. Shopify's payloads have had neither `gateway` nor
/// `payment_details` since 2023, so what they would fill is always `null`.
const ORDER: [(&str, &str); 16] = [
    ("cancelled_at", "CancelledDate"),
    ("cancel_reason", "CancelReason"),
    ("closed_at", "ClosedDate"),
    ("processed_at", "ProcessedDate"),
    ("phone", "CustomerPhone"),
    ("financial_status", "Status"),
    ("fulfillment_status", "FulfillmentStatus"),
    ("gateway", "Gateway"),
    ("order_status_url", "StatusUrl"),
    ("payment_details.credit_card_number", "CreditCardNumber"),
    ("payment_details.credit_card_company", "CreditCardCompany"),
    ("total_discounts", "TotalDiscounts"),
    ("total_line_items_price", "TotalItemsPrice"),
    (
        "total_shipping_price_set.shop_money.amount",
        "TotalShippingPrice",
    ),
    ("total_tip_received", "TotalTipReceived"),
    ("total_weight", "TotalWeight"),
];

/// Members that only a draft has.
const DRAFT: [(&str, &str); 2] = [("status", "Status"), ("invoice_url", "StatusUrl")];

/// A template under the name of the object type that is to be made of it.
pub(super) fn by_id(id: &str, name: &str) -> Outcome<Template> {
    let template = match id {
        "CTR" | "CTR-AutoAssociateOnly" | "CTR-NoInferred" => contact_record(id),
        "Shopify-Customer" => customer(),
        "Shopify-Order" => order("Order", &ORDER),
        "Shopify-DraftOrder" => order("DraftOrder", &DRAFT),
        _ => return Err(not_found("Template not found")),
    };
    let definition = ObjectType {
        name: name.to_owned(),
        template_id: Some(id.to_owned()),
        ..template.definition
    };
    Ok(Template {
        definition,
        ..template
    })
}

fn customer() -> Template {
    let fields = fields("_profile", CUSTOMER.iter());
    let id = "Attributes.ShopifyCustomerId";
    let keys = [(
        "_shopifyCustomerId",
        key(
            &[StandardIdentifier::Unique, StandardIdentifier::Profile],
            id,
        ),
    )];
    shopify("Customer", fields, keys)
}

fn order(source_object: &'static str, own: &[(&str, &str)]) -> Template {
    let mut fields = fields("_order", BOTH_ORDERS.iter().chain(own));
    fields.insert(
        "StatusCode".to_owned(),
        Field {
            source: format!(
                "{{{{#if {PAYLOAD}.order_status_url}}}}ACTIVATED{{{{else}}}}DRAFT{{{{/if}}}}"
            ),
            target: "_order.StatusCode".to_owned(),
            content_type: ContentType::String,
        },
    );
    let keys = [
        (
            "_shopifyOrderId",
            key(
                &[StandardIdentifier::Unique, StandardIdentifier::Order],
                "Attributes.ShopifyOrderId",
            ),
        ),
        (
            "_shopifyCustomerId",
            key(
                &[StandardIdentifier::Profile],
                "Attributes.ShopifyCustomerId",
            ),
        ),
    ];
    shopify(source_object, fields, keys)
}

fn shopify<const N: usize>(
    source_object: &'static str,
    fields: BTreeMap<String, Field>,
    keys: [(&str, Key); N],
) -> Template {
    template("Shopify", source_object, fields, keys, true)
}

/// Both numbers and ids of contacts find a profile; the id does so first.
fn contact_record(id: &str) -> Template {
    let path = |source: &str, target: &str, content_type| Field {
        source: format!("_source.{source}"),
        target: target.to_owned(),
        content_type,
    };
    let fields = [
        ("contactId", path("contactId", "", ContentType::String)),
        (
            "customerEndpoint.address",
            path(
                "customerEndpoint.address",
                "_profile.PhoneNumber",
                ContentType::PhoneNumber,
            ),
        ),
    ];
    let fields = fields
        .into_iter()
        .map(|(name, field)| (name.to_owned(), field))
        .collect();
    let own = key(
        &[StandardIdentifier::Unique, StandardIdentifier::Profile],
        "contactId",
    );
    let number = key(
        &[
            StandardIdentifier::Profile,
            StandardIdentifier::Secondary,
            StandardIdentifier::LookupOnly,
        ],
        "customerEndpoint.address",
    );
    let allowed = id != "CTR-AutoAssociateOnly";
    let (name, object) = ("AmazonConnect", "CTR");
    match id {
        "CTR" => template(name, object, fields, [("_ctrContactId", own)], allowed),
        _ => template(
            name,
            object,
            fields,
            [("_ctrContactId", own), ("_phone", number)],
            allowed,
        ),
    }
}

fn template<const N: usize>(
    source_name: &'static str,
    source_object: &'static str,
    fields: BTreeMap<String, Field>,
    keys: [(&str, Key); N],
    allow_profile_creation: bool,
) -> Template {
    let keys = keys
        .into_iter()
        .map(|(name, key)| (name.to_owned(), vec![key]))
        .collect();
    Template {
        source_name,
        source_object,
        definition: ObjectType {
            name: String::new(),
            description: format!("{source_name} {source_object}"),
            template_id: None,
            expiration_days: 366,
            allow_profile_creation,
            source_last_updated_timestamp_format: None,
            max_profile_object_count: None,
            fields,
            keys,
            tags: BTreeMap::new(),
        },
    }
}

/// A field is named as its target.
fn fields<'a>(
    standard: &str,
    members: impl Iterator<Item = &'a (&'a str, &'a str)>,
) -> BTreeMap<String, Field> {
    let field = |(source, target): &(&str, &str)| Field {
        source: format!("{PAYLOAD}.{source}"),
        target: format!("{standard}.{target}"),
        content_type: match *target {
            "PhoneNumber" | "CustomerPhone" => ContentType::PhoneNumber,
            "EmailAddress" | "CustomerEmail" => ContentType::EmailAddress,
            "FirstName" | "LastName" => ContentType::Name,
            _ => ContentType::String,
        },
    };
    members
        .map(|member| (member.1.to_owned(), field(member)))
        .collect()
}

fn key(identifiers: &[StandardIdentifier], field: &str) -> Key {
    Key {
        standard_identifiers: identifiers.to_vec(),
        field_names: vec![field.to_owned()],
    }
}
