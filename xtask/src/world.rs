//! The local world: the `sim` program, which is Amazon Connect, the customer's phone and the desk's
//! own host. Started here, and gone when we are.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader};
use std::process::{ChildStdin, Command, ExitStatus, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::process::{self, Guarded};
use crate::workspace::Workspace;

/// A running local world.
#[derive(Debug)]
pub(crate) struct World {
    /// Where it listens.
    pub(crate) addresses: Addresses,
    program: Guarded,
    // The program ends when this pipe closes: even a killed xtask takes its world with it.
    _lifeline: Option<ChildStdin>,
}

/// The addresses of the READY line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Addresses {
    /// The desk's own site, when one is served.
    pub(crate) desk: Option<String>,
    /// The Contact Control Panel, unless the desk is served for another one.
    pub(crate) ccp: Option<String>,
    /// The customer's phone, which comes with it.
    pub(crate) phone: Option<String>,
}

impl World {
    /// Builds the program.
    ///
    /// # Errors
    ///
    /// When it does not compile.
    pub(crate) fn build(workspace: &Workspace) -> Result<()> {
        let mut build = workspace.cargo();
        // The dev profile: it is fast enough for one agent, and shared with the tests.
        build.args(["build", "--locked", "--package", "sim", "--bin", "sim"]);
        process::step("build the local Amazon Connect", &mut build)
    }

    /// Starts the program that [`World::build`] built and waits until it listens.
    ///
    /// # Errors
    ///
    /// When it ends before it listens; its own words are on standard error.
    pub(crate) fn start<S: AsRef<OsStr>>(
        workspace: &Workspace,
        args: impl IntoIterator<Item = S>,
    ) -> Result<Self> {
        let mut command = Command::new(workspace.debug_binary("sim"));
        command
            .args(args)
            .arg("--until-stdin-closes")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut program = Guarded::spawn(&mut command)?;
        let lifeline = program.child.stdin.take();
        let output = program.child.stdout.take().context("no standard output")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        if line.is_empty() {
            bail!(
                "the local Amazon Connect ended before it was ready: {}",
                program.wait()?
            );
        }
        let addresses = Addresses::parse(&line)
            .with_context(|| format!("not a READY line: {}", line.trim()))?;
        Ok(Self {
            addresses,
            program,
            _lifeline: lifeline,
        })
    }

    /// Waits until the program ends, by itself or because we are told to.
    ///
    /// # Errors
    ///
    /// When the system refuses to say how it ended.
    pub(crate) fn wait(&mut self) -> Result<ExitStatus> {
        self.program.wait()
    }
}

impl Addresses {
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
