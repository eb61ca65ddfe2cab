//! What agents choose for themselves: their state, now or after the contact, and their softphone.

use serde_json::{Value, json};

use super::Instance;
use super::request::{Answer, Exception};
use crate::agent::state_arn;
use crate::event::{Outcome, Refusal};
use crate::scenario::State;

impl Instance {
    pub(super) fn put_agent_state(&mut self, login: &str, params: &Value) -> Answer {
        let wanted = params.get("state").unwrap_or(&Value::Null);
        let arn = wanted.get("agentStateARN").and_then(Value::as_str);
        let name = wanted.get("name").and_then(Value::as_str);
        let matches = |state: &&State| match arn {
            Some(arn) => state_arn(&self.scenario, &state.name) == arn,
            None => Some(state.name.as_str()) == name,
        };
        let state = self
            .scenario
            .states
            .iter()
            .find(matches)
            .cloned()
            .ok_or_else(|| Exception::invalid_state("no such agent state"))?;
        let later = params
            .get("enqueueNextState")
            .and_then(Value::as_bool)
            .unwrap_or(false);
        self.choose_state(login, state, later)?;
        Ok(json!({}))
    }

    fn choose_state(&mut self, login: &str, state: State, later: bool) -> Result<(), Exception> {
        let now = self.now;
        let ends_work = self.scenario.switches.state_change_ends_after_call_work;
        let Some(agent) = self.agents.get_mut(login) else {
            return Err(Exception::invalid_state("no such agent"));
        };
        if ends_work {
            agent
                .contacts
                .retain(|contact| contact.state.is_live() || contact.state.is_failed());
        }
        if agent.is_engaged() {
            if !later {
                return Err(Exception::invalid_state("agent has a live contact"));
            }
            agent.next = (state != agent.availability).then_some((state, now));
        } else {
            // Choosing a state also drops what came to nothing.
            agent.contacts.clear();
            agent.next = None;
            agent.availability = state;
            agent.availability_since = now;
        }
        self.publish(login);
        Ok(())
    }

    /// A supervisor acts: like the agent, but a live contact makes the state wait.
    pub(super) fn choose_for(&mut self, login: &str, name: &str) -> Result<Outcome, Refusal> {
        if !self.agents.contains_key(login) {
            return Err(Refusal::Unknown {
                what: "agent",
                id: login.to_owned(),
            });
        }
        let state = self.state_named(name).ok_or_else(|| Refusal::Member {
            member: "state",
            problem: format!("no state is called {name:?}"),
        })?;
        self.choose_state(login, state, true)
            .map_err(|error| Refusal::NotNow(error.message))?;
        Ok(Outcome::Done)
    }

    pub(super) fn update_configuration(&mut self, login: &str, params: &Value) -> Answer {
        let wanted = params.get("configuration").unwrap_or(&Value::Null);
        if !wanted.is_object() {
            let why = "configuration must be an object";
            return Err(Exception::new("InvalidConfigurationException", why));
        }
        if let Some(agent) = self.agents.get_mut(login) {
            let kept = &mut agent.preferences;
            let flag = |name: &str| wanted.get(name).and_then(Value::as_bool);
            kept.softphone = flag("softphoneEnabled").unwrap_or(kept.softphone);
            kept.auto_accept = flag("softphoneAutoAccept").unwrap_or(kept.auto_accept);
            if let Some(extension) = wanted.get("extension").and_then(Value::as_str) {
                extension.clone_into(&mut kept.extension);
            }
            if let Some(preferences) = wanted.get("agentPreferences").filter(|p| p.is_object()) {
                kept.agent = preferences.clone();
            }
        }
        Ok(json!({}))
    }
}
