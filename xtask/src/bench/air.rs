//! `cargo xtask bench air`: the desk over a slow line, on a slow CPU, and what Lighthouse says of it.
//!
//! `bench/air.mjs` takes the samples of the visits, `bench/lighthouse/audit.mjs` those of Lighthouse; the
//! figures and their limits are here. What they mean:
//!
//! - *first visit*: a browser that has never been here. *Second visit*: the same browser with all that it
//!   keeps of the first, on another day: no connection is open any more. Each from the navigation, beside the
//!   plain page, which is compressed and asked for as the deployment does with files that keep their names.
//! - *over the line*: what goes between the browser and everything else passes a line that holds back each
//!   packet for half a round trip, connections a whole one, and all together to the rate (`bench/wire.mjs`).
//!   The limits are held here, for this is what the words "165 ms round trips" say.
//! - *as `DevTools` throttles*: every request costs 165 ms once, whatever connection it takes. 165 ms and 9 Mbit/s
//!   are the numbers of its preset "Fast 4G", which are meant for this way: there they stand for a line with
//!   round trips of 60 ms (Lighthouse's `docs/throttling.md` says why such a factor is needed). Reported, to be held
//!   against what others measure.
//! - *Lighthouse*: the preset for desktops, on the site as it is deployed, with customers configured, a live CCP and
//!   an agent who is signed in and idle.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result};
use serde::Deserialize;
use serde_json::{Value, json};
use stack::Stack;

use super::figure::percentile;
use super::row::{self, Row};
use super::{SLOWDOWN, Stage, measure};
use crate::dist;
use crate::process;
use crate::tools::npm_ci;
use crate::workspace::Workspace;

/// Where Lighthouse is pinned.
const LIGHTHOUSE: &str = "bench/lighthouse";
/// Visits of each kind, and audits.
const ROUNDS: u32 = 5;
const ROUND_TRIP_MS: u32 = 165;
const MEGABITS_PER_SECOND: u32 = 9;
/// The longest from the navigation, in milliseconds.
const FIRST_SHELL_MS: f64 = 1_200.0;
const FIRST_NAME_MS: f64 = 2_800.0;
const SECOND_SHELL_MS: f64 = 400.0;
/// The least of Lighthouse's scores, of 100.
const SCORE: f64 = 95.0;

/// Both visits of every round, by page.
#[derive(Debug, Deserialize)]
struct Visits {
    plain: Vec<Visit>,
    desk: Vec<Visit>,
}

#[derive(Debug, Deserialize)]
struct Visit {
    first: Times,
    second: Times,
}

/// Milliseconds from the navigation.
#[derive(Debug, Deserialize)]
struct Times {
    /// To the first byte of the page.
    first_byte: f64,
    /// To the desk's painted shell; on the plain page to its first paint.
    shell: f64,
    /// To the agent's painted name.
    agent: f64,
}

/// What one audit came to, of 100.
#[derive(Debug, Deserialize)]
struct Scores {
    performance: f64,
    accessibility: f64,
    best_practices: f64,
}

/// What the words of the table are for one way of being slow.
#[derive(Debug, Clone, Copy)]
struct Line {
    /// As `bench/air.mjs` calls it.
    kind: &'static str,
    /// As the table does.
    name: &'static str,
    /// Whether limits are held to it.
    is_limited: bool,
}

const LINES: [Line; 2] = [
    Line {
        kind: "line",
        name: "over the line",
        is_limited: true,
    },
    Line {
        kind: "devtools",
        name: "as DevTools throttles",
        is_limited: false,
    },
];

