//! Customer Profiles' standard order. Source: Connect's administrator guide, "Standard order
//! definition", and what Shopify's objects are mapped to there.

use contract::{Address, Currency, FulfilmentStatus, LineItem, Order, OrderKind, PaymentStatus};

use super::{Became, Entry, OrderObject, order_id};
use crate::profiles::{attributes, standard_address};
use crate::reading::{Losses, Members};

pub(super) fn read(members: &Members<'_>, key: Option<&str>) -> Entry {
    let losses = Losses::default();
    let m = &members.with_losses(&losses);
    let currency = Currency::from_code(&m.text("Currency").unwrap_or_default());
    let shop_id = m.within("Attributes", |attributes| attributes.id("ShopifyOrderId"));
    let shop_id = shop_id.flatten();
    let payment = m.word("Status").map_or(PaymentStatus::Unstated, payment);
    let kind = kind(m.word("StatusCode").as_deref(), &payment);
    let fulfilment = fulfilment(m, "FulfillmentStatus", &kind);
    let items = m.each("OrderItems", |item| {
        Some(LineItem {
            title: item.text("Title"),
            quantity: item.count("Quantity"),
            price: item.money("Price", &currency),
            ..LineItem::default()
        })
    });
    let address = |name| {
        m.within(name, standard_address)
            .filter(|address| !Address::is_empty(address))
    };
    let order = Order {
        id: order_id(
            m.id("OrderId"),
            OrderObject::Standard,
            shop_id.as_ref(),
            key,
        ),
        kind,
        payment,
        fulfilment,
        detailed: false,
        relation: None,
        draft: None,
        shop_id,
        name: m.text("Name"),
        created: m.time("CreatedDate"),
        updated: m.time("UpdatedDate"),
        processed: m.time("ProcessedDate"),
        closed: m.time("ClosedDate"),
        cancelled: m.time("CancelledDate"),
        cancel_reason: m.text("CancelReason"),
        total: m.money("TotalPrice", &currency),
        tax: m.money("TotalTax", &currency),
        discounts: m.money("TotalDiscounts", &currency),
        items_total: m.money("TotalItemsPrice", &currency),
        shipping: m.money("TotalShippingPrice", &currency),
        tip: m.money("TotalTipReceived", &currency),
        outstanding: None,
        items,
        shipments: Vec::new(),
        refunds: Vec::new(),
        shipping_address: address("ShippingAddress"),
        billing_address: address("BillingAddress"),
        mail: m.text("CustomerEmail"),
        phone: m.text("CustomerPhone"),
        memo: m.memo("AdditionalInformation"),
        gateway: m.text("Gateway"),
        card_company: m.text("CreditCardCompany"),
        card_number: m.id("CreditCardNumber"),
        status_url: m.url("StatusUrl"),
        attributes: attributes(m, "Attributes"),
        currency,
        losses: losses.take(),
    };
    Entry {
        order,
        became: Became::Unsaid,
    }
}

/// How far the paying is, in Shopify's words or other shops' spelling of them.
pub(super) fn payment(word: String) -> PaymentStatus {
    match word.as_str() {
        "canceled" => PaymentStatus::Cancelled,
        _ => word.into(),
    }
}

/// How much is sent. Shops write null for an order of which nothing is.
pub(super) fn fulfilment(
    members: &Members<'_>,
    name: &'static str,
    kind: &OrderKind,
) -> FulfilmentStatus {
    match members.word(name) {
        Some(word) => word.into(),
        None if *kind == OrderKind::Placed && members.has(name) && !members.says(name) => {
            FulfilmentStatus::Unfulfilled
        }
        None => FulfilmentStatus::Unstated,
    }
}

/// Whether a standard order was bought. Its code says `DRAFT` of every order that came without a
/// page of its own, so a status that only orders can have is believed more.
fn kind(code: Option<&str>, payment: &PaymentStatus) -> OrderKind {
    let of_status = match payment {
        PaymentStatus::Open | PaymentStatus::InvoiceSent | PaymentStatus::Completed => {
            OrderKind::Draft
        }
        PaymentStatus::Unstated | PaymentStatus::Other(_) => OrderKind::Unstated,
        _ => OrderKind::Placed,
    };
    match (code, of_status) {
        (Some("activated"), _) | (Some("draft"), OrderKind::Placed) => OrderKind::Placed,
        (Some("draft"), _) => OrderKind::Draft,
        (_, of_status) => of_status,
    }
}
