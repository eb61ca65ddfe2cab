//! The rules of Mozilla's HTTP Observatory that give a site A+, on the headers that are really served.
//!
//! The list is that of November 2026: `mdn/mdn-http-observatory`, `src/grader/charts.js` at 01b4711 and
//! `src/analyzer/tests` at 048ff59. A site begins with 100 points and has A+ from 100 on; what is worth
//! points is worth them here. Two rules are about more than headers: redirection to https is the
//! template's (`crates/stack/tests/rules`), the integrity of scripts is a journey's
//! (`tests/e2e/site.spec.mjs`).

use std::collections::{BTreeMap, BTreeSet};

use rstest::rstest;
use sim::{DeskHost, DeskSite};

use crate::browser::{Answer, get};

/// A deployment's: of this machine's own addresses the Observatory would think less, for they are http.
const DEPLOYED: &str = r#"{
    "ccp": { "url": "https://shop.my.connect.aws/ccp-v2/" },
    "auth": { "issuer": "https://id.example.com" },
    "settings": { "customer": { "silentFrame": true } }
}"#;

type Policy = BTreeMap<String, BTreeSet<String>>;

fn policy(answer: &Answer) -> Policy {
    let text = answer
        .header("content-security-policy")
        .expect("csp-not-implemented");
    let directives = text.split(';').filter_map(|directive| {
        let mut words = directive.split_whitespace().map(str::to_owned);
        Some((words.next()?, words.collect()))
    });
    let mut policy = Policy::new();
    for (name, sources) in directives {
        let doubled = policy.insert(name, sources);
        assert!(
            doubled.is_none(),
            "csp-implemented-but-duplicate-directives"
        );
    }
    policy
}

/// The sources of a directive, or of what stands for it.
fn sources<'a>(policy: &'a Policy, name: &str) -> &'a BTreeSet<String> {
    policy
        .get(name)
        .or_else(|| policy.get("default-src"))
        .expect("a directive")
}

const BROAD: [&str; 8] = [
    "ftp:",
    "http:",
    "https:",
    "*",
    "http://*",
    "http://*.*",
    "https://*",
    "https://*.*",
];

/// `csp-implemented-with-no-unsafe-default-src-none`: ten points.
fn content_security_policy(answer: &Answer) {
    let policy = policy(answer);
    assert_eq!(policy["default-src"], BTreeSet::from(["'none'".to_owned()]));
    let forms = &policy["form-action"];
    assert!(forms.iter().all(|it| ["'none'", "'self'"].contains(&&**it)));
    for name in ["script-src", "object-src", "style-src"] {
        for source in sources(&policy, name) {
            assert!(!BROAD.contains(&&**source), "{name} {source}");
            let unsafe_words = ["'unsafe-inline'", "'unsafe-eval'", "data:"];
            assert!(!unsafe_words.contains(&&**source), "{name} {source}");
        }
    }
    for source in policy.values().flatten() {
        let in_the_clear = source.starts_with("http:") || source.starts_with("ftp:");
        assert!(!in_the_clear, "{source}");
    }
    for name in ["base-uri", "frame-ancestors"] {
        assert!(policy[name].iter().all(|it| !BROAD.contains(&&**it)));
    }
}

/// `x-frame-options-implemented-via-csp`: five points.
fn frame_ancestors(answer: &Answer) {
    assert!(policy(answer).contains_key("frame-ancestors"));
}

/// `cookies-not-found`: none, and none lost.
fn cookies(answer: &Answer) {
    assert_eq!(answer.header("set-cookie"), None);
}

/// `cross-origin-resource-sharing-not-implemented`: none, and none lost.
fn resource_sharing(answer: &Answer) {
    assert_eq!(answer.header("access-control-allow-origin"), None);
}

/// `hsts-implemented-max-age-at-least-six-months`: none, and none lost.
fn strict_transport_security(answer: &Answer) {
    let value = answer.header("strict-transport-security").expect("hsts");
    let age = value
        .split(';')
        .find_map(|it| it.trim().strip_prefix("max-age="));
    assert!(age.expect("an age").parse::<u64>().expect("seconds") >= 15_768_000);
}

/// `x-content-type-options-nosniff`: none, and none lost.
fn content_type_options(answer: &Answer) {
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
}

/// `referrer-policy-private`: five points.
fn referrer_policy(answer: &Answer) {
    let private = [
        "no-referrer",
        "same-origin",
        "strict-origin",
        "strict-origin-when-cross-origin",
    ];
    let value = answer.header("referrer-policy").expect("a policy");
    assert!(private.contains(&value), "{value}");
}

/// `cross-origin-resource-policy-implemented-with-same-origin`: ten points.
fn resource_policy(answer: &Answer) {
    let value = answer.header("cross-origin-resource-policy");
    assert_eq!(value, Some("same-origin"));
}

#[rstest]
#[case::content_security_policy(content_security_policy)]
#[case::frame_ancestors(frame_ancestors)]
#[case::cookies(cookies)]
#[case::resource_sharing(resource_sharing)]
#[case::strict_transport_security(strict_transport_security)]
#[case::content_type_options(content_type_options)]
#[case::referrer_policy(referrer_policy)]
#[case::resource_policy(resource_policy)]
#[tokio::test]
async fn the_observatory_finds_nothing(
    #[case] rule: fn(&Answer),
    #[values("", "index.html", "signin.html", "config.json", "no/such/page")] path: &str,
) {
    let folder = tempfile::tempdir().expect("a folder");
    for page in ["index.html", "signin.html"] {
        std::fs::write(
            folder.path().join(page),
            "<!doctype html><title>Desk</title>",
        )
        .unwrap();
    }
    let config = folder.path().join("config");
    std::fs::write(&config, DEPLOYED).unwrap();
    let host = DeskHost::serve(DeskSite {
        port: 0,
        dist: folder.path().to_owned(),
        config: Some(config),
        api: None,
    })
    .await
    .expect("a host");
    rule(&get(&format!("{}{path}", host.url())).await);
    host.stop().await;
}
