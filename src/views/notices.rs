//! What went wrong and what to do, in the agent's words.

use chrono::{DateTime, Utc};
use desk::{Command, Link, Notice};
use leptos::prelude::*;

use crate::{
    format,
    runtime::DeskHandle,
    text::{self, Locale, Text},
    ui::{El, button, el},
};

/// The notices, at the lower edge, where they push no button away: how the desk stands to Connect,
/// then the newest. The others are counted and unfolded on demand.
pub(super) fn notices(desk: DeskHandle) -> El {
    let link = desk.select(|desk| {
        let sentence = text::link(desk)?;
        let told_at = desk.is_unconfirmed().then(|| desk.told_at());
        Some((desk.link(), sentence, told_at))
    });
    let notices = desk.select(|desk| desk.notices().to_vec());
    let open = RwSignal::new(false);
    el("section")
        .class("notices")
        .set("role", "alert")
        .set("aria-label", desk.say(Text::Notices))
        .refuge(".call-panel")
        .children(move || {
            let link = link.get();
            let notices = notices.read();
            let all = usize::from(link.is_some()) + notices.len();
            let mut more = (all > 1).then(|| more(desk, all - 1, open));
            let mut shown = Vec::new();
            if let Some((link, sentence, told_at)) = link {
                let mut words = link_words(desk, sentence);
                if let Some(told_at) = told_at {
                    add_that_the_call_may_go_on(&mut words, told_at, desk.locale);
                }
                shown.push(link_notice(desk, link, &words, more.take()));
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

fn link_words(desk: DeskHandle, sentence: Text) -> String {
    let sentence = if desk.pop_up_blocked() {
        Text::PopUpBlocked
    } else {
        sentence
    };
    desk.say(sentence).into()
}

/// The audio does not need the desk; and what is shown of the call is from the last snapshot.
fn add_that_the_call_may_go_on(words: &mut String, told_at: Option<DateTime<Utc>>, locale: Locale) {
    words.push(' ');
    words.push_str(Text::CallMayGoOn.say(locale));
    if let Some(told_at) = told_at {
        words.push(' ');
        words.push_str(Text::ShownIsFrom.say(locale));
        words.push_str(&format::time_of_day(told_at, locale));
    }
}

fn link_notice(desk: DeskHandle, link: Link, words: &str, more: Option<El>) -> El {
    let notice = shown(words, more);
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
