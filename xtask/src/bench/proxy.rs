//! `cargo xtask bench proxy`: what a screen pop costs in the signed proxy, beside a Node service that
//! does the same.
//!
//! `crates/proxy/benches/beside_node.rs` takes the samples, in turns; the figures and their limits are
//! here.

use std::fmt::Write as _;
use std::fs;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{measure, say};
use crate::process;
use crate::tools::npm_ci;
use crate::workspace::Workspace;

/// Where the Node service lies.
const RIVAL: &str = "bench/proxy";
/// How many times the Node service's requests per second of CPU.
const TIMES: f64 = 5.0;
/// Milliseconds at the 99th percentile that are allowed in any case.
const P99_MS: f64 = 2.0;
/// Or this part of what the Node service adds.
const P99_PART: f64 = 0.2;
/// The most memory that the proxy may have held.
const MEMORY_MB: f64 = 40.0;

#[derive(Debug, Deserialize)]
struct Report {
    turns: Vec<Turn>,
}

#[derive(Debug, Deserialize)]
struct Turn {
    service: String,
    sample: Sample,
}

#[derive(Debug, Clone, Copy, Deserialize)]
struct Sample {
    p50_ms: f64,
    p99_ms: f64,
    /// Not of who asks AWS straight: that is no process of its own.
    requests_per_cpu_second: Option<f64>,
    /// As above.
    peak_memory_mb: Option<f64>,
}

/// One line of the table.
#[derive(Debug, Serialize)]
struct Row {
    name: &'static str,
    proxy: f64,
    node: f64,
    limit: String,
    holds: bool,
}

/// Measures, prints the table, and fails above a limit.
///
/// # Errors
///
/// When something cannot be built, started or measured.
pub(crate) fn run(workspace: &Workspace) -> Result<ExitCode> {
    let folder = workspace.path(RIVAL);
    process::step("install the Node service", npm_ci().current_dir(&folder))?;
    let mut cargo = workspace.cargo();
    cargo.args([
        "bench",
        "--locked",
        "--package=proxy",
        "--bench=beside_node",
    ]);
    let samples = measure("proxy", &mut cargo)?;
    let report: Report = serde_json::from_str(&samples)
        .context("proxy: the samples are not of the expected form")?;
    let rows = rows(&report)?;
    let out = workspace.path("target/bench");
    fs::create_dir_all(&out)?;
    let report = json!({
        "samples": serde_json::from_str::<Value>(&samples)?,
        "figures": rows,
    });
    fs::write(out.join("proxy.json"), report.to_string())?;
    say(&table(&rows));
    let is_kept = rows.iter().all(|row| row.holds);
    Ok(if is_kept {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn rows(report: &Report) -> Result<Vec<Row>> {
    let of = |service: &str, figure: fn(&Sample) -> Option<f64>| -> Result<f64> {
        let mut values: Vec<f64> = report
            .turns
            .iter()
            .filter(|turn| turn.service == service)
            .filter_map(|turn| figure(&turn.sample))
            .collect();
        if values.len() < 5 {
            bail!("{service}: {} turns, expected five or more", values.len());
        }
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied().context("no median")
    };
    let both = |figure: fn(&Sample) -> Option<f64>| {
        Ok::<_, anyhow::Error>((of("proxy", figure)?, of("node", figure)?))
    };
    // What a service adds: beyond what the same calls take when nobody is in between.
    let added = |figure: fn(&Sample) -> Option<f64>| {
        let direct = of("direct", figure)?;
        let (proxy, node) = both(figure)?;
        Ok::<_, anyhow::Error>((proxy - direct, node - direct))
    };
    let (rate, node_rate) = both(|it| it.requests_per_cpu_second)?;
    let (p50, node_p50) = added(|it| Some(it.p50_ms))?;
    let (p99, node_p99) = added(|it| Some(it.p99_ms))?;
    let (memory, node_memory) = both(|it| it.peak_memory_mb)?;
    let most_p99 = P99_MS.max(P99_PART * node_p99);
    let row = |name, proxy, node, limit, holds| Row {
        name,
        proxy,
        node,
        limit,
        holds,
    };
    Ok(vec![
        row(
            "requests per CPU-second",
            rate,
            node_rate,
            format!("≥ {TIMES} ×"),
            rate >= TIMES * node_rate,
        ),
        row("added at 100/s, p50 ms", p50, node_p50, String::new(), true),
        row(
            "added at 100/s, p99 ms",
            p99,
            node_p99,
            format!("≤ {most_p99:.2}"),
            p99 <= most_p99,
        ),
        row(
            "peak memory, MB",
            memory,
            node_memory,
            format!("≤ {MEMORY_MB}"),
            memory <= MEMORY_MB,
        ),
    ])
}

fn table(rows: &[Row]) -> String {
    let mut text = format!(
        "{:<26}{:>10}{:>10}{:>9}   limit\n",
        "median of the turns", "proxy", "node", "ratio"
    );
    for Row {
        name,
        proxy,
        node,
        limit,
        holds,
    } in rows
    {
        let verdict = if *holds { "" } else { "   ABOVE ITS LIMIT" };
        let ratio = proxy / node;
        writeln!(
            text,
            "{name:<26}{proxy:>10.2}{node:>10.2}{ratio:>9.2}   {limit}{verdict}"
        )
        .ok();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(proxy: f64, node: f64, turns: usize) -> Report {
        let turn = |service: &str, rate: f64| Turn {
            service: service.to_owned(),
            sample: Sample {
                p50_ms: 1.0,
                p99_ms: 2.0,
                requests_per_cpu_second: Some(rate),
                peak_memory_mb: Some(20.0),
            },
        };
        Report {
            turns: (0..turns)
                .flat_map(|_| {
                    [
                        turn("proxy", proxy),
                        turn("node", node),
                        turn("direct", 1.0),
                    ]
                })
                .collect(),
        }
    }

    #[test]
    fn five_times_is_enough_and_less_is_not() {
        let verdict = |proxy| rows(&report(proxy, 100.0, 5)).unwrap()[0].holds;
        assert!(verdict(500.0));
        assert!(!verdict(499.0));
    }

    #[test]
    fn what_aws_takes_by_itself_is_nobodys_addition() {
        let mut report = report(500.0, 100.0, 5);
        let latency = |p99_ms| move |turn: &mut Turn| turn.sample.p99_ms = p99_ms;
        let mut set = |service: &str, p99_ms| {
            let of = report.turns.iter_mut();
            of.filter(|turn| turn.service == service)
                .for_each(latency(p99_ms));
            let row = &rows(&report).unwrap()[2];
            (row.proxy, row.holds)
        };
        set("direct", 3.0);
        set("node", 23.0);
        assert_eq!(set("proxy", 7.0), (4.0, true));
        assert_eq!(set("proxy", 7.5), (4.5, false));
    }

    #[test]
    fn fewer_than_five_turns_say_nothing() {
        assert!(rows(&report(500.0, 100.0, 4)).is_err());
    }
}
