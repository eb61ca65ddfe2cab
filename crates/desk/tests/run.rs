//! A story as it is played to a page.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use desk::{
    Action, CallPhase, ClockReading, Command, Desk, Destination, Effect, Input, Instant, Snapshot,
};
use proptest::{prelude::*, test_runner::TestCaseResult};

use crate::{
    model::World,
    story::{Answer, Event, Fate, Story, Wear},
    support::{Page, at_millis, id},
};

/// A snapshot on its way to the page.
#[derive(Debug, Clone)]
pub(crate) struct Letter {
    pub(crate) told: Snapshot,
    /// The server's clock less the PC's, as it was when the snapshot was received.
    pub(crate) skew: TimeDelta,
    /// Whether the CCP itself received it late, and takes its time for the present.
    is_overtaken: bool,
    /// How many of the later ones overtake it.
    waits_for: u8,
}

/// One input and what came of it.
pub(crate) struct Moment<'a> {
    pub(crate) before: &'a Desk,
    pub(crate) input: &'a Input,
    pub(crate) effects: &'a [Effect],
}

/// A story as it is played to a page.
pub(crate) struct Run {
    pub(crate) page: Page,
    pub(crate) world: World,
    under_way: Vec<Letter>,
    asked: Vec<Action>,
    clock_is_wrong_by: TimeDelta,
    pub(crate) opened_at: i64,
    /// Offers of which a sound snapshot has come in time, and the phases that it showed.
    pub(crate) shown: BTreeMap<usize, Vec<CallPhase>>,
}

impl Run {
    pub(crate) fn new() -> Self {
        Self {
            page: Page::open(),
            world: World::default(),
            under_way: Vec::new(),
            asked: Vec::new(),
            clock_is_wrong_by: TimeDelta::zero(),
            opened_at: 0,
            shown: BTreeMap::new(),
        }
    }

