//! `cargo xtask deploy` and `destroy`, by the real AWS CLI, in an account that moto plays.
//!
//! `cargo xtask test unit` installs both and runs this. The target is not part of a plain `cargo test`,
//! which would have neither. What moto cannot show is listed in `infra/README.md`.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "the whole crate is tests: what does not hold must fail them"
)]

mod account;
mod package;

use std::collections::BTreeSet;
use std::fs;
use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use account::{Account, STACK, brotli, fails, succeeds};

/// Named by their hashes, as `cargo xtask dist` names them.
const APP: &str = "app-7692c3ad3540bb80.js";
const NEW_APP: &str = "app-3fc4ccfe745870e2.js";
const WASM: &str = "app-336154bf67f765f8.wasm";

/// Holds the whole record of uploads against the one rule: whenever a page is put, what it names is
/// there. `pages` are what the index said, deployment by deployment.
fn no_page_lacked_a_part(uploaded: &[String], pages: &[[&str; 2]]) {
    let mut there = BTreeSet::new();
    let mut pages = pages.iter();
    for name in uploaded {
        there.insert(name.as_str());
        if name == "index.html" {
            let parts = pages.next().unwrap();
            assert!(
                parts.iter().all(|part| there.contains(part)),
                "{uploaded:?}"
            );
            assert!(there.contains("config.json"), "{uploaded:?}");
        }
    }
    assert_eq!(pages.len(), 0, "{uploaded:?}");
}

#[test]
fn a_desk_is_deployed_changed_and_destroyed() {
    let account = Account::open();
    account.describe_whole();

    let told = succeeds(&mut account.deploy("--yes"));

    let url = account.output("Url");
    assert!(told.contains(&format!("Agents open {url}")), "{told}");
    assert!(told.contains("admin-create-user"), "{told}");
    assert_eq!(account.uploaded().last().unwrap(), "index.html");

    let (head, body) = account.object(&format!("site/{APP}"));
    assert_eq!(head["ContentType"], "text/javascript");
    assert_eq!(head["CacheControl"], "public, max-age=31536000, immutable");
    assert_eq!(head["ContentEncoding"], "br");
    assert_eq!(brotli(&body), b"one");
    let (head, body) = account.object("site/index.html");
    assert_eq!(head["CacheControl"], "no-cache");
    assert_eq!(head.get("ContentEncoding"), None);
    assert!(body.starts_with(b"<script"));

    let (head, body) = account.object("site/config.json");
    assert_eq!(head["CacheControl"], "no-store");
    let config: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(config["auth"]["issuer"], account.output("Issuer"));
    assert_eq!(config["auth"]["clientId"], account.output("ClientId"));
    assert_eq!(config["api"]["url"], "/api");

    let functions = account.aws("lambda list-functions");
    let told = &functions["Functions"][0]["Environment"]["Variables"];
    assert_eq!(
        told["DESK_ORIGINS"],
        url.trim_end_matches('/').to_owned(),
        "the proxy knows the host that agents open"
    );
    assert_eq!(told["DESK_AUDIENCE"], config["auth"]["clientId"]);

    // The next build, after somebody has changed by hand what an edge keeps.
    account.build(NEW_APP, "two");
    account.spoil_the_headers_of(WASM);
    let told = succeeds(&mut account.deploy("--yes"));

    assert!(told.contains("nothing changes"), "{told}");
    no_page_lacked_a_part(&account.uploaded(), &[[APP, WASM], [NEW_APP, WASM]]);
    account.object(&format!("site/{APP}"));
    let (head, _) = account.object(&format!("site/{WASM}"));
    assert_eq!(head["CacheControl"], "public, max-age=31536000, immutable");
    assert_eq!(account.invalidated(), [[format!("/{WASM}")]]);

    let refused = fails(&mut account.xtask("destroy --yes another"));
    assert!(refused.contains("nothing was changed"), "{refused}");
    account.object("site/index.html");
    succeeds(&mut account.xtask(&format!("destroy --yes {STACK}")));

    account.nothing_is_there();
    for (question, list) in [
        ("lambda list-functions", "Functions"),
        ("iam list-roles", "Roles"),
        ("logs describe-log-groups", "logGroups"),
        ("cognito-idp list-user-pools --max-results 9", "UserPools"),
    ] {
        assert_eq!(account.aws(question)[list], json!([]), "{question}");
    }
    let left = account.aws("cloudfront list-distributions");
    assert!(left["DistributionList"].get("Items").is_none(), "{left}");
}

