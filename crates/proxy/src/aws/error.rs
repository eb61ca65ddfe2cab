//! What AWS says when it says no, in every form in which it says it.
//!
//! The name of an error stands in the header `x-amzn-ErrorType` (perhaps with a `:http…` tail), in
//! the body's `__type` (perhaps with a `…#` head) or in its `code`; a load balancer in between answers
//! in HTML or with nothing. Of the text nothing is kept: it repeats what was asked for.

use std::time::Duration;

use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use crate::outbound::{Answer, OutboundError};

/// Why a call to AWS gave nothing. `Display` holds no data of a customer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AwsError {
    /// Too many requests; a pause may have been named.
    #[error("be served: {code}")]
    Throttled {
        /// AWS's name of the error.
        code: Code,
        /// How long to wait, by `Retry-After`.
        retry_after: Option<Duration>,
    },
    /// There is no such thing, or no longer.
    #[error("find it: {0}")]
    NotFound(Code),
    /// The signature, the credentials or the policy of the proxy's role.
    #[error("be let in: {0}")]
    Denied(Code),
    /// The request was wrong: a value that AWS does not accept, or a fault of the proxy's.
    #[error("be understood: {0}")]
    Invalid(Code),
    /// AWS is in trouble.
    #[error("be served: status {status}, {code}")]
    Trouble {
        /// HTTP status.
        status: u16,
        /// AWS's name of the error.
        code: Code,
    },
    /// No whole answer.
    #[error("be answered: no connection")]
    Unreachable,
    /// No answer in time.
    #[error("be answered in time")]
    Silent,
    /// An answer that is not the JSON that it should be.
    #[error("understand the answer")]
    Malformed,
    /// The chain has no credentials, or cannot get them.
    #[error("get credentials")]
    NoCredentials,
}

/// AWS's name of an error, such as `ThrottlingException`: letters, digits and dots, or `Unnamed`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Code(Box<str>);

impl Code {
    fn read(text: &str) -> Option<Self> {
        let name = text.rsplit('#').next()?.split(':').next()?.trim();
        // Whatever else stands there may be anything, and codes are logged.
        let is_name = !name.is_empty()
            && name.len() <= 64
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'.');
        is_name.then(|| Self(name.into()))
    }

    pub(super) fn unnamed() -> Self {
        Self("Unnamed".into())
    }

    /// The name.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl AwsError {
    /// Reads an answer whose status is not one of success.
    pub(super) fn read(answer: &Answer) -> Self {
        let code = code(answer).unwrap_or_else(Code::unnamed);
        let name = code.as_str();
        if answer.status == StatusCode::TOO_MANY_REQUESTS || is_throttling(name) {
            let retry_after = retry_after(&answer.headers);
            return Self::Throttled { code, retry_after };
        }
        match answer.status.as_u16() {
            // Not a thing that is missing, but a service that is not the one that was meant.
            404 if name == "UnknownOperationException" => Self::Invalid(code),
            404 | 410 => Self::NotFound(code),
            401 | 403 => Self::Denied(code),
            // The authentication layer says some of its refusals with 400.
            400 if is_denial(name) => Self::Denied(code),
            400 if name == "ResourceNotFoundException" => Self::NotFound(code),
            400..=499 => Self::Invalid(code),
            status => Self::Trouble { status, code },
        }
    }

    /// Whether the same call may succeed a moment later.
    pub(super) fn is_transient(&self) -> bool {
        match self {
            Self::Throttled { .. }
            | Self::Trouble { .. }
            | Self::Unreachable
            | Self::Silent
            | Self::Malformed => true,
            Self::NotFound(_) | Self::Denied(_) | Self::Invalid(_) | Self::NoCredentials => false,
        }
    }

    /// Whether the signature was refused, for which two clocks that differ may be the reason.
    pub(super) fn is_of_signature(&self) -> bool {
        const CODES: [&str; 6] = [
            "InvalidSignatureException",
            "SignatureDoesNotMatch",
            "RequestTimeTooSkewed",
            "RequestExpired",
            "RequestInTheFuture",
            "AuthFailure",
        ];
        matches!(self, Self::Denied(code) if CODES.contains(&code.as_str()))
    }

    /// Whether the credentials are no longer good.
    pub(super) fn is_of_credentials(&self) -> bool {
        const CODES: [&str; 5] = [
            "ExpiredTokenException",
            "ExpiredToken",
            "UnrecognizedClientException",
            "InvalidClientTokenId",
            "TokenRefreshRequired",
        ];
        matches!(self, Self::Denied(code) if CODES.contains(&code.as_str()))
    }

    /// One word for metrics and logs.
    pub(crate) fn outcome(&self) -> &'static str {
        match self {
            Self::Throttled { .. } => "throttled",
            Self::NotFound(_) => "not_found",
            Self::Denied(_) => "denied",
            Self::Invalid(_) => "invalid",
            Self::Trouble { .. } => "trouble",
            Self::Unreachable => "unreachable",
            Self::Silent => "silent",
            Self::Malformed => "malformed",
            Self::NoCredentials => "no_credentials",
        }
    }
}

impl From<OutboundError> for AwsError {
    fn from(error: OutboundError) -> Self {
        match error {
            OutboundError::Connection => Self::Unreachable,
            OutboundError::TimedOut => Self::Silent,
            OutboundError::TooLarge => Self::Malformed,
        }
    }
}

