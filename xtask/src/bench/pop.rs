//! `cargo xtask bench pop`: who is calling, on the desk that is shipped, with the signed proxy and the
//! simulated AWS behind it.
//!
//! `bench/pop.mjs` takes the samples; the figures and their limits are here. What each means:
//!
//! - *rings*: callers whom neither desk nor proxy has seen. From the frame that shows the ring to the one
//!   that shows the customer, and to the one that shows the first orders, by what a call to AWS takes.
//!   The customer from the contact event on is told beside it. The browser asks who it is once.
//! - *while orders stream in*: from the CCP's message to the document and to the painted frame, for a
//!   caller with 1,000 orders, each act at another moment of the stream, beside the plain page. Of a hold
//!   the plain page shows nothing: its answer stands for it.
//! - *slow CPU*: what the browser says that the worst of each act took, from the key or the mouse to the
//!   frame that shows what it did (Event Timing), with 1,000 orders on the screen. A scroll is no event
//!   of that kind: its figure is the longest frame.
//! - *moved*: the sum of all layout shifts from the ring to the wrap-up, those included that come just
//!   after a press.

use std::collections::BTreeMap;
use std::fs;
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result};
use serde::Deserialize;
use serde_json::{Value, json};

use super::figure::{FRAME_MS, percentile};
use super::row::{self, Row};
use super::{SLOWDOWN, Stage, measure};
use crate::workspace::Workspace;

/// Milliseconds that a call to AWS takes, each with rings of its own.
const LATENCIES: [u32; 3] = [0, 50, 200];
/// So many rings make a 95th percentile that three of them may exceed.
const RINGS: u32 = 60;
/// Milliseconds to AWS with which the pages of 1,000 orders come for as long as a short call takes.
const STREAMING: u32 = 50;
/// Rounds and calls in each: 100 calls on either page.
const ROUNDS: [u32; 2] = [5, 20];
/// Times that everything is done on the slow CPU.
const SHIFTS_OF_WORK: u32 = 3;
/// The longest that the page may take for what an agent does.
const INTERACTION_MS: f64 = 100.0;

/// When what was seen of one caller, in milliseconds of the page's clock.
#[derive(Debug, Deserialize)]
struct Seen {
    /// The message that first told of the contact.
    event: f64,
    ring: f64,
    pop: f64,
    orders: f64,
    /// Paths of what the browser asked the proxy.
    asked: Vec<String>,
    shifts: Vec<Shift>,
}

/// Something that moved.
#[derive(Debug, Deserialize)]
struct Shift {
    value: f64,
}

/// What both pages took while orders streamed in.
#[derive(Debug, Deserialize)]
struct Streaming {
    plain: Vec<Acts>,
    desk: Vec<Acts>,
    /// Calls in which all orders had come too early.
    missed: u32,
}

/// The acts of one call.
#[derive(Debug, Deserialize)]
struct Acts {
    connected: Shown,
    hold: Shown,
    ended: Shown,
}

/// Milliseconds from the message; of what the page does not show there is nothing.
#[derive(Debug, Deserialize)]
struct Shown {
    dom: Option<f64>,
    paint: Option<f64>,
}

/// What the browser told of one kind of act.
#[derive(Debug, Deserialize)]
struct Told {
    events: Vec<Lasting>,
    frames: Vec<Lasting>,
}

#[derive(Debug, Deserialize)]
struct Lasting {
    duration: f64,
}

