//! `cargo xtask destroy`: the stack with all that is in it, but for what it was told to keep.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use lexopt::prelude::{Long, ValueExt as _};
use serde_json::Value;

use super::aws::{Aws, text};
use super::bucket::Bucket;
use super::description::{Description, Parameters};
use super::formation::Formation;
use super::standing::Resource;
use super::{checks, question, say};
use crate::workspace::Workspace;

/// How it is asked for.
#[derive(Debug, Default)]
pub(crate) struct Options {
    file: Option<PathBuf>,
    /// The stack's name, as it would be typed.
    name: Option<String>,
}

impl Options {
    /// Reads the rest of the command line.
    ///
    /// # Errors
    ///
    /// When something there is not understood.
    pub(crate) fn parse(args: &mut lexopt::Parser) -> Result<Self> {
        let mut options = Self::default();
        while let Some(arg) = args.next()? {
            match arg {
                Long("file") => options.file = Some(args.value()?.into()),
                Long("yes") => options.name = Some(args.value()?.string()?),
                other => return Err(other.unexpected().into()),
            }
        }
        Ok(options)
    }
}

/// Shows what goes and what stays, asks for the stack's name, and deletes it.
///
/// # Errors
///
/// When it cannot be deleted; with what AWS says of it.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<ExitCode> {
    let file = super::file(workspace, options.file.as_deref());
    let described = Description::read(&file)?;
    let aws = Aws::find(&described.region)?;
    let identity = checks::identity(&aws)?;
    let scratch = super::scratch(workspace);
    let formation = Formation::new(&aws, &described, &scratch);
    let name = &described.stack;
    let Some(standing) = formation.at_rest()? else {
        say(&format!(
            "there is no stack {name} in {} of the account {}",
            described.region, identity.account
        ));
        return Ok(ExitCode::SUCCESS);
    };

    formation.ensure_desk(&standing)?;
    // Asked before the bucket is emptied: AWS would only say so after it.
    if standing.is_protected {
        bail!(
            "the stack {name} is protected from being deleted, and nothing was changed: `aws cloudformation \
             update-termination-protection --no-enable-termination-protection --region {} --stack-name \
             {name}` takes that off",
            described.region
        );
    }
    let mut resources = formation.resources(&standing)?;
    resources.retain(|it| !it.is_gone);
    // A stack of which there is nothing has no template that could be asked for.
    let kept = if resources.is_empty() {
        BTreeSet::new()
    } else {
        kept(&formation.template(&standing)?, &standing.parameters)?
    };
    say(&format!(
        "the stack {name} in {} of the account {}, as {}",
        described.region, identity.account, identity.arn
    ));
    for Resource {
        name, kind, called, ..
    } in &resources
    {
        let fate = if kept.contains(name) {
            "stays"
        } else {
            "goes "
        };
        say(&format!("    {fate}  {name:<24} {kind:<40} {called}"));
    }
    if !kept.is_empty() {
        say("what stays belongs to no stack then, and is deleted by hand");
    }
    let bucket = resources
        .iter()
        .find(|it| it.name == "Bucket" && !it.called.is_empty() && !kept.contains(&it.name));
    let question = "Everything that goes is gone for good. The stack's name, to go on:";
    if !question::is_named(question, name, options.name.as_deref())? {
        bail!("that is not the stack's name, {name}; nothing was changed");
    }
    if let Some(Resource { called: bucket, .. }) = bucket {
        eprintln!("==> empty the bucket {bucket}");
        let bucket = Bucket {
            aws: &aws,
            name: bucket,
            owner: &identity.account,
            scratch: &scratch,
        };
        let deleted = bucket.empty();
        fs::remove_dir_all(&scratch).ok();
        let deleted = deleted?;
        eprintln!("    {deleted} files");
    }
    eprintln!("==> delete the stack {name}");
    formation.delete(&standing).with_context(|| {
        let emptied = bucket.is_some().then_some(
            "; its bucket is empty, so agents get no page until `cargo xtask deploy` has filled it again",
        );
        format!(
            "AWS did not begin to delete the stack {name}{}",
            emptied.unwrap_or_default()
        )
    })?;
    formation.await_deletion(&standing).with_context(|| {
        format!(
            "mend what is named, then `cargo xtask destroy` again; what it names may be given up by `aws \
             cloudformation delete-stack --region {} --stack-name {name} --retain-resources NAME…`",
            described.region
        )
    })?;
    say(&format!("the stack {name} is gone"));
    Ok(ExitCode::SUCCESS)
}

/// The resources that a deletion leaves, by the template that the stack was made of and, where that refers
/// to them, by the stack's parameters.
///
/// # Errors
///
/// When it cannot be told what becomes of one: neither may be announced, and no bucket emptied that stays.
fn kept(template: &Value, parameters: &Parameters) -> Result<BTreeSet<String>> {
    let resources = template.get("Resources").and_then(Value::as_object);
    let mut kept = BTreeSet::new();
    for (name, resource) in resources.into_iter().flatten() {
        let policy = match resource.get("DeletionPolicy") {
            None => Some("Delete"),
            Some(Value::String(policy)) => Some(policy.as_str()),
            Some(other) => parameters.get(text(other, "/Ref")).map(String::as_str),
        };
        match policy {
            Some("Delete") => {}
            // `Snapshot` is of types that no desk has.
            Some("Retain" | "RetainExceptOnCreate") => {
                kept.insert(name.clone());
            }
            _ => bail!("the stack's template does not say in words whether {name} goes with it"),
        }
    }
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_the_stacks_own_template_keeps_stays_and_nothing_else() {
        let template = json!({ "Resources": {
            "Customers": { "Type": "AWS::CustomerProfiles::Domain", "DeletionPolicy": "Retain" },
            "Users": { "Type": "AWS::Cognito::UserPool", "DeletionPolicy": "RetainExceptOnCreate" },
            "Bucket": { "Type": "AWS::S3::Bucket", "DeletionPolicy": "Delete" },
            "Log": { "Type": "AWS::Logs::LogGroup", "DeletionPolicy": { "Ref": "Fate" } },
            "Proxy": { "Type": "AWS::Lambda::Function" },
        } });
        let with = |fate: &str| {
            let parameters = Parameters::from([("Fate".to_owned(), fate.to_owned())]);
            kept(&template, &parameters).map(|it| Vec::from_iter(it).join(" "))
        };
        assert_eq!(with("Delete").unwrap(), "Customers Users");
        assert_eq!(with("Retain").unwrap(), "Customers Log Users");
    }

    #[rstest]
    #[case::nobodys_parameter(json!({ "Ref": "Fate" }))]
    #[case::a_function(json!({ "Fn::If": ["Keeps", "Retain", "Delete"] }))]
    #[case::another_word(json!("Sell"))]
    fn what_cannot_be_told_is_not_guessed(#[case] policy: Value) {
        let template = json!({ "Resources": { "Bucket": { "DeletionPolicy": policy } } });
        assert!(kept(&template, &Parameters::new()).is_err());
    }
}
