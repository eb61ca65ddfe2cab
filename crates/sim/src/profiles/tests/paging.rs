use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

/// Follows every page; the keys in the order in which they came.
fn pages(stage: &Stage, path: &str, body: &Value, size: usize) -> Vec<Vec<Value>> {
    let mut pages = Vec::new();
    let mut path_of_page = format!("{path}?max-results={size}");
    loop {
        let reply = stage.call("POST", &path_of_page, body.clone()).unwrap();
        pages.push(reply["Items"].as_array().unwrap().clone());
        let Some(token) = reply["NextToken"].as_str() else {
            return pages;
        };
        path_of_page = format!("{path}?max-results={size}&next-token={token}");
    }
}

fn any_pages() -> impl Strategy<Value = Pages> {
    prop_oneof![
        Just(Pages::Full),
        Just(Pages::Half),
        Just(Pages::EmptyFirst)
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn pages_show_each_object_exactly_once(
        count in 0_u64..40,
        size in 1_usize..12,
        filling in any_pages(),
    ) {
        let stage = Stage::with(|choices| choices.pages = filling);
        let id = stage.create(json!({}));
        let key = json!({ "ProfileId": id, "KeyName": "_shopifyCustomerId", "Values": ["7"] });
        stage.call("POST", "profiles/keys", key).unwrap();
        let put: BTreeSet<String> =
            (0..count).map(|n| stage.ingest("Shopify-Order", &order(1000 + n, 7))).collect();
        let body = json!({ "ProfileId": id, "ObjectTypeName": "Shopify-Order" });
        let pages = pages(&stage, "profiles/objects", &body, size);
        prop_assert!(pages.iter().all(|page| page.len() <= size));
        let seen: Vec<String> = pages
            .iter()
            .flatten()
            .map(|item| item["ProfileObjectUniqueKey"].as_str().unwrap().to_owned())
            .collect();
        prop_assert_eq!(seen.len(), put.len());
        prop_assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), put);
    }

    #[test]
    fn pages_show_each_profile_exactly_once(count in 0_usize..25, size in 1_usize..8, filling in any_pages()) {
        let stage = Stage::with(|choices| choices.pages = filling);
        let made: BTreeSet<String> =
            (0..count).map(|_| stage.create(json!({ "PhoneNumber": "+819000000001" }))).collect();
        let body = json!({ "KeyName": "_phone", "Values": ["+819000000001"] });
        let seen: Vec<Value> =
            pages(&stage, "profiles/search", &body, size).into_iter().flatten().collect();
        prop_assert_eq!(seen.len(), made.len());
        let seen: BTreeSet<String> = ids(&json!({ "Items": seen })).into_iter().collect();
        prop_assert_eq!(seen, made);
    }
}

#[test]
fn a_list_has_an_order_of_its_own_that_depends_on_the_seed() {
    let names = |seed| {
        let settings = Settings {
            seed,
            ..Settings::default()
        };
        let stage = Stage {
            profiles: Profiles::open(None, settings, now()).unwrap(),
        };
        for n in 0..20 {
            stage.ingest("Shopify-Order", &order(1000 + n, 7));
        }
        let id = stage.search("_shopifyCustomerId", "7").remove(0);
        let orders = stage.contents(&id, "Shopify-Order");
        orders
            .iter()
            .map(|order| order["id"].as_u64().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(1), names(1));
    assert_ne!(names(1), names(2));
    assert!(!names(1).is_sorted());
}

#[test]
fn what_is_put_between_two_pages_hides_nothing() {
    let stage = Stage::new();
    let put: BTreeSet<String> = (0..9)
        .map(|n| stage.ingest("Shopify-Order", &order(n + 1, 7)))
        .collect();
    let id = stage.search("_shopifyCustomerId", "7").remove(0);
    let body = json!({ "ProfileId": id, "ObjectTypeName": "Shopify-Order" });
    let first = stage
        .call("POST", "profiles/objects?max-results=4", body.clone())
        .unwrap();
    for n in 100..120 {
        stage.ingest("Shopify-Order", &order(n, 7));
    }
    let token = first["NextToken"].as_str().unwrap();
    let path = format!("profiles/objects?max-results=100&next-token={token}");
    let second = stage.call("POST", &path, body).unwrap();
    let items = [&first, &second]
        .map(|reply| reply["Items"].as_array().unwrap().clone())
        .concat();
    let seen: BTreeSet<String> = items
        .iter()
        .map(|item| item["ProfileObjectUniqueKey"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(seen.len(), items.len());
    assert!(seen.is_superset(&put));
}

#[test]
fn a_filter_shows_the_orders_of_the_key() {
    let stage = Stage::new();
    for n in 1..4 {
        stage.ingest("Shopify-Order", &order(n, 7));
    }
    let id = stage.search("_shopifyOrderId", "2").remove(0);
    let filter = json!({ "KeyName": "_shopifyOrderId", "Values": ["2", "3"] });
    let body = json!({ "ProfileId": id, "ObjectTypeName": "_order", "ObjectFilter": filter });
    let reply = stage.call("POST", "profiles/objects", body).unwrap();
    let mut shown: Vec<String> = reply["Items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| serde_json::from_str::<Value>(item["Object"].as_str().unwrap()).unwrap())
        .map(|order| {
            order["Attributes"]["ShopifyOrderId"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    shown.sort();
    assert_eq!(shown, ["2", "3"]);
}

#[test]
fn an_order_is_filtered_by_the_id_that_the_service_gave_it() {
    let stage = Stage::new();
    for n in 1..4 {
        stage.ingest("Shopify-Order", &order(n, 7));
    }
    let id = stage.search("_shopifyCustomerId", "7").remove(0);
    let wanted = stage.contents(&id, "_order")[1]["OrderId"].clone();
    assert_eq!(
        stage.search("_orderId", wanted.as_str().unwrap()),
        *std::slice::from_ref(&id)
    );
    let filter = json!({ "KeyName": "_orderId", "Values": [wanted] });
    let body = json!({ "ProfileId": id, "ObjectTypeName": "_order", "ObjectFilter": filter });
    let reply = stage.call("POST", "profiles/objects", body).unwrap();
    assert_eq!(reply["Items"].as_array().unwrap().len(), 1);
}
