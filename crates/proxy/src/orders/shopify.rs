//! Shopify's own orders and drafts, as its webhooks send them. Members: Shopify's Admin API,
//! webhook topics `orders/*` and `draft_orders/*`.

use contract::{
    Address, Currency, LineItem, Money, Order, OrderKind, PaymentStatus, Refund, Shipment,
    ShipmentStatus, ShopTime, Tracking,
};

use super::standard::{fulfilment, payment};
use super::{Became, Entry, OrderObject, order_id};
use crate::prefecture;
use crate::reading::{Losses, Members};

/// The events in which an object was delivered, with which it may be kept or without.
const EVENTS: [&str; 3] = ["detail", "event", "payload"];

pub(super) fn read_order(members: &Members<'_>, key: Option<&str>) -> Entry {
    let losses = Losses::default();
    let m = &members.unwrapped(&EVENTS).with_losses(&losses);
    let mut order = both(m, OrderObject::ShopifyOrder, OrderKind::Placed, key);
    // Of what is too large for an event only the id is sent: it says nothing of parcels.
    order.detailed = m.has("line_items");
    order.payment = m
        .word("financial_status")
        .map_or(PaymentStatus::Unstated, payment);
    order.fulfilment = fulfilment(m, "fulfillment_status", &order.kind);
    order.processed = m.time("processed_at");
    order.closed = m.time("closed_at");
    order.cancelled = m.time("cancelled_at");
    order.cancel_reason = m.text("cancel_reason");
    let currency = &order.currency;
    order.discounts = m.money("total_discounts", currency);
    order.items_total = m.money("total_line_items_price", currency);
    order.tip = m.money("total_tip_received", currency);
    order.outstanding = m.money("total_outstanding", currency);
    order.shipping = m
        .within("total_shipping_price_set", |set| {
            set.within("shop_money", |money| money.money("amount", currency))
        })
        .flatten()
        .flatten();
    order.shipments = m.each("fulfillments", shipment);
    order.refunds = m.each("refunds", |of| Some(refund(of, currency)));
    order.phone = m.text("phone");
    order.gateway = m.list("payment_gateway_names").and_then(|names| {
        let names: Vec<&str> = names.iter().filter_map(|name| name.as_str()).collect();
        (!names.is_empty()).then(|| names.join(", ").into())
    });
    order.status_url = m.url("order_status_url");
    order.losses = losses.take();
    Entry {
        order,
        became: Became::Unsaid,
    }
}

pub(super) fn read_draft(members: &Members<'_>, key: Option<&str>) -> Entry {
    let losses = Losses::default();
    let m = &members.unwrapped(&EVENTS).with_losses(&losses);
    let mut order = both(m, OrderObject::ShopifyDraftOrder, OrderKind::Draft, key);
    order.detailed = m.has("line_items");
    order.payment = m.word("status").map_or(PaymentStatus::Unstated, payment);
    // Nothing has been taken off a draft: drafts send 0 here.
    for item in &mut order.items {
        item.current_quantity = None;
    }
    order.status_url = m.url("invoice_url");
    let became = match m.id("order_id") {
        Some(id) => Became::Order(id),
        None if m.has("order_id") && !m.says("order_id") => Became::Nothing,
        None => Became::Unsaid,
    };
    order.losses = losses.take();
    Entry { order, became }
}

/// What orders and drafts have in common.
fn both(m: &Members<'_>, object: OrderObject, kind: OrderKind, key: Option<&str>) -> Order {
    let currency = Currency::from_code(&m.text("currency").unwrap_or_default());
    let shop_id = m.id("id");
    let address = |name| {
        m.within(name, address)
            .filter(|address| !address.is_empty())
    };
    Order {
        id: order_id(None, object, shop_id.as_ref(), key),
        kind,
        payment: PaymentStatus::Unstated,
        fulfilment: contract::FulfilmentStatus::Unstated,
        detailed: false,
        relation: None,
        draft: None,
        shop_id,
        name: m.text("name"),
        created: m.time("created_at"),
        updated: m.time("updated_at"),
        processed: None,
        closed: None,
        cancelled: None,
        cancel_reason: None,
        total: m.money("total_price", &currency),
        tax: m.money("total_tax", &currency),
        discounts: None,
        items_total: None,
        shipping: None,
        tip: None,
        outstanding: None,
        items: m.each("line_items", |item| Some(line_item(item, &currency))),
        shipments: Vec::new(),
        refunds: Vec::new(),
        shipping_address: address("shipping_address"),
        billing_address: address("billing_address"),
        mail: m.text("email"),
        phone: None,
        memo: m.memo("note"),
        gateway: None,
        card_company: None,
        card_number: None,
        status_url: None,
        attributes: Vec::new(),
        currency,
        losses: Vec::new(),
    }
}

