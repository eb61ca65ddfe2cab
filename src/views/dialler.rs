//! Placing a call: what is typed, what will be dialled, and why not.

use desk::{Command, Contact, Desk, Direction, NoticeKind, PhoneNumber, PhoneNumberError, Request};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use crate::{
    format,
    runtime::DeskHandle,
    text::{self, Text},
    ui::{El, button, el, has_focus_within, put_focus, section},
};

/// A field that shows what it will dial before it dials.
pub(super) fn dialler(desk: DeskHandle) -> El {
    let typed = RwSignal::new(String::new());
    let number = move || PhoneNumber::from_typed(&typed.read(), desk.country);
    let refusal = |desk: &Desk| desk.can_dial().err();
    let can_dial = move || desk.read(refusal).is_none() && number().is_ok();
    let asked = RwSignal::new(false);
    let dial = move || {
        if let Ok(number) = untrack(number) {
            asked.set(true);
            desk.command(Command::Dial(number));
        }
    };
    let says = move || match (number(), desk.read(refusal)) {
        // An empty field is no mistake.
        (Err(PhoneNumberError::Empty), _) => desk.say(Text::DialHint).into(),
        (Err(error), _) => desk.say(text::number_error(error)).into(),
        (Ok(_), Some(refusal)) => desk.say(text::refused(refusal)).into(),
        (Ok(number), None) => format!("{}: {}", desk.say(Text::WillDial), readable(&number)),
    };
    let field = el("input")
        .set("type", "tel")
        .set("autocomplete", "off")
        .set("aria-label", desk.say(Text::DialField))
        .set("aria-describedby", "dial-says")
        .follow(move |field| {
            let field: &HtmlInputElement = field.unchecked_ref();
            let typed = typed.read();
            // Setting what is there already would move the caret.
            if field.value() != *typed {
                field.set_value(&typed);
            }
        })
        .on("input", move |event| {
            if let Some(field) = event.target() {
                asked.set(false);
                typed.set(field.unchecked_ref::<HtmlInputElement>().value());
            }
        });
    let form = el("form")
        .on("submit", move |event| {
            event.prevent_default();
            if untrack(can_dial) {
                dial();
            }
        })
        .child(field)
        .child(button("accept", || Text::Dial, desk, can_dial, dial))
        // The number goes when it is being called. One that was refused stays to be mended.
        .follow(move |form| {
            if !asked.get() {
                return;
            }
            if desk.read(is_calling) {
                asked.set(false);
                typed.set(String::new());
            } else if desk.read(was_refused) {
                asked.set(false);
                if has_focus_within(form)
                    && let Ok(Some(field)) = form.query_selector("input")
                {
                    put_focus(&field);
                }
            }
        });
    section("dialler", desk.say(Text::Dialler))
        .child(form)
        .child(
            el("p")
                .set("id", "dial-says")
                .class("hint")
                .set("role", "status")
                .words(says),
        )
}

/// Whether a call is there that was placed. There is none while a number may be dialled, so it is
/// the one that was asked for.
fn is_calling(desk: &Desk) -> bool {
    let is_placed = |contact: &Contact| contact.direction == Direction::Outbound;
    desk.front().is_some_and(is_placed) || desk.others().any(is_placed)
}

/// Whether Connect has said no to the last number. Asking again takes the notice away.
fn was_refused(desk: &Desk) -> bool {
    let mut notices = desk.notices().iter();
    notices.any(|notice| matches!(notice.kind, NoticeKind::ActionFailed(Request::Dial, _)))
}

/// As it is read, and as it is dialled when the two differ.
fn readable(number: &PhoneNumber) -> String {
    let read = format::phone(number);
    if read == number.as_str() {
        read
    } else {
        format!("{read} ({})", number.as_str())
    }
}
