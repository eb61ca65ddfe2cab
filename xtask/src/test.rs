//! `cargo xtask test`: every test of the project, and one line that counts them.
//!
//! A part that cannot run here counts as one failure and says what is missing. So does a part in
//! which nothing ran, and every test that was skipped: nothing is left out in silence.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::json;

use crate::botocore;
use crate::browser::Browser;
use crate::dist;
use crate::library;
use crate::process::{self, Guarded, Source};
use crate::python;
use crate::tally::Tally;
use crate::tools::{Toolbox, WASM, npm_ci};
use crate::workspace::Workspace;
use crate::world::World;

/// The packages that have tests for the browser.
const IN_BROWSER: [&str; 2] = ["streams", dist::APP];

const JOURNEYS: &str = "tests/e2e";

/// A part of the tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// Native tests of the whole workspace.
    Unit,
    /// Tests in headless Chromium, of the JS boundary and of the views.
    Wasm,
    /// Journeys through the built site, with Playwright.
    EndToEnd,
}

impl Part {
    /// The parts named on the command line; all of them when none is.
    ///
    /// # Errors
    ///
    /// When there is no part of such a name.
    pub(crate) fn parse(name: Option<&str>) -> Result<Vec<Self>> {
        Ok(match name {
            None => vec![Self::Unit, Self::Wasm, Self::EndToEnd],
            Some("unit") => vec![Self::Unit],
            Some("wasm") => vec![Self::Wasm],
            Some("e2e") => vec![Self::EndToEnd],
            Some(other) => {
                bail!("no such part of the tests: {other} (there are unit, wasm and e2e)")
            }
        })
    }

    fn name(self) -> &'static str {
        match self {
            Self::Unit => "unit",
            Self::Wasm => "wasm",
            Self::EndToEnd => "e2e",
        }
    }

    fn run(self, workspace: &Workspace) -> Result<Tally> {
        match self {
            Self::Unit => unit(workspace),
            Self::Wasm => wasm(workspace),
            Self::EndToEnd => end_to_end(workspace),
        }
    }
}

