//! AWS's own Python library, which signs the requests that the simulator's verifier is tested with.

use std::fs::File;
use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::process::Guarded;
use crate::python;
use crate::workspace::Workspace;

const FOLDER: &str = "crates/sim/tests/botocore";

/// Equal seeds make equal requests.
const SEED: &str = "1";

/// As many as the test wants.
const COUNT: &str = "500";

/// Signs random requests; the file that they are in.
///
/// # Errors
///
/// When Python or its pip is missing, or when botocore cannot be installed.
pub(crate) fn sign(workspace: &Workspace) -> Result<PathBuf> {
    let mut script = python::with(workspace, "botocore", &format!("{FOLDER}/requirements.txt"))?;
    let requests = workspace.scratch("signed-requests.json");
    script
        .arg(workspace.path(FOLDER).join("sign.py"))
        .args([SEED, COUNT])
        .stdout(File::create(&requests)?);
    let ended = Guarded::spawn(&mut script)?.wait()?;
    if !ended.success() {
        bail!("botocore did not sign: {ended}");
    }
    Ok(requests)
}
