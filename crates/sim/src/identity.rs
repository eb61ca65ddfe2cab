//! The identity provider of the local world: `OpenID` Connect for the desk, which shows its tokens to
//! the proxy.
//!
//! Served are discovery, the public keys, sign-in by authorization code with PKCE, refresh with
//! rotation, and sign-out (`OpenID` Connect Core 1.0 and Discovery 1.0; RFC 6749, 7636, 9207, 9700).
//! There is one public client, and whoever may sign in is an agent of the scenario. Lifetimes are
//! measured by the simulator's clock.

mod grant;
mod key;
mod page;
mod provider;
mod request;
mod token;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::scenario::SignIn;
use crate::session::Sessions;
use grant::Grants;
use key::Keys;

pub(crate) use key::Algorithm;
pub(crate) use provider::router;
pub(crate) use token::{Mint, mint};

/// The one client.
pub(crate) const CLIENT: &str = "agent-desk";

/// Whom access tokens are for.
pub(crate) const AUDIENCE: &str = "agent-desk-api";

/// The page of a desk that receives the code.
pub(crate) const SIGN_IN_PAGE: &str = "signin.html";

/// The provider.
#[derive(Debug)]
pub(crate) struct Identity {
    issuer: String,
    /// Where codes may be sent, to the letter.
    redirect_uris: Vec<String>,
    pub(crate) settings: Settings,
    /// Made when they are first needed: that takes a moment, and most simulators never need them.
    keys: Option<Keys>,
    grants: Grants,
    sessions: Sessions,
    /// Requests by path, for tests.
    counts: BTreeMap<&'static str, u64>,
}

/// What a test or a person may choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    /// By which key tokens are signed.
    pub(crate) algorithm: Algorithm,
    /// How long an access token lasts, in seconds.
    pub(crate) access_token_s: u32,
    /// How long a refresh token lasts, in seconds.
    pub(crate) refresh_token_s: u32,
    /// Whether access tokens have `aud`; some providers write `client_id` alone.
    pub(crate) names_audience: bool,
    /// Whether the desk may show the provider in a frame, as for a silent sign-in.
    pub(crate) framing: bool,
    /// Whether every request is answered 503.
    pub(crate) down: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            algorithm: Algorithm::Rs256,
            access_token_s: 300,
            refresh_token_s: 43_200,
            names_audience: true,
            framing: false,
            down: false,
        }
    }
}

impl Identity {
    /// A provider on that port, for desks whose pages are at these addresses.
    pub(crate) fn new(port: u16, redirect_uris: Vec<String>) -> Self {
        Self {
            issuer: format!("http://127.0.0.1:{port}"),
            redirect_uris,
            settings: Settings::default(),
            keys: None,
            grants: Grants::default(),
            sessions: Sessions::new(port, SignIn::Form),
            counts: BTreeMap::new(),
        }
    }

    /// Starts over. The keys stay: a verifier may have them.
    pub(crate) fn reset(&mut self) {
        self.settings = Settings::default();
        self.grants = Grants::default();
        self.counts.clear();
    }

    /// Signs from now on with new keys; `forget`: the old ones are not published any more, although
    /// tokens of theirs live.
    pub(crate) fn rotate(&mut self, forget: bool, now: i64) {
        let until = now.saturating_add(i64::from(self.settings.access_token_s));
        self.keys().rotate(until);
        if forget {
            self.keys().forget();
        }
    }

    /// Ends an agent's sessions here and takes their refresh tokens back.
    pub(crate) fn sign_out(&mut self, login: &str) {
        self.sessions.end(login);
        self.grants.revoke(login);
    }

    /// For `GET /control/identity`.
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "issuer": self.issuer,
            "client_id": CLIENT,
            "audience": AUDIENCE,
            "redirect_uris": self.redirect_uris,
            "settings": self.settings,
            "counts": self.counts,
        })
    }

    fn keys(&mut self) -> &mut Keys {
        self.keys.get_or_insert_with(Keys::generate)
    }

    /// The origins of the desks, for CORS and for frames.
    fn origins(&self) -> Vec<String> {
        let mut origins: Vec<String> = self
            .redirect_uris
            .iter()
            .filter_map(|uri| {
                let (scheme, rest) = uri.split_once("://")?;
                let host = rest.split('/').next()?;
                Some(format!("{scheme}://{host}"))
            })
            .collect();
        origins.sort();
        origins.dedup();
        origins
    }
}
