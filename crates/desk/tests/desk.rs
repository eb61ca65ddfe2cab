//! The desk from outside: whole stories, and properties over generated ones.

mod again;
mod calls;
mod invariants;
mod model;
mod properties;
mod support;
mod wild;
