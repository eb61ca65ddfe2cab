//! What would become of the resources of a stack, and why it did not.

use serde_json::Value;

use super::aws::text;

/// How many reasons are printed when a change has failed: the first ones are the causes.
const REASONS: usize = 5;

/// What becomes of one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) action: String,
    pub(super) name: String,
    pub(super) kind: String,
    /// `True`, `False` or `Conditional`; empty where nothing could be replaced.
    pub(super) replacement: String,
    /// What becomes of the one that there is (`PolicyAction`): `Delete`, `Retain`, `Snapshot`, or one of
    /// them after a replacement, `ReplaceAndDelete`; empty where it stays as it is.
    pub(super) policy: String,
}

impl Change {
    /// Whether it deletes what nobody can make again: customers, or the users that agents sign in as.
    pub(super) fn deletes_data(&self) -> bool {
        let is_data = self.kind.starts_with("AWS::CustomerProfiles::")
            || self.kind == "AWS::Cognito::UserPool";
        // Where AWS says nothing of a policy, a removal deletes.
        let is_deleted = match self.policy.as_str() {
            "Delete" | "ReplaceAndDelete" => true,
            "" => self.action == "Remove" || self.replacement == "True",
            _ => false,
        };
        is_data && is_deleted
    }
}

/// What a change set that failed says when there is nothing to change. There is no code for it; both
/// sentences have been seen.
pub(super) fn is_nothing(reason: &str) -> bool {
    reason.contains("didn't contain changes") || reason.contains("No updates are to be performed")
}

/// What a change set would change.
pub(super) fn all(answer: &Value) -> Vec<Change> {
    let all = answer.get("Changes").and_then(Value::as_array);
    let member = |it, place| text(it, place).to_owned();
    all.into_iter()
        .flatten()
        .filter_map(|it| it.get("ResourceChange"))
        .map(|it| Change {
            action: member(it, "/Action"),
            name: member(it, "/LogicalResourceId"),
            kind: member(it, "/ResourceType"),
            replacement: member(it, "/Replacement"),
            policy: member(it, "/PolicyAction"),
        })
        .collect()
}

/// The reasons of the first failures, oldest first, as lines. AWS lists the newest first; what was only
/// broken off because of another failure says nothing of it.
pub(super) fn reasons(events: &Value, is_of_it: impl Fn(&Value) -> bool) -> Vec<String> {
    let all = events.get("StackEvents").and_then(Value::as_array);
    all.into_iter()
        .flatten()
        .rev()
        .filter(|event| is_of_it(event) && text(event, "/ResourceStatus").ends_with("_FAILED"))
        .filter(|event| !text(event, "/ResourceStatusReason").contains("cancelled"))
        .take(REASONS)
        .map(|event| {
            format!(
                "  {} ({}) {}: {}",
                text(event, "/LogicalResourceId"),
                text(event, "/ResourceType"),
                text(event, "/ResourceStatus"),
                text(event, "/ResourceStatusReason")
            )
        })
        .collect()
}

