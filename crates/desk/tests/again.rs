//! Offered again, vanished and back: which offer is it?

use desk::{ActionError, ContactKind, Control, LegState, TimeSource};
use rstest::rstest;

use crate::support::{ContactBuilder, Page, at, contact, idle, snapshot};

fn page_with(call: ContactBuilder, agent: &str) -> Page {
    let mut page = Page::open();
    page.tell(snapshot(at(1), agent, [call]));
    page
}

fn missed_at_5() -> Page {
    let mut page = page_with(contact("c").ringing(at(1)), "PendingBusy");
    page.tell(snapshot(
        at(5),
        "MissedCallAgent",
        [contact("c").missed(at(5))],
    ));
    page
}

#[test]
fn a_missed_call_that_comes_back_is_a_second_offer() {
    let mut page = missed_at_5();
    page.tell(idle(at(7)));
    page.tell(snapshot(
        at(9),
        "PendingBusy",
        [contact("c").ringing(at(9))],
    ));
    assert_eq!(page.held("c").times.began(), Some(at(9)));
    page.tell(snapshot(at(20), "Busy", [contact("c").connected(at(20))]));
    page.tell(idle(at(30)));
    assert_eq!(page.outcomes(), [("c", "answered"), ("c", "missed")]);
}

#[test]
fn a_missed_call_that_comes_back_is_a_second_offer_without_a_snapshot_in_between() {
    let mut page = missed_at_5();
    page.tell(snapshot(
        at(9),
        "PendingBusy",
        [contact("c").ringing(at(9))],
    ));
    assert_eq!(
        (page.phases(), page.outcomes()),
        (vec![("c", "ringing")], vec![("c", "missed")])
    );
}

#[test]
fn a_miss_that_no_snapshot_showed_is_told_by_the_new_time_of_the_ring() {
    let mut page = page_with(contact("c").ringing(at(1)), "PendingBusy");
    page.tell(snapshot(
        at(40),
        "PendingBusy",
        [contact("c").ringing(at(39))],
    ));
    assert_eq!(page.outcomes(), [("c", "missed")]);
    assert_eq!(page.held("c").times.began(), Some(at(39)));
}

#[test]
fn missed_twice_without_a_snapshot_in_between_is_two_records() {
    let mut page = missed_at_5();
    page.tell(snapshot(
        at(30),
        "MissedCallAgent",
        [contact("c").missed(at(29))],
    ));
    page.tell(idle(at(31)));
    assert_eq!(page.outcomes(), [("c", "missed"), ("c", "missed")]);
}

#[test]
fn an_old_ring_in_a_late_snapshot_without_a_time_is_no_new_offer() {
    let mut page = missed_at_5();
    let mut late = snapshot(at(6), "PendingBusy", [contact("c").ringing(at(1))]);
    late.taken_at = None;
    page.tell(late);
    assert_eq!(
        (page.phases(), page.outcomes()),
        (vec![("c", "missed")], vec![])
    );
}

#[test]
fn what_was_asked_of_one_offer_does_not_hang_over_the_next() {
    let mut page = page_with(contact("c").ringing(at(1)), "PendingBusy");
    page.press(Control::Decline, "c").unwrap();
    page.tell(snapshot(
        at(9),
        "PendingBusy",
        [contact("c").ringing(at(8))],
    ));
    assert!(page.press(Control::Accept, "c").is_some());
}

#[rstest]
#[case::ringing(contact("c").ringing(at(1)), "ringing")]
#[case::connected(contact("c").connected(at(1)), "connected")]
#[case::dialling(contact("c").outbound().dialing(at(1)), "dialing")]
#[case::wrap_up(contact("c").ended(at(1)), "wrap-up")]
#[case::missed(contact("c").missed(at(1)), "missed")]
fn a_contact_that_one_snapshot_lacked_goes_on_where_it_was(
    #[case] call: ContactBuilder,
    #[case] phase: &str,
) {
    let mut page = page_with(call.clone(), "Busy");
    page.tell(idle(at(5)));
    page.tell(snapshot(at(6), "Busy", [call]));
    assert_eq!(
        (page.phases(), page.outcomes()),
        (vec![("c", phase)], vec![])
    );
}

#[test]
fn a_contact_that_is_back_keeps_the_times_of_before() {
    let mut page = page_with(contact("c").ringing(at(1)), "PendingBusy");
    let on_hold = contact("c")
        .connected(at(3))
        .customer_is(LegState::Hold, at(4));
    page.tell(snapshot(at(4), "Busy", [on_hold]));
    page.tell(idle(at(5)));
    let resumed = contact("c")
        .connected(at(3))
        .customer_is(LegState::Connected, at(8));
    page.tell(snapshot(at(9), "Busy", [resumed]));

    let times = &page.held("c").times;
    let hold = times.holds[0];
    assert_eq!(
        (
            times.began(),
            times.ended,
            hold.from.at,
            hold.to.map(|to| to.at)
        ),
        (Some(at(1)), None, at(4), Some(at(8)))
    );
}

