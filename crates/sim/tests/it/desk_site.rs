//! The desk's own origin: files, configuration, headers.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Method, Uri};
use axum::response::IntoResponse;
use futures_util::{StreamExt, stream};
use rstest::rstest;
use serde_json::{Value, json};
use sim::{DeskHost, DeskSite, Options, Sim, StartError};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use crate::browser::{Answer, control, get, request};
use crate::caller::digest;

const CONFIG: &str = r#"{ "ccp": { "url": "{ccp}", "region": "ap-northeast-1" }, "api": null }"#;

const INSTANCE: &str = r#"{ "ccp": { "url": "https://shop.my.connect.aws/ccp-v2/" } }"#;

struct Site {
    sim: Sim,
    url: String,
    _files: Files,
}

struct Files(tempfile::TempDir);

impl Files {
    fn site(&self) -> DeskSite {
        let config = self.0.path().join("config.json");
        DeskSite {
            port: 0,
            dist: self.0.path().join("dist"),
            config: config.is_file().then_some(config),
            api: None,
        }
    }
}

fn files(config: Option<&str>) -> Files {
    let files = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| std::fs::write(files.path().join(name), text).unwrap();
    std::fs::create_dir(files.path().join("dist")).unwrap();
    write("dist/index.html", "<!doctype html><title>Desk</title>");
    write("dist/boot.js", "// boot");
    write("dist/desk-5d2d1fbc3bd2a7a9.js", &"export {};\n".repeat(500));
    write("dist/desk-7d2d1fbc3bd2a7a9.wasm", "\0asm");
    write("secret.txt", "not for the site");
    if let Some(text) = config {
        write("config.json", text);
    }
    Files(files)
}

async fn site(config: Option<&str>) -> Site {
    let files = files(config);
    let sim = Sim::serve(Options {
        desk: Some(files.site()),
        ..Options::default()
    })
    .await
    .expect("a simulator");
    let url = sim.desk_url().expect("a desk");
    Site {
        sim,
        url,
        _files: files,
    }
}

#[rstest]
#[case("", "text/html", "no-cache")]
#[case("boot.js", "text/javascript", "no-cache")]
#[case(
    "desk-5d2d1fbc3bd2a7a9.js",
    "text/javascript",
    "public, max-age=31536000, immutable"
)]
#[case(
    "desk-7d2d1fbc3bd2a7a9.wasm",
    "application/wasm",
    "public, max-age=31536000, immutable"
)]
#[case("config.json", "application/json", "no-store")]
#[tokio::test]
async fn files_have_their_types_and_are_cached_by_their_names(
    #[case] path: &str,
    #[case] kind: &str,
    #[case] caching: &str,
) {
    let site = site(Some(CONFIG)).await;
    let answer = get(&format!("{}{path}", site.url)).await;
    assert_eq!(answer.status, 200);
    assert!(answer.header("content-type").unwrap().starts_with(kind));
    assert_eq!(answer.header("cache-control"), Some(caching));
    site.sim.stop().await;
}

#[rstest]
#[case::a_page("")]
#[case::nothing("no/such/file")]
#[tokio::test]
async fn production_headers_are_on_everything(#[case] path: &str) {
    let site = site(Some(CONFIG)).await;
    let answer = get(&format!("{}{path}", site.url)).await;
    let ccp = site.sim.ccp_url();
    let ccp = ccp.strip_suffix("/ccp-v2/").unwrap();
    let policy = answer.header("content-security-policy").unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("'wasm-unsafe-eval'"));
    assert!(policy.contains(&format!("frame-src {ccp};")));
    assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"));
    let features = answer.header("permissions-policy").unwrap();
    assert!(features.contains(&format!("microphone=(self \"{ccp}\")")));
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin-allow-popups"),
    ] {
        assert_eq!(answer.header(name), Some(value));
    }
    assert!(answer.header("strict-transport-security").is_some());
    site.sim.stop().await;
}

