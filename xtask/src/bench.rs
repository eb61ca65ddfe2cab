//! `cargo xtask bench`: what the desk costs, beside the plain page in `bench/plain`.
//!
//! Both pages run in one browser on one simulator, in turns, so that a busy machine is busy for both.
//! `bench/measure.mjs` takes the samples; the figures and the limits they are held to are here. It is
//! the only place of the project where a time is asserted.

pub(crate) mod air;
pub(crate) mod cold;
mod figure;
pub(crate) mod pop;
pub(crate) mod proxy;
mod row;
pub(crate) mod walk;

use std::fs;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

use self::figure::{Calls, Figure, Memory, Samples, Start};
use crate::browser::Browser;
use crate::dist;
use crate::library;
use crate::process::{self, Source};
use crate::test;
use crate::workspace::Workspace;
use crate::world::World;

/// How many times slower the CPU is made that stands for a call centre's thin client.
const SLOWDOWN: u32 = 4;

/// A benchmark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bench {
    /// From the message that connects a call to the page's text, and to the painted frame.
    Calls,
    /// From the navigation to the first paint and to the agent's name.
    Start,
    /// Heap, wasm memory and DOM nodes over a long shift.
    Memory,
}

impl Bench {
    /// The benchmarks named on the command line; all of them when none is.
    ///
    /// # Errors
    ///
    /// When there is no benchmark of such a name.
    pub(crate) fn parse(name: Option<&str>) -> Result<Vec<Self>> {
        Ok(match name {
            None => vec![Self::Calls, Self::Start, Self::Memory],
            Some("calls") => vec![Self::Calls],
            Some("start") => vec![Self::Start],
            Some("memory") => vec![Self::Memory],
            Some(other) => {
                bail!(
                    "no such benchmark: {other} (there are calls, start, memory, pop, air, proxy, cold and walk)"
                )
            }
        })
    }

    /// What `bench/measure.mjs` is asked for: the file that is written, and its arguments.
    fn runs(self) -> Vec<(String, Vec<String>)> {
        let run = |name: &str, kind: &str, numbers: &[u32]| {
            let mut args = vec![kind.to_owned()];
            args.extend(numbers.iter().map(u32::to_string));
            (name.to_owned(), args)
        };
        match self {
            Self::Calls => vec![
                run("calls", "calls", &[5, 1, 100]),
                run("calls-slow", "calls", &[5, SLOWDOWN, 100]),
            ],
            Self::Start => vec![
                run("start", "start", &[9, 1]),
                run("start-slow", "start", &[9, SLOWDOWN]),
            ],
            Self::Memory => vec![run("memory", "memory", &[5, 200, 1_000])],
        }
    }

    /// What the samples of a run say.
    fn figures(self, run: &str, samples: &str) -> Result<Vec<Figure>> {
        let context = || format!("{run}: the samples are not of the expected form");
        let slow = run.ends_with("-slow");
        Ok(match self {
            Self::Calls => {
                let samples: Samples<Calls> =
                    serde_json::from_str(samples).with_context(context)?;
                figure::of_calls(&samples, slow)
            }
            Self::Start => {
                let samples: Samples<Start> =
                    serde_json::from_str(samples).with_context(context)?;
                figure::of_start(&samples, slow)
            }
            Self::Memory => {
                let samples: Samples<Memory> =
                    serde_json::from_str(samples).with_context(context)?;
                figure::of_memory(&samples)
            }
        })
    }
}

/// What every benchmark needs, built and at hand.
struct Stage {
    browser: Browser,
    dist: PathBuf,
    /// Where results are written.
    out: PathBuf,
}

impl Stage {
    fn set(workspace: &Workspace) -> Result<Self> {
        let browser = Browser::ensure()?;
        let dist = dist::ensure(workspace)?;
        library::bytes(workspace)?;
        World::build(workspace)?;
        test::install_journeys(workspace)?;
        let out = workspace.path("target/bench");
        fs::create_dir_all(&out)?;
        Ok(Self { browser, dist, out })
    }

    /// What the measuring programs read from their environment.
    fn variables(&self, workspace: &Workspace) -> Result<[(&'static str, PathBuf); 4]> {
        Ok([
            ("CHROMIUM", self.browser.program.clone()),
            ("DESK_DIST", self.dist.clone()),
            ("DESK_SIM", workspace.debug_binary("sim")),
            ("BENCH_STREAMS", library::path(workspace)?),
        ])
    }
}

/// Runs the benchmarks and prints their table; a figure above its limit fails.
///
/// # Errors
///
/// When something cannot be built, started or measured.
pub(crate) fn run(workspace: &Workspace, benches: &[Bench]) -> Result<ExitCode> {
    let stage = Stage::set(workspace)?;
    let mut figures = Vec::new();
    for bench in benches {
        for (name, args) in bench.runs() {
            let mut node = Command::new("node");
            node.arg(workspace.path("bench/measure.mjs"))
                .args(&args)
                .envs(stage.variables(workspace)?);
            let samples = measure(&name, &mut node)?;
            let of_run = bench.figures(&name, &samples)?;
            let report = json!({
                "browser": stage.browser.version,
                "arguments": args,
                "samples": serde_json::from_str::<Value>(&samples)?,
                "figures": of_run,
            });
            fs::write(stage.out.join(format!("{name}.json")), report.to_string())?;
            figures.extend(of_run);
        }
    }

    say(&figure::table(&figures));
    let above = figures.iter().filter(|figure| !figure.holds()).count();
    say(&format!(
        "{} figures, {above} above their limit; samples in target/bench",
        figures.len()
    ));
    Ok(if above == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Runs the measuring program; its one line of standard output is the samples.
fn measure(name: &str, node: &mut Command) -> Result<String> {
    eprintln!("==> {name}");
    let mut samples = None;
    let status = process::follow(name, node, |source, line| match source {
        Source::Out => samples = Some(line.to_owned()),
        Source::Err => eprintln!("    {line}"),
    })?;
    if !status.success() {
        bail!("{name}: the measuring program ended with {status}");
    }
    samples.with_context(|| format!("{name}: the measuring program gave no samples"))
}

#[expect(clippy::print_stdout, reason = "the table is what this command is for")]
fn say(line: &str) {
    println!("{line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_means_all_benchmarks() {
        assert_eq!(
            Bench::parse(None).unwrap(),
            [Bench::Calls, Bench::Start, Bench::Memory]
        );
    }

    #[test]
    fn an_unknown_benchmark_is_refused() {
        assert!(Bench::parse(Some("speed")).is_err());
    }

    #[test]
    fn samples_of_another_form_are_refused() {
        assert!(Bench::Start.figures("start", "{\"plain\": []}").is_err());
    }
}
