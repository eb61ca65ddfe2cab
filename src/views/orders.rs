//! What a customer has ordered, as a shop clerk reads it: newest first, drafts, payments and parcels
//! kept apart. Rows of a long history are made as they are scrolled to, and what is in an order when
//! it is opened.

use contract::{Told, Value, WebUrl};
use desk::{Likely, Loadable, Orders, Reason};
use leptos::prelude::{untrack, window};
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::customer::{self, DOT, Facts, Line, address, hint, shown};
use crate::{
    format,
    runtime::DeskHandle,
    signal::{Selection, State},
    text::{
        Text,
        customer::{self as words, FULFILMENTS, PAYMENTS, RELATIONS, SHIPMENTS, Words, word},
    },
    ui::{El, el, run},
};

/// Rows that are made at a time: more than are in sight.
const ROWS: usize = 10;

/// Looks at the orders of the customer who is shown, as far as there are any.
fn look<R>(desk: DeskHandle, at: impl FnOnce(Option<&Loadable<Orders>>) -> R) -> R {
    desk.look(|told| at(shown(told).map(|customer| &customer.orders)))
}

fn piece(desk: DeskHandle) -> Selection<String> {
    customer::piece(desk, |one| [one.orders.revision, 0])
}

/// The likely reason for the call, in a place of its own.
pub(super) fn likely(desk: DeskHandle) -> El {
    let piece = piece(desk);
    // It changes with the days, not with the seconds.
    let day = Selection::new(move || desk.server_time().map(format::day));
    el("div").class("likely").children(move || {
        day.follow();
        piece.follow();
        let now = untrack(|| desk.server_time());
        look(desk, |orders| {
            let Some((orders, now)) = orders.and_then(|orders| orders.known.as_ref()).zip(now)
            else {
                return Vec::new();
            };
            let label = el("strong").text(desk.say(Text::ReasonLabel));
            let said = el("span").text(" ");
            let mut note = "";
            let mut days = String::new();
            let text = match Likely::of(orders, now, desk.ships_within()) {
                None => Text::ReasonWaits,
                Some(likely) => {
                    if likely.parcels_unknown {
                        note = desk.say(Text::ParcelsUnknown);
                    }
                    match likely.order {
                        Some((order, reason)) => {
                            said.add(el("bdi").text(&name(order.0)));
                            if let Reason::NotShipped(passed) = reason {
                                days =
                                    [" (", &passed.to_string(), desk.say(Text::Days), ")"].concat();
                            }
                            words::reason(reason)
                        }
                        None => Text::ReasonNone,
                    }
                }
            };
            let said = said.text(" ").text(desk.say(text)).text(&days);
            vec![label, said, el("small").text(note)]
        })
    })
}

