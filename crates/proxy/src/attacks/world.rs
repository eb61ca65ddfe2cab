//! An honest asker, AWS and an issuer on loopback, and the proxy between them.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::io::Write;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_lc_rs::digest;
use axum::body::Body;
use axum::response::Response;
use chrono::TimeDelta;
use contract::ErrorCode;
use futures_util::StreamExt as _;
use http::{HeaderName, HeaderValue, Request};
use serde_json::{Value, json};
use tower::ServiceExt as _;
use tracing_subscriber::fmt::MakeWriter;

use crate::clock::Clock;
use crate::config::tests::read as config;
use crate::proxy::Proxy;
use crate::router::router;
use crate::token::tests::{RSA, claims, ec_jwk, header, noon, rsa_jwk, token};
use crate::upstream::{Received, Reply, Upstream};

/// Where customers are searched for.
pub(crate) const SEARCH: &str = "/domains/amazon-connect-demo/profiles/search";
pub(crate) const PROFILE: &str = "0a1b2c3d4e5f60718293a4b5c6d7e8f9";

/// A request that is about to be made.
pub(crate) struct Ask {
    pub(crate) method: &'static str,
    pub(crate) path: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) token_header: Value,
    pub(crate) claims: Value,
    pub(crate) body: Vec<u8>,
    pub(crate) body_never_ends: bool,
    sealed: bool,
}

impl Ask {
    pub(crate) fn contact(&mut self, id: &str) {
        self.body = json!({"contact_id": id}).to_string().into_bytes();
    }

    pub(crate) fn set(&mut self, name: &'static str, value: &str) {
        self.remove(name);
        self.headers.push((name, value.to_owned()));
    }

    pub(crate) fn remove(&mut self, name: &str) {
        self.headers.retain(|(key, _)| *key != name);
    }

    pub(crate) fn rename(&mut self, from: &str, to: &'static str) {
        for (name, _) in self.headers.iter_mut().filter(|(name, _)| *name == from) {
            *name = to;
        }
    }

    /// Sends a header twice.
    pub(crate) fn repeat(&mut self, name: &str) {
        let again: Vec<_> = self
            .headers
            .iter()
            .filter(|(key, _)| *key == name)
            .cloned()
            .collect();
        self.headers.extend(again);
    }

    /// Takes the digest of the body as it is now.
    pub(crate) fn seal(&mut self) {
        self.sealed = true;
        let digest = hex(&self.body);
        for (_, value) in self
            .headers
            .iter_mut()
            .filter(|(name, value)| *name == "x-amz-content-sha256" && value.is_empty())
        {
            value.clone_from(&digest);
        }
    }

    fn into_request(mut self) -> Request<Body> {
        if !self.sealed {
            self.seal();
        }
        let token = token(&self.token_header, &self.claims);
        let mut request = Request::builder().method(self.method).uri(&self.path);
        let headers = request.headers_mut().expect("an address");
        for (name, value) in self.headers {
            // The token's place is kept until it is known.
            let value = if value == "TOKEN" {
                token.clone()
            } else {
                value
            };
            headers.append(
                HeaderName::from_static(name),
                HeaderValue::from_bytes(value.as_bytes()).expect("a header value"),
            );
        }
        let body = if self.body_never_ends {
            Body::from_stream(futures_util::stream::pending::<
                Result<bytes::Bytes, std::io::Error>,
            >())
        } else {
            self.body.into()
        };
        request.body(body).expect("a request")
    }
}

fn hex(body: &[u8]) -> String {
    let sha256 = digest::digest(&digest::SHA256, body);
    let mut text = String::new();
    for byte in sha256.as_ref() {
        write!(text, "{byte:02x}").expect("room");
    }
    text
}

/// What came back, read whole.
pub(crate) struct Answer {
    pub(crate) status: u16,
    body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).expect("text")
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }

    pub(crate) fn code(&self) -> Option<ErrorCode> {
        let body: Value = serde_json::from_slice(&self.body).ok()?;
        serde_json::from_value(body["error"]["code"].clone()).ok()
    }

    pub(crate) fn lines(&self) -> Vec<Value> {
        self.text()
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect()
    }

    pub(crate) fn without_id(&self) -> Value {
        let mut body = self.json();
        body["error"]["request_id"] = Value::Null;
        body
    }
}

