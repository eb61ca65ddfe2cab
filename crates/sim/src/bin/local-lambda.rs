//! A local Lambda as a program: a function behind its URL, for whatever speaks HTTP.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use sim::lambda::{Function, Lambda};
use tokio::io::AsyncReadExt as _;

/// Runs a Lambda function on this machine, behind a URL. What begins with AWS_ or DESK_ in the
/// environment is the function's.
#[derive(Debug, Parser)]
#[command(name = "local-lambda", version)]
struct Arguments {
    /// The program that the package holds as `bootstrap`
    bootstrap: PathBuf,
    /// Port of the function's URL; 0 for any free one
    #[arg(long, default_value_t = 0, value_name = "PORT")]
    port: u16,
    /// How many environments there may be at once
    #[arg(long, default_value_t = 10, value_name = "NUMBER")]
    concurrency: usize,
    /// How long an invocation may take, in seconds
    #[arg(long, default_value_t = 30, value_name = "SECONDS")]
    timeout: u64,
    /// Stop when standard input ends, so that a dying test runner takes its functions along
    #[arg(long)]
    until_stdin_closes: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .init();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error),
    };
    let outcome = runtime.block_on(run(arguments));
    // A read of standard input cannot be cancelled; it must not keep the process alive.
    runtime.shutdown_background();
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

async fn run(arguments: Arguments) -> std::io::Result<()> {
    let function = Function {
        bootstrap: arguments.bootstrap,
        environment: std::env::vars()
            .filter(|(name, _)| name.starts_with("AWS_") || name.starts_with("DESK_"))
            .collect(),
        concurrency: arguments.concurrency,
        timeout: Duration::from_secs(arguments.timeout),
    };
    let lambda = Lambda::serve(function, arguments.port).await?;
    announce(&lambda)?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted,
        () = stdin_closed(), if arguments.until_stdin_closes => Ok(()),
    }
}

/// The one line on standard output, when the URL is served.
fn announce(lambda: &Lambda) -> std::io::Result<()> {
    use std::io::Write as _;
    let mut out = std::io::stdout().lock();
    writeln!(out, "READY url={}", lambda.url())?;
    out.flush()
}

async fn stdin_closed() {
    let mut stdin = tokio::io::stdin();
    let mut bytes = [0_u8; 256];
    while stdin.read(&mut bytes).await.is_ok_and(|count| count > 0) {}
}

fn fail(error: &std::io::Error) -> ExitCode {
    tracing::error!("{error}");
    ExitCode::FAILURE
}
