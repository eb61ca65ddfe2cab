//! One page of a browser leads, and the others show what it does.

use desk::{
    Action, ActionError, Command, Control, Destination, DialRefusal, Effect, Input, Link, Repair,
    Role, Snapshot,
};
use rstest::rstest;

use crate::support::{CONTROLS, Page, acts, at, choice, contact, id, idle, number, snapshot};

fn rings() -> Snapshot {
    snapshot(at(1), "PendingBusy", [contact("c").ringing(at(1))])
}

fn talks() -> Snapshot {
    snapshot(at(5), "Busy", [contact("c").connected(at(5))])
}

fn over() -> Snapshot {
    snapshot(at(9), "AfterCallWork", [contact("c").ended(at(9))])
}

/// A page of a role, in which a customer talks.
fn talking_in(role: Role) -> Page {
    let mut page = Page::open();
    page.give(Input::Role(role));
    for told in [idle(at(0)), rings(), talks()] {
        page.tell(told);
    }
    page
}

fn reloads(effects: &[Effect]) -> usize {
    let loads_anew = |effect: &&Effect| matches!(effect, Effect::Reload | Effect::Lead);
    effects.iter().filter(loads_anew).count()
}

#[test]
fn a_mirror_shows_the_call_and_nothing_in_it_can_be_pressed() {
    let page = talking_in(Role::Mirror);
    assert_eq!(page.phases(), [("c", "connected")]);
    assert_eq!(page.held("c").times.began(), Some(at(1)));
    let pressable = CONTROLS.map(|control| page.desk.allows(control, &id("c")));
    assert_eq!(pressable, [false; CONTROLS.len()]);
    assert_eq!(
        (
            page.desk.can_mute(),
            page.desk.can_work(),
            page.desk.takes_tones(&id("c")),
            page.desk.can_call_in(&id("c")),
            page.desk.can_dial(),
        ),
        (false, false, false, false, Err(DialRefusal::ReadOnly))
    );
}

#[rstest]
#[case::a_button(Command::Press(Control::HangUp, id("c")))]
#[case::a_state(Command::SetState(choice("Lunch")))]
#[case::a_number(Command::Dial(number("+81312345678")))]
#[case::a_third_party(Command::CallIn { contact: id("c"), to: Destination::QuickConnect("q".into()), hand_on: true })]
#[case::the_microphone(Command::Mute)]
#[case::the_quick_connects(Command::ListQuickConnects)]
#[case::the_way_out(Command::SignOut)]
fn what_was_pressed_as_another_page_took_over_is_not_done(#[case] command: Command) {
    let mut page = talking_in(Role::Leader);
    page.give(Input::Role(Role::Mirror));
    assert_eq!(page.command(command), []);
}

#[test]
fn a_request_that_fails_as_another_page_takes_over_is_not_tried_otherwise() {
    let mut page = talking_in(Role::Leader);
    page.tell(over());
    page.tell(idle(at(12)));
    page.command(Command::SetState(choice("Lunch")));
    page.give(Input::Role(Role::Mirror));
    let action = Action::SetState(choice("Lunch"));
    let effects = page.answer(action, Err(ActionError::InvalidState));
    assert_eq!(acts(&effects), []);
}

#[test]
fn a_mirror_keeps_nothing_and_lists_what_it_sees() {
    let mut page = talking_in(Role::Mirror);
    page.tell(over());
    page.tell(idle(at(12)));
    assert_eq!(page.outcomes(), [("c", "answered")]);
    assert_eq!(page.stored, None);
}

#[test]
fn nothing_rings_in_a_mirror() {
    let mut page = Page::open();
    page.give(Input::Role(Role::Mirror));
    page.tell(rings());
    assert_eq!(page.desk.ringing().count(), 0);
    assert_eq!(page.phases(), [("c", "ringing")]);
}

#[test]
fn signing_in_is_the_leaders_and_a_mirror_looks_for_the_softphone_again() {
    let mut page = Page::open();
    page.give(Input::Role(Role::Mirror));
    page.give(Input::Link(Link::GaveUp));
    assert_eq!(page.desk.repair_offered(), Some(Repair::Reconnect));
    assert_eq!(page.command(Command::Repair(Repair::SignIn)), []);
    let effects = page.command(Command::Repair(Repair::Reconnect));
    assert_eq!(effects, [Effect::Reconnect]);
}

#[test]
fn a_press_lets_a_mirror_lead_and_a_leader_already_does() {
    let mut mirror = talking_in(Role::Mirror);
    assert_eq!(
        mirror.command(Command::Repair(Repair::Lead)),
        [Effect::Lead]
    );
    let mut leader = talking_in(Role::Leader);
    assert_eq!(leader.command(Command::Repair(Repair::Lead)), []);
}

#[test]
fn a_leader_that_another_page_took_over_is_loaded_anew_between_calls() {
    let mut page = Page::open();
    page.give(Input::Role(Role::Leader));
    page.tell(idle(at(0)));
    let effects = page.give(Input::Role(Role::Mirror));
    assert_eq!(effects, [Effect::Reload]);
}

