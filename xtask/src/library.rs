//! The Streams library: fetched by the lockfile in `vendor/`, checked, never committed.
//!
//! npm checks the package's integrity. The one file that is shipped is checked again here, because
//! it is what every agent's browser will run, and a changed `node_modules` must not slip through.

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::digest;
use crate::process;
use crate::tools::npm_ci;
use crate::workspace::Workspace;

/// `release/connect-streams-min.js` of amazon-connect-streams 2.28.2.
const SHA256: &str = "a3a19302dfb8b54a4c19d362ee6b6ffee3129f31fcae91479ca450c8bf067d62";
const SIZE: usize = 730_481;
const FILE: &str = "vendor/node_modules/amazon-connect-streams/release/connect-streams-min.js";

/// The library's bytes, fetched if they are not there yet.
///
/// # Errors
///
/// When they cannot be fetched, or are not those that were reviewed.
pub(crate) fn bytes(workspace: &Workspace) -> Result<Vec<u8>> {
    let path = path(workspace);
    if !path.is_file() {
        process::step(
            "fetch the Streams library (once)",
            npm_ci().current_dir(workspace.path("vendor")),
        )?;
    }
    let bytes = digest::read(&path)?;
    let found = digest::sha256(&bytes);
    if found != SHA256 || bytes.len() != SIZE {
        bail!(
            "the Streams library is not the one that was reviewed: \
             {SIZE} bytes with SHA-256 {SHA256} expected, {} with {found} found in {}; \
             delete vendor/node_modules to fetch it again",
            bytes.len(),
            path.display()
        );
    }
    Ok(bytes)
}

/// Where the fetched library lies.
pub(crate) fn path(workspace: &Workspace) -> PathBuf {
    workspace.path(FILE)
}
