//! Bindings and listeners in a page: what they follow, and that they end with their owner.

use std::{cell::Cell, rc::Rc};

use any_spawner::Executor;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{HtmlElement, MutationObserver, MutationObserverInit};

use super::*;
use crate::stage::{dispatch, elements, settled, text};

/// Elements under an owner of their own, in the page.
struct Made {
    owner: Owner,
    element: Element,
}

impl Made {
    async fn by(make: impl FnOnce() -> El) -> Self {
        Executor::init_wasm_bindgen().ok();
        let owner = Owner::new();
        let element = owner.with(|| make().into_element());
        let body = document().body().unwrap();
        body.append_with_node_1(&element).unwrap();
        settled().await;
        Self { owner, element }
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        self.element.remove();
        self.owner.cleanup();
    }
}

/// A signal that outlives what is made, and how often somebody has read it.
#[derive(Clone)]
struct Watched {
    signal: ArcRwSignal<u32>,
    reads: Rc<Cell<u32>>,
}

impl Watched {
    fn new() -> Self {
        Self {
            signal: ArcRwSignal::new(0),
            reads: Rc::default(),
        }
    }

    fn read(&self) -> u32 {
        self.reads.set(self.reads.get() + 1);
        self.signal.get()
    }

    /// How often it was read because of this change.
    async fn reads_after(&self, value: u32) -> u32 {
        self.reads.set(0);
        self.signal.set(value);
        settled().await;
        self.reads.get()
    }
}

#[wasm_bindgen_test]
async fn words_attributes_and_lists_follow_what_they_depend_on() {
    let watched = Watched::new();
    let [words, attribute, list] = [(); 3].map(|()| watched.clone());
    let made = Made::by(|| {
        el("p")
            .bind("data-odd", move || {
                let value = attribute.read();
                (value % 2 == 1).then(|| value.to_string())
            })
            .words(move || words.read().to_string())
            .child(el("ul").children(move || {
                let item = |item: u32| el("li").text(&item.to_string());
                (0..list.read()).map(item).collect()
            }))
    })
    .await;
    watched.reads_after(3).await;
    assert_eq!(
        (
            text(&made.element),
            made.element.get_attribute("data-odd").as_deref()
        ),
        ("3012".into(), Some("3"))
    );
    watched.reads_after(0).await;
    assert_eq!(
        (
            text(&made.element),
            made.element.get_attribute("data-odd").as_deref()
        ),
        ("0".into(), None)
    );
}

#[wasm_bindgen_test]
async fn a_binding_ends_with_its_owner() {
    let watched = Watched::new();
    let [words, attribute, list, then] = [(); 4].map(|()| watched.clone());
    let made = Made::by(|| {
        el("p")
            .bind("title", move || Some(attribute.read().to_string()))
            .words(move || words.read().to_string())
            .child(el("ul").children(move || {
                list.read();
                Vec::new()
            }))
            .follow(move |_| {
                then.read();
            })
    })
    .await;
    let while_it_lived = watched.reads_after(1).await;
    made.owner.cleanup();
    assert_eq!((while_it_lived, watched.reads_after(2).await), (4, 0));
    assert_eq!(text(&made.element), "1");
}

#[wasm_bindgen_test]
async fn a_listener_ends_with_its_owner() {
    let heard = Rc::new(Cell::new(0));
    let count = heard.clone();
    let made = Made::by(|| el("button").on("click", move |_| count.set(count.get() + 1))).await;
    dispatch(&made.element, "click");
    let while_it_lived = heard.get();
    made.owner.cleanup();

    // Nor is anything called that is not there any more, which would be an error of the page.
    let errors = Rc::new(Cell::new(0));
    let seen = errors.clone();
    let on_error: Closure<dyn Fn()> = Closure::new(move || seen.set(seen.get() + 1));
    let function = on_error.as_ref().unchecked_ref();
    window()
        .add_event_listener_with_callback("error", function)
        .unwrap();
    dispatch(&made.element, "click");
    window()
        .remove_event_listener_with_callback("error", function)
        .unwrap();

    assert_eq!((while_it_lived, heard.get(), errors.get()), (1, 1, 0));
}

