//! Addresses of pages that somebody else wrote.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The address of a page, of scheme `https` or `http` and no other, so that it may stand in a link.
///
/// It may carry a key: `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("format" = "iri")))]
pub struct WebUrl(Box<str>);

/// Some text is not the address of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the address of a page")]
pub struct WebUrlError;

impl WebUrl {
    /// Reads an address: `https://` or `http://`, a host, and no space or control character.
    ///
    /// # Errors
    ///
    /// [`WebUrlError`] for anything else; browsers take `java\nscript:` for a scheme of theirs.
    pub fn parse(text: &str) -> Result<Self, WebUrlError> {
        let scheme = ["https://", "http://"].into_iter().find(|scheme| {
            text.get(..scheme.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
        });
        let rest = scheme.and_then(|scheme| text.get(scheme.len()..));
        let has_host = rest
            .and_then(|rest| rest.chars().next())
            .is_some_and(|first| !matches!(first, '/' | '\\' | '?' | '#' | ':' | '@'));
        if has_host && !text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            Ok(Self(text.into()))
        } else {
            Err(WebUrlError)
        }
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for WebUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebUrl(…)")
    }
}

impl TryFrom<String> for WebUrl {
    type Error = WebUrlError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<WebUrl> for String {
    fn from(url: WebUrl) -> Self {
        url.0.into()
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::script("javascript:alert(1)")]
    #[case::script_in_pieces("java\nscript:alert(1)")]
    #[case::data("data:text/html,x")]
    #[case::relative("//shop.example/orders")]
    #[case::no_host("https://")]
    #[case::no_host_but_a_path("https:///orders")]
    #[case::in_front("\u{0}https://shop.example")]
    #[case::space("https://shop.example/a b")]
    #[case::nothing("")]
    #[case::cut_in_a_character("https:/あ")]
    fn what_is_no_page_is_refused(#[case] text: &str) {
        assert_eq!(WebUrl::parse(text), Err(WebUrlError));
    }

    #[rstest]
    #[case("https://mihon-shop.example/orders/1/authenticate?key=synthetic")]
    #[case("HTTP://127.0.0.1:8080/")]
    #[case("https://日本.example/荷物")]
    fn a_page_is_kept_as_it_is_written(#[case] text: &str) {
        assert_eq!(WebUrl::parse(text).unwrap().as_str(), text);
    }

    #[test]
    fn the_key_in_it_is_not_shown() {
        let url = WebUrl::parse("https://shop.example/?key=secret").unwrap();
        assert!(!format!("{url:?}").contains("secret"));
    }
}