#[tokio::test]
async fn the_ccp_that_the_configuration_names_is_the_one_that_may_be_framed() {
    let site = site(Some(INSTANCE)).await;
    assert_frames_the_instance(&get(&site.url).await);
    site.sim.stop().await;
}

#[rstest]
#[case::broken("{\"ccp\":")]
#[case::without_a_url(r#"{ "ccp": {} }"#)]
#[case::in_the_clear(r#"{ "ccp": { "url": "http://shop.example/ccp-v2/" } }"#)]
#[tokio::test]
async fn a_wrong_configuration_frames_the_own_ccp_and_is_served_as_it_is(#[case] config: &str) {
    let site = site(Some(config)).await;
    let answer = get(&format!("{}config.json", site.url)).await;
    assert_eq!(answer.text(), config);
    let ccp = site.sim.ccp_url();
    let frames = format!("frame-src {};", ccp.strip_suffix("/ccp-v2/").unwrap());
    let policy = answer.header("content-security-policy").unwrap();
    assert!(policy.contains(&frames), "{policy}");
    site.sim.stop().await;
}

#[tokio::test]
async fn alone_the_desk_is_served_for_the_ccp_that_its_configuration_names() {
    let files = files(Some(INSTANCE));
    let host = DeskHost::serve(files.site()).await.expect("a host");
    let answer = get(&format!("{}config.json", host.url())).await;
    assert_eq!(answer.text(), INSTANCE);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_frames_the_instance(&get(&host.url()).await);
    host.stop().await;
}

#[rstest]
#[case::none(None)]
#[case::broken(Some("{\"ccp\":"))]
#[case::a_simulators(Some(CONFIG))]
#[tokio::test]
async fn alone_the_desk_is_not_served_without_a_ccp(#[case] config: Option<&str>) {
    let refused = DeskHost::serve(files(config).site()).await;
    assert!(matches!(refused, Err(StartError::Ccp(_))));
}

fn assert_frames_the_instance(answer: &Answer) {
    let policy = answer.header("content-security-policy").unwrap();
    let frames = "frame-src https://shop.my.connect.aws;";
    assert!(policy.contains(frames), "{policy}");
    let features = answer.header("permissions-policy").unwrap();
    let microphone = "microphone=(self \"https://shop.my.connect.aws\")";
    assert!(features.contains(microphone), "{features}");
}

#[tokio::test]
async fn a_rebound_name_reads_nothing() {
    let site = site(Some(INSTANCE)).await;
    assert_misdirected(&site.url).await;
    site.sim.stop().await;
}

#[tokio::test]
async fn alone_the_desk_is_not_read_by_a_rebound_name_either() {
    let host = DeskHost::serve(files(Some(INSTANCE)).site()).await;
    let host = host.expect("a host");
    assert_misdirected(&host.url()).await;
    host.stop().await;
}

async fn assert_misdirected(url: &str) {
    let foreign = [("Host", "evil.example:80")];
    let answer = request("GET", &format!("{url}config.json"), &foreign, b"").await;
    assert_eq!(answer.status, 421);
    assert!(!answer.text().contains("my.connect.aws"));
}

#[rstest]
#[case::unknown("nothing.js")]
#[case::hashed("desk-0000000000000000.js")]
#[case::outside("../secret.txt")]
#[case::encoded("%2e%2e/secret.txt")]
#[tokio::test]
async fn what_is_not_in_dist_is_not_found(#[case] path: &str) {
    let site = site(Some(CONFIG)).await;
    let answer = get(&format!("{}{path}", site.url)).await;
    assert_eq!(answer.status, 404);
    // A browser that kept this would miss the file when it comes.
    assert_eq!(answer.header("cache-control"), None);
    assert!(!answer.text().contains("not for the site"));
    site.sim.stop().await;
}

