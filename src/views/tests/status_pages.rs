//! The pages for when there is no desk to show.

use leptos::prelude::document;
use rstest::rstest;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::Element;

use crate::{
    settings::SettingsError,
    stage::{elements, text},
    text::{Locale, Text},
    views::{paint_panic, paint_settings_error},
};

/// The page that `paint` has put before everything else; it is taken away again.
fn painted(paint: impl FnOnce()) -> (Element, Option<String>) {
    paint();
    let html = document().document_element().unwrap();
    let fatal = html.has_attribute("data-fatal");
    html.remove_attribute("data-fatal").unwrap();
    assert!(fatal, "the style sheet would still show the desk");
    let page = document().body().unwrap().first_element_child().unwrap();
    page.remove();
    (page, html.get_attribute("lang"))
}

fn texts(page: &Element, selector: &str) -> String {
    elements(page, selector).iter().map(text).collect()
}

#[rstest]
#[case::not_there(
    SettingsError::Unavailable,
    "There is no config.json on this site. Tell your administrator.",
    ""
)]
#[case::not_json(
    SettingsError::NotJson,
    "config.json is not valid JSON. Tell your administrator.",
    ""
)]
#[case::member(
    SettingsError::Member("ccp.url"),
    "This member of config.json is missing or wrong. Tell your administrator.",
    "ccp.url"
)]
#[test_attr(wasm_bindgen_test)]
fn wrong_settings_are_explained_and_the_member_is_named(
    #[case] error: SettingsError,
    #[case] advice: &str,
    #[case] member: &str,
) {
    let (page, _) = painted(|| paint_settings_error(error, Locale::En));
    assert_eq!(
        [texts(&page, "h1"), texts(&page, "p"), texts(&page, "code")],
        ["The settings cannot be read", advice, member]
    );
}

#[rstest]
#[case(
    Locale::En,
    "en",
    "Your call goes on in the softphone. Finish it there, then reload the page.",
    "Reload"
)]
#[case(
    Locale::Ja,
    "ja",
    "通話はソフトフォンで続いています。通話を終えてから、ページを再読み込みしてください。",
    "再読み込み"
)]
#[test_attr(wasm_bindgen_test)]
fn a_panic_says_that_the_call_goes_on(
    #[case] locale: Locale,
    #[case] lang: &str,
    #[case] advice: &str,
    #[case] button: &str,
) {
    let (page, spoken) = painted(|| paint_panic(locale));
    assert_eq!(
        (
            page.get_attribute("role").as_deref(),
            spoken.as_deref(),
            texts(&page, "p"),
            texts(&page, "button:not([data-incident])"),
            texts(&page, "button[data-incident]")
        ),
        (
            Some("alert"),
            Some(lang),
            advice.into(),
            button.into(),
            Text::IncidentFile.say(locale).into()
        )
    );
}
