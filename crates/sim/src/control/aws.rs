//! The control API of AWS's interfaces: what goes wrong there, quotas, keys, and the record.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::{Nothing, act};
use crate::aws::operation::Operation;
use crate::aws::trouble::{Fault, Trouble};
use crate::event::{Outcome, Refusal};
use crate::exchange::Stopped;
use crate::gate::{Body, problem};
use crate::server::Shared;
use crate::sigv4::Credential;

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/control/aws", get(read))
        .route("/control/aws/troubles", post(trouble))
        .route("/control/aws/clear", post(clear))
        .route("/control/aws/quotas", post(quotas))
        .route("/control/aws/keys", post(key))
}

async fn read(State(shared): State<Shared>) -> Response {
    let record = shared.exchange.run(|floor| floor.front.ledger.to_json());
    match record.await {
        Ok(record) => Json(record).into_response(),
        Err(Stopped) => crate::ccp::stopping(),
    }
}

async fn trouble(State(shared): State<Shared>, Body(trouble): Body<Trouble>) -> Response {
    if trouble.count == Some(0) {
        return problem(StatusCode::BAD_REQUEST, "count: must be at least 1");
    }
    if let Some(name) = &trouble.operation
        && Operation::named(name).is_none()
    {
        let why = format!("operation: none is called {name:?}");
        return problem(StatusCode::BAD_REQUEST, &why);
    }
    if let Fault::Error { status, .. } = trouble.fault
        && !(400..=599).contains(&status)
    {
        let why = "fault.error.status: must be between 400 and 599";
        return problem(StatusCode::BAD_REQUEST, why);
    }
    act(&shared, move |floor| {
        floor.front.ledger.add(trouble);
        Ok(Outcome::Done)
    })
    .await
}

async fn clear(State(shared): State<Shared>, Body(Nothing {}): Body<Nothing>) -> Response {
    act(&shared, move |floor| {
        floor.front.ledger.clear();
        Ok(Outcome::Done)
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct QuotasBody {
    kept: bool,
}

async fn quotas(State(shared): State<Shared>, Body(body): Body<QuotasBody>) -> Response {
    act(&shared, move |floor| {
        floor.front.ledger.quotas = body.kept;
        Ok(Outcome::Done)
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyBody {
    access_key_id: String,
    secret_access_key: String,
    session_token: Option<String>,
    expires: Option<DateTime<Utc>>,
}

async fn key(State(shared): State<Shared>, Body(body): Body<KeyBody>) -> Response {
    act(&shared, move |floor| {
        if body.session_token.is_none() && body.expires.is_some() {
            return Err(Refusal::Member {
                member: "expires",
                problem: "goes with a session_token only".to_owned(),
            });
        }
        floor.front.keys.add(Credential {
            access_key_id: body.access_key_id,
            secret_access_key: body.secret_access_key,
            session_token: body.session_token,
            expires: body.expires,
        });
        Ok(Outcome::Done)
    })
    .await
}
