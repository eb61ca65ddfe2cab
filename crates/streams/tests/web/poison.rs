//! Damaged updates: what can be read is read, what cannot be is named, and the next update is
//! right. The rows are those that were measured to break the library's own getters and events.

use contract::PhoneNumber;
use desk::{
    Action, ActionError, AgentStateType, ContactKind, ContactSnapshot, ContactState, LegRole,
    LegState, Snapshot,
};
use serde_json::{Value, json};
use streams::Event;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::page::{Page, call, contacts, control, leg};

/// Damages the next update that the patch fits.
async fn damage(patch: &Value) {
    control("/control/snapshots", &json!({ "patch": patch })).await;
}

/// Lets it ring with a damaged update and returns that one, after the next has proved right.
async fn damaged_ring(patch: &Value) -> Snapshot {
    let page = Page::open().await;
    let before = page.heard();
    damage(patch).await;

    let id = call(&json!({ "from": "+819012345678", "attributes": { "a": "1", "b": "2" } })).await;
    let damaged = page.next_snapshot(before).await;

    let hang_up = format!("/control/contacts/{id}/hang-up");
    control(&hang_up, &json!({})).await;
    let abandoned = page.contact(&id, ContactState::Error).await;
    let next = page.snapshot(|_| true).await;
    assert_eq!(next.oddities, Vec::<Box<str>>::new());
    assert_eq!(next.agent.name.as_deref(), Some("佐藤 花子"));
    assert_eq!(abandoned.attributes.get("b"), Some("2"));
    damaged
}

/// The contact of a ring, however damaged.
fn ringing(snapshot: &Snapshot) -> &ContactSnapshot {
    contacts(snapshot).first().expect("the contact")
}

/// Each row: a patch of the update in which it rings, the members that are found odd, and what
/// is known all the same.
macro_rules! damaged_rings {
    ($($name:ident: $patch:tt, $odd:tt, $known:expr;)*) => {$(
        #[wasm_bindgen_test]
        async fn $name() {
            let snapshot = damaged_ring(&json!($patch)).await;

            let odd: Vec<Box<str>> = $odd.map(Box::from).into();
            assert_eq!(snapshot.oddities, odd);
            let known: fn(&Snapshot) -> bool = $known;
            assert!(known(&snapshot), "{snapshot:?}");
        }
    )*};
}

