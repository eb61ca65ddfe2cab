//! `/api/*` of the desk's origin, passed on as `CloudFront` passes it on to a Lambda function URL
//! behind origin access control.
//!
//! (`CloudFront`'s developer guide, "Restrict access to an AWS Lambda function URL origin" and
//! "Request and response behavior for custom origins".) Of a viewer's headers those of the connection
//! stay here, and so do `Host`, `Authorization`, which `CloudFront` replaces by its own signature, and
//! cookies, of which the desk has none. Lambda takes no body but one whose digest is in
//! `x-amz-content-sha256`. The answer goes back as it comes, line by line.

use std::str::FromStr;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::header::{
    AUTHORIZATION, CONNECTION, CONTENT_TYPE, COOKIE, EXPECT, HOST, HeaderName, PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION, TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
};
use axum::http::uri::{Authority, Scheme};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt as _, stream};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use tokio::time::timeout;

use crate::origin::is_own_name;
use crate::sigv4::hex;

/// What an invocation of a Lambda function may weigh, in bytes.
const LARGEST_BODY: usize = 6_291_456;
/// How long an origin may be silent, before its answer and between two pieces of it: `CloudFront`'s
/// own default ("Response timeout").
const PATIENCE: Duration = Duration::from_secs(30);
/// The digest of a body, in lower-case hex.
const BODY_DIGEST: &str = "x-amz-content-sha256";
/// The name of an error, as AWS writes it beside the status.
const ERROR_TYPE: &str = "x-amzn-errortype";

/// Headers that are about one connection alone (RFC 9110, 7.6.1), besides those that `Connection`
/// names.
const OF_THE_CONNECTION: [HeaderName; 9] = [
    CONNECTION,
    EXPECT,
    PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION,
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
    HeaderName::from_static("keep-alive"),
];

/// Where requests for `/api/*` are passed on to: the proxy's address on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Api(Authority);

/// A text is no address of a proxy on this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected the address of a proxy on this machine, like http://127.0.0.1:9404")]
pub struct ApiAddressError;

impl FromStr for Api {
    type Err = ApiAddressError;

    fn from_str(text: &str) -> Result<Self, ApiAddressError> {
        let uri: Uri = text.parse().map_err(|_| ApiAddressError)?;
        let is_alone = uri.path() == "/" && uri.query().is_none();
        let is_here = uri.scheme() == Some(&Scheme::HTTP) && uri.host().is_some_and(is_own_name);
        uri.authority()
            .filter(|authority| is_alone && is_here && !authority.as_str().contains('@'))
            .cloned()
            .map(Self)
            .ok_or(ApiAddressError)
    }
}

/// The way there: connections are kept.
#[derive(Debug, Clone)]
pub(super) struct Forwarder(Client<HttpConnector, Body>);

impl Forwarder {
    pub(super) fn new() -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        Self(Client::builder(TokioExecutor::new()).build(connector))
    }

    /// The proxy's answer, or what stands for it when there is none.
    pub(super) async fn forward(&self, api: &Api, request: Request) -> Response {
        let (mut head, body) = request.into_parts();
        let Ok(body) = to_bytes(body, LARGEST_BODY).await else {
            return refusal(
                StatusCode::PAYLOAD_TOO_LARGE,
                "RequestTooLargeException",
                "Request must be smaller than 6291456 bytes for the InvokeFunction operation",
            );
        };
        if !has_its_digest(&head.headers, &body) {
            return refusal(
                StatusCode::FORBIDDEN,
                "InvalidSignatureException",
                "The request signature we calculated does not match the signature you provided. \
                 Check your AWS Secret Access Key and signing method. Consult the service \
                 documentation for details.",
            );
        }
        drop_those_of_the_connection(&mut head.headers);
        for name in [HOST, AUTHORIZATION, COOKIE] {
            head.headers.remove(name);
        }
        let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
        let uri = Uri::builder()
            .scheme(Scheme::HTTP)
            .authority(api.0.clone())
            .path_and_query(path);
        let Ok(uri) = uri.build() else {
            return failure(StatusCode::BAD_GATEWAY);
        };
        head.uri = uri;
        let request = Request::from_parts(head, Body::from(body));
        match timeout(PATIENCE, self.0.request(request)).await {
            Ok(Ok(answer)) => pass_on(answer.map(Body::new)),
            Ok(Err(error)) => {
                tracing::warn!(%error, "the proxy does not answer");
                failure(StatusCode::BAD_GATEWAY)
            }
            Err(_) => failure(StatusCode::GATEWAY_TIMEOUT),
        }
    }
}