/// Runs the parts one after the other and prints their sum as the last line.
///
/// # Errors
///
/// When we are told to end.
pub(crate) fn run(workspace: &Workspace, parts: &[Part]) -> Result<ExitCode> {
    let mut sum = Tally::default();
    for part in parts {
        say(&format!("== {}", part.name()));
        let tally = part.run(workspace).unwrap_or_else(|error| {
            eprintln!("{} did not run: {error:#}", part.name());
            Tally::failure()
        });
        if process::stopping() {
            bail!("interrupted");
        }
        let tally = tally.or_failure_if_empty();
        say(&format!("== {}: {tally}", part.name()));
        sum += tally;
    }
    say(&sum.to_string());
    Ok(if sum.failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn unit(workspace: &Workspace) -> Result<Tally> {
    let mut cargo = workspace.cargo();
    let mut sum = count_libtest(
        "unit",
        cargo.args(["test", "--workspace", "--locked", "--no-fail-fast"]),
    )?;
    sum += signatures(workspace).unwrap_or_else(|error| {
        eprintln!("the signatures were not compared with botocore's: {error:#}");
        Tally::failure()
    });
    sum += deployment(workspace).unwrap_or_else(|error| {
        eprintln!("nothing was deployed: {error:#}");
        Tally::failure()
    });
    Ok(sum)
}

/// `deploy` and `destroy`, by the real AWS CLI, in an account that moto plays.
fn deployment(workspace: &Workspace) -> Result<Tally> {
    let requirements = workspace.path("xtask/tests/deploy/moto/requirements.txt");
    let library = workspace.scratch("moto");
    python::install("moto and the AWS CLI", &requirements, &library)?;
    let mut cargo = workspace.cargo();
    cargo
        .args(["test", "--locked", "--no-fail-fast"])
        .args(["--package", "xtask", "--test", "deploy"])
        .env("DEPLOY_PYTHON", library);
    Ok(count_libtest("deploy", &mut cargo)?.or_failure_if_empty())
}

/// The simulator's verifier against requests that AWS's own library has signed.
fn signatures(workspace: &Workspace) -> Result<Tally> {
    let requests = botocore::sign(workspace)?;
    let mut cargo = workspace.cargo();
    cargo
        .args(["test", "--locked", "--no-fail-fast"])
        .args(["--package", "sim", "--test", "botocore"])
        .env("SIM_SIGNED_REQUESTS", requests);
    Ok(count_libtest("botocore", &mut cargo)?.or_failure_if_empty())
}

/// Each package gets a world of its own. Its tests find their way by their own address: the page
/// that runs them has port A, the desk's origin A+1, the softphone's A+2, the library's A+3: what the
/// desk's origin serves, no page of another may load.
fn wasm(workspace: &Workspace) -> Result<Tally> {
    let tools = Toolbox::ensure(workspace)?;
    let browser = Browser::ensure()?;
    World::build(workspace)?;
    let site = workspace.scratch("wasm-site");
    fs::create_dir_all(&site)?;
    fs::write(site.join("connect-streams.js"), library::bytes(workspace)?)?;
    fs::write(
        site.join("index.html"),
        "<!DOCTYPE html><title>Library</title>",
    )?;
    let config = workspace.scratch("wasm-config.json");
    fs::write(
        &config,
        json!({ "ccp": { "url": "{ccp}", "region": "ap-northeast-1", "loginUrl": null } })
            .to_string(),
    )?;

    let capabilities = capabilities(workspace, &browser)?;

    let mut sum = Tally::default();
    for package in IN_BROWSER {
        let port = adjacent_ports()?;
        let library = serve_files(&site, port + 3)?;
        let world = World::start(
            workspace,
            [
                format!("--desk-port={}", port + 1),
                format!("--ccp-port={}", port + 2),
                format!("--dist={}", site.display()),
                format!("--config={}", config.display()),
                format!("--approve-origin=http://127.0.0.1:{port}"),
                format!("--control-origin=http://127.0.0.1:{port}"),
            ],
        )?;
        let mut cargo = workspace.cargo();
        cargo
            .args([
                "test",
                "--locked",
                "--no-fail-fast",
                "--tests",
                "--target",
                WASM,
                "--package",
                package,
            ])
            .env("PATH", tools.path())
            // An agent's zone is not UTC, in which a forgotten offset is never seen.
            .env("TZ", "Asia/Tokyo")
            .env("CHROMEDRIVER", &browser.driver)
            .env("WASM_BINDGEN_TEST_ADDRESS", format!("127.0.0.1:{port}"))
            .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", &capabilities)
            // Isolation forbids the frame of another origin, which is what is tested.
            .env("WASM_BINDGEN_TEST_NO_ORIGIN_ISOLATION", "1")
            // Seconds for all tests of a binary, after which a hanging page is given up.
            .env("WASM_BINDGEN_TEST_TIMEOUT", "180");
        sum += count_libtest(package, &mut cargo)?.or_failure_if_empty();
        drop(world);
        drop(library);
    }
    Ok(sum)
}

/// Serves a folder's files as they are, to any page, once this returns.
fn serve_files(folder: &Path, port: u16) -> Result<Guarded> {
    let mut server = Command::new("python3");
    server
        .args([
            "-u",
            "-m",
            "http.server",
            "--bind",
            "127.0.0.1",
            "--directory",
        ])
        .arg(folder)
        .arg(port.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut serving = Guarded::spawn(&mut server)?;
    let output = serving.child.stdout.take().context("no standard output")?;
    let mut line = String::new();
    BufReader::new(output).read_line(&mut line)?;
    ensure!(
        line.starts_with("Serving"),
        "the library is not served: {line}"
    );
    Ok(serving)
}

/// `tests/webdriver.json`, for the very browser that was found to fit the driver.
fn capabilities(workspace: &Workspace, browser: &Browser) -> Result<PathBuf> {
    let path = workspace.path("tests/webdriver.json");
    let text = fs::read(&path).with_context(|| format!("failed to read {}", path.display()))?;
    let mut wanted: serde_json::Value = serde_json::from_slice(&text)?;
    let options = wanted
        .pointer_mut("/goog:chromeOptions")
        .and_then(serde_json::Value::as_object_mut);
    options
        .context("tests/webdriver.json has no goog:chromeOptions")?
        .insert("binary".to_owned(), json!(browser.program));
    let filled = workspace.scratch("webdriver.json");
    fs::write(&filled, wanted.to_string())?;
    Ok(filled)
}

fn end_to_end(workspace: &Workspace) -> Result<Tally> {
    let browser = Browser::ensure()?;
    let dist = dist::ensure(workspace)?;
    World::build(workspace)?;
    install_journeys(workspace)?;

    let report = workspace.scratch("journeys.json");
    fs::remove_file(&report).ok();
    let mut playwright = Command::new("node");
    playwright
        .args([
            "node_modules/@playwright/test/cli.js",
            "test",
            "--reporter=list,json",
        ])
        .current_dir(workspace.path(JOURNEYS))
        .env("PLAYWRIGHT_JSON_OUTPUT_FILE", &report)
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
        .env("CHROMIUM", &browser.program)
        .env("DESK_DIST", &dist)
        .env("DESK_SIM", workspace.debug_binary("sim"))
        .env("DESK_PROXY", workspace.debug_binary("desk-proxy"))
        .env("DESK_LAMBDA", workspace.debug_binary("local-lambda"));
    let status = process::follow("journeys", &mut playwright, pass_on)?;
    let text = fs::read_to_string(&report).context("Playwright left no report")?;
    Ok(Tally::of_playwright(&text)?.with_exit(status.success()))
}

/// Installs Playwright: `npm ci` when the lockfile is not the one that was installed last.
///
/// # Errors
///
/// When npm fails.
pub(crate) fn install_journeys(workspace: &Workspace) -> Result<()> {
    let folder = workspace.path(JOURNEYS);
    let lock = fs::read(folder.join("package-lock.json"))
        .context("failed to read the journeys' lockfile")?;
    let installed = folder.join("node_modules/.installed-lock.json");
    if fs::read(&installed).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    process::step("install Playwright (once)", npm_ci().current_dir(&folder))?;
    fs::write(installed, lock)?;
    Ok(())
}

fn count_libtest(label: &str, cargo: &mut Command) -> Result<Tally> {
    let mut tally = Tally::default();
    let status = process::follow(label, cargo, |source, line| {
        tally.read_libtest(line);
        pass_on(source, line);
    })?;
    Ok(tally.with_exit(status.success()))
}

/// The first of three adjacent ports that are free now.
fn adjacent_ports() -> Result<u16> {
    for _ in 0..100 {
        let first = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = first.local_addr()?.port();
        let free = |offset| {
            port.checked_add(offset)
                .is_some_and(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok())
        };
        if (1..=3).all(free) {
            return Ok(port);
        }
    }
    bail!("no four adjacent ports are free")
}

fn pass_on(source: Source, line: &str) {
    match source {
        Source::Out => say(line),
        Source::Err => eprintln!("{line}"),
    }
}

#[expect(
    clippy::print_stdout,
    reason = "the tests' own output and their count are what this command is for"
)]
fn say(line: &str) {
    println!("{line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_means_all_parts() {
        assert_eq!(
            Part::parse(None).unwrap(),
            [Part::Unit, Part::Wasm, Part::EndToEnd]
        );
    }

    #[test]
    fn an_unknown_part_is_refused() {
        assert!(Part::parse(Some("units")).is_err());
    }
}
