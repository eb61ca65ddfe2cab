//! Whether a request was signed with a key that we know: AWS Signature Version 4, the server's side.
//!
//! Written from the rules ("AWS Signature Version 4 for API requests", AWS Identity and Access
//! Management user guide), so that a signer is tested against somebody else's reading of them: it
//! shares no code with one but the hash function. Only the form with an `Authorization` header is
//! known, as these services use it, and a body is always signed.
//!
//! What must be signed: `host`, the date, `content-type` where there is one, and every `x-amz-*`
//! header. The texts of refusals are the service's ("Troubleshoot Signature Version 4 signing for
//! AWS API requests", same guide).

mod authorization;
mod canonical;

use axum::http::StatusCode;
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

use crate::aws::ApiError;
use authorization::Authorization;

pub(crate) use canonical::{decoded, encoded, parameters, segments};

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const TERMINATOR: &str = "aws4_request";

/// How far the caller's clock may be from ours, in minutes.
const SKEW_MINUTES: i64 = 5;

/// A request as it came over the wire.
#[derive(Debug, Clone, Copy)]
pub struct Presented<'a> {
    /// In capitals.
    pub method: &'a str,
    /// The path, still percent-encoded.
    pub path: &'a str,
    /// What stands after the question mark, still percent-encoded.
    pub query: &'a str,
    /// Names in any case, repeats in the order in which they came.
    pub headers: &'a [(String, Vec<u8>)],
    /// Every byte of it.
    pub body: &'a [u8],
}

/// Where the request arrived: what its scope must say.
#[derive(Debug, Clone, Copy)]
pub struct Endpoint<'a> {
    /// As `ap-northeast-1`.
    pub region: &'a str,
    /// The signing names of the services behind this address.
    pub services: &'a [&'a str],
}

/// A pair of keys, with a session token when they are temporary.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential {
    /// `AKIA…`, or `ASIA…` of temporary ones.
    pub access_key_id: String,
    /// What signs.
    pub secret_access_key: String,
    /// What must come along, for temporary ones.
    pub session_token: Option<String>,
    /// From when on temporary ones are refused.
    pub expires: Option<DateTime<Utc>>,
}

/// The keys that are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keyring(Vec<Credential>);

/// Whose request it is, and for which service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The key that signed.
    pub access_key_id: String,
    /// The signing name of the service, out of [`Endpoint::services`].
    pub service: String,
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Credential")
            .field("access_key_id", &self.access_key_id)
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

/// The keys of AWS's own documentation, long-lived, and the same as temporary ones.
impl Default for Keyring {
    fn default() -> Self {
        let pair = |access_key_id: &str, session_token: Option<&str>| Credential {
            access_key_id: access_key_id.to_owned(),
            secret_access_key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned(),
            session_token: session_token.map(ToOwned::to_owned),
            expires: None,
        };
        Self(vec![
            pair("AKIAIOSFODNN7EXAMPLE", None),
            pair("ASIAIOSFODNN7EXAMPLE", Some("local-session-token-EXAMPLE")),
        ])
    }
}

impl Keyring {
    /// Only these.
    pub fn new(credentials: impl IntoIterator<Item = Credential>) -> Self {
        Self(credentials.into_iter().collect())
    }

    /// One more; it takes the place of one with the same id and session token.
    pub fn add(&mut self, credential: Credential) {
        let same = |one: &Credential| {
            one.access_key_id == credential.access_key_id
                && one.session_token == credential.session_token
        };
        self.0.retain(|one| !same(one));
        self.0.push(credential);
    }

