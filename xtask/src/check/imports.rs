//! Views send commands and read selectors. They never reach for the network or perform effects:
//! of the modules that do, they may name only the handle of the desk.

use std::fs;

use anyhow::Result;

use super::{Finding, tree};
use crate::workspace::Workspace;

/// The modules that views keep out of.
const EFFECTFUL: [&str; 2] = ["crate::api", "crate::runtime"];

/// What a view may name of them: the way to the desk.
const HANDLE: &str = "crate::runtime::DeskHandle";

/// Looks at every import and path of the views and the atoms.
///
/// # Errors
///
/// When a file cannot be read.
pub(crate) fn check(workspace: &Workspace) -> Result<Finding> {
    let mut problems = Vec::new();
    let mut files = 0;
    for path in tree::tracked(workspace)? {
        let is_view =
            path.starts_with("src/views/") || path == "src/views.rs" || path == "src/ui.rs";
        if !is_view || !tree::is_of(&path, "rs") {
            continue;
        }
        files += 1;
        let source = fs::read_to_string(workspace.path(&path))?;
        problems.extend(
            forbidden_paths(&source)
                .into_iter()
                .map(|name| format!("{path}: must not name {name}")),
        );
    }
    Ok(Finding::of(
        problems,
        format!("{files} files of views and atoms"),
    ))
}

fn forbidden_paths(source: &str) -> Vec<String> {
    let code: String = source
        .lines()
        .map(|line| line.split_once("//").map_or(line, |(code, _)| code))
        .collect::<Vec<_>>()
        .join(" ");
    let mut found: Vec<String> = code
        .match_indices("crate::")
        .flat_map(|(at, _)| paths(code.get(at..).unwrap_or_default()))
        .filter(|path| {
            EFFECTFUL
                .iter()
                .any(|module| path == module || path.starts_with(&format!("{module}::")))
        })
        .filter(|path| path != HANDLE && !path.starts_with(&format!("{HANDLE}::")))
        .collect();
    found.sort();
    found.dedup();
    found
}

/// The full paths of a use tree, or of a path in code: `a::{b, c::{d, e}}` is `a::b`, `a::c::d` and
/// `a::c::e`. Reads as far as the tree goes and leaves the rest.
fn paths(text: &str) -> Vec<String> {
    let mut prefixes: Vec<String> = Vec::new();
    let mut current = String::new();
    let mut found = Vec::new();
    for character in text.chars() {
        match character {
            '{' => prefixes.push(std::mem::take(&mut current)),
            ',' | '}' if !prefixes.is_empty() => {
                if !current.trim().is_empty() {
                    found.push(joined(&prefixes, &current));
                }
                current.clear();
                if character == '}' {
                    prefixes.pop();
                    if prefixes.is_empty() {
                        return found;
                    }
                }
            }
            c if c.is_alphanumeric() || c == '_' || c == ':' => current.push(c),
            // Inside braces white space and `as` names follow; outside them the path is over.
            _ if prefixes.is_empty() => break,
            c => current.push(c),
        }
    }
    found.push(joined(&prefixes, &current));
    found
}

fn joined(prefixes: &[String], last: &str) -> String {
    let name = last.split_whitespace().next().unwrap_or_default();
    prefixes
        .iter()
        .map(|prefix| prefix.trim())
        .chain([name])
        .collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn nested_imports_are_read_to_the_leaf() {
        assert_eq!(
            paths("crate::{api, runtime::{DeskHandle, Queue as Q}, ui}; fn x() {}"),
            [
                "crate::api",
                "crate::runtime::DeskHandle",
                "crate::runtime::Queue",
                "crate::ui"
            ]
        );
    }

    #[test]
    fn the_handle_may_be_named() {
        let view = "use crate::runtime::DeskHandle;\nuse crate::ui::El; DeskHandle::copy(x)";
        assert!(forbidden_paths(view).is_empty());
    }

    #[test]
    fn the_handle_is_one_that_there_is() {
        let (module, name) = HANDLE.rsplit_once("::").unwrap();
        let file = module.replacen("crate::", "src/", 1).replace("::", "/");
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let source = fs::read_to_string(root.join(file).with_extension("rs")).unwrap();
        assert!(source.contains(&format!("pub(crate) struct {name} ")));
    }

    #[test]
    fn the_rest_of_the_runtime_may_not() {
        assert_eq!(
            forbidden_paths("use crate::{runtime::{perform, DeskHandle}, text};"),
            ["crate::runtime::perform"]
        );
    }

    #[test]
    fn a_path_in_code_counts_too() {
        assert_eq!(
            forbidden_paths("fn load() { crate::api::fetch(1) }"),
            ["crate::api::fetch"]
        );
    }

    #[test]
    fn a_module_of_a_similar_name_is_another() {
        assert!(
            forbidden_paths("use crate::api_docs::Page; // crate::api is for the runtime")
                .is_empty()
        );
    }
}
