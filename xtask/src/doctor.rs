//! `cargo xtask doctor`: what is there, what is wanted, and how to get what is missing; of this machine's
//! tools, or with `--aws` of a deployment.

use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Result, bail};
use lexopt::prelude::{Long, ValueExt as _};

use crate::browser::Browser;
use crate::deploy;
use crate::library;
use crate::process::{self, Guarded};
use crate::python;
use crate::tools::{
    NODE_MAJOR, Tool, WASM, has_wasm_target, is_node_recent, node_version, version_of,
};
use crate::workspace::Workspace;
use crate::world::Addresses;

/// One thing that the project's commands need.
#[derive(Debug)]
struct Need {
    name: String,
    wanted: String,
    found: Option<String>,
    /// How to get it; empty when a command of ours does so by itself.
    remedy: String,
    /// Whether a command fails without it. What is only recommended is listed apart.
    required: bool,
}

/// What is asked of the doctor.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// The tools of this machine.
    Tools,
    /// The deployment that this shell's variables name.
    Deployment,
    /// The demo that runs on ports from this one up.
    Demo(u16),
}

impl Subject {
    /// Reads the rest of the command line.
    ///
    /// # Errors
    ///
    /// When something there is not understood.
    pub(crate) fn parse(args: &mut lexopt::Parser) -> Result<Self> {
        let (mut aws, mut port_base) = (false, None);
        while let Some(arg) = args.next()? {
            match arg {
                Long("aws") => aws = true,
                Long("port-base") => port_base = Some(args.value()?.parse()?),
                other => return Err(other.unexpected().into()),
            }
        }
        match (aws, port_base) {
            (false, None) => Ok(Self::Tools),
            (true, None) => Ok(Self::Deployment),
            (true, Some(port_base)) => Ok(Self::Demo(port_base)),
            (false, Some(_)) => bail!("--port-base goes with --aws"),
        }
    }
}

/// Looks at what is asked for.
///
/// # Errors
///
/// When a lockfile cannot be read, or the examination cannot begin.
pub(crate) fn run(workspace: &Workspace, subject: &Subject) -> Result<ExitCode> {
    match subject {
        Subject::Tools => tools(workspace),
        Subject::Deployment => deployment(workspace, None),
        Subject::Demo(port_base) => deployment(workspace, Some(&Addresses::of_demo(*port_base))),
    }
}

