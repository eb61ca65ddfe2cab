//! What a browser sends, body and token: whatever it is, nothing panics and the rules hold.

#![no_main]

#[path = "../rules/requests.rs"]
mod requests;

libfuzzer_sys::fuzz_target!(|data: &[u8]| requests::check(data));
