//! A browser with several pages of the desk, and the one text that they share.

use std::collections::BTreeSet;

use desk::{Command, Control, Input, Snapshot};

use crate::support::{Page, at, id};

/// When a page gets to know what another has written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum News {
    AtOnce,
    /// It reads the newest text, and hears later that there is one.
    Late,
    /// It reads what was there before: a browser keeps a copy in each of its processes.
    Stale,
}

/// A browser with several pages of the desk.
pub(crate) struct Browser {
    /// Each with the text that it reads.
    pub(crate) pages: Vec<Page>,
    pub(crate) stored: Option<String>,
    pub(crate) news: News,
    /// The pages that have yet to hear that another has written.
    unheard: BTreeSet<usize>,
    /// Whether a page has written without having read what another had.
    is_torn: bool,
}

impl Browser {
    pub(crate) fn open() -> Self {
        Self::open_pages(2)
    }

    pub(crate) fn open_pages(count: usize) -> Self {
        Self {
            pages: (0..count).map(|_| Page::open()).collect(),
            stored: None,
            news: News::AtOnce,
            unheard: BTreeSet::new(),
            is_torn: false,
        }
    }

    /// Lets a page do something with the text that it reads.
    fn lets(&mut self, page: usize, read: Option<&str>, act: impl FnOnce(&mut Page)) {
        self.pages[page].stored = read.map(Into::into);
        act(&mut self.pages[page]);
        let written = self.pages[page].stored.clone();
        if written.as_deref() != read {
            self.is_torn |= self.stored.as_deref() != read;
            self.stored = written;
            let others = (0..self.pages.len()).filter(|other| *other != page);
            self.unheard.extend(others);
        }
    }

    pub(crate) fn give(&mut self, page: usize, input: Input) {
        let is_stale = self.news == News::Stale && self.unheard.contains(&page);
        let copy = self.pages[page].stored.clone();
        let read = if is_stale { copy } else { self.stored.clone() };
        self.lets(page, read.as_deref(), |page| {
            page.give(input);
        });
        if self.news == News::AtOnce {
            self.settle();
        }
    }

    /// Every page hears of the last writing, all at the same moment, until none writes any more.
    pub(crate) fn settle(&mut self) {
        let mut rounds = 0;
        while !self.unheard.is_empty() {
            assert!(rounds <= self.pages.len(), "the pages answer without end");
            rounds += 1;
            let newest = self.stored.clone();
            for page in std::mem::take(&mut self.unheard) {
                self.lets(page, newest.as_deref(), |page| {
                    page.hear(page.stored.clone());
                });
            }
        }
        self.is_torn = false;
    }

    pub(crate) fn tell(&mut self, page: usize, told: &Snapshot) {
        let taken_at = told.taken_at.unwrap();
        self.pages[page].now = desk::Instant::from_millis((taken_at - at(0)).num_milliseconds());
        self.give(page, Input::Snapshot(Box::new(told.clone())));
    }

    pub(crate) fn press(&mut self, page: usize, control: Control, contact: &str) {
        self.give(page, Input::Command(Command::Press(control, id(contact))));
    }

    /// What a page has written is safe as soon as it has heard of whoever wrote at the same
    /// moment.
    pub(crate) fn reload(&mut self, page: usize) {
        if self.is_torn {
            self.settle();
        }
        self.unheard.remove(&page);
        self.pages[page] = Page::open_with(self.stored.clone());
    }
}
