//! The whole proxy, as those would ask it who should get nothing; and beside each of them a twin who
//! differs in one thing and is served.

pub(crate) mod world;

use contract::ErrorCode;
use rstest::rstest;
use serde_json::{Value, json};

use self::world::{Ask, SEARCH, World};
use crate::asked::LARGEST_BODY;
use crate::token::tests::noon;
use crate::upstream::Reply;

/// What an asker does otherwise than an honest one.
type Change = fn(&mut Ask);

fn padded(ask: &mut Ask, size: usize) {
    ask.body.resize(size, b' ');
}

#[rstest]
#[case::no_signature(|ask: &mut Ask| ask.token_header["alg"] = json!("none"), ErrorCode::Unauthenticated)]
#[case::key_confusion(|ask: &mut Ask| ask.token_header["alg"] = json!("HS256"), ErrorCode::Unauthenticated)]
#[case::issuer(|ask: &mut Ask| ask.claims["iss"] = json!("https://id.example.org"), ErrorCode::Unauthenticated)]
#[case::audience(|ask: &mut Ask| ask.claims["aud"] = json!("desk2"), ErrorCode::Unauthenticated)]
#[case::expired(|ask: &mut Ask| ask.claims["exp"] = json!(noon().timestamp() - 60), ErrorCode::Unauthenticated)]
#[case::not_yet_valid(|ask: &mut Ask| ask.claims["nbf"] = json!(noon().timestamp() + 61), ErrorCode::Unauthenticated)]
#[case::unknown_key(|ask: &mut Ask| ask.token_header["kid"] = json!("rsa-2"), ErrorCode::Unauthenticated)]
#[case::no_token(|ask: &mut Ask| ask.remove("x-agent-token"), ErrorCode::Unauthenticated)]
#[case::token_as_amazon_s(|ask: &mut Ask| ask.rename("x-agent-token", "authorization"), ErrorCode::Unauthenticated)]
#[case::token_in_the_address(|ask: &mut Ask| { ask.remove("x-agent-token"); ask.path.push_str("?x-agent-token=x"); }, ErrorCode::Unauthenticated)]
#[case::two_tokens(|ask: &mut Ask| ask.repeat("x-agent-token"), ErrorCode::InvalidRequest)]
#[case::nobody_in_connect(|ask: &mut Ask| ask.claims["preferred_username"] = json!("stranger"), ErrorCode::NotAvailable)]
#[case::name_in_another_case(|ask: &mut Ask| ask.claims["preferred_username"] = json!("Hanako"), ErrorCode::NotAvailable)]
#[case::another_agent_s_contact(|ask: &mut Ask| ask.contact("theirs"), ErrorCode::NotAvailable)]
#[case::ended_contact(|ask: &mut Ask| ask.contact("mine-over"), ErrorCode::NotAvailable)]
#[case::abandoned_contact(|ask: &mut Ask| ask.contact("abandoned"), ErrorCode::NotAvailable)]
#[case::guessed_contact(|ask: &mut Ask| ask.contact("guessed"), ErrorCode::NotAvailable)]
#[case::contact_that_is_a_path(|ask: &mut Ask| ask.contact("../users/x"), ErrorCode::InvalidRequest)]
#[case::contact_without_end(|ask: &mut Ask| ask.contact(&"a".repeat(257)), ErrorCode::InvalidRequest)]
#[case::foreign_origin(|ask: &mut Ask| ask.set("origin", "https://desk.example.com.evil.example"), ErrorCode::NotAvailable)]
#[case::other_scheme(|ask: &mut Ask| ask.set("origin", "http://desk.example.com"), ErrorCode::NotAvailable)]
#[case::no_origin(|ask: &mut Ask| ask.remove("origin"), ErrorCode::NotAvailable)]
#[case::sandboxed(|ask: &mut Ask| ask.set("origin", "null"), ErrorCode::NotAvailable)]
#[case::two_origins(|ask: &mut Ask| ask.repeat("origin"), ErrorCode::InvalidRequest)]
#[case::form(|ask: &mut Ask| ask.set("content-type", "text/plain"), ErrorCode::InvalidRequest)]
#[case::oversized(|ask: &mut Ask| padded(ask, LARGEST_BODY + 1), ErrorCode::TooLarge)]
#[case::said_to_be_oversized(|ask: &mut Ask| ask.set("content-length", "4097"), ErrorCode::TooLarge)]
#[case::deep(|ask: &mut Ask| ask.body = br#"{"contact_id":[[[[["mine"]]]]]}"#.to_vec(), ErrorCode::InvalidRequest)]
#[case::not_utf8(|ask: &mut Ask| ask.body = b"{\"contact_id\":\"mine\xff\"}".to_vec(), ErrorCode::InvalidRequest)]
#[case::a_key_twice(|ask: &mut Ask| ask.body = br#"{"contact_id":"mine","contact_id":"mine"}"#.to_vec(), ErrorCode::InvalidRequest)]
#[case::unknown_member(|ask: &mut Ask| ask.body = br#"{"contact_id":"mine","number":"+819000000001"}"#.to_vec(), ErrorCode::InvalidRequest)]
#[case::no_body(|ask: &mut Ask| ask.body.clear(), ErrorCode::InvalidRequest)]
#[case::body_that_was_changed(|ask: &mut Ask| { ask.seal(); ask.body[2] ^= 1; }, ErrorCode::InvalidRequest)]
#[case::body_without_a_digest(|ask: &mut Ask| ask.remove("x-amz-content-sha256"), ErrorCode::InvalidRequest)]
#[case::unsigned_body(|ask: &mut Ask| ask.set("x-amz-content-sha256", "UNSIGNED-PAYLOAD"), ErrorCode::InvalidRequest)]
#[case::read_by_get(|ask: &mut Ask| ask.method = "GET", ErrorCode::UnknownOperation)]
#[case::another_operation(|ask: &mut Ask| ask.path.push_str("/../search"), ErrorCode::UnknownOperation)]
#[tokio::test]
async fn gets_nothing(#[case] change: Change, #[case] expected: ErrorCode) {
    let world = World::new().await;
    let answer = world.ask(change).await;
    assert_eq!(answer.code(), Some(expected.clone()));
    assert_eq!(answer.status, expected.status());
    assert_eq!(world.asked_profiles(), 0, "and no customer was looked up");
}

