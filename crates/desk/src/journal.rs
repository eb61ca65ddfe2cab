//! What outlives the page: ids and times, kept in the browser.
//!
//! A snapshot tells the present; when a call began to ring, or how often it was on hold, it no
//! longer says. So the desk keeps a journal of the offers it holds and of today's finished
//! ones, and gets it back as an input before the first snapshot. Nothing in it is personal:
//! ids, times, queue names, and of a number the last two digits.

use serde::{Deserialize, Serialize};

use crate::{call_log::CallLog, offer::KeptOffer};

/// The form of what is written; another form is not read.
const VERSION: u32 = 1;

/// What the desk keeps in the browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Journal {
    version: u32,
    /// Whose journal it is; another agent on the same PC starts a new one.
    agent: Option<String>,
    offers: Vec<KeptOffer>,
    log: CallLog,
}

/// A journal that has been opened by its owner, or by an agent who cannot be told from the
/// owner.
#[derive(Debug, Default)]
pub(crate) struct Earlier {
    pub agent: Option<String>,
    /// The offers that had not left the desk.
    pub offers: Vec<KeptOffer>,
    pub log: CallLog,
}

impl Journal {
    pub(crate) fn new(agent: Option<&str>, offers: Vec<KeptOffer>, log: CallLog) -> Self {
        Self {
            version: VERSION,
            agent: agent.map(Into::into),
            offers,
            log,
        }
    }

    /// What had been kept, if this journal is in today's form and `agent`'s own. An agent
    /// without an id takes whatever is there: there is nobody to tell apart.
    pub(crate) fn open(self, agent: Option<&str>) -> Option<Earlier> {
        let same = match (self.agent.as_deref(), agent) {
            (Some(kept), Some(now)) => kept == now,
            _ => true,
        };
        (self.version == VERSION && same).then_some(Earlier {
            agent: self.agent,
            offers: self.offers,
            log: self.log,
        })
    }
}
