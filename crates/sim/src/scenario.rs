//! The contact centre that a simulator starts with: people, queues, states, telephones.
//!
//! [`Scenario::default`] is a small Japanese shop. Tests change it with the builder methods,
//! people by `POST /control/reset` with the same members as JSON. Everything is checked once,
//! by [`Scenario::validate`], so that the running instance may rely on it.

mod validation;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::line::Reach;
use crate::switches::Switches;

pub use validation::ScenarioError;

/// Everything an instance is configured with before the first call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Scenario {
    /// AWS region in every ARN.
    pub region: String,
    /// AWS account in every ARN; digits.
    pub account: String,
    /// The instance's id in every ARN; hexadecimal and dashes.
    pub instance_id: String,
    /// The people; the first one is who the automatic sign-in signs in.
    pub agents: Vec<Person>,
    /// The queues; the first one is where a call goes that names none.
    pub queues: Vec<Queue>,
    /// States an agent can choose, in the order of the menu.
    pub states: Vec<State>,
    /// Transfer destinations.
    pub quick_connects: Vec<QuickConnect>,
    /// ISO codes of the countries that may be called, lower case as Connect has them.
    pub dialable_countries: Vec<String>,
    /// How telephones behave when dialled; others ring.
    pub phones: BTreeMap<String, Reach>,
    /// How the CCP page gets its session.
    pub sign_in: SignIn,
    /// The undocumented choices.
    pub switches: Switches,
    /// Mixed into every id. Two instances with different seeds never use the same id, two with
    /// the same seed count the same way.
    pub id_seed: u32,
}

/// An agent as the administrator created them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// The login, unique.
    pub login: String,
    /// Name shown to the agent, may be Japanese.
    pub name: String,
    /// For the sign-in form; invented, as everything here.
    pub password: String,
    /// `ja_JP`, `en_US`…, the CCP's language.
    #[serde(default = "japanese")]
    pub language: String,
    /// The state chosen when the instance starts.
    #[serde(default = "available")]
    pub state: String,
    /// Names of the queues of the routing profile; the first one is the outbound queue.
    pub queues: Vec<String>,
    /// Voice contacts at a time.
    #[serde(default = "one")]
    pub voice_capacity: u32,
    /// Chats at a time.
    #[serde(default = "two")]
    pub chat_capacity: u32,
    /// Tasks at a time.
    #[serde(default = "two")]
    pub task_capacity: u32,
    /// The extension in the configuration.
    #[serde(default)]
    pub extension: String,
    /// Whether the security profile lets them call out.
    #[serde(default = "yes")]
    pub may_call_out: bool,
    /// Whether offers are accepted by the softphone itself.
    #[serde(default)]
    pub auto_accept: bool,
}

/// A queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Queue {
    /// Its name, unique.
    pub name: String,
    /// The number that customers of this queue call, E.164.
    pub number: String,
}

/// A state of the instance's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// Its name, unique.
    pub name: String,
    /// What it means for routing.
    pub kind: StateKind,
}

/// `AgentStateType` of the states that an agent can choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StateKind {
    /// Takes contacts.
    Routable,
    /// Does not.
    NotRoutable,
    /// Away.
    Offline,
}

impl StateKind {
    /// As on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Routable => "routable",
            Self::NotRoutable => "not_routable",
            Self::Offline => "offline",
        }
    }
}

/// A transfer destination that queues offer to their agents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuickConnect {
    /// Its name.
    pub name: String,
    /// Whom it reaches.
    pub to: Destination,
    /// Queues whose agents see it; empty: all.
    #[serde(default)]
    pub queues: Vec<String>,
}

/// Whom a quick connect reaches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Destination {
    /// A telephone, E.164.
    Phone(String),
    /// An agent, by login.
    Agent(String),
    /// A queue, by name.
    Queue(String),
}

/// How the CCP page gets its session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignIn {
    /// As behind a company's single sign-on that is already established. After an explicit
    /// sign-out the form is shown all the same.
    #[default]
    Automatic,
    /// By login and password.
    Form,
}

