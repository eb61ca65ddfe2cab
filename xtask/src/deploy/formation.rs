//! The stack at AWS: how it is, what a change would do to it, and how a change went.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

use super::aws::{Aws, file, if_there, text, until};
use super::change::{self, Change};
use super::description::{Outputs, Parameters};

/// The parameter without which no stack of the template was ever made.
const MARK: &str = "ConnectInstanceId";

/// The stack of a deployment.
#[derive(Debug)]
pub(super) struct Formation {
    aws: Aws,
    name: String,
    scratch: PathBuf,
}

/// The stack as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) id: String,
    pub(super) status: String,
    pub(super) outputs: Outputs,
    pub(super) parameters: Parameters,
}

/// What can be done with a stack (`CloudFormation` User Guide, "Stack status codes").
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum State {
    /// A change set was made for a stack that was never created: there is nothing of it yet.
    Begun,
    /// It can be changed.
    Settled,
    /// A change is under way.
    Busy,
    /// It goes.
    Leaving,
    /// Nothing can be changed before this is done.
    Stuck(String),
}

/// Changes that AWS has worked out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ChangeSet {
    id: String,
    pub(super) changes: Vec<Change>,
}

/// Whether the stack is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Create,
    Update,
}

impl State {
    /// What a status means for a stack of this name.
    pub(super) fn of(status: &str, name: &str) -> Self {
        let stuck = |what: String| Self::Stuck(what);
        match status {
            "REVIEW_IN_PROGRESS" => Self::Begun,
            "DELETE_IN_PROGRESS" => Self::Leaving,
            "CREATE_FAILED" | "ROLLBACK_COMPLETE" | "ROLLBACK_FAILED" | "DELETE_FAILED" => {
                stuck(format!(
                    "the stack {name} is {status}: it was never whole and can only be deleted. \
                     `cargo xtask destroy`, then again"
                ))
            }
            "UPDATE_ROLLBACK_FAILED" => stuck(format!(
                "the stack {name} is {status}: a change failed, and so did the way back. Mend what \
                 `aws cloudformation describe-stack-events --stack-name {name}` names, then `aws \
                 cloudformation continue-update-rollback --stack-name {name}`"
            )),
            "UPDATE_FAILED" => stuck(format!(
                "the stack {name} is {status}: a change failed half-way. `aws cloudformation \
                 rollback-stack --stack-name {name}`, then again"
            )),
            busy if busy.ends_with("_IN_PROGRESS") => Self::Busy,
            settled if settled.ends_with("_COMPLETE") => Self::Settled,
            other => stuck(format!(
                "the stack {name} is {other}, which this command does not know: `aws cloudformation \
                 describe-stacks --stack-name {name}`"
            )),
        }
    }
}

impl Standing {
    /// Refuses a stack that happens to be called as ours.
    ///
    /// # Errors
    ///
    /// When it was made of another template.
    pub(super) fn ensure_desk(&self, name: &str) -> Result<()> {
        // One that was never created has no parameters.
        if !self.parameters.is_empty() && !self.parameters.contains_key(MARK) {
            bail!(
                "the stack {name} is none of infra/desk.yaml, and is left alone: name another in the \
                 deployment's file"
            );
        }
        Ok(())
    }

    fn of(answer: &Value) -> Option<Self> {
        let stack = answer.pointer("/Stacks/0")?;
        let pairs = |list: &str, name: &str, value: &str| {
            let items = stack.get(list).and_then(Value::as_array);
            let items = items.into_iter().flatten();
            items
                .map(|it| (text(it, name).to_owned(), text(it, value).to_owned()))
                .collect()
        };
        Some(Self {
            id: text(stack, "/StackId").to_owned(),
            status: text(stack, "/StackStatus").to_owned(),
            outputs: pairs("Outputs", "/OutputKey", "/OutputValue"),
            parameters: pairs("Parameters", "/ParameterKey", "/ParameterValue"),
        })
    }
}

