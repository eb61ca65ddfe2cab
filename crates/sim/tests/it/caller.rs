//! A program that calls AWS's interfaces: signs as the rules say and sends.

use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::{Digest, Sha256};
use sim::Sim;

use crate::browser::{Answer, book, request};

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

/// Calls as the long-lived development key, at the simulator's own time.
pub(crate) async fn call(sim: &Sim, service: &str, method: &str, path: &str, body: &str) -> Answer {
    let now = book(sim).await["clock"]["now"].as_str().unwrap().to_owned();
    call_at(sim, service, method, path, body, now.parse().unwrap()).await
}

/// Calls Connect.
pub(crate) async fn connect(sim: &Sim, method: &str, path: &str, body: Value) -> Answer {
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    call(sim, "connect", method, path, &body).await
}

/// Calls with a clock of its own.
pub(crate) async fn call_at(
    sim: &Sim,
    service: &str,
    method: &str,
    path: &str,
    body: &str,
    now: DateTime<Utc>,
) -> Answer {
    let headers = sign(sim, service, method, path, body, now);
    let headers = headers
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let url = format!("{}{path}", sim.aws_url());
    request(method, &url, &headers, body.as_bytes()).await
}

/// A whole request as it goes over the wire, signed at the simulator's own time.
pub(crate) async fn on_the_wire(sim: &Sim, method: &str, path: &str, body: &str) -> Vec<u8> {
    let now = book(sim).await["clock"]["now"].as_str().unwrap().to_owned();
    let headers = sign(sim, "connect", method, path, body, now.parse().unwrap());
    let headers = headers.map(|(name, value)| format!("{name}: {value}\r\n"));
    let headers = headers.concat();
    let host = sim.aws_url().replacen("http://", "", 1);
    let length = body.len();
    let head = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {length}\r\n");
    format!("{head}{headers}\r\n{body}").into_bytes()
}

fn sign(
    sim: &Sim,
    service: &str,
    method: &str,
    path: &str,
    body: &str,
    now: DateTime<Utc>,
) -> [(&'static str, String); 2] {
    let host = sim.aws_url().replacen("http://", "", 1);
    let stamp = now.format("%Y%m%dT%H%M%SZ").to_string();
    let day = &stamp[..8];
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let canonical = format!(
        "{method}\n{path}\n{query}\nhost:{host}\nx-amz-date:{stamp}\n\nhost;x-amz-date\n{}",
        hex(&Sha256::digest(body))
    );
    let scope = format!("{day}/ap-northeast-1/{service}/aws4_request");
    let text = format!(
        "AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{}",
        hex(&Sha256::digest(canonical))
    );
    let mut key = format!("AWS4{SECRET}").into_bytes();
    for part in scope.split('/').chain([text.as_str()]) {
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        mac.update(part.as_bytes());
        key = mac.finalize().into_bytes().to_vec();
    }
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/{scope}, \
         SignedHeaders=host;x-amz-date, Signature={}",
        hex(&key)
    );
    [("X-Amz-Date", stamp), ("Authorization", authorization)]
}

/// SHA-256 in lower-case hex.
pub(crate) fn digest(body: &str) -> String {
    hex(&Sha256::digest(body))
}

fn hex(bytes: &[u8]) -> String {
    let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    digits.concat()
}
