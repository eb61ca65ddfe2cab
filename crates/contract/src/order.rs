//! Orders, as a shop clerk reads them.

use serde::{Deserialize, Serialize};

use crate::loss::Loss;
use crate::money::{Currency, Money};
use crate::profile::{Address, Attribute};
use crate::shop_time::ShopTime;
use crate::words::words;
use crate::{Personal, WebUrl};

/// What one order is known by, unique among the orders of one customer.
///
/// Opaque text: Customer Profiles' own id where it has one (`OrderId` of a standard order), else
/// made of the shop's. Compared, never parsed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OrderId(Box<str>);

impl From<&str> for OrderId {
    fn from(id: &str) -> Self {
        Self(id.into())
    }
}

impl AsRef<str> for OrderId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

words! {
    /// Whether something was bought, or only written down.
    OrderKind {
        /// The customer has ordered it.
        Placed = "placed",
        /// A clerk has drafted it. What becomes of it is another order, with a number of its own.
        Draft = "draft",
        /// The source does not say.
        Unstated = "unstated",
    }
}

words! {
    /// How far the paying is: Shopify's `financial_status`, or a draft's own status.
    PaymentStatus {
        /// A draft that is being worked on.
        Open = "open",
        /// A draft whose invoice was sent.
        InvoiceSent = "invoice_sent",
        /// A draft that has become an order.
        Completed = "completed",
        /// Nothing is paid yet.
        Pending = "pending",
        /// The bank has promised the money; it is not taken.
        Authorized = "authorized",
        /// A part is paid.
        PartiallyPaid = "partially_paid",
        /// All is paid.
        Paid = "paid",
        /// A part was given back.
        PartiallyRefunded = "partially_refunded",
        /// All was given back.
        Refunded = "refunded",
        /// The promise of the bank was given back; nothing was paid.
        Voided = "voided",
        /// The time for paying is over.
        Expired = "expired",
        /// Cancelled, in shops that say so here; see [`Order::cancelled`] too.
        Cancelled = "cancelled",
        /// The source does not say.
        Unstated = "unstated",
    }
}

words! {
    /// How much of an order has been sent: Shopify's `fulfillment_status`.
    FulfilmentStatus {
        /// Nothing is sent. Shops write nothing at all for it.
        Unfulfilled = "unfulfilled",
        /// A part is sent.
        Partial = "partial",
        /// All is sent.
        Fulfilled = "fulfilled",
        /// It went back into the stock.
        Restocked = "restocked",
        /// The source does not say, as with drafts.
        Unstated = "unstated",
    }
}

words! {
    /// Where a parcel is: Shopify's `shipment_status`, which carriers report.
    ShipmentStatus {
        /// The label was bought.
        LabelPurchased = "label_purchased",
        /// The label was printed.
        LabelPrinted = "label_printed",
        /// The carrier knows of it and does not have it yet.
        Confirmed = "confirmed",
        /// The carrier has it.
        CarrierPickedUp = "carrier_picked_up",
        /// It is on its way.
        InTransit = "in_transit",
        /// It is late.
        Delayed = "delayed",
        /// It is on the van.
        OutForDelivery = "out_for_delivery",
        /// Nobody was at home.
        AttemptedDelivery = "attempted_delivery",
        /// It waits to be fetched.
        ReadyForPickup = "ready_for_pickup",
        /// It is there.
        Delivered = "delivered",
        /// It could not be delivered.
        Failure = "failure",
        /// The carrier has not said.
        Unstated = "unstated",
    }
}

/// One line of an order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LineItem {
    /// What was bought.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Personal>,
    /// Which variant of it: size, colour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variant: Option<Personal>,
    /// The shop's own number of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sku: Option<Personal>,
    /// How many were ordered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantity: Option<u32>,
    /// How many are left after what was taken off the order again; only raw orders say it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current_quantity: Option<u32>,
    /// The price of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<Money>,
    /// How much of the line was sent; only raw orders say it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fulfilment: Option<FulfilmentStatus>,
}

/// A number that a carrier knows a parcel by, and the page where the carrier says where it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Tracking {
    /// The carrier's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<Personal>,
    /// The carrier's page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<WebUrl>,
}

/// Something that was sent; only raw orders say it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Shipment {
    /// Where it is.
    pub status: ShipmentStatus,
    /// It was taken back before it was sent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cancelled: bool,
    /// The carrier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<Personal>,
    /// Parcels, one by one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trackings: Vec<Tracking>,
    /// When it was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<ShopTime>,
    /// When its status last changed: of a delivered parcel, about when it was delivered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated: Option<ShopTime>,
}

/// Money that was given back; only raw orders say it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Refund {
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<ShopTime>,
    /// How much. Absent where the source says that something was given back and not what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// What the clerk noted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Personal>,
}

