//! What a reload of the page keeps, and for whom.

use chrono::TimeDelta;
use desk::{ContactState, Control, LegState, Snapshot, TimeSource};
use rstest::rstest;

use crate::support::{ContactBuilder, Page, acts, at, contact, idle, snapshot};

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

#[rstest]
#[case::ringing(contact("c").ringing(at(1)), "ringing")]
#[case::missed(contact("c").missed(at(1)), "missed")]
#[case::dialling(contact("c").outbound().dialing(at(1)), "dialing")]
fn a_reload_shows_the_call_where_it_is(#[case] call: ContactBuilder, #[case] phase: &str) {
    let page = page_with(call.clone(), "Busy");
    let mut page = page.reload();
    page.tell(snapshot(at(9), "Busy", [call]));
    assert_eq!(
        (page.phases(), page.outcomes()),
        (vec![("c", phase)], vec![])
    );
}

#[test]
fn a_reload_in_mid_call_keeps_when_it_rang() {
    let mut page = page_with(contact("c").ringing(at(1)), "PendingBusy");
    page.tell(snapshot(at(5), "Busy", [contact("c").connected(at(5))]));
    let mut page = page.reload();
    page.tell(snapshot(at(9), "Busy", [contact("c").connected(at(5))]));
    assert_eq!(page.held("c").times.began(), Some(at(1)));
}

#[test]
fn a_reload_on_hold_keeps_the_holds_and_goes_on_with_the_last() {
    let leg = |state, since| contact("c").connected(at(1)).customer_is(state, at(since));
    let mut page = page_with(leg(LegState::Connected, 1), "Busy");
    for (state, since) in [
        (LegState::Hold, 3),
        (LegState::Connected, 5),
        (LegState::Hold, 7),
    ] {
        page.tell(snapshot(at(since), "Busy", [leg(state, since)]));
    }
    let mut page = page.reload();
    page.tell(snapshot(at(12), "Busy", [leg(LegState::Hold, 7)]));
    page.tell(snapshot(at(15), "Busy", [leg(LegState::Connected, 15)]));
    let holds = page.held("c").times.holds.iter();
    let holds: Vec<_> = holds
        .map(|hold| (hold.from.at, hold.to.map(|to| to.at)))
        .collect();
    assert_eq!(holds, [(at(3), Some(at(5))), (at(7), Some(at(15)))]);
}

#[test]
fn a_hold_that_ended_during_a_reload_ends_when_the_leg_says() {
    let leg = |state, since| contact("c").connected(at(1)).customer_is(state, at(since));
    let page = page_with(leg(LegState::Hold, 1), "Busy");
    let mut page = page.reload();
    page.tell(snapshot(at(12), "Busy", [leg(LegState::Connected, 8)]));
    assert_eq!(
        page.held("c").times.holds[0].to.map(|to| to.at),
        Some(at(8))
    );
}

#[test]
fn a_reload_in_wrap_up_loses_nothing() {
    let mut page = page_with(contact("c").ringing(at(1)), "PendingBusy");
    page.tell(snapshot(at(5), "Busy", [contact("c").connected(at(5))]));
    page.tell(snapshot(
        at(9),
        "AfterCallWork",
        [contact("c").ended(at(9))],
    ));
    let before = page.held("c").times.clone();
    let mut page = page.reload();
    page.tell(snapshot(
        at(12),
        "AfterCallWork",
        [contact("c").ended(at(9))],
    ));
    assert_eq!(
        (page.phases(), &page.held("c").times),
        (vec![("c", "wrap-up")], &before)
    );
}

#[test]
fn a_call_that_ended_and_was_cleared_during_a_reload_leaves_its_record() {
    let mut page = page_with(contact("c").ringing(at(1)), "PendingBusy");
    page.tell(snapshot(at(5), "Busy", [contact("c").connected(at(5))]));
    let mut page = page.reload();
    page.tell(idle(at(30)));
    let record = &page.desk.log().records()[0];
    assert_eq!(record.outcome.as_str(), "answered");
    assert_eq!(
        record.times.ended.map(|ended| ended.source),
        Some(TimeSource::Absence)
    );
    assert_eq!(record.last_two.as_deref(), Some("78"));
}

#[test]
fn an_outcome_that_was_known_survives_a_reload_after_which_the_contact_is_gone() {
    let mut page = page_with(contact("c").outbound().dialing(at(1)), "CallingCustomer");
    page.tell(snapshot(
        at(5),
        "LineEngagedCustomer",
        [contact("c").outbound().failed(at(5))],
    ));
    let mut page = page.reload();
    page.tell(idle(at(30)));
    assert_eq!(page.outcomes(), [("c", "busy")]);
}

