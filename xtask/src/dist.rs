//! `cargo xtask dist`: the static site as it is uploaded, and what it weighs.
//!
//! The site is built aside and renamed into place, so that `dist/` is always whole: the old one or
//! the new one. A digest over everything that the site is made of decides whether to build at all.

use std::env;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use brotli::enc::BrotliEncoderParams;
use serde::{Deserialize, Serialize};

use crate::digest::{self, Inputs};
use crate::library;
use crate::linker::{self, locations};
use crate::process;
use crate::seal::{LIBRARY_STEM, TEXT_STEM};
use crate::tools::{Tool, Toolbox};
use crate::workspace::Workspace;

/// The own bytes that the desk's origin may send until wrap-up, at brotli 11.
///
/// 148,000 are the aim, less than the library that the desk drives; since customers and their orders
/// are on the screen it is not reached.
const BUDGET: usize = 153_900;

/// Where the stamp lies in our scratch folder.
const STAMP: &str = "dist.json";

/// The package that is the desk itself.
pub(crate) const APP: &str = "agent-desk";

/// What decides how a site is made, besides what it is made of.
const RECIPE: [&str; 8] = [
    include_str!("alignment.rs"),
    include_str!("dist.rs"),
    include_str!("function_order.rs"),
    include_str!("glue.rs"),
    include_str!("seal.rs"),
    include_str!("library.rs"),
    include_str!("linker.rs"),
    include_str!("linker/locations.rs"),
];

/// What is known of the site in `dist/`.
#[derive(Debug, Serialize, Deserialize)]
struct Stamp {
    inputs: String,
    outputs: String,
    /// What `dist` weighed; empty until it did, for that takes seconds that a demo does not have.
    files: Vec<Weight>,
}

/// One file of the site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Weight {
    name: String,
    raw: usize,
    brotli: usize,
}