pub(crate) struct World {
    aws: Upstream,
    _issuer: Upstream,
    issuer_url: String,
    instead: Arc<Mutex<Vec<(String, Reply)>>>,
    passed: Arc<AtomicI64>,
    proxy: Arc<Proxy>,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(&[]).await
    }

    pub(crate) async fn with(settings: &[(&str, &str)]) -> Self {
        Log::keep();
        let issuer = Upstream::new(issuer_answers).await;
        let instead: Arc<Mutex<Vec<(String, Reply)>>> = Arc::default();
        let replies = instead.clone();
        let aws = Upstream::new(move |request| {
            let replies = replies.lock().expect("no panic");
            let said = String::from_utf8_lossy(&request.body);
            let of = |asked: &str| replies.iter().find(|(path, _)| path == asked);
            let reply = of(&request.target)
                .or_else(|| of(request.path()))
                .or_else(|| replies.iter().find(|(word, _)| said.contains(word)));
            reply.map_or_else(|| aws_answers(request), |(_, reply)| reply.clone())
        })
        .await;
        let (aws_url, issuer_url) = (aws.url(), issuer.url());
        let own = [
            ("AWS_ENDPOINT_URL", aws_url.as_str()),
            ("DESK_ISSUER", issuer_url.as_str()),
            ("DESK_TIMEOUT_MS", "30000"),
        ];
        let settings: Vec<_> = own.into_iter().chain(settings.iter().copied()).collect();
        let credentials = Credentials::builder()
            .access_key_id("AKIAIOSFODNN7EXAMPLE")
            .secret_access_key("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
            .provider_name("test")
            .build();
        let passed = Arc::new(AtomicI64::new(0));
        let seconds = passed.clone();
        let proxy = Proxy::new(
            config(&settings).expect("a configuration"),
            SharedCredentialsProvider::new(credentials),
            Clock::new(move || noon() + TimeDelta::seconds(seconds.load(Ordering::SeqCst))),
        );
        Self {
            aws,
            _issuer: issuer,
            issuer_url,
            instead,
            passed,
            proxy: proxy.expect("certificates"),
        }
    }

    /// From now on AWS answers so at `place`: a path, with a query or without, or a word of the body.
    pub(crate) fn when(&self, place: &str, reply: Reply) {
        self.instead
            .lock()
            .expect("no panic")
            .push((place.to_owned(), reply));
    }

    /// Begins a request, of which nothing but the head of the answer is read.
    pub(crate) async fn open(&self, change: impl FnOnce(&mut Ask)) -> Response {
        let mut ask = Ask {
            method: "POST",
            path: "/api/screen-pop".to_owned(),
            headers: vec![
                ("content-type", "application/json".to_owned()),
                ("origin", "https://desk.example.com".to_owned()),
                ("x-agent-token", "TOKEN".to_owned()),
                ("x-amz-content-sha256", String::new()),
            ],
            token_header: header(),
            claims: claims(&self.issuer_url),
            body: Vec::new(),
            body_never_ends: false,
            sealed: false,
        };
        ask.contact("mine");
        change(&mut ask);
        router(self.proxy.clone())
            .oneshot(ask.into_request())
            .await
            .expect("an answer")
    }

    pub(crate) async fn ask(&self, change: impl FnOnce(&mut Ask)) -> Answer {
        let response = self.open(change).await;
        let status = response.status().as_u16();
        let body = response.into_body().into_data_stream();
        let chunks: Vec<_> = body
            .map(|chunk| chunk.expect("a whole answer"))
            .collect()
            .await;
        Answer {
            status,
            body: chunks.concat(),
        }
    }

    /// How often Customer Profiles was asked.
    pub(crate) fn asked_profiles(&self) -> usize {
        self.aws
            .received()
            .iter()
            .filter(|it| it.path().starts_with("/domains/"))
            .count()
    }

    /// The contacts that Connect was asked for.
    pub(crate) fn described(&self) -> Vec<String> {
        let received = self.aws.received();
        let contacts = received
            .iter()
            .filter(|it| it.path().starts_with("/contacts/"));
        contacts
            .filter_map(|it| it.path().rsplit('/').next().map(str::to_owned))
            .collect()
    }

    /// Time goes on, for clocks and timers alike.
    pub(crate) async fn wait(&self, seconds: u32) {
        self.passed.fetch_add(seconds.into(), Ordering::SeqCst);
        tokio::time::pause();
        // What is due at that moment is done before it is over.
        tokio::time::sleep(Duration::from_secs(seconds.into()) + Duration::from_millis(2)).await;
        tokio::time::resume();
    }

    /// Bytes that are kept of what was found for contacts.
    pub(crate) fn kept(&self) -> usize {
        self.proxy.found.kept.weight()
    }

    pub(crate) fn metrics(&self) -> String {
        self.proxy.metrics.render()
    }
}

