//! Snapshots gone wrong, and what comes after.

use chrono::{DateTime, TimeDelta};
use desk::{
    Caller, ContactKind, ContactSnapshot, ContactState, Control, Effect, LegState, Oddity,
    Snapshot, TimeSource,
};
use rstest::rstest;

use crate::support::{ContactBuilder, Page, at, contact, id, idle, number, snapshot};

pub(crate) fn ringing_at_1() -> Page {
    let mut page = Page::open();
    page.tell(snapshot(
        at(1),
        "PendingBusy",
        [contact("c").ringing(at(1))],
    ));
    page
}

pub(crate) fn connected(seconds: i64) -> Snapshot {
    snapshot(at(seconds), "Busy", [contact("c").connected(at(3))])
}

fn legs(told: &mut ContactSnapshot) -> impl Iterator<Item = &mut desk::LegSnapshot> {
    told.legs.iter_mut().flatten()
}

pub(crate) fn held(seconds: i64, since: i64) -> Snapshot {
    let call = contact("c").connected(at(3));
    let call = call.customer_is(LegState::Hold, at(since));
    snapshot(at(seconds), "Busy", [call])
}

type Poison = fn(&mut Snapshot);

fn call(told: &mut Snapshot) -> &mut ContactSnapshot {
    &mut told.contacts.as_mut().unwrap()[0]
}

#[rstest]
#[case::no_list(|told: &mut Snapshot| told.contacts = None)]
#[case::no_state(|told: &mut Snapshot| { call(told).state = None; call(told).since = None; })]
#[case::unknown_state(|told: &mut Snapshot| call(told).state = Some(ContactState::Unknown("astral".into())))]
#[case::paused(|told: &mut Snapshot| call(told).state = Some(ContactState::Paused))]
#[case::no_legs(|told: &mut Snapshot| call(told).legs = None)]
#[case::empty_legs(|told: &mut Snapshot| call(told).legs = Some(Vec::new()))]
#[case::legs_without_state(|told: &mut Snapshot| legs(call(told)).for_each(|leg| leg.state = None))]
#[case::unknown_leg_state(|told: &mut Snapshot| legs(call(told)).for_each(|leg| {
    leg.state = Some(LegState::Unknown("astral".into()));
}))]
#[case::unknown_kind(|told: &mut Snapshot| call(told).kind = ContactKind::Unknown("telepathy".into()))]
#[case::no_times(|told: &mut Snapshot| { told.taken_at = None; told.clock = None; call(told).since = None; })]
#[case::zero_date(|told: &mut Snapshot| call(told).since = Some(DateTime::UNIX_EPOCH))]
#[case::far_future(|told: &mut Snapshot| call(told).since = Some(DateTime::<chrono::Utc>::MAX_UTC))]
#[case::snapshot_from_the_future(|told: &mut Snapshot| told.taken_at = Some(at(0) + TimeDelta::days(900)))]
#[case::no_agent(|told: &mut Snapshot| told.agent = desk::AgentSnapshot::default())]
#[case::long_name(|told: &mut Snapshot| told.agent.name = Some("長".repeat(300)))]
fn after_a_poisoned_snapshot_the_call_can_still_be_ended(#[case] poison: Poison) {
    let mut page = ringing_at_1();
    page.tell(connected(3));
    let mut poisoned = connected(4);
    poison(&mut poisoned);
    page.tell(poisoned);
    assert!(
        page.desk.allows(Control::HangUp, &id("c")),
        "after the poisoned one"
    );
    assert!(page.desk.takes_tones(&id("c")), "after the poisoned one");

    page.tell(connected(5));
    assert_eq!(page.phases(), [("c", "connected")]);
    assert!(
        page.desk.allows(Control::HangUp, &id("c")),
        "after the good one"
    );
    page.tell(snapshot(
        at(9),
        "AfterCallWork",
        [contact("c").ended(at(9))],
    ));
    page.tell(idle(at(12)));
    assert_eq!(page.outcomes(), [("c", "answered")]);
}

#[rstest]
#[case::no_state(|told: &mut Snapshot| { call(told).state = None; call(told).since = None; })]
#[case::unknown_state(|told: &mut Snapshot| call(told).state = Some(ContactState::Unknown("astral".into())))]
#[case::no_legs_and_no_state(|told: &mut Snapshot| { call(told).state = None; call(told).legs = None; })]
fn a_call_whose_state_cannot_be_read_is_shown_by_what_surrounds_it(#[case] poison: Poison) {
    let mut page = Page::open();
    let mut first = snapshot(at(1), "PendingBusy", [contact("c").ringing(at(1))]);
    poison(&mut first);
    page.tell(first);
    assert_eq!(page.phases(), [("c", "ringing")]);
    page.tell(snapshot(at(5), "Busy", [contact("c").connected(at(5))]));
    page.tell(idle(at(9)));
    assert_eq!(page.outcomes(), [("c", "answered")]);
}

