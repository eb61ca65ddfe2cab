//! The input queue, and the place where the effects that the desk asks for are performed.
//!
//! Everything that happens becomes an [`Input`] and is queued; the queue is drained one input
//! at a time. Streams calls back while it is being called, so without the queue the desk would
//! be entered while it is at work.

mod customer;
mod leader;
mod session;
mod stored_journal;
mod workstation;

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    ops::Deref,
    pin::Pin,
    rc::{Rc, Weak},
};

use chrono::{DateTime, Utc};
use desk::{
    Access, Command, Country, Desk, Effect, Input, Instant, Journal, Link, Oddity, Policy, Role,
    SoftphoneError,
};
use gloo_timers::callback::Interval;
use js_sys::Reflect;
use leptos::prelude::*;
use streams::{Ccp, Event, InitOptions, LoginOptions, RingtoneOptions, SoftphoneOptions};
use wasm_bindgen::{JsCast, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, Window};

use self::{customer::Proxy, stored_journal::StoredJournal, workstation::ask};
use crate::{
    paint::after,
    settings::{Notification, Settings},
    signal::{Content, Selection, State},
    text::{Locale, Text},
};

/// Twice a second: a clock that is looked at never skips a second.
const TICK_MS: u32 = 500;

/// How much later than the screen what is kept in the browser may be.
const KEPT_WITHIN_MS: i32 = 100;

/// Ticks without an answer to the library's heartbeat, which otherwise comes every second, after
/// which the CCP is said to be silent. They are counted and not timed: a browser slows the timers
/// of a page in the background, ours and the library's alike.
const SILENT_TICKS: u32 = 20;

/// One tick of the clock that is looked at.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Tick {
    now: Instant,
    count: u32,
}

/// What a component needs: the desk to read and a way to command it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DeskHandle {
    runtime: StoredValue<Rc<Runtime>, LocalStorage>,
}

impl DeskHandle {
    /// `desk` in this page; the CCP goes into `container` once the library is there.
    pub(crate) fn new(desk: Desk, settings: Settings, container: Element) -> Self {
        let desk = RwSignal::new(desk);
        let tick = State::new(Tick {
            now: now(),
            count: 0,
        });
        Self {
            runtime: StoredValue::new_local(Rc::new_cyclic(|this: &Weak<Runtime>| Runtime {
                desk,
                tick,
                queue: RefCell::default(),
                journal: RefCell::default(),
                unkept: RefCell::default(),
                draining: Cell::default(),
                ccp: RefCell::default(),
                role: Cell::default(),
                sign_in: RefCell::default(),
                silence: Cell::default(),
                proxy: Proxy::default(),
                settings,
                container,
                listeners: RefCell::default(),
                _clock: Interval::new(TICK_MS, {
                    let this = this.clone();
                    move || {
                        if let Some(this) = this.upgrade() {
                            this.tick();
                        }
                    }
                }),
            })),
        }
    }

    /// Brings back the journal and waits for the library.
    pub(crate) fn start(self) {
        self.runtime().start();
    }

    /// A part of the desk. Whoever reads it inside a binding follows the desk.
    pub(crate) fn read<T>(self, part: impl FnOnce(&Desk) -> T) -> T {
        part(&self.followed())
    }

    /// A part of the desk, for as long as it stays equal.
    pub(crate) fn select<T: Content>(self, part: fn(&Desk) -> T) -> Selection<T> {
        Selection::new(move || self.read(part))
    }

    /// Looks at the desk once, without following it.
    pub(crate) fn look<T>(self, at: impl FnOnce(&Desk) -> T) -> T {
        at(&self.held())
    }

    // What every look at the desk has in common, compiled once and not for each of them.

    #[inline(never)]
    fn followed(self) -> impl Deref<Target = Desk> {
        self.runtime().desk.read()
    }

    #[inline(never)]
    fn held(self) -> impl Deref<Target = Desk> {
        self.runtime().desk.read_untracked()
    }

