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
use crate::world::{Addresses, World};

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

/// The region of the local instance, and of a real one when nothing else is said.
const REGION: &str = "ap-northeast-1";

impl Options {
    /// Reads the rest of the command line.
    ///
    /// # Errors
    ///
    /// When an option is unknown or its value cannot be used.
    pub(crate) fn parse(args: &mut lexopt::Parser) -> Result<Self> {
        let (mut port_base, mut open, mut ccp, mut region) = (9400, false, None, None);
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
            (1..u16::MAX).contains(&port_base),
            "--port-base leaves no room for two ports"
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

    fn desk_port(&self) -> u16 {
        self.port_base
    }

    /// Nothing, when the panel is somebody else's.
    fn ccp_port(&self) -> Option<u16> {
        self.instance.is_none().then_some(self.port_base + 1)
    }
}

/// Builds everything, starts it, prints the READY line and stays until told to end.
///
/// # Errors
///
/// When a port is taken, something cannot be built, or the world ends by itself.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<ExitCode> {
    let desk_port = options.desk_port();
    // Before anything is built: nobody wants to learn of a taken port after ten minutes.
    ensure_free(desk_port)?;
    options.ccp_port().map_or(Ok(()), ensure_free)?;

    let dist = dist::ensure(workspace)?;
    World::build(workspace)?;
    let config = workspace.scratch(format!("demo-{desk_port}.json"));
    fs::write(&config, serde_json::to_vec_pretty(&configuration(options))?)?;

    let ccp = match options.ccp_port() {
        Some(port) => format!("--ccp-port={port}"),
        None => "--no-ccp".to_owned(),
    };
    let mut arguments = vec![
        OsString::from(ccp),
        format!("--desk-port={desk_port}").into(),
        "--dist".into(),
        dist.into(),
        "--config".into(),
        config.into(),
    ];
    if options.ccp_port().is_some() {
        // Whoever calls shall have bought something.
        arguments.push("--shop".into());
    }
    if let Some(file) = &options.replay {
        arguments.extend(["--replay".into(), file.into()]);
    }
    let mut world = World::start(workspace, arguments)?;
    let Addresses { desk, ccp, phone } = world.addresses.clone();
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
    let status = world.wait()?;
    if process::stopping() {
        return Ok(ExitCode::SUCCESS);
    }
    bail!("the local world ended by itself: {status}")
}

/// The desk's `config.json`; `{ccp}` is filled in by the host with its own CCP's address.
fn configuration(options: &Options) -> serde_json::Value {
    let (url, region) = options
        .instance
        .as_ref()
        .map_or(("{ccp}", REGION), |instance| {
            (&instance.url, &instance.region)
        });
    json!({
        "ccp": { "url": url, "region": region, "loginUrl": null },
        "api": null,
        "auth": null,
        "locale": "ja",
        "country": "JP",
        "settings": {},
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
        assert_eq!(
            (options.desk_port(), options.ccp_port()),
            (9500, Some(9501))
        );
    }

    #[test]
    fn a_base_without_room_for_the_second_port_is_refused() {
        assert!(options(&["--port-base", "65535"]).is_err());
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
        assert_eq!(options.ccp_port(), None);
        assert_eq!(
            configuration(&options).pointer("/ccp").unwrap(),
            &json!({ "url": panel, "region": "us-east-1", "loginUrl": null })
        );
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
