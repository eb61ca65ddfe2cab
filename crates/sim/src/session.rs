//! Who is signed in: a cookie's secret and the agent behind it.
//!
//! As behind a company's single sign-on, a browser without a session is signed in as the first
//! agent of the scenario, unless the scenario wants a form. A browser that has signed out keeps
//! its dead session and is shown the form until it signs in again.

use std::collections::BTreeMap;

use axum::http::HeaderMap;
use axum::http::header::COOKIE;

use crate::scenario::SignIn;

/// Every session of one simulator.
#[derive(Debug)]
pub(crate) struct Sessions {
    /// Cookies ignore ports, so the port is part of the name.
    cookie: String,
    mode: SignIn,
    /// `None`: signed out.
    known: BTreeMap<String, Option<String>>,
}

/// What a browser is to be shown.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Visit {
    /// The softphone of this agent.
    SignedIn(String),
    /// The softphone, and this cookie with it.
    JustSignedIn {
        /// Login.
        agent: String,
        /// A `Set-Cookie` value.
        cookie: String,
    },
    /// The form.
    SignedOut,
}

impl Sessions {
    pub(crate) fn new(port: u16, mode: SignIn) -> Self {
        Self {
            cookie: format!("sim-{port}-session"),
            mode,
            known: BTreeMap::new(),
        }
    }

    /// Changes how browsers without a session are received.
    pub(crate) fn set_mode(&mut self, mode: SignIn) {
        self.mode = mode;
    }

    pub(crate) fn mode(&self) -> SignIn {
        self.mode
    }

    /// The agent of a session that is alive.
    pub(crate) fn agent(&self, headers: &HeaderMap) -> Option<String> {
        self.known.get(&self.secret(headers)?)?.clone()
    }

    /// Receives a browser; `first` is whom the automatic sign-in signs in.
    pub(crate) fn visit(&mut self, headers: &HeaderMap, first: Option<&str>) -> Visit {
        if let Some(agent) = self.agent(headers) {
            return Visit::SignedIn(agent);
        }
        let signed_out = self
            .secret(headers)
            .is_some_and(|secret| self.known.contains_key(&secret));
        match (self.mode, first) {
            (SignIn::Automatic, Some(first)) if !signed_out => {
                let (agent, cookie) = (first.to_owned(), self.begin(first));
                Visit::JustSignedIn { agent, cookie }
            }
            _ => Visit::SignedOut,
        }
    }

    /// Begins a session; returns the `Set-Cookie` value.
    pub(crate) fn begin(&mut self, agent: &str) -> String {
        let secret = secret();
        self.known.insert(secret.clone(), Some(agent.to_owned()));
        format!("{}={secret}; Path=/; HttpOnly; SameSite=Lax", self.cookie)
    }

    /// Ends every session of that agent.
    pub(crate) fn end(&mut self, agent: &str) {
        for session in self.known.values_mut() {
            if session.as_deref() == Some(agent) {
                *session = None;
            }
        }
    }

    /// Ends the session of one browser.
    pub(crate) fn log_out(&mut self, headers: &HeaderMap) {
        if let Some(secret) = self.secret(headers)
            && let Some(session) = self.known.get_mut(&secret)
        {
            *session = None;
        }
    }

    fn secret(&self, headers: &HeaderMap) -> Option<String> {
        headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(name, _)| *name == self.cookie)
            .map(|(_, secret)| secret.to_owned())
    }
}

/// Unguessable, so that another page on this machine cannot pass for the agent.
fn secret() -> String {
    let mut bytes = [0_u8; 16];
    if let Err(error) = getrandom::fill(&mut bytes) {
        tracing::error!(%error, "no randomness for a session");
    }
    format!("{:032x}", u128::from_be_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn browser(set_cookie: &str) -> HeaderMap {
        let pair = set_cookie.split(';').next().unwrap();
        HeaderMap::from_iter([(COOKIE, format!("theme=dark; {pair}").parse().unwrap())])
    }

    fn signed_in(sessions: &mut Sessions) -> HeaderMap {
        match sessions.visit(&HeaderMap::new(), Some("hanako")) {
            Visit::JustSignedIn { cookie, .. } => browser(&cookie),
            other => panic!("not signed in: {other:?}"),
        }
    }

    #[test]
    fn a_new_browser_is_signed_in_as_the_first_agent() {
        let mut sessions = Sessions::new(9401, SignIn::Automatic);
        let browser = signed_in(&mut sessions);
        let visit = sessions.visit(&browser, Some("hanako"));
        assert_eq!(visit, Visit::SignedIn("hanako".to_owned()));
    }

    #[test]
    fn after_signing_out_the_form_is_required() {
        let mut sessions = Sessions::new(9401, SignIn::Automatic);
        let browser = signed_in(&mut sessions);
        sessions.end("hanako");
        assert_eq!(sessions.agent(&browser), None);
        assert_eq!(sessions.visit(&browser, Some("hanako")), Visit::SignedOut);
    }

    #[test]
    fn logging_out_ends_the_session_of_that_browser_alone() {
        let mut sessions = Sessions::new(9401, SignIn::Automatic);
        let (here, there) = (signed_in(&mut sessions), signed_in(&mut sessions));
        sessions.log_out(&here);
        assert_eq!(
            (sessions.agent(&here), sessions.agent(&there)),
            (None, Some("hanako".to_owned()))
        );
    }

    #[test]
    fn a_browser_of_an_earlier_server_is_received_like_a_new_one() {
        let mut sessions = Sessions::new(9401, SignIn::Automatic);
        let browser = signed_in(&mut Sessions::new(9401, SignIn::Automatic));
        let visit = sessions.visit(&browser, Some("hanako"));
        assert!(matches!(visit, Visit::JustSignedIn { .. }));
    }

    #[test]
    fn the_form_is_required_when_the_scenario_says_so() {
        let mut sessions = Sessions::new(9401, SignIn::Form);
        let visit = sessions.visit(&HeaderMap::new(), Some("hanako"));
        assert_eq!(visit, Visit::SignedOut);
    }

    #[test]
    fn the_cookie_of_a_simulator_on_another_port_is_not_ours() {
        let mut ours = Sessions::new(9401, SignIn::Automatic);
        let theirs = browser(&Sessions::new(9501, SignIn::Automatic).begin("hanako"));
        assert_eq!(ours.agent(&theirs), None);
        assert!(matches!(
            ours.visit(&theirs, Some("hanako")),
            Visit::JustSignedIn { .. }
        ));
    }
}
