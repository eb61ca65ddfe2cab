//! The signing client against published signatures, and against a server that misbehaves.

use std::collections::HashMap;

use aws_credential_types::Credentials;
use rstest::rstest;
use serde_json::{Value, json};

use super::*;
use crate::config::tests::read as config;
use crate::upstream::{Reply, Upstream};

fn noon() -> DateTime<Utc> {
    "2026-11-03T04:05:06Z".parse().expect("an instant")
}

fn credentials(token: Option<&str>) -> Credentials {
    let mut builder = Credentials::builder()
        .access_key_id("AKIAIOSFODNN7EXAMPLE")
        .secret_access_key("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
        .provider_name("test");
    if let Some(token) = token {
        builder = builder.session_token(token);
    }
    builder.build()
}

/// A client of `upstream`, which gives up after `timeout_ms`.
fn client(upstream: &Upstream, timeout_ms: u32) -> Aws {
    let config = config(&[
        ("AWS_ENDPOINT_URL", &upstream.url()),
        ("DESK_TIMEOUT_MS", &timeout_ms.to_string()),
    ])
    .expect("a configuration");
    Aws::new(
        &config,
        Outbound::new().expect("certificates"),
        SharedCredentialsProvider::new(credentials(None)),
        Clock::new(noon),
        Arc::default(),
    )
}

async fn describe(aws: &Aws) -> Result<Value, AwsError> {
    let deadline = Instant::now() + aws.attempt * 9 / 4;
    aws.send(
        &DescribeContact {
            contact: "c-1".into(),
        },
        deadline,
    )
    .await
}

fn contact() -> Reply {
    Reply::json(&json!({"Contact": {"Id": "c-1"}}))
}

/// Signatures that botocore made (`tests/data/sigv4.json`), of the two services.
#[test]
fn signs_as_botocore_does() {
    let data: Value =
        serde_json::from_str(include_str!("../../../../tests/data/sigv4.json")).expect("JSON");
    let mut compared = 0;
    for vector in data["vectors"].as_array().expect("vectors") {
        let text = |name: &str| vector[name].as_str().expect(name);
        let service = match text("signing_name") {
            "profile" => Service::Profiles,
            "connect" => Service::Connect,
            _ => continue,
        };
        let headers: HashMap<&str, &str> = vector["headers"]
            .as_array()
            .expect("headers")
            .iter()
            .filter_map(|pair| Some((pair[0].as_str()?, pair[1].as_str()?)))
            .collect();
        let body = text("body_utf8").to_owned();
        // The client sends a type with a body and never without, and no other header that is signed.
        if headers.contains_key("Accept") || headers.contains_key("Content-Type") == body.is_empty()
        {
            continue;
        }
        let query = if text("query").is_empty() {
            String::new()
        } else {
            format!("?{}", text("query"))
        };
        let uri = format!(
            "{}://{}{}{query}",
            text("scheme"),
            text("host"),
            text("path")
        );
        let unsigned = Unsigned {
            service,
            method: text("method").parse().expect("a method"),
            uri: uri.parse().expect("an address"),
            body: body.into(),
        };
        let token = vector["session_token"].as_bool().expect("a flag");
        let credentials = credentials(token.then(|| {
            data["credentials"]["session_token"]
                .as_str()
                .expect("a token")
        }));
        let request = signed(
            &unsigned,
            &credentials.into(),
            text("region"),
            noon().into(),
        )
        .expect("a signature");
        assert_eq!(
            request.headers()["authorization"],
            text("authorization"),
            "{}",
            text("name")
        );
        compared += 1;
    }
    assert!(
        compared >= 25,
        "only {compared} of them are the client's own form"
    );
}

#[tokio::test]
async fn a_secret_does_not_show_itself() {
    let unsigned = Unsigned {
        service: Service::Connect,
        method: Method::GET,
        uri: "https://connect.example/contacts"
            .parse()
            .expect("an address"),
        body: Bytes::new(),
    };
    let request = signed(
        &unsigned,
        &credentials(Some("SESSION")).into(),
        "ap-northeast-1",
        noon().into(),
    )
    .expect("a signature");
    let shown = format!("{request:?}");
    assert!(
        !shown.contains("SESSION") && !shown.contains("Signature="),
        "{shown}"
    );
}

#[rstest]
#[case::storm(Reply::error(429, "ThrottlingException"))]
#[case::trouble(Reply::error(500, "InternalServerException"))]
#[case::html(Reply::Full(503, Vec::new(), b"<html>Service Unavailable</html>".to_vec()))]
#[case::cut_json(Reply::Full(200, Vec::new(), b"{\"Contact\":{\"Id\":\"c".to_vec()))]
#[case::cut_connection(Reply::Raw(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{\"Con".to_vec()))]
#[case::reset(Reply::Raw(Vec::new()))]
#[case::not_http(Reply::Raw(b"SSH-2.0-OpenSSH\r\n\r\n".to_vec()))]
#[tokio::test]
async fn trouble_that_passes_is_outlived(#[case] trouble: Reply) {
    let upstream = Upstream::scripted([trouble.clone(), trouble, contact()]).await;
    let described = describe(&client(&upstream, 30_000))
        .await
        .expect("the third attempt's answer");
    assert_eq!(described["Contact"]["Id"], "c-1");
    assert_eq!(upstream.received().len(), 3);
}

#[rstest]
#[case::wrong_request(Reply::error(400, "BadRequestException"), "invalid")]
#[case::not_there(Reply::error(404, "ResourceNotFoundException"), "not_found")]
#[case::policy(Reply::error(403, "AccessDeniedException"), "denied")]
#[tokio::test]
async fn what_will_not_change_is_not_asked_again(#[case] refusal: Reply, #[case] outcome: &str) {
    let upstream = Upstream::scripted([refusal]).await;
    let error = describe(&client(&upstream, 30_000))
        .await
        .expect_err("a refusal");
    assert_eq!(error.outcome(), outcome);
    assert_eq!(upstream.received().len(), 1);
}

#[tokio::test]
async fn a_storm_ends_after_three_attempts() {
    let upstream = Upstream::scripted([Reply::error(429, "ThrottlingException")]).await;
    let error = describe(&client(&upstream, 30_000))
        .await
        .expect_err("throttling");
    assert_eq!(error.outcome(), "throttled");
    assert_eq!(upstream.received().len(), 3);
}

#[tokio::test]
async fn who_asks_for_a_longer_pause_than_there_is_time_is_not_asked_again() {
    let storm = Reply::error(429, "ThrottlingException").with("retry-after", "60");
    let upstream = Upstream::scripted([storm]).await;
    let error = describe(&client(&upstream, 30_000))
        .await
        .expect_err("throttling");
    assert!(
        matches!(error, AwsError::Throttled { retry_after: Some(it), .. } if it.as_secs() == 60)
    );
    assert_eq!(upstream.received().len(), 1);
}

#[rstest]
#[case::for_ever("18446744073709551615")]
#[case::longer_than_that("99999999999999999999")]
#[case::a_date("Fri, 31 Dec 1999 23:59:59 GMT")]
#[tokio::test]
async fn a_pause_that_nobody_can_wait_for_is_an_error_and_no_panic(#[case] pause: &str) {
    let storm = Reply::error(429, "ThrottlingException").with("retry-after", pause);
    let upstream = Upstream::scripted([storm]).await;
    let error = describe(&client(&upstream, 30_000))
        .await
        .expect_err("throttling");
    assert_eq!(error.outcome(), "throttled");
}

#[tokio::test]
async fn silence_ends_with_the_deadline() {
    let upstream = Upstream::scripted([Reply::Silence]).await;
    let error = describe(&client(&upstream, 500))
        .await
        .expect_err("silence");
    assert_eq!(error, AwsError::Silent);
}

#[tokio::test]
async fn an_attempt_that_meets_silence_leaves_time_for_another() {
    let upstream = Upstream::scripted([Reply::Silence, contact()]).await;
    let described = describe(&client(&upstream, 4_000))
        .await
        .expect("the second attempt's answer");
    assert_eq!(described["Contact"]["Id"], "c-1");
}

#[tokio::test]
async fn a_clock_that_is_off_is_set_by_the_server_s() {
    let late = Reply::error(403, "InvalidSignatureException")
        .with("date", "Tue, 03 Nov 2026 05:05:06 GMT");
    let upstream = Upstream::scripted([late, contact()]).await;
    let aws = client(&upstream, 30_000);
    describe(&aws).await.expect("the second attempt's answer");
    describe(&aws).await.expect("an answer");
    let dates: Vec<_> = upstream
        .received()
        .iter()
        .map(|it| it.header("x-amz-date").expect("a date").to_owned())
        .collect();
    assert_eq!(
        dates,
        ["20261103T040506Z", "20261103T050506Z", "20261103T050506Z"]
    );
    assert_eq!(aws.now(), noon() + TimeDelta::hours(1));
}

#[tokio::test]
async fn calls_that_were_under_way_when_the_clock_was_set_are_made_again() {
    let upstream = Upstream::new(|request| {
        let date = request.header("x-amz-date").expect("a date");
        if date.starts_with("20261103T05") {
            contact()
        } else {
            Reply::error(403, "InvalidSignatureException")
                .with("date", "Tue, 03 Nov 2026 05:05:06 GMT")
        }
    })
    .await;
    let aws = client(&upstream, 30_000);
    let (one, other) = tokio::join!(describe(&aws), describe(&aws));
    one.expect("an answer");
    other.expect("an answer");
    assert_eq!(upstream.received().len(), 4);
}

#[tokio::test]
async fn a_wrong_key_is_not_taken_for_a_wrong_clock() {
    let refusal = Reply::error(403, "InvalidSignatureException")
        .with("date", "Tue, 03 Nov 2026 04:05:20 GMT");
    let upstream = Upstream::scripted([refusal]).await;
    let error = describe(&client(&upstream, 30_000))
        .await
        .expect_err("a refusal");
    assert_eq!(error.outcome(), "denied");
    assert_eq!(upstream.received().len(), 1);
}

#[tokio::test]
async fn credentials_that_have_expired_are_fetched_anew() {
    let upstream =
        Upstream::scripted([Reply::error(403, "ExpiredTokenException"), contact()]).await;
    describe(&client(&upstream, 30_000))
        .await
        .expect("the second attempt's answer");
    assert_eq!(upstream.received().len(), 2);
}

#[tokio::test]
async fn wrong_types_are_an_error_and_no_panic() {
    let upstream = Upstream::scripted([Reply::json(&json!({"Users": {"Id": 1}}))]).await;
    let aws = client(&upstream, 30_000);
    let deadline = Instant::now() + aws.attempt;
    let error = aws
        .send(&SearchUsers { username: "hanako" }, deadline)
        .await
        .expect_err("nonsense");
    assert_eq!(error, AwsError::Malformed);
}

#[tokio::test]
async fn who_asks_the_same_at_the_same_moment_asks_once() {
    let upstream = Upstream::scripted([contact()]).await;
    let aws = Arc::new(client(&upstream, 30_000));
    let ask = || {
        aws.look_up(
            DescribeContact {
                contact: "c-1".into(),
            },
            Instant::now() + aws.attempt,
        )
    };
    let (one, other) = tokio::join!(ask(), ask());
    assert_eq!(one, other);
    assert_eq!(upstream.received().len(), 1);
    ask().await.expect("an answer");
    assert_eq!(upstream.received().len(), 2);
}

#[tokio::test]
async fn who_joins_a_look_up_has_their_own_time_and_not_its_asker_s() {
    let upstream = Upstream::scripted([Reply::Silence, contact()]).await;
    let aws = Arc::new(client(&upstream, 30_000));
    let ask = |time| {
        let contact = "c-1".into();
        aws.look_up(DescribeContact { contact }, Instant::now() + time)
    };
    let (first, second) = tokio::join!(ask(Duration::from_millis(300)), ask(aws.attempt));
    assert_eq!(first, Err(AwsError::Silent));
    assert_eq!(second.expect("an answer")["Contact"]["Id"], "c-1");
}

/// A family of ten with five kinds of parts each, asked for by everybody at once, is more than this
/// machine has sockets for.
#[tokio::test]
async fn no_more_calls_are_under_way_at_once_than_there_are_places() {
    let upstream = Upstream::scripted([Reply::Silence]).await;
    let aws = client(&upstream, 30_000);
    let deadline = Instant::now() + Duration::from_secs(1);
    let calls = (0..AT_ONCE + 50).map(|number| {
        let contact = format!("c-{number}").into();
        let aws = &aws;
        async move { aws.send(&DescribeContact { contact }, deadline).await }
    });
    let results = futures_util::future::join_all(calls).await;
    assert!(results.iter().all(|it| *it == Err(AwsError::Silent)));
    let received = upstream.received().len();
    assert!((1..=AT_ONCE).contains(&received), "{received}");
}