    #[inline(never)]
    fn runtime(self) -> Rc<Runtime> {
        self.runtime.get_value()
    }

    /// Does what the agent asks for.
    pub(crate) fn command(self, command: Command) {
        self.tell(Input::Command(command));
    }

    /// Queues what has happened.
    pub(crate) fn tell(self, input: Input) {
        self.runtime().send(input);
    }

    /// Copies text to the clipboard and tells whether that went well.
    pub(crate) fn copy(text: String, then: impl FnOnce(bool) + 'static) {
        spawn(async move {
            let clipboard = window().navigator().clipboard();
            then(JsFuture::from(clipboard.write_text(&text)).await.is_ok());
        });
    }

    /// Server time, running.
    pub(crate) fn server_time(self) -> Option<DateTime<Utc>> {
        let now = self.tick().now;
        self.read(|desk| desk.server_time(now))
    }

    /// Whole minutes since a moment, running.
    pub(crate) fn minutes_since(self, moment: Instant) -> i64 {
        self.tick().now.since(moment).num_minutes()
    }

    /// Half the time, a second at a time.
    pub(crate) fn blinks(self) -> bool {
        self.tick().count & 2 == 0
    }

    #[inline(never)]
    fn tick(self) -> Tick {
        self.runtime().tick.get()
    }

    /// Whose way of writing numbers the agent uses.
    pub(crate) fn country(self) -> Country {
        self.runtime().settings.country
    }

    /// A sentence in the reader's language.
    #[inline(never)]
    pub(crate) fn say(self, text: Text) -> &'static str {
        text.say(self.locale())
    }

    /// The reader's language.
    #[inline(never)]
    pub(crate) fn locale(self) -> Locale {
        self.runtime().settings.locale
    }

    /// Whether anybody can be asked for customers.
    pub(crate) fn has_customers(self) -> bool {
        self.runtime().settings.customers.is_some()
    }

    /// What an attribute is called here.
    pub(crate) fn label(self, name: &str) -> String {
        let label = Reflect::get(&self.runtime().settings.labels, &name.into());
        let label = label.ok().and_then(|label| label.as_string());
        label.unwrap_or_else(|| name.to_owned())
    }

    /// Whether an attribute of this value marks a customer.
    pub(crate) fn is_priority(self, name: &str, value: &str) -> bool {
        let rule = self.runtime();
        let rule = rule.settings.priority.as_ref();
        rule.is_some_and(|(attribute, values)| {
            attribute == name && values.includes(&value.into(), 0)
        })
    }

    /// Whether personal data is shown only when the agent asks for it.
    pub(crate) fn masks_customers(self) -> bool {
        self.runtime().settings.masked
    }

    /// Days after which an order that is paid should have been sent.
    pub(crate) fn ships_within(self) -> u32 {
        self.runtime().settings.ships_within
    }

    /// Where the softphone is embedded from.
    pub(crate) fn ccp_url(self) -> String {
        self.runtime().settings.ccp_url.clone()
    }
}

type Listener = Closure<dyn Fn(web_sys::Event)>;

struct Runtime {
    desk: RwSignal<Desk>,
    tick: State<Tick>,
    queue: RefCell<VecDeque<Input>>,
    journal: RefCell<StoredJournal>,
    /// What is to be kept, and is not yet.
    unkept: RefCell<Option<Box<Journal>>>,
    draining: Cell<bool>,
    ccp: RefCell<Option<Ccp>>,
    /// Until it is known nothing is embedded: what is embedded depends on it.
    role: Cell<Option<Role>>,
    sign_in: RefCell<Option<Window>>,
    /// Ticks since the CCP last answered.
    silence: Cell<u32>,
    proxy: Proxy,
    settings: Settings,
    container: Element,
    listeners: RefCell<Vec<Listener>>,
    _clock: Interval,
}

