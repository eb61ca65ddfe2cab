//! How calls end, and why.

use desk::{CallOutcome, ContactState, Control, LegState};
use rstest::rstest;

use crate::support::{ContactBuilder, Page, at, contact, idle, snapshot};

fn page_with(call: ContactBuilder, agent: &str) -> Page {
    let mut page = Page::open();
    page.tell(snapshot(at(1), agent, [call]));
    page
}

#[rstest]
#[case::rings_out(contact("c").missed(at(5)), "MissedCallAgent", "missed")]
#[case::rings_out_by_its_own_word(contact("c").over(ContactState::Missed, at(5)), "MissedCallAgent", "missed")]
#[case::declined_elsewhere(contact("c").missed(at(5)), "FailedConnectAgent", "declined")]
#[case::declined_by_its_own_word(contact("c").over(ContactState::Rejected, at(5)), "MissedCallAgent", "declined")]
#[case::abandoned(contact("c").failed(at(5)), "MissedCallAgent", "abandoned")]
#[case::abandoned_by_another_name(contact("c").failed(at(5)), "FailedConnectAgent", "abandoned")]
#[case::answered_unseen(contact("c").ended(at(5)), "AfterCallWork", "answered")]
fn an_inbound_call_that_was_not_seen_connected_ends_as(
    #[case] over: ContactBuilder,
    #[case] agent: &str,
    #[case] outcome: &str,
) {
    let mut page = page_with(contact("c").ringing(at(1)), "PendingBusy");
    page.tell(snapshot(at(5), agent, [over]));
    page.tell(idle(at(9)));
    assert_eq!(page.outcomes(), [("c", outcome)]);
}

#[rstest]
#[case::when_it_ended(5, "abandoned")]
#[case::later_in_the_queue(7, "missed")]
fn when_the_caller_went_is_read_as_soon_as_the_legs_can_be(
    #[case] went: i64,
    #[case] outcome: &str,
) {
    let mut page = page_with(contact("c").ringing(at(1)), "PendingBusy");
    let missed = contact("c").missed(at(5));
    let without_legs = missed.clone().but(|told| told.legs = Some(Vec::new()));
    page.tell(snapshot(at(5), "MissedCallAgent", [without_legs]));
    let gone = missed.customer_is(LegState::Disconnected, at(went));
    page.tell(snapshot(at(8), "MissedCallAgent", [gone]));
    page.tell(idle(at(9)));
    assert_eq!(page.outcomes(), [("c", outcome)]);
}

#[rstest]
#[case::busy(ContactState::Error, "LineEngagedCustomer", "busy")]
#[case::no_answer(ContactState::Error, "FailedConnectCustomer", "no-answer")]
#[case::rang_out(ContactState::Missed, "MissedCallCustomer", "no-answer")]
#[case::bad_number(ContactState::Error, "BadAddressCustomer", "bad-number")]
#[case::refused(ContactState::Rejected, "FailedConnectCustomer", "refused")]
#[case::fault(ContactState::Error, "Error", "failed")]
fn a_dialled_call_that_is_not_connected_ends_as(
    #[case] state: ContactState,
    #[case] agent: &str,
    #[case] outcome: &str,
) {
    let mut page = page_with(contact("c").outbound().dialing(at(1)), "CallingCustomer");
    page.tell(snapshot(
        at(5),
        agent,
        [contact("c").outbound().over(state, at(5))],
    ));
    page.tell(idle(at(9)));
    assert_eq!(page.outcomes(), [("c", outcome)]);
}

/// Nothing was told of the dialling, but the agent's state names the customer.
#[rstest]
#[case::bad_number("BadAddressCustomer", "failed", "bad-number")]
#[case::busy("LineEngagedCustomer", "failed", "busy")]
#[case::not_accepted("Default", "missed", "abandoned")]
fn a_callback_that_came_to_nothing_was_dialled_if_the_agents_state_says_so(
    #[case] agent: &str,
    #[case] phase: &str,
    #[case] outcome: &str,
) {
    let mut page = page_with(contact("c").callback().incoming(at(1)), "Pending");
    page.tell(snapshot(
        at(5),
        agent,
        [contact("c").callback().failed(at(5))],
    ));
    assert_eq!(page.phases(), [("c", phase)]);
    page.tell(idle(at(9)));
    assert_eq!(page.outcomes(), [("c", outcome)]);
}

#[test]
fn what_was_pressed_explains_an_end_also_after_a_snapshot_without_the_call() {
    let call = || contact("c").outbound();
    let mut page = page_with(call().dialing(at(1)), "CallingCustomer");
    page.press(Control::HangUp, "c");
    page.tell(idle(at(3)));
    page.tell(snapshot(
        at(5),
        "FailedConnectCustomer",
        [call().failed(at(3))],
    ));
    page.tell(idle(at(9)));
    assert_eq!(page.outcomes(), [("c", "cancelled")]);
}

