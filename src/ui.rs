//! Elements of the screen, which know nothing of telephony.
//!
//! A compact builder over Leptos's signals and effects, in place of its `view!` macro: every
//! binding is one function that runs a boxed closure, where the macro compiles new code for
//! each. The same screen is a third of the size (docs/adr/0002, measured). What is reactive is
//! Leptos's own: a binding follows the signals that its closure reads, and it ends, listeners
//! and all, with the [`Owner`] that it was made under.
//!
//! Text goes in as text and attributes as attributes; there is no way to put in markup. Nor can
//! anything hide in text: see [`desk::visible`]. What others have written stands in elements with
//! a direction of their own (`bdi`, `dir="auto"`), so that it turns nothing around it.

mod focus;

use std::{cell::RefCell, rc::Rc};

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, Event, HtmlInputElement, KeyboardEvent, UiEvent};

use self::focus::{KEY, Place, REFUGE, take_refuge};
pub(crate) use self::focus::{has_focus_within, put_focus};
use crate::{
    format,
    paint::drop_in_pieces,
    runtime::DeskHandle,
    signal::{Compute, State},
    text::Text,
};

/// An element under construction.
#[derive(Debug)]
#[must_use]
pub(crate) struct El(Element);

/// Begins an element.
pub(crate) fn el(tag: &'static str) -> El {
    match document().create_element(tag) {
        Ok(element) => El(element),
        // Without the error: JavaScript values are written nowhere else, and that takes code.
        Err(_) => unreachable!("the tags of this crate are valid names"),
    }
}

impl El {
    /// Sets an attribute for good.
    pub(crate) fn set(self, name: &str, value: &str) -> Self {
        self.0.set_attribute(name, value).ok();
        self
    }

    /// Names the element's style.
    pub(crate) fn class(self, name: &str) -> Self {
        self.set("class", name)
    }

    /// Lets an attribute follow what it depends on; `None` takes it away.
    pub(crate) fn bind(
        self,
        name: &'static str,
        value: impl Fn() -> Option<String> + 'static,
    ) -> Self {
        self.bind_boxed(name, Box::new(value))
    }

    #[inline(never)]
    fn bind_boxed(self, name: &'static str, value: Box<dyn Compute<Option<String>>>) -> Self {
        let element = self.0.clone();
        follow(value, move |value: &Option<String>| match value {
            Some(value) => element.set_attribute(name, value).ok(),
            None => element.remove_attribute(name).ok(),
        });
        self
    }

    /// Lets an attribute without a value follow what it depends on.
    pub(crate) fn toggle(self, name: &'static str, on: impl Fn() -> bool + 'static) -> Self {
        self.bind(name, move || on().then(String::new))
    }

    /// Adds text for good.
    pub(crate) fn text(self, text: &str) -> Self {
        self.0.append_with_str_1(&desk::visible(text)).ok();
        self
    }

    /// Adds text that follows what it depends on.
    pub(crate) fn words(self, words: impl Fn() -> String + 'static) -> Self {
        self.words_boxed(Box::new(words))
    }

    #[inline(never)]
    fn words_boxed(self, words: Box<dyn Compute<String>>) -> Self {
        let text = document().create_text_node("");
        self.0.append_with_node_1(&text).ok();
        let text = RefCell::new(text);
        follow(words, move |words: &String| {
            // Another node, for what a node shows moves when it is centred and its length changes.
            let next = document().create_text_node(&desk::visible(words));
            text.replace(next.clone())
                .replace_with_with_node_1(&next)
                .ok()
        });
        self
    }

    /// Adds an element.
    pub(crate) fn child(self, child: Self) -> Self {
        self.add(child);
        self
    }

