use contract::MatchKey;
use rstest::rstest;
use serde_json::json;

use super::*;

fn japan() -> HomeCountry {
    HomeCountry::from_iso("JP").unwrap()
}

fn found(reply: &Value, keys: &[SearchKey]) -> ProfilesPart {
    let mut found = FoundProfiles::default();
    found.add(reply, keys, japan());
    found.into_part(false)
}

fn one(members: Value) -> Profile {
    let mut item = json!({ "ProfileId": "0a1b2c3d4e5f60718293a4b5c6d7e8f9" });
    let Value::Object(members) = members else {
        panic!("members of an object");
    };
    item.as_object_mut().unwrap().extend(members);
    found(&json!({ "Items": [item] }), &[])
        .matches
        .remove(0)
        .profile
}

#[rstest]
#[case::none("none", include_str!("../../../../tests/data/aws/cp_search_profiles_none.json"))]
#[case::one("one", include_str!("../../../../tests/data/aws/cp_search_profiles_one.json"))]
#[case::many("many", include_str!("../../../../tests/data/aws/cp_search_profiles_many.json"))]
#[case::inferred("inferred", include_str!("../../../../tests/data/aws/cp_search_profiles_inferred.json"))]
fn each_sample_is_read_whole(#[case] name: &str, #[case] sample: &str) {
    let sample = serde_json::from_str(sample).unwrap();
    insta::assert_json_snapshot!(name, found(&sample, &[]));
}

#[test]
fn an_answer_that_does_not_say_why_is_by_what_was_asked() {
    let reply = json!({ "Items": [{ "ProfileId": "0a1b2c3d4e5f60718293a4b5c6d7e8f9" }] });
    let key = SearchKey::named("_email", "a@example.com");
    let part = found(&reply, &[key]);
    assert_eq!(part.matches[0].why[0].by, MatchKey::Mail);
}

#[rstest]
#[case::number_alone(json!({ "PhoneNumber": "+819000000009" }), true)]
#[case::empty_beside_it(json!({ "PhoneNumber": "+819000000009", "Address": {}, "FirstName": "" }), true)]
#[case::mail_alone(json!({ "EmailAddress": "a@example.com" }), true)]
#[case::name(json!({ "PhoneNumber": "+819000000009", "LastName": "見本" }), false)]
#[case::account(json!({ "PhoneNumber": "+819000000009", "AccountNumber": "A" }), false)]
#[case::attribute(json!({ "PhoneNumber": "+819000000009", "Attributes": { "a": "b" } }), false)]
#[case::nothing(json!({}), false)]
fn a_profile_that_a_contact_made_is_told_from_a_customers(
    #[case] members: Value,
    #[case] inferred: bool,
) {
    assert_eq!(one(members).inferred, inferred);
}

#[test]
fn a_number_that_is_written_twice_is_there_once() {
    let profile = one(json!({
        "PhoneNumber": "+819012345678",
        "MobilePhoneNumber": "０９０-1234-5678",
        "HomePhoneNumber": "nobody knows",
    }));
    let numbers: Vec<_> = profile
        .phones
        .iter()
        .map(|phone| phone.number.as_ref().map(PhoneNumber::as_str))
        .collect();
    assert_eq!(numbers, [Some("+819012345678"), None]);
    assert_eq!(profile.phones[1].text.as_str(), "nobody knows");
}

#[test]
fn names_of_any_script_and_length_stay_as_they_are() {
    let long = "あ".repeat(300);
    let profile = one(json!({ "FirstName": long, "LastName": "خدمة <b>" }));
    assert_eq!(profile.name.given.as_deref(), Some(long.as_str()));
    assert_eq!(profile.name.family.as_deref(), Some("خدمة <b>"));
}

#[test]
fn a_wrong_member_hides_no_other_and_is_named() {
    let profile = one(json!({
        "FirstName": 5,
        "LastName": "見本",
        "Address": [],
        "Attributes": { "rank": "gold", "points": 5, "odd": [1], "none": null },
    }));
    assert_eq!(profile.name.family.as_deref(), Some("見本"));
    let attributes: Vec<_> = profile
        .attributes
        .iter()
        .map(|attribute| (attribute.name.as_str(), attribute.value.as_str()))
        .collect();
    assert_eq!(attributes, [("points", "5"), ("rank", "gold")]);
    let losses: Vec<_> = profile.losses.iter().map(|loss| loss.at.as_str()).collect();
    assert_eq!(losses, ["FirstName", "Address", "Attributes"]);
}

#[test]
fn a_profile_without_an_id_is_said_and_hides_no_other() {
    let reply = json!({ "Items": [
        { "LastName": "見本" },
        { "ProfileId": "0a1b2c3d4e5f60718293a4b5c6d7e8f9" },
    ]});
    let part = found(&reply, &[]);
    assert_eq!(part.matches.len(), 1);
    assert_eq!(part.losses[0].at, "Items[0].ProfileId");
}

#[test]
fn pages_that_overlap_give_each_customer_once() {
    let reply = json!({ "Items": [{ "ProfileId": "0a1b2c3d4e5f60718293a4b5c6d7e8f9" }] });
    let mut found = FoundProfiles::default();
    found.add(&reply, &[], japan());
    found.add(&reply, &[], japan());
    assert_eq!(found.matches().len(), 1);
    assert_eq!(found.into_part(true).kind, MatchKind::Many);
}

#[rstest]
#[case::number(Some("+819000000001"), "number")]
#[case::withheld(None, "withheld")]
#[case::empty(Some(""), "withheld")]
#[case::word(Some("Anonymous"), "withheld")]
#[case::sip(Some("sip:x@example.com"), "address")]
#[case::national(Some("0312345678"), "address")]
fn where_a_customer_calls_from(#[case] address: Option<&str>, #[case] kind: &str) {
    let caller = serde_json::to_value(caller(address)).unwrap();
    assert_eq!(caller["kind"], kind);
}

#[test]
fn controls_in_what_somebody_was_found_by_do_not_reach_the_desk() {
    let reply = json!({ "Items": [{
        "ProfileId": "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
        "FoundByItems": [{ "KeyName": "own\u{0}key", "Values": ["a\u{7}"] }],
    }]});
    let why = &found(&reply, &[]).matches[0].why[0];
    assert_eq!(why.by.as_str(), "own\u{fffd}key");
    assert_eq!(why.values[0].as_str(), "a\u{fffd}");
}
