//! Third parties: who hears whom, what may be pressed, who stays.

use desk::{
    Action, ActionError, Command, Control, Conversation, Destination, Effect, Input, LegRole,
    LegSnapshot, LegState, PartyState, QuickConnect, QuickConnectKind, Supervision,
};
use proptest::prelude::*;
use rstest::rstest;

use crate::{
    model::{Happening, World},
    support::{ContactBuilder, Page, acts, at, contact, id, number, snapshot},
};

/// A call of which the customer's leg and a third party's are in a state.
fn with_third(customer: LegState, third: LegState) -> ContactBuilder {
    contact("c")
        .connected(at(1))
        .customer_is(customer, at(2))
        .with_third_party(third)
}

fn page_with(call: ContactBuilder) -> Page {
    let mut page = Page::open();
    page.tell(snapshot(at(1), "Busy", [contact("c").connected(at(1))]));
    page.tell(snapshot(at(2), "Busy", [call]));
    page
}

/// A call with two third parties, as Amazon's own buttons make it where several are allowed.
fn with_two(customer: LegState, first: LegState, second: LegState) -> ContactBuilder {
    with_third(customer, first).but(|told| {
        let legs = told.legs.as_mut().unwrap();
        let third = legs.last().unwrap();
        legs.push(LegSnapshot {
            id: "second".into(),
            state: Some(second),
            ..third.clone()
        });
    })
}

#[rstest]
#[case::the_newest_rings(
    LegState::Hold,
    LegState::Connected,
    LegState::Connecting,
    "second",
    Conversation::Calling
)]
#[case::one_of_them_talks(
    LegState::Hold,
    LegState::Connected,
    LegState::Hold,
    "second",
    Conversation::Consulting
)]
#[case::one_of_them_talks_with_the_customer(
    LegState::Connected,
    LegState::Connected,
    LegState::Hold,
    "second",
    Conversation::Conference
)]
#[case::both_wait(
    LegState::Connected,
    LegState::Hold,
    LegState::Hold,
    "second",
    Conversation::Swapped
)]
#[case::the_newest_has_left(
    LegState::Hold,
    LegState::Connected,
    LegState::Disconnected,
    "third",
    Conversation::Consulting
)]
fn of_two_third_parties_the_newest_is_shown_and_who_hears_whom_counts_both(
    #[case] customer: LegState,
    #[case] first: LegState,
    #[case] second: LegState,
    #[case] shown: &str,
    #[case] conversation: Conversation,
) {
    let mut page = page_with(with_two(customer, first, second));
    let call = page.desk.front().unwrap();
    assert_eq!(call.conversation(), Some(conversation));
    let asked = page.press(Control::Drop, "c");
    assert_eq!(asked, Some(Action::Drop(id("c"), shown.into())));
    // Nobody is ended who would only be left, and nobody is called in beside them.
    assert!(!page.desk.allows(Control::HangUp, &id("c")));
    assert!(!page.desk.can_call_in(&id("c")));
}

fn to_warehouse() -> Destination {
    Destination::QuickConnect("arn:warehouse".into())
}

fn call_in(hand_on: bool) -> Command {
    Command::CallIn {
        contact: id("c"),
        to: to_warehouse(),
        hand_on,
    }
}

/// Calls the third party in and lets it ring.
fn ringing(hand_on: bool) -> Page {
    let mut page = page_with(contact("c").connected(at(1)));
    let asked = acts(&page.command(call_in(hand_on)));
    assert_eq!(asked, [Action::CallIn(id("c"), to_warehouse())]);
    page.answer(Action::CallIn(id("c"), to_warehouse()), Ok(()));
    let call = with_third(LegState::Hold, LegState::Connecting);
    assert_eq!(acts(&page.tell(snapshot(at(3), "Busy", [call]))), []);
    page
}

fn third_is(page: &mut Page, second: i64, customer: LegState, third: LegState) -> Vec<Action> {
    let call = with_third(customer, third);
    acts(&page.tell(snapshot(at(second), "Busy", [call])))
}

const PARTY_CONTROLS: [Control; 7] = [
    Control::HangUp,
    Control::Hold,
    Control::Resume,
    Control::Swap,
    Control::Conference,
    Control::Leave,
    Control::Drop,
];