/// The orders, what they come to, and a field to find one.
pub(super) fn orders(desk: DeskHandle) -> El {
    let piece = piece(desk);
    let sought = State::new(String::new());
    let texts = texts(desk, piece);
    let found = Selection::new(move || {
        piece.follow();
        let sought = sought.with(|sought| format::plain(sought.trim()));
        let mut is_found = Vec::new();
        if !sought.is_empty() {
            is_found = texts.with(|texts| format::lines_with(texts, &sought));
        }
        let mut is_found = is_found.into_iter();
        let mut found = Vec::new();
        look_at_each(desk, |order| {
            if is_found.next().unwrap_or(sought.is_empty()) {
                found.push(order.keep());
            }
        });
        found
    });
    // How many parts of the list may have been seen, and which orders are open: they stay so when more
    // come.
    let seen = State::new(1);
    let opened = State::new(Vec::new());
    let parts = move || found.with(|found| found.len().div_ceil(ROWS).min(seen.get()));
    let part = move |at: usize| {
        let orders = Selection::new(move || {
            let from = at * ROWS;
            found.with(|found| {
                let orders = found.iter().skip(from).take(ROWS);
                orders.cloned().collect::<Vec<_>>()
            })
        });
        el("div").set("role", "presentation").children(move || {
            let mut rows = Vec::new();
            orders.with(|orders| rows.extend(orders.iter().map(|order| row(desk, order, opened))));
            rows
        })
    };
    let says = move || {
        piece.follow();
        look(desk, |orders| match orders {
            Some(Loadable {
                error: Some(error), ..
            }) => desk.say(words::inquiry(error)).to_owned(),
            Some(Loadable {
                known: Some(orders),
                ..
            }) if orders.complete && (orders.count == 0 || !found.with(Vec::is_empty)) => {
                totals(desk, orders)
            }
            Some(Loadable {
                known: Some(orders),
                ..
            }) if orders.complete => desk.say(Text::OrdersNoneSuch).to_owned(),
            _ => desk.say(Text::OrdersLoading).to_owned(),
        })
    };
    let name = desk.say(Text::Orders);
    let find = desk.say(Text::OrdersFind);
    let field = el("input")
        .set("type", "search")
        .set("aria-label", find)
        .set("placeholder", find)
        .typing(sought)
        .on("input", move |_| seen.set(1));
    let list = el("div")
        .class("order-list")
        .set("role", "list")
        .set("data-testid", "order-list")
        .set("tabindex", "0")
        .set("aria-label", name)
        .on("scroll", move |event| {
            let Some(list) = event.target() else { return };
            let list: &Element = list.unchecked_ref();
            if list.scroll_top() + 2 * list.client_height() > list.scroll_height() {
                seen.update(|seen| *seen += 1);
            }
        })
        .grow(parts, part)
        .follow(move |list| {
            // Another search is read from its beginning.
            sought.with(|_| list.set_scroll_top(0));
        });
    let head = el("div").class("orders-head").child(el("h3").text(name));
    el("section")
        .class("orders")
        .set("aria-label", name)
        .child(head.child(field))
        .child(el("p").class("hint").set("role", "status").words(says))
        .child(list)
}

/// How many orders are made ready to be looked for in a second.
const LINES: usize = 100;

/// What each order can be found by, a line each, [plain](format::plain). Some of them are made ready in each
/// second once all have come: all at once would keep the first letter that is looked for from the screen.
fn texts(desk: DeskHandle, piece: Selection<String>) -> Selection<String> {
    let ready = State::new(Lines::default());
    let second = Selection::new(move || desk.server_time().map(|now| now.timestamp()));
    run(Box::new(move || {
        second.follow();
        untrack(|| {
            let of = piece.get();
            let count = look(desk, |orders| {
                let orders = orders.and_then(|orders| orders.known.as_ref());
                orders
                    .filter(|orders| orders.complete)
                    .map(|orders| orders.count)
            });
            let waits = ready.with(|ready| ready.of != of || Some(ready.count) < count);
            if count.is_some() && waits {
                ready.set(ready.with(|ready| ready.more(desk, &of, LINES)));
            }
        });
    }));
    Selection::new(move || {
        let of = piece.get();
        untrack(|| ready.with(|ready| ready.more(desk, &of, usize::MAX).text))
    })
}

#[derive(Clone, PartialEq, Default)]
struct Lines {
    /// Whose orders, and as of when: what [`piece`] follows.
    of: String,
    text: String,
    count: usize,
}

impl Lines {
    /// With so many orders more at most, as far as there are any.
    fn more(&self, desk: DeskHandle, of: &str, most: usize) -> Self {
        let mut lines = Self {
            of: of.to_owned(),
            ..Self::default()
        };
        if self.of == of {
            lines.clone_from(self);
        }
        let before = lines.count;
        let mut at = 0;
        let mut text = String::new();
        look_at_each(desk, |order| {
            if at >= before && at - before < most {
                format::add_line(&mut text, in_words(desk, order));
                lines.count += 1;
            }
            at += 1;
        });
        lines.text.push_str(&format::plain(&text));
        lines
    }
}

