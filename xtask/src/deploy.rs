//! `cargo xtask deploy`: the desk in an AWS account, from the sources to the address that agents open.
//!
//! The stack is `infra/desk.yaml` and comes in two passes: the proxy has to know the host that agents
//! open, and `CloudFront` has none before the first. Every pass is a change set that is shown and asked
//! about before it is made. A run that was broken off is taken up by the next one: what is there is looked
//! at and not made again.

mod aws;
mod bucket;
mod change;
mod checks;
mod configuration;
mod description;
pub(crate) mod destroy;
mod formation;
mod question;
mod rehearsal;
mod site;
mod standing;
mod steps;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use lexopt::prelude::Long;
use stack::Stack;

use crate::digest;
use crate::dist;
use crate::package::{self, Architecture};
use crate::workspace::Workspace;
use aws::Aws;
pub(crate) use aws::INSTALLATION as CLI_INSTALLATION;
use bucket::Bucket;
use change::{Change, table};
use checks::Identity;
use description::{Description, Outputs, Parameters, borrowed, output, unknown_outputs};
use formation::{Formation, Kind};
use site::{Files, Upload};
use standing::{Standing, State};

/// Where a deployment is described, when the command line does not say.
const FILE: &str = "deploy.json";

/// How it is asked for.
#[derive(Debug, Default)]
pub(crate) struct Options {
    file: Option<PathBuf>,
    /// Shows everything and changes nothing that outlives it.
    is_rehearsal: bool,
    is_agreed: bool,
    /// A site and a package that were built elsewhere, to be deployed as they are.
    site: Option<PathBuf>,
    package: Option<PathBuf>,
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
                Long("dry-run") => options.is_rehearsal = true,
                Long("yes") => options.is_agreed = true,
                Long("site") => options.site = Some(args.value()?.into()),
                Long("package") => options.package = Some(args.value()?.into()),
                other => return Err(other.unexpected().into()),
            }
        }
        Ok(options)
    }
}

/// What is deployed.
#[derive(Debug)]
struct Artefacts {
    site: Files,
    uploads: Vec<Upload>,
    /// The proxy's package and the key that it gets, when there is a proxy.
    package: Option<(String, Vec<u8>)>,
}

impl Artefacts {
    fn code_key(&self) -> &str {
        self.package.as_ref().map_or("", |(key, _)| key)
    }
}

/// A deployment under way.
#[derive(Debug)]
struct Deployment<'a> {
    described: &'a Description,
    options: &'a Options,
    artefacts: &'a Artefacts,
    aws: Aws,
    identity: Identity,
    formation: Formation,
    scratch: PathBuf,
}

/// Deploys, or with `--dry-run` shows what it would do.
///
/// # Errors
///
/// When something is missing, is refused by AWS, or is not agreed to: a sentence with what mends it.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<ExitCode> {
    let described = Description::read(&file(workspace, options.file.as_deref()))?;
    let reached = reach(&described);
    if !options.is_rehearsal
        && let Err(error) = reached
    {
        return Err(error);
    }
    let scratch = scratch(workspace);
    if let Ok((aws, _)) = &reached {
        eprintln!("==> look at what the deployment builds on");
        // Before minutes go into building what could not be deployed.
        let formation = Formation::new(aws, &described, &scratch);
        let standing = formation.look()?;
        formation.ensure_usable(standing.as_ref())?;
        let made = match &standing {
            Some(standing) => formation.resources(standing)?,
            None => Vec::new(),
        };
        checks::look(aws, &described, &made)?;
    }
    let artefacts = build(workspace, options, &described)?;
    match reached {
        Ok((aws, identity)) => {
            let deployment = Deployment {
                described: &described,
                options,
                artefacts: &artefacts,
                formation: Formation::new(&aws, &described, &scratch),
                aws,
                identity,
                scratch: scratch.clone(),
            };
            let ended = deployment.run();
            fs::remove_dir_all(scratch).ok();
            ended
        }
        Err(error) => {
            say(&format!("AWS is not asked: {error:#}"));
            say("\nThis is what a first deployment would do, worked out from the template alone:");
            rehearsal::alone(&described, &artefacts)
        }
    }
}

