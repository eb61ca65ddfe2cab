//! Placing a call: what is typed, what will be dialled, and why not.

use std::cell::RefCell;

use desk::{
    ActionError, CallPhase, Caller, Command, Contact, Desk, Direction, NoticeKind, PhoneNumber,
    PhoneNumberError, Request,
};
use leptos::prelude::*;

use crate::{
    format,
    runtime::DeskHandle,
    signal::State,
    text::{self, Text},
    ui::{El, button, el, has_focus_within, put_focus, run, section},
};

/// A field that shows what it will dial before it dials.
pub(super) fn dialler(desk: DeskHandle) -> El {
    let typed = State::new(String::new());
    let number = move || typed.with(|typed| PhoneNumber::from_typed(typed, desk.country()));
    let refusal = |desk: &Desk| desk.can_dial().err();
    let can_dial = move || desk.read(refusal).is_none() && number().is_ok();
    let asked = State::new(false);
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
        .set("aria-label", desk.say(Text::DialField))
        .set("aria-describedby", "dial-says")
        .typing(typed)
        .on("input", move |_| asked.set(false));
    let form = el("form")
        .on("submit", move |event| {
            event.prevent_default();
            if untrack(can_dial) {
                dial();
            }
        })
        .child(field)
        .child(button("accept", || Text::Dial, desk, can_dial, dial))
        // The number goes when it is being called, also when Connect's answer was lost; one that
        // was refused stays to be mended.
        .follow(move |form| {
            let number = number().ok();
            if desk.read(|desk| is_calling(desk, number.as_ref(), asked.get())) {
                asked.set(false);
                typed.set(String::new());
            } else if asked.get() && desk.read(was_refused) {
                asked.set(false);
                if has_focus_within(form)
                    && let Ok(Some(field)) = form.query_selector("input")
                {
                    put_focus(&field);
                }
            }
        });
    let agent = desk.select(|desk| desk.agent()?.arn.clone());
    let typed_by = RefCell::new(None);
    run(Box::new(move || {
        // What a colleague has typed is not for the next agent to see.
        let Some(agent) = agent.get() else { return };
        let before = typed_by.replace(Some(agent.clone()));
        if before.is_some_and(|before| before != agent) {
            typed.set(String::new());
        }
    }));
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

/// Whether a call is there that was asked for, since there is none while a number may be dialled; or
/// one is being placed to `number`.
fn is_calling(desk: &Desk, number: Option<&PhoneNumber>, asked: bool) -> bool {
    let is_it = |contact: &Contact| {
        contact.direction == Direction::Outbound
            && (asked
                || (contact.phase == CallPhase::Dialing
                    && matches!(&contact.caller, Caller::Number(called) if Some(called) == number)))
    };
    desk.front().is_some_and(is_it) || desk.others().any(is_it)
}

/// Whether Connect has said no to the last number; silence is no answer. Asking again takes the notice away.
fn was_refused(desk: &Desk) -> bool {
    let mut notices = desk.notices().iter();
    notices.any(|notice| match &notice.kind {
        NoticeKind::ActionFailed(Request::Dial, error) => *error != ActionError::TimedOut,
        _ => false,
    })
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
