//! A request as the event that a function URL makes of it: payload format 2.0.
//!
//! (Lambda developer guide, "Invoking Lambda function URLs", request payload format.)

use std::collections::BTreeMap;

use axum::http::header::{CONTENT_TYPE, COOKIE, HOST, USER_AGENT};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::clock::Clock;

/// The host of the function's URL. Origin access control signs for it, so the function never sees the
/// viewer's.
const DOMAIN: &str = "localdesk.lambda-url.ap-northeast-1.on.aws";
const DOMAIN_PREFIX: &str = "localdesk";
/// The account of AWS's own examples.
pub(super) const ACCOUNT: &str = "123456789012";

/// The event of a request.
pub(super) fn of(head: &Parts, body: &[u8]) -> Value {
    let (text, is_encoded) = match text(&head.headers, body) {
        Some(text) => (text.to_owned(), false),
        None => (STANDARD.encode(body), true),
    };
    let path = head.uri.path();
    let query = head.uri.query().unwrap_or_default();
    let now = Clock::start().now();
    let mut event = json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers(&head.headers),
        "requestContext": {
            "accountId": ACCOUNT,
            "apiId": DOMAIN_PREFIX,
            "authentication": null,
            "authorizer": { "iam": {
                "accessKey": "AKIAIOSFODNN7EXAMPLE",
                "accountId": ACCOUNT,
                "callerId": "AIDACKCEVSQ6C2EXAMPLE",
                "cognitoIdentity": null,
                "principalOrgId": null,
                "userArn": "arn:aws:iam::123456789012:user/example-user",
                "userId": "AIDACOSFODNN7EXAMPLE2",
            }},
            "domainName": DOMAIN,
            "domainPrefix": DOMAIN_PREFIX,
            "http": {
                "method": head.method.as_str(),
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": value(&head.headers, &USER_AGENT),
            },
            "requestId": super::environment::new_id(),
            "routeKey": "$default",
            "stage": "$default",
            "time": now.format("%d/%b/%Y:%H:%M:%S %z").to_string(),
            "timeEpoch": now.timestamp_millis(),
        },
        "isBase64Encoded": is_encoded,
    });
    if let Some(members) = event.as_object_mut() {
        if !body.is_empty() {
            members.insert("body".to_owned(), json!(text));
        }
        let cookies = cookies(&head.headers);
        if !cookies.is_empty() {
            members.insert("cookies".to_owned(), json!(cookies));
        }
        if !query.is_empty() {
            members.insert("queryStringParameters".to_owned(), json!(parameters(query)));
        }
    }
    event
}

/// Names in lower case; what comes more than once is joined.
fn headers(headers: &HeaderMap) -> BTreeMap<&str, String> {
    let mut all = BTreeMap::new();
    for name in headers
        .keys()
        .filter(|name| !matches!(**name, HOST | COOKIE))
    {
        all.insert(name.as_str(), value(headers, name));
    }
    all.insert("host", DOMAIN.to_owned());
    all.insert("x-forwarded-for", "127.0.0.1".to_owned());
    all.insert("x-forwarded-port", "443".to_owned());
    all.insert("x-forwarded-proto", "https".to_owned());
    all
}

fn value(headers: &HeaderMap, name: &HeaderName) -> String {
    let values: Vec<_> = headers
        .get_all(name)
        .iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()))
        .collect();
    values.join(",")
}

fn cookies(headers: &HeaderMap) -> Vec<String> {
    let cookies = headers.get_all(COOKIE).iter();
    cookies
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .map(|cookie| cookie.trim().to_owned())
        .collect()
}

fn parameters(query: &str) -> BTreeMap<&str, String> {
    let mut all: BTreeMap<&str, String> = BTreeMap::new();
    for pair in query.split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let joined = all.entry(name).or_default();
        if !joined.is_empty() {
            joined.push(',');
        }
        joined.push_str(value);
    }
    all
}

/// The body where it is text by its own account; whatever else it is goes in base64.
fn text<'a>(headers: &HeaderMap, body: &'a [u8]) -> Option<&'a str> {
    let kind = value(headers, &CONTENT_TYPE).to_ascii_lowercase();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let is_text = kind.starts_with("text/")
        || matches!(
            kind,
            "application/json" | "application/javascript" | "application/xml"
        );
    is_text.then(|| std::str::from_utf8(body).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use axum::http::Request;
    use rstest::rstest;

    use super::*;

    fn event(headers: &[(&str, &str)], body: &[u8]) -> Value {
        let mut request = Request::post("/api/screen-pop?a=1&b=2&a=3");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (head, ()) = request.body(()).expect("a request").into_parts();
        of(&head, body)
    }

    #[test]
    fn a_request_keeps_its_path_and_its_headers_but_for_the_host() {
        let event = event(
            &[
                ("host", "desk.example.com"),
                ("origin", "https://desk.example.com"),
                ("x-many", "1"),
                ("x-many", "2"),
                ("cookie", "a=1; b=2"),
            ],
            b"",
        );
        assert_eq!(event["rawPath"], "/api/screen-pop");
        assert_eq!(event["rawQueryString"], "a=1&b=2&a=3");
        assert_eq!(event["queryStringParameters"]["a"], "1,3");
        assert_eq!(event["headers"]["origin"], "https://desk.example.com");
        assert_eq!(event["headers"]["x-many"], "1,2");
        assert_eq!(event["headers"]["host"], DOMAIN);
        assert_eq!(event["cookies"], json!(["a=1", "b=2"]));
        assert_eq!(event["requestContext"]["http"]["method"], "POST");
        assert_eq!(event["body"], Value::Null);
    }

    #[rstest]
    #[case::json("application/json; charset=utf-8", "{}".as_bytes(), "{}", false)]
    #[case::bytes("application/octet-stream", "{}".as_bytes(), "e30=", true)]
    #[case::text_that_is_none("application/json", &[0xff], "/w==", true)]
    fn a_body_that_is_no_text_goes_in_base64(
        #[case] kind: &str,
        #[case] body: &[u8],
        #[case] sent: &str,
        #[case] is_encoded: bool,
    ) {
        let event = event(&[("content-type", kind)], body);
        assert_eq!(event["body"], sent);
        assert_eq!(event["isBase64Encoded"], is_encoded);
    }
}
