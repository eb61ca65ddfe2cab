//! Signing in and out, as far as a page can see it.

use desk::{
    Action, ActionError, Command, Effect, Input, Instant, Link, NoticeKind, Repair, SignInPage,
    SignOutFailure,
};
use rstest::rstest;

use crate::support::{Page, acts, at, choice, contact, idle, snapshot};

/// An agent who is available and has no contact.
fn at_work() -> Page {
    let mut page = Page::open();
    page.tell(idle(at(1)));
    page
}

fn talking() -> Page {
    let mut page = Page::open();
    page.tell(snapshot(at(1), "Busy", [contact("c").connected(at(1))]));
    page
}

fn sign_in(page: &mut Page) -> Vec<Effect> {
    page.command(Command::Repair(Repair::SignIn))
}

/// Lets time pass, and nothing else.
fn pass(page: &mut Page, seconds: i64) -> Vec<Effect> {
    page.now = page.now.after(seconds * 1_000);
    page.give(Input::TimePassed)
}

fn notices(page: &Page) -> Vec<NoticeKind> {
    let notices = page.desk.notices().iter();
    notices.map(|notice| notice.kind.clone()).collect()
}

fn failed(why: SignOutFailure) -> Vec<NoticeKind> {
    vec![NoticeKind::SignOutFailed(why)]
}

fn without_saving(mut effects: Vec<Effect>) -> Vec<Effect> {
    effects.retain(|effect| !matches!(effect, Effect::Save(_)));
    effects
}

#[test]
fn the_first_word_of_connect_closes_the_sign_in_page() {
    let mut page = Page::open();
    page.give(Input::Link(Link::Silent));
    assert_eq!(sign_in(&mut page), [Effect::OpenSignIn]);
    assert_eq!(page.desk.link(), Link::SigningIn);
    assert_eq!(page.give(Input::Link(Link::Ready)), [Effect::CloseSignIn]);
    assert_eq!(page.desk.link(), Link::Ready);
}

#[test]
fn a_snapshot_after_a_sign_out_is_a_sign_of_life() {
    let mut page = Page::open();
    page.give(Input::Link(Link::SignedOut));
    sign_in(&mut page);
    let effects = page.tell(idle(at(1)));
    assert!(effects.contains(&Effect::CloseSignIn));
    assert_eq!(page.desk.link(), Link::Ready);
}

#[rstest]
#[case::it_gave_up(Link::GaveUp)]
#[case::it_was_told_not_to(Link::SignedOut)]
#[case::nor_then(Link::Expired)]
fn where_the_library_does_not_look_for_the_ccp_it_is_told_to(#[case] link: Link) {
    let mut page = talking();
    page.give(Input::Link(link));
    assert_eq!(sign_in(&mut page), [Effect::OpenSignIn, Effect::Reconnect]);
}

#[test]
fn who_takes_longer_to_sign_in_than_the_library_looks_is_found_all_the_same() {
    let mut page = Page::open();
    page.give(Input::Link(Link::Silent));
    sign_in(&mut page);
    let effects = page.give(Input::Link(Link::GaveUp));
    assert_eq!(
        (effects, page.desk.link()),
        (vec![Effect::Reconnect], Link::SigningIn)
    );
}

#[test]
fn nobody_signs_in_who_is_signed_in() {
    let mut page = Page::open();
    assert_eq!(sign_in(&mut page), []);
    assert_eq!(page.desk.link(), Link::Ready);
}

#[test]
fn a_window_that_the_browser_blocks_can_be_asked_for_again() {
    let mut page = Page::open();
    page.give(Input::Link(Link::Silent));
    sign_in(&mut page);
    page.give(Input::SignInPage(SignInPage::Blocked));
    assert_eq!(page.desk.link(), Link::PopUpBlocked);
    page.give(Input::Link(Link::GaveUp));
    assert_eq!(page.desk.link(), Link::PopUpBlocked);
    assert!(sign_in(&mut page).contains(&Effect::OpenSignIn));
}

