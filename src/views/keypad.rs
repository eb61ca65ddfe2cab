//! Tones for the other side's machine: pressed or typed.

use desk::{Command, Desk, Digits};
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use crate::{
    runtime::DeskHandle,
    signal::State,
    text::Text,
    ui::{El, button, el, put_focus, run},
};

const KEYS: [&str; 12] = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];

/// Tones that are still shown; more do not fit the field.
const SHOWN: usize = 24;

/// The keypad, folded away until it is asked for. What was sent is shown only as long as the
/// agent is in the call, on hold or not: customers' PINs travel this way.
pub(super) fn keypad(desk: DeskHandle) -> El {
    let open = State::new(false);
    let sent = State::new(String::new());
    let call = desk.select(|desk| {
        let call = desk.front().filter(|call| call.phase.is_talking());
        call.map(|call| call.id.clone())
    });
    run(Box::new(move || {
        // Also when one call gives way to another at once.
        call.follow();
        open.set(false);
        sent.set(String::new());
    }));
    let folded = el("div").refuge(".keypad > button").children(move || {
        if open.get() {
            vec![keys(desk, open, sent)]
        } else {
            Vec::new()
        }
    });
    let toggle = button(
        "plain",
        || Text::Keypad,
        desk,
        // While nobody listens it can still be put away.
        move || open.get() || desk.read(takes_tones),
        move || open.update(|open| *open = !*open),
    )
    .bind("aria-expanded", move || {
        Some(if open.get() { "true" } else { "false" }.into())
    });
    el("div").class("keypad").child(toggle).child(folded)
}

fn takes_tones(desk: &Desk) -> bool {
    let call = desk.front();
    call.is_some_and(|call| desk.takes_tones(&call.id))
}

fn keys(desk: DeskHandle, open: State<bool>, sent: State<String>) -> El {
    let field = el("input")
        .set("type", "text")
        .set("inputmode", "tel")
        .set("readonly", "")
        .set("aria-label", desk.say(Text::KeypadField))
        .follow(move |field| {
            let field: &HtmlInputElement = field.unchecked_ref();
            sent.with(|sent| field.set_value(sent));
        })
        // Whoever opens the keypad wants to type; the focus comes from the button beside it.
        .follow(put_focus);
    let keys = el("div")
        .class("keypad-keys")
        .on_key(move |event| {
            let shortcut = event.ctrl_key() || event.meta_key() || event.alt_key();
            let key = event.key();
            if key == "Escape" {
                open.set(false);
            } else if !shortcut && send(desk, sent, &key) {
                event.prevent_default();
            }
        })
        .child(field);
    KEYS.into_iter().fold(keys, |keys, key| {
        keys.child(
            el("button")
                .press_each(
                    move || desk.read(takes_tones),
                    move || {
                        send(desk, sent, key);
                    },
                )
                .text(key),
        )
    })
}

/// Sends one key's tone, if it is one and somebody listens.
fn send(desk: DeskHandle, sent: State<String>, key: &str) -> bool {
    let contact = desk.look(|desk| {
        let call = desk.front().filter(|_| takes_tones(desk));
        call.map(|call| call.id.clone())
    });
    let (Some(digits), Some(contact)) = (Digits::parse(key), contact) else {
        return false;
    };
    sent.update(|sent| {
        sent.push_str(digits.as_str());
        if sent.len() > SHOWN {
            sent.remove(0);
        }
    });
    desk.command(Command::SendDigits(contact, digits));
    true
}
