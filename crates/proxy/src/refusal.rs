//! What the desk is told when it gets nothing: a code, and no word of why beyond it.

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use contract::{ApiError, ErrorBody, ErrorCode};
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};

use crate::aws::AwsError;

/// Asked by nobody's wish in particular, a desk comes again after this.
const USUAL_PAUSE: Duration = Duration::from_secs(1);

/// No desk is told to wait for longer, for a customer is on the line.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// A request that is not fulfilled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: ErrorCode,
    pub(crate) retry_after: Option<Duration>,
}

impl Refusal {
    pub(crate) fn throttled(retry_after: Duration) -> Self {
        Self {
            code: ErrorCode::Throttled,
            retry_after: Some(retry_after.min(LONGEST_PAUSE)),
        }
    }

    pub(crate) fn unavailable() -> Self {
        Self {
            code: ErrorCode::Unavailable,
            retry_after: Some(USUAL_PAUSE),
        }
    }

    /// The error of this refusal to the request that the log calls `id`.
    pub(crate) fn error(&self, id: &str) -> ApiError {
        ApiError {
            code: self.code.clone(),
            request_id: Some(id.to_owned()),
            retry_after_ms: self
                .retry_after
                .map(|pause| u32::try_from(pause.as_millis()).unwrap_or(u32::MAX)),
        }
    }

    pub(crate) fn response(&self, id: &str) -> Response {
        // Texts and numbers: there is nothing in it that could not be written.
        let body = serde_json::to_vec(&ErrorBody {
            error: self.error(id),
        })
        .unwrap_or_default();
        let status =
            StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(pause) = self.retry_after {
            headers.insert(
                RETRY_AFTER,
                pause.as_millis().div_ceil(1_000).try_into().map_or_else(
                    |_| HeaderValue::from_static("1"),
                    |seconds: u32| seconds.into(),
                ),
            );
        }
        response
    }
}

impl From<ErrorCode> for Refusal {
    fn from(code: ErrorCode) -> Self {
        Self {
            code,
            retry_after: None,
        }
    }
}

impl From<AwsError> for Refusal {
    fn from(error: AwsError) -> Self {
        match error {
            AwsError::Throttled { retry_after, .. } => {
                Self::throttled(retry_after.unwrap_or(USUAL_PAUSE))
            }
            AwsError::Silent => ErrorCode::UpstreamTimeout.into(),
            AwsError::NotFound(_)
            | AwsError::Denied(_)
            | AwsError::Invalid(_)
            | AwsError::Trouble { .. }
            | AwsError::Unreachable
            | AwsError::Malformed
            | AwsError::NoCredentials => ErrorCode::UpstreamFailed.into(),
        }
    }
}
