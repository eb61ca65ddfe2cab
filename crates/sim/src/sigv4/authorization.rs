//! The `Authorization` header: who signed, for which day, region and service, and what.

use super::{ALGORITHM, Endpoint, Presented, TERMINATOR, hex, incomplete, invalid};
use crate::aws::ApiError;

/// The header, taken apart.
#[derive(Debug)]
pub(super) struct Authorization<'a> {
    credential: &'a str,
    pub(super) signed_headers: Vec<&'a str>,
    pub(super) signature: [u8; 32],
}

/// `Credential` in its parts, the terminator checked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope<'a> {
    pub(super) access_key_id: &'a str,
    pub(super) date: &'a str,
    pub(super) region: &'a str,
    pub(super) service: &'a str,
}

impl<'a> Authorization<'a> {
    pub(super) fn parse(header: &'a [u8]) -> Result<Self, ApiError> {
        let text = std::str::from_utf8(header)
            .map_err(|_| incomplete("Authorization header is not text."))?;
        let parameters = text
            .trim()
            .strip_prefix(ALGORITHM)
            .filter(|rest| rest.starts_with(' '))
            .ok_or_else(|| incomplete(format!("Unsupported AWS 'algorithm', not {ALGORITHM}.")))?;
        let (mut credential, mut headers, mut signature) = (None, None, None);
        for pair in parameters.split(',') {
            let pair = pair.trim();
            let (name, value) = pair.split_once('=').ok_or_else(|| {
                incomplete(format!(
                    "'{pair}' not a valid key=value pair (missing equal-sign) in Authorization header."
                ))
            })?;
            let slot = match name {
                "Credential" => &mut credential,
                "SignedHeaders" => &mut headers,
                "Signature" => &mut signature,
                _ => {
                    let why = format!("Authorization header has no parameter '{name}'.");
                    return Err(incomplete(why));
                }
            };
            if slot.replace(value).is_some() {
                let why = format!("Authorization header repeats the parameter '{name}'.");
                return Err(incomplete(why));
            }
        }
        let (Some(credential), Some(headers), Some(signature)) = (credential, headers, signature)
        else {
            let lacks = [
                (credential, "Credential"),
                (signature, "Signature"),
                (headers, "SignedHeaders"),
            ];
            let sentences: Vec<String> = lacks
                .iter()
                .filter(|(value, _)| value.is_none())
                .map(|(_, name)| format!("Authorization header requires '{name}' parameter."))
                .collect();
            return Err(incomplete(sentences.join(" ")));
        };
        Ok(Self {
            credential,
            signed_headers: headers.split(';').collect(),
            signature: digest(signature).ok_or_else(|| {
                incomplete("Signature in Authorization header is not 64 hexadecimal digits.")
            })?,
        })
    }

    pub(super) fn scope(&self, endpoint: &Endpoint<'_>) -> Result<Scope<'a>, ApiError> {
        let parts: Vec<&str> = self.credential.split('/').collect();
        let [access_key_id, date, region, service, terminator] = *parts.as_slice() else {
            return Err(incomplete(format!(
                "Credential must have exactly 5 slash-delimited elements, e.g. \
                 keyid/date/region/service/term, got '{}'",
                self.credential
            )));
        };
        if region != endpoint.region {
            return Err(invalid(format!(
                "Credential should be scoped to a valid Region, not '{region}'. "
            )));
        }
        if !endpoint.services.contains(&service) {
            let right = endpoint.services.join("' or '");
            return Err(invalid(format!(
                "Credential should be scoped to correct service: '{right}'. "
            )));
        }
        if terminator != TERMINATOR {
            return Err(invalid(format!(
                "Credential should be scoped with a valid terminator: '{TERMINATOR}', not \
                 '{terminator}'. "
            )));
        }
        Ok(Scope {
            access_key_id,
            date,
            region,
            service,
        })
    }

    /// Whether everything is signed that must be, each name once, in order and in lower case.
    pub(super) fn covers(&self, request: &Presented<'_>) -> Result<(), ApiError> {
        let names = &self.signed_headers;
        let in_order = names.is_sorted_by(|one, next| one < next);
        if !in_order || names.iter().any(|name| *name != name.to_ascii_lowercase()) {
            return Err(invalid(
                "SignedHeaders must be lower case, sorted and without repeats.",
            ));
        }
        if !names.contains(&"host") {
            let why = "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.";
            return Err(invalid(why));
        }
        let dated = request.one("x-amz-date").map_or("date", |_| "x-amz-date");
        let unsigned = request
            .headers
            .iter()
            .map(|(name, _)| name.to_ascii_lowercase())
            .filter(|name| name.starts_with("x-amz-") || name == "content-type" || name == dated)
            .find(|name| !names.contains(&name.as_str()));
        match unsigned {
            None => Ok(()),
            Some(name) => Err(invalid(format!(
                "'{name}' must be a 'SignedHeader' in the AWS Authorization."
            ))),
        }
    }
}

/// 64 digits in lower case.
fn digest(text: &str) -> Option<[u8; 32]> {
    let bytes: Vec<u8> = (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok())
        .collect::<Option<_>>()?;
    let bytes: [u8; 32] = bytes.try_into().ok()?;
    (hex(&bytes) == text).then_some(bytes)
}
