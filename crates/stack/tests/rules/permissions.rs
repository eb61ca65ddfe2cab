//! Who may do what: the proxy's role, the bucket, the function.

use std::collections::BTreeSet;

use serde_json::Value;
use stack::Stack;

use crate::{every_stack, having, with_everything};

/// The operations that the proxy can ask for.
const OPERATIONS: &str = include_str!("../../../proxy/src/aws/operation.rs");

/// What a person's own rights are needed for: `cargo xtask doctor --aws` asks it, the proxy never does.
const DOCTORS_OWN: &str = "ListApprovedOrigins";

/// One text, or a list of them.
fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
        other => other.as_str().into_iter().collect(),
    }
}

/// Every statement of every policy.
fn statements(stack: &Stack) -> Vec<&Value> {
    let mut found = Vec::new();
    for resource in stack.resources().values() {
        having(resource, "Effect", &mut found);
    }
    found
}

#[test]
fn the_role_may_do_what_the_proxy_does_and_nothing_else() {
    let names = OPERATIONS.lines().filter_map(|line| {
        let name = line.trim().strip_prefix("const NAME: &'static str = \"")?;
        name.strip_suffix("\";")
    });
    let mut operations: BTreeSet<&str> = names.collect();
    assert!(operations.remove(DOCTORS_OWN), "{operations:?}");
    assert!(operations.len() > 3, "{operations:?}");

    let stack = with_everything();
    let (_, role) = stack.of_type("AWS::IAM::Role").next().unwrap();
    let mut found = Vec::new();
    having(&role["Properties"]["Policies"], "Effect", &mut found);
    let actions = found.iter().flat_map(|it| texts(&it["Action"]));
    let (own, others): (Vec<&str>, Vec<&str>) =
        actions.partition(|it| it.starts_with("connect:") || it.starts_with("profile:"));
    let allowed: BTreeSet<&str> = own.iter().filter_map(|it| it.split(':').nth(1)).collect();
    assert_eq!(allowed, operations);
    assert_eq!(
        others,
        ["logs:CreateLogStream", "logs:PutLogEvents", "kms:Decrypt"]
    );
}

#[test]
fn nothing_is_allowed_by_a_wildcard_where_it_has_a_name() {
    for stack in every_stack() {
        for statement in statements(&stack) {
            if statement["Effect"] != "Allow" {
                continue;
            }
            for action in texts(&statement["Action"]) {
                assert!(!action.contains('*'), "{statement}");
            }
            assert_ne!(statement["Principal"], "*", "{statement}");
            for resource in texts(statement.get("Resource").unwrap_or(&Value::Null)) {
                // Contacts have no names beforehand, files of a site are many.
                let last = resource
                    .ends_with(":instance/5ca1ab1e-0000-4000-8000-00000000c0de/contact/*")
                    || resource == "Bucket.Arn/site/*";
                assert!(last || !resource.contains('*'), "{statement}");
            }
        }
    }
}

#[test]
fn cloudfront_alone_calls_the_proxy_and_signs() {
    for stack in every_stack().iter().skip(1) {
        let (_, url) = stack.of_type("AWS::Lambda::Url").next().unwrap();
        assert_eq!(url["Properties"]["AuthType"], "AWS_IAM");
        assert_eq!(url["Properties"]["InvokeMode"], "RESPONSE_STREAM");
        let permissions: Vec<_> = stack.of_type("AWS::Lambda::Permission").collect();
        let actions: BTreeSet<_> = permissions
            .iter()
            .map(|(_, it)| it["Properties"]["Action"].as_str().unwrap())
            .collect();
        let both = ["lambda:InvokeFunction", "lambda:InvokeFunctionUrl"];
        assert_eq!(actions, both.into());
        for (_, permission) in permissions {
            let properties = &permission["Properties"];
            assert_eq!(properties["Principal"], "cloudfront.amazonaws.com");
            assert_eq!(
                properties["SourceArn"],
                "arn:aws:cloudfront::111122223333:distribution/Distribution"
            );
        }
        for (_, access) in stack.of_type("AWS::CloudFront::OriginAccessControl") {
            let config = &access["Properties"]["OriginAccessControlConfig"];
            assert_eq!(config["SigningBehavior"], "always");
        }
    }
}

#[test]
fn the_bucket_is_cloudfronts_and_its_packages_are_nobodys() {
    for stack in every_stack() {
        let (_, bucket) = stack.of_type("AWS::S3::Bucket").next().unwrap();
        let block = bucket["Properties"]["PublicAccessBlockConfiguration"]
            .as_object()
            .unwrap();
        assert!(block.len() == 4 && block.values().all(|it| *it == true));
        let (_, policy) = stack.of_type("AWS::S3::BucketPolicy").next().unwrap();
        let statements = policy["Properties"]["PolicyDocument"]["Statement"]
            .as_array()
            .unwrap();
        let allowed: Vec<_> = statements
            .iter()
            .filter(|it| it["Effect"] == "Allow")
            .collect();
        assert_eq!(allowed.len(), 1);
        assert_eq!(texts(&allowed[0]["Resource"]), ["Bucket.Arn/site/*"]);
        assert_eq!(stack.site().unwrap().prefix, "site/");
        // The package lies where that does not reach.
        for (_, proxy) in stack.of_type("AWS::Lambda::Function") {
            assert_eq!(proxy["Properties"]["Code"]["S3Key"], "code/proxy.zip");
        }
    }
}
