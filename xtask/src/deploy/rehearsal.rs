//! What a deployment would do, without doing it.

use std::process::ExitCode;

use anyhow::Result;
use serde_json::Value;
use stack::Stack;

use super::aws::text;
use super::change::{Change, table};
use super::description::{Description, Outputs, borrowed, output, unknown_outputs};
use super::site::CONFIG;
use super::steps::steps;
use super::{Artefacts, say};

/// What a first deployment would do, without AWS.
pub(super) fn alone(described: &Description, artefacts: &Artefacts) -> Result<ExitCode> {
    let first = Stack::new(&borrowed(&described.first_pass()))?;
    say("\nThe first pass would make this");
    say(&table(&additions(&first, None)));
    second_pass(described, artefacts)?;
    rest(described, artefacts, &unknown_outputs())?;
    say("\nNothing was changed (--dry-run)");
    Ok(ExitCode::SUCCESS)
}

/// What the second pass adds to a stack that is not there: AWS can only be asked about it after the first.
pub(super) fn second_pass(described: &Description, artefacts: &Artefacts) -> Result<()> {
    let Some((key, package)) = &artefacts.package else {
        return Ok(());
    };
    let first = Stack::new(&borrowed(&described.first_pass()))?;
    let outputs = unknown_outputs();
    let parameters = described.second_pass(key, output(&outputs, "Host")?);
    let whole = Stack::new(&borrowed(&parameters))?;
    say(&format!(
        "\nThe second pass would upload {key} ({} bytes) and add this, and change what has to know of it",
        package.len()
    ));
    say(&table(&additions(&whole, Some(&first))));
    Ok(())
}

/// The resources of a stack that another one does not have.
fn additions(stack: &Stack, before: Option<&Stack>) -> Vec<Change> {
    let is_new = |name: &str| before.is_none_or(|it| !it.resources().contains_key(name));
    let resources = stack.resources().iter();
    resources
        .filter(|(name, _)| is_new(name))
        .map(|(name, resource)| Change {
            action: "Add".to_owned(),
            name: name.clone(),
            kind: text(resource, "/Type").to_owned(),
            replacement: String::new(),
            policy: String::new(),
        })
        .collect()
}

/// What comes after the stack.
pub(super) fn rest(
    described: &Description,
    artefacts: &Artefacts,
    outputs: &Outputs,
) -> Result<()> {
    say(
        "\nThen these files, in this order; what is named by its hash and is there already stays as it is",
    );
    for upload in &artefacts.uploads {
        say(&format!("    {}", upload.line()));
    }
    let config: Value = described.config(outputs)?;
    say(&format!(
        "\n{}:\n{}",
        CONFIG,
        serde_json::to_string_pretty(&config)?
    ));
    say("\nNothing is invalidated unless a file that an edge keeps was there with other headers");
    for (at, step) in steps(described, outputs)?.into_iter().enumerate() {
        if at == 0 {
            say("\nLeft to you then:");
        }
        say(&format!("  - {step}"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stack(more: &[(&'static str, &str)]) -> Stack {
        let base = [
            ("ConnectInstanceId", "5ca1ab1e-0000-4000-8000-00000000c0de"),
            ("ConnectOrigin", "https://shop.my.connect.aws"),
            ("ProfilesDomain", "amazon-connect-shop"),
        ];
        let all = base.iter().chain(more);
        let given = all.map(|(name, value)| (*name, (*value).to_owned()));
        Stack::new(&given.collect()).unwrap()
    }

    #[test]
    fn the_second_pass_adds_the_proxy_and_what_only_it_needs() {
        let first = stack(&[("CreateUserPool", "true")]);
        let whole = stack(&[
            ("CreateUserPool", "true"),
            ("CodeKey", "code/a.zip"),
            ("CloudFrontHost", "d1.cloudfront.net"),
        ]);
        let names: Vec<String> = additions(&whole, Some(&first))
            .into_iter()
            .map(|it| it.name)
            .collect();
        for added in ["Proxy", "ProxyUrl", "UserPoolClient"] {
            assert!(names.iter().any(|name| name == added), "{names:?}");
        }
        for there in ["Bucket", "Distribution", "UserPool"] {
            assert!(!names.iter().any(|name| name == there), "{names:?}");
        }
    }
}
