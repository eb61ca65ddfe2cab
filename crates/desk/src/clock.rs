//! Time as the desk knows it: the server's, carried on a monotonic clock.
//!
//! The PC's clock may be wrong by minutes and may jump in mid-call. So every duration on screen
//! is measured on a clock that only runs forward, set by each new snapshot. A snapshot's own time
//! may be wrong too: one that neither clock bears out is not believed before a second one agrees
//! with it, or a state that began then. This module reads no clock itself.

use chrono::{DateTime, TimeDelta, Utc};

use crate::snapshot::{ClockReading, Snapshot};

/// The longest that a snapshot is under way. One that seems older than that is not late: it, or
/// the last one, bears a wrong time, or the server's clock has been set.
const LATEST_ARRIVAL: TimeDelta = TimeDelta::hours(1);

/// How far a server's clocks may lie apart, and how far the running clock may be behind them.
pub(crate) const CLOCKS_APART: TimeDelta = TimeDelta::minutes(1);

/// How wrong a PC's clock can be that has let a browser sign in: certificates would not be valid
/// at another date.
const PC_CLOCK_WRONG: TimeDelta = TimeDelta::hours(24);

/// A moment on the page's monotonic clock (`performance.now()`), in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Instant(i64);

impl Instant {
    /// Milliseconds since the page was opened.
    pub fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// This moment, so much later.
    #[must_use]
    pub fn after(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// How long after an earlier moment this one is; less than nothing where it is before it.
    pub fn since(self, earlier: Self) -> TimeDelta {
        let millis = self.0.saturating_sub(earlier.0);
        TimeDelta::try_milliseconds(millis).unwrap_or(TimeDelta::MAX)
    }
}

/// What the time that a snapshot bears is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It orders the snapshot and sets the clock; or there is none, and the snapshot counts as
    /// new.
    Sound,
    /// The snapshot is older than one that has been taken in.
    Late,
    /// The same, as far as anybody can tell; or the server's clock has been set back, and the next
    /// snapshot will agree with this one.
    Overtaken,
    /// It cannot be, as far as anybody can tell. What the snapshot says counts, its time does
    /// not.
    Doubtful,
}

/// The server's clock, as far as snapshots have told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ServerClock {
    /// Server time at [`Instant`] zero.
    start: Option<DateTime<Utc>>,
    /// Whether it was set by a reading. Without one it is slow by as long as the snapshot was
    /// under way.
    is_exact: bool,
    /// By what it was set last: the snapshot's own time and its skew.
    set_by: Option<(Option<DateTime<Utc>>, Option<TimeDelta>)>,
    /// The last time of a snapshot that was believed.
    believed: Option<Read>,
    /// One that has not been believed since.
    doubted: Option<Read>,
}

/// The time of a snapshot, and when it was read here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Read {
    taken_at: DateTime<Utc>,
    at: Instant,
}

impl ServerClock {
    /// What the time of `told` is worth, which is being read now.
    pub(crate) fn weigh(&self, told: &Snapshot, now: Instant) -> Standing {
        let Some(taken_at) = told.taken_at else {
            return Standing::Sound;
        };
        let is_behind =
            |read: &Read| taken_at < read.taken_at && read.taken_at - taken_at <= LATEST_ARRIVAL;
        // The CCP measures the skew when it receives a snapshot, so this is what has passed
        // since then, whatever the server's clock says.
        let under_way = told.clock.and_then(|reading| {
            let server_now = reading.local.checked_add_signed(reading.skew)?;
            Some(server_now - taken_at)
        });
        let came_after = |read: &Read| {
            under_way.map(|passed| passed >= TimeDelta::zero() && passed < now.since(read.at))
        };
        let is_late = self
            .believed
            .is_some_and(|read| is_behind(&read) && came_after(&read) != Some(true))
            || self
                .doubted
                .is_some_and(|read| is_behind(&read) && came_after(&read) == Some(false));
        // The CCP cannot know how long a snapshot was on its way to it.
        let is_overtaken = self
            .believed
            .is_some_and(|read| is_behind(&read) && read.taken_at - taken_at <= CLOCKS_APART);
        if is_late {
            Standing::Late
        } else if is_overtaken && !self.agrees(taken_at, now) {
            Standing::Overtaken
        } else if self.bears_out(taken_at, told.clock, now)
            || self.agrees(taken_at, now)
            || self.is_witnessed(told, taken_at, now)
        {
            Standing::Sound
        } else {
            Standing::Doubtful
        }
    }