/// Measures, prints the table, and fails above a limit.
///
/// # Errors
///
/// When something cannot be built, started or measured.
pub(crate) fn run(workspace: &Workspace) -> Result<ExitCode> {
    let stage = Stage::set(workspace)?;
    let mut rows = Vec::new();
    for (at, latency) in (0..).zip(LATENCIES) {
        let args = [latency, RINGS, at * RINGS];
        let name = format!("pop-rings-{latency}");
        rows.extend(take(
            workspace,
            &stage,
            &name,
            "rings",
            &args,
            |rings: Vec<_>| of_rings(latency, &rings),
        )?);
    }
    let [rounds, calls] = ROUNDS;
    let args = [STREAMING, rounds, calls];
    let of = |streaming| of_streaming(&streaming);
    rows.extend(take(
        workspace,
        &stage,
        "pop-streaming",
        "streaming",
        &args,
        of,
    )?);
    let args = [SLOWDOWN, SHIFTS_OF_WORK];
    let of = |work: Vec<_>| of_work(&work);
    rows.extend(take(
        workspace,
        &stage,
        "pop-interactions",
        "interactions",
        &args,
        of,
    )?);
    let of = |shifts| of_shifts(&shifts);
    rows.extend(take(
        workspace,
        &stage,
        "pop-shifts",
        "shifts",
        &[STREAMING],
        of,
    )?);

    Ok(row::verdict(&rows))
}

/// Takes the samples of one measure, writes them down, and gives what they say.
fn take<T: serde::de::DeserializeOwned>(
    workspace: &Workspace,
    stage: &Stage,
    name: &str,
    kind: &str,
    args: &[u32],
    of: impl FnOnce(T) -> Vec<Row>,
) -> Result<Vec<Row>> {
    let mut node = Command::new("node");
    node.arg(workspace.path("bench/pop.mjs"))
        .arg(kind)
        .args(args.iter().map(u32::to_string))
        .envs(stage.variables(workspace)?)
        .env("DESK_PROXY", workspace.debug_binary("desk-proxy"));
    let samples = measure(name, &mut node)?;
    let read = serde_json::from_str(&samples);
    let rows =
        of(read.with_context(|| format!("{name}: the samples are not of the expected form"))?);
    let report = json!({
        "browser": stage.browser.version,
        "arguments": args,
        "samples": serde_json::from_str::<Value>(&samples)?,
        "figures": rows,
    });
    fs::write(stage.out.join(format!("{name}.json")), report.to_string())?;
    Ok(rows)
}

/// How fast it is known who rings, with that latency.
fn of_rings(latency: u32, rings: &[Seen]) -> Vec<Row> {
    let calls = f64::from(latency);
    let figure = |what: &str, percent, most, part: fn(&Seen) -> f64| {
        let values: Vec<f64> = rings.iter().map(part).collect();
        let what = format!(
            "{what}, p{percent}, L = {latency} ms, {} rings",
            rings.len()
        );
        Row::of(what, percentile(&values, percent), most, "ms")
    };
    let asks_once = |ring: &Seen| {
        let of = |path: &str| ring.asked.iter().filter(|asked| *asked == path).count();
        // The tie is no question: it writes down who it was.
        of("/api/screen-pop") == 1 && ring.asked.len() - of("/api/link") == 1
    };
    let others = rings.iter().filter(|ring| !asks_once(ring)).count();
    let moved = sum(rings.iter().flat_map(|ring| &ring.shifts));
    let pop = |ring: &Seen| ring.pop - ring.ring;
    let orders = |ring: &Seen| ring.orders - ring.ring;
    vec![
        figure("ring to customer", 50, None, pop),
        figure("ring to customer", 95, Some(2.0 * calls + 60.0), pop),
        figure("ring to first orders", 50, None, orders),
        figure("ring to first orders", 95, Some(3.0 * calls + 90.0), orders),
        figure("event to customer", 95, None, |ring| ring.pop - ring.event),
        Row::of(
            "rings with other than one question".to_owned(),
            u32::try_from(others).map_or(f64::NAN, f64::from),
            Some(0.0),
            "",
        ),
        Row::of("moved in these rings".to_owned(), moved, Some(0.0), "shift"),
    ]
}

