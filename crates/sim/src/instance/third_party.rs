//! Third parties: consultation, swap, conference, warm transfer.

use contract::{ConnectionId, ContactId};
use serde_json::{Value, json};

use super::request::{Answer, Exception, text};
use super::{Instance, Timer, customer};
use crate::contact::{Contact, ContactState};
use crate::event::{Outcome, Refusal, ThirdPartyAct};
use crate::leg::{Endpoint, EndpointKind, Leg, LegRole, LegState};
use crate::line::Reach;

impl Instance {
    /// Rings a third party; the customer hears music meanwhile.
    pub(super) fn call_in(&mut self, login: &str, params: &Value) -> Answer {
        let contact = self.call_of(login, params)?;
        if contact.third_parties().next().is_some() {
            return Err(Exception::invalid_state("there is a third party already"));
        }
        let offer = contact.offer;
        let endpoint: Endpoint = params
            .get("endpoint")
            .and_then(|endpoint| serde_json::from_value(endpoint.clone()).ok())
            .ok_or_else(Exception::bad_endpoint)?;
        let mut inside = None;
        let reach = match (endpoint.kind, endpoint.phone_number.as_deref()) {
            (EndpointKind::PhoneNumber, Some(number)) => {
                self.check_number(number)?;
                self.reach(number)
            }
            (EndpointKind::PhoneNumber, None) => return Err(Exception::bad_endpoint()),
            (EndpointKind::Agent | EndpointKind::Queue, _) => {
                inside = Some(self.destination(params)?);
                Reach::Ring
            }
        };
        let id = self.ids.connection();
        let leg = id.clone();
        self.change(login, offer, |contact, now| {
            contact.turn_legs(LegState::Hold, now, customer::is_customer);
            contact.legs.push(Leg {
                id: leg,
                role: LegRole::ThirdParty,
                state: LegState::Connecting,
                since: now,
                // Only a quick connect has an ARN, and only its name is a quick connect's name.
                quick_connect: endpoint
                    .endpoint_arn
                    .is_some()
                    .then(|| endpoint.name.clone())
                    .flatten(),
                endpoint,
                media: false,
                mute: false,
            });
        });
        self.publish(login);
        if let Some(to) = inside {
            self.ask_inside(login, offer, &id, to);
        }
        match reach {
            Reach::Answer => self.third_party_answers(login, offer, &id),
            Reach::Busy | Reach::BadNumber => self.third_party_gone(login, offer, &id),
            Reach::Ring | Reach::NoAnswer | Reach::Refused | Reach::NotPermitted => {
                let (agent, leg) = (login.to_owned(), id);
                self.arm(
                    self.scenario.switches.dial_ms,
                    Timer::ThirdPartyNoAnswer { agent, offer, leg },
                );
            }
        }
        Ok(json!({}))
    }

    /// The party on hold comes forward, the others go on hold.
    pub(super) fn toggle(&mut self, login: &str, params: &Value) -> Answer {
        let contact = self.call_of(login, params)?;
        let wanted = ConnectionId::from(text(params, "connectionId")?);
        let held = contact
            .legs
            .iter()
            .any(|leg| leg.id == wanted && leg.state == LegState::Hold);
        if !held || contact.third_parties().next().is_none() {
            return Err(Exception::invalid_state("nobody to swap with is on hold"));
        }
        let offer = contact.offer;
        self.hold_others(login, offer);
        self.change(login, offer, |contact, now| {
            contact.turn_legs(LegState::Hold, now, |leg| {
                leg.is_partner() && leg.state == LegState::Connected
            });
            contact.turn_legs(LegState::Connected, now, |leg| leg.id == wanted);
        });
        self.publish(login);
        Ok(json!({}))
    }

    /// Everybody who is on the line talks with everybody.
    pub(super) fn conference(&mut self, login: &str, params: &Value) -> Answer {
        let contact = self.call_of(login, params)?;
        let joined = contact.third_parties().any(|leg| leg.state.is_up());
        let customer = contact.customer().is_some_and(|leg| leg.state.is_up());
        if !(joined && customer) {
            return Err(Exception::invalid_state("a conference needs three parties"));
        }
        let offer = contact.offer;
        self.hold_others(login, offer);
        self.change(login, offer, |contact, now| {
            contact.converse(now, |leg| leg.state.is_up());
        });
        self.publish(login);
        Ok(json!({}))
    }

    /// What a test or a person makes a third party do.
    pub(super) fn third_party(
        &mut self,
        id: &ContactId,
        leg: &ConnectionId,
        act: ThirdPartyAct,
    ) -> Result<Outcome, Refusal> {
        let has_leg = |contact: &&Contact| {
            let third = |one: &Leg| one.id == *leg && one.role == LegRole::ThirdParty;
            contact.id == *id && contact.legs.iter().any(third)
        };
        let found = self.agents.iter().find_map(|(login, agent)| {
            let contact = agent.contacts.iter().find(has_leg)?;
            let state = contact.legs.iter().find(|one| one.id == *leg)?.state;
            Some((login.clone(), contact.offer, state))
        });
        let Some((login, offer, state)) = found else {
            return Err(Refusal::Unknown {
                what: "third party",
                id: leg.to_string(),
            });
        };
        match (act, state) {
            (ThirdPartyAct::Answer, LegState::Connecting) => {
                if let Some(answered) = self.answer_inside(leg) {
                    return answered;
                }
                self.third_party_answers(&login, offer, leg);
            }
            (ThirdPartyAct::Answer, _) => {
                return Err(Refusal::NotNow("the telephone is not ringing".to_owned()));
            }
            (ThirdPartyAct::HangUp, LegState::Disconnected) => {
                return Err(Refusal::NotNow("the line is already dead".to_owned()));
            }
            (ThirdPartyAct::HangUp, _) => self.third_party_gone(&login, offer, leg),
        }
        Ok(Outcome::Done)
    }

    pub(super) fn third_party_answers(&mut self, login: &str, offer: u64, leg: &ConnectionId) {
        self.change(login, offer, |contact, now| {
            contact.turn_legs(LegState::Connected, now, |one| one.id == *leg);
        });
        self.publish(login);
    }

    /// A third party hung up, was dropped, or never picked up. The leg stays in the list. When
    /// the customer is gone too, so is the contact.
    pub(super) fn third_party_gone(&mut self, login: &str, offer: u64, leg: &ConnectionId) {
        let resumes = self.scenario.switches.resume_when_third_party_leaves;
        let alone = self.change(login, offer, |contact, now| {
            contact.turn_legs(LegState::Disconnected, now, |one| one.id == *leg);
            if resumes && contact.third_parties().next().is_none() {
                contact.turn_legs(LegState::Connected, now, |one| {
                    customer::is_customer(one) && one.state == LegState::Hold
                });
            }
            contact.state == ContactState::Connected
                && !contact
                    .legs
                    .iter()
                    .any(|one| one.is_partner() && one.state != LegState::Disconnected)
        });
        match alone {
            Some(true) => self.finish(login, offer),
            Some(false) => self.publish(login),
            None => {}
        }
        self.dismiss_colleague(leg);
    }

    /// The time of a third party who did not pick up is over.
    pub(super) fn third_party_unanswered(&mut self, login: &str, offer: u64, leg: &ConnectionId) {
        // Once the agent has left, it is the customer who waits.
        let rings = self.offer_of(login, offer).is_some_and(|contact| {
            let rings = |one: &Leg| one.id == *leg && one.state == LegState::Connecting;
            contact.state.is_live() && contact.legs.iter().any(rings)
        });
        if rings {
            self.third_party_gone(login, offer, leg);
        }
    }
}