#[test]
fn a_connected_call_was_answered_and_one_that_breaks_has_failed() {
    let mut page = Page::open();
    page.tell(snapshot(at(1), "Busy", [contact("a").connected(at(1))]));
    page.tell(snapshot(
        at(5),
        "AfterCallWork",
        [contact("a").ended(at(5))],
    ));
    page.tell(snapshot(at(7), "Busy", [contact("b").connected(at(7))]));
    page.tell(snapshot(at(9), "Error", [contact("b").failed(at(9))]));
    page.tell(idle(at(11)));
    assert_eq!(page.outcomes(), [("b", "failed"), ("a", "answered")]);
}

#[test]
fn decline_pressed_here_explains_the_miss_whatever_the_agents_state_says() {
    let mut page = page_with(contact("c").ringing(at(1)), "PendingBusy");
    page.press(Control::Decline, "c").unwrap();
    page.tell(snapshot(
        at(5),
        "MissedCallAgent",
        [contact("c").missed(at(5))],
    ));
    assert_eq!(page.held("c").outcome, Some(CallOutcome::Declined));
}

#[rstest]
#[case::as_error(ContactState::Error)]
#[case::as_ended(ContactState::Ended)]
fn hang_up_pressed_while_dialling_cancels_the_call(#[case] state: ContactState) {
    let mut page = page_with(contact("c").outbound().dialing(at(1)), "CallingCustomer");
    page.press(Control::HangUp, "c").unwrap();
    let over = contact("c").outbound().over(state, at(5));
    page.tell(snapshot(at(5), "FailedConnectCustomer", [over]));
    assert_eq!(page.held("c").outcome, Some(CallOutcome::Cancelled));
}

#[test]
fn a_reason_that_comes_after_the_end_is_still_taken() {
    let mut page = page_with(contact("c").outbound().dialing(at(1)), "CallingCustomer");
    let failed = contact("c").outbound().failed(at(5));
    page.tell(snapshot(at(5), "CallingCustomer", [failed.clone()]));
    page.tell(snapshot(at(6), "LineEngagedCustomer", [failed]));
    assert_eq!(page.held("c").outcome, Some(CallOutcome::Busy));
}

#[test]
fn the_agents_state_explains_nothing_while_there_is_another_call() {
    let mut page = page_with(contact("c").ringing(at(1)), "PendingBusy");
    let other = contact("d").connected(at(2));
    page.tell(snapshot(
        at(5),
        "FailedConnectAgent",
        [contact("c").missed(at(5)), other],
    ));
    assert_eq!(page.held("c").outcome, Some(CallOutcome::Missed));
}

#[rstest]
#[case::left_behind(LegState::Connected, LegState::Connected, true)]
#[case::third_party_gone(LegState::Connected, LegState::Disconnected, false)]
#[case::customer_gone(LegState::Disconnected, LegState::Connected, false)]
fn a_call_was_transferred_when_customer_and_third_party_stay_behind(
    #[case] customer: LegState,
    #[case] third: LegState,
    #[case] transferred: bool,
) {
    let mut page = page_with(contact("c").connected(at(1)), "Busy");
    let left = contact("c")
        .ended(at(9))
        .customer_is(customer, at(9))
        .with_third_party(third);
    page.tell(snapshot(at(9), "AfterCallWork", [left]));
    assert_eq!(page.held("c").transferred, transferred);
}

#[test]
fn a_decline_that_the_agents_state_tells_later_is_still_taken() {
    let mut page = page_with(contact("c").ringing(at(1)), "PendingBusy");
    page.tell(snapshot(at(5), "PendingBusy", [contact("c").missed(at(5))]));
    page.tell(snapshot(
        at(6),
        "FailedConnectAgent",
        [contact("c").missed(at(5))],
    ));
    assert_eq!(page.held("c").outcome, Some(CallOutcome::Declined));
}

#[test]
fn a_transfer_stays_one_when_the_others_have_hung_up() {
    let left = |state: LegState| {
        contact("c")
            .ended(at(9))
            .customer_is(state.clone(), at(9))
            .with_third_party(state)
    };
    let mut page = page_with(contact("c").connected(at(1)), "Busy");
    page.tell(snapshot(
        at(9),
        "AfterCallWork",
        [left(LegState::Connected)],
    ));
    page.tell(snapshot(
        at(20),
        "AfterCallWork",
        [left(LegState::Disconnected)],
    ));
    assert!(page.held("c").transferred);
}

#[test]
fn an_end_whose_legs_cannot_be_read_is_no_transfer() {
    let conference = contact("c")
        .connected(at(1))
        .with_third_party(LegState::Connected);
    let mut page = page_with(conference, "Busy");
    let unreadable = contact("c").ended(at(9)).but(|told| told.legs = None);
    page.tell(snapshot(at(9), "AfterCallWork", [unreadable]));
    assert!(!page.held("c").transferred);
}
