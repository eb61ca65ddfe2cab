//! The local world: the `sim` program, which is Amazon Connect, the customer's phone, AWS's interfaces,
//! the identity provider and the desk's own host; and the signed proxy between the desk and AWS.
//! Started here, and gone when we are.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader};
use std::process::{ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::process::{self, Guarded};
use crate::workspace::Workspace;

/// Everybody in the local world ends by themselves when our end of their standard input closes: even a
/// killed xtask takes its world with it.
pub(crate) const UNTIL_STDIN_CLOSES: &str = "--until-stdin-closes";

/// What the proxy is told of the simulator; nothing of it is anybody's.
const PROXY: [(&str, &str); 9] = [
    ("AWS_REGION", "ap-northeast-1"),
    // The keys of AWS's own documentation.
    ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
    (
        "AWS_SECRET_ACCESS_KEY",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    ),
    (
        "DESK_CONNECT_INSTANCE",
        "5ca1ab1e-0000-4000-8000-00000000c0de",
    ),
    ("DESK_PROFILES_DOMAIN", "amazon-connect-demo"),
    ("DESK_AUDIENCE", "agent-desk-api"),
    // The shop's domain maps a key for what it calls its orders (`#1001`).
    ("DESK_ORDER_NAME_KEY", "shop_order_name"),
    ("DESK_COUNTRY", "JP"),
    // A line for each request is for whoever runs a proxy, not for whoever looks at a demo.
    ("DESK_LOG", "warn,desk_proxy=info"),
];

/// A running local world.
#[derive(Debug)]
pub(crate) struct World {
    /// Where it listens.
    pub(crate) addresses: Addresses,
    programs: Vec<Program>,
    said: Receiver<Said>,
    mouth: Sender<Said>,
}

/// The addresses of the simulator's READY line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Addresses {
    /// The desk's own site, when one is served.
    pub(crate) desk: Option<String>,
    /// The Contact Control Panel, unless the desk is served for another one.
    pub(crate) ccp: Option<String>,
    /// The customer's phone, which comes with it.
    pub(crate) phone: Option<String>,
    /// AWS's interfaces for programs, which come with it too.
    aws: Option<String>,
    /// And the identity provider.
    identity: Option<String>,
}

/// A program of the world.
#[derive(Debug)]
struct Program {
    name: &'static str,
    process: Guarded,
    _lifeline: Option<ChildStdin>,
}

/// A line of a program's standard output, or its end.
#[derive(Debug)]
struct Said {
    name: &'static str,
    line: Option<String>,
}

/// A program that has ended.
#[derive(Debug)]
pub(crate) struct Ended {
    /// What it was to the world.
    pub(crate) name: &'static str,
    /// How it ended.
    pub(crate) status: ExitStatus,
}

const SIMULATOR: &str = "local Amazon Connect";
const SIGNED_PROXY: &str = "signed proxy";

impl World {
    /// Builds the simulator and the proxy.
    ///
    /// # Errors
    ///
    /// When they do not compile.
    pub(crate) fn build(workspace: &Workspace) -> Result<()> {
        let mut build = workspace.cargo();
        // The dev profile: it is fast enough for one agent, and shared with the tests. Both at once:
        // one by one they would have their libraries built twice, with different features.
        build
            .args(["build", "--locked"])
            .args(["--package=sim", "--bin=sim", "--bin=local-lambda"])
            .args(["--package=proxy", "--bin=desk-proxy"]);
        process::step("build the local Amazon Connect and the proxy", &mut build)
    }

    /// Starts the simulator that [`World::build`] built and waits until it listens.
    ///
    /// # Errors
    ///
    /// When it ends before it listens; its own words are on standard error.
    pub(crate) fn start<S: AsRef<OsStr>>(
        workspace: &Workspace,
        args: impl IntoIterator<Item = S>,
    ) -> Result<Self> {
        let mut command = Command::new(workspace.debug_binary("sim"));
        command.args(args);
        let (mouth, said) = channel();
        let program = Program::start(SIMULATOR, &mut command, &mouth)?;
        let mut world = Self {
            addresses: Addresses::default(),
            programs: vec![program],
            said,
            mouth,
        };
        let line = world.listen_to(SIMULATOR, |line| line.starts_with("READY "))?;
        world.addresses =
            Addresses::parse(&line).with_context(|| format!("not a READY line: {line}"))?;
        Ok(world)
    }

    /// Starts the proxy that [`World::build`] built, between this desk and this simulator, and
    /// waits until it listens.
    ///
    /// # Errors
    ///
    /// When the simulator serves no desk or no AWS, or the proxy ends before it listens.
    pub(crate) fn add_proxy(&mut self, workspace: &Workspace, port: u16) -> Result<()> {
        let mut command = Command::new(workspace.debug_binary("desk-proxy"));
        // Whatever this shell knows of AWS is no business of the local world.
        command
            .env_clear()
            .envs(self.addresses.proxy_environment()?)
            .env("DESK_LISTEN", format!("127.0.0.1:{port}"));
        let program = Program::start(SIGNED_PROXY, &mut command, &self.mouth)?;
        self.programs.push(program);
        self.listen_to(SIGNED_PROXY, |line| {
            serde_json::from_str(line).is_ok_and(|line: Value| {
                line.get("message")
                    .is_some_and(|message| message == "listening")
            })
        })?;
        Ok(())
    }