/// Builds the site if need be, prints what it weighs, fails above the budget.
///
/// # Errors
///
/// When the site cannot be built.
pub(crate) fn run(workspace: &Workspace) -> Result<ExitCode> {
    let mut stamp = refresh(workspace)?;
    if stamp.files.is_empty() {
        eprintln!("==> weigh the site at brotli 11");
        stamp.files = weigh(&dist(workspace))?;
        write_stamp(workspace, &stamp)?;
    }
    let (table, own) = report(&stamp.files);
    print(&table);
    Ok(if own > BUDGET {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// Builds the site unless it is up to date, and says where it lies.
///
/// # Errors
///
/// When the site cannot be built; then `dist/` is as it was before.
pub(crate) fn ensure(workspace: &Workspace) -> Result<PathBuf> {
    refresh(workspace)?;
    Ok(dist(workspace))
}

fn refresh(workspace: &Workspace) -> Result<Stamp> {
    // Held until the end: a second command waits, and then finds the site up to date.
    let _turn = turn(&workspace.scratch("dist.lock"))?;
    let inputs = inputs(workspace)?;
    let dist = dist(workspace);
    if let Some(stamp) = read_stamp(workspace)
        && stamp.inputs == inputs
        && tree(&dist).is_ok_and(|outputs| stamp.outputs == outputs)
    {
        return Ok(stamp);
    }

    let tools = Toolbox::ensure(workspace)?;
    library::bytes(workspace)?;
    let mut fetch = workspace.cargo();
    fetch.args(["fetch", "--locked"]);
    process::step("fetch the crates", &mut fetch)?;

    let site = workspace.scratch("site");
    fs::create_dir_all(&site)?;
    let mut trunk = std::process::Command::new("trunk");
    trunk
        .args(["build", "--release", "--offline", "--locked", "--dist"])
        .arg(&site)
        .current_dir(workspace.path(""))
        .env("PATH", tools.path())
        // Trunk reads this as one of its own options and refuses the value that others use.
        .env_remove("NO_COLOR")
        .env(
            "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS",
            without_machine_paths(),
        )
        .env(linker::VARIABLE, linker::path()?)
        // It tries to minify the glue too, whose syntax it does not know, and warns; `seal` does it,
        // and looks whether the style sheets, of which it could warn here as well, were minified.
        .env(
            "RUST_LOG",
            "error,trunk=info,trunk::processing::minify=error",
        )
        // Its own source lines help nobody when the desk does not compile.
        .env("RUST_BACKTRACE", "0");
    process::step("build the desk", &mut trunk)?;

    let old = workspace.scratch("site.old");
    fs::remove_dir_all(&old).ok();
    if dist.exists() {
        fs::rename(&dist, &old)?;
    }
    fs::rename(&site, &dist).context("failed to put the new site in place")?;
    fs::remove_dir_all(&old).ok();

    let stamp = Stamp {
        inputs,
        outputs: tree(&dist)?,
        files: Vec::new(),
    };
    write_stamp(workspace, &stamp)?;
    Ok(stamp)
}

/// Waits until no other command builds the site of this checkout.
fn turn(path: &Path) -> Result<File> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let lock = File::create(path)?;
    if matches!(lock.try_lock(), Err(TryLockError::WouldBlock)) {
        eprintln!("    … another command is building the desk; waiting for it");
        lock.lock()?;
    }
    Ok(lock)
}

/// Flags by which the compiler names the sources of crates alike on every machine. Panic messages
/// carry these names into the module: without the flags its bytes would differ with the user's home,
/// and tell it.
fn without_machine_paths() -> String {
    let cargo_home = env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| env::home_dir().map(|home| home.join(".cargo")));
    let sources = cargo_home.and_then(|home| fs::read_dir(home.join("registry/src")).ok());
    let folders = sources.into_iter().flatten().flatten();
    remapped(folders.map(|folder| folder.path().display().to_string()))
}

/// Cargo splits this variable at white space, so a folder with a space in it has to stay as it is.
fn remapped(folders: impl Iterator<Item = String>) -> String {
    let mut flags: Vec<String> = folders
        .filter(|folder| !folder.contains(char::is_whitespace))
        .map(|folder| format!("--remap-path-prefix={folder}={}", locations::CRATES))
        .collect();
    flags.sort();
    flags.join(" ")
}

fn dist(workspace: &Workspace) -> PathBuf {
    workspace.path("dist")
}

fn inputs(workspace: &Workspace) -> Result<String> {
    let mut inputs = Inputs::default();
    for recipe in RECIPE {
        inputs.fact("recipe", recipe.as_bytes());
    }
    for tool in Tool::all(workspace)? {
        inputs.fact(tool.name, tool.version.as_bytes());
    }
    for part in [
        "Cargo.lock",
        "Trunk.toml",
        "index.html",
        "public",
        "rust-toolchain.toml",
        ".cargo/config.toml",
    ] {
        inputs.tree(&workspace.path(part))?;
    }
    for folder in workspace.folders_linked_by(APP) {
        for part in ["Cargo.toml", "build.rs", "src"].map(|part| folder.join(part)) {
            if part.exists() {
                inputs.tree(&part)?;
            }
        }
    }
    Ok(inputs.finish())
}

fn tree(folder: &Path) -> Result<String> {
    let mut inputs = Inputs::default();
    inputs.tree(folder)?;
    Ok(inputs.finish())
}

fn read_stamp(workspace: &Workspace) -> Option<Stamp> {
    serde_json::from_slice(&fs::read(workspace.scratch(STAMP)).ok()?).ok()
}

fn write_stamp(workspace: &Workspace, stamp: &Stamp) -> Result<()> {
    fs::write(workspace.scratch(STAMP), serde_json::to_vec_pretty(stamp)?)?;
    Ok(())
}

fn weigh(site: &Path) -> Result<Vec<Weight>> {
    digest::files_under(site)?
        .iter()
        .map(|file| {
            let bytes = digest::read(file)?;
            let name = file
                .strip_prefix(site)
                .unwrap_or(file)
                .display()
                .to_string();
            Ok(Weight {
                name,
                raw: bytes.len(),
                brotli: brotli(&bytes)?.len(),
            })
        })
        .collect()
}

/// What is sent of these bytes: brotli at its best.
///
/// # Errors
///
/// None that is known: nothing is read or written but memory.
pub(crate) fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let params = BrotliEncoderParams {
        quality: 11,
        size_hint: bytes.len(),
        ..BrotliEncoderParams::default()
    };
    let mut compressed = Vec::new();
    ::brotli::BrotliCompress(&mut &bytes[..], &mut compressed, &params)?;
    Ok(compressed)
}

