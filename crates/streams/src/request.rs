//! Requests to Connect and their answers.
//!
//! The library takes a pair of callbacks per request, keeps it until the answer comes, and never
//! gives up. Here one function serves all requests: each pair is that function with the
//! request's ticket bound in front, which JS collects like any other value. Dropping an
//! [`Answer`] only forgets its ticket, and an answer that comes later finds nobody.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use desk::ActionError;
use gloo_timers::callback::Timeout;
use js_sys::{JSON, Object};
use wasm_bindgen::prelude::*;

use crate::sys::{Callback, Plain};

/// Requests that may still be answered.
pub(crate) struct Requests {
    open: Rc<RefCell<Vec<Open>>>,
    last_ticket: Cell<u32>,
    deadline: Cell<Duration>,
    answered: Closure<dyn Fn(u32, bool, JsValue)>,
}

/// A request whose [`Answer`] is being awaited.
struct Open {
    ticket: u32,
    outcome: Option<Outcome>,
    waker: Option<Waker>,
}

/// The data that the library gave to `success`, or why there is none.
type Outcome = Result<JsValue, ActionError>;

impl Requests {
    /// None yet; each will have `deadline` to be answered.
    pub(crate) fn new(deadline: Duration) -> Rc<Self> {
        let open = Rc::<RefCell<Vec<Open>>>::default();
        let answered = {
            let open = Rc::clone(&open);
            Closure::new(move |ticket, done, data: JsValue| {
                let outcome = if done { Ok(data) } else { Err(classify(&data)) };
                settle(&open, ticket, outcome);
            })
        };
        Rc::new(Self {
            open,
            last_ticket: Cell::new(0),
            deadline: Cell::new(deadline),
            answered,
        })
    }

    /// How long requests that are made from now on may take.
    pub(crate) fn set_deadline(&self, deadline: Duration) {
        self.deadline.set(deadline);
    }

    /// How many are neither answered nor given up.
    pub(crate) fn open(&self) -> usize {
        let open = self.open.borrow();
        open.iter()
            .filter(|request| request.outcome.is_none())
            .count()
    }

    /// Makes a request: `send` gets the callbacks that it hands to the library.
    ///
    /// # Errors
    ///
    /// What `send` throws; then there is no request.
    pub(crate) fn make(
        self: &Rc<Self>,
        send: &dyn Fn(&Plain) -> Result<(), JsValue>,
    ) -> Result<Answer, JsValue> {
        let ticket = self.last_ticket.get().wrapping_add(1);
        self.last_ticket.set(ticket);

        let answered = self.answered.as_ref().unchecked_ref::<Callback>();
        let callbacks = Object::new().unchecked_into::<Plain>();
        for (name, done) in [("success", true), ("failure", false)] {
            callbacks.set(name, &answered.bind(&JsValue::NULL, ticket, done)?)?;
        }
        self.open.borrow_mut().push(Open {
            ticket,
            outcome: None,
            waker: None,
        });
        let open = Rc::clone(&self.open);
        let deadline = u32::try_from(self.deadline.get().as_millis()).unwrap_or(u32::MAX);
        let answer = Answer {
            ticket,
            requests: Rc::clone(self),
            _deadline: Timeout::new(deadline, move || {
                settle(&open, ticket, Err(ActionError::TimedOut));
            }),
        };
        send(&callbacks)?;
        Ok(answer)
    }
}

/// The first outcome stands; one for a request that nobody awaits is dropped.
fn settle(open: &RefCell<Vec<Open>>, ticket: u32, outcome: Outcome) {
    let waker = {
        let mut open = open.borrow_mut();
        let Some(request) = open.iter_mut().find(|request| request.ticket == ticket) else {
            return;
        };
        request.outcome.get_or_insert(outcome);
        request.waker.take()
    };
    if let Some(waker) = waker {
        waker.wake();
    }
}

/// What Connect will say to a request, or that it said nothing in time.
pub(crate) struct Answer {
    ticket: u32,
    /// Also keeps alive the function that the library calls.
    requests: Rc<Requests>,
    _deadline: Timeout,
}

