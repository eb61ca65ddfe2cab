//! Which customer it is, and that all that belongs to them is found on whatever page it stands.

use contract::PhoneNumber;
use rstest::rstest;
use serde_json::json;

use super::*;
use crate::attacks::world::{self, SEARCH, World};
use crate::token::tests::noon;
use crate::upstream::Reply;

#[rstest]
#[case::number(json!({}), None, &["_phone"])]
#[case::flow(json!({"profileSearchKey": "_email", "profileSearchValue": "a@example.com"}), None, &["_email", "_phone"])]
#[case::half_a_flow(json!({"profileSearchKey": "_email"}), None, &["_phone"])]
#[case::empty_value(json!({"profileSearchKey": "_email", "profileSearchValue": " "}), None, &["_phone"])]
#[case::profile(json!({"profileId": "0a1b2c3d4e5f60718293a4b5c6d7e8f9"}), None, &["_profileId", "_phone"])]
#[case::customer(json!({}), Some("0a1b2c3d4e5f60718293a4b5c6d7e8f9"), &["_profileId", "_phone"])]
#[case::another_system_s_customer(json!({}), Some("C-1001"), &["_phone"])]
#[case::attributes_of_another_type(json!({"profileSearchKey": 1, "profileSearchValue": []}), None, &["_phone"])]
fn the_best_key_comes_first(
    #[case] attributes: Value,
    #[case] customer: Option<&str>,
    #[case] expected: &[&str],
) {
    let number = PhoneNumber::parse("+819000000001").expect("a number");
    let keys = keys_of_contact(&attributes, customer, &Caller::Number { number });
    let names: Vec<_> = keys.iter().map(SearchKey::name).collect();
    assert_eq!(names, expected);
}

#[test]
fn a_withheld_number_is_not_searched_for() {
    assert!(keys_of_contact(&json!({}), None, &Caller::Withheld).is_empty());
}

fn found(ids: &[&str], next: Option<&str>) -> Reply {
    let items: Vec<Value> = ids
        .iter()
        .map(|id| json!({"ProfileId": id.repeat(32), "FirstName": "花子"}))
        .collect();
    let mut page = json!({ "Items": items });
    if let Some(next) = next {
        page["NextToken"] = json!(next);
    }
    Reply::json(&page)
}

/// A page with a token may be followed by nothing: one customer is not several for that.
#[rstest]
#[case::none_behind(&[], None, "one", 1)]
#[case::the_same_behind(&["a"], None, "one", 1)]
#[case::another_behind(&["b"], None, "many", 2)]
#[case::and_so_on_for_ever(&[], Some("t"), "many", 1)]
#[tokio::test]
async fn pages_are_turned_until_it_is_known_how_many_there_are(
    #[case] second: &[&str],
    #[case] third: Option<&str>,
    #[case] kind: &str,
    #[case] count: usize,
) {
    let world = World::new().await;
    world.when(SEARCH, found(second, third));
    world.when(
        &format!("{SEARCH}?max-results=10"),
        found(&["a"], Some("t")),
    );
    let lines = world.ask(|_| ()).await.lines();
    let profiles = lines.iter().find(|line| line["part"] == "profiles");
    let profiles = profiles.expect("who it may be");
    assert_eq!(profiles["kind"], kind);
    assert_eq!(profiles["matches"].as_array().map(Vec::len), Some(count));
}

#[tokio::test]
async fn no_more_customers_are_given_than_are_asked_for() {
    let world = World::new().await;
    world.when(SEARCH, found(&["5", "6", "7", "8", "9", "a", "b"], None));
    world.when(
        &format!("{SEARCH}?max-results=10"),
        found(&["0", "1", "2", "3", "4"], Some("t")),
    );
    let lines = world.ask(|_| ()).await.lines();
    let profiles = lines.iter().find(|line| line["part"] == "profiles");
    let profiles = profiles.expect("who it may be");
    assert_eq!(profiles["matches"].as_array().map(Vec::len), Some(10));
    assert_eq!(profiles["more"], true);
}