fn look_at_each(desk: DeskHandle, mut at: impl FnMut(Value<'_>)) {
    look(desk, |orders| {
        for order in orders
            .and_then(|orders| orders.known.as_ref())
            .into_iter()
            .flat_map(Orders::iter)
        {
            at(order.0);
        }
    });
}

/// What an order can be found by.
fn in_words(desk: DeskHandle, order: Value<'_>) -> String {
    let mut line = Line(name(order));
    line.add(DOT, word(PAYMENTS, &order.kind("payment"), desk.locale()));
    let sent = order.kind("fulfilment");
    line.add(DOT, word(FULFILMENTS, &sent, desk.locale()));
    line.day(order, "processed");
    for member in ["memo", "shop_id"] {
        line.of(DOT, order, member);
    }
    for item in order.list("items") {
        for member in &ITEM {
            line.of(DOT, item, member);
        }
    }
    line.0
}

/// What one line of an order is called.
const ITEM: [&str; 3] = ["title", "variant", "sku"];

fn totals(desk: DeskHandle, orders: &Orders) -> String {
    let Some(part) = orders.part().filter(|_| orders.count > 0) else {
        return desk.say(Text::OrdersNone).to_owned();
    };
    let totals = part.0.member("totals");
    let mut line = Line::default();
    for sum in totals.list("sums") {
        line.add(DOT, desk.say(Text::OrdersTotal));
        line.money(sum, "sum", desk.locale());
        line.add(" (", sum.member("orders").as_word());
        line.0.push(')');
    }
    let left_out = totals.list("not_summed").len();
    if left_out > 0 {
        line.add(DOT, desk.say(Text::NotSummed));
        line.add(" ", &left_out.to_string());
    }
    if part.cut() {
        line.add(DOT, desk.say(Text::OrdersCut));
    }
    line.0
}

fn name(order: Value<'_>) -> String {
    order.text("name").unwrap_or_else(|| order.kind("id"))
}

/// A state, told by a word and by the shape that the style sheet gives it.
fn chip(desk: DeskHandle, words: &Words, status: &str) -> El {
    el("span")
        .class("chip")
        .set("data-status", status)
        .text(word(words, status, desk.locale()))
}

fn row(desk: DeskHandle, kept: &Told, opened: State<Vec<String>>) -> El {
    let order = kept.value();
    let id = order.kind("id");
    let chips = el("span").class("chips");
    let is_cancelled = order.member("cancelled").is_object();
    let payment = order.kind("payment");
    if is_cancelled {
        chips.add(chip(desk, PAYMENTS, "cancelled"));
    }
    // Of what is cancelled it matters all the same whether it was paid.
    if !is_cancelled || !matches!(payment.as_str(), "cancelled" | "unstated") {
        chips.add(chip(desk, PAYMENTS, &payment));
    }
    let sent = order.kind("fulfilment");
    // Of what is cancelled or drafted nothing is to be sent.
    let is_told = sent != "unstated" && !(is_cancelled && sent == "unfulfilled");
    if is_told && order.kind("kind") != "draft" {
        chips.add(chip(desk, FULFILMENTS, &sent));
    }
    let relation = order.text("relation").unwrap_or_default();
    chips.add(el("small").text(word(RELATIONS, &relation, desk.locale())));
    let mut total = Line::default();
    total.money(order, "total", desk.locale());
    let mut items = Line::default();
    for item in order.list("items") {
        items.of(" / ", item, "title");
    }
    let mut time = Line::default();
    time.day(order, "processed");
    if time.0.is_empty() {
        time.day(order, "created");
    }
    let summary = el("summary")
        .key(&id)
        .child(el("bdi").class("order-name").text(&name(order)))
        .child(el("time").text(&time.0))
        .child(el("b").text(&total.0))
        .child(chips)
        .child(
            el("small")
                .class("order-items")
                .set("dir", "auto")
                .text(&items.0),
        );
    let was_open = untrack(|| opened.with(|opened| opened.contains(&id)));
    let is_open = State::new(was_open);
    let inside = kept.clone();
    let inside = el("div").children(move || {
        if is_open.get() {
            details(desk, inside.value())
        } else {
            Vec::new()
        }
    });
    let item = el("div")
        .set("role", "listitem")
        .set("data-testid", "order")
        .set("data-order-id", &id);
    let mut details = el("details");
    if was_open {
        details = details.set("open", "");
    }
    let details = details.on("toggle", move |event| {
        if let Some(details) = event.target() {
            let open = details.unchecked_ref::<Element>().has_attribute("open");
            is_open.set(open);
            opened.update(|opened| {
                opened.retain(|other| *other != id);
                if open {
                    opened.push(id.clone());
                }
            });
        }
    });
    item.child(details.child(summary).child(inside))
}

/// The amounts that an order is made of.
const AMOUNTS: [(Text, &str); 6] = [
    (Text::ItemsTotal, "items_total"),
    (Text::Discount, "discounts"),
    (Text::Shipping, "shipping"),
    (Text::Tax, "tax"),
    (Text::Tip, "tip"),
    (Text::Outstanding, "outstanding"),
];

fn details(desk: DeskHandle, order: Value<'_>) -> Vec<El> {
    let items = el("ul");
    for item in order.list("items") {
        let mut title = Line::default();
        for member in &ITEM {
            title.of(DOT, item, member);
        }
        let mut price = Line::default();
        price.money(item, "price", desk.locale());
        price.add(" × ", item.member("quantity").as_word());
        let line = el("li").child(el("bdi").text(&title.0));
        items.add(line.child(el("span").text(&price.0)));
    }
    let list = Facts::new(desk);
    for (name, member) in &AMOUNTS {
        let mut line = Line::default();
        line.money(order, member, desk.locale());
        list.plain(desk.say(*name), &line.0);
    }
    for refund in order.list("refunds") {
        let mut line = Line::default();
        line.day(refund, "at");
        line.money(refund, "amount", desk.locale());
        line.of(" ", refund, "note");
        list.plain(desk.say(Text::RefundedAmount), &line.0);
    }
    for parcel in order.list("shipments") {
        if !parcel.flag("cancelled") {
            list.add(desk.say(Text::Parcel), shipment(desk, parcel));
        }
    }
    let mut line = Line::default();
    line.day(order, "cancelled");
    line.of(" ", order, "cancel_reason");
    list.plain(desk.say(Text::OrderCancelled), &line.0);
    let draft = order.member("draft");
    let mut line = Line::default();
    line.of("", draft, "name");
    line.day(draft, "created");
    list.plain(desk.say(Text::OrderDraft), &line.0);
    if !desk.masks_customers() {
        let place = address(order.member("shipping_address"), desk.locale());
        list.plain(desk.say(Text::UseShipping), &place);
    }
    list.plain(
        desk.say(Text::Memo),
        &order.text("memo").unwrap_or_default(),
    );
    list.attributes(order.list("attributes"));
    let mut parts = vec![items, list.list];
    if let Some(url) = order.url("status_url") {
        parts.push(link(url, desk.say(Text::ShopPage)));
    }
    if !order.list("losses").is_empty() {
        parts.push(hint(desk.say(Text::OrderLosses)));
    }
    parts
}

fn shipment(desk: DeskHandle, parcel: Value<'_>) -> El {
    let mut line = Line::default();
    line.day(parcel, "updated");
    line.of(" ", parcel, "company");
    let status = parcel.kind("status");
    let value = el("span")
        .child(chip(desk, SHIPMENTS, &status))
        .text(&line.0);
    for tracking in parcel.list("trackings") {
        let number = tracking.text("number");
        let number = number.as_deref().unwrap_or(desk.say(Text::Parcel));
        value.add(match tracking.url("url") {
            Some(url) => link(url, number),
            None => el("bdi").text(number),
        });
    }
    value
}

/// Opens a page of somebody else's, which learns nothing of this one. The address may carry a key, so
/// that it is not in the page.
fn link(url: WebUrl, words: &str) -> El {
    let open = move || {
        let features = "noopener,noreferrer";
        let opened =
            window().open_with_url_and_target_and_features(url.as_str(), "_blank", features);
        opened.ok();
    };
    el("button")
        .press(|| true, open)
        .set("data-role", "inline")
        .text(words)
}
