//! Says what a deployment lacks, by the proxy's own variables; `cargo xtask doctor --aws` runs it.

use std::io::Write as _;
use std::process::ExitCode;

use proxy::doctor::{Verdict, examine};
use proxy::{Clock, Config, VARIABLES};

fn main() -> ExitCode {
    let config = match Config::from_env() {
        Ok(config) => config,
        Err(error) => {
            for name in error.variables() {
                let found = VARIABLES.iter().find(|variable| variable.name == name);
                let meaning = found.map(|variable| variable.meaning).unwrap_or_default();
                say(&format!(
                    "FAULT {name}: missing or wrong ({meaning}); mend it: export {name}=…"
                ));
            }
            return ExitCode::FAILURE;
        }
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let outcome = match runtime {
        Ok(runtime) => runtime.block_on(run(config)),
        Err(error) => Err(error.into()),
    };
    match outcome {
        Ok(0) => ExitCode::SUCCESS,
        Ok(faults) => {
            say(&format!("{faults} to mend"));
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("the doctor failed: {error}");
            ExitCode::FAILURE
        }
    }
}

/// How many faults there are.
async fn run(config: Config) -> Result<usize, Box<dyn std::error::Error>> {
    let credentials = config.credentials().await?;
    let clock = Clock::at(config.clock.clone());
    let findings = examine(config, credentials, clock).await?;
    for finding in &findings {
        say(&finding.to_string());
    }
    let faults = findings
        .iter()
        .filter(|finding| matches!(finding.verdict, Verdict::Bad { .. }));
    Ok(faults.count())
}

fn say(line: &str) {
    // Whoever reads no more has seen enough.
    writeln!(std::io::stdout(), "{line}").ok();
}
