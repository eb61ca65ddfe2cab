//! What pip installs, each into a folder of the project's own, by hash: nothing of the system is touched
//! and no virtual environment is needed.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::process;
use crate::workspace::Workspace;

/// How a person gets what is needed.
pub(crate) const REMEDY: &str = "apt-get install python3 python3-pip";

/// What the libraries run on.
pub(crate) const WANTED: &str = "3.10 or newer, with pip";

/// The version of Python, if it is recent and has pip.
pub(crate) fn version() -> Option<String> {
    let recent = "import sys, pip; print('Python %d.%d' % sys.version_info[:2]); \
                  sys.exit(sys.version_info < (3, 10))";
    let version = process::capture(Command::new("python3").args(["-c", recent]));
    version.ok().map(|version| version.trim().to_owned())
}

/// Python with a library installed, which is done when its requirements are not those that were
/// installed last.
///
/// # Errors
///
/// When Python or its pip is missing, or when the library cannot be installed.
pub(crate) fn with(workspace: &Workspace, name: &str, requirements: &str) -> Result<Command> {
    let library = workspace.scratch(name);
    install(name, &workspace.path(requirements), &library)?;
    let mut python = Command::new("python3");
    python
        .env("PYTHONPATH", library)
        .env("PYTHONDONTWRITEBYTECODE", "1");
    Ok(python)
}

/// Installs what a file of requirements names, when that is not what was installed last.
///
/// # Errors
///
/// When Python or its pip is missing, or when something cannot be had.
pub(crate) fn install(name: &str, requirements: &Path, folder: &Path) -> Result<()> {
    if version().is_none() {
        bail!("Python {WANTED}, is needed and was not found: {REMEDY}");
    }
    let wanted = fs::read(requirements)
        .with_context(|| format!("failed to read the requirements of {name}"))?;
    let installed = folder.join(".installed-requirements.txt");
    if fs::read(&installed).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    fs::remove_dir_all(folder).ok();
    let mut pip = Command::new("python3");
    pip.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--root-user-action=ignore",
        "--no-deps",
        "--only-binary=:all:",
        "--require-hashes",
        "--target",
    ]);
    pip.arg(folder).arg("--requirement").arg(requirements);
    process::step(&format!("install {name} (once)"), &mut pip)?;
    fs::write(&installed, wanted)?;
    Ok(())
}
