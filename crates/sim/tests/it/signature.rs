//! The verifier against requests that botocore signed, and against what was done to them on the way.
//!
//! `tests/data/sigv4.json` holds 40 requests with the `Authorization` header that botocore gives
//! them, and nine that must be refused.

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use proptest::sample::Index;
use rstest::rstest;
use serde_json::Value;
use sim::aws::ApiError;
use sim::sigv4::{Credential, Endpoint, Keyring, Presented, Signed};

const SERVICES: [&str; 3] = ["profile", "connect", "kinesis"];

fn file() -> Value {
    let text = include_str!("../../../../tests/data/sigv4.json");
    serde_json::from_str(text).expect("JSON")
}

/// A request as it goes over the wire.
#[derive(Debug, Clone)]
struct Wire {
    name: String,
    region: String,
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

impl Wire {
    fn of(vector: &Value) -> Self {
        let text = |key: &str| vector[key].as_str().expect("text").to_owned();
        let mut headers: Vec<(String, Vec<u8>)> = vector["headers"]
            .as_array()
            .expect("headers")
            .iter()
            .map(|pair| (pair[0].as_str().unwrap(), pair[1].as_str().unwrap()))
            .filter(|(name, _)| *name != "Host")
            .map(|(name, value)| (name.to_owned(), value.as_bytes().to_vec()))
            .collect();
        headers.push(("Host".to_owned(), text("host").into_bytes()));
        if let Some(authorization) = vector["authorization"].as_str() {
            headers.push((
                "Authorization".to_owned(),
                authorization.as_bytes().to_vec(),
            ));
        }
        Self {
            name: text("name"),
            region: text("region"),
            method: text("method"),
            path: text("path"),
            query: text("query"),
            headers,
            body: vector["body_utf8"]
                .as_str()
                .unwrap_or_default()
                .as_bytes()
                .to_vec(),
        }
    }

    fn verify_at(&self, now: DateTime<Utc>) -> Result<Signed, ApiError> {
        let request = Presented {
            method: &self.method,
            path: &self.path,
            query: &self.query,
            headers: &self.headers,
            body: &self.body,
        };
        let endpoint = Endpoint {
            region: &self.region,
            services: &SERVICES,
        };
        keys().verify(&request, &endpoint, now)
    }

    fn verify(&self) -> Result<Signed, ApiError> {
        self.verify_at(then())
    }

    fn header(&mut self, name: &str) -> &mut Vec<u8> {
        let named = |(key, _): &&mut (String, Vec<u8>)| key.eq_ignore_ascii_case(name);
        &mut self.headers.iter_mut().find(named).expect("a header").1
    }

    /// The header's text with something in it replaced.
    fn rewritten(mut self, name: &str, from: &str, to: &str) -> Self {
        let text = String::from_utf8(self.header(name).clone()).expect("text");
        assert!(text.contains(from), "{text}");
        *self.header(name) = text.replacen(from, to, 1).into_bytes();
        self
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.headers
            .push((name.to_owned(), value.as_bytes().to_vec()));
        self
    }
}

fn keys() -> Keyring {
    let file = file();
    let text = |key: &str| file["credentials"][key].as_str().expect("text").to_owned();
    let pair = |session_token| Credential {
        access_key_id: text("access_key_id"),
        secret_access_key: text("secret_access_key"),
        session_token,
        expires: None,
    };
    Keyring::new([pair(None), pair(Some(text("session_token")))])
}

fn then() -> DateTime<Utc> {
    "2026-11-03T04:05:06Z".parse().expect("an instant")
}

fn vectors() -> Vec<Wire> {
    let file = file();
    let vectors = file["vectors"].as_array().expect("vectors");
    vectors.iter().map(Wire::of).collect()
}

fn named(name: &str) -> Wire {
    let of_that_name = |wire: &Wire| wire.name == name;
    vectors().into_iter().find(of_that_name).expect("a vector")
}

fn search() -> Wire {
    named("cp-search-phone")
}

#[test]
fn every_request_that_botocore_signed_is_accepted() {
    let refused: Vec<_> = vectors()
        .iter()
        .filter_map(|wire| Some((wire.name.clone(), wire.verify().err()?)))
        .collect();
    assert_eq!(refused, []);
    assert_eq!(vectors().len(), 40);
}

#[test]
fn every_request_that_must_be_refused_is_refused_by_the_named_error() {
    let file = file();
    let negatives = file["negative"].as_array().expect("negatives");
    assert_eq!(negatives.len(), 9);
    for negative in negatives {
        let wire = Wire::of(negative);
        let error = wire.verify().expect_err(&wire.name);
        let expected = negative["expect_error"].as_str().expect("a name");
        assert_eq!(error.code, expected, "{}", wire.name);
    }
}

#[test]
fn who_signed_and_for_which_service_is_told() {
    let signed = search().verify().expect("accepted");
    assert_eq!(
        (signed.access_key_id.as_str(), signed.service.as_str()),
        ("AKIAIOSFODNN7EXAMPLE", "profile")
    );
}

#[rstest]
#[case::at_the_limit(300, None)]
#[case::too_late(
    301,
    Some(
        "Signature expired: 20261103T040506Z is now earlier than 20261103T040507Z (20261103T041007Z - 5 min.)"
    )
)]
#[case::early_at_the_limit(-300, None)]
#[case::too_early(-301, Some("Signature not yet current: 20261103T040506Z is still later than 20261103T040505Z (20261103T040005Z + 5 min.)"))]
fn the_clocks_may_be_five_minutes_apart(#[case] seconds: i64, #[case] message: Option<&str>) {
    let verified = search().verify_at(then() + TimeDelta::seconds(seconds));
    let refusal = verified.err().map(|error| error.message);
    assert_eq!(refusal.as_deref(), message);
}

