//! Third parties: calling one in, who hears whom, and who stays when the agent leaves.

use desk::{
    Caller, Command, Contact, Control, Conversation, Desk, Destination, PhoneNumber,
    PhoneNumberError,
};
use leptos::prelude::*;

use super::call_panel::{Label, caller_words, control};
use crate::{
    format,
    runtime::DeskHandle,
    signal::{Selection, State},
    text::{self, Text},
    ui::{El, button, el, elapsed, put_focus, run},
};

/// More destinations than are read: who wants another one searches.
const SHOWN: usize = 50;

/// The buttons, always in their place, what they have led to, and the choice of a destination,
/// folded away until it is asked for.
pub(super) fn parties(desk: DeskHandle) -> El {
    // Whether the agent hands the customer on, while they choose to whom.
    let chooses = State::new(None::<bool>);
    let sought = State::new(String::new());
    let call = desk.select(|desk| desk.front().map(|call| call.id.clone()));
    run(Box::new(move || {
        call.follow();
        chooses.set(None);
        sought.set(String::new());
    }));
    run(Box::new(move || {
        if !desk.read(can_call_in) {
            chooses.set(None);
        }
        // Whoever was sought is found; one who was refused stays to be mended.
        if desk.read(is_calling) {
            sought.set(String::new());
        }
    }));
    let opener = |label: fn() -> Text, hand_on| {
        let toggle = move || {
            if untrack(|| chooses.get()) == Some(hand_on) {
                chooses.set(None);
            } else {
                chooses.set(Some(hand_on));
                desk.command(Command::ListQuickConnects);
            }
        };
        let is_open = move || chooses.get() == Some(hand_on);
        button("plain", label, desk, move || desk.read(can_call_in), toggle)
            .bind("aria-expanded", move || {
                Some(if is_open() { "true" } else { "false" }.into())
            })
    };
    let press =
        |label: fn() -> Text, which| control(desk, "plain", Box::new(label) as Label, which);
    let buttons = el("div")
        .class("party-controls")
        .child(opener(|| Text::Transfer, true))
        .child(opener(|| Text::Consult, false))
        .child(press(|| Text::Swap, |_| Control::Swap))
        .child(press(|| Text::Conference, |_| Control::Conference))
        .child(press(|| Text::Drop, |_| Control::Drop))
        .child(press(|| Text::Leave, |_| Control::Leave));
    let folded = el("div")
        .class("destinations")
        .refuge(".party-controls .button")
        .children(move || {
            let chosen = chooses.get();
            chosen
                .map(|hand_on| destinations(desk, hand_on, chooses, sought))
                .into_iter()
                .collect()
        });
    el("div")
        .class("parties")
        .child(buttons)
        .child(folded)
        .child(party(desk))
}

fn can_call_in(desk: &Desk) -> bool {
    let call = desk.front();
    call.is_some_and(|call| desk.can_call_in(&call.id))
}

fn is_calling(desk: &Desk) -> bool {
    let conversation = desk.front().and_then(Contact::conversation);
    conversation == Some(Conversation::Calling)
}

/// Who was called in, for how long they are as they are, and who hears whom.
fn party(desk: DeskHandle) -> El {
    let conversation = |desk: &Desk| Some(desk.front()?.conversation()?.as_str().into());
    let name = move || desk.read(|told| Some(name(told.front()?, desk)));
    let since = |desk: &Desk| {
        let call = desk.front()?;
        call.conversation()?;
        call.party()?.since
    };
    let sentences = move |told: &Desk| {
        let said = told.front().map(|call| text::conversation(told, call));
        text::join(said.unwrap_or_default(), desk.locale())
    };
    el("div")
        .class("party")
        .bind("data-conversation", move || desk.read(conversation))
        .child(
            el("p")
                .child(el("bdi").words(move || name().unwrap_or_default()))
                .text(" ")
                .child(elapsed(desk, move || desk.read(since))),
        )
        .child(
            el("p")
                .set("role", "status")
                .words(move || desk.read(sentences)),
        )
}

