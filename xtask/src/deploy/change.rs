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
        let line = format!(
            "    {:<action$}  {:<name$}  {:<kind$}  {replacement}",
            it.action, it.name, it.kind
        );
        line.trim_end().to_owned()
    };
    changes.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
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