/// The table for the eye, and the own bytes at brotli 11.
fn report(files: &[Weight]) -> (String, usize) {
    // A page is sent one language: the heavier one counts.
    let texts = files.iter().filter(|file| is_text(file));
    let heaviest = texts.map(|file| file.brotli).max().unwrap_or_default();
    let own = files.iter().filter(|file| is_own(file) && !is_text(file));
    let own = own.map(|file| file.brotli).sum::<usize>() + heaviest;
    let verdict = if own > BUDGET { "ABOVE" } else { "within" };
    let mut lines = vec![format!("{:<34} {:>9} {:>9}", "dist/", "bytes", "brotli 11")];
    lines.extend(files.iter().map(|file| {
        let note = if is_own(file) { "" } else { "  (not ours)" };
        format!("{:<34} {:>9} {:>9}{note}", file.name, file.raw, file.brotli)
    }));
    lines.push(format!(
        "own bytes {own}, {verdict} the budget of {BUDGET}\n"
    ));
    (lines.join("\n"), own)
}

fn is_text(file: &Weight) -> bool {
    file.name.starts_with(&format!("{TEXT_STEM}-"))
}

fn is_own(file: &Weight) -> bool {
    !file.name.starts_with(&format!("{LIBRARY_STEM}-"))
}

#[expect(
    clippy::print_stdout,
    reason = "the report is what this command is for"
)]
fn print(text: &str) {
    print!("{text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, brotli: usize) -> Weight {
        Weight {
            name: name.to_owned(),
            raw: brotli * 3,
            brotli,
        }
    }

    #[test]
    fn the_library_does_not_count_as_own() {
        let (_, own) = report(&[
            file("app-0.wasm", 100),
            file("boot.js", 1),
            file("streams-0.js", 149_700),
        ]);
        assert_eq!(own, 101);
    }

    #[test]
    fn of_two_languages_the_heavier_one_counts() {
        let (_, own) = report(&[
            file("app-0.wasm", 100),
            file("text-en-0.txt", 3),
            file("text-ja-0.txt", 4),
        ]);
        assert_eq!(own, 104);
    }

    #[test]
    fn the_verdict_turns_one_byte_above_the_budget() {
        assert!(report(&[file("app-0.wasm", BUDGET)]).0.contains("within"));
        assert!(
            report(&[file("app-0.wasm", BUDGET + 1)])
                .0
                .contains("ABOVE")
        );
    }

    #[test]
    fn one_command_builds_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("target/dist.lock");
        let first = turn(&path).unwrap();
        let second = File::open(&path).unwrap();
        assert!(second.try_lock().is_err());
        drop(first);
        assert!(second.try_lock().is_ok());
    }

    #[test]
    fn folders_of_crates_are_named_alike_everywhere() {
        let folders = ["/b/registry/src/x", "/with space/y", "/a/z"].map(str::to_owned);
        assert_eq!(
            remapped(folders.into_iter()),
            "--remap-path-prefix=/a/z=crates.io --remap-path-prefix=/b/registry/src/x=crates.io"
        );
    }

    #[test]
    fn brotli_eleven_makes_little_of_repetition() {
        assert!(brotli(&b"a".repeat(100_000)).unwrap().len() < 30);
    }
}
