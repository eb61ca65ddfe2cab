//! `cargo xtask package`: the proxy as the zip that Lambda runs.
//!
//! A function of an OS-only runtime (`provided.al2023`) is one program named `bootstrap` (Lambda
//! developer guide, "Using an OS-only runtime"). It is linked statically against musl, so it asks
//! nothing of the C library that the runtime happens to have; the compiler and headers for its C parts
//! come with Zig, which pip brings without a container. arm64 and `x86_64` are made alike, on a
//! machine of either kind, and the same sources give the same bytes wherever they lie.

use std::env;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result, bail, ensure};

use crate::digest;
use crate::process;
use crate::python;
use crate::tools;
use crate::workspace::Workspace;
use crate::zip::Entry;

/// The most that a package may weigh, in bytes.
const BUDGET: usize = 6_000_000;
/// The only name that an OS-only runtime looks for.
const NAME: &str = "bootstrap";
/// Whoever the function runs as must be able to read and run it.
const MODE: u32 = 0o755;
/// Of Cargo.toml.
const PROFILE: &str = "lambda";
const PROGRAM: &str = "desk-proxy";

/// What Lambda's machines are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Architecture {
    /// AWS's Graviton, the cheaper.
    Arm64,
    /// Intel's and AMD's.
    X86_64,
}

impl Architecture {
    /// This machine's, whose programs run here too.
    ///
    /// # Errors
    ///
    /// When Lambda has no such machines.
    pub(crate) fn own() -> Result<Self> {
        match env::consts::ARCH {
            "aarch64" => Ok(Self::Arm64),
            "x86_64" => Ok(Self::X86_64),
            other => bail!("Lambda has no machines of this kind: {other}"),
        }
    }

    /// By the name that Lambda has for it.
    ///
    /// # Errors
    ///
    /// When there is none of that name.
    pub(crate) fn parse(name: Option<&str>) -> Result<Self> {
        match name {
            None | Some("arm64") => Ok(Self::Arm64),
            Some("x86_64") => Ok(Self::X86_64),
            Some(other) => bail!("no such architecture: {other} (there are arm64 and x86_64)"),
        }
    }

    fn cpu(self) -> &'static str {
        match self {
            Self::Arm64 => "aarch64",
            Self::X86_64 => "x86_64",
        }
    }

    fn target(self) -> String {
        format!("{}-unknown-linux-musl", self.cpu())
    }

    /// `e_machine` of an ELF file (System V ABI; its supplements for the two processors).
    fn machine(self) -> u16 {
        match self {
            Self::Arm64 => 183,
            Self::X86_64 => 62,
        }
    }
}

impl fmt::Display for Architecture {
    /// As Lambda calls it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Arm64 => "arm64",
            Self::X86_64 => "x86_64",
        })
    }
}

/// Makes the package and prints where it lies and what it weighs.
///
/// # Errors
///
/// As [`make`].
pub(crate) fn run(workspace: &Workspace, architecture: Option<&str>) -> Result<ExitCode> {
    let architecture = Architecture::parse(architecture)?;
    let path = make(workspace, architecture)?;
    let archive = digest::read(&path)?;
    say(&format!(
        "{}\n{architecture}, {:.2} MB of {:.0} MB, SHA-256 {}",
        path.display(),
        megabytes(archive.len()),
        megabytes(BUDGET),
        digest::sha256(&archive),
    ));
    Ok(ExitCode::SUCCESS)
}

/// Builds the proxy, packs it, and looks at what was packed; the zip.
///
/// # Errors
///
/// When something cannot be built or installed, or when the package is not what Lambda runs, or
/// weighs too much.
pub(crate) fn make(workspace: &Workspace, architecture: Architecture) -> Result<PathBuf> {
    let entry = Entry {
        name: NAME.to_owned(),
        mode: MODE,
        bytes: digest::read(&build(workspace, architecture)?)?,
    };
    let archive = entry.zipped()?;
    check(&archive, architecture)?;
    let folder = workspace.path("target/lambda");
    fs::create_dir_all(&folder)?;
    let path = folder.join(format!("{PROGRAM}-{architecture}.zip"));
    fs::write(&path, archive)?;
    Ok(path)
}

