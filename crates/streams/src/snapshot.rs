//! The agent's data as the library holds it, read into [`desk::Snapshot`].
//!
//! Read member by member: one that is missing or of the wrong kind becomes an oddity and hides
//! none of the others. Shapes and words: the CTI service model in `release/connect-streams.js`
//! (`GetAgentSnapshot`, `GetAgentConfiguration`), and what the CCP's worker adds to it. This
//! module does not know what any of it means for a call.

use chrono::TimeDelta;
use contract::{ConnectionId, ContactId};
use desk::{
    AgentSnapshot, AgentStateSnapshot, AgentStateType, Attributes, ClockReading, ContactKind,
    ContactSnapshot, ContactState, EndpointSnapshot, LegRole, LegSnapshot, LegState, Snapshot,
    StateChoice,
};
use js_sys::Date;

use crate::payload::{Member, Oddities, instant, milliseconds};
use crate::sys::Plain;

/// Reads one update. `previous` are the contacts of the one before, which stand in for those
/// that a list with a nameless entry cannot vouch for.
pub(crate) fn read(data: Plain, previous: &[ContactSnapshot]) -> Snapshot {
    let oddities = Oddities::default();
    let update = Member::root(data, &oddities);
    let snapshot = update.need("snapshot", update.object("snapshot", "snapshot"));
    let configuration = update.need(
        "configuration",
        update.object("configuration", "configuration"),
    );

    let contacts = snapshot.as_ref().and_then(|snapshot| {
        let items = snapshot.items("contacts", "snapshot.contacts[]");
        let items = snapshot.need("contacts", items)?;
        let mut contacts: Vec<_> = items.iter().filter_map(contact).collect();
        if contacts.len() < items.len() {
            carry_over(previous, &mut contacts);
        }
        Some(contacts)
    });
    let read = Snapshot {
        taken_at: snapshot.as_ref().and_then(|snapshot| {
            snapshot.need("snapshotTimestamp", snapshot.date("snapshotTimestamp"))
        }),
        clock: snapshot
            .as_ref()
            .and_then(|snapshot| snapshot.need("skew", clock(snapshot))),
        agent: agent(snapshot.as_ref(), configuration.as_ref()),
        contacts,
        oddities: Vec::new(),
    };
    Snapshot {
        oddities: oddities.into_paths(),
        ..read
    }
}

/// A list with an entry whose id cannot be read does not show which contact is gone: until a
/// whole list comes, those that were there are taken as still there.
fn carry_over(previous: &[ContactSnapshot], contacts: &mut Vec<ContactSnapshot>) {
    for known in previous {
        if !contacts.iter().any(|contact| contact.id == known.id) {
            contacts.push(known.clone());
        }
    }
}

fn clock(snapshot: &Member) -> Option<ClockReading> {
    Some(ClockReading {
        local: instant(Date::now())?,
        skew: TimeDelta::try_milliseconds(milliseconds(snapshot.number("skew")?)?)?,
    })
}

fn agent(snapshot: Option<&Member>, configuration: Option<&Member>) -> AgentSnapshot {
    let mut agent = AgentSnapshot::default();
    if let Some(snapshot) = snapshot {
        let state = snapshot.object("state", "snapshot.state");
        agent.state = snapshot
            .need("state", state)
            .and_then(|state| agent_state(&state));
        agent.next_state = snapshot
            .object("nextState", "snapshot.nextState")
            .and_then(|state| agent_state(&state));
        agent.availability = snapshot
            .object("agentAvailabilityState", "snapshot.agentAvailabilityState")
            .and_then(|availability| availability.text("state"));
    }
    if let Some(configuration) = configuration {
        agent.name = configuration.need("name", configuration.text("name"));
        agent.arn = configuration.text("agentARN");
        agent.extension = configuration.text("extension");
        agent.softphone = configuration.boolean("softphoneEnabled");
        let states = configuration.items("agentStates", "configuration.agentStates[]");
        agent.choices = configuration
            .need("agentStates", states)
            .unwrap_or_default()
            .iter()
            .filter_map(choice)
            .collect();
    }
    agent
}

fn agent_state(state: &Member) -> Option<AgentStateSnapshot> {
    Some(AgentStateSnapshot {
        name: state.need("name", state.text("name"))?,
        kind: agent_state_type(state),
        since: state.date("startTimestamp"),
    })
}

