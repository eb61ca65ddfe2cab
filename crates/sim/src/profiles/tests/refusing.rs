use proptest::prelude::*;
use rstest::rstest;

use super::*;

const ID: &str = "0123456789abcdef0123456789abcdef";

#[rstest]
#[case::no_key("profiles/search", json!({ "Values": ["x"] }))]
#[case::unknown_key("profiles/search", json!({ "KeyName": "_orderName", "Values": ["#1001"] }))]
#[case::odd_key("profiles/search", json!({ "KeyName": "a b", "Values": ["x"] }))]
#[case::no_values("profiles/search", json!({ "KeyName": "_phone", "Values": [] }))]
#[case::empty_value("profiles/search", json!({ "KeyName": "_phone", "Values": [""] }))]
#[case::long_value("profiles/search", json!({ "KeyName": "_phone", "Values": ["1".repeat(256)] }))]
#[case::too_many_groups("profiles/search", json!({
    "KeyName": "_phone", "Values": ["1"],
    "AdditionalSearchKeys": vec![json!({ "KeyName": "_email", "Values": ["x"] }); 5],
}))]
#[case::operator("profiles/search", json!({ "KeyName": "_phone", "Values": ["1"], "LogicalOperator": "XOR" }))]
#[case::no_page("profiles/search?max-results=0", json!({ "KeyName": "_phone", "Values": ["1"] }))]
#[case::huge_page("profiles/search?max-results=101", json!({ "KeyName": "_phone", "Values": ["1"] }))]
#[case::token("profiles/search?next-token=abc", json!({ "KeyName": "_phone", "Values": ["1"] }))]
#[case::upper_case_id("profiles/objects", json!({ "ObjectTypeName": "_order", "ProfileId": ID.to_uppercase() }))]
#[case::short_id("profiles/delete", json!({ "ProfileId": "abc" }))]
#[case::empty_name("profiles", json!({ "FirstName": "" }))]
#[case::long_name("profiles", json!({ "FirstName": "あ".repeat(256) }))]
#[case::long_memo("profiles", json!({ "AdditionalInformation": "あ".repeat(1001) }))]
#[case::gender("profiles", json!({ "Gender": "YES" }))]
#[case::no_matching("matches", json!({ "MatchType": "RULE_BASED_MATCHING", "SearchKey": "_phone", "SearchValue": "1" }))]
#[case::too_many("batch-get-profiles", json!({ "ProfileIds": vec![ID; 21] }))]
fn what_the_model_forbids_is_a_bad_request(#[case] path: &str, #[case] body: Value) {
    let refused = Stage::new().call("POST", path, body).unwrap_err();
    assert_eq!(
        (refused.status.as_u16(), refused.code.as_str()),
        (400, "BadRequestException")
    );
}

#[rstest]
#[case::attributes_of_numbers("profiles", json!({ "Attributes": { "points": 5 } }))]
#[case::name_of_objects("profiles", json!({ "FirstName": {} }))]
#[case::one_value("profiles/search", json!({ "KeyName": "_phone", "Values": "1" }))]
#[case::no_object("profiles/search", json!([]))]
fn what_has_another_type_cannot_be_read(#[case] path: &str, #[case] body: Value) {
    let refused = Stage::new().call("POST", path, body).unwrap_err();
    assert_eq!(
        (refused.status.as_u16(), refused.code.as_str()),
        (400, "SerializationException")
    );
}

#[rstest]
#[case::profile("POST", "profiles/objects", json!({ "ObjectTypeName": "_order", "ProfileId": ID }))]
#[case::updated("PUT", "profiles", json!({ "ProfileId": ID, "FirstName": "x" }))]
#[case::deleted("POST", "profiles/delete", json!({ "ProfileId": ID }))]
#[case::keyed("POST", "profiles/keys", json!({ "ProfileId": ID, "KeyName": "_email", "Values": ["x"] }))]
#[case::object_type("GET", "object-types/Nothing", json!({}))]
#[case::objects_type("PUT", "profiles/objects", json!({ "ObjectTypeName": "Nothing", "Object": "{}" }))]
#[case::figure("GET", "profile/0123456789abcdef0123456789abcdef/calculated-attributes/nothing", json!({}))]
fn what_does_not_exist_is_not_found(#[case] method: &str, #[case] path: &str, #[case] body: Value) {
    let refused = Stage::new().call(method, path, body).unwrap_err();
    assert_eq!(
        (refused.status.as_u16(), refused.code.as_str()),
        (404, "ResourceNotFoundException")
    );
}

fn request(method: &str, path: &[&str]) -> ApiRequest {
    ApiRequest {
        method: method.parse().unwrap(),
        path: path.iter().map(|&part| part.to_owned()).collect(),
        query: Vec::new(),
        body: json!({}),
    }
}

#[test]
fn another_domain_does_not_exist() {
    let stage = Stage::new();
    let refused = stage
        .profiles
        .handle(&request("GET", &["domains", "other"]), now())
        .unwrap_err();
    assert_eq!(refused, ApiError::not_found("Domain not found"));
}

#[rstest]
#[case::method("DELETE", &["domains", "amazon-connect-demo", "profiles"])]
#[case::path("POST", &["domains", "amazon-connect-demo", "profiles", "sing"])]
#[case::root("GET", &[])]
fn what_is_no_operation_is_unknown(#[case] method: &str, #[case] path: &[&str]) {
    let refused = Stage::new()
        .profiles
        .handle(&request(method, path), now())
        .unwrap_err();
    assert_eq!(refused.code, "UnknownOperationException");
}

