//! The invariants that `lib.rs` lists, over generated stories.
//!
//! The measure is the truth of the [`World`], never a second copy of the desk's own reasoning.

use std::{
    collections::{BTreeMap, BTreeSet},
    hint::black_box,
};

use chrono::{DateTime, TimeDelta, Utc};
use desk::{
    CallPhase, CallRecord, Desk, Effect, Input, Instant, OfferTimes, Role, TimeSource,
    spreadsheet_row,
};
use proptest::{
    prelude::*,
    test_runner::{Config, FileFailurePersistence},
};

use crate::{
    model::{Offer, World},
    run::{Letter, Run},
    story::{Event, Fate, Story, Wear, any_fate, any_wear, story, timed_story},
    support::{CONTROLS, at_millis, id, is_of},
    wild,
};

fn config() -> Config {
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/properties.proptest-regressions"
    );
    Config {
        cases: 300,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(file))),
        ..Config::default()
    }
}

/// The offer that a record is of: the last of its contact that had begun by then or, when the
/// record's times are estimates by a PC's clock that jumped, the last of its contact.
fn offer_of(world: &World, record: &CallRecord) -> Option<usize> {
    let of_contact = |offer: &Offer| is_of(record, &offer.contact);
    let began = record.times.began();
    let has_begun = |offer: &Offer| began.is_none_or(|began| at_millis(offer.connecting) <= began);
    let offers = || world.offers.iter();
    offers()
        .rposition(|offer| of_contact(offer) && has_begun(offer))
        .or_else(|| offers().rposition(of_contact))
}

fn in_order(times: &OfferTimes) -> bool {
    let steps = [
        times.connecting,
        times.connected,
        times.ended,
        times.cleared,
    ];
    let steps: Vec<_> = steps.into_iter().flatten().map(|stamp| stamp.at).collect();
    let mut holds: Vec<_> = times.connected.iter().map(|stamp| stamp.at).collect();
    for hold in &times.holds {
        holds.push(hold.from.at);
        holds.extend(hold.to.map(|to| to.at));
    }
    holds.extend(times.ended.map(|ended| ended.at));
    steps.is_sorted() && (holds.is_sorted() || times.holds.is_empty())
}

/// Every time that is marked as Connect's own is the true one of that offer.
fn true_to(times: &OfferTimes, offer: &Offer) -> bool {
    let truth = [
        (times.connecting, Some(offer.connecting)),
        (times.connected, offer.connected),
        (times.ended, offer.ended),
    ];
    let mut stated = truth.into_iter().filter_map(|(stamp, truth)| {
        let stamp = stamp.filter(|stamp| stamp.source == TimeSource::ContactState)?;
        Some((stamp.at, truth))
    });
    stated.all(|(at, truth)| {
        // A callback rings as `incoming` and is dialled as `connecting`; when only the latter
        // was seen, that is when it began, as far as anybody can know.
        truth.is_some_and(|truth| at == at_millis(truth))
            || (times.connecting.is_some_and(|stamp| stamp.at == at)
                && offer.ended.is_none_or(|ended| at < at_millis(ended)))
    })
}

fn is_timeless(story: &Story) -> bool {
    let mut events = story.0.iter();
    events.any(|event| matches!(event, Event::Happens(.., wear) if !wear.leaves_times()))
}

/// The phase of each contact as the desk shows it, and as it is; but where nobody could know it.
fn shown_and_true(run: &Run, timeless: bool) -> (Phases, Phases) {
    let held = run.desk().front().into_iter().chain(run.desk().others());
    let mut shown: Phases = held
        .map(|contact| (contact.id.to_string(), contact.phase))
        .collect();
    let mut truth = run.world.phases();
    // An error alone does not say what went before it, nor does a talk without a time say
    // whether the ring that comes after it, without a time, was before it.
    let offers = run.world.offers.iter().enumerate();
    for (index, offer) in offers.filter(|(_, offer)| offer.cleared.is_none()) {
        let seen = run.shown.get(&index);
        let seen_before = seen.is_some_and(|phases| phases.iter().any(|phase| phase.is_talking()));
        if truth.get(&offer.contact) == Some(&CallPhase::Failed) && (timeless || !seen_before) {
            for phases in [&mut shown, &mut truth] {
                if let Some(phase) = phases.get_mut(&offer.contact)
                    && matches!(phase, CallPhase::Missed | CallPhase::Failed)
                {
                    *phase = CallPhase::Failed;
                }
            }
        }
    }
    (shown, truth)
}