#[rstest]
#[case::nothing_changed(|_: &mut Ask| ())]
#[case::the_other_algorithm(|ask: &mut Ask| ask.token_header = json!({"alg": "ES256", "kid": "ec-1"}))]
#[case::one_of_two_audiences(|ask: &mut Ask| ask.claims["aud"] = json!(["x", "desk"]))]
#[case::just_not_expired(|ask: &mut Ask| ask.claims["exp"] = json!(noon().timestamp() - 59))]
#[case::just_valid(|ask: &mut Ask| ask.claims["nbf"] = json!(noon().timestamp() + 60))]
#[case::a_contact_that_rings(|ask: &mut Ask| ask.contact("ringing"))]
#[case::wrap_up(|ask: &mut Ask| ask.contact("mine-wrap-up"))]
#[case::the_other_origin(|ask: &mut Ask| ask.set("origin", "http://localhost:8080"))]
#[case::charset(|ask: &mut Ask| ask.set("content-type", "application/json; charset=utf-8"))]
#[case::as_large_as_allowed(|ask: &mut Ask| padded(ask, LARGEST_BODY))]
#[case::escaped(|ask: &mut Ask| ask.body = br#"{"contact_id":"m\u0069ne"}"#.to_vec())]
#[case::with_amazon_s_header_too(|ask: &mut Ask| ask.set("authorization", "AWS4-HMAC-SHA256 …"))]
#[tokio::test]
async fn is_served(#[case] change: Change) {
    let world = World::new().await;
    let answer = world.ask(change).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let lines = answer.lines();
    assert_eq!(
        lines.first().map(|line| &line["part"]),
        Some(&json!("contact"))
    );
    assert_eq!(lines.last().map(|line| &line["part"]), Some(&json!("end")));
    assert!(
        lines
            .iter()
            .any(|line| line["part"] == "orders" && line["complete"] == true)
    );
}

