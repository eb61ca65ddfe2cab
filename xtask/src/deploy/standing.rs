//! The stack as it is: what can be done with it, what is in it, and whether it is a desk's.

use anyhow::{Result, bail};
use serde_json::Value;

use super::aws::text;
use super::description::{Outputs, Parameters};

/// The parameter without which no stack of the template was ever made.
const MARK: &str = "ConnectInstanceId";

/// What every stack of the template has.
const MADE_BY_ALL: [(&str, &str); 3] = [
    ("Bucket", "AWS::S3::Bucket"),
    ("Distribution", "AWS::CloudFront::Distribution"),
    ("PageHeaders", "AWS::CloudFront::ResponseHeadersPolicy"),
];

/// The stack as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) id: String,
    pub(super) status: String,
    pub(super) outputs: Outputs,
    pub(super) parameters: Parameters,
    /// Whether AWS refuses to delete it.
    pub(super) is_protected: bool,
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
    Stuck,
}

/// A resource of the stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Resource {
    /// Its name in the template.
    pub(super) name: String,
    pub(super) kind: String,
    /// What it is called where it is; empty when it never was.
    pub(super) called: String,
    pub(super) is_gone: bool,
}

impl Resource {
    /// Those of `list-stack-resources`.
    pub(super) fn all(answer: &Value) -> Vec<Self> {
        let all = answer.get("StackResourceSummaries");
        let all = all.and_then(Value::as_array).into_iter().flatten();
        let member = |it, place| text(it, place).to_owned();
        all.map(|it| Self {
            name: member(it, "/LogicalResourceId"),
            kind: member(it, "/ResourceType"),
            called: member(it, "/PhysicalResourceId"),
            is_gone: text(it, "/ResourceStatus") == "DELETE_COMPLETE",
        })
        .collect()
    }
}

impl State {
    /// What a status means.
    pub(super) fn of(status: &str) -> Self {
        match status {
            "REVIEW_IN_PROGRESS" => Self::Begun,
            "DELETE_IN_PROGRESS" => Self::Leaving,
            "ROLLBACK_COMPLETE" => Self::Stuck,
            busy if busy.ends_with("_IN_PROGRESS") => Self::Busy,
            settled if settled.ends_with("_COMPLETE") => Self::Settled,
            _ => Self::Stuck,
        }
    }
}

/// What mends a stack that is stuck.
pub(super) fn remedy(status: &str, name: &str, region: &str) -> String {
    let which = format!("--region {region} --stack-name {name}");
    match status {
        "CREATE_FAILED" | "ROLLBACK_COMPLETE" | "ROLLBACK_FAILED" | "DELETE_FAILED" => format!(
            "the stack {name} is {status}: it was never whole and can only be deleted. \
             `cargo xtask destroy`, then again"
        ),
        "UPDATE_ROLLBACK_FAILED" => format!(
            "the stack {name} is {status}: a change failed, and so did the way back. Mend what \
             `aws cloudformation describe-stack-events {which}` names, then `aws cloudformation \
             continue-update-rollback {which}`"
        ),
        "UPDATE_FAILED" => format!(
            "the stack {name} is {status}: a change failed half-way. `aws cloudformation \
             rollback-stack {which}`, then again"
        ),
        _ => format!(
            "the stack {name} is {status}, which this command does not know: `aws cloudformation \
             describe-stacks {which}`"
        ),
    }
}

impl Standing {
    /// Refuses a stack that happens to be called as ours. Another template may well have a parameter of the
    /// mark's name, so what is in the stack is looked at, too.
    ///
    /// # Errors
    ///
    /// When it was made of another template, or is the desk of another instance.
    pub(super) fn ensure_desk(
        &self,
        name: &str,
        instance: &str,
        resources: &[Resource],
    ) -> Result<()> {
        let mark = self.parameters.get(MARK).map(String::as_str);
        // One that was never created may have no parameters.
        let is_begun = State::of(&self.status) == State::Begun && mark.is_none();
        if is_begun && self.parameters.is_empty() && resources.is_empty() {
            return Ok(());
        }
        if mark.is_none() || !self.is_of_the_template(resources) {
            bail!(
                "the stack {name} is none of infra/desk.yaml, and is left alone: name another in the \
                 deployment's file"
            );
        }
        if mark != Some(instance) {
            bail!(
                "the stack {name} is the desk of another Connect instance, {}, and is left alone: name \
                 another in the deployment's file, or that instance (ConnectInstanceId is {instance} there)",
                mark.unwrap_or_default()
            );
        }
        Ok(())
    }

    fn is_of_the_template(&self, resources: &[Resource]) -> bool {
        let found: Vec<bool> = MADE_BY_ALL
            .iter()
            .filter_map(|(name, kind)| {
                let it = resources.iter().find(|it| it.name == *name)?;
                Some(it.kind == *kind)
            })
            .collect();
        let are_alike = found.iter().all(|is_alike| *is_alike);
        // What was never whole has what was come to, and may have nothing.
        let was_whole = ![
            "REVIEW_",
            "CREATE_IN_",
            "CREATE_FAILED",
            "ROLLBACK_",
            "DELETE_",
        ]
        .iter()
        .any(|status| self.status.starts_with(status));
        if was_whole {
            are_alike && found.len() == MADE_BY_ALL.len()
        } else {
            are_alike && (resources.is_empty() || !found.is_empty())
        }
    }