type Phases = BTreeMap<String, CallPhase>;

fn all_times(desk: &Desk) -> impl Iterator<Item = &OfferTimes> {
    let held = desk.front().into_iter().chain(desk.others());
    let records = desk.log().records().iter();
    held.map(|held| &held.times)
        .chain(records.map(|record| &record.times))
}

fn read_everything(desk: &Desk, now: Instant) {
    let server_time = desk.server_time(now).unwrap_or(DateTime::<Utc>::MAX_UTC);
    let front = desk.front().map(|front| front.id.clone());
    let contacts: Vec<_> = desk.others().map(|c| c.id.clone()).chain(front).collect();
    for contact in contacts.into_iter().chain([id("nobody")]) {
        for control in CONTROLS {
            desk.allows(control, &contact);
        }
        desk.takes_tones(&contact);
        desk.can_call_in(&contact);
        if let Some(contact) = desk.contact(&contact) {
            black_box((
                contact.conversation(),
                contact.party(),
                contact.supervision(),
            ));
        }
        let record = desk.record_of(&contact);
        for record in record
            .iter()
            .chain(desk.log().records().iter().map(AsRef::as_ref))
        {
            record.times.talk(server_time);
            spreadsheet_row(record, None, "", "", server_time, |at| {
                at.timestamp().to_string()
            });
        }
        desk.contact(&contact).map(desk::Contact::phase_since);
    }
    desk.agent()
        .map(|agent| agent.choice_that_cancels().cloned());
    desk.can_dial().ok();
    assert!(desk.notices().len() <= 5);
    black_box((desk.can_mute(), desk.queues_states(), desk.muted()));
    black_box((desk.readiness(), desk.risk(), desk.holds_audio()));
    for concern in desk.concerns() {
        black_box(desk.repair_of(concern));
    }
    black_box((desk.link(), desk.repair_offered(), desk.has_lost_connect()));
    black_box((
        desk.mute_conflict(),
        desk.is_signing_out(),
        desk.has_second_softphone(),
    ));
    black_box((desk.is_unconfirmed(), desk.told_at(), desk.is_due(now)));
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_second_contact_never_replaces_a_connected_one(story in story(any_fate(), any_wear())) {
        Run::play(&story, |run, moment| {
            let front = moment.before.front().filter(|front| {
                matches!(front.phase, CallPhase::Connected { .. })
                    && run.desk().contact(&front.id).is_some_and(|after| {
                        matches!(after.phase, CallPhase::Connected { .. })
                    })
            });
            if let Some(front) = front {
                prop_assert_eq!(run.desk().front().map(|after| &after.id), Some(&front.id));
            }
            Ok(())
        })?;
    }

    #[test]
    fn an_offer_leaves_through_one_record(story in timed_story()) {
        let mut run = Run::play(&story, |_, _| Ok(()))?;
        run.close_down()?;

        prop_assert_eq!(run.desk().front(), None);
        let records = run.desk().log().records();
        let mut left = BTreeSet::new();
        // One that left while no snapshot had told the time has none.
        for record in records.iter().filter(|record| record.times.began().is_some()) {
            let offer = offer_of(&run.world, record);
            prop_assert!(offer.is_some(), "a record of nothing: {:?}", record);
            prop_assert!(left.insert(offer), "two records of one offer: {:?}", records);
        }
        for offer in run.shown.keys().filter(|offer| !run.is_one_with_the_last(**offer)) {
            prop_assert!(left.contains(&Some(*offer)), "no record of {:?}", run.world.offers[*offer]);
        }
    }

    #[test]
    fn effects_name_held_contacts(story in story(any_fate(), any_wear())) {
        Run::play(&story, |run, moment| {
            for effect in moment.effects {
                if let Effect::Act(action) = effect
                    && let Some(contact) = action.contact()
                {
                    prop_assert!(run.desk().contact(contact).is_some(), "{:?}", action);
                }
            }
            Ok(())
        })?;
    }

    #[test]
    fn the_same_snapshot_twice_changes_nothing(story in story(any_fate(), any_wear()), later in 0_i64..5_000) {
        Run::play(&story, |run, moment| {
            if let Input::Snapshot(told) = moment.input {
                let mut desk = run.desk().clone();
                let mut told = told.clone();
                if let Some(reading) = &mut told.clock {
                    reading.local += TimeDelta::milliseconds(later);
                }
                let now = Instant::from_millis(run.world.millis - run.opened_at + later);
                desk.handle(Input::TimePassed, now);
                let before = desk.clone();
                let effects = desk.handle(Input::Snapshot(told), now);
                prop_assert_eq!(effects, []);
                prop_assert_eq!(desk, before);
            }
            Ok(())
        })?;
    }

    #[test]
    fn an_older_snapshot_changes_nothing(story in story(any_fate(), any_wear()), pick: prop::sample::Index) {
        let mut sent: Vec<Letter> = Vec::new();
        let mut newest = None;
        Run::play(&story, |run, moment| {
            if let Input::Snapshot(told) = moment.input {
                // A page that was reloaded has forgotten how far the last one had come.
                if moment.before.agent().is_none() {
                    newest = None;
                }
                newest = newest.max(told.taken_at);
                sent.push(run.letter());
                let older: Vec<_> = sent.iter().filter(|old| {
                    let behind = newest.zip(old.told.taken_at).map(|(newest, old)| newest - old);
                    let is_older = behind.is_some_and(|by| by > TimeDelta::zero() && by <= TimeDelta::hours(1));
                    is_older && !run.set_back_since(old)
                }).collect();
                if !older.is_empty() && run.desk().agent().is_some() {
                    let mut desk = run.desk().clone();
                    let late = run.read(pick.get(&older).to_owned().clone());
                    let effects = desk.handle(Input::Snapshot(Box::new(late)), run.page.now);
                    prop_assert_eq!(effects, []);
                    prop_assert_eq!(&desk, run.desk());
                }
            }
            Ok(())
        })?;
    }

    #[test]
    fn a_time_from_the_future_costs_one_snapshot(
        story in story(any_fate(), any_wear()),
        cut: prop::sample::Index,
        ahead in prop_oneof![60_001_i64..3_600_000, 3_600_000_i64..50 * 366 * 86_400_000],
    ) {
        let (before, after) = story.0.split_at(cut.index(story.0.len()));
        let timeless = is_timeless(&story);
        let mut run = Run::play(&Story(before.to_vec()), |_, _| Ok(()))?;
        run.send_from_the_future(TimeDelta::milliseconds(ahead))?;

        let mut sound = 0;
        for event in after {
            match *event {
                Event::Happens(line, what, after, ..) => {
                    sound += 1;
                    run.live(&Event::Happens(line, what, after, Fate::Arrives, Wear::Sound), &mut |_, _| Ok(()))?;
                }
                ref event => run.live(event, &mut |_, _| Ok(()))?,
            }
            if sound >= 2 && run.desk().agent().is_some() {
                let (shown, truth) = shown_and_true(&run, timeless);
                prop_assert_eq!(shown, truth);
                prop_assert_eq!(run.server_time(), Some(at_millis(run.world.millis)));
            }
        }
        for _ in 0..2 {
            run.world.millis += 1_000;
            run.send(Fate::Arrives, Wear::Sound, &mut |_, _| Ok(()))?;
        }
        let (shown, truth) = shown_and_true(&run, timeless);
        prop_assert_eq!(shown, truth);
        prop_assert_eq!(run.server_time(), Some(at_millis(run.world.millis)));
    }

    #[test]
    fn the_last_snapshot_heals_everything(story in story(any_fate(), any_wear())) {
        let mut run = Run::play(&story, |_, _| Ok(()))?;
        run.send_the_truth()?;

        let (shown, truth) = shown_and_true(&run, is_timeless(&story));
        prop_assert_eq!(shown, truth);
    }

    #[test]
    fn times_are_in_order(story in story(any_fate(), any_wear())) {
        Run::play(&story, |run, _| {
            for times in all_times(run.desk()) {
                prop_assert!(in_order(times), "{:?}", times);
            }
            Ok(())
        })?;
    }

    #[test]
    fn stated_times_are_the_servers(story in timed_story()) {
        let mut run = Run::play(&story, |_, _| Ok(()))?;
        run.close_down()?;
        for record in run.desk().log().records() {
            let offer = offer_of(&run.world, record);
            let next = (0..run.world.offers.len()).find(|next| {
                Some(*next) > offer && is_of(record, &run.world.offers[*next].contact)
            });
            if next.is_some_and(|next| run.is_one_with_the_last(next)) {
                continue;
            }
            let offer = offer.map(|offer| &run.world.offers[offer]);
            prop_assert!(offer.is_some_and(|offer| true_to(&record.times, offer)), "{:?} is not {:?}", record, offer);
        }
    }

    #[test]
    fn the_clock_is_the_servers(story in story(
        vec![Fate::Arrives, Fate::Arrives, Fate::IsLost, Fate::ComesTwice],
        vec![Wear::Sound, Wear::Sound, Wear::NoContacts, Wear::NoStates],
    )) {
        Run::play(&story, |run, moment| {
            let told = matches!(moment.input, Input::Snapshot(_)) || moment.before.agent().is_some();
            if told && run.desk().agent().is_some() {
                let now = Instant::from_millis(run.world.millis - run.opened_at + 250);
                prop_assert_eq!(run.desk().server_time(now), Some(at_millis(run.world.millis + 250)));
            }
            Ok(())
        })?;
    }

    #[test]
    fn a_reload_loses_no_record(story in story(
        vec![Fate::Arrives, Fate::Arrives, Fate::IsLost, Fate::ComesTwice],
        vec![Wear::Sound, Wear::Sound, Wear::Sound, Wear::NoTime, Wear::NoContacts, Wear::Lacks(0), Wear::NoStates],
    )) {
        let pressed = |event: &Event| matches!(event, Event::Press(..));
        let story = Story(story.0.into_iter().filter(|event| !pressed(event)).collect());
        let never = Story(story.0.iter().filter(|event| **event != Event::Reloads).cloned().collect());
        let mut reloaded = Run::play(&story, |_, _| Ok(()))?;
        let mut stayed = Run::play(&never, |_, _| Ok(()))?;
        reloaded.close_down()?;
        stayed.close_down()?;
        prop_assert_eq!(reloaded.desk().log(), stayed.desk().log());
    }

    #[test]
    fn a_mirror_only_shows(
        before in prop::collection::vec(wild::input(), 0..10),
        inputs in prop::collection::vec(wild::input(), 1..20),
    ) {
        let mut desk = Desk::default();
        for (now, input) in before {
            desk.handle(input, now);
        }
        desk.handle(Input::Role(Role::Leader), Instant::default());
        desk.handle(Input::Role(Role::Mirror), Instant::default());
        for (now, input) in inputs {
            if matches!(input, Input::Role(_)) {
                continue;
            }
            for effect in desk.handle(input, now) {
                let only_shows = matches!(
                    effect,
                    Effect::Reload
                        | Effect::Reconnect
                        | Effect::CloseSignIn
                        | Effect::Lead
                        | Effect::Log(_)
                );
                prop_assert!(only_shows, "{effect:?}");
            }
        }
    }

    #[test]
    fn every_accessor_returns(inputs in prop::collection::vec(wild::input(), 1..20)) {
        let mut desk = Desk::default();
        for (now, input) in inputs {
            desk.handle(input, now);
            read_everything(&desk, now);
        }
    }
}
