//! [`desk::Action`]s, each as the call of the library that performs it.

use std::rc::Rc;

use contract::{ConnectionId, ContactId};
use desk::{Action, ActionError, Destination, QuickConnect, QuickConnectKind, StateChoice};
use js_sys::{Array, Object};
use wasm_bindgen::prelude::*;

use crate::Ccp;
use crate::request::{Answer, thrown};
use crate::sys::{self, Plain};

impl Ccp {
    /// Asks Connect for something. The request is made before this returns; the future only
    /// brings the answer, and dropping it takes nothing back.
    ///
    /// Muting and unmuting have no answer: [`crate::Event::MuteReported`] tells when it is so.
    ///
    /// # Errors
    ///
    /// [`ActionError::NotReady`] before [`crate::Event::Initialized`], [`ActionError::Gone`]
    /// when the contact, the leg or the state is no longer there, [`ActionError::TimedOut`]
    /// after the deadline; the rest is Connect's own refusal. A failed `accept` is always
    /// [`ActionError::Unclassified`], because the library withholds the reason.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "an action is performed once, so it is consumed"
    )]
    pub fn act(
        &self,
        action: Action,
    ) -> impl Future<Output = Result<(), ActionError>> + use<> + 'static {
        let begun = self.begin(&action);
        async move {
            match begun? {
                Some(answer) => answer.await.map(drop),
                None => Ok(()),
            }
        }
    }

    /// Asks for all quick connects of the agent's queues, page after page. One without an ARN or
    /// a name could not be chosen and is left out.
    ///
    /// # Errors
    ///
    /// As for [`Ccp::act`]; [`ActionError::InvalidConfiguration`] when the agent's routing
    /// profile has no queues.
    pub fn endpoints(
        &self,
    ) -> impl Future<Output = Result<Vec<QuickConnect>, ActionError>> + use<> + 'static {
        let begun = self.agent().and_then(|agent| {
            let queues = agent
                .queue_arns()
                .map_err(|_| ActionError::InvalidConfiguration)?;
            self.requests
                .make(&|callbacks| agent.endpoints(&queues, callbacks))
                .map_err(|error| thrown(&error))
        });
        let endpoints = Rc::clone(&self.endpoints);
        async move {
            let found = begun?.await?;
            let found: Vec<_> =
                items(found.unchecked_ref::<Plain>().get("endpoints").ok()).collect();
            let read = found.iter().filter_map(quick_connect).collect();
            endpoints.replace(found);
            Ok(read)
        }
    }

    fn begin(&self, action: &Action) -> Result<Option<Answer>, ActionError> {
        use sys::{Contact, VoiceConnection};
        match action {
            Action::Accept(contact) => self.on_contact(contact, Contact::accept),
            Action::Decline(contact) => self.on_contact(contact, Contact::reject),
            Action::Clear(contact) => self.on_contact(contact, Contact::clear),
            Action::Swap(contact) => self.on_contact(contact, Contact::toggle_active_connections),
            Action::Conference(contact) => {
                self.on_contact(contact, Contact::conference_connections)
            }
            Action::CallIn(contact, to) => self.call_in(contact, to),
            Action::HangUp(contact, leg)
            | Action::Leave(contact, leg)
            | Action::Drop(contact, leg) => self.on_leg(contact, leg, &VoiceConnection::destroy),
            Action::Hold(contact, leg) => self.on_leg(contact, leg, &VoiceConnection::hold),
            Action::Resume(contact, leg) => self.on_leg(contact, leg, &VoiceConnection::resume),
            Action::SendDigits(contact, leg, digits) => {
                self.on_leg(contact, leg, &|leg, callbacks| {
                    leg.send_digits(digits.as_str(), callbacks)
                })
            }
            Action::SetState(choice) => self.set_state(choice, false),
            Action::QueueState(choice) => self.set_state(choice, true),
            Action::Dial(number) => self.dial(number.as_str()),
            Action::Mute => self.without_answer(sys::Agent::mute),
            Action::Unmute => self.without_answer(sys::Agent::unmute),
        }
    }

    fn on_contact(
        &self,
        id: &ContactId,
        ask: fn(&sys::Contact, &Plain) -> Result<(), JsValue>,
    ) -> Result<Option<Answer>, ActionError> {
        let contact = self.contact(id)?;
        self.ask(&|callbacks| ask(&contact, callbacks))
    }

    fn call_in(&self, id: &ContactId, to: &Destination) -> Result<Option<Answer>, ActionError> {
        let contact = self.contact(id)?;
        let endpoint = match to {
            Destination::QuickConnect(arn) => {
                let endpoints = self.endpoints.borrow();
                let is = |one: &&JsValue| text(one, "endpointARN").is_some_and(|told| told == *arn);
                let found = endpoints.iter().find(is).cloned();
                found.ok_or(ActionError::BadEndpoint)?
            }
            Destination::Number(number) => sys::Endpoint::by_phone_number(number.as_str())
                .map_err(|error| thrown(&error))?
                .into(),
        };
        self.ask(&|callbacks| contact.add_connection(&endpoint, callbacks))
    }

    fn contact(&self, id: &ContactId) -> Result<sys::Contact, ActionError> {
        self.ready()?;
        let contact = sys::Contact::new(id.as_ref()).map_err(|error| thrown(&error))?;
        // The library would send a request about a contact that it knows to be gone. If it
        // cannot tell, because the latest update is damaged, the agent may try all the same.
        if let Err(ActionError::Gone) = contact.data().map_err(|error| thrown(&error)) {
            return Err(ActionError::Gone);
        }
        Ok(contact)
    }

    fn on_leg(
        &self,
        contact: &ContactId,
        leg: &ConnectionId,
        ask: &dyn Fn(&sys::VoiceConnection, &Plain) -> Result<(), JsValue>,
    ) -> Result<Option<Answer>, ActionError> {
        self.ready()?;
        let leg = sys::VoiceConnection::new(contact.as_ref(), leg.as_ref())
            .map_err(|error| thrown(&error))?;
        self.ask(&|callbacks| ask(&leg, callbacks))
    }

    fn set_state(
        &self,
        choice: &StateChoice,
        when_free: bool,
    ) -> Result<Option<Answer>, ActionError> {
        let agent = self.agent()?;
        let states = agent
            .states()
            .map_err(|_| ActionError::InvalidConfiguration)?;
        let state = find_state(&states, choice).ok_or(ActionError::Gone)?;
        let options = Object::new().unchecked_into::<Plain>();
        options
            .set("enqueueNextState", &when_free.into())
            .map_err(|error| thrown(&error))?;
        self.ask(&|callbacks| agent.set_state(&state, callbacks, &options))
    }

    fn dial(&self, number: &str) -> Result<Option<Answer>, ActionError> {
        let agent = self.agent()?;
        let endpoint = sys::Endpoint::by_phone_number(number).map_err(|error| thrown(&error))?;
        // What it throws for is a routing profile without an outbound queue.
        self.requests
            .make(&|callbacks| agent.dial(&endpoint, callbacks))
            .map(Some)
            .map_err(|_| ActionError::InvalidConfiguration)
    }

    fn without_answer(
        &self,
        ask: fn(&sys::Agent) -> Result<(), JsValue>,
    ) -> Result<Option<Answer>, ActionError> {
        ask(&self.agent()?).map_err(|error| thrown(&error))?;
        Ok(None)
    }

    fn ask(
        &self,
        send: &dyn Fn(&Plain) -> Result<(), JsValue>,
    ) -> Result<Option<Answer>, ActionError> {
        self.requests
            .make(send)
            .map(Some)
            .map_err(|error| thrown(&error))
    }

    /// The library throws a `StateError` for requests before the CCP's first word too, which
    /// must not read as [`ActionError::Gone`].
    fn ready(&self) -> Result<(), ActionError> {
        match self.core.initialized() {
            Ok(true) => Ok(()),
            Ok(false) | Err(_) => Err(ActionError::NotReady),
        }
    }

    fn agent(&self) -> Result<sys::Agent, ActionError> {
        self.ready()?;
        sys::Agent::new().map_err(|_| ActionError::NotReady)
    }
}