damaged_rings! {
    no_snapshot_at_all:
        [{ "op": "test", "path": "/snapshot/contacts/0/type", "value": "voice" },
         { "op": "remove", "path": "/snapshot" }],
        ["snapshot"],
        |snapshot| snapshot.contacts.is_none() && snapshot.agent.name.is_some();

    a_snapshot_that_is_a_list:
        [{ "op": "test", "path": "/snapshot/contacts/0/type", "value": "voice" },
         { "op": "replace", "path": "/snapshot", "value": [] }],
        ["snapshot"],
        |snapshot| snapshot.contacts.is_none() && snapshot.agent.name.is_some();

    no_configuration:
        [{ "op": "remove", "path": "/configuration" }],
        ["configuration"],
        |snapshot| snapshot.agent.name.is_none() && snapshot.agent.choices.is_empty()
            && ringing(snapshot).state == Some(ContactState::Connecting);

    agent_states_of_another_kind:
        [{ "op": "replace", "path": "/configuration/agentStates", "value": [7, null, {}] }],
        ["configuration.agentStates[].name"],
        |snapshot| snapshot.agent.choices.is_empty() && snapshot.agent.name.is_some();

    no_agent_state:
        [{ "op": "remove", "path": "/snapshot/state" }],
        ["snapshot.state"],
        |snapshot| snapshot.agent.state.is_none() && ringing(snapshot).attributes.len() == 2;

    an_agent_state_without_type:
        [{ "op": "remove", "path": "/snapshot/state/type" }],
        ["snapshot.state.type"],
        |snapshot| snapshot.agent.state.as_ref().is_some_and(|state| {
            state.name == "PendingBusy" && state.kind == AgentStateType::Unknown(String::new())
        });

    an_agent_state_without_name:
        [{ "op": "remove", "path": "/snapshot/state/name" }],
        ["snapshot.state.name"],
        |snapshot| snapshot.agent.state.is_none() && !contacts(snapshot).is_empty();

    an_agent_state_since_a_number:
        [{ "op": "replace", "path": "/snapshot/state/startTimestamp", "value": 1_767_258_000_000_u64 }],
        ["snapshot.state.startTimestamp"],
        |snapshot| snapshot.agent.state.as_ref().is_some_and(|state| state.since.is_none());

    an_agent_state_since_an_invalid_date:
        [{ "op": "replace", "path": "/snapshot/state/startTimestamp", "value": { "$date": "never" } }],
        ["snapshot.state.startTimestamp"],
        |snapshot| snapshot.agent.state.as_ref().is_some_and(|state| state.since.is_none());

    no_time_and_so_no_skew:
        [{ "op": "remove", "path": "/snapshot/snapshotTimestamp" }],
        ["snapshot.snapshotTimestamp", "snapshot.skew"],
        |snapshot| snapshot.taken_at.is_none() && snapshot.clock.is_none()
            && !contacts(snapshot).is_empty();

    no_list_of_contacts:
        [{ "op": "test", "path": "/snapshot/contacts/0/type", "value": "voice" },
         { "op": "remove", "path": "/snapshot/contacts" }],
        ["snapshot.contacts"],
        |snapshot| snapshot.contacts.is_none() && snapshot.agent.state.is_some();

    contacts_that_are_no_list:
        [{ "op": "test", "path": "/snapshot/contacts/0/type", "value": "voice" },
         { "op": "replace", "path": "/snapshot/contacts", "value": { "0": {} } }],
        ["snapshot.contacts"],
        |snapshot| snapshot.contacts.is_none() && snapshot.agent.state.is_some();

    a_contact_that_is_nothing:
        [{ "op": "add", "path": "/snapshot/contacts/1", "value": null },
         { "op": "add", "path": "/snapshot/contacts/2", "value": "text" }],
        ["snapshot.contacts[].contactId"],
        |snapshot| contacts(snapshot).len() == 1;

    a_contact_without_id:
        [{ "op": "remove", "path": "/snapshot/contacts/0/contactId" }],
        ["snapshot.contacts[].contactId"],
        |snapshot| contacts(snapshot).is_empty();

    a_contact_with_nothing_but_its_id:
        [{ "op": "move", "from": "/snapshot/contacts/0/contactId", "path": "/snapshot/id" },
         { "op": "replace", "path": "/snapshot/contacts/0", "value": {} },
         { "op": "move", "from": "/snapshot/id", "path": "/snapshot/contacts/0/contactId" }],
        ["snapshot.contacts[].type", "snapshot.contacts[].state", "snapshot.contacts[].connections"],
        |snapshot| *ringing(snapshot) == ContactSnapshot::new(ringing(snapshot).id.clone());

    a_contact_without_state:
        [{ "op": "remove", "path": "/snapshot/contacts/0/state" }],
        ["snapshot.contacts[].state"],
        |snapshot| ringing(snapshot).state.is_none() && ringing(snapshot).legs.is_some();

    a_contact_state_without_type:
        [{ "op": "remove", "path": "/snapshot/contacts/0/state/type" }],
        ["snapshot.contacts[].state.type"],
        |snapshot| ringing(snapshot).state.is_none() && ringing(snapshot).since.is_some();

    a_contact_state_that_is_new:
        [{ "op": "replace", "path": "/snapshot/contacts/0/state/type", "value": "haunted" }],
        [""; 0],
        |snapshot| ringing(snapshot).state == Some(ContactState::Unknown("haunted".into()));

    a_contact_state_since_a_text:
        [{ "op": "replace", "path": "/snapshot/contacts/0/state/timestamp", "value": "2026-01-01" }],
        ["snapshot.contacts[].state.timestamp"],
        |snapshot| ringing(snapshot).since.is_none() && ringing(snapshot).state.is_some();

    a_contact_state_without_time:
        [{ "op": "remove", "path": "/snapshot/contacts/0/state/timestamp" }],
        ["snapshot.contacts[].state.timestamp"],
        |snapshot| ringing(snapshot).since.is_none() && ringing(snapshot).state.is_some();

    a_contact_of_no_kind_is_a_call:
        [{ "op": "remove", "path": "/snapshot/contacts/0/type" }],
        ["snapshot.contacts[].type"],
        |snapshot| ringing(snapshot).kind == ContactKind::Voice;

    a_contact_of_a_new_kind:
        [{ "op": "replace", "path": "/snapshot/contacts/0/type", "value": "hologram" }],
        [""; 0],
        |snapshot| ringing(snapshot).kind == ContactKind::Unknown("hologram".into());

    no_connections:
        [{ "op": "remove", "path": "/snapshot/contacts/0/connections" }],
        ["snapshot.contacts[].connections"],
        |snapshot| ringing(snapshot).legs.is_none() && ringing(snapshot).queue.is_some();

    connections_that_are_null:
        [{ "op": "replace", "path": "/snapshot/contacts/0/connections", "value": null }],
        ["snapshot.contacts[].connections"],
        |snapshot| ringing(snapshot).legs.is_none() && ringing(snapshot).queue.is_some();

    an_empty_list_of_connections:
        [{ "op": "replace", "path": "/snapshot/contacts/0/connections", "value": [] }],
        [""; 0],
        |snapshot| ringing(snapshot).legs.as_ref().is_some_and(Vec::is_empty);

    a_leg_without_id:
        [{ "op": "remove", "path": "/snapshot/contacts/0/connections/0/connectionId" }],
        ["snapshot.contacts[].connections[].connectionId"],
        |snapshot| ringing(snapshot).legs.as_ref().is_some_and(|legs| legs.len() == 1);

    a_leg_with_media_but_without_state:
        [{ "op": "remove", "path": "/snapshot/contacts/0/connections/0/state" }],
        ["snapshot.contacts[].connections[].state"],
        |snapshot| leg(ringing(snapshot), LegRole::Agent).state.is_none()
            && leg(ringing(snapshot), LegRole::Customer).state == Some(LegState::Connected);

    a_leg_without_state:
        [{ "op": "remove", "path": "/snapshot/contacts/0/connections/1/state" }],
        ["snapshot.contacts[].connections[].state"],
        |snapshot| leg(ringing(snapshot), LegRole::Customer).state.is_none()
            && leg(ringing(snapshot), LegRole::Agent).state.is_some();

    a_leg_state_that_is_new:
        [{ "op": "replace", "path": "/snapshot/contacts/0/connections/1/state/type", "value": "whisper" }],
        [""; 0],
        |snapshot| leg(ringing(snapshot), LegRole::Customer).state
            == Some(LegState::Unknown("whisper".into()));

    a_leg_without_type:
        [{ "op": "remove", "path": "/snapshot/contacts/0/connections/0/type" }],
        ["snapshot.contacts[].connections[].type"],
        |snapshot| leg(ringing(snapshot), LegRole::Customer).outbound == Some(false)
            && leg(ringing(snapshot), LegRole::ThirdParty).outbound.is_none();

    a_customer_who_is_not_marked_as_such:
        [{ "op": "remove", "path": "/snapshot/contacts/0/connections/1/initial" }],
        ["snapshot.contacts[].connections[].initial"],
        |snapshot| leg(ringing(snapshot), LegRole::Customer).outbound == Some(false);

    no_initial_leg:
        [{ "op": "replace", "path": "/snapshot/contacts/0/connections/1/initial", "value": false }],
        [""; 0],
        |snapshot| leg(ringing(snapshot), LegRole::ThirdParty).outbound == Some(false);

    no_media:
        [{ "op": "remove", "path": "/snapshot/contacts/0/connections/0/softphoneMediaInfo" }],
        [""; 0],
        |snapshot| leg(ringing(snapshot), LegRole::Agent).state == Some(LegState::Connecting);

    a_leg_that_leads_nowhere:
        [{ "op": "replace", "path": "/snapshot/contacts/0/connections/1/endpoint", "value": null }],
        [""; 0],
        |snapshot| leg(ringing(snapshot), LegRole::Customer).endpoint.is_none();

    members_that_may_be_absent:
        [{ "op": "remove", "path": "/snapshot/nextState" },
         { "op": "remove", "path": "/snapshot/agentAvailabilityState" },
         { "op": "remove", "path": "/snapshot/contacts/0/initialContactId" },
         { "op": "remove", "path": "/snapshot/contacts/0/queue" },
         { "op": "remove", "path": "/snapshot/contacts/0/attributes" },
         { "op": "remove", "path": "/snapshot/contacts/0/initiationMethod" },
         { "op": "remove", "path": "/snapshot/contacts/0/customerEndpoint" },
         { "op": "remove", "path": "/snapshot/contacts/0/connections/0/mute" },
         { "op": "remove", "path": "/snapshot/contacts/0/connections/0/quickConnectName" }],
        [""; 0],
        |snapshot| ringing(snapshot).state == Some(ContactState::Connecting)
            && ringing(snapshot).attributes.is_empty() && snapshot.agent.availability.is_none();

    attributes_of_another_kind:
        [{ "op": "replace", "path": "/snapshot/contacts/0/attributes/a", "value": 7 },
         { "op": "replace", "path": "/snapshot/contacts/0/attributes/b/value", "value": ["2"] },
         { "op": "add", "path": "/snapshot/contacts/0/attributes/c",
           "value": { "name": "c", "value": "3" } }],
        ["snapshot.contacts[].attributes[]", "snapshot.contacts[].attributes[].value"],
        |snapshot| ringing(snapshot).attributes.iter().eq([("c", "3")]);

    markup_is_text:
        [{ "op": "add", "path": "/snapshot/contacts/0/attributes/<i>",
           "value": { "name": "<i>", "value": "<script>alert(1)</script>" } }],
        [""; 0],
        |snapshot| ringing(snapshot).attributes.get("<i>") == Some("<script>alert(1)</script>");
}