#[tokio::test]
async fn every_page_of_what_is_calculated_is_read() {
    let world = World::new().await;
    let path = format!(
        "/domains/amazon-connect-demo/profile/{}/calculated-attributes",
        world::PROFILE
    );
    let item = |name: &str| json!({"CalculatedAttributeName": name, "Value": "1"});
    world.when(
        &format!("{path}?max-results=100"),
        Reply::json(&json!({"Items": [item("_a")], "NextToken": "t"})),
    );
    world.when(
        &format!("{path}?max-results=100&next-token=t"),
        Reply::json(&json!({"Items": [item("_b")]})),
    );
    let lines = world.ask(|_| ()).await.lines();
    let calculated = lines.iter().find(|line| line["part"] == "calculated");
    let attributes = &calculated.expect("what is calculated")["attributes"];
    assert_eq!(attributes[0]["name"], "_a");
    assert_eq!(attributes[1]["name"], "_b");
}

/// The service lists them in an order that it does not document: the last call may be on any page.
#[tokio::test]
async fn the_newest_contacts_are_shown_wherever_they_are_listed() {
    let world = World::new().await;
    let path = "/domains/amazon-connect-demo/profiles/objects";
    let record = |number: i64| {
        let started = noon() - TimeDelta::days(number);
        let object = json!({"contactId": format!("c-{number}"), "initiationTimestamp": started.to_rfc3339()});
        json!({"ObjectTypeName": "CTR", "ProfileObjectUniqueKey": number.to_string(), "Object": object.to_string()})
    };
    let page = |numbers: std::ops::Range<i64>, next: Option<&str>| {
        let items: Vec<Value> = numbers.map(record).collect();
        Reply::json(&json!({"Items": items, "NextToken": next}))
    };
    world.when(&format!("{path}?max-results=100"), page(50..150, Some("t")));
    world.when(
        &format!("{path}?max-results=100&next-token=t"),
        page(0..50, None),
    );
    let lines = world.ask(|_| ()).await.lines();
    let contacts = lines.iter().find(|line| line["part"] == "contacts");
    let contacts = contacts.expect("earlier contacts");
    let shown = contacts["contacts"].as_array().expect("a list");
    assert_eq!(shown.len(), 100);
    assert_eq!(shown[0]["id"], "c-0");
    assert_eq!(shown[99]["id"], "c-99");
    assert_eq!(contacts["cut"], true);
}

/// A page may be short, or empty, and not the last: what is bounded is how many objects there are.
#[rstest]
#[case::short(1, 15)]
#[case::empty(0, 0)]
#[tokio::test]
async fn every_page_of_orders_is_followed_however_short_it_is(
    #[case] each: u32,
    #[case] count: usize,
) {
    let world = World::new().await;
    let path = "/domains/amazon-connect-demo/profiles/objects?max-results=100";
    for number in 0..15 {
        let order = json!({"OrderId": format!("o-{number}"), "Currency": "JPY", "TotalPrice": "1", "Status": "paid"});
        let item = json!({"ObjectTypeName": "_order", "Object": order.to_string()});
        let items: Vec<Value> = (0..each).map(|_| item.clone()).collect();
        let next = (number < 14).then(|| format!("t{}", number + 1));
        let asked = match number {
            0 => path.to_owned(),
            _ => format!("{path}&next-token=t{number}"),
        };
        world.when(
            &asked,
            Reply::json(&json!({"Items": items, "NextToken": next})),
        );
    }
    let lines = world.ask(|_| ()).await.lines();
    let orders = lines
        .iter()
        .find(|line| line["part"] == "orders" && line["complete"] == true);
    let orders = orders.expect("orders");
    assert_eq!(orders["orders"].as_array().map(Vec::len), Some(count));
    assert_eq!(orders["cut"], Value::Null);
}

/// What a flow has set and AWS does not accept hides nobody whose number is known.
#[tokio::test]
async fn a_flow_s_key_that_the_domain_does_not_have_is_passed_over() {
    let world = World::new().await;
    let contact = json!({"Contact": {
        "Id": "mine", "AgentInfo": {"Id": "agent-1"},
        "Attributes": {"profileSearchKey": "_mail", "profileSearchValue": "MARKER"},
        "CustomerEndpoint": {"Type": "TELEPHONE_NUMBER", "Address": "+819000000001"},
    }});
    world.when(
        "/contacts/11111111-2222-3333-4444-555555555555/mine",
        Reply::json(&contact),
    );
    world.when("\"_mail\"", Reply::error(400, "BadRequestException"));
    let lines = world.ask(|_| ()).await.lines();
    let profiles = lines.iter().find(|line| line["part"] == "profiles");
    assert_eq!(profiles.expect("who it may be")["kind"], "one");
}
