//! What went wrong and what to do, in the agent's words.

use desk::{Command, Link, Notice};
use leptos::prelude::*;

use crate::{
    runtime::DeskHandle,
    text::{self, Text},
    ui::{El, button, el},
};

/// The notices. They lie over the screen's lower edge and push nothing away.
pub(super) fn notices(desk: DeskHandle) -> El {
    let link = desk.select(|desk| (desk.link(), desk.is_signing_in()));
    let notices = desk.select(|desk| desk.notices().to_vec());
    el("section")
        .class("notices")
        .set("role", "alert")
        .set("aria-label", desk.say(Text::Notices))
        .children(move || {
            let (link, signing_in) = link.get();
            let mut shown: Vec<El> = notices
                .read()
                .iter()
                .map(|told| notice(desk, told))
                .collect();
            if let Some(sentence) = text::link(link, signing_in) {
                shown.insert(0, link_notice(desk, link, sentence));
            }
            shown
        })
}

fn notice(desk: DeskHandle, notice: &Notice) -> El {
    let [first, second] = text::notice(&notice.kind).map(|text| text.map(|text| desk.say(text)));
    let words = format!(
        "{} {}",
        first.unwrap_or_default(),
        second.unwrap_or_default()
    );
    let id = notice.id;
    shown(&words).child(button(
        "plain",
        || Text::Dismiss,
        desk,
        || true,
        move || desk.command(Command::Dismiss(id)),
    ))
}

fn link_notice(desk: DeskHandle, link: Link, sentence: Text) -> El {
    let sentence = if desk.pop_up_blocked() {
        Text::PopUpBlocked
    } else {
        sentence
    };
    let notice = shown(desk.say(sentence));
    if !link.wants_sign_in() {
        return notice;
    }
    notice.child(button(
        "accept",
        || Text::SignIn,
        desk,
        || true,
        move || desk.command(Command::SignIn),
    ))
}

fn shown(words: &str) -> El {
    el("div")
        .class("notice")
        .set("data-testid", "notice")
        .child(el("p").text(words.trim_end()))
}
