//! What the agent presses, what is asked of Connect, and what the agent is told.

use desk::{
    Action, ActionError, Command, Control, DialRefusal, Digits, Input, Instant, LegRole, LegState,
    Link, NoticeKind, Request, Snapshot,
};
use rstest::rstest;

use crate::support::{
    CONTROLS, ContactBuilder, Page, acts, at, contact, id, idle, number, snapshot,
};

fn page_with(call: ContactBuilder, agent: &str) -> Page {
    let mut page = Page::open();
    page.tell(snapshot(at(1), agent, [call]));
    page
}

fn ringing() -> Page {
    page_with(contact("c").ringing(at(1)), "PendingBusy")
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

#[rstest]
#[case::ringing(contact("c").ringing(at(1)), &[Control::Accept, Control::Decline])]
#[case::callback(contact("c").callback().incoming(at(1)), &[Control::Accept, Control::Decline])]
#[case::dialling(contact("c").outbound().dialing(at(1)), &[Control::HangUp])]
#[case::connected(contact("c").connected(at(1)), &[Control::HangUp, Control::Hold])]
#[case::on_hold(
    contact("c").connected(at(1)).customer_is(LegState::Hold, at(1)),
    &[Control::HangUp, Control::Resume]
)]
#[case::wrap_up(contact("c").ended(at(1)), &[Control::Complete])]
#[case::missed(contact("c").missed(at(1)), &[Control::Complete])]
#[case::failed(contact("c").outbound().failed(at(1)), &[Control::Complete])]
fn only_legal_buttons_are_offered(#[case] call: ContactBuilder, #[case] legal: &[Control]) {
    let page = page_with(call, "Busy");
    let offered: Vec<_> = CONTROLS
        .into_iter()
        .filter(|control| page.desk.allows(*control, &id("c")))
        .collect();
    assert_eq!(offered, legal);
}

#[rstest]
#[case::not_loaded(Link::Loading)]
#[case::signed_out(Link::SignedOut)]
#[case::silent(Link::Silent)]
fn nothing_can_be_pressed_while_connect_is_not_there(#[case] link: Link) {
    let mut page = talking();
    page.give(Input::Link(link));
    let offered = CONTROLS
        .into_iter()
        .any(|control| page.desk.allows(control, &id("c")));
    assert!(!offered && !page.desk.can_mute() && !page.desk.takes_tones(&id("c")));
}

#[test]
fn a_button_asks_for_what_it_says_and_names_the_legs() {
    let mut page = talking();
    assert_eq!(
        page.press(Control::Hold, "c"),
        Some(Action::Hold(id("c"), "c-customer".into()))
    );
    assert_eq!(
        page.press(Control::HangUp, "c"),
        Some(Action::HangUp(id("c"), "c-agent".into()))
    );
}

#[test]
fn hanging_up_an_accepted_callback_ends_the_new_leg_of_the_agent() {
    let mut page = page_with(contact("c").callback().incoming(at(1)), "Pending");
    page.tell(snapshot(
        at(5),
        "CallingCustomer",
        [contact("c").callback().dialing(at(5))],
    ));
    assert_eq!(
        page.press(Control::HangUp, "c"),
        Some(Action::HangUp(id("c"), "accepted-agent".into()))
    );
}

#[test]
fn a_second_press_asks_nothing_while_the_first_is_under_way() {
    let mut page = ringing();
    assert!(page.press(Control::Accept, "c").is_some());
    assert_eq!(page.press(Control::Accept, "c"), None);
    assert_eq!(page.press(Control::Decline, "c"), None);
}

#[test]
fn a_granted_request_is_under_way_until_a_snapshot_shows_it() {
    let mut page = talking();
    let hold = page.press(Control::Hold, "c").unwrap();
    page.answer(hold, Ok(()));
    assert_eq!(page.press(Control::Hold, "c"), None);
    let on_hold = contact("c")
        .connected(at(1))
        .customer_is(LegState::Hold, at(3));
    page.tell(snapshot(at(3), "Busy", [on_hold]));
    assert!(page.press(Control::Resume, "c").is_some());
}

