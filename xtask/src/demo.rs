//! `cargo xtask demo`: the whole product on this machine, in the foreground until it is told to end.

use std::ffi::OsString;
use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context as _, Result, bail, ensure};
use lexopt::prelude::{Long, ValueExt as _};
use serde_json::json;

use crate::dist;
use crate::process;
use crate::workspace::Workspace;
use crate::world::{Addresses, Ended, World};

/// How the demo is started.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Options {
    port_base: u16,
    open: bool,
    instance: Option<Instance>,
    /// An incident that is played in the place of the local CCP.
    replay: Option<PathBuf>,
}

/// A Contact Control Panel that is not ours.
#[derive(Debug, PartialEq, Eq)]
struct Instance {
    /// As `initCCP` wants it.
    url: String,
    /// The AWS region it is in.
    region: String,
}

/// What listens on the ports from the base up. The customer's phone is beside the CCP.
const DESK: u16 = 0;
const CCP: u16 = 1;
const AWS: u16 = 2;
const IDENTITY: u16 = 3;
const PROXY: u16 = 4;

/// The region of the local instance, and of a real one when nothing else is said.
const REGION: &str = "ap-northeast-1";

impl Options {
    /// Reads the rest of the command line.
    ///
    /// # Errors
    ///
    /// When an option is unknown or its value cannot be used.
    pub(crate) fn parse(args: &mut lexopt::Parser) -> Result<Self> {
        let (mut port_base, mut open, mut ccp, mut region) = (9400_u16, false, None, None);
        let mut replay = None;
        while let Some(arg) = args.next()? {
            match arg {
                Long("port-base") => port_base = args.value()?.parse()?,
                Long("open") => open = true,
                Long("ccp") => ccp = Some(ccp_url(&args.value()?.string()?)?),
                Long("replay") => replay = Some(PathBuf::from(args.value()?)),
                Long("region") => region = Some(region_name(args.value()?.string()?)?),
                other => return Err(other.unexpected().into()),
            }
        }
        ensure!(
            port_base > 0 && port_base.checked_add(PROXY).is_some(),
            "--port-base leaves no room for five ports"
        );
        ensure!(
            region.is_none() || ccp.is_some(),
            "--region is that of a real instance: it goes with --ccp URL"
        );
        ensure!(
            replay.is_none() || ccp.is_none(),
            "--replay plays an incident in the place of a CCP: it does not go with --ccp"
        );
        let instance = ccp.map(|url| Instance {
            url,
            region: region.unwrap_or_else(|| REGION.to_owned()),
        });
        Ok(Self {
            port_base,
            open,
            instance,
            replay,
        })
    }

    fn port(&self, offset: u16) -> u16 {
        self.port_base.saturating_add(offset)
    }

    /// Whether customers' data are there: the local world has them, unless what calls is a recorded
    /// incident, in which nobody is anybody's customer.
    fn has_customers(&self) -> bool {
        self.instance.is_none() && self.replay.is_none()
    }

    /// The ports that will be listened on.
    fn ports(&self) -> Vec<u16> {
        let local = self.instance.is_none().then_some([CCP, AWS, IDENTITY]);
        let proxy = self.has_customers().then_some(PROXY);
        let offsets = [DESK]
            .into_iter()
            .chain(local.into_iter().flatten())
            .chain(proxy);
        offsets.map(|offset| self.port(offset)).collect()
    }

    /// What the simulator is started with, besides the site.
    fn arguments(&self) -> Vec<OsString> {
        let mut arguments = vec![format!("--desk-port={}", self.port(DESK)).into()];
        if self.instance.is_some() {
            arguments.push("--no-ccp".into());
            return arguments;
        }
        for (name, offset) in [("ccp", CCP), ("aws", AWS), ("identity", IDENTITY)] {
            arguments.push(format!("--{name}-port={}", self.port(offset)).into());
        }
        if self.has_customers() {
            // Whoever calls shall have bought something.
            arguments.push("--shop".into());
            arguments.push(format!("--api=http://127.0.0.1:{}", self.port(PROXY)).into());
        }
        if let Some(file) = &self.replay {
            arguments.extend(["--replay".into(), file.into()]);
        }
        arguments
    }
}