/// `desk-doctor` of the proxy's crate looks, with the proxy's own variables and signatures.
fn deployment(workspace: &Workspace, demo: Option<&Addresses>) -> Result<ExitCode> {
    let mut build = workspace.cargo();
    build.args(["build", "--locked", "--package=proxy", "--bin=desk-doctor"]);
    process::step("build the doctor", &mut build)?;
    let mut doctor = Command::new(workspace.debug_binary("desk-doctor"));
    if let Some(demo) = demo {
        doctor.env_clear().envs(demo.proxy_environment()?);
    }
    let status = Guarded::spawn(&mut doctor)?.wait()?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Lists every tool with what is wanted and what was found.
///
/// # Errors
///
/// When a lockfile cannot be read.
fn tools(workspace: &Workspace) -> Result<ExitCode> {
    let needs = needs(workspace)?;
    for need in &needs {
        say(&line(need));
    }
    let missing = needs
        .iter()
        .filter(|need| need.required && need.found.is_none())
        .count();
    if missing == 0 {
        say("everything is there");
        return Ok(ExitCode::SUCCESS);
    }
    say(&format!(
        "{missing} missing; `cargo xtask demo` and `test` install those marked (by itself)"
    ));
    Ok(ExitCode::FAILURE)
}

fn needs(workspace: &Workspace) -> Result<Vec<Need>> {
    let program = |name: &str| version_of(Path::new(name)).map(|text| first_line(&text));
    let mut needs = vec![
        need(
            "rustc",
            "rust-toolchain.toml",
            program("rustc"),
            "https://rustup.rs/",
        ),
        need(
            WASM,
            "the toolchain's",
            has_wasm_target().then(|| "installed".to_owned()),
            &by_itself(&format!("rustup target add {WASM}")),
        ),
        need(
            "C compiler",
            "any",
            program("cc"),
            "apt-get install gcc libc6-dev",
        ),
        need("git", "any", program("git"), "apt-get install git"),
        need("tar", "any", program("tar"), "apt-get install tar"),
        need(
            "node",
            &format!("{NODE_MAJOR} or newer"),
            node_version().filter(|version| is_node_recent(version)),
            "https://nodejs.org/",
        ),
        need("npm", "Node's", program("npm"), "https://nodejs.org/"),
        need("python3", python::WANTED, python::version(), python::REMEDY),
    ];
    for tool in Tool::all(workspace)? {
        let found = tool.find().map(|folder| folder.display().to_string());
        needs.push(need(
            tool.name,
            &tool.version,
            found,
            &by_itself(&tool.remedy()),
        ));
    }
    let file = library::path(workspace)?;
    needs.push(need(
        "Streams library",
        "vendor/'s lockfile",
        file.is_file().then(|| file.display().to_string()),
        &by_itself("cargo xtask dist"),
    ));
    let (found, remedy) = match Browser::find() {
        Ok(browser) => (Some(browser.version), String::new()),
        Err(reason) => (None, format!("{reason:#}")),
    };
    needs.push(need(
        "Chromium and its driver",
        "of one version",
        found,
        &remedy,
    ));
    needs.push(Need {
        required: false,
        ..need(
            "AWS CLI",
            "1 or 2 (to deploy)",
            program("aws"),
            deploy::CLI_INSTALLATION,
        )
    });
    needs.push(Need {
        required: false,
        ..need(
            "Japanese fonts",
            "any (recommended)",
            japanese_font(),
            "apt-get install fonts-noto-cjk",
        )
    });
    Ok(needs)
}

fn need(name: &str, wanted: &str, found: Option<String>, remedy: &str) -> Need {
    Need {
        name: name.to_owned(),
        wanted: wanted.to_owned(),
        found,
        remedy: remedy.to_owned(),
        required: true,
    }
}

fn by_itself(command: &str) -> String {
    format!("{command} (by itself)")
}

fn japanese_font() -> Option<String> {
    let list = process::capture(Command::new("fc-list").args([":lang=ja", "family"])).ok()?;
    list.lines().next().map(str::to_owned)
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

fn line(need: &Need) -> String {
    let state = match (&need.found, need.required) {
        (Some(found), _) => format!("ok       {found}"),
        (None, true) => format!("MISSING  {}", need.remedy),
        (None, false) => format!("absent   {}", need.remedy),
    };
    format!("{:<24} {:<20} {state}", need.name, need.wanted)
}

#[expect(
    clippy::print_stdout,
    reason = "the report is what this command is for"
)]
fn say(line: &str) {
    println!("{line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(args: &[&str]) -> Result<Subject> {
        Subject::parse(&mut lexopt::Parser::from_args(args))
    }

    #[test]
    fn a_demo_is_looked_at_by_its_ports_and_only_as_a_deployment() {
        assert_eq!(parsed(&[]).unwrap(), Subject::Tools);
        assert_eq!(parsed(&["--aws"]).unwrap(), Subject::Deployment);
        let demo = parsed(&["--aws", "--port-base", "9500"]).unwrap();
        assert_eq!(demo, Subject::Demo(9_500));
        assert!(parsed(&["--port-base", "9500"]).is_err());
    }

    #[test]
    fn what_is_missing_comes_with_its_remedy() {
        assert!(
            line(&need("cc", "any", None, "apt-get install gcc"))
                .contains("MISSING  apt-get install gcc")
        );
    }

    #[test]
    fn what_is_only_recommended_is_never_missing() {
        let need = Need {
            required: false,
            ..need("fonts", "any", None, "get some")
        };
        assert!(!line(&need).contains("MISSING"));
    }
}
