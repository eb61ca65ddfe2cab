//! The licences of everything that is built in or built with: each must be on a list, by its SPDX
//! expression.

use std::fs;

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::{Finding, tree};
use crate::process;
use crate::workspace::Workspace;

/// Licences that ask for no more than to be named.
const ALLOWED: [&str; 14] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "BlueOak-1.0.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Packages under another licence, or none where one is looked for, and why that is in order.
const EXCEPTIONS: [(&str, &str, &str); 3] = [
    // Unmodified and not shipped: they only look at pages in the tests.
    ("@axe-core/playwright", "MPL-2.0", "test only"),
    ("axe-core", "MPL-2.0", "test only"),
    // Lighthouse's. Its manifest is of the time before SPDX; the file beside it is the BSD's of three clauses.
    ("parse-cache-control", "", "BSD-3-Clause, benchmark only"),
];

/// Compares the licence of every crate and every npm package with the list.
///
/// # Errors
///
/// When cargo's metadata or a lockfile cannot be read.
pub(crate) fn check(workspace: &Workspace) -> Result<Finding> {
    let mut packages = crates(workspace)?;
    for lockfile in tree::tracked(workspace)?
        .iter()
        .filter(|path| path.ends_with("package-lock.json"))
    {
        packages.extend(npm(&fs::read_to_string(workspace.path(lockfile))?)?);
    }
    let problems = packages
        .iter()
        .filter_map(|(name, licence)| objection(name, licence.as_deref()))
        .collect();
    Ok(Finding::of(
        problems,
        format!("{} packages", packages.len()),
    ))
}

fn crates(workspace: &Workspace) -> Result<Vec<(String, Option<String>)>> {
    let mut cargo = workspace.cargo();
    let answer = process::capture(cargo.args(["metadata", "--locked", "--format-version=1"]))?;
    let metadata: Value = serde_json::from_str(&answer)?;
    let packages = metadata
        .get("packages")
        .and_then(Value::as_array)
        .context("cargo's metadata name no packages")?;
    Ok(packages
        .iter()
        .map(|package| {
            (
                text(package, "name").unwrap_or_default(),
                text(package, "license"),
            )
        })
        .collect())
}

fn npm(lockfile: &str) -> Result<Vec<(String, Option<String>)>> {
    let lock: Value = serde_json::from_str(lockfile)?;
    let packages = lock
        .get("packages")
        .and_then(Value::as_object)
        .context("a lockfile names no packages")?;
    Ok(packages
        .iter()
        .filter_map(|(path, package)| {
            let (_, name) = path.rsplit_once("node_modules/")?;
            Some((name.to_owned(), text(package, "license")))
        })
        .collect())
}

fn text(value: &Value, member: &str) -> Option<String> {
    value.get(member).and_then(Value::as_str).map(str::to_owned)
}

fn objection(name: &str, licence: Option<&str>) -> Option<String> {
    let named = licence.unwrap_or_default();
    let excepted = EXCEPTIONS
        .iter()
        .any(|(package, excepted, _)| *package == name && *excepted == named);
    if excepted {
        return None;
    }
    let Some(licence) = licence else {
        return Some(format!("{name} names no licence"));
    };
    (!is_allowed(licence)).then(|| format!("{name}: {licence} is not on the list"))
}

/// Whether an SPDX expression (SPDX specification 2.3, annex D) can be met by the list. Crates of
/// old write `/` for `OR`.
fn is_allowed(expression: &str) -> bool {
    let spaced = expression
        .replace('/', " OR ")
        .replace('(', " ( ")
        .replace(')', " ) ");
    let mut words = spaced.split_whitespace().peekable();
    any_of(&mut words) == Some(true) && words.next().is_none()
}

type Words<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

// Nothing means that the words are no expression; that is never allowed, whatever else stands there.
fn any_of(words: &mut Words<'_>) -> Option<bool> {
    let mut allowed = all_of(words)?;
    while words.next_if_eq(&"OR").is_some() {
        allowed |= all_of(words)?;
    }
    Some(allowed)
}

fn all_of(words: &mut Words<'_>) -> Option<bool> {
    let mut allowed = licence(words)?;
    while words.next_if_eq(&"AND").is_some() {
        allowed &= licence(words)?;
    }
    Some(allowed)
}

fn licence(words: &mut Words<'_>) -> Option<bool> {
    let name = words.next()?;
    if name == "(" {
        let allowed = any_of(words)?;
        return words.next_if_eq(&")").map(|_| allowed);
    }
    if words.next_if_eq(&"WITH").is_none() {
        return Some(ALLOWED.contains(&name));
    }
    let exception = words.next()?;
    Some(ALLOWED.contains(&format!("{name} WITH {exception}").as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_several_is_enough() {
        assert!(is_allowed("MIT OR Apache-2.0 OR LGPL-2.1-or-later"));
        assert!(is_allowed("Unlicense/MIT"));
    }

    #[test]
    fn all_of_several_are_needed() {
        assert!(is_allowed("(MIT OR Apache-2.0) AND Unicode-3.0"));
        assert!(!is_allowed("MIT AND GPL-3.0-only"));
    }

    #[test]
    fn an_exception_belongs_to_its_licence() {
        assert!(is_allowed("Apache-2.0 WITH LLVM-exception"));
        assert!(!is_allowed("GPL-2.0-only WITH Classpath-exception-2.0"));
    }

    #[test]
    fn what_is_no_expression_is_refused() {
        for text in [
            "",
            "MIT OR",
            "MIT Apache-2.0",
            "(MIT",
            "SEE LICENSE IN LICENSE",
        ] {
            assert!(!is_allowed(text), "{text:?}");
        }
    }

    #[test]
    fn a_package_without_a_licence_is_named() {
        assert!(objection("left-pad", None).unwrap().contains("left-pad"));
        // Unless its own file has been read; what it names one day is looked at like any other.
        assert_eq!(objection("parse-cache-control", None), None);
        assert!(objection("parse-cache-control", Some("GPL-3.0-only")).is_some());
    }

    #[test]
    fn npm_packages_are_named_by_their_innermost_folder() {
        let lock =
            r#"{"packages": {"": {}, "node_modules/a/node_modules/@b/c": {"license": "MIT"}}}"#;
        assert_eq!(
            npm(lock).unwrap(),
            [("@b/c".to_owned(), Some("MIT".to_owned()))]
        );
    }
}
