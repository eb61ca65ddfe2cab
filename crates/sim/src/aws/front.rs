//! The front end that both services share: signature, operation, quota, fault, and AWS's way of
//! writing answers down.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, DefaultBodyLimit, State};
use axum::http::header::{CONTENT_TYPE, DATE, HeaderName, HeaderValue};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::door::Cut;
use super::operation::Operation;
use super::trouble::{Fate, Fault, Ledger, throttled, with_wrong_types};
use super::{ApiError, ApiReply, ApiRequest};
use crate::connect::{self, Tokens};
use crate::exchange::{Exchange, Floor, Stopped};
use crate::origin::{is_own_host, misdirected};
use crate::sigv4::{Endpoint, Keyring, Presented, decoded, parameters, segments};

/// Bytes of the largest body; the largest object of Customer Profiles has a quarter of it.
const LARGEST_BODY: usize = 1_048_576;

/// The signing names of the two services.
const SERVICES: [&str; 2] = ["profile", "connect"];

/// The name in the log of what is no operation, or came without a good signature.
const UNKNOWN: &str = "unknown";

/// What the front end keeps.
#[derive(Debug, Default)]
pub(crate) struct Front {
    pub(crate) keys: Keyring,
    pub(crate) ledger: Ledger,
    pub(crate) tokens: Tokens,
    /// Counts requests, for their ids.
    requests: u64,
}

impl Front {
    /// Starts over; ids go on counting.
    pub(crate) fn reset(&mut self) {
        *self = Self {
            requests: self.requests,
            ..Self::default()
        };
    }
}

/// What the routes share.
#[derive(Debug, Clone)]
struct Aws {
    exchange: Exchange,
    port: u16,
}

/// A request as it came.
struct Raw {
    method: Method,
    uri: Uri,
    headers: Vec<(String, Vec<u8>)>,
    /// Nothing, when it is larger than anything that is read.
    body: Option<Bytes>,
}

/// How a request is answered.
struct Verdict {
    id: String,
    now: DateTime<Utc>,
    answer: Result<ApiReply, ApiError>,
    fate: Fate,
}

pub(crate) fn router(exchange: Exchange, port: u16) -> Router {
    Router::new()
        .fallback(answer)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(Aws { exchange, port })
}

async fn answer(
    State(aws): State<Aws>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Result<Bytes, axum::extract::rejection::BytesRejection>,
) -> Response {
    if !is_own_host(&headers, aws.port) {
        return misdirected();
    }
    let body = match body {
        Ok(body) => Some(body),
        Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => None,
        Err(rejection) => return rejection.into_response(),
    };
    let raw = Raw {
        method,
        uri,
        headers: headers
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec()))
            .collect(),
        body,
    };
    match aws.exchange.run(move |floor| judge(floor, &raw)).await {
        Err(Stopped) => crate::ccp::stopping(),
        Ok(verdict) => deliver(verdict, &cut).await,
    }
}

/// Decides how a request is answered, and writes it down.
fn judge(floor: &mut Floor, raw: &Raw) -> Verdict {
    let now = floor.clock.now();
    floor.front.requests += 1;
    let id = format!("a0000000-0000-4000-8000-{:012x}", floor.front.requests);
    let mut fate = Fate::default();
    let (mut name, mut key) = (UNKNOWN, None);
    let answer = verified(floor, raw, now).and_then(|(signer, service)| {
        key = Some(signer);
        let request = read(raw)?;
        let operation = Operation::find(&service, &request.method, &request.path)
            .ok_or_else(ApiError::unknown_operation)?;
        name = operation.name;
        fate = floor.front.ledger.take(operation.name);
        match &fate.fault {
            Some(Fault::Throttle) => Err(throttled(operation.name)),
            Some(Fault::Error {
                status,
                code,
                message,
            }) => Err(ApiError::new(
                StatusCode::from_u16(*status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
                code,
                message,
            )),
            // What these befall never reached the service.
            Some(Fault::Html | Fault::Silence { .. } | Fault::Reset) => Ok(ApiReply::empty()),
            Some(Fault::Delay { .. } | Fault::Truncated | Fault::WrongTypes) | None => {
                floor.front.ledger.spend(operation, now)?;
                match service.as_str() {
                    "profile" => floor.profiles.handle(&request, now),
                    _ => connect::handle(floor, operation.name, &request, now),
                }
            }
        }
    });
    let status = answer.as_ref().map(|reply| reply.status);
    let fault = fate.fault.clone();
    let ledger = &mut floor.front.ledger;
    ledger.record(id.clone(), name, key, status, fault, now);
    Verdict {
        id,
        now,
        answer,
        fate,
    }
}

/// Whose request it is, and for which service.
fn verified(floor: &Floor, raw: &Raw, now: DateTime<Utc>) -> Result<(String, String), ApiError> {
    let body = raw.body.as_ref().ok_or_else(too_large)?;
    let presented = Presented {
        method: raw.method.as_str(),
        path: raw.uri.path(),
        query: raw.uri.query().unwrap_or_default(),
        headers: &raw.headers,
        body,
    };
    let endpoint = Endpoint {
        region: &floor.instance.scenario().region,
        services: &SERVICES,
    };
    let signed = floor.front.keys.verify(&presented, &endpoint, now)?;
    Ok((signed.access_key_id, signed.service))
}

/// As the layer in front of AWS's services refuses what it does not read; no model has it.
fn too_large() -> ApiError {
    ApiError::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "RequestEntityTooLargeException",
        format!("HTTP content length exceeded {LARGEST_BODY} bytes."),
    )
}

