//! AWS's interfaces over real sockets: who is let in, and what goes wrong when it is wanted.

use chrono::{DateTime, TimeDelta, Utc};
use rstest::rstest;
use serde_json::{Value, json};
use sim::{Scenario, Sim};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::browser::{Answer, control, frozen, get, request};
use crate::caller::{call, call_at, connect, on_the_wire};

const INSTANCE: &str = "5ca1ab1e-0000-4000-8000-00000000c0de";

async fn users(sim: &Sim) -> Answer {
    connect(
        sim,
        "POST",
        "/search-users",
        json!({ "InstanceId": INSTANCE }),
    )
    .await
}

async fn record(sim: &Sim) -> Value {
    get(&format!("{}/aws", sim.control_url())).await.json()
}

fn error(answer: &Answer) -> (u16, &str) {
    let name = answer.header("x-amzn-ErrorType").unwrap_or_default();
    (answer.status, name)
}

#[tokio::test]
async fn without_a_signature_nothing_is_answered() {
    let sim = frozen(Scenario::default()).await;
    let url = format!("{}/search-users", sim.aws_url());
    let answer = request("POST", &url, &[], b"{}").await;
    assert_eq!(error(&answer), (403, "MissingAuthenticationTokenException"));
    // The layer that authenticates writes the member in lower case.
    assert_eq!(
        answer.json(),
        json!({ "message": "Missing Authentication Token" })
    );
    assert!(answer.header("x-amzn-RequestId").is_some());
    sim.stop().await;
}

#[tokio::test]
async fn the_scope_says_which_service_answers() {
    let sim = frozen(Scenario::default()).await;
    assert_eq!(users(&sim).await.status, 200);
    let body = json!({ "InstanceId": INSTANCE }).to_string();
    let other = call(&sim, "profile", "POST", "/search-users", &body).await;
    assert_eq!(error(&other), (404, "UnknownOperationException"));
    assert!(other.json()["Message"].is_string());
    sim.stop().await;
}

#[tokio::test]
async fn the_simulators_clock_judges_and_is_told() {
    let sim = frozen(Scenario::default()).await;
    let set = json!({ "set": "2030-01-01T09:00:00Z" });
    control(&sim, "/clock", set).await;
    let nine: DateTime<Utc> = "2030-01-01T09:00:00Z".parse().unwrap();
    let ask = async |seconds| {
        let body = json!({ "InstanceId": INSTANCE }).to_string();
        let at = nine + TimeDelta::seconds(seconds);
        call_at(&sim, "connect", "POST", "/search-users", &body, at).await
    };
    assert_eq!(ask(-300).await.status, 200);
    let late = ask(-301).await;
    assert_eq!(error(&late), (403, "InvalidSignatureException"));
    assert_eq!(late.header("date"), Some("Tue, 01 Jan 2030 09:00:00 GMT"));
    sim.stop().await;
}

#[tokio::test]
async fn a_request_to_another_name_is_refused() {
    let sim = frozen(Scenario::default()).await;
    let headers = [("Host", "evil.example")];
    let answer = request("GET", &format!("{}/", sim.aws_url()), &headers, b"").await;
    assert_eq!(answer.status, 421);
    sim.stop().await;
}

#[rstest]
#[case::not_json("{", "SerializationException")]
#[case::no_object("[]", "SerializationException")]
#[case::not_utf8("{\"InstanceId\": \"\u{0}", "SerializationException")]
#[case::a_member_missing("{}", "InvalidRequestException")]
#[case::wrong_type("{\"InstanceId\": 7}", "InvalidRequestException")]
#[tokio::test]
async fn a_wrong_body_is_an_error_of_the_service(#[case] body: &str, #[case] code: &str) {
    let sim = frozen(Scenario::default()).await;
    let answer = call(&sim, "connect", "POST", "/search-users", body).await;
    assert_eq!(error(&answer), (400, code));
    sim.stop().await;
}

#[tokio::test]
async fn a_body_that_no_service_reads_is_refused_as_aws_does() {
    let sim = frozen(Scenario::default()).await;
    let url = format!("{}/search-users", sim.aws_url());
    let answer = request("POST", &url, &[], &vec![b' '; 1_048_577]).await;
    assert_eq!(error(&answer), (413, "RequestEntityTooLargeException"));
    assert!(answer.json()["message"].is_string());
    assert!(answer.header("x-amzn-requestid").is_some());
    sim.stop().await;
}

#[rstest]
#[case::throttled(json!("throttle"), 429, "ThrottlingException")]
#[case::an_error(json!({ "error": { "status": 500, "code": "InternalServiceException" } }), 500, "InternalServiceException")]
#[case::html(json!("html"), 503, "")]
#[tokio::test]
async fn a_fault_befalls_as_many_requests_as_it_says(
    #[case] fault: Value,
    #[case] status: u16,
    #[case] code: &str,
) {
    let sim = frozen(Scenario::default()).await;
    let trouble = json!({ "operation": "SearchUsers", "count": 2, "fault": fault });
    assert_eq!(control(&sim, "/aws/troubles", trouble).await.status, 200);
    let describe = format!("/users/{INSTANCE}/00000001-0000-4000-8000-000000000001");
    let other = connect(&sim, "GET", &describe, Value::Null).await;
    assert_eq!(other.status, 200);
    for _ in 0..2 {
        assert_eq!(error(&users(&sim).await), (status, code));
    }
    assert_eq!(users(&sim).await.status, 200);
    sim.stop().await;
}

