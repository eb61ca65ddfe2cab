//! Pages for when there is no desk to show: wrong settings, and a panic.
//!
//! They use no signal and no effect, for they must come up when nothing else does.

use wasm_bindgen::{JsCast, JsValue, closure::Closure};

use crate::{
    settings::SettingsError,
    text::{self, Locale, Text},
    ui::{el, put_focus},
};

/// On the document's element while such a page is shown, for the style sheet.
const FATAL: &str = "data-fatal";

/// Says why the settings cannot be used.
pub(crate) fn paint_settings_error(error: SettingsError, locale: Locale) {
    let (sentence, member) = text::settings_error(error);
    paint(Text::SettingsTitle, sentence, member, locale);
}

/// Says that the desk is broken and the call is not. The softphone stays in the page: the call
/// lives in it.
pub(crate) fn paint_panic(locale: Locale) {
    paint(Text::PanicTitle, Text::PanicAdvice, None, locale);
}

fn paint(title: Text, sentence: Text, member: Option<&str>, locale: Locale) -> Option<()> {
    let document = web_sys::window()?.document()?;
    let html = document.document_element()?;
    // The first page says it all; what fails after it must not paint over it.
    if html.has_attribute(FATAL) {
        return None;
    }
    html.set_attribute("lang", locale.tag()).ok()?;
    // The style sheet hides the desk and shows the softphone.
    html.set_attribute(FATAL, "").ok()?;

    let button = |text: Text| {
        el("button")
            .set("type", "button")
            .class("button")
            .text(text.say(locale))
    };
    let reload = button(Text::Reload).into_element();
    // Once: the page that it belongs to goes away with it.
    let pressed: JsValue = Closure::once_into_js(|| {
        if let Some(window) = web_sys::window() {
            window.location().reload().ok();
        }
    });
    reload
        .add_event_listener_with_callback("click", pressed.unchecked_ref())
        .ok()?;
    let page = el("main")
        .class("fatal")
        .set("role", "alert")
        .set("tabindex", "-1")
        .child(el("h1").text(title.say(locale)))
        .child(el("p").text(sentence.say(locale)));
    let page = match member {
        Some(member) => page.child(el("code").text(member)),
        None => page,
    };
    let page = page.into_element();
    // The recorder hears of a press on the second; the style sheet hides it where there is none.
    let save = button(Text::IncidentFile).set("data-incident", "");
    page.append_with_node_2(&reload, &save.into_element())
        .ok()?;
    document.body()?.prepend_with_node_1(&page).ok()?;
    // What had the focus may be gone. Not the button: whoever types on would press it.
    put_focus(&page);
    Some(())
}
