//! The settings of this deployment: `/config.json`, fetched by boot.js and validated once.
//!
//! The site itself is the same everywhere; all that differs is in this file. Every member of
//! it must be there, `null` where that is allowed, so that a deployer who mistypes a name is
//! told the name and not left with a default. Below `settings` members may be left out, and none
//! may be there that is not known. `docs/config.schema.json` says them all.

use std::cell::Cell;

use desk::{Country, SHIPS_WITHIN_DAYS};
use js_sys::{Array, JSON, Object, Promise};
use leptos::prelude::window;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Url, UrlSearchParams};

use crate::text::Locale;

/// Where boot.js leaves the promise of the file's text, or of `null`: a member of the window.
const FETCHED: &str = "deskSettings";

/// What a deployment decides.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) ccp_url: String,
    pub(crate) region: String,
    /// Where the agent signs in, when that is not the CCP itself (SAML).
    pub(crate) login_url: Option<String>,
    /// Who is asked for customer data, and who says that the agent may.
    pub(crate) customers: Option<Customers>,
    pub(crate) locale: Locale,
    pub(crate) country: Country,
    pub(crate) notification: Notification,
    /// Whether a ring is heard. It is the CCP in the frame that rings.
    pub(crate) has_ringtone: bool,
    /// The state that the desk chooses for an agent who would miss the next call.
    pub(crate) not_ready_state: Option<String>,
    /// What attributes are called, in the place of their names: an object of texts.
    pub(crate) labels: JsValue,
    /// The attribute that marks a customer, and the values with which it does: a list of texts.
    pub(crate) priority: Option<(String, Array)>,
    /// Days after which an order that is paid should have been sent.
    pub(crate) ships_within: u32,
    /// Whether personal data is shown only when the agent asks for it.
    pub(crate) masked: bool,
}

/// Who is asked for customer data, and the identity provider that vouches for the agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Customers {
    /// Where the proxy is, on the desk's own origin.
    pub(crate) api: String,
    pub(crate) provider: Provider,
    /// Whether the provider lets itself be framed, so that it can be asked unseen.
    pub(crate) silent_frame: bool,
}

/// An `OpenID` Connect provider, and what it knows the desk as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Provider {
    pub(crate) issuer: String,
    pub(crate) client_id: String,
    pub(crate) scope: String,
    /// Whom the token is asked for, where the provider wants to be told.
    pub(crate) audience: Option<String>,
}

/// What a ring tells an agent who looks elsewhere, outside the page, where others may read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Notification {
    /// Nothing.
    Off,
    /// The kind of contact and its queue.
    Queue,
    /// The caller's number besides.
    Caller,
}

/// Why the settings cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SettingsError {
    /// The file is not there or cannot be fetched.
    Unavailable,
    /// It is not JSON, or no object.
    NotJson,
    /// A member is missing or wrong; its path.
    Member(&'static str),
}

#[wasm_bindgen]
extern "C" {
    /// An object of the file. It is read member by member and not through `serde`, whose
    /// errors do not say where in the file they arose.
    type Members;

    #[wasm_bindgen(method, structural, indexing_getter)]
    fn member(this: &Members, name: &str) -> JsValue;
}

/// The sentences of the reader's language, as boot.js has left them: a member of the window.
pub(crate) fn sentences() -> String {
    let window: Members = window().unchecked_into();
    window.member("deskText").as_string().unwrap_or_default()
}

/// Waits for the settings and validates them.
///
/// # Errors
///
/// [`SettingsError`], for a page of its own: without settings there is no desk.
pub(crate) async fn load() -> Result<Settings, SettingsError> {
    let window: Members = window().unchecked_into();
    let text = JsFuture::from(Promise::resolve(&window.member(FETCHED))).await;
    let text = text.ok().and_then(|text| text.as_string());
    let text = text.ok_or(SettingsError::Unavailable)?;
    let json = JSON::parse(&text).map_err(|_| SettingsError::NotJson)?;
    parse(json)
}

