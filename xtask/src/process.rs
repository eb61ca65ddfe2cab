//! Running other programs: their output passed on as it comes, a sign of life when they are silent,
//! and none of them left behind.
//!
//! Every child leads a process group of its own. On SIGINT or SIGTERM the groups that still run are
//! told to end, so that a compiler started by a cargo started by us ends too.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Read};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, Signal, kill_process_group};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

/// How long a program may be silent before we say that it still runs.
const SILENCE: Duration = Duration::from_secs(8);

static RUNNING: Mutex<Running> = Mutex::new(Running {
    groups: BTreeSet::new(),
    stopping: false,
});

#[derive(Debug)]
struct Running {
    groups: BTreeSet<u32>,
    stopping: bool,
}

/// Where a line of a program's output came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
}

/// Ends our children when we are told to end. To be called once, before the first child.
pub(crate) fn stop_children_on_signals() {
    let Ok(mut signals) = Signals::new([SIGINT, SIGTERM]) else {
        return;
    };
    thread::spawn(move || {
        for _ in &mut signals {
            let mut running = running();
            // A second signal means that asking was not enough.
            let signal = if running.stopping {
                Signal::KILL
            } else {
                Signal::TERM
            };
            running.stopping = true;
            for group in &running.groups {
                kill_group(*group, signal);
            }
        }
    });
}

/// Whether a signal told us to end: then a child that fails is no news.
pub(crate) fn stopping() -> bool {
    running().stopping
}

/// A child that is told to end when this value goes out of scope.
#[derive(Debug)]
pub(crate) struct Guarded {
    /// The child; its pipes may be taken.
    pub(crate) child: Child,
}

impl Guarded {
    /// Starts a program in a process group of its own.
    ///
    /// # Errors
    ///
    /// When it cannot be started, or when we are ending.
    pub(crate) fn spawn(command: &mut Command) -> Result<Self> {
        command.process_group(0);
        // The lock is held while spawning, so that a signal either forbids the child or finds it.
        let mut running = running();
        if running.stopping {
            bail!("interrupted");
        }
        let child = command
            .spawn()
            .with_context(|| format!("failed to start {}", program(command)))?;
        running.groups.insert(child.id());
        Ok(Self { child })
    }

    /// Waits until the program ends.
    ///
    /// # Errors
    ///
    /// When the system refuses to say how it ended.
    pub(crate) fn wait(&mut self) -> Result<ExitStatus> {
        let status = self.child.wait()?;
        running().groups.remove(&self.child.id());
        Ok(status)
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            kill_group(self.child.id(), Signal::TERM);
            self.child.wait().ok();
        }
        running().groups.remove(&self.child.id());
    }
}

