//! When a customer ordered and was in contact before: a picture of a year, and the contacts.

use contract::Value;
use desk::{Candidate, Orders};
use leptos::prelude::untrack;

use super::customer::{DOT, Line, hint, piece, shown};
use crate::{
    format,
    runtime::DeskHandle,
    text::{
        Text,
        customer::{self as words, INITIATIONS, word},
    },
    ui::{El, el},
};

/// Contacts that are listed; older ones are in the picture.
const MOST_CONTACTS: usize = 20;

/// Months in the picture.
const MONTHS: u32 = 12;

/// A picture of the last months, and earlier contacts below it.
pub(super) fn history(desk: DeskHandle) -> El {
    let piece = piece(desk, |one| [one.orders.revision, one.contacts.revision]);
    let name = desk.say(Text::PastContacts);
    el("section")
        .class("history")
        .set("tabindex", "0")
        .set("aria-label", name)
        .children(move || {
            piece.follow();
            let mut parts = vec![el("h3").text(name)];
            desk.look(|told| {
                if let Some(customer) = shown(told) {
                    add_history(desk, &mut parts, customer);
                }
            });
            parts
        })
}

fn add_history(desk: DeskHandle, parts: &mut Vec<El>, customer: &Candidate) {
    if let Some(error) = &customer.contacts.error {
        parts.push(hint(desk.say(words::inquiry(error))));
    }
    let Some(contacts) = &customer.contacts.known else {
        return;
    };
    let part = contacts.value();
    let contacts = part.list("contacts");
    // A picture of a part would be a wrong one.
    if let Some(orders) = customer
        .orders
        .known
        .as_ref()
        .filter(|orders| orders.complete)
        && let Some(now) = untrack(|| desk.server_time())
    {
        parts.push(picture(desk, orders, &contacts, format::month(now)));
        if part.flag("cut") || orders.part().is_some_and(contract::view::Part::cut) {
            parts.push(hint(desk.say(Text::HistoryCut)));
        }
    }
    if contacts.is_empty() {
        parts.push(hint(desk.say(Text::PastContactsNone)));
    }
    let list = el("ul");
    for contact in contacts.into_iter().take(MOST_CONTACTS) {
        list.add(row(desk, contact));
    }
    parts.push(list);
}

fn row(desk: DeskHandle, contact: Value<'_>) -> El {
    let initiation = contact.kind("initiation");
    let mut line = Line(word(INITIATIONS, &initiation, desk.locale()).to_owned());
    line.of(DOT, contact, "queue");
    line.of(DOT, contact, "agent");
    if let Some(seconds) = contact.count("talk_seconds") {
        let talk = chrono::TimeDelta::seconds(seconds.into());
        line.add(DOT, &format::duration(talk));
    }
    let mut time = el("time");
    if let Some(started) = contact.instant("started") {
        time = time
            .set("datetime", &format::instant(started))
            .text(&format::minute(started));
    }
    el("li")
        .child(time)
        .child(el("span").set("dir", "auto").text(&line.0))
}

/// How many orders and contacts there were in each of the last months, `this` the last: a table, which
/// the style sheet makes a picture of.
fn picture(desk: DeskHandle, orders: &Orders, contacts: &[Value<'_>], this: u32) -> El {
    let mut ordered = Vec::new();
    for order in orders.iter() {
        ordered.extend(order.ordered().map(format::shop_month));
    }
    let mut came = Vec::new();
    for contact in contacts {
        came.extend(contact.instant("started").map(format::month));
    }
    let line = |name: Text, kind: &str, all: Option<&[u32]>| {
        let row = el("tr").set("data-kind", kind);
        row.add(el("th").set("scope", "row").text(desk.say(name)));
        for month in this.saturating_sub(MONTHS - 1)..=this {
            row.add(match all {
                None => el("th")
                    .set("scope", "col")
                    .text(&(month % 12 + 1).to_string()),
                Some(all) => {
                    let count = all.iter().filter(|of| **of == month).count();
                    el("td")
                        .set("data-level", &count.min(6).to_string())
                        .text(&count.to_string())
                }
            });
        }
        row
    };
    el("table")
        .class("picture")
        .child(el("caption").text(desk.say(Text::History)))
        .child(line(Text::Month, "months", None))
        .child(line(Text::Orders, "orders", Some(&ordered)))
        .child(line(Text::Contacts, "contacts", Some(&came)))
}
