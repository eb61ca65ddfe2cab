//! AWS's own Python library, which signs the requests that the simulator's verifier is tested with.
//!
//! Installed by pip into a folder of the project's own, by hash, so that nothing of the system is
//! touched and no virtual environment is needed.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::process::{self, Guarded};
use crate::workspace::Workspace;

/// How a person gets what is needed.
pub(crate) const REMEDY: &str = "apt-get install python3 python3-pip";

/// What botocore runs on.
pub(crate) const PYTHON: &str = "3.10 or newer, with pip";

const FOLDER: &str = "crates/sim/tests/botocore";

/// Equal seeds make equal requests.
const SEED: &str = "1";

/// As many as the test wants.
const COUNT: &str = "500";

/// The version of Python, if it is recent and has pip.
pub(crate) fn python() -> Option<String> {
    let recent = "import sys, pip; print('Python %d.%d' % sys.version_info[:2]); \
                  sys.exit(sys.version_info < (3, 10))";
    let version = process::capture(Command::new("python3").args(["-c", recent]));
    version.ok().map(|version| version.trim().to_owned())
}

/// Signs random requests; the file that they are in.
///
/// # Errors
///
/// When Python or its pip is missing, or when botocore cannot be installed.
pub(crate) fn sign(workspace: &Workspace) -> Result<PathBuf> {
    if python().is_none() {
        bail!("Python {PYTHON}, is needed and was not found: {REMEDY}");
    }
    let library = install(workspace)?;
    let requests = workspace.scratch("signed-requests.json");
    let mut script = Command::new("python3");
    script
        .arg(workspace.path(FOLDER).join("sign.py"))
        .args([SEED, COUNT])
        .env("PYTHONPATH", &library)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdout(File::create(&requests)?);
    let ended = Guarded::spawn(&mut script)?.wait()?;
    if !ended.success() {
        bail!("botocore did not sign: {ended}");
    }
    Ok(requests)
}

/// Installs botocore when its requirements are not those that were installed last.
fn install(workspace: &Workspace) -> Result<PathBuf> {
    let requirements = workspace.path(FOLDER).join("requirements.txt");
    let wanted = fs::read(&requirements).context("failed to read botocore's requirements")?;
    let library = workspace.scratch("botocore");
    let installed = library.join(".installed-requirements.txt");
    if fs::read(&installed).is_ok_and(|installed| installed == wanted) {
        return Ok(library);
    }
    fs::remove_dir_all(&library).ok();
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
    pip.arg(&library).arg("--requirement").arg(&requirements);
    process::step("install botocore (once)", &mut pip)?;
    fs::write(&installed, wanted)?;
    Ok(library)
}
