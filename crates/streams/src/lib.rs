//! The JS boundary: amazon-connect-streams as Rust.
//!
//! [`Ccp::embed`] puts Amazon's Contact Control Panel into the page, through the JS library that
//! the page has loaded. From then on everything that is known about the agent and their contacts
//! comes as [`Event`]s, most of all as whole [`desk::Snapshot`]s, and everything that is wanted
//! goes through [`Ccp::act`]. This crate does not know what a snapshot means, keeps no state
//! about calls, and touches no element but the one that it is given.
//!
//! # Invariants
//!
//! - No value of the library leaves the crate: what comes out is plain Rust.
//! - A missing or blocked library is [`Error::NotLoaded`], never an exception
//!   (`tests/not_loaded.rs`).
//! - What the library says is read member by member: nothing it says can make this crate panic,
//!   and what cannot be read hides nothing else (`tests/web/poison.rs`).
//! - Each update is told once (`workplace::each_update_is_told_exactly_once`).
//! - After [`Ccp`] is dropped the library calls nothing of ours
//!   (`lifetime::a_dropped_ccp_hears_nothing_more`).
//! - Every request that is awaited ends, at the latest when its deadline has passed, and with
//!   its own outcome (`lifetime::a_request_without_an_answer_times_out`,
//!   `lifetime::requests_are_answered_each_with_its_own_outcome`).

mod command;
mod event;
mod options;
mod payload;
mod request;
mod snapshot;
mod storage_access;
mod sys;

use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;
use std::time::Duration;

use desk::ContactSnapshot;
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;

use crate::event::Heard;
use crate::request::Requests;
use crate::sys::Plain;

pub use event::Event;
pub use options::{
    InitOptions, LogLevel, LogLevels, LoginOptions, PageOptions, RingtoneOptions, SoftphoneOptions,
    VdiPlatform,
};
pub use storage_access::{Banner, BannerStyle, StorageAccess, StorageAccessMode};

/// How long Connect may take to answer a request. The library itself would wait for ever.
pub const DEADLINE: Duration = Duration::from_secs(10);

/// Why there is no CCP.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The library's script was not loaded, or was blocked.
    #[error("amazon-connect-streams is not loaded")]
    NotLoaded,
    /// The page has a CCP, or the frame of one. The library can have only one.
    #[error("a CCP is embedded already")]
    AlreadyEmbedded,
    /// The library threw; its own words.
    #[error("amazon-connect-streams failed: {0}")]
    Library(Box<str>),
}

/// The embedded Contact Control Panel. Dropping it ends every subscription; the frame stays.
pub struct Ccp {
    core: sys::Core,
    log: sys::Log,
    container: web_sys::Element,
    requests: Rc<Requests>,
    /// The library's own objects for the quick connects: Connect takes them back as it gave them.
    endpoints: Rc<RefCell<Vec<JsValue>>>,
    _subscriptions: Vec<Subscription>,
}

impl Ccp {
    /// Embeds the CCP in `container`, which must be in the document, and tells `sink` all that
    /// it says from then on. The frame stays in `container` for as long as the page lives;
    /// it may be hidden but not moved, for that would reload it.
    ///
    /// `sink` is called from inside the library, between its own steps, so it should put the
    /// event aside and return: what it throws or panics with would break off the library's
    /// update.
    ///
    /// # Errors
    ///
    /// [`Error::NotLoaded`] without the library, [`Error::AlreadyEmbedded`] the second time in
    /// a page, [`Error::Library`] if it does not like `options`.
    pub fn embed(
        container: &web_sys::Element,
        options: &InitOptions,
        sink: impl Fn(Event) + 'static,
    ) -> Result<Self, Error> {
        let connect = sys::PAGE.with(sys::Page::connect).ok_or(Error::NotLoaded)?;
        let core = connect.core().map_err(|error| library(&error))?;
        if core.upstream().is_ok() {
            return Err(Error::AlreadyEmbedded);
        }
        let log = connect.log().map_err(|error| library(&error))?;
        set_log_levels(&log, LogLevels::default())?;

        let options = options
            .0
            .serialize(&Serializer::json_compatible())
            .map_err(|error| Error::Library(error.to_string().into()))?;
        core.init_ccp(container, &options)
            .map_err(|error| library(&error))?;
        // Beside the frame of an earlier CCP the library logs an error and does nothing.
        if core.upstream().is_err() {
            return Err(Error::AlreadyEmbedded);
        }
        // In the same task, so that nothing can have been said yet.
        let subscriptions = subscribe(&core, sink).map_err(|error| library(&error))?;
        Ok(Self {
            core,
            log,
            container: container.clone(),
            requests: Requests::new(DEADLINE),
            endpoints: Rc::default(),
            _subscriptions: subscriptions,
        })
    }

