//! Two pages of one browser, which keep one journal between them.

use desk::{Control, LegState, Snapshot};
use rstest::rstest;

use crate::{
    browser::{Browser, News},
    support::{ContactBuilder, at, contact, idle, snapshot},
};

type When = chrono::DateTime<chrono::Utc>;

fn rings() -> Snapshot {
    snapshot(at(1), "PendingBusy", [contact("c").ringing(at(1))])
}

fn talks() -> Snapshot {
    snapshot(at(5), "Busy", [contact("c").connected(at(5))])
}

fn missed(seconds: i64) -> Snapshot {
    let missed = contact("c").missed(at(seconds));
    snapshot(at(seconds), "MissedCallAgent", [missed])
}

fn wraps_up() -> Snapshot {
    let over = contact("c").ended(at(9));
    snapshot(at(9), "AfterCallWork", [over])
}

#[rstest]
#[case::the_first_page_first([0, 1])]
#[case::the_second_page_first([1, 0])]
fn a_call_that_both_pages_see_leaves_one_record(
    #[case] order: [usize; 2],
    #[values(0, 1)] reloaded: usize,
) {
    let mut browser = Browser::open();
    for told in [rings(), talks(), wraps_up(), idle(at(12))] {
        for page in order {
            browser.tell(page, &told);
        }
    }
    browser.reload(reloaded);
    browser.tell(reloaded, &idle(at(20)));
    for page in &browser.pages {
        assert_eq!(page.outcomes(), [("c", "answered")]);
    }
}

#[test]
fn a_call_that_only_the_other_page_has_finished_appears_here() {
    let mut browser = Browser::open();
    browser.tell(1, &idle(at(0)));
    for told in [rings(), talks(), wraps_up(), idle(at(12))] {
        browser.tell(0, &told);
    }
    assert_eq!(browser.pages[1].outcomes(), [("c", "answered")]);
}

#[test]
fn a_page_that_writes_last_wipes_nothing_out() {
    let mut browser = Browser::open();
    browser.tell(1, &idle(at(0)));
    for told in [rings(), talks()] {
        browser.tell(0, &told);
    }
    // The second page has missed the first call's beginning, and takes one of its own.
    let second = snapshot(at(8), "Busy", [contact("d").ringing(at(8))]);
    browser.tell(1, &second);
    browser.reload(0);
    browser.tell(0, &snapshot(at(9), "Busy", [contact("c").connected(at(5))]));
    assert_eq!(browser.pages[0].held("c").times.began(), Some(at(1)));
}

#[test]
fn a_call_that_goes_on_here_is_not_listed_as_finished_because_another_page_lost_sight_of_it() {
    let mut browser = Browser::open();
    for page in [0, 1] {
        browser.tell(page, &talks());
    }
    browser.tell(0, &idle(at(9)));
    assert_eq!(
        (browser.pages[1].phases(), browser.pages[1].outcomes()),
        (vec![("c", "connected")], vec![])
    );
}

#[rstest]
#[case::where_it_was_pressed_first([0, 1])]
#[case::the_other_page_first([1, 0])]
fn a_press_in_one_page_explains_the_end_in_the_record_of_both(#[case] order: [usize; 2]) {
    let mut browser = Browser::open();
    for page in order {
        browser.tell(page, &rings());
    }
    browser.press(0, Control::Decline, "c");
    for told in [missed(5), idle(at(9))] {
        for page in order {
            browser.tell(page, &told);
        }
    }
    for page in [0, 1] {
        assert_eq!(browser.pages[page].outcomes(), [("c", "declined")]);
        browser.reload(page);
        browser.tell(page, &idle(at(20)));
        assert_eq!(browser.pages[page].outcomes(), [("c", "declined")]);
    }
}

#[rstest]
#[case::the_one_that_saw_it_first([0, 1])]
#[case::the_other_page_first([1, 0])]
fn a_hold_that_one_page_has_missed_is_in_the_record_of_both(#[case] order: [usize; 2]) {
    let mut browser = Browser::open();
    let on_hold = contact("c")
        .connected(at(5))
        .customer_is(LegState::Hold, at(6));
    for page in order {
        browser.tell(page, &rings());
        browser.tell(page, &talks());
    }
    browser.tell(0, &snapshot(at(6), "Busy", [on_hold]));
    for told in [wraps_up(), idle(at(12))] {
        for page in order {
            browser.tell(page, &told);
        }
    }
    for page in &browser.pages {
        assert_eq!(page.desk.log().records()[0].times.holds.len(), 1);
    }
}

#[test]
fn a_call_is_not_lost_to_a_page_that_wrote_from_an_older_text() {
    let mut browser = Browser::open();
    for page in [0, 1] {
        browser.tell(page, &idle(at(0)));
    }
    browser.news = News::Stale;
    for told in [rings(), talks(), wraps_up(), idle(at(12))] {
        browser.tell(0, &told);
    }
    browser.tell(
        1,
        &snapshot(at(13), "PendingBusy", [contact("d").ringing(at(13))]),
    );
    for page in [0, 1] {
        browser.reload(page);
        browser.tell(page, &idle(at(20)));
    }
    assert!(browser.pages[0].outcomes().contains(&("c", "answered")));
}

