//! What AWS answers, become values: whatever it is, nothing panics and the rules hold.

#![no_main]

#[path = "../rules/upstream.rs"]
mod upstream;

libfuzzer_sys::fuzz_target!(|data: &[u8]| upstream::check(data));