fn code(answer: &Answer) -> Option<Code> {
    #[derive(Deserialize)]
    struct Named<'a> {
        #[serde(rename = "__type", borrow, default)]
        kind: Option<std::borrow::Cow<'a, str>>,
        #[serde(borrow, default)]
        code: Option<std::borrow::Cow<'a, str>>,
    }
    let header = answer
        .headers
        .get("x-amzn-errortype")
        .and_then(|value| value.to_str().ok());
    header.and_then(Code::read).or_else(|| {
        let named: Named<'_> = serde_json::from_slice(&answer.body).ok()?;
        named.kind.or(named.code).and_then(|text| Code::read(&text))
    })
}

/// `LimitExceededException` is Connect's word for a rate as well (service model, status 429).
fn is_throttling(name: &str) -> bool {
    matches!(
        name,
        "ThrottlingException"
            | "ThrottledException"
            | "Throttling"
            | "TooManyRequestsException"
            | "RequestLimitExceeded"
            | "RequestThrottled"
            | "RequestThrottledException"
            | "SlowDown"
            | "LimitExceededException"
    )
}

fn is_denial(name: &str) -> bool {
    matches!(
        name,
        "IncompleteSignatureException"
            | "InvalidSignatureException"
            | "MissingAuthenticationTokenException"
            | "UnrecognizedClientException"
            | "ExpiredTokenException"
            | "AccessDeniedException"
    )
}

/// Seconds, or the milliseconds of AWS's own header.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let number =
        |name: &str| -> Option<u64> { headers.get(name)?.to_str().ok()?.trim().parse().ok() };
    number("x-amz-retry-after")
        .map(Duration::from_millis)
        .or_else(|| number("retry-after").map(Duration::from_secs))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use rstest::rstest;

    use super::*;

    fn answer(status: u16, header: Option<&str>, body: &'static str) -> Answer {
        let mut headers = HeaderMap::new();
        if let Some(text) = header {
            headers.insert("x-amzn-errortype", text.parse().expect("a header value"));
        }
        Answer {
            status: StatusCode::from_u16(status).expect("a status"),
            headers,
            body: Bytes::from_static(body.as_bytes()),
        }
    }

    #[rstest]
    #[case::header(Some("BadRequestException"), "{}", "BadRequestException")]
    #[case::tail(
        Some("BadRequestException:http://internal.amazon.com/x/"),
        "",
        "BadRequestException"
    )]
    #[case::body_type(
        None,
        r#"{"__type":"com.amazon#AccessDeniedException","Message":"User: arn"}"#,
        "AccessDeniedException"
    )]
    #[case::body_code(
        None,
        r#"{"code":"AccessDeniedException","message":"no"}"#,
        "AccessDeniedException"
    )]
    #[case::html(None, "<html>Service Unavailable</html>", "Unnamed")]
    #[case::nothing(None, "", "Unnamed")]
    #[case::a_name_of_somebody(Some("花子 見本"), r#"{"code":"hanako@example.com"}"#, "Unnamed")]
    fn the_code_is_found_wherever_it_stands(
        #[case] header: Option<&str>,
        #[case] body: &'static str,
        #[case] expected: &str,
    ) {
        let answer = answer(400, header, body);
        assert_eq!(
            code(&answer).unwrap_or_else(Code::unnamed).as_str(),
            expected
        );
    }

    #[test]
    fn a_service_that_knows_no_such_operation_has_not_said_that_something_is_missing() {
        let read = |code| AwsError::read(&answer(404, Some(code), "{}")).outcome();
        assert_eq!(read("UnknownOperationException"), "invalid");
        assert_eq!(read("ResourceNotFoundException"), "not_found");
    }

    /// The samples of every form of error, from the service models and the field.
    #[test]
    fn every_sample_is_understood() {
        let samples: serde_json::Value =
            serde_json::from_str(include_str!("../../../../tests/data/aws/aws_errors.json"))
                .expect("JSON");
        let outcomes: Vec<(String, &str, bool)> = samples["cases"]
            .as_array()
            .expect("cases")
            .iter()
            .map(|case| {
                let body = case["raw_body"]
                    .as_str()
                    .map_or_else(|| case["body"].to_string(), str::to_owned);
                let mut headers = HeaderMap::new();
                if let Some(code) = case["headers"]["x-amzn-ErrorType"].as_str() {
                    headers.insert("x-amzn-errortype", code.parse().expect("a header value"));
                }
                let status =
                    u16::try_from(case["status"].as_u64().expect("a status")).expect("16 bits");
                let error = AwsError::read(&Answer {
                    status: StatusCode::from_u16(status).expect("a status"),
                    headers,
                    body: body.into(),
                });
                (
                    case["when"].as_str().expect("when").to_owned(),
                    error.outcome(),
                    error.is_transient(),
                )
            })
            .collect();
        let read: Vec<(&str, &str, bool)> = outcomes
            .iter()
            .map(|(when, outcome, again)| (when.as_str(), *outcome, *again))
            .collect();
        assert_eq!(
            read,
            [
                ("model error, header form", "not_found", false),
                ("bad input", "invalid", false),
                ("throttled", "throttled", true),
                ("IAM denies", "denied", false),
                ("signature mismatch", "denied", false),
                ("clock skew", "denied", false),
                ("no auth header", "denied", false),
                ("unknown key / bad token", "denied", false),
                ("expired session token", "denied", false),
                ("connect: dialling not allowed", "denied", false),
                ("connect: rate/limit", "throttled", true),
                ("connect: already ended", "not_found", false),
                ("front end down", "trouble", true),
            ]
        );
    }
}
