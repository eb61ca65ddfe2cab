//! The gate before every operation: what a request must be before anybody acts on it.
//!
//! In this order, the cheap and the general first: its form, its origin, its token, whose it is and
//! how much they ask, its body. A handler takes an [`Asked`], so it cannot be reached in another way.

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::digest;
use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::response::Response;
use bytes::Bytes;
use contract::{Endpoint, ErrorCode};
use http::HeaderMap;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, ORIGIN};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde::de::DeserializeOwned;
use tokio::time::{Instant, timeout};

use crate::agent::UserId;
use crate::form;
use crate::proxy::Proxy;
use crate::refusal::Refusal;
use crate::token::TokenError;

/// No request is larger: a search for 255 characters with a token of Customer Profiles' (1,024).
pub(crate) const LARGEST_BODY: usize = 4_096;
/// A body of that size that takes longer is held back on purpose.
const SLOWEST_BODY: Duration = Duration::from_secs(3);
/// The agent's token. `Authorization` is `CloudFront`'s own (origin access control replaces it).
const TOKEN: &str = "x-agent-token";
/// The digest of the body. A Lambda function URL refuses a body without it, so it is demanded here too.
const BODY_DIGEST: &str = "x-amz-content-sha256";
/// Headers of which two would let sender and receiver read different requests.
const ONCE: [&str; 5] = [TOKEN, BODY_DIGEST, "origin", "content-type", "host"];

/// The name of a request in the log, in its answer and in its errors.
#[derive(Debug, Clone)]
pub(crate) struct RequestId(pub(crate) Arc<str>);

/// Who asked, for the log; put beside the answer.
#[derive(Debug, Clone)]
pub(crate) struct Asker(pub(crate) UserId);

/// A request that has passed the gate.
#[derive(Debug)]
pub(crate) struct Asked<E> {
    /// Who asks.
    pub(crate) agent: UserId,
    /// For what.
    pub(crate) request: E,
    /// The name of this request.
    pub(crate) id: RequestId,
    /// When the answer must be complete.
    pub(crate) deadline: Instant,
}

impl<E: Endpoint + DeserializeOwned> FromRequest<Arc<Proxy>> for Asked<E> {
    type Rejection = Response;

    async fn from_request(request: Request, proxy: &Arc<Proxy>) -> Result<Self, Response> {
        let id = request
            .extensions()
            .get::<RequestId>()
            .cloned()
            .unwrap_or_else(|| RequestId("-".into()));
        pass(request, proxy, &id).await.map_err(|(refusal, agent)| {
            let mut response = refusal.response(&id.0);
            if let Some(agent) = agent {
                response.extensions_mut().insert(Asker(agent));
            }
            response
        })
    }
}

type Stopped = (Refusal, Option<UserId>);

fn stop(code: ErrorCode) -> Stopped {
    (code.into(), None)
}

async fn pass<E: DeserializeOwned>(
    request: Request,
    proxy: &Proxy,
    id: &RequestId,
) -> Result<Asked<E>, Stopped> {
    let deadline = Instant::now() + proxy.config.limits.timeout;
    let (head, body) = request.into_parts();
    check_head(&head.headers, proxy).map_err(stop)?;
    let named = match one(&head.headers, TOKEN) {
        Some(token) => proxy.verifier.verify(token).await,
        None => Err(proxy.verifier.missing()),
    };
    let named = named.map_err(|error| match error {
        TokenError::IssuerUnreachable => (Refusal::unavailable(), None),
        _ => stop(ErrorCode::Unauthenticated),
    })?;
    let agent = proxy
        .agents
        .identify(&named, deadline)
        .await
        .map_err(|refusal| (refusal, None))?;
    let stop = |refusal: Refusal| (refusal, Some(agent.clone()));
    proxy
        .requests
        .take(&agent, proxy.clock.now())
        .map_err(|pause| stop(Refusal::throttled(pause)))?;
    let body = read(body).await.map_err(|code| stop(code.into()))?;
    check_digest(&head.headers, &body).map_err(|code| stop(code.into()))?;
    let request =
        form::read(&body).map_err(|form::Malformed| stop(ErrorCode::InvalidRequest.into()))?;
    Ok(Asked {
        agent,
        request,
        id: id.clone(),
        deadline,
    })
}

fn check_head(headers: &HeaderMap, proxy: &Proxy) -> Result<(), ErrorCode> {
    if ONCE
        .iter()
        .any(|name| headers.get_all(*name).iter().nth(1).is_some())
    {
        return Err(ErrorCode::InvalidRequest);
    }
    let is_json = one(headers, CONTENT_TYPE.as_str()).is_some_and(|text| {
        text.split(';')
            .next()
            .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
    });
    if !is_json {
        return Err(ErrorCode::InvalidRequest);
    }
    let length = one(headers, CONTENT_LENGTH.as_str()).and_then(|text| text.parse::<usize>().ok());
    if length.is_some_and(|length| length > LARGEST_BODY) {
        return Err(ErrorCode::TooLarge);
    }
    // A browser says where a script comes from, and lets no script say otherwise.
    let origin = one(headers, ORIGIN.as_str());
    if !origin.is_some_and(|origin| {
        proxy
            .config
            .origins
            .iter()
            .any(|allowed| **allowed == *origin)
    }) {
        proxy.metrics.event("origin_refused");
        return Err(ErrorCode::NotAvailable);
    }
    Ok(())
}

fn one<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

async fn read(body: Body) -> Result<Bytes, ErrorCode> {
    match timeout(SLOWEST_BODY, Limited::new(body, LARGEST_BODY).collect()).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(ErrorCode::TooLarge),
        Ok(Err(_)) | Err(_) => Err(ErrorCode::InvalidRequest),
    }
}

fn check_digest(headers: &HeaderMap, body: &[u8]) -> Result<(), ErrorCode> {
    let claimed = one(headers, BODY_DIGEST).ok_or(ErrorCode::InvalidRequest)?;
    let actual = digest::digest(&digest::SHA256, body);
    // Lower case, as the browser's code and every AWS client write it.
    let matches = claimed.len() == 64
        && actual
            .as_ref()
            .iter()
            .zip(claimed.as_bytes().chunks(2))
            .all(|(byte, pair)| hex(*byte) == pair);
    if matches {
        Ok(())
    } else {
        Err(ErrorCode::InvalidRequest)
    }
}

fn hex(byte: u8) -> [u8; 2] {
    [byte >> 4, byte & 15].map(|digit| {
        if digit < 10 {
            b'0' + digit
        } else {
            b'a' + digit - 10
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_that_of_exactly_the_body() {
        let mut headers = HeaderMap::new();
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        headers.insert(BODY_DIGEST, empty.parse().expect("a header value"));
        assert_eq!(check_digest(&headers, b""), Ok(()));
        assert_eq!(check_digest(&headers, b" "), Err(ErrorCode::InvalidRequest));
        headers.insert(
            BODY_DIGEST,
            empty.to_uppercase().parse().expect("a header value"),
        );
        assert_eq!(check_digest(&headers, b""), Err(ErrorCode::InvalidRequest));
    }
}