#[test]
fn silence_after_the_sign_in_page_was_closed_is_told_apart_from_silence_before() {
    let mut page = Page::open();
    page.give(Input::Link(Link::Silent));
    sign_in(&mut page);
    let closed = page.give(Input::SignInPage(SignInPage::Closed));
    assert_eq!(closed, [Effect::Reconnect]);
    pass(&mut page, 11);
    let waiting = (page.desk.link(), page.desk.repair_offered());
    assert!(matches!(waiting, (Link::Finding(_), None)), "{waiting:?}");
    pass(&mut page, 1);
    assert_eq!(page.desk.link(), Link::StillSilent);
    page.give(Input::Link(Link::GaveUp));
    assert_eq!(
        (page.desk.link(), page.desk.repair_offered()),
        (Link::StillSilent, Some(Repair::SignIn))
    );
}

#[test]
fn a_ccp_that_speaks_after_the_page_was_closed_is_found() {
    let mut page = Page::open();
    page.give(Input::Link(Link::Silent));
    sign_in(&mut page);
    page.give(Input::SignInPage(SignInPage::Closed));
    page.give(Input::Link(Link::Ready));
    pass(&mut page, 60);
    assert_eq!(page.desk.link(), Link::Ready);
}

#[rstest]
#[case::signed_out(Link::SignedOut)]
#[case::expired(Link::Expired)]
fn a_session_that_ends_is_looked_for_unless_a_call_may_be_going_on(#[case] link: Link) {
    let between_calls = at_work().give(Input::Link(link));
    let in_mid_call = talking().give(Input::Link(link));
    assert_eq!(
        (between_calls, in_mid_call),
        (vec![Effect::Reconnect], Vec::new())
    );
}

#[test]
fn a_request_that_says_the_session_is_over_ends_it() {
    let mut page = at_work();
    let set = acts(&page.command(Command::SetState(choice("Lunch")))).remove(0);
    let effects = page.answer(set, Err(ActionError::SessionExpired));
    assert_eq!(
        (effects, page.desk.link(), page.desk.repair_offered()),
        (vec![Effect::Reconnect], Link::Expired, Some(Repair::SignIn))
    );
}

#[test]
fn a_ccp_that_stops_answering_is_loaded_anew_only_between_calls() {
    for (mut page, offered) in [(at_work(), Some(Repair::Reconnect)), (talking(), None)] {
        page.give(Input::Heartbeat(false));
        assert_eq!(
            (page.desk.link(), page.desk.repair_offered()),
            (Link::Stalled, offered)
        );
        let pressed = page.command(Command::Repair(Repair::Reconnect));
        assert_eq!(pressed.contains(&Effect::Reconnect), offered.is_some());
        page.give(Input::Heartbeat(true));
        assert_eq!(page.desk.link(), Link::Ready);
    }
}

#[rstest]
#[case(Link::Connecting)]
#[case(Link::SignedOut)]
#[case(Link::AccessDenied)]
fn a_heartbeat_says_nothing_of_a_session(#[case] link: Link) {
    let mut page = at_work();
    page.give(Input::Link(link));
    for answers in [false, true] {
        page.give(Input::Heartbeat(answers));
    }
    assert_eq!(page.desk.link(), link);
}

#[test]
fn signing_out_stops_the_calls_first_and_then_ends_the_session() {
    let mut page = at_work();
    let first = page.command(Command::SignOut);
    assert_eq!(acts(&first), [Action::SetState(choice("Offline"))]);
    assert!(!first.contains(&Effect::SignOut) && page.desk.is_signing_out());
    let offline = page.tell(snapshot(at(2), "Offline", [] as [desk::ContactSnapshot; 0]));
    assert_eq!(without_saving(offline), [Effect::SignOut]);
    let ended = page.give(Input::Link(Link::SignedOut));
    assert_eq!(
        (ended, page.desk.is_signing_out()),
        (Vec::new(), false),
        "a single sign-on would sign in again whoever looks for the CCP"
    );
}

