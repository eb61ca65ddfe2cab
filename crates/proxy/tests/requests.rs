//! What the fuzz target `requests` asserts, on stable: of its corpus, and of inputs made at random.

#![expect(
    clippy::expect_used,
    reason = "the whole crate is tests: what does not hold must fail them"
)]

use std::fs;
use std::path::Path;

use proptest::prelude::*;

#[path = "../../../fuzz/rules/requests.rs"]
mod requests;

#[test]
fn the_rules_hold_of_the_corpus() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/requests");
    let mut inputs = 0;
    for file in fs::read_dir(folder).expect("a folder") {
        requests::check(&fs::read(file.expect("a file").path()).expect("a file"));
        inputs += 1;
    }
    assert!(inputs >= 15, "{inputs} inputs");
}

/// Pieces of requests: random bytes are hardly ever JSON.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("{"),
        Just("}"),
        Just("["),
        Just("]"),
        Just(","),
        Just(":"),
        Just("\"contact_id\""),
        Just("\"by\""),
        Just("\"value\""),
        Just("\"v\\u0061lue\""),
        Just("\"phone\""),
        Just("\"x\""),
        Just("\"profile\""),
        Just("\"0a1b2c3d4e5f60718293a4b5c6d7e8f9\""),
        Just("null"),
        Just("7"),
        Just(" "),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// An object whose members may repeat.
fn members() -> impl Strategy<Value = String> {
    let name = prop::sample::select(vec![
        "contact_id",
        "by",
        "value",
        "next",
        "profile",
        "v\\u0061lue",
    ]);
    let value = prop::sample::select(vec![
        "\"phone\"",
        "\"x:y\"",
        "null",
        "[[[1]]]",
        "{\"a\":{\"b\":1}}",
        "\"\\\"\"",
    ]);
    prop::collection::vec((name, value), 0..5).prop_map(|members| {
        let members: Vec<String> = members
            .iter()
            .map(|(name, value)| format!("\"{name}\":{value}"))
            .collect();
        format!("{{{}}}", members.join(","))
    })
}

proptest! {
    #[test]
    fn the_rules_hold_of_any_bytes(input in prop::collection::vec(any::<u8>(), 0..300)) {
        requests::check(&input);
    }

    #[test]
    fn the_rules_hold_of_any_pieces(input in pieces()) {
        requests::check(input.as_bytes());
    }

    #[test]
    fn the_rules_hold_of_any_members(input in members()) {
        requests::check(input.as_bytes());
    }
}
