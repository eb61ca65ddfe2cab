//! The desk's own origin: files, configuration, headers.

use rstest::rstest;
use serde_json::json;
use sim::{DeskHost, DeskSite, Options, Sim, StartError};

use crate::browser::{Answer, control, get, request};

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
    write("dist/desk-5d2d1fbc3bd2a7a9_bg.wasm", "\0asm");
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
    "desk-5d2d1fbc3bd2a7a9_bg.wasm",
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
#[case::outside("../secret.txt")]
#[case::encoded("%2e%2e/secret.txt")]
#[tokio::test]
async fn what_is_not_in_dist_is_not_found(#[case] path: &str) {
    let site = site(Some(CONFIG)).await;
    let answer = get(&format!("{}{path}", site.url)).await;
    assert_eq!(answer.status, 404);
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