/// Puts a package's program into a folder, as Lambda does before it runs it.
///
/// # Errors
///
/// When it is no package, or nothing can be written there.
pub(crate) fn unpack(package: &Path, folder: &Path) -> Result<PathBuf> {
    use std::os::unix::fs::PermissionsExt as _;
    let entry = Entry::unzip(&digest::read(package)?)?;
    fs::create_dir_all(folder)?;
    let program = folder.join(NAME);
    // A program that still runs cannot be written to, but it can be replaced.
    fs::remove_file(&program).ok();
    fs::write(&program, entry.bytes)?;
    fs::set_permissions(&program, fs::Permissions::from_mode(entry.mode))?;
    Ok(program)
}

fn build(workspace: &Workspace, architecture: Architecture) -> Result<PathBuf> {
    let target = architecture.target();
    ensure_target(workspace, &target)?;
    let zig = ensure_zig(workspace)?;
    let compiler = format!("{} cc -target {}-linux-musl", zig, architecture.cpu());
    let registry = cargo_home()?;
    let (lower, upper) = (
        target.replace('-', "_"),
        target.replace('-', "_").to_uppercase(),
    );
    let mut cargo = workspace.cargo();
    cargo
        .args(["build", "--locked", "--package=proxy"])
        .arg(format!("--bin={PROGRAM}"))
        .arg(format!("--profile={PROFILE}"))
        .arg(format!("--target={target}"))
        // The `cc` crate would name the target in words that Zig does not know.
        .env("CRATE_CC_NO_DEFAULTS", "1")
        .env(format!("CC_{lower}"), compiler)
        .env(format!("AR_{lower}"), format!("{zig} ar"))
        // Zig's own default for C adds checks that end the program.
        .env(
            format!("CFLAGS_{lower}"),
            format!(
                "-Os -ffunction-sections -fdata-sections -fPIC -fno-sanitize=undefined \
                 -ffile-prefix-map={registry}=/cargo"
            ),
        )
        .env(format!("CARGO_TARGET_{upper}_LINKER"), "rust-lld")
        // Nothing of this machine's folders stands in the program.
        .env(
            format!("CARGO_TARGET_{upper}_RUSTFLAGS"),
            format!("--remap-path-prefix={registry}=/cargo"),
        )
        .env_remove("RUSTFLAGS");
    process::step(&format!("build the proxy for {architecture}"), &mut cargo)?;
    Ok(workspace.binary_for(&target, PROFILE, PROGRAM))
}

/// Holds a package against what Lambda wants of it.
///
/// # Errors
///
/// When it weighs too much, or is not one static program for that architecture.
pub(crate) fn check(archive: &[u8], architecture: Architecture) -> Result<()> {
    ensure!(
        archive.len() <= BUDGET,
        "the package weighs {:.2} MB, more than {:.0} MB",
        megabytes(archive.len()),
        megabytes(BUDGET)
    );
    let Entry { name, mode, bytes } = Entry::unzip(archive)?;
    ensure!(
        name == NAME && mode == MODE,
        "the package holds {name} with mode {mode:o}, not {NAME} with {MODE:o}"
    );
    let machine = Elf(&bytes).machine()?;
    ensure!(
        machine == architecture.machine(),
        "the program is for machine {machine}, not for {architecture}"
    );
    ensure!(
        !Elf(&bytes).has_interpreter()?,
        "the program wants a dynamic linker, so it is not static"
    );
    Ok(())
}

/// A 64-bit little-endian ELF file (System V ABI, chapters 4 and 5).
struct Elf<'a>(&'a [u8]);

