//! The agent desk in the browser: a thin screen over the [`desk`] state machine.
//!
//! - [`runtime`] queues what happens and performs what the desk asks for.
//! - [`views`] shows parts of the desk, in the page and in its title, and sends commands; nothing
//!   there decides about a call.
//! - [`softphone`] holds Amazon's frame, outside the reactive tree.
//! - [`text`] and [`mod@format`] are the words and the numbers, per language.
//! - [`mod@signal`] is what views keep and what they follow; [`settings`] is `/config.json`; [`paint`] marks what has reached the screen.

mod format;
mod paint;
mod runtime;
mod settings;
mod signal;
mod softphone;
#[cfg(test)]
#[cfg(target_arch = "wasm32")]
mod stage;
pub mod text;
mod ui;
mod views;

use std::cell::RefCell;

use any_spawner::Executor;
use desk::Desk;
use leptos::prelude::*;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::{
    paint::{library_has_run, mark_what_is_painted, shell_painted},
    runtime::{DeskHandle, spawn},
    settings::Settings,
    text::Locale,
    views::{furnish, paint_panic, paint_settings_error, shell},
};

thread_local! {
    /// Owns every binding of the screen, for as long as the page lives.
    static SCREEN: RefCell<Option<Owner>> = const { RefCell::new(None) };
}

/// Starts the desk in this page: settings first, then the screen, then the library.
pub fn start() {
    text::learn(settings::sentences());
    report_panics(settings::locale_in_address().unwrap_or(Locale::Ja));
    // It is there already when the page starts a second desk, which only a test does.
    Executor::init_wasm_bindgen().ok();
    spawn(async {
        let in_address = settings::locale_in_address();
        match settings::load().await {
            Ok(settings) => open(Settings {
                locale: in_address.unwrap_or(settings.locale),
                ..settings
            }),
            Err(error) => {
                clear_boot_page();
                paint_settings_error(error, in_address.unwrap_or(Locale::Ja));
            }
        }
    });
}

fn open(settings: Settings) {
    let locale = settings.locale;
    report_panics(locale);
    let document = document();
    if let Some(html) = document.document_element() {
        html.set_attribute("lang", locale.tag()).ok();
    }
    clear_boot_page();
    let Some(body) = document.body() else { return };
    let (panel, container) = softphone::panel(locale);
    let owner = Owner::new();
    let (desk, shell) = owner.with(|| {
        let desk = DeskHandle::new(Desk::default(), settings, container);
        let shell = shell(desk).into_element();
        body.append_with_node_2(&shell, &panel).ok();
        (desk, shell)
    });
    SCREEN.set(Some(owner.clone()));
    desk.start();
    spawn(async move {
        shell_painted().await;
        // boot.js runs the Streams library after this.
        if let Ok(event) = web_sys::Event::new("desk:shell") {
            window().dispatch_event(&event).ok();
        }
        library_has_run().await;
        owner.with(|| {
            furnish(desk, &shell);
            mark_what_is_painted(desk);
        });
    });
}

/// What boot.js shows while it starts.
fn clear_boot_page() {
    if let Ok(Some(boot)) = document().query_selector("[data-boot]") {
        boot.remove();
    }
}

/// After a panic nothing of Rust can be trusted, but the call lives in the softphone's frame:
/// say so, and leave the frame alone.
fn report_panics(locale: Locale) {
    std::panic::set_hook(Box::new(move |panic| {
        web_sys::console::error_1(&panic.to_string().into());
        paint_panic(locale);
    }));
}

/// How many subscriptions at the library's bus the desk holds. For the benchmark: nothing in the page
/// calls it.
#[wasm_bindgen(js_name = liveSubscriptions)]
#[must_use]
pub fn live_subscriptions() -> u32 {
    streams::live_subscriptions()
}

/// Shows what a panic looks like. For drills from the console and for tests: nothing in the page
/// calls it.
///
/// # Panics
///
/// Always.
#[wasm_bindgen(js_name = panicDrill)]
#[expect(clippy::panic, reason = "that is what it is for")]
pub fn panic_drill() {
    panic!("a drill");
}