#[test]
fn in_mid_call_the_sound_stays_where_it_is_until_the_call_is_over() {
    let mut page = talking_in(Role::Leader);
    assert_eq!(page.give(Input::Role(Role::Mirror)), []);
    assert!(page.desk.holds_audio());
    assert!(!page.desk.allows(Control::HangUp, &id("c")));
    let effects = page.tell(over());
    assert_eq!(effects, [Effect::Reload]);
    assert!(!page.desk.holds_audio());
    assert_eq!(reloads(&page.tell(idle(at(12)))), 0);
}

#[test]
fn a_page_that_still_has_the_sound_leads_again_as_it_is() {
    let mut page = talking_in(Role::Leader);
    page.give(Input::Role(Role::Mirror));
    page.give(Input::Role(Role::Leader));
    assert!(page.desk.allows(Control::HangUp, &id("c")));
    assert_eq!(reloads(&page.tell(over())), 0);
}

#[test]
fn a_mirror_holds_no_sound_that_leaving_would_cost() {
    assert!(!talking_in(Role::Mirror).desk.holds_audio());
    assert!(talking_in(Role::Leader).desk.holds_audio());
    assert!(talking_in(Role::Unknown).desk.holds_audio());
}

#[test]
fn a_mirror_leads_when_the_leader_does_not_come_back_and_keeps_what_it_has_seen() {
    let mut page = talking_in(Role::Mirror);
    page.give(Input::Role(Role::Leader));
    assert_eq!(
        (page.desk.role(), page.stored.is_none()),
        (Role::Mirror, true)
    );
    page.now = page.now.after(2_999);
    assert!(!page.desk.is_due(page.now));
    page.now = page.now.after(1);
    assert!(page.desk.is_due(page.now));
    let effects = page.give(Input::TimePassed);
    assert_eq!(reloads(&effects), 1);
    assert_eq!(effects.last(), Some(&Effect::Lead));
    // Until it has been loaded anew its frame has no sound, and nothing asks before it goes.
    assert_eq!(
        (page.desk.role(), page.desk.holds_audio()),
        (Role::Mirror, false)
    );

    let mut page = page.reload();
    page.give(Input::Role(Role::Leader));
    page.tell(snapshot(at(20), "Busy", [contact("c").connected(at(5))]));
    assert_eq!(page.held("c").times.began(), Some(at(1)));
}

#[test]
fn a_leader_that_was_only_loaded_anew_leads_on() {
    let mut page = talking_in(Role::Mirror);
    page.give(Input::Role(Role::Leader));
    page.give(Input::Role(Role::Mirror));
    page.now = page.now.after(10_000);
    assert!(!page.desk.is_due(page.now));
    assert_eq!(page.give(Input::TimePassed), []);
    assert_eq!(page.desk.role(), Role::Mirror);
}

#[test]
fn a_browser_that_cannot_tell_leaves_the_page_to_do_everything() {
    let page = talking_in(Role::Unknown);
    assert!(page.desk.allows(Control::HangUp, &id("c")));
    assert!(page.stored.is_some());
}

/// What is said of the softphone's sound in a page that has none would be wrong.
#[test]
fn a_mirror_whose_frame_was_loaded_anew_says_nothing_of_the_sound() {
    let mut page = talking_in(Role::Mirror);
    page.give(Input::Reloaded);
    assert_eq!(page.desk.notices(), []);
}

/// How often the audio is claimed while a page is told so.
fn claims(page: &mut Page, told: impl IntoIterator<Item = Snapshot>) -> Vec<bool> {
    let mut claims = |told| page.tell(told).contains(&Effect::ClaimAudio);
    told.into_iter().map(&mut claims).collect()
}

#[rstest]
#[case::the_leader(Role::Leader, true)]
#[case::a_mirror(Role::Mirror, false)]
#[case::one_of_equals(Role::Unknown, false)]
fn the_leader_claims_the_audio_once_it_knows_of_no_talk(#[case] role: Role, #[case] claimed: bool) {
    let mut page = Page::open();
    page.give(Input::Role(role));
    assert_eq!(claims(&mut page, [rings(), talks()]), [claimed, false]);
}

#[test]
fn a_talk_that_began_in_another_tab_keeps_its_audio_until_it_is_over() {
    let mut page = Page::open();
    page.give(Input::Role(Role::Leader));
    let told = [talks(), over(), idle(at(12))];
    assert_eq!(claims(&mut page, told), [false, true, false]);
}

#[test]
fn a_leader_whose_frame_is_loaded_anew_claims_the_audio_again() {
    let mut page = Page::open();
    page.give(Input::Role(Role::Leader));
    assert_eq!(claims(&mut page, [idle(at(0)), idle(at(1))]), [true, false]);
    page.give(Input::Reloaded);
    assert_eq!(claims(&mut page, [idle(at(2))]), [true]);
}
