//! Text that somebody else has written: names, queues, attributes, addresses.

use std::borrow::Cow;

/// What stands where a character was that nobody would see.
const SHOWN_INSTEAD: char = char::REPLACEMENT_CHARACTER;

/// Text on one line, in which nothing hides.
///
/// Line breaks and tabs become spaces. Controls, among them those that turn the direction of what
/// follows (`cod.exe` that reads `exe.doc`), and characters without a shape become U+FFFD. The
/// joiners U+200C and U+200D stay, for Persian, Indic scripts and emoji are written with them.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| breaks_line(c) || is_invisible(c)) {
        return text.into();
    }
    let shown = |c| match c {
        c if breaks_line(c) => ' ',
        c if is_invisible(c) => SHOWN_INSTEAD,
        c => c,
    };
    text.chars().map(shown).collect()
}

/// Whether a reader, or a sheet, may take a character for the end of a line or of a cell.
fn breaks_line(c: char) -> bool {
    matches!(c, '\t'..='\r' | '\u{1c}'..='\u{1f}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Controls, and what Unicode calls default ignorable, without the joiners and what chooses
/// among the shapes of the character before it (Unicode 17, `DerivedCoreProperties.txt`).
pub(crate) fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180e}' | '\u{200b}' | '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e00ff}' | '\u{e01f0}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::right_to_left_override("cod\u{202e}exe", "cod\u{fffd}exe")]
    #[case::isolate("a\u{2066}b\u{2069}", "a\u{fffd}b\u{fffd}")]
    #[case::mark("a\u{200e}\u{200f}\u{61c}", "a\u{fffd}\u{fffd}\u{fffd}")]
    #[case::zero_width_space("Ama\u{200b}zon", "Ama\u{fffd}zon")]
    #[case::byte_order_mark("\u{feff}a", "\u{fffd}a")]
    #[case::filler("\u{3164}", "\u{fffd}")]
    #[case::tag("a\u{e0041}", "a\u{fffd}")]
    #[case::nul("a\0", "a\u{fffd}")]
    #[case::escape("\u{1b}[31m", "\u{fffd}[31m")]
    #[case::c1("a\u{9b}", "a\u{fffd}")]
    #[case::lines("a\r\nb\tc\u{2028}d", "a  b c d")]
    #[case::next_line("a\u{85}b", "a b")]
    fn what_hides_is_shown(#[case] text: &str, #[case] shown: &str) {
        assert_eq!(visible(text), shown);
    }

    #[rstest]
    #[case::japanese("注文受付　東京")]
    #[case::arabic("خدمة العملاء")]
    #[case::joined("می\u{200c}خواهم 👩\u{200d}💻 ❤\u{fe0f} 葛\u{e0100}")]
    #[case::empty("")]
    fn what_is_written_stays(#[case] text: &str) {
        assert!(matches!(visible(text), Cow::Borrowed(same) if same == text));
    }
}