#[test]
fn an_agent_who_is_offline_is_signed_out_at_once_and_once() {
    let mut page = Page::open();
    page.tell(snapshot(at(1), "Offline", [] as [desk::ContactSnapshot; 0]));
    assert_eq!(page.command(Command::SignOut), [Effect::SignOut]);
    assert_eq!(page.command(Command::SignOut), []);
}

#[test]
fn nobody_is_signed_out_of_a_call() {
    let mut page = talking();
    assert_eq!(page.command(Command::SignOut), []);
    assert_eq!(notices(&page), failed(SignOutFailure::OnCall));
    page.tell(idle(at(9)));
    assert!(!page.command(Command::SignOut).is_empty());
    assert_eq!(notices(&page), []);
}

#[test]
fn an_agent_whose_calls_cannot_be_stopped_stays() {
    let mut page = at_work();
    let offline = acts(&page.command(Command::SignOut)).remove(0);
    let effects = page.answer(offline, Err(ActionError::TimedOut));
    assert_eq!(
        (effects, notices(&page), page.desk.is_signing_out()),
        (Vec::new(), failed(SignOutFailure::StillAvailable), false)
    );
}

#[test]
fn an_offline_state_that_was_granted_and_is_not_seen_holds_nobody_back() {
    let mut page = at_work();
    let offline = acts(&page.command(Command::SignOut)).remove(0);
    page.answer(offline, Ok(()));
    assert_eq!(pass(&mut page, 9), []);
    assert_eq!(pass(&mut page, 1), [Effect::SignOut]);
}

/// An agent who has asked to be signed out.
fn signing_out() -> Page {
    let mut page = Page::open();
    page.tell(snapshot(at(1), "Offline", [] as [desk::ContactSnapshot; 0]));
    page.command(Command::SignOut);
    page
}

#[test]
fn a_session_that_does_not_end_is_said() {
    let mut page = signing_out();
    pass(&mut page, 15);
    assert_eq!(notices(&page), failed(SignOutFailure::StillSignedIn));
}

#[test]
fn a_session_that_comes_back_by_itself_is_said() {
    let mut page = signing_out();
    page.give(Input::Link(Link::SignedOut));
    page.tell(snapshot(at(3), "Offline", [] as [desk::ContactSnapshot; 0]));
    assert_eq!(notices(&page), failed(SignOutFailure::StillSignedIn));
}

#[rstest]
#[case::by_a_press(true)]
#[case::much_later(false)]
fn who_signs_in_again_is_not_told_that_signing_out_failed(#[case] pressed: bool) {
    let mut page = signing_out();
    page.give(Input::Link(Link::SignedOut));
    if pressed {
        sign_in(&mut page);
    } else {
        pass(&mut page, 15);
    }
    page.tell(idle(at(99)));
    assert_eq!((notices(&page), page.desk.link()), (vec![], Link::Ready));
}

#[test]
fn a_second_softphone_is_worth_a_word_when_it_stays() {
    let mut page = at_work();
    page.give(Input::Softphones(2));
    pass(&mut page, 4);
    let soon = page.desk.has_second_softphone();
    pass(&mut page, 1);
    let later = page.desk.has_second_softphone();
    page.give(Input::Softphones(1));
    assert_eq!(
        (soon, later, page.desk.has_second_softphone()),
        (false, true, false)
    );
}

#[test]
fn a_softphone_that_was_loaded_anew_is_news_in_a_call_only() {
    let mut free = at_work();
    let mut busy = talking();
    for page in [&mut free, &mut busy] {
        page.give(Input::Reloaded);
    }
    assert_eq!(
        (notices(&free), notices(&busy)),
        (vec![], vec![NoticeKind::SoftphoneReloaded])
    );
    // It is about this call.
    busy.tell(idle(at(9)));
    assert_eq!(notices(&busy), vec![]);
}

#[test]
fn time_that_changes_nothing_is_not_due() {
    let mut page = signing_out();
    page.give(Input::Link(Link::SignedOut));
    page.give(Input::Softphones(2));
    pass(&mut page, 20);
    let later = Instant::from_millis(i64::from(i32::MAX));
    assert!(!page.desk.is_due(later));
}
