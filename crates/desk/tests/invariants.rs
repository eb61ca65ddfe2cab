//! The list of invariants in `lib.rs` is true only as far as its tests exist.

const LIST: &str = include_str!("../src/lib.rs");
const TESTS: &str = concat!(
    include_str!("customers.rs"),
    include_str!("dialling.rs"),
    include_str!("properties.rs"),
    include_str!("shared.rs")
);

/// The names in brackets at the end of each invariant.
fn named() -> Vec<&'static str> {
    let (_, list) = LIST.split_once("# Invariants").unwrap();
    let (list, _) = list.split_once("\nmod ").unwrap();
    let names = list.split("(`").skip(1);
    names
        .filter_map(|rest| rest.split_once("`)"))
        .map(|(name, _)| name)
        .collect()
}

#[test]
fn every_invariant_names_a_property_that_exists() {
    let missing: Vec<_> = named()
        .into_iter()
        .filter(|name| !TESTS.contains(&format!("fn {name}(")))
        .collect();
    assert_eq!(missing, [""; 0]);
}

#[test]
fn every_invariant_names_a_property() {
    let (_, list) = LIST.split_once("# Invariants").unwrap();
    assert_eq!(named().len(), list.matches("\n//! - ").count());
}
