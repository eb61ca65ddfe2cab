//! A figure of the desk's with its limit, and the table of such figures.

use std::fmt::Write as _;
use std::process::ExitCode;

use serde::Serialize;

use super::say;

/// One line of the table.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    pub(super) what: String,
    /// What the plain page took, where it was asked too.
    pub(super) plain: Option<f64>,
    pub(super) desk: f64,
    /// The most that is allowed, if that is limited.
    pub(super) most: Option<f64>,
    /// The least that is asked for, where more is better.
    pub(super) least: Option<f64>,
    pub(super) unit: &'static str,
}

impl Row {
    pub(super) fn of(what: String, desk: f64, most: Option<f64>, unit: &'static str) -> Self {
        Self {
            what,
            plain: None,
            desk,
            most,
            least: None,
            unit,
        }
    }

    /// Whether it was measured at all, and is within its limit.
    pub(super) fn holds(&self) -> bool {
        self.most.is_none_or(|most| self.desk <= most)
            && self.least.is_none_or(|least| self.desk >= least)
    }
}

/// Prints the table and what it comes to.
pub(super) fn verdict(rows: &[Row]) -> ExitCode {
    say(&table(rows));
    let missed = rows.iter().filter(|row| !row.holds()).count();
    say(&format!(
        "{} figures, {missed} beyond their limit; samples in target/bench",
        rows.len()
    ));
    if missed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// The figures as a person reads them.
pub(super) fn table(rows: &[Row]) -> String {
    let mut table = format!(
        "{:<64} {:>10} {:>10} {:>10}\n",
        "", "plain page", "desk", "limit"
    );
    for row in rows {
        // A shift is a share of the screen's area.
        let decimals = if row.unit == "shift" { 6 } else { 1 };
        let number = |value: Option<f64>| value.map(|value| format!("{value:.decimals$}"));
        let verdict = match (row.most, row.least) {
            (None, None) => "",
            _ if row.holds() => "  holds",
            (Some(_), _) => "  ABOVE",
            (None, Some(_)) => "  BELOW",
        };
        writeln!(
            table,
            "{:<64} {:>10} {:>10.decimals$} {:>10} {:<5}{verdict}",
            row.what,
            number(row.plain).unwrap_or_default(),
            row.desk,
            number(row.most.or(row.least)).unwrap_or_default(),
            row.unit,
        )
        .ok();
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_more_is_better_less_is_beyond_the_limit() {
        let row = |desk| Row {
            least: Some(95.0),
            ..Row::of("score".to_owned(), desk, None, "")
        };
        assert!(row(95.0).holds());
        assert!(!row(94.9).holds());
        assert!(!row(f64::NAN).holds());
        assert!(table(&[row(94.0)]).contains("BELOW"));
    }
}