/// An unknown contact and a forbidden one cannot be told apart: not by the answer, and not by what it
/// takes, which is the same one call.
#[tokio::test]
async fn a_refusal_does_not_say_whether_there_is_anything() {
    let world = World::new().await;
    let refused = world.ask(|ask: &mut Ask| ask.contact("theirs")).await;
    let unknown = world.ask(|ask: &mut Ask| ask.contact("guessed")).await;
    assert_eq!(refused.without_id(), unknown.without_id());
    assert_eq!(world.described(), ["theirs", "guessed"]);
}

/// What AWS may do in the middle of a screen pop: the pop says which part is missing.
#[rstest]
#[case::html(Reply::Full(503, Vec::new(), b"<html>MARKER</html>".to_vec()), "upstream_failed")]
#[case::cut(Reply::Full(200, Vec::new(), b"{\"Items\":[{\"MARKER".to_vec()), "upstream_failed")]
#[case::storm(Reply::error(429, "ThrottlingException"), "throttled")]
#[case::reset(Reply::Raw(Vec::new()), "upstream_failed")]
#[case::silence(Reply::Silence, "upstream_timeout")]
#[case::policy(Reply::error(403, "AccessDeniedException"), "upstream_failed")]
#[tokio::test]
async fn trouble_of_one_part_is_that_part_s(#[case] trouble: Reply, #[case] code: &str) {
    // Silence lasts as long as it may; everything else has all the time that it needs.
    let patience = if matches!(trouble, Reply::Silence) {
        "3000"
    } else {
        "30000"
    };
    let world = World::with(&[("DESK_TIMEOUT_MS", patience)]).await;
    world.when("/domains/amazon-connect-demo/profiles/objects", trouble);
    let lines = world.ask(|_| ()).await.lines();
    let problems: Vec<&Value> = lines
        .iter()
        .filter(|line| line["part"] == "problem")
        .collect();
    assert!(!problems.is_empty());
    assert!(
        problems.iter().all(|line| line["error"]["code"] == code),
        "{problems:?}"
    );
    let parts: Vec<&str> = lines
        .iter()
        .filter_map(|line| line["part"].as_str())
        .collect();
    assert!(
        parts.contains(&"profiles") && parts.contains(&"calculated"),
        "{parts:?}"
    );
    assert_eq!(parts.last(), Some(&"end"));
}

/// However long AWS wants to be left alone, a desk asks again within a minute: it has a caller.
#[tokio::test]
async fn no_desk_is_told_to_wait_for_a_day() {
    let world = World::new().await;
    let storm = Reply::error(429, "ThrottlingException").with("retry-after", "86400");
    world.when(SEARCH, storm);
    let lines = world.ask(|_| ()).await.lines();
    let problem = lines.iter().find(|line| line["part"] == "problem");
    let error = &problem.expect("a problem")["error"];
    assert_eq!(error["retry_after_ms"], 60_000);
}

#[rstest]
#[case::numbers(json!({"Items": 7}))]
#[case::texts(json!({"Items": ["a", null, []]}))]
#[case::a_list(json!([1, 2]))]
#[case::nonsense_inside(json!({"Items": [{"Object": "{\"TotalPrice\": [", "ObjectTypeName": 1}]}))]
#[tokio::test]
async fn wrong_types_lose_what_they_hold_and_nothing_else(#[case] page: Value) {
    let world = World::new().await;
    world.when(
        "/domains/amazon-connect-demo/profiles/objects",
        Reply::json(&page),
    );
    let lines = world.ask(|_| ()).await.lines();
    let parts: Vec<&str> = lines
        .iter()
        .filter_map(|line| line["part"].as_str())
        .collect();
    assert!(
        parts.contains(&"profiles") && parts.contains(&"orders"),
        "{parts:?}"
    );
    assert_eq!(parts.last(), Some(&"end"));
}