    /// Waits until the first program ends, by itself or because we are told to.
    ///
    /// # Errors
    ///
    /// When the system refuses to say how it ended.
    pub(crate) fn wait(&mut self) -> Result<Ended> {
        loop {
            let Said { name, line } = self.said.recv()?;
            match line {
                Some(line) => eprintln!("{line}"),
                None => return self.ended(name),
            }
        }
    }

    /// Passes on what is said until that program says what is waited for.
    fn listen_to(&mut self, speaker: &'static str, is_it: impl Fn(&str) -> bool) -> Result<String> {
        loop {
            let Said { name, line } = self.said.recv()?;
            match line {
                Some(line) if name == speaker && is_it(&line) => return Ok(line),
                Some(line) => eprintln!("{line}"),
                None => {
                    let Ended { name, status } = self.ended(name)?;
                    bail!("the {name} ended before it was ready: {status}");
                }
            }
        }
    }

    fn ended(&mut self, name: &'static str) -> Result<Ended> {
        let mut programs = self.programs.iter_mut();
        let program = programs.find(|program| program.name == name);
        let program = program.context("a program that was not started has ended")?;
        let status = program.process.wait()?;
        Ok(Ended { name, status })
    }
}

impl Program {
    fn start(name: &'static str, command: &mut Command, mouth: &Sender<Said>) -> Result<Self> {
        command
            .arg(UNTIL_STDIN_CLOSES)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut process = Guarded::spawn(command)?;
        let lifeline = process.child.stdin.take();
        let output = process.child.stdout.take().context("no standard output")?;
        let mouth = mouth.clone();
        thread::spawn(move || {
            let lines = BufReader::new(output).lines().map_while(Result::ok);
            // Nobody listens any more: the world is gone.
            for line in lines.map(Some).chain([None]) {
                mouth.send(Said { name, line }).ok();
            }
        });
        Ok(Self {
            name,
            process,
            _lifeline: lifeline,
        })
    }
}

impl Addresses {
    /// Of the demo that runs on ports from this one up.
    pub(crate) fn of_demo(port_base: u16) -> Self {
        let at = |offset: u16, path: &str| {
            Some(format!(
                "http://127.0.0.1:{}{path}",
                port_base.saturating_add(offset)
            ))
        };
        Self {
            desk: at(0, "/"),
            ccp: at(1, "/ccp-v2/"),
            phone: at(1, "/phone"),
            aws: at(2, ""),
            identity: at(3, ""),
        }
    }

    /// What the proxy between this desk and this simulator is told.
    ///
    /// # Errors
    ///
    /// When the simulator serves no desk or no AWS.
    pub(crate) fn proxy_environment(&self) -> Result<Vec<(&'static str, String)>> {
        let Self {
            desk: Some(desk),
            ccp: Some(ccp),
            aws: Some(aws),
            identity: Some(identity),
            ..
        } = self
        else {
            bail!("the proxy wants a desk, a local Amazon Connect and an identity provider");
        };
        let desk = desk.trim_end_matches('/');
        let by_name = desk.replace("127.0.0.1", "localhost");
        let fixed = PROXY.map(|(name, value)| (name, value.to_owned()));
        let own = [
            ("AWS_ENDPOINT_URL", aws.clone()),
            ("DESK_ISSUER", identity.clone()),
            ("DESK_ORIGINS", format!("{desk},{by_name}")),
            ("DESK_CLOCK_URL", ccp.replace("/ccp-v2/", "/control/clock")),
        ];
        Ok(fixed.into_iter().chain(own).collect())
    }

    /// Of a READY line.
    fn parse(line: &str) -> Option<Self> {
        let words: Vec<&str> = line.trim().strip_prefix("READY ")?.split(' ').collect();
        let value = |key: &str| {
            words
                .iter()
                .find_map(|word| word.strip_prefix(key)?.strip_prefix('='))
                .map(str::to_owned)
        };
        Some(Self {
            desk: value("desk"),
            ccp: value("ccp"),
            phone: value("phone"),
            aws: value("aws"),
            identity: value("identity"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ready_line_names_the_addresses() {
        let addresses =
            Addresses::parse("READY desk=http://d/ ccp=http://c/ccp-v2/ phone=http://c/phone\n")
                .unwrap();
        assert_eq!(addresses.desk.as_deref(), Some("http://d/"));
        assert_eq!(addresses.ccp.as_deref(), Some("http://c/ccp-v2/"));
        assert_eq!(addresses.phone.as_deref(), Some("http://c/phone"));
    }

    #[test]
    fn what_is_not_served_has_no_address() {
        let desk = |line| Addresses::parse(line).unwrap().desk;
        assert_eq!(desk("READY ccp=http://c/ phone=http://c/phone"), None);
        let ccp = |line| Addresses::parse(line).unwrap().ccp;
        assert_eq!(ccp("READY desk=http://d/"), None);
    }

    #[test]
    fn anything_else_is_no_ready_line() {
        assert_eq!(Addresses::parse("listening on 9400"), None);
    }
}
