//! What the desk's origin answers: headers, paths, caching.

use rstest::rstest;
use stack::{Stack, Target};

use crate::{PROXY, every_stack, given, having, with_everything};

/// `CloudFront` takes no more (`understanding-response-headers-policies`).
const LONGEST_POLICY: usize = 1_783;

#[test]
fn the_headers_are_whole_whatever_the_parameters() {
    for stack in every_stack() {
        for behaviour in stack.site().unwrap().behaviours() {
            for name in [
                "content-security-policy",
                "strict-transport-security",
                "x-content-type-options",
                "referrer-policy",
                "permissions-policy",
                "cross-origin-opener-policy",
                "cross-origin-resource-policy",
            ] {
                assert!(
                    behaviour.header(name).is_some(),
                    "{name} on {}",
                    behaviour.pattern
                );
            }
            let policy = behaviour.header("content-security-policy").unwrap();
            assert!(policy.len() <= LONGEST_POLICY);
            // A line break would be a header of its own; two blanks, a branch that was left open.
            assert!(
                !policy.contains(['\n', '\r']) && !policy.contains("  "),
                "{policy}"
            );
        }
    }
}

#[rstest]
#[case::without_the_provider(&[], "connect-src 'self' https://shop.my.connect.aws;", "frame-src https://shop.my.connect.aws;")]
#[case::with_it(&PROXY, "connect-src 'self' https://shop.my.connect.aws https://id.example.com;", "frame-src https://shop.my.connect.aws;")]
#[case::framed(
    &[("IdentityOrigins", "https://id.example.com"), ("SilentFrame", "true")],
    "connect-src 'self' https://shop.my.connect.aws https://id.example.com;",
    "frame-src https://shop.my.connect.aws 'self' https://id.example.com;"
)]
#[case::cognito(
    &[("CreateUserPool", "true")],
    "connect-src 'self' https://shop.my.connect.aws https://cognito-idp.ap-northeast-1.amazonaws.com \
     https://desk-00000000-0000-4000-8000-000000000000.auth.ap-northeast-1.amazoncognito.com;",
    "frame-src https://shop.my.connect.aws;"
)]
fn the_page_reaches_whom_it_must(
    #[case] more: &[(&'static str, &str)],
    #[case] asks: &str,
    #[case] frames: &str,
) {
    let site = Stack::new(&given(more)).unwrap().site().unwrap();
    let page = site.behaviour("/").unwrap();
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains(asks), "{policy}");
    assert!(policy.contains(frames), "{policy}");
}

#[test]
fn the_sign_in_page_keeps_its_opener_and_may_be_framed_only_where_that_is_wanted() {
    for (silent, framed_by) in [("false", "'none'"), ("true", "'self'")] {
        let more = [PROXY.as_slice(), &[("SilentFrame", silent)]].concat();
        let site = Stack::new(&given(&more)).unwrap().site().unwrap();
        let page = site.behaviour("/signin.html").unwrap();
        assert_eq!(
            page.header("cross-origin-opener-policy"),
            Some("unsafe-none")
        );
        let policy = page.header("content-security-policy").unwrap();
        assert!(
            policy.ends_with(&format!("frame-ancestors {framed_by}")),
            "{policy}"
        );
        let desk = site.behaviour("/index.html").unwrap();
        assert_eq!(
            desk.header("cross-origin-opener-policy"),
            Some("same-origin-allow-popups")
        );
    }
}

#[rstest]
#[case::glue("app-60918ffccde7feb0.js", true)]
#[case::wasm("app-c14e8d0f4a6e0687.wasm", true)]
#[case::library("streams-a3a19302dfb8b54a.js", true)]
#[case::sentences("text-ja-aa93db167afd0782.txt", true)]
#[case::style("style-e27dafd7abbb4164.css", true)]
#[case::page("index.html", false)]
#[case::boot("boot-3f0c1d5b8a7e9264.js", true)]
#[case::sign_in("signin.html", false)]
#[case::sign_in_script("signin-9d2b6c4f1e0a7358.js", true)]
#[case::settings("config.json", false)]
#[case::picture("favicon.svg", false)]
fn a_name_that_is_a_hash_is_kept_for_ever_and_no_other_at_all(
    #[case] name: &str,
    #[case] kept: bool,
) {
    let site = with_everything().site().unwrap();
    let behaviour = site.behaviour(&format!("/{name}")).unwrap();
    let file = site.file(name).unwrap();
    assert_eq!(behaviour.target, Target::Files);
    assert_eq!(behaviour.caches, kept);
    assert_eq!(file.cache_control.contains("immutable"), kept);
    // An answer that says so itself says it of errors too.
    assert_eq!(behaviour.header("cache-control"), None);
    // What lies uncompressed is small: nobody else would compress what is not cached.
    assert!(
        file.is_brotli
            || [".html", ".json", ".svg"]
                .iter()
                .any(|end| name.ends_with(end))
    );
}

#[test]
fn the_api_goes_through_whole_and_uncached() {
    let site = with_everything().site().unwrap();
    let api = site.behaviour("/api/screen-pop").unwrap();
    assert_eq!(api.target, Target::Proxy);
    assert!(!api.caches && !api.compresses);
    assert!(api.methods.iter().any(|it| it == "POST"));
    let without = Stack::new(&given(&[])).unwrap().site().unwrap();
    assert_eq!(
        without.behaviour("/api/screen-pop").unwrap().target,
        Target::Files
    );
}

#[test]
fn errors_stay_what_they_are_and_nothing_goes_in_the_clear() {
    for stack in every_stack() {
        let (_, distribution) = stack
            .of_type("AWS::CloudFront::Distribution")
            .next()
            .unwrap();
        let config = &distribution["Properties"]["DistributionConfig"];
        assert_eq!(config.get("CustomErrorResponses"), None);
        let mut behaviours = Vec::new();
        having(config, "ViewerProtocolPolicy", &mut behaviours);
        for behaviour in behaviours {
            assert_ne!(behaviour["ViewerProtocolPolicy"], "allow-all");
        }
        let mut origins = Vec::new();
        having(config, "OriginProtocolPolicy", &mut origins);
        for origin in origins {
            assert_eq!(origin["OriginProtocolPolicy"], "https-only");
        }
        for origin in config["Origins"].as_array().unwrap() {
            assert!(origin.get("OriginAccessControlId").is_some(), "{origin}");
        }
    }
}
