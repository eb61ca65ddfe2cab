//! Where things lie in the project, and what cargo says about its packages.

use std::collections::BTreeSet;
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use serde::Deserialize;

use crate::process;

/// The project's root folder and cargo's view of it.
#[derive(Debug)]
pub(crate) struct Workspace {
    root: PathBuf,
    target: PathBuf,
    packages: Vec<Package>,
}

/// A package of the workspace, as `cargo metadata` describes it.
#[derive(Debug, Deserialize)]
pub(crate) struct Package {
    /// The name in its `Cargo.toml`.
    pub(crate) name: String,
    manifest_path: PathBuf,
    dependencies: Vec<Dependency>,
}

#[derive(Debug, Deserialize)]
struct Dependency {
    name: String,
    kind: Option<String>,
    path: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    target_directory: PathBuf,
    workspace_root: PathBuf,
}

/// A package as an npm lockfile names it.
#[derive(Debug, Deserialize)]
pub(crate) struct Locked {
    /// The one version that is installed.
    pub(crate) version: String,
    /// What its archive must be: `sha512-` and the digest in base64.
    pub(crate) integrity: String,
}

impl Workspace {
    /// Asks cargo about the workspace that this crate belongs to.
    ///
    /// # Errors
    ///
    /// When `cargo metadata` fails or answers in another form.
    pub(crate) fn find() -> Result<Self> {
        // `cargo run` says where this crate lies. What was true when it was compiled may be another
        // checkout that shares the target directory.
        let own =
            env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let manifest = Path::new(&own).with_file_name("Cargo.toml");
        let answer = process::capture(
            Command::new(cargo())
                .args([
                    "metadata",
                    "--no-deps",
                    "--format-version=1",
                    "--manifest-path",
                ])
                .arg(manifest),
        )?;
        let metadata: Metadata =
            serde_json::from_str(&answer).context("failed to read cargo's metadata")?;
        Ok(Self {
            root: metadata.workspace_root,
            target: metadata.target_directory,
            packages: metadata.packages,
        })
    }

    /// A path in the project, relative to its root.
    pub(crate) fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.root.join(relative)
    }

    /// What xtask itself keeps between runs. Always inside the project, so that a finished site can
    /// be renamed into place even when cargo's target directory is on another disk.
    pub(crate) fn scratch(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.root.join("target/xtask").join(relative)
    }

    /// A binary that `cargo build` made in the dev profile.
    pub(crate) fn debug_binary(&self, name: &str) -> PathBuf {
        self.target
            .join("debug")
            .join(name)
            .with_extension(env::consts::EXE_EXTENSION)
    }

    /// A binary that `cargo build` made for a target, in a profile of the project's own.
    pub(crate) fn binary_for(&self, target: &str, profile: &str, name: &str) -> PathBuf {
        self.target.join(target).join(profile).join(name)
    }

    /// A cargo command that runs at the project's root.
    pub(crate) fn cargo(&self) -> Command {
        let mut command = Command::new(cargo());
        command.current_dir(&self.root);
        command
    }

    /// The names of all packages.
    pub(crate) fn packages(&self) -> &[Package] {
        &self.packages
    }

    /// The folders of the named package and of every package of the workspace that it links.
    pub(crate) fn folders_linked_by(&self, name: &str) -> BTreeSet<PathBuf> {
        let mut folders = BTreeSet::new();
        let mut names = vec![name];
        while let Some(name) = names.pop() {
            let Some(package) = self.packages.iter().find(|package| package.name == name) else {
                continue;
            };
            let Some(folder) = package.manifest_path.parent() else {
                continue;
            };
            if folders.insert(folder.to_path_buf()) {
                names.extend(
                    package
                        .dependencies
                        .iter()
                        .filter(|other| other.is_linked())
                        .map(|other| other.name.as_str()),
                );
            }
        }
        folders
    }

    /// The version of a package that `Cargo.lock` names.
    ///
    /// # Errors
    ///
    /// When there is no such package, or the lockfile cannot be read.
    pub(crate) fn locked_version(&self, name: &str) -> Result<String> {
        let path = self.path("Cargo.lock");
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("failed to read {}", path.display()))?;
        locked_version(&text, name).with_context(|| format!("{name} is not in Cargo.lock"))
    }

    /// A package that the npm lockfile in a folder names.
    ///
    /// # Errors
    ///
    /// When there is no such package, or the lockfile cannot be read.
    pub(crate) fn npm_locked(&self, folder: &str, name: &str) -> Result<Locked> {
        let path = self.path(folder).join("package-lock.json");
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("failed to read {}", path.display()))?;
        npm_locked(&text, name)
            .with_context(|| format!("failed to find {name} in {}", path.display()))
    }
}

impl Dependency {
    fn is_linked(&self) -> bool {
        self.path.is_some() && self.kind.is_none()
    }
}

fn cargo() -> std::ffi::OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

fn locked_version(lockfile: &str, name: &str) -> Option<String> {
    let wanted = format!("name = \"{name}\"");
    let mut lines = lockfile.lines().skip_while(|line| *line != wanted);
    lines.next()?;
    let version = lines.next()?.strip_prefix("version = \"")?;
    Some(version.strip_suffix('"')?.to_owned())
}

fn npm_locked(lockfile: &str, name: &str) -> Result<Locked> {
    let mut lock: serde_json::Value = serde_json::from_str(lockfile)?;
    let entry = lock
        .pointer_mut("/packages")
        .and_then(|packages| packages.get_mut(format!("node_modules/{name}")))
        .context("it is not locked")?;
    Ok(serde_json::from_value(entry.take())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = "[[package]]\nname = \"wasm-bindgen-futures\"\nversion = \"0.4.1\"\n\n\
                        [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";

    #[test]
    fn a_locked_version_is_that_of_the_whole_name() {
        assert_eq!(
            locked_version(LOCK, "wasm-bindgen").as_deref(),
            Some("0.2.130")
        );
    }

    #[test]
    fn a_package_that_is_not_locked_has_no_version() {
        assert_eq!(locked_version(LOCK, "wasm"), None);
    }

    #[test]
    fn an_npm_package_is_locked_with_its_integrity() {
        let lock =
            r#"{"packages": {"node_modules/@a/b": {"version": "1.2.3", "integrity": "sha512-x"}}}"#;
        let locked = npm_locked(lock, "@a/b").unwrap();
        assert_eq!(
            (&*locked.version, &*locked.integrity),
            ("1.2.3", "sha512-x")
        );
        assert!(npm_locked(lock, "b").is_err());
    }

    #[test]
    fn an_npm_package_without_integrity_is_refused() {
        let lock = r#"{"packages": {"node_modules/a": {"version": "1.2.3"}}}"#;
        assert!(npm_locked(lock, "a").is_err());
    }
}