/// The request, decoded.
fn read(raw: &Raw) -> Result<ApiRequest, ApiError> {
    let malformed = |what: &str| ApiError::bad("SerializationException", what);
    let text = |bytes: Vec<u8>| {
        String::from_utf8(bytes).map_err(|_| malformed("the address is not UTF-8"))
    };
    let body = raw.body.as_deref().unwrap_or_default();
    let body = if body.is_empty() {
        Value::Object(Map::new())
    } else {
        serde_json::from_slice(body).map_err(|_| malformed("the body is not JSON"))?
    };
    if !body.is_object() {
        return Err(malformed("the body is not a JSON object"));
    }
    Ok(ApiRequest {
        method: raw.method.clone(),
        path: segments(raw.uri.path())
            .into_iter()
            .map(|segment| text(decoded(segment)))
            .collect::<Result<_, _>>()?,
        query: parameters(raw.uri.query().unwrap_or_default())
            .map(|(name, value)| Ok((text(name)?, text(value)?)))
            .collect::<Result<_, ApiError>>()?,
        body,
    })
}

/// Sends an answer, or what a fault makes of it.
async fn deliver(verdict: Verdict, cut: &Cut) -> Response {
    let Verdict {
        id,
        now,
        answer,
        fate,
    } = verdict;
    tokio::time::sleep(fate.delay).await;
    let (status, mut body, code) = match answer {
        Ok(reply) => (reply.status, reply.body, None),
        Err(error) => {
            let body = Map::from_iter([(text_member(&error.code), json!(error.message))]);
            (error.status, Value::Object(body), Some(error.code))
        }
    };
    let mut halved = false;
    match fate.fault {
        Some(Fault::Html) => return html(),
        Some(Fault::Reset) => return reset(cut),
        Some(Fault::Silence { ms }) => {
            tokio::time::sleep(std::time::Duration::from_millis(u64::from(ms))).await;
            return reset(cut);
        }
        Some(Fault::WrongTypes) => body = with_wrong_types(&body),
        Some(Fault::Truncated) => halved = true,
        Some(Fault::Throttle | Fault::Error { .. } | Fault::Delay { .. }) | None => {}
    }
    let mut text = body.to_string().into_bytes();
    if halved {
        text.truncate(text.len() / 2);
    }
    // One clock: clients correct theirs by this header.
    let date = now.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let mut headers = HeaderMap::new();
    for (name, value) in [
        (CONTENT_TYPE, Some("application/json".to_owned())),
        (DATE, Some(date)),
        (HeaderName::from_static("x-amzn-requestid"), Some(id)),
        (HeaderName::from_static("x-amzn-errortype"), code),
    ] {
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(&value).ok()) {
            headers.insert(name, value);
        }
    }
    (status, headers, text).into_response()
}

/// The services' models write `Message`, the layer that authenticates writes `message`.
fn text_member(code: &str) -> String {
    let authenticates = matches!(
        code,
        "ExpiredTokenException"
            | "IncompleteSignatureException"
            | "InvalidSignatureException"
            | "MissingAuthenticationTokenException"
            | "RequestEntityTooLargeException"
            | "UnrecognizedClientException"
    );
    let member = if authenticates { "message" } else { "Message" };
    member.to_owned()
}

fn html() -> Response {
    let page = "<html><body><h1>503 Service Temporarily Unavailable</h1></body></html>";
    let kind = [(CONTENT_TYPE, "text/html")];
    (StatusCode::SERVICE_UNAVAILABLE, kind, page).into_response()
}

/// The answer never goes out.
fn reset(cut: &Cut) -> Response {
    cut.reset();
    StatusCode::OK.into_response()
}
