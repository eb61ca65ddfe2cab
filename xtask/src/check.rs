//! `cargo xtask check`: everything that can be said of the project without running it.
//!
//! All checks run, also after one that failed, and the end is a list of them. A check that cannot
//! be made here (a database that cannot be reached) is listed as such, never as passed.

mod advisories;
mod graph;
mod imports;
mod infrastructure;
mod licences;
mod tree;

use std::process::{Command, ExitCode, Stdio};

use anyhow::{Result, bail};

use crate::dist;
use crate::process;
use crate::tools::{WASM, ensure_wasm_target};
use crate::workspace::Workspace;

/// What a check found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Finding {
    /// All is well; the text says how much was looked at.
    Fine(String),
    /// What is wrong, one sentence each.
    Wrong(Vec<String>),
    /// It could not be made here, and why.
    NotMade(String),
}

impl Finding {
    /// Wrong when there are problems, else fine.
    fn of(problems: Vec<String>, looked_at: String) -> Self {
        if problems.is_empty() {
            Self::Fine(looked_at)
        } else {
            Self::Wrong(problems)
        }
    }
}

type Check = fn(&Workspace) -> Result<Finding>;

const CHECKS: [(&str, Check); 13] = [
    ("formatting", formatting),
    ("clippy", clippy),
    ("clippy, wasm32", clippy_wasm),
    ("documentation", documentation),
    ("dependency rules", graph::check),
    ("import rules", imports::check),
    ("tree", tree::check),
    ("scripts", scripts),
    ("template", infrastructure::template),
    ("permissions", infrastructure::policies),
    ("licences", licences::check),
    ("advisories, crates", advisories::crates),
    ("advisories, npm", advisories::npm),
];

/// Makes all checks and lists their outcome.
///
/// # Errors
///
/// When we are told to end.
pub(crate) fn run(workspace: &Workspace) -> Result<ExitCode> {
    let mut outcomes = Vec::new();
    for (name, check) in CHECKS {
        eprintln!("==> {name}");
        let finding =
            check(workspace).unwrap_or_else(|error| Finding::Wrong(vec![format!("{error:#}")]));
        if process::stopping() {
            bail!("interrupted");
        }
        outcomes.push((name, finding));
    }
    let mut well = true;
    say("");
    for (name, finding) in &outcomes {
        match finding {
            Finding::Fine(looked_at) => say(&format!("ok        {name}: {looked_at}")),
            Finding::NotMade(why) => say(&format!("not made  {name}: {why}")),
            Finding::Wrong(problems) => {
                well = false;
                say(&format!("WRONG     {name}"));
                for problem in problems {
                    say(&format!("          - {problem}"));
                }
            }
        }
    }
    Ok(if well {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn formatting(workspace: &Workspace) -> Result<Finding> {
    let mut cargo = workspace.cargo();
    step(
        "cargo fmt",
        cargo.args(["fmt", "--all", "--check"]),
        "all packages, by rustfmt",
    )
}

fn clippy(workspace: &Workspace) -> Result<Finding> {
    let mut cargo = workspace.cargo();
    cargo.args([
        "clippy",
        "--locked",
        "--workspace",
        "--all-targets",
        "--",
        "--deny=warnings",
    ]);
    step(
        "cargo clippy",
        &mut cargo,
        "all packages and their tests, no warning",
    )
}

/// The tests of `desk` and `contract` are native ones; what they use does not compile for browsers.
fn clippy_wasm(workspace: &Workspace) -> Result<Finding> {
    ensure_wasm_target(workspace)?;
    for (targets, packages) in [
        ("--all-targets", ["streams", dist::APP]),
        ("--lib", ["desk", "contract"]),
    ] {
        let mut cargo = workspace.cargo();
        cargo.args(["clippy", "--locked", "--target", WASM, targets]);
        for package in packages {
            cargo.args(["--package", package]);
        }
        process::step("cargo clippy", cargo.args(["--", "--deny=warnings"]))?;
    }
    Ok(Finding::Fine(
        "what runs in the browser, no warning".to_owned(),
    ))
}

fn documentation(workspace: &Workspace) -> Result<Finding> {
    let mut cargo = workspace.cargo();
    cargo.args([
        "doc",
        "--locked",
        "--workspace",
        "--no-deps",
        "--document-private-items",
    ]);
    step(
        "cargo doc",
        // The documentation is for those who work here, private items and all: it may link to them.
        cargo.env(
            "RUSTDOCFLAGS",
            "--deny=warnings --allow=rustdoc::private_intra_doc_links",
        ),
        "all items, no warning",
    )
}

/// The syntax of the scripts that no compiler sees. They are modules, which Node believes of a file
/// by its name only; so it gets their text.
fn scripts(workspace: &Workspace) -> Result<Finding> {
    let mut problems = Vec::new();
    let mut files = tree::tracked(workspace)?;
    files.retain(|path| tree::is_of(path, "js") || tree::is_of(path, "mjs"));
    for file in &files {
        let text = std::fs::File::open(workspace.path(file))?;
        let mut node = Command::new("node");
        node.args(["--input-type=module", "--check", "-"])
            .stdin(Stdio::from(text));
        if let Err(error) = process::capture(&mut node) {
            problems.push(format!("{file}: {error:#}"));
        }
    }
    Ok(Finding::of(
        problems,
        format!("the syntax of {} files", files.len()),
    ))
}

fn step(label: &str, command: &mut Command, looked_at: &str) -> Result<Finding> {
    process::step(label, command)?;
    Ok(Finding::Fine(looked_at.to_owned()))
}

#[expect(
    clippy::print_stdout,
    reason = "the report is what this command is for"
)]
fn say(line: &str) {
    println!("{line}");
}
