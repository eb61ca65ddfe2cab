//! Snapshots gone wrong and clocks that jump, and what comes after.

use chrono::{DateTime, TimeDelta};
use desk::{
    Caller, ClockReading, ContactKind, ContactSnapshot, ContactState, Control, Effect, Input,
    Instant, LegState, Oddity, Snapshot, TimeSource,
};
use rstest::rstest;

use crate::support::{ContactBuilder, Page, at, contact, id, idle, number, snapshot};

fn ringing_at_1() -> Page {
    let mut page = Page::open();
    page.tell(snapshot(
        at(1),
        "PendingBusy",
        [contact("c").ringing(at(1))],
    ));
    page
}

fn connected(seconds: i64) -> Snapshot {
    snapshot(at(seconds), "Busy", [contact("c").connected(at(3))])
}

fn legs(told: &mut ContactSnapshot) -> impl Iterator<Item = &mut desk::LegSnapshot> {
    told.legs.iter_mut().flatten()
}

type Poison = fn(&mut Snapshot);

fn call(told: &mut Snapshot) -> &mut ContactSnapshot {
    &mut told.contacts.as_mut().unwrap()[0]
}

#[rstest]
#[case::no_list(|told: &mut Snapshot| told.contacts = None)]
#[case::no_state(|told: &mut Snapshot| { call(told).state = None; call(told).since = None; })]
#[case::unknown_state(|told: &mut Snapshot| call(told).state = Some(ContactState::Unknown("astral".into())))]
#[case::paused(|told: &mut Snapshot| call(told).state = Some(ContactState::Paused))]
#[case::no_legs(|told: &mut Snapshot| call(told).legs = None)]
#[case::empty_legs(|told: &mut Snapshot| call(told).legs = Some(Vec::new()))]
#[case::legs_without_state(|told: &mut Snapshot| legs(call(told)).for_each(|leg| leg.state = None))]
#[case::unknown_leg_state(|told: &mut Snapshot| legs(call(told)).for_each(|leg| {
    leg.state = Some(LegState::Unknown("astral".into()));
}))]
#[case::unknown_kind(|told: &mut Snapshot| call(told).kind = ContactKind::Unknown("telepathy".into()))]
#[case::no_times(|told: &mut Snapshot| { told.taken_at = None; told.clock = None; call(told).since = None; })]
#[case::zero_date(|told: &mut Snapshot| call(told).since = Some(DateTime::UNIX_EPOCH))]
#[case::far_future(|told: &mut Snapshot| call(told).since = Some(DateTime::<chrono::Utc>::MAX_UTC))]
#[case::snapshot_from_the_future(|told: &mut Snapshot| told.taken_at = Some(at(0) + TimeDelta::days(900)))]
#[case::no_agent(|told: &mut Snapshot| told.agent = desk::AgentSnapshot::default())]
#[case::long_name(|told: &mut Snapshot| told.agent.name = Some("長".repeat(300)))]
fn after_a_poisoned_snapshot_the_call_can_still_be_ended(#[case] poison: Poison) {
    let mut page = ringing_at_1();
    page.tell(connected(3));
    let mut poisoned = connected(4);
    poison(&mut poisoned);
    page.tell(poisoned);
    assert!(
        page.desk.allows(Control::HangUp, &id("c")),
        "after the poisoned one"
    );
    assert!(page.desk.takes_tones(&id("c")), "after the poisoned one");

    page.tell(connected(5));
    assert_eq!(page.phases(), [("c", "connected")]);
    assert!(
        page.desk.allows(Control::HangUp, &id("c")),
        "after the good one"
    );
    page.tell(snapshot(
        at(9),
        "AfterCallWork",
        [contact("c").ended(at(9))],
    ));
    page.tell(idle(at(12)));
    assert_eq!(page.outcomes(), [("c", "answered")]);
}