    /// Adds an element to one that is not finished yet.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "a child belongs to its parent from now on"
    )]
    pub(crate) fn add(&self, child: Self) {
        self.0.append_with_node_1(&child.0).ok();
    }

    /// Adds the elements that `children` makes, and makes them anew when what they depend on
    /// has changed. For lists that change as a whole and seldom. The focus, if it is on one of
    /// their buttons, stays on it by its [key](Self::key) or else on the one in its place, and
    /// goes to the [refuge](Self::refuge) when there is none.
    pub(crate) fn children(self, children: impl Fn() -> Vec<Self> + 'static) -> Self {
        self.children_boxed(Box::new(children))
    }

    #[inline(never)]
    fn children_boxed(self, children: Box<dyn Compute<Vec<Self>>>) -> Self {
        let element = self.0.clone();
        run(Box::new(move || {
            let children = children.compute();
            let focus = Place::within(&element);
            element.set_text_content(None);
            for child in children {
                element.append_with_node_1(&child.0).ok();
            }
            if let Some(focus) = focus {
                focus.restore(&element);
            }
        }));
        self
    }

    /// Adds as many elements as are wanted, made one by one from their places, and takes the last ones
    /// away when fewer are. Those that are there stay as they are. What is behind the ones that are taken
    /// away ends in pieces, after the frame that shows them gone: of hundreds it would keep that frame
    /// waiting.
    pub(crate) fn grow(
        self,
        wanted: impl Fn() -> usize + 'static,
        make: impl Fn(usize) -> Self + 'static,
    ) -> Self {
        let element = self.0.clone();
        let around = Owner::current();
        // Each under an owner of its own: what is made in a binding ends when the binding runs again.
        let grown: RefCell<Vec<(Owner, Self)>> = RefCell::default();
        run(Box::new(move || {
            let wanted = wanted();
            let mut grown = grown.borrow_mut();
            if grown.len() > wanted {
                let gone = grown.split_off(wanted);
                for (owner, element) in &gone {
                    owner.pause();
                    element.0.remove();
                }
                drop_in_pieces(gone);
            }
            while grown.len() < wanted {
                let Some(owner) = around.as_ref().map(Owner::child) else {
                    return;
                };
                let next = untrack(|| owner.with(|| make(grown.len())));
                element.append_with_node_1(&next.0).ok();
                grown.push((owner, next));
            }
        }));
        self
    }

    /// Names a button among those that are made anew with it.
    pub(crate) fn key(self, key: &str) -> Self {
        self.set(KEY, key)
    }

    /// Where the focus goes when what has it within this element goes: to the nearest element that
    /// the selector finds.
    pub(crate) fn refuge(self, selector: &str) -> Self {
        self.set(REFUGE, selector)
    }

    /// Shows an element while a condition holds, and keeps its place meanwhile.
    pub(crate) fn shown_while(self, shown: impl Fn() -> bool + 'static) -> Self {
        let element = self.0.clone();
        follow(Box::new(shown), move |shown: &bool| {
            if !shown && has_focus_within(&element) {
                take_refuge(&element);
            }
            element
                .toggle_attribute_with_force("data-empty", !shown)
                .ok()?;
            None
        });
        self
    }

    /// Makes a button of it, which may be pressed while `enabled`. Else it is `aria-disabled`:
    /// `disabled` would take the focus from whoever has just pressed it. The second click of a double
    /// click is none: what the first did may have changed what the button is for.
    pub(crate) fn press(
        self,
        enabled: impl Fn() -> bool + 'static,
        on_press: impl Fn() + 'static,
    ) -> Self {
        self.press_boxed(Rc::new(enabled), Box::new(on_press), 1)
    }

    /// As [press](Self::press), but each click counts, however fast: so are digits typed.
    pub(crate) fn press_each(
        self,
        enabled: impl Fn() -> bool + 'static,
        on_press: impl Fn() + 'static,
    ) -> Self {
        self.press_boxed(Rc::new(enabled), Box::new(on_press), i32::MAX)
    }

    #[inline(never)]
    fn press_boxed(
        self,
        enabled: Rc<dyn Compute<bool>>,
        on_press: Box<dyn Compute<()>>,
        last_click: i32,
    ) -> Self {
        let is_enabled = Rc::clone(&enabled);
        self.set("type", "button")
            .class("button")
            .bind("aria-disabled", move || {
                (!enabled.compute()).then(|| "true".into())
            })
            .on("click", move |event| {
                let clicks = event.unchecked_ref::<UiEvent>().detail();
                if clicks <= last_click && untrack(|| is_enabled.compute()) {
                    on_press.compute();
                }
            })
    }

    /// Does something with the element whenever what it depends on has changed.
    pub(crate) fn follow(self, then: impl Fn(&Element) + 'static) -> Self {
        let element = self.0.clone();
        run(Box::new(move || then(&element)));
        self
    }

    /// Listens for an event, for as long as the owner lives.
    pub(crate) fn on(self, event: &'static str, then: impl Fn(Event) + 'static) -> Self {
        listen(&self.0, event, Box::new(then));
        self
    }

    /// Makes a field of it that holds a text, whoever writes it.
    pub(crate) fn typing(self, text: State<String>) -> Self {
        self.set("autocomplete", "off")
            .follow(move |field| {
                let field: &HtmlInputElement = field.unchecked_ref();
                // Setting what is there already would move the caret.
                text.with(|text| {
                    if field.value() != *text {
                        field.set_value(text);
                    }
                });
            })
            .on("input", move |event| {
                if let Some(field) = event.target() {
                    text.set(field.unchecked_ref::<HtmlInputElement>().value());
                }
            })
    }

    /// Listens for keys.
    pub(crate) fn on_key(self, then: impl Fn(&KeyboardEvent) + 'static) -> Self {
        self.on("keydown", move |event| then(event.unchecked_ref()))
    }

    /// The element, made.
    pub(crate) fn into_element(self) -> Element {
        self.0
    }
}