/// Runs a short program and returns its standard output.
///
/// # Errors
///
/// When it cannot be started or fails; the message carries its standard error.
pub(crate) fn capture(command: &mut Command) -> Result<String> {
    let output = command
        .output()
        .with_context(|| format!("failed to start {}", program(command)))?;
    if !output.status.success() {
        bail!(
            "{} failed: {}",
            program(command),
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    String::from_utf8(output.stdout)
        .with_context(|| format!("{} did not print text", program(command)))
}

/// Runs one step that may take long: says what begins, passes the output on, says how long it took.
///
/// # Errors
///
/// When the program cannot be started or fails.
pub(crate) fn step(label: &str, command: &mut Command) -> Result<()> {
    let begun = Instant::now();
    eprintln!("==> {label}");
    let status = follow(label, command, |_, line| eprintln!("    {line}"))?;
    if !status.success() {
        bail!("{label}: {} ended with {status}", program(command));
    }
    eprintln!("==> {label}: done in {}", seconds(begun.elapsed()));
    Ok(())
}

/// Runs a program, hands over each line of its output as it comes, and says from time to time that a
/// silent one still runs. Its standard input is empty.
///
/// # Errors
///
/// When the program cannot be started.
pub(crate) fn follow(
    label: &str,
    command: &mut Command,
    mut on_line: impl FnMut(Source, &str),
) -> Result<ExitStatus> {
    let begun = Instant::now();
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut guarded = Guarded::spawn(command)?;
    let (sender, lines) = channel();
    let readers = [
        guarded
            .child
            .stdout
            .take()
            .map(|pipe| read_lines(Source::Out, pipe, sender.clone())),
        guarded
            .child
            .stderr
            .take()
            .map(|pipe| read_lines(Source::Err, pipe, sender)),
    ];
    loop {
        match lines.recv_timeout(SILENCE) {
            Ok((source, line)) => on_line(source, &line),
            Err(RecvTimeoutError::Timeout) => {
                eprintln!("    … {label}, {}", seconds(begun.elapsed()));
            }
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    for reader in readers.into_iter().flatten() {
        reader.join().ok();
    }
    guarded.wait()
}

/// A duration as a person reads it.
pub(crate) fn seconds(elapsed: Duration) -> String {
    match elapsed.as_secs() {
        0..10 => format!("{:.1} s", elapsed.as_secs_f32()),
        whole @ 10..120 => format!("{whole} s"),
        whole => format!("{} min {:02} s", whole / 60, whole % 60),
    }
}

fn read_lines(
    source: Source,
    pipe: impl Read + Send + 'static,
    sender: std::sync::mpsc::Sender<(Source, String)>,
) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        let mut pipe = BufReader::new(pipe);
        let mut line = Vec::new();
        // Bytes, not `lines()`: one byte that is not UTF-8 must not end the reading.
        while matches!(pipe.read_until(b'\n', &mut line), Ok(read) if read > 0) {
            let text = String::from_utf8_lossy(&line).trim_end().to_owned();
            line.clear();
            if sender.send((source, text)).is_err() {
                return;
            }
        }
    })
}

fn running() -> MutexGuard<'static, Running> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

fn kill_group(group: u32, signal: Signal) {
    if let Some(pid) = i32::try_from(group).ok().and_then(Pid::from_raw) {
        // It may have ended in the meantime, which is what was wanted.
        kill_process_group(pid, signal).ok();
    }
}

fn program(command: &Command) -> String {
    let path = Path::new(command.get_program());
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// Whether a program of this name can be found on a search path.
pub(crate) fn on_path(name: &str, path: &OsStr) -> Option<PathBuf> {
    std::env::split_paths(path)
        .map(|folder| folder.join(name))
        .find(|candidate| candidate.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn every_line_is_handed_over_with_its_source() {
        let mut lines = Vec::new();
        follow(
            "lines",
            &mut shell("echo out; echo err >&2"),
            |source, line| lines.push((source, line.to_owned())),
        )
        .unwrap();
        lines.sort_by_key(|(source, _)| *source == Source::Err);
        assert_eq!(
            lines,
            [
                (Source::Out, "out".to_owned()),
                (Source::Err, "err".to_owned())
            ]
        );
    }

    #[test]
    fn bytes_that_are_not_text_end_nothing() {
        let mut lines = Vec::new();
        follow(
            "bytes",
            &mut shell("printf '\\377\\nafter\\n'"),
            |_, line| lines.push(line.to_owned()),
        )
        .unwrap();
        assert_eq!(lines, ["\u{fffd}", "after"]);
    }

    #[test]
    fn a_failing_step_is_an_error() {
        assert!(step("fails", &mut shell("exit 3")).is_err());
    }

    #[test]
    fn a_guarded_child_does_not_outlive_its_guard() {
        let mut command = shell("echo begun; exec cat");
        let mut guarded =
            Guarded::spawn(command.stdin(Stdio::piped()).stdout(Stdio::piped())).unwrap();
        let keep_open = guarded.child.stdin.take();
        let mut output = BufReader::new(guarded.child.stdout.take().unwrap());
        output.read_line(&mut String::new()).unwrap();

        drop(guarded);

        // End of file: nobody holds the other end any more.
        assert_eq!(output.read_line(&mut String::new()).unwrap(), 0);
        drop(keep_open);
    }

    #[test]
    fn durations_read_well() {
        assert_eq!(seconds(Duration::from_millis(1_240)), "1.2 s");
        assert_eq!(seconds(Duration::from_secs(119)), "119 s");
        assert_eq!(seconds(Duration::from_secs(125)), "2 min 05 s");
    }
}
