//! `cargo xtask doctor`: what is there, what is wanted, and how to get what is missing.

use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::browser::Browser;
use crate::library;
use crate::process;
use crate::python;
use crate::tools::{
    NODE_MAJOR, Tool, WASM, has_wasm_target, is_node_recent, node_version, version_of,
};
use crate::workspace::Workspace;

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

/// Lists every tool with what is wanted and what was found.
///
/// # Errors
///
/// When a lockfile cannot be read.
pub(crate) fn run(workspace: &Workspace) -> Result<ExitCode> {
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
