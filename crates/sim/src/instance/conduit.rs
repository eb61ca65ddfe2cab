//! The conduit: what a CCP page hears and says besides API requests.
//!
//! Names and order follow the shared worker of the real CCP, which Streams brings along in its `worker.js`.

use serde_json::{Value, json};

use super::{Instance, Port, Timer};
use crate::event::{Effect, Message, Outcome, Refusal};

/// What a CCP says of itself and its surroundings for which a simulator without
/// media, devices and a session service has no cause. The one with a slash is a topic of the
/// AmazonConnectSDK's channel.
const ANNOUNCEMENTS: [&str; 14] = [
    "access_denied",
    "agent/networkConnectionStatusChanged",
    "agent::local_media_stream_created",
    "agent::softphone_error",
    "agent::websocket_connection_gained",
    "agent::websocket_connection_lost",
    "auth_fail",
    "authorize_retries_exhausted",
    "authorize_success",
    "configuration::background_blur_changed",
    "configuration::camera_device_changed",
    "connection::session_init",
    "cti_authorize_retries_exhausted",
    "webSocket::init_failure",
];

/// How long a framed page waits for its parent's `configure` before it asks.
const CONFIGURE_WITHIN_MS: u32 = 1_000;

impl Instance {
    pub(super) fn open_port(&mut self, login: &str, framed: bool) -> Result<Outcome, Refusal> {
        let agent = self.agents.get_mut(login).ok_or_else(|| Refusal::Unknown {
            what: "agent",
            id: login.to_owned(),
        })?;
        agent.signed_in = true;
        agent.settle(self.now);
        let id = self.ids.port();
        self.ports.insert(
            id.clone(),
            Port {
                agent: login.to_owned(),
                framed,
                configure: None,
                streams_version: None,
                signed_out: false,
            },
        );
        match self.scenario.switches.acknowledge_id_after_ms {
            None => self.introduce(&id),
            Some(after) => {
                self.send(&id, "acknowledge", Value::Null);
                let port = id.clone();
                self.arm(after, Timer::Introduce { port });
            }
        }
        self.announce_ports(login);
        let update = self
            .agents
            .get(login)
            .map(|agent| agent.to_update(&self.scenario, self.now))
            .unwrap_or_default();
        self.send(&id, "agent::update", update);
        if framed {
            let port = id.clone();
            self.arm(CONFIGURE_WITHIN_MS, Timer::AskForConfiguration { port });
        }
        Ok(Outcome::Port(id))
    }

    /// Tells a page its id: what completes the library's start.
    pub(super) fn introduce(&mut self, id: &str) {
        if self.ports.contains_key(id) {
            self.send(id, "acknowledge", json!({ "id": id }));
        }
    }

    pub(super) fn close_port(&mut self, id: &str) {
        if let Some(port) = self.ports.remove(id) {
            self.masters.retain(|_, owner| owner != id);
            self.announce_ports(&port.agent);
        }
    }

    pub(super) fn sign_out(&mut self, login: &str) -> Result<Outcome, Refusal> {
        let agent = self.agents.get_mut(login).ok_or_else(|| Refusal::Unknown {
            what: "agent",
            id: login.to_owned(),
        })?;
        agent.signed_in = false;
        for port in self.ports_of(login) {
            self.terminate(&port);
        }
        Ok(Outcome::Done)
    }

    /// Ends one page's session: it says so and falls silent.
    pub(super) fn terminate(&mut self, id: &str) {
        self.send(id, "terminated", Value::Null);
        self.masters.retain(|_, owner| owner != id);
        if self.scenario.switches.acknowledges_after_sign_out {
            if let Some(port) = self.ports.get_mut(id) {
                port.signed_out = true;
            }
            return;
        }
        self.ports.remove(id);
        self.effects.push(Effect::SignOff {
            port: id.to_owned(),
        });
    }

    pub(super) fn announce(
        &mut self,
        login: &str,
        event: &str,
        data: &Value,
    ) -> Result<Outcome, Refusal> {
        if !self.agents.contains_key(login) {
            return Err(Refusal::Unknown {
                what: "agent",
                id: login.to_owned(),
            });
        }
        if !ANNOUNCEMENTS.contains(&event) {
            return Err(Refusal::Member {
                member: "event",
                problem: format!("must be one of {}", ANNOUNCEMENTS.join(", ")),
            });
        }
        self.broadcast(login, event, data);
        Ok(Outcome::Done)
    }

    pub(super) fn ask_for_configuration(&mut self, id: &str) {
        let waits = |port: &Port| port.framed && port.configure.is_none() && !port.signed_out;
        if self.ports.get(id).is_some_and(waits) {
            self.send(id, "request_configure", Value::Null);
        }
    }

    pub(super) fn republish(&mut self) {
        let mut logins: Vec<String> = self.ports.values().map(|port| port.agent.clone()).collect();
        logins.sort();
        logins.dedup();
        for login in logins {
            self.publish(&login);
        }
    }

    fn announce_ports(&mut self, login: &str) {
        let length = self.ports_of(login).len();
        self.broadcast(login, "update_connected_ccps", &json!({ "length": length }));
    }

