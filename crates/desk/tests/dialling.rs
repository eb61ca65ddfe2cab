//! Numbers that are dialled: what is said when nobody is reached, and that nobody is called twice.

use desk::{
    ActionError, CallOutcome, Command, ContactState, Control, DialRefusal, Input, NoticeKind,
    Request,
};
use rstest::rstest;

use crate::support::{Page, acts, at, contact, idle, number, snapshot};

fn notices(page: &Page) -> Vec<NoticeKind> {
    let notices = page.desk.notices().iter();
    notices.map(|notice| notice.kind.clone()).collect()
}

fn dial(page: &mut Page) -> Vec<desk::Action> {
    acts(&page.command(Command::Dial(number("+81312345678"))))
}

fn dialling() -> Page {
    let mut page = Page::open();
    let rings = contact("c").outbound().dialing(at(1));
    page.tell(snapshot(at(1), "CallingCustomer", [rings]));
    page
}

#[rstest]
#[case::busy(ContactState::Error, "LineEngagedCustomer", CallOutcome::Busy)]
#[case::no_answer(ContactState::Error, "FailedConnectCustomer", CallOutcome::NoAnswer)]
#[case::bad_number(ContactState::Error, "BadAddressCustomer", CallOutcome::BadNumber)]
#[case::refused(ContactState::Rejected, "FailedConnectCustomer", CallOutcome::Refused)]
#[case::fault(ContactState::Error, "Error", CallOutcome::Failed)]
fn what_came_of_dialling_is_still_said_when_connect_has_cleared_the_call_away(
    #[case] state: ContactState,
    #[case] agent: &str,
    #[case] outcome: CallOutcome,
) {
    let mut page = dialling();
    let over = contact("c").outbound().over(state, at(5));
    page.tell(snapshot(at(5), agent, [over.clone()]));
    page.tell(snapshot(at(6), agent, [over]));
    page.tell(idle(at(9)));
    assert_eq!(notices(&page), [NoticeKind::NotReached(outcome)]);
}

#[test]
fn a_reason_that_comes_late_takes_the_place_of_none() {
    let mut page = dialling();
    let failed = contact("c").outbound().failed(at(5));
    page.tell(snapshot(at(5), "CallingCustomer", [failed.clone()]));
    page.tell(snapshot(at(6), "LineEngagedCustomer", [failed]));
    assert_eq!(notices(&page), [NoticeKind::NotReached(CallOutcome::Busy)]);
}

#[test]
fn what_the_agent_gave_up_is_no_news() {
    let mut page = dialling();
    page.press(Control::HangUp, "c").unwrap();
    let over = contact("c").outbound().failed(at(5));
    page.tell(snapshot(at(5), "FailedConnectCustomer", [over]));
    assert_eq!(notices(&page), []);
}

#[test]
fn a_talk_that_broke_off_had_reached_somebody() {
    let mut page = dialling();
    let talks = contact("c").outbound().connected(at(3));
    page.tell(snapshot(at(3), "Busy", [talks]));
    let broke = contact("c").outbound().failed(at(5));
    page.tell(snapshot(at(5), "Error", [broke]));
    assert_eq!(notices(&page), []);
}

#[test]
fn dialling_again_takes_the_last_words_away() {
    let mut page = dialling();
    let busy = contact("c").outbound().failed(at(5));
    page.tell(snapshot(at(5), "LineEngagedCustomer", [busy]));
    page.tell(idle(at(9)));
    assert_eq!(dial(&mut page).len(), 1);
    assert_eq!(notices(&page), []);
}

/// A page that has asked for a call and been answered after `seconds`.
fn asked(result: Result<(), ActionError>, seconds: i64) -> Page {
    let mut page = Page::open();
    page.tell(idle(at(1)));
    let asked = dial(&mut page).remove(0);
    page.now = page.now.after(seconds * 1_000);
    page.answer(asked, result);
    page
}

#[rstest]
#[case::silent(Err(ActionError::TimedOut), 10)]
#[case::slow(Ok(()), 8)]
fn a_second_press_calls_nobody_twice_while_the_first_may_still_come(
    #[case] result: Result<(), ActionError>,
    #[case] after: i64,
) {
    let mut page = asked(result, after);
    page.now = page.now.after(29_000);
    page.give(Input::TimePassed);
    assert_eq!(
        (page.desk.can_dial(), dial(&mut page)),
        (Err(DialRefusal::Dialing), vec![])
    );
    page.now = page.now.after(1_000);
    page.give(Input::TimePassed);
    assert_eq!(dial(&mut page).len(), 1);
}

#[test]
fn snapshots_without_a_call_free_the_dialler_sooner() {
    let mut page = asked(Err(ActionError::TimedOut), 10);
    page.tell(idle(at(12)));
    assert_eq!(page.desk.can_dial(), Err(DialRefusal::Dialing));
    page.tell(idle(at(13)));
    assert_eq!(page.desk.can_dial(), Ok(()));
}

#[test]
fn silence_is_not_said_to_be_a_no_and_the_call_that_comes_ends_it() {
    let mut page = asked(Err(ActionError::TimedOut), 10);
    let silence = NoticeKind::ActionFailed(Request::Dial, ActionError::TimedOut);
    assert_eq!(notices(&page), [silence]);
    let rings = contact("c").outbound().dialing(at(12));
    page.tell(snapshot(at(12), "CallingCustomer", [rings]));
    assert_eq!(notices(&page), []);
}

#[test]
fn a_no_frees_the_dialler_at_once() {
    let page = asked(Err(ActionError::BadEndpoint), 1);
    assert_eq!(page.desk.can_dial(), Ok(()));
}
