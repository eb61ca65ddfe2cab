//! What goes wrong: falsified snapshots, failing requests, a slow network, a configuration that is
//! missing, and what a CCP says of itself when something ails it.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::Value;

use super::act;
use crate::desk_host::Api;
use crate::event::{Event, Fault, Mutation, Outcome};
use crate::gate::{Body, problem};
use crate::outbox::{Hold, Outbox};
use crate::server::Shared;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SnapshotsBody {
    #[serde(default = "one")]
    count: u32,
    patch: json_patch::Patch,
}

fn one() -> u32 {
    1
}

pub(super) async fn snapshots(
    State(shared): State<Shared>,
    Body(body): Body<SnapshotsBody>,
) -> Response {
    if body.count == 0 {
        return problem(StatusCode::BAD_REQUEST, "count: must be at least 1");
    }
    act(&shared, move |floor| {
        floor.handle(Event::Mutate(Mutation {
            remaining: body.count,
            patch: body.patch,
        }))
    })
    .await
}

pub(super) async fn faults(State(shared): State<Shared>, Body(fault): Body<Fault>) -> Response {
    if fault.count == 0 {
        return problem(StatusCode::BAD_REQUEST, "count: must be at least 1");
    }
    act(&shared, move |floor| floor.handle(Event::Fault(fault))).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DeliveryBody {
    hold: Option<Hold>,
    #[serde(default)]
    swap: bool,
    #[serde(default)]
    deliver: usize,
    #[serde(default)]
    lose: usize,
    #[serde(default)]
    repeat: bool,
}

/// The network between the server and the CCP pages.
pub(super) async fn delivery(
    State(shared): State<Shared>,
    Body(body): Body<DeliveryBody>,
) -> Response {
    act(&shared, move |floor| {
        if body.swap {
            floor.each_page(|outbox| {
                outbox.swap();
                Ok(())
            });
        }
        floor.each_page(|outbox| outbox.deliver(body.deliver));
        floor.each_page(|outbox| {
            outbox.lose(body.lose);
            Ok(())
        });
        if body.repeat {
            floor.each_page(Outbox::repeat);
        }
        if let Some(hold) = body.hold {
            floor.keep_back(hold);
        }
        Ok(Outcome::Done)
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AnnounceBody {
    event: String,
    #[serde(default)]
    data: Value,
}

/// Lets the agent's CCPs say what nothing in here is the cause of.
pub(super) async fn announce(
    State(shared): State<Shared>,
    Path(agent): Path<String>,
    Body(AnnounceBody { event, data }): Body<AnnounceBody>,
) -> Response {
    act(&shared, move |floor| {
        floor.handle(Event::Announce { agent, event, data })
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConfigBody {
    status: Option<u16>,
    body: Option<Value>,
}

/// Replaces or breaks the desk's `config.json`; an empty object restores it.
pub(super) async fn config(
    State(shared): State<Shared>,
    Body(config): Body<ConfigBody>,
) -> Response {
    let status = config.status.unwrap_or(200);
    if !(200..=599).contains(&status) {
        return problem(
            StatusCode::BAD_REQUEST,
            "status: must be between 200 and 599",
        );
    }
    let restores = config.status.is_none() && config.body.is_none();
    let text = match config.body {
        None => String::new(),
        // Text goes out as it is, so that a test can serve what is not JSON.
        Some(Value::String(text)) => text,
        Some(json) => json.to_string(),
    };
    act(&shared, move |floor| {
        floor.config = (!restores).then_some((status, text));
        Ok(Outcome::Done)
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ApiBody {
    url: Option<String>,
}

/// Passes the desk's `/api/*` on to another proxy; an empty object to the one of the start.
pub(super) async fn api(State(shared): State<Shared>, Body(body): Body<ApiBody>) -> Response {
    let api = match body.url.map(|url| url.parse::<Api>()).transpose() {
        Ok(api) => api,
        Err(error) => return problem(StatusCode::BAD_REQUEST, &format!("url: {error}")),
    };
    act(&shared, move |floor| {
        floor.api = api;
        Ok(Outcome::Done)
    })
    .await
}
