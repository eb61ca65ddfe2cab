//! Listeners, and the life of a running simulator.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::Response;
use chrono::{DateTime, Utc};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::aws::ApiError;
use crate::aws::door::{Cut, Door};
use crate::aws::front;
use crate::clock::Clock;
use crate::desk_host::{Api, CcpError, Own};
use crate::exchange::Exchange;
use crate::identity::{self, Identity, SIGN_IN_PAGE};
use crate::incident::Incident;
use crate::instance::Instance;
use crate::origin::{Origins, is_own_host, misdirected};
use crate::profiles::{OpenError, Profiles, Settings};
use crate::scenario::{Scenario, ScenarioError};
use crate::session::Sessions;
use crate::{ccp, control, desk_host, phone};

/// What to start. Ports are on loopback; 0 takes any free one.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The contact centre.
    pub scenario: Scenario,
    /// Port of CCP, customer's phone and control API.
    pub ccp_port: u16,
    /// Port of AWS's interfaces for programs.
    pub aws_port: u16,
    /// Port of the identity provider.
    pub identity_port: u16,
    /// Pages besides the desk's `signin.html` to which the identity provider may send a code.
    pub redirect_uris: Vec<String>,
    /// The desk's own origin, if it is to be served.
    pub desk: Option<DeskSite>,
    /// Origins besides the desk's that may frame the CCP. A port may be `*`.
    pub approved_origins: Vec<String>,
    /// Origins whose pages may use the control API. A port may be `*`.
    pub control_origins: Vec<String>,
    /// What the CCP's page plays instead of being one.
    pub replay: Option<Incident>,
    /// Where Customer Profiles keep what they know; in memory by default.
    pub data: Option<PathBuf>,
    /// The seed of the shop that Customer Profiles are filled with, if they have none yet.
    pub shop: Option<u64>,
    /// What the clock shows when everything begins; by default the time.
    pub start_at: Option<DateTime<Utc>>,
}

/// The desk's static site and its configuration.
#[derive(Debug, Clone)]
pub struct DeskSite {
    /// Port of the desk's origin.
    pub port: u16,
    /// The folder that would be uploaded.
    pub dist: PathBuf,
    /// What `/config.json` serves; `"{ccp}"` as `ccp.url` stands for this simulator's own, and so does
    /// `"{identity}"` as `auth.issuer`.
    pub config: Option<PathBuf>,
    /// The proxy to which `/api/*` is passed on.
    pub api: Option<Api>,
}

/// A running simulator. Dropping it stops it; [`Sim::stop`] also waits until it has.
#[derive(Debug)]
pub struct Sim {
    ccp: SocketAddr,
    aws: SocketAddr,
    identity: SocketAddr,
    desk: Option<SocketAddr>,
    tasks: Tasks,
}

/// The desk's site without a simulator, for a CCP elsewhere. Dropping it stops it;
/// [`DeskHost::stop`] also waits until it has.
#[derive(Debug)]
pub struct DeskHost {
    address: SocketAddr,
    tasks: Tasks,
}

/// What runs until it is stopped or dropped.
#[derive(Debug)]
struct Tasks {
    stop: watch::Sender<bool>,
    running: Vec<JoinHandle<()>>,
}

