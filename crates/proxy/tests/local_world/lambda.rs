//! The proxy as a Lambda function: the very program, in a local Lambda, beside the server that it is
//! otherwise.
//!
//! `DESK_BOOTSTRAP` names the program of a package instead (`cargo xtask package`).

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

use axum::body::{Bytes, to_bytes};
use rstest::rstest;
use serde_json::{Value, json};
use sim::lambda::{Function, Lambda};
use tokio::runtime::Runtime;

use crate::desk::{Answer, Desk, World, environment, request};
use crate::part;

type Headers = Vec<(&'static str, String)>;

/// A function, and the threads of its Lambda.
struct Deployed {
    lambda: Option<Lambda>,
    runtime: Runtime,
}

impl Deployed {
    fn with(environment: Vec<(&'static str, String)>, concurrency: usize) -> Self {
        let own = env!("CARGO_BIN_EXE_desk-proxy");
        let function = Function {
            bootstrap: std::env::var_os("DESK_BOOTSTRAP").map_or_else(|| own.into(), PathBuf::from),
            environment: environment
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
            concurrency,
            timeout: Duration::from_mins(1),
        };
        let runtime = Runtime::new().expect("threads");
        let lambda = runtime.block_on(Lambda::serve(function, 0));
        Self {
            lambda: Some(lambda.expect("a port")),
            runtime,
        }
    }

    fn of(world: &World) -> Self {
        Self::with(environment(world), 1)
    }

    fn lambda(&self) -> &Lambda {
        self.lambda.as_ref().expect("a Lambda")
    }

    fn url(&self) -> String {
        self.lambda().url()
    }

    fn gets(&self, path: &str) -> Answer {
        request("GET", &format!("{}{path}", self.url()), &[], "")
    }

    /// Status and body of what the function says to an event.
    fn invoked(&self, event: &[u8]) -> (u16, String) {
        let event = Bytes::copy_from_slice(event);
        self.runtime.block_on(async {
            let response = self.lambda().invoke(event).await;
            let status = response.status().as_u16();
            let body = to_bytes(response.into_body(), usize::MAX).await;
            let body = body.expect("a whole answer").to_vec();
            (status, String::from_utf8(body).expect("text"))
        })
    }
}

impl Drop for Deployed {
    fn drop(&mut self) {
        let _inside = self.runtime.enter();
        drop(self.lambda.take());
    }
}

/// The same program as a server of its own.
struct Server {
    program: Child,
    _lifeline: Option<ChildStdin>,
    address: String,
}

impl Server {
    fn of(world: &World) -> Self {
        let mut program = Command::new(env!("CARGO_BIN_EXE_desk-proxy"))
            .arg("--until-stdin-closes")
            .env_clear()
            .envs(environment(world))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program");
        let mut lines = BufReader::new(program.stdout.take().expect("standard output")).lines();
        let line = lines.next().expect("a line").expect("text");
        let said: Value = serde_json::from_str(&line).expect("a line of JSON");
        // Whoever logs must be read, or it waits.
        std::thread::spawn(move || lines.count());
        Self {
            address: format!("http://{}", said["address"].as_str().expect("an address")),
            _lifeline: program.stdin.take(),
            program,
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.program.kill().ok();
        self.program.wait().ok();
    }
}

/// Headers and lines without what belongs to one connection or to one request alone. Parts that come at
/// the same time come in any order.
fn comparable(answer: &Answer) -> (u16, Vec<(String, String)>, Vec<String>) {
    const OF_ONE: [&str; 5] = [
        "connection",
        "content-length",
        "date",
        "transfer-encoding",
        "x-request-id",
    ];
    let id = answer.header("x-request-id").unwrap_or_default();
    let mut headers: Vec<_> = answer
        .headers
        .iter()
        .filter(|(name, _)| !OF_ONE.contains(&name.as_str()))
        .cloned()
        .collect();
    headers.sort();
    let text = answer.text();
    let text = if id.is_empty() {
        text
    } else {
        text.replace(id, "ID")
    };
    let mut lines: Vec<_> = text.split_inclusive('\n').map(str::to_owned).collect();
    lines.sort();
    (answer.status, headers, lines)
}

#[test]
fn a_function_gives_the_bytes_that_the_server_gives() {
    let world = World::new(Some(1));
    let (deployed, server) = (Deployed::of(&world), Server::of(&world));
    let desk = Desk::of(&world, "hanako.sato");
    let contact = world.rings(Some("+819000000005"));
    let both = |operation: &str, body: &str, change: &dyn Fn(&mut Headers)| {
        let ask = |base: &str| {
            let mut headers = desk.headers(body).to_vec();
            change(&mut headers);
            let headers: Vec<_> = headers.iter().map(|(name, it)| (*name, &**it)).collect();
            request("POST", &format!("{base}/api/{operation}"), &headers, body)
        };
        let (function, own) = (ask(&deployed.url()), ask(&server.address));
        assert_eq!(
            comparable(&function),
            comparable(&own),
            "{operation} {body}"
        );
        function
    };
    let as_it_is = |_: &mut Headers| {};

    let asked = json!({ "contact_id": contact }).to_string();
    let popped = both("screen-pop", &asked, &as_it_is);
    assert_eq!(popped.status, 200);
    let orders = part(&popped.lines(), "orders").len();
    assert!(orders > 0, "a customer with a thousand orders");
    let found = both(
        "search",
        r#"{"by":"phone","value":"090-0000-0001"}"#,
        &as_it_is,
    );
    let profile = found.json()["results"][0]["profile"]["id"].clone();
    let opened = json!({ "profile": profile }).to_string();
    assert_eq!(both("profile", &opened, &as_it_is).status, 200);
    assert_eq!(both("health", "{}", &as_it_is).status, 200);

    assert_eq!(both("no-such-thing", "{}", &as_it_is).status, 404);
    assert_eq!(both("search", "{", &as_it_is).status, 400);
    let large = format!("{{\"by\":\"{}\"}}", "x".repeat(4_096));
    assert_eq!(both("search", &large, &as_it_is).status, 413);
    let without_token = |headers: &mut Headers| {
        headers.retain(|(name, _)| *name != "x-agent-token");
    };
    assert_eq!(both("health", "{}", &without_token).status, 401);
    let of_another_kind = |headers: &mut Headers| {
        for (name, value) in headers {
            if *name == "content-type" {
                "application/octet-stream".clone_into(value);
            }
        }
    };
    both("health", "{}", &of_another_kind);
}

#[test]
fn a_call_goes_through_the_desk_s_origin_and_the_function() {
    let world = World::new(None);
    let deployed = Deployed::of(&world);
    world.control("/api", &json!({ "url": deployed.url() }));
    let desk = Desk::of(&world, "hanako.sato");
    let contact = world.rings(Some("+819000000003"));
    for _ in 0..3 {
        let answer = desk.asks_its_origin("screen-pop", &json!({ "contact_id": contact }));
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(part(&answer.lines(), "profiles")[0]["kind"], "none");
    }
    assert_eq!(
        deployed.lambda().inits().len(),
        1,
        "one environment for all"
    );
}

#[test]
fn a_program_that_starts_asks_neither_aws_nor_the_issuer() {
    let world = World::new(None);
    let nobody = TcpListener::bind("127.0.0.1:0").expect("a port");
    nobody.set_nonblocking(true).expect("no waiting");
    let silent = format!("http://{}", nobody.local_addr().expect("an address"));
    let mut environment = environment(&world);
    for (name, value) in &mut environment {
        if matches!(*name, "DESK_ISSUER" | "AWS_ENDPOINT_URL") {
            value.clone_from(&silent);
        }
    }
    let deployed = Deployed::with(environment, 1);
    assert_eq!(deployed.gets("/healthz").text(), "alive\n");
    let knocked = nobody.accept().map(|_| ()).map_err(|error| error.kind());
    assert_eq!(knocked, Err(std::io::ErrorKind::WouldBlock));
}

#[rstest]
#[case::no_json(b"{".as_slice())]
#[case::no_object(b"[]".as_slice())]
#[case::of_another_service(br#"{"Records":[{"eventSource":"aws:s3"}]}"#.as_slice())]
#[case::without_a_request(br#"{"version":"2.0","rawPath":"/healthz"}"#.as_slice())]
fn an_event_that_is_no_request_is_refused_and_the_next_one_served(#[case] event: &[u8]) {
    let world = World::new(None);
    let deployed = Deployed::of(&world);
    assert_eq!(deployed.invoked(event).0, 502);
    assert_eq!(deployed.gets("/healthz").status, 200);
    assert_eq!(
        deployed.lambda().inits().len(),
        1,
        "in the same environment"
    );
}

#[test]
fn a_body_that_is_not_what_it_says_is_refused_and_the_next_one_served() {
    let world = World::new(None);
    let deployed = Deployed::of(&world);
    let event = json!({
        "version": "2.0", "routeKey": "$default", "rawPath": "/api/health", "rawQueryString": "",
        "headers": { "content-type": "application/json" },
        "requestContext": {
            "accountId": "123456789012", "stage": "$default", "routeKey": "$default",
            "http": { "method": "POST", "path": "/api/health", "protocol": "HTTP/1.1",
                      "sourceIp": "127.0.0.1", "userAgent": "" },
        },
        "body": "this is no base64 !", "isBase64Encoded": true,
    });
    let (status, _) = deployed.invoked(event.to_string().as_bytes());
    assert!((400..600).contains(&status), "{status}");
    assert_eq!(deployed.gets("/healthz").status, 200);
}

#[test]
fn a_request_that_no_invocation_holds_does_not_reach_the_function() {
    let world = World::new(None);
    let deployed = Deployed::of(&world);
    let body = "x".repeat(6_291_457);
    let answer = request(
        "POST",
        &format!("{}/api/search", deployed.url()),
        &[],
        &body,
    );
    assert_eq!(answer.status, 413);
    // In base64 it weighs a third more.
    let body = "x".repeat(5_000_000);
    let answer = request(
        "POST",
        &format!("{}/api/search", deployed.url()),
        &[],
        &body,
    );
    assert_eq!(answer.status, 413);
    assert!(deployed.lambda().inits().is_empty());
}

#[test]
fn a_function_without_its_configuration_answers_nobody() {
    let deployed = Deployed::with(Vec::new(), 1);
    for _ in 0..2 {
        let answer = deployed.gets("/healthz");
        assert_eq!(
            (answer.status, &*answer.text()),
            (502, "Internal Server Error")
        );
    }
}

#[test]
fn beyond_the_reserved_concurrency_nobody_waits() {
    let world = World::new(None);
    let deployed = Deployed::with(environment(&world), 0);
    let answer = deployed.gets("/healthz");
    assert_eq!(answer.status, 429);
    assert_eq!(
        answer.header("x-amzn-errortype"),
        Some("TooManyRequestsException")
    );
}