#[test]
fn a_call_that_was_offered_anew_during_a_reload_is_a_second_offer() {
    let page = missed_at_5();
    let mut page = page.reload();
    page.tell(snapshot(
        at(9),
        "PendingBusy",
        [contact("c").ringing(at(8))],
    ));
    assert_eq!(
        (page.phases(), page.outcomes()),
        (vec![("c", "ringing")], vec![("c", "missed")])
    );
}

#[test]
fn a_callback_accepted_during_a_reload_is_the_same_offer() {
    let page = page_with(contact("c").callback().incoming(at(1)), "Pending");
    let mut page = page.reload();
    page.tell(snapshot(
        at(9),
        "CallingCustomer",
        [contact("c").callback().dialing(at(8))],
    ));
    assert_eq!(
        (page.phases(), page.outcomes()),
        (vec![("c", "dialing")], vec![])
    );
}

#[test]
fn decline_pressed_before_a_reload_still_explains_the_miss() {
    let mut page = page_with(contact("c").ringing(at(1)), "PendingBusy");
    page.press(Control::Decline, "c").unwrap();
    let mut page = page.reload();
    page.tell(snapshot(
        at(5),
        "MissedCallAgent",
        [contact("c").missed(at(5))],
    ));
    page.tell(idle(at(9)));
    assert_eq!(page.outcomes(), [("c", "declined")]);
}

#[test]
fn a_talk_that_broke_off_during_a_reload_has_failed() {
    let page = page_with(contact("c").connected(at(1)), "Busy");
    let mut page = page.reload();
    page.tell(snapshot(at(9), "Error", [contact("c").failed(at(8))]));
    assert_eq!(page.phases(), [("c", "failed")]);
}

#[test]
fn todays_records_survive_a_reload_and_yesterdays_do_not() {
    let mut page = missed_at_5();
    page.tell(idle(at(7)));
    let mut reloaded = Page::open_with(page.stored.clone());
    reloaded.tell(idle(at(60)));
    assert_eq!(reloaded.outcomes(), [("c", "missed")]);

    let mut next_day = Page::open_with(page.stored);
    next_day.tell(idle(at(25 * 3_600)));
    assert_eq!(next_day.outcomes(), []);
}

#[test]
fn a_journal_waits_for_a_snapshot_that_can_be_read() {
    let page = page_with(contact("c").ringing(at(1)), "PendingBusy");
    let mut page = page.reload();
    let mut poisoned = idle(at(3));
    poisoned.contacts = None;
    page.tell(poisoned);
    page.tell(snapshot(at(5), "Busy", [contact("c").connected(at(4))]));
    assert_eq!(page.held("c").times.began(), Some(at(1)));
}

#[test]
fn a_colleagues_journal_is_not_opened() {
    let page = missed_at_5();
    let mut page = page.reload();
    let mut colleague = idle(at(9));
    colleague.agent.arn = Some("arn:agent/2".into());
    page.tell(colleague);
    assert_eq!(page.outcomes(), []);
}

#[test]
fn a_journal_opened_for_somebody_unknown_is_taken_away_when_it_is_a_colleague() {
    let mut page = missed_at_5();
    page.tell(idle(at(7)));
    let mut page = page.reload();
    let mut unknown = idle(at(9));
    unknown.agent.arn = None;
    page.tell(unknown);
    assert_eq!(page.outcomes(), [("c", "missed")]);
    let mut colleague = idle(at(10));
    colleague.agent.arn = Some("arn:agent/2".into());
    page.tell(colleague);
    assert_eq!(page.outcomes(), []);
}

#[test]
fn another_agent_signing_in_finds_nothing_of_the_colleague() {
    let mut page = missed_at_5();
    page.tell(idle(at(7)));
    page.tell(snapshot(at(9), "Busy", [contact("d").connected(at(9))]));
    let mut colleague = idle(at(12));
    colleague.agent.arn = Some("arn:agent/2".into());
    colleague.agent.name = Some("John Smith".into());
    page.tell(colleague);
    assert_eq!((page.phases(), page.outcomes()), (vec![], vec![]));
    assert_eq!(page.desk.agent().unwrap().name, "John Smith");
    assert_eq!(page.desk.front(), None);
}

fn of_agent(arn: &str, told: Snapshot) -> Snapshot {
    let mut told = told;
    told.agent.arn = Some(arn.into());
    told
}

