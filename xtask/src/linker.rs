//! The linker of the browser build: rustc's own, told to export less, of a smaller stack, and given
//! [fewer places](locations) where dependencies panic.
//!
//! Leptos links a crate whose streams are JavaScript classes, which the desk does not use. All that
//! an export reaches stays in the module, and so does what its types' tables of functions reach: no
//! later tool can tell that nobody calls through a table. Only the linker throws both away, when it
//! is not told to export the classes. Measured at brotli 11: 3.6 kB of the module.
//!
//! And told of a stack of 960 kB instead of 1,024. The stack lies first, so the module's data begin where it
//! ends. A constant address below 1,024 kB is a byte shorter than one above, and the data are 32 kB.

pub(crate) mod locations;

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::OnceLock;

use anyhow::{Context as _, Result};

/// What rustc says first to a linker that is of LLVM's. No command of ours begins with it.
pub(crate) const CALLED: &str = "-flavor";

/// The linker that rustc would have called. It puts its own folder on the path before it calls.
const LINKER: &str = "rust-lld";

/// What the names of the classes' exports have in common: `wasm-streams`' `IntoUnderlyingSource`,
/// `IntoUnderlyingByteSource` and `IntoUnderlyingSink`.
const UNUSED: &str = "intounderlying";

/// What rustc says of the stack: a megabyte.
const STACK: &str = "stack-size=1048576";

/// What the linker is told of it: 64 kB less. What recurses in the desk by what others send is bounded
/// (`contract::Told` stops at 32 levels), and an overflow still ends in a trap: below the stack is nothing.
const SMALLER_STACK: &str = "stack-size=983040";

/// The variable by which cargo is told of a linker for the browser build.
pub(crate) const VARIABLE: &str = "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER";

/// Where this program lay when it was first asked.
static PATH: OnceLock<PathBuf> = OnceLock::new();

/// This program, as the linker that cargo is told of. To be asked once at the start: a test of this
/// package builds the program anew in its place, and then the system calls the one that runs deleted.
///
/// # Errors
///
/// When the system does not say where this program lies.
pub(crate) fn path() -> Result<&'static Path> {
    if let Some(path) = PATH.get() {
        return Ok(path);
    }
    let path = env::current_exe().context("failed to find this program")?;
    Ok(PATH.get_or_init(|| path))
}

/// Links as rustc asks for, but for the exports that nobody calls and the size of the stack.
///
/// # Errors
///
/// When rustc's linker cannot be started, or an object cannot be read or written.
pub(crate) fn run(args: impl Iterator<Item = OsString>) -> Result<ExitCode> {
    let args = wanted(args);
    for object in args.iter().map(Path::new).filter(|path| is_object(path)) {
        merge_locations(object)
            .with_context(|| format!("failed to rewrite {}", object.display()))?;
    }
    let mut linker = Command::new(LINKER);
    linker.args(args);
    // What it says, rustc reads.
    let status = linker.status();
    let status = status.with_context(|| format!("failed to start {LINKER}"))?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Whether an argument is one of rustc's own objects. What lies in a library, `compiler_builtins`, is none.
fn is_object(path: &Path) -> bool {
    path.extension() == Some(OsStr::new("o")) && path.is_file()
}

/// Another file in its place: the object may be another name of one that rustc keeps.
fn merge_locations(object: &Path) -> Result<()> {
    let merged = object.with_extension("merged");
    fs::write(&merged, locations::merge(&fs::read(object)?)?)?;
    fs::rename(merged, object)?;
    Ok(())
}

/// The arguments without `--export` and the name of what nobody calls, and with the smaller stack. Where a
/// system cannot pass so many, rustc writes them into a file; that goes on as it is, and the module is
/// larger, not wrong.
fn wanted(mut args: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut wanted = Vec::new();
    while let Some(arg) = args.next() {
        let export = (arg == "--export").then(|| args.next()).flatten();
        let is_unused = |export: &OsString| export.to_string_lossy().contains(UNUSED);
        if !export.as_ref().is_some_and(is_unused) {
            wanted.push(if arg == STACK {
                SMALLER_STACK.into()
            } else {
                arg
            });
            wanted.extend(export);
        }
    }
    wanted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stack_is_smaller_and_the_data_begin_lower() {
        let told = ["-flavor", "wasm", "-z", STACK, "--stack-first"].map(OsString::from);
        let passed_on = ["-flavor", "wasm", "-z", SMALLER_STACK, "--stack-first"];
        assert_eq!(wanted(told.into_iter()), passed_on.map(OsString::from));
    }

    #[test]
    fn only_the_exports_of_the_classes_go() {
        let told = "-flavor wasm --export main --export __wbg_intounderlyingsink_free_58a9 \
                    --export __wbindgen_describe_intounderlyingsource_pull_58a9 --export __externref_table_alloc \
                    -o intounderlying.wasm --export=__heap_base --gc-sections";
        let passed_on = "-flavor wasm --export main --export __externref_table_alloc \
                         -o intounderlying.wasm --export=__heap_base --gc-sections";
        let args = |line: &str| {
            line.split_whitespace()
                .map(OsString::from)
                .collect::<Vec<_>>()
        };
        assert_eq!(wanted(args(told).into_iter()), args(passed_on));
    }
}
