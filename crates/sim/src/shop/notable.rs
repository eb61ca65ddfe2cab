//! The customers that are there to be called as, each for one thing that a desk must show.

use serde_json::{Value, json};

use super::person::{Address, Person};
use super::random::Random;
use super::story::Story;
use super::{Event, MOST_ORDERS, Shop};

/// A customer in whose name nothing is left to chance.
fn person(random: &mut Random, n: u64, (last, first): (&str, &str), number: &str) -> Person {
    Person {
        id: 7_000_000_000_000 + n,
        first_name: first.to_owned(),
        last_name: last.to_owned(),
        kana: None,
        mail: Some(format!("notable.{n}@example.com")),
        number: number.to_owned(),
        memo: None,
        address: Address::by_chance(random),
        currency: "JPY",
    }
}

pub(super) fn events(shop: &mut Shop) -> Vec<Event> {
    let mut events = Vec::new();
    for make in [
        one, family, inferred, wholesale, troubled, rare, broken, long, foreign,
    ] {
        events.extend(make(shop));
    }
    events
}

impl Shop {
    fn notable(&mut self, name: (&str, &str), number: &str) -> Person {
        person(&mut self.random, self.customers + 1, name, number)
    }

    fn story(&mut self, person: &Person, stories: &[Story]) -> Vec<Event> {
        stories
            .iter()
            .flat_map(|story| self.order(person, *story))
            .collect()
    }

    fn call(&mut self, person: &Person, days: i64) -> Event {
        let record = self.contact(Some(person.number.clone()), days);
        Event::Contact(Some(person.id), Box::new(record))
    }

    /// An order whose payload is then changed, as no order of chance is.
    fn changed(&mut self, person: &Person, changes: &Value) -> Vec<Event> {
        let mut events = self.order(person, Story::Delivered);
        for event in &mut events {
            if let (Event::Order(Value::Object(order)), Value::Object(changes)) = (event, changes) {
                order.extend(changes.clone());
            }
        }
        events
    }
}

fn one(shop: &mut Shop) -> Vec<Event> {
    let mut hanako = shop.notable(("見本", "花子"), "+819000000001");
    hanako.kana = Some(("ミホン".to_owned(), "ハナコ".to_owned()));
    hanako.memo = Some("電話は午後が希望".to_owned());
    let mut events = shop.enter(&hanako);
    events.extend(shop.story(&hanako, &[Story::Delivered; 6]));
    events.extend(shop.story(&hanako, &[Story::JustDelivered]));
    events.extend([shop.call(&hanako, 12), shop.call(&hanako, 80)]);
    events
}

fn family(shop: &mut Shop) -> Vec<Event> {
    let mut events = Vec::new();
    for (name, stories) in [
        (("例山", "太郎"), vec![Story::Delivered, Story::InTransit]),
        (("例山", "さくら"), vec![Story::Delivered]),
        (("例山", "健太"), vec![]),
    ] {
        let person = shop.notable(name, "+819000000002");
        events.extend(shop.enter(&person));
        events.extend(shop.story(&person, &stories));
    }
    events
}

/// Two calls and no purchase; the calls are of different days.
fn inferred(shop: &mut Shop) -> Vec<Event> {
    let calls = [3, 40].map(|days| shop.contact(Some("+819000000004".to_owned()), days));
    calls
        .map(|record| Event::Contact(None, Box::new(record)))
        .into()
}

fn wholesale(shop: &mut Shop) -> Vec<Event> {
    let mut buyer = shop.notable(("問屋", "千代"), "+819000000005");
    buyer.kana = Some(("トンヤ".to_owned(), "チヨ".to_owned()));
    let mut events = shop.enter(&buyer);
    for n in 0..MOST_ORDERS {
        let story = match n {
            0 => Story::Unshipped,
            n if n % 40 == 1 => Story::PartlyRefunded,
            n if n % 40 == 2 => Story::Cancelled,
            _ => Story::Delivered,
        };
        events.extend(shop.order(&buyer, story));
    }
    events
}

/// One thing after the other that can be the reason for a call.
fn troubled(shop: &mut Shop) -> Vec<Event> {
    let mut events = Vec::new();
    for (name, number, stories) in [
        (
            ("未払", "待子"),
            "+819000000006",
            vec![Story::Unpaid, Story::Delivered],
        ),
        (
            ("分納", "待夫"),
            "+819000000007",
            vec![Story::PartlyShipped, Story::Delivered],
        ),
        (
            ("返金", "済子"),
            "+819000000008",
            vec![Story::Cancelled, Story::Refunded, Story::PartlyRefunded],
        ),
        (
            ("下書", "残"),
            "+819000000009",
            vec![Story::FromDraft, Story::OpenDraft, Story::InvoiceSent],
        ),
        (
            ("配送", "中也"),
            "+819000000010",
            vec![Story::InTransit, Story::Late],
        ),
    ] {
        let person = shop.notable(name, number);
        events.extend(shop.enter(&person));
        events.extend(shop.story(&person, &stories));
        events.push(shop.call(&person, 1));
    }
    events
}

