//! The record of the contact: what an agent notes down today by hand.

use chrono::{DateTime, TimeDelta, Utc};
use desk::{Attributes, Caller, Contact, Desk, Stamp, spreadsheet_row};
use leptos::prelude::*;

use super::call_panel::{caller_words, customer_words};
use crate::{
    format,
    runtime::DeskHandle,
    signal::{Selection, State},
    text::{self, Text},
    ui::{El, button, el, fact, run, section},
};

/// Ids, times with their sources, durations, and one button that copies them all.
pub(super) fn contact_record(desk: DeskHandle) -> El {
    let words = |name: Text, of: fn(&Contact, DeskHandle) -> Option<String>| {
        let value = move || {
            let value = desk.read(|told| of(told.front()?, desk));
            value.unwrap_or_default()
        };
        fact(desk.say(name), el("dd").words(value))
    };
    let agent = |desk: &Desk| {
        desk.front()?;
        desk.agent().map(|agent| agent.name.clone())
    };
    let facts = el("dl")
        .child(id(desk, Text::ContactId, |call| Some(call.id.as_ref())))
        .child(id(desk, Text::InitialContactId, |call| {
            call.initial_id.as_ref().map(AsRef::as_ref)
        }))
        .child(words(Text::DirectionLabel, |call, desk| {
            Some(desk.say(text::kind(&call.kind, call.direction)).into())
        }))
        .child(words(Text::Queue, |call, _| call.queue.clone()))
        .child(words(Text::Customer, |call, desk| {
            Some(customer_words(call, desk))
        }))
        .child(fact(
            desk.say(Text::Agent),
            el("dd").words(move || desk.read(agent).unwrap_or_default()),
        ))
        .child(time(desk, Text::Connecting, "connecting-time", |call| {
            call.times.connecting
        }))
        .child(time(desk, Text::Connected, "connected-time", |call| {
            call.times.connected
        }))
        .child(time(desk, Text::Ended, "ended-time", |call| {
            call.times.ended
        }))
        .child(growing(desk, Text::WrapUp, |call, now| {
            call.times.connected?;
            Some(desk::elapsed(call.times.ended?.at, now))
        }))
        .child(growing(desk, Text::Talk, |call, now| call.times.talk(now)))
        .child(growing(desk, Text::OnHoldTotal, |call, now| {
            call.times.connected?;
            Some(call.times.on_hold(now))
        }));
    section("contact-record", desk.say(Text::ContactRecord))
        .child(facts)
        .child(copy_record(desk))
        .child(attributes(desk))
}

/// An id of the contact on a line of its own.
fn id(desk: DeskHandle, name: Text, of: fn(&Contact) -> Option<&str>) -> El {
    let words = move || {
        let id = desk.read(|desk| desk.front().map(|call| of(call).map(ToOwned::to_owned)));
        let none = || desk.say(Text::NotKnown).into();
        id.map(|id| id.unwrap_or_else(none)).unwrap_or_default()
    };
    let value = el("span").class("id").words(words);
    let value = match name {
        Text::ContactId => value.set("data-testid", "contact-id"),
        _ => value,
    };
    fact(desk.say(name), el("dd").child(value)).set("data-wide", "")
}

/// A duration that may still be growing.
fn growing(
    desk: DeskHandle,
    name: Text,
    of: fn(&Contact, DateTime<Utc>) -> Option<TimeDelta>,
) -> El {
    let words = move || {
        let now = desk.server_time();
        let duration = desk.read(|desk| of(desk.front()?, now?));
        duration.map_or_else(|| desk.say(Text::NotKnown).into(), format::duration)
    };
    fact(desk.say(name), el("dd").words(words))
}

/// A time of the contact in the reader's zone, and how it is known; nothing until it is.
fn time(desk: DeskHandle, name: Text, id: &'static str, of: fn(&Contact) -> Option<Stamp>) -> El {
    let stamp = Selection::new(move || desk.read(|desk| desk.front().and_then(of)));
    let value = el("dd").children(move || {
        let Some(stamp) = stamp.get() else {
            return Vec::new();
        };
        let time = el("time")
            .set("data-testid", id)
            .set("datetime", &format::instant(stamp.at))
            .text(&format::time_of_day(stamp.at, desk.locale()));
        let source = el("small").text(desk.say(text::source(stamp.source)));
        vec![time, source]
    });
    fact(desk.say(name), value).set("data-time", "")
}

/// Copies the record as one line for a spreadsheet.
fn copy_record(desk: DeskHandle) -> El {
    let contact = desk.select(|desk| desk.front().map(|call| call.id.clone()));
    let said = State::new(None::<Text>);
    run(Box::new(move || {
        contact.follow();
        said.set(None);
    }));
    let copy = move || {
        let Some(line) = untrack(|| row(desk)) else {
            return;
        };
        DeskHandle::copy(line, move |copied| {
            said.set(Some(if copied {
                Text::Copied
            } else {
                Text::CopyFailed
            }));
        });
    };
    let said = move || {
        let said = said.get().map(|text| desk.say(text));
        said.unwrap_or_default().into()
    };
    el("div")
        .class("copy-record")
        .child(button(
            "plain",
            || Text::CopyRecord,
            desk,
            move || contact.with(Option::is_some),
            copy,
        ))
        .child(el("span").set("role", "status").words(said))
}

fn row(desk: DeskHandle) -> Option<String> {
    let now = desk.server_time().unwrap_or_default();
    desk.look(|told| {
        let call = told.front()?;
        let number = match &call.caller {
            Caller::Number(number) => number.as_str().to_owned(),
            other => caller_words(other, desk),
        };
        let agent = told.agent().map(|agent| agent.name.as_str());
        Some(spreadsheet_row(
            &told.record_of(&call.id)?,
            call.outcome,
            &number,
            agent.unwrap_or_default(),
            now,
            format::local_iso,
        ))
    })
}

/// What the flow has set, as it is: names and values as text, never as markup.
fn attributes(desk: DeskHandle) -> El {
    let attributes = desk.select(|desk| desk.front().map(|call| call.attributes.clone()));
    let name = desk.say(Text::Attributes);
    let rows = move || {
        let row = |(name, value): (&str, &str)| fact(&desk.label(name), el("dd").text(value));
        attributes.with(|set| set.iter().flat_map(Attributes::iter).map(row).collect())
    };
    let none = |desk: &Desk| desk.front().is_none_or(|call| call.attributes.is_empty());
    let hint = move || {
        let hint = desk.read(none).then(|| desk.say(Text::NoAttributes));
        hint.unwrap_or_default().into()
    };
    section("attributes", name)
        .child(
            el("dl")
                .set("tabindex", "0")
                .set("aria-label", name)
                .children(rows),
        )
        .child(el("p").class("hint").words(hint))
}
