//! The tools that the project's build needs and a machine may lack: where they are, and how they
//! are put there.
//!
//! A tool of the right version on the path is used. Otherwise it is installed into the user's
//! cache, in a folder that carries its version, so that several checkouts share it and nothing of
//! the system is touched.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::digest;
use crate::process::{self, on_path};
use crate::workspace::Workspace;

/// The target that the desk is compiled for.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// The oldest Node that the project's scripts and its npm tools run on.
pub(crate) const NODE_MAJOR: u32 = 20;

/// The folder of the npm lockfile that pins build tools.
const NPM_TOOLS: &str = "xtask/npm";

/// A tool that we can install ourselves.
#[derive(Debug)]
pub(crate) struct Tool {
    /// Its package's name.
    pub(crate) name: &'static str,
    /// The one version that will do.
    pub(crate) version: String,
    binaries: &'static [&'static str],
    origin: Origin,
}

#[derive(Debug)]
enum Origin {
    /// `cargo install`, in the dev profile and without default features: these programs only start
    /// others or read small files, and nothing of theirs that speaks TLS is used. Measured on two
    /// cores, that halves the time to build them, and what they make is the same to the byte.
    Crate {
        /// Whether the lockfile they were published with is followed.
        locked: bool,
        /// How far they are optimised.
        opt_level: &'static str,
    },
    /// `npm ci` from [`NPM_TOOLS`], whose tools come together, in a folder named by their lockfile.
    Npm {
        /// The beginning of the lockfile's SHA-256.
        lock: String,
    },
}

/// The tools of a site's build, found or installed.
#[derive(Debug)]
pub(crate) struct Toolbox {
    folders: Vec<PathBuf>,
}

impl Tool {
    /// What Trunk needs, and Trunk.
    ///
    /// # Errors
    ///
    /// When a lockfile does not name a tool's version.
    pub(crate) fn all(workspace: &Workspace) -> Result<[Self; 4]> {
        let lockfile = digest::read(&workspace.path(NPM_TOOLS).join("package-lock.json"))?;
        let lock: String = digest::sha256(&lockfile).chars().take(16).collect();
        Ok([
            Self {
                name: "trunk",
                version: "0.21.14".to_owned(),
                binaries: &["trunk"],
                origin: Origin::Crate {
                    locked: true,
                    opt_level: "0",
                },
            },
            Self {
                name: "wasm-bindgen-cli",
                version: workspace.locked_version("wasm-bindgen")?,
                binaries: &["wasm-bindgen", "wasm-bindgen-test-runner"],
                // The lockfile of 0.2.130 names a crate version that was withdrawn.
                origin: Origin::Crate {
                    locked: false,
                    opt_level: "1",
                },
            },
            Self {
                name: "binaryen",
                version: workspace.npm_locked(NPM_TOOLS, "binaryen")?.version,
                binaries: &["wasm-opt"],
                origin: Origin::Npm { lock: lock.clone() },
            },
            Self {
                name: "terser",
                version: workspace.npm_locked(NPM_TOOLS, "terser")?.version,
                binaries: &["terser"],
                origin: Origin::Npm { lock },
            },
        ])
    }

    /// The folder that holds this tool's programs in the right version.
    pub(crate) fn find(&self) -> Option<PathBuf> {
        let complete = |folder: &Path| {
            self.binaries
                .iter()
                .all(|binary| folder.join(binary).is_file())
        };
        if let Some(folder) = self
            .cache()
            .ok()
            .map(|cache| self.programs(&cache))
            .filter(|folder| complete(folder))
        {
            return Some(folder);
        }
        let first = on_path(self.binaries.first()?, &env::var_os("PATH")?)?;
        let folder = first.parent()?.to_path_buf();
        (complete(&folder) && self.is_right(&version_of(&first)?)).then_some(folder)
    }

    /// The command by which a person gets this tool.
    pub(crate) fn remedy(&self) -> String {
        match self.origin {
            Origin::Crate { locked: true, .. } => {
                format!("cargo install --locked {}@{}", self.name, self.version)
            }
            Origin::Crate { locked: false, .. } => {
                format!("cargo install {}@{}", self.name, self.version)
            }
            Origin::Npm { .. } => format!("npm install --global {}@{}", self.name, self.version),
        }
    }

    fn ensure(&self, workspace: &Workspace) -> Result<PathBuf> {
        if let Some(folder) = self.find() {
            return Ok(folder);
        }
        let cache = self.cache()?;
        let label = format!("install {} {} (once)", self.name, self.version);
        match &self.origin {
            Origin::Crate { locked, opt_level } => {
                // A target folder of its own, so that an interrupted installation goes on where it was.
                let build = beside(&cache, "build");
                let mut command = workspace.cargo();
                command.args(["install", "--debug", "--no-default-features"]);
                if *locked {
                    command.arg("--locked");
                }
                command.arg("--root").arg(&cache);
                command.arg(format!("{}@={}", self.name, self.version));
                command
                    .env("CARGO_TARGET_DIR", &build)
                    .env("CARGO_PROFILE_DEV_DEBUG", "0")
                    .env("CARGO_PROFILE_DEV_OPT_LEVEL", opt_level);
                process::step(&label, &mut command)?;
                fs::remove_dir_all(&build).ok();
            }
            Origin::Npm { .. } => {
                let build = beside(&cache, &std::process::id().to_string());
                fs::create_dir_all(&build)?;
                for file in ["package.json", "package-lock.json", ".npmrc"] {
                    fs::copy(workspace.path(NPM_TOOLS).join(file), build.join(file))?;
                }
                process::step(&label, npm_ci().current_dir(&build))?;
                // Two checkouts may do this at once; whoever comes second finds the same there.
                if fs::rename(&build, &cache).is_err() {
                    fs::remove_dir_all(&build).ok();
                }
            }
        }
        self.find().with_context(|| {
            format!(
                "{label} ended well, but {} holds no {}",
                cache.display(),
                self.name
            )
        })
    }

