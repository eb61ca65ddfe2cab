//! The project's commands, behind `cargo xtask`.
//!
//! What a developer, a tester and CI run is the same code here: this crate finds or installs the
//! tools, builds the site, starts the local world, runs the tests and the checks. It knows how
//! things are built and started and nothing of what they do.

mod alignment;
mod bench;
mod botocore;
mod browser;
mod check;
mod demo;
mod deploy;
mod digest;
mod dist;
mod doctor;
mod function_order;
mod glue;
mod library;
mod linker;
mod package;
mod process;
mod python;
mod seal;
mod tally;
mod test;
mod tools;
mod workspace;
mod world;
mod zip;

use std::env;
use std::process::ExitCode;

use anyhow::{Result, bail};
use lexopt::prelude::{Long, Short, Value, ValueExt as _};

use crate::workspace::Workspace;

const USAGE: &str = "\
cargo xtask <command>

  demo [--port-base N] [--open] [--ccp URL [--region R] | --replay FILE]
                     build the desk, start the local world, print one READY line; Ctrl-C ends it all
                       --port-base N  five ports from N up (9400): desk, CCP, AWS, identity provider, proxy
                       --open         open the desk and the customer's phone in the browser
                       --ccp URL      embed a real instance's Contact Control Panel instead
                       --replay FILE  play an incident that a desk has saved
                       --region R     that instance's AWS region (ap-northeast-1)
  test [unit|wasm|e2e]
                     all tests, or one part; the last line is `N passed, N failed`
  check              formatting, lints, docs, dependency rules, licences
  dist               build dist/, print the sizes, fail above the budget
  package [arm64|x86_64]
                     the proxy as the zip that Lambda runs (arm64), with its size; fails above the budget
  bench [calls|start|memory]
                     the desk beside a plain page, with limits; writes target/bench/*.json
  bench pop          who is calling: ring to customer and orders, answering while orders stream in,
                     what an agent does with 1,000 orders on a slow CPU, and what moves; with limits
  bench air          first and second visit over a slow line on a slow CPU, beside the plain page, and
                     Lighthouse's scores; with limits
  bench proxy        the signed proxy beside a Node service that does the same
  bench cold         the packaged proxy in a local Lambda: from the start to the first byte
  bench walk [--calls N] [--seed S] [--resume] [--first N]
                     a random walk of 10,000 calls with all faults on, held against the simulator's book
                       --resume   take up where the last one of that seed was left (target/bench/walk.json)
                       --first N  begin with that call
  deploy [--file F] [--dry-run] [--yes] [--site DIR] [--package ZIP]
                     build it all and bring it to an AWS account, by the AWS CLI; also what has changed since
                       --file F       what describes the deployment (deploy.json; see infra/deploy.example.json)
                       --dry-run      show everything, change nothing; of use without an account, too
                       --yes          make the changes without asking
                       --site DIR     a site built elsewhere, --package ZIP a package of the proxy's
  destroy [--file F] [--yes STACK]
                     delete that stack with all that is in it, but for what it was told to keep
                       --yes STACK    the stack's name, instead of typing it
  doctor [--aws [--port-base N]]
                     which tools are there, and how to get what is missing
                       --aws          what the deployment lacks that the proxy's variables name
                       --port-base N  of the demo that runs on these ports instead
  seal               (called by Trunk) fill in what Trunk cannot know of the built site
";

fn main() -> ExitCode {
    process::stop_children_on_signals();
    match run() {
        Ok(code) => code,
        Err(_) if process::stopping() => ExitCode::from(130),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<ExitCode> {
    // Not by name: rustc calls a linker as it does any other.
    if env::args_os()
        .nth(1)
        .is_some_and(|first| first == linker::CALLED)
    {
        return linker::run(env::args_os().skip(1));
    }
    linker::path()?;
    let workspace = Workspace::find()?;
    let mut args = lexopt::Parser::from_env();
    let command = match args.next()? {
        Some(Value(command)) => command.string()?,
        Some(Short('h') | Long("help")) => {
            eprint!("{USAGE}");
            return Ok(ExitCode::SUCCESS);
        }
        Some(other) => return Err(other.unexpected().into()),
        None => bail!("which command?\n\n{USAGE}"),
    };
    match command.as_str() {
        "demo" => demo::run(&workspace, &demo::Options::parse(&mut args)?),
        "check" => no_more(&mut args).and_then(|()| check::run(&workspace)),
        "dist" => no_more(&mut args).and_then(|()| dist::run(&workspace)),
        "test" => {
            let part = value_opt(&mut args)?;
            no_more(&mut args)?;
            test::run(&workspace, &test::Part::parse(part.as_deref())?)
        }
        "bench" => {
            let bench = value_opt(&mut args)?;
            if bench.as_deref() == Some("walk") {
                let options = bench::walk::Options::parse(&mut args)?;
                return bench::walk::run(&workspace, options);
            }
            no_more(&mut args)?;
            match bench.as_deref() {
                Some("pop") => bench::pop::run(&workspace),
                Some("air") => bench::air::run(&workspace),
                Some("proxy") => bench::proxy::run(&workspace),
                Some("cold") => bench::cold::run(&workspace),
                other => bench::run(&workspace, &bench::Bench::parse(other)?),
            }
        }
        "deploy" => deploy::run(&workspace, &deploy::Options::parse(&mut args)?),
        "destroy" => deploy::destroy::run(&workspace, &deploy::destroy::Options::parse(&mut args)?),
        "doctor" => doctor::run(&workspace, &doctor::Subject::parse(&mut args)?),
        "package" => {
            let architecture = value_opt(&mut args)?;
            no_more(&mut args)?;
            package::run(&workspace, architecture.as_deref())
        }
        "seal" => no_more(&mut args).and_then(|()| seal::run(&workspace)),
        unknown => bail!("no such command: {unknown}\n\n{USAGE}"),
    }
}

fn value_opt(args: &mut lexopt::Parser) -> Result<Option<String>> {
    match args.next()? {
        Some(Value(value)) => Ok(Some(value.string()?)),
        Some(other) => Err(other.unexpected().into()),
        None => Ok(None),
    }
}

fn no_more(args: &mut lexopt::Parser) -> Result<()> {
    match args.next()? {
        Some(other) => Err(other.unexpected().into()),
        None => Ok(()),
    }
}