#[tokio::test]
async fn files_are_compressed_when_the_browser_can() {
    let site = site(None).await;
    let url = format!("{}desk-5d2d1fbc3bd2a7a9.js", site.url);
    let answer = request("GET", &url, &[("Accept-Encoding", "br, gzip")], b"").await;
    assert_eq!(answer.header("content-encoding"), Some("br"));
    site.sim.stop().await;
}

#[tokio::test]
async fn what_lies_compressed_beside_itself_is_served_as_it_lies() {
    let files = files(None);
    std::fs::write(files.0.path().join("dist/boot.js.br"), "as it lies").unwrap();
    let sim = Sim::serve(Options {
        desk: Some(files.site()),
        ..Options::default()
    })
    .await
    .expect("a simulator");
    let url = format!("{}boot.js", sim.desk_url().expect("a desk"));
    let answer = request("GET", &url, &[("Accept-Encoding", "br, gzip")], b"").await;
    assert_eq!(answer.header("content-encoding"), Some("br"));
    assert_eq!(answer.header("cache-control"), Some("no-cache"));
    assert!(
        answer
            .header("content-type")
            .unwrap()
            .starts_with("text/javascript")
    );
    assert_eq!(answer.text(), "as it lies");
    assert_eq!(get(&url).await.text(), "// boot");
    sim.stop().await;
}

#[tokio::test]
async fn the_configuration_names_this_simulators_ccp() {
    let site = site(Some(CONFIG)).await;
    let config = get(&format!("{}config.json", site.url)).await.json();
    assert_eq!(config["ccp"]["url"], site.sim.ccp_url());
    assert_eq!(config["ccp"]["region"], "ap-northeast-1");
    site.sim.stop().await;
}

#[tokio::test]
async fn the_configuration_can_be_missing_broken_and_restored() {
    let site = site(Some(CONFIG)).await;
    let url = format!("{}config.json", site.url);
    control(&site.sim, "/config", json!({ "status": 404 })).await;
    assert_eq!(get(&url).await.status, 404);
    control(&site.sim, "/config", json!({ "body": "{\"ccp\":" })).await;
    assert_eq!(get(&url).await.text(), "{\"ccp\":");
    control(
        &site.sim,
        "/config",
        json!({ "body": { "ccp": { "url": "{ccp}" } } }),
    )
    .await;
    assert_eq!(get(&url).await.json()["ccp"]["url"], site.sim.ccp_url());
    control(&site.sim, "/config", json!({})).await;
    assert_eq!(get(&url).await.json()["api"], json!(null));
    site.sim.stop().await;
}

#[tokio::test]
async fn without_a_configuration_there_is_none() {
    let site = site(None).await;
    assert_eq!(get(&format!("{}config.json", site.url)).await.status, 404);
    site.sim.stop().await;
}

#[tokio::test]
async fn the_desk_may_frame_the_ccp_and_nobody_else() {
    let site = site(None).await;
    let page = get(&site.sim.ccp_url()).await;
    let policy = page.header("content-security-policy").unwrap();
    let desk = site.url.strip_suffix('/').unwrap();
    let ancestors = policy.split("frame-ancestors ").nth(1).unwrap();
    assert!(ancestors.split(' ').any(|origin| origin == desk));
    assert!(!ancestors.contains('*'));
    site.sim.stop().await;
}

const CUSTOMERS: &str = r#"{
    "ccp": { "url": "{ccp}" },
    "auth": { "issuer": "{identity}" },
    "settings": { "customer": { "silentFrame": true } }
}"#;

fn directive<'a>(answer: &'a Answer, name: &str) -> Vec<&'a str> {
    let policy = answer.header("content-security-policy").expect("a policy");
    let mut directives = policy.split(';').map(str::trim);
    let found = directives.find_map(|directive| directive.strip_prefix(name));
    found.expect("a directive").split_whitespace().collect()
}