words! {
    /// What is known of the order that a draft may have become.
    DraftRelation {
        /// It has become none: the shop's own draft says so.
        NotOrdered = "not_ordered",
        /// It has become an order, which is not among those that are here.
        OrderNotHere = "order_not_here",
        /// It may be the same as an order that is here: nothing that the domain holds tells.
        PossibleDuplicate = "possible_duplicate",
    }
}

/// The draft that an order was made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DraftOrigin {
    /// What it is known by.
    pub id: OrderId,
    /// What the shop calls it, such as `#D1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Personal>,
    /// When it was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<ShopTime>,
}

/// One order.
///
/// A draft that is known to have become an order is part of that order ([`Order::draft`]), not an
/// order of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Order {
    /// What it is known by.
    pub id: OrderId,
    /// Bought or drafted.
    pub kind: OrderKind,
    /// How far the paying is.
    pub payment: PaymentStatus,
    /// How much is sent.
    pub fulfilment: FulfilmentStatus,
    /// The shop's own order was read too: then shipments, refunds and stock numbers are known, and
    /// their absence says that there are none.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub detailed: bool,
    /// Of a draft: what is known of the order that it may have become. An order that lacks the shop's
    /// id, beside orders that the shop's own form alone tells of, is a possible duplicate too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relation: Option<DraftRelation>,
    /// Of an order: the draft that it was made from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draft: Option<DraftOrigin>,
    /// The shop's id: decimal digits, often more than a JavaScript number holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shop_id: Option<Personal>,
    /// What the shop calls it, such as `#1001`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Personal>,
    /// When it was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<ShopTime>,
    /// When it last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated: Option<ShopTime>,
    /// When the customer ordered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub processed: Option<ShopTime>,
    /// When the shop was done with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<ShopTime>,
    /// When it was cancelled, whatever was paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancelled: Option<ShopTime>,
    /// Why it was cancelled, in the shop's word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancel_reason: Option<Personal>,
    /// What all amounts of it are in, unless one says another.
    pub currency: Currency,
    /// What the customer pays for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<Money>,
    /// Tax within or upon it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax: Option<Money>,
    /// What was taken off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discounts: Option<Money>,
    /// All lines together, before discounts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub items_total: Option<Money>,
    /// Shipping.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipping: Option<Money>,
    /// Tip.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tip: Option<Money>,
    /// What is not paid yet; only raw orders say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outstanding: Option<Money>,
    /// What was bought.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<LineItem>,
    /// What was sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shipments: Vec<Shipment>,
    /// What was given back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refunds: Vec<Refund>,
    /// Where it goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipping_address: Option<Address>,
    /// Who pays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billing_address: Option<Address>,
    /// Mail address given with the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail: Option<Personal>,
    /// Telephone number given with the order, as it was typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Personal>,
    /// What somebody noted; may have several lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memo: Option<Personal>,
    /// How it was paid, in the shop's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gateway: Option<Personal>,
    /// Name of the card's company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card_company: Option<Personal>,
    /// Last digits of the card's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card_number: Option<Personal>,
    /// The shop's page about this order. It carries a key: opened without a referrer, never shown,
    /// never logged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_url: Option<WebUrl>,
    /// What the shop keeps besides, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<Attribute>,
    /// What was there and could not be read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub losses: Vec<Loss>,
}

impl Order {
    /// When it was ordered, or drafted: what a history is sorted by.
    pub fn ordered(&self) -> Option<ShopTime> {
        self.processed.or(self.created)
    }
}

words! {
    /// Why an order is in no total.
    NotSummedReason {
        /// Its currency is not stated, or not in ISO 4217.
        UnknownCurrency = "unknown_currency",
        /// It has no total, or none that could be read.
        NoTotal = "no_total",
        /// A part of it was given back, and nobody says how much.
        RefundUnknown = "refund_unknown",
        /// The total would have more digits than can be kept.
        Overflow = "overflow",
        /// It may be the same as an order that is counted.
        PossibleDuplicate = "possible_duplicate",
        /// The source does not say whether it was bought.
        UnknownStatus = "unknown_status",
    }
}

/// An order that is in no total though it may have been bought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NotSummed {
    /// Which.
    pub order: OrderId,
    /// Why.
    pub why: NotSummedReason,
}

/// All that was bought in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CurrencyTotal {
    /// How many orders are in it.
    pub orders: u32,
    /// The sum of their totals, less what was given back.
    pub sum: Money,
}

/// What a customer has bought, each currency by itself.
///
/// Counted are orders that were placed and stand: not drafts, and not what was cancelled, refunded,
/// voided or has expired. Whether they are paid does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Totals {
    /// One for each currency, by its code.
    pub sums: Vec<CurrencyTotal>,
    /// What would have to be counted and cannot be.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_summed: Vec<NotSummed>,
}