impl Runtime {
    fn start(self: &Rc<Self>) {
        self.send(Input::Policy(Policy {
            not_ready_state: self.settings.not_ready_state.clone(),
            notifies: self.settings.notification != Notification::Off,
        }));
        let kept = self.journal.borrow_mut().open();
        if let Some(journal) = kept {
            self.send(Input::Journal(journal));
        }
        // Another page of this origin has written.
        self.listen("storage", |this, _| {
            let news = this.journal.borrow().news();
            if let Some(journal) = news {
                this.send(Input::Journal(journal));
            }
        });
        // Neither a reload nor a closed tab waits, and the timers of a hidden one are late.
        self.listen("pagehide", |this, _| this.keep());
        self.listen("visibilitychange", |this, _| this.keep());
        self.listen("beforeunload", |this, event| {
            // The browser asks before it leaves: the call would lose its audio.
            if this.desk.with_untracked(Desk::holds_audio) {
                event.prevent_default();
            }
        });
        self.listen("desk:streams", |this, _| this.library_settled());
        self.listen("desk:place", |this, _| this.look_around());
        self.listen("desk:role", |this, _| this.role_settled());
        if self.settings.customers.is_some() {
            self.send(Input::Access(Access::SignedOut));
            self.listen("desk:proxy", |this, _| this.meet_the_proxy());
        }
        // boot.js may have been faster.
        self.look_around();
        self.role_settled();
        self.library_settled();
    }

    fn listen(self: &Rc<Self>, name: &str, hear: fn(&Rc<Self>, &web_sys::Event)) {
        let this = Rc::downgrade(self);
        let listener = Listener::new(move |event| {
            if let Some(this) = this.upgrade() {
                hear(&this, &event);
            }
        });
        if let Some(window) = web_sys::window() {
            let function = listener.as_ref().unchecked_ref();
            window.add_event_listener_with_callback(name, function).ok();
        }
        self.listeners.borrow_mut().push(listener);
    }

    /// boot.js says on the document's element what became of the Streams library.
    fn library_settled(self: &Rc<Self>) {
        match page_says("data-streams").as_deref() {
            Some("ready") => {
                if let Some(role) = self.role.get().filter(|_| self.ccp.borrow().is_none()) {
                    self.embed(role);
                }
            }
            Some(_) => self.send(Input::Link(Link::Blocked)),
            None => {}
        }
    }

    fn embed(self: &Rc<Self>, role: Role) {
        // Left alone the library would load the frame anew when a session ends, and cut the call that
        // goes on in it. The desk says when.
        let login = LoginOptions::default().disable_auth_popup_after_logout(true);
        let mut options = InitOptions::new(&self.settings.ccp_url)
            .region(&self.settings.region)
            .login_options(login)
            .iframe_title(Text::Softphone.say(self.settings.locale));
        if let Some(login_url) = &self.settings.login_url {
            options = options.login_url(login_url);
        }
        let leads = role != Role::Mirror;
        if !leads || !self.settings.has_ringtone {
            // Without the first the CCP in the frame never asks to hold the audio, without the
            // others never to ring (`initSoftphoneManager` and `initRingtoneEngines` of 2.28.2).
            let softphone = SoftphoneOptions::default().allow_framed_softphone(leads);
            let quiet = || RingtoneOptions::default().disable_ringtone(true);
            options = options
                .softphone(softphone.disable_ringtone(true))
                .chat(quiet())
                .task(quiet())
                .auto_accept_tone(quiet());
        }
        let this = Rc::downgrade(self);
        let sink = move |event| {
            let Some(this) = this.upgrade() else { return };
            // A frame that has just come has no claim to anything yet.
            if role == Role::Leader && matches!(event, Event::Initialized | Event::Reloaded) {
                this.ask(Ccp::claim_ring);
            }
            if event == Event::Acknowledged {
                this.acknowledged();
            } else if let Some(input) = input(event) {
                this.send(input);
            }
        };
        self.send(Input::Link(Link::Connecting));
        match Ccp::embed(&self.container, &options, sink) {
            Ok(ccp) => *self.ccp.borrow_mut() = Some(ccp),
            Err(error) => {
                warn(&error.to_string());
                self.send(Input::Link(Link::Blocked));
            }
        }
    }

