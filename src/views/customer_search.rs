//! Looking for a customer by something that the caller says.

use std::cell::RefCell;

use contract::SearchBy;
use desk::{Access, Command, CustomerCommand, Desk, Lookup, Role};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlSelectElement;

use super::customer::{hint, press, summary};
use crate::{
    runtime::DeskHandle,
    signal::State,
    text::{
        Text,
        customer::{self as words, SEARCHES},
    },
    ui::{El, button, el, on_key_anywhere, put_focus, run},
};

/// The key that brings the agent here from anywhere.
const KEY: &str = "F2";

/// A field, what it is to be taken for, and who was found.
pub(super) fn customer_search(desk: DeskHandle) -> El {
    let typed = State::new(String::new());
    // What the agent takes it for; else what it looks like.
    let chosen = State::new(None::<usize>);
    let by = move || {
        let guessed = || typed.with(|typed| kind_of(typed));
        let position = |kind| SEARCHES.iter().position(|(by, _)| *by == kind);
        chosen
            .get()
            .or_else(|| position(guessed()?))
            .unwrap_or_default()
    };
    let can_search = move || {
        let may =
            desk.read(|told| *told.access() == Access::SignedIn && told.role() != Role::Mirror);
        may && typed.with(|typed| !typed.trim().is_empty())
    };
    let search = move || {
        if let Some((by, _)) = SEARCHES.get(untrack(by)) {
            let typed = untrack(|| typed.get());
            desk.command(Command::Customer(CustomerCommand::Search(*by, typed)));
        }
    };
    let kinds = el("select").set("aria-label", desk.say(Text::SearchFor));
    for (_, name) in SEARCHES {
        kinds.add(el("option").text(desk.say(name)));
    }
    let kinds = kinds
        .follow(move |select| {
            let at = i32::try_from(by()).unwrap_or_default();
            select
                .unchecked_ref::<HtmlSelectElement>()
                .set_selected_index(at);
        })
        .on("change", move |event| {
            if let Some(select) = event.target() {
                let at = select.unchecked_ref::<HtmlSelectElement>().selected_index();
                chosen.set(usize::try_from(at).ok());
            }
        });
    let field = el("input")
        .set("type", "search")
        .set("aria-label", desk.say(Text::CustomerSearch))
        .set("placeholder", desk.say(Text::Customer))
        .set("aria-keyshortcuts", KEY)
        .typing(typed)
        .follow(move |_| {
            // What it was taken for was another text.
            if typed.with(String::is_empty) {
                chosen.set(None);
            }
        });
    // What was said in one call is not for the next to see.
    let front = desk.select(|desk| desk.front().map(|front| front.id.clone()));
    let typed_in = RefCell::new(None);
    run(Box::new(move || {
        let now = front.get();
        let before = typed_in.replace(now.clone());
        if before.is_some() && before != now {
            typed.set(String::new());
        }
    }));
    let form = el("form")
        .on("submit", move |event| {
            event.prevent_default();
            if untrack(can_search) {
                search();
            }
        })
        .child(kinds)
        .child(field)
        .child(button("plain", || Text::Search, desk, can_search, search));
    let changes = desk.select(Desk::customers_revision);
    let found = el("div")
        .class("found")
        .refuge(".customer")
        .children(move || {
            changes.follow();
            desk.look(|told| match told.lookup() {
                Some(lookup) => results(desk, lookup),
                None => Vec::new(),
            })
        });
    let search = el("div")
        .class("customer-search")
        .on_key(move |event| {
            // Not the one that takes back a conversion of what is typed.
            if event.key() == "Escape" && !event.is_composing() {
                desk.command(Command::Customer(CustomerCommand::CloseSearch));
            }
        })
        .child(form)
        .child(found);
    search.follow(|search| {
        let search = search.clone();
        on_key_anywhere(move |event| {
            if event.key() == KEY
                && let Ok(Some(field)) = search.query_selector("input")
            {
                event.prevent_default();
                put_focus(&field);
            }
        });
    })
}

/// What a text looks like; `None` leaves it to the agent.
fn kind_of(text: &str) -> Option<SearchBy> {
    // As they are typed in Japan: a full-width digit is one, too.
    let is_digit = |letter: char| matches!(letter, '0'..='9' | '０'..='９');
    let digits = text.chars().filter(|letter| is_digit(*letter)).count();
    let has_letters = text
        .chars()
        .any(|letter| letter.is_ascii_alphabetic() || letter > '\u{3000}' && letter < '\u{ff00}');
    match text.trim_start().chars().next()? {
        '#' | '＃' => Some(SearchBy::OrderName),
        _ if text.contains(['@', '＠']) => Some(SearchBy::Mail),
        _ if digits >= 6 && !has_letters => Some(SearchBy::Phone),
        _ if digits == 0 => Some(SearchBy::Name),
        _ => None,
    }
}

fn results(desk: DeskHandle, lookup: &Lookup) -> Vec<El> {
    let outcome = &lookup.outcome;
    let list = el("ul");
    let label = match lookup.contact {
        Some(_) => Text::TakeAsCaller,
        None => Text::Open,
    };
    let mut is_empty = true;
    for found in lookup.results() {
        let profile = found.profile();
        if let Some(id) = profile.id() {
            let key = id.as_str().to_owned();
            let press = press(desk, &key, label, CustomerCommand::Open(id));
            list.add(summary(desk, profile.0, press));
            is_empty = false;
        }
    }
    let said = match (&outcome.error, &outcome.known) {
        (Some(error), _) => Some(words::inquiry(error)),
        (None, None) => Some(Text::CustomerSearching),
        (None, Some(outcome)) => is_empty.then(|| words::found_nobody(outcome)),
    };
    let mut parts = Vec::new();
    if let Some(said) = said {
        parts.push(hint(desk.say(said)).set("role", "status"));
    }
    parts.push(list);
    if outcome.error.is_some() {
        let again = CustomerCommand::AskAgain;
        parts.push(press(desk, "more", Text::AskAgain, again));
    }
    if lookup.has_more() {
        parts.push(press(
            desk,
            "more",
            Text::ShowMore,
            CustomerCommand::SearchOn,
        ));
    }
    parts.push(press(
        desk,
        "close",
        Text::Close,
        CustomerCommand::CloseSearch,
    ));
    parts
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::number("090-1234-5678", Some(SearchBy::Phone))]
    #[case::full_width("０９０１２３４５６７８", Some(SearchBy::Phone))]
    #[case::international("+44 20 7946 0123", Some(SearchBy::Phone))]
    #[case::mail("taro@example.com", Some(SearchBy::Mail))]
    #[case::full_width_mail("taro＠example.com", Some(SearchBy::Mail))]
    #[case::order("#1001", Some(SearchBy::OrderName))]
    #[case::full_width_order(" ＃1001", Some(SearchBy::OrderName))]
    #[case::japanese("見本 花子", Some(SearchBy::Name))]
    #[case::latin("Hanako", Some(SearchBy::Name))]
    #[case::account("C-20391", None)]
    #[case::few_digits("1001", None)]
    #[case::a_name_with_many_digits("店舗 123456", None)]
    #[case::nothing("", None)]
    #[case::space("　 ", None)]
    fn a_text_is_taken_for_what_it_looks_like(#[case] text: &str, #[case] by: Option<SearchBy>) {
        assert_eq!(kind_of(text), by);
    }
}
