//! A world with its own clock, and a desk in it: what a browser does, without one.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_lc_rs::digest::{SHA256, digest};
use axum::Router;
use axum::body::{Body, to_bytes};
use chrono::{DateTime, Utc};
use http::Request;
use proxy::{Clock, Config, Proxy};
use serde_json::{Value, json};
use sim::{DeskSite, Options, Scenario, Sim};
use tokio::runtime::Runtime;
use tower::ServiceExt;

/// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// The keys of AWS's own documentation.
const KEY: &str = "AKIAIOSFODNN7EXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

/// When each world begins.
pub(crate) fn nine() -> DateTime<Utc> {
    "2026-11-02T00:00:00Z".parse().unwrap()
}

/// A simulator on threads of its own: the proxy waits for its clock.
pub(crate) struct World {
    sim: Option<Sim>,
    runtime: Option<Runtime>,
}

/// An answer, read whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(it, _)| it == name);
        found.map(|(_, value)| &**value)
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }

    pub(crate) fn lines(&self) -> Vec<Value> {
        self.text()
            .lines()
            .map(|line| serde_json::from_str(line).expect("a line of JSON"))
            .collect()
    }
}

impl World {
    pub(crate) fn with_shop() -> Self {
        Self::new(Some(1))
    }

    /// With the shop of that seed.
    pub(crate) fn new(shop: Option<u64>) -> Self {
        let runtime = Runtime::new().expect("threads");
        let mut scenario = Scenario::default();
        for agent in &mut scenario.agents {
            agent.auto_accept = true;
        }
        let options = Options {
            scenario,
            desk: Some(DeskSite {
                port: 0,
                // Of its pages only the first is asked for; any will do.
                dist: concat!(env!("CARGO_MANIFEST_DIR"), "/../..").into(),
                config: None,
                api: None,
            }),
            shop,
            start_at: Some(nine()),
            ..Options::default()
        };
        // A test of tokio's blocks on nothing, so the simulator is started beside it.
        let (sim, runtime) = std::thread::spawn(move || {
            let sim = runtime.block_on(Sim::serve(options)).expect("a simulator");
            (sim, runtime)
        })
        .join()
        .expect("a simulator");
        let world = Self {
            sim: Some(sim),
            runtime: Some(runtime),
        };
        world.control(
            "/clock",
            &json!({ "freeze": true, "set": nine().to_rfc3339() }),
        );
        world
    }

    fn sim(&self) -> &Sim {
        self.sim.as_ref().expect("a simulator")
    }

    /// The desk's origin.
    pub(crate) fn origin(&self) -> String {
        let url = self.sim().desk_url().expect("a desk");
        url.trim_end_matches('/').to_owned()
    }

    pub(crate) fn ccp(&self) -> String {
        self.sim().ccp_url()
    }

    /// What the control API knows.
    pub(crate) fn reads(&self, path: &str) -> Value {
        let url = format!("{}{path}", self.sim().control_url());
        request("GET", &url, &[], "").json()
    }

    pub(crate) fn control(&self, path: &str, body: &Value) -> Value {
        let url = format!("{}{path}", self.sim().control_url());
        let json = [("Content-Type", "application/json")];
        let answer = request("POST", &url, &json, &body.to_string());
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.json()
    }

    /// A call from that number comes in, and waits.
    pub(crate) fn rings(&self, from: Option<&str>) -> String {
        self.called(&json!({ "from": from }))
    }

    /// A call from that number comes in, and 佐藤 花子 has it: her softphone accepts by itself.
    pub(crate) fn answered(&self, from: &str) -> String {
        let call = json!({ "from": from, "agent": "hanako.sato", "force": true });
        let contact = self.called(&call);
        self.advances(5);
        contact
    }

    fn called(&self, call: &Value) -> String {
        let called = self.control("/calls", call);
        called["contactId"].as_str().unwrap().to_owned()
    }

    /// The customer of a contact does something.
    pub(crate) fn customer(&self, contact: &str, does: &str) {
        self.control(&format!("/contacts/{contact}/{does}"), &json!({}));
    }