/// Message to document and to painted frame, beside the plain page.
fn of_streaming(streaming: &Streaming) -> Vec<Row> {
    type Part = fn(&Acts) -> &Shown;
    let acts: [(&str, Part, Part); 3] = [
        ("answer", |acts| &acts.connected, |acts| &acts.connected),
        ("hold", |acts| &acts.connected, |acts| &acts.hold),
        ("hang up", |acts| &acts.ended, |acts| &acts.ended),
    ];
    let mut rows = Vec::new();
    for (act, plain, desk) in acts {
        let figure = |to: &str, percent, of: fn(&Shown) -> Option<f64>, most: fn(f64) -> f64| {
            let all = |acts: &[Acts], part: Part| {
                let values: Vec<f64> = acts.iter().filter_map(|acts| of(part(acts))).collect();
                percentile(&values, percent)
            };
            let plain = all(&streaming.plain, plain);
            Row {
                plain: Some(plain),
                ..Row::of(
                    format!("{act} to {to} while orders stream in, p{percent}"),
                    all(&streaming.desk, desk),
                    Some(most(plain)),
                    "ms",
                )
            }
        };
        rows.extend([
            figure("DOM", 50, |shown| shown.dom, |plain| plain + 2.0),
            figure("paint", 50, |shown| shown.paint, |plain| plain * 1.2),
            figure("paint", 99, |shown| shown.paint, |plain| plain + FRAME_MS),
        ]);
    }
    rows.push(Row::of(
        format!(
            "calls left out, whose orders were all there; {} are counted",
            streaming.desk.len()
        ),
        f64::from(streaming.missed),
        None,
        "",
    ));
    rows
}

/// The longest that the page took for each kind of act.
fn of_work(work: &[BTreeMap<String, Told>]) -> Vec<Row> {
    let longest = |kind: &str, part: fn(&Told) -> &[Lasting]| {
        let told = work.iter().filter_map(|acts| acts.get(kind)).flat_map(part);
        told.map(|lasting| lasting.duration).fold(0.0, f64::max)
    };
    let kinds: Vec<&String> = work.first().into_iter().flat_map(BTreeMap::keys).collect();
    let mut rows = Vec::new();
    for kind in &kinds {
        // What comes by itself is no act: whoever acts meanwhile would wait for it.
        let is_act = !kind.starts_with('(');
        let is_event = is_act && *kind != "scroll to the end";
        let what = format!("{kind}: the worst of {}, slow CPU", work.len());
        let longest = if is_event {
            longest(kind, |told| &told.events)
        } else {
            longest(kind, |told| &told.frames)
        };
        rows.push(Row::of(
            what,
            longest,
            is_act.then_some(INTERACTION_MS),
            "ms",
        ));
    }
    if kinds.is_empty() {
        let what = "nothing was done on the slow CPU".to_owned();
        rows.push(Row::of(what, f64::NAN, Some(INTERACTION_MS), "ms"));
    }
    rows
}

/// How much moved: the sum of nothing is zero, which `Iterator::sum` takes for a negative one.
fn sum<'a>(shifts: impl IntoIterator<Item = &'a Shift>) -> f64 {
    let values = shifts.into_iter().map(|shift| shift.value);
    values.fold(0.0, |sum, value| sum + value)
}

