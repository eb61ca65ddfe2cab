//! The settings of this deployment: `/config.json`, fetched by boot.js and validated once.
//!
//! The site itself is the same everywhere; all that differs is in this file. Every member of
//! it must be there, `null` where that is allowed, so that a deployer who mistypes a name is
//! told the name and not left with a default. Below `settings` members may be left out, and none
//! may be there that is not known. `docs/config.schema.json` says them all.

use desk::Country;
use js_sys::{JSON, Object, Promise};
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
    if !json.is_object() || js_sys::Array::is_array(&json) {
        return Err(SettingsError::NotJson);
    }
    let file: Members = json.unchecked_into();
    let ccp = object(file.member("ccp"), "ccp")?;
    let login_url = nullable(ccp.member("loginUrl"), "ccp.loginUrl")?
        .map(|value| web_address(&value, "ccp.loginUrl"))
        .transpose()?;
    let api = nullable(file.member("api"), "api")?
        .map(|api| address_here(&object(api, "api")?.member("url"), "api.url"))
        .transpose()?;
    let provider = nullable(file.member("auth"), "auth")?
        .map(|auth| provider(&object(auth, "auth")?))
        .transpose()?;
    let own = part(
        object(file.member("settings"), "settings")?.into(),
        &["ring", "readiness", "customer"],
        "settings",
    )?;
    let ring = part(
        own.member("ring"),
        &["notification", "sound"],
        "settings.ring",
    )?;
    let readiness = own.member("readiness");
    let readiness = part(readiness, &["notReadyState"], "settings.readiness")?;
    let customer = own.member("customer");
    let customer = part(customer, &["silentFrame"], "settings.customer")?;
    let silent_frame = flag(
        &customer,
        "silentFrame",
        false,
        "settings.customer.silentFrame",
    )?;
    let locale = text(&file.member("locale"), "locale")?;
    let country = text(&file.member("country"), "country")?;
    Ok(Settings {
        ccp_url: web_address(&ccp.member("url"), "ccp.url")?,
        region: text(&ccp.member("region"), "ccp.region")?,
        login_url,
        // Without either there is nobody to ask.
        customers: api.zip(provider).map(|(api, provider)| Customers {
            api,
            provider,
            silent_frame,
        }),
        locale: Locale::from_tag(&locale).ok_or(SettingsError::Member("locale"))?,
        country: Country::from_iso(&country).ok_or(SettingsError::Member("country"))?,
        notification: match ring.member("notification").as_string().as_deref() {
            Some("off") => Notification::Off,
            Some("caller") => Notification::Caller,
            Some("queue") => Notification::Queue,
            _ if ring.member("notification").is_undefined() => Notification::Queue,
            _ => return Err(SettingsError::Member("settings.ring.notification")),
        },
        has_ringtone: flag(&ring, "sound", true, "settings.ring.sound")?,
        not_ready_state: match readiness.member("notReadyState") {
            state if state.is_null_or_undefined() => None,
            state => Some(text(&state, "settings.readiness.notReadyState")?),
        },
    })
}

fn provider(auth: &Members) -> Result<Provider, SettingsError> {
    Ok(Provider {
        issuer: web_address(&auth.member("issuer"), "auth.issuer")?,
        client_id: text(&auth.member("clientId"), "auth.clientId")?,
        scope: text(&auth.member("scope"), "auth.scope")?,
        audience: nullable(auth.member("audience"), "auth.audience")?
            .map(|audience| text(&audience, "auth.audience"))
            .transpose()?,
    })
}

fn object(value: JsValue, path: &'static str) -> Result<Members, SettingsError> {
    if value.is_object() && !js_sys::Array::is_array(&value) {
        Ok(value.unchecked_into())
    } else {
        Err(SettingsError::Member(path))
    }
}

/// An object that may be left out. Where members may be, one that is not known is most likely one
/// that is misspelt.
fn part(value: JsValue, known: &[&str], path: &'static str) -> Result<Members, SettingsError> {
    if value.is_undefined() {
        return Ok(Object::new().unchecked_into());
    }
    let part = object(value, path)?;
    for name in Object::keys(part.unchecked_ref::<Object>()) {
        if !name.as_string().is_some_and(|name| known.contains(&&*name)) {
            return Err(SettingsError::Member(path));
        }
    }
    Ok(part)
}

/// A member that may be `null`, but must be there.
fn nullable(value: JsValue, path: &'static str) -> Result<Option<JsValue>, SettingsError> {
    if value.is_undefined() {
        return Err(SettingsError::Member(path));
    }
    Ok((!value.is_null()).then_some(value))
}

/// A choice that may be left out.
fn flag(
    of: &Members,
    name: &str,
    otherwise: bool,
    path: &'static str,
) -> Result<bool, SettingsError> {
    let value = of.member(name);
    if value.is_undefined() {
        return Ok(otherwise);
    }
    value.as_bool().ok_or(SettingsError::Member(path))
}

fn text(value: &JsValue, path: &'static str) -> Result<String, SettingsError> {
    value
        .as_string()
        .filter(|text| !text.trim().is_empty())
        .ok_or(SettingsError::Member(path))
}

/// A path on the desk's own origin: no other one is asked for customer data.
fn address_here(value: &JsValue, path: &'static str) -> Result<String, SettingsError> {
    let address = text(value, path)?;
    let is_path = address.starts_with('/') && !address.starts_with("//");
    is_path
        .then(|| address.trim_end_matches('/').to_owned())
        .ok_or(SettingsError::Member(path))
}

/// An absolute `https:` address; `http:` only on this machine.
fn web_address(value: &JsValue, path: &'static str) -> Result<String, SettingsError> {
    let wrong = SettingsError::Member(path);
    let address = text(value, path)?;
    let url = Url::new(&address).map_err(|_| wrong)?;
    let local = matches!(url.hostname().as_str(), "127.0.0.1" | "localhost" | "[::1]");
    match url.protocol().as_str() {
        "https:" => Ok(address),
        "http:" if local => Ok(address),
        _ => Err(wrong),
    }
}

#[cfg(test)]
#[cfg(target_arch = "wasm32")]
mod tests;