#[test]
fn a_granted_request_of_which_nothing_comes_may_be_made_again() {
    let mut page = ringing();
    let accept = page.press(Control::Accept, "c").unwrap();
    page.answer(accept, Ok(()));
    for seconds in [2, 3] {
        page.tell(snapshot(
            at(seconds),
            "PendingBusy",
            [contact("c").ringing(at(1))],
        ));
    }
    assert!(page.press(Control::Accept, "c").is_some());
}

/// A desk that was granted a request at the first second, of which nothing comes.
fn granted_in_vain() -> Page {
    let mut page = ringing();
    let accept = page.press(Control::Accept, "c").unwrap();
    page.answer(accept, Ok(()));
    page
}

#[rstest]
#[case::nothing_else(Input::TimePassed)]
#[case::the_same_snapshot(Input::Snapshot(Box::new(snapshot(
    at(1),
    "PendingBusy",
    [contact("c").ringing(at(1))]
))))]
fn a_granted_request_of_which_nothing_comes_waits_for_some_seconds(#[case] input: Input) {
    let mut page = granted_in_vain();
    page.now = Instant::from_millis(5_999);
    page.give(input.clone());
    assert!(!page.desk.is_due(page.now) && !page.desk.allows(Control::Accept, &id("c")));

    page.now = Instant::from_millis(6_000);
    assert!(page.desk.is_due(page.now), "so that somebody says so");
    page.give(input);
    assert!(page.desk.allows(Control::Accept, &id("c")));
    assert!(!page.desk.is_due(page.now), "once");
}

#[test]
fn a_number_whose_call_never_comes_may_be_dialled_again() {
    let mut page = Page::open();
    page.tell(idle(at(1)));
    let dial = acts(&page.command(Command::Dial(number("+81312345678")))).remove(0);
    page.answer(dial, Ok(()));
    assert_eq!(page.desk.can_dial(), Err(DialRefusal::Dialing));
    page.now = Instant::from_millis(31_000);
    page.give(Input::TimePassed);
    assert_eq!(page.desk.can_dial(), Ok(()));
}

#[test]
fn the_desk_tells_whether_an_input_changed_anything() {
    let mut page = granted_in_vain();
    let mut revised = |input| {
        let before = page.desk.revision();
        page.give(input);
        page.desk.revision() != before
    };
    let told = |seconds| {
        let told = snapshot(at(seconds), "PendingBusy", [contact("c").ringing(at(1))]);
        Input::Snapshot(Box::new(told))
    };
    let revised: Vec<_> = [
        told(1),
        told(0),
        Input::TimePassed,
        Input::Link(Link::Ready),
        Input::Link(Link::SignedOut),
        Input::MuteReported(true),
        Input::MuteReported(true),
        told(2),
    ]
    .into_iter()
    .map(&mut revised)
    .collect();
    let told = [false, false, false, false, true, true, false, true];
    assert_eq!(revised, told);
}

#[test]
fn a_snapshot_that_shows_the_effect_settles_a_request_that_is_not_answered_yet() {
    let mut page = talking();
    page.press(Control::Hold, "c").unwrap();
    let held = contact("c")
        .connected(at(1))
        .customer_is(LegState::Hold, at(3));
    page.tell(snapshot(at(3), "Busy", [held]));
    assert!(page.press(Control::Resume, "c").is_some());
}

#[test]
fn hang_up_works_while_other_requests_hang() {
    let mut page = talking();
    page.press(Control::Hold, "c").unwrap();
    assert!(page.press(Control::HangUp, "c").is_some());
}

#[test]
fn a_refused_request_is_told_and_may_be_made_again() {
    let mut page = ringing();
    let accept = page.press(Control::Accept, "c").unwrap();
    page.answer(accept, Err(ActionError::Unclassified("error".into())));
    let error = ActionError::Unclassified("error".into());
    assert_eq!(
        notices(&page),
        [&NoticeKind::ActionFailed(Request::Accept, error)]
    );
    assert!(page.press(Control::Accept, "c").is_some());
    assert_eq!(
        notices(&page),
        [&NoticeKind::ActionFailed(Request::Accept, ActionError::TimedOut); 0]
    );
}

#[test]
fn a_refusal_that_comes_when_the_call_has_moved_on_is_no_news() {
    let mut page = ringing();
    let accept = page.press(Control::Accept, "c").unwrap();
    page.tell(snapshot(at(5), "Busy", [contact("c").connected(at(5))]));
    page.answer(accept, Err(ActionError::TimedOut));
    assert!(notices(&page).is_empty());
}