/// Builds everything, starts it, prints the READY line and stays until told to end.
///
/// # Errors
///
/// When a port is taken, something cannot be built, or the world ends by itself.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<ExitCode> {
    // Before anything is built: nobody wants to learn of a taken port after ten minutes.
    options.ports().into_iter().try_for_each(ensure_free)?;

    let dist = dist::ensure(workspace)?;
    World::build(workspace)?;
    let config = workspace.scratch(format!("demo-{}.json", options.port_base));
    fs::write(&config, serde_json::to_vec_pretty(&configuration(options))?)?;

    let mut arguments = options.arguments();
    let site = [
        "--dist".into(),
        dist.into(),
        "--config".into(),
        config.into(),
    ];
    arguments.extend(site);
    let mut world = World::start(workspace, arguments)?;
    if options.has_customers() {
        world.add_proxy(workspace, options.port(PROXY))?;
    }
    let Addresses {
        desk, ccp, phone, ..
    } = world.addresses.clone();
    let ccp = ccp.or_else(|| {
        options
            .instance
            .as_ref()
            .map(|instance| instance.url.clone())
    });
    let named = [("desk", &desk), ("ccp", &ccp), ("phone", &phone)];
    let addresses = named
        .iter()
        .filter_map(|(name, url)| Some(format!(" {name}={}", url.as_ref()?)));
    announce(&format!("READY{}", addresses.collect::<String>()));
    if options.open {
        for page in [desk, phone].into_iter().flatten() {
            open(&page);
        }
    }
    let Ended { name, status } = world.wait()?;
    if process::stopping() {
        return Ok(ExitCode::SUCCESS);
    }
    bail!("the {name} ended by itself: {status}")
}

/// The desk's `config.json`; `{ccp}` and `{identity}` are filled in by the host with its own addresses.
fn configuration(options: &Options) -> serde_json::Value {
    let (url, region) = options
        .instance
        .as_ref()
        .map_or(("{ccp}", REGION), |instance| {
            (&instance.url, &instance.region)
        });
    let auth = json!({
        "issuer": "{identity}",
        "clientId": "agent-desk",
        "scope": "openid profile",
        "audience": "agent-desk-api",
    });
    json!({
        "ccp": { "url": url, "region": region, "loginUrl": null },
        "api": options.has_customers().then_some(json!({ "url": "/api" })),
        "auth": options.has_customers().then_some(auth),
        "locale": "ja",
        "country": "JP",
        // What the invented shop calls its things.
        "settings": {
            "labels": { "MemberRank": "会員ランク" },
            "customer": {
                "priority": { "attribute": "MemberRank", "values": ["ゴールド"] },
            },
        },
    })
}

/// The CCP's address as `initCCP` wants it.
fn ccp_url(url: &str) -> Result<String> {
    let expected = "--ccp wants the address of an instance's Contact Control Panel, \
                    https://ALIAS.my.connect.aws/ccp-v2/ (or http:// on this machine)";
    let (scheme, rest) = url.split_once("://").context(expected)?;
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let (host, port) = authority.split_once(':').unwrap_or((authority, "443"));
    let is_host = !host.is_empty()
        && host
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '.');
    ensure!(
        is_host && port.parse::<u16>().is_ok(),
        "{expected}: {authority:?} is not a host name"
    );
    let is_safe = match scheme {
        "https" => true,
        "http" => matches!(host, "127.0.0.1" | "localhost"),
        _ => false,
    };
    ensure!(
        is_safe,
        "{expected}: what an agent hears must not travel over {scheme}://"
    );
    // What a person copies from the console is the instance's address alone.
    if host.ends_with(".my.connect.aws") && matches!(path, "" | "/") {
        return Ok(format!("{scheme}://{authority}/ccp-v2/"));
    }
    let folders = path
        .strip_suffix("/ccp-v2/")
        .or_else(|| path.strip_suffix("/ccp-v2"));
    let is_path = folders.is_some_and(|folders| {
        folders
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c))
    });
    ensure!(is_path, "{expected}: {url} does not end in /ccp-v2/");
    Ok(url.to_owned())
}

fn region_name(name: String) -> Result<String> {
    let is_name = name.split('-').count() > 2
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    ensure!(
        is_name,
        "--region wants the name of an AWS region, like {REGION}, not {name:?}"
    );
    Ok(name)
}

fn ensure_free(port: u16) -> Result<()> {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
        Ok(_) => Ok(()),
        Err(error) => {
            bail!("port {port} cannot be had ({error}); choose other ports with --port-base N")
        }
    }
}

fn open(page: &str) {
    let opener = if cfg!(target_os = "macos") {
        "open"
    } else {
        "xdg-open"
    };
    let started = Command::new(opener)
        .arg(page)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    if started.is_err() {
        eprintln!("no browser was opened: {opener} is not there; open {page} yourself");
    }
}

