//! What the shop's systems have sent about somebody, and what an answer says of them, in the same terms.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::Value;
use sim::shop::{Event, events};

use crate::desk::nine;

/// Numbers of customers with whose orders something is wrong on purpose: they cannot be summed as
/// easily as this file does.
const NOT_SUMMED_HERE: [&str; 1] = ["+819000000012"];

/// A customer of the shop, as Shopify's events tell of them.
pub(crate) struct Customer {
    number: String,
    orders: Vec<Value>,
    drafts: Vec<Value>,
}

/// What somebody has bought and has not: the shop's ids of orders, and of drafts that are none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Bought {
    orders: Vec<String>,
    drafts: Vec<String>,
}

impl Bought {
    fn of(mut orders: Vec<String>, mut drafts: Vec<String>) -> Self {
        orders.sort();
        drafts.sort();
        Self { orders, drafts }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.orders.is_empty() && self.drafts.is_empty()
    }
}

/// Everybody with that number, in seed 1.
pub(crate) fn customers_of(number: &str) -> Vec<Customer> {
    let mut customers: BTreeMap<u64, Customer> = BTreeMap::new();
    for event in events(1, nine()) {
        match event {
            Event::Customer(customer) if customer["phone"] == number => {
                let entered = Customer {
                    number: number.to_owned(),
                    orders: Vec::new(),
                    drafts: Vec::new(),
                };
                customers.insert(customer["id"].as_u64().unwrap(), entered);
            }
            Event::Order(order) => {
                let customer = order["customer"]["id"].as_u64().unwrap();
                if let Some(customer) = customers.get_mut(&customer) {
                    customer.orders.push(order);
                }
            }
            Event::Draft(draft) if draft["order_id"].is_null() => {
                let customer = draft["customer"]["id"].as_u64().unwrap();
                if let Some(customer) = customers.get_mut(&customer) {
                    customer.drafts.push(draft);
                }
            }
            Event::Customer(_) | Event::Draft(_) | Event::Member(_) | Event::Contact(..) => {}
        }
    }
    customers.into_values().collect()
}

impl Customer {
    pub(crate) fn bought(&self) -> Bought {
        let ids = |sent: &[Value]| sent.iter().map(|one| one["id"].to_string()).collect();
        Bought::of(ids(&self.orders), ids(&self.drafts))
    }

    /// What stands of the orders, by currency, in the smallest piece of 1,000.
    fn sums(&self) -> BTreeMap<String, i64> {
        let mut sums = BTreeMap::new();
        for order in &self.orders {
            let status = order["financial_status"].as_str().unwrap();
            if !order["cancelled_at"].is_null() || matches!(status, "refunded" | "voided") {
                continue;
            }
            let back: i64 = order["refunds"]
                .as_array()
                .into_iter()
                .flatten()
                .flat_map(|refund| refund["transactions"].as_array().unwrap())
                .map(|transaction| thousandths(&transaction["amount"]))
                .sum();
            let currency = order["currency"].as_str().unwrap().to_owned();
            *sums.entry(currency).or_default() += thousandths(&order["total_price"]) - back;
        }
        sums
    }
}

fn thousandths(amount: &Value) -> i64 {
    let text = amount.as_str().expect("an amount");
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    format!("{whole}{part:0<3}").parse().expect("an amount")
}

/// The answers about orders behind which no later one comes.
pub(crate) fn complete(lines: &[Value]) -> impl Iterator<Item = &Value> {
    lines
        .iter()
        .filter(|line| line["part"] == "orders" && line["complete"] == true)
}

/// The same of an answer.
pub(crate) fn bought_of_answer(answer: &Value) -> Bought {
    let ids = |kind: &str| {
        let orders = answer["orders"].as_array().unwrap().iter();
        orders
            .filter(|order| order["kind"] == kind)
            .map(|order| order["shop_id"].as_str().unwrap().to_owned())
            .collect()
    };
    Bought::of(ids("placed"), ids("draft"))
}

pub(crate) fn assert_newest_first(answer: &Value) {
    let orders = answer["orders"].as_array().unwrap().iter();
    let times: Vec<DateTime<Utc>> = orders
        .filter_map(|order| order["created"]["at"].as_str()?.parse().ok())
        .collect();
    assert!(times.is_sorted_by(|one, other| one >= other), "{times:?}");
}

/// The sums are those of the customer whose orders these are.
pub(crate) fn assert_sums(answer: &Value, customers: &[Customer]) {
    let bought = bought_of_answer(answer);
    let Some(customer) = customers
        .iter()
        .find(|customer| customer.bought() == bought)
    else {
        return assert!(bought.is_empty(), "nobody's: {bought:?}");
    };
    if NOT_SUMMED_HERE.contains(&&*customer.number) {
        return;
    }
    let sums = answer["totals"]["sums"].as_array().unwrap().iter();
    let found: BTreeMap<_, _> = sums
        .map(|sum| {
            let sum = &sum["sum"];
            (
                sum["currency"].as_str().unwrap().to_owned(),
                thousandths(&sum["amount"]),
            )
        })
        .collect();
    assert_eq!(found, customer.sums());
}
