//! A page with a CCP in it, and a hand on the world behind it.
//!
//! The page that runs the tests has port A. The library is served at A+1, and at A+2 the
//! simulator: the CCP, and the control API that plays the customer.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Poll, Waker};

use contract::ContactId;
use desk::{ContactSnapshot, ContactState, LegRole, LegSnapshot, LegState, Snapshot};
use gloo_timers::future::TimeoutFuture;
use js_sys::Promise;
use serde_json::{Value, json};
use streams::{Ccp, Event, InitOptions};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, HtmlScriptElement, Request, RequestInit, Response, Window};

use crate::library::terminate;

/// What does not happen in this time does not happen.
const PATIENCE_MS: u32 = 15_000;

/// The id of the element that a CCP is embedded in.
const CONTAINER: &str = "ccp";

/// A CCP in a fresh world. Dropping it removes all traces of it from the page.
pub(crate) struct Page {
    ccp: Option<Ccp>,
    container: Element,
    heard: Rc<Heard>,
}

/// Everything that the CCP has said so far.
#[derive(Default)]
struct Heard {
    events: RefCell<Vec<Event>>,
    waiting: Cell<Option<Waker>>,
}

impl Page {
    /// Embeds the CCP in a fresh contact centre, but waits for nothing.
    pub(crate) async fn embed(options: &InitOptions, scenario: &Value) -> Self {
        blank().await;
        control("/control/reset", &json!({ "scenario": scenario })).await;
        let container = container();
        let heard = Rc::new(Heard::default());
        let ccp = Ccp::embed(&container, options, {
            let heard = Rc::clone(&heard);
            // Heartbeats are answered between whatever else happens.
            move |event| {
                if event != Event::Acknowledged {
                    heard.hear(event);
                }
            }
        })
        .expect("a CCP");
        Self {
            ccp: Some(ccp),
            container,
            heard,
        }
    }

    /// Embeds the CCP in the simulator's own shop and waits until it takes requests and the
    /// agent is known.
    pub(crate) async fn open() -> Self {
        Self::open_in(&json!({})).await
    }

    /// The same in another contact centre.
    pub(crate) async fn open_in(scenario: &Value) -> Self {
        let page = Self::embed(&InitOptions::new(&ccp_url()), scenario).await;
        page.settle().await;
        page
    }

    /// Waits until the CCP has spoken. A page that is left before that leaves a timer behind,
    /// by which the library would take the next page's CCP for a silent one.
    pub(crate) async fn settle(&self) {
        self.until(|event| (*event == Event::Initialized).then_some(()))
            .await;
        self.snapshot(|_| true).await;
    }

    pub(crate) fn ccp(&self) -> &Ccp {
        self.ccp.as_ref().expect("a CCP")
    }

    pub(crate) fn container(&self) -> &Element {
        &self.container
    }

    /// Hands over the [`Ccp`], to be ended in one way or another.
    pub(crate) fn take_ccp(&mut self) -> Ccp {
        self.ccp.take().expect("a CCP")
    }

    /// How many events there have been.
    pub(crate) fn heard(&self) -> usize {
        self.heard.events.borrow().len()
    }

    /// The events after the first `heard`.
    pub(crate) fn events_since(&self, heard: usize) -> Vec<Event> {
        self.heard.events.borrow()[heard..].to_vec()
    }

    /// The first event, of all since the page was opened, that `pick` finds something in.
    pub(crate) async fn until<T>(&self, pick: impl FnMut(&Event) -> Option<T>) -> T {
        self.until_after(0, pick).await
    }

    /// The same without the first `heard` events.
    pub(crate) async fn until_after<T>(
        &self,
        heard: usize,
        mut pick: impl FnMut(&Event) -> Option<T>,
    ) -> T {
        let mut next = heard;
        self.wait(|events| {
            let found = events[next..].iter().find_map(&mut pick);
            next = events.len();
            found
        })
        .await
    }

    /// The first snapshot after the first `heard` events.
    pub(crate) async fn next_snapshot(&self, heard: usize) -> Snapshot {
        self.until_after(heard, |event| match event {
            Event::Snapshot(snapshot) => Some(Snapshot::clone(snapshot)),
            _ => None,
        })
        .await
    }

    /// The latest snapshot, as soon as it is as wanted.
    pub(crate) async fn snapshot(&self, wanted: impl Fn(&Snapshot) -> bool) -> Snapshot {
        self.wait(|events| {
            let latest = events.iter().rev().find_map(|event| match event {
                Event::Snapshot(snapshot) => Some(snapshot),
                _ => None,
            })?;
            wanted(latest).then(|| Snapshot::clone(latest))
        })
        .await
    }

    /// The contact, as soon as it is in this state.
    pub(crate) async fn contact(&self, id: &ContactId, state: ContactState) -> ContactSnapshot {
        let find = |snapshot: &Snapshot| {
            let mut contacts = snapshot.contacts.iter().flatten();
            contacts
                .find(|contact| contact.id == *id && contact.state.as_ref() == Some(&state))
                .cloned()
        };
        let snapshot = self.snapshot(|snapshot| find(snapshot).is_some()).await;
        find(&snapshot).expect("the contact")
    }

    /// Returns when the customer's leg is in this state.
    pub(crate) async fn customer_is(&self, id: &ContactId, state: LegState) {
        let state = Some(state);
        self.snapshot(|snapshot| {
            let mut contacts = snapshot.contacts.iter().flatten();
            let contact = contacts.find(|contact| contact.id == *id);
            contact.is_some_and(|contact| leg(contact, LegRole::Customer).state == state)
        })
        .await;
    }

