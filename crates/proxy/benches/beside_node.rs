//! The proxy beside a Node service that does the same (`bench/proxy`), both before one canned AWS.
//!
//! In turns, each time in a process of its own, with nothing kept from before and every request about
//! a new contact. Writes the samples of every turn to standard output as JSON; `cargo xtask bench
//! proxy` makes a table of them and holds them against the limits. In each turn the same calls of AWS
//! are also made straight, unsigned and by nobody in between: what a request takes beyond that is what
//! a service adds.

use std::convert::Infallible;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::net::{Ipv4Addr, TcpListener as Port};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use aws_lc_rs::digest;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::{Value, json};
use tokio::time::Instant;

type Fallible<T> = Result<T, Box<dyn Error + Send + Sync>>;

const TURNS: usize = 5;
const WARM_UP: u64 = 300;
const REQUESTS: u64 = 2_000;
const AT_ONCE: usize = 16;
const PACED: u32 = 1_000;
const PACE: Duration = Duration::from_millis(10);
const INSTANCE: &str = "11111111-2222-3333-4444-555555555555";
const AGENT: &str = "00000000-0000-4000-8000-0000000000aa";
const ORIGIN: &str = "https://desk.example.com";

fn main() -> Fallible<()> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(measure())
}

async fn measure() -> Fallible<()> {
    let key = RsaKeyPair::generate(KeySize::Rsa2048)?;
    let aws = upstream(canned(&key)?).await?;
    let token = token(&key, &aws)?;
    let services = [
        ("proxy", env!("CARGO_BIN_EXE_desk-proxy").to_owned(), None),
        (
            "node",
            "node".to_owned(),
            Some(root().join("bench/proxy/service.mjs")),
        ),
    ];
    let mut turns = Vec::new();
    for turn in 0..TURNS {
        let mut order: Vec<_> = services.iter().collect();
        if turn % 2 == 1 {
            order.reverse();
        }
        let direct = sample_direct(&aws).await?;
        eprintln!("turn {turn}, direct: {direct}");
        turns.push(json!({"service": "direct", "turn": turn, "sample": direct}));
        for (name, program, script) in order {
            let sample = sample(program, script.as_deref(), &aws, &token).await?;
            eprintln!("turn {turn}, {name}: {sample}");
            turns.push(json!({"service": name, "turn": turn, "sample": sample}));
        }
    }
    writeln!(std::io::stdout(), "{}", json!({"turns": turns}))?;
    Ok(())
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The answers of AWS and of the issuer: the project's samples, as they would come over the wire.
struct Canned {
    keys: Bytes,
    search: Bytes,
    orders: Bytes,
    contacts: Bytes,
    calculated: Bytes,
}

fn canned(key: &RsaKeyPair) -> Fallible<Canned> {
    let file = |name: &str| -> Fallible<Bytes> {
        let mut value: Value =
            serde_json::from_slice(&fs::read(root().join("tests/data/aws").join(name))?)?;
        if let Some(members) = value.as_object_mut() {
            members.retain(|name, _| !name.starts_with('_'));
        }
        Ok(value.to_string().into())
    };
    let public = key.public_key();
    let keys = json!({"keys": [{
        "kty": "RSA", "use": "sig", "alg": "RS256", "kid": "bench",
        "n": BASE64.encode(public.modulus().big_endian_without_leading_zero()),
        "e": BASE64.encode(public.exponent().big_endian_without_leading_zero()),
    }]});
    Ok(Canned {
        keys: keys.to_string().into(),
        search: file("cp_search_profiles_one.json")?,
        orders: file("cp_list_profile_objects_order.json")?,
        contacts: file("cp_list_profile_objects_ctr.json")?,
        calculated: file("cp_calculated_attributes.json")?,
    })
}

/// Starts AWS and the issuer at one address, and says which.
async fn upstream(canned: Canned) -> Fallible<String> {
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = format!("http://{}", listener.local_addr()?);
    let canned = Arc::new(canned);
    let issuer: Arc<str> = address.as_str().into();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            stream.set_nodelay(true).ok();
            let (canned, issuer) = (canned.clone(), issuer.clone());
            let service =
                service_fn(move |request| answer(request, canned.clone(), issuer.clone()));
            tokio::spawn(async move {
                hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service)
                    .await
                    .ok();
            });
        }
    });
    Ok(address)
}