/// The language that the address asks for (`?lang=`), whatever the settings say.
pub(crate) fn locale_in_address() -> Option<Locale> {
    let search = web_sys::window()?.location().search().ok()?;
    let wanted = UrlSearchParams::new_with_str(&search).ok()?.get("lang")?;
    Locale::from_tag(&wanted)
}

fn parse(json: JsValue) -> Result<Settings, SettingsError> {
    if !is_object(&json) {
        return Err(SettingsError::NotJson);
    }
    let file = File {
        root: json,
        wrong: Cell::new(None),
    };
    let settings = file.settings();
    match file.wrong.get() {
        Some(path) => Err(SettingsError::Member(path)),
        None => Ok(settings),
    }
}

fn is_object(value: &JsValue) -> bool {
    value.is_object() && !Array::is_array(value)
}

/// The file, and its first member that is wrong. Reading goes on behind one, with something in its
/// place: to turn back at each of thirty would be half of the code.
struct File {
    root: JsValue,
    wrong: Cell<Option<&'static str>>,
}

impl File {
    fn settings(&self) -> Settings {
        for part in ["ccp", "settings"] {
            self.object(part);
        }
        self.part("settings", &["ring", "readiness", "customer", "labels"]);
        self.part("settings.ring", &["notification", "sound"]);
        self.part("settings.readiness", &["notReadyState"]);
        self.part(
            "settings.customer",
            &["silentFrame", "shipsWithinDays", "masked", "priority"],
        );
        let priority = "settings.customer.priority";
        self.part(priority, &["attribute", "values"]);
        let priority = self.is_said(priority).then(|| {
            let path = "settings.customer.priority.values";
            let values = self.at(path).dyn_into::<Array>().unwrap_or_else(|_| {
                self.blame(path);
                Array::new()
            });
            (self.text("settings.customer.priority.attribute"), values)
        });
        let labels = self.at("settings.labels");
        if self.is_said("settings.labels") {
            self.object("settings.labels");
        }
        if is_object(&labels) {
            for label in Object::values::<JsValue>(labels.unchecked_ref()) {
                if !label.is_string() {
                    self.blame("settings.labels");
                }
            }
        }
        let silent_frame = self.flag("settings.customer.silentFrame", false);
        let api = self.is_given("api").then(|| {
            self.object("api");
            self.address_here("api.url")
        });
        let provider = self.is_given("auth").then(|| {
            self.object("auth");
            Provider {
                issuer: self.web_address("auth.issuer"),
                client_id: self.text("auth.clientId"),
                scope: self.text("auth.scope"),
                audience: self
                    .is_given("auth.audience")
                    .then(|| self.text("auth.audience")),
            }
        });
        let login_url = self
            .is_given("ccp.loginUrl")
            .then(|| self.web_address("ccp.loginUrl"));
        let notification = match self.at("settings.ring.notification").as_string().as_deref() {
            Some("off") => Notification::Off,
            Some("caller") => Notification::Caller,
            word => {
                let path = "settings.ring.notification";
                if word != Some("queue") && !self.at(path).is_undefined() {
                    self.blame(path);
                }
                Notification::Queue
            }
        };
        let state = "settings.readiness.notReadyState";
        let has_state = !self.at(state).is_null_or_undefined();
        Settings {
            ccp_url: self.web_address("ccp.url"),
            region: self.text("ccp.region"),
            login_url,
            // Without either there is nobody to ask.
            customers: api.zip(provider).map(|(api, provider)| Customers {
                api,
                provider,
                silent_frame,
            }),
            locale: self.word("locale", Locale::from_tag).unwrap_or(Locale::Ja),
            country: self
                .word("country", Country::from_iso)
                .unwrap_or(Country::JP),
            notification,
            has_ringtone: self.flag("settings.ring.sound", true),
            not_ready_state: has_state.then(|| self.text(state)),
            labels,
            priority,
            ships_within: self.days("settings.customer.shipsWithinDays", SHIPS_WITHIN_DAYS),
            masked: self.flag("settings.customer.masked", false),
        }
    }

