//! Where something stands that could not be read.

use std::cell::RefCell;
use std::fmt::Write as _;

use contract::{Loss, LossReason};

/// The most losses that are named one by one; after them comes [`LossReason::TooMany`].
pub(super) const MOST_LOSSES: usize = 50;

/// What could not be read of one thing.
#[derive(Default)]
pub(crate) struct Losses(RefCell<Vec<Loss>>);

impl Losses {
    pub(crate) fn add(&self, at: &Place<'_>, why: LossReason) {
        let mut losses = self.0.borrow_mut();
        match losses.len() {
            0..MOST_LOSSES => losses.push(Loss {
                at: at.to_text(),
                why,
            }),
            MOST_LOSSES => losses.push(Loss {
                at: String::new(),
                why: LossReason::TooMany,
            }),
            _ => {}
        }
    }

    pub(crate) fn take(&self) -> Vec<Loss> {
        self.0.take()
    }
}

/// Where something stands. Its steps are names from this crate and numbers, never foreign text.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    outer: Option<&'a Place<'a>>,
    step: Step,
}

#[derive(Clone, Copy)]
enum Step {
    Root,
    Member(&'static str),
    Item(usize),
}

impl Place<'static> {
    /// The thing itself.
    pub(crate) const ROOT: Self = Self {
        outer: None,
        step: Step::Root,
    };
}

impl<'a> Place<'a> {
    pub(crate) fn member(&'a self, name: &'static str) -> Self {
        Self {
            outer: Some(self),
            step: Step::Member(name),
        }
    }

    pub(crate) fn item(&'a self, position: usize) -> Self {
        Self {
            outer: Some(self),
            step: Step::Item(position),
        }
    }

    fn to_text(self) -> String {
        let mut text = self.outer.map(|outer| outer.to_text()).unwrap_or_default();
        match self.step {
            Step::Root => {}
            Step::Member(name) => {
                if !text.is_empty() {
                    text.push('.');
                }
                text.push_str(name);
            }
            // Writing to a string cannot fail.
            Step::Item(position) => write!(text, "[{position}]").unwrap_or_default(),
        }
        text
    }
}
