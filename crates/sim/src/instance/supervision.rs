//! Supervisors who listen to a call, or take part in it ("Monitor live conversations" and "Barge
//! live conversations", AWS administrator guide).
//!
//! A leg of type `monitoring` beside the others. The agent can do nothing about it, nobody is put
//! on hold for it, and it ends with the call.

use contract::ContactId;

use super::Instance;
use crate::contact::{Contact, ContactState};
use crate::event::{Outcome, Refusal};
use crate::leg::{Endpoint, Leg, LegRole, LegState};
use crate::line::Channel;

impl Instance {
    /// A supervisor listens, speaks or, by `None`, leaves.
    pub(super) fn supervise(
        &mut self,
        id: &ContactId,
        how: Option<LegState>,
    ) -> Result<Outcome, Refusal> {
        let talks = |contact: &&Contact| {
            let is_call = contact.channel == Channel::Voice;
            contact.id == *id && is_call && contact.state == ContactState::Connected
        };
        let found = self.agents.iter().find_map(|(login, agent)| {
            let contact = agent.contacts.iter().find(talks)?;
            Some((login.clone(), contact))
        });
        let Some((login, contact)) = found else {
            return Err(Refusal::NotNow(
                "only a call that is connected can be supervised".to_owned(),
            ));
        };
        let offer = contact.offer;
        let is_there = contact.legs.iter().any(Leg::is_supervising);
        let new_leg = self.ids.connection();
        self.change(&login, offer, |contact, now| match how {
            Some(state) if !is_there => contact.legs.push(Leg {
                id: new_leg,
                role: LegRole::Supervisor,
                state,
                since: now,
                endpoint: Endpoint::agent(),
                media: false,
                mute: false,
                quick_connect: None,
            }),
            how => {
                let state = how.unwrap_or(LegState::Disconnected);
                contact.turn_legs(state, now, |leg| leg.role == LegRole::Supervisor);
            }
        });
        self.publish(&login);
        Ok(Outcome::Done)
    }
}