impl Elf<'_> {
    fn machine(&self) -> Result<u16> {
        ensure!(
            self.0.starts_with(b"\x7fELF\x02\x01"),
            "no 64-bit ELF program"
        );
        Ok(u16::from_le_bytes(self.at(18)?))
    }

    /// Whether a program header is of the type `PT_INTERP`.
    fn has_interpreter(&self) -> Result<bool> {
        const PT_INTERP: u32 = 3;
        let table = usize::try_from(u64::from_le_bytes(self.at(32)?))?;
        let size = usize::from(u16::from_le_bytes(self.at(54)?));
        let count = usize::from(u16::from_le_bytes(self.at(56)?));
        for index in 0..count {
            if u32::from_le_bytes(self.at(table + index * size)?) == PT_INTERP {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn at<const N: usize>(&self, offset: usize) -> Result<[u8; N]> {
        let bytes = self.0.get(offset..).and_then(<[u8]>::first_chunk);
        Ok(*bytes.context("the program is cut short")?)
    }
}

fn ensure_target(workspace: &Workspace, target: &str) -> Result<()> {
    let library = process::capture(
        Command::new("rustc")
            .args(["--print=target-libdir", "--target", target])
            .current_dir(workspace.path("")),
    )?;
    if Path::new(library.trim()).is_dir() {
        return Ok(());
    }
    let mut rustup = Command::new("rustup");
    rustup
        .args(["target", "add", target])
        .current_dir(workspace.path(""));
    process::step(&format!("install the {target} target (once)"), &mut rustup)
}

/// Zig's program. It brings a C compiler and the headers of musl for every processor.
fn ensure_zig(workspace: &Workspace) -> Result<String> {
    let requirements = workspace.path("xtask/pip/requirements.txt");
    let digest: String = digest::sha256(&digest::read(&requirements)?)
        .chars()
        .take(16)
        .collect();
    let folder = tools::cache()?.join("tools").join(format!("pip-{digest}"));
    python::install("Zig", &requirements, &folder)?;
    words(&folder.join("ziglang/zig"))
}

/// Where cargo keeps the sources of dependencies, whose paths stand in messages of panics.
fn cargo_home() -> Result<String> {
    let home = match env::var_os("CARGO_HOME").filter(|path| !path.is_empty()) {
        Some(home) => PathBuf::from(home),
        None => PathBuf::from(env::var_os("HOME").context("neither CARGO_HOME nor HOME is set")?)
            .join(".cargo"),
    };
    words(&home)
}

/// A path as one word of a variable whose words are separated by spaces.
fn words(path: &Path) -> Result<String> {
    let text = path.to_str().context("a path that is not text")?;
    ensure!(
        !text.contains(char::is_whitespace),
        "the C compiler is given by a variable of words, so there may be no space in {text}"
    );
    Ok(text.to_owned())
}

#[expect(clippy::cast_precision_loss, reason = "sizes of files, to be read")]
fn megabytes(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}

#[expect(
    clippy::print_stdout,
    reason = "the package is what this command is for"
)]
fn say(line: &str) {
    println!("{line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An ELF file with one program header.
    fn program(machine: u16, header: u32) -> Vec<u8> {
        let mut bytes = b"\x7fELF\x02\x01".to_vec();
        bytes.resize(64 + 56, 0);
        bytes[18..20].copy_from_slice(&machine.to_le_bytes());
        bytes[32] = 64;
        bytes[54] = 56;
        bytes[56] = 1;
        bytes[64..68].copy_from_slice(&header.to_le_bytes());
        bytes
    }

    fn packed(name: &str, mode: u32, bytes: Vec<u8>) -> Vec<u8> {
        let name = name.to_owned();
        Entry { name, mode, bytes }.zipped().unwrap()
    }

    fn objection(archive: &[u8]) -> String {
        check(archive, Architecture::Arm64).unwrap_err().to_string()
    }

    #[test]
    fn one_static_program_for_the_right_machine_is_a_package() {
        check(
            &packed("bootstrap", 0o755, program(183, 1)),
            Architecture::Arm64,
        )
        .unwrap();
        check(
            &packed("bootstrap", 0o755, program(62, 1)),
            Architecture::X86_64,
        )
        .unwrap();
    }

    #[test]
    fn anything_else_is_refused_with_its_reason() {
        let good = || program(183, 1);
        assert!(objection(&packed("desk-proxy", 0o755, good())).contains("desk-proxy"));
        assert!(objection(&packed("bootstrap", 0o644, good())).contains("644"));
        assert!(objection(&packed("bootstrap", 0o755, program(62, 1))).contains("machine 62"));
        assert!(objection(&packed("bootstrap", 0o755, program(183, 3))).contains("static"));
        assert!(objection(&packed("bootstrap", 0o755, b"#!/bin/sh".to_vec())).contains("ELF"));
    }

    #[test]
    fn one_that_weighs_too_much_is_refused() {
        let mut state = 1_u32;
        let noise = std::iter::repeat_with(|| {
            // Xorshift: bytes that cannot be packed.
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state.to_le_bytes()[0]
        });
        let mut bytes = program(183, 1);
        bytes.extend(noise.take(BUDGET));
        assert!(objection(&packed("bootstrap", 0o755, bytes)).contains("MB"));
    }

    #[test]
    fn what_is_unpacked_can_be_run() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let package = folder.path().join("package.zip");
        fs::write(&package, packed("bootstrap", 0o755, program(183, 1))).unwrap();
        for _ in 0..2 {
            let program = unpack(&package, &folder.path().join("task")).unwrap();
            let mode = fs::metadata(program).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o755);
        }
    }
}
