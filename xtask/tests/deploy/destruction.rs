//! What `destroy` deletes, what stays, and what is left alone.

use serde_json::{Value, json};

use crate::account::{Account, STACK, fails, succeeds};

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