#[wasm_bindgen_test]
async fn names_of_three_hundred_characters_are_whole() {
    let name = "長".repeat(300);
    let snapshot = damaged_ring(&json!([
        { "op": "replace", "path": "/configuration/name", "value": name },
        { "op": "replace", "path": "/snapshot/contacts/0/queue/name", "value": name },
        { "op": "replace", "path": "/snapshot/contacts/0/connections/1/quickConnectName",
          "value": name },
    ]))
    .await;

    assert_eq!(snapshot.agent.name.as_ref(), Some(&name));
    assert_eq!(ringing(&snapshot).queue.as_ref(), Some(&name));
    let customer = leg(ringing(&snapshot), LegRole::Customer);
    assert_eq!(customer.quick_connect, Some(name));
}

#[wasm_bindgen_test]
async fn a_call_is_not_lost_when_an_update_withholds_its_id() {
    let page = Page::open().await;
    let call = page.talk().await;
    let before = page.heard();
    damage(&json!([{ "op": "remove", "path": "/snapshot/contacts/0/contactId" }])).await;

    let customer = leg(&call, LegRole::Customer).id.clone();
    let hold = Action::Hold(call.id.clone(), customer);
    assert_eq!(page.ccp().act(hold).await, Ok(()));

    let damaged = page.next_snapshot(before).await;
    assert_eq!(contacts(&damaged), std::slice::from_ref(&call));
    control("/control/clock", &json!({ "advance_ms": 30_000 })).await;
    page.customer_is(&call.id, LegState::Hold).await;
}

