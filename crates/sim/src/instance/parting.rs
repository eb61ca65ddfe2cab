//! Hanging up: what a destroyed connection means for the others, and who is left with whom.

use contract::ContactId;
use serde_json::{Value, json};

use super::request::{Answer, Exception, leg_in};
use super::{Instance, customer};
use crate::leg::{LegRole, LegState};
use crate::line::{Ending, Place};

impl Instance {
    pub(super) fn destroy_connection(&mut self, login: &str, params: &Value) -> Answer {
        let contact = self.contact_in(login, params)?;
        let (id, leg) = (contact.offer, leg_in(contact, params)?);
        let (role, leg_id) = (leg.role, leg.id.clone());
        if leg.state == LegState::Disconnected || !contact.state.is_live() {
            return Err(Exception::invalid_state("the connection is gone already"));
        }
        if role == LegRole::Supervisor {
            let why = "an agent cannot put a supervisor out of the call";
            return Err(Exception::new("AccessDeniedException", why));
        }
        if contact.is_offered() {
            self.decline(login, id);
        } else if contact.is_dialling() && role != LegRole::ThirdParty {
            self.dial_failed(login, id, Ending::Cancelled);
        } else {
            match role {
                LegRole::Agent => self.leave(login, id),
                LegRole::Caller | LegRole::Callee => self.drop_customer(login, id),
                LegRole::ThirdParty | LegRole::Supervisor => {
                    self.third_party_gone(login, id, &leg_id);
                }
            }
        }
        Ok(json!({}))
    }

    /// The agent hangs up. Whoever is left over keeps talking: that is a transfer.
    fn leave(&mut self, login: &str, offer: u64) {
        let Some((id, customer_stays, others)) = self.change(login, offer, |contact, now| {
            let parties: Vec<_> = contact.third_parties().map(|leg| leg.id.clone()).collect();
            let others = !parties.is_empty();
            let customer = contact.customer().is_some_and(|leg| leg.state.is_up());
            let stays = others && customer;
            if stays {
                contact.turn_legs(LegState::Connected, now, |leg| {
                    leg.role != LegRole::Agent && leg.state == LegState::Hold
                });
            } else {
                contact.turn_legs(LegState::Disconnected, now, |_| true);
            }
            (contact.id.clone(), stays, parties)
        }) else {
            return;
        };
        if customer_stays {
            self.place(&id, Place::Transferred);
        } else {
            self.gone_unless_gone(&id, Ending::AgentHungUp);
        }
        self.finish(login, offer);
        if !customer_stays {
            self.colleague_left(&id);
            for leg in others {
                self.dismiss_colleague(&leg);
            }
        }
    }

    fn drop_customer(&mut self, login: &str, offer: u64) {
        let Some((id, others)) = self.change(login, offer, |contact, now| {
            contact.turn_legs(LegState::Disconnected, now, customer::is_customer);
            (contact.id.clone(), contact.third_parties().next().is_some())
        }) else {
            return;
        };
        self.gone_unless_gone(&id, Ending::AgentHungUp);
        if others {
            self.publish(login);
        } else {
            self.finish(login, offer);
        }
        self.colleague_left(&id);
    }

    fn gone_unless_gone(&mut self, id: &ContactId, why: Ending) {
        if self.lines.get(id).is_some_and(|line| !line.is_gone()) {
            self.gone(id, why);
        }
    }
}
