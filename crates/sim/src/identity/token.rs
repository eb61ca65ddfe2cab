//! Tokens (RFC 7519, 9068), true ones and those that a verifier must refuse.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use sha2::Sha256;

use super::key::{Algorithm, Generation};
use super::{AUDIENCE, CLIENT, Identity};
use crate::agent::Agent;

/// A token that a test asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Mint {
    /// Whose; `None`: the first agent's.
    pub(crate) login: Option<String>,
    /// Claims that are to be others; null removes one.
    claims: Map<String, Value>,
    /// Members of the header that are to be others; null removes one.
    header: Map<String, Value>,
    /// By what it is signed; `None`: as the settings say.
    signed: Option<Signature>,
}

/// By what a token is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Signature {
    Rs256,
    Es256,
    /// By nothing: the header says `none`.
    None,
    /// By HMAC with the RSA key's public half as the secret.
    Hs256,
    /// By a key that is not published.
    Unknown,
    /// Truly, and then one bit of the signature was changed.
    Broken,
}

/// The token that a test asks for.
pub(crate) fn mint(identity: &mut Identity, agent: &Agent, wish: Mint, now: i64) -> String {
    let configured = identity.settings.algorithm;
    let mut claims = access_claims(identity, agent, "openid", now);
    change(&mut claims, wish.claims);
    let stranger = (wish.signed == Some(Signature::Unknown)).then(|| identity.keys().stranger());
    let current = identity.keys().current();
    let keys = stranger.as_ref().unwrap_or(current);
    let (name, algorithm) = match wish.signed {
        Some(Signature::Rs256) => ("RS256", Algorithm::Rs256),
        Some(Signature::Es256) => ("ES256", Algorithm::Es256),
        Some(Signature::None) => ("none", configured),
        Some(Signature::Hs256) => ("HS256", Algorithm::Rs256),
        Some(Signature::Unknown | Signature::Broken) | None => (configured.name(), configured),
    };
    let mut header = header(keys, algorithm, "at+jwt");
    header.insert("alg".to_owned(), json!(name));
    change(&mut header, wish.header);
    encode(header, claims, |message| match wish.signed {
        Some(Signature::None) => Vec::new(),
        Some(Signature::Hs256) => hmac(keys.public_pem().as_bytes(), message),
        Some(Signature::Broken) => {
            let mut signature = keys.sign(algorithm, message);
            if let Some(first) = signature.first_mut() {
                *first ^= 1;
            }
            signature
        }
        _ => keys.sign(algorithm, message),
    })
}

/// An access token.
pub(super) fn access(identity: &mut Identity, agent: &Agent, scope: &str, now: i64) -> String {
    let claims = access_claims(identity, agent, scope, now);
    signed(identity, "at+jwt", claims)
}

/// What tells the desk who has signed in.
pub(super) fn id(identity: &mut Identity, agent: &Agent, nonce: Option<&str>, now: i64) -> String {
    let mut claims = common_claims(identity, agent, now);
    claims.insert("aud".to_owned(), json!(CLIENT));
    claims.insert("name".to_owned(), json!(agent.person.name));
    if let Some(nonce) = nonce {
        claims.insert("nonce".to_owned(), json!(nonce));
    }
    signed(identity, "JWT", claims)
}

fn common_claims(identity: &Identity, agent: &Agent, now: i64) -> Map<String, Value> {
    let lifetime = i64::from(identity.settings.access_token_s);
    [
        ("iss", json!(identity.issuer)),
        // The id of the user in Connect: a proxy may take it for that, or resolve the name.
        ("sub", json!(agent.id())),
        ("preferred_username", json!(agent.person.login)),
        ("iat", json!(now)),
        ("nbf", json!(now)),
        ("exp", json!(now.saturating_add(lifetime))),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into_iter()
    .collect()
}

fn access_claims(identity: &Identity, agent: &Agent, scope: &str, now: i64) -> Map<String, Value> {
    let mut claims = common_claims(identity, agent, now);
    if identity.settings.names_audience {
        claims.insert("aud".to_owned(), json!(AUDIENCE));
    }
    claims.insert("client_id".to_owned(), json!(CLIENT));
    claims.insert("scope".to_owned(), json!(scope));
    claims.insert("jti".to_owned(), json!(super::grant::secret()));
    claims
}

fn signed(identity: &mut Identity, kind: &str, claims: Map<String, Value>) -> String {
    let algorithm = identity.settings.algorithm;
    let keys = identity.keys().current();
    encode(header(keys, algorithm, kind), claims, |message| {
        keys.sign(algorithm, message)
    })
}

fn header(keys: &Generation, algorithm: Algorithm, kind: &str) -> Map<String, Value> {
    [
        ("alg", algorithm.name()),
        ("kid", &keys.id(algorithm)),
        ("typ", kind),
    ]
    .map(|(name, value)| (name.to_owned(), json!(value)))
    .into_iter()
    .collect()
}

fn encode(
    header: Map<String, Value>,
    claims: Map<String, Value>,
    sign: impl FnOnce(&[u8]) -> Vec<u8>,
) -> String {
    let part = |members| URL_SAFE_NO_PAD.encode(Value::Object(members).to_string());
    let message = format!("{}.{}", part(header), part(claims));
    let signature = URL_SAFE_NO_PAD.encode(sign(message.as_bytes()));
    format!("{message}.{signature}")
}

fn change(members: &mut Map<String, Value>, with: Map<String, Value>) {
    for (name, value) in with {
        if value.is_null() {
            members.remove(&name);
        } else {
            members.insert(name, value);
        }
    }
}

fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    Hmac::<Sha256>::new_from_slice(key)
        .map(|mac| mac.chain_update(message).finalize().into_bytes().to_vec())
        .unwrap_or_default()
}
