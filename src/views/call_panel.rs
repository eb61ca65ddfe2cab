//! The call in front of the agent and its buttons, which never move.

use chrono::{DateTime, Utc};
use desk::{CallPhase, Caller, Command, Contact, Control, Desk, MuteConflict};

use super::{keypad::keypad, parties::parties};
use crate::{
    format,
    runtime::DeskHandle,
    text::{self, Text},
    ui::{El, button, el, elapsed, has_focus_within, put_focus, section},
};

/// The call in front of the agent, or a word that there is none.
pub(super) fn call_panel(desk: DeskHandle) -> El {
    let word = move || Some(desk.read(phase).map_or("idle", CallPhase::as_str).into());
    let head = el("div")
        .class("call-head")
        .child(
            el("p")
                .class("call-phase")
                .set("data-testid", "call-phase")
                .bind("data-phase", word)
                .words(move || desk.say(text::phase(desk.read(phase))).into()),
        )
        .child(elapsed(desk, move || {
            desk.read(|desk| desk.front()?.phase_since())
        }))
        .child(
            el("span")
                .class("call-timer")
                .toggle("data-shown", move || desk.read(held_since).is_some())
                .text(desk.say(Text::Call))
                .text(" ")
                .child(elapsed(desk, move || desk.read(held_since))),
        );
    el("section")
        .class("call-panel")
        // Where the focus goes when what had it is gone.
        .set("tabindex", "-1")
        .set("aria-label", desk.say(Text::Call))
        .bind("data-phase", word)
        // The timers run on, and nobody knows whether the call does.
        .toggle("data-stale", move || desk.read(Desk::is_unconfirmed))
        .child(head)
        .child(caller_number(desk))
        .child(
            el("p")
                .class("call-came")
                .words(move || desk.read(|told| came(told, desk)).unwrap_or_default())
                .child(el("bdi").words(move || desk.read(queue).unwrap_or_default())),
        )
        .child(controls(desk))
        .child(parties(desk))
        .child(mute_state(desk))
        .child(other_contacts(desk))
        .child(keypad(desk))
}

fn phase(desk: &Desk) -> Option<CallPhase> {
    Some(desk.front()?.phase)
}

/// When a call that is on hold was connected: its own timer goes on.
fn held_since(desk: &Desk) -> Option<DateTime<Utc>> {
    let call = desk.front()?;
    let on_hold = call.phase == CallPhase::Connected { on_hold: true };
    call.times
        .connected
        .filter(|_| on_hold)
        .map(|stamp| stamp.at)
}

fn came(told: &Desk, desk: DeskHandle) -> Option<String> {
    let call = told.front()?;
    let mut came = desk.say(text::kind(&call.kind, call.direction)).to_owned();
    if call.auto_accept && call.phase == CallPhase::Ringing {
        came.push_str(" · ");
        came.push_str(desk.say(Text::AutoAccept));
    }
    if call.queue.is_some() {
        came.push_str(" · ");
    }
    Some(came)
}

fn queue(desk: &Desk) -> Option<String> {
    desk.front()?.queue.clone()
}

/// The customer's number, in the form it is read in.
fn caller_number(desk: DeskHandle) -> El {
    let e164 = |desk: &Desk| match &desk.front()?.caller {
        Caller::Number(number) => Some(number.as_str().into()),
        Caller::Withheld | Caller::Raw(_) | Caller::Unknown => None,
    };
    let withheld = |desk: &Desk| {
        desk.front().is_some_and(|call| match call.caller {
            Caller::Withheld => call.kind.is_call(),
            Caller::Number(_) | Caller::Raw(_) | Caller::Unknown => false,
        })
    };
    let raw = |desk: &Desk| match &desk.front()?.caller {
        Caller::Raw(raw) => Some(raw.clone()),
        Caller::Number(_) | Caller::Withheld | Caller::Unknown => None,
    };
    let words = move |told: &Desk| match told.front() {
        Some(call) => customer_words(call, desk),
        None => desk.say(Text::NoCall).into(),
    };
    el("p")
        .class("caller-number")
        .set("data-testid", "caller-number")
        .bind("data-e164", move || desk.read(e164))
        .toggle("data-withheld", move || desk.read(withheld))
        .bind("data-raw", move || desk.read(raw))
        .set("dir", "auto")
        // An address may be longer than its place.
        .bind("title", move || {
            desk.read(raw).map(|raw| desk::visible(&raw).into_owned())
        })
        .words(move || desk.read(words))
}

/// Who it is: the number of a call, the title of anything else.
pub(super) fn customer_words(contact: &Contact, desk: DeskHandle) -> String {
    if contact.kind.is_call() {
        return caller_words(&contact.caller, desk);
    }
    let kind = || desk.say(text::kind(&contact.kind, contact.direction));
    contact.title.clone().unwrap_or_else(|| kind().into())
}

/// A customer's number for the eye.
pub(super) fn caller_words(caller: &Caller, desk: DeskHandle) -> String {
    match caller {
        Caller::Number(number) => format::phone(number),
        Caller::Withheld => desk.say(Text::NumberWithheld).into(),
        Caller::Raw(raw) => raw.clone(),
        Caller::Unknown => desk.say(Text::NumberUnknown).into(),
    }
}