#[rstest]
#[case::asked_and_framed(CUSTOMERS, true, true)]
#[case::asked(
    r#"{ "ccp": { "url": "{ccp}" }, "auth": { "issuer": "{identity}" } }"#,
    true,
    false
)]
#[case::neither(r#"{ "ccp": { "url": "{ccp}" }, "auth": null }"#, false, false)]
#[tokio::test]
async fn the_page_may_reach_the_identity_provider_as_far_as_it_is_configured(
    #[case] config: &str,
    #[case] asks: bool,
    #[case] frames: bool,
) {
    let site = site(Some(config)).await;
    let page = get(&site.url).await;
    let issuer = site.sim.identity_url();
    assert_eq!(directive(&page, "connect-src").contains(&&*issuer), asks);
    assert_eq!(directive(&page, "frame-src").contains(&&*issuer), frames);
    site.sim.stop().await;
}

#[rstest]
#[case::asked_and_framed(CUSTOMERS, "'self'")]
#[case::asked(
    r#"{ "ccp": { "url": "{ccp}" }, "auth": { "issuer": "{identity}" } }"#,
    "'none'"
)]
#[tokio::test]
async fn the_sign_in_page_knows_its_opener_and_is_framed_where_the_provider_is(
    #[case] config: &str,
    #[case] framed_by: &str,
) {
    let site = site(Some(config)).await;
    let page = get(&format!("{}signin.html", site.url)).await;
    assert_eq!(
        page.header("cross-origin-opener-policy"),
        Some("unsafe-none")
    );
    assert_eq!(directive(&page, "frame-ancestors"), [framed_by]);
    let desk = get(&site.url).await;
    assert_eq!(directive(&desk, "frame-ancestors"), ["'none'"]);
    let frames_itself = directive(&desk, "frame-src").contains(&"'self'");
    assert_eq!(frames_itself, framed_by == "'self'");
    site.sim.stop().await;
}

#[tokio::test]
async fn a_foreign_issuer_is_reached_at_its_origin_alone() {
    let config =
        r#"{ "ccp": { "url": "{ccp}" }, "auth": { "issuer": "https://id.example.com/tenant" } }"#;
    let site = site(Some(config)).await;
    let page = get(&site.url).await;
    assert!(directive(&page, "connect-src").contains(&"https://id.example.com"));
    let served = get(&format!("{}config.json", site.url)).await.json();
    assert_eq!(served["auth"]["issuer"], "https://id.example.com/tenant");
    site.sim.stop().await;
}

#[tokio::test]
async fn the_configuration_names_this_simulators_identity_provider() {
    let site = site(Some(CUSTOMERS)).await;
    let config = get(&format!("{}config.json", site.url)).await.json();
    assert_eq!(config["auth"]["issuer"], site.sim.identity_url());
    assert_eq!(config["ccp"]["url"], site.sim.ccp_url());
    site.sim.stop().await;
}

/// A proxy that tells what has reached it.
async fn echo() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().unwrap());
    let echo = |method: Method, uri: Uri, headers: HeaderMap, body: Bytes| async move {
        let headers: BTreeMap<_, _> = headers
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect();
        let seen = json!({
            "method": method.as_str(),
            "uri": uri.to_string(),
            "headers": headers,
            "body": String::from_utf8_lossy(&body),
        });
        let own = [
            ("connection", "x-hop"),
            ("x-hop", "1"),
            ("x-request-id", "0123"),
            ("cache-control", "no-store"),
        ];
        (own, seen.to_string()).into_response()
    };
    tokio::spawn(axum::serve(listener, Router::new().fallback(echo)).into_future());
    url
}

async fn site_with_proxy(api: &str) -> Site {
    let site = site(Some(CONFIG)).await;
    let chosen = control(&site.sim, "/api", json!({ "url": api })).await;
    assert_eq!(chosen.status, 200, "{}", chosen.text());
    site
}

