//! Pages for when there is no desk to show: wrong settings, and a panic.
//!
//! They are written with the DOM alone, for they must come up when nothing else does.

use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Document, Element, HtmlElement};

use crate::{
    settings::SettingsError,
    text::{self, Locale, Text},
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

    let page = element(&document, "main", "")?;
    page.set_attribute("class", "fatal").ok()?;
    page.set_attribute("role", "alert").ok()?;
    let heading = element(&document, "h1", title.say(locale))?;
    let advice = element(&document, "p", sentence.say(locale))?;
    page.append_with_node_2(&heading, &advice).ok()?;
    if let Some(member) = member {
        let name = element(&document, "code", member)?;
        page.append_with_node_1(&name).ok()?;
    }
    let button = element(&document, "button", Text::Reload.say(locale))?;
    button.set_attribute("type", "button").ok()?;
    button.set_attribute("class", "button").ok()?;
    // Once: the page that it belongs to goes away with it.
    let reload: JsValue = Closure::once_into_js(|| {
        if let Some(window) = web_sys::window() {
            window.location().reload().ok();
        }
    });
    button
        .add_event_listener_with_callback("click", reload.unchecked_ref())
        .ok()?;
    page.append_with_node_1(&button).ok()?;
    // The recorder hears of a press; the style sheet hides the button where there is none.
    let save = element(&document, "button", Text::IncidentFile.say(locale))?;
    save.set_attribute("type", "button").ok()?;
    save.set_attribute("class", "button").ok()?;
    save.set_attribute("data-incident", "").ok()?;
    page.append_with_node_1(&save).ok()?;
    document.body()?.prepend_with_node_1(&page).ok()?;
    // What had the focus may be gone. Not the button: whoever types on would press it.
    page.set_attribute("tabindex", "-1").ok()?;
    page.dyn_into::<HtmlElement>().ok()?.focus().ok()
}

fn element(document: &Document, name: &str, text: &str) -> Option<Element> {
    let element = document.create_element(name).ok()?;
    element.set_text_content(Some(text));
    Some(element)
}
