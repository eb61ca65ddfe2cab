//! Who asks: the agent's access token, checked against the issuer's published keys.
//!
//! A token is believed if it is a JWT (RFC 7519) signed with RS256 or ES256 by a key of the issuer's
//! that is of that very kind; if issuer and audience are the configured ones; and if it has begun and
//! has not ended, give or take the leeway. `none`, symmetric algorithms and critical headers that nobody
//! here knows are refused before any key is looked for. Why a token is not believed is counted, and
//! never told to whoever sent it.

mod keys;

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, Validation, decode, decode_header};
use serde::Deserialize;
use serde_json::Value;

pub(crate) use self::keys::KeysError;
use self::keys::{KeySearch, Keys};
use crate::clock::Clock;
use crate::config::{AudienceClaim, TokenConfig};
use crate::metrics::Metrics;
use crate::outbound::Outbound;

/// Longer tokens than any header of a load balancer lets through are not looked at.
const LONGEST: usize = 8_192;
/// The longest name of a Connect user (`CreateUser`, `Username`: 100), or its id.
const LONGEST_USER: usize = 100;

/// Checks tokens.
#[derive(Debug)]
pub(crate) struct Verifier {
    config: TokenConfig,
    keys: Keys,
    clock: Clock,
    metrics: Arc<Metrics>,
}

/// What a believed token says of the agent: the user claim's value.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Named(Box<str>);

impl Named {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Named(…)")
    }
}

/// Why nobody is known to ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// There is none, or more than one.
    #[error("find one token")]
    Missing,
    /// It is no JWT, or none of a kind that is accepted.
    #[error("read the token")]
    Malformed,
    /// It is signed in a way that is not accepted, or not as its key is to be used.
    #[error("accept the algorithm")]
    Algorithm,
    /// The issuer publishes no such key.
    #[error("find the key")]
    UnknownKey,
    /// The signature is not that key's.
    #[error("verify the signature")]
    Signature,
    /// Somebody else's token.
    #[error("accept the issuer")]
    Issuer,
    /// It was made out to somebody else.
    #[error("accept the audience")]
    Audience,
    /// Its time is over, or it has none.
    #[error("accept the time: expired")]
    Expired,
    /// Its time has not begun.
    #[error("accept the time: not yet valid")]
    NotYetValid,
    /// It names no user.
    #[error("find the user claim")]
    NoUser,
    /// The issuer's keys cannot be had; the token may be good.
    #[error("reach the issuer")]
    IssuerUnreachable,
}

impl TokenError {
    /// One word for metrics.
    fn event(self) -> &'static str {
        match self {
            Self::Missing => "token_missing",
            Self::Malformed => "token_malformed",
            Self::Algorithm => "token_algorithm",
            Self::UnknownKey => "token_unknown_key",
            Self::Signature => "token_signature",
            Self::Issuer => "token_issuer",
            Self::Audience => "token_audience",
            Self::Expired => "token_expired",
            Self::NotYetValid => "token_not_yet_valid",
            Self::NoUser => "token_no_user",
            Self::IssuerUnreachable => "token_issuer_unreachable",
        }
    }
}

/// What a token says of how it is signed, before anything of it is believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenHead {
    /// The key's name at its issuer.
    pub key: String,
    /// RS256 or ES256.
    pub algorithm: Algorithm,
}

/// Reads a token's head.
///
/// # Errors
///
/// When it is no JWT, or one that is not accepted whatever its key.
pub fn head(token: &str) -> Result<TokenHead, TokenError> {
    if token.len() > LONGEST {
        return Err(TokenError::Malformed);
    }
    let header = decode_header(token).map_err(|error| match error.kind() {
        // An algorithm that the library has no name for, `none` among them.
        ErrorKind::Json(error) if error.is_data() => TokenError::Algorithm,
        _ => TokenError::Malformed,
    })?;
    if !matches!(header.alg, Algorithm::RS256 | Algorithm::ES256) {
        return Err(TokenError::Algorithm);
    }
    if header.crit.is_some() {
        return Err(TokenError::Malformed);
    }
    let key = header.kid.ok_or(TokenError::UnknownKey)?;
    Ok(TokenHead {
        key,
        algorithm: header.alg,
    })
}

/// Members that are checked; a member of another type than its own counts as missing or wrong.
#[derive(Deserialize)]
struct Claims {
    #[serde(default)]
    iss: Value,
    #[serde(default)]
    aud: Value,
    #[serde(default)]
    client_id: Value,
    #[serde(default)]
    exp: Value,
    #[serde(default)]
    nbf: Value,
    #[serde(flatten)]
    others: serde_json::Map<String, Value>,
}

