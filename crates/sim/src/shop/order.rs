//! Orders and drafts, as Shopify sends them.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::goods::{Line, Money};
use super::person::{Person, shop_time};
use super::random::Random;
use super::story::Story;

/// Carriers as Shopify names them, and the page that shows where a parcel is; the real ones' hosts
/// are left alone.
const CARRIERS: [(&str, &str); 3] = [
    ("Yamato (JA)", "https://track.example/yamato"),
    ("Sagawa (JA)", "https://track.example/sagawa"),
    ("Japan Post (JA)", "https://track.example/japan-post"),
];

/// An order with all that is worked out of it.
#[derive(Debug)]
pub(super) struct Order<'a> {
    pub(super) id: u64,
    pub(super) lines: Vec<Line>,
    number: u64,
    person: &'a Person,
    story: Story,
    created_at: DateTime<Utc>,
    now: DateTime<Utc>,
    discount: Money,
    shipping: Money,
    carrier: (&'static str, &'static str),
    note: Option<&'static str>,
}

impl<'a> Order<'a> {
    /// The `number`th order of the shop.
    pub(super) fn new(
        random: &mut Random,
        now: DateTime<Utc>,
        number: u64,
        person: &'a Person,
        story: Story,
    ) -> Self {
        let mut lines = Line::by_chance(random, number, person.currency);
        if let (Story::PartlyShipped, [only]) = (story, lines.as_mut_slice()) {
            // One piece cannot be shipped in part.
            only.quantity = only.quantity.max(2);
        }
        let money = Money {
            units: 0,
            currency: person.currency,
        };
        let items: u64 = lines
            .iter()
            .map(|line| line.price.units * line.quantity)
            .sum();
        let minutes = i64::try_from(random.below(600)).unwrap_or_default();
        let notes = [
            None,
            None,
            None,
            None,
            Some("ギフト包装"),
            Some("午前中に配達"),
        ];
        Self {
            id: 4_300_000_000_000 + number,
            number,
            person,
            story,
            created_at: now - TimeDelta::days(story.age(random)) - TimeDelta::minutes(minutes),
            now,
            discount: money.of(if random.below(6) == 0 { items / 10 } else { 0 }),
            shipping: money.of(if items < 5_000 { 800 } else { 0 }),
            carrier: random.pick(&CARRIERS),
            note: random.pick(&notes),
            lines,
        }
    }

    fn items(&self) -> Money {
        let units = self
            .lines
            .iter()
            .map(|line| line.price.units * line.quantity)
            .sum();
        self.discount.of(units)
    }

    fn tax(&self) -> Money {
        self.discount
            .of((self.items().units - self.discount.units) / 10)
    }

    fn total(&self) -> Money {
        let items = self.items().units - self.discount.units;
        self.discount
            .of(items + self.tax().units + self.shipping.units)
    }

    fn after(&self, days: i64) -> DateTime<Utc> {
        (self.created_at + TimeDelta::days(days)).min(self.now)
    }

    /// How many of a line have been shipped.
    fn shipped(&self, line: &Line) -> u64 {
        let first = self.lines.first().is_some_and(|first| first.id == line.id);
        match self.story.fulfillment_status() {
            Some("partial") if first && self.lines.len() == 1 => line.quantity.saturating_sub(1),
            Some("partial") if !first => 0,
            None => 0,
            Some(_) => line.quantity,
        }
    }

    /// The payload of `orders/updated`.
    pub(super) fn payload(&self) -> Value {
        let (story, total) = (self.story, self.total());
        let cancelled = (story == Story::Cancelled).then(|| shop_time(self.after(1)));
        let closed =
            (story.fulfillment_status() == Some("fulfilled")).then(|| shop_time(self.after(3)));
        let outstanding = if story == Story::Unpaid {
            total
        } else {
            total.of(0)
        };
        let gateway = if story == Story::Unpaid {
            "コンビニ決済"
        } else {
            "shopify_payments"
        };
        let lines: Vec<Value> = self
            .lines
            .iter()
            .map(|line| line.payload(self.shipped(line)))
            .collect();
        let mut order = self.head();
        let rest = json!({
            "number": self.number,
            "order_number": 1000 + self.number,
            "confirmation_number": format!("SYN{:07}", self.number),
            "confirmed": true,
            "test": false,
            "contact_email": self.person.mail,
            "phone": self.person.number,
            "processed_at": shop_time(self.created_at),
            "closed_at": closed,
            "cancelled_at": cancelled,
            "cancel_reason": cancelled.as_ref().map(|_| "customer"),
            "financial_status": story.financial_status(),
            "fulfillment_status": story.fulfillment_status(),
            "presentment_currency": total.currency,
            "customer_locale": "ja",
            "order_status_url": format!(
                "https://mihon-shop.example/orders/{}/authenticate?key=synthetic-{:x}",
                self.number, self.id
            ),
            "payment_gateway_names": [gateway],
            "source_name": if story == Story::FromDraft { "shopify_draft_order" } else { "web" },
            "subtotal_price": total.of(self.items().units - self.discount.units).text(),
            "total_discounts": self.discount.text(),
            "total_line_items_price": self.items().text(),
            "total_outstanding": outstanding.text(),
            "total_shipping_price_set": self.shipping.set(),
            "total_tip_received": total.of(0).text(),
            "total_weight": 0,
            "current_total_price": total.of(total.units - self.refunded().units).text(),
            "billing_address": null,
            "line_items": lines,
            "fulfillments": self.fulfillments(),
            "refunds": self.refunds(),
            "returns": [],
        });
        if let (Some(order), Value::Object(rest)) = (order.as_object_mut(), rest) {
            order.extend(rest);
        }
        order
    }

