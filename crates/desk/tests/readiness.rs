//! Whether the next call reaches the agent, and what the desk does by itself when it does not.

use desk::{
    Action, ActionError, Alert, Command, Concern, ContactKind, Effect, Input, Link, NoticeKind,
    Permission, Policy, Readiness, Repair, Role, Snapshot, SoftphoneError, Workstation,
};
use rstest::rstest;

use crate::support::{Page, acts, at, choice, contact, id, idle, snapshot};

/// A place of work where all is well.
fn well() -> Workstation {
    Workstation {
        microphone: Permission::Granted,
        notifications: Permission::Granted,
        ..Workstation::default()
    }
}

fn without_microphone() -> Workstation {
    Workstation {
        lacks_microphone: true,
        ..well()
    }
}

fn away() -> Workstation {
    Workstation {
        is_away: true,
        ..well()
    }
}

/// The page of an agent who is available, where the desk may do everything by itself.
fn available() -> Page {
    let mut page = Page::open();
    page.give(Input::Policy(Policy {
        not_ready_state: Some("Lunch".into()),
        notifies: true,
    }));
    page.give(Input::Role(Role::Leader));
    page.give(Input::Workstation(well()));
    page.tell(idle(at(0)));
    page
}

fn rings(seconds: i64) -> Snapshot {
    let rings = contact("c").ringing(at(1));
    snapshot(at(seconds), "PendingBusy", [rings])
}

fn notices(page: &Page) -> Vec<NoticeKind> {
    let notices = page.desk.notices().iter();
    notices.map(|notice| notice.kind.clone()).collect()
}

/// Lets time pass, and what is due happen.
fn wait(page: &mut Page, millis: i64) -> Vec<Effect> {
    page.now = page.now.after(millis);
    assert!(page.desk.is_due(page.now), "nothing is due");
    page.give(Input::TimePassed)
}

#[test]
fn an_agent_at_a_place_where_all_is_well_is_ready() {
    let page = available();
    assert_eq!(
        (page.desk.readiness(), page.desk.concerns()),
        (Readiness::Ready, vec![])
    );
}

#[rstest]
#[case::microphone_denied(Workstation { microphone: Permission::Denied, ..well() }, Concern::MicrophoneDenied, Readiness::Blocked)]
#[case::microphone_missing(without_microphone(), Concern::MicrophoneMissing, Readiness::Blocked)]
#[case::microphone_unasked(Workstation { microphone: Permission::Unasked, ..well() }, Concern::MicrophoneUnasked, Readiness::Attention)]
#[case::notifications_denied(Workstation { notifications: Permission::Denied, ..well() }, Concern::NotificationsDenied, Readiness::Attention)]
#[case::notifications_unasked(Workstation { notifications: Permission::Unasked, ..well() }, Concern::NotificationsUnasked, Readiness::Attention)]
#[case::throttled(Workstation { is_throttled: true, ..well() }, Concern::Throttled, Readiness::Attention)]
fn what_the_browser_says_is_a_concern_until_it_says_otherwise(
    #[case] place: Workstation,
    #[case] concern: Concern,
    #[case] light: Readiness,
) {
    let mut page = available();
    page.give(Input::Workstation(place));
    assert_eq!(
        (page.desk.concerns(), page.desk.readiness()),
        (vec![concern], light)
    );
    page.give(Input::Workstation(well()));
    assert_eq!(page.desk.readiness(), Readiness::Ready);
}

#[rstest]
#[case::signed_out(Input::Link(Link::SignedOut), Concern::NotLinked, Readiness::Blocked)]
#[case::connect_lost(Input::ConnectLost(true), Concern::ConnectLost, Readiness::Blocked)]
#[case::no_sound(
    Input::SoftphoneFailed(SoftphoneError::Connection),
    Concern::Softphone(SoftphoneError::Connection),
    Readiness::Blocked
)]
#[case::other_trouble(
    Input::SoftphoneFailed(SoftphoneError::Other),
    Concern::Softphone(SoftphoneError::Other),
    Readiness::Attention
)]
#[case::no_locks(Input::Role(Role::Unknown), Concern::TabsUnknown, Readiness::Attention)]
fn what_the_library_and_the_page_say_is_a_concern(
    #[case] input: Input,
    #[case] concern: Concern,
    #[case] light: Readiness,
) {
    let mut page = available();
    page.give(input);
    assert_eq!(
        (page.desk.concerns(), page.desk.readiness()),
        (vec![concern], light)
    );
}