/// Why a simulator did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The scenario contradicts itself.
    #[error("the scenario is impossible")]
    Scenario(#[from] ScenarioError),
    /// A port is taken, or the machine has no loopback.
    #[error("cannot listen on port {port}")]
    Listen {
        /// The port asked for.
        port: u16,
        /// What the system said.
        source: io::Error,
    },
    /// What Customer Profiles kept cannot be opened.
    #[error("there are no customer profiles")]
    Profiles(#[from] OpenError),
    /// The shop that they are to be filled with did not fit.
    #[error("the shop cannot be opened")]
    Shop(#[from] ApiError),
    /// The desk cannot be served: alone, when its configuration names no CCP.
    #[error("the desk cannot be served")]
    Ccp(#[from] CcpError),
}

/// What every route shares.
#[derive(Debug, Clone)]
pub(crate) struct Shared {
    pub(crate) exchange: Exchange,
    pub(crate) origins: Origins,
}

impl Sim {
    /// Starts a simulator on free ports, without a desk.
    ///
    /// # Errors
    ///
    /// [`StartError`]: the scenario is impossible, or nothing can listen.
    pub async fn start(scenario: Scenario) -> Result<Self, StartError> {
        Self::serve(Options {
            scenario,
            ..Options::default()
        })
        .await
    }

    /// Starts a simulator with everything chosen.
    ///
    /// # Errors
    ///
    /// [`StartError`]: the scenario is impossible, or a port is taken.
    pub async fn serve(options: Options) -> Result<Self, StartError> {
        let Options {
            scenario,
            ccp_port,
            aws_port,
            identity_port,
            mut redirect_uris,
            desk,
            mut approved_origins,
            control_origins,
            replay,
            data,
            shop,
            start_at,
        } = options;
        let mut clock = Clock::start();
        if let Some(at) = start_at {
            clock.set(at);
        }
        // To the millisecond, for the shop is made from it.
        let began = start_at.unwrap_or_else(|| clock.now());
        let profiles = open_profiles(&scenario, data, shop, began).await?;
        let sign_in = scenario.sign_in;
        let instance = Instance::new(scenario, began)?;
        let (ccp_listener, ccp) = listen(ccp_port).await?;
        let (aws_listener, aws) = listen(aws_port).await?;
        let (identity_listener, identity) = listen(identity_port).await?;
        let desk = match desk {
            None => None,
            Some(site) => {
                let (listener, address) = listen(site.port).await?;
                for host in ["127.0.0.1", "localhost"] {
                    let origin = format!("http://{host}:{}", address.port());
                    redirect_uris.push(format!("{origin}/{SIGN_IN_PAGE}"));
                    approved_origins.push(origin);
                }
                Some((site, listener, address))
            }
        };
        let (stop, stopped) = watch::channel(false);
        let sessions = Sessions::new(ccp.port(), sign_in);
        let provider = Identity::new(identity.port(), redirect_uris);
        let (exchange, task) = Exchange::start(
            instance,
            clock,
            sessions,
            provider,
            profiles,
            replay,
            stopped.clone(),
        );
        let listed = approved_origins.clone();
        exchange
            .run(move |floor| floor.approved_origins = listed)
            .await
            .ok();
        let shared = Shared {
            exchange,
            origins: Origins::new(ccp.port(), approved_origins, control_origins),
        };
        let mut running = vec![task];
        let desk_address = desk.as_ref().map(|(_, _, address)| *address);
        if let Some((site, listener, address)) = desk {
            let exchange = shared.exchange.clone();
            let router = desk_host::router(
                &site,
                address.port(),
                Own {
                    ccp,
                    identity,
                    exchange,
                },
            )?;
            running.push(spawn(axum::serve(listener, router), stopped.clone()));
        }
        let router = front::router(shared.exchange.clone(), aws.port())
            .into_make_service_with_connect_info::<Cut>();
        running.push(spawn(
            axum::serve(Door(aws_listener), router),
            stopped.clone(),
        ));
        let router = identity::router(shared.exchange.clone(), identity.port());
        running.push(spawn(
            axum::serve(identity_listener, router),
            stopped.clone(),
        ));
        let router = ccp::router()
            .merge(phone::router())
            .merge(control::router(&shared))
            .layer(middleware::from_fn_with_state(shared.clone(), guard))
            .with_state(shared);
        running.push(spawn(axum::serve(ccp_listener, router), stopped));
        Ok(Self {
            ccp,
            aws,
            identity,
            desk: desk_address,
            tasks: Tasks { stop, running },
        })
    }

    /// Where the CCP is, as for `ccpUrl`.
    pub fn ccp_url(&self) -> String {
        format!("http://{}/ccp-v2/", self.ccp)
    }

    /// Where AWS's interfaces for programs are, Connect and Customer Profiles, without a slash at
    /// the end.
    pub fn aws_url(&self) -> String {
        format!("http://{}", self.aws)
    }

    /// The identity provider's issuer, without a slash at the end.
    pub fn identity_url(&self) -> String {
        format!("http://{}", self.identity)
    }

    /// Where the customer's phone is.
    pub fn phone_url(&self) -> String {
        format!("http://{}/phone", self.ccp)
    }

    /// Where the control API is, without a slash at the end.
    pub fn control_url(&self) -> String {
        format!("http://{}/control", self.ccp)
    }

    /// Where the desk is, if it is served.
    pub fn desk_url(&self) -> Option<String> {
        self.desk.map(|address| format!("http://{address}/"))
    }

    /// Stops and waits until every listener is closed.
    pub async fn stop(self) {
        self.tasks.stop().await;
    }
}

impl DeskHost {
    /// Serves a site whose configuration names the CCP to embed.
    ///
    /// # Errors
    ///
    /// [`StartError`]: the configuration names none, or the port is taken.
    pub async fn serve(site: DeskSite) -> Result<Self, StartError> {
        let (listener, address) = listen(site.port).await?;
        let router = desk_host::router_alone(&site, address.port())?;
        let (stop, stopped) = watch::channel(false);
        let running = vec![spawn(axum::serve(listener, router), stopped)];
        Ok(Self {
            address,
            tasks: Tasks { stop, running },
        })
    }

    /// Where the desk is.
    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Stops and waits until the listener is closed.
    pub async fn stop(self) {
        self.tasks.stop().await;
    }
}

impl Tasks {
    async fn stop(mut self) {
        self.stop.send_replace(true);
        for task in std::mem::take(&mut self.running) {
            // A panic in there was logged where it happened; stopping goes on.
            task.await.ok();
        }
    }
}

impl Drop for Tasks {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        for task in &self.running {
            task.abort();
        }
    }
}

/// Opens the domain that belongs to the instance, beside what else starts: a shop takes a moment.
async fn open_profiles(
    scenario: &Scenario,
    data: Option<PathBuf>,
    shop: Option<u64>,
    now: DateTime<Utc>,
) -> Result<Profiles, StartError> {
    let settings = Settings {
        region: scenario.region.clone(),
        account: scenario.account.clone(),
        seed: u64::from(scenario.id_seed),
        choices: scenario.switches.profiles,
        ..Settings::default()
    };
    let opened = tokio::task::spawn_blocking(move || {
        let profiles = Profiles::open(data.as_deref(), settings, now)?;
        if let Some(seed) = shop {
            profiles.open_shop(seed, now)?;
        }
        Ok(profiles)
    });
    opened
        .await
        .unwrap_or_else(|panicked| std::panic::resume_unwind(panicked.into_panic()))
}

async fn listen(port: u16) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |source| StartError::Listen { port, source };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .await
        .map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}

/// Serves until stopped. Connections that are in the middle of something are cut then: a page
/// that never closes its stream must not keep the process alive.
fn spawn(
    server: impl IntoFuture<Output = io::Result<()>, IntoFuture: Send + 'static>,
    mut stopped: watch::Receiver<bool>,
) -> JoinHandle<()> {
    let server = server.into_future();
    tokio::spawn(async move {
        tokio::select! {
            ended = server => {
                if let Err(error) = ended {
                    tracing::error!(%error, "a listener failed");
                }
            }
            _ = stopped.changed() => {}
        }
    })
}

/// Refuses requests that were sent to another name.
async fn guard(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    if !is_own_host(request.headers(), shared.origins.ccp_port()) {
        return misdirected();
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        // With `no-referrer` the sign-in form would be sent from the origin `null`.
        ("referrer-policy", "same-origin"),
    ] {
        headers.insert(name, axum::http::HeaderValue::from_static(value));
    }
    response
}