/// Measures, prints the table, and fails beyond a limit.
///
/// # Errors
///
/// When something cannot be built, started or measured.
pub(crate) fn run(workspace: &Workspace) -> Result<ExitCode> {
    let mut stage = Stage::set(workspace)?;
    let folder = workspace.path(LIGHTHOUSE);
    process::step("install Lighthouse", npm_ci().current_dir(&folder))?;
    let site = stage.out.join("air-site");
    lay_out(&stage.dist, &site)?;
    stage.dist = site;
    let mut rows = Vec::new();
    let mut report = serde_json::Map::new();
    report.insert("browser".to_owned(), json!(stage.browser.version));
    let mut take = |name: &str, program: &str, args: &[String]| -> Result<String> {
        let mut node = Command::new("node");
        node.arg(workspace.path(program))
            .args(args)
            .envs(stage.variables(workspace)?)
            .env("DESK_PROXY", workspace.debug_binary("desk-proxy"));
        let samples = measure(name, &mut node)?;
        let taken =
            json!({ "arguments": args, "samples": serde_json::from_str::<Value>(&samples)? });
        report.insert(name.to_owned(), taken);
        Ok(samples)
    };
    let form = |name: &str| format!("{name}: the samples are not of the expected form");
    for line in LINES {
        let mut args = vec![line.kind.to_owned()];
        let numbers = [ROUNDS, SLOWDOWN, ROUND_TRIP_MS, MEGABITS_PER_SECOND];
        args.extend(numbers.map(|number| number.to_string()));
        let samples = take(line.kind, "bench/air.mjs", &args)?;
        let visits = serde_json::from_str(&samples).with_context(|| form(line.kind))?;
        rows.extend(of_visits(line, &visits));
    }
    let args = [ROUNDS.to_string()];
    let samples = take("lighthouse", "bench/lighthouse/audit.mjs", &args)?;
    let scores: Vec<Scores> = serde_json::from_str(&samples).with_context(|| form("lighthouse"))?;
    rows.extend(of_scores(&scores));

    report.insert("figures".to_owned(), json!(rows));
    fs::write(
        stage.out.join("air.json"),
        Value::Object(report).to_string(),
    )?;
    Ok(row::verdict(&rows))
}

/// The site with what is uploaded compressed lying compressed beside itself, as the local world serves it then:
/// what it would compress by itself is a fifth larger, and waits for it.
fn lay_out(dist: &Path, site: &Path) -> Result<()> {
    // What is compressed does not depend on them.
    let given = [
        ("ConnectInstanceId", "5ca1ab1e-0000-4000-8000-00000000c0de"),
        ("ConnectOrigin", "https://shop.my.connect.aws"),
        ("ProfilesDomain", "amazon-connect-shop"),
    ];
    let given: BTreeMap<_, _> = given.map(|(name, value)| (name, value.to_owned())).into();
    let rules = Stack::new(&given)?.site()?;
    fs::remove_dir_all(site).ok();
    fs::create_dir_all(site)?;
    for entry in fs::read_dir(dist)? {
        let file = entry?.path();
        let name = file.file_name().and_then(|name| name.to_str());
        let name = name.context("a file of the site has a name that is no text")?;
        let bytes = fs::read(&file).with_context(|| format!("{name} is no file"))?;
        if rules.file(name).is_some_and(|rule| rule.is_brotli) {
            fs::write(site.join(format!("{name}.br")), dist::brotli(&bytes)?)?;
        }
        fs::write(site.join(name), bytes)?;
    }
    Ok(())
}

/// The medians of both visits.
fn of_visits(line: Line, visits: &Visits) -> Vec<Row> {
    type Part = fn(&Visit) -> f64;
    let figures: [(&str, Part, Option<f64>); 6] = [
        ("first visit: first byte", |it| it.first.first_byte, None),
        (
            "first visit: shell",
            |it| it.first.shell,
            Some(FIRST_SHELL_MS),
        ),
        (
            "first visit: name",
            |it| it.first.agent,
            Some(FIRST_NAME_MS),
        ),
        ("second visit: first byte", |it| it.second.first_byte, None),
        (
            "second visit: shell",
            |it| it.second.shell,
            Some(SECOND_SHELL_MS),
        ),
        ("second visit: name", |it| it.second.agent, None),
    ];
    let median = |visits: &[Visit], part: Part| {
        let values: Vec<f64> = visits.iter().map(part).collect();
        percentile(&values, 50)
    };
    // DevTools holds back what has come already, so its first byte is that of a line that is not slow.
    let figures = figures
        .into_iter()
        .filter(|(what, ..)| line.is_limited || !what.ends_with("byte"));
    let rows = figures.map(|(what, part, most)| Row {
        plain: Some(median(&visits.plain, part)),
        ..Row::of(
            format!("{what}, {}", line.name),
            median(&visits.desk, part),
            most.filter(|_| line.is_limited),
            "ms",
        )
    });
    rows.collect()
}

