//! `cargo xtask destroy`: the stack with all that is in it, but for what it was told to keep.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use lexopt::prelude::{Long, ValueExt as _};
use stack::Stack;

use super::aws::Aws;
use super::bucket::Bucket;
use super::description::{Description, Parameters, borrowed};
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
    let kept = kept(&standing.parameters)?;
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
        say("what stays (DataOnDeletion=Retain) belongs to no stack then, and is deleted by hand");
    }
    let bucket = resources
        .iter()
        .find(|it| it.name == "Bucket" && !it.called.is_empty());
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

/// The resources that a deletion leaves, by the parameters that the stack has.
fn kept(parameters: &Parameters) -> Result<Vec<String>> {
    let declared = stack::parameters()?;
    // Those of another version of the template say nothing of what is kept.
    let known = parameters
        .iter()
        .filter(|(name, _)| declared.contains_key(name.as_str()));
    let known: Parameters = known
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    // One that was never created has none.
    if known.is_empty() {
        return Ok(Vec::new());
    }
    let stack = Stack::new(&borrowed(&known))?;
    let resources = stack.resources().iter();
    let kept =
        resources.filter(|(_, it)| it.get("DeletionPolicy").is_some_and(|it| it == "Retain"));
    Ok(kept.map(|(name, _)| name.clone()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(more: &[(&str, &str)]) -> Parameters {
        let base = [
            ("ConnectInstanceId", "5ca1ab1e-0000-4000-8000-00000000c0de"),
            ("ConnectOrigin", "https://shop.my.connect.aws"),
            ("ProfilesDomain", "amazon-connect-shop"),
        ];
        let all = base.iter().chain(more);
        all.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn what_was_asked_to_be_kept_stays_and_nothing_else() {
        let made = [("CreateUserPool", "true"), ("CreateProfilesDomain", "true")];
        assert_eq!(kept(&parameters(&made)).unwrap(), [""; 0]);
        let retained: Vec<_> = made
            .into_iter()
            .chain([("DataOnDeletion", "Retain")])
            .collect();
        let kept = kept(&parameters(&retained)).unwrap();
        assert!(kept.contains(&"Profiles".to_owned()) && kept.contains(&"UserPool".to_owned()));
        assert!(!kept.contains(&"Bucket".to_owned()));
    }

    #[test]
    fn a_stack_of_another_version_is_judged_by_what_is_known_of_it() {
        let all = [
            ("DataOnDeletion", "Retain"),
            ("CreateUserPool", "true"),
            ("Gone", "1"),
        ];
        assert_eq!(kept(&parameters(&all)).unwrap(), ["UserPool"]);
        assert_eq!(kept(&Parameters::new()).unwrap(), [""; 0]);
    }
}
