//! The screen in a browser: what the desk says comes out as elements, attributes and text, and
//! what is pressed goes back as commands. How it behaves is proven in the crate `desk`, the
//! journeys of `tests/e2e` go through the whole page.

mod access;
mod agent;
mod call;
mod dialler;
mod foreign;
mod keypad;
mod log;
mod mirror;
mod notices;
mod parties;
mod privacy;
mod record;
mod rings;
mod status_pages;
