//! `cargo xtask bench cold`: how long an agent waits for the first byte when the packaged proxy is not
//! running yet.
//!
//! The package's own program, in a local Lambda. Each sample has a Lambda of its own: the first request
//! has the program started, and what is measured goes from there to the first byte of the answer. The
//! second request, to a program that runs, is measured beside it.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::json;

use super::say;
use crate::package::{self, Architecture};
use crate::process::Guarded;
use crate::workspace::Workspace;
use crate::world::{Addresses, UNTIL_STDIN_CLOSES, World};

const SAMPLES: usize = 20;
/// The most that the median cold start may take, in milliseconds.
const LIMIT_MS: f64 = 80.0;
/// Ports where nobody listens: nothing of the start may wait for AWS or for the issuer.
const NOBODY: u16 = 1;

/// One start, in milliseconds.
#[derive(Debug, Clone, Copy)]
struct Sample {
    cold: f64,
    warm: f64,
}

/// Measures, prints the figures, and fails above the limit.
///
/// # Errors
///
/// When something cannot be built, started or measured.
pub(crate) fn run(workspace: &Workspace) -> Result<ExitCode> {
    let package = package::make(workspace, Architecture::own()?)?;
    let program = package::unpack(&package, &workspace.path("target/lambda/task"))?;
    World::build(workspace)?;
    let lambda = workspace.debug_binary("local-lambda");
    // The first start reads the program from the disk, as none after it does.
    sample(&lambda, &program)?;
    let samples: Vec<_> = (0..SAMPLES)
        .map(|_| sample(&lambda, &program))
        .collect::<Result<_>>()?;
    let [cold, warm] = [|it: &Sample| it.cold, |it: &Sample| it.warm]
        .map(|part: fn(&Sample) -> f64| sorted(samples.iter().map(part)));
    let out = workspace.path("target/bench");
    fs::create_dir_all(&out)?;
    let report = json!({ "cold_ms": cold, "warm_ms": warm, "limit_ms": LIMIT_MS });
    fs::write(out.join("cold.json"), report.to_string())?;
    for (name, values) in [("cold", &cold), ("warm", &warm)] {
        say(&format!(
            "{name}: first byte after {:.1} ms (median of {SAMPLES}; {:.1} to {:.1})",
            median(values),
            values.first().copied().unwrap_or_default(),
            values.last().copied().unwrap_or_default(),
        ));
    }
    let holds = median(&cold) <= LIMIT_MS;
    let verdict = if holds { "" } else { ": ABOVE ITS LIMIT" };
    say(&format!("limit of the cold median: {LIMIT_MS} ms{verdict}"));
    Ok(if holds {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn sample(lambda: &Path, program: &Path) -> Result<Sample> {
    let mut command = Command::new(lambda);
    command
        .arg(UNTIL_STDIN_CLOSES)
        .arg(program)
        .env_clear()
        .envs(Addresses::of_demo(NOBODY).proxy_environment()?)
        .env_remove("DESK_CLOCK_URL")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut running = Guarded::spawn(&mut command)?;
    let output = running.child.stdout.take().context("no standard output")?;
    let mut line = String::new();
    BufReader::new(output).read_line(&mut line)?;
    let address = line
        .trim()
        .strip_prefix("READY url=http://")
        .context("the local Lambda ended before it was ready")?;
    Ok(Sample {
        cold: milliseconds(first_byte(address)?),
        warm: milliseconds(first_byte(address)?),
    })
}

/// From the request to the first byte of its answer.
fn first_byte(address: &str) -> Result<Duration> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    let request = format!("GET /healthz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    let began = Instant::now();
    stream.write_all(request.as_bytes())?;
    let mut first = [0];
    stream.read_exact(&mut first)?;
    let took = began.elapsed();
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    ensure!(
        answer.starts_with("TTP/1.1 200 "),
        "the function did not answer: H{}",
        answer.lines().next().unwrap_or_default()
    );
    Ok(took)
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}

/// Of sorted values.
fn median(sorted: &[f64]) -> f64 {
    let middle = sorted.len() / 2;
    let at = |index: usize| sorted.get(index).copied().unwrap_or(f64::INFINITY);
    if sorted.len().is_multiple_of(2) {
        f64::midpoint(at(middle.wrapping_sub(1)), at(middle))
    } else {
        at(middle)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_twenty_is_between_the_two_in_the_middle() {
        let values = sorted((0..20).map(f64::from));
        assert!((median(&values) - 9.5).abs() < f64::EPSILON);
        assert!((median(&[1.0, 2.0, 9.0]) - 2.0).abs() < f64::EPSILON);
    }

    #[test]
    fn no_sample_holds_no_limit() {
        assert!(median(&[]) > LIMIT_MS);
    }
}
