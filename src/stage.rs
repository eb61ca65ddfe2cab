//! A screen for tests: mounted as in the page, told what happens through the same queue, and
//! looked at when every effect has run.

pub(crate) mod scene;

use any_spawner::Executor;
use desk::{Country, Desk, Input, Link, Role, SHIPS_WITHIN_DAYS};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test_configure;
use web_sys::{Element, HtmlButtonElement, HtmlElement, KeyboardEvent, KeyboardEventInit};

use self::scene::scene;
use crate::{
    runtime::DeskHandle,
    settings::{Notification, Settings},
    text::Locale,
    views::{furnish, shell},
};

/// How often [`until`] looks, and how many times before the test has failed.
const LOOK_AGAIN_MS: u32 = 50;
const MOST_LOOKS: u32 = 400;

// For every test of this crate that is for the browser.
wasm_bindgen_test_configure!(run_in_browser);

/// The desk's screen in the test's page, until it is dropped.
#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) desk: DeskHandle,
    screen: Element,
    owner: Owner,
}

impl Stage {
    /// An English screen of an agent who is signed in, available, and has no contact.
    pub(crate) async fn open() -> Self {
        Self::open_in(Locale::En).await
    }

    /// The same in another language.
    pub(crate) async fn open_in(locale: Locale) -> Self {
        let stage = Self::of(Desk::default(), locale).await;
        stage.tell(Input::Role(Role::Leader)).await;
        stage.tell(Input::Link(Link::Ready)).await;
        stage.tell(scene(0, "Available")).await;
        stage
    }

    /// The screen of a desk as it stands.
    pub(crate) async fn of(desk: Desk, locale: Locale) -> Self {
        Self::of_page(desk, settings(locale)).await
    }

    /// The same in a page that is configured otherwise.
    pub(crate) async fn of_page(desk: Desk, settings: Settings) -> Self {
        Executor::init_wasm_bindgen().ok();
        let owner = Owner::new();
        let (desk, screen) = owner.with(|| {
            let container = document().create_element("div").unwrap();
            let desk = DeskHandle::new(desk, settings, container);
            let screen = shell(desk).into_element();
            furnish(desk, &screen);
            (desk, screen)
        });
        document().body().unwrap().append_child(&screen).unwrap();
        settled().await;
        Self {
            desk,
            screen,
            owner,
        }
    }

    /// What the screen's bindings live under.
    pub(crate) fn owner(&self) -> &Owner {
        &self.owner
    }

    /// Lets something happen.
    pub(crate) async fn tell(&self, input: impl Into<Input>) {
        self.desk.tell(input.into());
        settled().await;
    }

    /// The only element that a selector finds.
    pub(crate) fn one(&self, selector: &str) -> Element {
        let found = self.all(selector);
        assert_eq!(found.len(), 1, "elements that are {selector}");
        found[0].clone()
    }

    /// Every element that a selector finds, in order.
    pub(crate) fn all(&self, selector: &str) -> Vec<Element> {
        elements(&self.screen, selector)
    }

    /// The texts of what a selector finds.
    pub(crate) fn texts(&self, selector: &str) -> Vec<String> {
        self.all(selector).iter().map(text).collect()
    }

    /// The only element with a test id.
    pub(crate) fn part(&self, id: &str) -> Element {
        self.one(&format!("[data-testid={id}]"))
    }

    /// The text of the only element with a test id.
    pub(crate) fn says(&self, id: &str) -> String {
        text(&self.part(id))
    }

    /// An attribute of the only element with a test id.
    pub(crate) fn attribute(&self, id: &str, name: &str) -> Option<String> {
        self.part(id).get_attribute(name)
    }

    /// The only button of a name.
    pub(crate) fn button(&self, name: &str) -> HtmlButtonElement {
        let mut buttons = self.all("button");
        // What the light unfolds is there, and shown when it is pressed.
        let is_folded = |button: &Element| {
            let panel = button.closest("[popover]:not(:popover-open)");
            panel.unwrap().is_some()
        };
        buttons.retain(|button| text(button) == name && !is_folded(button));
        assert_eq!(buttons.len(), 1, "buttons named {name}");
        buttons.remove(0).unchecked_into()
    }