fn issuer_answers(request: &Received) -> Reply {
    let host = request.header("host").expect("a host");
    match request.path() {
        "/keys" => Reply::json(&json!({"keys": [rsa_jwk(&RSA, "rsa-1"), ec_jwk("ec-1")]})),
        _ => Reply::json(
            &json!({"issuer": format!("http://{host}"), "jwks_uri": format!("http://{host}/keys")}),
        ),
    }
}

/// AWS on a good day, with a marker in everything that is a person's.
fn aws_answers(request: &Received) -> Reply {
    let path = request.path();
    if let Some(contact) = path.strip_prefix("/contacts/11111111-2222-3333-4444-555555555555/") {
        return contact_of(contact);
    }
    match path {
        "/search-users" => {
            let name = &request.json()["SearchCriteria"]["StringCondition"]["Value"];
            // As a search that does not mind the case would answer.
            let known = [("hanako", "agent-1"), ("taro", "agent-2")];
            let users: Vec<Value> = known
                .iter()
                .filter(|(username, _)| {
                    name.as_str()
                        .is_some_and(|it| it.eq_ignore_ascii_case(username))
                })
                .map(|(username, id)| json!({"Id": id, "Username": username}))
                .collect();
            Reply::json(&json!({"Users": users}))
        }
        "/domains/amazon-connect-demo/profiles/search" => Reply::json(&json!({"Items": [{
            "ProfileId": PROFILE, "FirstName": "花子 MARKER", "LastName": "MARKER", "PhoneNumber": "+819000000001",
            "FoundByItems": [{"KeyName": "_phone", "Values": ["+819000000001"]}],
        }]})),
        "/domains/amazon-connect-demo/profiles/objects" => objects(request),
        _ if path.ends_with("/calculated-attributes") => Reply::json(&json!({"Items": []})),
        _ => Reply::error(404, "ResourceNotFoundException"),
    }
}

fn contact_of(id: &str) -> Reply {
    let now = noon().timestamp();
    let mut contact = json!({
        "Id": id, "Channel": "VOICE", "Attributes": {"memo": "MARKER"},
        "CustomerEndpoint": {"Type": "TELEPHONE_NUMBER", "Address": "+819000000001"},
    });
    let (agent, ended) = match id {
        "ringing" => (None, None),
        "mine" => (Some("agent-1"), None),
        "mine-wrap-up" => (Some("agent-1"), Some(now - 599)),
        "mine-over" => (Some("agent-1"), Some(now - 600)),
        "theirs" => (Some("agent-2"), None),
        "abandoned" => (None, Some(now)),
        _ => return Reply::error(404, "ResourceNotFoundException"),
    };
    if let Some(agent) = agent {
        contact["AgentInfo"] = json!({"Id": agent});
    }
    if let Some(ended) = ended {
        contact["DisconnectTimestamp"] = json!(ended);
    }
    Reply::json(&json!({"Contact": contact}))
}

fn objects(request: &Received) -> Reply {
    let items = match request.json()["ObjectTypeName"].as_str() {
        Some("_order") => json!([{
            "ObjectTypeName": "_order", "ProfileObjectUniqueKey": "k1",
            "Object": json!({"OrderId": "o1", "Name": "#1001 MARKER", "Currency": "JPY", "TotalPrice": "550", "Status": "paid", "StatusCode": "ACTIVATED"}).to_string(),
        }]),
        Some("CTR") => json!([]),
        _ => return Reply::error(404, "ResourceNotFoundException"),
    };
    Reply::json(&json!({"Items": items}))
}

thread_local! {
    static LOG: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Everything that was logged on this thread, which is all that this test's proxy has logged.
pub(crate) fn logged() -> String {
    LOG.with_borrow(|log| String::from_utf8_lossy(log).into_owned())
}

/// The lines of requests that were answered.
pub(crate) fn answered() -> Vec<Value> {
    logged()
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .map(|line| line["fields"].clone())
        .filter(|fields| fields["message"] == "answered")
        .collect()
}

/// Writes to the log of its thread. One subscriber serves all tests: whether an event is of interest is
/// remembered for the whole process.
#[derive(Clone)]
struct Log;

impl Log {
    fn keep() {
        let subscriber = tracing_subscriber::fmt()
            .json()
            .with_max_level(tracing::Level::DEBUG);
        tracing::subscriber::set_global_default(subscriber.with_writer(Self).finish()).ok();
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LOG.with_borrow_mut(|log| log.write(bytes))
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