impl Future for Answer {
    type Output = Outcome;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Outcome> {
        let mut open = self.requests.open.borrow_mut();
        let Some(request) = open
            .iter_mut()
            .find(|request| request.ticket == self.ticket)
        else {
            // Its entry goes when this is dropped, so it is there.
            return Poll::Ready(Err(ActionError::TimedOut));
        };
        if let Some(outcome) = request.outcome.clone() {
            return Poll::Ready(outcome);
        }
        request.waker = Some(context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        let mut open = self.requests.open.borrow_mut();
        open.retain(|request| request.ticket != self.ticket);
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Answer({})", self.ticket)
    }
}

/// Why Connect refused, by the argument of `failure`: the JSON of a service exception, the
/// constant `"error"` of a failed `accept`, or an error object of the library's own. Of its
/// words only the type's name is kept, for a message may hold the number that was dialled.
fn classify(refusal: &JsValue) -> ActionError {
    let exception = refusal
        .as_string()
        .and_then(|json| JSON::parse(&json).ok())
        .and_then(|exception| name(&exception, "type"));
    match exception {
        Some(exception) => classify_exception(&exception),
        None => ActionError::Unclassified(name(refusal, "name").unwrap_or_default()),
    }
}

/// By the exceptions of the CTI service model: `CTIExceptions` in `release/connect-streams.js`.
fn classify_exception(exception: &str) -> ActionError {
    match exception {
        "InvalidStateException" => ActionError::InvalidState,
        "BadEndpointException" => ActionError::BadEndpoint,
        "AccessDeniedException" => ActionError::AccessDenied,
        "RefreshTokenExpiredException" | "UnauthorizedException" => ActionError::SessionExpired,
        "QuotaExceededException" => ActionError::QuotaExceeded,
        "InvalidConfigurationException" | "InvalidAgentARNException" => {
            ActionError::InvalidConfiguration
        }
        "InvalidContactTypeException" => ActionError::InvalidContactType,
        "SendDataFailedException" => ActionError::SendDigitsFailed,
        other => ActionError::Unclassified(other.into()),
    }
}

/// Why the library threw instead of making a request. Its `StateError` says, where requests
/// start, that the contact or the leg is gone.
pub(crate) fn thrown(error: &JsValue) -> ActionError {
    match name(error, "name") {
        Some(name) if *name == *"StateError" => ActionError::Gone,
        name => ActionError::Unclassified(name.unwrap_or_default()),
    }
}

/// The name of a type in this member, if it is nothing but a name.
fn name(object: &JsValue, member: &str) -> Option<Box<str>> {
    let name = object
        .unchecked_ref::<Plain>()
        .get(member)
        .ok()?
        .as_string()?;
    is_name(&name).then(|| name.into())
}

fn is_name(text: &str) -> bool {
    const LONGEST: usize = 64;
    (1..=LONGEST).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("InvalidStateException", ActionError::InvalidState)]
    #[case("BadEndpointException", ActionError::BadEndpoint)]
    #[case("AccessDeniedException", ActionError::AccessDenied)]
    #[case("RefreshTokenExpiredException", ActionError::SessionExpired)]
    #[case("UnauthorizedException", ActionError::SessionExpired)]
    #[case("QuotaExceededException", ActionError::QuotaExceeded)]
    #[case("InvalidConfigurationException", ActionError::InvalidConfiguration)]
    #[case("InvalidAgentARNException", ActionError::InvalidConfiguration)]
    #[case("InvalidContactTypeException", ActionError::InvalidContactType)]
    #[case("SendDataFailedException", ActionError::SendDigitsFailed)]
    #[case("PaginationException", ActionError::Unclassified("PaginationException".into()))]
    fn exceptions_have_a_class(#[case] exception: &str, #[case] class: ActionError) {
        assert_eq!(classify_exception(exception), class);
    }

    #[rstest]
    #[case::a_type("TimeoutError", true)]
    #[case::nothing("", false)]
    #[case::a_number("+819012345678", false)]
    #[case::a_sentence("Cannot call +819012345678", false)]
    fn only_names_of_types_are_kept(#[case] text: &str, #[case] kept: bool) {
        assert_eq!(is_name(text), kept);
    }
}