/// Whether the body is what its digest says; without a digest there may be no body.
fn has_its_digest(headers: &HeaderMap, body: &[u8]) -> bool {
    let mut digests = headers.get_all(BODY_DIGEST).iter();
    match (digests.next(), digests.next()) {
        (None, _) => body.is_empty(),
        (Some(digest), None) => *digest == *hex(&Sha256::digest(body)),
        (Some(_), Some(_)) => false,
    }
}

fn pass_on(mut answer: Response) -> Response {
    drop_those_of_the_connection(answer.headers_mut());
    answer.map(|body| {
        // A proxy that falls silent in the middle cuts the answer: nobody waits for ever.
        let pieces = stream::try_unfold(body.into_data_stream(), |mut pieces| async {
            let piece = timeout(PATIENCE, pieces.next()).await;
            let piece = piece.map_err(axum::Error::new)?.transpose()?;
            Ok::<_, axum::Error>(piece.map(|piece| (piece, pieces)))
        });
        Body::from_stream(pieces)
    })
}

fn drop_those_of_the_connection(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in named.iter().chain(&OF_THE_CONNECTION) {
        headers.remove(name);
    }
}

/// As Lambda refuses: before the function is reached.
fn refusal(status: StatusCode, code: &str, message: &str) -> Response {
    let body = json!({ "message": message }).to_string();
    let headers = [
        (CONTENT_TYPE.as_str(), "application/json"),
        (ERROR_TYPE, code),
    ];
    (status, headers, body).into_response()
}

/// As `CloudFront` says that there is no answer: by a page, whatever was asked for.
fn failure(status: StatusCode) -> Response {
    let page = format!(
        "<!doctype html><title>ERROR</title><h1>{status}</h1><p>The proxy does not answer.</p>\n"
    );
    (status, [(CONTENT_TYPE, "text/html")], page).into_response()
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use rstest::rstest;
    use tokio::net::TcpListener;

    use super::*;

    #[rstest]
    #[case::address("http://127.0.0.1:9404", true)]
    #[case::slash("http://localhost:9404/", true)]
    #[case::path("http://127.0.0.1:9404/api", false)]
    #[case::query("http://127.0.0.1:9404/?x", false)]
    #[case::elsewhere("http://proxy.example", false)]
    #[case::encrypted("https://127.0.0.1:9404", false)]
    #[case::user_name("http://me@127.0.0.1:9404", false)]
    #[case::port_alone("9404", false)]
    fn the_proxy_is_on_this_machine(#[case] text: &str, #[case] is_one: bool) {
        assert_eq!(text.parse::<Api>().is_ok(), is_one);
    }

    #[test]
    fn what_is_about_the_connection_is_dropped_and_so_is_what_it_names() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("connection", "x-hop, Keep-Alive"),
            ("keep-alive", "timeout=5"),
            ("x-hop", "1"),
            ("te", "trailers"),
            ("transfer-encoding", "chunked"),
            ("x-agent-token", "a.b.c"),
        ] {
            headers.append(name, value.parse().unwrap());
        }
        drop_those_of_the_connection(&mut headers);
        assert_eq!(headers.keys().collect::<Vec<_>>(), ["x-agent-token"]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_proxy_that_takes_a_request_and_says_nothing_is_given_up() {
        let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let api = format!("http://{}", silent.local_addr().unwrap());
        let api = api.parse().unwrap();
        let request = Request::get("/api/health").body(Body::empty()).unwrap();
        let answer = Forwarder::new().forward(&api, request).await;
        assert_eq!(answer.status(), StatusCode::GATEWAY_TIMEOUT);
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_falls_silent_is_cut_after_what_has_come() {
        let first = stream::iter([Ok::<_, Infallible>("{}\n")]);
        let pieces = first.chain(stream::pending());
        let mut pieces = pass_on(Response::new(Body::from_stream(pieces)))
            .into_body()
            .into_data_stream();
        assert_eq!(pieces.next().await.unwrap().unwrap(), "{}\n");
        assert!(pieces.next().await.unwrap().is_err());
        assert!(pieces.next().await.is_none());
    }
}