/// The CLI, and who it is signed in as.
fn reach(described: &Description) -> Result<(Aws, Identity)> {
    let aws = Aws::find(&described.region)?;
    let identity = checks::identity(&aws)?;
    Ok((aws, identity))
}

fn file(workspace: &Workspace, named: Option<&Path>) -> PathBuf {
    named.map_or_else(|| workspace.path(FILE), Path::to_path_buf)
}

/// A folder of this run's own: another may bring another desk to another account meanwhile.
fn scratch(workspace: &Workspace) -> PathBuf {
    workspace.scratch(format!("deploy-{}", std::process::id()))
}

fn build(workspace: &Workspace, options: &Options, described: &Description) -> Result<Artefacts> {
    let site = site::read(&match &options.site {
        Some(folder) => folder.clone(),
        None => dist::ensure(workspace)?,
    })?;
    let rules = Stack::new(&borrowed(&described.first_pass()))?.site()?;
    let uploads = site::plan(&rules, &site)?;
    site::ensure_whole(&uploads, &site)?;
    let package = if described.has_proxy() {
        let named = described.parameter("Architecture");
        let architecture = Architecture::parse(Some(&named))?;
        let path = match &options.package {
            Some(path) => path.clone(),
            None => package::make(workspace, architecture)?,
        };
        let archive = digest::read(&path)?;
        package::check(&archive, architecture)
            .with_context(|| format!("{} cannot be deployed", path.display()))?;
        let key = format!(
            "code/{}",
            digest::hashed_name("desk-proxy", ".zip", &archive)
        );
        Some((key, archive))
    } else {
        None
    };
    Ok(Artefacts {
        site,
        uploads,
        package,
    })
}