const DATE: &str = "20261103/";

#[rstest]
#[case::other_day(search().rewritten("authorization", DATE, "20261102/"), "InvalidSignatureException", "does not match YYYYMMDD")]
#[case::other_end(search().rewritten("authorization", "aws4_request", "aws5_request"), "InvalidSignatureException", "terminator")]
#[case::no_scope(search().rewritten("authorization", "/aws4_request", ""), "IncompleteSignatureException", "exactly 5")]
#[case::other_algorithm(search().rewritten("authorization", "AWS4-HMAC-SHA256", "AWS4-ECDSA-P256"), "IncompleteSignatureException", "algorithm")]
#[case::bearer(search().rewritten("authorization", "AWS4-HMAC-SHA256", "Bearer"), "IncompleteSignatureException", "algorithm")]
#[case::no_signature(search().rewritten("authorization", "Signature=", "signature="), "IncompleteSignatureException", "signature")]
#[case::short_signature(search().rewritten("authorization", "Signature=1d", "Signature="), "IncompleteSignatureException", "64")]
#[case::capitals(search().rewritten("authorization", "Signature=1d0c", "Signature=1D0C"), "IncompleteSignatureException", "64")]
#[case::signature_twice(search().rewritten("authorization", "Signature=", "Signature=00, Signature="), "IncompleteSignatureException", "repeats")]
#[case::header_twice(search().with("Authorization", "AWS4-HMAC-SHA256"), "IncompleteSignatureException", "repeated")]
#[case::host_unsigned(search().rewritten("authorization", ";host", ""), "InvalidSignatureException", "'Host'")]
#[case::date_unsigned(search().rewritten("authorization", ";x-amz-date", ""), "InvalidSignatureException", "'x-amz-date'")]
#[case::type_unsigned(search().rewritten("authorization", "content-type;", ""), "InvalidSignatureException", "'content-type'")]
#[case::out_of_order(search().rewritten("authorization", "content-type;host", "host;content-type"), "InvalidSignatureException", "sorted")]
#[case::signed_and_not_there(search().rewritten("authorization", "content-type;", "accept;content-type;"), "InvalidSignatureException", "does not match")]
#[case::target_added(search().with("X-Amz-Target", "other"), "InvalidSignatureException", "'x-amz-target'")]
#[case::token_of_nobody(search().with("X-Amz-Security-Token", "stolen"), "UnrecognizedClientException", "invalid")]
#[case::other_token(named("cp-search-profileid-token").rewritten("x-amz-security-token", "Fwo", "Gwo"), "UnrecognizedClientException", "invalid")]
#[case::unsigned_payload(search().with("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD"), "InvalidSignatureException", "x-amz-content-sha256")]
#[case::date_of_another_kind(search().rewritten("x-amz-date", "20261103T040506Z", "Tue, 03 Nov 2026 04:05:06 GMT"), "IncompleteSignatureException", "basic format")]
#[case::a_day_that_is_none(search().rewritten("x-amz-date", "20261103", "20261131"), "IncompleteSignatureException", "basic format")]
#[case::date_twice(search().with("X-Amz-Date", "20261103T040506Z"), "IncompleteSignatureException", "X-Amz-Date")]
#[case::needlessly_encoded(Wire { path: search().path.replace("search", "%73earch"), ..search() }, "InvalidSignatureException", "does not match")]
fn what_a_signer_can_do_wrong_has_a_name(
    #[case] wire: Wire,
    #[case] code: &str,
    #[case] says: &str,
) {
    let error = wire.verify().expect_err("refused");
    assert_eq!(error.code, code, "{error}");
    assert!(error.message.contains(says), "{error}");
    let status = if code == "IncompleteSignatureException" {
        400
    } else {
        403
    };
    assert_eq!(error.status, status);
}

#[test]
fn a_temporary_key_expires() {
    let wire = named("cp-search-profileid-token");
    let file = file();
    let text = |key: &str| file["credentials"][key].as_str().expect("text").to_owned();
    let mut ring = Keyring::new([]);
    let mut code = |expires: DateTime<Utc>| {
        ring.add(Credential {
            access_key_id: text("access_key_id"),
            secret_access_key: text("secret_access_key"),
            session_token: Some(text("session_token")),
            expires: Some(expires),
        });
        let request = Presented {
            method: &wire.method,
            path: &wire.path,
            query: &wire.query,
            headers: &wire.headers,
            body: &wire.body,
        };
        let endpoint = Endpoint {
            region: &wire.region,
            services: &SERVICES,
        };
        ring.verify(&request, &endpoint, then())
            .err()
            .map(|error| error.code)
    };
    assert_eq!(code(then() + TimeDelta::seconds(1)), None);
    assert_eq!(code(then()).as_deref(), Some("ExpiredTokenException"));
}