#[tokio::test]
async fn a_storm_of_requests_is_one_agent_s_own() {
    let world = World::new().await;
    let mut throttled = None;
    for _ in 0..40 {
        let answer = world.ask(|ask: &mut Ask| ask.contact("ringing")).await;
        if answer.status == 429 {
            throttled = Some(answer);
            break;
        }
    }
    let throttled = throttled.expect("a limit");
    assert_eq!(throttled.code(), Some(ErrorCode::Throttled));
    assert!(
        throttled.json()["error"]["retry_after_ms"]
            .as_u64()
            .is_some_and(|pause| pause > 0)
    );
    let other = world.ask(|ask: &mut Ask| {
        ask.claims["preferred_username"] = json!("taro");
        ask.contact("theirs");
    });
    assert_eq!(other.await.status, 200);
}

/// Where the claim is the user's id, what is no id is nobody: it is logged.
#[rstest]
#[case::an_id("agent-1", 200)]
#[case::a_mail_address("hanako@example.com", 403)]
#[tokio::test]
async fn a_user_s_id_is_an_id(#[case] claim: &str, #[case] status: u16) {
    let world = World::with(&[("DESK_USER_BY", "id")]).await;
    let answer = world.ask(|ask: &mut Ask| ask.claims["preferred_username"] = json!(claim));
    assert_eq!(answer.await.status, status);
    assert!(!world::logged().contains("hanako"));
}

#[tokio::test]
async fn searching_is_a_right_that_runs_out_before_calls_do() {
    let world = World::new().await;
    let search: Change = |ask| {
        "/api/search".clone_into(&mut ask.path);
        ask.body = br#"{"by":"phone","value":"090-0000-0001"}"#.to_vec();
    };
    let answers: Vec<u16> = {
        let mut answers = Vec::new();
        for _ in 0..6 {
            answers.push(world.ask(search).await.status);
        }
        answers
    };
    assert_eq!(answers, [200, 200, 200, 200, 200, 429]);
    assert_eq!(
        world.ask(|_| ()).await.status,
        200,
        "a call is not a search"
    );
}

/// What is searched for is measured as it is sent: one sign may become eighteen.
#[rstest]
#[case::fits("\u{fdfa}".repeat(14), 200)]
#[case::grows_too_long("\u{fdfa}".repeat(15), 400)]
#[case::too_long("a".repeat(256), 400)]
#[case::just_not_too_long("a".repeat(255), 200)]
#[case::space("　".to_owned(), 400)]
#[tokio::test]
async fn a_search_is_for_as_much_as_aws_takes(#[case] value: String, #[case] status: u16) {
    let world = World::new().await;
    let answer = world.ask(|ask: &mut Ask| {
        "/api/search".clone_into(&mut ask.path);
        ask.body = json!({"by": "mail", "value": value})
            .to_string()
            .into_bytes();
    });
    assert_eq!(answer.await.status, status);
    assert_eq!(world.asked_profiles() > 0, status == 200);
}

/// What AWS does not accept of a search is the token that the browser has brought back, or a key that
/// the settings name and the domain does not have; neither is AWS's trouble.
#[rstest]
#[case::forged_token(json!({"by": "mail", "value": "a@example.com", "next": "x"}), 400, json!(null))]
#[case::key_that_is_not_there(json!({"by": "order_name", "value": "#1001"}), 200, json!("not_indexed"))]
#[case::anything_else(json!({"by": "mail", "value": "a@example.com"}), 502, json!(null))]
#[tokio::test]
async fn a_search_that_aws_does_not_accept(
    #[case] search: Value,
    #[case] status: u16,
    #[case] outcome: Value,
) {
    let world = World::with(&[("DESK_ORDER_NAME_KEY", "orderName")]).await;
    world.when(SEARCH, Reply::error(400, "BadRequestException"));
    let answer = world.ask(|ask: &mut Ask| {
        "/api/search".clone_into(&mut ask.path);
        ask.body = search.to_string().into_bytes();
    });
    let answer = answer.await;
    assert_eq!(answer.status, status);
    assert_eq!(answer.json()["outcome"], outcome);
}

#[tokio::test]
async fn a_body_that_never_ends_is_given_up() {
    let world = World::new().await;
    // The issuer's keys and the agent are known before the clock is held.
    assert_eq!(world.ask(|_| ()).await.status, 200);
    tokio::time::pause();
    let answer = world.ask(|ask: &mut Ask| ask.body_never_ends = true).await;
    assert_eq!(answer.code(), Some(ErrorCode::InvalidRequest));
}

