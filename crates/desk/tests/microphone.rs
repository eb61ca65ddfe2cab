//! What the customer hears, held against what the agent thinks.

use desk::{Command, Effect, Input, LegRole, MuteConflict};
use rstest::rstest;

use crate::support::{ContactBuilder, Page, acts, at, contact, idle, snapshot};

fn call() -> ContactBuilder {
    contact("c").connected(at(2))
}

/// A call that began before the eyes of this page.
fn talking() -> Page {
    let mut page = Page::open();
    page.tell(idle(at(0)));
    page.tell(snapshot(
        at(1),
        "PendingBusy",
        [contact("c").ringing(at(1))],
    ));
    page.tell(snapshot(at(2), "Busy", [call()]));
    page
}

fn line_muted(muted: bool) -> ContactBuilder {
    call().but(|told| {
        let legs = told.legs.as_mut().unwrap();
        let agent = legs.iter_mut().find(|leg| leg.role == LegRole::Agent);
        agent.unwrap().muted = Some(muted);
    })
}

fn pass(page: &mut Page, millis: i64) -> Vec<Effect> {
    page.now = page.now.after(millis);
    page.give(Input::TimePassed)
}

#[test]
fn the_softphone_is_given_time_to_report() {
    let mut page = talking();
    page.command(Command::Mute);
    pass(&mut page, 1_900);
    assert_eq!(page.desk.mute_conflict(), None);
    page.give(Input::MuteReported(true));
    pass(&mut page, 60_000);
    assert_eq!(page.desk.mute_conflict(), None);
}

#[rstest]
#[case::mute(Command::Mute, false, MuteConflict::Heard)]
#[case::unmute(Command::Unmute, true, MuteConflict::NotHeard)]
fn a_press_that_came_to_nothing_is_loud(
    #[case] press: Command,
    #[case] reported: bool,
    #[case] conflict: MuteConflict,
) {
    let mut page = talking();
    page.give(Input::MuteReported(reported));
    page.command(press);
    assert!(page.desk.is_due(page.now.after(2_000)));
    pass(&mut page, 2_000);
    assert_eq!(page.desk.mute_conflict(), Some(conflict));
    assert!(!page.desk.is_due(page.now));
}

#[test]
fn a_microphone_that_somebody_else_opens_is_loud_at_once_and_left_as_it_is() {
    let mut page = talking();
    page.command(Command::Mute);
    page.give(Input::MuteReported(true));
    let effects = page.give(Input::MuteReported(false));
    assert_eq!(page.desk.mute_conflict(), Some(MuteConflict::Heard));
    assert_eq!(acts(&effects), []);
    page.command(Command::AcceptMute);
    assert_eq!(page.desk.mute_conflict(), None);
}

#[test]
fn nothing_is_loud_of_what_nobody_wished_for_here() {
    let mut page = talking();
    page.give(Input::MuteReported(true));
    page.give(Input::MuteReported(false));
    assert_eq!(page.desk.mute_conflict(), None);
}

#[test]
fn a_line_that_connect_mutes_is_loud_while_the_microphone_is_open() {
    let mut page = talking();
    page.tell(snapshot(at(3), "Busy", [line_muted(true)]));
    assert_eq!(page.desk.mute_conflict(), Some(MuteConflict::LineMuted));
    page.give(Input::MuteReported(true));
    assert_eq!(page.desk.mute_conflict(), None);
    page.give(Input::MuteReported(false));
    page.tell(snapshot(at(4), "Busy", [line_muted(false)]));
    assert_eq!(page.desk.mute_conflict(), None);
}

#[test]
fn a_wish_ends_with_its_call() {
    let mut page = talking();
    page.command(Command::Mute);
    page.give(Input::MuteReported(true));
    page.tell(snapshot(
        at(5),
        "AfterCallWork",
        [contact("c").ended(at(5))],
    ));
    page.give(Input::MuteReported(false));
    assert_eq!(page.desk.mute_conflict(), None);
    page.tell(idle(at(6)));
    page.tell(snapshot(at(7), "Busy", [contact("d").connected(at(7))]));
    assert_eq!(
        (page.desk.muted(), page.desk.mute_conflict()),
        (Some(false), None)
    );
}
