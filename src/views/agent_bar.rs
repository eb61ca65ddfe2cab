//! The bar at the top: who is here, in which state, since when, and what comes next.

use desk::{Agent, AgentState, Command, Desk, Link};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlSelectElement};

use crate::{
    runtime::DeskHandle,
    signal::{Selection, State},
    softphone,
    text::{self, Text},
    ui::{El, button, el, elapsed},
};

/// State and timer top left, the agent's name on the right.
pub(super) fn agent_bar(desk: DeskHandle) -> El {
    let state_words = move |told: &Desk| match state(told) {
        Some(state) => text::agent_state(state, desk.locale),
        None => desk.say(Text::AgentLoading).into(),
    };
    let agent_name = |desk: &Desk| desk.agent().map(|agent| agent.name.clone());
    el("header")
        .class("agent-bar")
        .set("aria-label", desk.say(Text::AgentBar))
        .child(
            el("p")
                .class("agent-state")
                .set("dir", "auto")
                .set("data-testid", "agent-state")
                .bind("data-state", move || {
                    desk.read(|desk| Some(state(desk)?.name.clone()))
                })
                .bind("data-kind", move || {
                    desk.read(|desk| Some(state(desk)?.kind.as_str().into()))
                })
                .bind("data-next", move || {
                    desk.read(|desk| Some(next_state(desk)?.name.clone()))
                })
                .words(move || desk.read(state_words)),
        )
        .child(elapsed(desk, move || desk.read(|desk| state(desk)?.since)))
        .child(state_menu(desk))
        .child(queued_state(desk))
        .child(
            el("p")
                .class("link")
                .bind("data-link", move || {
                    Some(desk.read(|desk| link(desk).0).into())
                })
                .words(move || desk.say(desk.read(|desk| link(desk).1)).into()),
        )
        .child(
            el("p")
                .class("agent-name")
                .child(
                    el("span")
                        .class("visually-hidden")
                        .text(desk.say(Text::Agent)),
                )
                .child(
                    el("span")
                        .set("data-testid", "agent-name")
                        .set("dir", "auto")
                        .words(move || desk.read(agent_name).unwrap_or_default()),
                ),
        )
        .child(softphone_toggle(desk))
}

fn state(desk: &Desk) -> Option<&AgentState> {
    desk.agent()?.state.as_ref()
}

fn next_state(desk: &Desk) -> Option<&AgentState> {
    desk.agent()?.next_state.as_ref()
}

/// The states that the agent may choose, with the one they are available in selected.
fn state_menu(desk: DeskHandle) -> El {
    let names = desk.select(|desk| {
        let names = |agent: &Agent| {
            agent
                .choices
                .iter()
                .map(|choice| choice.name.clone())
                .collect()
        };
        desk.agent().map(names).unwrap_or_default()
    });
    let names: Selection<Vec<String>> = names;
    let no_choice =
        |desk: &Desk| !desk.can_work() || desk.agent().is_none_or(|agent| agent.choices.is_empty());
    let options = move || {
        let option = |name: &String| {
            let words = text::configured_state(name, desk.locale);
            el("option").set("dir", "auto").text(&words)
        };
        names.with(|names| names.iter().map(option).collect())
    };
    let menu = el("select")
        .toggle("disabled", move || desk.read(no_choice))
        .children(options)
        .follow(move |menu| {
            // The options must be there before one can be selected.
            names.follow();
            select(menu.unchecked_ref(), desk.read(selected));
        })
        .on("change", move |event| choose(desk, &event));
    el("label")
        .class("state-menu")
        .child(
            el("span")
                .class("visually-hidden")
                .text(desk.say(Text::ChangeState)),
        )
        .child(menu)
}

fn selected(desk: &Desk) -> Option<usize> {
    let agent = desk.agent()?;
    let availability = agent.availability.as_ref()?;
    let mut choices = agent.choices.iter();
    choices.position(|choice| choice.name == *availability)
}

fn select(menu: &HtmlSelectElement, index: Option<usize>) {
    let index = index.and_then(|index| i32::try_from(index).ok());
    menu.set_selected_index(index.unwrap_or(-1));
}

fn choose(desk: DeskHandle, event: &Event) {
    let Some(menu) = event.target() else { return };
    let menu: &HtmlSelectElement = menu.unchecked_ref();
    let wished = usize::try_from(menu.selected_index()).ok();
    // What is selected is what Connect says, not what is wished for.
    select(menu, desk.look(selected));
    let choice = desk.look(|desk| desk.agent()?.choices.get(wished?).cloned());
    if let Some(choice) = choice {
        desk.command(Command::SetState(choice));
    }
}

/// The state that takes over after the call, and the button that takes it back. Its place is
/// kept while there is none.
fn queued_state(desk: DeskHandle) -> El {
    let name = move |told: &Desk| Some(text::agent_state(next_state(told)?, desk.locale));
    let cancellable = |desk: &Desk| {
        let choice = desk.agent().and_then(Agent::choice_that_cancels);
        choice.is_some()
    };
    el("div")
        .class("queued-state")
        .refuge(".state-menu select")
        .shown_while(move || desk.read(|desk| next_state(desk).is_some()))
        .child(
            el("span")
                .text(desk.say(Text::QueuedState))
                .text(": ")
                .child(el("bdi").words(move || desk.read(name).unwrap_or_default())),
        )
        .child(button(
            "plain",
            || Text::CancelQueuedState,
            desk,
            move || desk.read(cancellable),
            move || desk.command(Command::CancelQueuedState),
        ))
}

/// Folds the softphone away without unloading it.
fn softphone_toggle(desk: DeskHandle) -> El {
    let open = State::new(softphone::is_open());
    let label = move || {
        if open.get() {
            Text::SoftphoneHide
        } else {
            Text::SoftphoneShow
        }
    };
    button(
        "plain",
        label,
        desk,
        || true,
        move || {
            softphone::set_open(!untrack(|| open.get()));
            open.set(softphone::is_open());
        },
    )
}

/// What is not pressed all day: the record of what went wrong, and the end of the day.
pub(super) fn foot(desk: DeskHandle) -> El {
    // The recorder hears of the press: it works when nothing of the app does.
    let save = el("button")
        .press(|| true, || {})
        .set("data-role", "plain")
        .set("data-incident", "")
        .text(desk.say(Text::IncidentFile));
    let sign_out = button(
        "plain",
        || Text::SignOut,
        desk,
        move || desk.read(|desk| desk.can_work() && !desk.is_signing_out()),
        move || desk.command(Command::SignOut),
    );
    let advice = el("p").class("hint").text(desk.say(Text::IncidentAdvice));
    el("div")
        .class("foot")
        .child(advice)
        .child(save)
        .child(sign_out)
}

/// How the desk stands to Connect: a word for the style sheet and one for the agent.
fn link(desk: &Desk) -> (&'static str, Text) {
    match desk.link() {
        Link::Loading => ("starting", Text::LinkLoading),
        Link::Connecting | Link::Finding(_) => ("starting", Text::LinkConnecting),
        Link::Ready if desk.has_lost_connect() => ("down", Text::LinkDown),
        Link::Ready => ("ready", Text::LinkReady),
        _ => ("down", Text::LinkDown),
    }
}
