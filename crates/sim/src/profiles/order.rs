//! The standard object `_order`: every member is there, in the documented order ("Standard order
//! definition" of the administrator's guide), and what is not known is `null`.

use serde::Serialize;
use serde::ser::{SerializeMap as _, Serializer};
use serde_json::{Map, Value};

use super::mapping::Found;

const MEMBERS: [&str; 30] = [
    ORDER_ID,
    "CustomerEmail",
    "CustomerPhone",
    "CreatedDate",
    "UpdatedDate",
    "ProcessedDate",
    "ClosedDate",
    "CancelledDate",
    "CancelReason",
    "Name",
    "AdditionalInformation",
    "Gateway",
    "Status",
    "StatusCode",
    "StatusUrl",
    "CreditCardNumber",
    "CreditCardCompany",
    "FulfillmentStatus",
    "TotalPrice",
    "TotalTax",
    "TotalDiscounts",
    "TotalItemsPrice",
    "TotalShippingPrice",
    "TotalTipReceived",
    "Currency",
    "TotalWeight",
    "BillingAddress",
    "ShippingAddress",
    ITEMS,
    ATTRIBUTES,
];
const ADDRESSES: [&str; 2] = ["BillingAddress", "ShippingAddress"];
const ADDRESS_MEMBERS: [&str; 11] = [
    "Name",
    "Address1",
    "Address2",
    "Address3",
    "Address4",
    "City",
    "County",
    "State",
    "Province",
    "Country",
    "PostalCode",
];
const ITEM_MEMBERS: [&str; 3] = ["Title", "Price", "Quantity"];
const ORDER_ID: &str = "OrderId";
const ITEMS: &str = "OrderItems";
const ATTRIBUTES: &str = "Attributes";

/// An order in the making.
#[derive(Debug, Default)]
pub(super) struct Order(Map<String, Value>);

impl Order {
    pub(super) fn new(id: &str) -> Self {
        let mut members = Map::new();
        members.insert(ORDER_ID.to_owned(), Value::from(id));
        members.insert(ITEMS.to_owned(), Value::Array(Vec::new()));
        members.insert(ATTRIBUTES.to_owned(), Value::Object(Map::new()));
        Self(members)
    }

    /// One that is stored already.
    pub(super) fn parse(text: &str) -> serde_json::Result<Self> {
        serde_json::from_str(text).map(Self)
    }

    /// Whether an order has a member at that path of a mapping's target.
    pub(super) fn has_member(path: &str) -> bool {
        match path.split_once('.') {
            None => MEMBERS.contains(&path),
            Some((ATTRIBUTES, _)) => true,
            Some(("OrderItems[]", member)) => ITEM_MEMBERS.contains(&member),
            Some((name, member)) => ADDRESSES.contains(&name) && ADDRESS_MEMBERS.contains(&member),
        }
    }

    /// Writes what a mapping found. What its source does not mention stays as it was.
    pub(super) fn write(&mut self, path: &str, found: Found) {
        match (path.split_once('.'), found) {
            (None, Found::One(text)) => {
                self.0.insert(path.to_owned(), Value::from(text));
            }
            (None, Found::Otherwise(text)) => {
                self.0.entry(path.to_owned()).or_insert(Value::from(text));
            }
            (Some(("OrderItems[]", member)), Found::Each(texts)) => self.write_items(member, texts),
            (Some((name, member)), Found::One(text)) => {
                let place = self.0.entry(name.to_owned()).or_insert(Value::Null);
                if place.is_null() && text.is_some() {
                    *place = Value::Object(Map::new());
                }
                if let Some(part) = place.as_object_mut() {
                    match text {
                        Some(text) => part.insert(member.to_owned(), Value::from(text)),
                        None => part.remove(member),
                    };
                    // An address of nothing is none; attributes are there even when empty.
                    if part.is_empty() && name != ATTRIBUTES {
                        *place = Value::Null;
                    }
                }
            }
            (_, Found::Absent | Found::Each(_) | Found::Otherwise(_)) => {}
        }
    }

    fn write_items(&mut self, member: &str, texts: Vec<Option<String>>) {
        let place = self.0.entry(ITEMS.to_owned()).or_insert(Value::Null);
        let mut items = match place.take() {
            Value::Array(items) => items,
            _ => Vec::new(),
        };
        items.resize(texts.len(), Value::Object(Map::new()));
        for (item, text) in items.iter_mut().zip(texts) {
            if let Some(item) = item.as_object_mut() {
                item.insert(member.to_owned(), Value::from(text));
            }
        }
        *place = Value::Array(items);
    }
}

impl Serialize for Order {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(MEMBERS.len()))?;
        for name in MEMBERS {
            match self.0.get(name) {
                Some(Value::Object(part)) if ADDRESSES.contains(&name) => {
                    map.serialize_entry(name, &InOrder(part, &ADDRESS_MEMBERS))?;
                }
                Some(Value::Array(items)) => {
                    let items: Vec<_> = items
                        .iter()
                        .filter_map(Value::as_object)
                        .map(|item| InOrder(item, &ITEM_MEMBERS))
                        .collect();
                    map.serialize_entry(name, &items)?;
                }
                found => map.serialize_entry(name, &found)?,
            }
        }
        map.end()
    }
}

/// Members in an order of their own, `null` where there is none.
struct InOrder<'a>(&'a Map<String, Value>, &'static [&'static str]);

impl Serialize for InOrder<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.1.iter().map(|name| (*name, self.0.get(*name))))
    }
}
