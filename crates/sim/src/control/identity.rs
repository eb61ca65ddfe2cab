//! The control API of the identity provider: its settings and keys, and tokens of any kind.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};

use super::act;
use crate::event::{Outcome, Refusal};
use crate::exchange::Stopped;
use crate::gate::{Body, problem};
use crate::identity::{Mint, Settings, mint};
use crate::server::Shared;

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/control/identity", get(read).post(choose))
        .route("/control/identity/rotate", post(rotate))
        .route("/control/identity/sign-out", post(sign_out))
        .route("/control/identity/tokens", post(token))
}

async fn read(State(shared): State<Shared>) -> Response {
    let all = shared.exchange.run(|floor| floor.identity.to_json());
    match all.await {
        Ok(all) => Json(all).into_response(),
        Err(Stopped) => crate::ccp::stopping(),
    }
}

/// Only the members that are named change.
async fn choose(State(shared): State<Shared>, Body(change): Body<Value>) -> Response {
    let Value::Object(change) = change else {
        return problem(StatusCode::BAD_REQUEST, "the body must be an object");
    };
    let changed = shared.exchange.run(move |floor| {
        let mut all = serde_json::to_value(&floor.identity.settings)?;
        if let Some(all) = all.as_object_mut() {
            all.extend(change);
        }
        let settings: Settings = serde_json::from_value(all)?;
        floor.identity.settings = settings;
        Ok::<_, serde_json::Error>(floor.identity.to_json())
    });
    match changed.await {
        Err(Stopped) => crate::ccp::stopping(),
        Ok(Err(error)) => problem(StatusCode::BAD_REQUEST, &error.to_string()),
        Ok(Ok(all)) => Json(all).into_response(),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RotateBody {
    #[serde(default)]
    forget: bool,
}

async fn rotate(State(shared): State<Shared>, Body(body): Body<RotateBody>) -> Response {
    act(&shared, move |floor| {
        let now = floor.clock.now().timestamp();
        floor.identity.rotate(body.forget, now);
        Ok(Outcome::Done)
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignOutBody {
    login: String,
}

async fn sign_out(State(shared): State<Shared>, Body(body): Body<SignOutBody>) -> Response {
    act(&shared, move |floor| {
        if floor.instance.agent(&body.login).is_none() {
            return Err(nobody(body.login));
        }
        floor.identity.sign_out(&body.login);
        Ok(Outcome::Done)
    })
    .await
}

async fn token(State(shared): State<Shared>, Body(wish): Body<Mint>) -> Response {
    let minted = shared.exchange.run(move |floor| {
        let agent = match &wish.login {
            Some(login) => floor.instance.agent(login),
            None => floor.instance.first_agent(),
        };
        let Some(agent) = agent else {
            return Err(nobody(wish.login.unwrap_or_default()));
        };
        let now = floor.clock.now().timestamp();
        Ok(mint(&mut floor.identity, agent, wish, now))
    });
    match minted.await {
        Err(Stopped) => crate::ccp::stopping(),
        Ok(Err(refusal)) => super::refused(&refusal),
        Ok(Ok(token)) => Json(json!({ "token": token })).into_response(),
    }
}

fn nobody(login: String) -> Refusal {
    Refusal::Unknown {
        what: "agent",
        id: login,
    }
}
