//! The stack at AWS: how it is, what a change would do to it, and how a change went.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

use super::aws::{Aws, file, if_there, text, until};
use super::change::{self, Change};
use super::description::{Description, Parameters};
use super::standing::{self, Resource, Standing, State};
use crate::process;

/// The stack of a deployment.
#[derive(Debug)]
pub(super) struct Formation {
    aws: Aws,
    name: String,
    /// The instance that the desk is of.
    instance: String,
    scratch: PathBuf,
}

/// Changes that AWS has worked out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ChangeSet {
    pub(super) id: String,
    pub(super) changes: Vec<Change>,
}

impl ChangeSet {
    /// What every event of its change bears, for it was begun with it.
    fn token(&self) -> &str {
        self.id.rsplit('/').next().unwrap_or_default()
    }
}

/// Whether the stack is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Create,
    Update,
}

impl Formation {
    pub(super) fn new(aws: &Aws, described: &Description, scratch: &Path) -> Self {
        Self {
            aws: aws.clone(),
            name: described.stack.clone(),
            instance: described.parameter("ConnectInstanceId"),
            scratch: scratch.to_path_buf(),
        }
    }

    /// How the stack is; nothing, when there is none.
    ///
    /// # Errors
    ///
    /// When AWS cannot be asked.
    pub(super) fn look(&self) -> Result<Option<Standing>> {
        self.look_at(&self.name)
    }

    /// The same by the stack's id, which names it when it is gone, too.
    fn look_at(&self, name: &str) -> Result<Option<Standing>> {
        let answer = self.ask("describe-stacks", &["--stack-name", name]);
        Ok(if_there(answer)?.as_ref().and_then(Standing::of))
    }

    /// How the stack is once nothing is under way in it; nothing, when there is none, or when it was
    /// going.
    ///
    /// # Errors
    ///
    /// When AWS cannot be asked.
    pub(super) fn at_rest(&self) -> Result<Option<Standing>> {
        until("waiting for what is under way in the stack", || {
            let standing = self.look()?;
            let state = standing.as_ref().map(|it| State::of(&it.status));
            let is_busy = matches!(state, Some(State::Busy | State::Leaving));
            Ok((!is_busy).then_some(standing))
        })
    }

    /// Refuses a stack that this command cannot change.
    ///
    /// # Errors
    ///
    /// When it is another's, or stuck; with what mends it.
    pub(super) fn ensure_usable(&self, standing: Option<&Standing>) -> Result<()> {
        let Some(standing) = standing else {
            return Ok(());
        };
        self.ensure_desk(standing)?;
        match State::of(&standing.status) {
            State::Stuck => bail!(
                "{}",
                standing::remedy(&standing.status, &self.name, self.aws.region())
            ),
            _ => Ok(()),
        }
    }

    /// Refuses a stack that happens to be called as ours.
    ///
    /// # Errors
    ///
    /// When it was made of another template, or is the desk of another instance.
    pub(super) fn ensure_desk(&self, standing: &Standing) -> Result<()> {
        standing.ensure_desk(&self.name, &self.instance, &self.resources(standing)?)
    }

