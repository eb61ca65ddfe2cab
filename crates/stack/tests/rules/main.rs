//! Rules that `infra/desk.yaml` keeps, whatever the parameters: each is looked for in what `CloudFormation`
//! would make, after its conditions, so that no branch is left out.

#![expect(
    clippy::unwrap_used,
    reason = "a template that cannot be computed fails the test"
)]

mod pages;
mod parameters;
mod permissions;

use std::collections::{BTreeMap, BTreeSet};

use rstest::rstest;
use serde_json::Value;
use stack::Stack;

type Given = BTreeMap<&'static str, String>;

/// The variables that the proxy reads; a test of its own holds this table and the code together.
const PROXY_README: &str = include_str!("../../../proxy/README.md");

fn given(more: &[(&'static str, &str)]) -> Given {
    let base = [
        ("ConnectInstanceId", "5ca1ab1e-0000-4000-8000-00000000c0de"),
        ("ConnectOrigin", "https://shop.my.connect.aws"),
        ("ProfilesDomain", "amazon-connect-shop"),
    ];
    let all = base.iter().chain(more);
    all.map(|(name, value)| (*name, (*value).to_owned()))
        .collect()
}

const PROXY: [(&str, &str); 5] = [
    ("CodeKey", "code/proxy.zip"),
    ("CloudFrontHost", "d111111abcdef8.cloudfront.net"),
    ("Issuer", "https://id.example.com"),
    ("IdentityOrigins", "https://id.example.com"),
    ("Audience", "agent-desk-api"),
];

/// Every kind of deployment.
fn every_stack() -> Vec<Stack> {
    let all = [
        given(&[]),
        given(&PROXY),
        given(
            &[
                PROXY.as_slice(),
                &[("SilentFrame", "true"), ("ReservedConcurrency", "50")],
            ]
            .concat(),
        ),
        given(&[
            ("CodeKey", "code/proxy.zip"),
            ("DomainName", "desk.example.com"),
            (
                "CertificateArn",
                "arn:aws:acm:us-east-1:111122223333:certificate/00000000-0000-4000-8000-000000000000",
            ),
            ("CreateUserPool", "true"),
            ("CreateProfilesDomain", "true"),
            ("SilentFrame", "true"),
            ("DataOnDeletion", "Retain"),
            (
                "KmsKeyArn",
                "arn:aws:kms:ap-northeast-1:111122223333:key/00000000-0000-4000-8000-000000000000",
            ),
            (
                "AlarmTopicArn",
                "arn:aws:sns:ap-northeast-1:111122223333:alarms",
            ),
        ]),
    ];
    all.iter().map(|given| Stack::new(given).unwrap()).collect()
}

fn with_everything() -> Stack {
    every_stack().pop().unwrap()
}

/// Every object below a value that has this member.
fn having<'a>(value: &'a Value, member: &str, found: &mut Vec<&'a Value>) {
    if value.get(member).is_some() {
        found.push(value);
    }
    match value {
        Value::Array(items) => items.iter().for_each(|it| having(it, member, found)),
        Value::Object(members) => members.values().for_each(|it| having(it, member, found)),
        _ => {}
    }
}

#[test]
fn what_the_proxy_is_told_it_reads_and_what_it_needs_it_is_told() {
    let rows = PROXY_README.lines().filter_map(|line| {
        let mut cells = line.strip_prefix("| `")?.split('|');
        let name = cells.next()?.trim().trim_end_matches('`');
        Some((name, cells.next()?.trim()))
    });
    let known: BTreeMap<&str, &str> = rows.collect();
    for stack in every_stack().iter().skip(1) {
        let (_, proxy) = stack.of_type("AWS::Lambda::Function").next().unwrap();
        let told = proxy["Properties"]["Environment"]["Variables"]
            .as_object()
            .unwrap();
        for name in told.keys() {
            assert!(known.contains_key(name.as_str()), "{name} is not read");
        }
        for (name, default) in &known {
            // Lambda sets the region itself.
            let needed = *default == "required" && *name != "AWS_REGION";
            assert!(
                !needed || told.get(*name).is_some_and(|it| it != ""),
                "{name} is needed"
            );
        }
    }
}

/// What a call of the AWS CLI may carry without a bucket (`CloudFormation` API Reference, `TemplateBody`).
const LARGEST_TEMPLATE: usize = 51_200;

#[test]
fn the_template_is_deployed_without_a_bucket() {
    assert!(stack::TEMPLATE.len() <= LARGEST_TEMPLATE);
}

#[test]
fn two_stacks_of_an_account_name_nothing_alike() {
    for stack in every_stack() {
        for (name, resource) in stack.resources() {
            let mut named = Vec::new();
            having(&resource["Properties"], "Name", &mut named);
            for member in [
                "BucketName",
                "FunctionName",
                "RoleName",
                "LogGroupName",
                "AlarmName",
                "UserPoolName",
            ] {
                let its = resource["Properties"].get(member);
                // A reference names a resource of this stack, not a new one.
                let refers = its.is_some_and(|it| {
                    stack
                        .resources()
                        .contains_key(it.as_str().unwrap_or_default())
                });
                assert!(its.is_none() || refers, "{name} has a {member}");
            }
            if resource["Type"]
                .as_str()
                .unwrap()
                .starts_with("AWS::CloudFront::")
            {
                for it in named {
                    let name = it["Name"].as_str().unwrap();
                    assert!(
                        name.ends_with("00000000-0000-4000-8000-000000000000") && name.len() <= 64,
                        "{name}"
                    );
                }
            }
        }
    }
}

#[test]
fn deletion_keeps_what_was_asked_for_and_nothing_else() {
    let kept = |stack: &Stack| -> BTreeSet<String> {
        let resources = stack.resources().iter();
        let kept =
            resources.filter(|(_, it)| it.get("DeletionPolicy").is_some_and(|it| it != "Delete"));
        kept.map(|(_, it)| it["Type"].as_str().unwrap().to_owned())
            .collect()
    };
    let [.., some, everything] = &every_stack()[..] else {
        panic!("no stacks")
    };
    assert_eq!(kept(some), BTreeSet::new());
    let data = [
        "AWS::Cognito::UserPool",
        "AWS::CustomerProfiles::Domain",
        "AWS::CustomerProfiles::Integration",
        "AWS::CustomerProfiles::ObjectType",
    ];
    assert_eq!(kept(everything), data.map(str::to_owned).into());
}

#[test]
fn the_log_ends_one_day_and_the_alarms_watch_what_is_there() {
    let stack = with_everything();
    let (log, group) = stack.of_type("AWS::Logs::LogGroup").next().unwrap();
    assert_eq!(group["Properties"]["RetentionInDays"], "90");
    let (name, proxy) = stack.of_type("AWS::Lambda::Function").next().unwrap();
    assert_eq!(proxy["Properties"]["LoggingConfig"]["LogGroup"], log);
    let alarms: Vec<_> = stack.of_type("AWS::CloudWatch::Alarm").collect();
    assert!(!alarms.is_empty());
    for (alarm, resource) in alarms {
        let properties = &resource["Properties"];
        assert_eq!(properties["Dimensions"][0]["Value"], name, "{alarm}");
        assert_eq!(
            properties["AlarmActions"][0],
            "arn:aws:sns:ap-northeast-1:111122223333:alarms"
        );
        assert!(properties["AlarmDescription"].as_str().unwrap().len() > 20);
    }
}

#[test]
fn every_parameter_is_explained_and_held_to_something() {
    for (name, parameter) in stack::parameters().unwrap() {
        let described = parameter["Description"].as_str().unwrap_or_default();
        assert!(described.len() > 15, "{name}");
        let held = ["AllowedPattern", "AllowedValues", "MaxValue", "MaxLength"];
        assert!(held.iter().any(|it| parameter.get(*it).is_some()), "{name}");
    }
}

#[rstest]
#[case::unknown("Nonsense", "1")]
#[case::not_allowed("CreateUserPool", "perhaps")]
fn a_parameter_that_cannot_be_is_refused(#[case] name: &'static str, #[case] value: &str) {
    assert!(Stack::new(&given(&[(name, value)])).is_err());
    assert!(Stack::new(&Given::new()).is_err());
}
