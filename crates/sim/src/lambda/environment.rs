//! One execution environment: the program, and the Runtime API that it asks for its events.
//!
//! (Lambda developer guide, "Using the Lambda runtime API for custom runtimes": `/invocation/next`,
//! `/invocation/ID/response`, `/invocation/ID/error`, `/init/error`.)

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::serve::ListenerExt as _;
use futures_util::{StreamExt as _, stream};
use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::sync::{Mutex as Turn, mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Instant as Deadline, timeout_at};

use super::event::ACCOUNT;
use super::{Failure, Function, LARGEST_EVENT, answer, lock};
use crate::clock::Clock;
use crate::sigv4::hex;

const NAME: &str = "desk-proxy";
/// Its size stands in the environment only: nobody holds the program to it.
const MEMORY_MB: &str = "256";

/// A running program, and the server that it asks.
#[derive(Debug)]
pub(super) struct Environment {
    invocations: mpsc::Sender<Invocation>,
    program: Child,
    server: JoinHandle<()>,
}

/// An event on its way to the program, and where its answer goes.
#[derive(Debug)]
struct Invocation {
    event: Bytes,
    deadline_ms: i64,
    answer: oneshot::Sender<Result<Answered, Failure>>,
}

/// An answer whose head is there.
#[derive(Debug)]
struct Answered {
    response: Response,
    /// Says that the runtime has sent all of it, and is dropped when it has not.
    whole: oneshot::Receiver<()>,
}

/// An answer, and the environment that is still busy with it.
#[derive(Debug)]
pub(super) struct Invoked {
    pub(super) response: Response,
    pub(super) environment: Busy,
}

/// An environment whose program sends the body of an answer.
#[derive(Debug)]
pub(super) struct Busy {
    environment: Environment,
    whole: oneshot::Receiver<()>,
    deadline: Deadline,
}

/// What the handlers of the Runtime API share.
#[derive(Debug)]
struct RuntimeApi {
    began: Instant,
    inits: Arc<Mutex<Vec<Duration>>>,
    /// Whoever asks for an event has the queue until there is one.
    queue: Turn<mpsc::Receiver<Invocation>>,
    current: Mutex<Current>,
}

/// What the program works on.
#[derive(Debug, Default)]
struct Current {
    has_asked: bool,
    invocation: Option<(String, oneshot::Sender<Result<Answered, Failure>>)>,
}

impl Environment {
    pub(super) async fn start(
        function: &Function,
        inits: Arc<Mutex<Vec<Duration>>>,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (invocations, queue) = mpsc::channel(1);
        let mut command = Command::new(&function.bootstrap);
        command
            .env_clear()
            .envs(own_variables(address))
            .envs(function.environment.iter().cloned())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let began = Instant::now();
        let mut program = command.spawn()?;
        if let Some(output) = program.stdout.take() {
            tokio::spawn(log(output));
        }
        if let Some(output) = program.stderr.take() {
            tokio::spawn(log(output));
        }
        let api = RuntimeApi {
            began,
            inits,
            queue: Turn::new(queue),
            current: Mutex::default(),
        };
        let router = router(Arc::new(api));
        let server = tokio::spawn(async move {
            // What is written in small pieces is not held back until the other side has said that it came.
            let listener = listener.tap_io(|stream| {
                stream.set_nodelay(true).ok();
            });
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!(%error, "the Runtime API is served no more");
            }
        });
        Ok(Self {
            invocations,
            program,
            server,
        })
    }

    pub(super) fn is_alive(&mut self) -> bool {
        matches!(self.program.try_wait(), Ok(None))
    }

    /// Gives the program an event, and waits for the head of its answer.
    pub(super) async fn invoke(
        mut self,
        event: Bytes,
        timeout: Duration,
    ) -> Result<Invoked, Failure> {
        let deadline = Deadline::now() + timeout;
        let timeout = i64::try_from(timeout.as_millis()).unwrap_or(i64::MAX);
        let (answer, answered) = oneshot::channel();
        let invocation = Invocation {
            event,
            deadline_ms: Clock::start()
                .now()
                .timestamp_millis()
                .saturating_add(timeout),
            answer,
        };
        // The queue is empty: who has an environment has it alone. It is gone with its server only.
        self.invocations.send(invocation).await.ok();
        let answered = tokio::select! {
            // What was said counts, even if the program ended after it.
            biased;
            answered = answered => answered.unwrap_or(Err(Failure::Unreadable)),
            ended = self.program.wait() => Err(Failure::Ended(
                ended.map_or_else(|error| error.to_string(), |status| status.to_string()),
            )),
            () = tokio::time::sleep_until(deadline) => Err(Failure::TimedOut),
        }?;
        let Answered { response, whole } = answered;
        Ok(Invoked {
            response,
            environment: Busy {
                environment: self,
                whole,
                deadline,
            },
        })
    }
}