/// Characters outside the Basic Multilingual Plane, and one written with a variation selector.
fn rare(shop: &mut Shop) -> Vec<Event> {
    let mut person = shop.notable(("𠮷邉󠄂", "髙𣘺"), "+819000000011");
    person.kana = Some(("ヨシベ".to_owned(), "タカハシ".to_owned()));
    let mut events = shop.enter(&person);
    events.extend(shop.story(&person, &[Story::Delivered, Story::JustDelivered]));
    events
}

/// What no form would let through, and what arrives all the same.
fn broken(shop: &mut Shop) -> Vec<Event> {
    let mut person = shop.notable(
        ("困田<b>", "入力\"&<script>alert(1)</script>"),
        "+819000000012",
    );
    person.memo = Some("<img src=x onerror=alert(1)> 'メモ'".to_owned());
    let mut events = shop.enter(&person);
    let line = |title: &str, price: &str, quantity: u64| json!({ "title": title, "price": price, "quantity": quantity, "sku": null });
    let fifty: Vec<Value> = (1..=50)
        .map(|n| line(&format!("50行の注文 {n}行目"), "100", 1))
        .collect();
    let nothing = [
        "name",
        "note",
        "email",
        "phone",
        "created_at",
        "updated_at",
        "processed_at",
        "closed_at",
        "cancelled_at",
        "cancel_reason",
        "currency",
        "financial_status",
        "fulfillment_status",
        "order_status_url",
        "total_price",
        "total_tax",
        "total_discounts",
        "total_line_items_price",
        "total_shipping_price_set",
        "total_tip_received",
        "total_weight",
        "shipping_address",
        "fulfillments",
        "refunds",
    ];
    let mut nothing: serde_json::Map<String, Value> = nothing
        .into_iter()
        .map(|name| (name.to_owned(), Value::Null))
        .collect();
    nothing.insert("line_items".to_owned(), json!([]));
    for changes in [
        Value::Object(nothing),
        json!({ "currency": "ZZZ", "total_price": "12.30" }),
        json!({ "total_price": "1000000000000000", "note": "10の15乗" }),
        json!({ "line_items": fifty, "total_price": "5500", "total_line_items_price": "5000" }),
        json!({ "line_items": [line("<script>alert('title')</script>&amp;", "1", 1)] }),
        json!({ "created_at": "2019-12-13T07:56:04.000+0000", "processed_at": "2019-12-13T07:56:04.000+0000" }),
        json!({ "created_at": "きのう", "processed_at": null, "updated_at": "" }),
        json!({ "financial_status": "half_paid", "fulfillment_status": "somewhere" }),
        json!({ "total_price": "-500", "total_tax": "many" }),
        json!({ "currency": "KWD", "total_price": "12.345" }),
    ] {
        events.extend(shop.changed(&person, &changes));
    }
    events
}

/// 150 characters in each of both names, so 300 together.
fn long(shop: &mut Shop) -> Vec<Event> {
    let (last, first) = ("寿限無".repeat(50), "五劫".repeat(75));
    let person = shop.notable((&last, &first), "+819000000013");
    let mut events = shop.enter(&person);
    let title = "とても長い商品名".repeat(38);
    events.extend(shop.changed(
        &person,
        &json!({ "line_items": [{ "title": title, "price": "1000", "quantity": 1 }] }),
    ));
    events
}

fn foreign(shop: &mut Shop) -> Vec<Event> {
    let abroad =
        |street: &str, city: &str, province: Option<&str>, country, postal_code: &str| Address {
            street: street.to_owned(),
            building: None,
            city: city.to_owned(),
            province: province.map(ToOwned::to_owned),
            province_code: None,
            country,
            postal_code: postal_code.to_owned(),
        };
    let mut events = Vec::new();
    for (name, number, currency, address) in [
        (
            ("Sample", "Pat"),
            "+12065550142",
            "USD",
            abroad(
                "0 Sample Street",
                "Seattle",
                Some("Washington"),
                ("United States", "US"),
                "98000",
            ),
        ),
        (
            ("مثال", "ليلى"),
            "+447700900123",
            "GBP",
            abroad(
                "0 Sample Lane",
                "London",
                Some("England"),
                ("United Kingdom", "GB"),
                "ZZ99 9ZZ",
            ),
        ),
        (
            ("Muster", "Noé"),
            "+33639980001",
            "EUR",
            abroad(
                "0, rue de l'Exemple",
                "Paris",
                None,
                ("France", "FR"),
                "75000",
            ),
        ),
        (
            ("Example", "Mia"),
            "+61491570006",
            "AUD",
            abroad(
                "0 Example Road",
                "Sydney",
                Some("New South Wales"),
                ("Australia", "AU"),
                "2000",
            ),
        ),
    ] {
        let mut person = shop.notable(name, number);
        person.currency = currency;
        person.address = address;
        events.extend(shop.enter(&person));
        events.extend(shop.story(&person, &[Story::Delivered, Story::InTransit]));
        if currency == "USD" {
            // Shopify keeps more decimals of a piece than the currency has.
            events.extend(shop.changed(
                &person,
                &json!({
                    "line_items": [{ "title": "Sample & <Item> \"X\"", "price": "649.975", "quantity": 2 }],
                    "total_price": "1299.95",
                    "total_line_items_price": "1299.95",
                    "total_tax": "0.00",
                    "total_discounts": "0.00",
                }),
            ));
        }
    }
    events
}
