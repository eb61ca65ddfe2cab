//! What the programs of this crate have in common: how they run, and when they end.

use std::error::Error;
use std::io;
use std::process::ExitCode;

use tokio::io::AsyncReadExt as _;

/// Runs a program's work to its end; why it failed is logged, with all causes.
pub fn run(work: impl Future<Output = Result<(), Box<dyn Error>>>) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error),
    };
    let outcome = runtime.block_on(work);
    // A read of standard input cannot be cancelled; it must not keep the process alive.
    runtime.shutdown_background();
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(error.as_ref()),
    }
}

/// Catches the signals that tell a program to end, from now on; it is over when one comes, or when
/// standard input ends, if that counts.
///
/// # Errors
///
/// When the system gives no signals.
pub fn end(or_with_stdin: bool) -> io::Result<impl Future<Output = ()>> {
    let interrupted = interruption()?;
    Ok(async move {
        tokio::select! {
            () = interrupted => {}
            () = stdin_closed(), if or_with_stdin => {}
        }
    })
}

#[cfg(unix)]
fn interruption() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(windows)]
fn interruption() -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupt.recv().await;
    })
}

async fn stdin_closed() {
    let mut stdin = tokio::io::stdin();
    let mut bytes = [0_u8; 256];
    while stdin.read(&mut bytes).await.is_ok_and(|count| count > 0) {}
}

fn fail(error: &dyn Error) -> ExitCode {
    tracing::error!("failed: {error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        tracing::error!("because: {error}");
        cause = error.source();
    }
    ExitCode::FAILURE
}
