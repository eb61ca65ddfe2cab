//! The agent's state, dialling, signing in, and what is told besides calls.

use desk::{
    Action, ActionError, AgentKind, Command, DialRefusal, Input, Link, NoticeKind, Request,
    SoftphoneError,
};
use rstest::rstest;

use crate::support::{
    ContactBuilder, Page, acts, agent_state, at, choice, contact, idle, number, snapshot,
};

fn page_with(call: ContactBuilder, agent: &str) -> Page {
    let mut page = Page::open();
    page.tell(snapshot(at(1), agent, [call]));
    page
}

fn talking() -> Page {
    page_with(contact("c").connected(at(1)), "Busy")
}

fn notices(page: &Page) -> Vec<&NoticeKind> {
    page.desk
        .notices()
        .iter()
        .map(|notice| &notice.kind)
        .collect()
}

#[test]
fn a_state_is_set_at_once_between_calls() {
    let mut page = Page::open();
    page.tell(idle(at(1)));
    let effects = page.command(Command::SetState(choice("Lunch")));
    assert_eq!(acts(&effects), [Action::SetState(choice("Lunch"))]);
}

#[rstest]
#[case::ringing(contact("c").ringing(at(1)), true)]
#[case::talking(contact("c").connected(at(1)), true)]
#[case::wrap_up(contact("c").ended(at(1)), true)]
#[case::missed(contact("c").missed(at(1)), false)]
fn a_state_waits_for_a_contact_that_goes_on(#[case] call: ContactBuilder, #[case] waits: bool) {
    let mut page = page_with(call, "Busy");
    let effects = page.command(Command::SetState(choice("Lunch")));
    let action = if waits {
        Action::QueueState(choice("Lunch"))
    } else {
        Action::SetState(choice("Lunch"))
    };
    assert_eq!(
        (acts(&effects), page.desk.queues_states()),
        (vec![action], waits)
    );
}

#[test]
fn a_state_refused_because_a_call_began_is_queued_behind_it() {
    let mut page = Page::open();
    page.tell(idle(at(1)));
    let set = acts(&page.command(Command::SetState(choice("Lunch")))).remove(0);
    let effects = page.answer(set, Err(ActionError::InvalidState));
    assert_eq!(acts(&effects), [Action::QueueState(choice("Lunch"))]);
    assert!(notices(&page).is_empty());
}

#[test]
fn a_queue_refused_as_well_is_told() {
    let mut page = talking();
    let queue = acts(&page.command(Command::SetState(choice("Lunch")))).remove(0);
    let effects = page.answer(queue, Err(ActionError::InvalidState));
    assert_eq!(acts(&effects), []);
    let expected = NoticeKind::ActionFailed(Request::SetState, ActionError::InvalidState);
    assert_eq!(notices(&page), [&expected]);
}

#[test]
fn a_queued_state_is_taken_back_by_queueing_the_one_the_agent_is_available_in() {
    let mut page = Page::open();
    let mut queued = snapshot(at(1), "Busy", [contact("c").connected(at(1))]);
    queued.agent.next_state = Some(agent_state("Lunch", at(1)));
    page.tell(queued);
    let effects = page.command(Command::CancelQueuedState);
    assert_eq!(acts(&effects), [Action::QueueState(choice("Available"))]);
}

#[test]
fn without_a_queued_state_there_is_nothing_to_take_back() {
    let mut page = talking();
    assert_eq!(page.command(Command::CancelQueuedState), []);
}

#[test]
fn a_number_is_dialled_when_the_agent_is_free() {
    let mut page = Page::open();
    page.tell(idle(at(1)));
    let effects = page.command(Command::Dial(number("+81312345678")));
    assert_eq!(acts(&effects), [Action::Dial(number("+81312345678"))]);
}

