//! What is missing, in the way or not agreed to, before anything is made or deleted.

use std::fs;

use serde_json::json;

use crate::WASM;
use crate::account::{Account, fails, succeeds};

#[test]
fn users_are_not_deleted_by_an_answer_that_was_given_beforehand() {
    let account = Account::open();
    account.describe_whole();
    succeeds(&mut account.deploy("--yes"));

    account.describe(json!({}));
    let refused = fails(&mut account.deploy("--yes"));

    assert!(refused.contains("WITH ITS DATA"), "{refused}");
    assert!(
        refused.contains("there is no terminal to ask on"),
        "{refused}"
    );
    let pools = account.aws("cognito-idp list-user-pools --max-results 9");
    assert_eq!(pools["UserPools"].as_array().unwrap().len(), 1);
}

#[test]
fn nothing_is_made_that_was_not_agreed_to() {
    let account = Account::open();
    account.describe_whole();

    let told = succeeds(&mut account.deploy("--dry-run"));
    for word in [
        "Add  Bucket",
        "Add  Proxy ",
        "index.html",
        "\"country\": \"JP\"",
        "admin-create-user",
    ] {
        assert!(told.contains(word), "{word} is not in {told}");
    }
    account.nothing_is_there();

    let refused = fails(&mut account.deploy(""));
    assert!(refused.contains("--yes answers beforehand"), "{refused}");
    account.nothing_is_there();
    assert_eq!(account.uploaded(), [""; 0]);
}

#[test]
fn an_interruption_is_an_answer_and_leaves_nothing() {
    /// What Ctrl-C types.
    const END_OF_TEXT: &str = "\x03";
    let account = Account::open();
    account.describe(json!({}));
    let asking = account.deploy("");
    let mut asked = account.on_a_terminal(&asking, "Make these changes? [y/N] ", END_OF_TEXT);

    let output = asked.output().unwrap();

    let told = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(130), "{told}");
    assert!(told.contains("[y/N]"), "{told}");
    account.nothing_is_there();
}

#[test]
fn what_is_missing_is_named_before_anything_is_made() {
    let account = Account::open();
    account.describe(json!({ "ConnectOrigin": "https://store.my.connect.aws" }));
    let refused = fails(&mut account.deploy("--yes"));
    assert!(refused.contains("https://shop.my.connect.aws"), "{refused}");

    account.describe(json!({ "ConnectInstanceId": "5ca1ab1e-0000-4000-8000-00000000c0de" }));
    let refused = fails(&mut account.deploy("--yes"));
    assert!(
        refused.contains("aws connect list-instances --region ap-northeast-1"),
        "{refused}"
    );

    let asked_for = account.aws_in(
        "us-east-1",
        "acm request-certificate --domain-name desk.example.com --validation-method DNS",
    );
    account.describe(json!({
        "DomainName": "desk.example.com",
        "CertificateArn": asked_for["CertificateArn"],
    }));
    let refused = fails(&mut account.deploy("--yes"));
    assert!(
        refused.contains("PENDING_VALIDATION") && refused.contains("certificate-validated"),
        "{refused}"
    );

    account.describe(json!({}));
    fs::remove_file(account.path("site").join(WASM)).unwrap();
    let refused = fails(&mut account.deploy("--yes"));
    assert!(
        refused.contains(&format!("index.html names /{WASM}, which is not there")),
        "{refused}"
    );

    account.describe(json!({ "Country": "Japan" }));
    let refused = fails(&mut account.deploy("--yes"));
    assert!(refused.contains("Country is of the form"), "{refused}");
    account.nothing_is_there();
}

#[test]
fn a_profiles_domain_is_there_or_is_made_and_not_both() {
    let account = Account::open();
    let customers = json!({
        "Issuer": "https://id.example.com",
        "IdentityOrigins": "https://id.example.com",
        "Audience": "desk-api",
    });
    account.describe(customers.clone());
    let refused = fails(&mut account.deploy("--yes"));
    assert!(
        refused.contains("CreateProfilesDomain=true makes one"),
        "{refused}"
    );

    account.aws("customer-profiles create-domain --domain-name amazon-connect-shop --default-expiration-days 9");
    account.describe(json!({ "CreateProfilesDomain": true }));
    let refused = fails(&mut account.deploy("--yes"));
    assert!(
        refused.contains("CreateProfilesDomain=false uses it"),
        "{refused}"
    );
    account.nothing_is_there();

    account.describe(customers);
    let told = succeeds(&mut account.deploy("--dry-run"));
    assert!(
        told.contains("ok          the Customer Profiles domain amazon-connect-shop"),
        "{told}"
    );
}