    pub(crate) fn advances(&self, seconds: u32) {
        self.control("/clock", &json!({ "advance_ms": seconds * 1_000 }));
    }
}

impl Drop for World {
    fn drop(&mut self) {
        drop(self.sim.take());
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// A desk whose agent has signed in, and the proxy behind its origin.
pub(crate) struct Desk {
    proxy: Router,
    origin: String,
    access_token: String,
    pub(crate) refresh_token: String,
}

impl Desk {
    /// Signs in as a browser does: the page, the password, the code, the tokens.
    pub(crate) fn of(world: &World, login: &str) -> Self {
        let issuer = world.sim().identity_url();
        let origin = world.origin();
        let redirect = format!("{origin}/signin.html");
        let asked = [
            ("response_type", "code"),
            ("client_id", "agent-desk"),
            ("redirect_uri", &redirect),
            ("scope", "openid profile"),
            ("state", "s1"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        let page = request(
            "GET",
            &format!("{issuer}/authorize?{}", form(&asked)),
            &[],
            "",
        );
        assert_eq!(page.status, 200, "{}", page.text());
        let mut filled = asked.to_vec();
        filled.extend([("login", login), ("password", "konnichiwa")]);
        let kind = [("Content-Type", "application/x-www-form-urlencoded")];
        let signed_in = request("POST", &format!("{issuer}/sign-in"), &kind, &form(&filled));
        assert_eq!(signed_in.status, 303, "{}", signed_in.text());
        let back = signed_in.header("location").expect("a way back");
        let answer = back
            .strip_prefix(&format!("{redirect}?"))
            .expect("our page");
        let code = answer
            .split('&')
            .find_map(|pair| pair.strip_prefix("code="));
        let mut desk = Self {
            proxy: proxy(world),
            origin,
            access_token: String::new(),
            refresh_token: String::new(),
        };
        let granted = desk.takes_tokens(
            world,
            &[
                ("grant_type", "authorization_code"),
                ("client_id", "agent-desk"),
                ("redirect_uri", &redirect),
                ("code", code.expect("a code")),
                ("code_verifier", VERIFIER),
            ],
        );
        assert_eq!(granted, 200);
        desk
    }

    /// Spends the refresh token; gives the status.
    pub(crate) fn renews(&mut self, world: &World) -> u16 {
        let spent = self.refresh_token.clone();
        let grant = [
            ("grant_type", "refresh_token"),
            ("client_id", "agent-desk"),
            ("refresh_token", &*spent),
        ];
        self.takes_tokens(world, &grant)
    }

    fn takes_tokens(&mut self, world: &World, grant: &[(&str, &str)]) -> u16 {
        let kind = [("Content-Type", "application/x-www-form-urlencoded")];
        let url = format!("{}/token", world.sim().identity_url());
        let answer = request("POST", &url, &kind, &form(grant));
        if answer.status == 200 {
            let tokens = answer.json();
            let token = |name: &str| tokens[name].as_str().expect("a token").to_owned();
            self.access_token = token("access_token");
            self.refresh_token = token("refresh_token");
        }
        answer.status
    }

    /// Asks the proxy.
    pub(crate) async fn asks(&self, operation: &str, body: &Value) -> Answer {
        let body = body.to_string();
        let mut request = Request::post(format!("/api/{operation}"));
        for (name, value) in self.headers(&body) {
            request = request.header(name, value);
        }
        let request = request.body(Body::from(body)).expect("a request");
        let response = self.proxy.clone().oneshot(request).await;
        let response = response.expect("an answer");
        let status = response.status().as_u16();
        let body = to_bytes(response.into_body(), usize::MAX).await;
        Answer {
            status,
            headers: Vec::new(),
            body: body.expect("a body").to_vec(),
        }
    }

    /// Asks as a browser does: the desk's own origin, which passes it on.
    pub(crate) fn asks_its_origin(&self, operation: &str, body: &Value) -> Answer {
        let body = body.to_string();
        let headers = self.headers(&body);
        let headers = headers.each_ref().map(|(name, value)| (*name, &**value));
        let url = format!("{}/api/{operation}", self.origin);
        request("POST", &url, &headers, &body)
    }

    pub(crate) fn headers(&self, body: &str) -> [(&'static str, String); 4] {
        let bytes = digest(&SHA256, body.as_bytes());
        let hex: Vec<_> = bytes
            .as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        [
            ("content-type", "application/json".to_owned()),
            ("origin", self.origin.clone()),
            ("x-agent-token", self.access_token.clone()),
            ("x-amz-content-sha256", hex.concat()),
        ]
    }

    pub(crate) async fn screen_pop(&self, contact: &str) -> Vec<Value> {
        let answer = self
            .asks("screen-pop", &json!({ "contact_id": contact }))
            .await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.lines()
    }

    /// The status of a screen pop.
    pub(crate) async fn sees(&self, contact: &str) -> u16 {
        self.asks("screen-pop", &json!({ "contact_id": contact }))
            .await
            .status
    }
}

/// The proxy's environment.
pub(crate) fn environment(world: &World) -> Vec<(&'static str, String)> {
    let sim = world.sim();
    let fixed = [
        ("AWS_REGION", "ap-northeast-1"),
        ("AWS_ACCESS_KEY_ID", KEY),
        ("AWS_SECRET_ACCESS_KEY", SECRET),
        (
            "DESK_CONNECT_INSTANCE",
            "5ca1ab1e-0000-4000-8000-00000000c0de",
        ),
        ("DESK_PROFILES_DOMAIN", "amazon-connect-demo"),
        ("DESK_AUDIENCE", "agent-desk-api"),
        ("DESK_ORDER_NAME_KEY", "shop_order_name"),
        // Programs that were not optimised take their time over a thousand orders.
        ("DESK_TIMEOUT_MS", "30000"),
        ("DESK_LISTEN", "127.0.0.1:0"),
    ];
    let own = [
        ("DESK_ORIGINS", world.origin()),
        ("DESK_ISSUER", sim.identity_url()),
        ("AWS_ENDPOINT_URL", sim.aws_url()),
        ("DESK_CLOCK_URL", format!("{}/clock", sim.control_url())),
    ];
    let fixed = fixed.map(|(name, value)| (name, value.to_owned()));
    fixed.into_iter().chain(own).collect()
}

fn proxy(world: &World) -> Router {
    let environment = environment(world);
    let config = Config::read(|name| {
        let found = environment.iter().find(|(key, _)| *key == name);
        found.map(|(_, value)| value.clone())
    });
    let config = config.expect("a configuration");
    let clock = Clock::asked_at(config.clock.clone().expect("a clock"));
    let credentials = Credentials::builder()
        .access_key_id(KEY)
        .secret_access_key(SECRET)
        .provider_name("local")
        .build();
    let credentials = SharedCredentialsProvider::new(credentials);
    let proxy: Arc<Proxy> = Proxy::new(config, credentials, clock).expect("a proxy");
    proxy::router(proxy)
}

fn form(pairs: &[(&str, &str)]) -> String {
    let encoded = |text: &str| {
        percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
    };
    let pairs: Vec<_> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={}", encoded(value)))
        .collect();
    pairs.join("&")
}

/// One request to the simulator; HTTP/1.0, so that the body ends with the connection.
pub(crate) fn request(method: &str, url: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let rest = url.strip_prefix("http://").expect("an address");
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let mut stream = TcpStream::connect(host).expect("a listener");
    let headers: Vec<_> = headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let length = body.len();
    let head = format!("{method} /{path} HTTP/1.0\r\nHost: {host}\r\nContent-Length: {length}\r\n");
    write!(stream, "{head}{}\r\n{body}", headers.concat()).expect("room");
    let mut raw = Vec::new();
    stream.read_to_end(&mut raw).expect("an answer");
    let end = raw
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .expect("a head");
    let head = String::from_utf8_lossy(&raw[..end]).into_owned();
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok());
    let headers = head
        .lines()
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()));
    Answer {
        status: status.expect("a status"),
        headers: headers.collect(),
        body: raw[end + 4..].to_vec(),
    }
}
