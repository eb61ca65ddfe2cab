//! Chromium and its driver: the browser that the tests run in.
//!
//! The system's own browser is used, and installed from the system's packages where we may; nothing
//! is downloaded from elsewhere. The driver must be of the browser's own major version.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::process::{self, on_path};
use crate::tools::version_of;

/// A browser and the driver that fits it.
#[derive(Debug)]
pub(crate) struct Browser {
    /// The browser's program.
    pub(crate) program: PathBuf,
    /// The driver's program.
    pub(crate) driver: PathBuf,
    /// What the browser says of itself.
    pub(crate) version: String,
}

impl Browser {
    /// Finds a browser and its driver.
    ///
    /// # Errors
    ///
    /// A sentence that says which of the two is missing, or that they do not fit.
    pub(crate) fn find() -> Result<Self> {
        let names = [
            "chromium",
            "chromium-browser",
            "google-chrome",
            "google-chrome-stable",
        ];
        let Some((program, version)) = first("CHROMIUM", &names) else {
            bail!("Chromium was not found; {}", remedy());
        };
        let Some((driver, driver_version)) = first("CHROMEDRIVER", &["chromedriver"]) else {
            bail!("chromedriver was not found; {}", remedy());
        };
        if major(&version) != major(&driver_version) {
            bail!(
                "{version} and {driver_version} do not fit together; {}",
                remedy()
            );
        }
        Ok(Self {
            program,
            driver,
            version,
        })
    }

    /// Finds a browser and its driver; installs them where the system's packages may be installed, and
    /// a Japanese font with them where there is none. Without one each letter of the screen is a box of
    /// the same width, and what fits on it says nothing of what an agent sees.
    ///
    /// # Errors
    ///
    /// A sentence that says what is missing and how to get it.
    pub(crate) fn ensure() -> Result<Self> {
        let found = Self::find().or_else(|missing| {
            if !may_install() {
                return Err(missing);
            }
            install("Chromium", &["chromium", "chromium-driver"])?;
            Self::find()
        })?;
        if may_install() && lacks_japanese_font() {
            install("a Japanese font", &["fonts-ipafont-gothic"])?;
        }
        Ok(found)
    }
}

fn install(what: &str, packages: &[&str]) -> Result<()> {
    let mut update = Command::new("apt-get");
    process::step("refresh the package lists", update.arg("update"))?;
    let mut install = Command::new("apt-get");
    install
        .args(["install", "--yes", "--no-install-recommends"])
        .args(packages)
        .env("DEBIAN_FRONTEND", "noninteractive");
    process::step(&format!("install {what} (once)"), &mut install)
}

/// Whether fontconfig knows no font that has Japanese. (Without fontconfig the browser is not there
/// either, which brings it.)
fn lacks_japanese_font() -> bool {
    let listed = Command::new("fc-list").arg(":lang=ja").output();
    listed.is_ok_and(|listed| listed.status.success() && listed.stdout.is_empty())
}

/// How a person gets the browser on this system.
pub(crate) fn remedy() -> &'static str {
    if cfg!(target_os = "macos") {
        "brew install --cask chromium chromedriver"
    } else if Path::new("/etc/debian_version").exists() {
        "apt-get install chromium chromium-driver"
    } else {
        "install Chromium and the chromedriver of the same major version, \
         or name them in CHROMIUM and CHROMEDRIVER"
    }
}

/// Debian only: Ubuntu's package of that name is a stub that wants a running snap daemon.
fn may_install() -> bool {
    let debian = std::fs::read_to_string("/etc/os-release")
        .is_ok_and(|text| text.lines().any(|line| line == "ID=debian"));
    debian && rustix::process::geteuid().is_root()
}

fn first(variable: &str, names: &[&str]) -> Option<(PathBuf, String)> {
    let chosen = env::var_os(variable).map(PathBuf::from);
    let path = env::var_os("PATH").unwrap_or_default();
    chosen
        .into_iter()
        .chain(names.iter().filter_map(|name| on_path(name, &path)))
        .find_map(|program| version_of(&program).map(|version| (program, version)))
}

/// The major number in `Chromium 156.0.8078.79 …` and `ChromeDriver 156.0.8078.79 (…)`.
fn major(version: &str) -> Option<u32> {
    let number = version
        .split_whitespace()
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    number.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browser_and_driver_are_compared_by_their_major_number() {
        assert_eq!(major("Chromium 156.0.8078.79 built on Debian"), Some(156));
        assert_eq!(major("ChromeDriver 156.0.1.2 (a21ce95)"), Some(156));
        assert_eq!(major("no number"), None);
    }
}