async fn answer(
    request: Request<Incoming>,
    canned: Arc<Canned>,
    issuer: Arc<str>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let body = body
        .collect()
        .await
        .map(http_body_util::Collected::to_bytes)
        .unwrap_or_default();
    let path = head.uri.path();
    let reply = if path == "/keys" {
        canned.keys.clone()
    } else if path.starts_with("/.well-known/") {
        json!({"issuer": &*issuer, "jwks_uri": format!("{issuer}/keys")})
            .to_string()
            .into()
    } else if let Some(contact) = path.strip_prefix(&format!("/contacts/{INSTANCE}/")) {
        json!({"Contact": {
            "Id": contact, "Channel": "VOICE", "InitiationMethod": "INBOUND",
            "AgentInfo": {"Id": AGENT, "ConnectedToAgentTimestamp": 1_793_678_740.0},
            "CustomerEndpoint": {"Type": "TELEPHONE_NUMBER", "Address": "+819000000001"},
            "Attributes": {"user_type": "visitor"},
        }})
        .to_string()
        .into()
    } else if path.ends_with("/profiles/search") {
        canned.search.clone()
    } else if path.ends_with("/calculated-attributes") {
        canned.calculated.clone()
    } else {
        let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
        match asked.get("ObjectTypeName").and_then(Value::as_str) {
            Some("_order") => canned.orders.clone(),
            Some("CTR") => canned.contacts.clone(),
            _ => Bytes::from_static(b"{\"Items\":[]}"),
        }
    };
    let mut response = Response::new(Full::new(reply));
    response.headers_mut().insert(
        http::header::CONTENT_TYPE,
        http::HeaderValue::from_static("application/json"),
    );
    Ok(response)
}

fn token(key: &RsaKeyPair, issuer: &str) -> Fallible<String> {
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)?
        .as_secs();
    let header = json!({"alg": "RS256", "typ": "JWT", "kid": "bench"});
    let claims =
        json!({"iss": issuer, "aud": "desk", "sub": AGENT, "exp": now + 7_200, "iat": now});
    let text = format!(
        "{}.{}",
        BASE64.encode(header.to_string()),
        BASE64.encode(claims.to_string())
    );
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(
        &RSA_PKCS1_SHA256,
        &SystemRandom::new(),
        text.as_bytes(),
        &mut signature,
    )?;
    Ok(format!("{text}.{}", BASE64.encode(signature)))
}

/// A service in a process of its own; ended when dropped.
struct Service {
    child: Child,
    address: String,
}

impl Drop for Service {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn start(program: &str, script: Option<&Path>, aws: &str) -> Fallible<Service> {
    let listen = Port::bind((Ipv4Addr::LOCALHOST, 0))?
        .local_addr()?
        .to_string();
    let child = Command::new(program)
        .args(script)
        .env("NODE_ENV", "production")
        .env("AWS_REGION", "ap-northeast-1")
        .env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
        .env(
            "AWS_SECRET_ACCESS_KEY",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        )
        .env("AWS_ENDPOINT_URL", aws)
        .env("DESK_CONNECT_INSTANCE", INSTANCE)
        .env("DESK_PROFILES_DOMAIN", "amazon-connect-demo")
        .env("DESK_ORIGINS", ORIGIN)
        .env("DESK_ISSUER", aws)
        .env("DESK_AUDIENCE", "desk")
        .env("DESK_USER_CLAIM", "sub")
        .env("DESK_USER_BY", "id")
        .env("DESK_REQUESTS_PER_MINUTE", "100000")
        .env("DESK_LISTEN", &listen)
        .stdout(Stdio::null())
        .stderr(Stdio::inherit())
        .spawn()?;
    Ok(Service {
        child,
        address: format!("http://{listen}/api/screen-pop"),
    })
}

/// Who asks for screen pops, each for a contact that nobody has asked for before.
struct Desk {
    client: Client<HttpConnector, Full<Bytes>>,
    address: String,
    token: String,
    next: AtomicU64,
}

impl Desk {
    async fn pop(&self) -> Fallible<()> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let body =
            json!({"contact_id": format!("cccccccc-0000-4000-8000-{number:012}")}).to_string();
        let sha256 = digest::digest(&digest::SHA256, body.as_bytes());
        let mut digest = String::new();
        for byte in sha256.as_ref() {
            write!(digest, "{byte:02x}")?;
        }
        let request = Request::post(&self.address)
            .header("content-type", "application/json")
            .header("origin", ORIGIN)
            .header("x-agent-token", &self.token)
            .header("x-amz-content-sha256", digest)
            .body(Full::new(Bytes::from(body)))?;
        let response = self.client.request(request).await?;
        let status = response.status();
        let body = response.into_body().collect().await?.to_bytes();
        // A service that answers less than the whole is not faster.
        let is_whole = status.is_success()
            && body.ends_with(b"{\"part\":\"end\"}\n")
            && !body.windows(9).any(|window| window == b"\"problem\"");
        if is_whole {
            Ok(())
        } else {
            Err(format!("{status}: {}", String::from_utf8_lossy(&body)).into())
        }
    }

    async fn pops(&self, count: u64) -> Fallible<()> {
        let mut left = count;
        let mut running = FuturesUnordered::new();
        loop {
            while left > 0 && running.len() < AT_ONCE {
                running.push(self.pop());
                left -= 1;
            }
            match running.next().await {
                Some(result) => result?,
                None => return Ok(()),
            }
        }
    }
}