#[rstest]
#[case::no_state(|told: &mut Snapshot| { call(told).state = None; call(told).since = None; })]
#[case::unknown_state(|told: &mut Snapshot| call(told).state = Some(ContactState::Unknown("astral".into())))]
#[case::no_legs_and_no_state(|told: &mut Snapshot| { call(told).state = None; call(told).legs = None; })]
fn a_call_whose_state_cannot_be_read_is_shown_by_what_surrounds_it(#[case] poison: Poison) {
    let mut page = Page::open();
    let mut first = snapshot(at(1), "PendingBusy", [contact("c").ringing(at(1))]);
    poison(&mut first);
    page.tell(first);
    assert_eq!(page.phases(), [("c", "ringing")]);
    page.tell(snapshot(at(5), "Busy", [contact("c").connected(at(5))]));
    page.tell(idle(at(9)));
    assert_eq!(page.outcomes(), [("c", "answered")]);
}

#[test]
fn a_number_once_told_is_not_withheld_by_a_snapshot_that_lacks_it() {
    let mut page = ringing_at_1();
    page.tell(snapshot(
        at(2),
        "PendingBusy",
        [contact("c").without_number().ringing(at(1))],
    ));
    assert_eq!(
        page.held("c").caller,
        Caller::Number(number("+819012345678"))
    );
}

#[test]
fn a_callback_whose_kind_cannot_be_read_is_still_dialled_not_offered() {
    let mut page = Page::open();
    page.tell(snapshot(
        at(1),
        "Pending",
        [contact("c").callback().incoming(at(1))],
    ));
    let unread = contact("c")
        .callback()
        .dialing(at(5))
        .but(|told| told.kind = ContactKind::Voice);
    page.tell(snapshot(at(5), "CallingCustomer", [unread]));
    assert_eq!(page.phases(), [("c", "dialing")]);
}

#[test]
fn a_callback_whose_kind_is_never_read_is_known_by_the_way_it_comes_in() {
    let unread = |call: ContactBuilder| call.but(|told| told.kind = ContactKind::Voice);
    let mut page = Page::open();
    let offered = unread(contact("c").callback().incoming(at(1)));
    page.tell(snapshot(at(1), "Pending", [offered]));
    let accepted = unread(contact("c").callback().dialing(at(5)));
    page.tell(snapshot(at(5), "CallingCustomer", [accepted]));
    assert_eq!(page.phases(), [("c", "dialing")]);
}

#[test]
fn markup_and_long_words_stay_text() {
    let markup = "<img src=x onerror=alert(1)>";
    let mut page = Page::open();
    let call = contact("c")
        .attribute("greeting", markup)
        .from(markup)
        .but(|told| told.queue = Some("長".repeat(300)))
        .ringing(at(1));
    page.tell(snapshot(at(1), "PendingBusy", [call]));
    let held = page.held("c");
    assert_eq!(held.attributes.get("greeting"), Some(markup));
    assert_eq!(held.caller, Caller::Raw(markup.into()));
    assert_eq!(
        held.queue.as_ref().map(|queue| queue.chars().count()),
        Some(300)
    );
}

#[test]
fn the_same_id_twice_in_a_list_is_one_contact() {
    let mut page = Page::open();
    let twice = [contact("c").ringing(at(1)), contact("c").connected(at(1))];
    page.tell(snapshot(at(1), "PendingBusy", twice));
    assert_eq!(page.phases(), [("c", "ringing")]);
}

#[test]
fn an_oddity_is_logged_once_and_short() {
    let odd = |seconds| {
        let astral = ContactState::Unknown("astral".repeat(100));
        let mut told = snapshot(at(seconds), "Busy", [contact("c").state(astral, at(1))]);
        told.oddities = vec!["snapshot.contacts[].type".into()];
        told
    };
    let logged = |effects: Vec<Effect>| -> Vec<Oddity> {
        let logs = effects.into_iter().filter_map(|effect| match effect {
            Effect::Log(oddity) => Some(oddity),
            _ => None,
        });
        logs.collect()
    };
    let mut page = Page::open();
    let first = logged(page.tell(odd(1)));
    let word: Box<str> = "astral".repeat(100).chars().take(64).collect();
    assert_eq!(
        first,
        [
            Oddity::Unreadable("snapshot.contacts[].type".into()),
            Oddity::UnknownWord("contact state", word),
        ]
    );
    assert_eq!(logged(page.tell(odd(2))), []);
}