fn name(call: &Contact, desk: DeskHandle) -> String {
    let party = call.conversation().and(call.party());
    let words = party.map(|party| match &party.name {
        Some(name) => name.clone(),
        None => caller_words(&party.number, desk),
    });
    words.unwrap_or_default()
}

/// What it means to choose, a field to search or to type a number in, and what there is to choose.
fn destinations(
    desk: DeskHandle,
    hand_on: bool,
    chooses: State<Option<bool>>,
    sought: State<String>,
) -> El {
    let means = if hand_on {
        Text::TransferMeans
    } else {
        Text::ConsultMeans
    };
    let found = Selection::new(move || {
        let sought = sought.with(|sought| format::plain(sought.trim()));
        desk.read(|desk| {
            let entries = &desk.directory().entries;
            let mut names = String::new();
            for entry in entries {
                format::add_line(&mut names, entry.name.clone());
            }
            let is_found = format::lines_with(&format::plain(&names), &sought);
            let found = entries.iter().zip(is_found).filter(|(_, found)| *found);
            let found = found.map(|(entry, _)| entry.clone());
            found.take(SHOWN + 1).collect::<Vec<_>>()
        })
    });
    let number = move || sought.with(|sought| PhoneNumber::from_typed(sought, desk.country()));
    let rows = move || {
        let typed = number().ok().map(|number| {
            let read = format::phone(&number);
            choice(
                desk,
                hand_on,
                Destination::Number(number),
                &read,
                Text::External,
                "",
            )
        });
        let found = found.get();
        let quick = found.iter().take(SHOWN).map(|entry| {
            let number = entry.number.as_deref().map(Caller::from);
            let number = number.map(|number| caller_words(&number, desk));
            choice(
                desk,
                hand_on,
                Destination::QuickConnect(entry.arn.clone()),
                &entry.name,
                text::quick_connect(entry.kind),
                &number.unwrap_or_default(),
            )
        });
        typed.into_iter().chain(quick).collect()
    };
    let says = move || {
        let typed = number();
        let found = found.with(Vec::len);
        let sentences = desk.read(|desk| match (desk.directory(), found) {
            _ if typed == Err(PhoneNumberError::Emergency) => [Some(Text::NumberEmergency), None],
            (told, _) if told.failed.is_some() => {
                let why = told.failed.as_ref().map(text::because);
                [Some(Text::FailedDirectory), why]
            }
            (told, 0) if told.loading => [Some(Text::DirectoryLoading), None],
            (_, 0) if typed.is_err() => [Some(Text::DirectoryEmpty), None],
            (_, found) if found > SHOWN => [Some(Text::DirectoryMore), None],
            _ => [None, None],
        });
        text::join(sentences, desk.locale())
    };
    el("div")
        .class("chooser")
        .on_key(move |event| {
            if event.key() == "Escape" {
                chooses.set(None);
            }
        })
        .child(el("p").class("hint").text(desk.say(means)))
        .child(search_field(desk, sought))
        .child(el("ul").children(rows))
        .child(el("p").class("hint").set("role", "status").words(says))
}

fn search_field(desk: DeskHandle, sought: State<String>) -> El {
    el("input")
        .set("type", "search")
        .set("aria-label", desk.say(Text::Search))
        .set("placeholder", desk.say(Text::SearchHint))
        .typing(sought)
        .follow(put_focus)
}

/// A destination that calls whom it names.
fn choice(
    desk: DeskHandle,
    hand_on: bool,
    to: Destination,
    name: &str,
    kind: Text,
    number: &str,
) -> El {
    let key = match &to {
        Destination::QuickConnect(arn) => arn.clone(),
        Destination::Number(_) => String::from("number"),
    };
    let choose = move || {
        if let Some(contact) = desk.look(|desk| Some(desk.front()?.id.clone())) {
            desk.command(Command::CallIn {
                contact,
                to: to.clone(),
                hand_on,
            });
        }
    };
    let choose = el("button")
        .press(move || desk.read(can_call_in), choose)
        .key(&key)
        .child(el("bdi").text(name))
        .text(" ")
        .child(el("small").text(desk.say(kind)).text(" ").text(number));
    el("li").child(choose)
}
