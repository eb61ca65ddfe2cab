//! What must hold of the proxy's values, whatever AWS answers.
//!
//! An input is JSON, or a recipe: bytes that choose members and values which the readers know. JSON
//! is read as every kind of page there is, and as the object within one.

mod recipe;

use std::collections::{BTreeMap, HashSet};
use std::fmt::Debug;

use contract::{
    CustomerPart, DraftRelation, Order, OrderKind, OrdersPart, PaymentStatus, ProfileId,
};
use proxy::{FoundProfiles, HomeCountry, OrderBook, OrderObject, PastContacts, calculated};
use serde_json::{Value, json};

use self::recipe::{DRAFT, PROFILE, RECORD, Recipe, SHOPIFY, STANDARD};

/// Reads the input as everything that it may be, and asserts what must hold.
pub(crate) fn check(input: &[u8]) {
    let pages = match serde_json::from_slice::<Value>(input) {
        Ok(json) => Pages::of_json(&json),
        Err(_) => Pages::of_recipe(input),
    };
    pages.check();
}

/// Pages of all that is read.
#[derive(Default)]
struct Pages {
    profiles: Vec<Value>,
    orders: Vec<(OrderObject, Value)>,
    contacts: Vec<Value>,
    calculated: Vec<Value>,
}

impl Pages {
    fn of_json(json: &Value) -> Self {
        let object = |name: &str| page(name, std::slice::from_ref(json));
        let mut pages = Self {
            profiles: vec![json.clone(), json!({ "Items": [json] })],
            contacts: vec![json.clone(), object("CTR")],
            calculated: vec![json.clone(), json!({ "Items": [json] })],
            orders: Vec::new(),
        };
        for kind in OrderObject::ALL {
            pages.orders.push((kind, json.clone()));
            pages.orders.push((kind, object(kind.type_name())));
        }
        pages
    }

    fn of_recipe(recipe: &[u8]) -> Self {
        let mut recipe = Recipe(recipe);
        let mut pages = Self::default();
        while let Some(kind) = recipe.next() {
            let members: &[&str] = match kind % 8 {
                0..=2 => &STANDARD,
                3 | 4 => &SHOPIFY,
                5 => &DRAFT,
                6 => &RECORD,
                _ => &PROFILE,
            };
            let objects: Vec<Value> = (0..=recipe.next().unwrap_or(0) % 4)
                .map(|_| recipe.object(members, 0))
                .collect();
            match kind % 8 {
                0..=2 => pages.add_orders(OrderObject::Standard, &objects),
                3 | 4 => pages.add_orders(OrderObject::ShopifyOrder, &objects),
                5 => pages.add_orders(OrderObject::ShopifyDraftOrder, &objects),
                6 => pages.contacts.push(page("CTR", &objects)),
                _ => pages.profiles.push(json!({ "Items": objects })),
            }
        }
        pages
    }

    fn add_orders(&mut self, kind: OrderObject, objects: &[Value]) {
        self.orders.push((kind, page(kind.type_name(), objects)));
    }

    fn check(self) {
        let home = HomeCountry::from_iso("JP").expect("a country");
        let mut found = FoundProfiles::default();
        for page in &self.profiles {
            found.add(page, &[], home);
        }
        let part = found.into_part(false);
        let ids: HashSet<_> = part.matches.iter().map(|found| &found.profile.id).collect();
        assert_eq!(ids.len(), part.matches.len(), "a customer is there twice");
        comes_back(&CustomerPart::Profiles(part));

        let mut contacts = PastContacts::default();
        for page in &self.contacts {
            contacts.add(page);
        }
        let part = contacts.into_part(profile(), false);
        assert!(
            part.contacts.is_sorted_by(|a, b| a.started >= b.started),
            "contacts are not newest first"
        );
        comes_back(&CustomerPart::Contacts(part));
        comes_back(&CustomerPart::Calculated(calculated(
            profile(),
            &self.calculated,
        )));
        self.check_orders();
    }

    fn check_orders(&self) {
        let standard_first = self.orders.iter();
        let book = |pages: &mut dyn Iterator<Item = &(OrderObject, Value)>| {
            let mut book = OrderBook::default();
            for (kind, page) in pages {
                book.add(*kind, page);
                for order in book.last_page() {
                    no_text_hides(&serde_json::to_value(&order).expect("JSON"));
                }
            }
            book.into_part(profile(), false)
        };
        let part = book(&mut standard_first.clone());
        // Which kind of page comes first is chance: the answers are asked for at once.
        let is_standard = |(kind, _): &&(OrderObject, Value)| *kind == OrderObject::Standard;
        let (standard, own): (Vec<_>, Vec<_>) = standard_first.partition(is_standard);
        let swapped = book(&mut own.into_iter().chain(standard));
        assert_eq!(swapped.orders, part.orders, "it depends on what came first");
        assert_eq!(swapped.totals, part.totals, "it depends on what came first");

        let ids: HashSet<_> = part.orders.iter().map(|order| &order.id).collect();
        assert_eq!(ids.len(), part.orders.len(), "two orders have one id");
        assert!(
            part.orders.is_sorted_by(|a, b| a.ordered() >= b.ordered()),
            "orders are not newest first"
        );
        totals_are_right(&part);
        comes_back(&CustomerPart::Orders(part));
    }
}

