//! A local Amazon Connect.
//!
//! The unmodified amazon-connect-streams library cannot tell this server's CCP page from
//! Amazon's. A [`Sim`] holds the telephony state of one contact centre and serves, on one
//! loopback origin, the CCP at `/ccp-v2/`, the customer's phone at `/phone` and the control API
//! at `/control`; on another, if asked, the desk's own site with its production headers. AWS's
//! interfaces for programs have an origin of their own, and so has the identity provider.
//!
//! The crate's README describes the control API.
//!
//! Inside, [`instance::Instance`] is all behaviour and no input or output: it takes an
//! [`event::Event`] and the time and returns what to send. One task owns it, together with the
//! one [`clock::Clock`]. Simulators share nothing, so any number fit in one process.
//!
//! ```no_run
//! # async fn example() -> Result<(), sim::StartError> {
//! let sim = sim::Sim::start(sim::Scenario::default()).await?;
//! println!("give the library {}", sim.ccp_url());
//! sim.stop().await;
//! # Ok(())
//! # }
//! ```

pub mod agent;
pub mod aws;
mod book;
mod ccp;
pub mod clock;
mod connect;
pub mod contact;
mod control;
mod desk_host;
pub mod event;
mod exchange;
mod gate;
mod id;
mod identity;
pub mod incident;
pub mod instance;
pub mod lambda;
pub mod leg;
pub mod line;
mod offer;
mod origin;
mod outbox;
mod phone;
pub mod profiles;
pub mod program;
pub mod scenario;
mod server;
mod session;
pub mod shop;
pub mod sigv4;
pub mod switches;
mod wire;

pub use desk_host::{Api, ApiAddressError, CcpError};
pub use incident::Incident;
pub use scenario::{Scenario, ScenarioError};
pub use server::{DeskHost, DeskSite, Options, Sim, StartError};