impl Drop for Environment {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Busy {
    /// The environment when the runtime has sent all of the answer; `None` when it never will.
    pub(super) async fn done(self) -> Option<Environment> {
        let whole = timeout_at(self.deadline, self.whole).await;
        matches!(whole, Ok(Ok(()))).then_some(self.environment)
    }
}

/// "Defined runtime environment variables". Those of AWS are examples of AWS's own; a function's go
/// before them here, for what it is told of the local world is not Lambda's to say.
fn own_variables(api: SocketAddr) -> [(&'static str, String); 15] {
    [
        ("_HANDLER", "bootstrap".to_owned()),
        ("AWS_REGION", "ap-northeast-1".to_owned()),
        ("AWS_DEFAULT_REGION", "ap-northeast-1".to_owned()),
        ("AWS_ACCESS_KEY_ID", "ASIAIOSFODNN7EXAMPLE".to_owned()),
        (
            "AWS_SECRET_ACCESS_KEY",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned(),
        ),
        ("AWS_LAMBDA_RUNTIME_API", api.to_string()),
        ("AWS_LAMBDA_FUNCTION_NAME", NAME.to_owned()),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", MEMORY_MB.to_owned()),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST".to_owned()),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand".to_owned()),
        ("AWS_LAMBDA_LOG_GROUP_NAME", format!("/aws/lambda/{NAME}")),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "local".to_owned()),
        ("LAMBDA_TASK_ROOT", "/var/task".to_owned()),
        ("LAMBDA_RUNTIME_DIR", "/var/runtime".to_owned()),
        ("TZ", ":UTC".to_owned()),
    ]
}

fn router(api: Arc<RuntimeApi>) -> Router {
    let routes = Router::new()
        .route("/invocation/next", get(next))
        .route("/invocation/{id}/response", post(response))
        .route("/invocation/{id}/error", post(error))
        .route("/init/error", post(init_error));
    Router::new()
        .nest("/2018-06-01/runtime", routes)
        .with_state(api)
}

async fn next(State(api): State<Arc<RuntimeApi>>) -> Response {
    {
        let mut current = lock(&api.current);
        if !current.has_asked {
            current.has_asked = true;
            lock(&api.inits).push(api.began.elapsed());
        }
    }
    let Some(invocation) = api.queue.lock().await.recv().await else {
        return refused(StatusCode::INTERNAL_SERVER_ERROR, "ContainerError");
    };
    let id = new_id();
    let headers = [
        ("lambda-runtime-aws-request-id", id.clone()),
        (
            "lambda-runtime-deadline-ms",
            invocation.deadline_ms.to_string(),
        ),
        (
            "lambda-runtime-invoked-function-arn",
            format!("arn:aws:lambda:ap-northeast-1:{ACCOUNT}:function:{NAME}"),
        ),
        (
            "lambda-runtime-trace-id",
            "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0".to_owned(),
        ),
        ("content-type", "application/json".to_owned()),
    ];
    lock(&api.current).invocation = Some((id, invocation.answer));
    (headers, invocation.event).into_response()
}

