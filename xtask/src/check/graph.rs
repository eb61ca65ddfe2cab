//! Who may depend on whom: the rules that keep behaviour apart from plumbing
//! (`docs/ARCHITECTURE.md`), checked against what cargo would really link.

use std::collections::BTreeSet;

use anyhow::Result;

use super::Finding;
use crate::dist;
use crate::process;
use crate::workspace::Workspace;

/// A package and what it must never link, not even by way of others.
struct Rule {
    package: &'static str,
    forbidden: &'static [&'static str],
}

/// What makes a crate depend on a browser, a network or a clock of its own.
const BROWSER: [&str; 4] = ["wasm-bindgen", "js-sys", "web-sys", "leptos"];

const RULES: [Rule; 7] = [
    Rule {
        package: "contract",
        forbidden: &[
            "desk",
            "streams",
            "sim",
            "proxy",
            "serde_json",
            "tokio",
            "axum",
            "getrandom",
        ],
    },
    Rule {
        package: "desk",
        forbidden: &[
            "streams",
            "sim",
            "proxy",
            "serde_json",
            "tokio",
            "axum",
            "getrandom",
            "rand",
        ],
    },
    Rule {
        package: "stack",
        forbidden: &["sim", "proxy", "tokio", "axum", "hyper", dist::APP],
    },
    Rule {
        package: "streams",
        forbidden: &["leptos", "sim", "proxy", "tokio", "gloo-net", "reqwest"],
    },
    Rule {
        package: dist::APP,
        forbidden: &[
            "sim",
            "proxy",
            "leptos_router",
            "tokio",
            "axum",
            "regex-lite",
            "phonenumber",
        ],
    },
    Rule {
        package: "sim",
        forbidden: &["desk", "streams", "proxy", "leptos", dist::APP],
    },
    Rule {
        package: "proxy",
        forbidden: &["desk", "streams", "sim", "leptos", dist::APP],
    },
];

/// Packages that know nothing of browsers.
const PURE: [&str; 2] = ["contract", "desk"];

/// Compares what each package links with its rule.
///
/// # Errors
///
/// When cargo cannot say what is linked.
pub(crate) fn check(workspace: &Workspace) -> Result<Finding> {
    let mut problems = Vec::new();
    let mut rules = 0;
    for Rule { package, forbidden } in RULES {
        if !workspace
            .packages()
            .iter()
            .any(|known| known.name == package)
        {
            continue;
        }
        rules += 1;
        let linked = linked(workspace, package)?;
        let also: &[&str] = if PURE.contains(&package) {
            &BROWSER
        } else {
            &[]
        };
        problems.extend(violations(package, &linked, forbidden.iter().chain(also)));
    }
    Ok(Finding::of(
        problems,
        format!("{rules} packages link nothing they must not know"),
    ))
}

fn violations<'a>(
    package: &str,
    linked: &BTreeSet<String>,
    forbidden: impl Iterator<Item = &'a &'a str>,
) -> Vec<String> {
    forbidden
        .filter(|name| linked.contains(**name))
        .map(|name| format!("{package} must not depend on {name} (see `cargo tree -e normal -p {package} -i {name}`)"))
        .collect()
}

fn linked(workspace: &Workspace, package: &str) -> Result<BTreeSet<String>> {
    let mut tree = workspace.cargo();
    // Procedural macros run in the compiler; what they use is not linked.
    tree.args([
        "tree",
        "--locked",
        "--edges=normal,no-proc-macro",
        "--prefix=none",
        "--format={p}",
        "--package",
        package,
    ]);
    Ok(names(&process::capture(&mut tree)?))
}

fn names(tree: &str) -> BTreeSet<String> {
    tree.lines()
        .filter_map(|line| line.split_whitespace().next())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TREE: &str = "desk v0.1.0 (crates/desk)\nchrono v0.4.45\nserde v1.0.229 (*)\n";

    #[test]
    fn what_is_linked_is_read_by_name() {
        assert_eq!(
            names(TREE),
            ["chrono", "desk", "serde"].map(str::to_owned).into()
        );
    }

    #[test]
    fn a_forbidden_package_is_named() {
        let problems = violations("desk", &names(TREE), ["leptos", "chrono"].iter());
        assert_eq!(problems.len(), 1);
        assert!(problems[0].contains("chrono"), "{problems:?}");
    }
}
