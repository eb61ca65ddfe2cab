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
mod destruction;
mod package;
mod refusal;

use std::collections::BTreeSet;
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
