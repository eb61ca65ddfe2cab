//! How many tests passed and failed, read from what the runners print.

use std::fmt;
use std::ops::AddAssign;

use anyhow::{Context as _, Result};

/// Tests that passed and tests that did not.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Tests that ran and held.
    pub(crate) passed: u64,
    /// Tests that ran and did not hold, were skipped, or could not run.
    pub(crate) failed: u64,
}

impl Tally {
    /// One failure: what a part that cannot run counts for.
    pub(crate) fn failure() -> Self {
        Self {
            passed: 0,
            failed: 1,
        }
    }

    /// Adds what a line of a Rust test's output says, if it says anything. The same line ends native
    /// tests, doc tests and those in the browser:
    /// `test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out`.
    pub(crate) fn read_libtest(&mut self, line: &str) {
        let Some((_, counts)) = line.split_once("test result: ") else {
            return;
        };
        for (number, word) in counts
            .split(['.', ';'])
            .filter_map(|part| part.trim().split_once(' '))
        {
            let Ok(number) = number.parse::<u64>() else {
                continue;
            };
            match word {
                "passed" => self.passed += number,
                "failed" | "ignored" => self.failed += number,
                _ => {}
            }
        }
    }

    /// Reads the report of Playwright's JSON reporter.
    ///
    /// # Errors
    ///
    /// When it is not of that form.
    pub(crate) fn of_playwright(report: &str) -> Result<Self> {
        let report: serde_json::Value =
            serde_json::from_str(report).context("failed to read Playwright's report")?;
        let count = |name: &str| {
            let number = report
                .pointer(&format!("/stats/{name}"))
                .and_then(serde_json::Value::as_u64);
            number.with_context(|| format!("Playwright's report does not count {name} tests"))
        };
        Ok(Self {
            passed: count("expected")?,
            failed: count("unexpected")? + count("flaky")? + count("skipped")?,
        })
    }

    /// A runner that failed without a failed test failed all the same: it did not compile, or ended
    /// before its end.
    pub(crate) fn with_exit(self, success: bool) -> Self {
        let failed = if success {
            self.failed
        } else {
            self.failed.max(1)
        };
        Self { failed, ..self }
    }

    /// Nothing at all is a failure.
    pub(crate) fn or_failure_if_empty(self) -> Self {
        if self == Self::default() {
            eprintln!("no test ran");
            return Self::failure();
        }
        self
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} passed, {} failed", self.passed, self.failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally_of(lines: &[&str]) -> Tally {
        let mut tally = Tally::default();
        for line in lines {
            tally.read_libtest(line);
        }
        tally
    }

    #[test]
    fn the_results_of_several_binaries_are_added() {
        let lines = [
            "running 3 tests",
            "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.02s",
            "test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 filtered out; finished in 0.01s",
        ];
        assert_eq!(
            tally_of(&lines),
            Tally {
                passed: 4,
                failed: 2
            }
        );
    }

    #[test]
    fn an_ignored_test_is_a_failure() {
        let line = "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out";
        assert_eq!(
            tally_of(&[line]),
            Tally {
                passed: 3,
                failed: 1
            }
        );
    }

    #[test]
    fn a_test_that_talks_of_results_is_not_counted() {
        assert_eq!(
            tally_of(&["test result_of_3_passed ... ok"]),
            Tally::default()
        );
    }

    #[test]
    fn a_crash_without_a_failed_test_is_one_failure() {
        assert_eq!(tally_of(&[]).with_exit(false), Tally::failure());
        assert_eq!(
            Tally {
                passed: 1,
                failed: 2
            }
            .with_exit(false)
            .failed,
            2
        );
    }

    #[test]
    fn nothing_at_all_is_a_failure() {
        assert_eq!(Tally::default().or_failure_if_empty(), Tally::failure());
    }

    #[test]
    fn a_skipped_journey_is_a_failure() {
        let report = r#"{"stats": {"expected": 12, "unexpected": 1, "flaky": 0, "skipped": 2}}"#;
        assert_eq!(
            Tally::of_playwright(report).unwrap(),
            Tally {
                passed: 12,
                failed: 3
            }
        );
    }

    #[test]
    fn a_report_without_counts_is_an_error() {
        assert!(Tally::of_playwright("{}").is_err());
    }
}