fn address(address: &Members<'_>) -> Address {
    let lines = ["company", "address1", "address2"];
    let city = address.text("city");
    Address {
        name: address.text("name"),
        lines: lines
            .into_iter()
            .filter_map(|line| address.text(line))
            .collect(),
        province: prefecture::in_script_of(city.as_ref(), address.text("province")),
        city,
        country: address.text("country"),
        postal_code: address.text("zip"),
        ..Address::default()
    }
}

fn line_item(item: &Members<'_>, currency: &Currency) -> LineItem {
    LineItem {
        title: item.text("title"),
        variant: item.text("variant_title"),
        sku: item.text("sku"),
        quantity: item.count("quantity"),
        current_quantity: item.count("current_quantity"),
        price: item.money("price", currency),
        fulfilment: item.word("fulfillment_status").map(Into::into),
    }
}

fn shipment(of: &Members<'_>) -> Option<Shipment> {
    let status = of.word("status");
    // Shopify keeps shipments that could not be made; nothing was sent by them.
    if matches!(status.as_deref(), Some("error" | "failure")) {
        return None;
    }
    Some(Shipment {
        status: of
            .word("shipment_status")
            .map_or(ShipmentStatus::Unstated, ShipmentStatus::from),
        cancelled: status.as_deref() == Some("cancelled"),
        company: of.text("tracking_company"),
        trackings: trackings(of),
        created: of.time("created_at"),
        updated: of.time("updated_at"),
    })
}

/// The numbers and pages of a shipment, one by one: lists of both where there are several parcels,
/// and the first of each by itself.
fn trackings(of: &Members<'_>) -> Vec<Tracking> {
    let numbers = of.ids("tracking_numbers");
    let numbers = if numbers.is_empty() {
        of.id("tracking_number").into_iter().collect()
    } else {
        numbers
    };
    let urls = of.urls("tracking_urls");
    let urls = if urls.is_empty() {
        of.url("tracking_url").into_iter().collect()
    } else {
        urls
    };
    // A page belongs to the number at its place only where there is one for each.
    if urls.len() == numbers.len() || urls.is_empty() {
        let mut urls = urls.into_iter();
        let with_page = |number| Tracking {
            number: Some(number),
            url: urls.next(),
        };
        return numbers.into_iter().map(with_page).collect();
    }
    let numbers = numbers.into_iter().map(|number| Tracking {
        number: Some(number),
        url: None,
    });
    let pages = urls.into_iter().map(|url| Tracking {
        number: None,
        url: Some(url),
    });
    numbers.chain(pages).collect()
}

/// Money that was given back: the transactions of a refund that succeeded, together.
fn refund(of: &Members<'_>, currency: &Currency) -> Refund {
    Refund {
        at: time_of_refund(of),
        amount: amount_of_refund(of, currency),
        note: of.memo("note"),
    }
}

fn time_of_refund(of: &Members<'_>) -> Option<ShopTime> {
    of.time("processed_at").or_else(|| of.time("created_at"))
}

/// `None` where it cannot be told: no list of transactions, or one of them cannot be read.
fn amount_of_refund(of: &Members<'_>, currency: &Currency) -> Option<Money> {
    let transactions = of.list("transactions")?.len();
    let mut unknown = false;
    let amounts = of.each("transactions", |transaction| {
        let kind = transaction.word("kind");
        let status = transaction.word("status");
        let stated = transaction
            .text("currency")
            .map(|code| Currency::from_code(&code));
        let amount = transaction.money("amount", stated.as_ref().unwrap_or(currency));
        match (kind.as_deref(), status.as_deref()) {
            (Some("refund"), Some("success")) => {}
            // It failed, or has not happened yet, or is no refund: nothing was given back by it.
            (Some(_), Some(_)) => return Some(None),
            _ => unknown = true,
        }
        unknown |= amount.is_none();
        Some(amount)
    });
    if unknown || amounts.len() != transactions {
        return None;
    }
    let mut amounts = amounts.into_iter().flatten();
    let first = amounts
        .next()
        .unwrap_or_else(|| Money::zero(currency.clone()));
    amounts
        .try_fold(first, |sum, amount| sum.checked_add(&amount))
        .ok()
}
