//! The signs of a ring for an agent who looks elsewhere: a spoken line and a flashing title.
//! Neither moves the focus.

use desk::{CallPhase, Desk, Role};
use leptos::prelude::document;

use super::call_panel::customer_words;
use crate::{
    runtime::DeskHandle,
    text::{self, Text},
    ui::{El, el, run},
};

/// Speaks what the call in front is doing and that another rings; flashes the page's title.
pub(super) fn announcer(desk: DeskHandle) -> El {
    run(Box::new(move || {
        let flash = desk.read(|desk| desk.ringing().next().is_some()) && desk.blinks();
        let risk = || desk.read(|desk| desk.risk().is_some());
        let title = match () {
            () if flash => Text::RingTitle,
            () if risk() => Text::RiskTitle,
            () => Text::Desk,
        };
        let title = desk.say(title);
        if document().title() != title {
            document().set_title(title);
        }
    }));
    let second_ring = move |told: &Desk| {
        let front = told.front().map(|front| &front.id);
        let text = told
            .ringing()
            .any(|contact| Some(&contact.id) != front)
            .then(|| desk.say(Text::AnnounceSecondRing));
        text.unwrap_or_default().into()
    };
    let spoken = || el("p").set("aria-live", "assertive");
    el("div")
        .class("visually-hidden")
        .child(spoken().words(move || desk.read(|told| call(told, desk))))
        .child(spoken().words(move || desk.read(second_ring)))
}

fn call(told: &Desk, desk: DeskHandle) -> String {
    let Some(call) = told.front().filter(|_| told.role() != Role::Mirror) else {
        return String::new();
    };
    if call.phase != CallPhase::Ringing {
        return desk.say(text::phase(Some(call.phase))).into();
    }
    let caller = customer_words(call, desk);
    let queue = call.queue.as_deref().unwrap_or_default();
    format!("{} {caller} {queue}", desk.say(Text::AnnounceRing))
}