    /// Whether a time fits what has run since the last one: the monotonic clock, or the PC's,
    /// which goes on while the PC sleeps.
    fn bears_out(
        &self,
        taken_at: DateTime<Utc>,
        reading: Option<ClockReading>,
        now: Instant,
    ) -> bool {
        let Some(limit) = self.limit(now) else {
            return reading.is_none_or(|reading| taken_at - reading.local <= PC_CLOCK_WRONG);
        };
        let by_the_pc = || {
            let skew = self.set_by?.1?;
            reading?.local.checked_add_signed(skew)
        };
        (taken_at <= limit
            || by_the_pc().is_some_and(|expected| taken_at - expected <= CLOCKS_APART))
            && self
                .believed
                .is_none_or(|last| last.taken_at - taken_at <= CLOCKS_APART)
    }

    /// Whether something that a snapshot tells began in the future that it seems to come from:
    /// the server's clock has gone on by itself, for one wrong time does not move the others.
    fn is_witnessed(&self, told: &Snapshot, taken_at: DateTime<Utc>, now: Instant) -> bool {
        let Some(limit) = self.limit(now) else {
            return false;
        };
        let calls = || {
            let calls = told.contacts.iter().flatten();
            calls.filter(|contact| contact.kind.is_call())
        };
        let legs = || calls().flat_map(|call| call.legs.iter().flatten());
        let state = told.agent.state.as_ref().and_then(|state| state.since);
        calls()
            .filter_map(|call| call.since)
            .chain(legs().filter_map(|leg| leg.since))
            .chain(state)
            .any(|since| since > limit && since - taken_at <= CLOCKS_APART)
    }

    /// Whether a time that is in doubt fits the one that was in doubt before it.
    fn agrees(&self, taken_at: DateTime<Utc>, now: Instant) -> bool {
        self.doubted.is_some_and(|doubted| {
            let passed = taken_at - doubted.taken_at;
            let off = passed.checked_sub(&now.since(doubted.at));
            passed > TimeDelta::zero() && off.is_some_and(|off| off.abs() <= CLOCKS_APART)
        })
    }

    /// Remembers the time of a snapshot that says nothing else before another agrees with it.
    pub(crate) fn doubt(&mut self, told: &Snapshot, now: Instant) {
        let sent_again = self
            .doubted
            .is_some_and(|doubted| Some(doubted.taken_at) == told.taken_at);
        if !sent_again {
            self.doubted = told.taken_at.map(|taken_at| Read { taken_at, at: now });
        }
    }

    /// Takes in the time of a snapshot. Gives when the snapshot was taken, as far as that is
    /// believed.
    pub(crate) fn take(
        &mut self,
        told: &Snapshot,
        standing: Standing,
        now: Instant,
    ) -> Option<DateTime<Utc>> {
        let read = told.taken_at.map(|taken_at| Read { taken_at, at: now });
        if standing == Standing::Doubtful {
            self.doubted = read;
            return self.now(now);
        }
        if let Some(taken_at) = told.taken_at {
            if !self.bears_out(taken_at, told.clock, now) {
                self.start = None;
            }
            self.believed = read;
            self.doubted = None;
        }
        self.set(told.clock, told.taken_at, now);
        told.taken_at
    }

