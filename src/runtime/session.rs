//! The sign-in page and the end of a session: what the desk asks of the browser for them.

use std::rc::Rc;

use desk::{Input, SignInPage};
use streams::Ccp;
use wasm_bindgen_futures::JsFuture;
use web_sys::{RequestCredentials, RequestInit, RequestMode, Window};

use super::{Runtime, spawn, warn};

/// The window that the sign-in page opens in, so that a second press finds the first one.
const SIGN_IN_WINDOW: &str = "desk-sign-in";

impl Runtime {
    /// Tells when the sign-in page is gone.
    pub(super) fn look_at_sign_in(self: &Rc<Self>) {
        // Of a page of another origin nothing can be seen but whether it is there.
        let is_closed = |window: &mut Window| window.closed().unwrap_or(true);
        if self.sign_in.borrow_mut().take_if(is_closed).is_some() {
            self.send(Input::SignInPage(SignInPage::Closed));
        }
    }

    /// In the click that asked for it; at any other time the browser would not let it open.
    pub(super) fn open_sign_in(self: &Rc<Self>) {
        if let Some(window) = self.sign_in.borrow().as_ref() {
            // What has been typed into it stays.
            window.focus().ok();
            return;
        }
        let address = self
            .settings
            .login_url
            .as_ref()
            .unwrap_or(&self.settings.ccp_url);
        let opened = web_sys::window()
            .and_then(|window| {
                let features = "width=480,height=640";
                window
                    .open_with_url_and_target_and_features(address, SIGN_IN_WINDOW, features)
                    .ok()
            })
            .flatten();
        if opened.is_none() {
            self.send(Input::SignInPage(SignInPage::Blocked));
        }
        *self.sign_in.borrow_mut() = opened;
    }

    /// Ends the session as the library does where it may (`agentApp`, `destroy`): at the instance's
    /// own address, and then through the CCP, which tells every page.
    pub(super) fn sign_out(self: &Rc<Self>) {
        let init = RequestInit::new();
        init.set_credentials(RequestCredentials::Include);
        init.set_mode(RequestMode::NoCors);
        let ended = web_sys::window().map(|window| {
            let address = logout_address(&self.settings.ccp_url);
            JsFuture::from(window.fetch_with_str_and_init(&address, &init))
        });
        let this = Rc::downgrade(self);
        spawn(async move {
            // What it answers is not shown to a page of another origin. Whether the session is over
            // is seen when the CCP loads anew.
            if let Some(ended) = ended
                && ended.await.is_err()
            {
                warn("the session could not be ended");
            }
            if let Some(this) = this.upgrade() {
                this.ask(Ccp::sign_out);
            }
        });
    }
}

/// Where a session is ended: beside the CCP, as the library has it.
pub(super) fn logout_address(ccp_url: &str) -> String {
    let beside = ccp_url
        .rsplit_once("/ccp")
        .map_or(ccp_url, |(beside, _)| beside);
    [beside.trim_end_matches('/'), "/logout"].concat()
}