/// The medians of Lighthouse's scores.
fn of_scores(scores: &[Scores]) -> Vec<Row> {
    type Part = fn(&Scores) -> f64;
    let categories: [(&str, Part); 3] = [
        ("performance", |it| it.performance),
        ("accessibility", |it| it.accessibility),
        ("best practices", |it| it.best_practices),
    ];
    let rows = categories.into_iter().map(|(category, part)| {
        let values: Vec<f64> = scores.iter().map(part).collect();
        let what = format!("Lighthouse, desktop: {category}");
        Row {
            least: Some(SCORE),
            ..Row::of(what, percentile(&values, 50), None, "")
        }
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(first_byte: f64, shell: f64, agent: f64) -> Times {
        Times {
            first_byte,
            shell,
            agent,
        }
    }

    fn visit([shell, agent, again]: [f64; 3]) -> Visit {
        Visit {
            first: times(330.0, shell, agent),
            second: times(330.0, again, 1_000.0),
        }
    }

    fn missed(rows: &[Row]) -> Vec<&str> {
        let missed = rows.iter().filter(|row| !row.holds());
        missed.map(|row| row.what.as_str()).collect()
    }

    #[test]
    fn two_of_five_visits_may_be_late() {
        let visits = |late| {
            let desk = (0..5).map(|n| {
                let more = if n < late { 1.0 } else { 0.0 };
                visit([1_200.0, 2_800.0, 400.0].map(|most| most + more))
            });
            Visits {
                plain: Vec::new(),
                desk: desk.collect(),
            }
        };
        assert_eq!(missed(&of_visits(LINES[0], &visits(2))), [""; 0]);
        assert_eq!(
            missed(&of_visits(LINES[0], &visits(3))),
            [
                "first visit: shell, over the line",
                "first visit: name, over the line",
                "second visit: shell, over the line"
            ]
        );
        assert_eq!(missed(&of_visits(LINES[1], &visits(3))), [""; 0]);
    }

    #[test]
    fn what_is_uploaded_compressed_lies_compressed_beside_itself() {
        let folder = tempfile::tempdir().unwrap();
        let (dist, site) = (folder.path().join("dist"), folder.path().join("site"));
        fs::create_dir(&dist).unwrap();
        for name in ["index.html", "boot.js", "app-5d2d1fbc3bd2a7a9.wasm"] {
            fs::write(dist.join(name), "a".repeat(1_000)).unwrap();
        }
        // One of the site before.
        fs::create_dir(&site).unwrap();
        fs::write(site.join("old.js"), "").unwrap();
        lay_out(&dist, &site).unwrap();
        let names = fs::read_dir(&site)
            .unwrap()
            .map(|it| it.unwrap().file_name());
        let mut names: Vec<_> = names.map(|name| name.into_string().unwrap()).collect();
        names.sort();
        assert_eq!(
            names,
            [
                "app-5d2d1fbc3bd2a7a9.wasm",
                "app-5d2d1fbc3bd2a7a9.wasm.br",
                "boot.js",
                "boot.js.br",
                "index.html"
            ]
        );
    }

    #[test]
    fn the_median_of_the_scores_counts() {
        let audit = |performance| Scores {
            performance,
            accessibility: 100.0,
            best_practices: 96.0,
        };
        let scores = |values: [f64; 5]| values.map(audit);
        assert_eq!(
            missed(&of_scores(&scores([90.0, 91.0, 95.0, 99.0, 99.0]))),
            [""; 0]
        );
        assert_eq!(
            missed(&of_scores(&scores([90.0, 91.0, 94.0, 99.0, 99.0]))),
            ["Lighthouse, desktop: performance"]
        );
    }

    #[test]
    fn what_was_not_measured_is_beyond_its_limit() {
        let none = Visits {
            plain: Vec::new(),
            desk: Vec::new(),
        };
        assert_eq!(missed(&of_visits(LINES[0], &none)).len(), 3);
        assert_eq!(missed(&of_scores(&[])).len(), 3);
    }
}
