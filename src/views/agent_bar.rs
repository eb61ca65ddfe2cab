//! The bar at the top: who is here, in which state, since when, what comes next, and whether the
//! next call would reach them.

use desk::{Agent, AgentState, Command, Desk, Readiness, Repair};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlSelectElement};

use super::notices::with_repair;
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
        Some(state) => text::agent_state(state, desk.locale()),
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
        .child(light(desk))
        .child(concerns(desk))
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
            let words = text::configured_state(name, desk.locale());
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
    let name = move |told: &Desk| Some(text::agent_state(next_state(told)?, desk.locale()));
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
    let advice = |class, text| el("p").class(class).text(desk.say(text));
    el("div")
        .class("foot")
        .child(advice("hint", Text::IncidentAdvice))
        .child(advice("hint no-recorder", Text::NoIncidentFile))
        .child(save)
        .child(sign_out)
}

/// The panel that the light opens. The browser shows and hides it (`popover`), and the keyboard
/// finds its way in and out.
const CONCERNS: &str = "concerns";

/// Whether the next call reaches the agent: always there, always in its place.
fn light(desk: DeskHandle) -> El {
    let word = |desk: &Desk| match desk.readiness() {
        Readiness::Starting => "starting",
        Readiness::Ready => "ready",
        Readiness::Attention => "attention",
        Readiness::Blocked => "blocked",
        Readiness::ReadOnly => "read-only",
    };
    el("button")
        .set("type", "button")
        .class("light")
        .set("popovertarget", CONCERNS)
        .bind("data-light", move || Some(desk.read(word).into()))
        .words(move || {
            desk.say(desk.read(|desk| text::readiness(desk.readiness())))
                .into()
        })
}

/// Every reason for it in words, and what mends it.
fn concerns(desk: DeskHandle) -> El {
    let concerns = desk.select(|desk| {
        let told = |concern| Some((text::concern(desk, concern)?, desk.repair_of(concern)));
        let concerns = desk.concerns().into_iter();
        concerns.filter_map(told).collect::<Vec<_>>()
    });
    let reasons = move || {
        let concerns = concerns.get();
        let reason = |(text, repair): &(Text, Option<Repair>)| {
            let reason = el("li").child(el("p").text(desk.say(*text)));
            with_repair(desk, reason, *repair)
        };
        if concerns.is_empty() {
            return vec![reason(&(Text::AllIsWell, None))];
        }
        concerns.iter().map(reason).collect()
    };
    el("ul")
        .class("concerns")
        .set("id", CONCERNS)
        .set("popover", "")
        .set("aria-label", desk.say(Text::Readiness))
        .refuge(".light")
        .children(reasons)
}