impl Deployment<'_> {
    fn run(&self) -> Result<ExitCode> {
        let Identity { account, arn } = &self.identity;
        let Description { stack, region, .. } = self.described;
        say(&format!(
            "the stack {stack} in {region} of the account {account}, as {arn}"
        ));
        let standing = self.formation.at_rest()?;
        self.formation.ensure_usable(standing.as_ref())?;
        if self.options.is_rehearsal {
            return self.rehearse(standing);
        }
        let first = self.described.first_pass();
        let (standing, made) = match standing {
            Some(it) if State::of(&it.status) == State::Settled => (it, None),
            _ => {
                say("\nThe first pass: the bucket, and the host that the proxy has to know");
                let standing = self.change(Kind::Create, &first, &|| Ok(()))?;
                let standing = standing.context("CloudFormation finds nothing to create")?;
                (standing, Some(&first))
            }
        };
        let outputs = standing.outputs.clone();
        let bucket = Bucket {
            aws: &self.aws,
            name: output(&outputs, "BucketName")?,
            owner: &self.identity.account,
            scratch: &self.scratch,
        };
        let parameters = self.whole(&outputs)?;
        // A first pass without a proxy is all of it.
        let changed = if made == Some(&parameters) {
            None
        } else {
            say("\nThe stack as it should be");
            let upload_package = || match &self.artefacts.package {
                Some((key, package)) => bucket.upload_package(key, package),
                None => Ok(()),
            };
            self.change(Kind::Update, &parameters, &upload_package)?
        };
        let outputs = changed.map_or_else(|| outputs.clone(), |it| it.outputs);

        eprintln!("==> upload the site to {}", bucket.name);
        let config = self.described.config(&outputs)?;
        let uploads = &self.artefacts.uploads;
        let stale = bucket.upload(uploads, &self.artefacts.site, &config)?;
        self.invalidate(&stale, &bucket, &outputs)?;

        say(&format!("\nAgents open {}", output(&outputs, "Url")?));
        let steps = steps::steps(self.described, &outputs)?;
        if !steps.is_empty() {
            say("\nLeft to you:");
        }
        for step in steps {
            say(&format!("  - {step}"));
        }
        Ok(ExitCode::SUCCESS)
    }

    fn whole(&self, outputs: &Outputs) -> Result<Parameters> {
        let host = output(outputs, "Host")?;
        Ok(self.described.second_pass(self.artefacts.code_key(), host))
    }

    /// Proposes, shows, asks, and makes a change after what it needs; nothing, when there is none to make.
    fn change(
        &self,
        kind: Kind,
        parameters: &Parameters,
        prepare: &dyn Fn() -> Result<()>,
    ) -> Result<Option<Standing>> {
        let Some(change_set) = self.formation.propose(kind, parameters)? else {
            say("    nothing changes");
            return Ok(None);
        };
        say(&table(&change_set.changes));
        let begun = || {
            if !self.is_agreed(&change_set.changes)? {
                bail!("not agreed to; nothing was changed");
            }
            prepare()?;
            eprintln!("==> make the changes");
            self.formation.execute(&change_set)
        };
        self.formation.or_forget(kind, &change_set.id, begun())?;
        self.formation.await_changes(&change_set).map(Some)
    }

    /// What deletes customers or users is not agreed to by `--yes`.
    fn is_agreed(&self, changes: &[Change]) -> Result<bool> {
        if changes.iter().any(Change::deletes_data) {
            let question = "Data of customers or users would be gone for good (DataOnDeletion=Retain, \
                            deployed before, keeps it). The stack's name, to go on:";
            return question::is_typed(question, &self.described.stack);
        }
        question::go_on("Make these changes?", self.options.is_agreed)
    }

    fn rehearse(&self, standing: Option<Standing>) -> Result<ExitCode> {
        let existing = standing.filter(|standing| State::of(&standing.status) == State::Settled);
        let (kind, parameters) = match &existing {
            Some(standing) => (Kind::Update, self.whole(&standing.outputs)?),
            None => (Kind::Create, self.described.first_pass()),
        };
        say(match kind {
            Kind::Create => "\nThe first pass would make this",
            Kind::Update => "\nThe stack would change so",
        });
        match self.formation.propose(kind, &parameters)? {
            Some(change_set) => {
                say(&table(&change_set.changes));
                self.formation.forget(kind, &change_set.id)?;
            }
            None => say("    nothing changes"),
        }
        // A pool that is only asked for has no client yet, and no issuer.
        let mut outputs = unknown_outputs();
        if let Some(standing) = existing {
            outputs.extend(standing.outputs);
        } else {
            rehearsal::second_pass(self.described, self.artefacts)?;
        }
        rehearsal::rest(self.described, self.artefacts, &outputs)?;
        say("\nNothing was changed (--dry-run)");
        Ok(ExitCode::SUCCESS)
    }

    fn invalidate(
        &self,
        stale: &BTreeSet<String>,
        bucket: &Bucket<'_>,
        outputs: &Outputs,
    ) -> Result<()> {
        if stale.is_empty() {
            eprintln!("    nothing to invalidate: edges keep only what is named by its hash");
            return Ok(());
        }
        let paths: Vec<&str> = stale.iter().map(String::as_str).collect();
        eprintln!("==> invalidate {}", paths.join(" "));
        let mut arguments = vec!["--distribution-id", output(outputs, "DistributionId")?];
        arguments.push("--paths");
        arguments.extend(paths);
        self.aws
            .ask("cloudfront", "create-invalidation", arguments)?;
        bucket.settle()
    }
}

#[expect(
    clippy::print_stdout,
    reason = "what is done to whose account is what this command is for"
)]
fn say(line: &str) {
    println!("{line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_and_anything_else_is_refused() {
        let parse = |args: &[&str]| Options::parse(&mut lexopt::Parser::from_args(args));
        let options = parse(&["--dry-run", "--file", "a.json", "--site", "b"]).unwrap();
        assert!(options.is_rehearsal && !options.is_agreed);
        assert_eq!(options.file.as_deref(), Some(Path::new("a.json")));
        assert!(parse(&["--dry"]).is_err());
        assert!(parse(&["now"]).is_err());
    }
}
