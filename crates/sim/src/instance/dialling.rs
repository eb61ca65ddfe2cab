//! Dialling: calls that the agent makes, and callbacks that were accepted.

use contract::PhoneNumber;
use serde_json::{Value, json};

use super::customer::is_customer;
use super::request::{Answer, Exception};
use super::{Instance, Timer};
use crate::agent::queue_arn;
use crate::contact::{Contact, ContactState};
use crate::leg::{Endpoint, EndpointKind, LegRole, LegState};
use crate::line::{Ending, Origin, Reach};
use crate::scenario::StateKind;
use crate::switches::CancelledState;

/// Numbers below this many digits are service numbers, which Connect does not dial.
const SHORTEST_NUMBER: usize = 7;

/// Calling codes of the countries a scenario may name (ITU-T E.164 Annex), as far as needed.
const CALLING_CODES: [(&str, &str); 14] = [
    ("au", "61"),
    ("ca", "1"),
    ("cn", "86"),
    ("de", "49"),
    ("es", "34"),
    ("fr", "33"),
    ("gb", "44"),
    ("hk", "852"),
    ("it", "39"),
    ("jp", "81"),
    ("kr", "82"),
    ("sg", "65"),
    ("tw", "886"),
    ("us", "1"),
];

impl Instance {
    pub(super) fn create_outbound_contact(&mut self, login: &str, params: &Value) -> Answer {
        let endpoint: Endpoint = params
            .get("endpoint")
            .and_then(|endpoint| serde_json::from_value(endpoint.clone()).ok())
            .ok_or_else(Exception::bad_endpoint)?;
        let agent = self
            .agents
            .get(login)
            .ok_or_else(|| Exception::invalid_state("no such agent"))?;
        if !agent.person.may_call_out {
            let why = "the security profile does not permit outbound calls";
            return Err(Exception::new("AccessDeniedException", why));
        }
        if agent.is_engaged() {
            return Err(Exception::invalid_state("agent has a live contact"));
        }
        if agent.availability.kind == StateKind::Offline {
            return Err(Exception::invalid_state("agent is offline"));
        }
        let queue = match params.get("queueARN").and_then(Value::as_str) {
            None => agent.person.queues.first(),
            Some(arn) => agent
                .person
                .queues
                .iter()
                .find(|name| queue_arn(&self.scenario, name) == arn),
        }
        .cloned()
        .ok_or_else(Exception::bad_endpoint)?;
        let (EndpointKind::PhoneNumber, Some(number)) = (endpoint.kind, endpoint.phone_number)
        else {
            return Err(Exception::bad_endpoint());
        };
        self.check_number(&number)?;
        if let Some(agent) = self.agents.get_mut(login) {
            agent.contacts.clear();
        }
        self.dial(login, &number, &queue);
        Ok(json!({}))
    }

    /// Whether Connect would try that number at all.
    pub(super) fn check_number(&self, number: &str) -> Result<(), Exception> {
        let denied = |why: &str| Exception::new("AccessDeniedException", why);
        match self.reach(number) {
            Reach::Refused => return Err(Exception::bad_endpoint()),
            Reach::NotPermitted => return Err(denied("the destination is not permitted")),
            _ => {}
        }
        let number = PhoneNumber::parse(number).map_err(|_| Exception::bad_endpoint())?;
        if number.digits().len() < SHORTEST_NUMBER {
            return Err(Exception::bad_endpoint());
        }
        let reachable = self.scenario.dialable_countries.iter().any(|country| {
            CALLING_CODES
                .iter()
                .any(|(iso, code)| iso == country && number.digits().starts_with(code))
        });
        if reachable {
            Ok(())
        } else {
            Err(denied("the country is not among the dialable ones"))
        }
    }