async fn response(
    State(api): State<Arc<RuntimeApi>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let Some(answer) = api.take(&id) else {
        return refused(StatusCode::BAD_REQUEST, "InvalidRequestID");
    };
    let is_streamed = headers
        .get("lambda-runtime-function-response-mode")
        .is_some_and(|mode| mode == "streaming");
    if is_streamed {
        return pass_on(body, answer).await;
    }
    let Ok(bytes) = to_bytes(body, LARGEST_EVENT).await else {
        answer.send(Err(Failure::Unreadable)).ok();
        return refused(StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLarge");
    };
    let (done, whole) = oneshot::channel();
    let answered = answer::whole(&bytes).map(|response| Answered { response, whole });
    answer.send(answered.ok_or(Failure::Unreadable)).ok();
    done.send(()).ok();
    accepted()
}

/// Hands a streamed answer on as it comes.
async fn pass_on(body: Body, answer: oneshot::Sender<Result<Answered, Failure>>) -> Response {
    let mut pieces = body.into_data_stream();
    let Some((head, first)) = answer::prelude(&mut pieces).await else {
        answer.send(Err(Failure::Unreadable)).ok();
        return refused(StatusCode::BAD_REQUEST, "InvalidStreamingPrelude");
    };
    let (sender, receiver) = mpsc::channel::<Result<Bytes, axum::Error>>(1);
    let (done, whole) = oneshot::channel();
    let passed = stream::unfold(receiver, |mut receiver| async {
        let piece = receiver.recv().await?;
        Some((piece, receiver))
    });
    let response = head.map(|()| Body::from_stream(passed));
    answer.send(Ok(Answered { response, whole })).ok();
    let mut all = stream::iter([Ok(first)]).chain(pieces);
    while let Some(piece) = all.next().await {
        let is_cut = piece.is_err();
        // Who asked may be gone; the runtime is heard out nonetheless.
        sender.send(piece).await.ok();
        if is_cut {
            return refused(StatusCode::BAD_REQUEST, "TruncatedResponse");
        }
    }
    done.send(()).ok();
    accepted()
}

async fn error(
    State(api): State<Arc<RuntimeApi>>,
    Path(id): Path<String>,
    body: Bytes,
) -> Response {
    let Some(answer) = api.take(&id) else {
        return refused(StatusCode::BAD_REQUEST, "InvalidRequestID");
    };
    let (done, whole) = oneshot::channel();
    // The environment is good for the next event.
    let response = super::failed(&Failure::Reported(body));
    answer.send(Ok(Answered { response, whole })).ok();
    done.send(()).ok();
    accepted()
}

/// The program ends after it; whoever waits is told by that.
async fn init_error(body: Bytes) -> Response {
    tracing::warn!(
        said = %String::from_utf8_lossy(&body),
        "the function could not be initialised"
    );
    accepted()
}

impl RuntimeApi {
    /// Where the answer to an invocation goes, if that is the one the program works on.
    fn take(&self, id: &str) -> Option<oneshot::Sender<Result<Answered, Failure>>> {
        let mut current = lock(&self.current);
        let invocation = current.invocation.take_if(|(present, _)| present == id);
        invocation.map(|(_, answer)| answer)
    }
}

fn accepted() -> Response {
    (
        StatusCode::ACCEPTED,
        [("content-type", "application/json")],
        json!({ "status": "OK" }).to_string(),
    )
        .into_response()
}

fn refused(status: StatusCode, kind: &str) -> Response {
    let body = json!({ "errorMessage": kind, "errorType": kind });
    let headers = [("content-type", "application/json")];
    (status, headers, body.to_string()).into_response()
}

/// What the program writes is what Lambda would keep as its log.
async fn log(output: impl AsyncRead + Unpin) {
    let mut lines = BufReader::new(output).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        tracing::info!(target: "lambda", "{line}");
    }
}

/// As Lambda writes ids: a random UUID.
pub(super) fn new_id() -> String {
    let mut bytes = [0_u8; 16];
    // Without randomness every id is the same, which nothing here depends on.
    getrandom::fill(&mut bytes).ok();
    let digits = hex(&bytes);
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    format!(
        "{}-{}-4{}-a{}-{}",
        part(0, 8),
        part(8, 12),
        part(13, 16),
        part(17, 20),
        part(20, 32)
    )
}
