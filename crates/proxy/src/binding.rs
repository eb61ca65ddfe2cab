//! Who may see a contact: the one agent who has it, while they have it, and a little longer.
//!
//! Connect is asked every time; what the browser says of a contact decides nothing. A refusal and a
//! contact that does not exist are the same answer, after the same one call.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use contract::{ContactId, ErrorCode};
use serde::Deserialize as _;
use serde_json::Value;
use tokio::time::Instant;

use crate::aws::{Aws, AwsError, Contact, DescribeContact};
use crate::refusal::Refusal;

/// The agent may look for this long after the customer has hung up: the wrap-up.
const AFTERWARDS: TimeDelta = TimeDelta::minutes(10);
/// The longest id that Connect's API takes.
const LONGEST_ID: usize = 256;

/// A contact that the asker may see.
#[derive(Debug)]
pub(crate) struct Admitted {
    /// What decides.
    pub(crate) contact: Contact,
    /// All that Connect says.
    pub(crate) described: Arc<Value>,
}

/// Why a contact is not shown. Told to nobody; audited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Barred {
    /// Another agent has it.
    AnotherAgents,
    /// It ended before anybody took it.
    NeverAnswered,
    /// It ended too long ago.
    Over,
}

/// Whether `asker` may see `contact` at `now`.
pub(crate) fn check(contact: &Contact, asker: &str, now: DateTime<Utc>) -> Result<(), Barred> {
    let agent = contact
        .agent_info
        .as_ref()
        .and_then(|info| info.id.as_deref());
    match (agent, contact.ended()) {
        (Some(agent), _) if agent != asker => Err(Barred::AnotherAgents),
        (Some(_), Some(ended)) if now >= ended + AFTERWARDS => Err(Barred::Over),
        (None, Some(_)) => Err(Barred::NeverAnswered),
        (_, None | Some(_)) => Ok(()),
    }
}

/// Asks Connect for a contact and whether `asker` may see it.
///
/// # Errors
///
/// [`ErrorCode::NotAvailable`] for every contact that is not the asker's and for every one that does
/// not exist; [`ErrorCode::InvalidRequest`] for what is no id; AWS's trouble.
pub(crate) async fn admit(
    aws: &Arc<Aws>,
    id: &ContactId,
    asker: &str,
    deadline: Instant,
) -> Result<Admitted, Refusal> {
    let text: &str = id.as_ref();
    let is_id = (1..=LONGEST_ID).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if !is_id {
        return Err(ErrorCode::InvalidRequest.into());
    }
    let described = match aws
        .look_up(
            DescribeContact {
                contact: id.clone(),
            },
            deadline,
        )
        .await
    {
        Ok(described) => described,
        Err(AwsError::NotFound(_) | AwsError::Invalid(_)) => {
            tracing::info!(target: "audit", asker, contact = text, "refused: no such contact");
            return Err(ErrorCode::NotAvailable.into());
        }
        Err(error) => return Err(error.into()),
    };
    // A contact that cannot be read is nobody's.
    let contact = described
        .get("Contact")
        .and_then(|contact| Contact::deserialize(contact).ok())
        .ok_or(ErrorCode::UpstreamFailed)?;
    if let Err(barred) = check(&contact, asker, aws.now()) {
        tracing::info!(target: "audit", asker, contact = text, why = ?barred, "refused");
        return Err(ErrorCode::NotAvailable.into());
    }
    Ok(Admitted { contact, described })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    const NOW: i64 = 1_793_678_706;

    /// Each row and its twin differ in one thing.
    #[rstest]
    #[case::ringing(json!({}), Ok(()))]
    #[case::rang_and_went(json!({"DisconnectTimestamp": NOW}), Err(Barred::NeverAnswered))]
    #[case::mine(json!({"AgentInfo": {"Id": "me"}}), Ok(()))]
    #[case::theirs(json!({"AgentInfo": {"Id": "mE"}}), Err(Barred::AnotherAgents))]
    #[case::wrap_up(json!({"AgentInfo": {"Id": "me"}, "DisconnectTimestamp": NOW - 599}), Ok(()))]
    #[case::over(json!({"AgentInfo": {"Id": "me"}, "DisconnectTimestamp": NOW - 600}), Err(Barred::Over))]
    #[case::their_wrap_up(json!({"AgentInfo": {"Id": "you"}, "DisconnectTimestamp": NOW - 1}), Err(Barred::AnotherAgents))]
    #[case::offered_and_not_taken(json!({"AgentInfo": {}}), Ok(()))]
    #[case::a_time_that_is_unset(json!({"AgentInfo": {"Id": "me"}, "DisconnectTimestamp": 0.001}), Ok(()))]
    #[case::a_clock_that_is_behind(json!({"AgentInfo": {"Id": "me"}, "DisconnectTimestamp": NOW + 30}), Ok(()))]
    fn a_contact_is_seen_by_whom_it_concerns(
        #[case] contact: Value,
        #[case] expected: Result<(), Barred>,
    ) {
        let contact = Contact::deserialize(contact).expect("a contact");
        let now = DateTime::from_timestamp(NOW, 0).expect("an instant");
        assert_eq!(check(&contact, "me", now), expected);
    }

    #[rstest]
    #[case::time(json!({"DisconnectTimestamp": "2026-11-03T04:05:06Z"}))]
    #[case::agent(json!({"AgentInfo": {"Id": 7}}))]
    #[case::agents(json!({"AgentInfo": [{"Id": "me"}]}))]
    fn a_contact_of_another_shape_is_nobody_s(#[case] contact: Value) {
        assert!(Contact::deserialize(contact).is_err());
    }
}
