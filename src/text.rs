//! What the agent can read. The sentences stand in `text/sentences.txt`, in each language. (Those for
//! when the desk itself does not start are in `public/boot.js` and `index.html`.)
//!
//! What is read is chosen by a code, says what happened and what to do next, and never shows a Rust
//! string. A sentence that lacks a language does not compile. A page is sent one language: `boot.js`
//! fetches it beside the app.

mod choice;
pub(crate) mod customer;

pub use self::choice::*;

/// A language that the desk speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Locale {
    /// Japanese.
    Ja,
    /// English.
    En,
}

impl Locale {
    /// Reads a language tag (BCP 47), of which only the language counts.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let language = tag.split(['-', '_']).next()?;
        let is = |locale: &Self| language.eq_ignore_ascii_case(locale.tag());
        [Self::Ja, Self::En].into_iter().find(is)
    }

    /// The language tag, for `lang` and for `Intl`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Ja => "ja",
            Self::En => "en",
        }
    }
}

include!(concat!(env!("OUT_DIR"), "/text.rs"));

impl Text {
    /// The sentence in a language.
    pub fn say(self, locale: Locale) -> &'static str {
        #[expect(clippy::as_conversions, reason = "a variant is its number")]
        let at = self as usize;
        said(at, locale)
    }
}

/// In a page: the one language that it has asked for.
#[cfg(all(target_arch = "wasm32", not(test)))]
mod page {
    use std::cell::RefCell;

    thread_local! {
        static LINES: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
    }

    pub(super) fn learn(text: String) {
        LINES.set(text.leak().lines().collect());
    }

    pub(super) fn line(at: usize) -> &'static str {
        LINES.with_borrow(|lines| lines.get(at).copied().unwrap_or_default())
    }
}

/// Takes the sentences of the reader's language, a line each, before anything is said.
#[cfg(all(target_arch = "wasm32", not(test)))]
pub(crate) fn learn(text: String) {
    page::learn(text);
}

#[cfg(all(target_arch = "wasm32", not(test)))]
fn said(at: usize, _: Locale) -> &'static str {
    page::line(at)
}

/// Elsewhere there is no page.
#[cfg(any(test, not(target_arch = "wasm32")))]
pub(crate) fn learn(_: String) {}

#[cfg(any(test, not(target_arch = "wasm32")))]
fn said(at: usize, locale: Locale) -> &'static str {
    let sentence = SENTENCES.get(at);
    sentence.map_or("", |(_, ja, en)| match locale {
        Locale::Ja => ja,
        Locale::En => en,
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("ja", Some(Locale::Ja))]
    #[case("ja-JP", Some(Locale::Ja))]
    #[case("en", Some(Locale::En))]
    #[case("en_GB", Some(Locale::En))]
    #[case("JA", Some(Locale::Ja))]
    #[case("ja-jp", Some(Locale::Ja))]
    #[case("En-us", Some(Locale::En))]
    #[case("fr", None)]
    #[case("japanese", None)]
    #[case("", None)]
    fn only_the_language_of_a_tag_counts(#[case] tag: &str, #[case] locale: Option<Locale>) {
        assert_eq!(Locale::from_tag(tag), locale);
    }

    /// Those that are the same in both languages, and may be.
    const SAME: [Text; 1] = [Text::NotKnown];

    #[test]
    fn every_sentence_is_said_in_each_language() {
        let same = SENTENCES.iter().filter(|(_, ja, en)| ja == en);
        let same: Vec<_> = same.map(|(text, ..)| *text).collect();
        assert_eq!(same, SAME);
    }

    #[test]
    fn each_says_its_own_sentence() {
        for (text, ja, en) in SENTENCES {
            assert_eq!((text.say(Locale::Ja), text.say(Locale::En)), (*ja, *en));
        }
    }
}
