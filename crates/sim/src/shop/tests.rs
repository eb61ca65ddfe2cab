use std::collections::BTreeSet;
use std::sync::LazyLock;

use axum::http::Method;
use rstest::rstest;

use super::*;
use crate::aws::ApiRequest;
use crate::profiles::{Profiles, Settings};

fn now() -> DateTime<Utc> {
    "2026-11-03T04:05:06Z".parse().unwrap()
}

/// Nobody changes it, so that all tests may look at the same one.
static STOCKED: LazyLock<Profiles> = LazyLock::new(|| {
    let profiles = Profiles::open(None, Settings::default(), now()).unwrap();
    assert!(profiles.open_shop(7, now()).unwrap());
    profiles
});

fn call(method: Method, path: &[&str], body: Value) -> Value {
    let request = ApiRequest {
        method,
        path: ["domains", "amazon-connect-demo"]
            .iter()
            .chain(path)
            .map(|&part| part.to_owned())
            .collect(),
        query: vec![("max-results".to_owned(), "100".to_owned())],
        body,
    };
    STOCKED.handle(&request, now()).unwrap().body
}

fn found(key: &str, value: &str) -> Vec<Value> {
    let body = json!({ "KeyName": key, "Values": [value] });
    call(Method::POST, &["profiles", "search"], body)["Items"]
        .as_array()
        .unwrap()
        .clone()
}

fn figure(profile: &Value, name: &str) -> String {
    let id = profile["ProfileId"].as_str().unwrap();
    let path = ["profile", id, "calculated-attributes", name];
    call(Method::GET, &path, json!({}))["Value"]
        .as_str()
        .unwrap()
        .to_owned()
}

fn orders(profile: &Value) -> Vec<Value> {
    let body = json!({ "ObjectTypeName": "_order", "ProfileId": profile["ProfileId"] });
    let reply = call(Method::POST, &["profiles", "objects"], body);
    let items = reply["Items"].as_array().unwrap();
    items
        .iter()
        .map(|item| serde_json::from_str(item["Object"].as_str().unwrap()).unwrap())
        .collect()
}

#[rstest]
#[case::one("+819000000001", 1)]
#[case::family("+819000000002", 3)]
#[case::nobody("+819000000003", 0)]
#[case::inferred("+819000000004", 1)]
#[case::wholesale("+819000000005", 1)]
#[case::broken("+819000000012", 1)]
#[case::dollars("+12065550142", 1)]
#[case::arabic("+447700900123", 1)]
#[case::withheld("anonymous", 0)]
fn a_caller_meets_as_many_profiles_as_promised(#[case] number: &str, #[case] profiles: usize) {
    assert_eq!(found("_phone", number).len(), profiles);
}

#[test]
fn everybody_in_the_list_of_callers_is_there_but_the_stranger() {
    let strangers: Vec<_> = CALLERS
        .iter()
        .filter(|caller| found("_phone", caller.number).is_empty())
        .collect();
    assert_eq!(strangers.len(), 1);
    assert_eq!(strangers[0].english, "No match");
}

#[test]
fn the_shop_has_the_customers_and_orders_that_it_says() {
    let shop: Vec<Event> = events(7, now()).collect();
    let count = |of: fn(&Event) -> bool| shop.iter().filter(|event| of(event)).count();
    assert_eq!(
        count(|event| matches!(event, Event::Customer(_))),
        CUSTOMERS
    );
    assert_eq!(count(|event| matches!(event, Event::Order(_))), ORDERS);
}

#[test]
fn one_customer_has_as_many_orders_as_a_profile_may_hold() {
    let wholesale = found("_phone", "+819000000005").remove(0);
    assert_eq!(figure(&wholesale, "orders_count"), "1000");
}

#[test]
fn the_inferred_profile_has_its_number_its_calls_and_nothing_else() {
    let mut inferred = found("_phone", "+819000000004").remove(0);
    assert_eq!(figure(&inferred, "_calls_count"), "2");
    let members = inferred.as_object_mut().unwrap();
    members.remove("FoundByItems");
    let names: Vec<_> = members.keys().collect();
    assert_eq!(names, ["PhoneNumber", "ProfileId"]);
}

#[test]
fn drafts_and_the_orders_they_became_are_told_apart() {
    let customer = found("_phone", "+819000000009").remove(0);
    let mut shown: Vec<_> = orders(&customer)
        .iter()
        .map(|order| format!("{} {}", order["StatusCode"], order["Status"]).replace('"', ""))
        .collect();
    shown.sort();
    assert_eq!(
        shown,
        [
            "ACTIVATED paid",
            "DRAFT completed",
            "DRAFT invoice_sent",
            "DRAFT open"
        ]
    );
}