#[rstest]
#[case::offline("Offline", None, DialRefusal::Offline)]
#[case::on_a_call("Busy", Some(contact("c").connected(at(1))), DialRefusal::OnCall)]
#[case::to_be_finished("AfterCallWork", Some(contact("c").ended(at(1))), DialRefusal::OnCall)]
fn dialling_is_refused(
    #[case] agent: &str,
    #[case] call: Option<ContactBuilder>,
    #[case] refusal: DialRefusal,
) {
    let mut page = Page::open();
    page.tell(snapshot(at(1), agent, call));
    let effects = page.command(Command::Dial(number("+81312345678")));
    assert_eq!(acts(&effects), []);
    assert_eq!(notices(&page), [&NoticeKind::DialRefused(refusal)]);
}

#[test]
fn dialling_before_the_agent_is_known_is_refused() {
    let mut page = Page::open();
    page.command(Command::Dial(number("+81312345678")));
    assert_eq!(
        notices(&page),
        [&NoticeKind::DialRefused(DialRefusal::NotReady)]
    );
}

#[test]
fn a_second_number_is_refused_while_one_is_dialled() {
    let mut page = Page::open();
    page.tell(idle(at(1)));
    page.command(Command::Dial(number("+81312345678")));
    assert_eq!(page.desk.can_dial(), Err(DialRefusal::Dialing));
}

#[test]
fn a_refused_dial_is_told_and_may_be_tried_again() {
    let mut page = Page::open();
    page.tell(idle(at(1)));
    let dial = acts(&page.command(Command::Dial(number("+81312345678")))).remove(0);
    page.answer(dial, Err(ActionError::BadEndpoint));
    let expected = NoticeKind::ActionFailed(Request::Dial, ActionError::BadEndpoint);
    assert_eq!(
        (notices(&page), page.desk.can_dial()),
        (vec![&expected], Ok(()))
    );
}

#[test]
fn a_granted_dial_is_settled_by_its_call() {
    let mut page = Page::open();
    page.tell(idle(at(1)));
    let dial = acts(&page.command(Command::Dial(number("+81312345678")))).remove(0);
    page.answer(dial, Ok(()));
    page.tell(snapshot(
        at(2),
        "CallingCustomer",
        [contact("c").outbound().dialing(at(2))],
    ));
    page.tell(idle(at(3)));
    assert_eq!(page.desk.can_dial(), Ok(()));
}

#[test]
fn a_dial_that_is_refused_because_a_call_came_is_still_told() {
    let mut page = Page::open();
    page.tell(idle(at(1)));
    let dial = acts(&page.command(Command::Dial(number("+81312345678")))).remove(0);
    page.tell(snapshot(
        at(2),
        "PendingBusy",
        [contact("c").ringing(at(2))],
    ));
    page.answer(dial, Err(ActionError::InvalidState));
    assert_eq!(notices(&page).len(), 1);
}

#[test]
fn a_snapshot_before_the_first_answer_does_not_open_the_buttons() {
    let mut page = talking();
    page.give(Input::Link(Link::Connecting));
    page.tell(snapshot(at(2), "Busy", [contact("c").connected(at(1))]));
    assert_eq!(page.desk.link(), Link::Connecting);
}

#[test]
fn an_equal_notice_is_shown_once() {
    let mut page = Page::open();
    for _ in 0..2 {
        page.give(Input::SoftphoneFailed(SoftphoneError::Microphone));
    }
    assert_eq!(
        notices(&page),
        [&NoticeKind::SoftphoneFailed(SoftphoneError::Microphone)]
    );
}

#[test]
fn a_notice_is_dismissed_by_its_own_id() {
    let mut page = Page::open();
    page.give(Input::SoftphoneFailed(SoftphoneError::Microphone));
    page.give(Input::SoftphoneFailed(SoftphoneError::Connection));
    let first = page.desk.notices()[0].id;
    page.command(Command::Dismiss(first));
    assert_eq!(
        notices(&page),
        [&NoticeKind::SoftphoneFailed(SoftphoneError::Connection)]
    );
}

#[test]
fn after_call_work_is_told_from_other_system_states() {
    let page = page_with(contact("c").ended(at(1)), "AfterCallWork");
    let state = page.desk.agent().and_then(|agent| agent.state.clone());
    assert_eq!(
        state.map(|state| state.kind),
        Some(AgentKind::AfterCallWork)
    );
}