#[test]
fn the_worst_concern_comes_first() {
    let mut page = available();
    page.give(Input::Workstation(Workstation {
        is_throttled: true,
        notifications: Permission::Unasked,
        ..without_microphone()
    }));
    page.give(Input::ConnectLost(true));
    assert_eq!(
        page.desk.concerns(),
        [
            Concern::ConnectLost,
            Concern::MicrophoneMissing,
            Concern::NotificationsUnasked,
            Concern::Throttled
        ]
    );
}

#[test]
fn a_desk_phone_needs_no_microphone_here() {
    let mut page = available();
    let mut told = idle(at(1));
    told.agent.softphone = Some(false);
    page.tell(told);
    page.give(Input::Workstation(without_microphone()));
    assert_eq!(page.desk.readiness(), Readiness::Ready);
}

#[test]
fn notifications_that_are_switched_off_are_no_concern() {
    let mut page = available();
    page.give(Input::Policy(Policy::default()));
    page.give(Input::Workstation(Workstation {
        notifications: Permission::Denied,
        ..well()
    }));
    assert_eq!(page.desk.readiness(), Readiness::Ready);
}

#[test]
fn a_mirror_has_one_concern_and_one_way_out() {
    let mut page = available();
    page.give(Input::Role(Role::Mirror));
    page.give(Input::Workstation(without_microphone()));
    assert_eq!(
        (
            page.desk.concerns(),
            page.desk.readiness(),
            page.desk.risk()
        ),
        (vec![Concern::ReadOnly], Readiness::ReadOnly, None)
    );
    assert_eq!(page.desk.repair_of(Concern::ReadOnly), Some(Repair::Lead));
}

#[rstest]
#[case::microphone(Repair::AllowMicrophone, Effect::AskForMicrophone)]
#[case::notifications(Repair::AllowNotifications, Effect::AskForNotifications)]
fn the_browser_asks_only_after_a_press_and_only_where_it_would(
    #[case] repair: Repair,
    #[case] asks: Effect,
) {
    let mut page = available();
    assert_eq!(page.command(Command::Repair(repair)), []);
    let unasked = Workstation {
        microphone: Permission::Unasked,
        notifications: Permission::Unasked,
        ..well()
    };
    assert_eq!(page.give(Input::Workstation(unasked)), []);
    assert_eq!(page.command(Command::Repair(repair)), [asks]);
}

#[test]
fn a_softphone_that_failed_is_loaded_anew_by_a_press_and_then_no_concern() {
    let mut page = available();
    page.give(Input::SoftphoneFailed(SoftphoneError::Connection));
    let effects = page.command(Command::Repair(Repair::Reconnect));
    assert_eq!(effects, [Effect::Reconnect]);
    assert_eq!(
        (page.desk.readiness(), notices(&page)),
        (Readiness::Ready, vec![])
    );
}

#[test]
fn a_notice_of_broken_audio_that_goes_mends_nothing() {
    let mut page = available();
    page.give(Input::SoftphoneFailed(SoftphoneError::Connection));
    let notice = page.desk.notices()[0].id;
    page.command(Command::Dismiss(notice));
    assert_eq!(
        (page.desk.concerns(), page.desk.readiness()),
        (
            vec![Concern::Softphone(SoftphoneError::Connection)],
            Readiness::Blocked
        )
    );
    page.tell(rings(2));
    assert_eq!(page.desk.concerns(), []);
}