#[test]
fn a_run_that_was_broken_off_is_taken_up() {
    let account = Account::open();
    account.describe_whole();
    let mut broken_off = account
        .deploy("--yes")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    account.await_request(&mut broken_off, "PUT", &format!("/site/{APP}"));
    broken_off.kill().unwrap();
    broken_off.wait().unwrap();
    let stack = account.stack()["StackId"].clone();

    succeeds(&mut account.deploy("--yes"));

    assert_eq!(account.stack()["StackId"], stack);
    let uploaded = account.uploaded();
    assert_eq!(
        uploaded.iter().filter(|it| *it == APP).count(),
        1,
        "{uploaded:?}"
    );
    assert_eq!(uploaded.last().unwrap(), "index.html");
    no_page_lacked_a_part(&uploaded, &[[APP, WASM]]);
}

#[test]
fn an_invalidation_that_a_broken_off_run_owes_is_made_by_the_next() {
    let account = Account::open();
    account.describe(json!({}));
    succeeds(&mut account.deploy("--yes"));
    account.build(NEW_APP, "two");
    account.spoil_the_headers_of(WASM);
    let mut broken_off = account
        .deploy("--yes")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // It comes after the file that an edge may have kept.
    account.await_request(&mut broken_off, "PUT", &format!("/site/{NEW_APP}"));
    broken_off.kill().unwrap();
    broken_off.wait().unwrap();
    assert_eq!(account.invalidated(), [[""; 0]; 0]);

    succeeds(&mut account.deploy("--yes"));

    assert_eq!(account.invalidated(), [[format!("/{WASM}")]]);
    let told = succeeds(&mut account.deploy("--yes"));
    assert!(told.contains("nothing to invalidate"), "{told}");
}

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
fn a_run_that_is_interrupted_makes_no_change_and_leaves_no_proposal() {
    let account = Account::open();
    account.describe_whole();
    let mut interrupted = account
        .deploy("--yes")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // The second pass has been proposed by then, and nothing of it is made.
    account.await_request(&mut interrupted, "PUT", "/code/");
    let id = Pid::from_child(&interrupted);
    kill_process(id, Signal::INT).unwrap();

    assert_eq!(interrupted.wait().unwrap().code(), Some(130));

    assert_eq!(account.aws("lambda list-functions")["Functions"], json!([]));
    let proposed = account.aws(&format!(
        "cloudformation list-change-sets --stack-name {STACK}"
    ));
    let proposed = proposed["Summaries"].as_array().unwrap();
    assert!(
        proposed
            .iter()
            .all(|it| it["ExecutionStatus"] == "EXECUTE_COMPLETE"),
        "{proposed:?}"
    );
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
fn what_is_uploaded_is_what_was_built_when_the_run_began() {
    let account = Account::open();
    account.describe_whole();
    let mut deploying = account
        .deploy("--yes")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // Before the second pass, and so before the site.
    account.await_request(&mut deploying, "PUT", "/code/");
    account.build(NEW_APP, "two");

    assert!(deploying.wait().unwrap().success());

    no_page_lacked_a_part(&account.uploaded(), &[[APP, WASM]]);
    let (_, page) = account.object("site/index.html");
    let page = String::from_utf8(page).unwrap();
    assert!(page.contains(APP) && !page.contains(NEW_APP), "{page}");
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

#[test]
fn a_desk_without_customers_is_one_pass_and_has_no_proxy() {
    let account = Account::open();
    account.describe(json!({}));

    let told = succeeds(&mut account.deploy("--yes"));

    assert_eq!(told.matches("Make these changes?").count(), 1, "{told}");
    let (_, body) = account.object("site/config.json");
    let config: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(
        (&config["api"], &config["auth"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(account.aws("lambda list-functions")["Functions"], json!([]));
}

#[test]
fn two_desks_in_an_account_do_not_meet() {
    let account = Account::open();
    account.describe_as("another", json!({}));
    succeeds(&mut account.deploy("--yes"));
    account.describe(json!({}));
    succeeds(&mut account.deploy("--yes"));

    account.describe_as("another", json!({}));
    succeeds(&mut account.xtask("destroy --yes another"));

    assert_eq!(account.stack()["StackStatus"], "CREATE_COMPLETE");
    account.object("site/index.html");
    let buckets = account.aws("s3api list-buckets");
    assert_eq!(buckets["Buckets"].as_array().unwrap().len(), 1);
}

#[test]
fn what_was_asked_to_be_kept_outlives_its_stack() {
    let account = Account::open();
    account.describe(json!({ "CreateUserPool": true, "DataOnDeletion": "Retain",
        "CreateProfilesDomain": true }));
    succeeds(&mut account.deploy("--yes"));

    let told = succeeds(&mut account.xtask(&format!("destroy --yes {STACK}")));

    assert!(told.contains("stays  UserPool "), "{told}");
    account.nothing_is_there();
    let pools = account.aws("cognito-idp list-user-pools --max-results 9");
    assert_eq!(pools["UserPools"].as_array().unwrap().len(), 1);
    let refused = fails(&mut account.deploy("--yes"));
    assert!(
        refused.contains("CreateProfilesDomain=false uses it"),
        "{refused}"
    );
}

#[test]
fn what_stays_is_said_by_the_template_that_the_stack_was_made_of() {
    let account = Account::open();
    account.describe(json!({}));
    let mark = json!({ "ConnectInstanceId": { "Type": "String", "Default": account.instance() } });
    let mut resources = least_resources();
    // A name that the template of today does not have, and no word of DataOnDeletion.
    resources["Agents"] = json!({ "Type": "AWS::Cognito::UserPool", "DeletionPolicy": "Retain" });
    account.create(&json!({ "Parameters": mark, "Resources": resources }), "");

    let told = succeeds(&mut account.xtask(&format!("destroy --yes {STACK}")));

    assert!(told.contains("stays  Agents "), "{told}");
    assert!(told.contains("goes   Bucket "), "{told}");
    account.nothing_is_there();
    let pools = account.aws("cognito-idp list-user-pools --max-results 9");
    assert_eq!(pools["UserPools"].as_array().unwrap().len(), 1);
}

#[test]
fn a_stack_of_another_template_or_instance_is_left_alone() {
    let account = Account::open();
    account.describe(json!({}));
    let mark = json!({ "ConnectInstanceId": { "Type": "String", "Default": account.instance() } });
    let bucket = json!({ "Bucket": { "Type": "AWS::S3::Bucket" } });
    let other = json!({ "ConnectInstanceId": { "Type": "String", "Default": "another" } });
    for (parameters, resources) in [
        (json!({}), bucket.clone()),
        (
            json!({ "Word": { "Type": "String", "Default": "a" } }),
            bucket.clone(),
        ),
        (mark, bucket),
        (other, least_resources()),
    ] {
        let template = json!({ "Parameters": parameters, "Resources": resources });
        account.create(&template, "");
        for mut command in [
            account.deploy("--yes"),
            account.xtask(&format!("destroy --yes {STACK}")),
        ] {
            let refused = fails(&mut command);
            assert!(refused.contains("is left alone"), "{refused}");
        }
        assert_eq!(account.stack()["StackStatus"], "CREATE_COMPLETE");
        account.aws(&format!("cloudformation delete-stack --stack-name {STACK}"));
    }
}

#[test]
fn a_protected_stack_keeps_its_files() {
    let account = Account::open();
    account.describe(json!({}));
    let mark = json!({ "ConnectInstanceId": { "Type": "String", "Default": account.instance() } });
    let mut resources = least_resources();
    resources["Bucket"]["Properties"] = json!({ "BucketName": "kept" });
    let template = json!({ "Parameters": mark, "Resources": resources });
    account.create(&template, "--enable-termination-protection");
    account.aws("s3api put-object --bucket kept --key site/index.html");

    let refused = fails(&mut account.xtask(&format!("destroy --yes {STACK}")));

    assert!(
        refused.contains(
            "--no-enable-termination-protection --region ap-northeast-1 --stack-name desk"
        ),
        "{refused}"
    );
    account.aws("s3api head-object --bucket kept --key site/index.html");
}

/// What every desk has, whatever the version of its template.
fn least_resources() -> Value {
    json!({
        "Bucket": { "Type": "AWS::S3::Bucket" },
        "PageHeaders": { "Type": "AWS::CloudFront::ResponseHeadersPolicy" },
        "Distribution": {
            "Type": "AWS::CloudFront::Distribution",
            "Properties": { "DistributionConfig": {
                "Enabled": true,
                "Origins": [{ "Id": "site", "DomainName": "site.example.com" }],
                "DefaultCacheBehavior": {
                    "TargetOriginId": "site", "ViewerProtocolPolicy": "https-only",
                },
            } },
        },
    })
}
