//! Requests of the proxy's own: one pool of connections for AWS and for the issuer of tokens.
//!
//! It sends what it is given and reads the answer whole, up to a size. It neither signs nor repeats.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::time::{Instant, timeout_at};

/// An idle connection is closed before the load balancers of AWS close it (they wait 20 s or more).
const IDLE: Duration = Duration::from_secs(15);
/// Idle connections kept to one host.
const IDLE_PER_HOST: usize = 32;
/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(1);

/// A pool of connections.
#[derive(Debug, Clone)]
pub(crate) struct Outbound {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

/// An answer, read whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum OutboundError {
    /// No connection, or one that broke before the end of the answer.
    #[error("reach the server")]
    Connection,
    /// The deadline passed.
    #[error("get an answer in time")]
    TimedOut,
    /// The answer is larger than anything that was asked for.
    #[error("read an answer of that size")]
    TooLarge,
}

impl Outbound {
    /// A pool with the machine's own trusted certificates.
    ///
    /// # Errors
    ///
    /// When the machine has none that can be read.
    pub(crate) fn new() -> std::io::Result<Self> {
        let mut http = HttpConnector::new();
        http.enforce_http(false);
        http.set_nodelay(true);
        http.set_connect_timeout(Some(CONNECT));
        let connector = HttpsConnectorBuilder::new()
            .with_native_roots()?
            .https_or_http()
            .enable_http1()
            .wrap_connector(http);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(IDLE_PER_HOST)
            .build(connector);
        Ok(Self { client })
    }

    /// Sends `request` and reads the answer, of at most `limit` bytes.
    ///
    /// # Errors
    ///
    /// When there is no whole answer by `deadline`.
    pub(crate) async fn send(
        &self,
        request: Request<Full<Bytes>>,
        deadline: Instant,
        limit: usize,
    ) -> Result<Answer, OutboundError> {
        timeout_at(deadline, self.exchange(request, limit))
            .await
            .unwrap_or(Err(OutboundError::TimedOut))
    }

    async fn exchange(
        &self,
        request: Request<Full<Bytes>>,
        limit: usize,
    ) -> Result<Answer, OutboundError> {
        let response = self
            .client
            .request(request)
            .await
            .map_err(|_| OutboundError::Connection)?;
        let (head, mut body) = response.into_parts();
        let mut first = Bytes::new();
        let mut rest = BytesMut::new();
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_| OutboundError::Connection)?;
            let Ok(data) = frame.into_data() else {
                continue;
            };
            if first.len() + rest.len() + data.len() > limit {
                return Err(OutboundError::TooLarge);
            }
            // Most answers come in one piece, which then need not be copied.
            if first.is_empty() && rest.is_empty() {
                first = data;
            } else {
                if rest.is_empty() {
                    rest.extend_from_slice(&first);
                    first = Bytes::new();
                }
                rest.extend_from_slice(&data);
            }
        }
        let body = if rest.is_empty() {
            first
        } else {
            rest.freeze()
        };
        Ok(Answer {
            status: head.status,
            headers: head.headers,
            body,
        })
    }
}
