//! What went wrong and what to do, in the agent's words.

use chrono::{DateTime, Utc};
use desk::{Command, MuteConflict, Notice, Repair};
use leptos::prelude::*;

use crate::{
    format,
    runtime::DeskHandle,
    signal::State,
    text::{self, Locale, Text},
    ui::{El, button, el},
};

/// The notices, at the lower edge, where they push no button away: how the desk stands to Connect,
/// then the newest. The others are counted and unfolded on demand.
pub(super) fn notices(desk: DeskHandle) -> El {
    let standing = desk.select(|desk| {
        let told_at = || desk.is_unconfirmed().then(|| desk.told_at());
        let link = text::link(desk).map(|sentence| (desk.repair_offered(), sentence, told_at()));
        (link, desk.mute_conflict(), text::obstacle(desk))
    });
    let notices = desk.select(|desk| desk.notices().to_vec());
    let open = State::new(false);
    el("section")
        .class("notices")
        .set("role", "alert")
        .set("aria-label", desk.say(Text::Notices))
        .refuge(".call-panel")
        .children(move || {
            let (link, conflict, obstacle) = standing.get();
            let notices = notices.get();
            let all = usize::from(link.is_some()) + notices.len();
            let mut more = (all > 1).then(|| more(desk, all - 1, open));
            let mut shown = Vec::new();
            // Nothing else is as urgent as what the customer hears, and nothing hides it.
            let loud = conflict.map(|conflict| mute_conflict(desk, conflict));
            if let Some((repair, sentence, told_at)) = link {
                let mut words = desk.say(sentence).to_owned();
                if let Some(told_at) = told_at {
                    add_that_the_call_may_go_on(&mut words, told_at, desk.locale());
                }
                let mut notice = self::shown(&words, more.take());
                if sentence == Text::LinkStillSilent {
                    notice = candidates(desk, notice);
                }
                shown.push(with_repair(desk, notice, repair));
            }
            for told in notices.iter().rev() {
                if shown.is_empty() || open.get() {
                    shown.push(notice(desk, told, more.take()));
                }
            }
            let obstacle = obstacle.map(|(sentences, repair)| {
                let notice = self::shown(&text::join(sentences, desk.locale()), None);
                with_repair(desk, notice, repair)
            });
            loud.into_iter().chain(obstacle).chain(shown).collect()
        })
}

/// Loud until the agent has made it so, or has said that they know.
fn mute_conflict(desk: DeskHandle, conflict: MuteConflict) -> El {
    let notice = shown(desk.say(text::mute_conflict(conflict)), None).set("data-loud", "");
    // What Connect does to the line the agent cannot settle here.
    if conflict == MuteConflict::LineMuted {
        return notice;
    }
    let known = button(
        "plain",
        || Text::Dismiss,
        desk,
        || true,
        move || desk.command(Command::AcceptMute),
    );
    notice.child(known.key("mute"))
}

/// How many notices there are besides, and the way to them.
fn more(desk: DeskHandle, count: usize, open: State<bool>) -> El {
    el("button")
        .press(|| true, move || open.update(|open| *open = !*open))
        .key("more")
        .bind("aria-expanded", move || {
            Some(if open.get() { "true" } else { "false" }.into())
        })
        .text(&text::more_notices(count, desk.locale()))
}

fn notice(desk: DeskHandle, notice: &Notice, more: Option<El>) -> El {
    let words = text::join(text::notice(&notice.kind), desk.locale());
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

/// The audio does not need the desk; and what is shown of the call is from the last snapshot.
fn add_that_the_call_may_go_on(words: &mut String, told_at: Option<DateTime<Utc>>, locale: Locale) {
    text::add(words, Text::CallMayGoOn.say(locale), locale);
    if let Some(told_at) = told_at {
        let time = format::time_of_day(told_at, locale);
        text::add(words, &text::shown_is_from(&time, locale), locale);
    }
}

/// Adds the one thing that may mend it.
pub(super) fn with_repair(desk: DeskHandle, told: El, repair: Option<Repair>) -> El {
    let Some(repair) = repair else { return told };
    let mend = button(
        "accept",
        move || text::repair(repair),
        desk,
        || true,
        move || desk.command(Command::Repair(repair)),
    );
    told.child(mend.key("repair"))
}

/// Why a CCP stays silent though somebody has signed in, in the order in which it is likely. A page
/// cannot tell them apart: the browser does not say what became of another origin's frame.
fn candidates(desk: DeskHandle, notice: El) -> El {
    let address = desk.ccp_url();
    let origin = |address: &str| {
        let end = address.match_indices('/').nth(2).map(|(at, _)| at);
        address
            .get(..end.unwrap_or(address.len()))
            .map(String::from)
    };
    let connect = origin(&address).unwrap_or_default();
    let here = window().location().origin().unwrap_or_default();
    let copied = State::new(Text::CopyOrigin);
    let copy = button("plain", move || copied.get(), desk, || true, {
        let here = here.clone();
        move || {
            DeskHandle::copy(here.clone(), move |went_well| {
                copied.set(if went_well {
                    Text::Copied
                } else {
                    Text::CopyFailed
                });
            });
        }
    });
    let candidate =
        |text: Text, value: &str| el("li").text(desk.say(text)).child(el("code").text(value));
    notice
        .child(
            el("ol")
                .child(candidate(Text::CandidateOrigin, &here))
                .child(candidate(Text::CandidateCookies, &connect))
                .child(candidate(Text::CandidateAddress, &address)),
        )
        .child(copy.key("copy"))
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
