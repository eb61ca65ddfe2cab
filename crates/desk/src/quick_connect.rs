//! Whom the agent can call in: quick connects of the agent's queues, or any number.

use contract::PhoneNumber;

use crate::action::ActionError;

/// A destination as configured in the instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuickConnect {
    /// Amazon's name for it, by which Connect is asked.
    pub arn: String,
    /// What is at the other end.
    pub kind: QuickConnectKind,
    /// As configured in the instance.
    pub name: String,
    /// For [`QuickConnectKind::External`], as configured in the instance.
    pub number: Option<String>,
}

/// `EndpointType` of the service model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuickConnectKind {
    /// A telephone outside.
    External,
    /// An agent.
    Agent,
    /// Whoever serves a queue.
    Queue,
    /// A word that this desk does not know.
    Unknown,
}

/// Whom to call in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// A quick connect, by its ARN.
    QuickConnect(String),
    /// A telephone outside.
    Number(PhoneNumber),
}

/// The quick connects, as far as Connect has told them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Directory {
    /// As last told, in Connect's order.
    pub entries: Vec<QuickConnect>,
    /// Whether they are being asked for.
    pub loading: bool,
    /// Why the last request for them has failed.
    pub failed: Option<ActionError>,
}

impl Directory {
    /// Takes in Connect's answer. A list that was told once stays when a later request fails.
    pub(crate) fn take(&mut self, told: Result<Vec<QuickConnect>, ActionError>) {
        self.loading = false;
        self.failed = match told {
            Ok(entries) => {
                self.entries = entries;
                None
            }
            Err(error) => Some(error),
        };
    }
}
