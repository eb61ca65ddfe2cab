use proptest::prelude::*;
use rstest::rstest;

use super::*;

fn found_by(reply: &Value) -> Vec<Value> {
    reply["Items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["FoundByItems"].clone())
        .collect()
}

fn body(groups: &[(&str, &str)], operator: &str) -> Value {
    let group = |(key, value): &(&str, &str)| json!({ "KeyName": key, "Values": [value] });
    let mut body = group(&groups[0]);
    if groups.len() > 1 {
        body["AdditionalSearchKeys"] = groups[1..].iter().map(group).collect();
    }
    body["LogicalOperator"] = json!(operator);
    body
}

#[rstest]
#[case::nobody_has_both("AND", "+819000000001", "taro@example.com", 0)]
#[case::one_has_both("AND", "+819000000001", "hanako@example.com", 1)]
#[case::either("OR", "+819000000001", "taro@example.com", 2)]
fn groups_are_joined_by_the_operator(
    #[case] operator: &str,
    #[case] number: &str,
    #[case] mail: &str,
    #[case] matches: usize,
) {
    let stage = Stage::new();
    stage.create(json!({ "PhoneNumber": "+819000000001", "EmailAddress": "hanako@example.com" }));
    stage.create(json!({ "PhoneNumber": "+819000000002", "EmailAddress": "taro@example.com" }));
    let body = body(&[("_phone", number), ("_email", mail)], operator);
    let reply = stage.call("POST", "profiles/search", body).unwrap();
    assert_eq!(ids(&reply).len(), matches);
}

#[test]
fn either_says_which_key_it_was() {
    let stage = Stage::new();
    stage.create(json!({ "EmailAddress": "hanako@example.com" }));
    let body = body(
        &[
            ("_phone", "+819000000001"),
            ("_email", "hanako@example.com"),
        ],
        "OR",
    );
    let reply = stage.call("POST", "profiles/search", body).unwrap();
    let by_mail = json!([{ "KeyName": "_email", "Values": ["hanako@example.com"] }]);
    assert_eq!(found_by(&reply), [by_mail]);
}

#[test]
fn both_repeats_every_pair_of_the_request() {
    let stage = Stage::new();
    stage.create(json!({ "PhoneNumber": "+819000000001", "EmailAddress": "hanako@example.com" }));
    let mut body = body(
        &[
            ("_phone", "+819000000001"),
            ("_email", "hanako@example.com"),
        ],
        "AND",
    );
    body["Values"] = json!(["+819000000001", "+819000000002"]);
    let reply = stage.call("POST", "profiles/search", body).unwrap();
    let pairs = json!([
        { "KeyName": "_phone", "Values": ["+819000000001", "+819000000002"] },
        { "KeyName": "_email", "Values": ["hanako@example.com"] },
    ]);
    assert_eq!(found_by(&reply), [pairs]);
}

#[test]
fn no_match_is_an_empty_list() {
    let sample: Value = serde_json::from_str(include_str!(
        "../../../../../tests/data/aws/cp_search_profiles_none.json"
    ))
    .unwrap();
    let body = body(&[("_phone", "anonymous")], "OR");
    let reply = Stage::new().call("POST", "profiles/search", body).unwrap();
    assert_eq!(reply["Items"], sample["Items"]);
    assert_eq!(reply.get("NextToken"), None);
}

#[test]
fn several_profiles_with_one_number_are_shown_as_in_the_sample() {
    let sample: Value = serde_json::from_str(include_str!(
        "../../../../../tests/data/aws/cp_search_profiles_many.json"
    ))
    .unwrap();
    let stage = Stage::new();
    let mut expected = sample["Items"].as_array().unwrap().clone();
    for item in &mut expected {
        let id = stage.create(item.clone());
        item["ProfileId"] = json!(id);
    }
    let body = body(&[("_phone", "+819000000001")], "OR");
    let reply = stage.call("POST", "profiles/search", body).unwrap();
    let mut shown = reply["Items"].as_array().unwrap().clone();
    for list in [&mut shown, &mut expected] {
        list.sort_by_key(|item| item["ProfileId"].to_string());
    }
    assert_eq!(shown, expected);
}

#[test]
fn a_japanese_name_is_not_found_as_it_is_said() {
    let stage = Stage::new();
    let id = stage.create(json!({ "FirstName": "花子", "LastName": "見本" }));
    assert_eq!(stage.search("_fullName", "花子 見本"), [id]);
    assert!(stage.search("_fullName", "見本 花子").is_empty());
}

#[test]
fn the_index_is_exact_and_not_a_prefix() {
    let stage = Stage::new();
    stage.create(json!({ "EmailAddress": "hanako@example.com" }));
    assert!(stage.search("_email", "hanako@example.co").is_empty());
}

#[test]
fn a_key_that_is_taken_away_finds_no_more() {
    let stage = Stage::new();
    let id = stage.create(json!({}));
    let key = json!({ "ProfileId": id, "KeyName": "_ctrContactId", "Values": ["c-1", "c-2"] });
    stage.call("POST", "profiles/keys", key).unwrap();
    let key = json!({ "ProfileId": id, "KeyName": "_ctrContactId", "Values": ["c-1"] });
    stage.call("POST", "profiles/keys/delete", key).unwrap();
    assert!(stage.search("_ctrContactId", "c-1").is_empty());
    assert_eq!(stage.search("_ctrContactId", "c-2"), [id]);
}

/// A field that is searched, the key that it is found by, and a text for it.
fn searched() -> impl Strategy<Value = (&'static str, &'static str, String)> {
    let number = "[0-9]{9}".prop_map(|rest| format!("+8190{rest}"));
    let mail = "[A-Za-z0-9.+]{1,20}@example\\.com";
    let word = "[a-zA-Z一-龠ぁ-んァ-ヶ𠮷髙]{1,12}";
    let phones = [
        "PhoneNumber",
        "MobilePhoneNumber",
        "HomePhoneNumber",
        "BusinessPhoneNumber",
    ];
    let mails = [
        "EmailAddress",
        "PersonalEmailAddress",
        "BusinessEmailAddress",
    ];
    prop_oneof![
        (prop::sample::select(phones.to_vec()), number)
            .prop_map(|(field, text)| (field, "_phone", text)),
        (prop::sample::select(mails.to_vec()), mail)
            .prop_map(|(field, text)| (field, "_email", text)),
        "[ -~]{1,40}".prop_map(|text| ("AccountNumber", "_account", text)),
        word.prop_map(|text| ("LastName", "_fullName", text)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn search_finds_by_every_key_what_was_put_in(
        customers in prop::collection::vec(searched(), 1..12),
    ) {
        let stage = Stage::new();
        for (field, key, text) in customers {
            let id = stage.create(json!({ field: text }));
            prop_assert!(stage.search(key, &text).contains(&id), "{key} {text}");
            prop_assert_eq!(stage.search("_profileId", &id), vec![id]);
        }
    }

    #[test]
    fn an_empty_text_clears_the_field_and_its_key((field, key, text) in searched()) {
        let stage = Stage::new();
        let id = stage.create(json!({ field: text, "Attributes": { "vip": "true" } }));
        stage.update(json!({ "ProfileId": id, field: "", "Attributes": { "vip": "" } }));
        prop_assert_eq!(stage.profile(&id), json!({ "ProfileId": id }));
        prop_assert!(stage.search(key, &text).is_empty());
    }
}
