//! What a runtime sends as its answer, made into HTTP's.
//!
//! A streamed one begins with a prelude: JSON with status, headers and cookies, then eight NUL bytes;
//! what follows is the body (Lambda developer guide, "Configuring a Lambda function to stream
//! responses"; the runtimes that AWS publishes write it so). One that is not streamed is a JSON
//! document, the body among its members ("Invoking Lambda function URLs", response payload format).

use std::collections::BTreeMap;

use axum::body::{Body, BodyDataStream, Bytes};
use axum::http::header::{CONTENT_TYPE, SET_COOKIE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::StreamExt as _;
use serde::Deserialize;
use serde_json::Value;

const DELIMITER: [u8; 8] = [0; 8];
/// No prelude of ours comes near it; without an end nobody waits for one for ever.
const LARGEST_PRELUDE: usize = 65_536;

/// Status, headers and cookies; the body too, where it is not streamed.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    status_code: u16,
    #[serde(default)]
    headers: BTreeMap<String, Values>,
    #[serde(default)]
    cookies: Vec<String>,
    #[serde(default)]
    body: String,
    #[serde(default)]
    is_base64_encoded: bool,
}

/// A header's value. The Rust runtime writes a list where there is more than one.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Values {
    One(String),
    Many(Vec<String>),
}

/// Reads a streamed answer up to the end of its prelude: the head, the beginning of the body, and
/// whatever comes after it is left in `pieces`.
pub(super) async fn prelude(pieces: &mut BodyDataStream) -> Option<(Response<()>, Bytes)> {
    let mut read = Vec::new();
    loop {
        let piece = pieces.next().await?.ok()?;
        // The delimiter may be cut in two.
        let from = read.len().saturating_sub(DELIMITER.len() - 1);
        read.extend_from_slice(&piece);
        let found = read
            .get(from..)?
            .windows(DELIMITER.len())
            .position(|window| window == DELIMITER);
        if let Some(position) = found {
            let body = read.split_off(from + position + DELIMITER.len());
            read.truncate(from + position);
            let head: Head = serde_json::from_slice(&read).ok()?;
            return Some((response(&head, ())?, body.into()));
        }
        if read.len() > LARGEST_PRELUDE {
            return None;
        }
    }
}

/// Reads an answer that came whole.
pub(super) fn whole(bytes: &[u8]) -> Option<Response> {
    let value: Value = serde_json::from_slice(bytes).ok()?;
    if value.get("statusCode").is_none() {
        // Then all of it is the body.
        let mut response = Response::new(Body::from(bytes.to_vec()));
        response
            .headers_mut()
            .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        return Some(response);
    }
    let head: Head = serde_json::from_value(value).ok()?;
    let body = if head.is_base64_encoded {
        STANDARD.decode(&head.body).ok()?
    } else {
        head.body.clone().into_bytes()
    };
    response(&head, Body::from(body))
}

fn response<T>(head: &Head, body: T) -> Option<Response<T>> {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(head.status_code).ok()?;
    for (name, values) in &head.headers {
        let name: HeaderName = name.parse().ok()?;
        let values = match values {
            Values::One(value) => std::slice::from_ref(value),
            Values::Many(values) => values,
        };
        for value in values {
            response
                .headers_mut()
                .append(name.clone(), value.parse().ok()?);
        }
    }
    for cookie in &head.cookies {
        response
            .headers_mut()
            .append(SET_COOKIE, cookie.parse().ok()?);
    }
    Some(response)
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use axum::body::to_bytes;
    use futures_util::stream;
    use rstest::rstest;

    use super::*;

    async fn read(pieces: Vec<&'static str>) -> Option<(u16, Vec<u8>, Vec<u8>)> {
        let pieces = pieces.into_iter().map(Ok::<_, Infallible>);
        let mut pieces = Body::from_stream(stream::iter(pieces)).into_data_stream();
        let (head, first) = prelude(&mut pieces).await?;
        let mut body = first.to_vec();
        while let Some(piece) = pieces.next().await {
            body.extend_from_slice(&piece.ok()?);
        }
        let cookies = head.headers().get_all(SET_COOKIE).iter();
        let cookies: Vec<u8> = cookies.flat_map(|it| it.as_bytes().to_vec()).collect();
        Some((head.status().as_u16(), cookies, body))
    }

    #[rstest]
    #[case::as_the_runtime_sends_it(vec!["{\"statusCode\":201,\"cookies\":[\"a=1\"]}", "\0\0\0\0\0\0\0\0", "body"])]
    #[case::all_at_once(vec!["{\"statusCode\":201,\"cookies\":[\"a=1\"]}\0\0\0\0\0\0\0\0body"])]
    #[case::delimiter_cut_in_two(vec!["{\"statusCode\":201,\"cookies\":[\"a=1\"]}\0\0\0", "\0\0\0\0\0bo", "dy"])]
    #[tokio::test]
    async fn a_prelude_ends_with_eight_nul_bytes(#[case] pieces: Vec<&'static str>) {
        let read = read(pieces).await.expect("an answer");
        assert_eq!(read, (201, b"a=1".to_vec(), b"body".to_vec()));
    }

    #[rstest]
    #[case::no_end(vec!["{\"statusCode\":200}"])]
    #[case::seven_bytes(vec!["{\"statusCode\":200}\0\0\0\0\0\0\0"])]
    #[case::no_json(vec!["status 200\0\0\0\0\0\0\0\0"])]
    #[case::no_status(vec!["{\"statusCode\":99}\0\0\0\0\0\0\0\0"])]
    #[tokio::test]
    async fn anything_else_is_no_answer(#[case] pieces: Vec<&'static str>) {
        assert_eq!(read(pieces).await, None);
    }

    #[rstest]
    #[case::document(r#"{"statusCode":404,"body":"no"}"#, 404, "no")]
    #[case::bytes(
        r#"{"statusCode":200,"body":"bm8=","isBase64Encoded":true}"#,
        200,
        "no"
    )]
    #[case::value(r#"{"a":1}"#, 200, r#"{"a":1}"#)]
    #[tokio::test]
    async fn an_answer_may_come_whole(
        #[case] sent: &str,
        #[case] status: u16,
        #[case] body: &'static str,
    ) {
        let response = whole(sent.as_bytes()).expect("an answer");
        assert_eq!(response.status().as_u16(), status);
        let read = to_bytes(response.into_body(), 100).await.expect("a body");
        assert_eq!(read, body);
    }
}
