//! The customer's phone: a page for a person, fed by server-sent events.
//!
//! Its buttons use the control API; this module serves the page and the live view.

use std::convert::Infallible;

use axum::Router;
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use futures_util::stream;

use crate::book::phone_view;
use crate::ccp::{asset, document};
use crate::server::Shared;

const PAGE: &str = include_str!("../assets/phone.html");

pub(crate) fn router() -> Router<Shared> {
    Router::new()
        .route("/", get(|| async { Redirect::to("/phone") }))
        .route(
            "/phone",
            get(|| async { document(PAGE.to_owned(), "'none'") }),
        )
        .route("/phone/events", get(events))
        .route(
            "/phone/phone.js",
            get(|| async { asset("text/javascript", include_str!("../assets/phone.js")) }),
        )
        .route(
            "/phone/phone.css",
            get(|| async { asset("text/css", include_str!("../assets/phone.css")) }),
        )
}

/// The view now, and again whenever something may look different.
async fn events(State(shared): State<Shared>) -> Response {
    let mut changes = shared.exchange.changes();
    changes.mark_changed();
    let views = stream::unfold((shared, changes), |(shared, mut changes)| async move {
        changes.changed().await.ok()?;
        let view = shared.exchange.run(|floor| phone_view(floor)).await.ok()?;
        let event = Event::default().data(view.to_string());
        Some((Ok::<_, Infallible>(event), (shared, changes)))
    });
    Sse::new(views)
        .keep_alive(KeepAlive::default())
        .into_response()
}