/// The library's own object for a state, by its ARN, else by its name: Connect takes it back
/// as it gave it.
fn find_state(states: &JsValue, choice: &StateChoice) -> Option<JsValue> {
    let is = |state: &JsValue, member: &str, wanted: &str| {
        text(state, member).is_some_and(|found| found == wanted)
    };
    let by_arn = choice
        .arn
        .as_deref()
        .and_then(|arn| items(Some(states.clone())).find(|state| is(state, "agentStateARN", arn)));
    by_arn.or_else(|| items(Some(states.clone())).find(|state| is(state, "name", &choice.name)))
}

fn quick_connect(endpoint: &JsValue) -> Option<QuickConnect> {
    let kind = text(endpoint, "type").unwrap_or_default();
    Some(QuickConnect {
        arn: text(endpoint, "endpointARN")?,
        kind: match kind.as_str() {
            "phone_number" => QuickConnectKind::External,
            "agent" => QuickConnectKind::Agent,
            "queue" => QuickConnectKind::Queue,
            _ => QuickConnectKind::Unknown,
        },
        name: text(endpoint, "name")?,
        number: text(endpoint, "phoneNumber"),
    })
}

fn text(object: &JsValue, member: &str) -> Option<String> {
    object
        .unchecked_ref::<Plain>()
        .get(member)
        .ok()?
        .as_string()
}

/// The items of a list; none, if it is not one.
fn items(list: Option<JsValue>) -> impl Iterator<Item = JsValue> {
    let list = list.and_then(|list| list.dyn_into::<Array>().ok());
    list.into_iter().flat_map(|list| list.to_vec())
}
