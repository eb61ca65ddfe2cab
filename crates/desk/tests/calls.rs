//! One call from its first snapshot to its record.

use chrono::TimeDelta;
use desk::{CallOutcome, Caller, ContactKind, ContactState, Direction, LegState, TimeSource};
use rstest::rstest;

use crate::support::{ContactBuilder, Page, agent_state, at, contact, id, idle, number, snapshot};

fn page_with(call: ContactBuilder, agent: &str) -> Page {
    let mut page = Page::open();
    page.tell(snapshot(at(1), agent, [call]));
    page
}

#[rstest]
#[case::inbound_rings(contact("c").ringing(at(1)), "ringing")]
#[case::callback_rings(contact("c").callback().incoming(at(1)), "ringing")]
#[case::accepted_callback_is_dialled(contact("c").callback().dialing(at(1)), "dialing")]
#[case::outbound_is_dialled(contact("c").outbound().dialing(at(1)), "dialing")]
#[case::connected(contact("c").connected(at(1)), "connected")]
#[case::held(contact("c").connected(at(1)).customer_is(LegState::Hold, at(1)), "hold")]
#[case::ended(contact("c").ended(at(1)), "wrap-up")]
#[case::missed_as_error(contact("c").missed(at(1)), "missed")]
#[case::missed_as_missed(contact("c").over(ContactState::Missed, at(1)), "missed")]
#[case::rejected(contact("c").over(ContactState::Rejected, at(1)), "missed")]
#[case::outbound_fails(contact("c").outbound().failed(at(1)), "failed")]
fn a_contact_is_shown_in_its_phase_even_when_first_seen_in_it(
    #[case] call: ContactBuilder,
    #[case] phase: &str,
) {
    assert_eq!(page_with(call, "Busy").phases(), [("c", phase)]);
}

#[test]
fn a_dialled_call_that_is_connected_before_its_customer_is_dialled_until_they_answer() {
    let call = |customer: LegState, since: i64| {
        contact("c")
            .outbound()
            .connected(at(3))
            .customer_is(customer, at(since))
    };
    let mut page = page_with(contact("c").outbound().dialing(at(1)), "CallingCustomer");
    page.tell(snapshot(
        at(3),
        "CallingCustomer",
        [call(LegState::Connecting, 1)],
    ));
    assert_eq!(page.phases(), [("c", "dialing")]);
    page.tell(snapshot(at(9), "Busy", [call(LegState::Connected, 9)]));
    assert_eq!(page.phases(), [("c", "connected")]);
    let connected = page.held("c").times.connected.expect("a time");
    assert_eq!((connected.at, connected.source), (at(9), TimeSource::Leg));
}

#[test]
fn a_contact_that_is_not_offered_yet_is_not_shown() {
    let page = page_with(contact("c").state(ContactState::Init, at(1)), "Available");
    assert_eq!(page.desk.front(), None);
}

#[test]
fn a_call_bears_the_servers_times_of_each_state() {
    let mut page = Page::open();
    page.tell(snapshot(
        at(2),
        "PendingBusy",
        [contact("c").ringing(at(1))],
    ));
    page.tell(snapshot(at(9), "Busy", [contact("c").connected(at(8))]));
    page.tell(snapshot(
        at(65),
        "AfterCallWork",
        [contact("c").ended(at(64))],
    ));

    let times = &page.held("c").times;
    let stated = [times.connecting, times.connected, times.ended]
        .map(|stamp| stamp.map(|stamp| (stamp.at, stamp.source)));
    assert_eq!(
        stated,
        [1, 8, 64].map(|seconds| Some((at(seconds), TimeSource::ContactState)))
    );
}

#[test]
fn a_state_without_a_time_is_stamped_by_the_snapshot_that_shows_it_first() {
    let untimed = |call: ContactBuilder| call.but(|told| told.since = None);
    let mut page = Page::open();
    page.tell(snapshot(
        at(2),
        "PendingBusy",
        [untimed(contact("c").ringing(at(1)))],
    ));
    page.tell(snapshot(
        at(5),
        "PendingBusy",
        [untimed(contact("c").ringing(at(1)))],
    ));

    let connecting = page.held("c").times.connecting.unwrap();
    assert_eq!(
        (connecting.at, connecting.source),
        (at(2), TimeSource::FirstSeen)
    );
}

#[test]
fn a_time_that_connect_states_later_replaces_one_that_was_only_seen() {
    let mut page = Page::open();
    let untimed = contact("c").ringing(at(1)).but(|told| told.since = None);
    page.tell(snapshot(at(2), "PendingBusy", [untimed]));
    page.tell(snapshot(
        at(3),
        "PendingBusy",
        [contact("c").ringing(at(1))],
    ));

    let connecting = page.held("c").times.connecting.unwrap();
    assert_eq!(
        (connecting.at, connecting.source),
        (at(1), TimeSource::ContactState)
    );
}