/// Every button of a call, always in its place.
fn controls(desk: DeskHandle) -> El {
    let control = |role, label, which| control(desk, role, label, which);
    let hold_label = move || match desk.read(hold_or_resume) {
        Control::Resume => Text::Resume,
        _ => Text::Hold,
    };
    let is_muted = |desk: &Desk| desk.muted() == Some(true);
    let mute = button(
        "plain",
        move || {
            if desk.read(is_muted) {
                Text::Unmute
            } else {
                Text::Mute
            }
        },
        desk,
        move || desk.read(Desk::can_mute),
        move || {
            let muted = desk.look(is_muted);
            desk.command(if muted {
                Command::Unmute
            } else {
                Command::Mute
            });
        },
    );
    let front = desk.select(|desk| Some(desk.front()?.id.clone()));
    el("div")
        .class("controls")
        // A button keeps the focus when it is disabled: another call must not begin with it on
        // *Hang up*, where a stray space would end it.
        .follow(move |controls| {
            if front.with(Option::is_some)
                && has_focus_within(controls)
                && let Ok(Some(panel)) = controls.closest(".call-panel")
            {
                put_focus(&panel);
            }
        })
        .child(control(
            "accept",
            Box::new(|| Text::Accept) as Label,
            |_| Control::Accept,
        ))
        .child(control("end", Box::new(|| Text::Decline), |_| {
            Control::Decline
        }))
        .child(control("plain", Box::new(hold_label), hold_or_resume))
        .child(mute)
        .child(control("end", Box::new(|| Text::HangUp), |_| {
            Control::HangUp
        }))
        .child(control("accept", Box::new(|| Text::Complete), |_| {
            Control::Complete
        }))
}

pub(super) type Label = Box<dyn Fn() -> Text>;

/// A button of the call in front.
pub(super) fn control(
    desk: DeskHandle,
    role: &'static str,
    label: Label,
    control: fn(&Desk) -> Control,
) -> El {
    button(
        role,
        label,
        desk,
        move || desk.read(|desk| allowed(desk, control(desk))),
        move || {
            let call = desk.look(|desk| Some((control(desk), desk.front()?.id.clone())));
            if let Some((control, call)) = call {
                desk.command(Command::Press(control, call));
            }
        },
    )
}

fn allowed(desk: &Desk, control: Control) -> bool {
    let call = desk.front();
    call.is_some_and(|call| desk.allows(control, &call.id))
}

/// What the one button for hold means now.
fn hold_or_resume(desk: &Desk) -> Control {
    match phase(desk) {
        Some(CallPhase::Connected { on_hold: true }) => Control::Resume,
        _ => Control::Hold,
    }
}

/// What is known of the microphone, in words: the button says only what it would do. And whether
/// anything of the call is known at present.
fn mute_state(desk: DeskHandle) -> El {
    let words = |desk: &Desk| {
        desk.has_microphone().then(|| match desk.muted() {
            _ if desk.mute_conflict() == Some(MuteConflict::LineMuted) => Text::MutedByConnect,
            Some(true) => Text::Muted,
            Some(false) => Text::Unmuted,
            None => Text::MuteUnknown,
        })
    };
    let muted = |desk: &Desk| desk.has_microphone() && desk.muted() == Some(true);
    el("p")
        .class("mute-state")
        .toggle("data-muted", move || desk.read(muted))
        .words(move || {
            let words = desk.read(words).map(|text| desk.say(text));
            words.unwrap_or_default().into()
        })
        .child(el("span").class("supervision").words(move || {
            let told = desk.read(|desk| desk.front()?.supervision());
            let word = told.map(|told| desk.say(text::supervision(told)));
            word.unwrap_or_default().into()
        }))
        .child(el("span").class("call-stale").words(move || {
            let stale = desk.read(Desk::is_unconfirmed);
            let word = stale.then(|| desk.say(Text::Unconfirmed));
            word.unwrap_or_default().into()
        }))
}

/// The contacts that are not in front: they are announced and listed, never in the way, and come to
/// the front when they are pressed.
fn other_contacts(desk: DeskHandle) -> El {
    let others = desk.select(|desk| desk.others().cloned().collect::<Vec<_>>());
    let name = desk.say(Text::OtherContacts);
    let rows = move || {
        let row = |contact: &Contact| {
            let since = contact.phase_since();
            let id = contact.id.clone();
            let choose = el("button")
                .press(|| true, move || desk.command(Command::Select(id.clone())))
                .key(contact.id.as_ref())
                .text(desk.say(text::phase(Some(contact.phase))))
                .text(" · ")
                .child(el("bdi").text(&customer_words(contact, desk)))
                .text(" · ")
                .text(desk.say(text::kind(&contact.kind, contact.direction)));
            el("li")
                .set("data-phase", contact.phase.as_str())
                .child(choose)
                .text(" ")
                .child(elapsed(desk, move || since))
        };
        others.with(|others| others.iter().map(row).collect())
    };
    let list = el("ul")
        .set("tabindex", "0")
        .set("aria-label", name)
        .children(rows);
    section("other-contacts", name).child(list)
}