/// The totals, worked out by other means than the proxy's.
fn totals_are_right(part: &OrdersPart) {
    let totals = part.totals.as_ref().expect("the last part has totals");
    let not_summed: HashSet<_> = totals.not_summed.iter().map(|not| &not.order).collect();
    assert_eq!(not_summed.len(), totals.not_summed.len());
    let mut expected: BTreeMap<&str, (u32, Decimal)> = BTreeMap::new();
    for order in &part.orders {
        let is_counted = counts(order) && !not_summed.contains(&order.id);
        let may_count = order.kind == OrderKind::Draft || counts(order);
        if may_count && order.relation == Some(DraftRelation::PossibleDuplicate) {
            assert!(
                not_summed.contains(&order.id),
                "a possible duplicate is summed"
            );
        }
        if !is_counted {
            continue;
        }
        let total = order.total.as_ref().expect("what is summed has a total");
        let (orders, sum) = expected.entry(total.currency().as_str()).or_default();
        *orders += 1;
        sum.add(&total.decimal(), false);
        for refund in &order.refunds {
            let amount = refund.amount.as_ref().expect("what is summed is known");
            assert_eq!(amount.currency(), total.currency(), "currencies are mixed");
            sum.add(&amount.decimal(), true);
        }
    }
    for total in &totals.sums {
        let currency = total.sum.currency();
        assert!(
            currency.exponent().is_some(),
            "an unknown currency is summed"
        );
        let (orders, expected) = expected.remove(currency.as_str()).unwrap_or_default();
        let mut sum = Decimal::default();
        sum.add(&total.sum.decimal(), false);
        assert_eq!(total.orders, orders, "orders of {currency:?}");
        assert_eq!(sum, expected, "sum of {currency:?}");
    }
    assert!(expected.is_empty(), "a currency is not summed");
}

/// Whether an order was placed and stands.
fn counts(order: &Order) -> bool {
    order.kind == OrderKind::Placed
        && order.cancelled.is_none()
        && !matches!(
            order.payment,
            PaymentStatus::Cancelled
                | PaymentStatus::Refunded
                | PaymentStatus::Voided
                | PaymentStatus::Expired
        )
}

/// A sum of decimals of up to 38 places, in three columns of digits; the first wraps, so that equal
/// sums are equal however large they were on the way.
#[derive(Debug, Default, PartialEq, Eq)]
struct Decimal([i128; 3]);

impl Decimal {
    const COLUMN: i128 = 10_i128.pow(19);

    fn add(&mut self, decimal: &str, taken_away: bool) {
        let (minus, digits) = match decimal.strip_prefix('-') {
            Some(digits) => (!taken_away, digits),
            None => (taken_away, decimal),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let fraction = format!("{fraction:0<38}");
        let columns = [whole, &fraction[..19], &fraction[19..]];
        for (sum, column) in self.0.iter_mut().zip(columns) {
            for digit in column.bytes().rev().zip(powers_of_ten()) {
                let (digit, power) = (i128::from(digit.0 - b'0'), digit.1);
                let value = digit.wrapping_mul(power);
                *sum = if minus {
                    sum.wrapping_sub(value)
                } else {
                    sum.wrapping_add(value)
                };
            }
        }
        for column in [2, 1] {
            let carried = self.0[column].div_euclid(Self::COLUMN);
            self.0[column] = self.0[column].rem_euclid(Self::COLUMN);
            self.0[column - 1] = self.0[column - 1].wrapping_add(carried);
        }
    }
}

fn powers_of_ten() -> impl Iterator<Item = i128> {
    std::iter::successors(Some(1_i128), |power| Some(power.wrapping_mul(10)))
}

/// What is sent is what is received.
fn comes_back(part: &CustomerPart) {
    let json = serde_json::to_value(part).expect("JSON");
    no_text_hides(&json);
    let text = json.to_string();
    let back: CustomerPart = serde_json::from_str(&text).expect("what was sent can be read");
    assert_same(&back, part);
}

fn assert_same<T: PartialEq + Debug>(a: &T, b: &T) {
    assert!(a == b, "{a:?} is not {b:?}");
}

/// No control character reaches the desk but the ends of a memo's lines.
fn no_text_hides(json: &Value) {
    match json {
        Value::String(text) => {
            let hides = |c: char| c.is_control() && c != '\n';
            assert!(!text.chars().any(hides), "a control in {text:?}");
        }
        Value::Array(items) => items.iter().for_each(no_text_hides),
        Value::Object(members) => members.values().for_each(no_text_hides),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn profile() -> ProfileId {
    ProfileId::parse("0a1b2c3d4e5f60718293a4b5c6d7e8f9").expect("a profile id")
}

/// A page as `ListProfileObjects` gives it.
fn page(object_type: &str, objects: &[Value]) -> Value {
    let items: Vec<Value> = objects
        .iter()
        .map(|object| {
            let key = object.get("ProfileObjectUniqueKey");
            json!({
                "ObjectTypeName": object_type,
                "ProfileObjectUniqueKey": key,
                "Object": object.to_string(),
            })
        })
        .collect();
    json!({ "Items": items })
}