#[test]
fn holds_are_timed_by_the_customers_leg_and_taken_from_the_talk() {
    let mut page = page_with(contact("c").connected(at(0)), "Busy");
    let held = contact("c")
        .connected(at(0))
        .customer_is(LegState::Hold, at(10));
    page.tell(snapshot(at(11), "Busy", [held]));
    let resumed = contact("c")
        .connected(at(0))
        .customer_is(LegState::Connected, at(40));
    page.tell(snapshot(at(41), "Busy", [resumed]));
    page.tell(snapshot(
        at(61),
        "AfterCallWork",
        [contact("c").ended(at(60))],
    ));

    let times = &page.held("c").times;
    assert_eq!(
        (times.on_hold(at(99)), times.talk(at(99))),
        (TimeDelta::seconds(30), Some(TimeDelta::seconds(30)))
    );
}

#[test]
fn a_call_that_ends_on_hold_ends_its_hold() {
    let held = contact("c")
        .connected(at(0))
        .customer_is(LegState::Hold, at(10));
    let mut page = page_with(held, "Busy");
    page.tell(snapshot(
        at(21),
        "AfterCallWork",
        [contact("c").ended(at(20))],
    ));
    assert_eq!(page.held("c").times.on_hold(at(99)), TimeDelta::seconds(10));
}

#[test]
fn the_end_of_the_wrap_up_is_when_the_agent_is_available_again() {
    let mut page = page_with(contact("c").connected(at(1)), "Busy");
    page.tell(snapshot(
        at(9),
        "AfterCallWork",
        [contact("c").ended(at(9))],
    ));
    let mut cleared = idle(at(31));
    cleared.agent.state = Some(agent_state("Available", at(30)));
    page.tell(cleared);

    let stamp = page.desk.log().records()[0].times.cleared.unwrap();
    assert_eq!((stamp.at, stamp.source), (at(30), TimeSource::AgentState));
}

#[test]
fn an_agent_who_was_available_all_along_does_not_date_the_end_of_the_wrap_up() {
    let mut page = page_with(contact("c").connected(at(1)), "Busy");
    page.tell(snapshot(
        at(9),
        "AfterCallWork",
        [contact("c").ended(at(9))],
    ));
    let mut cleared = idle(at(31));
    cleared.agent.state = Some(agent_state("Available", at(4)));
    page.tell(cleared);

    let stamp = page.desk.log().records()[0].times.cleared.unwrap();
    assert_eq!((stamp.at, stamp.source), (at(31), TimeSource::Absence));
}

#[test]
fn seen_ended_and_gone_is_one_end() {
    let mut page = page_with(contact("c").connected(at(1)), "Busy");
    page.tell(snapshot(
        at(9),
        "AfterCallWork",
        [contact("c").ended(at(8))],
    ));
    page.tell(idle(at(20)));
    let ended = page.desk.log().records()[0].times.ended.unwrap();
    assert_eq!((ended.at, ended.source), (at(8), TimeSource::ContactState));
}

#[test]
fn first_seen_ended_is_an_end_with_no_beginning() {
    let mut page = page_with(contact("c").ended(at(8)), "AfterCallWork");
    page.tell(idle(at(20)));
    let times = &page.desk.log().records()[0].times;
    assert_eq!(
        (times.connected, times.ended.map(|ended| ended.at)),
        (None, Some(at(8)))
    );
}

#[test]
fn vanished_without_an_end_ends_in_the_first_snapshot_without_it() {
    let mut page = page_with(contact("c").connected(at(1)), "Busy");
    page.tell(idle(at(20)));
    let ended = page.desk.log().records()[0].times.ended.unwrap();
    assert_eq!((ended.at, ended.source), (at(20), TimeSource::Absence));
}

#[test]
fn a_withheld_number_is_known_as_such_and_leaves_no_digits() {
    let mut page = page_with(contact("c").from("anonymous").ringing(at(1)), "PendingBusy");
    assert_eq!(page.held("c").caller, Caller::Withheld);
    page.tell(idle(at(9)));
    assert_eq!(page.desk.log().records()[0].last_two, None);
}

#[test]
fn a_customer_without_a_number_has_withheld_it() {
    let page = page_with(contact("c").without_number().ringing(at(1)), "PendingBusy");
    assert_eq!(page.held("c").caller, Caller::Withheld);
}

#[test]
fn of_a_number_two_digits_stay_in_the_record() {
    let mut page = page_with(contact("c").ringing(at(1)), "PendingBusy");
    assert_eq!(
        page.held("c").caller,
        Caller::Number(number("+819012345678"))
    );
    page.tell(idle(at(9)));
    assert_eq!(page.desk.log().records()[0].last_two.as_deref(), Some("78"));
}