    /// Takes a message from a page. Whatever it is, the page stays served: unknown names and
    /// malformed payloads are ignored, as the real worker ignores them.
    pub(super) fn receive(&mut self, id: &str, message: Message) {
        let Some(port) = self.ports.get(id) else {
            return;
        };
        let login = port.agent.clone();
        let Message { event, data } = message;
        match event.as_str() {
            "synchronize" if port.signed_out => self.send(id, "acknowledge", Value::Null),
            _ if port.signed_out => {}
            "synchronize" => self.broadcast(&login, "acknowledge", &Value::Null),
            "configure" => {
                if let Some(port) = self.ports.get_mut(id) {
                    port.configure = Some(data.clone());
                }
                self.send(id, "configuration::configure", data);
            }
            "outer_context_info" => {
                let version = data.get("streamsVersion").and_then(Value::as_str);
                if let Some(port) = self.ports.get_mut(id) {
                    port.streams_version = version.map(ToOwned::to_owned);
                }
            }
            "api_request" => self.answer(id, &login, &data),
            "master_request" => self.master_request(id, &login, &data),
            "broadcast" => self.echo(&login, &data),
            "reload_agent_configuration" => self.publish(&login),
            // The real worker ends its part and tells every page (`ClientEngine` of the library's
            // worker half); whether a session is left is for the pages to find out.
            "terminate" => {
                self.sign_out(&login).ok();
            }
            "media_device_request" => self.send(id, "media_device_response", devices()),
            _ => {}
        }
    }

    /// Repeats a broadcast to all of the agent's tabs, then does what the CCP does about it.
    fn echo(&mut self, login: &str, broadcast: &Value) {
        let Some(event) = broadcast.get("event").and_then(Value::as_str) else {
            return;
        };
        if matches!(event, "log" | "server_bound_internal_log") {
            return;
        }
        let data = broadcast.get("data").cloned().unwrap_or_default();
        self.broadcast(login, event, &data);
        match event {
            "mute" => self.softphone_mute(login, data.get("mute").and_then(Value::as_bool)),
            "configuration::set_speaker_device" => {
                self.broadcast(login, "configuration::speaker_device_changed", &data);
            }
            "configuration::set_microphone_device" => {
                self.broadcast(login, "configuration::microphone_device_changed", &data);
            }
            "configuration::set_ringer_device" => {
                self.broadcast(login, "configuration::ringer_device_changed", &data);
            }
            _ => {}
        }
    }

    /// Mutes the softphone, or tells what it is. Without a call there is no microphone to mute,
    /// and the real softphone manager (Streams `src/softphone.js`) says nothing then.
    fn softphone_mute(&mut self, login: &str, wanted: Option<bool>) {
        let Some(agent) = self.agents.get_mut(login) else {
            return;
        };
        let has_media = agent.contacts.iter().any(|contact| {
            contact.state.is_live()
                && !contact.is_offered()
                && contact.agent().is_some_and(|leg| leg.media)
        });
        if !has_media {
            return;
        }
        agent.muted = wanted.unwrap_or(agent.muted);
        let told = json!({ "muted": agent.muted });
        self.broadcast(login, "agent::mute_toggle", &told);
    }

    /// A microphone is opened anew for each call: a mute ends with the call it was made for.
    pub(super) fn unmute_after(&mut self, login: &str) {
        let Some(agent) = self.agents.get_mut(login) else {
            return;
        };
        let talking = agent
            .contacts
            .iter()
            .any(|contact| contact.state.is_live() && !contact.is_offered());
        if agent.muted && !talking {
            agent.muted = false;
            self.broadcast(login, "agent::mute_toggle", &json!({ "muted": false }));
        }
    }

    /// One owner per topic among the tabs of an agent; the owner is a page's id.
    fn master_request(&mut self, id: &str, login: &str, request: &Value) {
        let text = |at: &str| request.pointer(at).and_then(Value::as_str);
        let (Some(topic), Some(method)) = (text("/params/topic"), text("/method")) else {
            return;
        };
        let key = (login.to_owned(), topic.to_owned());
        let owner = self.masters.get(&key).cloned();
        let (data, take_over) = match method {
            "checkMaster" => {
                let shy = request
                    .pointer("/params/shouldNotBecomeMasterIfNone")
                    .and_then(Value::as_bool)
                    .unwrap_or(false);
                let owner = match owner {
                    None if !shy => {
                        self.masters.insert(key, id.to_owned());
                        Some(id.to_owned())
                    }
                    other => other,
                };
                let is_master = owner.as_deref() == Some(id);
                (
                    json!({ "masterId": owner, "isMaster": is_master, "topic": topic }),
                    false,
                )
            }
            "becomeMaster" => {
                let take_over = owner.as_deref().is_some_and(|owner| owner != id);
                self.masters.insert(key, id.to_owned());
                (
                    json!({ "masterId": id, "takeOver": take_over, "topic": topic }),
                    take_over,
                )
            }
            _ => return,
        };
        let response = json!({
            "event": "master_response",
            "requestId": request.get("requestId"),
            "data": data,
            "err": null,
        });
        if take_over {
            self.broadcast(login, "master_response", &response);
        } else {
            self.send(id, "master_response", response);
        }
    }
}

/// The devices of a softphone that has no sound.
fn devices() -> Value {
    let device = |kind: &str, label: &str| json!({ "deviceId": "default", "kind": kind, "label": label, "groupId": "local" });
    json!([
        device("audioinput", "Local microphone"),
        device("audiooutput", "Local speaker"),
    ])
}
