//! Marks for what has reached the screen, each set after the frame that painted it.

use std::cell::RefCell;

use desk::{CallPhase, ContactId, Desk, Identity};
use js_sys::{Function, Promise};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Window;

use crate::{
    runtime::{DeskHandle, spawn},
    ui::run,
};

/// A hidden page paints no frames; it waits this long at most.
const NO_FRAME_MS: i32 = 1_000;

/// A library whose bytes are still on the way keeps nothing else from the screen for longer.
const NO_LIBRARY_MS: i32 = 200;

/// How many of many are dropped between two frames.
const PIECE: usize = 8;

/// Waits until the shell is painted, and marks it.
pub(crate) async fn shell_painted() {
    painted().await;
    mark("desk:shell");
}

/// Waits until boot.js has run the Streams library, or found that it cannot. The CCP's frame loads
/// from then on, and what else there is to be done is done meanwhile.
pub(crate) async fn library_has_run() {
    until(|window, resolve| {
        let heard = window.add_event_listener_with_callback("desk:streams", resolve);
        heard.ok();
        set_timeout(window, resolve, NO_LIBRARY_MS);
    })
    .await;
}

/// Marks the agent's name, each ring and whose call it is when they are painted.
pub(crate) fn mark_what_is_painted(desk: DeskHandle) {
    let named = RefCell::new(false);
    run(Box::new(move || {
        let is_named = desk.read(|desk| desk.agent().is_some_and(|agent| !agent.name.is_empty()));
        if is_named && !named.replace(is_named) {
            mark_when_painted("desk:agent".into());
        }
    }));

    let told = RefCell::new(Vec::new());
    run(Box::new(move || {
        let now = desk.read(told_of_customers);
        let before = told.replace(now.clone());
        for mark in now {
            if !before.contains(&mark) {
                mark_when_painted(mark);
            }
        }
    }));

    let rung = RefCell::new(Vec::new());
    run(Box::new(move || {
        let ringing = desk.read(ringing);
        for contact in &ringing {
            if !rung.borrow().contains(contact) {
                mark_when_painted(format!("desk:ring:{contact}"));
            }
        }
        rung.replace(ringing);
    }));
}

/// Whether it is told who the customer of the call in front is, and what they have ordered: the marks
/// for it.
fn told_of_customers(desk: &Desk) -> Vec<String> {
    let mut marks = Vec::new();
    if let Some(front) = desk.front()
        && let Some(pop) = desk.screen_pop(&front.id)
    {
        if !matches!(pop.identity(), Identity::Searching | Identity::Unasked) {
            marks.push(["desk:pop:", front.id.as_ref()].concat());
        }
        if pop.customer().is_some_and(|one| one.orders.known.is_some()) {
            marks.push(["desk:orders:", front.id.as_ref()].concat());
        }
    }
    marks
}

/// The contacts that ring, in front or not.
fn ringing(desk: &Desk) -> Vec<ContactId> {
    let contacts = desk.front().into_iter().chain(desk.others());
    contacts
        .filter(|contact| contact.phase == CallPhase::Ringing)
        .map(|contact| contact.id.clone())
        .collect()
}

fn mark_when_painted(name: String) {
    spawn(async move {
        painted().await;
        mark(&name);
    });
}

fn mark(name: &str) {
    if let Some(performance) = window().performance() {
        performance.mark(name).ok();
    }
}

/// Resolves after the next frame has been painted: its callbacks run before the paint, a task that
/// they leave runs after it.
async fn painted() {
    until(|window, resolve| {
        window.request_animation_frame(resolve).ok();
        set_timeout(window, resolve, NO_FRAME_MS);
    })
    .await;
    after(0).await;
}

/// Drops what is on the screen no more, a piece after each frame: first comes the one that shows it gone.
pub(crate) fn drop_in_pieces<T: 'static>(mut gone: Vec<T>) {
    spawn(async move {
        while !gone.is_empty() {
            painted().await;
            gone.truncate(gone.len().saturating_sub(PIECE));
        }
    });
}

/// Resolves after so many milliseconds.
pub(crate) async fn after(ms: i32) {
    until(|window, resolve| set_timeout(window, resolve, ms)).await;
}

fn set_timeout(window: &Window, then: &Function, after_ms: i32) {
    let set = window.set_timeout_with_callback_and_timeout_and_arguments_0(then, after_ms);
    set.ok();
}

async fn until(happens: impl Fn(&Window, &Function)) {
    let promise = Promise::new(&mut |resolve: Function, _: Function| happens(&window(), &resolve));
    JsFuture::from(promise.unchecked_into::<Promise<JsValue>>())
        .await
        .ok();
}