#[rstest]
#[case::rings(LegState::Hold, LegState::Connecting, Conversation::Calling, &[Control::Drop])]
#[case::talks(
    LegState::Hold, LegState::Connected, Conversation::Consulting,
    &[Control::Swap, Control::Conference, Control::Leave, Control::Drop]
)]
#[case::swapped(
    LegState::Connected, LegState::Hold, Conversation::Swapped,
    &[Control::Hold, Control::Swap, Control::Conference, Control::Leave, Control::Drop]
)]
#[case::all(
    LegState::Connected, LegState::Connected, Conversation::Conference,
    &[Control::Hold, Control::Leave, Control::Drop]
)]
#[case::nobody(
    LegState::Hold, LegState::Hold, Conversation::AllOnHold,
    &[Control::Resume, Control::Conference, Control::Leave, Control::Drop]
)]
#[case::customer_left(
    LegState::Disconnected, LegState::Connected, Conversation::WithoutCustomer,
    &[Control::HangUp, Control::Drop]
)]
#[case::gone(
    LegState::Hold, LegState::Disconnected, Conversation::Left,
    &[Control::HangUp, Control::Resume]
)]
fn the_legs_say_who_hears_whom_and_what_may_be_pressed(
    #[case] customer: LegState,
    #[case] third: LegState,
    #[case] conversation: Conversation,
    #[case] legal: &[Control],
) {
    let page = page_with(with_third(customer, third));
    let offered: Vec<_> = PARTY_CONTROLS
        .into_iter()
        .filter(|control| page.desk.allows(*control, &id("c")))
        .collect();
    assert_eq!(
        (page.held("c").conversation(), offered.as_slice()),
        (Some(conversation), legal)
    );
}

#[test]
fn a_call_that_nobody_was_called_into_has_no_third_party() {
    let page = page_with(contact("c").connected(at(1)));
    assert_eq!(
        (page.held("c").party(), page.held("c").conversation()),
        (None, None)
    );
}

#[rstest]
#[case::swap(Control::Swap, LegState::Hold, Action::Swap(id("c")))]
#[case::conference(Control::Conference, LegState::Hold, Action::Conference(id("c")))]
#[case::leave(
    Control::Leave, LegState::Connected, Action::Leave(id("c"), "c-agent".into())
)]
#[case::drop(Control::Drop, LegState::Hold, Action::Drop(id("c"), "third".into()))]
fn each_button_names_the_leg_that_it_is_about(
    #[case] control: Control,
    #[case] customer: LegState,
    #[case] action: Action,
) {
    let mut page = page_with(with_third(customer, LegState::Connected));
    assert_eq!(page.press(control, "c"), Some(action));
    assert_eq!(page.press(control, "c"), None, "pressed twice");
}

#[test]
fn somebody_is_called_in_once() {
    let mut page = page_with(contact("c").connected(at(1)));
    assert!(page.desk.can_call_in(&id("c")));
    assert_eq!(acts(&page.command(call_in(false))).len(), 1);
    assert!(!page.desk.can_call_in(&id("c")));
    assert_eq!(acts(&page.command(call_in(false))), []);
}

#[rstest]
#[case::rings(contact("c").ringing(at(1)))]
#[case::is_dialled(contact("c").outbound().dialing(at(1)))]
#[case::is_over(contact("c").ended(at(1)))]
#[case::has_somebody(with_third(LegState::Connected, LegState::Hold))]
#[case::lost_the_customer(with_third(LegState::Disconnected, LegState::Connected))]
fn nobody_is_called_into_a_call_that(#[case] call: ContactBuilder) {
    let mut page = Page::open();
    page.tell(snapshot(at(1), "Busy", [call]));
    assert_eq!(acts(&page.command(call_in(false))), []);
}

#[test]
fn a_number_that_connect_refuses_leaves_the_call_as_it_was_and_is_said() {
    let mut page = page_with(contact("c").connected(at(1)));
    let to = Destination::Number(number("+81312345678"));
    let asked = acts(&page.command(Command::CallIn {
        contact: id("c"),
        to,
        hand_on: true,
    }));
    page.answer(asked[0].clone(), Err(ActionError::BadEndpoint));
    assert_eq!(page.desk.notices().len(), 1);
    assert!(page.desk.can_call_in(&id("c")));
    assert!(!page.held("c").hands_on);
}

