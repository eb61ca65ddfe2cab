//! The journal in the browser's storage, which every page of this origin shares.

use desk::{Journal, SharedJournal};
use web_sys::Storage;

use super::warn;

/// Where it lies.
pub(super) const JOURNAL: &str = "desk.journal";

/// The stored journal, as this page knows it.
#[derive(Debug, Default)]
pub(super) struct StoredJournal(SharedJournal);

impl StoredJournal {
    /// What an earlier life of the page has kept.
    pub(super) fn open(&mut self) -> Option<Journal> {
        let journal = self.0.open(&stored()?);
        if journal.is_none() {
            warn("the journal in this browser cannot be read and is left behind");
        }
        journal
    }

    /// What another page has kept.
    pub(super) fn news(&self) -> Option<Journal> {
        self.0.news(&stored()?)
    }

    /// Keeps what this page knows, and what another has kept meanwhile.
    pub(super) fn keep(&mut self, journal: &Journal) {
        let Some(text) = self.0.keep(journal, stored()) else {
            return;
        };
        let kept = storage().and_then(|storage| storage.set_item(JOURNAL, &text).ok());
        if kept.is_none() {
            warn("the journal could not be kept in this browser");
        }
    }
}

pub(super) fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok()?
}

fn stored() -> Option<String> {
    storage()?.get_item(JOURNAL).ok()?
}