#[tokio::test]
async fn a_request_reaches_the_proxy_without_what_concerns_the_viewer_alone() {
    let site = site_with_proxy(&echo().await).await;
    let body = r#"{"contact_id":"c1"}"#;
    let headers = [
        ("Content-Type", "application/json"),
        ("Origin", "http://127.0.0.1:9400"),
        ("X-Agent-Token", "a.b.c"),
        ("x-amz-content-sha256", &digest(body)),
        ("Authorization", "Bearer of-the-viewer"),
        ("Cookie", "ccp=1"),
        ("Connection", "x-mine, keep-alive"),
        ("X-Mine", "1"),
    ];
    let url = format!("{}api/screen-pop?a=%20b", site.url);
    let answer = request("POST", &url, &headers, body.as_bytes()).await;
    assert_eq!(answer.status, 200);
    let seen = answer.json();
    assert_eq!(seen["method"], "POST");
    assert_eq!(seen["uri"], "/api/screen-pop?a=%20b");
    assert_eq!(seen["body"], body);
    let Value::Object(arrived) = &seen["headers"] else {
        panic!("{seen}");
    };
    let names: Vec<_> = arrived.keys().map(String::as_str).collect();
    let expected = [
        "content-length",
        "content-type",
        "host",
        "origin",
        "x-agent-token",
        "x-amz-content-sha256",
    ];
    assert_eq!(names, expected);
    assert_eq!(arrived["x-agent-token"], "a.b.c");
    assert!(!site.url.contains(arrived["host"].as_str().unwrap()));
    // And of the answer comes what the proxy says, with the headers of production around it.
    assert_eq!(answer.header("x-request-id"), Some("0123"));
    assert_eq!(answer.header("x-hop"), None);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert!(answer.header("content-security-policy").is_some());
    site.sim.stop().await;
}

#[rstest]
#[case::missing(&[])]
#[case::of_another_body(&["e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"])]
#[case::unsigned(&["UNSIGNED-PAYLOAD"])]
#[case::in_capitals(&["44136FA355B3678A1146AD16F7E8649E94FB4FC21FE77E8310C060F61CAAFF8A"])]
#[case::twice(&[
    "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
    "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
])]
#[tokio::test]
async fn a_body_without_its_digest_is_refused_as_lambda_does(#[case] digests: &[&str]) {
    let site = site_with_proxy(&echo().await).await;
    let headers: Vec<_> = digests
        .iter()
        .map(|digest| ("x-amz-content-sha256", *digest))
        .collect();
    let url = format!("{}api/health", site.url);
    let answer = request("POST", &url, &headers, b"{}").await;
    assert_eq!(answer.status, 403);
    let code = answer.header("x-amzn-errortype");
    assert_eq!(code, Some("InvalidSignatureException"));
    let message = answer.json()["message"].as_str().unwrap().to_owned();
    assert!(message.starts_with("The request signature we calculated"));
    site.sim.stop().await;
}

#[rstest]
#[case::its_own(
    "POST",
    "{}",
    Some("44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a")
)]
#[case::nothing_to_sign("POST", "", None)]
#[case::a_reading("GET", "", None)]
#[tokio::test]
async fn a_body_with_its_digest_or_none_at_all_is_passed_on(
    #[case] method: &str,
    #[case] body: &str,
    #[case] digest: Option<&str>,
) {
    let site = site_with_proxy(&echo().await).await;
    let headers: Vec<_> = digest
        .map(|it| ("x-amz-content-sha256", it))
        .into_iter()
        .collect();
    let url = format!("{}api/health", site.url);
    let answer = request(method, &url, &headers, body.as_bytes()).await;
    assert_eq!(answer.status, 200);
    site.sim.stop().await;
}

