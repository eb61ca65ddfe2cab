//! The document in `docs/` says what the code does.

use serde_json::Value;

#[test]
fn the_committed_document_is_that_of_the_code() {
    let committed: Value = serde_json::from_str(include_str!("../../../docs/openapi.json"))
        .expect("docs/openapi.json is JSON");
    assert!(
        committed == contract::document(),
        "docs/openapi.json is not that of the code: \
         cargo run -p proxy --example openapi > docs/openapi.json"
    );
}

#[test]
fn every_reference_leads_somewhere() {
    let document = contract::document();
    let mut references = Vec::new();
    collect(&document, &mut references);
    assert!(references.len() > 50, "{}", references.len());
    for reference in references {
        let pointer = reference.strip_prefix('#').expect("a reference within");
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

fn collect<'a>(value: &'a Value, references: &mut Vec<&'a str>) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get("$ref") {
                references.push(reference);
            }
            members
                .values()
                .for_each(|member| collect(member, references));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, references)),
        _ => {}
    }
}