impl Formation {
    pub(super) fn new(aws: &Aws, name: &str, scratch: &Path) -> Self {
        Self {
            aws: aws.clone(),
            name: name.to_owned(),
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
            let state = standing
                .as_ref()
                .map(|it| State::of(&it.status, &self.name));
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
        standing.ensure_desk(&self.name)?;
        match State::of(&standing.status, &self.name) {
            State::Stuck(what) => bail!("{what}"),
            _ => Ok(()),
        }
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
        let made = self.ask("create-change-set", &arguments)?;
        let id = text(&made, "/Id").to_owned();
        let worked_out = until("working out the changes", || {
            let answer = self.ask("describe-change-set", &["--change-set-name", &id])?;
            let is_done = matches!(text(&answer, "/Status"), "CREATE_COMPLETE" | "FAILED");
            Ok(is_done.then_some(answer))
        })?;
        let change_set = ChangeSet {
            id,
            changes: change::all(&worked_out),
        };
        if text(&worked_out, "/Status") == "CREATE_COMPLETE" {
            return Ok(Some(change_set));
        }
        self.forget(kind, &change_set)?;
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
    /// one.
    ///
    /// # Errors
    ///
    /// When AWS cannot be asked.
    pub(super) fn forget(&self, kind: Kind, change_set: &ChangeSet) -> Result<()> {
        let last = Self::new(&self.aws.for_the_last_word(), &self.name, &self.scratch);
        last.ask("delete-change-set", &["--change-set-name", &change_set.id])?;
        if kind == Kind::Create
            && let Some(empty) = last.look()?
            && State::of(&empty.status, &last.name) == State::Begun
        {
            last.delete(&empty)?;
        }
        Ok(())
    }

    /// Makes the changes and waits until they are made.
    ///
    /// # Errors
    ///
    /// When they cannot be made; with the first reasons that AWS gives.
    pub(super) fn execute(&self, change_set: &ChangeSet) -> Result<Standing> {
        // Every event of a change bears the token of whoever began it.
        let token = change_set.id.rsplit('/').next().unwrap_or_default();
        let by = ["--client-request-token", token];
        let arguments = ["--change-set-name", &change_set.id];
        let arguments: Vec<&str> = arguments.into_iter().chain(by).collect();
        self.ask("execute-change-set", &arguments)?;
        let standing = until("making the changes", || {
            let standing = self.look()?;
            let standing = standing.with_context(|| format!("the stack {} is gone", self.name))?;
            let state = State::of(&standing.status, &self.name);
            let is_done = !matches!(state, State::Begun | State::Busy | State::Leaving);
            Ok(is_done.then_some(standing))
        })?;
        match standing.status.as_str() {
            "CREATE_COMPLETE" | "UPDATE_COMPLETE" => Ok(standing),
            status => {
                let reasons = self.reasons(&standing.id, |event| {
                    text(event, "/ClientRequestToken") == token
                })?;
                bail!("the stack {} is {status}:\n{reasons}", self.name)
            }
        }
    }

    /// Deletes the stack and waits until it is gone.
    ///
    /// # Errors
    ///
    /// When something of it cannot be deleted; with the reasons that AWS gives.
    pub(super) fn delete(&self, standing: &Standing) -> Result<()> {
        self.ask("delete-stack", &["--stack-name", &standing.id])?;
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

    /// The resources of the stack: their names in the template, their kinds, and what they are called.
    ///
    /// # Errors
    ///
    /// When AWS cannot be asked.
    pub(super) fn resources(&self) -> Result<Vec<(String, String, String)>> {
        let answer = self.ask("list-stack-resources", &["--stack-name", &self.name])?;
        let all = answer
            .get("StackResourceSummaries")
            .and_then(Value::as_array);
        let member = |it, place| text(it, place).to_owned();
        Ok(all
            .into_iter()
            .flatten()
            .filter(|it| text(it, "/ResourceStatus") != "DELETE_COMPLETE")
            .map(|it| {
                (
                    member(it, "/LogicalResourceId"),
                    member(it, "/ResourceType"),
                    member(it, "/PhysicalResourceId"),
                )
            })
            .collect())
    }

    fn reasons(&self, id: &str, is_of_it: impl Fn(&Value) -> bool) -> Result<String> {
        let events = self.ask("describe-stack-events", &["--stack-name", id])?;
        let reasons = change::reasons(&events, is_of_it);
        Ok(if reasons.is_empty() {
            format!("  `aws cloudformation describe-stack-events --stack-name {id}` may say why")
        } else {
            reasons.join("\n")
        })
    }

    fn ask(&self, operation: &str, arguments: &[&str]) -> Result<Value> {
        self.aws.ask("cloudformation", operation, arguments)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::created("CREATE_COMPLETE", State::Settled)]
    #[case::updated("UPDATE_COMPLETE", State::Settled)]
    #[case::went_back("UPDATE_ROLLBACK_COMPLETE", State::Settled)]
    #[case::only_proposed("REVIEW_IN_PROGRESS", State::Begun)]
    #[case::creating("CREATE_IN_PROGRESS", State::Busy)]
    #[case::cleaning("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", State::Busy)]
    #[case::going_back("UPDATE_ROLLBACK_IN_PROGRESS", State::Busy)]
    #[case::going("DELETE_IN_PROGRESS", State::Leaving)]
    fn a_status_is_what_can_be_done(#[case] status: &str, #[case] state: State) {
        assert_eq!(State::of(status, "desk"), state);
    }

    #[rstest]
    #[case::never_whole("ROLLBACK_COMPLETE", "cargo xtask destroy")]
    #[case::not_deleted("DELETE_FAILED", "cargo xtask destroy")]
    #[case::no_way_back("UPDATE_ROLLBACK_FAILED", "continue-update-rollback --stack-name desk")]
    #[case::half_way("UPDATE_FAILED", "rollback-stack --stack-name desk")]
    #[case::unheard_of("TURNED_INTO_A_NEWT", "describe-stacks --stack-name desk")]
    fn a_stack_that_is_stuck_is_said_with_what_to_do(#[case] status: &str, #[case] command: &str) {
        let State::Stuck(said) = State::of(status, "desk") else {
            panic!("{status} is not stuck");
        };
        assert!(said.contains(status) && said.contains(command), "{said}");
    }

    #[test]
    fn a_stack_says_its_outputs_and_parameters() {
        let answer = json!({ "Stacks": [{
            "StackId": "arn:a",
            "StackStatus": "CREATE_COMPLETE",
            "Outputs": [{ "OutputKey": "Host", "OutputValue": "d1.cloudfront.net" }],
            "Parameters": [{ "ParameterKey": "Country", "ParameterValue": "JP" }],
        }] });
        let standing = Standing::of(&answer).unwrap();
        assert_eq!(standing.outputs["Host"], "d1.cloudfront.net");
        assert_eq!(standing.parameters["Country"], "JP");
        assert_eq!(Standing::of(&json!({ "Stacks": [] })), None);
    }

    #[test]
    fn a_stack_of_another_template_is_left_alone() {
        let with = |parameters: &[(&str, &str)]| Standing {
            id: String::new(),
            status: "CREATE_COMPLETE".to_owned(),
            outputs: Outputs::new(),
            parameters: parameters
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
        };
        assert!(
            with(&[("InstanceType", "m5.large")])
                .ensure_desk("desk")
                .is_err()
        );
        assert!(
            with(&[("ConnectInstanceId", "1")])
                .ensure_desk("desk")
                .is_ok()
        );
        assert!(with(&[]).ensure_desk("desk").is_ok());
    }
}