#[tokio::test]
async fn lines_come_one_by_one_and_nobody_listening_ends_the_work() {
    let (line, lines) = mpsc::channel::<&str>(1);
    let proxy = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let api = format!("http://{}", proxy.local_addr().unwrap());
    let lines = Arc::new(Mutex::new(Some(lines)));
    let answer = move || {
        let lines = lines.lock().unwrap().take().expect("one request");
        let lines = stream::unfold(lines, |mut lines| async {
            Some((lines.recv().await?, lines))
        });
        async { Body::from_stream(lines.map(Ok::<_, std::convert::Infallible>)) }
    };
    let router = Router::new().fallback(answer);
    tokio::spawn(axum::serve(proxy, router).into_future());
    let site = site_with_proxy(&api).await;

    let host = site
        .url
        .strip_prefix("http://")
        .unwrap()
        .trim_end_matches('/');
    let mut stream = TcpStream::connect(host).await.expect("a listener");
    let head = format!(
        "GET /api/screen-pop HTTP/1.1\r\nHost: {host}\r\nAccept-Encoding: br, gzip\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut reader = BufReader::new(stream);
    for said in ["{\"part\":\"contact\"}\n", "{\"part\":\"end\"}\n"] {
        line.send(said).await.expect("a reader");
        // The next is not sent before this one has come.
        let mut text = String::new();
        while text != said {
            text.clear();
            assert_ne!(reader.read_line(&mut text).await.unwrap(), 0);
        }
    }
    assert!(!line.is_closed());
    drop(reader);
    line.closed().await;
    site.sim.stop().await;
}

#[tokio::test]
async fn a_dead_proxy_is_said_at_once() {
    let gone = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let api = format!("http://{}", gone.local_addr().unwrap());
    drop(gone);
    let site = site_with_proxy(&api).await;
    let answer = get(&format!("{}api/health", site.url)).await;
    assert_eq!(answer.status, 502);
    assert_eq!(answer.header("content-type"), Some("text/html"));
    // Neither CloudFront nor its policies say how long an error is kept, and none keeps this one.
    assert_eq!(answer.header("cache-control"), None);
    site.sim.stop().await;
}

#[tokio::test]
async fn a_proxy_that_dies_under_a_request_is_said_too() {
    let dying = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let api = format!("http://{}", dying.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = dying.accept().await.unwrap();
        stream.read_u8().await.unwrap();
    });
    let site = site_with_proxy(&api).await;
    assert_eq!(get(&format!("{}api/health", site.url)).await.status, 502);
    site.sim.stop().await;
}

#[tokio::test]
async fn what_no_invocation_may_weigh_is_refused_before_the_proxy() {
    let site = site_with_proxy(&echo().await).await;
    let body = "x".repeat(6_291_457);
    let headers = [("x-amz-content-sha256", &*digest(&body))];
    let url = format!("{}api/health", site.url);
    let answer = request("POST", &url, &headers, body.as_bytes()).await;
    assert_eq!(answer.status, 413);
    site.sim.stop().await;
}

#[tokio::test]
async fn without_a_proxy_there_is_no_api() {
    let site = site(Some(CONFIG)).await;
    assert_eq!(get(&format!("{}api/health", site.url)).await.status, 404);
    let elsewhere = json!({ "url": "http://proxy.example" });
    let refused = control(&site.sim, "/api", elsewhere).await;
    assert_eq!(refused.status, 400);
    assert!(
        refused.text().contains("http://127.0.0.1:9404"),
        "{}",
        refused.text()
    );
    site.sim.stop().await;
}

#[tokio::test]
async fn the_proxy_of_the_start_is_the_one_until_another_is_named() {
    let files = files(Some(CONFIG));
    let mut desk = files.site();
    desk.api = Some(echo().await.parse().expect("an address"));
    let options = Options {
        desk: Some(desk),
        ..Options::default()
    };
    let sim = Sim::serve(options).await.expect("a simulator");
    let url = format!("{}api/health", sim.desk_url().unwrap());
    assert_eq!(get(&url).await.status, 200);
    control(&sim, "/api", json!({ "url": "http://127.0.0.1:1" })).await;
    assert_eq!(get(&url).await.status, 502);
    control(&sim, "/api", json!({})).await;
    assert_eq!(get(&url).await.status, 200);
    sim.stop().await;
}