impl Default for Scenario {
    fn default() -> Self {
        let shop = ["BasicQueue", "注文受付", "返品・交換"];
        Self {
            region: "ap-northeast-1".to_owned(),
            account: "123456789012".to_owned(),
            instance_id: "5ca1ab1e-0000-4000-8000-00000000c0de".to_owned(),
            agents: vec![
                Person::new("hanako.sato", "佐藤 花子").serving(&shop),
                Person::new("ichiro.suzuki", "鈴木 一郎").serving(&shop),
            ],
            queues: vec![
                Queue::new("BasicQueue", "+81312340001"),
                Queue::new("注文受付", "+81120000111"),
                Queue::new("返品・交換", "+81120000222"),
            ],
            states: vec![
                State::new("Available", StateKind::Routable),
                State::new("Offline", StateKind::Offline),
                State::new("Lunch", StateKind::NotRoutable),
                State::new("Training", StateKind::NotRoutable),
                State::new("事務作業", StateKind::NotRoutable),
            ],
            quick_connects: vec![
                QuickConnect::new("倉庫(出荷)", Destination::Phone("+81312340099".to_owned())),
                QuickConnect::new("鈴木 一郎", Destination::Agent("ichiro.suzuki".to_owned())),
                QuickConnect::new("返品・交換", Destination::Queue("返品・交換".to_owned())),
            ],
            dialable_countries: ["jp", "us", "gb"].map(ToOwned::to_owned).to_vec(),
            phones: BTreeMap::new(),
            sign_in: SignIn::Automatic,
            switches: Switches::default(),
            id_seed: 0,
        }
    }
}

impl Scenario {
    /// The same contact centre with other choices where AWS documents none.
    #[must_use]
    pub fn with_switches(mut self, change: impl FnOnce(&mut Switches)) -> Self {
        change(&mut self.switches);
        self
    }

    /// The same contact centre with these people.
    #[must_use]
    pub fn with_agents(mut self, agents: impl IntoIterator<Item = Person>) -> Self {
        self.agents = agents.into_iter().collect();
        self
    }

    /// The same contact centre where this number behaves so when it is dialled.
    #[must_use]
    pub fn with_phone(mut self, number: &str, reach: Reach) -> Self {
        self.phones.insert(number.to_owned(), reach);
        self
    }

    /// The same contact centre where agents sign in so.
    #[must_use]
    pub fn with_sign_in(mut self, sign_in: SignIn) -> Self {
        self.sign_in = sign_in;
        self
    }
}

impl Person {
    /// A Japanese-speaking agent who is available, serves nothing yet and may call out.
    pub fn new(login: &str, name: &str) -> Self {
        Self {
            login: login.to_owned(),
            name: name.to_owned(),
            password: "konnichiwa".to_owned(),
            language: japanese(),
            state: available(),
            queues: Vec::new(),
            voice_capacity: one(),
            chat_capacity: two(),
            task_capacity: two(),
            extension: String::new(),
            may_call_out: yes(),
            auto_accept: false,
        }
    }

    /// The same agent serving these queues.
    #[must_use]
    pub fn serving(mut self, queues: &[&str]) -> Self {
        self.queues = queues.iter().map(|&name| name.to_owned()).collect();
        self
    }

    /// The same agent, having chosen this state.
    #[must_use]
    pub fn in_state(mut self, state: &str) -> Self {
        state.clone_into(&mut self.state);
        self
    }

    /// The same agent, working in this language (`en_US`).
    #[must_use]
    pub fn speaking(mut self, language: &str) -> Self {
        language.clone_into(&mut self.language);
        self
    }
}

impl Queue {
    /// A queue behind a number in E.164.
    pub fn new(name: &str, number: &str) -> Self {
        Self {
            name: name.to_owned(),
            number: number.to_owned(),
        }
    }
}

impl State {
    /// A state of the instance's list.
    pub fn new(name: &str, kind: StateKind) -> Self {
        Self {
            name: name.to_owned(),
            kind,
        }
    }
}

impl QuickConnect {
    /// A destination that every queue offers.
    pub fn new(name: &str, to: Destination) -> Self {
        Self {
            name: name.to_owned(),
            to,
            queues: Vec::new(),
        }
    }
}

fn japanese() -> String {
    "ja_JP".to_owned()
}

fn available() -> String {
    "Available".to_owned()
}

fn one() -> u32 {
    1
}

fn two() -> u32 {
    2
}

fn yes() -> bool {
    true
}
