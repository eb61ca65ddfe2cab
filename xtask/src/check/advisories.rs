//! Known weaknesses of dependencies, where the databases that list them can be reached.

use std::process::Command;

use anyhow::Result;
use serde_json::Value;

use super::{Finding, tree};
use crate::process;
use crate::workspace::Workspace;

/// Asks cargo-audit about `Cargo.lock`.
///
/// # Errors
///
/// When cargo-audit cannot be started.
pub(crate) fn crates(workspace: &Workspace) -> Result<Finding> {
    if process::capture(workspace.cargo().args(["audit", "--version"])).is_err() {
        return Ok(Finding::NotMade(
            "cargo-audit is not there: cargo install cargo-audit".to_owned(),
        ));
    }
    let output = workspace.cargo().args(["audit", "--json"]).output()?;
    Ok(of_cargo_audit(&output.stdout))
}

/// Asks the registry about every npm lockfile.
///
/// # Errors
///
/// When npm cannot be started.
pub(crate) fn npm(workspace: &Workspace) -> Result<Finding> {
    let mut problems = Vec::new();
    let mut asked = 0;
    for lockfile in tree::tracked(workspace)?
        .iter()
        .filter(|path| path.ends_with("package-lock.json"))
    {
        let folder = workspace.path(lockfile.trim_end_matches("package-lock.json"));
        let mut npm = Command::new("npm");
        let output = npm
            .args(["audit", "--json", "--package-lock-only"])
            .current_dir(folder)
            .output()?;
        let Some(counts) = of_npm_audit(&output.stdout) else {
            return Ok(Finding::NotMade(
                "the registry answers no questions about advisories".to_owned(),
            ));
        };
        asked += 1;
        if counts > 0 {
            problems.push(format!(
                "{lockfile}: {counts} of high or critical severity, see `npm audit` there"
            ));
        }
    }
    Ok(Finding::of(
        problems,
        format!("{asked} lockfiles, nothing of high or critical severity"),
    ))
}

fn of_cargo_audit(report: &[u8]) -> Finding {
    let report: Value = serde_json::from_slice(report).unwrap_or_default();
    let Some(list) = report
        .pointer("/vulnerabilities/list")
        .and_then(Value::as_array)
    else {
        return Finding::NotMade("the advisory database cannot be reached".to_owned());
    };
    let word = |entry: &Value, pointer| {
        entry
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or("?")
            .to_owned()
    };
    let problems = list
        .iter()
        .map(|entry| {
            format!(
                "{}: {}",
                word(entry, "/package/name"),
                word(entry, "/advisory/id")
            )
        })
        .collect();
    Finding::of(problems, "no crate with a known weakness".to_owned())
}

/// How many advisories of high or critical severity; nothing when the registry did not answer.
fn of_npm_audit(report: &[u8]) -> Option<u64> {
    let report: Value = serde_json::from_slice(report).ok()?;
    let count = |severity: &str| {
        report
            .pointer(&format!("/metadata/vulnerabilities/{severity}"))
            .and_then(Value::as_u64)
    };
    Some(count("high")? + count("critical")?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unreachable_database_is_not_a_pass() {
        assert!(matches!(of_cargo_audit(b""), Finding::NotMade(_)));
        assert_eq!(of_npm_audit(br#"{"error": {"code": "E405"}}"#), None);
    }

    #[test]
    fn a_weak_crate_is_named() {
        let report = br#"{"vulnerabilities": {"list": [{"package": {"name": "x"}, "advisory": {"id": "RUSTSEC-1"}}]}}"#;
        assert_eq!(
            of_cargo_audit(report),
            Finding::Wrong(vec!["x: RUSTSEC-1".to_owned()])
        );
    }

    #[test]
    fn low_severity_is_not_counted() {
        let report = br#"{"metadata": {"vulnerabilities": {"low": 4, "moderate": 2, "high": 1, "critical": 0}}}"#;
        assert_eq!(of_npm_audit(report), Some(1));
    }
}
