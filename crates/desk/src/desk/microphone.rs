//! What the customer hears: what the agent wants, what the softphone reports and what Connect does
//! to the line, held against each other. Nothing here opens a microphone.

use super::Desk;
use crate::{clock::Instant, snapshot::LegRole};

/// What was last pressed here, and since when it should be so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wish {
    muted: bool,
    due: Instant,
    /// Whether the softphone has had its time.
    is_due: bool,
}

/// That the customer hears something else than the agent thinks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MuteConflict {
    /// The agent has closed the microphone and it is open: the customer hears them.
    Heard,
    /// The agent has opened the microphone and it is closed: the customer does not hear them.
    NotHeard,
    /// The microphone is open and Connect mutes the agent's leg: the customer does not hear them.
    LineMuted,
}

/// How long the softphone may take to report, in milliseconds.
const REPORT_MS: i64 = 2_000;

impl Desk {
    /// Whether the agent's microphone is closed; `None` if nobody knows: after a reload in
    /// mid-call, until the button is pressed; on a desk phone; or when the softphone says that it
    /// is open and Connect that the agent is muted. A call that began before the eyes of this page
    /// began with an open one.
    pub fn muted(&self) -> Option<bool> {
        self.muted.filter(|muted| *muted || !self.is_line_muted())
    }

    /// Whether closing and opening the microphone means anything now.
    pub fn can_mute(&self) -> bool {
        self.can_work() && self.is_talking()
    }

    /// Whether there is a microphone of which to say how it is.
    pub fn has_microphone(&self) -> bool {
        self.link.is_ready() && self.is_talking()
    }

    /// Whether the customer hears something else than the agent thinks.
    pub fn mute_conflict(&self) -> Option<MuteConflict> {
        if !self.is_talking() {
            return None;
        }
        let wished = self.wish.filter(|wish| wish.is_due);
        match (wished.map(|wish| wish.muted), self.muted) {
            (Some(true), Some(false) | None) => Some(MuteConflict::Heard),
            (Some(false), Some(true)) => Some(MuteConflict::NotHeard),
            (_, Some(false)) if self.is_line_muted() => Some(MuteConflict::LineMuted),
            _ => None,
        }
    }

    fn is_talking(&self) -> bool {
        let mut calls = self.roster.calls();
        calls.any(|contact| contact.phase.is_talking())
    }

    /// Whether Connect says that it mutes the agent's leg.
    fn is_line_muted(&self) -> bool {
        let mut legs = self.roster.calls().flat_map(|contact| &contact.legs);
        legs.any(|leg| leg.role == LegRole::Agent && leg.is_active() && leg.muted == Some(true))
    }

    /// Remembers what the agent wants.
    pub(super) fn wish(&mut self, muted: bool, now: Instant) {
        self.wish = Some(Wish {
            muted,
            due: now.after(REPORT_MS),
            is_due: false,
        });
    }

    /// What the softphone reports. Whether it changed anything.
    pub(super) fn hear_of_mute(&mut self, muted: bool) -> bool {
        // Once it has agreed, whatever it says afterwards is another's doing, and is said at once.
        if let Some(wish) = self.wish.as_mut().filter(|wish| wish.muted == muted) {
            wish.is_due = true;
        }
        self.muted.replace(muted) != Some(muted)
    }

    /// The agent takes it as the softphone reports it.
    pub(super) fn accept_mute(&mut self) {
        self.wish = None;
    }

    /// The library opens the microphone anew for each call (Streams `src/softphone.js`,
    /// `onLocalStreamAdded`), and would have reported a mute since.
    pub(super) fn open_microphone(&mut self, has_softphone: bool) {
        self.muted = has_softphone.then_some(false);
        self.wish = None;
    }

    pub(super) fn wish_is_due(&self, now: Instant) -> bool {
        self.wish
            .is_some_and(|wish| !wish.is_due && wish.due <= now)
    }

    pub(super) fn settle_wish(&mut self, now: Instant) {
        if let Some(wish) = self.wish.as_mut().filter(|wish| wish.due <= now) {
            wish.is_due = true;
        }
    }
}
