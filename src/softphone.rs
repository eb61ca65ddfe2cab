//! The panel that holds Amazon's CCP: made once, outside the reactive tree.
//!
//! The frame must never be moved or mounted again, for that would reload it, and in mid-call
//! the agent's audio lives in it. So the panel is folded by the style sheet alone.

use web_sys::Element;

use crate::{
    text::{Locale, Text},
    ui::el,
};

/// Whether the panel is open, on the body, where the style sheet finds it.
const STATE: &str = "data-softphone";

/// Narrower pages have no room for the panel beside the desk, in CSS pixels.
const ROOMY: f64 = 1100.0;

/// Makes the panel, and within it the element for the CCP's frame.
pub(crate) fn panel(locale: Locale) -> (Element, Element) {
    let container = el("div").class("softphone-frame").into_element();
    let panel = el("aside")
        .class("softphone")
        .set("aria-label", Text::Softphone.say(locale))
        .into_element();
    panel.append_with_node_1(&container).ok();
    let width = web_sys::window().and_then(|window| window.inner_width().ok()?.as_f64());
    set_open(width.is_some_and(|width| width >= ROOMY));
    (panel, container)
}

/// Whether the panel is open.
pub(crate) fn is_open() -> bool {
    body().is_some_and(|body| body.get_attribute(STATE).as_deref() == Some("open"))
}

/// Opens or folds the panel.
pub(crate) fn set_open(open: bool) {
    if let Some(body) = body() {
        let state = if open { "open" } else { "folded" };
        body.set_attribute(STATE, state).ok();
    }
}

fn body() -> Option<Element> {
    Some(web_sys::window()?.document()?.body()?.into())
}

#[cfg(test)]
#[cfg(target_arch = "wasm32")]
mod tests {
    use rstest::rstest;
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[rstest]
    #[case(Locale::En, "Softphone")]
    #[case(Locale::Ja, "ソフトフォン")]
    #[test_attr(wasm_bindgen_test)]
    fn the_panel_has_a_name_and_holds_the_place_of_the_frame(
        #[case] locale: Locale,
        #[case] name: &str,
    ) {
        let (panel, container) = panel(locale);
        assert_eq!(
            (
                panel.get_attribute("aria-label").as_deref(),
                container.parent_element()
            ),
            (Some(name), Some(panel.clone()))
        );
    }

    #[rstest]
    #[case::open(true, "open")]
    #[case::folded(false, "folded")]
    #[test_attr(wasm_bindgen_test)]
    fn the_style_sheet_is_told_whether_it_is_open(#[case] open: bool, #[case] word: &str) {
        set_open(!open);
        set_open(open);
        let told = body().and_then(|body| body.get_attribute(STATE));
        assert_eq!((is_open(), told.as_deref()), (open, Some(word)));
    }

    #[wasm_bindgen_test]
    fn folding_touches_nothing_in_the_panel() {
        let (panel, container) = panel(Locale::En);
        let frame = el("iframe").into_element();
        container.append_with_node_1(&frame).unwrap();
        let before = panel.outer_html();
        set_open(true);
        set_open(false);
        assert_eq!(
            (panel.outer_html(), frame.parent_element()),
            (before, Some(container))
        );
    }
}