    fn blame(&self, path: &'static str) {
        if self.wrong.get().is_none() {
            self.wrong.set(Some(path));
        }
    }

    /// What is there; nothing, where something on the way to it is no object.
    #[inline(never)]
    fn at(&self, path: &str) -> JsValue {
        let mut value = self.root.clone();
        for name in path.split('.') {
            if !is_object(&value) {
                return JsValue::UNDEFINED;
            }
            value = value.unchecked_into::<Members>().member(name);
        }
        value
    }

    fn object(&self, path: &'static str) {
        if !is_object(&self.at(path)) {
            self.blame(path);
        }
    }

    /// An object that may be left out. Where members may be, one that is not known is most likely one
    /// that is misspelt.
    #[inline(never)]
    fn part(&self, path: &'static str, known: &[&str]) {
        let value = self.at(path);
        if value.is_undefined() {
            return;
        }
        self.object(path);
        if is_object(&value) {
            for name in Object::keys(value.unchecked_ref::<Object>()) {
                if !name.as_string().is_some_and(|name| known.contains(&&*name)) {
                    self.blame(path);
                }
            }
        }
    }

    /// Whether a member that may be `null`, but must be there, is something.
    #[inline(never)]
    fn is_given(&self, path: &'static str) -> bool {
        let value = self.at(path);
        if value.is_undefined() {
            self.blame(path);
        }
        !value.is_null_or_undefined()
    }

    /// Whether a member is there that may be left out.
    fn is_said(&self, path: &str) -> bool {
        !self.at(path).is_undefined()
    }

    /// A choice that may be left out.
    #[inline(never)]
    fn flag(&self, path: &'static str, otherwise: bool) -> bool {
        let value = self.at(path);
        if !value.is_undefined() && value.as_bool().is_none() {
            self.blame(path);
        }
        value.as_bool().unwrap_or(otherwise)
    }

    /// A number of days that may be left out.
    fn days(&self, path: &'static str, otherwise: u32) -> u32 {
        let value = self.at(path);
        if value.is_undefined() {
            return otherwise;
        }
        // Nobody waits for longer.
        let days = (1..=99).find(|days| value == f64::from(*days));
        days.unwrap_or_else(|| {
            self.blame(path);
            otherwise
        })
    }

    fn text(&self, path: &'static str) -> String {
        let text = self.at(path).as_string().unwrap_or_default();
        if text.trim().is_empty() {
            self.blame(path);
        }
        text
    }

    fn word<T>(&self, path: &'static str, read: fn(&str) -> Option<T>) -> Option<T> {
        let word = read(&self.text(path));
        if word.is_none() {
            self.blame(path);
        }
        word
    }

    /// A path on the desk's own origin: no other one is asked for customer data.
    fn address_here(&self, path: &'static str) -> String {
        let address = self.text(path);
        if !address.starts_with('/') || address.starts_with("//") {
            self.blame(path);
        }
        address.trim_end_matches('/').to_owned()
    }

    /// An absolute `https:` address; `http:` only on this machine.
    #[inline(never)]
    fn web_address(&self, path: &'static str) -> String {
        let address = self.text(path);
        let is_safe = Url::new(&address).is_ok_and(|url| {
            let is_local =
                || matches!(url.hostname().as_str(), "127.0.0.1" | "localhost" | "[::1]");
            match url.protocol().as_str() {
                "https:" => true,
                "http:" => is_local(),
                _ => false,
            }
        });
        if !is_safe {
            self.blame(path);
        }
        address
    }
}

#[cfg(test)]
#[cfg(target_arch = "wasm32")]
mod tests;
