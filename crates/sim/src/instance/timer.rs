//! What happens by itself: timers as data, fired by whoever tells the instance the time.

use chrono::{DateTime, TimeDelta, Utc};
use contract::{ConnectionId, ContactId};

use super::Instance;
use crate::line::Place;

/// What happens by itself after a while. The number is the offer's, so that a timer of an
/// offer that is over finds nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Timer {
    /// Nobody accepted.
    RingOut { agent: String, offer: u64 },
    /// The softphone accepts by itself.
    AutoAccept { agent: String, offer: u64 },
    /// Nobody picked the dialled telephone up.
    NoAnswer { agent: String, offer: u64 },
    /// Nobody picked up the telephone that a program lets ring.
    ProgramNoAnswer { contact: ContactId },
    /// The third party did not pick up.
    ThirdPartyNoAnswer {
        agent: String,
        offer: u64,
        leg: ConnectionId,
    },
    /// The CCP clears a contact that came to nothing, or whose after-call work is limited.
    Clear { agent: String, offer: u64 },
    /// The agent's own leg is up, and the customer is dialled.
    AgentLeg { agent: String, offer: u64 },
    /// A page that was acknowledged without its id learns it.
    Introduce { port: String },
    /// No `configure` came from the parent.
    AskForConfiguration { port: String },
    /// The worker's polling returns.
    Republish,
}

impl Instance {
    /// When something will happen by itself.
    pub fn next_due(&self) -> Option<DateTime<Utc>> {
        self.timers.keys().next().map(|(due, _)| *due)
    }

    /// Whether the clock may be set back: not under a call, whose stamps would run backwards.
    pub(crate) fn is_idle(&self) -> bool {
        self.agents.values().all(|agent| agent.contacts.is_empty())
            && self
                .lines
                .values()
                .all(|line| matches!(line.place, Place::Gone { .. }))
    }

    /// The clock was set. Nothing may have happened in its future, so what has is pulled back.
    pub(super) fn set_clock(&mut self, now: DateTime<Utc>) {
        if now < self.now {
            for agent in self.agents.values_mut() {
                agent.availability_since = agent.availability_since.min(now);
                agent.shown.since = agent.shown.since.min(now);
            }
            self.timers.clear();
            self.arm_republish();
        }
    }

    pub(super) fn fire_due(&mut self, now: DateTime<Utc>) {
        let mut republished = false;
        while let Some(entry) = self.timers.first_entry() {
            let due = entry.key().0;
            if due > now {
                break;
            }
            let timer = entry.remove();
            self.now = self.now.max(due);
            match timer {
                Timer::RingOut { agent, offer } => self.ring_out(&agent, offer),
                Timer::AutoAccept { agent, offer } => self.accept_by_itself(&agent, offer),
                Timer::NoAnswer { agent, offer } => self.nobody_answered(&agent, offer),
                Timer::ProgramNoAnswer { contact } => self.program_unanswered(&contact),
                Timer::ThirdPartyNoAnswer { agent, offer, leg } => {
                    self.third_party_unanswered(&agent, offer, &leg);
                }
                Timer::Clear { agent, offer } => self.clear_offer(&agent, offer),
                Timer::AgentLeg { agent, offer } => self.agent_leg_up(&agent, offer),
                Timer::Introduce { port } => self.introduce(&port),
                Timer::AskForConfiguration { port } => self.ask_for_configuration(&port),
                Timer::Republish => {
                    self.republish();
                    republished = true;
                }
            }
            self.route();
        }
        self.now = now;
        // Armed from the end: once, however far the clock was advanced.
        if republished {
            self.arm_republish();
        }
    }

    pub(super) fn arm(&mut self, after_ms: u32, timer: Timer) {
        let due = self.now + TimeDelta::milliseconds(i64::from(after_ms));
        let ordinal = self.ids.ordinal();
        self.timers.insert((due, ordinal), timer);
    }

    pub(super) fn arm_republish(&mut self) {
        self.timers.retain(|_, timer| *timer != Timer::Republish);
        // Less than a second would flood every page for nothing.
        if let Some(every) = self.scenario.switches.republish_ms {
            self.arm(every.max(1_000), Timer::Republish);
        }
    }
}
