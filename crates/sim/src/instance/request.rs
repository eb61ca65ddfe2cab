//! API requests: what the library asks for, with its answers and refusals.

use contract::{ConnectionId, ContactId};
use serde_json::{Value, json};

use super::Instance;
use crate::contact::{Contact, ContactState};
use crate::event::{Effect, Fault, Message};
use crate::leg::{Leg, LegRole, LegState};
use crate::line::{Channel, Place};
use crate::scenario::Destination;

/// A refused request: the type that Connect's clients classify by, and a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Exception {
    pub(super) kind: String,
    pub(super) message: String,
}

/// What a request leads to.
pub(super) type Answer = Result<Value, Exception>;

impl Exception {
    pub(super) fn new(kind: &str, message: impl Into<String>) -> Self {
        Self {
            kind: kind.to_owned(),
            message: message.into(),
        }
    }

    pub(super) fn invalid_state(message: impl Into<String>) -> Self {
        Self::new("InvalidStateException", message)
    }

    pub(super) fn invalid_contact_type(message: &str) -> Self {
        Self::new("InvalidContactTypeException", message)
    }

    pub(super) fn bad_endpoint() -> Self {
        Self::new("BadEndpointException", "Bad endpoint")
    }

    /// The real worker hands errors on as text.
    fn to_wire(&self) -> String {
        let (kind, message) = (json!(self.kind), json!(self.message));
        format!(
            r#"{{"type":{kind},"message":{message},"stack":[],"retryStatus":"none","statusCode":400}}"#
        )
    }
}

impl Instance {
    /// Answers one request, exactly once. Without an id nobody could be answered.
    pub(super) fn answer(&mut self, port: &str, login: &str, request: &Value) {
        let Some(id) = request.get("requestId").and_then(Value::as_str) else {
            return;
        };
        let method = request.get("method").and_then(Value::as_str).unwrap_or("");
        let params = request.get("params").cloned().unwrap_or_default();
        let before = self.effects.len();
        let answer = match self.take_fault(method) {
            Some(Fault {
                exception: None, ..
            }) => {
                self.record(login, method, &params, "none");
                return;
            }
            Some(Fault {
                exception: Some(kind),
                message,
                ..
            }) => Err(Exception { kind, message }),
            None => self
                .perform(login, method, &params)
                .map_err(|exception| self.as_configured(method, exception)),
        };
        let (data, err) = match &answer {
            Ok(data) => (data.clone(), Value::Null),
            Err(exception) => (Value::Null, Value::from(exception.to_wire())),
        };
        let outcome = answer
            .as_ref()
            .map_or_else(|error| error.kind.as_str(), |_| "ok");
        self.record(login, method, &params, outcome);
        let response = Effect::Send {
            port: port.to_owned(),
            message: Message {
                event: "api_response".to_owned(),
                data: json!({
                    "event": "api_response", "requestId": id, "data": data, "err": err,
                }),
            },
        };
        if self.scenario.switches.snapshot_before_response {
            self.effects.push(response);
        } else {
            self.effects.insert(before, response);
        }
    }

    /// A refusal, by the exception type that the switches want for that method.
    fn as_configured(&self, method: &str, exception: Exception) -> Exception {
        match self.scenario.switches.refusals.get(method) {
            Some(kind) => Exception::new(kind, exception.message),
            None => exception,
        }
    }

    /// Takes one failure from the faults in force.
    fn take_fault(&mut self, method: &str) -> Option<Fault> {
        let at = self
            .faults
            .iter()
            .position(|fault| fault.method == method)?;
        let fault = self.faults.get_mut(at)?;
        fault.count = fault.count.saturating_sub(1);
        let taken = fault.clone();
        if taken.count == 0 {
            self.faults.remove(at);
        }
        Some(taken)
    }

