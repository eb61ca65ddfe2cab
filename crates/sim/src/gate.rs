//! The control API's door: who is let in, and how a body is read.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request, State};
use axum::http::header::{CONTENT_TYPE, HeaderValue};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Json, Response};
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::server::Shared;

/// Lets in our own pages, tools without a page, and origins named at the start.
pub(crate) async fn gate(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if !path.starts_with("/control") {
        return next.run(request).await;
    }
    let foreign = shared.origins.controlling(request.headers());
    if foreign.is_none() && !shared.origins.is_own_page(request.headers()) {
        return problem(
            StatusCode::FORBIDDEN,
            "this origin may not use the control API",
        );
    }
    let mut response = if request.method() == Method::OPTIONS {
        StatusCode::NO_CONTENT.into_response()
    } else {
        next.run(request).await
    };
    if let Some(origin) = foreign.and_then(|origin| HeaderValue::from_str(&origin).ok()) {
        let headers = response.headers_mut();
        headers.insert("access-control-allow-origin", origin);
        headers.insert(
            "access-control-allow-headers",
            HeaderValue::from_static("content-type"),
        );
        headers.insert("vary", HeaderValue::from_static("origin"));
    }
    response
}

/// A JSON body, or `{}` when there is none. Everything wrong with it is a sentence.
pub(crate) struct Body<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let kind = request
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .map(ToOwned::to_owned);
        let body = Bytes::from_request(request, state)
            .await
            .map_err(|error| problem(error.status(), &error.body_text()))?;
        let body: &[u8] = if body.is_empty() { b"{}" } else { &body };
        // A form of a foreign page cannot send this type without being asked first.
        let is_json = kind.as_deref().is_some_and(|kind| {
            let kind = kind.split(';').next().unwrap_or_default().trim();
            kind.eq_ignore_ascii_case("application/json")
        });
        if body != b"{}" && !is_json {
            return Err(problem(
                StatusCode::BAD_REQUEST,
                "the body must be JSON and content-type must say application/json",
            ));
        }
        let mut json = serde_json::Deserializer::from_slice(body);
        serde_path_to_error::deserialize(&mut json)
            .map(Self)
            .map_err(|error| {
                let path = error.path().to_string();
                let sentence = match path.as_str() {
                    "." => error.inner().to_string(),
                    path => format!("{path}: {}", error.inner()),
                };
                problem(StatusCode::BAD_REQUEST, &sentence)
            })
    }
}

pub(crate) fn problem(status: StatusCode, sentence: &str) -> Response {
    (status, Json(json!({ "error": sentence }))).into_response()
}
