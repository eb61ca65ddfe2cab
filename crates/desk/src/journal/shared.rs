//! One journal, and the pages of a browser that write it in turn: each as long as it leads, or all
//! of them where the browser cannot say which does.
//!
//! Storage has no transactions: a page that writes what it knows wipes out what another has
//! written since it read. So a page reads again before it writes. This module moves text from
//! hand to hand; where it lies it does not know.

use super::Journal;

/// The journal as one of several pages sees it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SharedJournal {
    /// The stored text in which there is nothing that this page does not know, by its digest: the
    /// text of a long day is 90 kB.
    known: Option<u64>,
}

impl SharedJournal {
    /// What is stored when the page opens; `None` if it cannot be read.
    pub fn open(&mut self, stored: &str) -> Option<Journal> {
        let journal = Journal::parse(stored);
        self.known = Some(digest(stored));
        journal
    }

    /// What is stored now, if another page has written it.
    pub fn news(&self, stored: &str) -> Option<Journal> {
        if self.known == Some(digest(stored)) {
            return None;
        }
        Journal::parse(stored)
    }

    /// The text to store so that `journal` is kept and nothing of another page's is lost; `None`
    /// if it is stored already.
    pub fn keep(&mut self, journal: &Journal, stored: Option<String>) -> Option<String> {
        let before = stored.as_deref().map(digest);
        if before.is_some() && before == self.known {
            // Not two such texts at a time: it is what the module's memory grows by.
            let length = stored.map_or(0, |stored| stored.len());
            let text = journal.to_text(length);
            self.known = Some(digest(&text));
            return (self.known != before).then_some(text);
        }
        let length = stored.as_deref().map_or(0, str::len);
        let mine = journal.to_text(length);
        let theirs = stored.as_deref().and_then(Journal::parse);
        let (text, is_mine) = match theirs {
            Some(theirs) => {
                let mut both = journal.clone();
                both.add(theirs);
                let text = both.to_text(length);
                let is_mine = text == mine;
                (text, is_mine)
            }
            None => (mine, true),
        };
        self.known = is_mine.then(|| digest(&text));
        (stored.as_deref() != Some(text.as_str())).then_some(text)
    }
}

/// FNV-1a of 64 bits: two pages of one browser do not contrive texts that are taken for one.
fn digest(text: &str) -> u64 {
    let step = |digest: u64, byte: u8| (digest ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    text.bytes().fold(0xcbf2_9ce4_8422_2325, step)
}
