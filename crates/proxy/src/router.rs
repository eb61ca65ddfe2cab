//! The addresses of the proxy, and what stands around every request.
//!
//! From the outside in: a name for the request, its line in the log and its count, which are written
//! when the last byte of the answer has gone; a stop for panics; a place among those that are served
//! at once, kept until then as well; then, in `asked`, form, origin, token, rate and body; then the
//! operation, which has a deadline. There is no CORS: the desk's origin forwards
//! `/api/`, so every request of its is of the same origin.

use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use axum::{Extension, Router};
use bytes::Bytes;
use contract::{Endpoint, ErrorCode, Health, Link, OpenProfile, ScreenPop, Search};
use futures_util::FutureExt as _;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, X_CONTENT_TYPE_OPTIONS};
use http::{StatusCode, Uri};
use hyper::body::{Body as _, Frame, SizeHint};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;

use crate::asked::{Asker, RequestId};
use crate::metrics::Metrics;
use crate::operations::{health, link, open_profile, screen_pop, search};
use crate::proxy::Proxy;
use crate::refusal::Refusal;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// What the desk's origin forwards.
const API: &str = "/api";

/// Every address, with what stands around it.
pub fn router(proxy: Arc<Proxy>) -> Router {
    let api = Router::new();
    let api = route::<ScreenPop>(api, post(screen_pop));
    let api = route::<OpenProfile>(api, post(open_profile));
    let api = route::<Search>(api, post(search));
    let api = route::<Link>(api, post(link));
    let api = route::<Health>(api, post(health));
    let api = api
        .fallback(unknown)
        .method_not_allowed_fallback(unknown)
        .layer(from_fn_with_state(proxy.clone(), serve));
    Router::new()
        .nest(API, api)
        .route("/healthz", get(|| async { "alive\n" }))
        .route("/readyz", get(readiness))
        .route("/metrics", get(metrics))
        .with_state(proxy)
}

fn route<E: Endpoint>(
    router: Router<Arc<Proxy>>,
    operation: MethodRouter<Arc<Proxy>>,
) -> Router<Arc<Proxy>> {
    router.route(E::PATH, operation)
}

async fn unknown(Extension(id): Extension<RequestId>) -> Response {
    Refusal::from(ErrorCode::UnknownOperation).response(&id.0)
}

/// Whether a request could be served: there are credentials to sign with and keys to check tokens with.
async fn readiness(State(proxy): State<Arc<Proxy>>) -> Response {
    let credentials = proxy.aws.has_credentials().await.is_ok();
    let keys = proxy.verifier.is_ready().await;
    let status = if credentials && keys {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let word = |is_there: bool| if is_there { "there" } else { "missing" };
    let text = format!(
        "AWS credentials: {}\nkeys of the issuer: {}\n",
        word(credentials),
        word(keys)
    );
    (status, text).into_response()
}

async fn metrics(State(proxy): State<Arc<Proxy>>) -> Response {
    let mut response = proxy.metrics.render().into_response();
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}

/// The endpoint as a word of the proxy's own: what was asked for may be anything.
fn endpoint(uri: &Uri) -> &'static str {
    let known = [
        ScreenPop::PATH,
        OpenProfile::PATH,
        Search::PATH,
        Link::PATH,
        Health::PATH,
    ];
    known
        .into_iter()
        .find(|path| uri.path() == *path)
        .unwrap_or("unknown")
}

async fn serve(State(proxy): State<Arc<Proxy>>, mut request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id: Arc<str> = format!("{:016x}", fastrand::u64(..)).into();
    let endpoint = endpoint(request.uri());
    request.extensions_mut().insert(RequestId(id.clone()));
    let (mut response, place) = match proxy.places.clone().try_acquire_owned() {
        Ok(place) => {
            let response = AssertUnwindSafe(next.run(request)).catch_unwind().await;
            let response = response.unwrap_or_else(|_| {
                // The panic hook has said where; what was being asked for is not repeated.
                proxy.metrics.event("panic");
                Refusal::from(ErrorCode::Internal).response(&id)
            });
            (response, Some(place))
        }
        Err(_) => (Refusal::unavailable().response(&id), None),
    };
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(value) = HeaderValue::from_str(&id) {
        headers.insert(REQUEST_ID, value);
    }
    let answer = Answer {
        id,
        endpoint,
        status: response.status(),
        agent: response.extensions().get::<Asker>().cloned(),
        began,
        head: began.elapsed(),
        metrics: proxy.metrics.clone(),
        _place: place,
    };
    response.map(|body| {
        Body::new(Answering {
            is_at_end: body.is_end_stream(),
            body,
            answer,
        })
    })
}

fn class(status: StatusCode) -> &'static str {
    match status.as_u16() {
        200..=299 => "ok",
        401 => "unauthenticated",
        403 => "refused",
        429 => "throttled",
        400..=499 => "invalid",
        _ => "failed",
    }
}

/// The body of an answer on its way, and what is to be said of it in the end.
struct Answering {
    body: Body,
    is_at_end: bool,
    answer: Answer,
}

/// An answer whose head is there. It has its place until it goes, with its last byte or its reader.
struct Answer {
    id: Arc<str>,
    endpoint: &'static str,
    status: StatusCode,
    agent: Option<Asker>,
    began: Instant,
    head: Duration,
    metrics: Arc<Metrics>,
    _place: Option<OwnedSemaphorePermit>,
}

impl hyper::body::Body for Answering {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        self.is_at_end = frame.is_none() || self.body.is_end_stream();
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.answer.metrics.event("panic");
        }
        self.answer.log(self.is_at_end);
    }
}

impl Answer {
    fn log(&self, is_whole: bool) {
        let Self {
            id, endpoint, head, ..
        } = self;
        let took = self.began.elapsed();
        let outcome = if is_whole { class(self.status) } else { "cut" };
        self.metrics.request(endpoint, outcome, [*head, took]);
        let milliseconds = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        tracing::info!(
            request = &**id,
            endpoint,
            status = self.status.as_u16(),
            head_ms = milliseconds(*head),
            took_ms = milliseconds(took),
            is_whole,
            agent = self.agent.as_ref().map_or("-", |asker| &*asker.0),
            "answered"
        );
    }
}