    pub(super) fn of(answer: &Value) -> Option<Self> {
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
            is_protected: stack.get("EnableTerminationProtection") == Some(&Value::Bool(true)),
        })
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

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
        assert_eq!(State::of(status), state);
    }

    #[rstest]
    #[case::never_whole("ROLLBACK_COMPLETE", "cargo xtask destroy")]
    #[case::not_deleted("DELETE_FAILED", "cargo xtask destroy")]
    #[case::no_way_back(
        "UPDATE_ROLLBACK_FAILED",
        "continue-update-rollback --region ap-northeast-1 --stack-name desk"
    )]
    #[case::half_way(
        "UPDATE_FAILED",
        "rollback-stack --region ap-northeast-1 --stack-name desk"
    )]
    #[case::unheard_of(
        "TURNED_INTO_A_NEWT",
        "describe-stacks --region ap-northeast-1 --stack-name desk"
    )]
    fn a_stack_that_is_stuck_is_said_with_what_to_do(#[case] status: &str, #[case] command: &str) {
        assert_eq!(State::of(status), State::Stuck);
        let said = remedy(status, "desk", "ap-northeast-1");
        assert!(said.contains(status) && said.contains(command), "{said}");
    }

    #[test]
    fn a_stack_says_its_outputs_and_parameters() {
        let answer = json!({ "Stacks": [{
            "StackId": "arn:a",
            "StackStatus": "CREATE_COMPLETE",
            "EnableTerminationProtection": true,
            "Outputs": [{ "OutputKey": "Host", "OutputValue": "d1.cloudfront.net" }],
            "Parameters": [{ "ParameterKey": "Country", "ParameterValue": "JP" }],
        }] });
        let standing = Standing::of(&answer).unwrap();
        assert_eq!(standing.outputs["Host"], "d1.cloudfront.net");
        assert_eq!(standing.parameters["Country"], "JP");
        assert!(standing.is_protected);
        assert_eq!(Standing::of(&json!({ "Stacks": [] })), None);
    }

    const MADE: [(&str, &str); 3] = [
        ("Bucket", "AWS::S3::Bucket"),
        ("Distribution", "AWS::CloudFront::Distribution"),
        ("PageHeaders", "AWS::CloudFront::ResponseHeadersPolicy"),
    ];

    /// What is said of a stack when the desk of the instance `a` is looked for.
    fn judged(status: &str, instance: Option<&str>, made: &[(&str, &str)]) -> Result<(), String> {
        let parameters = instance.map(|it| ("ConnectInstanceId".to_owned(), it.to_owned()));
        let standing = Standing {
            id: String::new(),
            status: status.to_owned(),
            outputs: Outputs::new(),
            parameters: parameters.into_iter().collect(),
            is_protected: false,
        };
        let made = made.iter().map(|(name, kind)| Resource {
            name: (*name).to_owned(),
            kind: (*kind).to_owned(),
            called: String::new(),
            is_gone: false,
        });
        let made: Vec<_> = made.collect();
        standing
            .ensure_desk("desk", "a", &made)
            .map_err(|it| it.to_string())
    }

    #[rstest]
    #[case::whole("CREATE_COMPLETE", Some("a"), &MADE)]
    #[case::changing("UPDATE_IN_PROGRESS", Some("a"), &MADE)]
    #[case::only_proposed("REVIEW_IN_PROGRESS", None, &[])]
    #[case::proposed_for_us("REVIEW_IN_PROGRESS", Some("a"), &[])]
    #[case::being_made("CREATE_IN_PROGRESS", Some("a"), &MADE[..1])]
    #[case::never_whole("ROLLBACK_COMPLETE", Some("a"), &MADE[2..])]
    #[case::never_begun("ROLLBACK_COMPLETE", Some("a"), &[])]
    fn a_stack_of_the_template_and_the_instance_is_ours(
        #[case] status: &str,
        #[case] instance: Option<&str>,
        #[case] made: &[(&str, &str)],
    ) {
        assert_eq!(judged(status, instance, made), Ok(()));
    }

    #[rstest]
    #[case::without_parameters("CREATE_COMPLETE", None, &MADE)]
    #[case::with_our_parameter("CREATE_COMPLETE", Some("a"), &[("Bucket", "AWS::S3::Bucket")])]
    #[case::with_other_kinds("UPDATE_COMPLETE", Some("a"), &[MADE[0], MADE[1], ("PageHeaders", "AWS::SNS::Topic")])]
    #[case::never_whole("ROLLBACK_COMPLETE", Some("a"), &[("Topic", "AWS::SNS::Topic")])]
    #[case::of_another_instance("CREATE_COMPLETE", Some("b"), &MADE)]
    #[case::proposed_for_another("REVIEW_IN_PROGRESS", Some("b"), &[])]
    fn a_stack_of_another_template_or_instance_is_left_alone(
        #[case] status: &str,
        #[case] instance: Option<&str>,
        #[case] made: &[(&str, &str)],
    ) {
        let refused = judged(status, instance, made).unwrap_err();
        assert!(refused.contains("is left alone"), "{refused}");
    }

    #[test]
    fn what_marks_a_desk_is_in_every_stack_of_the_template() {
        let given = [
            ("ConnectInstanceId", "5ca1ab1e-0000-4000-8000-00000000c0de"),
            ("ConnectOrigin", "https://shop.my.connect.aws"),
            ("ProfilesDomain", "amazon-connect-shop"),
        ];
        let given = given.map(|(name, value)| (name, value.to_owned()));
        let least = stack::Stack::new(&given.into_iter().collect()).unwrap();
        for (name, kind) in MADE_BY_ALL {
            assert_eq!(least.resources()[name]["Type"], kind);
        }
        assert!(stack::parameters().unwrap().contains_key(MARK));
    }
}
