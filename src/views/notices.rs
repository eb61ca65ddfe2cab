//! What went wrong and what to do, in the agent's words.

use desk::{Command, Link, Notice};
use leptos::prelude::*;

use crate::{
    runtime::DeskHandle,
    text::{self, Locale, Text},
    ui::{El, button, el},
};

/// The notices, at the lower edge, where they push no button away: how the desk stands to Connect,
/// then the newest. The others are counted and unfolded on demand.
pub(super) fn notices(desk: DeskHandle) -> El {
    let link = desk.select(|desk| (desk.link(), desk.is_signing_in()));
    let notices = desk.select(|desk| desk.notices().to_vec());
    let open = RwSignal::new(false);
    el("section")
        .class("notices")
        .set("role", "alert")
        .set("aria-label", desk.say(Text::Notices))
        .refuge(".call-panel")
        .children(move || {
            let (link, signing_in) = link.get();
            let sentence = text::link(link, signing_in);
            let notices = notices.read();
            let all = usize::from(sentence.is_some()) + notices.len();
            let mut more = (all > 1).then(|| more(desk, all - 1, open));
            let mut shown = Vec::new();
            if let Some(sentence) = sentence {
                shown.push(link_notice(desk, link, sentence, more.take()));
            }
            for told in notices.iter().rev() {
                if shown.is_empty() || open.get() {
                    shown.push(notice(desk, told, more.take()));
                }
            }
            shown
        })
}

/// How many notices there are besides, and the way to them.
fn more(desk: DeskHandle, count: usize, open: RwSignal<bool>) -> El {
    el("button")
        .press(|| true, move || open.update(|open| *open = !*open))
        .key("more")
        .bind("aria-expanded", move || {
            Some(if open.get() { "true" } else { "false" }.into())
        })
        .text(&text::more_notices(count, desk.locale))
}

fn notice(desk: DeskHandle, notice: &Notice, more: Option<El>) -> El {
    let [first, second] = text::notice(&notice.kind).map(|text| text.map(|text| desk.say(text)));
    let mut words = first.unwrap_or_default().to_owned();
    if let Some(second) = second {
        // Japanese puts no space between sentences.
        if desk.locale == Locale::En {
            words.push(' ');
        }
        words.push_str(second);
    }
    let id = notice.id;
    let dismiss = button(
        "plain",
        || Text::Dismiss,
        desk,
        || true,
        move || desk.command(Command::Dismiss(id)),
    );
    shown(&words, more).child(dismiss.key(&id.to_string()))
}

fn link_notice(desk: DeskHandle, link: Link, sentence: Text, more: Option<El>) -> El {
    let sentence = if desk.pop_up_blocked() {
        Text::PopUpBlocked
    } else {
        sentence
    };
    let notice = shown(desk.say(sentence), more);
    if !link.wants_sign_in() {
        return notice;
    }
    let sign_in = button(
        "accept",
        || Text::SignIn,
        desk,
        || true,
        move || desk.command(Command::SignIn),
    );
    notice.child(sign_in.key("sign-in"))
}

fn shown(words: &str, more: Option<El>) -> El {
    let notice = el("div")
        .class("notice")
        .set("data-testid", "notice")
        .child(el("p").text(words));
    match more {
        Some(more) => notice.child(more),
        None => notice,
    }
}
