//! What must not be in the tree: traces of the machine it was written on, addresses of a registry,
//! unfinished work, files that belong elsewhere.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};

use super::Finding;
use crate::process;
use crate::workspace::Workspace;

/// The largest file that has a place under version control, in bytes. The lockfile and the
/// screenshots stay well below it.
const LARGEST: usize = 400_000;

/// The one source that Cargo.lock may name; whoever mirrors it does so in their own configuration.
const CRATES_IO: &str = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";

/// All files under version control and those that are about to be, by their path from the root.
///
/// # Errors
///
/// When git cannot list them.
pub(crate) fn tracked(workspace: &Workspace) -> Result<Vec<String>> {
    let mut git = Command::new("git");
    git.args([
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
        "-z",
    ])
    .current_dir(workspace.path(""));
    let list = process::capture(&mut git).context("the tree is checked by what git knows of it")?;
    let mut paths: Vec<String> = list
        .split_terminator('\0')
        .filter(|path| workspace.path(path).is_file())
        .map(str::to_owned)
        .collect();
    paths.sort();
    paths.dedup();
    Ok(paths)
}

/// Whether a path ends in this extension.
pub(crate) fn is_of(path: &str, extension: &str) -> bool {
    Path::new(path)
        .extension()
        .is_some_and(|found| found == extension)
}

/// Looks at every file.
///
/// # Errors
///
/// When one cannot be read.
pub(crate) fn check(workspace: &Workspace) -> Result<Finding> {
    let home = env::var("HOME").unwrap_or_default();
    let root = workspace.path("").display().to_string();
    let machine: Vec<&str> = [home.as_str(), root.trim_end_matches('/')]
        .into_iter()
        .filter(|path| path.len() > 1)
        .collect();
    let files = tracked(workspace)?;
    let mut problems = Vec::new();
    for path in &files {
        let bytes =
            fs::read(workspace.path(path)).with_context(|| format!("failed to read {path}"))?;
        problems.extend(objections(path, &bytes, &machine));
    }
    Ok(Finding::of(problems, format!("{} files", files.len())))
}

fn objections(path: &str, bytes: &[u8], machine: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    if bytes.len() > LARGEST {
        found.push(format!(
            "{path}: {} bytes are too many for version control",
            bytes.len()
        ));
    }
    // Pictures and the like have no lines to look at.
    let Ok(text) = std::str::from_utf8(bytes) else {
        return found;
    };
    // What a fuzz target is given is given to the byte.
    let is_seed = path.starts_with("fuzz/corpus/");
    if !is_seed && !text.is_empty() && !text.ends_with('\n') {
        found.push(format!("{path}: does not end with a line break"));
    }
    if !is_seed
        && is_of(path, "json")
        && let Err(error) = serde_json::from_str::<serde_json::Value>(text)
    {
        found.push(format!("{path}: is not JSON: {error}"));
    }
    for (number, line) in text.lines().enumerate() {
        if let Some(why) = objection(path, line, machine) {
            found.push(format!("{path}:{}: {why}", number + 1));
        }
    }
    found
}

fn objection(path: &str, line: &str, machine: &[&str]) -> Option<&'static str> {
    if machine.iter().any(|folder| names_folder(line, folder)) {
        return Some("names a folder of this machine");
    }
    if path.ends_with("package-lock.json") && line.trim_start().starts_with("\"resolved\"") {
        return Some("names a download address (npm omits it by omit-lockfile-registry-resolved)");
    }
    if path == "Cargo.lock" && line.starts_with("source = ") && line != CRATES_IO {
        return Some("comes from elsewhere than crates.io");
    }
    // Each word is split here, so that this file does not object to itself.
    let is_rust = is_of(path, "rs");
    if is_rust && line.contains(concat!("#[", "allow(")) {
        return Some("allows a lint without a reason; use #[expect(…, reason = …)]");
    }
    if is_rust
        && (line.contains(concat!("#[", "ignore")) || line.contains(concat!("#[", "should_panic")))
    {
        return Some("has a test that does not say what it tests");
    }
    if [concat!("FIX", "ME"), concat!("XX", "X:")]
        .iter()
        .any(|word| line.contains(word))
    {
        return Some("is unfinished");
    }
    None
}

/// Whether a line names a folder, as a whole or as the beginning of a path.
fn names_folder(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        let after = line
            .get(at + folder.len()..)
            .and_then(|text| text.chars().next());
        let starts = before.is_none_or(|c| !(c.is_alphanumeric() || "_-.}/".contains(c)));
        starts && after.is_some_and(|c| c == '/')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MACHINE: [&str; 1] = ["/home/me"];

    fn objections_to(path: &str, text: &str) -> Vec<String> {
        objections(path, text.as_bytes(), &MACHINE)
    }

    #[test]
    fn a_folder_of_this_machine_is_found_with_its_line() {
        let found = objections_to("README.md", "one\nsee /home/me/desk\n");
        assert_eq!(found, ["README.md:2: names a folder of this machine"]);
    }

    #[test]
    fn a_longer_path_that_only_ends_alike_is_another() {
        assert!(objections_to("a.md", "srv/home/me/x and /home/menu/x\n").is_empty());
    }

    #[test]
    fn a_fuzz_targets_seed_need_not_be_text_of_ours() {
        assert_eq!(objections_to("tests/data/deep.json", "[[").len(), 2);
        assert!(objections_to("fuzz/corpus/requests/deep.json", "[[").is_empty());
    }

    #[test]
    fn a_download_address_in_a_lockfile_is_found() {
        assert_eq!(
            objections_to(
                "x/package-lock.json",
                "{\n\"resolved\": \"https://r/\"\n}\n"
            )
            .len(),
            1
        );
    }

    #[test]
    fn a_crate_from_elsewhere_is_found() {
        let text = format!("{CRATES_IO}\nsource = \"git+https://example.org/x\"\n");
        assert_eq!(objections_to("Cargo.lock", &text).len(), 1);
    }

    #[test]
    fn broken_json_is_found() {
        assert_eq!(objections_to("a.json", "{,}\n").len(), 1);
    }

    #[test]
    fn a_missing_last_line_break_is_found() {
        assert_eq!(objections_to("a.md", "text").len(), 1);
    }

    #[test]
    fn a_large_file_is_found_whatever_is_in_it() {
        assert_eq!(objections("a.png", &vec![0xff; LARGEST + 1], &[]).len(), 1);
    }

    #[test]
    fn a_lint_that_is_switched_off_is_found_in_rust_only() {
        let line = concat!("#[", "allow(dead_code)]\n");
        assert_eq!(objections_to("a.rs", line).len(), 1);
        assert!(objections_to("a.md", line).is_empty());
    }
}