/// A snapshot read `after` seconds of the page's life whose time is `ahead` of the server's.
fn ahead(page: &mut Page, after: i64, ahead: TimeDelta, told: Snapshot) {
    page.now = Instant::from_millis(after * 1_000);
    let told = Snapshot {
        taken_at: told.taken_at.map(|at| at + ahead),
        clock: Some(ClockReading {
            local: at(after),
            skew: ahead,
        }),
        ..told
    };
    page.give(Input::Snapshot(Box::new(told)));
}

#[rstest]
#[case::minutes(TimeDelta::minutes(2))]
#[case::half_an_hour(TimeDelta::minutes(30))]
#[case::years(TimeDelta::days(900))]
fn a_snapshot_from_the_future_does_not_silence_those_that_follow(#[case] by: TimeDelta) {
    let mut page = ringing_at_1();
    let still_rings = snapshot(at(2), "PendingBusy", [contact("c").ringing(at(1))]);
    ahead(&mut page, 2, by, still_rings);
    assert_eq!(server_seconds(&page, 3), 3);
    page.tell(connected(4));
    assert_eq!(page.phases(), [("c", "connected")]);
    assert_eq!(server_seconds(&page, 5), 5);
}

#[test]
fn what_a_snapshot_from_the_future_says_counts_all_the_same() {
    let mut page = ringing_at_1();
    ahead(&mut page, 4, TimeDelta::minutes(30), connected(4));
    assert_eq!(page.phases(), [("c", "connected")]);
    assert_eq!(
        page.held("c").times.connected.map(|stamp| stamp.at),
        Some(at(3))
    );
}

/// A state that began then bears the snapshot out, so that it takes two to correct both.
#[test]
fn states_that_come_from_the_future_with_their_snapshot_do_not_silence_those_that_follow() {
    let mut page = ringing_at_1();
    let by = TimeDelta::minutes(30);
    let told = snapshot(at(4), "Busy", [contact("c").connected(at(3) + by)]);
    ahead(&mut page, 4, by, told);
    for seconds in [9, 11] {
        page.tell(snapshot(
            at(seconds),
            "AfterCallWork",
            [contact("c").ended(at(9))],
        ));
    }
    assert_eq!(page.phases(), [("c", "wrap-up")]);
}

/// Only a simulator's does, which lets time pass; the PC and the page know nothing of it.
#[test]
fn a_servers_clock_that_has_been_set_forward_is_believed_with_the_state_that_began_since() {
    let mut page = ringing_at_1();
    page.tell(connected(4));
    let by = TimeDelta::minutes(95);
    let told = snapshot(at(5), "AfterCallWork", [contact("c").ended(at(5) + by)]);
    ahead(&mut page, 5, by, told);
    let times = &page.held("c").times;
    let ended = times.ended.unwrap();
    assert_eq!(
        (ended.at, ended.source),
        (at(5) + by, TimeSource::ContactState)
    );
}

#[rstest]
#[case::half_an_hour(TimeDelta::minutes(30))]
#[case::years(TimeDelta::days(900))]
fn a_first_snapshot_from_the_future_is_corrected_by_the_next_two(#[case] by: TimeDelta) {
    let mut page = Page::open();
    let rings = snapshot(at(1), "PendingBusy", [contact("c").ringing(at(1))]);
    ahead(&mut page, 1, by, rings);
    page.tell(connected(4));
    assert_eq!(page.phases(), [("c", "connected")]);
    page.tell(connected(6));
    assert_eq!(server_seconds(&page, 7), 7);
}

#[test]
fn while_the_pc_sleeps_its_own_clock_goes_on() {
    let mut page = Page::open();
    page.tell(connected(10));
    // Three hours later by every clock but the page's.
    page.now = Instant::from_millis(11_000);
    page.give(Input::Snapshot(Box::new(connected(10_811))));
    assert_eq!(server_seconds(&page, 12), 10_812);
}

