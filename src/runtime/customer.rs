//! Customers: a question becomes a request, and what comes becomes what the desk understands.
//! `public/proxy.js` does the asking, and has the token that it takes.

use std::{cell::RefCell, rc::Rc};

use contract::{Endpoint, Link, OpenProfile, ScreenPop, Search, Told};
use desk::{Access, Answer, Input, InquiryError, InquiryId, Question};
use wasm_bindgen::prelude::*;

use super::Runtime;

/// Is told of a question what has come, and its text. Of no question (0): how the agent stands to
/// the identity provider, and its word.
type Tell = Closure<dyn Fn(u32, String, String)>;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = deskProxy)]
    fn start(
        api: &str,
        issuer: &str,
        client_id: &str,
        scope: &str,
        audience: Option<&str>,
        silent_frame: bool,
        tell: &Tell,
    ) -> Result<(), JsValue>;

    #[wasm_bindgen(catch, js_namespace = deskProxy)]
    fn ask(question: u32, path: &str, body: &str) -> Result<(), JsValue>;

    #[wasm_bindgen(catch, js_namespace = deskProxy)]
    fn abandon(question: u32) -> Result<(), JsValue>;

    #[wasm_bindgen(catch, js_namespace = deskProxy, js_name = signIn)]
    fn sign_in() -> Result<(), JsValue>;

    #[wasm_bindgen(catch, js_namespace = deskProxy, js_name = signOut)]
    fn sign_out(everywhere: bool) -> Result<(), JsValue>;
}

/// What is under way.
#[derive(Debug, Default)]
pub(super) struct Proxy {
    tell: RefCell<Option<Tell>>,
    asked: RefCell<Vec<Asked>>,
}

#[derive(Debug)]
struct Asked {
    id: InquiryId,
    answer: Form,
    /// Something that came could not be read.
    is_spoiled: bool,
}

/// What answers a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Parts,
    Results,
    Done,
}

impl Runtime {
    /// Whoever may be asked for customers is, once the script is there.
    pub(super) fn meet_the_proxy(self: &Rc<Self>) {
        let Some(customers) = &self.settings.customers else {
            return;
        };
        let this = Rc::downgrade(self);
        let tell = Tell::new(move |question, what: String, text: String| {
            let Some(this) = this.upgrade() else { return };
            if question == 0 {
                this.send(Input::Access(access(&what, &text)));
            } else {
                this.proxy_told(question, &what, &text);
            }
        });
        let provider = &customers.provider;
        let started = start(
            &customers.api,
            &provider.issuer,
            &provider.client_id,
            &provider.scope,
            provider.audience.as_deref(),
            customers.silent_frame,
            &tell,
        );
        // It says when it is there (`desk:proxy`).
        if started.is_ok() {
            *self.proxy.tell.borrow_mut() = Some(tell);
        }
    }

    pub(super) fn inquire(self: &Rc<Self>, id: InquiryId, question: &Question) {
        let (answer, path, body) = request(question);
        self.proxy.asked.borrow_mut().push(Asked {
            id,
            answer,
            is_spoiled: false,
        });
        if ask(id.number(), path, &body).is_err() {
            self.proxy_told(id.number(), "unreachable", "");
        }
    }

    pub(super) fn abandon(&self, id: InquiryId) {
        self.proxy.asked.borrow_mut().retain(|asked| asked.id != id);
        abandon(id.number()).ok();
    }

    /// In the press that asked for it.
    pub(super) fn sign_in_for_customers(self: &Rc<Self>) {
        if sign_in().is_err() {
            self.send(Input::Access(Access::ProviderFailed));
        }
    }

    /// Forgets the tokens; `everywhere`: the provider forgets the agent, too.
    pub(super) fn leave_the_proxy(&self, everywhere: bool) {
        if self.settings.customers.is_some() {
            sign_out(everywhere).ok();
        }
    }

    fn proxy_told(self: &Rc<Self>, question: u32, what: &str, text: &str) {
        let (id, answer) = {
            let mut all = self.proxy.asked.borrow_mut();
            let Some(at) = all.iter().position(|asked| asked.id.number() == question) else {
                return;
            };
            let Some(asked) = all.get_mut(at) else { return };
            let answer = match what {
                "line" => read(asked.answer, text),
                _ => Some(last_word(asked, what, text)),
            };
            let Some(answer) = answer else {
                asked.is_spoiled = true;
                return;
            };
            let id = asked.id;
            if !matches!(answer, Answer::Part(_)) {
                all.swap_remove(at);
            }
            (id, answer)
        };
        self.send(Input::Answered { id, answer });
    }
}

/// Where a question is asked, in which words, and what answers it.
fn request(question: &Question) -> (Form, &'static str, String) {
    match question {
        Question::Contact(contact_id) => {
            let request = ScreenPop {
                contact_id: contact_id.clone(),
            };
            (Form::Parts, ScreenPop::PATH, request.write())
        }
        Question::Profile(profile) => {
            let request = OpenProfile {
                profile: profile.clone(),
            };
            (Form::Parts, OpenProfile::PATH, request.write())
        }
        Question::Search { by, value, next } => {
            let request = Search {
                by: *by,
                value: value.clone(),
                next: next.clone(),
            };
            (Form::Results, Search::PATH, request.write())
        }
        Question::Link { contact, profile } => {
            let request = Link {
                contact_id: contact.clone(),
                profile: profile.clone(),
            };
            (Form::Done, Link::PATH, request.write())
        }
    }
}

/// A line that cannot be read takes no other with it.
fn read(form: Form, line: &str) -> Option<Answer> {
    Some(match form {
        Form::Parts => Answer::Part(Told::parse(line).ok()?),
        Form::Results => Answer::Found(Told::parse(line).ok()?),
        Form::Done => Answer::Linked,
    })
}

fn last_word(asked: &Asked, what: &str, text: &str) -> Answer {
    Answer::Failed(match what {
        "end" if asked.answer == Form::Parts && !asked.is_spoiled => return Answer::Closed,
        "end" => InquiryError::Unreadable,
        "sign-in" => InquiryError::SignIn,
        "timeout" => InquiryError::Timeout,
        "refusal" => {
            let told = Told::parse(text).ok();
            // Else it is somebody else's.
            let refusal = told.and_then(|body| InquiryError::refusal(&body));
            refusal.unwrap_or(InquiryError::Unreachable)
        }
        _ => InquiryError::Unreachable,
    })
}

fn access(state: &str, word: &str) -> Access {
    match state {
        "signed-out" => Access::SignedOut,
        "signing-in" => Access::SigningIn,
        "signed-in" => Access::SignedIn,
        "blocked" => Access::PopupBlocked,
        "refused" => Access::Refused(word.into()),
        _ => Access::ProviderFailed,
    }
}

#[cfg(test)]
#[cfg(target_arch = "wasm32")]
mod tests;