/// A page with a record and a call that goes on, after a snapshot that names somebody else.
fn poisoned() -> Page {
    let mut page = missed_at_5();
    page.tell(idle(at(7)));
    page.tell(snapshot(
        at(9),
        "PendingBusy",
        [contact("d").ringing(at(9))],
    ));
    page.tell(snapshot(at(12), "Busy", [contact("d").connected(at(12))]));
    page.tell(of_agent(
        "arn:agent/2",
        snapshot(at(13), "Busy", [contact("d").connected(at(12))]),
    ));
    page
}

#[test]
fn one_snapshot_that_names_somebody_else_loses_nothing() {
    let mut page = poisoned();
    assert_eq!(page.outcomes(), []);
    page.tell(snapshot(at(14), "Busy", [contact("d").connected(at(12))]));
    assert_eq!(page.outcomes(), [("c", "missed")]);
    assert_eq!(page.held("d").times.began(), Some(at(9)));
    page.tell(idle(at(20)));
    assert_eq!(page.outcomes(), [("d", "answered"), ("c", "missed")]);
}

#[test]
fn a_reload_after_a_snapshot_that_names_somebody_else_loses_nothing() {
    let mut page = poisoned().reload();
    page.tell(snapshot(at(14), "Busy", [contact("d").connected(at(12))]));
    assert_eq!(page.outcomes(), [("c", "missed")]);
    assert_eq!(page.held("d").times.began(), Some(at(9)));
}

#[test]
fn who_is_named_by_one_snapshot_alone_gets_no_journal() {
    let mut page = poisoned();
    page.tell(snapshot(at(14), "Busy", [contact("d").connected(at(12))]));
    page.tell(of_agent("arn:agent/2", idle(at(20))));
    page.tell(of_agent("arn:agent/2", idle(at(21))));
    assert_eq!(page.outcomes(), [], "nothing of the colleague's call");
}

#[test]
fn agents_who_take_turns_find_their_own_day_again() {
    let mut page = missed_at_5();
    page.tell(idle(at(7)));
    for seconds in [8, 9] {
        page.tell(of_agent("arn:agent/2", idle(at(seconds))));
    }
    let talks = snapshot(at(10), "Busy", [contact("d").connected(at(10))]);
    page.tell(of_agent("arn:agent/2", talks));
    page.tell(of_agent("arn:agent/2", idle(at(12))));
    assert_eq!(page.outcomes(), [("d", "answered")]);
    page.tell(idle(at(13)));
    assert_eq!(page.outcomes(), [("c", "missed")]);

    let mut page = page.reload();
    page.tell(of_agent("arn:agent/2", idle(at(20))));
    assert_eq!(page.outcomes(), [("d", "answered")]);
}

#[test]
fn a_first_snapshot_from_the_future_loses_no_record() {
    let mut page = missed_at_5();
    page.tell(idle(at(7)));
    let mut page = page.reload();
    let mut future = idle(at(9));
    future.taken_at = Some(at(9) + TimeDelta::days(900));
    page.tell(future);
    page.tell(idle(at(10)));
    assert_eq!(page.outcomes(), [("c", "missed")]);
}

#[test]
fn yesterdays_shift_of_a_colleague_is_not_kept() {
    let mut page = missed_at_5();
    page.tell(idle(at(7)));
    let mut page = page.reload();
    for seconds in [0, 1] {
        page.tell(of_agent("arn:agent/2", idle(at(25 * 3_600 + seconds))));
    }
    let kept = page.stored.unwrap();
    assert!(!kept.contains("arn:agent/1"), "{kept}");
}

#[test]
fn the_journal_holds_nothing_personal() {
    let page = page_with(
        contact("c").attribute("name", "山田 太郎").ringing(at(1)),
        "PendingBusy",
    );
    let journal = page.stored.unwrap();
    assert!(
        !journal.contains("山田") && !journal.contains("90123456"),
        "{journal}"
    );
}

#[test]
fn an_unchanged_desk_saves_nothing() {
    let mut page = page_with(contact("c").ringing(at(1)), "PendingBusy");
    let effects = page.tell(snapshot(
        at(2),
        "PendingBusy",
        [contact("c").ringing(at(1))],
    ));
    assert_eq!((effects.len(), acts(&effects).len()), (0, 0));
}

#[test]
fn a_contact_put_back_to_init_is_not_shown_after_a_reload() {
    let page = page_with(contact("c").ringing(at(1)), "PendingBusy");
    let mut page = page.reload();
    page.tell(snapshot(
        at(9),
        "Available",
        [contact("c").state(ContactState::Init, at(8))],
    ));
    assert_eq!(
        (page.phases(), page.outcomes()),
        (vec![], vec![("c", "missed")])
    );
}
