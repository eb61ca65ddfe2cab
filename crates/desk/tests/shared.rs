//! What several pages of one browser have seen of a generated day is in the journal of all.

use std::collections::{BTreeMap, BTreeSet};

use desk::{CallOutcome, CallRecord, TimeSource};
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, FileFailurePersistence},
};

use crate::{
    browser::{Browser, News},
    model::{Happening, World},
    story::{Event, Fate, Story, Wear, story},
    support::{Page, at_millis, idle, is_of},
};

/// Which pages are shown a snapshot, and in which order.
fn shown() -> impl Strategy<Value = Vec<usize>> {
    let all = Just(vec![0, 1, 2]).prop_shuffle();
    (all, 0_usize..4).prop_map(|(pages, count)| pages.into_iter().take(count).collect())
}

fn news() -> impl Strategy<Value = News> {
    prop::sample::select(vec![News::AtOnce, News::Late, News::Stale])
}

fn config() -> Config {
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/shared.proptest-regressions"
    );
    Config {
        cases: 500,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(file))),
        ..Config::default()
    }
}

/// The offers that a journal's records are of, as far as the world knows them.
fn offers_of(world: &World, page: &Page) -> Vec<usize> {
    let records = page.desk.log().records().iter();
    let offers = records.filter_map(|record| {
        let began = record.times.began();
        world.offers.iter().rposition(|offer| {
            is_of(record, &offer.contact)
                && began.is_none_or(|began| at_millis(offer.connecting) <= began)
        })
    });
    offers.collect()
}

/// The records of offers whose end a snapshot has shown. Of one that was only lost sight of,
/// another page may know more.
fn stated(page: &Page) -> Vec<(String, CallOutcome)> {
    let ended = |record: &CallRecord| record.times.ended.map(|ended| ended.source);
    let records = page.desk.log().records().iter();
    let records = records.filter(|record| ended(record) != Some(TimeSource::Absence));
    records
        .map(|record| (record.contact.as_ref().unwrap().to_string(), record.outcome))
        .collect()
}

/// What the pages were shown, as far as one offer may be taken for another.
#[derive(Default)]
struct Sightings {
    /// By page and contact: the offer that was there, and whether its end was.
    last: BTreeMap<(usize, String), (usize, bool)>,
    callbacks: BTreeSet<String>,
    /// Contacts of which nobody can tell how often they were offered.
    unclear: BTreeSet<String>,
}

impl Sightings {
    fn note(&mut self, page: usize, world: &World) {
        for (index, offer) in world.offers.iter().enumerate() {
            if offer.cleared.is_some() {
                continue;
            }
            let of_contact = |key: &(usize, String)| key.1 == offer.contact;
            let earlier_is_open = self.last.iter().any(|(key, (earlier, has_ended))| {
                of_contact(key) && *earlier < index && !has_ended
            });
            let key = (page, offer.contact.clone());
            let is_new_here = self.last.get(&key).is_none_or(|last| last.0 != index);
            // A callback rings twice in one offer.
            let rings = offer.connected.or(offer.ended).is_none()
                && !self.callbacks.contains(&offer.contact);
            if is_new_here && !rings && earlier_is_open {
                self.unclear.insert(offer.contact.clone());
            }
            self.last.insert(key, (index, offer.ended.is_some()));
        }
    }

    /// The page has what any page may have kept: an offer is open to it that is to another.
    fn reload(&mut self, page: usize) {
        for ((_, contact), seen) in self.last.clone() {
            let last = self.last.entry((page, contact)).or_insert(seen);
            let (_, has_ended) = seen;
            if !has_ended && (last.1 || seen < *last) {
                *last = seen;
            }
        }
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn several_pages_keep_one_journal(
        story in story(vec![Fate::Arrives], vec![Wear::Sound]),
        shown in vec((shown(), news()), 28),
        count in 2_usize..4,
        reloaded in 0_usize..3,
        at_event in 0_usize..28,
    ) {
        let mut browser = Browser::open_pages(count);
        let mut world = World::default();
        let mut listed = BTreeSet::new();
        let mut sightings = Sightings::default();
        let Story(events) = &story;
        for ((index, event), (shown, news)) in events.iter().enumerate().zip(shown) {
            browser.news = news;
            if index == at_event {
                browser.reload(reloaded % count);
                sightings.reload(reloaded % count);
            }
            match event {
                Event::Happens(line, what, after, ..) => {
                    world.happen(*line, *what, *after);
                    if *what == Happening::CallbackIsOffered {
                        sightings.callbacks.insert(world.contact_id(*line));
                    }
                    for page in shown.into_iter().filter(|page| *page < count) {
                        browser.tell(page, &world.snapshot());
                        sightings.note(page, &world);
                        listed.extend(offers_of(&world, &browser.pages[page]));
                    }
                }
                Event::Press(control, line) => {
                    for page in shown.into_iter().filter(|page| *page < count) {
                        browser.press(page, *control, &world.contact_id(*line));
                    }
                }
                _ => {}
            }
        }
        world.close_down();
        browser.news = News::AtOnce;
        for page in 0..count {
            world.millis += 1_000;
            browser.tell(page, &world.snapshot());
            listed.extend(offers_of(&world, &browser.pages[page]));
        }
        browser.settle();
        let is_clear = |contact: &str| !sightings.unclear.contains(contact);
        listed.retain(|offer| is_clear(&world.offers[*offer].contact));
        for page in 0..count {
            let mut shown = stated(&browser.pages[page]);
            shown.retain(|(contact, _)| is_clear(contact));
            browser.reload(page);
            let next = idle(at_millis(world.millis + 1_000));
            browser.tell(page, &next);
            let page = &browser.pages[page];
            let mut kept = stated(page);
            for record in shown {
                let index = kept.iter().position(|kept| *kept == record);
                prop_assert!(index.is_some(), "{:?}: {:#?}", record, page.desk.log());
                kept.remove(index.unwrap());
            }
            let mut offers = offers_of(&world, page);
            offers.retain(|offer| is_clear(&world.offers[*offer].contact));
            let once: BTreeSet<_> = offers.iter().copied().collect();
            prop_assert_eq!(once.len(), offers.len(), "{:#?}", page.desk.log());
            prop_assert_eq!(&once, &listed, "{:#?}", page.desk.log());
        }
    }
}