#[tokio::test]
async fn who_comes_when_all_places_are_taken_is_told_to_come_again() {
    let world = World::with(&[("DESK_CONCURRENCY", "1")]).await;
    let waiting = world.open(|_| ()).await;
    let turned_away = world.ask(|_| ()).await;
    assert_eq!(turned_away.code(), Some(ErrorCode::Unavailable));
    assert_eq!(world::answered().len(), 1, "an answer that goes on is none");
    drop(waiting);
    let told: Vec<Value> = world::answered();
    assert_eq!(
        told.last().map(|line| &line["is_whole"]),
        Some(&json!(false))
    );
    assert_eq!(
        world.ask(|_| ()).await.status,
        200,
        "and a place is free when an answer is dropped"
    );
    let last = world::answered().pop().expect("a line");
    assert_eq!(last["is_whole"], true);
    assert!(last["head_ms"].as_u64() <= last["took_ms"].as_u64());
    let counts = world.metrics();
    for outcome in ["ok", "cut", "failed"] {
        let line = format!(
            "desk_proxy_request_seconds_count{{endpoint=\"/screen-pop\",outcome=\"{outcome}\"}} 1\n"
        );
        assert!(counts.contains(&line), "{counts}");
    }
}

#[tokio::test]
async fn what_was_found_for_a_call_is_there_at_once_when_the_desk_comes_again() {
    let world = World::new().await;
    let first = world.ask(|_| ()).await.lines();
    let asked = world.asked_profiles();
    let again = world.ask(|_| ()).await.lines();
    assert_eq!(first, again);
    assert_eq!(
        world.asked_profiles(),
        asked,
        "and AWS was not asked for it again"
    );
    assert_eq!(
        world.described(),
        ["mine", "mine"],
        "but for whose contact it is"
    );
}

#[tokio::test]
async fn what_was_found_goes_with_its_time_though_nobody_calls_any_more() {
    let world = World::with(&[("DESK_CACHE_SECONDS", "60")]).await;
    assert_eq!(world.ask(|_| ()).await.status, 200);
    world.wait(59).await;
    assert!(world.kept() > 0);
    world.wait(1).await;
    assert_eq!(world.kept(), 0);
}

#[tokio::test]
async fn nothing_of_a_person_stands_in_a_log_or_an_error() {
    let world = World::new().await;
    let mut answers = vec![
        world.ask(|_| ()).await,
        world
            .ask(|ask: &mut Ask| ask.claims["preferred_username"] = json!("MARKER-AGENT"))
            .await,
        world
            .ask(|ask: &mut Ask| ask.body = br#"{"contact_id":{"MARKER":1}}"#.to_vec())
            .await,
        world
            .ask(|ask: &mut Ask| ask.set("origin", "https://marker.example"))
            .await,
        world
            .ask(|ask: &mut Ask| ask.path.push_str("/MARKER?MARKER"))
            .await,
    ];
    let search: Change = |ask| {
        "/api/search".clone_into(&mut ask.path);
        ask.body = r#"{"by":"name","value":"MARKER 花子"}"#.as_bytes().to_vec();
    };
    answers.push(world.ask(search).await);
    for path in [
        "/domains/amazon-connect-demo/profiles/search",
        "/contacts/11111111-2222-3333-4444-555555555555/mine",
    ] {
        let reply = Reply::Full(
            400,
            vec![("x-amzn-errortype", "MARKER of 花子".to_owned())],
            b"{\"message\":\"MARKER\"}".to_vec(),
        );
        world.when(path, reply);
        answers.push(world.ask(search).await);
        answers.push(world.ask(|_| ()).await);
    }
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        assert!(!answer.text().contains("MARKER"), "{}", answer.text());
    }
    let written = world::logged();
    assert!(
        written.contains("answered") && written.contains("audit"),
        "the log was kept: {written}"
    );
    for personal in [
        "MARKER",
        "marker.example",
        "花子",
        "+819000000001",
        "hanako",
        "eyJ",
    ] {
        assert!(!written.contains(personal), "{personal} in {written}");
    }
    assert!(!world.metrics().contains("MARKER"));
}
