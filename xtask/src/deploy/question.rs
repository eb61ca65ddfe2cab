//! What only a person decides, asked on the terminal.

use std::io::{self, IsTerminal as _};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use anyhow::{Result, bail};

use crate::process;

/// How soon a signal ends a question.
const ATTENTION: Duration = Duration::from_millis(100);

/// Asks whether to go on; `is_answered` says that the command line has.
///
/// # Errors
///
/// When there is no terminal to ask on.
pub(super) fn go_on(question: &str, is_answered: bool) -> Result<bool> {
    if is_answered {
        eprintln!("{question} yes (--yes)");
        return Ok(true);
    }
    let answer = ask(&format!("{question} [y/N]"), "--yes")?;
    Ok(matches!(answer.as_str(), "y" | "Y" | "yes"))
}

/// Asks for a name to be typed, or takes that of the command line; whether it is the right one.
///
/// # Errors
///
/// When there is no terminal to ask on.
pub(super) fn is_named(question: &str, name: &str, answered: Option<&str>) -> Result<bool> {
    match answered {
        Some(answer) => Ok(answer == name),
        None => Ok(ask(question, &format!("--yes {name}"))? == name),
    }
}

/// Asks for a name that no command line gives beforehand; whether it is the right one.
///
/// # Errors
///
/// When there is no terminal to ask on.
pub(super) fn is_typed(question: &str, name: &str) -> Result<bool> {
    Ok(ask(question, "nothing but the stack's name, typed there,")? == name)
}

fn ask(question: &str, otherwise: &str) -> Result<String> {
    if !io::stdin().is_terminal() {
        bail!(
            "there is no terminal to ask on, and nothing was changed: {otherwise} answers beforehand"
        );
    }
    eprint!("{question} ");
    // Reading goes on when a signal has come, so it is not ours to wait in.
    let (sender, answer) = channel();
    thread::spawn(move || {
        let mut line = String::new();
        sender
            .send(io::stdin().read_line(&mut line).map(|_| line))
            .ok();
    });
    loop {
        let answer = answer.recv_timeout(ATTENTION);
        // An answer that is typed after the signal is none.
        if process::stopping() {
            bail!("interrupted");
        }
        match answer {
            Ok(line) => return Ok(line?.trim().to_owned()),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => bail!("the terminal does not answer"),
        }
    }
}