#[test]
fn a_softphone_that_failed_is_not_loaded_anew_in_mid_call() {
    let mut page = available();
    page.tell(snapshot(at(5), "Busy", [contact("c").connected(at(5))]));
    page.give(Input::SoftphoneFailed(SoftphoneError::Connection));
    assert_eq!(page.command(Command::Repair(Repair::Reconnect)), []);
}

#[test]
fn a_microphone_that_works_again_ends_what_the_softphone_said_of_it() {
    let mut page = available();
    page.give(Input::Workstation(without_microphone()));
    page.give(Input::SoftphoneFailed(SoftphoneError::Microphone));
    page.give(Input::SoftphoneFailed(SoftphoneError::Connection));
    page.give(Input::Workstation(well()));
    assert_eq!(
        notices(&page),
        [NoticeKind::SoftphoneFailed(SoftphoneError::Connection)]
    );
}

#[test]
fn with_a_new_call_the_softphone_tries_anew() {
    let mut page = available();
    page.give(Input::SoftphoneFailed(SoftphoneError::Connection));
    page.tell(rings(2));
    assert_eq!(notices(&page), []);
}

#[test]
fn an_available_agent_who_would_miss_calls_is_at_risk_and_nobody_else() {
    let mut page = available();
    page.give(Input::Workstation(without_microphone()));
    assert_eq!(page.desk.risk(), Some(Concern::MicrophoneMissing));
    page.tell(snapshot(at(2), "Lunch", [] as [desk::ContactSnapshot; 0]));
    assert_eq!(page.desk.risk(), None);
}

#[test]
fn a_headset_that_is_plugged_in_anew_changes_no_state() {
    let mut page = available();
    page.give(Input::Workstation(without_microphone()));
    page.now = page.now.after(9_999);
    assert!(!page.desk.is_due(page.now));
    page.give(Input::Workstation(well()));
    page.now = page.now.after(60_000);
    assert!(!page.desk.is_due(page.now));
    assert_eq!(page.give(Input::TimePassed), []);
}

#[test]
fn an_agent_who_would_miss_calls_is_made_not_ready_once_and_told() {
    let mut page = available();
    page.give(Input::Workstation(without_microphone()));
    let effects = wait(&mut page, 10_000);
    assert_eq!(acts(&effects), [Action::SetState(choice("Lunch"))]);
    assert_eq!(notices(&page), [NoticeKind::WentNotReady]);
    page.answer(Action::SetState(choice("Lunch")), Ok(()));

    // The agent knows better.
    page.tell(snapshot(at(12), "Lunch", [] as [desk::ContactSnapshot; 0]));
    assert_eq!(notices(&page), [NoticeKind::WentNotReady]);
    page.tell(idle(at(14)));
    assert_eq!(notices(&page), []);
    page.now = page.now.after(60_000);
    assert!(!page.desk.is_due(page.now));
    assert_eq!(page.give(Input::TimePassed), []);
}

#[test]
fn nobody_is_made_available_again() {
    let mut page = available();
    page.give(Input::Workstation(without_microphone()));
    wait(&mut page, 10_000);
    page.tell(snapshot(at(12), "Lunch", [] as [desk::ContactSnapshot; 0]));
    assert_eq!(acts(&page.give(Input::Workstation(well()))), []);
    page.now = page.now.after(60_000);
    assert_eq!(page.give(Input::TimePassed), []);
}

#[test]
fn the_next_concern_is_another() {
    let mut page = available();
    page.give(Input::Workstation(without_microphone()));
    wait(&mut page, 10_000);
    page.give(Input::Workstation(well()));
    page.tell(idle(at(20)));
    page.give(Input::Workstation(without_microphone()));
    let effects = wait(&mut page, 10_000);
    assert_eq!(acts(&effects), [Action::SetState(choice("Lunch"))]);
}

#[test]
fn each_concern_has_the_whole_of_the_patience() {
    let mut page = available();
    page.give(Input::ConnectLost(true));
    page.now = page.now.after(15_000);
    page.give(Input::Workstation(without_microphone()));
    page.give(Input::ConnectLost(false));
    page.now = page.now.after(9_999);
    assert!(!page.desk.is_due(page.now));
    let effects = wait(&mut page, 1);
    assert_eq!(acts(&effects), [Action::SetState(choice("Lunch"))]);
}

