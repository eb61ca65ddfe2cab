//! Samples to figures, and figures against their limits.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

/// A frame at sixty a second, in milliseconds.
pub(super) const FRAME_MS: f64 = 1_000.0 / 60.0;

/// The same measurement on both pages, a value for each round.
#[derive(Debug, Deserialize)]
pub(crate) struct Samples<T> {
    plain: Vec<T>,
    desk: Vec<T>,
    /// A page of one line, where that was measured too.
    #[serde(default = "Vec::new")]
    floor: Vec<T>,
}

/// The calls of one round: milliseconds from the message that connects a call.
#[derive(Debug, Deserialize)]
pub(crate) struct Calls {
    /// To the text in the document.
    dom: Vec<f64>,
    /// To the frame that painted it.
    paint: Vec<f64>,
}

/// One start: milliseconds from the navigation.
#[derive(Debug, Deserialize)]
pub(crate) struct Start {
    /// To the desk's painted shell; on the plain page to its first paint.
    shell: f64,
    /// To the agent's painted name.
    agent: f64,
}

/// A page's weight at three moments.
#[derive(Debug, Deserialize)]
pub(crate) struct Memory {
    /// Signed in, before the first call.
    idle: Weight,
    /// After the calls that warm it up.
    before: Weight,
    /// After the calls that are measured.
    after: Weight,
}

/// What a page weighs after a forced collection.
#[derive(Debug, Deserialize)]
struct Weight {
    /// Bytes of the JS heap that are in use, those of the CCP's frame included in both pages.
    heap: f64,
    /// Bytes of WebAssembly memory; it never shrinks.
    wasm: f64,
    /// Nodes that the DOM keeps, the frame's included.
    nodes: f64,
    /// Subscriptions that the desk's crate counts; none on the plain page.
    counted: f64,
    /// Subscriptions at the library's bus, whoever made them.
    subscriptions: f64,
}

/// What the desk may cost.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Limit {
    /// So many times what the plain page costs.
    Times(f64),
    /// So much more than the plain page.
    Plus(f64),
    /// Reported only.
    Unlimited,
}

/// One line of the table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Figure {
    what: String,
    unit: &'static str,
    plain: f64,
    desk: f64,
    limit: Limit,
}

impl Figure {
    /// Whether the desk is within its limit.
    pub(crate) fn holds(&self) -> bool {
        self.most().is_none_or(|most| self.desk <= most)
    }

    /// The most that the desk may cost, if that is limited.
    fn most(&self) -> Option<f64> {
        match self.limit {
            Limit::Times(times) => Some(self.plain * times),
            Limit::Plus(more) => Some(self.plain + more),
            Limit::Unlimited => None,
        }
    }
}

/// Message to document and to painted frame.
pub(crate) fn of_calls(samples: &Samples<Calls>, slow: bool) -> Vec<Figure> {
    let figure = |what: &str, part: fn(&Calls) -> &[f64], percent: u32, limit: Limit| Figure {
        what: format!("{what}, p{percent}{}", on(slow)),
        unit: "ms",
        plain: percentile(&all(&samples.plain, part), percent),
        desk: percentile(&all(&samples.desk, part), percent),
        limit,
    };
    // The limits are set for the machine as it is; the slow one is reported.
    let limit = |limit| if slow { Limit::Unlimited } else { limit };
    vec![
        figure(
            "event to DOM",
            |calls| &calls.dom,
            50,
            limit(Limit::Plus(2.0)),
        ),
        figure("event to DOM", |calls| &calls.dom, 99, Limit::Unlimited),
        figure(
            "event to paint",
            |calls| &calls.paint,
            50,
            limit(Limit::Times(1.2)),
        ),
        figure(
            "event to paint",
            |calls| &calls.paint,
            99,
            limit(Limit::Plus(FRAME_MS)),
        ),
    ]
}

/// Navigation to the shell and to the agent's name.
pub(crate) fn of_start(samples: &Samples<Start>, slow: bool) -> Vec<Figure> {
    let figure = |what: &str, part: fn(&Start) -> f64, limit: Limit| Figure {
        what: format!("{what}{}", on(slow)),
        unit: "ms",
        plain: median(samples.plain.iter().map(part)),
        desk: median(samples.desk.iter().map(part)),
        limit: if slow { limit } else { Limit::Unlimited },
    };
    vec![
        figure(
            "navigation to shell",
            |start| start.shell,
            Limit::Times(0.5),
        ),
        figure("navigation to name", |start| start.agent, Limit::Times(1.1)),
        // What a limit would have to be above to be reached by any page.
        Figure {
            desk: median(samples.floor.iter().map(|start| start.shell)),
            ..figure(
                "navigation to one line of text (a page of its own)",
                |start| start.shell,
                Limit::Unlimited,
            )
        },
    ]
}