    /// Whether the only button of a name may be pressed.
    pub(crate) fn is_enabled(&self, name: &str) -> bool {
        !self.button(name).has_attribute("aria-disabled")
    }

    /// Presses the only button of a name, as a mouse does.
    pub(crate) async fn press(&self, name: &str) {
        self.button(name).click();
        settled().await;
    }

    /// Everything that is in the screen's elements, attributes and fields.
    pub(crate) fn whole(&self) -> String {
        let fields = self.all("input");
        let mut whole = self.screen.outer_html();
        for field in fields {
            whole.push_str(&value(&field));
        }
        whole
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.screen.remove();
        self.owner.cleanup();
    }
}

/// What the screen's page would have been configured with.
pub(crate) fn settings(locale: Locale) -> Settings {
    Settings {
        ccp_url: "https://example.my.connect.aws/ccp-v2/".into(),
        region: "ap-northeast-1".into(),
        login_url: None,
        customers: None,
        locale,
        country: Country::JP,
        notification: Notification::Queue,
        has_ringtone: true,
        not_ready_state: None,
        labels: JsValue::UNDEFINED,
        priority: None,
        ships_within: SHIPS_WITHIN_DAYS,
        masked: false,
    }
}

/// When everything that was on its way has run: effects and answers are microtasks, and those
/// all come before the next task.
pub(crate) async fn settled() {
    TimeoutFuture::new(0).await;
}

/// When a condition holds that only the page's running clock can bring about.
pub(crate) async fn until(condition: impl Fn() -> bool) {
    for _ in 0..MOST_LOOKS {
        if condition() {
            return;
        }
        TimeoutFuture::new(LOOK_AGAIN_MS).await;
    }
    panic!("it never came");
}

/// Every element below another that a selector finds, in order.
pub(crate) fn elements(under: &Element, selector: &str) -> Vec<Element> {
    let found = under.query_selector_all(selector).unwrap();
    let nodes = (0..found.length()).map(|index| found.item(index).unwrap());
    nodes.map(JsCast::unchecked_into).collect()
}

/// All text of an element.
pub(crate) fn text(element: &Element) -> String {
    element.text_content().unwrap_or_default()
}

/// What stands in a field.
pub(crate) fn value(field: &Element) -> String {
    field.unchecked_ref::<web_sys::HtmlInputElement>().value()
}

/// Writes into a field, as a keyboard does.
pub(crate) async fn type_into(field: &Element, words: &str) {
    field
        .unchecked_ref::<web_sys::HtmlInputElement>()
        .set_value(words);
    dispatch(field, "input");
    settled().await;
}

/// Presses a key; whether the page has taken it for itself.
pub(crate) async fn press_key(at: &Element, init: &KeyboardEventInit) -> bool {
    init.set_bubbles(true);
    init.set_cancelable(true);
    let key = KeyboardEvent::new_with_keyboard_event_init_dict("keydown", init).unwrap();
    let left_alone = at.dispatch_event(&key).unwrap();
    settled().await;
    !left_alone
}

/// A key without others held down.
pub(crate) fn key(name: &str) -> KeyboardEventInit {
    let init = KeyboardEventInit::new();
    init.set_key(name);
    init
}

/// Lets an event of no further content happen to an element.
pub(crate) fn dispatch(element: &Element, name: &str) {
    let event = web_sys::Event::new(name).unwrap();
    element.dispatch_event(&event).unwrap();
}

/// Puts the focus on an element.
pub(crate) fn focus(element: &Element) {
    element.unchecked_ref::<HtmlElement>().focus().unwrap();
}

/// Whether the focus is on an element.
pub(crate) fn has_focus(element: &Element) -> bool {
    document().active_element().as_ref() == Some(element)
}
