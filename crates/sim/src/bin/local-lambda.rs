//! A local Lambda as a program: a function behind its URL, for whatever speaks HTTP. With a stack's
//! parameters it is the function of the deployment's template, with its variables and limits.

use std::collections::BTreeMap;
use std::error::Error;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use sim::lambda::{Function, Lambda};
use sim::program;
use stack::Stack;

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
    /// A parameter of the deployment's template, whose function it then is: variables of the
    /// environment come before those of the template
    #[arg(long, value_name = "NAME=VALUE", value_parser = parameter)]
    parameter: Vec<(String, String)>,
    /// How many environments there may be at once, where the template reserves none; 10, as in a new
    /// account
    #[arg(long, default_value_t = 10, value_name = "NUMBER")]
    concurrency: usize,
    /// How long an invocation may take, in seconds; without a template
    #[arg(
        long,
        default_value_t = 30,
        value_name = "SECONDS",
        conflicts_with = "parameter"
    )]
    timeout: u64,
    /// Stop when standard input ends, so that a dying test runner takes its functions along
    #[arg(long)]
    until_stdin_closes: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt().with_writer(io::stderr).init();
    program::run(run(arguments))
}

async fn run(arguments: Arguments) -> Result<(), Box<dyn Error>> {
    let (port, until_stdin_closes) = (arguments.port, arguments.until_stdin_closes);
    let lambda = Lambda::serve(arguments.function()?, port).await?;
    // Whoever reads READY may end us at once, so the signals are caught before it is printed.
    let end = program::end(until_stdin_closes)?;
    announce(&lambda)?;
    end.await;
    Ok(())
}

impl Arguments {
    fn function(self) -> io::Result<Function> {
        let own = std::env::vars()
            .filter(|(name, _)| name.starts_with("AWS_") || name.starts_with("DESK_"));
        let mut function = Function {
            bootstrap: self.bootstrap,
            environment: own.collect(),
            concurrency: self.concurrency,
            timeout: Duration::from_secs(self.timeout),
        };
        if !self.parameter.is_empty() {
            let given = self.parameter.iter();
            let given: BTreeMap<_, _> = given
                .map(|(name, value)| (name.as_str(), value.clone()))
                .collect();
            let told = Stack::new(&given).and_then(|stack| stack.lambda());
            let told = told.map_err(io::Error::other)?;
            // The later of two is what a program finds.
            function.environment.splice(0..0, told.environment);
            function.timeout = Duration::from_secs(told.timeout_seconds);
            let reserved = told.concurrency.and_then(|it| usize::try_from(it).ok());
            function.concurrency = reserved.unwrap_or(self.concurrency);
        }
        Ok(function)
    }
}

fn parameter(text: &str) -> Result<(String, String), &'static str> {
    let (name, value) = text.split_once('=').ok_or("not NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// The one line on standard output, when the URL is served.
fn announce(lambda: &Lambda) -> io::Result<()> {
    use io::Write as _;
    let mut out = io::stdout().lock();
    writeln!(out, "READY url={}", lambda.url())?;
    out.flush()
}