#[wasm_bindgen_test]
async fn a_list_that_is_made_anew_ends_what_it_made_before() {
    let (list, item) = (Watched::new(), Watched::new());
    let (items, inner) = (list.clone(), item.clone());
    let made = Made::by(|| {
        el("ul").children(move || {
            let make = |_| {
                let inner = inner.clone();
                el("li").words(move || inner.read().to_string())
            };
            (0..items.read()).map(make).collect()
        })
    })
    .await;
    list.reads_after(3).await;
    list.reads_after(5).await;
    list.reads_after(2).await;
    assert_eq!(
        (
            elements(&made.element, "li").len(),
            item.reads_after(1).await
        ),
        (2, 2)
    );
}

#[wasm_bindgen_test]
async fn a_value_that_stays_equal_touches_nothing() {
    let watched = Watched::new();
    let [words, attribute] = [(); 2].map(|()| watched.clone());
    let made = Made::by(|| {
        el("p")
            .bind("title", move || Some((attribute.read() / 10).to_string()))
            .words(move || (words.read() / 10).to_string())
    })
    .await;
    let changes = Rc::new(Cell::new(0));
    let counted = changes.clone();
    let count: Closure<dyn Fn(js_sys::Array)> =
        Closure::new(move |records: js_sys::Array| counted.set(records.length()));
    let observer = MutationObserver::new(count.as_ref().unchecked_ref()).unwrap();
    let all = MutationObserverInit::new();
    all.set_attributes(true);
    all.set_character_data(true);
    all.set_child_list(true);
    all.set_subtree(true);
    observer.observe_with_options(&made.element, &all).unwrap();

    watched.reads_after(9).await;
    let when_equal = changes.get();
    watched.reads_after(10).await;
    observer.disconnect();

    assert_eq!((when_equal, changes.get()), (0, 2));
}

#[wasm_bindgen_test]
async fn markup_goes_in_as_text() {
    let markup = "<img src=x onerror=alert(1)>&amp;";
    let made = Made::by(|| {
        el("p")
            .set("title", markup)
            .text(markup)
            .words(move || markup.into())
    })
    .await;
    assert_eq!(
        (
            text(&made.element),
            made.element.get_attribute("title").as_deref(),
            made.element.child_element_count()
        ),
        (markup.repeat(2), Some(markup), 0)
    );
}

#[wasm_bindgen_test]
async fn a_disabled_button_keeps_the_focus_and_ignores_presses() {
    let enabled = ArcRwSignal::new(true);
    let presses = Rc::new(Cell::new(0));
    let (is_enabled, count) = (enabled.clone(), presses.clone());
    let made = Made::by(|| {
        el("button").press(move || is_enabled.get(), move || count.set(count.get() + 1))
    })
    .await;
    crate::stage::focus(&made.element);
    made.element.unchecked_ref::<HtmlElement>().click();
    enabled.set(false);
    // At once, not only when the screen has caught up.
    made.element.unchecked_ref::<HtmlElement>().click();
    settled().await;
    made.element.unchecked_ref::<HtmlElement>().click();
    assert_eq!(
        (
            presses.get(),
            made.element.get_attribute("aria-disabled").as_deref(),
            crate::stage::has_focus(&made.element)
        ),
        (1, Some("true"), true)
    );
}

#[wasm_bindgen_test]
async fn the_second_click_of_a_double_click_counts_only_where_each_does() {
    for (each, counted) in [(false, 1), (true, 2)] {
        let presses = Rc::new(Cell::new(0));
        let count = presses.clone();
        let made = Made::by(|| {
            let press = move || count.set(count.get() + 1);
            if each {
                el("button").press_each(|| true, press)
            } else {
                el("button").press(|| true, press)
            }
        })
        .await;
        for clicks in [1, 2] {
            let click = web_sys::UiEventInit::new();
            click.set_detail(clicks);
            click.set_bubbles(true);
            let click = UiEvent::new_with_event_init_dict("click", &click).unwrap();
            made.element.dispatch_event(&click).unwrap();
        }
        assert_eq!(presses.get(), counted, "each: {each}");
    }
}
