//! The CCP origin's softphone: page, socket, sign-in form.
//!
//! The page is a bridge between its parent window and [`crate::instance`]; this module moves
//! envelopes and knows nothing of what is in them, but for one: signing out.

use std::collections::VecDeque;

use axum::Form;
use axum::extract::ws::{CloseFrame, Message as WsMessage, WebSocket, WebSocketUpgrade};
use axum::extract::{Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Json, Redirect, Response};
use axum::routing::{get, post};
use futures_util::stream::SplitSink;
use futures_util::{SinkExt, StreamExt};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use crate::event::{Event, Message};
use crate::exchange::Stopped;
use crate::outbox::Frame;
use crate::server::Shared;
use crate::session::Visit;

/// The largest envelope that a page may send; the library's are below 20 kB.
const LARGEST_MESSAGE: usize = 1024 * 1024;

/// WebSocket close code: the session is over, show the form.
const SIGNED_OFF: u16 = 4001;

const PAGE: &str = include_str!("../assets/ccp.html");
const REPLAY_PAGE: &str = include_str!("../assets/replay.html");
const SIGN_IN_PAGE: &str = include_str!("../assets/sign_in.html");

pub(crate) fn router() -> axum::Router<Shared> {
    axum::Router::new()
        .route("/ccp-v2/", get(page))
        .route("/ccp-v2", get(|| async { Redirect::permanent("/ccp-v2/") }))
        .route("/login", get(|| async { Redirect::to("/ccp-v2/") }))
        .route("/logout", get(log_out))
        .route("/ccp-v2/socket", get(socket))
        .route("/ccp-v2/session", get(session))
        .route("/ccp-v2/sign-in", post(sign_in))
        .route("/ccp-v2/incident.json", get(incident))
        .route(
            "/ccp-v2/replay.js",
            get(|| async { asset("text/javascript", include_str!("../assets/replay.js")) }),
        )
        .route(
            "/ccp-v2/ccp.js",
            get(|| async { asset("text/javascript", include_str!("../assets/ccp.js")) }),
        )
        .route(
            "/ccp-v2/sdk.js",
            get(|| async { asset("text/javascript", include_str!("../assets/sdk.js")) }),
        )
        .route(
            "/ccp-v2/ccp.css",
            get(|| async { asset("text/css", include_str!("../assets/ccp.css")) }),
        )
}

/// A file of the simulator's own pages. They change with the binary, so nothing caches them.
pub(crate) fn asset(kind: &'static str, text: &'static str) -> Response {
    let headers = [
        (CONTENT_TYPE, format!("{kind}; charset=utf-8")),
        (CACHE_CONTROL, "no-cache".to_owned()),
    ];
    (headers, text).into_response()
}

/// A page under a policy that forbids everything inline; `ancestors` may frame it.
pub(crate) fn document(html: String, ancestors: &str) -> Response {
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
         img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors {ancestors}"
    );
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (CACHE_CONTROL, "no-store".to_owned()),
        (CONTENT_SECURITY_POLICY, policy),
    ];
    (headers, html).into_response()
}

async fn page(State(shared): State<Shared>, headers: HeaderMap) -> Response {
    let visited = shared
        .exchange
        .run(move |floor| {
            if floor.replay.is_some() {
                return None;
            }
            let first = floor
                .instance
                .scenario()
                .agents
                .first()
                .map(|person| person.login.clone());
            let visit = floor.sessions.visit(&headers, first.as_deref());
            let agent = match &visit {
                Visit::SignedIn(agent) | Visit::JustSignedIn { agent, .. } => Some(agent.as_str()),
                Visit::SignedOut => first.as_deref(),
            };
            let language = agent
                .and_then(|login| floor.instance.agent(login))
                .map(|agent| html_language(&agent.person.language))
                .unwrap_or_default();
            Some((visit, language))
        })
        .await;
    let ancestors = shared.origins.frame_ancestors();
    match visited {
        Err(Stopped) => stopping(),
        Ok(None) => document(REPLAY_PAGE.to_owned(), &ancestors),
        Ok(Some((Visit::SignedIn(_), language))) => document(localised(PAGE, language), &ancestors),
        Ok(Some((Visit::JustSignedIn { cookie, .. }, language))) => {
            let page = document(localised(PAGE, language), &ancestors);
            ([(SET_COOKIE, cookie)], page).into_response()
        }
        Ok(Some((Visit::SignedOut, language))) => {
            document(localised(SIGN_IN_PAGE, language), &ancestors)
        }
    }
}

/// What the replay's page plays.
async fn incident(State(shared): State<Shared>) -> Response {
    match shared.exchange.run(|floor| floor.replay.clone()).await {
        Err(Stopped) => stopping(),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Ok(Some(incident)) => Json(incident.as_ref()).into_response(),
    }
}

/// `ja` for an agent whose preference is `ja_JP`; every other language gets English.
fn html_language(preference: &str) -> &'static str {
    if preference.starts_with("ja") {
        "ja"
    } else {
        "en"
    }
}

fn localised(html: &str, language: &str) -> String {
    html.replacen("lang=\"en\"", &format!("lang=\"{language}\""), 1)
}

/// Tells a page that lost its socket whether it still has a session.
async fn session(State(shared): State<Shared>, headers: HeaderMap) -> Response {
    let agent = shared
        .exchange
        .run(move |floor| floor.sessions.agent(&headers))
        .await;
    match agent {
        Ok(agent) => Json(json!({ "agent": agent })).into_response(),
        Err(Stopped) => stopping(),
    }
}

/// Ends the session of the browser that asks, and tells nobody: pages that are open go on until
/// they are terminated, as with the real service (Streams issues 13 and 493).
async fn log_out(State(shared): State<Shared>, headers: HeaderMap) -> Response {
    let ended = shared
        .exchange
        .run(move |floor| floor.sessions.log_out(&headers))
        .await;
    match ended {
        Err(Stopped) => stopping(),
        Ok(()) => Redirect::to("/ccp-v2/").into_response(),
    }
}