    fn tick(self: &Rc<Self>) {
        let now = now();
        self.tick.update(|tick| {
            tick.now = now;
            tick.count = tick.count.wrapping_add(1);
        });
        if self.desk.with_untracked(|desk| desk.is_due(now)) {
            self.send(Input::TimePassed);
        }
        let silence = self.silence.get().saturating_add(1);
        self.silence.set(silence);
        if silence == SILENT_TICKS {
            self.send(Input::Heartbeat(false));
        }
        self.look_at_sign_in();
    }

    fn acknowledged(self: &Rc<Self>) {
        if self.silence.replace(0) >= SILENT_TICKS {
            self.send(Input::Heartbeat(true));
        }
    }

    fn send(self: &Rc<Self>, input: Input) {
        self.queue.borrow_mut().push_back(input);
        if self.draining.replace(true) {
            return;
        }
        let before = self.desk.with_untracked(Desk::revision);
        loop {
            let next = self.queue.borrow_mut().pop_front();
            let Some(input) = next else { break };
            let effects = self
                .desk
                .try_update_untracked(|desk| desk.handle(input, now()));
            for effect in effects.into_iter().flatten() {
                self.perform(effect);
            }
        }
        self.draining.set(false);
        if self.desk.with_untracked(Desk::revision) != before {
            // What follows the time follows the desk too: a timer starts at once.
            self.tick.update(|tick| tick.now = now());
            self.desk.notify();
        }
    }

    fn perform(self: &Rc<Self>, effect: Effect) {
        match effect {
            Effect::Act(action) => {
                let ccp = self.ccp.borrow();
                let answer = ccp.as_ref().map(|ccp| ccp.act(action.clone()));
                self.send_later(async move {
                    let result = match answer {
                        Some(answer) => answer.await,
                        None => Err(desk::ActionError::NotReady),
                    };
                    Input::Acted { action, result }
                });
            }
            Effect::ListQuickConnects => {
                let answer = self.ccp.borrow().as_ref().map(Ccp::endpoints);
                self.send_later(async move {
                    Input::QuickConnects(match answer {
                        Some(answer) => answer.await,
                        None => Err(desk::ActionError::NotReady),
                    })
                });
            }
            Effect::Save(journal) => self.keep_later(journal),
            Effect::OpenSignIn => self.open_sign_in(),
            Effect::CloseSignIn => {
                if let Some(window) = self.sign_in.borrow_mut().take() {
                    window.close().ok();
                }
            }
            // When the library has said what this may follow from: see `Ccp::reauthenticate`.
            Effect::Reconnect => {
                let this = Rc::downgrade(self);
                spawn(async move {
                    if let Some(this) = this.upgrade() {
                        this.ask(Ccp::reauthenticate);
                    }
                });
            }
            Effect::ClaimAudio => self.ask(Ccp::claim_audio),
            Effect::Reload => {
                if let Some(window) = web_sys::window() {
                    window.location().reload().ok();
                }
            }
            Effect::Lead => self.lead(),
            Effect::AskForMicrophone => ask("microphone"),
            Effect::AskForNotifications => ask("notifications"),
            Effect::Alert(alert) => self.alert(alert),
            Effect::SignOut => {
                self.sign_out();
                self.leave_the_proxy(true);
            }
            Effect::Inquire { id, question } => self.inquire(id, &question),
            Effect::Abandon(id) => self.abandon(id),
            Effect::SignInForCustomers => self.sign_in_for_customers(),
            Effect::ForgetSignIn => self.leave_the_proxy(false),
            Effect::Log(oddity) => match oddity {
                Oddity::UnknownWord(what, word) => warn(&format!("unknown {what}: {word}")),
                Oddity::Unreadable(path) => warn(&format!("cannot read {path}")),
            },
        }
    }

    /// Queues what a task comes to.
    fn send_later(self: &Rc<Self>, task: impl Future<Output = Input> + 'static) {
        let this = Rc::downgrade(self);
        spawn(async move {
            let input = task.await;
            if let Some(this) = this.upgrade() {
                this.send(input);
            }
        });
    }

