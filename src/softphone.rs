//! The panel that holds Amazon's CCP: made once, outside the reactive tree.
//!
//! The frame must never be moved or mounted again, for that would reload it, and in mid-call
//! the agent's audio lives in it. So the panel is folded by the style sheet alone.

use web_sys::Element;

use crate::{
    text::{Locale, Text},
    ui::el,
};

/// Whether the panel is open, on the body, where the style sheet finds it.
const STATE: &str = "data-softphone";

/// Narrower pages have no room for the panel beside the desk, in CSS pixels.
const ROOMY: f64 = 1100.0;

/// Makes the panel, and within it the element for the CCP's frame.
pub(crate) fn panel(locale: Locale) -> (Element, Element) {
    let container = el("div").class("softphone-frame").into_element();
    let panel = el("aside")
        .class("softphone")
        .set("aria-label", Text::Softphone.say(locale))
        .into_element();
    panel.append_with_node_1(&container).ok();
    let width = web_sys::window().and_then(|window| window.inner_width().ok()?.as_f64());
    set_open(width.is_some_and(|width| width >= ROOMY));
    (panel, container)
}

/// Whether the panel is open.
pub(crate) fn is_open() -> bool {
    body().is_some_and(|body| body.get_attribute(STATE).as_deref() == Some("open"))
}

/// Opens or folds the panel.
pub(crate) fn set_open(open: bool) {
    if let Some(body) = body() {
        let state = if open { "open" } else { "folded" };
        body.set_attribute(STATE, state).ok();
    }
}

fn body() -> Option<Element> {
    Some(web_sys::window()?.document()?.body()?.into())
}