    fn perform(&mut self, login: &str, method: &str, params: &Value) -> Answer {
        match method {
            "putAgentState" => self.put_agent_state(login, params),
            "createOutboundContact" => self.create_outbound_contact(login, params),
            "getEndpoints" => self.get_endpoints(params),
            "updateAgentConfiguration" => self.update_configuration(login, params),
            "acceptContact" => self.accept_contact(login, params),
            "rejectContact" => {
                let offer = self.offered(login, params)?;
                self.decline(login, offer);
                Ok(json!({}))
            }
            "clearContact" | "completeContact" => self.clear_contact(login, params),
            "destroyConnection" => self.destroy_connection(login, params),
            "holdConnection" => self.hold(login, params, LegState::Connected, LegState::Hold),
            "resumeConnection" => self.hold(login, params, LegState::Hold, LegState::Connected),
            "sendDigits" => self.send_digits(login, params),
            "muteParticipant" => self.mute(login, params, true),
            "unmuteParticipant" => self.mute(login, params, false),
            "createAdditionalConnection" | "addNewConnection" => self.call_in(login, params),
            "toggleActiveConnections" => self.toggle(login, params),
            "conferenceConnections" => self.conference(login, params),
            "pauseContact" => self.set_aside(login, params, ContactState::Paused),
            "resumeContact" => self.set_aside(login, params, ContactState::Connected),
            "transferContact" => self.transfer(login, params),
            "notifyContactIssue" => {
                self.contact_in(login, params)?;
                Ok(json!({}))
            }
            "updateMonitorParticipantState" | "createTransport" => Err(Exception::new(
                "AccessDeniedException",
                format!("{method} is not permitted"),
            )),
            "qrIntegrationExists" => Ok(json!(false)),
            "sendSoftphoneCallMetrics" | "sendSoftphoneCallReport" | "sendClientLogs" => {
                Ok(json!({}))
            }
            other => Err(Exception::new(
                "UnknownMethod",
                format!("No such method exists on AWS client: {other}"),
            )),
        }
    }

    /// The contact that a request names, if the agent has it.
    pub(super) fn contact_in(&self, login: &str, params: &Value) -> Result<&Contact, Exception> {
        let id = ContactId::from(text(params, "contactId")?);
        self.agents
            .get(login)
            .and_then(|agent| agent.contacts.iter().find(|contact| contact.id == id))
            .ok_or_else(|| Exception::invalid_state("the agent has no such contact"))
    }

    fn offered(&self, login: &str, params: &Value) -> Result<u64, Exception> {
        let contact = self.contact_in(login, params)?;
        if contact.is_offered() {
            Ok(contact.offer)
        } else {
            Err(Exception::invalid_state("the contact is not being offered"))
        }
    }

    /// A contact that people talk in.
    pub(super) fn call_of(&self, login: &str, params: &Value) -> Result<&Contact, Exception> {
        let contact = self.connected(login, params)?;
        match contact.channel {
            Channel::Voice => Ok(contact),
            Channel::Chat | Channel::Task => Err(Exception::invalid_contact_type(
                "only for a contact of type voice",
            )),
        }
    }

    pub(super) fn connected(&self, login: &str, params: &Value) -> Result<&Contact, Exception> {
        let contact = self.contact_in(login, params)?;
        if contact.state.name() == "connected" {
            Ok(contact)
        } else {
            Err(Exception::invalid_state("the contact is not connected"))
        }
    }

    fn accept_contact(&mut self, login: &str, params: &Value) -> Answer {
        let offer = self.offered(login, params)?;
        self.may_accept(login, offer)?;
        self.accept(login, offer);
        Ok(json!({}))
    }

    /// Sets a task aside, or takes it up again.
    fn set_aside(&mut self, login: &str, params: &Value, to: ContactState) -> Answer {
        let contact = self.contact_in(login, params)?;
        if contact.channel != Channel::Task {
            return Err(Exception::invalid_contact_type("only a task can be paused"));
        }
        let from = match to {
            ContactState::Paused => ContactState::Connected,
            _ => ContactState::Paused,
        };
        if contact.state != from {
            return Err(Exception::invalid_state(format!(
                "the task is not {}",
                from.name()
            )));
        }
        let offer = contact.offer;
        self.change(login, offer, |contact, now| contact.turn(to, now));
        self.publish(login);
        Ok(json!({}))
    }

