//! A local AWS Lambda: one function behind its URL, run as Lambda runs it.
//!
//! The program that would be uploaded is started when it is first asked for, gets its events by the
//! Runtime API, one at a time, and streams its answers back, as a function URL with the invoke mode
//! `RESPONSE_STREAM` does. Who asks while it is busy has a second environment started, up to the
//! reserved concurrency.
//!
//! What is not modelled: signatures (the desk's host stands for `CloudFront`, which signs), freezing
//! between two invocations, memory limits, extensions, and the trailers by which a runtime may report
//! an error in the middle of an answer: here such an answer ends as the runtime's connection does.
//!
//! Sources: Lambda developer guide, "Using the Lambda runtime API for custom runtimes", "Invoking
//! Lambda function URLs", "Defined runtime environment variables".

mod answer;
mod environment;
mod event;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::serve::ListenerExt as _;
use futures_util::{StreamExt as _, stream};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::task::JoinHandle;

use self::environment::{Environment, Invoked};

/// What an invocation may weigh, in bytes ("Lambda quotas", synchronous request payload).
const LARGEST_EVENT: usize = 6_291_456;

/// The name of an error, as AWS writes it beside the status.
const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");

/// The function that is run.
#[derive(Debug, Clone)]
pub struct Function {
    /// The program: what lies in the package as `bootstrap`.
    pub bootstrap: PathBuf,
    /// The function's own environment variables. Lambda adds its own.
    pub environment: Vec<(String, String)>,
    /// How many environments there may be at once.
    pub concurrency: usize,
    /// How long an invocation may take, its whole answer included.
    pub timeout: Duration,
}

/// A function behind its URL. Dropping it ends the function's processes.
#[derive(Debug)]
pub struct Lambda {
    address: SocketAddr,
    pool: Arc<Pool>,
    server: JoinHandle<()>,
}

/// The environments of a function.
#[derive(Debug)]
struct Pool {
    function: Function,
    places: Arc<Semaphore>,
    idle: Mutex<Vec<Environment>>,
    /// From the start of a program to its first question for an event, for each that came so far.
    inits: Arc<Mutex<Vec<Duration>>>,
}

/// Why there is no answer of the function's.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("the program could not be started")]
    NotStarted(#[from] io::Error),
    #[error("the program ended: {0}")]
    Ended(String),
    #[error("the function reported an error")]
    Reported(Bytes),
    #[error("what the function sent is no answer")]
    Unreadable,
    #[error("the function took too long")]
    TimedOut,
}

impl Lambda {
    /// Serves the function's URL on a loopback port; 0 takes any free one. Nothing of the function
    /// is started before somebody asks for it.
    ///
    /// # Errors
    ///
    /// When the port is taken.
    pub async fn serve(function: Function, port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let address = listener.local_addr()?;
        let pool = Arc::new(Pool {
            places: Arc::new(Semaphore::new(function.concurrency)),
            function,
            idle: Mutex::default(),
            inits: Arc::default(),
        });
        let router = Router::new().fallback(url).with_state(pool.clone());
        let server = tokio::spawn(async move {
            // What is written in small pieces is not held back until the other side has said that it came.
            let listener = listener.tap_io(|stream| {
                stream.set_nodelay(true).ok();
            });
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!(%error, "the function's URL is served no more");
            }
        });
        Ok(Self {
            address,
            pool,
            server,
        })
    }

    /// The function's URL, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Invokes the function by an event of any form, as a URL would with its answer.
    pub async fn invoke(&self, event: Bytes) -> Response {
        invoke(&self.pool, event).await
    }

    /// How long each environment took from the start of the program to its first question for an
    /// event: what Lambda reports as `Init Duration`.
    pub fn inits(&self) -> Vec<Duration> {
        lock(&self.pool.inits).clone()
    }
}

impl Drop for Lambda {
    fn drop(&mut self) {
        self.server.abort();
        // The server's connections may hold the pool for a moment longer.
        lock(&self.pool.idle).clear();
    }
}

/// What the function's URL does with a request.
async fn url(State(pool): State<Arc<Pool>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST_EVENT).await else {
        return too_large();
    };
    let event = event::of(&head, &body).to_string();
    // Text that has to be escaped, and bytes in base64, weigh more than they did.
    if event.len() > LARGEST_EVENT {
        return too_large();
    }
    invoke(&pool, event.into()).await
}

async fn invoke(pool: &Arc<Pool>, event: Bytes) -> Response {
    // Lambda keeps nobody waiting for an environment.
    let Ok(place) = pool.places.clone().try_acquire_owned() else {
        return throttled();
    };
    let environment = match pool.environment().await {
        Ok(environment) => environment,
        Err(error) => return failed(&error),
    };
    match environment.invoke(event, pool.function.timeout).await {
        Ok(invoked) => pool.answer(invoked, place),
        Err(error) => failed(&error),
    }
}

impl Pool {
    /// One that is idle, or a new one.
    async fn environment(&self) -> Result<Environment, Failure> {
        loop {
            let idle = lock(&self.idle).pop();
            let Some(mut environment) = idle else {
                let inits = self.inits.clone();
                return Ok(Environment::start(&self.function, inits).await?);
            };
            if environment.is_alive() {
                return Ok(environment);
            }
        }
    }

    /// Hands the answer on; the environment is idle again when the runtime has sent all of it.
    fn answer(self: &Arc<Self>, invoked: Invoked, place: OwnedSemaphorePermit) -> Response {
        let Invoked {
            response,
            environment,
        } = invoked;
        let pool = self.clone();
        let (release, released) = oneshot::channel::<()>();
        tokio::spawn(async move {
            if let Some(environment) = environment.done().await {
                lock(&pool.idle).push(environment);
            }
            drop((place, release));
        });
        // Who has read the whole answer may ask again, and finds the place free.
        response.map(|body| {
            let end = stream::once(async {
                released.await.ok();
                Ok(Bytes::new())
            });
            Body::from_stream(body.into_data_stream().chain(end))
        })
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// `RequestTooLargeException` of the operation `Invoke`.
fn too_large() -> Response {
    refusal(
        StatusCode::PAYLOAD_TOO_LARGE,
        "RequestTooLargeException",
        &json!({
            "Type": "User",
            "message": "Request must be smaller than 6291456 bytes for the InvokeFunction operation",
        }),
    )
}

/// `TooManyRequestsException` of the operation `Invoke`.
fn throttled() -> Response {
    refusal(
        StatusCode::TOO_MANY_REQUESTS,
        "TooManyRequestsException",
        &json!({
            "Reason": "ReservedFunctionConcurrentInvocationLimitExceeded",
            "Type": "User",
            "message": "Rate Exceeded.",
        }),
    )
}

fn refusal(status: StatusCode, code: &str, body: &serde_json::Value) -> Response {
    let headers = [(CONTENT_TYPE, "application/json"), (ERROR_TYPE, code)];
    (status, headers, body.to_string()).into_response()
}

/// A URL says no more than this of what went wrong in the function (issue 430 of the developer guide's
/// repository shows it); the reason is in the log.
fn failed(failure: &Failure) -> Response {
    let said = match failure {
        Failure::Reported(text) => String::from_utf8_lossy(text).into_owned(),
        _ => String::new(),
    };
    tracing::warn!(error = %failure, said, "the function gave no answer");
    let mut response = Response::new(Body::from("Internal Server Error"));
    *response.status_mut() = StatusCode::BAD_GATEWAY;
    response
}
