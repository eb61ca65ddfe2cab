//! The simulator over real sockets: what a browser, a test and an operating system see.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "the whole crate is tests: what does not hold must fail them"
)]

mod aws;
mod browser;
mod caller;
mod conduit;
mod connect;
mod control;
mod desk_site;
mod identity;
mod observatory;
mod profiles;
mod program;
mod signature;
