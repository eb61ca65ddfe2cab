//! Objects that look like those of AWS, made of bytes.
//!
//! Text that a fuzzer makes is hardly ever JSON, and JSON hardly ever an order. Here each byte chooses
//! a member that the readers know, or a value that is worth reading.

use serde_json::{Map, Value, json};

/// Bytes, each of which chooses something.
pub(crate) struct Recipe<'a>(pub(crate) &'a [u8]);

impl Recipe<'_> {
    pub(crate) fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    pub(crate) fn object(&mut self, members: &[&str], depth: u8) -> Value {
        let mut object = Map::new();
        for _ in 0..self.next().unwrap_or(0) % 24 {
            let Some(choice) = self.next() else { break };
            let name = members[usize::from(choice) % members.len()];
            object.insert(name.to_owned(), self.value(name, depth));
        }
        Value::Object(object)
    }

    fn value(&mut self, name: &str, depth: u8) -> Value {
        let choice = self.next().unwrap_or(0);
        // Mostly what belongs there, now and then something else.
        let fits = !choice.is_multiple_of(8);
        match NESTED.iter().find(|(nested, ..)| *nested == name) {
            Some((_, members, is_list)) if fits && depth < 3 => {
                if *is_list {
                    let items = 0..usize::from(choice / 8 % 4);
                    items.map(|_| self.object(members, depth + 1)).collect()
                } else {
                    self.object(members, depth + 1)
                }
            }
            _ => {
                let value = self.next().unwrap_or(0);
                let values: &[&str] = match name {
                    _ if !fits => &ODD,
                    "Status" | "status" | "financial_status" | "kind" | "shipment_status" => &WORDS,
                    "StatusCode" => &["DRAFT", "ACTIVATED", "draft", "OTHER"],
                    "Currency" | "currency" => &["JPY", "USD", "KWD", "QQQ", "jpy", "CLF"],
                    "ShopifyOrderId" | "id" | "order_id" | "OrderId" | "contactId" => &IDS,
                    "ProfileId" => &PROFILE_IDS,
                    _ if is_time(name) => &TIMES,
                    _ if is_amount(name) => &AMOUNTS,
                    _ => &TEXTS,
                };
                let text = values[usize::from(value) % values.len()];
                serde_json::from_str(text).unwrap_or_else(|_| json!(text))
            }
        }
    }
}

fn is_time(name: &str) -> bool {
    ["Date", "_at", "Timestamp"]
        .iter()
        .any(|end| name.ends_with(end))
}

fn is_amount(name: &str) -> bool {
    ["Price", "price", "amount", "total", "Total", "Tax", "tax"]
        .iter()
        .any(|part| name.contains(part))
}

/// Members that hold others, what they hold, and whether they hold several.
const NESTED: [(&str, &[&str], bool); 14] = [
    ("Attributes", &["ShopifyOrderId", "a", "b"], false),
    ("attributes", &["a", "b"], false),
    ("OrderItems", &["Title", "Price", "Quantity"], true),
    ("ShippingAddress", &ADDRESS, false),
    ("BillingAddress", &ADDRESS, false),
    ("Address", &ADDRESS, false),
    ("line_items", &LINE, true),
    ("fulfillments", &FULFILMENT, true),
    ("refunds", &["processed_at", "note", "transactions"], true),
    (
        "transactions",
        &["kind", "status", "amount", "currency"],
        true,
    ),
    ("shipping_address", &["name", "address1", "zip"], false),
    ("total_shipping_price_set", &["shop_money"], false),
    (
        "agent",
        &[
            "username",
            "connectedToAgentTimestamp",
            "agentInteractionDuration",
        ],
        false,
    ),
    ("FoundByItems", &["KeyName", "Values"], true),
];

pub(crate) const STANDARD: [&str; 22] = [
    "OrderId",
    "Attributes",
    "Status",
    "StatusCode",
    "TotalPrice",
    "Currency",
    "CreatedDate",
    "UpdatedDate",
    "ProcessedDate",
    "CancelledDate",
    "ClosedDate",
    "OrderItems",
    "FulfillmentStatus",
    "TotalTax",
    "ShippingAddress",
    "BillingAddress",
    "AdditionalInformation",
    "StatusUrl",
    "Name",
    "CreditCardNumber",
    "ProfileObjectUniqueKey",
    "CustomerPhone",
];

