//! Which page of the browser leads. The browser keeps the order (Web Locks), and boot.js stands in
//! the queue: it does so before the app is there to be told.

use std::rc::Rc;

use super::{Runtime, page_says};
use desk::{Effect, Input, Role};

/// In the page's own storage: that it takes the lead when it has been loaded anew. boot.js reads it.
const LEADS: &str = "desk.leader";

impl Runtime {
    /// boot.js says on the document's element what this page is.
    pub(super) fn role_settled(self: &Rc<Self>) {
        let role = match page_says("data-role").as_deref() {
            Some("leader") => Role::Leader,
            Some("mirror") => Role::Mirror,
            Some(_) => Role::Unknown,
            None => return,
        };
        self.role.set(Some(role));
        self.send(Input::Role(role));
        self.library_settled();
    }

    /// Loads the page anew, to take the lead from whichever page has it.
    pub(super) fn lead(self: &Rc<Self>) {
        let own = web_sys::window().and_then(|window| window.session_storage().ok()?);
        if let Some(own) = own {
            own.set_item(LEADS, "").ok();
        }
        self.perform(Effect::Reload);
    }
}