/// The snapshots between the two rings are lost.
#[rstest]
#[case::a_call(ContactBuilder::ringing)]
#[case::a_callback(|call: ContactBuilder, since| call.callback().incoming(since))]
fn two_rings_in_a_row_stay_two_records(
    #[case] ring: fn(ContactBuilder, When) -> ContactBuilder,
    #[values(true, false)] other_has_had_a_snapshot: bool,
) {
    let mut browser = Browser::open();
    if other_has_had_a_snapshot {
        browser.tell(1, &idle(at(0)));
    }
    for (seconds, since) in [(1, 1), (9, 8)] {
        let rings = ring(contact("c"), at(since));
        browser.tell(0, &snapshot(at(seconds), "PendingBusy", [rings]));
    }
    for told in [missed(12), idle(at(15))] {
        browser.tell(0, &told);
    }
    let talks = snapshot(at(16), "Busy", [contact("d").connected(at(16))]);
    browser.tell(1, &talks);
    let twice = [("c", "missed"), ("c", "missed")];
    for page in [0, 1] {
        assert_eq!(browser.pages[page].outcomes(), twice, "page {page}");
    }
    browser.reload(0);
    browser.tell(0, &talks);
    assert_eq!(browser.pages[0].outcomes(), twice);
}

#[test]
fn a_ring_that_one_page_has_missed_is_not_taken_for_the_next_by_the_other() {
    let mut browser = Browser::open();
    browser.tell(0, &rings());
    let rings_again = snapshot(at(9), "PendingBusy", [contact("c").ringing(at(8))]);
    for told in [rings_again, missed(12)] {
        browser.tell(1, &told);
    }
    for page in [0, 1] {
        browser.tell(page, &idle(at(15)));
    }
    for page in &browser.pages {
        assert_eq!(page.outcomes(), [("c", "missed"), ("c", "missed")]);
    }
}

#[test]
fn of_two_offers_that_two_pages_held_the_one_that_goes_on_is_resumed() {
    let mut browser = Browser::open();
    browser.tell(1, &idle(at(0)));
    browser.tell(0, &rings());
    browser.tell(0, &missed(5));
    browser.tell(
        1,
        &snapshot(at(8), "PendingBusy", [contact("c").ringing(at(8))]),
    );
    let and_another = [contact("c").missed(at(5)), contact("d").ringing(at(6))];
    browser.tell(0, &snapshot(at(6), "PendingBusy", and_another));
    browser.reload(0);
    browser.tell(0, &snapshot(at(9), "Busy", [contact("c").connected(at(9))]));
    let page = &browser.pages[0];
    assert_eq!(page.held("c").times.began(), Some(at(8)));
    assert_eq!(page.outcomes(), [("d", "missed"), ("c", "missed")]);
}

#[test]
fn yesterdays_calls_go_from_a_page_that_stays_open_and_do_not_come_back_from_another() {
    let mut browser = Browser::open();
    browser.tell(1, &idle(at(0)));
    for told in [rings(), missed(5), idle(at(9))] {
        browser.tell(0, &told);
    }
    // Only one page has had a snapshot since; the other has all of yesterday still.
    let next_day = idle(at(25 * 3_600));
    browser.tell(1, &next_day);
    assert_eq!(browser.pages[1].outcomes(), []);
    browser.tell(0, &idle(at(10)));
    let later = at(25 * 3_600 + 60);
    browser.tell(1, &snapshot(later, "Busy", [contact("d").connected(later)]));
    browser.tell(0, &snapshot(later, "Busy", [contact("d").connected(later)]));
    for page in &browser.pages {
        assert_eq!(page.outcomes(), []);
    }
    let kept = browser.stored.unwrap();
    assert!(!kept.contains("\nrecord"), "{kept}");
}

#[test]
fn what_the_other_page_keeps_of_a_colleague_is_not_shown() {
    let mut browser = Browser::open();
    browser.tell(0, &idle(at(0)));
    let colleagues = |told: Snapshot| {
        let mut told = told;
        told.agent.arn = Some("arn:agent/2".into());
        told
    };
    for told in [rings(), talks(), wraps_up(), idle(at(12))] {
        browser.tell(1, &colleagues(told));
    }
    assert_eq!(browser.pages[0].outcomes(), []);
    browser.tell(
        0,
        &snapshot(at(13), "Busy", [contact("d").connected(at(13))]),
    );
    browser.reload(1);
    browser.tell(1, &colleagues(idle(at(20))));
    assert_eq!(browser.pages[1].outcomes(), [("c", "answered")]);
}

#[test]
fn the_same_contact_offered_twice_stays_two_records() {
    let mut browser = Browser::open();
    for (page, told) in [
        (0, rings()),
        (0, missed(5)),
        (
            1,
            snapshot(at(8), "PendingBusy", [contact("c").ringing(at(8))]),
        ),
        (1, missed(9)),
        (0, idle(at(12))),
        (1, idle(at(13))),
    ] {
        browser.tell(page, &told);
    }
    for page in &browser.pages {
        assert_eq!(page.outcomes(), [("c", "missed"), ("c", "missed")]);
    }
}
