//! The library as it is seen from beside the crate.

use js_sys::{Array, Function, Promise};
use serde_json::Value;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// Something that waits for an event on the library's bus.
pub(crate) struct Witness(JsFuture);

impl Witness {
    /// Of the next event of this name.
    pub(crate) fn of(event: &str) -> Self {
        // The function that resolves a promise is itself a good subscriber.
        Self(JsFuture::from(Promise::new(&mut |called, _| {
            event_bus().subscribe(event, &called);
        })))
    }

    /// Returns when the event has come, after all who were subscribed before.
    pub(crate) async fn called(self) {
        self.0.await.expect("promises of this kind never fail");
    }
}

/// Lets the library hear an event, as if the CCP had said it.
pub(crate) fn trigger(event: &str, data: &Value) {
    event_bus().trigger(event, &parse_js(&data.to_string()));
}

/// How many are subscribed to the event.
pub(crate) fn subscriptions(event: &str) -> u32 {
    event_bus().subscriptions(event).length()
}

/// What `initCCP` was given.
pub(crate) fn init_ccp_params() -> Value {
    CONNECT.with(|connect| parse(&connect.init_ccp_params()))
}

/// The library's records of subscribers to the event that threw.
pub(crate) fn failures(event: &str) -> Vec<String> {
    let logs = CONNECT.with(|connect| parse(&connect.log().entries()));
    let failure = format!("'{event}' event handler failed.");
    let logs = logs.as_array().expect("a list of entries").iter();
    logs.filter_map(|entry| entry["text"].as_str())
        .filter(|text| *text == failure)
        .map(str::to_owned)
        .collect()
}

/// Ends the library's part, whether it had begun or not.
pub(crate) fn terminate() {
    CONNECT.with(|connect| connect.core().terminate());
}

fn event_bus() -> EventBus {
    CONNECT.with(|connect| connect.core().event_bus())
}

fn parse(value: &JsValue) -> Value {
    serde_json::from_str(&stringify(value)).expect("JSON")
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = JSON, js_name = stringify)]
    fn stringify(value: &JsValue) -> String;
    #[wasm_bindgen(js_namespace = JSON, js_name = parse)]
    fn parse_js(text: &str) -> JsValue;

    type Connect;
    #[wasm_bindgen(thread_local_v2, js_name = connect)]
    static CONNECT: Connect;
    #[wasm_bindgen(method, getter, js_name = initCCPParams)]
    fn init_ccp_params(this: &Connect) -> JsValue;
    #[wasm_bindgen(method, js_name = getLog)]
    fn log(this: &Connect) -> Log;
    #[wasm_bindgen(method, getter, js_name = core)]
    fn core(this: &Connect) -> Core;

    type Log;
    #[wasm_bindgen(method, getter, js_name = _logs)]
    fn entries(this: &Log) -> JsValue;

    type Core;
    #[wasm_bindgen(method, js_name = getEventBus)]
    fn event_bus(this: &Core) -> EventBus;
    #[wasm_bindgen(method, js_name = terminate)]
    fn terminate(this: &Core);

    type EventBus;
    #[wasm_bindgen(method, js_name = subscribe)]
    fn subscribe(this: &EventBus, event: &str, f: &Function);
    #[wasm_bindgen(method, js_name = trigger)]
    fn trigger(this: &EventBus, event: &str, data: &JsValue);
    #[wasm_bindgen(method, js_name = getSubscriptions)]
    fn subscriptions(this: &EventBus, event: &str) -> Array;
}