#[test]
fn a_third_party_who_was_only_seen_to_ring_was_not_reached() {
    let mut page = ringing(false);
    third_is(&mut page, 9, LegState::Hold, LegState::Disconnected);
    let call = page.held("c");
    assert_eq!(
        (call.conversation(), call.phase.as_str()),
        (Some(Conversation::NotReached), "hold")
    );
    // The desk takes nobody off hold by itself, and the agent can.
    assert_eq!(
        page.press(Control::Resume, "c"),
        Some(Action::Resume(id("c"), "c-customer".into()))
    );
}

#[test]
fn a_third_party_whom_the_agent_dropped_while_it_rang_has_not_failed() {
    let mut page = ringing(false);
    page.press(Control::Drop, "c");
    third_is(&mut page, 9, LegState::Hold, LegState::Disconnected);
    assert_eq!(page.held("c").conversation(), Some(Conversation::Left));
}

#[test]
fn a_drop_that_was_refused_explains_nothing() {
    let mut page = ringing(false);
    let drop = page.press(Control::Drop, "c").unwrap();
    page.answer(drop, Err(ActionError::AccessDenied));
    third_is(&mut page, 9, LegState::Hold, LegState::Disconnected);
    assert_eq!(
        page.held("c").conversation(),
        Some(Conversation::NotReached)
    );
}

#[test]
fn a_leg_that_cannot_be_read_stays_as_it_was() {
    let mut page = ringing(false);
    third_is(&mut page, 9, LegState::Hold, LegState::Connected);
    third_is(
        &mut page,
        10,
        LegState::Hold,
        LegState::Unknown("floating".into()),
    );
    assert_eq!(
        page.held("c").conversation(),
        Some(Conversation::Consulting)
    );
}

#[test]
fn the_third_party_is_known_by_the_quick_connect_or_by_the_number() {
    let call = with_third(LegState::Hold, LegState::Connecting).but(|told| {
        let legs = told.legs.as_mut().unwrap();
        legs[2].quick_connect = Some("倉庫".into());
        legs[2].endpoint = legs[1].endpoint.clone();
    });
    let page = page_with(call);
    let party = page.held("c").party().unwrap();
    assert_eq!(
        (party.name.as_deref(), &party.number, party.state),
        (
            Some("倉庫"),
            &desk::Caller::Number(number("+819012345678")),
            PartyState::Ringing
        )
    );
}

#[test]
fn a_blind_transfer_leaves_when_the_third_party_is_there_and_not_before() {
    let mut page = ringing(true);
    assert!(page.held("c").hands_on);
    let asked = third_is(&mut page, 9, LegState::Hold, LegState::Connected);
    assert_eq!(asked, [Action::Leave(id("c"), "c-agent".into())]);
    // Nor twice.
    let asked = third_is(&mut page, 10, LegState::Hold, LegState::Connected);
    assert_eq!(asked, []);
}

#[test]
fn a_consultation_is_never_left_by_itself() {
    let mut page = ringing(false);
    let asked = third_is(&mut page, 9, LegState::Hold, LegState::Connected);
    assert_eq!(asked, []);
}

#[test]
fn a_blind_transfer_that_fails_is_off() {
    let mut page = ringing(true);
    third_is(&mut page, 9, LegState::Hold, LegState::Disconnected);
    assert!(!page.held("c").hands_on);
    // Somebody who comes later is only consulted.
    assert_eq!(
        third_is(&mut page, 12, LegState::Hold, LegState::Connected),
        []
    );
}

#[test]
fn a_blind_transfer_that_the_agent_drops_is_off_though_it_is_answered_meanwhile() {
    let mut page = ringing(true);
    page.press(Control::Drop, "c");
    let asked = third_is(&mut page, 9, LegState::Hold, LegState::Connected);
    assert_eq!(asked, []);
}

#[test]
fn nobody_is_left_with_a_third_party_when_the_customer_has_gone() {
    let mut page = ringing(true);
    let asked = third_is(&mut page, 9, LegState::Disconnected, LegState::Connected);
    assert_eq!((asked, page.held("c").hands_on), (vec![], false));
}

#[test]
fn a_page_that_is_reloaded_does_not_leave_by_itself() {
    let mut page = ringing(true).reload();
    let asked = third_is(&mut page, 9, LegState::Hold, LegState::Connected);
    assert_eq!(asked, []);
}