#[wasm_bindgen_test]
async fn a_contact_that_the_library_never_announced_can_be_accepted() {
    let page = Page::open().await;
    damage(&json!([
        { "op": "test", "path": "/snapshot/contacts/0/type", "value": "voice" },
        { "op": "remove", "path": "/snapshot/state" },
    ]))
    .await;
    let ringing = page.ring().await;

    let accept = Action::Accept(ringing.id.clone());
    assert_eq!(page.ccp().act(accept).await, Ok(()));

    page.contact(&ringing.id, ContactState::Connected).await;
    page.until(|event| (*event == Event::Accepted(ringing.id.clone())).then_some(()))
        .await;
}

#[wasm_bindgen_test]
async fn without_an_outbound_queue_dialling_is_a_matter_of_configuration() {
    let page = Page::open().await;
    let before = page.heard();
    damage(&json!([
        { "op": "remove", "path": "/configuration/routingProfile/defaultOutboundQueue" },
    ]))
    .await;
    control("/control/clock", &json!({ "advance_ms": 30_000 })).await;
    page.next_snapshot(before).await;

    let number = PhoneNumber::parse("+81312345678").expect("a number");
    let answer = page.ccp().act(Action::Dial(number)).await;

    assert_eq!(answer, Err(ActionError::InvalidConfiguration));
}

#[wasm_bindgen_test]
async fn without_queues_there_is_no_asking_for_quick_connects() {
    let page = Page::open().await;
    let before = page.heard();
    damage(&json!([{ "op": "remove", "path": "/configuration/routingProfile/queues" }])).await;
    control("/control/clock", &json!({ "advance_ms": 30_000 })).await;
    page.next_snapshot(before).await;

    let answer = page.ccp().endpoints().await;

    assert_eq!(answer.err(), Some(ActionError::InvalidConfiguration));
}
