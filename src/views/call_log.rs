//! Today's calls: what remains of each when the customer has gone.

use chrono::{DateTime, Utc};
use desk::{CallRecord, ContactKind, Desk};

use crate::{
    format,
    runtime::DeskHandle,
    signal::Selection,
    text::{self, Text},
    ui::{El, el},
};

/// Rows that are rendered; older calls of the day are counted, not shown.
const MOST_ROWS: usize = 50;

/// The finished calls of this day, newest first.
pub(super) fn call_log(desk: DeskHandle) -> El {
    // Midnight comes without a snapshot.
    let day = Selection::new(move || desk.server_time().map(format::day));
    let records = Selection::new(move || {
        desk.read(|told| {
            let shown = today(told, day.get()).take(MOST_ROWS);
            shown.cloned().collect::<Vec<_>>()
        })
    });
    let name = desk.say(Text::TodaysCalls);
    let rows =
        move || records.with(|records| records.iter().map(|record| row(desk, record)).collect());
    let count = move || desk.read(|told| today(told, day.get()).count()).to_string();
    let hint = move || {
        let none = records.with(Vec::is_empty);
        let hint = none.then(|| desk.say(Text::NoCallsToday));
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

/// The offers that began on a day in the reader's place; all, while it is not known which day
/// it is.
fn today(desk: &Desk, day: Option<format::Day>) -> impl Iterator<Item = &CallRecord> {
    let began_today = move |record: &&CallRecord| {
        let began: Option<DateTime<Utc>> = record.times.began();
        began
            .zip(day)
            .is_none_or(|(began, day)| format::day(began) == day)
    };
    desk.log()
        .records()
        .iter()
        .map(AsRef::as_ref)
        .filter(began_today)
}

/// One finished offer.
fn row(desk: DeskHandle, record: &CallRecord) -> El {
    let times = &record.times;
    let talk = times.ended.and_then(|ended| times.talk(ended.at));
    let talk = talk.map(format::duration);
    let mut outcome = desk.say(text::outcome(record.outcome)).to_owned();
    if record.transferred {
        outcome = format!("{outcome} · {}", desk.say(Text::Transferred));
    }
    let kind = if record.callback {
        Text::Callback
    } else {
        text::kind(&ContactKind::Voice, record.direction)
    };
    let mut came = el("span").class("row-came").text(desk.say(kind));
    if let Some(queue) = &record.queue {
        came = came.text(" · ").child(el("bdi").text(queue));
    }
    if let Some(last_two) = &record.last_two {
        came = came.text(" · …").text(last_two);
    }
    let mut time = el("time");
    if let Some(began) = times.began() {
        time = time
            .set("datetime", &format::instant(began))
            .text(&format::time_of_day(began, desk.locale()));
    }
    // A number that was dialled in vain has none.
    let contact = record.contact.as_ref().map(AsRef::as_ref);
    let contact = contact.unwrap_or_default();
    let part = |class, text: &str| el("span").class(class).text(text);
    el("li")
        .set("data-testid", "call-record")
        .set("data-contact-id", contact)
        .set("data-outcome", record.outcome.as_str())
        .child(time)
        .child(part("row-outcome", &outcome))
        .child(part("row-talk", talk.as_deref().unwrap_or_default()))
        .child(came)
        .child(part("id", contact))
}
