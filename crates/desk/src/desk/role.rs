//! One page of a browser leads; the others are mirrors, which show and do nothing.
//!
//! The library settles what it embedded a CCP with once for the life of a page, so a page whose
//! role changes is loaded anew. Not while the audio of a call lives in it: that ends with the
//! page and does not come back (Streams issues 33 and 726).

use super::Desk;
use crate::{clock::Instant, input::Effect};

/// What a page is among the pages of its browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Role {
    /// Nobody has said: the browser cannot tell, and the page does everything.
    #[default]
    Unknown,
    /// It does everything, and is the only one.
    Leader,
    /// Another page leads. This one shows what is, asks nothing of Connect, keeps nothing and
    /// holds no audio.
    Mirror,
}

/// The same, and what is to become of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Place {
    #[default]
    Unknown,
    Leader,
    Mirror,
    /// A mirror that has led until now; the audio of a call may live in it.
    SteppingDown,
    /// A mirror that leads from then on, unless the page that led comes back.
    Heir(Instant),
}

/// How long the page that led may take to come back, in milliseconds: it may be loading anew.
const WAY_BACK_MS: i64 = 3_000;

impl Desk {
    /// What this page is among the pages of its browser.
    pub fn role(&self) -> Role {
        match self.place {
            Place::Unknown => Role::Unknown,
            Place::Leader => Role::Leader,
            Place::Mirror | Place::SteppingDown | Place::Heir(_) => Role::Mirror,
        }
    }

    /// Whether the audio of a call may live in this page: one that has stopped leading keeps it
    /// until the call is over.
    pub fn holds_audio(&self) -> bool {
        self.roster.is_live() && (self.leads() || self.place == Place::SteppingDown)
    }

    /// Whether the agent can work in this page.
    pub fn can_work(&self) -> bool {
        self.link.is_ready() && self.leads()
    }

    pub(super) fn leads(&self) -> bool {
        self.role() != Role::Mirror
    }

    /// Whether it changed anything.
    pub(super) fn take_role(
        &mut self,
        told: Role,
        now: Instant,
        effects: &mut Vec<Effect>,
    ) -> bool {
        let before = self.place;
        self.place = match (before, told) {
            (_, Role::Unknown) => Place::Unknown,
            (Place::Mirror | Place::Heir(_), Role::Leader) => Place::Heir(now.after(WAY_BACK_MS)),
            (_, Role::Leader) => Place::Leader,
            (Place::Leader | Place::SteppingDown, Role::Mirror) => Place::SteppingDown,
            (_, Role::Mirror) => Place::Mirror,
        };
        if !self.leads() {
            self.leaving = None;
            self.wish = None;
        }
        self.step_down(effects);
        before != self.place
    }

    /// Loads a page that has stopped leading anew, once it costs no call.
    pub(super) fn step_down(&mut self, effects: &mut Vec<Effect>) {
        if self.place == Place::SteppingDown && !self.roster.is_live() {
            self.place = Place::Mirror;
            effects.push(Effect::Reload);
        }
    }

    /// Takes the audio of calls for the leader's frame. A mirror's may have it: one that is loaded
    /// anew starts from what any frame was told last, for they keep it in one storage, and who asks
    /// first gets it. But not from a talk, which goes on where it began.
    pub(super) fn claim_audio(&mut self, effects: &mut Vec<Effect>) {
        let talks = self.roster.calls().any(|call| call.phase.is_talking());
        if self.place == Place::Leader && !self.has_audio && !talks {
            self.has_audio = true;
            effects.push(Effect::ClaimAudio);
        }
    }

    /// Whether the page that led has had its time to come back.
    pub(super) fn role_is_due(&self, now: Instant) -> bool {
        matches!(self.place, Place::Heir(from) if from <= now)
    }

    pub(super) fn settle_role(&mut self, now: Instant, effects: &mut Vec<Effect>) {
        if self.role_is_due(now) {
            // What only this page has seen is kept before it goes.
            self.place = Place::Leader;
            self.save(now, effects);
            // Its frame has no audio: it leads when it has been loaded anew, and not before.
            self.place = Place::Mirror;
            effects.push(Effect::Lead);
        }
    }
}