/// Listens for keys wherever on the page the focus is, for as long as the owner lives.
pub(crate) fn on_key_anywhere(then: impl Fn(&KeyboardEvent) + 'static) {
    if let Some(page) = document().document_element() {
        listen(
            &page,
            "keydown",
            Box::new(move |event| then(event.unchecked_ref())),
        );
    }
}

fn listen(element: &Element, event: &'static str, then: Box<dyn Fn(Event)>) {
    let listener = Listener {
        element: element.clone(),
        event,
        closure: Closure::wrap(then),
    };
    let function = listener.closure.as_ref().unchecked_ref();
    element
        .add_event_listener_with_callback(event, function)
        .ok();
    StoredValue::new_local(listener);
}

/// Listens until it is dropped. The closure alone would go and leave the element calling what is
/// not there any more, which is an error of the page.
struct Listener {
    element: Element,
    event: &'static str,
    closure: Closure<dyn Fn(Event)>,
}

impl Drop for Listener {
    fn drop(&mut self) {
        let function = self.closure.as_ref().unchecked_ref();
        let removed = self
            .element
            .remove_event_listener_with_callback(self.event, function);
        removed.ok();
    }
}

/// Computes a value and shows it when it differs from the one shown.
fn follow<T: PartialEq + 'static>(
    value: Box<dyn Compute<T>>,
    show: impl Fn(&T) -> Option<()> + 'static,
) {
    let shown = RefCell::new(None);
    run(Box::new(move || {
        let value = value.compute();
        let mut shown = shown.borrow_mut();
        if shown.as_ref() != Some(&value) {
            show(&value);
            *shown = Some(value);
        }
    }));
}

/// Runs now and whenever what it reads has changed: the one effect of the whole screen.
#[inline(never)]
pub(crate) fn run(then: Box<dyn Compute<()>>) {
    Effect::new(move || then.compute());
}

/// A button that never changes its place: when it means nothing it is disabled, not gone. Its
/// role among the others is for the style sheet: `accept`, `end`, `plain`.
pub(crate) fn button(
    role: &'static str,
    label: impl Fn() -> Text + 'static,
    desk: DeskHandle,
    enabled: impl Fn() -> bool + 'static,
    on_press: impl Fn() + 'static,
) -> El {
    el("button")
        .press(enabled, on_press)
        .set("data-role", role)
        .words(move || desk.say(label()).into())
}

/// The time since a moment, counting. Empty while the moment is not known.
pub(crate) fn elapsed(desk: DeskHandle, since: impl Fn() -> Option<DateTime<Utc>> + 'static) -> El {
    el("span")
        .class("timer")
        .set("role", "timer")
        .words(move || {
            let text = since()
                .zip(desk.server_time())
                .map(|(since, now)| format::duration(desk::elapsed(since, now)));
            text.unwrap_or_default()
        })
}

/// A name and what it names.
pub(crate) fn fact(name: &str, value: El) -> El {
    el("div")
        .child(el("dt").set("dir", "auto").text(name))
        .child(value.set("dir", "auto"))
}

/// A part of the screen with a name, and a heading that says it.
pub(crate) fn section(class: &str, name: &str) -> El {
    el("section")
        .class(class)
        .set("aria-label", name)
        .child(el("h2").text(name))
}

#[cfg(test)]
#[cfg(target_arch = "wasm32")]
mod tests;
