//! What the fuzz target `upstream` asserts, on stable: of its corpus, of what it has once found, and
//! of recipes made at random.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "the whole crate is tests: what does not hold must fail them"
)]

use std::fs;
use std::path::Path;

use proptest::prelude::*;

#[path = "../../../fuzz/rules/upstream.rs"]
mod upstream;

#[test]
fn the_rules_hold_of_the_corpus_and_of_all_samples() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for (folder, at_least) in [("fuzz/corpus/upstream", 150), ("tests/data/aws", 11)] {
        let mut inputs = 0;
        for file in fs::read_dir(root.join(folder)).expect("a folder") {
            upstream::check(&fs::read(file.expect("a file").path()).expect("a file"));
            inputs += 1;
        }
        assert!(inputs >= at_least, "{inputs} inputs in {folder}");
    }
}

proptest! {
    #[test]
    fn the_rules_hold_of_any_recipe(recipe in proptest::collection::vec(any::<u8>(), 0..600)) {
        upstream::check(&recipe);
    }
}
