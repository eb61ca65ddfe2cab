//! JSON of which only what is read is kept.
//!
//! A shop's own order has some hundred members, most of them the same amount in two currencies once
//! more. To make values of them all would take a fifth of the time that a long history costs.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// The members that somebody here reads, with their first letter small; in order. Members of any
/// other name are passed over. That none is missing is asserted wherever one is read.
const READ: [&str; 100] = [
    "additionalInformation",
    "address1",
    "address2",
    "address3",
    "address4",
    "agent",
    "agentInteractionDuration",
    "amount",
    "attributes",
    "billingAddress",
    "billing_address",
    "cancelReason",
    "cancel_reason",
    "cancelledDate",
    "cancelled_at",
    "channel",
    "city",
    "closedDate",
    "closed_at",
    "company",
    "connectedToAgentTimestamp",
    "contactId",
    "country",
    "county",
    "createdDate",
    "created_at",
    "creditCardCompany",
    "creditCardNumber",
    "currency",
    "current_quantity",
    "customerEmail",
    "customerPhone",
    "detail",
    "disconnectReason",
    "disconnectTimestamp",
    "email",
    "event",
    "financial_status",
    "fulfillmentStatus",
    "fulfillment_status",
    "fulfillments",
    "gateway",
    "id",
    "initiationMethod",
    "initiationTimestamp",
    "invoice_url",
    "kind",
    "line_items",
    "name",
    "note",
    "orderId",
    "orderItems",
    "order_id",
    "order_status_url",
    "payload",
    "payment_gateway_names",
    "phone",
    "postalCode",
    "price",
    "processedDate",
    "processed_at",
    "province",
    "quantity",
    "queue",
    "refunds",
    "shipment_status",
    "shippingAddress",
    "shipping_address",
    "shop_money",
    "shopifyOrderId",
    "sku",
    "state",
    "status",
    "statusCode",
    "statusUrl",
    "title",
    "totalDiscounts",
    "totalItemsPrice",
    "totalPrice",
    "totalShippingPrice",
    "totalTax",
    "totalTipReceived",
    "total_discounts",
    "total_line_items_price",
    "total_outstanding",
    "total_price",
    "total_shipping_price_set",
    "total_tax",
    "total_tip_received",
    "tracking_company",
    "tracking_number",
    "tracking_numbers",
    "tracking_url",
    "tracking_urls",
    "transactions",
    "updatedDate",
    "updated_at",
    "username",
    "variant_title",
    "zip",
];

/// What somebody keeps under names of their own.
const OF_OTHERS: [&str; 2] = ["Attributes", "attributes"];

/// Whether somebody here reads a member, in whatever casing of its first letter.
pub(super) fn is_read(name: &str) -> bool {
    let mut bytes = name.bytes();
    let first = bytes.next().map(|first| first.to_ascii_lowercase());
    READ.binary_search_by(|known| known.bytes().cmp(first.into_iter().chain(bytes.clone())))
        .is_ok()
}

/// Reads JSON.
///
/// # Errors
///
/// When the text is not JSON, what is passed over included, or is nested more than 128 deep.
pub(super) fn from_str(text: &str) -> serde_json::Result<Value> {
    let mut json = serde_json::Deserializer::from_str(text);
    let value = Keep { all: false }.deserialize(&mut json)?;
    json.end()?;
    Ok(value)
}

/// Keeps a value: all of it, or of its objects the members that are read.
#[derive(Clone, Copy)]
struct Keep {
    all: bool,
}

impl<'de> DeserializeSeed<'de> for Keep {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Keep {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Number(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Number(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Number::from_f64(number).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::String(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element_seed(self)? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = object.next_key_seed(Name { all: self.all })? {
            match name {
                Some(name) => {
                    let all = self.all || OF_OTHERS.contains(&name.as_str());
                    let value = object.next_value_seed(Self { all })?;
                    members.insert(name, value);
                }
                None => {
                    object.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(Value::Object(members))
    }
}

/// Reads a member's name, which is none if nobody asks for it.
struct Name {
    all: bool,
}

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Option<String>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_str(self)
    }
}

impl Visitor<'_> for Name {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok((self.all || is_read(name)).then(|| name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_nobody_reads_is_passed_over_and_all_else_is_there() {
        let text = r#"{
            "id": 820982911946154508, "client_details": {"browser_ip": "x"}, "Status": null,
            "line_items": [{"title": "見本", "price": "649.975", "tax_lines": [1, [2]]}, -1, 1.5, true],
            "Attributes": {"own": {"deep": 1}, "rank": "gold"}
        }"#;
        let kept = json!({
            "id": 820_982_911_946_154_508_u64, "Status": null,
            "line_items": [{ "title": "見本", "price": "649.975" }, -1, 1.5, true],
            "Attributes": { "own": { "deep": 1 }, "rank": "gold" },
        });
        assert_eq!(from_str(text).unwrap(), kept);
    }

    #[rstest]
    #[case::cut("{")]
    #[case::more_behind_it("{} {}")]
    #[case::in_what_is_passed_over(r#"{"nobody": [}"#)]
    #[case::html("<html>")]
    fn what_is_not_json_is_refused(#[case] text: &str) {
        assert!(from_str(text).is_err());
    }

    #[rstest]
    #[case::kept("line_items")]
    #[case::passed_over("nobody")]
    fn depth_is_bounded_or_costs_nothing(#[case] name: &str) {
        let depth = 100_000;
        let text = format!("{{\"{name}\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(from_str(&text).is_ok(), name == "nobody");
    }

    #[test]
    fn the_names_are_in_order_and_each_is_there_once() {
        assert!(READ.is_sorted_by(|a, b| a < b));
        assert!(READ.iter().all(|name| is_read(name)));
        assert!(
            is_read("ContactId") && is_read("contactId") && !is_read("") && !is_read("contact")
        );
    }
}
