//! `cargo xtask bench walk`: a random walk of calls through the real thing, with everything going
//! wrong that can, held against the simulator's book.
//!
//! `bench/walk.mjs` walks, `tests/e2e/walk` says how; here it is started, and its counts are printed.
//! The same seed walks the same way, so a mismatch can be had again.

use std::collections::BTreeMap;
use std::fs;
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result};
use lexopt::Arg::Long;
use lexopt::ValueExt as _;
use serde::Deserialize;

use super::{Stage, measure, say};
use crate::workspace::Workspace;

/// A walk this long meets every fault; one of which there was none was not tested.
const LONG: u32 = 2_000;

/// What to walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Options {
    calls: u32,
    seed: u32,
    /// Number of the first call, to have a mismatch again without what went before.
    first: u32,
    resume: bool,
}

impl Options {
    /// What the command line says: 10,000 calls with seed 1, unless told otherwise.
    ///
    /// # Errors
    ///
    /// When an option is unknown or its value no number.
    pub(crate) fn parse(args: &mut lexopt::Parser) -> Result<Self> {
        let mut options = Self {
            calls: 10_000,
            seed: 1,
            first: 0,
            resume: false,
        };
        while let Some(arg) = args.next()? {
            match arg {
                Long("calls") => options.calls = args.value()?.parse()?,
                Long("seed") => options.seed = args.value()?.parse()?,
                Long("first") => options.first = args.value()?.parse()?,
                Long("resume") => options.resume = true,
                other => return Err(other.unexpected().into()),
            }
        }
        Ok(options)
    }
}

/// What the walking program says at the end.
#[derive(Debug, Deserialize)]
struct Report {
    seconds: f64,
    counts: Counts,
}

#[derive(Debug, Deserialize)]
struct Counts {
    calls: u32,
    contacts: u32,
    compared: u64,
    wrong: u64,
    faults: BTreeMap<String, u64>,
    rules: BTreeMap<String, u64>,
    shapes: BTreeMap<String, u64>,
}

/// Walks, and prints what was met on the way.
///
/// # Errors
///
/// When something cannot be built or started, or the desk and the book do not agree.
pub(crate) fn run(workspace: &Workspace, options: Options) -> Result<ExitCode> {
    let stage = Stage::set(workspace)?;
    let kept = stage.out.join("walk.json");
    if !options.resume {
        fs::remove_file(&kept).ok();
    }
    let mut node = Command::new("node");
    node.arg(workspace.path("bench/walk.mjs"))
        .args([options.calls, options.seed, options.first].map(|number| number.to_string()))
        .args([&kept, &stage.out.join("walk-failure.json")])
        .envs(stage.variables(workspace)?);
    let said = measure("walk", &mut node)?;
    let report: Report = serde_json::from_str(&said).context("the walk's report is no report")?;
    say(&table(&report));
    let counts = &report.counts;
    let untested = counts.calls >= LONG && counts.faults.values().any(|times| *times == 0);
    Ok(if untested {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn table(report: &Report) -> String {
    let counts = &report.counts;
    let per_call = report.seconds * 1000.0 / f64::from(counts.calls.max(1));
    let mut text = format!(
        "{} calls, {} contacts, {} snapshots compared; {} of them misled the desk, for one snapshot each\n{:.0} s, {per_call:.0} ms a call\n",
        counts.calls, counts.contacts, counts.compared, counts.wrong, report.seconds
    );
    for (title, of) in [
        ("records, by the rules that were applied", &counts.rules),
        ("faults, by how often they happened", &counts.faults),
        ("what happened in the calls", &counts.shapes),
    ] {
        text.push('\n');
        text.push_str(title);
        text.push('\n');
        text.extend(
            of.iter()
                .map(|(name, times)| format!("{times:>8}  {name}\n")),
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(args: &[&str]) -> Result<Options> {
        Options::parse(&mut lexopt::Parser::from_args(args))
    }

    #[test]
    fn ten_thousand_calls_unless_told_otherwise() {
        let options = parsed(&[]).unwrap();
        assert_eq!((options.calls, options.resume), (10_000, false));
        let options = parsed(&["--calls", "300", "--seed", "7", "--resume"]).unwrap();
        assert_eq!(
            (options.calls, options.seed, options.resume),
            (300, 7, true)
        );
    }

    #[test]
    fn a_seed_that_is_no_number_is_refused() {
        assert!(parsed(&["--seed", "lucky"]).is_err());
    }
}