    /// The agent calls. The caller has checked that they may.
    fn dial(&mut self, login: &str, number: &str, queue: &str) {
        let id = self.ids.contact();
        let line = self.new_line(
            id.clone(),
            id.clone(),
            Origin::Outbound,
            Some(number.to_owned()),
            queue.to_owned(),
        );
        self.lines.insert(id.clone(), line);
        self.forget_old_lines();
        self.offer(&id, login);
        let offer = self
            .agents
            .get(login)
            .and_then(|agent| agent.contacts.last())
            .map(|contact| contact.offer);
        let Some(offer) = offer else { return };
        match self.scenario.switches.agent_leg_ms {
            0 => self.agent_leg_up(login, offer),
            after => {
                let agent = login.to_owned();
                self.arm(after, Timer::AgentLeg { agent, offer });
            }
        }
    }

    /// The agent's own leg of an outbound call is up; now the customer's telephone rings.
    pub(super) fn agent_leg_up(&mut self, login: &str, offer: u64) {
        let waits = |contact: &Contact| {
            contact.is_dialling()
                && contact
                    .agent()
                    .is_some_and(|leg| leg.state == LegState::Connecting)
        };
        if !self.offer_of(login, offer).is_some_and(waits) {
            return;
        }
        let at_agent_leg = self.scenario.switches.outbound_connected_at_agent_leg;
        self.change(login, offer, |contact, now| {
            contact.turn_legs(LegState::Connected, now, |leg| leg.role == LegRole::Agent);
            contact.turn_legs(LegState::Connecting, now, is_customer);
            if at_agent_leg {
                contact.turn(ContactState::Connected, now);
            }
        });
        self.publish(login);
        self.ring_customer(login, offer);
    }

    /// The dialled telephone does what it was set to do.
    pub(super) fn ring_customer(&mut self, login: &str, offer: u64) {
        let Some(number) = self
            .offer_of(login, offer)
            .and_then(|contact| contact.customer_number.clone())
        else {
            return;
        };
        match self.reach(&number) {
            Reach::Ring | Reach::NoAnswer => {
                let agent = login.to_owned();
                self.arm(
                    self.scenario.switches.dial_ms,
                    Timer::NoAnswer { agent, offer },
                );
            }
            Reach::Answer => self.picked_up(login, offer),
            Reach::Busy => self.dial_failed(login, offer, Ending::Busy),
            Reach::BadNumber => self.dial_failed(login, offer, Ending::BadNumber),
            Reach::Refused | Reach::NotPermitted => {
                self.dial_failed(login, offer, Ending::Refused);
            }
        }
    }

    pub(super) fn nobody_answered(&mut self, login: &str, offer: u64) {
        if self
            .offer_of(login, offer)
            .is_some_and(Contact::is_dialling)
        {
            self.dial_failed(login, offer, Ending::NoAnswer);
        }
    }

    pub(super) fn picked_up(&mut self, login: &str, offer: u64) {
        self.change(login, offer, |contact, now| {
            contact.converse(now, |leg| leg.role == LegRole::Agent || is_customer(leg));
            contact.turn(ContactState::Connected, now);
        });
        self.publish(login);
    }

    pub(super) fn dial_failed(&mut self, login: &str, offer: u64, why: Ending) {
        let switches = &self.scenario.switches;
        let name = match why {
            Ending::Busy => "LineEngagedCustomer",
            Ending::BadNumber => "BadAddressCustomer",
            Ending::Cancelled => switches.agent_state_after_cancel.as_str(),
            _ => "FailedConnectCustomer",
        };
        let ends = why == Ending::Cancelled && switches.cancelled == CancelledState::Ended;
        let state = if ends {
            ContactState::Ended
        } else {
            ContactState::Error(name.to_owned())
        };
        let id = self.change(login, offer, |contact, now| {
            contact.turn_legs(LegState::Disconnected, now, |_| true);
            contact.turn(state, now);
            contact.id.clone()
        });
        if let Some(id) = id {
            self.gone(&id, why);
        }
        self.publish(login);
        self.unmute_after(login);
        let after = if ends {
            self.scenario.switches.after_call_work_limit_ms
        } else {
            self.scenario.switches.clear_failed_outbound_after_ms
        };
        self.clear_later(login, offer, after);
    }
}