#[test]
fn a_number_once_told_is_not_withheld_by_a_snapshot_that_lacks_it() {
    let mut page = ringing_at_1();
    page.tell(snapshot(
        at(2),
        "PendingBusy",
        [contact("c").without_number().ringing(at(1))],
    ));
    assert_eq!(
        page.held("c").caller,
        Caller::Number(number("+819012345678"))
    );
}

#[test]
fn a_callback_whose_kind_cannot_be_read_is_still_dialled_not_offered() {
    let mut page = Page::open();
    page.tell(snapshot(
        at(1),
        "Pending",
        [contact("c").callback().incoming(at(1))],
    ));
    let unread = contact("c")
        .callback()
        .dialing(at(5))
        .but(|told| told.kind = ContactKind::Voice);
    page.tell(snapshot(at(5), "CallingCustomer", [unread]));
    assert_eq!(page.phases(), [("c", "dialing")]);
}

#[test]
fn a_callback_whose_kind_is_never_read_is_known_by_the_way_it_comes_in() {
    let unread = |call: ContactBuilder| call.but(|told| told.kind = ContactKind::Voice);
    let mut page = Page::open();
    let offered = unread(contact("c").callback().incoming(at(1)));
    page.tell(snapshot(at(1), "Pending", [offered]));
    let accepted = unread(contact("c").callback().dialing(at(5)));
    page.tell(snapshot(at(5), "CallingCustomer", [accepted]));
    assert_eq!(page.phases(), [("c", "dialing")]);
}

#[test]
fn markup_and_long_words_stay_text() {
    let markup = "<img src=x onerror=alert(1)>";
    let mut page = Page::open();
    let call = contact("c")
        .attribute("greeting", markup)
        .from(markup)
        .but(|told| told.queue = Some("長".repeat(300)))
        .ringing(at(1));
    page.tell(snapshot(at(1), "PendingBusy", [call]));
    let held = page.held("c");
    assert_eq!(held.attributes.get("greeting"), Some(markup));
    assert_eq!(held.caller, Caller::Raw(markup.into()));
    assert_eq!(
        held.queue.as_ref().map(|queue| queue.chars().count()),
        Some(300)
    );
}

#[test]
fn the_same_id_twice_in_a_list_is_one_contact() {
    let mut page = Page::open();
    let twice = [contact("c").ringing(at(1)), contact("c").connected(at(1))];
    page.tell(snapshot(at(1), "PendingBusy", twice));
    assert_eq!(page.phases(), [("c", "ringing")]);
}

#[test]
fn an_oddity_is_logged_once_and_short() {
    let odd = |seconds| {
        let astral = ContactState::Unknown("astral".repeat(100));
        let mut told = snapshot(at(seconds), "Busy", [contact("c").state(astral, at(1))]);
        told.oddities = vec!["snapshot.contacts[].type".into()];
        told
    };
    let logged = |effects: Vec<Effect>| -> Vec<Oddity> {
        let logs = effects.into_iter().filter_map(|effect| match effect {
            Effect::Log(oddity) => Some(oddity),
            _ => None,
        });
        logs.collect()
    };
    let mut page = Page::open();
    let first = logged(page.tell(odd(1)));
    let word: Box<str> = "astral".repeat(100).chars().take(64).collect();
    assert_eq!(
        first,
        [
            Oddity::Unreadable("snapshot.contacts[].type".into()),
            Oddity::UnknownWord("contact state", word),
        ]
    );
    assert_eq!(logged(page.tell(odd(2))), []);
}

#[test]
fn a_hold_goes_on_after_a_snapshot_without_it() {
    let mut page = Page::open();
    page.tell(connected(4));
    page.tell(held(10, 10));
    page.tell(connected(12));
    page.tell(held(14, 10));
    let holds = page.held("c").times.holds.clone();
    let holds: Vec<_> = holds.iter().map(|hold| (hold.from.at, hold.to)).collect();
    assert_eq!(holds, [(at(10), None)]);
}

#[test]
fn a_hold_ends_with_its_leg_whatever_the_state_of_the_call_is_called() {
    let mut page = Page::open();
    page.tell(held(10, 10));
    let mut odd = snapshot(
        at(12),
        "Busy",
        [contact("c")
            .connected(at(3))
            .customer_is(LegState::Connected, at(12))],
    );
    call(&mut odd).state = Some(ContactState::Unknown("astral".into()));
    page.tell(odd);
    page.tell(connected(14));
    let holds = page.held("c").times.holds.iter();
    let ends: Vec<_> = holds
        .map(|hold| hold.to.map(|to| (to.at, to.source)))
        .collect();
    assert_eq!(ends, [Some((at(12), TimeSource::Leg))]);
}

#[test]
fn without_any_time_the_desk_still_shows_the_call() {
    let mut page = Page::open();
    let mut told = connected(3);
    told.taken_at = None;
    told.clock = None;
    call(&mut told).since = None;
    page.tell(told);
    assert_eq!(page.phases(), [("c", "connected")]);
    assert_eq!(page.desk.server_time(page.now), None);
}
