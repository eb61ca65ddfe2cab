//! What must hold of what the proxy reads of a request, whatever a browser sends.

use std::collections::BTreeMap;
use std::fmt::Debug;

use contract::{Health, Link, OpenProfile, ScreenPop, Search};
use proxy::{read_request, token_head};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The deepest that a request may be.
const DEEPEST: usize = 4;

/// Reads the input as every request and as a token, and asserts what must hold.
pub(crate) fn check(input: &[u8]) {
    request::<ScreenPop>(input);
    request::<OpenProfile>(input);
    request::<Search>(input);
    request::<Link>(input);
    request::<Health>(input);
    if let Ok(value) = read_request::<Json>(input) {
        let text = std::str::from_utf8(input).expect("what was read is UTF-8");
        assert!(depth(&value) <= DEEPEST, "too deep: {text}");
        // With a member twice, one of the two would be missing here.
        assert_eq!(members(&value), colons(text), "a member twice: {text}");
    }
    if let Ok(text) = std::str::from_utf8(input) {
        token(text);
    }
}

/// What is read is written as it is read again, and nothing else is in it.
fn request<T: Serialize + DeserializeOwned + PartialEq + Debug>(input: &[u8]) {
    let Ok(request) = read_request::<T>(input) else {
        return;
    };
    let written = serde_json::to_vec(&request).expect("a request");
    assert_eq!(read_request::<T>(&written).as_ref(), Ok(&request));
    let given: Value = serde_json::from_slice(input).expect("JSON");
    let kept: Value = serde_json::from_slice(&written).expect("JSON");
    let all = given.as_object().expect("an object");
    // A member that says nothing may go.
    for (name, value) in all.iter().filter(|(_, value)| !value.is_null()) {
        assert_eq!(kept.get(name), Some(value), "{name} was not kept");
    }
}

fn token(text: &str) {
    if let Ok(head) = token_head(text) {
        assert_eq!(text.split('.').count(), 3, "not a token: {text}");
        assert!(text.len() <= 8_192);
        let algorithm = format!("{:?}", head.algorithm);
        assert!(
            ["RS256", "ES256"].contains(&algorithm.as_str()),
            "{algorithm}"
        );
    }
}

/// Any JSON. A `Value` would take a member named `$serde_json::private::RawValue` for what is in it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Json {
    List(Vec<Json>),
    Object(BTreeMap<String, Json>),
    Other(IgnoredAny),
}

fn depth(value: &Json) -> usize {
    match value {
        Json::List(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Json::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        Json::Other(_) => 0,
    }
}

fn members(value: &Json) -> usize {
    match value {
        Json::List(items) => items.iter().map(members).sum(),
        Json::Object(of) => of.len() + of.values().map(members).sum::<usize>(),
        Json::Other(_) => 0,
    }
}

/// Colons that stand in no text: one for each member that was written.
fn colons(json: &str) -> usize {
    let mut in_text = false;
    let mut escaped = false;
    let mut count = 0;
    for byte in json.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b':' if !in_text => count += 1,
            _ => {}
        }
    }
    count
}
