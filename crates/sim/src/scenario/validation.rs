//! What a scenario must fulfil so that the running instance may rely on it.

use std::collections::BTreeSet;

use super::{Destination, Scenario, StateKind};

/// Why a scenario cannot be started.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{member}: {problem}")]
pub struct ScenarioError {
    /// The member to mend, as a path.
    pub member: String,
    /// What is wrong with it.
    pub problem: String,
}

impl Scenario {
    /// Checks what the running instance relies on.
    ///
    /// # Errors
    ///
    /// [`ScenarioError`] names the first member that does not fit: nothing to sign in, a name
    /// used twice, a reference to what does not exist, an id that the library could not read.
    pub fn validate(&self) -> Result<(), ScenarioError> {
        let wrong = |member: String, problem: &str| {
            Err(ScenarioError {
                member,
                problem: problem.to_owned(),
            })
        };
        let queues: BTreeSet<&str> = self
            .queues
            .iter()
            .map(|queue| queue.name.as_str())
            .collect();
        let states: BTreeSet<&str> = self
            .states
            .iter()
            .map(|state| state.name.as_str())
            .collect();
        let logins: BTreeSet<&str> = self.agents.iter().map(|who| who.login.as_str()).collect();
        // Streams cuts both ids out of the routing profile's ARN with a pattern.
        if !self.account.chars().all(|c| c.is_ascii_digit()) || self.account.is_empty() {
            return wrong("account".to_owned(), "must be digits");
        }
        let hex_or_dash = |c: char| c == '-' || (c.is_ascii_hexdigit() && !c.is_ascii_uppercase());
        if !self.instance_id.chars().all(hex_or_dash) || self.instance_id.is_empty() {
            return wrong("instance_id".to_owned(), "must be hexadecimal and dashes");
        }
        for (member, named, unique) in [
            ("agents", self.agents.len(), logins.len()),
            ("queues", self.queues.len(), queues.len()),
            ("states", self.states.len(), states.len()),
        ] {
            if named == 0 {
                return wrong(member.to_owned(), "must not be empty");
            }
            if named != unique {
                return wrong(member.to_owned(), "names must differ");
            }
        }
        if !self
            .states
            .iter()
            .any(|state| state.kind == StateKind::Offline)
        {
            return wrong("states".to_owned(), "one must be of kind offline");
        }
        for (at, who) in self.agents.iter().enumerate() {
            if !states.contains(who.state.as_str()) {
                return wrong(format!("agents[{at}].state"), "is not among the states");
            }
            if who.queues.is_empty() {
                return wrong(format!("agents[{at}].queues"), "must not be empty");
            }
            if !who
                .queues
                .iter()
                .all(|queue| queues.contains(queue.as_str()))
            {
                return wrong(format!("agents[{at}].queues"), "names an unknown queue");
            }
        }
        for (at, quick) in self.quick_connects.iter().enumerate() {
            let known = match &quick.to {
                Destination::Phone(_) => true,
                Destination::Agent(login) => logins.contains(login.as_str()),
                Destination::Queue(queue) => queues.contains(queue.as_str()),
            };
            if !known {
                return wrong(format!("quick_connects[{at}].to"), "reaches nobody");
            }
            if !quick
                .queues
                .iter()
                .all(|queue| queues.contains(queue.as_str()))
            {
                return wrong(
                    format!("quick_connects[{at}].queues"),
                    "names an unknown queue",
                );
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn the_default_shop_is_valid() {
        assert_eq!(Scenario::default().validate(), Ok(()));
    }

    #[rstest]
    #[case::nobody(r#"{"agents": []}"#, "agents")]
    #[case::unknown_state(
        r#"{"agents": [{"login": "a", "name": "A", "password": "p", "queues": ["BasicQueue"], "state": "Nap"}]}"#,
        "agents[0].state"
    )]
    #[case::unknown_queue(
        r#"{"agents": [{"login": "a", "name": "A", "password": "p", "queues": ["VIP"]}], "quick_connects": []}"#,
        "agents[0].queues"
    )]
    #[case::unreachable(
        r#"{"quick_connects": [{"name": "x", "to": {"agent": "nobody"}}]}"#,
        "quick_connects[0].to"
    )]
    #[case::no_offline(r#"{"states": [{"name": "Available", "kind": "routable"}]}"#, "states")]
    #[case::instance("{\"instance_id\": \"NOT HEX\"}", "instance_id")]
    fn an_impossible_scenario_names_its_member(#[case] json: &str, #[case] member: &str) {
        let scenario: Scenario = serde_json::from_str(json).unwrap();
        assert_eq!(scenario.validate().unwrap_err().member, member);
    }
}