#[expect(clippy::print_stdout, reason = "the one line that scripts wait for")]
fn announce(line: &str) {
    println!("{line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(words: &[&str]) -> Result<Options> {
        Options::parse(&mut lexopt::Parser::from_args(words))
    }

    #[test]
    fn ports_follow_the_base() {
        let options = options(&["--port-base", "9500"]).unwrap();
        assert_eq!(options.ports(), [9500, 9501, 9502, 9503, 9504]);
        assert_eq!(
            options.arguments(),
            [
                "--desk-port=9500",
                "--ccp-port=9501",
                "--aws-port=9502",
                "--identity-port=9503",
                "--shop",
                "--api=http://127.0.0.1:9504",
            ]
        );
    }

    #[test]
    fn a_base_without_room_for_the_last_port_is_refused() {
        assert!(options(&["--port-base", "65532"]).is_err());
        assert_eq!(
            options(&["--port-base", "65531"]).unwrap().ports()[4],
            65535
        );
    }

    #[test]
    fn a_taken_port_is_named_with_the_way_out() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();

        let message = ensure_free(port).unwrap_err().to_string();

        assert!(
            message.contains(&port.to_string()) && message.contains("--port-base"),
            "{message}"
        );
    }

    #[test]
    fn an_instance_is_given_its_softphone_path() {
        for address in [
            "https://shop.my.connect.aws",
            "https://shop.my.connect.aws/",
            "https://shop.my.connect.aws/ccp-v2/",
        ] {
            assert_eq!(
                ccp_url(address).unwrap(),
                "https://shop.my.connect.aws/ccp-v2/"
            );
        }
    }

    #[test]
    fn a_panel_is_taken_as_it_is() {
        for address in [
            "https://shop.awsapps.com/connect/ccp-v2",
            "https://shop.example:8443/ccp-v2/",
            "http://127.0.0.1:9401/ccp-v2/",
            "http://localhost:9401/ccp-v2/",
        ] {
            assert_eq!(ccp_url(address).unwrap(), address);
        }
    }

    #[test]
    fn what_is_no_panel_is_refused_with_what_is_expected() {
        for address in [
            "shop.my.connect.aws",
            "http://shop.my.connect.aws/ccp-v2/",
            "http://127.0.0.1.example/ccp-v2/",
            "ftp://127.0.0.1/ccp-v2/",
            "https:///ccp-v2/",
            "https://a b/ccp-v2/",
            "https://me:secret@shop.example/ccp-v2/",
            "https://shop.example:99999/ccp-v2/",
            "https://shop.example/",
            "https://shop.example/xccp-v2/",
            "https://shop.example/ccp-v2/?x",
            "https://shop.example/;/ccp-v2/",
        ] {
            let message = ccp_url(address).unwrap_err().to_string();
            assert!(
                message.contains("https://ALIAS.my.connect.aws/ccp-v2/"),
                "{address}: {message}"
            );
        }
    }

    #[test]
    fn a_real_instance_takes_the_place_of_the_local_one() {
        let panel = "https://shop.my.connect.aws/ccp-v2/";
        let options = options(&["--ccp", panel, "--region", "us-east-1"]).unwrap();
        assert_eq!(options.ports(), [9400]);
        let config = configuration(&options);
        assert_eq!(
            config.pointer("/ccp").unwrap(),
            &json!({ "url": panel, "region": "us-east-1", "loginUrl": null })
        );
        assert_eq!(
            (&config["api"], &config["auth"]),
            (&json!(null), &json!(null))
        );
    }

    #[test]
    fn the_local_world_has_customers_and_an_incident_has_none() {
        let config = configuration(&options(&[]).unwrap());
        assert_eq!(config["api"], json!({ "url": "/api" }));
        assert_eq!(config["auth"]["issuer"], "{identity}");
        let replay = options(&["--replay", "incident.json"]).unwrap();
        assert_eq!(configuration(&replay)["api"], json!(null));
        assert_eq!(replay.ports(), [9400, 9401, 9402, 9403]);
    }

    #[test]
    fn an_incident_is_played_by_the_local_world_alone() {
        let local = options(&["--replay", "incident.json"]).unwrap();
        assert_eq!(local.replay, Some(PathBuf::from("incident.json")));
        let panel = "https://shop.my.connect.aws/ccp-v2/";
        assert!(options(&["--replay", "incident.json", "--ccp", panel]).is_err());
    }

    #[test]
    fn a_region_is_that_of_a_real_instance() {
        assert!(options(&["--region", "us-east-1"]).is_err());
        assert!(region_name("Tokyo".to_owned()).is_err());
        assert!(region_name("us-gov-west-1".to_owned()).is_ok());
    }
}