#[rstest]
#[case::no_json("{")]
#[case::no_object("[]")]
#[case::no_unique_key("{}")]
fn an_object_that_cannot_be_filed_is_a_bad_request(#[case] object: &str) {
    let body = json!({ "ObjectTypeName": "Shopify-Order", "Object": object });
    let refused = Stage::new()
        .call("PUT", "profiles/objects", body)
        .unwrap_err();
    assert_eq!(refused.code, "BadRequestException");
}

#[test]
fn an_object_has_at_most_250_kilobytes() {
    let stage = Stage::new();
    let mut big = order(1, 7);
    // 90,000 characters of three bytes each.
    big["note"] = json!("あ".repeat(90_000));
    let big = json!({ "detail": { "event": { "detail": { "payload": big } } } }).to_string();
    let body = json!({ "ObjectTypeName": "Shopify-Order", "Object": big });
    let refused = stage.call("PUT", "profiles/objects", body).unwrap_err();
    assert!(refused.message.contains("250 KB"), "{refused}");
    assert!(stage.search("_shopifyCustomerId", "7").is_empty());
}

#[test]
fn a_profile_holds_as_many_objects_as_the_type_says() {
    let stage = Stage::new();
    let mut definition = stage
        .call("GET", "object-types/Shopify-Order", json!({}))
        .unwrap();
    assert_eq!(definition["MaxProfileObjectCount"], 1000);
    definition["MaxProfileObjectCount"] = json!(2);
    stage
        .call("PUT", "object-types/Shopify-Order", definition)
        .unwrap();
    for n in 1..=2 {
        stage.ingest("Shopify-Order", &order(n, 7));
    }
    // One that is there may change, another one may not come.
    stage.ingest("Shopify-Order", &order(2, 7));
    let third = json!({ "detail": { "event": { "detail": { "payload": order(3, 7) } } } });
    let body = json!({ "ObjectTypeName": "Shopify-Order", "Object": third.to_string() });
    let refused = stage.call("PUT", "profiles/objects", body).unwrap_err();
    assert_eq!(refused.code, "BadRequestException");
    assert!(stage.search("_shopifyOrderId", "3").is_empty());
}

#[rstest]
#[case::no_unique_key(json!({ "Keys": {} }))]
#[case::undefined_field(json!({ "Keys": { "k": [{ "StandardIdentifiers": ["UNIQUE"], "FieldNames": ["x"] }] } }))]
#[case::unreadable(json!({ "Fields": { "Name": { "Source": "{{#each _source.x}}y{{/each}}" } } }))]
#[case::identifier(json!({ "Keys": { "k": [{ "StandardIdentifiers": ["SPECIAL"], "FieldNames": [] }] } }))]
fn an_object_type_that_cannot_work_is_refused(#[case] change: Value) {
    let stage = Stage::new();
    let mut definition = stage
        .call("GET", "object-types/Shopify-Order", json!({}))
        .unwrap();
    definition
        .as_object_mut()
        .unwrap()
        .extend(change.as_object().unwrap().clone());
    let refused = stage
        .call("PUT", "object-types/Mine", definition)
        .unwrap_err();
    assert_eq!(refused.code, "BadRequestException");
}

/// Values that a client should not send, among some that it may.
fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        Just(json!("\u{0}")),
        Just(json!("_phone")),
        Just(json!("_order")),
        Just(json!("Shopify-Order")),
        Just(json!(
            "{\"detail\":{\"event\":{\"detail\":{\"payload\":{\"id\":1,\"line_items\":7}}}}}"
        )),
        Just(json!(ID)),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(member(), inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn member() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "ProfileId",
        "KeyName",
        "Values",
        "AdditionalSearchKeys",
        "LogicalOperator",
        "ObjectTypeName",
        "Object",
        "ObjectFilter",
        "ProfileObjectUniqueKey",
        "MainProfileId",
        "ProfileIdsToBeMerged",
        "FieldSourceProfileIds",
        "ProfileIds",
        "FirstName",
        "Address",
        "City",
        "Attributes",
        "Gender",
        "EngagementPreferences",
        "Description",
        "TemplateId",
        "Fields",
        "Keys",
        "Source",
        "Target",
        "FieldNames",
        "StandardIdentifiers",
        "MaxProfileObjectCount",
    ])
    .prop_map(ToOwned::to_owned)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_body_makes_the_service_fail(
        bodies in prop::collection::vec(prop::collection::btree_map(member(), anything(), 0..6), 12),
        query in "(max-results=\\PC{0,4}|next-token=[A-Za-z0-9_-]{0,20})?",
    ) {
        let stage = Stage::new();
        let operations = [
            ("POST", "profiles"), ("PUT", "profiles"), ("POST", "profiles/delete"),
            ("POST", "profiles/search"), ("POST", "profiles/keys"), ("POST", "profiles/keys/delete"),
            ("PUT", "profiles/objects"), ("POST", "profiles/objects"),
            ("POST", "profiles/objects/delete"), ("POST", "profiles/objects/merge"),
            ("POST", "batch-get-profiles"), ("PUT", "object-types/Mine"),
        ];
        for ((method, path), body) in operations.into_iter().zip(bodies) {
            let path = if query.contains(['&', '?']) { path.to_owned() } else { format!("{path}?{query}") };
            let body = Value::Object(body.into_iter().collect());
            if let Err(error) = stage.call(method, &path, body) {
                prop_assert!(error.status.is_client_error(), "{error}");
            }
        }
    }
}