#[test]
fn a_concern_that_the_agent_has_overruled_hides_no_other() {
    let mut page = available();
    page.give(Input::Workstation(without_microphone()));
    wait(&mut page, 10_000);
    page.answer(Action::SetState(choice("Lunch")), Ok(()));
    page.tell(snapshot(at(12), "Lunch", [] as [desk::ContactSnapshot; 0]));
    page.tell(idle(at(14)));
    page.give(Input::SoftphoneFailed(SoftphoneError::Connection));
    let effects = wait(&mut page, 10_000);
    assert_eq!(acts(&effects), [Action::SetState(choice("Lunch"))]);
}

#[test]
fn a_call_that_comes_as_the_desk_steps_in_has_not_been_missed() {
    let mut page = available();
    page.give(Input::Workstation(without_microphone()));
    wait(&mut page, 10_000);
    page.tell(rings(12));
    let action = Action::SetState(choice("Lunch"));
    let effects = page.answer(action, Err(ActionError::InvalidState));
    assert_eq!((acts(&effects), notices(&page)), (vec![], vec![]));
}

#[test]
fn what_the_agent_wants_is_queued_behind_a_call_that_came_first_also_after_the_desk_has_stepped_in()
{
    let mut page = available();
    page.give(Input::Workstation(without_microphone()));
    wait(&mut page, 10_000);
    page.answer(Action::SetState(choice("Lunch")), Ok(()));
    page.tell(idle(at(14)));
    page.command(Command::SetState(choice("Lunch")));
    page.tell(rings(15));
    let action = Action::SetState(choice("Lunch"));
    let effects = page.answer(action, Err(ActionError::InvalidState));
    assert_eq!(acts(&effects), [Action::QueueState(choice("Lunch"))]);
}

#[test]
fn a_task_that_lies_open_does_not_let_calls_be_missed() {
    let mut page = available();
    let task = contact("t").kind(ContactKind::Task).connected(at(1));
    page.tell(snapshot(at(2), "Available", [task]));
    page.give(Input::Workstation(without_microphone()));
    let effects = wait(&mut page, 10_000);
    // Queued: Connect offers nothing more from then on, and the task stays.
    assert_eq!(acts(&effects), [Action::QueueState(choice("Lunch"))]);
}

#[rstest]
#[case::no_state_is_configured(None)]
#[case::the_agent_has_no_such_state(Some("Teatime".to_owned()))]
#[case::it_is_one_that_takes_calls(Some("Available".to_owned()))]
fn without_a_state_to_choose_the_agent_is_left_alone(#[case] not_ready_state: Option<String>) {
    let mut page = available();
    page.give(Input::Policy(Policy {
        not_ready_state,
        notifies: true,
    }));
    page.give(Input::Workstation(without_microphone()));
    let effects = wait(&mut page, 10_000);
    assert_eq!((acts(&effects), notices(&page)), (vec![], vec![]));
    assert!(!page.desk.is_due(page.now.after(60_000)));
}

#[test]
fn nobody_is_made_not_ready_in_a_call() {
    let mut page = available();
    let talks = |seconds| snapshot(at(seconds), "Available", [contact("c").connected(at(5))]);
    page.tell(talks(5));
    page.give(Input::Workstation(without_microphone()));
    page.now = page.now.after(60_000);
    assert!(!page.desk.is_due(page.now));
    assert_eq!(acts(&page.give(Input::TimePassed)), []);
}

#[test]
fn what_connect_does_not_hear_is_not_asked_of_it() {
    let mut page = available();
    page.give(Input::ConnectLost(true));
    page.now = page.now.after(60_000);
    assert!(!page.desk.is_due(page.now));
    assert_eq!(page.give(Input::TimePassed), []);
}