    /// Changes how long Connect may take to answer; [`DEADLINE`] otherwise. Requests that are
    /// under way keep theirs.
    pub fn set_deadline(&self, deadline: Duration) {
        self.requests.set_deadline(deadline);
    }

    /// How many requests Connect has not answered yet, of those that somebody awaits.
    pub fn unanswered(&self) -> usize {
        self.requests.open()
    }

    /// Loads the frame anew, now and up to ten times after `ccp_load_timeout` each, until the CCP
    /// speaks. Audio that lives in the frame is cut. The library begins by itself only when the CCP
    /// has never spoken; see [`LoginOptions::disable_auth_popup_after_logout`].
    ///
    /// Not while it reports [`Event::RetriesExhausted`]: when that has been heard it stops its
    /// timer, which would be the new one.
    ///
    /// # Errors
    ///
    /// [`Error::Library`] with global resiliency, for which there is no such thing.
    pub fn reauthenticate(&self) -> Result<(), Error> {
        // A CCP may answer the heartbeat after its session has ended, and any answer keeps the
        // library from looking further.
        if let Ok(Some(frame)) = self.container.query_selector("iframe")
            && let Some(address) = frame.get_attribute("src")
        {
            frame.set_attribute("src", &address).ok();
        }
        // The library takes a timer for a sign that it is reloading already, and keeps the last
        // one when it has given up: alone, its own function would do nothing then
        // (`connect.core.authenticate` and `_refreshIframeOnTimeout` of 2.28.2).
        self.core
            .reload_timer()
            .and_then(|timer| sys::clear_timeout(&timer))
            .and_then(|()| self.core.set_reload_timer(&JsValue::NULL))
            .and_then(|()| self.core.reauthenticate_after_logout())
            .map_err(|error| library(&error))
    }

    /// Tells the CCP that the session is over: it says so to each of its pages
    /// ([`Event::Terminated`]), and they load themselves anew. The session itself ends at the
    /// instance's `/logout`, which tells nobody.
    ///
    /// # Errors
    ///
    /// [`Error::Library`] if it throws.
    pub fn sign_out(&self) -> Result<(), Error> {
        // The frame passes what its parent sends on to the worker that all of its pages share
        // (`initSharedWorker` of 2.28.2).
        self.core
            .upstream()
            .and_then(|upstream| upstream.send("terminate"))
            .map_err(|error| library(&error))
    }

    /// Makes this page's frame the one that rings. Of the frames of a browser one owns the ring, and a
    /// frame takes it whose owner has gone, also one that was told to be silent: it asks before it
    /// looks at its options (`setupRingtoneEngines` and the worker's coordinator of 2.28.2). The
    /// request carries the frame's own identity, so its frame has it.
    ///
    /// # Errors
    ///
    /// [`Error::Library`] if it throws.
    pub fn claim_ring(&self) -> Result<(), Error> {
        claim("connect::ringtone")
    }

    /// Makes this page's frame the one that has the audio of calls. Of the frames of a browser one has
    /// it, and one that was told to keep away may have got it: loaded anew, a frame starts from what
    /// any of them was told last (`initSoftphoneManager` of 2.28.2).
    ///
    /// # Errors
    ///
    /// [`Error::Library`] if it throws.
    pub fn claim_audio(&self) -> Result<(), Error> {
        claim("connect::softphone")
    }

    /// Changes what the library writes to its log and to the console.
    ///
    /// # Errors
    ///
    /// [`Error::Library`] if it does not know the levels any more.
    pub fn set_log_levels(&self, levels: LogLevels) -> Result<(), Error> {
        set_log_levels(&self.log, levels)
    }

    /// Ends the library's part: it forgets the agent, every subscription and the frame, which
    /// whoever owns the container removes. After that the page can embed a CCP again.
    ///
    /// # Errors
    ///
    /// [`Error::Library`] if it throws.
    pub fn terminate(self) -> Result<(), Error> {
        let core = self.core.clone();
        drop(self);
        core.terminate().map_err(|error| library(&error))
    }
}

impl fmt::Debug for Ccp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ccp")
    }
}