/// Changes for the eye, a line each.
pub(super) fn table(changes: &[Change]) -> String {
    let width = |of: fn(&Change) -> &str| {
        let longest = changes.iter().map(|it| of(it).len()).max();
        longest.unwrap_or_default()
    };
    let (action, name, kind) = (
        width(|it| &it.action),
        width(|it| &it.name),
        width(|it| &it.kind),
    );
    let line = |it: &Change| {
        let replacement = match it.replacement.as_str() {
            "True" => "is replaced by a new one",
            "Conditional" => "may be replaced by a new one",
            _ => "",
        };
        let policy = match it.policy.as_str() {
            "Delete" | "ReplaceAndDelete" => "; what there is is deleted",
            "Retain" | "ReplaceAndRetain" => "; what there is stays, outside of the stack",
            "Snapshot" | "ReplaceAndSnapshot" => "; a snapshot of what there is stays",
            _ => "",
        };
        let fate = format!("{replacement}{policy}");
        let fate = fate.trim_start_matches("; ");
        let data = if it.deletes_data() {
            ", WITH ITS DATA"
        } else {
            ""
        };
        let line = format!(
            "    {:<action$}  {:<name$}  {:<kind$}  {fate}{data}",
            it.action, it.name, it.kind
        );
        line.trim_end().to_owned()
    };
    changes.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    #[test]
    fn changes_are_a_table_that_says_what_is_replaced() {
        let answer = json!({ "Changes": [
            { "Type": "Resource", "ResourceChange": {
                "Action": "Add", "LogicalResourceId": "Bucket", "ResourceType": "AWS::S3::Bucket",
            } },
            { "Type": "Resource", "ResourceChange": {
                "Action": "Modify", "LogicalResourceId": "Proxy",
                "ResourceType": "AWS::Lambda::Function", "Replacement": "True",
            } },
        ] });
        assert_eq!(
            table(&all(&answer)),
            "    Add     Bucket  AWS::S3::Bucket\n    \
                 Modify  Proxy   AWS::Lambda::Function  is replaced by a new one"
        );
    }

    fn change(action: &str, kind: &str, replacement: &str, policy: &str) -> Change {
        let answer = json!({ "Changes": [{ "ResourceChange": {
            "Action": action, "LogicalResourceId": "It", "ResourceType": kind,
            "Replacement": replacement, "PolicyAction": policy,
        } }] });
        all(&answer).remove(0)
    }

    #[rstest]
    #[case::removed("Remove", "AWS::CustomerProfiles::Domain", "", "Delete", true)]
    #[case::replaced("Modify", "AWS::Cognito::UserPool", "True", "ReplaceAndDelete", true)]
    #[case::perhaps(
        "Modify",
        "AWS::Cognito::UserPool",
        "Conditional",
        "ReplaceAndDelete",
        true
    )]
    #[case::of_no_word("Remove", "AWS::Cognito::UserPool", "", "", true)]
    #[case::kept("Remove", "AWS::CustomerProfiles::ObjectType", "", "Retain", false)]
    #[case::kept_beside("Modify", "AWS::Cognito::UserPool", "True", "ReplaceAndRetain", false)]
    #[case::changed("Modify", "AWS::Cognito::UserPool", "False", "", false)]
    #[case::made_again("Remove", "AWS::Lambda::Function", "", "Delete", false)]
    fn data_that_would_be_deleted_is_known(
        #[case] action: &str,
        #[case] kind: &str,
        #[case] replacement: &str,
        #[case] policy: &str,
        #[case] is_lost: bool,
    ) {
        let change = change(action, kind, replacement, policy);
        assert_eq!(change.deletes_data(), is_lost);
        assert_eq!(table(&[change]).contains("WITH ITS DATA"), is_lost);
    }

    #[test]
    fn a_table_says_what_becomes_of_what_there_is() {
        assert_eq!(
            table(&[change(
                "Modify",
                "AWS::Cognito::UserPool",
                "True",
                "ReplaceAndRetain"
            )]),
            "    Modify  It  AWS::Cognito::UserPool  is replaced by a new one; what there is stays, \
             outside of the stack"
        );
        assert_eq!(
            table(&[change("Remove", "AWS::Logs::LogGroup", "", "Delete")]),
            "    Remove  It  AWS::Logs::LogGroup  what there is is deleted"
        );
    }

    #[test]
    fn both_ways_of_saying_that_nothing_changes_are_known() {
        assert!(is_nothing(
            "The submitted information didn't contain changes. Submit different information to \
             create a change set."
        ));
        assert!(is_nothing("No updates are to be performed."));
        assert!(!is_nothing(
            "Transform AWS::LanguageExtensions failed with: …"
        ));
    }

    #[test]
    fn the_first_failures_of_the_change_are_its_reasons() {
        let event = |token: &str, name: &str, status: &str, reason: &str| {
            json!({
                "ClientRequestToken": token,
                "LogicalResourceId": name,
                "ResourceType": "AWS::Some::Type",
                "ResourceStatus": status,
                "ResourceStatusReason": reason,
            })
        };
        // The newest first, as AWS lists them.
        let events = json!({ "StackEvents": [
            event("2", "desk", "UPDATE_ROLLBACK_IN_PROGRESS", "The following failed"),
            event("2", "ProxyLog", "CREATE_FAILED", "Resource creation cancelled"),
            event("2", "Origin", "CREATE_FAILED", "Limit exceeded"),
            event("2", "Proxy", "UPDATE_FAILED", "Concurrency below its minimum"),
            event("2", "Bucket", "UPDATE_COMPLETE", ""),
            event("1", "Bucket", "CREATE_FAILED", "of another day"),
        ] });
        assert_eq!(
            reasons(&events, |event| event["ClientRequestToken"] == "2"),
            [
                "  Proxy (AWS::Some::Type) UPDATE_FAILED: Concurrency below its minimum",
                "  Origin (AWS::Some::Type) CREATE_FAILED: Limit exceeded",
            ]
        );
    }
}
