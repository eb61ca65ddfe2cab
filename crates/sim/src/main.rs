//! The simulator as a program.

use std::path::PathBuf;
use std::process::ExitCode;

use chrono::{DateTime, Utc};
use clap::{Parser, ValueEnum};
use sim::scenario::{Scenario, SignIn};
use sim::{Api, DeskHost, DeskSite, Incident, Options, Sim, program};

/// A local Amazon Connect: CCP, customer's phone, control API, and the desk's own origin.
#[derive(Debug, Parser)]
#[command(name = "sim", version)]
struct Arguments {
    /// Port of the desk's origin; 0 for any free one
    #[arg(long, default_value_t = 0, value_name = "PORT")]
    desk_port: u16,
    /// Port of the CCP, the customer's phone and the control API; 0 for any free one
    #[arg(long, default_value_t = 0, value_name = "PORT")]
    ccp_port: u16,
    /// Port of AWS's interfaces for programs; 0 for any free one
    #[arg(long, default_value_t = 0, value_name = "PORT")]
    aws_port: u16,
    /// Port of the identity provider; 0 for any free one
    #[arg(long, default_value_t = 0, value_name = "PORT")]
    identity_port: u16,
    /// Another page to which the identity provider may send a code, to the letter
    #[arg(long, value_name = "URI")]
    redirect_uri: Vec<String>,
    /// Serve the desk from this folder
    #[arg(long, value_name = "DIR")]
    dist: Option<PathBuf>,
    /// What the desk's /config.json serves; "{ccp}" as ccp.url and "{identity}" as auth.issuer stand for this simulator's
    #[arg(long, value_name = "FILE", requires = "dist")]
    config: Option<PathBuf>,
    /// Pass /api/* of the desk's origin on to this proxy
    #[arg(long, value_name = "URL", requires = "dist")]
    api: Option<Api>,
    /// Serve the desk alone, for the CCP that its configuration names
    #[arg(
        long,
        requires = "config",
        conflicts_with_all = ["ccp_port", "aws_port", "identity_port", "redirect_uri", "scenario", "sign_in", "id_seed", "approve_origin", "control_origin"]
    )]
    no_ccp: bool,
    /// Start with this scenario instead of the built-in shop
    #[arg(long, value_name = "FILE")]
    scenario: Option<PathBuf>,
    /// How the CCP gets its session
    #[arg(long, value_enum, value_name = "MODE")]
    sign_in: Option<SignInMode>,
    /// Mixed into every id; by default the time of the start, so that no two runs share an id
    #[arg(long, value_name = "NUMBER")]
    id_seed: Option<u32>,
    /// Another origin that may frame the CCP; its port may be *
    #[arg(long, value_name = "ORIGIN")]
    approve_origin: Vec<String>,
    /// An origin whose pages may use the control API; its port may be *
    #[arg(long, value_name = "ORIGIN")]
    control_origin: Vec<String>,
    /// Play an incident that a desk has saved, instead of being a CCP
    #[arg(long, value_name = "FILE", conflicts_with_all = ["no_ccp", "scenario", "sign_in"])]
    replay: Option<PathBuf>,
    /// Keep customer profiles in this folder; without it they end with the simulator
    #[arg(long, value_name = "DIR", conflicts_with = "no_ccp")]
    data: Option<PathBuf>,
    /// Fill customer profiles with an invented shop, unless they have one; by default its seed is 1
    #[arg(
        long,
        value_name = "SEED",
        num_args = 0..=1,
        default_missing_value = "1",
        conflicts_with = "no_ccp"
    )]
    shop: Option<u64>,
    /// Begin at this moment instead of now, RFC 3339; the shop's orders are as old as seen from then
    #[arg(long, value_name = "INSTANT", conflicts_with = "no_ccp")]
    start_at: Option<DateTime<Utc>>,
    /// Stop when standard input ends, so that a dying test runner takes its simulators along
    #[arg(long)]
    until_stdin_closes: bool,
    /// Log more
    #[arg(long, short)]
    verbose: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum SignInMode {
    Automatic,
    Form,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let level = if arguments.verbose {
        tracing::Level::DEBUG
    } else {
        tracing::Level::INFO
    };
    tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(std::io::stderr)
        .init();
    program::run(run(arguments))
}

