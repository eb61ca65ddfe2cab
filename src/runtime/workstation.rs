//! The agent's place of work: what the browser says of it, and what is asked of the browser for it.
//! boot.js does both; nothing here decides.

use std::rc::Rc;

use desk::{Alert, Caller, Contact, Desk, Input, Permission, Workstation};
use leptos::prelude::WithUntracked;
use wasm_bindgen::prelude::*;

use super::{Runtime, page_says};
use crate::{
    format,
    settings::Notification,
    text::{self, Text},
};

#[wasm_bindgen]
extern "C" {
    /// Lets the browser ask the agent.
    #[wasm_bindgen(js_namespace = deskBrowser)]
    pub(super) fn ask(what: &str);

    #[wasm_bindgen(catch, js_namespace = deskBrowser)]
    fn notify(tag: &str, title: &str, body: &str) -> Result<(), JsValue>;

    #[wasm_bindgen(js_namespace = deskBrowser, js_name = endNotification)]
    fn end_notification();
}

impl Runtime {
    /// boot.js says on the document's element how the place of work is.
    pub(super) fn look_around(self: &Rc<Self>) {
        let words = page_says("data-place").unwrap_or_default();
        let says = |word: &str| words.split(' ').find_map(|said| said.strip_prefix(word));
        let permission = |of: &str| match says(of) {
            Some("granted") => Permission::Granted,
            Some("denied") => Permission::Denied,
            // Permissions say the first, notifications the second.
            Some("prompt" | "default") => Permission::Unasked,
            _ => Permission::Unknown,
        };
        let mirrors = says("mirrors-").and_then(|count| count.parse().ok());
        self.send(Input::Workstation(Workstation {
            microphone: permission("microphone-"),
            lacks_microphone: says("no-microphone").is_some(),
            notifications: permission("notifications-"),
            is_away: says("away").is_some(),
            is_throttled: says("late").is_some(),
            mirrors: mirrors.unwrap_or_default(),
        }));
    }

    /// Notifies of a ring without anything personal, unless the settings allow it. A contact that is
    /// notified of again takes its own place (`tag`).
    pub(super) fn alert(&self, alert: Option<Alert>) {
        let locale = self.settings.locale;
        let (tag, title, body) = match alert {
            None => return end_notification(),
            Some(Alert::Ring(contact)) => {
                let words = |desk: &Desk| desk.contact(&contact).map(|told| self.ring_words(told));
                let body = self.desk.with_untracked(words);
                (
                    contact.to_string(),
                    Text::RingTitle,
                    body.unwrap_or_default(),
                )
            }
            Some(Alert::Risk) => {
                let words = |desk: &Desk| text::concern(desk, desk.risk()?);
                let body = self.desk.with_untracked(words);
                let body = body.map_or("", |text| text.say(locale));
                (String::new(), Text::RiskTitle, body.to_owned())
            }
        };
        notify(&tag, title.say(locale), &body).ok();
    }

    /// The kind of contact and its queue; who it is where the settings allow it.
    fn ring_words(&self, told: &Contact) -> String {
        let kind = text::kind(&told.kind, told.direction).say(self.settings.locale);
        let mut words = kind.to_owned();
        let mut add = |word: &str| {
            words.push_str(" · ");
            words.push_str(word);
        };
        if let Some(queue) = &told.queue {
            add(queue);
        }
        if self.settings.notification == Notification::Caller
            && let Caller::Number(number) = &told.caller
        {
            add(&format::phone(number));
        }
        desk::visible(&words).into_owned()
    }
}