    /// Has AWS work out what these parameters would change; nothing, when that is nothing.
    ///
    /// # Errors
    ///
    /// When AWS refuses the template or its parameters.
    pub(super) fn propose(&self, kind: Kind, parameters: &Parameters) -> Result<Option<ChangeSet>> {
        fs::create_dir_all(&self.scratch)?;
        let template = self.scratch.join("desk.yaml");
        fs::write(&template, stack::TEMPLATE)?;
        let given = self.scratch.join("parameters.json");
        let pairs: Vec<Value> = parameters
            .iter()
            .map(|(name, value)| json!({ "ParameterKey": name, "ParameterValue": value }))
            .collect();
        fs::write(&given, json!(pairs).to_string())?;
        let since = SystemTime::now().duration_since(UNIX_EPOCH)?;
        let name = format!("agent-desk-{}", since.as_millis());
        let word = match kind {
            Kind::Create => "CREATE",
            Kind::Update => "UPDATE",
        };
        let mut arguments = vec!["--stack-name", &self.name, "--change-set-name", &name];
        arguments.extend(["--change-set-type", word]);
        let (template, given) = (file(&template), file(&given));
        arguments.extend(["--template-body", &template, "--parameters", &given]);
        // The role of the proxy, and the transform.
        arguments.extend(["--capabilities", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]);
        // Who is interrupted may have made it without hearing of it, so it is given up by its name.
        let made = self.ask("create-change-set", &arguments);
        let made = self.or_forget(kind, &name, made)?;
        let id = text(&made, "/Id").to_owned();
        let worked_out = until("working out the changes", || {
            let answer = self.ask("describe-change-set", &["--change-set-name", &id])?;
            let is_done = matches!(text(&answer, "/Status"), "CREATE_COMPLETE" | "FAILED");
            Ok(is_done.then_some(answer))
        });
        let worked_out = self.or_forget(kind, &id, worked_out)?;
        let change_set = ChangeSet {
            id,
            changes: change::all(&worked_out),
        };
        if text(&worked_out, "/Status") == "CREATE_COMPLETE" {
            return Ok(Some(change_set));
        }
        self.forget(kind, &change_set.id)?;
        let reason = text(&worked_out, "/StatusReason");
        if change::is_nothing(reason) {
            return Ok(None);
        }
        bail!(
            "CloudFormation cannot make this of the stack {}: {reason}",
            self.name
        )
    }

    /// Leaves nothing of a proposal, also when we are told to end: one for a new stack has made an empty
    /// one. `change_set` is its id or its name.
    ///
    /// # Errors
    ///
    /// When AWS cannot be asked.
    pub(super) fn forget(&self, kind: Kind, change_set: &str) -> Result<()> {
        let last = self.for_the_last_word();
        let named = ["--stack-name", &self.name, "--change-set-name", change_set];
        if_there(last.ask("delete-change-set", &named))?;
        if kind == Kind::Create
            && let Some(empty) = last.look()?
            && State::of(&empty.status) == State::Begun
        {
            last.delete(&empty)?;
            if !process::stopping() {
                last.await_deletion(&empty)?;
            }
        }
        Ok(())
    }

    /// Leaves nothing of a proposal when what it was made for did not succeed.
    ///
    /// # Errors
    ///
    /// That of the outcome. What else goes wrong then is only printed.
    pub(super) fn or_forget<T>(
        &self,
        kind: Kind,
        change_set: &str,
        outcome: Result<T>,
    ) -> Result<T> {
        if outcome.is_err()
            && let Err(error) = self.forget(kind, change_set)
        {
            eprintln!("    the change set {change_set} is still there: {error:#}");
        }
        outcome
    }

    /// Has AWS begin to make the changes.
    ///
    /// # Errors
    ///
    /// When AWS refuses to, or we are told to end.
    pub(super) fn execute(&self, change_set: &ChangeSet) -> Result<()> {
        let by = ["--client-request-token", change_set.token()];
        // Otherwise what DataOnDeletion=Retain is said for outlives a creation that went back, too, and the
        // next one meets its names.
        let arguments = [
            "--change-set-name",
            &change_set.id,
            "--retain-except-on-create",
        ];
        let arguments: Vec<&str> = arguments.into_iter().chain(by).collect();
        self.ask("execute-change-set", &arguments)?;
        Ok(())
    }