#[test]
fn an_order_is_found_by_the_name_that_the_shop_gave_it() {
    let customer = found("_phone", "+819000000001").remove(0);
    let order = orders(&customer).remove(0);
    let by_name = found("shop_order_name", order["Name"].as_str().unwrap());
    assert_eq!(by_name[0]["ProfileId"], customer["ProfileId"]);
}

#[test]
fn readings_come_from_the_list_of_members() {
    let customer = found("_phone", "+819000000001").remove(0);
    assert_eq!(customer["Attributes"]["LastNameKana"], "ミホン");
}

#[test]
fn bad_data_arrives_as_it_was_sent() {
    let customer = found("_phone", "+819000000012").remove(0);
    let orders = orders(&customer);
    let total = |total: &str| orders.iter().any(|order| order["TotalPrice"] == total);
    assert!(total("1000000000000000") && total("-500"));
    assert!(
        orders
            .iter()
            .any(|order| order["Name"].is_null() && order["Currency"].is_null())
    );
    let lines = orders
        .iter()
        .map(|order| order["OrderItems"].as_array().unwrap().len());
    assert_eq!(lines.max(), Some(50));
}

#[test]
fn a_price_keeps_more_decimals_than_its_currency_has() {
    let orders = orders(&found("_phone", "+12065550142").remove(0));
    let prices: Vec<_> = orders
        .iter()
        .map(|order| order["OrderItems"][0]["Price"].clone())
        .collect();
    assert!(prices.contains(&json!("649.975")), "{prices:?}");
}

#[test]
fn no_order_is_of_the_future_and_each_adds_up() {
    for event in events(3, now()) {
        let Event::Order(order) = event else { continue };
        let Some(created) = order["created_at"].as_str() else {
            continue;
        };
        if let Ok(created) = DateTime::parse_from_rfc3339(created) {
            assert!(created <= now(), "{order}");
        }
        // What the bad customer has does not add up, and is not meant to.
        if order["currency"] != "JPY" || order["customer"]["phone"] == "+819000000012" {
            continue;
        }
        let yen = |member: &Value| member.as_str().unwrap().parse::<i64>().unwrap();
        let lines = order["line_items"].as_array().unwrap();
        if lines.iter().any(|line| line.get("sku").is_none()) {
            continue;
        }
        let sum: i64 = lines
            .iter()
            .map(|line| yen(&line["price"]) * line["quantity"].as_i64().unwrap())
            .sum();
        assert_eq!(sum, yen(&order["total_line_items_price"]));
        let shipping = yen(&order["total_shipping_price_set"]["shop_money"]["amount"]);
        let total = sum - yen(&order["total_discounts"]) + yen(&order["total_tax"]) + shipping;
        assert_eq!(total, yen(&order["total_price"]), "{order}");
    }
}

#[test]
fn what_is_partly_shipped_has_a_parcel_and_something_left() {
    let mut seen = 0;
    for event in events(7, now()) {
        let Event::Order(order) = event else { continue };
        if order["fulfillment_status"] == "partial" {
            let parcels = order["fulfillments"].as_array().unwrap();
            assert!(parcels[0]["tracking_number"].is_string());
            let lines = order["line_items"].as_array().unwrap();
            let left = lines
                .iter()
                .map(|line| line["fulfillable_quantity"].as_u64().unwrap());
            assert!(left.sum::<u64>() > 0, "{order}");
            seen += 1;
        }
    }
    assert!(seen > 50, "{seen}");
}

#[test]
fn equal_seeds_make_equal_shops() {
    let text = |seed| {
        format!(
            "{:?}",
            events(seed, now())
                .skip(1_500)
                .take(300)
                .collect::<Vec<_>>()
        )
    };
    assert_eq!(text(1), text(1));
    assert_ne!(text(1), text(2));
}

#[test]
fn nobody_has_a_number_that_rings_in_japan() {
    let mut numbers = BTreeSet::new();
    for event in events(7, now()) {
        if let Event::Customer(customer) = event {
            numbers.insert(customer["phone"].as_str().unwrap().to_owned());
            assert!(
                customer["email"]
                    .as_str()
                    .is_none_or(|mail| mail.ends_with("@example.com"))
            );
        }
    }
    let japanese: Vec<_> = numbers
        .iter()
        .filter(|number| number.starts_with("+81"))
        .collect();
    assert!(japanese.len() > 400);
    for number in japanese {
        let parsed = phonenumber::parse(None, number).unwrap();
        assert!(!parsed.is_valid(), "{number}");
    }
}

#[test]
fn a_folder_gets_its_shop_once() {
    let folder = tempfile::tempdir().unwrap();
    let open = || Profiles::open(Some(folder.path()), Settings::default(), now()).unwrap();
    assert!(open().open_shop(7, now()).unwrap());
    assert!(!open().open_shop(7, now()).unwrap());
}
