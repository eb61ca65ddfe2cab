//! The proxy as Lambda would run it: its environment and its limits.

use serde_json::{Map, Value};

use crate::StackError;

/// How Lambda runs the proxy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lambda {
    /// The function's own variables, by name.
    pub environment: Vec<(String, String)>,
    /// How long an invocation may take, its whole answer included, in seconds.
    pub timeout_seconds: u64,
    /// In MB.
    pub memory_mb: u64,
    /// How many environments there may be at once; `None` leaves it to the account.
    pub concurrency: Option<u64>,
}

impl Lambda {
    pub(crate) fn of(resources: &Map<String, Value>) -> Result<Self, StackError> {
        let mut functions = resources.values().filter(|it| {
            it.get("Type")
                .is_some_and(|kind| kind == "AWS::Lambda::Function")
        });
        let properties = functions.next().and_then(|it| it.get("Properties"));
        let properties = properties.ok_or(StackError::Unsaid("how the proxy is run"))?;
        let variables = properties
            .pointer("/Environment/Variables")
            .and_then(Value::as_object);
        let variables = variables.ok_or(StackError::Unsaid("the proxy's environment"))?;
        let number = |name: &str| match properties.get(name) {
            // CloudFormation reads a parameter that is a number from a text.
            Some(Value::String(text)) => text.parse().ok(),
            other => other.and_then(Value::as_u64),
        };
        Ok(Self {
            environment: variables
                .iter()
                .map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
                .collect::<Option<_>>()
                .ok_or(StackError::Unsaid("the proxy's environment in words"))?,
            timeout_seconds: number("Timeout").ok_or(StackError::Unsaid("the proxy's timeout"))?,
            memory_mb: number("MemorySize").ok_or(StackError::Unsaid("the proxy's memory"))?,
            concurrency: number("ReservedConcurrentExecutions"),
        })
    }
}
