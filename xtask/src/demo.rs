//! `cargo xtask demo`: the whole product on this machine, in the foreground until it is told to end.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context as _, Result, bail, ensure};
use lexopt::prelude::{Long, ValueExt as _};
use serde_json::json;

use crate::dist;
use crate::process;
use crate::workspace::Workspace;
use crate::world::World;

/// How the demo is started.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Options {
    port_base: u16,
    open: bool,
    ccp: Option<String>,
}

impl Options {
    /// Reads the rest of the command line.
    ///
    /// # Errors
    ///
    /// When an option is unknown or its value cannot be used.
    pub(crate) fn parse(args: &mut lexopt::Parser) -> Result<Self> {
        let mut options = Self {
            port_base: 9400,
            open: false,
            ccp: None,
        };
        while let Some(arg) = args.next()? {
            match arg {
                Long("port-base") => options.port_base = args.value()?.parse()?,
                Long("open") => options.open = true,
                Long("ccp") => options.ccp = Some(instance(&args.value()?.string()?)?),
                other => return Err(other.unexpected().into()),
            }
        }
        ensure!(
            (1..u16::MAX).contains(&options.port_base),
            "--port-base leaves no room for two ports"
        );
        Ok(options)
    }

    fn ports(&self) -> [u16; 2] {
        [self.port_base, self.port_base + 1]
    }
}

/// Builds everything, starts it, prints the READY line and stays until told to end.
///
/// # Errors
///
/// When a port is taken, something cannot be built, or the world ends by itself.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<ExitCode> {
    let [desk_port, ccp_port] = options.ports();
    // Before anything is built: nobody wants to learn of a taken port after ten minutes.
    options.ports().into_iter().try_for_each(ensure_free)?;

    let dist = dist::ensure(workspace)?;
    World::build(workspace)?;
    let config = workspace.scratch(format!("demo-{desk_port}.json"));
    fs::write(&config, serde_json::to_vec_pretty(&configuration(options))?)?;

    let mut world = World::start(
        workspace,
        [
            "--desk-port".as_ref(),
            desk_port.to_string().as_ref(),
            "--ccp-port".as_ref(),
            ccp_port.to_string().as_ref(),
            "--dist".as_ref(),
            dist.as_os_str(),
            "--config".as_ref(),
            config.as_os_str(),
        ],
    )?;
    let desk = world
        .addresses
        .desk
        .clone()
        .context("the desk's host did not start")?;
    let mut pages = vec![desk.clone()];
    if let Some(ccp) = &options.ccp {
        announce(&format!("READY desk={desk} ccp={ccp}"));
    } else {
        let (ccp, phone) = (&world.addresses.ccp, &world.addresses.phone);
        announce(&format!("READY desk={desk} ccp={ccp} phone={phone}"));
        pages.push(phone.clone());
    }
    if options.open {
        for page in &pages {
            open(page);
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
    json!({
        "ccp": {
            "url": options.ccp.as_deref().unwrap_or("{ccp}"),
            // The library wants it for chat only; a voice instance elsewhere is not disturbed by it.
            "region": "ap-northeast-1",
            "loginUrl": null,
        },
        "api": null,
        "auth": null,
        "locale": "ja",
        "country": "JP",
        "settings": {},
    })
}

/// The CCP's address as `initCCP` wants it, from what a person is likely to paste.
fn instance(url: &str) -> Result<String> {
    let Some(rest) = url.strip_prefix("https://") else {
        bail!("--ccp wants the instance's address, like https://ALIAS.my.connect.aws/ccp-v2/");
    };
    let host = rest.split('/').next().unwrap_or_default();
    let plain = !host.is_empty()
        && host
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-.:".contains(c));
    ensure!(plain, "--ccp: {host:?} is not a host name");
    if rest.trim_end_matches('/') == host {
        return Ok(format!("https://{host}/ccp-v2/"));
    }
    Ok(url.to_owned())
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
        assert_eq!(
            options(&["--port-base", "9500"]).unwrap().ports(),
            [9500, 9501]
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
        assert_eq!(
            instance("https://shop.my.connect.aws").unwrap(),
            "https://shop.my.connect.aws/ccp-v2/"
        );
        assert_eq!(
            instance("https://shop.my.connect.aws/ccp-v2/").unwrap(),
            "https://shop.my.connect.aws/ccp-v2/"
        );
    }

    #[test]
    fn what_is_no_instance_is_refused() {
        assert!(instance("http://shop.my.connect.aws/").is_err());
        assert!(instance("https://a b/").is_err());
    }

    #[test]
    fn a_real_instance_takes_the_place_of_the_local_one() {
        let options = options(&["--ccp", "https://shop.my.connect.aws/"]).unwrap();
        assert_eq!(
            configuration(&options).pointer("/ccp/url").unwrap(),
            "https://shop.my.connect.aws/ccp-v2/"
        );
    }
}
