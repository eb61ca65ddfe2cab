//! What only a person decides, asked on the terminal.

use std::io::{self, BufRead as _, IsTerminal as _};

use anyhow::{Result, bail};

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

fn ask(question: &str, otherwise: &str) -> Result<String> {
    let input = io::stdin();
    if !input.is_terminal() {
        bail!(
            "there is no terminal to ask on, and nothing was changed: {otherwise} answers beforehand"
        );
    }
    eprint!("{question} ");
    let mut line = String::new();
    input.lock().read_line(&mut line)?;
    Ok(line.trim().to_owned())
}