pub(crate) const SHOPIFY: [&str; 20] = [
    "id",
    "financial_status",
    "fulfillment_status",
    "total_price",
    "currency",
    "created_at",
    "updated_at",
    "processed_at",
    "cancelled_at",
    "closed_at",
    "line_items",
    "fulfillments",
    "refunds",
    "shipping_address",
    "total_shipping_price_set",
    "note",
    "order_status_url",
    "name",
    "total_outstanding",
    "payment_gateway_names",
];

pub(crate) const DRAFT: [&str; 9] = [
    "id",
    "order_id",
    "status",
    "total_price",
    "currency",
    "created_at",
    "updated_at",
    "line_items",
    "name",
];

pub(crate) const RECORD: [&str; 9] = [
    "contactId",
    "channel",
    "initiationMethod",
    "initiationTimestamp",
    "disconnectTimestamp",
    "agent",
    "queue",
    "attributes",
    "disconnectReason",
];

pub(crate) const PROFILE: [&str; 14] = [
    "ProfileId",
    "FirstName",
    "LastName",
    "PhoneNumber",
    "MobilePhoneNumber",
    "EmailAddress",
    "Address",
    "Attributes",
    "FoundByItems",
    "AccountNumber",
    "AdditionalInformation",
    "PartyType",
    "BirthDate",
    "GenderString",
];

const ADDRESS: [&str; 6] = [
    "Name",
    "Address1",
    "Address2",
    "City",
    "Country",
    "PostalCode",
];

const LINE: [&str; 6] = [
    "title",
    "sku",
    "quantity",
    "current_quantity",
    "price",
    "fulfillment_status",
];

const FULFILMENT: [&str; 7] = [
    "status",
    "shipment_status",
    "tracking_company",
    "tracking_number",
    "tracking_url",
    "tracking_numbers",
    "updated_at",
];

const IDS: [&str; 6] = ["1", "2", "3", "\"1\"", "820982911946154508", "8.2e17"];

const PROFILE_IDS: [&str; 3] = [
    "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
    "ffeeddccbbaa99887766554433221100",
    "not an id",
];

const WORDS: [&str; 16] = [
    "paid",
    "pending",
    "authorized",
    "partially_paid",
    "partially_refunded",
    "refunded",
    "voided",
    "expired",
    "canceled",
    "open",
    "invoice_sent",
    "completed",
    "success",
    "refund",
    "delivered",
    "konbini\u{7}",
];

const TIMES: [&str; 9] = [
    "2026-10-25T11:06:13+09:00",
    "2026-10-26T11:06:13+09:00",
    "2019-12-13T07:56:04.000+0000",
    "2016-12-31T23:59:60Z",
    "0001-01-01T00:00:00+09:00",
    "9999-12-31T23:59:59-12:00",
    "2026-10-25",
    "1970-01-01T00:00:00.001Z",
    "1793322573.5",
];

const AMOUNTS: [&str; 12] = [
    "\"5500\"",
    "\"649.975\"",
    "\"0.00\"",
    "\"1000000000000000\"",
    "\"-12.5\"",
    "5500",
    "649.975",
    "\"170141183460469231731687303715884105727\"",
    "\"-170141183460469231731687303715884105728\"",
    "\"0.00000000000000000000000000000000000001\"",
    "\"1,000\"",
    "\"\"",
];

const TEXTS: [&str; 9] = [
    "見本",
    "<b>&amp;",
    "\u{202e}خدمة",
    "090-1234-5678",
    "+819000000001",
    "https://shop.example/?key=x",
    "a\u{0}\r\nb\u{9b}",
    " ",
    "2",
];

const ODD: [&str; 9] = [
    "null",
    "true",
    "[]",
    "{}",
    "[1,[null,\"x\"]]",
    "{\"a\":{\"b\":1}}",
    "1e300",
    "-1",
    "\"\"",
];
