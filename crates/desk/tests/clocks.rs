//! Clocks that are wrong or jump, the PC's and the server's, and snapshots that come late.

use chrono::TimeDelta;
use desk::{ClockReading, Input, Instant, Snapshot, TimeSource};
use rstest::rstest;

use crate::{
    strange::{connected, held, ringing_at_1},
    support::{Page, at, contact, snapshot},
};

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

/// A snapshot read `after` seconds of the page's life, by a CCP that takes its time for the present:
/// it measures its skew when it hears a snapshot, however long that one was on its way.
fn heard(page: &mut Page, after: i64, told: Snapshot) {
    page.now = Instant::from_millis(after * 1_000);
    let local = at(after);
    let skew = told.taken_at.unwrap() - local;
    let clock = Some(ClockReading { local, skew });
    page.give(Input::Snapshot(Box::new(Snapshot { clock, ..told })));
}

#[test]
fn a_snapshot_overtaken_by_the_next_says_nothing() {
    let mut page = Page::open();
    page.tell(connected(4));
    page.tell(held(6, 6));
    heard(&mut page, 8, connected(5));
    assert_eq!(page.phases(), [("c", "hold")]);
    assert_eq!(server_seconds(&page, 9), 9);
    heard(&mut page, 9, held(9, 6));
    assert_eq!(page.phases(), [("c", "hold")]);
    assert_eq!(server_seconds(&page, 10), 10);
}

#[test]
fn a_servers_clock_that_was_set_back_costs_one_snapshot() {
    let mut page = Page::open();
    page.tell(connected(40));
    heard(&mut page, 42, held(12, 12));
    heard(&mut page, 44, held(14, 12));
    assert_eq!(page.phases(), [("c", "hold")]);
    assert_eq!(server_seconds(&page, 45), 15);
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
