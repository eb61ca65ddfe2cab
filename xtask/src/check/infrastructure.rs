//! The template of the deployment, by AWS's own linter and its IAM policies by a linter of such: what
//! `CloudFormation` and IAM would refuse, or allow for more than was meant. The project's own rules are
//! tests (`crates/stack/tests/rules`).

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::process::Stdio;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use stack::Stack;

use super::Finding;
use crate::process;
use crate::python;
use crate::workspace::Workspace;

const TEMPLATE: &str = "infra/desk.yaml";
const FOLDER: &str = "infra/lint";
const LIBRARY: &str = "infra-lint";
/// What the linter's own script does: a package installed aside has none on the path.
const RUN: &str = "import sys; from cfnlint.runner import main; sys.exit(main())";

/// Lints the template.
///
/// # Errors
///
/// When the linter cannot be installed or does not run.
pub(crate) fn template(workspace: &Workspace) -> Result<Finding> {
    let mut linter = python::with(workspace, LIBRARY, &format!("{FOLDER}/requirements.txt"))?;
    linter
        .args([
            "-c",
            RUN,
            "--format",
            "parseable",
            "--include-checks",
            "I",
            "--",
            TEMPLATE,
        ])
        .current_dir(workspace.path(""));
    let output = linter.output().context("failed to start cfn-lint")?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut problems: Vec<String> = said.lines().map(str::to_owned).collect();
    // It ended badly without a finding: it did not run.
    if problems.is_empty() && !output.status.success() {
        problems.push(String::from_utf8_lossy(&output.stderr).trim().to_owned());
    }
    Ok(Finding::of(problems, format!("{TEMPLATE}, by cfn-lint")))
}

/// Lints the policies that the template would make.
///
/// # Errors
///
/// When the linter cannot be installed or does not run.
pub(crate) fn policies(workspace: &Workspace) -> Result<Finding> {
    let policies = documents(&whole_stack()?);
    let given = workspace.scratch("policies.json");
    fs::write(&given, json!(policies).to_string())?;
    let mut linter = python::with(workspace, LIBRARY, &format!("{FOLDER}/requirements.txt"))?;
    linter
        .arg(workspace.path(FOLDER).join("policies.py"))
        .stdin(Stdio::from(File::open(&given)?));
    let said = process::capture(&mut linter)?;
    let problems = serde_json::from_str(&said).context("parliament's findings are not a list")?;
    Ok(Finding::of(
        problems,
        format!("{} policies, by parliament", policies.len()),
    ))
}

/// A stack with all that a template can make.
fn whole_stack() -> Result<Stack> {
    let key = "arn:aws:kms:ap-northeast-1:111122223333:key/00000000-0000-4000-8000-000000000000";
    let given = [
        ("ConnectInstanceId", "5ca1ab1e-0000-4000-8000-00000000c0de"),
        ("ConnectOrigin", "https://shop.my.connect.aws"),
        ("ProfilesDomain", "amazon-connect-shop"),
        ("CodeKey", "code/proxy.zip"),
        ("CloudFrontHost", "d111111abcdef8.cloudfront.net"),
        ("CreateUserPool", "true"),
        ("CreateProfilesDomain", "true"),
        ("KmsKeyArn", key),
    ];
    let given: BTreeMap<_, _> = given.map(|(name, value)| (name, value.to_owned())).into();
    Ok(Stack::new(&given)?)
}

/// Every policy of every resource, with names in the place of what only AWS knows.
fn documents(stack: &Stack) -> Vec<Value> {
    let mut found = Vec::new();
    for (name, resource) in stack.resources() {
        collect(name, resource, &mut found);
    }
    found
}

fn collect(name: &str, value: &Value, found: &mut Vec<Value>) {
    match value {
        Value::Object(members) if members.contains_key("Statement") => {
            found.push(json!({ "name": name, "policy": named(value) }));
        }
        Value::Object(members) => members
            .iter()
            // Who may take a role is no policy that the linter knows: it has no resource.
            .filter(|(member, _)| *member != "AssumeRolePolicyDocument")
            .for_each(|(_, it)| collect(name, it, found)),
        Value::Array(items) => items.iter().for_each(|it| collect(name, it, found)),
        _ => {}
    }
}

/// What the template calls `Resource.Arn`, as an ARN of its form.
fn named(value: &Value) -> Value {
    let arns = [
        ("Bucket.Arn", "arn:aws:s3:::desk-bucket"),
        (
            "ProxyLog.Arn",
            "arn:aws:logs:ap-northeast-1:111122223333:log-group:desk-log:*",
        ),
    ];
    match value {
        Value::String(text) => {
            let arn = arns
                .iter()
                .find_map(|(name, arn)| Some(format!("{arn}{}", text.strip_prefix(name)?)));
            arn.unwrap_or_else(|| text.clone()).into()
        }
        Value::Array(items) => items.iter().map(named).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (name.clone(), named(value)))
            .collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_policy_of_the_template_is_looked_at_and_names_nothing_by_its_logical_name() {
        let policies = documents(&whole_stack().unwrap());
        let names: Vec<_> = policies
            .iter()
            .filter_map(|it| it["name"].as_str())
            .collect();
        assert_eq!(names.iter().filter(|it| **it == "ProxyRole").count(), 2);
        assert!(names.contains(&"BucketPolicy"));
        assert!(!json!(policies).to_string().contains(".Arn"));
    }
}