#[test]
fn a_refusal_for_a_contact_that_has_gone_is_dropped() {
    let mut page = ringing();
    let accept = page.press(Control::Accept, "c").unwrap();
    page.tell(idle(at(5)));
    page.answer(accept, Err(ActionError::Gone));
    assert!(notices(&page).is_empty());
}

#[test]
fn a_notice_leaves_when_its_call_moves_on() {
    let mut page = ringing();
    let accept = page.press(Control::Accept, "c").unwrap();
    page.answer(accept, Err(ActionError::TimedOut));
    page.tell(snapshot(at(5), "Busy", [contact("c").connected(at(5))]));
    assert!(notices(&page).is_empty());
}

#[test]
fn an_answer_to_nothing_that_was_asked_is_ignored() {
    let mut page = ringing();
    page.answer(Action::Accept(id("c")), Err(ActionError::TimedOut));
    assert!(notices(&page).is_empty());
}

#[test]
fn a_decline_that_connect_refused_explains_nothing() {
    let mut page = ringing();
    let decline = page.press(Control::Decline, "c").unwrap();
    page.answer(decline, Err(ActionError::InvalidState));
    page.tell(snapshot(
        at(5),
        "MissedCallAgent",
        [contact("c").missed(at(5))],
    ));
    page.tell(idle(at(9)));
    assert_eq!(page.outcomes(), [("c", "missed")]);
}

#[test]
fn a_decline_without_an_answer_in_time_may_have_been_done() {
    let mut page = ringing();
    let decline = page.press(Control::Decline, "c").unwrap();
    page.answer(decline, Err(ActionError::TimedOut));
    page.tell(snapshot(
        at(5),
        "MissedCallAgent",
        [contact("c").missed(at(5))],
    ));
    page.tell(idle(at(9)));
    assert_eq!(page.outcomes(), [("c", "declined")]);
}

#[test]
fn a_press_for_a_contact_that_has_gone_asks_nothing() {
    let mut page = ringing();
    page.tell(idle(at(2)));
    assert_eq!(page.press(Control::Accept, "c"), None);
}

#[test]
fn tones_go_to_the_customers_leg() {
    let mut page = talking();
    let tones = Digits::parse("12#").unwrap();
    let effects = page.command(Command::SendDigits(id("c"), tones.clone()));
    assert_eq!(
        acts(&effects),
        [Action::SendDigits(id("c"), "c-customer".into(), tones)]
    );
}

#[rstest]
#[case::ringing(contact("c").ringing(at(1)))]
#[case::on_hold(contact("c").connected(at(1)).customer_is(LegState::Hold, at(1)))]
#[case::over(contact("c").ended(at(1)))]
fn tones_that_nobody_would_hear_are_not_sent(#[case] call: ContactBuilder) {
    let mut page = page_with(call, "Busy");
    assert!(!page.desk.takes_tones(&id("c")));
    let tones = Digits::parse("1").unwrap();
    assert_eq!(page.command(Command::SendDigits(id("c"), tones)), []);
}

#[rstest]
#[case::nothing("")]
#[case::letter("12A")]
#[case::full_width("１")]
fn what_is_on_no_keypad_is_no_tone(#[case] text: &str) {
    assert_eq!(Digits::parse(text), None);
}

#[test]
fn tones_do_not_show_in_a_log() {
    assert_eq!(
        format!("{:?}", Digits::parse("4321").unwrap()),
        "Digits(4 tones)"
    );
}

#[test]
fn mute_is_asked_for_in_a_talk_and_believed_only_when_the_softphone_says_so() {
    let mut page = talking();
    assert_eq!(acts(&page.command(Command::Mute)), [Action::Mute]);
    assert_eq!(page.desk.muted(), None);
    page.give(Input::MuteReported(true));
    assert_eq!(page.desk.muted(), Some(true));
    assert_eq!(acts(&page.command(Command::Unmute)), [Action::Unmute]);
}

fn told(page: &mut Page, seconds: i64, agent: &str, call: ContactBuilder) {
    page.tell(snapshot(at(seconds), agent, [call]));
}

