//! AWS's interfaces for programs: what a request is when its signature has been checked, and how
//! it is answered.
//!
//! Both services of the simulator, Connect and Customer Profiles, speak REST-JSON: the operation
//! stands in method and path, parameters in path, query and a JSON body, and an error is a status
//! with the header `x-amzn-ErrorType` (botocore's service models `connect` and
//! `customer-profiles`).

pub(crate) mod door;
pub(crate) mod front;
pub(crate) mod operation;
pub(crate) mod trouble;

use axum::http::{Method, StatusCode};
use serde_json::{Map, Value};

/// A request whose signature has been checked.
#[derive(Debug, Clone, PartialEq)]
pub struct ApiRequest {
    /// `GET`, `POST`, `PUT` or `DELETE`.
    pub method: Method,
    /// The path between the slashes, percent-decoded: `/domains/shop` is `["domains", "shop"]`.
    pub path: Vec<String>,
    /// Parameters of the query in the order in which they were sent, percent-decoded.
    pub query: Vec<(String, String)>,
    /// The body; `{}` when there is none.
    pub body: Value,
}

/// An answer to a request that succeeded.
#[derive(Debug, Clone, PartialEq)]
pub struct ApiReply {
    /// 200 unless the operation's model says otherwise.
    pub status: StatusCode,
    /// The body; instants in it are epoch seconds as numbers.
    pub body: Value,
}

/// An answer to a request that failed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct ApiError {
    /// By the operation's model: 400 to 599.
    pub status: StatusCode,
    /// Name of the exception, as in `x-amzn-ErrorType`.
    pub code: String,
    /// What a human reads, in the service's words.
    pub message: String,
}

impl ApiRequest {
    /// The path as slices, to be matched against.
    pub fn segments(&self) -> Vec<&str> {
        self.path.iter().map(String::as_str).collect()
    }

    /// The first parameter of that name in the query.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let mut pairs = self.query.iter();
        pairs
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

impl ApiReply {
    /// An answer with 200.
    pub fn ok(body: Value) -> Self {
        Self {
            status: StatusCode::OK,
            body,
        }
    }

    /// An answer without members.
    pub fn empty() -> Self {
        Self::ok(Value::Object(Map::new()))
    }
}

impl ApiError {
    /// An error of that name; the status is the one of the operation's model.
    pub fn new(status: StatusCode, code: &str, message: impl Into<String>) -> Self {
        Self {
            status,
            code: code.to_owned(),
            message: message.into(),
        }
    }

    /// What a client caused: 400.
    pub fn bad(code: &str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    /// Nothing of that name: 404 `ResourceNotFoundException`.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "ResourceNotFoundException", message)
    }

    /// No operation of that method and path: 404 `UnknownOperationException`.
    pub fn unknown_operation() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "UnknownOperationException",
            "The requested operation is not recognized by the service.",
        )
    }
}
