//! The incident file: what a desk and its CCP said to each other, as the desk's recorder saved it
//! (`public/recorder.js`), and what a test expects of a desk that hears it again.
//!
//! This is the description of the form. A file of another version, or one that is damaged, is
//! refused with a sentence: what plays half of an incident shows one that never happened.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What `format` says in every version.
const FORMAT: &str = "agent-desk-incident";

/// The version that is described here.
const VERSION: u64 = 1;

/// An incident file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Incident {
    /// `agent-desk-incident`.
    format: String,
    /// 1.
    version: u64,
    /// The desk's build: the name of its module, which is the hash of its bytes.
    pub desk: String,
    /// What amazon-connect-streams calls itself.
    pub library: String,
    /// The browser's family and major version, `Chrome/156`; empty when it is another.
    pub browser: String,
    /// When the recording began, by the agent's PC.
    pub started: DateTime<Utc>,
    /// Messages that were recorded and had to make room for newer ones.
    pub missing: u64,
    /// Agents' configurations, each once.
    pub configurations: Vec<Value>,
    /// Oldest first. When some are missing, the first ones may be older than those that follow: the
    /// last greeting and the last snapshot of what is missing.
    pub messages: Vec<Line>,
    /// What the desk is to make of it; not in a file that comes from a desk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<Expected>,
}

/// A message, or the heartbeat between two messages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// When it passed: milliseconds since `started`, by the PC's clock. Less than that of the line
    /// before when the clock was set back.
    pub at: i64,
    /// Who sent it; nobody sent a heartbeat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Side>,
    /// Its name on the conduit; `[event]` when the recorder's list does not have it; `heartbeat`.
    pub event: String,
    /// What is left of its payload. A `Date` is `{"$date": RFC 3339}`; the `configuration` of
    /// `agent::update` is a number, its place in [`Incident::configurations`]. Ids and names are
    /// pseudonyms (`contact-1`), and a text that may not be told is a mark (`[phoneNumber]`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<Value>,
    /// Of a heartbeat: when its last beat was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<i64>,
    /// Of a heartbeat: how often the page asked whether the CCP is there (`synchronize`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<u64>,
    /// Of a heartbeat: how often the CCP answered (`acknowledge` without data).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered: Option<u64>,
}

/// An end of the conduit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The page with the library.
    Page,
    /// The CCP's frame.
    Ccp,
}

/// What the desk shows while it hears an incident, by the names that its tests hold on to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// `data-phase` of `call-phase`, from the first to the last.
    pub phases: Vec<String>,
    /// The notices, in Japanese, in the order in which each first came up.
    pub notices: Vec<String>,
    /// At the end, newest first.
    pub log: Vec<Record>,
}

/// A row of today's calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// `data-contact-id`.
    pub contact: String,
    /// `data-outcome`.
    pub outcome: String,
    /// What the row says of it, in Japanese.
    pub words: String,
    /// When the offer began: `datetime` of the row's time.
    pub began: DateTime<Utc>,
    /// For how long the agent and the customer talked, as it is shown; empty when they did not.
    pub talk: String,
}

/// Why a file cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum IncidentError {
    /// It is no JSON, or ends too early.
    #[error("it is not JSON")]
    NotJson(#[from] serde_json::Error),
    /// It is something else.
    #[error("it is no incident file: its format is not {FORMAT}")]
    Foreign,
    /// It is newer, or older, than this program.
    #[error("it is of version {0}, and this program plays version {VERSION}")]
    Version(Value),
    /// A member is missing, unknown or of the wrong kind.
    #[error("it is damaged at {place}: {problem}")]
    Damaged {
        /// The path of the member.
        place: String,
        /// What is wrong there.
        problem: String,
    },
}

impl Incident {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// [`IncidentError`]: it is none, of another version, or damaged.
    pub fn parse(text: &str) -> Result<Self, IncidentError> {
        Self::read(serde_json::from_str(text)?)
    }

    /// Reads what a file contains.
    ///
    /// # Errors
    ///
    /// [`IncidentError`]: it is none, of another version, or damaged.
    pub fn read(file: Value) -> Result<Self, IncidentError> {
        if file.get("format").and_then(Value::as_str) != Some(FORMAT) {
            return Err(IncidentError::Foreign);
        }
        match file.get("version") {
            Some(version) if version.as_u64() == Some(VERSION) => {}
            version => return Err(IncidentError::Version(version.cloned().unwrap_or_default())),
        }
        let incident: Self =
            serde_path_to_error::deserialize(file).map_err(|error| IncidentError::Damaged {
                place: error.path().to_string(),
                problem: error.inner().to_string(),
            })?;
        incident.check()?;
        Ok(incident)
    }