#[test]
fn a_contact_that_is_back_and_over_ends_when_connect_says() {
    let mut page = page_with(contact("c").connected(at(1)), "Busy");
    page.tell(idle(at(5)));
    page.tell(snapshot(
        at(9),
        "AfterCallWork",
        [contact("c").ended(at(8))],
    ));
    page.tell(idle(at(12)));
    let records = page.desk.log().records();
    let ended: Vec<_> = records
        .iter()
        .filter_map(|record| record.times.ended)
        .collect();
    assert_eq!(ended.len(), 1);
    assert_eq!(
        (ended[0].at, ended[0].source),
        (at(8), TimeSource::ContactState)
    );
}

#[test]
fn a_callback_that_was_accepted_while_a_snapshot_lacked_it_is_the_same_offer() {
    let mut page = page_with(contact("c").callback().incoming(at(1)), "Pending");
    page.tell(idle(at(5)));
    let accepted = contact("c").callback().dialing(at(6));
    page.tell(snapshot(at(7), "CallingCustomer", [accepted]));
    assert_eq!(
        (page.phases(), page.outcomes()),
        (vec![("c", "dialing")], vec![])
    );
}

#[test]
fn a_new_ring_after_an_absence_is_a_second_offer() {
    let mut page = page_with(contact("c").ringing(at(1)), "PendingBusy");
    page.tell(idle(at(5)));
    page.tell(snapshot(
        at(9),
        "PendingBusy",
        [contact("c").ringing(at(8))],
    ));
    assert_eq!(page.outcomes(), [("c", "missed")]);
    assert_eq!(page.held("c").times.began(), Some(at(8)));
}

#[test]
fn a_late_snapshot_without_a_time_does_not_take_an_absent_call_back_to_an_earlier_state() {
    let mut page = page_with(contact("c").callback().incoming(at(1)), "Pending");
    let accepted = contact("c").callback().dialing(at(3));
    page.tell(snapshot(at(3), "CallingCustomer", [accepted]));
    page.tell(idle(at(5)));
    let mut late = snapshot(at(1), "Pending", [contact("c").callback().incoming(at(1))]);
    late.taken_at = None;
    page.tell(late);
    page.tell(snapshot(
        at(9),
        "Default",
        [contact("c").callback().missed(at(8))],
    ));
    assert_eq!(page.phases(), [("c", "failed")]);
}

#[test]
fn a_call_whose_state_cannot_be_read_and_that_rang_after_the_miss_is_a_second_offer() {
    let mut page = missed_at_5();
    page.tell(idle(at(7)));
    let unreadable = contact("c").ringing(at(9)).but(|told| told.state = None);
    page.tell(snapshot(at(9), "PendingBusy", [unreadable]));
    assert_eq!(
        (page.phases(), page.outcomes()),
        (vec![("c", "ringing")], vec![("c", "missed")])
    );
}

#[test]
fn a_late_ring_without_a_time_does_not_take_a_talk_back() {
    let mut page = page_with(contact("c").ringing(at(1)), "PendingBusy");
    page.tell(snapshot(at(5), "Busy", [contact("c").connected(at(5))]));
    let mut late = snapshot(at(2), "PendingBusy", [contact("c").ringing(at(1))]);
    late.taken_at = None;
    page.tell(late);
    assert_eq!(
        (page.phases(), page.outcomes()),
        (vec![("c", "connected")], vec![])
    );
}

#[test]
fn a_callback_whose_kind_could_not_be_read_is_the_same_offer_when_it_is_accepted() {
    let unread = contact("c")
        .callback()
        .incoming(at(1))
        .but(|told| told.kind = ContactKind::Voice);
    let mut page = page_with(unread, "Pending");
    page.tell(idle(at(5)));
    let accepted = contact("c").callback().dialing(at(6));
    page.tell(snapshot(at(7), "CallingCustomer", [accepted]));
    assert_eq!(
        (page.phases(), page.outcomes()),
        (vec![("c", "dialing")], vec![])
    );
}

#[test]
fn a_notice_about_one_offer_does_not_stay_for_the_next() {
    let mut page = page_with(contact("c").ringing(at(1)), "PendingBusy");
    let accept = page.press(Control::Accept, "c").unwrap();
    page.answer(accept, Err(ActionError::TimedOut));
    page.tell(snapshot(
        at(9),
        "PendingBusy",
        [contact("c").ringing(at(8))],
    ));
    assert_eq!(page.desk.notices(), []);
}