    /// Waits until the changes are made.
    ///
    /// # Errors
    ///
    /// When they cannot be made; with the first reasons that AWS gives.
    pub(super) fn await_changes(&self, change_set: &ChangeSet) -> Result<Standing> {
        let standing = until("making the changes", || {
            let standing = self.look()?;
            let standing = standing.with_context(|| format!("the stack {} is gone", self.name))?;
            let state = State::of(&standing.status);
            let is_done = !matches!(state, State::Begun | State::Busy | State::Leaving);
            Ok(is_done.then_some(standing))
        })?;
        match standing.status.as_str() {
            "CREATE_COMPLETE" | "UPDATE_COMPLETE" => Ok(standing),
            status => {
                let reasons = self.reasons(&standing.id, |event| {
                    text(event, "/ClientRequestToken") == change_set.token()
                })?;
                bail!("the stack {} is {status}:\n{reasons}", self.name)
            }
        }
    }

    /// Has AWS begin to delete the stack.
    ///
    /// # Errors
    ///
    /// When AWS refuses to; nothing of the stack is deleted then.
    pub(super) fn delete(&self, standing: &Standing) -> Result<()> {
        self.ask("delete-stack", &["--stack-name", &standing.id])?;
        Ok(())
    }

    /// Waits until a stack that is being deleted is gone.
    ///
    /// # Errors
    ///
    /// When something of it cannot be deleted; with the reasons that AWS gives.
    pub(super) fn await_deletion(&self, standing: &Standing) -> Result<()> {
        let end = until("deleting the stack", || {
            let status = self.look_at(&standing.id)?.map(|it| it.status);
            Ok(match status.as_deref() {
                None | Some("DELETE_COMPLETE") => Some(None),
                Some("DELETE_IN_PROGRESS" | "REVIEW_IN_PROGRESS") => None,
                Some(other) => Some(Some(other.to_owned())),
            })
        })?;
        match end {
            None => Ok(()),
            Some(status) => {
                let reasons = self.reasons(&standing.id, |event| {
                    text(event, "/ResourceStatus") == "DELETE_FAILED"
                })?;
                bail!("the stack {} is {status}:\n{reasons}", self.name)
            }
        }
    }

    /// All that AWS says of the stack's resources, those that are gone among them.
    ///
    /// # Errors
    ///
    /// When AWS cannot be asked.
    pub(super) fn resources(&self, standing: &Standing) -> Result<Vec<Resource>> {
        let answer = self.ask("list-stack-resources", &["--stack-name", &standing.id])?;
        Ok(Resource::all(&answer))
    }

    /// The template that the stack was made of, as the transform has left it: policies of deletion that are a
    /// parameter's are words there (User Guide, "Intrinsic function references in `DeletionPolicy`").
    ///
    /// # Errors
    ///
    /// When AWS cannot be asked, or the template cannot be understood.
    pub(super) fn template(&self, standing: &Standing) -> Result<Value> {
        let arguments = [
            "--stack-name",
            &standing.id,
            "--template-stage",
            "Processed",
        ];
        let mut answer = self.ask("get-template", &arguments)?;
        // The CLI reads a template that is JSON.
        match answer.get_mut("TemplateBody").map(Value::take) {
            Some(Value::String(template)) => stack::template(&template)
                .with_context(|| format!("the template of the stack {} is not one", self.name)),
            Some(template) => Ok(template),
            None => bail!("AWS has no template of the stack {}", self.name),
        }
    }

    /// The same for what must not be left behind by a run that is told to end.
    fn for_the_last_word(&self) -> Self {
        Self {
            aws: self.aws.for_the_last_word(),
            name: self.name.clone(),
            instance: self.instance.clone(),
            scratch: self.scratch.clone(),
        }
    }

    fn reasons(&self, id: &str, is_of_it: impl Fn(&Value) -> bool) -> Result<String> {
        let events = self.ask("describe-stack-events", &["--stack-name", id])?;
        let reasons = change::reasons(&events, is_of_it);
        Ok(if reasons.is_empty() {
            format!(
                "  `aws cloudformation describe-stack-events --region {} --stack-name {id}` may say why",
                self.aws.region()
            )
        } else {
            reasons.join("\n")
        })
    }

    fn ask(&self, operation: &str, arguments: &[&str]) -> Result<Value> {
        self.aws.ask("cloudformation", operation, arguments)
    }
}
