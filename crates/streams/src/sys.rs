//! Raw externs of amazon-connect-streams 2.28.2, and nothing else.
//!
//! Names and shapes are those of the package's `src/index.d.ts`; what that file leaves out
//! (`_getData`, the `success`/`failure` pair being read when the answer comes) was read in
//! `release/connect-streams.js`. Every call is `catch`: the library throws for a contact that
//! is gone, before the first acknowledgement, and on data it did not expect.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// The page's global object.
    #[wasm_bindgen(js_name = globalThis)]
    pub(crate) type Page;

    #[wasm_bindgen(thread_local_v2, js_name = globalThis)]
    pub(crate) static PAGE: Page;

    /// The library's one global. It is a getter and not a static, because statics are read once
    /// and kept: a script that arrives after the first look would stay missing for ever.
    #[wasm_bindgen(method, structural, getter, js_name = connect)]
    pub(crate) fn connect(this: &Page) -> Option<Connect>;

    /// The global `connect`.
    pub(crate) type Connect;

    #[wasm_bindgen(method, structural, getter, catch, js_name = version)]
    pub(crate) fn version(this: &Connect) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, structural, getter, catch, js_name = core)]
    pub(crate) fn core(this: &Connect) -> Result<Core, JsValue>;

    #[wasm_bindgen(method, structural, catch, js_name = getLog)]
    pub(crate) fn log(this: &Connect) -> Result<Log, JsValue>;

    #[wasm_bindgen(method, structural, catch, js_name = becomeMaster)]
    pub(crate) fn become_master(this: &Connect, topic: &str) -> Result<(), JsValue>;

    /// `connect.core`.
    #[derive(Clone)]
    pub(crate) type Core;

    #[wasm_bindgen(method, structural, getter, catch, js_name = initialized)]
    pub(crate) fn initialized(this: &Core) -> Result<bool, JsValue>;

    #[wasm_bindgen(method, structural, catch, js_name = initCCP)]
    pub(crate) fn init_ccp(
        this: &Core,
        container: &web_sys::Element,
        options: &JsValue,
    ) -> Result<(), JsValue>;

    #[wasm_bindgen(method, structural, catch, js_name = getEventBus)]
    pub(crate) fn event_bus(this: &Core) -> Result<EventBus, JsValue>;

    /// Throws unless a CCP has been embedded.
    #[wasm_bindgen(method, structural, catch, js_name = getUpstream)]
    pub(crate) fn upstream(this: &Core) -> Result<Upstream, JsValue>;

    /// `connect.Conduit`, towards the frame.
    pub(crate) type Upstream;

    #[wasm_bindgen(method, structural, catch, js_name = sendUpstream)]
    pub(crate) fn send(this: &Upstream, event: &str) -> Result<(), JsValue>;

    #[wasm_bindgen(method, structural, catch, js_name = reauthenticateAfterLogout)]
    pub(crate) fn reauthenticate_after_logout(this: &Core) -> Result<(), JsValue>;

    /// The timer of the next reload of the frame. Not in the typings.
    #[wasm_bindgen(method, structural, getter, catch, js_name = iframeRefreshTimeout)]
    pub(crate) fn reload_timer(this: &Core) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, structural, setter, catch, js_name = iframeRefreshTimeout)]
    pub(crate) fn set_reload_timer(this: &Core, timer: &JsValue) -> Result<(), JsValue>;

    #[wasm_bindgen(catch, js_name = clearTimeout)]
    pub(crate) fn clear_timeout(timer: &JsValue) -> Result<(), JsValue>;

    #[wasm_bindgen(method, structural, catch, js_name = terminate)]
    pub(crate) fn terminate(this: &Core) -> Result<(), JsValue>;

    /// `connect.EventBus`.
    pub(crate) type EventBus;

    /// The callback is called with the event's data, its name and the bus.
    #[wasm_bindgen(method, structural, catch, js_name = subscribe)]
    pub(crate) fn subscribe(
        this: &EventBus,
        event: &str,
        callback: &Callback,
    ) -> Result<BusSubscription, JsValue>;

    /// What `subscribe` returns.
    pub(crate) type BusSubscription;

    #[wasm_bindgen(method, structural, catch, js_name = unsubscribe)]
    pub(crate) fn unsubscribe(this: &BusSubscription) -> Result<(), JsValue>;

    /// `connect.Logger`.
    pub(crate) type Log;

    #[wasm_bindgen(method, structural, catch, js_name = setLogLevel)]
    pub(crate) fn set_log_level(this: &Log, level: &str) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, structural, catch, js_name = setEchoLevel)]
    pub(crate) fn set_echo_level(this: &Log, level: &str) -> Result<JsValue, JsValue>;

    /// `connect.Agent`: a view of the latest update.
    #[wasm_bindgen(js_namespace = connect)]
    pub(crate) type Agent;

    /// Throws before the first update.
    #[wasm_bindgen(constructor, catch, js_namespace = connect)]
    pub(crate) fn new() -> Result<Agent, JsValue>;

    /// The latest update, `{ snapshot, configuration }`. Not in the typings, but what every
    /// getter of the class reads; one object per update, never changed afterwards.
    #[wasm_bindgen(method, structural, catch, js_name = _getData)]
    pub(crate) fn data(this: &Agent) -> Result<Plain, JsValue>;

    #[wasm_bindgen(method, structural, catch, js_name = getAgentStates)]
    pub(crate) fn states(this: &Agent) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, structural, catch, js_name = setState)]
    pub(crate) fn set_state(
        this: &Agent,
        state: &JsValue,
        callbacks: &Plain,
        options: &Plain,
    ) -> Result<(), JsValue>;

    #[wasm_bindgen(method, structural, catch, js_name = connect)]
    pub(crate) fn dial(this: &Agent, endpoint: &Endpoint, params: &Plain) -> Result<(), JsValue>;

    #[wasm_bindgen(method, structural, catch, js_name = getAllQueueARNs)]
    pub(crate) fn queue_arns(this: &Agent) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, structural, catch, js_name = getEndpoints)]
    pub(crate) fn endpoints(
        this: &Agent,
        queue_arns: &JsValue,
        callbacks: &Plain,
    ) -> Result<(), JsValue>;

    #[wasm_bindgen(method, structural, catch, js_name = mute)]
    pub(crate) fn mute(this: &Agent) -> Result<(), JsValue>;

    #[wasm_bindgen(method, structural, catch, js_name = unmute)]
    pub(crate) fn unmute(this: &Agent) -> Result<(), JsValue>;

    /// `connect.Contact`: a view of one contact in the latest update.
    #[wasm_bindgen(js_namespace = connect)]
    pub(crate) type Contact;

    /// Never throws, not even for a contact that does not exist.
    #[wasm_bindgen(constructor, catch, js_namespace = connect)]
    pub(crate) fn new(id: &str) -> Result<Contact, JsValue>;

    /// Throws for a contact that is not in the latest update.
    #[wasm_bindgen(method, structural, catch, js_name = _getData)]
    pub(crate) fn data(this: &Contact) -> Result<Plain, JsValue>;

    #[wasm_bindgen(method, structural, catch, js_name = accept)]
    pub(crate) fn accept(this: &Contact, callbacks: &Plain) -> Result<(), JsValue>;

    #[wasm_bindgen(method, structural, catch, js_name = reject)]
    pub(crate) fn reject(this: &Contact, callbacks: &Plain) -> Result<(), JsValue>;

    #[wasm_bindgen(method, structural, catch, js_name = clear)]
    pub(crate) fn clear(this: &Contact, callbacks: &Plain) -> Result<(), JsValue>;

    /// Takes an endpoint of [`Agent::endpoints`] or of [`Endpoint::by_phone_number`].
    #[wasm_bindgen(method, structural, catch, js_name = addConnection)]
    pub(crate) fn add_connection(
        this: &Contact,
        endpoint: &JsValue,
        callbacks: &Plain,
    ) -> Result<(), JsValue>;

    #[wasm_bindgen(method, structural, catch, js_name = toggleActiveConnections)]
    pub(crate) fn toggle_active_connections(
        this: &Contact,
        callbacks: &Plain,
    ) -> Result<(), JsValue>;

    #[wasm_bindgen(method, structural, catch, js_name = conferenceConnections)]
    pub(crate) fn conference_connections(this: &Contact, callbacks: &Plain) -> Result<(), JsValue>;

    /// `connect.VoiceConnection`: a view of one leg in the latest update.
    #[wasm_bindgen(js_namespace = connect)]
    pub(crate) type VoiceConnection;

    /// Throws for a leg that is not in the latest update. `Contact.getConnections()` is not
    /// used, because one unreadable leg makes it throw for all.
    #[wasm_bindgen(constructor, catch, js_namespace = connect)]
    pub(crate) fn new(contact: &str, connection: &str) -> Result<VoiceConnection, JsValue>;

    #[wasm_bindgen(method, structural, catch, js_name = destroy)]
    pub(crate) fn destroy(this: &VoiceConnection, callbacks: &Plain) -> Result<(), JsValue>;

    #[wasm_bindgen(method, structural, catch, js_name = hold)]
    pub(crate) fn hold(this: &VoiceConnection, callbacks: &Plain) -> Result<(), JsValue>;

    #[wasm_bindgen(method, structural, catch, js_name = resume)]
    pub(crate) fn resume(this: &VoiceConnection, callbacks: &Plain) -> Result<(), JsValue>;

    #[wasm_bindgen(method, structural, catch, js_name = sendDigits)]
    pub(crate) fn send_digits(
        this: &VoiceConnection,
        digits: &str,
        callbacks: &Plain,
    ) -> Result<(), JsValue>;

    /// `connect.Endpoint`.
    #[wasm_bindgen(js_namespace = connect)]
    pub(crate) type Endpoint;

    #[wasm_bindgen(catch, static_method_of = Endpoint, js_namespace = connect, js_name = byPhoneNumber)]
    pub(crate) fn by_phone_number(number: &str) -> Result<Endpoint, JsValue>;

    /// Data without behaviour. Reading a member of nothing throws, as in JS.
    #[wasm_bindgen(extends = js_sys::Object, js_name = Object)]
    #[derive(Clone, PartialEq)]
    pub(crate) type Plain;

    #[wasm_bindgen(method, structural, catch, indexing_getter)]
    pub(crate) fn get(this: &Plain, member: &str) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, structural, catch, indexing_setter)]
    pub(crate) fn set(this: &Plain, member: &str, value: &JsValue) -> Result<(), JsValue>;

    /// A function of ours that the library calls.
    #[wasm_bindgen(js_name = Function)]
    pub(crate) type Callback;

    /// A function that puts these two arguments in front of the library's own.
    #[wasm_bindgen(method, structural, catch, js_name = bind)]
    pub(crate) fn bind(
        this: &Callback,
        receiver: &JsValue,
        ticket: u32,
        done: bool,
    ) -> Result<JsValue, JsValue>;
}