    /// The payload of `draft_orders/update`: the draft of that number, and the order it became.
    pub(super) fn draft(&self, number: u64, became: Option<u64>) -> Value {
        let status = match (became, self.story) {
            (Some(_), _) => "completed",
            (None, Story::InvoiceSent) => "invoice_sent",
            (None, _) => "open",
        };
        let sent = (status != "open").then(|| shop_time(self.created_at));
        let mut draft = self.head();
        let rest = json!({
            "id": 894_000_000_000_u64 + number,
            "admin_graphql_api_id": format!("gid://shopify/DraftOrder/{}", 894_000_000_000_u64 + number),
            "name": format!("#D{number}"),
            "status": status,
            "order_id": became,
            "invoice_url": format!("https://mihon-shop.example/invoices/{number}?key=synthetic"),
            "invoice_sent_at": sent,
            "completed_at": became.map(|_| shop_time(self.created_at)),
            "line_items": self.lines.iter().map(|line| line.payload(0)).collect::<Vec<_>>(),
            "billing_address": null,
            "shipping_line": null,
            "applied_discount": null,
            "payment_terms": null,
        });
        if let (Some(draft), Value::Object(rest)) = (draft.as_object_mut(), rest) {
            draft.extend(rest);
        }
        draft
    }

    /// What orders and drafts have in common.
    fn head(&self) -> Value {
        json!({
            "id": self.id,
            "admin_graphql_api_id": format!("gid://shopify/Order/{}", self.id),
            "name": format!("#{}", 1000 + self.number),
            "note": self.note,
            "email": self.person.mail,
            "created_at": shop_time(self.created_at),
            "updated_at": shop_time(self.after(4)),
            "currency": self.discount.currency,
            "taxes_included": false,
            "tax_exempt": false,
            "tax_lines": [{ "title": "CT", "rate": 0.1, "price": self.tax().text() }],
            "note_attributes": [],
            "tags": "",
            "subtotal_price": self.items().text(),
            "total_tax": self.tax().text(),
            "total_price": self.total().text(),
            "customer": self.person.within_order(),
            "shipping_address": self.person.shipping_address(),
        })
    }

    fn fulfillments(&self) -> Value {
        let lines: Vec<Value> = self
            .lines
            .iter()
            .filter(|line| self.shipped(line) > 0)
            .map(|line| json!({ "id": line.id, "title": line.title, "quantity": self.shipped(line) }))
            .collect();
        if lines.is_empty() {
            return json!([]);
        }
        let (company, page) = self.carrier;
        let parcel = format!(
            "0000-{:04}-{:04}",
            self.number / 10_000,
            self.number % 10_000
        );
        let url = format!("{page}?number={parcel}");
        json!([{
            "id": 3_200_000_000_000_u64 + self.number,
            "order_id": self.id,
            "name": format!("#{}.1", 1000 + self.number),
            "status": "success",
            "created_at": shop_time(self.after(1)),
            "updated_at": shop_time(self.after(2)),
            "shipment_status": self.story.shipment_status(),
            "tracking_company": company,
            "tracking_number": parcel,
            "tracking_numbers": [parcel],
            "tracking_url": url,
            "tracking_urls": [url],
            "line_items": lines,
        }])
    }

    fn refunded(&self) -> Money {
        match self.story {
            Story::Cancelled | Story::Refunded => self.total(),
            Story::PartlyRefunded => self.lines.first().map_or(self.discount.of(0), |line| {
                line.price.of(line.price.units / 2)
            }),
            _ => self.discount.of(0),
        }
    }

    fn refunds(&self) -> Value {
        let amount = self.refunded();
        if amount.units == 0 {
            return json!([]);
        }
        // Money given back for a flaw takes no piece back.
        let returned = match self.story {
            Story::PartlyRefunded => [].as_slice(),
            _ => self.lines.as_slice(),
        };
        let lines: Vec<Value> = returned
            .iter()
            .map(|line| json!({ "line_item_id": line.id, "quantity": line.quantity }))
            .collect();
        json!([{
            "id": 2_100_000_000_000_u64 + self.number,
            "order_id": self.id,
            "created_at": shop_time(self.after(5)),
            "note": null,
            "refund_line_items": lines,
            "transactions": [{
                "kind": "refund",
                "status": "success",
                "amount": amount.text(),
                "currency": amount.currency,
            }],
        }])
    }
}
