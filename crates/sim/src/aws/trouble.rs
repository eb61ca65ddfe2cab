//! What goes wrong on AWS's side because a test or a person wants it to, how often an account may
//! ask, and a record of what was asked and how it was answered.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::ApiError;
use super::operation::Operation;
use crate::wire::rfc3339;

/// Received requests are remembered, at most this many.
const REMEMBERED: usize = 1_000;

/// How long nothing comes unless a fault says otherwise.
const SILENCE_MS: u32 = 30_000;

/// Requests that are to go wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Trouble {
    /// Name of the operation; `None`: any.
    #[serde(default)]
    pub(crate) operation: Option<String>,
    /// How many requests are still to go wrong; `None`: all of them.
    #[serde(default = "once")]
    pub(crate) count: Option<u32>,
    /// How.
    pub(crate) fault: Fault,
}

/// How a request goes wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Fault {
    /// As when the account asks too often.
    Throttle,
    /// An error of the service.
    Error {
        /// 400 to 599.
        status: u16,
        /// Name of the exception.
        code: String,
        /// What it says.
        #[serde(default)]
        message: String,
    },
    /// The answer comes later by this much of real time, and another fault may befall it as well.
    Delay {
        /// Milliseconds.
        ms: u32,
    },
    /// The front end is down: 503 with a page for humans.
    Html,
    /// 200, and half of the JSON.
    Truncated,
    /// 200, and every number is a text and every text a number.
    WrongTypes,
    /// Nothing comes for this long, and then the connection is reset.
    Silence {
        /// Milliseconds of real time.
        #[serde(default = "silence")]
        ms: u32,
    },
    /// The connection is reset.
    Reset,
}

/// What is to be done to one answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Fate {
    pub(crate) delay: Duration,
    pub(crate) fault: Option<Fault>,
}

/// A request as it was answered; without parameters and body, which are customers' data.
#[derive(Debug, Clone, Serialize)]
struct Received {
    at: String,
    request_id: String,
    operation: &'static str,
    /// The access key's id; `null` when the signature did not hold.
    key: Option<String>,
    status: u16,
    /// Of an error, also of one that a fault caused.
    code: Option<String>,
    fault: Option<Fault>,
}

/// Troubles in force, quotas, and the record.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    troubles: Vec<Trouble>,
    /// Whether the quotas of an account are kept.
    pub(crate) quotas: bool,
    buckets: BTreeMap<&'static str, Bucket>,
    received: VecDeque<Received>,
    /// By operation and then by `ok`, the exception's name or the fault's.
    counts: BTreeMap<&'static str, BTreeMap<String, u64>>,
}

/// What is left of an operation's burst, and when that was so.
#[derive(Debug)]
struct Bucket {
    tokens: f64,
    at: DateTime<Utc>,
}

impl Ledger {
    pub(crate) fn add(&mut self, trouble: Trouble) {
        self.troubles.push(trouble);
    }

    /// Ends all troubles.
    pub(crate) fn clear(&mut self) {
        self.troubles.clear();
    }

    /// Takes what is to befall one request: every delay, and the first other fault.
    pub(crate) fn take(&mut self, operation: &str) -> Fate {
        let mut fate = Fate::default();
        for trouble in &mut self.troubles {
            let named = |name: &String| name == operation;
            if !trouble.operation.as_ref().is_none_or(named) || trouble.count == Some(0) {
                continue;
            }
            match &trouble.fault {
                Fault::Delay { ms } => fate.delay += Duration::from_millis(u64::from(*ms)),
                fault if fate.fault.is_none() => fate.fault = Some(fault.clone()),
                _ => continue,
            }
            trouble.count = trouble.count.map(|count| count.saturating_sub(1));
        }
        self.troubles.retain(|trouble| trouble.count != Some(0));
        fate
    }

    /// Takes one request out of the account's quota.
    ///
    /// # Errors
    ///
    /// [`throttled`]: nothing is left.
    pub(crate) fn spend(
        &mut self,
        operation: &'static Operation,
        now: DateTime<Utc>,
    ) -> Result<(), ApiError> {
        if !self.quotas {
            return Ok(());
        }
        let full = || Bucket {
            tokens: operation.burst,
            at: now,
        };
        let bucket = self.buckets.entry(operation.name).or_insert_with(full);
        let elapsed = (now - bucket.at).to_std().unwrap_or_default();
        bucket.tokens =
            (bucket.tokens + elapsed.as_secs_f64() * operation.rate).min(operation.burst);
        bucket.at = now;
        if bucket.tokens < 1.0 {
            return Err(throttled(operation.name));
        }
        bucket.tokens -= 1.0;
        Ok(())
    }

