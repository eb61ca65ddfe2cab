//! The agent, as the desk keeps them between snapshots.

use chrono::{DateTime, Utc};

use crate::snapshot::{AgentSnapshot, AgentStateSnapshot, AgentStateType, StateChoice};

/// The agent who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    /// As configured in the instance.
    pub name: String,
    /// Amazon's id for the agent, by which a journal is told from a colleague's.
    pub arn: Option<String>,
    /// What the system says the agent is doing; `None` if no snapshot could be read so far.
    pub state: Option<AgentState>,
    /// What takes over when the last contact is cleared.
    pub next_state: Option<AgentState>,
    /// Name of the state that the agent last chose, kept through system states.
    pub availability: Option<String>,
    /// The states that the agent may choose, as configured.
    pub choices: Vec<StateChoice>,
    /// The desk phone's number when the agent does not use the softphone.
    pub extension: Option<String>,
}

/// A state of the agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentState {
    /// As configured in the instance, or the system's own word.
    pub name: String,
    /// What the state means.
    pub kind: AgentKind,
    /// When it began, in server time.
    pub since: Option<DateTime<Utc>>,
}

/// What a state of the agent means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgentKind {
    /// Calls may be offered.
    Routable,
    /// At work, but no calls are offered.
    NotRoutable,
    /// A call is over and is being written up.
    AfterCallWork,
    /// Not at work.
    Offline,
    /// The system decides: ringing, dialling, on a call.
    System,
    /// A call was missed or failed; no calls until it is cleared.
    Error,
}

impl AgentKind {
    /// The word for scripts and style sheets.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Routable => "routable",
            Self::NotRoutable => "not_routable",
            Self::AfterCallWork => "after_call_work",
            Self::Offline => "offline",
            Self::System => "system",
            Self::Error => "error",
        }
    }
}

impl From<AgentStateSnapshot> for AgentState {
    fn from(state: AgentStateSnapshot) -> Self {
        let kind = match state.kind {
            _ if state.name == "AfterCallWork" => AgentKind::AfterCallWork,
            AgentStateType::Routable => AgentKind::Routable,
            AgentStateType::NotRoutable => AgentKind::NotRoutable,
            AgentStateType::Offline => AgentKind::Offline,
            AgentStateType::Error => AgentKind::Error,
            AgentStateType::System | AgentStateType::Init | AgentStateType::Unknown(_) => {
                AgentKind::System
            }
        };
        Self {
            name: state.name,
            kind,
            since: state.since,
        }
    }
}

impl AgentState {
    /// This state; when it began stays known if a snapshot says only that it lasts.
    fn or_since(self, before: Option<Self>) -> Self {
        let same = before.filter(|before| before.name == self.name);
        Self {
            since: self.since.or(same.and_then(|before| before.since)),
            ..self
        }
    }
}

impl Agent {
    /// The agent after a snapshot. What the snapshot could not tell stays as it was; only a
    /// queued state is gone when it is not named, for that is how its end is told.
    pub(crate) fn after(before: Option<Self>, told: AgentSnapshot) -> Self {
        let before = before.unwrap_or(Self {
            name: String::new(),
            arn: None,
            state: None,
            next_state: None,
            availability: None,
            choices: Vec::new(),
            extension: None,
        });
        Self {
            name: told.name.unwrap_or(before.name),
            arn: told.arn.or(before.arn),
            next_state: match told.state {
                Some(_) => told.next_state.map(AgentState::from),
                None => before.next_state,
            },
            state: match told.state.map(AgentState::from) {
                Some(state) => Some(state.or_since(before.state)),
                None => before.state,
            },
            availability: told.availability.or(before.availability),
            choices: if told.choices.is_empty() {
                before.choices
            } else {
                told.choices
            },
            extension: told.extension.or(before.extension),
        }
    }

    /// The choice that takes a queued state back: queueing the state that the agent is
    /// available in already. `None` when there is nothing to take back.
    pub fn choice_that_cancels(&self) -> Option<&StateChoice> {
        self.next_state.as_ref()?;
        let availability = self.availability.as_deref()?;
        self.choices
            .iter()
            .find(|choice| choice.name == availability)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(name: &str, kind: AgentStateType) -> AgentStateSnapshot {
        AgentStateSnapshot {
            name: name.into(),
            kind,
            since: None,
        }
    }

    #[test]
    fn after_call_work_is_known_by_its_name_since_connect_types_it_as_system() {
        let state = AgentState::from(state("AfterCallWork", AgentStateType::System));
        assert_eq!(state.kind, AgentKind::AfterCallWork);
    }

    #[test]
    fn an_unreadable_state_leaves_the_last_one_standing() {
        let told = AgentSnapshot {
            name: Some("佐藤 花子".into()),
            state: Some(state("Lunch", AgentStateType::NotRoutable)),
            ..AgentSnapshot::default()
        };
        let agent = Agent::after(None, told);
        let agent = Agent::after(Some(agent.clone()), AgentSnapshot::default());
        assert_eq!(agent.state.map(|state| state.name), Some("Lunch".into()));
    }

    #[test]
    fn a_queued_state_ends_when_a_readable_snapshot_no_longer_names_it() {
        let queued = AgentSnapshot {
            state: Some(state("Busy", AgentStateType::System)),
            next_state: Some(state("Lunch", AgentStateType::NotRoutable)),
            ..AgentSnapshot::default()
        };
        let plain = AgentSnapshot {
            next_state: None,
            ..queued.clone()
        };
        let agent = Agent::after(Some(Agent::after(None, queued)), plain);
        assert_eq!(agent.next_state, None);
    }
}