/// Who asks AWS for the same as the services do, and nothing else.
struct Direct {
    client: Client<HttpConnector, Full<Bytes>>,
    aws: String,
    next: AtomicU64,
}

impl Direct {
    async fn call(&self, path: &str, body: &'static str) -> Fallible<()> {
        let request = Request::post(format!("{}{path}", self.aws)).body(Full::from(body))?;
        let response = self.client.request(request).await?;
        response.into_body().collect().await?;
        Ok(())
    }

    async fn pop(&self) -> Fallible<()> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        self.call(&format!("/contacts/{INSTANCE}/{number}"), "")
            .await?;
        self.call("/domains/demo/profiles/search", "{}").await?;
        let objects = "/domains/demo/profiles/objects";
        tokio::try_join!(
            self.call(objects, r#"{"ObjectTypeName":"_order"}"#),
            self.call(objects, r#"{"ObjectTypeName":"Shopify-Order"}"#),
            self.call(objects, r#"{"ObjectTypeName":"Shopify-DraftOrder"}"#),
            self.call(objects, r#"{"ObjectTypeName":"CTR"}"#),
            self.call("/domains/demo/profiles/1/calculated-attributes", "{}"),
        )?;
        Ok(())
    }
}

async fn sample_direct(aws: &str) -> Fallible<Value> {
    let direct = Direct {
        client: Client::builder(TokioExecutor::new()).build_http(),
        aws: aws.to_owned(),
        next: AtomicU64::new(0),
    };
    for _ in 0..WARM_UP {
        direct.pop().await?;
    }
    let took = paced(|| direct.pop()).await?;
    Ok(json!({"p50_ms": quantile(&took, 50), "p99_ms": quantile(&took, 99)}))
}

/// Milliseconds that each of [`PACED`] requests took from the moment at which it was due, in order.
async fn paced<F>(ask: impl Fn() -> F) -> Fallible<Vec<f64>>
where
    F: Future<Output = Fallible<()>>,
{
    // A thread of its own, for tokio's timers are due to the millisecond only.
    let (send, mut due) = tokio::sync::mpsc::unbounded_channel();
    let pace = std::thread::spawn(move || {
        let began = Instant::now();
        for number in 0..PACED {
            let at = began + PACE * number;
            std::thread::sleep(at.saturating_duration_since(Instant::now()));
            if send.send(at).is_err() {
                return;
            }
        }
    });
    let mut running = FuturesUnordered::new();
    let mut took = Vec::new();
    loop {
        tokio::select! {
            Some(at) = due.recv() => {
                let asked = ask();
                running.push(async move { asked.await.map(|()| at.elapsed()) });
            }
            Some(result) = running.next() => took.push(result?.as_secs_f64() * 1_000.0),
            else => break,
        }
    }
    pace.join().map_err(|_| "the thread that keeps the pace")?;
    took.sort_by(f64::total_cmp);
    Ok(took)
}

fn quantile(sorted: &[f64], part: usize) -> Option<f64> {
    sorted.get(sorted.len() * part / 100).copied()
}

async fn sample(program: &str, script: Option<&Path>, aws: &str, token: &str) -> Fallible<Value> {
    let service = start(program, script, aws)?;
    let desk = Desk {
        client: Client::builder(TokioExecutor::new()).build_http(),
        address: service.address.clone(),
        token: token.to_owned(),
        next: AtomicU64::new(0),
    };
    let patience = Instant::now() + Duration::from_secs(30);
    while let Err(error) = desk.pop().await {
        if Instant::now() > patience {
            return Err(error);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    desk.pops(WARM_UP).await?;
    let before = cpu_seconds(service.child.id())?;
    desk.pops(REQUESTS).await?;
    let used = cpu_seconds(service.child.id())? - before;
    let took = paced(|| desk.pop()).await?;
    #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
    let per_cpu_second = REQUESTS as f64 / used;
    Ok(json!({
        "requests_per_cpu_second": per_cpu_second,
        "p50_ms": quantile(&took, 50),
        "p99_ms": quantile(&took, 99),
        "peak_memory_mb": peak_memory_mb(service.child.id())?,
    }))
}

/// User and system time of a process with all its threads (proc(5), `stat`, in ticks of 10 ms).
fn cpu_seconds(process: u32) -> Fallible<f64> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
    let after_name = stat.rsplit_once(") ").ok_or("no such process")?.1;
    let ticks: f64 = after_name
        .split(' ')
        .skip(11)
        .take(2)
        .map(str::parse::<f64>)
        .sum::<Result<f64, _>>()?;
    Ok(ticks / 100.0)
}

/// The most memory that a process has held (proc(5), `status`, `VmHWM`).
fn peak_memory_mb(process: u32) -> Fallible<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .ok_or("no peak")?;
    let kib: f64 = line.split_whitespace().nth(1).ok_or("no peak")?.parse()?;
    Ok(kib * 1_024.0 / 1e6)
}
