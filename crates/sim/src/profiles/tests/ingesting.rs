use rstest::rstest;

use super::*;

const CUSTOMER: u64 = 7_000_000_000_001;

/// A stage with the samples' customer, and the customer's profile.
fn shop() -> (Stage, String) {
    let stage = Stage::new();
    stage.ingest("Shopify-Customer", &payload("customers/create"));
    let id = stage
        .search("_shopifyCustomerId", &CUSTOMER.to_string())
        .remove(0);
    (stage, id)
}

#[test]
fn a_customer_of_the_shop_becomes_the_profile_of_the_sample() {
    let (stage, id) = shop();
    let sample: Value = serde_json::from_str(include_str!(
        "../../../../../tests/data/aws/cp_search_profiles_one.json"
    ))
    .unwrap();
    let mut expected = sample["Items"][0].clone();
    expected["ProfileId"] = json!(id);
    // The sample's order ships elsewhere than its profile says.
    expected["Address"]["Address1"] = json!("見本町1-2-3");
    let body = json!({ "KeyName": "_phone", "Values": ["+819000000001"] });
    let reply = stage.call("POST", "profiles/search", body).unwrap();
    assert_eq!(reply, json!({ "Items": [expected] }));
}

#[test]
fn an_order_has_the_members_of_the_sample_in_its_order() {
    let (stage, id) = shop();
    stage.ingest("Shopify-Order", &payload("orders/fulfilled"));
    let sample: Value = serde_json::from_str(include_str!(
        "../../../../../tests/data/aws/cp_list_profile_objects_order.json"
    ))
    .unwrap();
    let shown = stage.objects(&id, "_order").remove(0);
    let own: Value = serde_json::from_str(shown["Object"].as_str().unwrap()).unwrap();
    let expected = sample["Items"][0]["Object"]
        .as_str()
        .unwrap()
        .replace(
            "360ebe8964fab73553a60189969cc478",
            own["OrderId"].as_str().unwrap(),
        )
        .replace("見本 花子", "花子 見本")
        // Attributes are a map, whose order says nothing.
        .replace(
            r#"{"ShopifyOrderId":"4300000000001","ShopifyCustomerId":"7000000000001"}"#,
            r#"{"ShopifyCustomerId":"7000000000001","ShopifyOrderId":"4300000000001"}"#,
        )
        // Shopify has sent no gateway since 2023.
        .replace(r#""Gateway":"manual""#, r#""Gateway":null"#);
    assert_eq!(shown["Object"], expected);
}

#[test]
fn the_raw_order_is_kept_without_its_envelope() {
    let (stage, id) = shop();
    stage.ingest("Shopify-Order", &payload("orders/fulfilled"));
    assert_eq!(
        stage.contents(&id, "Shopify-Order"),
        [payload("orders/fulfilled")]
    );
}

#[test]
fn a_draft_is_another_order_than_the_one_it_became() {
    let (stage, id) = shop();
    let mut draft = payload("draft_orders/create");
    draft["order_id"] = json!(4_300_000_000_001_u64);
    stage.ingest("Shopify-DraftOrder", &draft);
    stage.ingest("Shopify-Order", &payload("orders/paid"));
    let mut codes: Vec<_> = stage
        .contents(&id, "_order")
        .iter()
        .map(|order| format!("{} {}", order["StatusCode"], order["Name"]))
        .collect();
    codes.sort();
    assert_eq!(codes, [r##""ACTIVATED" "#1001""##, r##""DRAFT" "#D1""##]);
}

#[test]
fn an_order_that_comes_before_its_customer_waits_under_a_profile_of_its_own() {
    let stage = Stage::new();
    stage.ingest("Shopify-Order", &payload("orders/create"));
    stage.ingest("Shopify-Customer", &payload("customers/create"));
    let found = stage.search("_shopifyCustomerId", &CUSTOMER.to_string());
    assert_eq!(found.len(), 1);
    assert_eq!(stage.profile(&found[0])["FirstName"], "花子");
    assert_eq!(stage.objects(&found[0], "_order").len(), 1);
}

#[test]
fn an_order_that_is_put_again_replaces_itself_and_keeps_its_place() {
    let (stage, id) = shop();
    let first = stage.ingest("Shopify-Order", &payload("orders/create"));
    let place = stage.objects(&id, "_order")[0]["ProfileObjectUniqueKey"].clone();
    assert_eq!(
        stage.ingest("Shopify-Order", &payload("orders/cancelled")),
        first
    );
    let orders = stage.objects(&id, "_order");
    assert_eq!(orders.len(), 1);
    assert_eq!(orders[0]["ProfileObjectUniqueKey"], place);
    assert!(
        orders[0]["Object"]
            .as_str()
            .unwrap()
            .contains(r#""Status":"refunded""#)
    );
}

#[test]
fn a_payload_of_nothing_but_the_id_does_not_blank_the_order() {
    let (stage, id) = shop();
    stage.ingest("Shopify-Order", &payload("orders/paid"));
    let before = stage.contents(&id, "_order");
    stage.ingest("Shopify-Order", &json!({ "id": 4_300_000_000_001_u64 }));
    assert_eq!(stage.contents(&id, "_order"), before);
}

#[test]
fn a_customer_without_a_number_keeps_the_one_that_was_known() {
    let (stage, id) = shop();
    let mut update = payload("customers/update");
    update["phone"] = Value::Null;
    stage.ingest("Shopify-Customer", &update);
    assert_eq!(stage.profile(&id)["PhoneNumber"], "+819000000001");
}

#[test]
fn an_order_goes_with_the_raw_one_that_it_was_mapped_from() {
    let (stage, id) = shop();
    let key = stage.ingest("Shopify-Order", &payload("orders/paid"));
    let body = json!({ "ProfileId": id, "ObjectTypeName": "Shopify-Order", "ProfileObjectUniqueKey": key });
    stage
        .call("POST", "profiles/objects/delete", body.clone())
        .unwrap();
    assert!(stage.objects(&id, "_order").is_empty());
    assert!(stage.search("_shopifyOrderId", "4300000000001").is_empty());
    let again = stage
        .call("POST", "profiles/objects/delete", body)
        .unwrap_err();
    assert_eq!(again.code, "ResourceNotFoundException");
}

#[test]
fn a_type_of_the_domains_own_makes_its_keys_searchable() {
    let (stage, id) = shop();
    let mut definition = stage
        .call("GET", "object-types/Shopify-Order", json!({}))
        .unwrap();
    definition["Keys"]["shop_order_name"] = json!([{ "FieldNames": ["Name"] }]);
    let unknown = json!({ "KeyName": "shop_order_name", "Values": ["#1001"] });
    let refused = stage.call("POST", "profiles/search", unknown).unwrap_err();
    assert_eq!(refused.code, "BadRequestException");
    stage
        .call("PUT", "object-types/Shopify-Order", definition)
        .unwrap();
    stage.ingest("Shopify-Order", &payload("orders/paid"));
    assert_eq!(stage.search("shop_order_name", "#1001"), [id]);
}

#[test]
fn the_size_of_what_is_stored_follows_every_change() {
    let (stage, id) = shop();
    let size = || {
        let domain = stage.call("GET", "", json!({})).unwrap();
        domain["Stats"]["TotalSize"].as_u64().unwrap()
    };
    let stored = || {
        let types = ["Shopify-Customer", "Shopify-Order", "_order"];
        let objects = types.into_iter().flat_map(|of| stage.objects(&id, of));
        let bodies = objects.map(|item| item["Object"].as_str().unwrap().len() as u64);
        let mut fields = stage.profile(&id);
        fields.as_object_mut().unwrap().remove("ProfileId");
        bodies.sum::<u64>() + fields.to_string().len() as u64
    };
    assert_eq!(size(), stored());
    let key = stage.ingest("Shopify-Order", &payload("orders/create"));
    assert_eq!(size(), stored());
    stage.ingest("Shopify-Order", &payload("orders/cancelled"));
    assert_eq!(size(), stored());
    let body = json!({ "ProfileId": id, "ObjectTypeName": "Shopify-Order", "ProfileObjectUniqueKey": key });
    stage.call("POST", "profiles/objects/delete", body).unwrap();
    assert_eq!(size(), stored());
}

#[rstest]
#[case::full_number(RecordTemplate::ByIdOrNumber, "+819000000001", 1, 1)]
#[case::own_profile(RecordTemplate::ById, "+819000000001", 0, 2)]
#[case::inferred(RecordTemplate::ByIdOrNumber, "+819000000002", 0, 2)]
#[case::dropped(RecordTemplate::OnlyExisting, "+819000000002", 0, 1)]
#[case::associated(RecordTemplate::OnlyExisting, "+819000000001", 1, 1)]
fn a_contact_record_lands_where_its_template_says(
    #[case] template: RecordTemplate,
    #[case] number: &str,
    #[case] at_the_customer: usize,
    #[case] profiles: i64,
) {
    let stage = Stage::with(|choices| choices.contact_records = template);
    let customer = stage.create(json!({ "FirstName": "花子", "PhoneNumber": "+819000000001" }));
    stage
        .profiles
        .contact_ended(&record("c-1", Some(number)), now())
        .unwrap();
    assert_eq!(stage.objects(&customer, "CTR").len(), at_the_customer);
    let stats = stage.call("GET", "", json!({})).unwrap();
    assert_eq!(stats["Stats"]["ProfileCount"], profiles);
}

#[test]
fn a_contact_that_was_linked_while_it_lived_lands_on_the_linked_profile() {
    let stage = Stage::new();
    let linked = stage.create(json!({ "FirstName": "花子" }));
    stage.create(json!({ "FirstName": "太郎", "PhoneNumber": "+819000000001" }));
    let key = json!({ "ProfileId": linked, "KeyName": "_ctrContactId", "Values": ["c-1"] });
    stage.call("POST", "profiles/keys", key).unwrap();
    stage
        .profiles
        .contact_ended(&record("c-1", Some("+819000000001")), now())
        .unwrap();
    assert_eq!(stage.contents(&linked, "CTR")[0]["contactId"], "c-1");
    assert_eq!(stage.profile(&linked).get("PhoneNumber"), None);
}

#[test]
fn calls_from_one_unknown_number_share_one_inferred_profile() {
    let stage = Stage::new();
    for contact in ["c-1", "c-2"] {
        stage
            .profiles
            .contact_ended(&record(contact, Some("+819000000009")), now())
            .unwrap();
    }
    let found = stage.search("_phone", "+819000000009");
    assert_eq!(found.len(), 1);
    assert_eq!(stage.objects(&found[0], "CTR").len(), 2);
    let sample: Value = serde_json::from_str(include_str!(
        "../../../../../tests/data/aws/cp_search_profiles_inferred.json"
    ))
    .unwrap();
    let mut expected = sample["Items"][0].clone();
    expected["ProfileId"] = json!(found[0]);
    let body = json!({ "KeyName": "_phone", "Values": ["+819000000009"] });
    let reply = stage.call("POST", "profiles/search", body).unwrap();
    assert_eq!(reply["Items"], json!([expected]));
}

#[test]
fn a_contact_record_is_written_as_in_the_sample() {
    let sample: Value = serde_json::from_str(include_str!(
        "../../../../../tests/data/aws/cp_list_profile_objects_ctr.json"
    ))
    .unwrap();
    let text = sample["Items"][0]["Object"].as_str().unwrap();
    let expected: Value = serde_json::from_str(text).unwrap();
    let at = |member: &Value| member.as_str().unwrap().parse().unwrap();
    let text = |member: &Value| member.as_str().unwrap().to_owned();
    let number = |member: &Value| u32::try_from(member.as_u64().unwrap()).unwrap();
    let (queue, agent) = (&expected["queue"], &expected["agent"]);
    let record = ContactRecord {
        contact_id: text(&expected["contactId"]),
        initiated_at: at(&expected["initiationTimestamp"]),
        connected_at: Some(at(&expected["connectedToSystemTimestamp"])),
        disconnected_at: at(&expected["disconnectTimestamp"]),
        instance_arn: text(&expected["instanceArn"]),
        customer: Some(text(&expected["customerEndpoint"]["address"])),
        system: Some(text(&expected["systemEndpoint"]["address"])),
        queue: Some(RecordedQueue {
            name: text(&queue["name"]),
            arn: text(&queue["arn"]),
            seconds: number(&queue["duration"]),
        }),
        agent: Some(RecordedAgent {
            username: text(&agent["username"]),
            connected_at: at(&agent["connectedToAgentTimestamp"]),
            interaction_seconds: number(&agent["agentInteractionDuration"]),
            holds: Some(number(&agent["numberOfHolds"])),
            hold_seconds: None,
        }),
        attributes: [("inquiry_type".to_owned(), "配送".to_owned())].into(),
        ..record("c-1", None)
    };
    let stage = Stage::new();
    stage.profiles.contact_ended(&record, now()).unwrap();
    let id = stage.search("_ctrContactId", &record.contact_id).remove(0);
    assert_eq!(stage.contents(&id, "CTR"), [expected]);
}

#[test]
fn the_domain_describes_itself_as_in_the_sample() {
    let sample: Value = serde_json::from_str(include_str!(
        "../../../../../tests/data/aws/cp_get_domain.json"
    ))
    .unwrap();
    let (stage, id) = shop();
    stage.ingest("Shopify-Order", &payload("orders/paid"));
    let domain = stage.call("GET", "", json!({})).unwrap();
    let members = |of: &Value| of.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let mut expected = members(&sample);
    expected.retain(|member| !member.starts_with('_'));
    assert_eq!(members(&domain), expected);
    assert_eq!(members(&domain["Stats"]), members(&sample["Stats"]));
    // The customer, the raw order, and the order that was mapped from it.
    assert_eq!(domain["Stats"]["ObjectCount"], 3);
    let fields = stage.profile(&id).to_string().len();
    assert!(domain["Stats"]["TotalSize"].as_u64().unwrap() > fields as u64);
}

#[test]
fn a_number_of_several_profiles_associates_none() {
    let stage = Stage::with(|choices| choices.contact_records = RecordTemplate::OnlyExisting);
    let family = ["花子", "太郎"]
        .map(|name| stage.create(json!({ "FirstName": name, "PhoneNumber": "+819000000001" })));
    stage
        .profiles
        .contact_ended(&record("c-1", Some("+819000000001")), now())
        .unwrap();
    assert!(family.iter().all(|id| stage.objects(id, "CTR").is_empty()));
}

#[test]
fn a_withheld_number_becomes_nobodys() {
    let stage = Stage::new();
    stage
        .profiles
        .contact_ended(&record("c-1", Some("anonymous")), now())
        .unwrap();
    let found = stage.search("_ctrContactId", "c-1");
    assert_eq!(stage.profile(&found[0]), json!({ "ProfileId": found[0] }));
}

#[test]
fn a_record_in_the_other_casing_is_found_and_counted_all_the_same() {
    let stage = Stage::with(|choices| choices.record_casing = RecordCasing::UpperCamel);
    let id = stage.create(json!({ "PhoneNumber": "+819000000001" }));
    stage
        .profiles
        .contact_ended(&record("c-1", Some("+819000000001")), now())
        .unwrap();
    assert_eq!(
        stage.contents(&id, "CTR")[0]["Agent"]["Username"],
        "hanako.sato"
    );
    let path = format!("profile/{id}/calculated-attributes/_calls_count");
    assert_eq!(stage.call("GET", &path, json!({})).unwrap()["Value"], "1");
}

#[test]
fn figures_are_worked_out_from_the_records() {
    let stage = Stage::new();
    let id = stage.create(json!({ "PhoneNumber": "+819000000001" }));
    for (contact, seconds) in [("c-1", 30), ("c-2", 33)] {
        let mut record = record(contact, Some("+819000000001"));
        record.agent.as_mut().unwrap().hold_seconds = Some(seconds);
        stage.profiles.contact_ended(&record, now()).unwrap();
    }
    let path = format!("profile/{id}/calculated-attributes/_average_hold_time");
    let reply = stage.call("GET", &path, json!({})).unwrap();
    let sample: Value = serde_json::from_str(include_str!(
        "../../../../../tests/data/aws/cp_calculated_attributes.json"
    ))
    .unwrap();
    let mut expected = sample["Items"][1].clone();
    expected["IsDataPartial"] = json!("false");
    expected["LastObjectTimestamp"] = json!(1_793_678_706.0);
    assert_eq!(reply, expected);
}