    /// A customer calls, and it rings here.
    pub(crate) async fn ring(&self) -> ContactSnapshot {
        let id = call(&json!({ "from": "+819012345678" })).await;
        self.contact(&id, ContactState::Connecting).await
    }

    /// A customer calls, and the agent has accepted.
    pub(crate) async fn talk(&self) -> ContactSnapshot {
        let ringing = self.ring().await;
        let accept = desk::Action::Accept(ringing.id.clone());
        self.ccp().act(accept).await.expect("accepted");
        self.contact(&ringing.id, ContactState::Connected).await
    }

    async fn wait<T>(&self, mut look: impl FnMut(&[Event]) -> Option<T>) -> T {
        let mut patience = pin!(TimeoutFuture::new(PATIENCE_MS));
        poll_fn(|context| {
            let events = self.heard.events.borrow();
            if let Some(found) = look(&events) {
                return Poll::Ready(found);
            }
            assert!(
                patience.as_mut().poll(context).is_pending(),
                "waited in vain; the last of {} events: {:?}",
                events.len(),
                events.last()
            );
            self.heard.waiting.set(Some(context.waker().clone()));
            Poll::Pending
        })
        .await
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        self.ccp = None;
        clean_up();
    }
}

/// Removes the CCP of a test, also of one that failed and dropped nothing.
fn clean_up() {
    terminate();
    let document = window().document().expect("a document");
    while let Some(container) = document.get_element_by_id(CONTAINER) {
        container.remove();
    }
}

impl Heard {
    fn hear(&self, event: Event) {
        self.events.borrow_mut().push(event);
        if let Some(waiting) = self.waiting.take() {
            waiting.wake();
        }
    }
}

/// The contacts of a snapshot whose list could be read.
pub(crate) fn contacts(snapshot: &Snapshot) -> &[ContactSnapshot] {
    snapshot.contacts.as_deref().expect("a list of contacts")
}

/// The leg of a contact with this role.
pub(crate) fn leg(contact: &ContactSnapshot, role: LegRole) -> &LegSnapshot {
    let legs = contact.legs.as_deref().expect("a list of legs");
    legs.iter()
        .find(|leg| leg.role == role)
        .expect("such a leg")
}

/// A customer calls.
pub(crate) async fn call(wanted: &Value) -> ContactId {
    let answer = control("/control/calls", wanted).await;
    answer["contactId"].as_str().expect("a contact id").into()
}

/// The parameters of every request of this method that Connect has received.
pub(crate) async fn requests(method: &str) -> Vec<Value> {
    let book = fetch("/control/book", None).await;
    let all = book["requests"].as_array().expect("requests").iter();
    all.filter(|request| request["method"] == method)
        .map(|request| request["params"].clone())
        .collect()
}

/// Does something to the world.
pub(crate) async fn control(path: &str, body: &Value) -> Value {
    fetch(path, Some(body)).await
}

async fn fetch(path: &str, body: Option<&Value>) -> Value {
    let init = RequestInit::new();
    if let Some(body) = body {
        init.set_method("POST");
        init.set_body(&body.to_string().into());
    }
    let url = format!("{}{path}", origin(2));
    let request = Request::new_with_str_and_init(&url, &init).expect("a request");
    if body.is_some() {
        let headers = request.headers();
        headers
            .set("content-type", "application/json")
            .expect("a header");
    }
    let response = JsFuture::from(window().fetch_with_request(&request))
        .await
        .expect("the simulator answers")
        .unchecked_into::<Response>();
    let text = JsFuture::from(response.text().expect("a body")).await;
    let text = text.ok().and_then(|text| text.as_string()).expect("text");
    assert!(response.ok(), "{path}: {} {text}", response.status());
    serde_json::from_str(&text).unwrap_or(Value::Null)
}

/// An element of the document to embed a CCP in.
pub(crate) fn container() -> Element {
    let document = window().document().expect("a document");
    let container = document.create_element("div").expect("an element");
    container.set_id(CONTAINER);
    let body = document.body().expect("a body");
    body.append_child(&container).expect("its child");
    container
}

pub(crate) fn ccp_url() -> String {
    format!("{}/ccp-v2/", origin(2))
}

/// The origin `offset` ports above that of the page.
fn origin(offset: u16) -> String {
    let port = window().location().port().expect("a port");
    let port: u16 = port.parse().expect("a number");
    format!("http://127.0.0.1:{}", port + offset)
}

fn window() -> Window {
    web_sys::window().expect("a window")
}

/// A page with the library and without a CCP.
pub(crate) async fn blank() {
    if streams::version().is_none() {
        load_library().await;
    }
    clean_up();
}

async fn load_library() {
    let document = window().document().expect("a document");
    let script: HtmlScriptElement = document
        .create_element("script")
        .expect("an element")
        .unchecked_into();
    script.set_src(&format!("{}/connect-streams.js", origin(3)));
    let loaded = Promise::new(&mut |resolve, reject| {
        script.set_onload(Some(&resolve));
        script.set_onerror(Some(&reject));
    });
    document
        .head()
        .expect("a head")
        .append_child(&script)
        .expect("its child");
    JsFuture::from(loaded).await.expect("the library loads");
}