fn choice(state: &Member) -> Option<StateChoice> {
    Some(StateChoice {
        arn: state.text("agentStateARN"),
        name: state.need("name", state.text("name"))?,
        kind: agent_state_type(state),
    })
}

fn agent_state_type(state: &Member) -> AgentStateType {
    let word = state.need("type", state.text("type")).unwrap_or_default();
    match word.as_str() {
        "init" => AgentStateType::Init,
        "routable" => AgentStateType::Routable,
        "not_routable" => AgentStateType::NotRoutable,
        "offline" => AgentStateType::Offline,
        "system" => AgentStateType::System,
        "error" => AgentStateType::Error,
        _ => AgentStateType::Unknown(word),
    }
}

fn contact(contact: &Member) -> Option<ContactSnapshot> {
    let id = contact.text("contactId").filter(|id| !id.is_empty());
    let id = contact.need("contactId", id)?;
    let mut read = ContactSnapshot::new(ContactId::from(id));
    read.initial_id = contact.text("initialContactId").map(ContactId::from);
    if let Some(kind) = contact.need("type", contact.text("type")) {
        read.kind = contact_kind(kind);
    }
    let state = contact.object("state", "snapshot.contacts[].state");
    if let Some(state) = contact.need("state", state) {
        read.state = state.need("type", state.text("type")).map(contact_state);
        read.since = state.need("timestamp", state.date("timestamp"));
    }
    read.queue = contact
        .object("queue", "snapshot.contacts[].queue")
        .and_then(|queue| queue.text("name"));
    read.initiation = contact.text("initiationMethod");
    let legs = contact.items("connections", "snapshot.contacts[].connections[]");
    read.legs = contact
        .need("connections", legs)
        .map(|legs| legs.iter().filter_map(leg).collect());
    read.attributes = attributes(contact);
    read.customer = endpoint(
        contact,
        "customerEndpoint",
        "snapshot.contacts[].customerEndpoint",
    );
    read.title = contact.text("name");
    read.auto_accept = accepts_itself(contact);
    Some(read)
}

/// The contact says so, or its agent's leg does.
fn accepts_itself(contact: &Member) -> bool {
    let handling = contact.object(
        "agentContactHandlingConfig",
        "snapshot.contacts[].agentContactHandlingConfig",
    );
    let legs = contact.items("connections", "snapshot.contacts[].connections[]");
    let media = legs.iter().flatten().filter_map(|leg| {
        leg.object(
            "softphoneMediaInfo",
            "snapshot.contacts[].connections[].softphoneMediaInfo",
        )
    });
    let told = handling.into_iter().chain(media);
    told.filter_map(|told| told.boolean("autoAccept"))
        .any(|told| told)
}

fn contact_kind(word: String) -> ContactKind {
    match word.as_str() {
        "voice" => ContactKind::Voice,
        "queue_callback" => ContactKind::QueueCallback,
        "chat" => ContactKind::Chat,
        "task" => ContactKind::Task,
        "email" => ContactKind::Email,
        _ => ContactKind::Unknown(word),
    }
}

fn contact_state(word: String) -> ContactState {
    match word.as_str() {
        "init" => ContactState::Init,
        "incoming" => ContactState::Incoming,
        "pending" => ContactState::Pending,
        "connecting" => ContactState::Connecting,
        "connected" => ContactState::Connected,
        "paused" => ContactState::Paused,
        "ended" => ContactState::Ended,
        "missed" => ContactState::Missed,
        "error" => ContactState::Error,
        "rejected" => ContactState::Rejected,
        _ => ContactState::Unknown(word),
    }
}

fn leg(leg: &Member) -> Option<LegSnapshot> {
    let id = leg.need("connectionId", leg.text("connectionId"))?;
    let kind = leg.need("type", leg.text("type")).unwrap_or_default();
    let initial = leg.need("initial", leg.boolean("initial"));
    let state = leg.object("state", "snapshot.contacts[].connections[].state");
    let state = leg.need("state", state);
    Some(LegSnapshot {
        id: ConnectionId::from(id),
        role: leg_role(&kind, initial),
        outbound: match kind.as_str() {
            "inbound" => Some(false),
            "outbound" => Some(true),
            _ => None,
        },
        state: state
            .as_ref()
            .and_then(|state| state.need("type", state.text("type")))
            .map(leg_state)
            .map(|state| monitored(state, leg.text("monitorStatus").as_deref())),
        since: state
            .as_ref()
            .and_then(|state| state.need("timestamp", state.date("timestamp"))),
        endpoint: endpoint(
            leg,
            "endpoint",
            "snapshot.contacts[].connections[].endpoint",
        ),
        quick_connect: leg.text("quickConnectName"),
        muted: leg.boolean("mute"),
    })
}

