//! The verifier against AWS's own Python library, on random requests.
//!
//! `cargo xtask test unit` installs botocore, lets `botocore/sign.py` sign the requests, and runs
//! this. The target is not part of a plain `cargo test`, which would have no requests.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "the whole crate is tests: what does not hold must fail them"
)]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use sim::sigv4::{Endpoint, Keyring, Presented};

/// Names the file of the signed requests.
const REQUESTS: &str = "SIM_SIGNED_REQUESTS";

/// As many as `cargo xtask test` asks for.
const COUNT: usize = 500;

#[derive(Debug, Clone, Deserialize)]
struct Signed {
    service: String,
    now: DateTime<Utc>,
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Signed {
    fn body(&self) -> Vec<u8> {
        STANDARD.decode(&self.body).expect("base64")
    }

    fn is_accepted(&self) -> bool {
        self.is_accepted_with(&self.body())
    }

    fn is_accepted_with(&self, body: &[u8]) -> bool {
        let headers: Vec<(String, Vec<u8>)> = self
            .headers
            .iter()
            .map(|(name, value)| (name.clone(), value.clone().into_bytes()))
            .collect();
        let request = Presented {
            method: &self.method,
            path: &self.path,
            query: &self.query,
            headers: &headers,
            body,
        };
        let endpoint = Endpoint {
            region: "ap-northeast-1",
            services: &["profile", "connect"],
        };
        let verified = Keyring::default().verify(&request, &endpoint, self.now);
        verified.is_ok_and(|signed| signed.service == self.service)
    }

    fn signed_headers(&self) -> Vec<usize> {
        let named = |(name, _): &&(String, String)| name == "Authorization";
        let (_, header) = self.headers.iter().find(named).expect("a signature");
        let list = header.split("SignedHeaders=").nth(1).expect("a list");
        let list = list.split(',').next().expect("a list");
        let names: Vec<&str> = list.split(';').collect();
        (0..self.headers.len())
            .filter(|at| names.contains(&self.headers[*at].0.to_lowercase().as_str()))
            .collect()
    }

    /// This request with one bit of one part changed, once for each part that can be.
    fn falsified(&self) -> Vec<(String, bool)> {
        let mut all = Vec::new();
        let mut body = self.body();
        if let Some(last) = body.last_mut() {
            *last ^= 1;
            all.push(("body".to_owned(), self.is_accepted_with(&body)));
        }
        // What a `..` takes away is not signed.
        if !self.path.contains("..")
            && let Some(path) = flipped(&self.path)
        {
            let other = Self {
                path,
                ..self.clone()
            };
            all.push(("path".to_owned(), other.is_accepted()));
        }
        if let Some(query) = flipped(&self.query) {
            let other = Self {
                query,
                ..self.clone()
            };
            all.push(("query".to_owned(), other.is_accepted()));
        }
        let authorization = self
            .headers
            .iter()
            .position(|(name, _)| name == "Authorization");
        for at in self.signed_headers().into_iter().chain(authorization) {
            let mut other = self.clone();
            if let Some(value) = flipped(&other.headers[at].1) {
                other.headers[at].1 = value;
                all.push((other.headers[at].0.clone(), other.is_accepted()));
            }
        }
        all
    }
}

/// The text with the lowest bit of its last letter or digit changed; still a letter or a digit.
fn flipped(text: &str) -> Option<String> {
    let mut bytes = text.as_bytes().to_vec();
    let flips = |byte: &u8| byte.is_ascii_alphanumeric() && (byte ^ 1).is_ascii_alphanumeric();
    let at = bytes.iter().rposition(flips)?;
    bytes[at] ^= 1;
    String::from_utf8(bytes).ok()
}

fn requests() -> Vec<Signed> {
    let path = std::env::var(REQUESTS).unwrap_or_else(|_| {
        panic!("{REQUESTS} names no file; run `cargo xtask test unit`, which makes one")
    });
    let text = std::fs::read_to_string(path).expect("the signed requests");
    serde_json::from_str(&text).expect("signed requests")
}

#[test]
fn every_request_that_botocore_signs_is_accepted() {
    let requests = requests();
    assert_eq!(requests.len(), COUNT);
    let refused: Vec<&Signed> = requests.iter().filter(|one| !one.is_accepted()).collect();
    assert!(
        refused.is_empty(),
        "{} refused: {:#?}",
        refused.len(),
        refused.first()
    );
}

#[test]
fn one_other_bit_anywhere_is_refused() {
    let mut tried = 0;
    for request in requests() {
        let falsified = request.falsified();
        assert!(falsified.len() >= 3, "too little to change in {request:?}");
        tried += falsified.len();
        let accepted = falsified.iter().find(|(_, accepted)| *accepted);
        assert!(accepted.is_none(), "{accepted:?} of {request:?}");
    }
    assert!(tried > 4 * COUNT, "{tried}");
}

#[test]
fn the_requests_are_of_every_kind() {
    let requests = requests();
    let some = |kind: &dyn Fn(&Signed) -> bool| {
        let count = requests.iter().filter(|one| kind(one)).count();
        assert!(count > 20, "{count}");
    };
    some(&|one| one.path.contains("%25"));
    some(&|one| one.path.contains("//") || one.path.contains("/."));
    some(&|one| one.query.matches('&').count() > 1);
    some(&|one| {
        one.headers
            .iter()
            .any(|(name, _)| name == "X-Amz-Security-Token")
    });
    some(&|one| {
        let mut names: Vec<&str> = one.headers.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        names.windows(2).any(|pair| pair[0] == pair[1])
    });
    some(&|one| one.headers.iter().any(|(_, value)| value.contains("  ")));
    some(&|one| one.body.is_empty());
    some(&|one| one.headers.iter().any(|(_, host)| host.ends_with(":4566")));
}
