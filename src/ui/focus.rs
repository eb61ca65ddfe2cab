//! Where the keyboard is, when what it was on is made anew or goes away.

use std::iter;

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// Names a button, or a summary, among its siblings, so that the focus finds it again.
pub(super) const KEY: &str = "data-key";

/// A selector, on an element whose children come and go: what has the focus when none are left.
pub(super) const REFUGE: &str = "data-refuge";

/// Which button of an element has the focus.
#[derive(Debug)]
pub(super) struct Place {
    key: Option<String>,
    index: usize,
}

impl Place {
    /// The place of the focus, if it is on something within `element`.
    pub(super) fn within(element: &Element) -> Option<Self> {
        let focused = document().active_element()?;
        if focused == *element || !element.contains(Some(&focused)) {
            return None;
        }
        let index = buttons(element).position(|button| button == focused);
        Some(Self {
            key: focused.get_attribute(KEY),
            index: index.unwrap_or_default(),
        })
    }

    /// Puts the focus on the same button, or on the one in its place, or takes refuge.
    pub(super) fn restore(self, element: &Element) {
        let same = self.key.and_then(|key| {
            buttons(element).find(|button| button.get_attribute(KEY).as_ref() == Some(&key))
        });
        let near = || buttons(element).take(self.index + 1).last();
        match same.or_else(near) {
            Some(button) => put_focus(&button),
            None => take_refuge(element),
        }
    }
}

/// Whether the focus is on an element or on one within it.
pub(crate) fn has_focus_within(element: &Element) -> bool {
    let focused = document().active_element();
    focused.is_some_and(|focused| element.contains(Some(&focused)))
}

/// Puts the focus on an element.
pub(crate) fn put_focus(element: &Element) {
    element.unchecked_ref::<HtmlElement>().focus().ok();
}

/// Puts the focus where an element says that it goes when there is nothing left in it: on the
/// nearest one, going outwards.
pub(super) fn take_refuge(from: &Element) {
    let Some(selector) = from.get_attribute(REFUGE) else {
        return;
    };
    let outwards = iter::successors(from.parent_element(), |one| one.parent_element());
    let mut found = outwards.filter_map(|around| around.query_selector(&selector).ok()?);
    if let Some(refuge) = found.next() {
        put_focus(&refuge);
    }
}

fn buttons(element: &Element) -> impl Iterator<Item = Element> {
    let found = element.query_selector_all("button, summary").ok();
    let length = found.as_ref().map_or(0, web_sys::NodeList::length);
    (0..length).filter_map(move |index| Some(found.as_ref()?.get(index)?.unchecked_into()))
}