/// What moved, by who called.
fn of_shifts(shifts: &BTreeMap<String, Vec<Shift>>) -> Vec<Row> {
    let rows = shifts.iter().map(|(kind, shifts)| {
        let what = format!("moved from ring to wrap-up: {kind}");
        Row::of(what, sum(shifts), Some(0.0), "shift")
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(pop: f64, orders: f64, asked: &[&str]) -> Seen {
        Seen {
            event: 990.0,
            ring: 1_000.0,
            pop: 1_000.0 + pop,
            orders: 1_000.0 + orders,
            asked: asked.iter().map(|path| (*path).to_owned()).collect(),
            shifts: Vec::new(),
        }
    }

    fn misses(rows: &[Row]) -> Vec<&str> {
        let missed = rows.iter().filter(|row| !row.holds());
        missed.map(|row| row.what.as_str()).collect()
    }

    const ONCE: [&str; 2] = ["/api/screen-pop", "/api/link"];

    #[test]
    fn one_ring_in_twenty_may_be_late_and_no_more() {
        let rings = |late| {
            let all = (0..60).map(|n| {
                let more = if n < late { 1.0 } else { 0.0 };
                ring(160.0 + more, 240.0 + more, &ONCE)
            });
            of_rings(50, &all.collect::<Vec<_>>())
        };
        assert_eq!(misses(&rings(3)), [""; 0]);
        assert_eq!(
            misses(&rings(4)),
            [
                "ring to customer, p95, L = 50 ms, 60 rings",
                "ring to first orders, p95, L = 50 ms, 60 rings"
            ]
        );
    }

    #[test]
    fn a_ring_is_one_question() {
        let missed = |asked: &[&str]| {
            let rows = of_rings(0, &[ring(1.0, 1.0, asked)]);
            misses(&rows) == ["rings with other than one question"]
        };
        assert!(!missed(&ONCE));
        assert!(missed(&[]));
        assert!(missed(&["/api/screen-pop", "/api/screen-pop", "/api/link"]));
        assert!(missed(&["/api/screen-pop", "/api/profile"]));
    }

    #[test]
    fn what_was_not_measured_is_above_its_limit() {
        let none = Streaming {
            plain: Vec::new(),
            desk: Vec::new(),
            missed: 0,
        };
        assert_eq!(misses(&of_streaming(&none)).len(), 9);
        assert_eq!(misses(&of_work(&[])).len(), 1);
        assert_eq!(misses(&of_rings(0, &[])).len(), 2);
    }

    #[test]
    fn a_hold_is_held_against_the_plain_pages_answer() {
        let shown = |dom, paint| Shown {
            dom: Some(dom),
            paint: Some(paint),
        };
        let nothing = || Shown {
            dom: None,
            paint: None,
        };
        let calls = |hold| Streaming {
            plain: vec![Acts {
                connected: shown(1.0, 10.0),
                hold: nothing(),
                ended: shown(1.0, 10.0),
            }],
            desk: vec![Acts {
                connected: shown(3.0, 12.0),
                hold: shown(hold, 12.0),
                ended: shown(3.0, 12.0),
            }],
            missed: 0,
        };
        assert_eq!(misses(&of_streaming(&calls(3.0))), [""; 0]);
        assert_eq!(
            misses(&of_streaming(&calls(3.1))),
            ["hold to DOM while orders stream in, p50"]
        );
    }

    #[test]
    fn the_worst_counts_and_what_comes_by_itself_has_no_limit() {
        let lasting = |ms: &[f64]| {
            let all = ms.iter().map(|duration| Lasting {
                duration: *duration,
            });
            all.collect::<Vec<_>>()
        };
        let told = |events, frames| Told {
            events: lasting(events),
            frames: lasting(frames),
        };
        let work = BTreeMap::from([
            ("(orders come in)".to_owned(), told(&[8.0], &[600.0])),
            ("answer".to_owned(), told(&[16.0, 104.0, 24.0], &[])),
            ("hold".to_owned(), told(&[100.0], &[300.0])),
            ("scroll to the end".to_owned(), told(&[], &[101.0])),
        ]);
        let rows = of_work(&[work]);
        assert_eq!(
            misses(&rows),
            [
                "answer: the worst of 1, slow CPU",
                "scroll to the end: the worst of 1, slow CPU"
            ]
        );
    }

    #[test]
    fn nothing_may_move_at_all_and_the_table_says_how_little_it_was() {
        let shift = |value| vec![Shift { value }];
        let shifts = BTreeMap::from([
            ("nobody".to_owned(), Vec::new()),
            ("family".to_owned(), shift(0.000_027)),
        ]);
        let table = row::table(&of_shifts(&shifts));
        assert_eq!(
            (
                table.matches("ABOVE").count(),
                table.matches("holds").count()
            ),
            (1, 1)
        );
        assert!(table.contains("0.000027"), "{table}");
    }
}