#[test]
fn a_second_ring_is_held_beside_a_connected_call() {
    let mut page = page_with(contact("a").connected(at(1)), "Busy");
    let both = [contact("a").connected(at(1)), contact("b").ringing(at(5))];
    page.tell(snapshot(at(5), "Busy", both));

    let front = page.desk.front().map(|front| front.id.clone());
    let others: Vec<_> = page.desk.others().map(|other| other.id.clone()).collect();
    assert_eq!((front, others), (Some(id("a")), vec![id("b")]));
}

#[rstest]
#[case::from_one_that_rings(contact("a").ringing(at(1)))]
#[case::from_a_wrap_up(contact("a").ended(at(1)))]
fn a_call_that_is_connected_takes_the_front(#[case] first: ContactBuilder) {
    let mut page = page_with(first.clone(), "Busy");
    page.tell(snapshot(
        at(5),
        "Busy",
        [first, contact("b").connected(at(5))],
    ));
    assert_eq!(page.desk.front().map(|front| &front.id), Some(&id("b")));
}

#[test]
fn a_call_that_rings_takes_the_front_from_one_that_was_missed() {
    let mut page = page_with(contact("a").missed(at(1)), "MissedCallAgent");
    let both = [contact("a").missed(at(1)), contact("b").ringing(at(5))];
    page.tell(snapshot(at(5), "PendingBusy", both));
    assert_eq!(page.desk.front().map(|front| &front.id), Some(&id("b")));
}

#[test]
fn a_ring_does_not_take_the_front_from_a_wrap_up() {
    let mut page = page_with(contact("a").ended(at(1)), "AfterCallWork");
    let both = [contact("a").ended(at(1)), contact("b").ringing(at(5))];
    page.tell(snapshot(at(5), "AfterCallWork", both));
    assert_eq!(page.desk.front().map(|front| &front.id), Some(&id("a")));
}

#[test]
fn a_chat_is_held_but_never_in_front_and_leaves_no_record() {
    let mut page = page_with(
        contact("c").kind(ContactKind::Chat).connected(at(1)),
        "Available",
    );
    assert_eq!((page.desk.front(), page.desk.others().count()), (None, 1));
    page.tell(idle(at(9)));
    assert_eq!(page.outcomes(), []);
}

#[test]
fn a_queued_callback_rings_is_dialled_on_another_leg_and_is_connected() {
    let callback = || contact("c").callback().initially("first");
    let mut page = page_with(callback().incoming(at(1)), "Pending");
    page.tell(snapshot(
        at(5),
        "CallingCustomer",
        [callback().dialing(at(5))],
    ));
    assert_eq!(page.phases(), [("c", "dialing")]);
    page.tell(snapshot(at(9), "Busy", [callback().connected(at(9))]));
    page.tell(snapshot(
        at(20),
        "AfterCallWork",
        [callback().ended(at(20))],
    ));
    page.tell(idle(at(30)));

    let record = &page.desk.log().records()[0];
    assert_eq!(
        (
            record.callback,
            record.direction,
            record.initial.clone(),
            record.outcome
        ),
        (
            true,
            Direction::Inbound,
            Some(id("first")),
            CallOutcome::Answered
        )
    );
    assert_eq!(record.times.connecting.map(|stamp| stamp.at), Some(at(1)));
}

#[test]
fn a_queued_callback_that_is_not_taken_was_missed() {
    let mut page = page_with(contact("c").callback().incoming(at(1)), "Pending");
    page.tell(snapshot(
        at(9),
        "Default",
        [contact("c").callback().missed(at(9))],
    ));
    assert_eq!(page.phases(), [("c", "missed")]);
}

#[test]
fn the_contact_that_a_call_grew_from_is_told_only_if_it_is_another() {
    let mut page = page_with(contact("c").initially("c").ringing(at(1)), "PendingBusy");
    assert_eq!(page.held("c").initial_id, None);
    page.tell(snapshot(
        at(2),
        "PendingBusy",
        [contact("c").initially("z").ringing(at(1))],
    ));
    assert_eq!(page.held("c").initial_id, Some(id("z")));
}

#[rstest]
#[case::ringing(contact("c").ringing(at(3)), 3)]
#[case::connected(contact("c").connected(at(4)), 4)]
#[case::hold(contact("c").connected(at(4)).customer_is(LegState::Hold, at(6)), 6)]
#[case::wrap_up(contact("c").ended(at(5)), 5)]
fn the_timer_beside_the_phase_runs_from_when_it_began(
    #[case] call: ContactBuilder,
    #[case] since: i64,
) {
    let mut page = Page::open();
    page.tell(snapshot(at(9), "Busy", [call]));
    assert_eq!(page.held("c").phase_since(), Some(at(since)));
}

#[test]
fn the_timer_of_an_accepted_callback_runs_from_the_dialling() {
    let mut page = page_with(contact("c").callback().incoming(at(1)), "Pending");
    page.tell(snapshot(
        at(6),
        "CallingCustomer",
        [contact("c").callback().dialing(at(5))],
    ));
    assert_eq!(page.held("c").phase_since(), Some(at(5)));
}