#[test]
fn a_call_that_was_left_with_both_on_the_line_was_transferred() {
    let mut page = page_with(with_third(LegState::Connected, LegState::Connected));
    page.press(Control::Leave, "c");
    let handed = contact("c")
        .over(desk::ContactState::Ended, at(20))
        .with_third_party(LegState::Connected);
    page.tell(snapshot(at(20), "AfterCallWork", [handed]));
    page.tell(crate::support::idle(at(25)));
    let record = &page.desk.log().records()[0];
    assert_eq!(
        (record.transferred, record.outcome.as_str()),
        (true, "answered")
    );
}

#[rstest]
#[case::listens(LegState::SilentMonitor, Some(Supervision::Listening))]
#[case::takes_part(LegState::Barge, Some(Supervision::TakingPart))]
#[case::is_there(LegState::Connected, Some(Supervision::Listening))]
#[case::has_gone(LegState::Disconnected, None)]
fn a_supervisor_in_the_call_is_known(
    #[case] state: LegState,
    #[case] supervision: Option<Supervision>,
) {
    let call = contact("c").connected(at(1)).but(|told| {
        let legs = told.legs.as_mut().unwrap();
        let monitor = LegSnapshot {
            id: "monitor".into(),
            role: LegRole::Monitor,
            state: Some(state),
            ..legs[0].clone()
        };
        legs.push(monitor);
    });
    let page = page_with(call);
    assert_eq!(page.held("c").supervision(), supervision);
    assert_eq!(page.held("c").conversation(), None);
    assert!(page.desk.allows(Control::HangUp, &id("c")));
}

fn warehouse() -> QuickConnect {
    QuickConnect {
        arn: "arn:warehouse".into(),
        kind: QuickConnectKind::External,
        name: "倉庫".into(),
        number: Some("+81312340099".into()),
    }
}

#[test]
fn quick_connects_are_asked_for_once_at_a_time_and_stay_when_a_later_request_fails() {
    let mut page = page_with(contact("c").connected(at(1)));
    assert_eq!(
        page.command(Command::ListQuickConnects),
        [Effect::ListQuickConnects]
    );
    assert_eq!(page.command(Command::ListQuickConnects), []);
    page.give(Input::QuickConnects(Ok(vec![warehouse()])));
    page.command(Command::ListQuickConnects);
    page.give(Input::QuickConnects(Err(ActionError::TimedOut)));
    let directory = page.desk.directory();
    assert_eq!(
        (&directory.entries, directory.loading, &directory.failed),
        (&vec![warehouse()], false, &Some(ActionError::TimedOut))
    );
}

/// What each button does, in the words of the model.
const MEANS: [(Control, Happening); 6] = [
    (Control::Hold, Happening::IsHeld),
    (Control::Resume, Happening::IsResumed),
    (Control::Swap, Happening::Swaps),
    (Control::Conference, Happening::Joins),
    (Control::Leave, Happening::IsLeft),
    (Control::Drop, Happening::ThirdGoes),
];

proptest! {
    /// Of everything that can become of a call, however long it lasts. Holding is the exception:
    /// the desk also offers it beside a third party, where the model has swaps alone.
    #[test]
    fn what_connect_would_do_is_offered_and_nothing_else(picks in prop::collection::vec(0_usize..12, 1..40)) {
        let mut world = World::default();
        let mut page = Page::open();
        for pick in picks {
            world.happen(0, world.possible(0, pick), 1_000);
            page.tell(world.snapshot());
            let call = id(&world.contact_id(0));
            for (control, happening) in MEANS {
                let offered = page.desk.allows(control, &call);
                let allowed = world.allows(0, happening);
                let beside = control == Control::Hold && page.desk.allows(Control::Drop, &call);
                prop_assert!(offered == allowed || (beside && offered), "{:?}", control);
            }
            prop_assert_eq!(page.desk.can_call_in(&call), world.allows(0, Happening::CallsIn));
        }
        world.close_down();
        page.tell(world.snapshot());
        let records = page.desk.log().records().iter().rev();
        let told: Vec<_> = records.map(|record| record.transferred).collect();
        // The last is not seen to end.
        for (told, offer) in told.iter().zip(&world.offers).rev().skip(1) {
            prop_assert_eq!(*told, offer.transferred);
        }
    }
}