#[test]
fn when_no_clock_bears_out_the_time_after_a_sleep_the_second_snapshot_does() {
    let mut page = Page::open();
    let without_a_clock = |seconds| Snapshot {
        clock: None,
        ..connected(seconds)
    };
    page.tell(without_a_clock(10));
    for seconds in [11, 12] {
        page.now = Instant::from_millis(seconds * 1_000);
        let told = without_a_clock(seconds + 10_800);
        page.give(Input::Snapshot(Box::new(told)));
    }
    assert_eq!(server_seconds(&page, 13), 10_813);
}

#[test]
fn a_time_from_the_future_that_is_sent_again_does_not_confirm_itself() {
    let mut page = ringing_at_1();
    for seconds in [2, 3] {
        let told = snapshot(at(2), "Busy", [contact("c").connected(at(2))]);
        let told = Snapshot {
            oddities: vec![seconds.to_string().into()],
            ..told
        };
        ahead(&mut page, 3, TimeDelta::minutes(30), told);
    }
    assert_eq!(server_seconds(&page, 4), 4);
}

#[test]
fn a_late_snapshot_is_dropped() {
    let mut page = ringing_at_1();
    page.tell(connected(4));
    page.tell(snapshot(
        at(2),
        "PendingBusy",
        [contact("c").ringing(at(1))],
    ));
    assert_eq!(page.phases(), [("c", "connected")]);
}

/// A snapshot taken and read at `seconds` on a PC whose clock is wrong by `wrong_by` minutes.
fn read_with_clock(seconds: i64, wrong_by: i64, skew_of: i64) -> Snapshot {
    Snapshot {
        clock: Some(ClockReading {
            local: at(seconds) + TimeDelta::minutes(wrong_by),
            skew: -TimeDelta::minutes(skew_of),
        }),
        ..connected(seconds)
    }
}

fn server_seconds(page: &Page, seconds: i64) -> i64 {
    let now = Instant::from_millis(seconds * 1_000);
    (page.desk.server_time(now).unwrap() - at(0)).num_seconds()
}

#[rstest]
#[case::ahead(5)]
#[case::behind(-5)]
fn a_wrong_pc_clock_moves_nothing(#[case] wrong_by: i64) {
    let mut page = Page::open();
    page.tell(read_with_clock(10, wrong_by, wrong_by));
    assert_eq!(server_seconds(&page, 30), 30);
}

#[rstest]
#[case::ahead(5)]
#[case::back(-5)]
fn a_pc_clock_that_jumps_in_mid_call_moves_nothing(#[case] jump: i64) {
    let mut page = Page::open();
    page.tell(read_with_clock(10, 0, 0));
    page.tell(read_with_clock(20, jump, jump));
    assert_eq!(server_seconds(&page, 30), 30);
    assert_eq!(page.held("c").phase_since(), Some(at(3)));
}

#[rstest]
#[case::ahead(5)]
#[case::back(-5)]
fn a_snapshot_sent_again_with_its_old_skew_after_a_jump_does_not_move_the_clock(#[case] jump: i64) {
    let mut page = Page::open();
    page.tell(read_with_clock(10, 0, 0));
    page.now = Instant::from_millis(20_000);
    let again = Snapshot {
        clock: Some(ClockReading {
            local: at(20) + TimeDelta::minutes(jump),
            skew: TimeDelta::zero(),
        }),
        ..connected(10)
    };
    page.give(Input::Snapshot(Box::new(again)));
    assert_eq!(server_seconds(&page, 30), 30);
}

#[test]
fn without_any_time_the_desk_still_shows_the_call() {
    let mut page = Page::open();
    let mut told = connected(3);
    told.taken_at = None;
    told.clock = None;
    call(&mut told).since = None;
    page.tell(told);
    assert_eq!(page.phases(), [("c", "connected")]);
    assert_eq!(page.desk.server_time(page.now), None);
}