#[derive(Debug, Deserialize)]
struct Credentials {
    login: String,
    password: String,
}

async fn sign_in(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Form(credentials): Form<Credentials>,
) -> Response {
    if !shared.origins.is_own_page(&headers) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let cookie = shared
        .exchange
        .run(move |floor| {
            let Credentials { login, password } = credentials;
            let agent = floor.instance.agent(&login)?;
            (agent.person.password == password).then(|| floor.sessions.begin(&login))
        })
        .await;
    match cookie {
        Err(Stopped) => stopping(),
        Ok(Some(cookie)) => ([(SET_COOKIE, cookie)], Redirect::to("/ccp-v2/")).into_response(),
        Ok(None) => {
            let language = if accepts_japanese(&headers) {
                "ja"
            } else {
                "en"
            };
            let html = localised(SIGN_IN_PAGE, language).replacen("hidden", "", 1);
            let ancestors = shared.origins.frame_ancestors();
            (StatusCode::UNAUTHORIZED, document(html, &ancestors)).into_response()
        }
    }
}

fn accepts_japanese(headers: &HeaderMap) -> bool {
    headers
        .get(axum::http::header::ACCEPT_LANGUAGE)
        .and_then(|languages| languages.to_str().ok())
        .is_some_and(|languages| languages.trim_start().starts_with("ja"))
}

#[derive(Debug, Deserialize)]
struct SocketQuery {
    #[serde(default)]
    framed: u8,
}

async fn socket(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Query(query): Query<SocketQuery>,
    upgrade: WebSocketUpgrade,
) -> Response {
    // A WebSocket is not bound by the same-origin policy: the page must be ours.
    if !shared.origins.is_own_page(&headers) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let agent = shared
        .exchange
        .run(move |floor| floor.sessions.agent(&headers))
        .await;
    match agent {
        Err(Stopped) => stopping(),
        Ok(None) => StatusCode::UNAUTHORIZED.into_response(),
        Ok(Some(agent)) => upgrade
            .max_message_size(LARGEST_MESSAGE)
            .on_upgrade(move |socket| serve(shared, agent, query.framed == 1, socket)),
    }
}

/// Serves one page until it or the simulator goes.
async fn serve(shared: Shared, agent: String, framed: bool, socket: WebSocket) {
    let who = agent.clone();
    let opened = shared
        .exchange
        .run(move |floor| floor.open_page(who, framed))
        .await;
    let Ok(Ok((port, inbox))) = opened else {
        return;
    };
    tracing::debug!(port, agent, framed, "CCP page opened");
    let (to_page, mut from_page) = socket.split();
    let outgoing = deliver(inbox, to_page);
    let incoming = async {
        while let Some(Ok(message)) = from_page.next().await {
            let text = match &message {
                WsMessage::Text(text) => text.as_str(),
                WsMessage::Close(_) => break,
                WsMessage::Binary(_) | WsMessage::Ping(_) | WsMessage::Pong(_) => continue,
            };
            // What is no envelope is ignored, as the real worker ignores it.
            let Ok(message) = serde_json::from_str::<Message>(text) else {
                tracing::debug!(port, "ignoring a frame that is no envelope");
                continue;
            };
            let (id, login) = (port.clone(), agent.clone());
            let taken = shared
                .exchange
                .run(move |floor| {
                    if message.event == "softphone::sign_out" {
                        floor.sign_out(&login).ok();
                    } else {
                        floor.handle(Event::Up { port: id, message }).ok();
                    }
                })
                .await;
            if taken.is_err() {
                break;
            }
        }
    };
    tokio::select! {
        () = outgoing => {}
        () = incoming => {}
    }
    tracing::debug!(port, "CCP page gone");
    shared
        .exchange
        .run(move |floor| floor.close_page(port))
        .await
        .ok();
}

/// Sends a page its frames. Answers and snapshots are independent channels in the real system:
/// a snapshot comes later than the answer to the request that caused it, and everything else
/// overtakes a snapshot that waits.
async fn deliver(mut frames: mpsc::Receiver<Frame>, mut page: SplitSink<WebSocket, WsMessage>) {
    let mut snapshots: VecDeque<(Message, Instant)> = VecDeque::new();
    loop {
        let release = snapshots.front().map(|(_, release)| *release);
        let frame = match release {
            // Asked of the clock and not of a timer, whose rounding lets later frames overtake.
            Some(release) if release <= Instant::now() => snapshots
                .pop_front()
                .map(|(message, _)| Frame::Message(message)),
            Some(release) => tokio::select! {
                biased;
                () = sleep_until(release) => continue,
                frame = frames.recv() => frame,
            },
            None => frames.recv().await,
        };
        let delivered = match frame {
            Some(Frame::Message(message)) => send(&mut page, &message).await,
            Some(Frame::Snapshot(message, release)) => {
                snapshots.push_back((message, release));
                Ok(())
            }
            Some(Frame::SignOff) => {
                let code = SIGNED_OFF;
                let reason = "signed off".into();
                page.send(WsMessage::Close(Some(CloseFrame { code, reason })))
                    .await
            }
            None => break,
        };
        if delivered.is_err() {
            return;
        }
    }
    page.close().await.ok();
}

async fn send(
    page: &mut SplitSink<WebSocket, WsMessage>,
    message: &Message,
) -> Result<(), axum::Error> {
    let text = serde_json::to_string(message).map_err(axum::Error::new)?;
    page.send(WsMessage::text(text)).await
}

pub(crate) fn stopping() -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, Stopped.to_string()).into_response()
}