/// The library's own version, if it is there. 2.28.2 calls itself 2.28.1.
pub fn version() -> Option<String> {
    let connect = sys::PAGE.with(sys::Page::connect)?;
    connect.version().ok()?.as_string()
}

/// Takes one of the library's topics from whichever frame has it.
fn claim(topic: &str) -> Result<(), Error> {
    let connect = sys::PAGE.with(sys::Page::connect).ok_or(Error::NotLoaded)?;
    let claimed = connect.become_master(topic);
    claimed.map_err(|error| library(&error))
}

fn set_log_levels(log: &sys::Log, levels: LogLevels) -> Result<(), Error> {
    log.set_log_level(levels.keep.name())
        .and_then(|_| log.set_echo_level(levels.echo.name()))
        .map(drop)
        .map_err(|error| library(&error))
}

fn library(error: &JsValue) -> Error {
    let message = error.unchecked_ref::<Plain>().get("message");
    let words = message.ok().and_then(|message| message.as_string());
    Error::Library(words.unwrap_or_default().into())
}

type Listen = Closure<dyn Fn(JsValue, String)>;

thread_local! {
    /// Subscriptions that have been made and not ended.
    static LIVE: Cell<u32> = const { Cell::new(0) };
}

/// How many subscriptions at the library's bus this crate holds in this page. It is the same before a
/// call and after it: what grows with the calls is a leak.
pub fn live_subscriptions() -> u32 {
    LIVE.get()
}

/// One subscription at the library's bus, and the function that it calls.
struct Subscription {
    bus: sys::BusSubscription,
    /// Freed with the last subscription, after that has been ended.
    _listen: Rc<Listen>,
}

impl Subscription {
    fn new(bus: &sys::EventBus, name: &str, listen: &Rc<Listen>) -> Result<Self, JsValue> {
        let bus = bus.subscribe(name, (**listen).as_ref().unchecked_ref())?;
        LIVE.set(LIVE.get().saturating_add(1));
        Ok(Self {
            bus,
            _listen: Rc::clone(listen),
        })
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.bus.unsubscribe().ok();
        LIVE.set(LIVE.get().saturating_sub(1));
    }
}

/// Signs by which the first frame must have got its configuration: it says so itself, which it need
/// not do; or the library has begun, which is when it configures the frame, and the frame has
/// answered two heartbeats since, the first of which may be what the library began with.
const CONFIGURED: u8 = 3;

fn subscribe(
    core: &sys::Core,
    sink: impl Fn(Event) + 'static,
) -> Result<Vec<Subscription>, JsValue> {
    let reader = Reader {
        sink: Box::new(sink),
        last_read: RefCell::default(),
        contacts: RefCell::default(),
    };
    let signs = Cell::new(0_u8);
    let listen: Rc<Listen> =
        Rc::new(Closure::new(
            move |data: JsValue, name: String| match event::hear(&name, &data) {
                Some(Heard::Update) => reader.read(),
                Some(Heard::Configured) => signs.set(CONFIGURED),
                // The first frame asks too, if the answer is late or has crossed with its question.
                Some(Heard::Event(Event::Reloaded)) if signs.get() < CONFIGURED => {}
                Some(Heard::Event(event)) => {
                    let begins = event == Event::Initialized;
                    let goes_on = event == Event::Acknowledged && signs.get() > 0;
                    signs.set(signs.get().saturating_add(u8::from(begins || goes_on)));
                    (reader.sink)(event);
                }
                None => {}
            },
        ));
    let bus = core.event_bus()?;
    event::EVENTS
        .iter()
        .map(|(name, _)| Subscription::new(&bus, name, &listen))
        .collect()
}

/// Turns the agent's data into snapshots. No borrow is held while `sink` runs.
struct Reader {
    sink: Box<dyn Fn(Event)>,
    last_read: RefCell<Option<Plain>>,
    contacts: RefCell<Vec<ContactSnapshot>>,
}

impl Reader {
    /// Reads the latest update, unless it has been read: every update is an object of its own.
    fn read(&self) {
        let Ok(data) = sys::Agent::new().and_then(|agent| agent.data()) else {
            return;
        };
        let last = self.last_read.replace(Some(data.clone()));
        if last.is_some_and(|last| last == data) {
            return;
        }
        let snapshot = snapshot::read(data, &self.contacts.borrow());
        if let Some(contacts) = &snapshot.contacts {
            self.contacts.replace(contacts.clone());
        }
        (self.sink)(Event::Snapshot(Box::new(snapshot)));
    }
}
