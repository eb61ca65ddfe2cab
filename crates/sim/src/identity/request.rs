//! A desk's request for a code, and what must be right about it.

use super::{CLIENT, Identity};

/// Parameters as they came: names and values, decoded, repeats included.
pub(super) type Parameters = Vec<(String, String)>;

/// A request for a code that came from our client and is to be answered at its own page.
pub(super) struct Asked {
    pub(super) redirect_uri: String,
    pub(super) state: Option<String>,
    pub(super) parameters: Parameters,
}

/// A request for a code that can be granted once it is known who asks.
pub(super) struct Grantable {
    pub(super) challenge: String,
    pub(super) scope: String,
    pub(super) nonce: Option<String>,
    pub(super) prompt: Option<String>,
}

impl Asked {
    /// Who does not name our client and one of its pages to the letter is told so here: a redirect
    /// to where they say would hand the answer to anybody.
    pub(super) fn read(identity: &Identity, parameters: Parameters) -> Result<Self, &'static str> {
        let client = one(&parameters, "client_id")?;
        if client != Some(CLIENT) {
            return Err("client_id: there is no such client");
        }
        let uri = one(&parameters, "redirect_uri")?;
        let redirect_uri = uri
            .filter(|uri| identity.redirect_uris.iter().any(|known| known == uri))
            .ok_or("redirect_uri: it is not one of the client's")?
            .to_owned();
        let state = one(&parameters, "state")?.map(ToOwned::to_owned);
        Ok(Self {
            redirect_uri,
            state,
            parameters,
        })
    }

    /// RFC 6749, 4.1.1; RFC 7636, 4.3: what else must be right, else the error by its name.
    pub(super) fn grantable(&self) -> Result<Grantable, &'static str> {
        let one = |name| one(&self.parameters, name).map_err(|_| "invalid_request");
        if one("response_type")? != Some("code") {
            return Err("unsupported_response_type");
        }
        if one("response_mode")?.is_some_and(|mode| mode != "query") {
            return Err("invalid_request");
        }
        let scope = one("scope")?.unwrap_or_default();
        if !scope.split(' ').any(|name| name == "openid") {
            return Err("invalid_scope");
        }
        let challenge = one("code_challenge")?.filter(|text| text.len() == 43);
        if one("code_challenge_method")? != Some("S256") {
            return Err("invalid_request");
        }
        Ok(Grantable {
            challenge: challenge.ok_or("invalid_request")?.to_owned(),
            scope: scope.to_owned(),
            nonce: one("nonce")?.map(ToOwned::to_owned),
            prompt: one("prompt")?.map(ToOwned::to_owned),
        })
    }
}

/// The value of a parameter; it may come once (RFC 6749, 3.1).
pub(super) fn one<'a>(
    parameters: &'a [(String, String)],
    name: &str,
) -> Result<Option<&'a str>, &'static str> {
    let mut values = parameters.iter().filter(|(key, _)| key == name);
    let first = values.next().map(|(_, value)| value.as_str());
    if values.next().is_some() {
        return Err("a parameter comes twice");
    }
    Ok(first.filter(|value| !value.is_empty()))
}