#[tokio::test]
async fn an_answer_can_be_cut_in_half_or_have_wrong_types() {
    let sim = frozen(Scenario::default()).await;
    let whole = users(&sim).await;
    control(&sim, "/aws/troubles", json!({ "fault": "truncated" })).await;
    let half = users(&sim).await;
    assert_eq!(half.body, whole.body[..whole.body.len() / 2]);
    control(&sim, "/aws/troubles", json!({ "fault": "wrong_types" })).await;
    let wrong = users(&sim).await.json();
    assert!(wrong["ApproximateTotalCount"].is_string(), "{wrong}");
    assert!(wrong["Users"][0]["Username"].is_number(), "{wrong}");
    sim.stop().await;
}

/// Sends a good request by hand; what comes of the connection.
async fn end_of_connection(sim: &Sim) -> std::io::Result<Vec<u8>> {
    let host = sim.aws_url().replacen("http://", "", 1);
    let mut stream = TcpStream::connect(&host).await.expect("a listener");
    let signed = on_the_wire(sim, "POST", "/search-users", "{}").await;
    stream.write_all(&signed).await.expect("sent");
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await?;
    Ok(bytes)
}

#[rstest]
#[case::at_once(json!("reset"))]
#[case::after_a_silence(json!({ "silence": { "ms": 1 } }))]
#[tokio::test]
async fn a_connection_can_be_reset(#[case] fault: Value) {
    let sim = frozen(Scenario::default()).await;
    control(&sim, "/aws/troubles", json!({ "fault": fault })).await;
    let end = end_of_connection(&sim).await;
    let kind = end.expect_err("no answer").kind();
    assert_eq!(kind, std::io::ErrorKind::ConnectionReset);
    sim.stop().await;
}

#[tokio::test]
async fn troubles_end_when_they_are_cleared() {
    let sim = frozen(Scenario::default()).await;
    let trouble = json!({ "count": null, "fault": "throttle" });
    control(&sim, "/aws/troubles", trouble).await;
    assert_eq!(users(&sim).await.status, 429);
    assert_eq!(users(&sim).await.status, 429);
    control(&sim, "/aws/clear", json!({})).await;
    assert_eq!(users(&sim).await.status, 200);
    sim.stop().await;
}

#[tokio::test]
async fn quotas_are_kept_when_they_are_asked_for() {
    let sim = frozen(Scenario::default()).await;
    control(&sim, "/aws/quotas", json!({ "kept": true })).await;
    for _ in 0..5 {
        assert_eq!(users(&sim).await.status, 200);
    }
    assert_eq!(error(&users(&sim).await), (429, "ThrottlingException"));
    control(&sim, "/clock", json!({ "advance_ms": 1000 })).await;
    assert_eq!(users(&sim).await.status, 200);
    sim.stop().await;
}

#[tokio::test]
async fn the_record_holds_what_was_asked_and_nothing_of_customers() {
    let sim = frozen(Scenario::default()).await;
    users(&sim).await;
    control(&sim, "/aws/troubles", json!({ "fault": "throttle" })).await;
    users(&sim).await;
    let secret = format!("/users/{INSTANCE}/taro.example.com");
    connect(&sim, "GET", &secret, Value::Null).await;
    let record = record(&sim).await;
    let counts = json!({
        "SearchUsers": { "ok": 1, "ThrottlingException": 1 },
        "DescribeUser": { "ResourceNotFoundException": 1 },
    });
    assert_eq!(record["counts"], counts);
    let requests = record["requests"].as_array().unwrap();
    assert_eq!(requests.len(), 3);
    assert_eq!(requests[1]["fault"], "throttle");
    assert_eq!(requests[0]["key"], "AKIAIOSFODNN7EXAMPLE");
    assert!(!record.to_string().contains("taro.example.com"));
    sim.stop().await;
}

#[rstest]
#[case::no_operation("/aws/troubles", json!({ "operation": "MakeCoffee", "fault": "html" }), "operation")]
#[case::no_fault("/aws/troubles", json!({ "fault": "explode" }), "fault")]
#[case::none("/aws/troubles", json!({ "fault": "html", "count": 0 }), "count")]
#[case::no_error("/aws/troubles", json!({ "fault": { "error": { "status": 200, "code": "Ok" } } }), "status")]
#[case::eternal_key("/aws/keys", json!({ "access_key_id": "A", "secret_access_key": "b", "expires": "2030-01-01T00:00:00Z" }), "expires")]
#[tokio::test]
async fn a_wrong_wish_is_a_sentence(#[case] path: &str, #[case] body: Value, #[case] member: &str) {
    let sim = frozen(Scenario::default()).await;
    let answer = control(&sim, path, body).await;
    assert_eq!(answer.status, 400);
    let sentence = answer.json()["error"].as_str().unwrap().to_owned();
    assert!(sentence.contains(member), "{sentence}");
    sim.stop().await;
}
