//! Two pages of one browser, which keep one journal between them.

use std::collections::BTreeSet;

use desk::{Control, Input, Snapshot};
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, FileFailurePersistence},
};
use rstest::rstest;

use crate::{
    model::{Offer, World},
    story::{Event, Fate, Story, Wear, story},
    support::{Page, at, at_millis, contact, idle, snapshot},
};

/// A browser with two pages of the desk.
struct Browser {
    pages: [Page; 2],
    stored: Option<String>,
    /// Whether the pages hear of each other's writing late, or not at all.
    is_slow: bool,
}

impl Browser {
    fn open() -> Self {
        Self {
            pages: [Page::open(), Page::open()],
            stored: None,
            is_slow: false,
        }
    }

    /// Gives a page an input; the other hears of what the page has written.
    fn give(&mut self, page: usize, input: Input) {
        self.pages[page].stored = self.stored.clone();
        self.pages[page].give(input);
        let stored = self.pages[page].stored.clone();
        if self.stored != stored {
            self.stored = stored;
            if self.is_slow {
                return;
            }
            self.pages[1 - page].hear(self.stored.clone());
            assert_eq!(
                self.pages[1 - page].stored,
                self.stored,
                "what is heard is not written again"
            );
        }
    }

    fn tell(&mut self, page: usize, told: &Snapshot) {
        let taken_at = told.taken_at.unwrap();
        self.pages[page].now = desk::Instant::from_millis((taken_at - at(0)).num_milliseconds());
        self.give(page, Input::Snapshot(Box::new(told.clone())));
    }

    fn reload(&mut self, page: usize) {
        self.pages[page] = Page::open_with(self.stored.clone());
    }
}

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

#[test]
fn a_press_in_one_page_explains_the_end_in_the_record_of_both() {
    let mut browser = Browser::open();
    for page in [0, 1] {
        browser.tell(page, &rings());
    }
    browser.pages[0].press(Control::Decline, "c").unwrap();
    for told in [missed(5), idle(at(9))] {
        for page in [0, 1] {
            browser.tell(page, &told);
        }
    }
    assert_eq!(browser.pages[0].outcomes(), [("c", "declined")]);
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

/// Which pages are shown a snapshot, and in which order.
#[derive(Debug, Clone, Copy)]
struct Shown(&'static [usize]);

fn shown() -> impl Strategy<Value = Shown> {
    prop::sample::select(vec![
        Shown(&[0, 1]),
        Shown(&[1, 0]),
        Shown(&[0]),
        Shown(&[1]),
        Shown(&[]),
    ])
}

fn config() -> Config {
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/tabs.proptest-regressions"
    );
    Config {
        cases: 300,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(file))),
        ..Config::default()
    }
}

/// The offers that a journal's records are of, as far as the world knows them.
fn offers_of(world: &World, page: &Page) -> Vec<Option<usize>> {
    let records = page.desk.log().records().iter();
    let offers = records.map(|record| {
        let began = record.times.began();
        world.offers.iter().rposition(|offer| {
            record.contact.as_ref() == offer.contact
                && began.is_none_or(|began| at_millis(offer.connecting) <= began)
        })
    });
    offers.collect()
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn two_pages_keep_one_journal(
        story in story(vec![Fate::Arrives], vec![Wear::Sound]),
        shown in vec((shown(), any::<bool>()), 28),
        reloaded in 0_usize..2,
        at_event in 0_usize..28,
    ) {
        let mut browser = Browser::open();
        let mut world = World::default();
        let mut finished = BTreeSet::new();
        let Story(events) = &story;
        for ((index, event), (shown, is_slow)) in events.iter().enumerate().zip(shown) {
            browser.is_slow = is_slow;
            if index == at_event {
                browser.reload(reloaded);
            }
            if let Event::Happens(line, what, after, ..) = event {
                world.happen(*line, *what, *after);
                for page in shown.0 {
                    browser.tell(*page, &world.snapshot());
                }
                // Once an end has been shown to anybody, nothing may lose it.
                let is_over = |offer: &Offer| offer.ended.is_some() && offer.cleared.is_none();
                let offers = world.offers.iter().enumerate();
                let over = offers.filter(|(_, offer)| is_over(offer));
                finished.extend(over.map(|(offer, _)| offer).filter(|_| !shown.0.is_empty()));
            }
        }
        world.close_down();
        for page in [reloaded, 1 - reloaded] {
            world.millis += 1_000;
            browser.tell(page, &world.snapshot());
        }
        for page in [0, 1] {
            browser.reload(page);
            world.millis += 1_000;
            browser.tell(page, &world.snapshot());
            let offers = offers_of(&world, &browser.pages[page]);
            let once: BTreeSet<_> = offers.iter().flatten().copied().collect();
            prop_assert_eq!(once.len(), offers.len(), "{:?}", browser.pages[page].desk.log());
            // A contact that is offered again is left out: a page may have missed where one
            // offer ends and the next begins, and takes them for one.
            let again = |offer: &usize| {
                let contact = &world.offers[*offer].contact;
                world.offers.iter().filter(|other| other.contact == *contact).count() > 1
            };
            finished.retain(|offer| !again(offer));
            prop_assert!(once.is_superset(&finished), "{:?} of {:?}: {:?}", once, finished, browser.pages[page].desk.log());
        }
    }
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