    /// Whose request it is.
    ///
    /// # Errors
    ///
    /// `MissingAuthenticationTokenException`: there is no signature.
    /// `IncompleteSignatureException`: the header cannot be read.
    /// `UnrecognizedClientException`: nobody has that key, or not with that session token.
    /// `ExpiredTokenException`: the temporary key is too old.
    /// `InvalidSignatureException`: the scope is another's, the clock is wrong, something that must
    /// be signed is not, or the signature does not fit.
    pub fn verify(
        &self,
        request: &Presented<'_>,
        endpoint: &Endpoint<'_>,
        now: DateTime<Utc>,
    ) -> Result<Signed, ApiError> {
        let header = match request.all("authorization").as_slice() {
            [] => return Err(missing()),
            [header] => *header,
            _ => return Err(incomplete("Authorization header must not be repeated.")),
        };
        let authorization = Authorization::parse(header)?;
        let scope = authorization.scope(endpoint)?;
        let stamp = request
            .one("x-amz-date")
            .or_else(|| request.one("date"))
            .ok_or_else(|| {
                incomplete(
                    "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' \
                     header.",
                )
            })?;
        let signed_at = instant(stamp)?;
        if !stamp.starts_with(scope.date) {
            let of_header = stamp.get(..8).unwrap_or_default();
            return Err(invalid(format!(
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date \
                 from HTTP: '{}' != '{of_header}', from '{stamp}'.",
                scope.date
            )));
        }
        let credential = self.find(scope.access_key_id, request)?;
        if credential.expires.is_some_and(|expires| expires <= now) {
            let message = "The security token included in the request is expired";
            return Err(forbidden("ExpiredTokenException", message));
        }
        check_clock(signed_at, now)?;
        authorization.covers(request)?;
        let body_hash = hex(&Sha256::digest(request.body));
        match request.one("x-amz-content-sha256") {
            Some(said) if said != body_hash => {
                return Err(invalid(
                    "The provided 'x-amz-content-sha256' header does not match what was computed.",
                ));
            }
            _ => {}
        }
        let does_not_fit = || {
            invalid(
                "The request signature we calculated does not match the signature you provided. \
                 Check your AWS Secret Access Key and signing method. Consult the service \
                 documentation for details.",
            )
        };
        let canonical =
            canonical::canonical_request(request, &authorization.signed_headers, &body_hash)
                .ok_or_else(does_not_fit)?;
        let to_sign = format!(
            "{ALGORITHM}\n{stamp}\n{}/{}/{}/{TERMINATOR}\n{}",
            scope.date,
            scope.region,
            scope.service,
            hex(&Sha256::digest(canonical))
        );
        let key = [scope.date, scope.region, scope.service, TERMINATOR]
            .into_iter()
            .fold(
                format!("AWS4{}", credential.secret_access_key).into_bytes(),
                |key, part| keyed(&key, part).finalize().into_bytes().to_vec(),
            );
        // Compared in constant time.
        keyed(&key, &to_sign)
            .verify_slice(&authorization.signature)
            .map_err(|_| does_not_fit())?;
        Ok(Signed {
            access_key_id: credential.access_key_id.clone(),
            service: scope.service.to_owned(),
        })
    }

    fn find(&self, id: &str, request: &Presented<'_>) -> Result<&Credential, ApiError> {
        let tokens = request.all("x-amz-security-token");
        let fits = |one: &&Credential| {
            let token = one.session_token.as_deref().map(str::as_bytes);
            one.access_key_id == id && tokens.iter().copied().eq(token)
        };
        self.0.iter().find(fits).ok_or_else(|| {
            let message = "The security token included in the request is invalid.";
            forbidden("UnrecognizedClientException", message)
        })
    }
}

impl<'a> Presented<'a> {
    /// Every value of that header, without the space around it.
    fn all(&self, name: &str) -> Vec<&'a [u8]> {
        let named = |(key, _): &&(String, Vec<u8>)| key.eq_ignore_ascii_case(name);
        let values = self.headers.iter().filter(named);
        values.map(|(_, value)| value.trim_ascii()).collect()
    }

    /// The value of a header that is there once and is text.
    fn one(&self, name: &str) -> Option<&'a str> {
        match self.all(name).as_slice() {
            [value] => std::str::from_utf8(value).ok(),
            _ => None,
        }
    }
}

fn check_clock(signed_at: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), ApiError> {
    let skew = TimeDelta::minutes(SKEW_MINUTES);
    if signed_at < now - skew {
        return Err(invalid(format!(
            "Signature expired: {} is now earlier than {} ({} - {SKEW_MINUTES} min.)",
            basic(signed_at),
            basic(now - skew),
            basic(now)
        )));
    }
    if signed_at > now + skew {
        return Err(invalid(format!(
            "Signature not yet current: {} is still later than {} ({} + {SKEW_MINUTES} min.)",
            basic(signed_at),
            basic(now + skew),
            basic(now)
        )));
    }
    Ok(())
}

/// ISO 8601's basic format.
const BASIC: &str = "%Y%m%dT%H%M%SZ";

fn basic(instant: DateTime<Utc>) -> String {
    instant.format(BASIC).to_string()
}

fn instant(stamp: &str) -> Result<DateTime<Utc>, ApiError> {
    NaiveDateTime::parse_from_str(stamp, BASIC)
        .ok()
        .map(|instant| instant.and_utc())
        // What parses is not always what would be written.
        .filter(|instant| basic(*instant) == stamp)
        .ok_or_else(|| {
            incomplete(format!(
                "Date must be in ISO-8601 'basic format'. Got '{stamp}'. See \
                 http://en.wikipedia.org/wiki/ISO_8601"
            ))
        })
}

fn keyed(key: &[u8], text: &str) -> Hmac<Sha256> {
    // HMAC hashes a key that is longer than a block; none is too long or too short (RFC 2104).
    let mut mac =
        Hmac::<Sha256>::new_from_slice(key).unwrap_or_else(|_| Hmac::new(&[0; 64].into()));
    mac.update(text.as_bytes());
    mac
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        write!(text, "{byte:02x}").ok();
        text
    })
}

fn missing() -> ApiError {
    forbidden(
        "MissingAuthenticationTokenException",
        "Missing Authentication Token",
    )
}

fn incomplete(message: impl Into<String>) -> ApiError {
    ApiError::bad("IncompleteSignatureException", message)
}

fn invalid(message: impl Into<String>) -> ApiError {
    forbidden("InvalidSignatureException", message)
}

fn forbidden(code: &str, message: impl Into<String>) -> ApiError {
    ApiError::new(StatusCode::FORBIDDEN, code, message)
}
