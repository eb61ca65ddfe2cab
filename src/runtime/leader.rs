//! Which page of the browser leads. The browser keeps the order (Web Locks), and boot.js stands in
//! the queue: it does so before the app is there to be told.

use std::rc::Rc;

use desk::{Effect, Input, Role};
use wasm_bindgen::prelude::*;

use super::{Runtime, page_says, spawn};

/// In the page's own storage: that it takes the lead when it has been loaded anew. boot.js reads it.
const LEADS: &str = "desk.leader";

#[wasm_bindgen]
extern "C" {
    /// How many pages wait to lead. Of boot.js.
    #[wasm_bindgen(catch, js_name = deskMirrors)]
    async fn mirrors() -> Result<JsValue, JsValue>;
}

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

    /// A mirror has a CCP too, but no softphone in it.
    pub(super) fn count_softphones(self: &Rc<Self>, count: u32) {
        let this = Rc::downgrade(self);
        spawn(async move {
            let mirrors = mirrors().await.ok().and_then(|count| count.as_f64());
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "the length of a list"
            )]
            let mirrors = mirrors.unwrap_or_default() as u32;
            if let Some(this) = this.upgrade() {
                this.send(Input::Softphones(count.saturating_sub(mirrors)));
            }
        });
    }
}