    pub(crate) fn play(
        story: &Story,
        mut check: impl FnMut(&Self, Moment<'_>) -> TestCaseResult,
    ) -> Result<Self, TestCaseError> {
        let mut run = Self::new();
        for event in &story.0 {
            run.live(event, &mut check)?;
        }
        Ok(run)
    }

    pub(crate) fn live(
        &mut self,
        event: &Event,
        check: &mut impl FnMut(&Self, Moment<'_>) -> TestCaseResult,
    ) -> TestCaseResult {
        match event {
            Event::Happens(line, what, after, fate, wear) => {
                self.world.happen(*line, *what, *after);
                self.send(*fate, *wear, check)?;
            }
            Event::Press(control, line) => {
                let contact = id(&self.world.contact_id(*line));
                self.give(&Input::Command(Command::Press(*control, contact)), check)?;
            }
            Event::CallsIn(line, hand_on) => {
                let command = Command::CallIn {
                    contact: id(&self.world.contact_id(*line)),
                    to: Destination::QuickConnect("arn:warehouse".into()),
                    hand_on: *hand_on,
                };
                self.give(&Input::Command(command), check)?;
            }
            Event::Answers(answer) if !self.asked.is_empty() => {
                let result = match answer {
                    Answer::Yes => Ok(()),
                    Answer::No(error) => Err(error.clone()),
                };
                let action = self.asked.remove(0);
                self.give(&Input::Acted { action, result }, check)?;
            }
            Event::StaysSilent if !self.asked.is_empty() => {
                self.asked.remove(0);
            }
            Event::Answers(_) | Event::StaysSilent => {}
            Event::Reloads => {
                let page = std::mem::replace(&mut self.page, Page::open());
                self.page = page.reload();
                self.under_way.clear();
                self.asked.clear();
                self.opened_at = self.world.millis;
            }
            Event::ClockJumps(by) => self.clock_is_wrong_by += TimeDelta::seconds(*by),
        }
        Ok(())
    }

    /// Sends a snapshot of the world as it is.
    pub(crate) fn send(
        &mut self,
        fate: Fate,
        wear: Wear,
        check: &mut impl FnMut(&Self, Moment<'_>) -> TestCaseResult,
    ) -> TestCaseResult {
        let mut letter = self.letter();
        wear.spoil(&mut letter.told);
        match fate {
            Fate::IsLost => {}
            Fate::Arrives => self.deliver(letter, check)?,
            Fate::ComesTwice => {
                self.deliver(letter.clone(), check)?;
                self.deliver(letter, check)?;
            }
            Fate::IsLate(waits_for) => {
                self.under_way.push(Letter {
                    waits_for,
                    ..letter
                });
                return Ok(());
            }
            Fate::IsOvertaken => {
                self.under_way.push(Letter {
                    is_overtaken: true,
                    waits_for: 1,
                    ..letter
                });
                return Ok(());
            }
        }
        if wear == Wear::Sound && fate != Fate::IsLost {
            for (index, offer) in self.world.offers.iter().enumerate() {
                let phase = self.world.phases().get(&offer.contact).copied();
                if let Some(phase) = phase.filter(|_| offer.cleared.is_none()) {
                    self.shown.entry(index).or_default().push(phase);
                }
            }
        }
        // What is overtaken and late by a minute was on a line that has broken.
        let breaks = |letter: &Letter| {
            let late = letter
                .told
                .taken_at
                .map(|at| at_millis(self.world.millis) - at);
            letter.is_overtaken && late.is_none_or(|late| late >= TimeDelta::minutes(1))
        };
        let mut under_way = std::mem::take(&mut self.under_way);
        under_way.retain(|letter| !breaks(letter));
        for waiting in under_way {
            match waiting.waits_for.checked_sub(1) {
                None | Some(0) => self.deliver(waiting, check)?,
                Some(waits_for) => self.under_way.push(Letter {
                    waits_for,
                    ..waiting
                }),
            }
        }
        Ok(())
    }

    /// A snapshot of the world as it is, before it is sent.
    pub(crate) fn letter(&self) -> Letter {
        Letter {
            told: self.world.snapshot(),
            skew: -self.clock_is_wrong_by,
            is_overtaken: false,
            waits_for: 0,
        }
    }

    /// A snapshot of the world as it is, whose time is so far ahead. Of those under way none
    /// that bears no time comes after it: it would count as new whatever went before.
    pub(crate) fn send_from_the_future(&mut self, ahead: TimeDelta) -> TestCaseResult {
        self.under_way
            .retain(|letter| letter.told.taken_at.is_some());
        let mut letter = self.letter();
        letter.told.taken_at = letter.told.taken_at.map(|at| at + ahead);
        // The CCP takes the time for the server's.
        letter.skew += ahead;
        self.deliver(letter, &mut |_, _| Ok(()))
    }

    pub(crate) fn deliver(
        &mut self,
        letter: Letter,
        check: &mut impl FnMut(&Self, Moment<'_>) -> TestCaseResult,
    ) -> TestCaseResult {
        let told = self.read(letter);
        self.give(&Input::Snapshot(Box::new(told)), check)
    }

    /// What the page reads when a snapshot is delivered now.
    pub(crate) fn read(&self, letter: Letter) -> Snapshot {
        let local = at_millis(self.world.millis) + self.clock_is_wrong_by;
        let measured = letter.told.taken_at.map(|taken_at| taken_at - local);
        let skew = measured
            .filter(|_| letter.is_overtaken)
            .unwrap_or(letter.skew);
        let reading = ClockReading { local, skew };
        Snapshot {
            clock: letter.told.clock.map(|_| reading),
            ..letter.told
        }
    }

    /// Whether the PC's clock has been set back since a snapshot was received.
    pub(crate) fn set_back_since(&self, letter: &Letter) -> bool {
        -self.clock_is_wrong_by > letter.skew
    }

    pub(crate) fn give(
        &mut self,
        input: &Input,
        check: &mut impl FnMut(&Self, Moment<'_>) -> TestCaseResult,
    ) -> TestCaseResult {
        self.page.now = Instant::from_millis(self.world.millis - self.opened_at);
        let before = self.page.desk.clone();
        let effects = self.page.give(input.clone());
        for effect in &effects {
            if let Effect::Act(action) = effect {
                self.asked.push(action.clone());
            }
        }
        check(
            self,
            Moment {
                before: &before,
                input,
                effects: &effects,
            },
        )
    }

    /// One more snapshot, whole and in time, and nothing after it.
    pub(crate) fn send_the_truth(&mut self) -> TestCaseResult {
        self.under_way.clear();
        self.world.millis += 1_000;
        self.send(Fate::Arrives, Wear::Sound, &mut |_, _| Ok(()))
    }

    /// Ends and clears every call, and says so.
    pub(crate) fn close_down(&mut self) -> TestCaseResult {
        self.world.close_down();
        self.send_the_truth()
    }

    /// Whether an offer cannot be told from the one before it under the same id: no snapshot
    /// showed how that one ended, and none showed this one ring.
    pub(crate) fn is_one_with_the_last(&self, index: usize) -> bool {
        let offer = &self.world.offers[index];
        let earlier = &self.world.offers[..index];
        let shown = |index: &usize| self.shown.get(index).map_or(&[] as &[_], Vec::as_slice);
        earlier
            .iter()
            .rposition(|earlier| earlier.contact == offer.contact)
            .is_some_and(|last| {
                shown(&last).iter().all(|phase| phase.is_live())
                    && !shown(&index).contains(&CallPhase::Ringing)
            })
    }

    /// Server time as the desk has it now.
    pub(crate) fn server_time(&self) -> Option<DateTime<Utc>> {
        let now = Instant::from_millis(self.world.millis - self.opened_at);
        self.desk().server_time(now)
    }

    pub(crate) fn desk(&self) -> &Desk {
        &self.page.desk
    }
}
