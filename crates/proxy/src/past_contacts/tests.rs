use serde_json::json;

use super::*;

fn profile() -> ProfileId {
    ProfileId::parse("0a1b2c3d4e5f60718293a4b5c6d7e8f9").unwrap()
}

fn contacts(records: &[Value]) -> ContactsPart {
    let items: Vec<Value> = records
        .iter()
        .map(|record| json!({ "ObjectTypeName": "CTR", "Object": record.to_string() }))
        .collect();
    let mut contacts = PastContacts::default();
    contacts.add(&json!({ "Items": items }));
    contacts.into_part(profile(), false)
}

#[test]
fn the_sample_of_contact_records_is_read_whole() {
    let sample = include_str!("../../../../tests/data/aws/cp_list_profile_objects_ctr.json");
    let mut contacts = PastContacts::default();
    contacts.add(&serde_json::from_str(sample).unwrap());
    insta::assert_json_snapshot!(contacts.into_part(profile(), false));
}

#[test]
fn the_sample_of_calculated_attributes_is_read_whole() {
    let sample = include_str!("../../../../tests/data/aws/cp_calculated_attributes.json");
    let pages = [serde_json::from_str(sample).unwrap()];
    insta::assert_json_snapshot!(calculated(profile(), &pages));
}

#[test]
fn both_casings_of_a_record_are_read_alike() {
    let camel = contacts(&[json!({
        "contactId": "a", "channel": "VOICE", "initiationTimestamp": "2026-10-30T01:02:03Z",
        "agent": { "username": "demo", "connectedToAgentTimestamp": "2026-10-30T01:02:20Z" },
        "queue": { "name": "BasicQueue" }, "attributes": { "a": "b" },
    })]);
    let pascal = contacts(&[json!({
        "ContactId": "a", "Channel": "VOICE", "InitiationTimestamp": "2026-10-30T01:02:03Z",
        "Agent": { "Username": "demo", "ConnectedToAgentTimestamp": "2026-10-30T01:02:20Z" },
        "Queue": { "Name": "BasicQueue" }, "Attributes": { "a": "b" },
    })]);
    assert_eq!(camel, pascal);
    assert!(camel.contacts[0].agent.is_some() && camel.contacts[0].queue.is_some());
}

#[test]
fn contacts_are_newest_first_each_once_and_those_without_a_time_last() {
    let record = |id, time: Value| json!({ "contactId": id, "initiationTimestamp": time });
    let part = contacts(&[
        record("unset", json!("1970-01-01T00:00:00.001Z")),
        record("old", json!("2026-10-30T01:02:03Z")),
        record("new", json!(1_793_322_573.5)),
        record("old", json!("2026-10-30T01:02:03Z")),
    ]);
    let ids: Vec<_> = part
        .contacts
        .iter()
        .map(|contact| contact.id.as_ref())
        .collect();
    assert_eq!(ids, ["new", "old", "unset"]);
}

#[test]
fn a_record_without_an_id_is_said_and_hides_no_other() {
    let part = contacts(&[
        json!({ "channel": "VOICE" }),
        json!({ "contactId": "a", "agent": 5 }),
    ]);
    assert_eq!(part.contacts.len(), 1);
    assert_eq!(part.contacts[0].losses[0].at, "agent");
    assert_eq!(part.losses[0].at, "Items[0].Object.contactId");
}