    /// Hands a chat or a task on: it is over for this agent, and waits for another.
    fn transfer(&mut self, login: &str, params: &Value) -> Answer {
        let contact = self.connected(login, params)?;
        if contact.channel == Channel::Voice {
            return Err(Exception::invalid_contact_type(
                "a call is transferred by its connections",
            ));
        }
        let (offer, id) = (contact.offer, contact.id.clone());
        let to = self.destination(params)?;
        if let Some(line) = self.lines.get_mut(&id) {
            match to {
                Destination::Phone(_) => return Err(Exception::bad_endpoint()),
                Destination::Agent(login) => line.reserved = Some(login),
                Destination::Queue(name) => (line.queue, line.reserved) = (name, None),
            }
            line.place = Place::Queued;
        }
        self.finish(login, offer);
        Ok(json!({}))
    }

    fn clear_contact(&mut self, login: &str, params: &Value) -> Answer {
        let contact = self.contact_in(login, params)?;
        if contact.state.is_live() {
            return Err(Exception::invalid_state("the contact is not over"));
        }
        let offer = contact.offer;
        self.clear_offer(login, offer);
        Ok(json!({}))
    }

    fn hold(&mut self, login: &str, params: &Value, from: LegState, to: LegState) -> Answer {
        let contact = self.call_of(login, params)?;
        let leg = leg_in(contact, params)?;
        if leg.state != from {
            let message = format!("the connection is not in state {}", from.name());
            return Err(Exception::invalid_state(message));
        }
        let (offer, id) = (contact.offer, leg.id.clone());
        if to == LegState::Connected {
            self.hold_others(login, offer);
        }
        self.change(login, offer, |contact, now| {
            contact.turn_legs(to, now, |leg| leg.id == id);
        });
        self.publish(login);
        Ok(json!({}))
    }

    fn mute(&mut self, login: &str, params: &Value, mute: bool) -> Answer {
        let contact = self.call_of(login, params)?;
        let leg = leg_in(contact, params)?;
        if leg.state == LegState::Disconnected {
            return Err(Exception::invalid_state("the connection is gone already"));
        }
        let (offer, id) = (contact.offer, leg.id.clone());
        self.change(login, offer, |contact, _| {
            if let Some(leg) = contact.leg_mut(&id) {
                leg.mute = mute;
            }
        });
        self.publish(login);
        Ok(json!({}))
    }

    fn send_digits(&mut self, login: &str, params: &Value) -> Answer {
        let contact = self.call_of(login, params)?;
        let leg = leg_in(contact, params)?;
        let digits = text(params, "digits")?;
        let known = |c: char| c.is_ascii_digit() || matches!(c, '*' | '#' | ',');
        if digits.is_empty() || !digits.chars().all(known) {
            return Err(Exception::invalid_state("digits are 0-9, *, # and a comma"));
        }
        // Tones go from the agent into the conversation; sent on the agent's own leg they reach
        // the customer as well.
        let reaches_customer = leg.role != LegRole::ThirdParty
            && contact
                .customer()
                .is_some_and(|leg| leg.state == LegState::Connected);
        let (id, digits) = (contact.id.clone(), digits.to_owned());
        if reaches_customer && let Some(line) = self.lines.get_mut(&id) {
            line.digits_heard.push_str(&digits);
        }
        Ok(json!({}))
    }
}

pub(super) fn text<'a>(params: &'a Value, name: &str) -> Result<&'a str, Exception> {
    params
        .get(name)
        .and_then(Value::as_str)
        .ok_or_else(|| Exception::invalid_state(format!("{name} must be text")))
}

pub(super) fn leg_in<'a>(contact: &'a Contact, params: &Value) -> Result<&'a Leg, Exception> {
    let id = ConnectionId::from(text(params, "connectionId")?);
    contact
        .legs
        .iter()
        .find(|leg| leg.id == id)
        .ok_or_else(|| Exception::invalid_state("the contact has no such connection"))
}
