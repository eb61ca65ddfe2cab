use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

fn merge(stage: &Stage, main: &str, others: &[String], sources: &Value) -> Result<Value, ApiError> {
    let body = json!({
        "MainProfileId": main,
        "ProfileIdsToBeMerged": others,
        "FieldSourceProfileIds": sources,
    });
    stage.call("POST", "profiles/objects/merge", body)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn a_merge_loses_no_object_and_no_key(orders in prop::collection::vec(0_u64..5, 2..6)) {
        let stage = Stage::new();
        let mut put = BTreeSet::new();
        let mut next = 1;
        for (customer, count) in orders.iter().enumerate() {
            for _ in 0..=*count {
                put.insert(stage.ingest("Shopify-Order", &order(next, customer as u64 + 1)));
                next += 1;
            }
        }
        let found = |customer: usize| {
            stage.search("_shopifyCustomerId", &(customer + 1).to_string()).remove(0)
        };
        let profiles: Vec<String> = (0..orders.len()).map(found).collect();
        merge(&stage, &profiles[0], &profiles[1..], &Value::Null).unwrap();
        let kept = stage.objects(&profiles[0], "Shopify-Order");
        let kept: BTreeSet<String> = kept
            .iter()
            .map(|item| item["ProfileObjectUniqueKey"].as_str().unwrap().to_owned())
            .collect();
        prop_assert_eq!(kept.len(), stage.objects(&profiles[0], "_order").len());
        prop_assert_eq!(kept, put);
        for (customer, id) in profiles.iter().enumerate() {
            prop_assert_eq!(&found(customer), &profiles[0]);
            prop_assert_eq!(stage.search("_profileId", id).len(), usize::from(customer == 0));
        }
        for id in 1..next {
            prop_assert_eq!(stage.search("_shopifyOrderId", &id.to_string()), vec![profiles[0].clone()]);
        }
    }
}

#[test]
fn fields_are_united_and_the_main_profile_wins() {
    let stage = Stage::new();
    let main = stage.create(json!({ "LastName": "見本", "Attributes": { "vip": "true" } }));
    let other = stage.create(json!({
        "LastName": "例",
        "PhoneNumber": "+819000000001",
        "Attributes": { "vip": "false", "since": "2020" },
    }));
    merge(&stage, &main, &[other], &Value::Null).unwrap();
    let united = json!({
        "ProfileId": main,
        "LastName": "見本",
        "PhoneNumber": "+819000000001",
        "Attributes": { "vip": "true", "since": "2020" },
    });
    assert_eq!(stage.profile(&main), united);
    assert_eq!(stage.search("_phone", "+819000000001"), [main]);
}

#[test]
fn a_named_source_is_taken_even_where_it_has_nothing() {
    let stage = Stage::new();
    let main = stage.create(json!({ "LastName": "見本", "FirstName": "花子" }));
    let other = stage.create(json!({ "LastName": "例" }));
    let sources = json!({ "LastName": other, "FirstName": other });
    merge(&stage, &main, std::slice::from_ref(&other), &sources).unwrap();
    assert_eq!(
        stage.profile(&main),
        json!({ "ProfileId": main, "LastName": "例" })
    );
}

#[test]
fn a_merge_that_is_refused_changes_nothing() {
    let stage = Stage::new();
    let main = stage.create(json!({ "LastName": "見本" }));
    let other = stage.create(json!({ "FirstName": "花子" }));
    let nobody = "0".repeat(32);
    let refused = merge(&stage, &main, &[other.clone(), nobody], &Value::Null).unwrap_err();
    assert_eq!(refused.code, "ResourceNotFoundException");
    assert_eq!(
        stage.profile(&main),
        json!({ "ProfileId": main, "LastName": "見本" })
    );
    assert_eq!(stage.profile(&other)["FirstName"], "花子");
    let twice = merge(&stage, &main, std::slice::from_ref(&main), &Value::Null).unwrap_err();
    assert_eq!(twice.code, "BadRequestException");
}