    /// Sets the clock by what a snapshot says. One that is sent again carries the skew of its
    /// first delivery; if the PC's clock has jumped since, it would mislead, so it sets nothing.
    /// Without a time of its own, a snapshot may be any of the earlier ones, and is listened to
    /// only while there is no better.
    fn set(
        &mut self,
        reading: Option<ClockReading>,
        taken_at: Option<DateTime<Utc>>,
        now: Instant,
    ) {
        let skew = reading.map(|reading| reading.skew);
        let read_at = reading.and_then(|reading| reading.local.checked_add_signed(reading.skew));
        // A snapshot is read after it was taken, and not long after; else the PC's clock has
        // jumped while it was under way.
        let could_be = |read_at: &DateTime<Utc>| {
            taken_at.is_none_or(|at| *read_at >= at && *read_at - at <= LATEST_ARRIVAL)
        };
        // Without a reading it is at least as late as the snapshot, and as it was before.
        let at_least = || Some(taken_at?.max(self.now(now).unwrap_or(DateTime::<Utc>::MIN_UTC)));
        let read_at = read_at.filter(could_be);
        let told = read_at.or_else(at_least);
        let sent_again = self.set_by.is_some_and(|(last, last_skew)| match taken_at {
            Some(_) => taken_at == last,
            None => last.is_some() || skew == last_skew,
        });
        if sent_again {
            return;
        }
        let since_start = now.since(Instant::default());
        if let Some(start) = told.and_then(|told| told.checked_sub_signed(since_start)) {
            self.is_exact = read_at.is_some() || (self.is_exact && self.start == Some(start));
            self.start = Some(start);
            self.set_by = Some((taken_at, skew));
        }
    }

    /// The last time of a snapshot that is believed.
    pub(crate) fn told_at(&self) -> Option<DateTime<Utc>> {
        self.believed.map(|read| read.taken_at)
    }

    /// The latest that it can be now.
    pub(crate) fn limit(&self, now: Instant) -> Option<DateTime<Utc>> {
        let slow = if self.is_exact {
            CLOCKS_APART
        } else {
            LATEST_ARRIVAL
        };
        self.now(now)?.checked_add_signed(slow)
    }

    /// Server time now; `None` until a snapshot has told it.
    pub fn now(&self, now: Instant) -> Option<DateTime<Utc>> {
        self.start?
            .checked_add_signed(now.since(Instant::default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_767_258_000 + seconds, 0).unwrap()
    }

    #[test]
    fn server_time_runs_on_the_monotonic_clock_whatever_the_pc_says() {
        let mut clock = ServerClock::default();
        let reading = ClockReading {
            local: at(-300),
            skew: TimeDelta::seconds(300),
        };
        clock.set(Some(reading), Some(at(0)), Instant::from_millis(5_000));
        assert_eq!(clock.now(Instant::from_millis(12_000)), Some(at(7)));
    }

    #[test]
    fn a_second_reading_of_one_snapshot_does_not_move_the_clock() {
        let mut clock = ServerClock::default();
        let reading = |local| ClockReading {
            local,
            skew: TimeDelta::zero(),
        };
        clock.set(Some(reading(at(0))), Some(at(0)), Instant::from_millis(0));
        clock.set(Some(reading(at(300))), Some(at(0)), Instant::from_millis(0));
        assert_eq!(clock.now(Instant::from_millis(0)), Some(at(0)));
    }

    #[test]
    fn a_snapshot_without_a_time_does_not_move_a_clock_that_another_has_set() {
        let mut clock = ServerClock::default();
        let reading = |local, skew| ClockReading {
            local,
            skew: TimeDelta::seconds(skew),
        };
        clock.set(
            Some(reading(at(0), 0)),
            Some(at(0)),
            Instant::from_millis(0),
        );
        clock.set(Some(reading(at(0), 300)), None, Instant::from_millis(0));
        assert_eq!(clock.now(Instant::from_millis(0)), Some(at(0)));
    }

    #[test]
    fn a_snapshot_without_skew_sets_the_clock_by_its_own_time() {
        let mut clock = ServerClock::default();
        clock.set(None, Some(at(0)), Instant::from_millis(1_000));
        assert_eq!(clock.now(Instant::from_millis(3_000)), Some(at(2)));
    }
}