/// The names of the headers that are signed.
fn signed_headers(wire: &Wire) -> Vec<String> {
    let mut wire = wire.clone();
    let header = String::from_utf8(wire.header("authorization").clone()).expect("text");
    let list = header.split("SignedHeaders=").nth(1).expect("a list");
    let list = list.split(',').next().expect("a list");
    list.split(';').map(ToOwned::to_owned).collect()
}

proptest! {
    /// Proxies between the two reorder headers, write their names otherwise and add their own.
    #[test]
    fn what_is_not_signed_may_change(
        vector in any::<Index>(),
        turn in any::<Index>(),
        capitals: bool,
        trace in "[a-z0-9]{0,20}",
    ) {
        let vectors = vectors();
        let mut wire = vector.get(&vectors).clone();
        let at = turn.index(wire.headers.len());
        wire.headers.rotate_left(at);
        if capitals {
            for (name, _) in &mut wire.headers {
                *name = name.to_ascii_uppercase();
            }
        }
        let wire = wire.with("x-forwarded-for", &trace);
        prop_assert!(wire.verify().is_ok());
    }

    #[test]
    fn space_around_and_in_a_signed_header_may_change(vector in any::<Index>(), spaces in 1_usize..5) {
        let vectors = vectors();
        let mut wire = vector.get(&vectors).clone();
        for name in signed_headers(&wire) {
            let value = wire.header(&name);
            let wide: Vec<u8> = value
                .iter()
                .flat_map(|byte| if *byte == b' ' { vec![b' '; spaces] } else { vec![*byte] })
                .collect();
            *value = wide;
            value.push(b' ');
        }
        prop_assert!(wire.verify().is_ok());
    }

    /// One bit of anything that is signed, and the request is refused.
    #[test]
    fn one_other_bit_is_refused(
        vector in any::<Index>(),
        part in 0_usize..5,
        byte in any::<Index>(),
        bit in 0_u8..8,
    ) {
        let vectors = vectors();
        let mut wire = vector.get(&vectors).clone();
        let names = signed_headers(&wire);
        let flip = |bytes: &mut [u8]| bytes[byte.index(bytes.len())] ^= 1 << bit;
        let flip_text = |text: &mut String| {
            let mut bytes = text.clone().into_bytes();
            flip(&mut bytes);
            // What is no text cannot come in a request line.
            if let Ok(changed) = String::from_utf8(bytes) {
                *text = changed;
            }
        };
        let before = wire.clone();
        match part {
            0 if !wire.body.is_empty() => flip(&mut wire.body),
            1 => flip_text(&mut wire.path),
            2 if !wire.query.is_empty() => flip_text(&mut wire.query),
            3 => flip(wire.header(&names[byte.index(names.len())])),
            _ => flip(wire.header("authorization")),
        }
        let signs = |wire: &Wire| in_one_form(wire, &names);
        // Nor can a path that does not begin with a slash.
        prop_assume!(wire.path.starts_with('/') && signs(&wire) != signs(&before));
        prop_assert!(wire.verify().is_err(), "{wire:?}");
    }
}

/// What of a request may be written in several ways, in one: a bit that only turns one way into
/// another (a space into a tab, `next=` into `next`) changes nothing.
fn in_one_form(wire: &Wire, names: &[String]) -> String {
    let words = |value: &[u8]| {
        let text = String::from_utf8_lossy(value).into_owned();
        let words: Vec<String> = text.split_ascii_whitespace().map(str::to_owned).collect();
        words
    };
    let mut headers: Vec<(String, Vec<String>)> = wire
        .headers
        .iter()
        .map(|(name, value)| (name.to_ascii_lowercase(), words(value)))
        .filter(|(name, _)| names.contains(name) || name == "authorization")
        .collect();
    headers.sort();
    let mut query: Vec<(String, String)> = wire
        .query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (percent_decoded(name), percent_decoded(value))
        })
        .collect();
    query.sort();
    let path: Vec<&str> = wire.path.split('/').collect();
    let mut folded: Vec<&str> = Vec::new();
    for segment in path {
        match segment {
            "" | "." => {}
            ".." => {
                folded.pop();
            }
            other => folded.push(other),
        }
    }
    let slash = wire.path.ends_with('/');
    format!("{:?}", (folded, slash, query, headers, &wire.body))
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let escaped = rest
            .strip_prefix('%')
            .and_then(|after| after.get(..2))
            .filter(|digits| digits.chars().all(|digit| digit.is_ascii_hexdigit()))
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        if let Some(byte) = escaped {
            bytes.push(byte);
            rest = &rest[3..];
        } else {
            bytes.extend_from_slice(first.to_string().as_bytes());
            rest = &rest[first.len_utf8()..];
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
