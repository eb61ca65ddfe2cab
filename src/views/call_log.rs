//! Today's calls: what remains of each when the customer has gone.

use desk::{CallRecord, ContactKind, Desk, elapsed};
use leptos::prelude::*;

use crate::{
    format,
    runtime::{self, DeskHandle},
    text::{self, Text},
    ui::{El, el},
};

/// Rows that are rendered; older calls of the day are counted, not shown.
const MOST_ROWS: usize = 50;

/// The finished calls of this day, newest first.
pub(super) fn call_log(desk: DeskHandle) -> El {
    let records = desk.select(|desk| {
        let shown = today(desk).take(MOST_ROWS);
        shown.cloned().collect::<Vec<_>>()
    });
    let name = desk.say(Text::TodaysCalls);
    let rows = move || {
        let records = records.read();
        records.iter().map(|record| row(desk, record)).collect()
    };
    let count = move || desk.read(|desk| today(desk).count()).to_string();
    let hint = move || {
        let hint = records
            .read()
            .is_empty()
            .then(|| desk.say(Text::NoCallsToday));
        hint.unwrap_or_default().into()
    };
    let heading = el("h2")
        .text(name)
        .text(" ")
        .child(el("span").class("count").words(count));
    el("section")
        .class("call-log")
        .set("aria-label", name)
        .child(heading)
        .child(
            el("ol")
                .set("data-testid", "call-log")
                .set("tabindex", "0")
                .set("aria-label", name)
                .children(rows),
        )
        .child(el("p").class("hint").words(hint))
}

/// The offers that began on this day, in the reader's place.
fn today(desk: &Desk) -> impl Iterator<Item = &CallRecord> {
    let now = desk.server_time(runtime::now());
    let began_today = move |record: &&CallRecord| {
        let began = record.times.began();
        began
            .zip(now)
            .is_none_or(|(began, now)| format::same_day(began, now))
    };
    desk.log().records().iter().filter(began_today)
}

/// One finished offer.
fn row(desk: DeskHandle, record: &CallRecord) -> El {
    let times = &record.times;
    let talk = times.connected.zip(times.ended);
    let talk = talk.map(|(from, to)| format::duration(elapsed(from.at, to.at)));
    let mut outcome = desk.say(text::outcome(record.outcome)).to_owned();
    if record.transferred {
        outcome = format!("{outcome} · {}", desk.say(Text::Transferred));
    }
    let kind = if record.callback {
        Text::Callback
    } else {
        text::kind(&ContactKind::Voice, record.direction)
    };
    let mut came = desk.say(kind).to_owned();
    if let Some(queue) = &record.queue {
        came = format!("{came} · {queue}");
    }
    if let Some(last_two) = &record.last_two {
        came = format!("{came} · …{last_two}");
    }
    let mut time = el("time");
    if let Some(began) = times.began() {
        time = time
            .set("datetime", &format::instant(began))
            .text(&format::time_of_day(began, desk.locale));
    }
    let contact = record.contact.as_ref();
    let part = |class, text: &str| el("span").class(class).text(text);
    el("li")
        .set("data-testid", "call-record")
        .set("data-contact-id", contact)
        .set("data-outcome", record.outcome.as_str())
        .child(time)
        .child(part("row-outcome", &outcome))
        .child(part("row-talk", talk.as_deref().unwrap_or_default()))
        .child(part("row-came", &came))
        .child(part("id", contact))
}
