//! The Streams library: fetched and checked by the lockfile in `vendor/`, never committed.
//!
//! The package is packed, not installed: its one file that is shipped has all that it needs within,
//! while its dependencies would be another 53 MB. The package must be the one that the lockfile
//! names, and the file the one that was reviewed: it is what every agent's browser will run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};

use crate::digest;
use crate::process;
use crate::tools;
use crate::workspace::{Locked, Workspace};

const PACKAGE: &str = "amazon-connect-streams";
const LOCKED_IN: &str = "vendor";

/// `release/connect-streams-min.js` of amazon-connect-streams 2.28.2.
const SHA256: &str = "a3a19302dfb8b54a4c19d362ee6b6ffee3129f31fcae91479ca450c8bf067d62";
const SIZE: usize = 730_481;
const FILE: &str = "connect-streams-min.js";

/// The library's bytes, fetched if they are not there yet.
///
/// # Errors
///
/// When they cannot be fetched, or are not those that were reviewed.
pub(crate) fn bytes(workspace: &Workspace) -> Result<Vec<u8>> {
    let path = path(workspace)?;
    if !path.is_file() {
        fetch(workspace, &path)?;
    }
    let bytes = digest::read(&path)?;
    let found = digest::sha256(&bytes);
    if found != SHA256 || bytes.len() != SIZE {
        bail!(
            "the Streams library is not the one that was reviewed: \
             {SIZE} bytes with SHA-256 {SHA256} expected, {} with {found} found in {}; \
             delete that file to fetch it again",
            bytes.len(),
            path.display()
        );
    }
    Ok(bytes)
}

/// Where the fetched library lies: in the user's cache, in a folder that carries its version.
///
/// # Errors
///
/// When the lockfile cannot be read, or there is no cache.
pub(crate) fn path(workspace: &Workspace) -> Result<PathBuf> {
    let version = workspace.npm_locked(LOCKED_IN, PACKAGE)?.version;
    let folder = tools::cache()?.join("library");
    Ok(folder.join(format!("{PACKAGE}-{version}")).join(FILE))
}

fn fetch(workspace: &Workspace, path: &Path) -> Result<()> {
    let locked = workspace.npm_locked(LOCKED_IN, PACKAGE)?;
    let folder = path.parent().context("the library has no folder")?;
    let download = folder.join(format!("download-{}", std::process::id()));
    fs::create_dir_all(&download)?;
    let outcome = unpack(workspace, &locked, &download)
        // Two checkouts may do this at once; whoever comes second replaces a file by its like.
        .and_then(|file| Ok(fs::rename(file, path)?));
    fs::remove_dir_all(&download).ok();
    outcome
}

/// Downloads the package, compares it with the lockfile, and returns where its one file lies.
fn unpack(workspace: &Workspace, locked: &Locked, folder: &Path) -> Result<PathBuf> {
    let mut npm = Command::new("npm");
    // Its notices list every file of the package.
    npm.args(["pack", "--ignore-scripts", "--loglevel=error"])
        .arg("--pack-destination")
        .arg(folder)
        .arg(format!("{PACKAGE}@{}", locked.version))
        // For its settings and those of the user, such as another registry.
        .current_dir(workspace.path(LOCKED_IN));
    process::step("fetch the Streams library (once)", &mut npm)?;

    let archive = folder.join(format!("{PACKAGE}-{}.tgz", locked.version));
    let found = digest::integrity_512(&digest::read(&archive)?);
    ensure!(
        found == locked.integrity,
        "the registry's {PACKAGE} {} is not the one in {LOCKED_IN}/package-lock.json: \
         {} expected, {found} found",
        locked.version,
        locked.integrity
    );
    let file = format!("package/release/{FILE}");
    let mut tar = Command::new("tar");
    tar.arg("-xzf").arg(&archive).arg("-C").arg(folder);
    process::capture(tar.arg(&file))?;
    Ok(folder.join(file))
}