/// Third parties are always dialled, so an inbound leg whose `initial` cannot be read is still
/// known to be the customer's.
fn leg_role(kind: &str, initial: Option<bool>) -> LegRole {
    match (kind, initial) {
        ("agent", _) => LegRole::Agent,
        ("monitoring", _) => LegRole::Monitor,
        (_, Some(true)) | ("inbound", None) => LegRole::Customer,
        _ => LegRole::ThirdParty,
    }
}

fn leg_state(word: String) -> LegState {
    match word.as_str() {
        "init" => LegState::Init,
        "connecting" => LegState::Connecting,
        "connected" => LegState::Connected,
        "hold" => LegState::Hold,
        "disconnected" => LegState::Disconnected,
        "silent_monitor" => LegState::SilentMonitor,
        "barge" => LegState::Barge,
        _ => LegState::Unknown(word),
    }
}

/// A supervisor's leg is up, and beside its state stands what the supervisor does in it.
fn monitored(state: LegState, status: Option<&str>) -> LegState {
    match (&state, status) {
        (LegState::Connected, Some("SILENT_MONITOR")) => LegState::SilentMonitor,
        (LegState::Connected, Some("BARGE")) => LegState::Barge,
        _ => state,
    }
}

/// An address of which something is known; one with nothing but empty members says as much as
/// none.
fn endpoint(owner: &Member, name: &str, path: &'static str) -> Option<EndpointSnapshot> {
    let endpoint = owner.object(name, path)?;
    let read = EndpointSnapshot {
        phone_number: endpoint.text("phoneNumber"),
        name: endpoint.text("name"),
    };
    (read != EndpointSnapshot::default()).then_some(read)
}

fn attributes(contact: &Member) -> Attributes {
    let mut read = Attributes::default();
    if let Some(attributes) = contact.object("attributes", "snapshot.contacts[].attributes") {
        for key in attributes.keys() {
            let value = attributes
                .object(&key, "snapshot.contacts[].attributes[]")
                .and_then(|attribute| attribute.text("value"));
            if let Some(value) = value {
                read.set(key, value);
            }
        }
    }
    read
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::agent("agent", Some(false), LegRole::Agent)]
    #[case::agent_whatever_else("agent", None, LegRole::Agent)]
    #[case::supervisor("monitoring", Some(false), LegRole::Monitor)]
    #[case::caller("inbound", Some(true), LegRole::Customer)]
    #[case::called("outbound", Some(true), LegRole::Customer)]
    #[case::added("outbound", Some(false), LegRole::ThirdParty)]
    #[case::caller_without_mark("inbound", None, LegRole::Customer)]
    #[case::called_without_mark("outbound", None, LegRole::ThirdParty)]
    #[case::new_kind("video", Some(true), LegRole::Customer)]
    fn legs_have_roles(#[case] kind: &str, #[case] initial: Option<bool>, #[case] role: LegRole) {
        assert_eq!(leg_role(kind, initial), role);
    }

    #[test]
    fn words_that_are_new_are_kept() {
        assert_eq!(
            contact_state("haunted".into()),
            ContactState::Unknown("haunted".into())
        );
        assert_eq!(leg_state("x".into()), LegState::Unknown("x".into()));
        assert_eq!(
            contact_kind("fax".into()),
            ContactKind::Unknown("fax".into())
        );
    }

    #[test]
    fn contacts_that_a_torn_list_cannot_deny_are_carried_over() {
        let known = [
            ContactSnapshot::new("a".into()),
            ContactSnapshot::new("b".into()),
        ];
        let mut seen = vec![ContactSnapshot {
            state: Some(ContactState::Ended),
            ..ContactSnapshot::new("b".into())
        }];

        carry_over(&known, &mut seen);

        let ids: Vec<_> = seen.iter().map(|contact| contact.id.as_ref()).collect();
        assert_eq!(ids, ["b", "a"]);
        assert_eq!(seen[0].state, Some(ContactState::Ended));
    }
}
