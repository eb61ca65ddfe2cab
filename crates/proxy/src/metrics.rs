//! What is counted, in the text form of Prometheus.
//!
//! Labels are words of this program's own (endpoints, operations, outcomes), never anything that came
//! over the wire, so their number is bounded.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Upper bounds of the buckets of every histogram, in seconds.
const BUCKETS: [f64; 9] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5];

/// The counts since the start.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    heads: Family,
    requests: Family,
    upstream: Family,
    events: Mutex<BTreeMap<&'static str, u64>>,
}

/// Counts and times by two labels.
#[derive(Debug, Default)]
struct Family(Mutex<BTreeMap<(&'static str, &'static str), Histogram>>);

#[derive(Debug, Default, Clone, Copy)]
struct Histogram {
    buckets: [u64; BUCKETS.len()],
    count: u64,
    seconds: f64,
}

impl Metrics {
    /// A request of a desk was answered: how long it took until the head of the answer was there, and
    /// until the end of it had gone.
    pub(crate) fn request(
        &self,
        endpoint: &'static str,
        outcome: &'static str,
        [head, end]: [Duration; 2],
    ) {
        self.heads.observe(endpoint, outcome, head);
        self.requests.observe(endpoint, outcome, end);
    }

    /// A call to AWS, with its retries, came to an end.
    pub(crate) fn upstream(&self, operation: &'static str, outcome: &'static str, took: Duration) {
        self.upstream.observe(operation, outcome, took);
    }

    /// Something happened that is only counted.
    pub(crate) fn event(&self, name: &'static str) {
        let mut events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        *events.entry(name).or_default() += 1;
    }

    /// Everything, as Prometheus reads it (exposition formats, text 0.0.4).
    pub(crate) fn render(&self) -> String {
        let mut text = String::with_capacity(4096);
        self.heads.render(
            &mut text,
            "desk_proxy_head_seconds",
            "Requests until the head of the answer, by endpoint and outcome",
            ["endpoint", "outcome"],
        );
        self.requests.render(
            &mut text,
            "desk_proxy_request_seconds",
            "Requests until the end of the answer, by endpoint and outcome",
            ["endpoint", "outcome"],
        );
        self.upstream.render(
            &mut text,
            "desk_proxy_aws_seconds",
            "Calls to AWS with their retries, by operation and outcome",
            ["operation", "outcome"],
        );
        text.push_str("# HELP desk_proxy_events_total What happened, by name\n");
        text.push_str("# TYPE desk_proxy_events_total counter\n");
        for (name, count) in &*self.events.lock().unwrap_or_else(PoisonError::into_inner) {
            writeln!(text, "desk_proxy_events_total{{event=\"{name}\"}} {count}").ok();
        }
        text
    }
}

impl Family {
    fn observe(&self, first: &'static str, second: &'static str, took: Duration) {
        let seconds = took.as_secs_f64();
        let mut family = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let histogram = family.entry((first, second)).or_default();
        histogram.count += 1;
        histogram.seconds += seconds;
        for (count, bound) in histogram.buckets.iter_mut().zip(BUCKETS) {
            *count += u64::from(seconds <= bound);
        }
    }

    fn render(&self, text: &mut String, name: &str, help: &str, labels: [&str; 2]) {
        let [first, second] = labels;
        writeln!(text, "# HELP {name} {help}\n# TYPE {name} histogram").ok();
        for ((one, other), histogram) in &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            let of = format!("{first}=\"{one}\",{second}=\"{other}\"");
            for (count, bound) in histogram.buckets.iter().zip(BUCKETS) {
                writeln!(text, "{name}_bucket{{{of},le=\"{bound}\"}} {count}").ok();
            }
            let Histogram { count, seconds, .. } = histogram;
            writeln!(text, "{name}_bucket{{{of},le=\"+Inf\"}} {count}").ok();
            writeln!(
                text,
                "{name}_sum{{{of}}} {seconds}\n{name}_count{{{of}}} {count}"
            )
            .ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_cumulative() {
        let metrics = Metrics::default();
        for milliseconds in [7, 700] {
            let end = Duration::from_millis(milliseconds);
            metrics.request("/screen-pop", "ok", [Duration::ZERO, end]);
        }
        let text = metrics.render();
        let line = |le: &str| {
            format!(
                "desk_proxy_request_seconds_bucket{{endpoint=\"/screen-pop\",outcome=\"ok\",le=\"{le}\"}}"
            )
        };
        assert!(text.contains(&format!("{} 0\n", line("0.005"))), "{text}");
        assert!(text.contains(&format!("{} 1\n", line("0.01"))), "{text}");
        assert!(text.contains(&format!("{} 2\n", line("1"))), "{text}");
        assert!(text.contains(&format!("{} 2\n", line("+Inf"))), "{text}");
    }
}