    fn check(&self) -> Result<(), IncidentError> {
        let mut asked = BTreeSet::<String>::new();
        for (at, line) in self.messages.iter().enumerate() {
            let damaged = |member: &str, problem: &str| IncidentError::Damaged {
                place: format!("messages[{at}].{member}"),
                problem: problem.to_owned(),
            };
            if line.event == "heartbeat" {
                if line.until.is_none() || line.asked.is_none() || line.answered.is_none() {
                    return Err(damaged(
                        "event",
                        "a heartbeat has until, asked and answered",
                    ));
                }
                continue;
            }
            if line.from.is_none() {
                return Err(damaged("from", "every message is from somebody"));
            }
            let is_exchange =
                ["api_request", "api_response", "broadcast"].contains(&line.event.as_str());
            if is_exchange && !line.data.as_ref().is_some_and(Value::is_object) {
                return Err(damaged(
                    "data",
                    "a request, an answer and a broadcast have one",
                ));
            }
            let member = |path: &str| line.data.as_ref().and_then(|data| data.pointer(path));
            if line.event == "agent::update"
                && let Some(number) = member("/configuration").and_then(Value::as_u64)
                && usize::try_from(number)
                    .map_or(true, |number| number >= self.configurations.len())
            {
                return Err(damaged(
                    "data.configuration",
                    "there is no such configuration",
                ));
            }
            if line.event == "api_request"
                && let Some(request) = member("/requestId")
                && !asked.insert(request.to_string())
            {
                return Err(damaged("data.requestId", "it was asked twice"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    fn file() -> Value {
        json!({
            "format": "agent-desk-incident",
            "version": 1,
            "desk": "/app-0.wasm",
            "library": "2.28.1",
            "browser": "Chrome/156",
            "started": "2026-01-05T00:00:00Z",
            "missing": 0,
            "configurations": [{}],
            "messages": [
                { "at": 5, "from": "ccp", "event": "agent::update", "data": { "configuration": 0 } },
                { "at": 6, "event": "heartbeat", "asked": 1, "answered": 1, "until": 9 },
                { "at": 7, "from": "page", "event": "api_request", "data": { "requestId": "request-1" } },
            ],
        })
    }

    #[test]
    fn a_file_is_read_and_written_as_it_is() {
        let incident = Incident::parse(&file().to_string()).unwrap();
        assert_eq!(serde_json::to_value(incident).unwrap(), file());
    }

    #[rstest]
    #[case::cut_off("/version", json!("]"), "of version \"]\"")]
    #[case::newer("/version", json!(2), "it is of version 2, and this program plays version 1")]
    #[case::foreign("/format", json!("har"), "it is no incident file")]
    #[case::a_time("/messages/0/at", json!("5"), "messages[0].at")]
    #[case::nobody("/messages/2/from", json!(null), "messages[2].from")]
    #[case::a_stranger("/messages/2/from", json!("proxy"), "messages[2].from")]
    #[case::no_configuration("/configurations", json!([]), "messages[0].data.configuration")]
    #[case::an_empty_request("/messages/2/data", json!(null), "messages[2].data")]
    #[case::a_half_heartbeat("/messages/1/asked", json!(null), "messages[1].event")]
    #[case::another_member("/messages/0", json!({ "at": 1, "evnet": "" }), "messages[0].evnet")]
    fn what_cannot_be_played_is_refused_with_the_place(
        #[case] place: &str,
        #[case] value: Value,
        #[case] sentence: &str,
    ) {
        let mut file = file();
        *file.pointer_mut(place).unwrap() = value;
        let error = Incident::parse(&file.to_string()).unwrap_err().to_string();
        assert!(error.contains(sentence), "{error}");
    }

    #[test]
    fn a_file_that_ends_too_early_is_not_json() {
        let text = file().to_string();
        let half = text.get(..text.len() / 2).unwrap();
        assert!(matches!(
            Incident::parse(half),
            Err(IncidentError::NotJson(_))
        ));
    }
}