#[test]
fn a_call_that_begins_here_begins_with_an_open_microphone() {
    let mut page = Page::open();
    page.tell(idle(at(0)));
    told(&mut page, 1, "PendingBusy", contact("c").ringing(at(1)));
    told(&mut page, 5, "Busy", contact("c").connected(at(5)));
    assert_eq!(page.desk.muted(), Some(false));
}

#[rstest]
#[case::on_a_desk_phone(|told: &mut Snapshot| told.agent.softphone = Some(false))]
#[case::on_nobody_knows_what(|told: &mut Snapshot| told.agent.softphone = None)]
#[case::muted_by_connect(|told: &mut Snapshot| {
    for leg in told.contacts.iter_mut().flatten().flat_map(|call| call.legs.iter_mut().flatten()) {
        leg.muted = Some(leg.role == LegRole::Agent);
    }
})]
fn a_microphone_is_not_called_open_when_that_is_not_known(#[case] change: fn(&mut Snapshot)) {
    let mut page = Page::open();
    page.tell(idle(at(0)));
    for (seconds, agent, call) in [
        (1, "PendingBusy", contact("c").ringing(at(1))),
        (5, "Busy", contact("c").connected(at(5))),
    ] {
        let mut told = snapshot(at(seconds), agent, [call]);
        change(&mut told);
        page.tell(told);
    }
    assert_eq!(page.desk.muted(), None);
}

#[test]
fn a_mute_ends_with_the_call_that_it_was_made_in() {
    let mut page = Page::open();
    page.tell(idle(at(0)));
    told(&mut page, 5, "Busy", contact("c").connected(at(5)));
    page.give(Input::MuteReported(true));
    told(&mut page, 6, "Busy", contact("c").connected(at(5)));
    assert_eq!(page.desk.muted(), Some(true));
    page.tell(idle(at(9)));
    told(&mut page, 12, "PendingBusy", contact("d").ringing(at(12)));
    assert_eq!(page.desk.muted(), Some(false));
}

#[test]
fn after_a_reload_in_mid_call_nobody_knows_whether_the_microphone_is_closed() {
    let mut page = talking();
    page.give(Input::MuteReported(false));
    let mut page = page.reload();
    told(&mut page, 5, "Busy", contact("c").connected(at(1)));
    assert_eq!(page.desk.muted(), None);
}

#[test]
fn a_call_that_one_snapshot_lacks_keeps_its_mute() {
    let mut page = talking();
    page.give(Input::MuteReported(true));
    page.tell(idle(at(3)));
    told(&mut page, 5, "Busy", contact("c").connected(at(1)));
    assert_eq!(page.desk.muted(), Some(true));
}

#[rstest]
#[case::it_is_back(Input::ConnectLost(false))]
#[case::a_snapshot_came_through(Input::Snapshot(Box::new(idle(at(9)))))]
fn a_ccp_that_has_lost_connect_is_not_well_until(#[case] regained: Input) {
    let mut page = talking();
    page.give(Input::ConnectLost(true));
    assert!(page.desk.has_lost_connect() && page.desk.is_unconfirmed());
    let same = snapshot(at(1), "Busy", [contact("c").connected(at(1))]);
    page.tell(same);
    assert!(page.desk.has_lost_connect(), "the same snapshot is not new");
    page.give(regained);
    assert!(!page.desk.has_lost_connect() && !page.desk.is_unconfirmed());
}

#[test]
fn a_call_is_unconfirmed_while_the_desk_hears_nothing_of_it() {
    let mut page = talking();
    assert!(!page.desk.is_unconfirmed());
    page.give(Input::Link(Link::SignedOut));
    assert!(page.desk.is_unconfirmed());
    assert_eq!(page.desk.told_at(), Some(at(1)));
    told(&mut page, 5, "Busy", contact("c").connected(at(1)));
    assert!(!page.desk.is_unconfirmed());
}

#[test]
fn without_a_call_there_is_nothing_to_confirm() {
    let mut page = Page::open();
    page.tell(idle(at(1)));
    page.give(Input::Link(Link::SignedOut));
    assert!(!page.desk.is_unconfirmed());
}

#[test]
fn there_is_nothing_to_mute_without_a_talk() {
    let mut page = ringing();
    assert_eq!(page.command(Command::Mute), []);
}