    /// Writes down how a request was answered.
    pub(crate) fn record(
        &mut self,
        request_id: String,
        operation: &'static str,
        key: Option<String>,
        answer: Result<StatusCode, &ApiError>,
        fault: Option<Fault>,
        at: DateTime<Utc>,
    ) {
        let (status, code) = match answer {
            Ok(status) => (status, None),
            Err(error) => (error.status, Some(error.code.clone())),
        };
        let word = match (&code, &fault) {
            (Some(code), _) => code.clone(),
            (None, Some(fault)) => fault.name().to_owned(),
            (None, None) => "ok".to_owned(),
        };
        let counts = self.counts.entry(operation).or_default();
        *counts.entry(word).or_default() += 1;
        if self.received.len() == REMEMBERED {
            self.received.pop_front();
        }
        self.received.push_back(Received {
            at: rfc3339(at),
            request_id,
            operation,
            key,
            status: status.as_u16(),
            code,
            fault,
        });
    }

    /// Everything, for `GET /control/aws`.
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "troubles": self.troubles,
            "quotas": self.quotas,
            "counts": self.counts,
            "requests": self.received,
        })
    }
}

impl Fault {
    fn name(&self) -> &'static str {
        match self {
            Self::Throttle => "throttle",
            Self::Error { .. } => "error",
            Self::Delay { .. } => "delay",
            Self::Html => "html",
            Self::Truncated => "truncated",
            Self::WrongTypes => "wrong_types",
            Self::Silence { .. } => "silence",
            Self::Reset => "reset",
        }
    }
}

/// How a service says that the account asks too often: by the exception of the operation's model,
/// else by the one of the layer before it.
pub(crate) fn throttled(operation: &str) -> ApiError {
    const UNMODELLED: [&str; 4] = [
        "GetContactAttributes",
        "UpdateContactAttributes",
        "StartOutboundVoiceContact",
        "StopContact",
    ];
    let (code, message) = if UNMODELLED.contains(&operation) {
        ("TooManyRequestsException", "Too Many Requests")
    } else {
        ("ThrottlingException", "Rate exceeded")
    };
    ApiError::new(StatusCode::TOO_MANY_REQUESTS, code, message)
}

/// Every number as a text, every text as a number, every list as an object.
pub(crate) fn with_wrong_types(value: &Value) -> Value {
    match value {
        Value::Null => json!([]),
        Value::Bool(flag) => json!(flag.to_string()),
        Value::Number(number) => json!(number.to_string()),
        Value::String(text) => json!(text.len()),
        Value::Array(items) if items.is_empty() => json!({}),
        Value::Array(items) => items.iter().map(with_wrong_types).collect(),
        Value::Object(members) => Value::Object(
            members
                .iter()
                .map(|(name, value)| (name.clone(), with_wrong_types(value)))
                .collect(),
        ),
    }
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "a default of the member, which is optional"
)]
fn once() -> Option<u32> {
    Some(1)
}

fn silence() -> u32 {
    SILENCE_MS
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn trouble(operation: Option<&str>, count: Option<u32>, fault: Fault) -> Trouble {
        Trouble {
            operation: operation.map(ToOwned::to_owned),
            count,
            fault,
        }
    }

    #[test]
    fn a_trouble_befalls_its_operation_as_often_as_it_says() {
        let mut ledger = Ledger::default();
        ledger.add(trouble(Some("SearchUsers"), Some(2), Fault::Html));
        let mut faults = || {
            let taken = ["DescribeUser", "SearchUsers"].map(|name| ledger.take(name).fault);
            taken.map(|fault| fault.is_some())
        };
        assert_eq!(faults(), [false, true]);
        assert_eq!(faults(), [false, true]);
        assert_eq!(faults(), [false, false]);
    }

    #[test]
    fn delays_add_up_and_go_with_another_fault() {
        let mut ledger = Ledger::default();
        ledger.add(trouble(None, None, Fault::Delay { ms: 20 }));
        ledger.add(trouble(None, Some(1), Fault::Delay { ms: 30 }));
        ledger.add(trouble(None, Some(1), Fault::Reset));
        let first = ledger.take("SearchUsers");
        assert_eq!(
            (first.delay.as_millis(), first.fault),
            (50, Some(Fault::Reset))
        );
        let second = ledger.take("SearchUsers");
        assert_eq!((second.delay.as_millis(), second.fault), (20, None));
    }

    #[test]
    fn a_quota_is_a_burst_that_refills() {
        let mut ledger = Ledger {
            quotas: true,
            ..Ledger::default()
        };
        let operation = Operation::named("SearchUsers").unwrap();
        let start: DateTime<Utc> = "2026-01-01T09:00:00Z".parse().unwrap();
        let granted = |ledger: &mut Ledger, at| {
            (0..10)
                .filter(|_| ledger.spend(operation, at).is_ok())
                .count()
        };
        assert_eq!(granted(&mut ledger, start), 5);
        assert_eq!(granted(&mut ledger, start + TimeDelta::seconds(1)), 2);
        assert_eq!(granted(&mut ledger, start + TimeDelta::hours(1)), 5);
    }
}
