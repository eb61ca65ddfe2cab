//! The desk from outside: whole stories, and properties over generated ones.

// Marked as tests, helpers and all, so that the lints of tests apply.
#[cfg(test)]
mod again;
#[cfg(test)]
mod agent;
#[cfg(test)]
mod browser;
#[cfg(test)]
mod calls;
#[cfg(test)]
mod chosen;
#[cfg(test)]
mod clocks;
#[cfg(test)]
mod customers;
#[cfg(test)]
mod dialling;
#[cfg(test)]
mod invariants;
#[cfg(test)]
mod microphone;
#[cfg(test)]
mod model;
#[cfg(test)]
mod outcomes;
#[cfg(test)]
mod parties;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod readiness;
#[cfg(test)]
mod reload;
#[cfg(test)]
mod requests;
#[cfg(test)]
mod roles;
#[cfg(test)]
mod run;
#[cfg(test)]
mod session;
#[cfg(test)]
mod shared;
#[cfg(test)]
mod story;
#[cfg(test)]
mod strange;
#[cfg(test)]
mod support;
#[cfg(test)]
mod tabs;
#[cfg(test)]
mod wild;