#[test]
fn a_state_that_connect_refuses_is_said() {
    let mut page = available();
    page.give(Input::Workstation(without_microphone()));
    wait(&mut page, 10_000);
    let action = Action::SetState(choice("Lunch"));
    page.answer(action, Err(ActionError::AccessDenied));
    assert!(matches!(
        notices(&page).as_slice(),
        [NoticeKind::ActionFailed(_, ActionError::AccessDenied)]
    ));
}

fn ring() -> Alert {
    Alert::Ring(id("c"))
}

#[test]
fn a_ring_notifies_an_agent_who_looks_elsewhere_once() {
    let mut page = available();
    page.give(Input::Workstation(away()));
    let mut seen = page.tell(rings(2));
    for seconds in 3..9 {
        seen.extend(page.tell(rings(seconds)));
    }
    seen.retain(|effect| matches!(effect, Effect::Alert(_)));
    assert_eq!(seen, [Effect::Alert(Some(ring()))]);
}

#[test]
fn an_agent_who_looks_away_while_it_rings_is_notified_then() {
    let mut page = available();
    assert!(!page.tell(rings(2)).contains(&Effect::Alert(Some(ring()))));
    let effects = page.give(Input::Workstation(away()));
    assert_eq!(effects, [Effect::Alert(Some(ring()))]);
    assert_eq!(page.give(Input::Workstation(well())), []);
    assert_eq!(page.give(Input::Workstation(away())), []);
}

#[test]
fn a_notification_ends_with_its_ring() {
    let mut page = available();
    page.give(Input::Workstation(away()));
    page.tell(rings(2));
    let effects = page.tell(snapshot(at(5), "Busy", [contact("c").connected(at(5))]));
    assert!(effects.contains(&Effect::Alert(None)));
}

#[test]
fn a_mirror_notifies_of_nothing_and_a_leader_that_steps_down_takes_its_notification_away() {
    let mut page = available();
    page.give(Input::Workstation(away()));
    page.tell(rings(2));
    let effects = page.give(Input::Role(Role::Mirror));
    assert_eq!(effects, [Effect::Alert(None)]);
    assert_eq!(page.tell(rings(3)), []);
}

#[rstest]
#[case::not_allowed(Workstation { notifications: Permission::Denied, ..away() }, true)]
#[case::not_wanted(away(), false)]
fn without_leave_nobody_is_notified(#[case] place: Workstation, #[case] notifies: bool) {
    let mut page = available();
    page.give(Input::Policy(Policy {
        notifies,
        ..Policy::default()
    }));
    page.give(Input::Workstation(place));
    assert!(!page.tell(rings(2)).contains(&Effect::Alert(Some(ring()))));
}

#[test]
fn of_two_rings_at_once_one_notifies() {
    let mut page = available();
    page.give(Input::Workstation(away()));
    page.tell(rings(2));
    let both = [contact("c").ringing(at(1)), contact("d").ringing(at(3))];
    let effects = page.tell(snapshot(at(3), "PendingBusy", both));
    assert!(
        !effects
            .iter()
            .any(|effect| matches!(effect, Effect::Alert(_)))
    );
}

#[test]
fn a_mirror_of_this_desk_is_no_second_softphone() {
    let mut page = available();
    page.give(Input::Softphones(2));
    page.give(Input::Workstation(Workstation {
        mirrors: 1,
        ..well()
    }));
    page.now = page.now.after(60_000);
    assert!(!page.desk.is_due(page.now));
    assert_eq!(page.desk.readiness(), Readiness::Ready);
    page.give(Input::Softphones(3));
    wait(&mut page, 5_000);
    assert_eq!(page.desk.concerns(), [Concern::SecondSoftphone]);
}

#[test]
fn an_agent_who_looks_elsewhere_is_notified_that_calls_would_be_missed() {
    let mut page = available();
    page.give(Input::Workstation(away()));
    let effects = page.give(Input::Workstation(Workstation {
        lacks_microphone: true,
        ..away()
    }));
    assert_eq!(effects, [Effect::Alert(Some(Alert::Risk))]);
    let effects = page.give(Input::Workstation(away()));
    assert_eq!(effects, [Effect::Alert(None)]);
}