async fn run(arguments: Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let until_stdin_closes = arguments.until_stdin_closes;
    let serving = Serving::start(arguments).await?;
    // Whoever reads READY may end us at once, so the signals are caught before it is printed.
    let end = program::end(until_stdin_closes)?;
    announce(&serving.addresses())?;
    end.await;
    tracing::info!("stopping");
    serving.stop().await;
    Ok(())
}

/// What this program serves.
enum Serving {
    Everything(Sim),
    Desk(DeskHost),
}

impl Serving {
    async fn start(arguments: Arguments) -> Result<Self, Box<dyn std::error::Error>> {
        if arguments.no_ccp {
            let site = arguments.site().ok_or("there is no --dist to serve")?;
            return Ok(Self::Desk(DeskHost::serve(site).await?));
        }
        Ok(Self::Everything(Sim::serve(options(arguments)?).await?))
    }

    fn addresses(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Desk(host) => vec![("desk", host.url())],
            Self::Everything(sim) => {
                let desk = sim.desk_url().map(|url| ("desk", url));
                let rest = [
                    ("ccp", sim.ccp_url()),
                    ("phone", sim.phone_url()),
                    ("aws", sim.aws_url()),
                    ("identity", sim.identity_url()),
                ];
                desk.into_iter().chain(rest).collect()
            }
        }
    }

    async fn stop(self) {
        match self {
            Self::Desk(host) => host.stop().await,
            Self::Everything(sim) => sim.stop().await,
        }
    }
}

fn options(arguments: Arguments) -> Result<Options, Box<dyn std::error::Error>> {
    let mut scenario = match &arguments.scenario {
        None => Scenario::default(),
        Some(path) => {
            let text = std::fs::read_to_string(path)
                .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
            serde_json::from_str(&text)
                .map_err(|error| format!("{} is no scenario: {error}", path.display()))?
        }
    };
    if let Some(mode) = arguments.sign_in {
        scenario.sign_in = match mode {
            SignInMode::Automatic => SignIn::Automatic,
            SignInMode::Form => SignIn::Form,
        };
    }
    let replay = match &arguments.replay {
        None => None,
        Some(path) => {
            let text = std::fs::read_to_string(path)
                .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
            let incident = Incident::parse(&text)
                .map_err(|error| format!("cannot play {}: {error}", path.display()))?;
            Some(incident)
        }
    };
    scenario.id_seed = arguments.id_seed.unwrap_or_else(seed_of_this_run);
    Ok(Options {
        scenario,
        ccp_port: arguments.ccp_port,
        aws_port: arguments.aws_port,
        identity_port: arguments.identity_port,
        desk: arguments.site(),
        redirect_uris: arguments.redirect_uri,
        approved_origins: arguments.approve_origin,
        control_origins: arguments.control_origin,
        replay,
        data: arguments.data,
        shop: arguments.shop,
        start_at: arguments.start_at,
    })
}

impl Arguments {
    fn site(&self) -> Option<DeskSite> {
        Some(DeskSite {
            port: self.desk_port,
            dist: self.dist.clone()?,
            config: self.config.clone(),
            api: self.api.clone(),
        })
    }
}

/// A browser remembers contacts across restarts of the simulator, so their ids must not return.
fn seed_of_this_run() -> u32 {
    let seconds = sim::clock::Clock::start().now().timestamp();
    u32::try_from(seconds & i64::from(u32::MAX)).unwrap_or_default()
}

/// The one line on standard output, when everything listens.
fn announce(addresses: &[(&str, String)]) -> std::io::Result<()> {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    write!(out, "READY")?;
    for (name, url) in addresses {
        write!(out, " {name}={url}")?;
    }
    writeln!(out)?;
    out.flush()
}