    fn cache(&self) -> Result<PathBuf> {
        let folder = match &self.origin {
            Origin::Crate { .. } => format!("{}-{}", self.name, self.version),
            Origin::Npm { lock } => format!("npm-{lock}"),
        };
        Ok(cache()?.join("tools").join(folder))
    }

    fn programs(&self, cache: &Path) -> PathBuf {
        match self.origin {
            Origin::Crate { .. } => cache.join("bin"),
            Origin::Npm { .. } => cache.join("node_modules/.bin"),
        }
    }

    /// Binaryen's programs print only the first number of their version.
    fn is_right(&self, printed: &str) -> bool {
        let wanted = match self.name {
            "binaryen" => self.version.split('.').next().unwrap_or_default(),
            _ => self.version.as_str(),
        };
        printed.split_whitespace().any(|word| word == wanted)
    }
}

impl Toolbox {
    /// Finds the tools of a site's build and installs those that are missing.
    ///
    /// # Errors
    ///
    /// When an installation fails, or something is missing that we cannot install.
    pub(crate) fn ensure(workspace: &Workspace) -> Result<Self> {
        ensure_node()?;
        ensure_wasm_target(workspace)?;
        let folders = Tool::all(workspace)?
            .iter()
            .map(|tool| tool.ensure(workspace))
            .collect::<Result<_>>()?;
        Ok(Self { folders })
    }

    /// The search path with these tools in front.
    pub(crate) fn path(&self) -> OsString {
        let path = env::var_os("PATH").unwrap_or_default();
        let all = self.folders.iter().cloned().chain(env::split_paths(&path));
        env::join_paths(all).unwrap_or(path)
    }
}

/// `npm ci`: exactly what the lockfile says, by integrity, and no script of any package is run.
pub(crate) fn npm_ci() -> Command {
    let mut command = Command::new("npm");
    command.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
    command
}

/// What a program prints when asked for its version.
pub(crate) fn version_of(program: &Path) -> Option<String> {
    let output = Command::new(program).arg("--version").output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    (output.status.success() && !text.is_empty()).then_some(text)
}

/// The version of Node on the path.
pub(crate) fn node_version() -> Option<String> {
    version_of(Path::new("node"))
}

/// Whether a version as Node prints it (`v20.11.0`) is new enough.
pub(crate) fn is_node_recent(version: &str) -> bool {
    version
        .trim_start_matches('v')
        .split('.')
        .next()
        .and_then(|major| major.parse::<u32>().ok())
        .is_some_and(|major| major >= NODE_MAJOR)
}

/// Whether the toolchain has the standard library for the browser.
pub(crate) fn has_wasm_target() -> bool {
    process::capture(Command::new("rustc").args(["--print=target-libdir", "--target", WASM]))
        .is_ok_and(|folder| Path::new(folder.trim()).is_dir())
}

fn ensure_node() -> Result<()> {
    match node_version() {
        Some(version) if is_node_recent(&version) => Ok(()),
        Some(version) => bail!(
            "Node {NODE_MAJOR} or newer is needed, found {version}; get it from https://nodejs.org/"
        ),
        None => bail!(
            "Node {NODE_MAJOR} or newer is needed and was not found; get it from https://nodejs.org/"
        ),
    }
}

/// Installs the standard library for the browser if it is not there.
///
/// # Errors
///
/// When rustup cannot install it.
pub(crate) fn ensure_wasm_target(workspace: &Workspace) -> Result<()> {
    if has_wasm_target() {
        return Ok(());
    }
    let mut rustup = Command::new("rustup");
    rustup
        .args(["target", "add", WASM])
        .current_dir(workspace.path(""));
    process::step("install the wasm32 target (once)", &mut rustup)
}

/// A folder next to another one, on the same disk.
fn beside(folder: &Path, ending: &str) -> PathBuf {
    let mut name = folder.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(ending);
    folder.with_file_name(name)
}

/// The project's folder in the user's cache, shared by all checkouts.
///
/// # Errors
///
/// When the environment names no home.
pub(crate) fn cache() -> Result<PathBuf> {
    let base = match env::var_os("XDG_CACHE_HOME").filter(|path| !path.is_empty()) {
        Some(path) => PathBuf::from(path),
        None => Path::new(&env::var_os("HOME").context("neither XDG_CACHE_HOME nor HOME is set")?)
            .join(".cache"),
    };
    Ok(base.join("agent-desk"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tool(name: &'static str, version: &str) -> Tool {
        Tool {
            name,
            version: version.to_owned(),
            binaries: &["tool"],
            origin: Origin::Npm {
                lock: "0123456789abcdef".to_owned(),
            },
        }
    }

    #[test]
    fn a_version_is_compared_as_a_whole_word() {
        let tool = tool("wasm-bindgen-cli", "0.2.13");
        assert!(tool.is_right("wasm-bindgen 0.2.13"));
        assert!(!tool.is_right("wasm-bindgen 0.2.130"));
    }

    #[test]
    fn binaryen_prints_its_first_number_only() {
        let tool = tool("binaryen", "132.0.0");
        assert!(tool.is_right("wasm-opt version 132 (version_132)"));
        assert!(!tool.is_right("wasm-opt version 108"));
    }

    #[test]
    fn node_is_compared_by_its_major_number() {
        assert!(is_node_recent("v20.0.0"));
        assert!(!is_node_recent("v18.19.1"));
        assert!(!is_node_recent("nonsense"));
    }
}