impl Verifier {
    pub(crate) fn new(
        config: TokenConfig,
        outbound: Outbound,
        clock: Clock,
        metrics: Arc<Metrics>,
    ) -> Self {
        let keys = Keys::new(&config.issuer, outbound, clock.clone(), metrics.clone());
        Self {
            config,
            keys,
            clock,
            metrics,
        }
    }

    /// Whom `token` names, if it is believed.
    ///
    /// # Errors
    ///
    /// Why it is not; [`TokenError::IssuerUnreachable`] where that cannot be known.
    pub(crate) async fn verify(&self, token: &str) -> Result<Named, TokenError> {
        let result = self.check(token).await;
        if let Err(error) = result {
            self.metrics.event(error.event());
        }
        result
    }

    /// Counts a request without a token.
    pub(crate) fn missing(&self) -> TokenError {
        self.metrics.event(TokenError::Missing.event());
        TokenError::Missing
    }

    /// Whether the issuer's keys are there, or can be had.
    pub(crate) async fn is_ready(&self) -> bool {
        self.keys.are_there().await
    }

    /// How many keys the issuer publishes that tokens may be signed with.
    ///
    /// # Errors
    ///
    /// What is wrong with its documents.
    pub(crate) async fn look(&self) -> Result<usize, KeysError> {
        self.keys.look().await
    }

    async fn check(&self, token: &str) -> Result<Named, TokenError> {
        let TokenHead { key: id, algorithm } = head(token)?;
        let key = match self.keys.find(&id).await {
            KeySearch::Found(key) => key,
            KeySearch::Unknown => return Err(TokenError::UnknownKey),
            KeySearch::Unreachable => return Err(TokenError::IssuerUnreachable),
        };
        // The key says what it is for; the token may only agree.
        if key.algorithm != algorithm {
            return Err(TokenError::Algorithm);
        }
        let mut validation = Validation::new(key.algorithm);
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_nbf = false;
        validation.validate_aud = false;
        let claims = decode::<Claims>(token, &key.key, &validation)
            .map_err(|error| match error.kind() {
                ErrorKind::InvalidSignature => TokenError::Signature,
                _ => TokenError::Malformed,
            })?
            .claims;
        self.accept(&claims)
    }

    fn accept(&self, claims: &Claims) -> Result<Named, TokenError> {
        if claims.iss.as_str() != Some(&self.config.issuer) {
            return Err(TokenError::Issuer);
        }
        let audience = match self.config.audience_claim {
            AudienceClaim::Aud => &claims.aud,
            AudienceClaim::ClientId => &claims.client_id,
        };
        let is_ours = |value: &Value| value.as_str() == Some(&self.config.audience);
        let is_for_us = match audience {
            Value::Array(several) if self.config.audience_claim == AudienceClaim::Aud => {
                several.iter().any(is_ours)
            }
            one => is_ours(one),
        };
        if !is_for_us {
            return Err(TokenError::Audience);
        }
        let now = self.clock.now();
        let ends = instant(&claims.exp).ok_or(TokenError::Expired)?;
        // Added to the present and not to what the token says, which may be the end of time.
        if now - self.config.leeway >= ends {
            return Err(TokenError::Expired);
        }
        let begins = match &claims.nbf {
            Value::Null => None,
            value => Some(instant(value).ok_or(TokenError::NotYetValid)?),
        };
        if begins.is_some_and(|begins| now + self.config.leeway < begins) {
            return Err(TokenError::NotYetValid);
        }
        let user = match &*self.config.user_claim {
            "client_id" => claims.client_id.as_str(),
            name => claims.others.get(name).and_then(Value::as_str),
        };
        user.filter(|it| {
            !it.is_empty() && it.len() <= LONGEST_USER && !it.contains(char::is_control)
        })
        .map(|it| Named(it.into()))
        .ok_or(TokenError::NoUser)
    }
}

/// A `NumericDate`: seconds since the epoch, which may have a fraction (RFC 7519, 2).
fn instant(value: &Value) -> Option<DateTime<Utc>> {
    if let Some(seconds) = value.as_i64() {
        return DateTime::from_timestamp(seconds, 0);
    }
    let seconds = value.as_f64().filter(|it| (0.0..4e12).contains(it))?;
    DateTime::UNIX_EPOCH.checked_add_signed(
        chrono::TimeDelta::from_std(std::time::Duration::from_secs_f64(seconds)).ok()?,
    )
}

#[cfg(test)]
pub(crate) mod tests;