    /// Keeps a journal a little later than the screen shows what is new in it: writing that of a long day
    /// takes milliseconds, which an agent would wait for, and snapshots seldom come alone. The timers of
    /// a page that nobody sees are late.
    fn keep_later(self: &Rc<Self>, journal: Box<Journal>) {
        let is_under_way = self.unkept.replace(Some(journal)).is_some();
        if document().hidden() {
            self.keep();
            return;
        }
        if is_under_way {
            return;
        }
        let this = Rc::downgrade(self);
        spawn(async move {
            after(KEPT_WITHIN_MS).await;
            if let Some(this) = this.upgrade() {
                this.keep();
            }
        });
    }

    fn keep(&self) {
        if let Some(journal) = self.unkept.take() {
            self.journal.borrow_mut().keep(&journal);
        }
    }

    /// Asks something of the CCP that it does not answer.
    fn ask(&self, what: fn(&Ccp) -> Result<(), streams::Error>) {
        if let Some(ccp) = self.ccp.borrow().as_ref()
            && let Err(error) = what(ccp)
        {
            warn(&error.to_string());
        }
    }
}

/// What an event of the library tells the desk.
fn input(event: Event) -> Option<Input> {
    Some(match event {
        Event::Snapshot(snapshot) => Input::Snapshot(snapshot),
        Event::MuteReported(muted) => Input::MuteReported(muted),
        Event::Initialized => Input::Link(Link::Ready),
        Event::AckTimeout => Input::Link(Link::Silent),
        Event::Terminated => Input::Link(Link::SignedOut),
        Event::AuthFailed => Input::Link(Link::Expired),
        Event::AccessDenied => Input::Link(Link::AccessDenied),
        Event::RetriesExhausted
        | Event::AuthorizeRetriesExhausted
        | Event::CtiAuthorizeRetriesExhausted => Input::Link(Link::GaveUp),
        Event::SoftphoneError { kind } => Input::SoftphoneFailed(match kind.as_str() {
            "microphone_not_shared" | "user_media_denied" | "unsupported_browser" => {
                SoftphoneError::Microphone
            }
            "signalling_connection_failure"
            | "signalling_handshake_failure"
            | "ice_collection_timeout"
            | "webrtc_error"
            | "realtime_communication_error" => SoftphoneError::Connection,
            _ => SoftphoneError::Other,
        }),
        Event::WebSocketLost => Input::ConnectLost(true),
        Event::WebSocketRegained => Input::ConnectLost(false),
        Event::Softphones(count) => Input::Softphones(count),
        Event::Reloaded => Input::Reloaded,
        // The next snapshot says what these mean for the agent.
        Event::Acknowledged
        | Event::AuthorizeSucceeded
        | Event::Accepted(_)
        | Event::ViewContact(_) => return None,
    })
}

/// What boot.js has said on the document's element.
fn page_says(name: &str) -> Option<String> {
    document().document_element()?.get_attribute(name)
}

/// The monotonic clock of the page.
pub(crate) fn now() -> Instant {
    let millis = web_sys::window()
        .and_then(|window| window.performance())
        .map_or(0.0, |performance| performance.now());
    #[expect(
        clippy::cast_possible_truncation,
        reason = "milliseconds since the page was opened"
    )]
    Instant::from_millis(millis as i64)
}

/// Writes a line to the console, without anything personal.
fn warn(line: &str) {
    web_sys::console::warn_1(&line.into());
}

/// Runs a task in the page. Boxed, so that the executor is compiled once and not for each task.
pub(crate) fn spawn(task: impl Future<Output = ()> + 'static) {
    spawn_boxed(Box::pin(task));
}

#[inline(never)]
fn spawn_boxed(task: Pin<Box<dyn Future<Output = ()>>>) {
    wasm_bindgen_futures::spawn_local(task);
}

#[cfg(test)]
#[cfg(target_arch = "wasm32")]
mod tests;