/// Growth over the measured calls, and what a page weighs when idle.
pub(crate) fn of_memory(samples: &Samples<Memory>) -> Vec<Figure> {
    let figure = |what: &str, unit, part: fn(&Memory) -> f64, limit| Figure {
        what: what.to_owned(),
        unit,
        plain: median(samples.plain.iter().map(part)),
        desk: median(samples.desk.iter().map(part)),
        limit,
    };
    let growth = |memory: &Memory| {
        memory.after.heap + memory.after.wasm - memory.before.heap - memory.before.wasm
    };
    vec![
        figure(
            "memory, idle",
            "kB",
            |memory| (memory.idle.heap + memory.idle.wasm) / 1_000.0,
            Limit::Unlimited,
        ),
        Figure {
            plain: median(samples.plain.iter().map(growth)) / 1_000.0,
            desk: median(samples.desk.iter().map(growth)) / 1_000.0,
            ..figure(
                "memory, growth over the calls",
                "kB",
                |_| 0.0,
                Limit::Times(1.05),
            )
        },
        figure(
            "DOM nodes, idle",
            "",
            |memory| memory.idle.nodes,
            Limit::Unlimited,
        ),
        figure(
            "DOM nodes, growth over the calls",
            "",
            |memory| memory.after.nodes - memory.before.nodes,
            Limit::Unlimited,
        ),
        // From before the first call; the plain page has none of these, so none may be left.
        figure(
            "own subscriptions, growth over all calls",
            "",
            |memory| memory.after.counted - memory.idle.counted,
            Limit::Plus(0.0),
        ),
        figure(
            "library's subscriptions, growth over all calls",
            "",
            |memory| memory.after.subscriptions - memory.idle.subscriptions,
            Limit::Unlimited,
        ),
    ]
}

fn on(slow: bool) -> &'static str {
    if slow { ", slow CPU" } else { "" }
}

fn all(rounds: &[Calls], part: fn(&Calls) -> &[f64]) -> Vec<f64> {
    rounds.iter().flat_map(part).copied().collect()
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    percentile(&values.collect::<Vec<_>>(), 50)
}

/// The smallest value that so many percent of the values do not exceed; not a number when there are
/// no values, which is above every limit.
pub(super) fn percentile(values: &[f64], percent: u32) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let percent = usize::try_from(percent).unwrap_or(100);
    let rank = (sorted.len() * percent).div_ceil(100);
    let value = sorted.get(rank.saturating_sub(1));
    value.copied().unwrap_or(f64::NAN)
}

/// The figures as a person reads them.
pub(crate) fn table(figures: &[Figure]) -> String {
    let mut table = format!(
        "{:<52} {:>10} {:>10} {:>7} {:>10}\n",
        "", "plain page", "desk", "ratio", "limit"
    );
    for figure in figures {
        let most = match figure.most() {
            Some(most) => format!("{most:.1}"),
            None => String::new(),
        };
        let verdict = if figure.holds() { "" } else { "  ABOVE" };
        writeln!(
            table,
            "{:<52} {:>10.1} {:>10.1} {:>7.2} {most:>10} {}{verdict}",
            figure.what,
            figure.plain,
            figure.desk,
            figure.desk / figure.plain,
            figure.unit,
        )
        .ok();
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(plain: f64, desk: f64, limit: Limit) -> Figure {
        Figure {
            what: "x".to_owned(),
            unit: "ms",
            plain,
            desk,
            limit,
        }
    }

    #[test]
    fn a_percentile_is_one_of_the_values() {
        let values: Vec<f64> = (1..=500).rev().map(f64::from).collect();
        assert_eq!(
            percentile(&values, 50).total_cmp(&250.0),
            std::cmp::Ordering::Equal
        );
        assert_eq!(
            percentile(&values, 99).total_cmp(&495.0),
            std::cmp::Ordering::Equal
        );
    }

    #[test]
    fn a_figure_without_values_is_above_its_limit() {
        let figures = of_start(
            &Samples {
                plain: Vec::new(),
                desk: Vec::new(),
                floor: Vec::new(),
            },
            true,
        );
        let limited = figures.iter().filter(|figure| figure.most().is_some());
        assert_eq!(limited.filter(|figure| !figure.holds()).count(), 2);
    }

    #[test]
    fn limits_are_held_against_the_plain_page() {
        assert!(figure(10.0, 12.0, Limit::Times(1.2)).holds());
        assert!(!figure(10.0, 12.1, Limit::Times(1.2)).holds());
        assert!(figure(10.0, 12.0, Limit::Plus(2.0)).holds());
        assert!(!figure(10.0, 12.1, Limit::Plus(2.0)).holds());
        assert!(figure(10.0, 1e9, Limit::Unlimited).holds());
    }

    #[test]
    fn growth_counts_the_heap_and_the_wasm_memory() {
        let page = |heap, wasm| {
            let weight = |heap, wasm| Weight {
                heap,
                wasm,
                nodes: 100.0,
                counted: 40.0,
                subscriptions: 80.0,
            };
            vec![Memory {
                idle: weight(0.0, 0.0),
                before: weight(1_000.0, 1_000.0),
                after: weight(heap, wasm),
            }]
        };
        let figures = of_memory(&Samples {
            plain: page(3_000.0, 1_000.0),
            desk: page(2_000.0, 2_050.0),
            floor: Vec::new(),
        });
        let growth = figures
            .iter()
            .find(|figure| figure.what.contains("growth over the calls") && figure.unit == "kB")
            .unwrap();
        assert!((growth.plain - 2.0).abs() < 1e-9 && (growth.desk - 2.05).abs() < 1e-9);
        assert!(growth.holds());
    }

    #[test]
    fn the_table_names_what_is_above_its_limit() {
        let table = table(&[
            figure(1.0, 1.0, Limit::Times(1.0)),
            figure(1.0, 2.0, Limit::Times(1.0)),
        ]);
        assert_eq!(table.matches("ABOVE").count(), 1);
    }
}
