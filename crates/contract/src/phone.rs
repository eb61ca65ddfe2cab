//! Telephone numbers in E.164 form.
//!
//! The desk receives numbers from Connect (already E.164), from profiles (anything a human
//! once typed) and from the agent's keyboard. [`PhoneNumber::parse`] takes the first and
//! refuses the rest; [`PhoneNumber::from_typed`] reads what an agent types. This module knows
//! the shape of a number and a country's trunk prefix, not its numbering plan: `+999…` parses.
//! Formatting for the eye lives in the app.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A telephone number as defined by ITU-T E.164: a plus sign, then 2 to 15 digits, the first
/// of which is not zero.
///
/// `Debug` hides all but the last two digits, so that a number may reach a log line by accident
/// without disclosing the caller.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("pattern" = r"^\+[1-9][0-9]{1,14}$")))]
pub struct PhoneNumber(Box<str>);

/// Why some text is not a telephone number that can be dialled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PhoneNumberError {
    /// Nothing but spaces and punctuation.
    #[error("no digits")]
    Empty,
    /// Something that is neither a digit nor the punctuation people write between digits.
    #[error("{0:?} is not part of a telephone number")]
    Unexpected(char),
    /// No leading plus and no trunk prefix of the configured country.
    #[error("no country code")]
    NoCountryCode,
    /// A country code cannot begin with zero.
    #[error("country code begins with zero")]
    ZeroCountryCode,
    /// Fewer than 2 or more than 15 digits after the plus; the number of digits is given.
    #[error("{0} digits, expected 2 to 15")]
    Length(usize),
    /// A three-digit emergency number. Connect does not carry emergency calls, and the agent is
    /// not where the caller is; the desk never dials one.
    #[error("an emergency number")]
    Emergency,
}

impl PhoneNumber {
    /// Reads a number that is already in E.164 form.
    ///
    /// # Errors
    ///
    /// [`PhoneNumberError`] says what is wrong; nothing is repaired or guessed.
    pub fn parse(text: &str) -> Result<Self, PhoneNumberError> {
        let digits = text
            .strip_prefix('+')
            .ok_or(PhoneNumberError::NoCountryCode)?;
        if let Some(other) = digits.chars().find(|c| !c.is_ascii_digit()) {
            return Err(PhoneNumberError::Unexpected(other));
        }
        if digits.starts_with('0') {
            return Err(PhoneNumberError::ZeroCountryCode);
        }
        if !(2..=15).contains(&digits.len()) {
            return Err(PhoneNumberError::Length(digits.len()));
        }
        Ok(Self(text.into()))
    }

    /// Reads a number as a person of `country` types it: full-width digits, hyphens, brackets
    /// and spaces; `+…` as it is, `0…` by the country's trunk rule, and what one dials there to
    /// call abroad (`010…` in Japan) as the plus that it stands for.
    ///
    /// # Errors
    ///
    /// [`PhoneNumberError`]: what the field says to the agent. Emergency numbers are an error
    /// of their own, so that the sentence can say to use a telephone.
    pub fn from_typed(text: &str, country: Country) -> Result<Self, PhoneNumberError> {
        let mut plain = String::with_capacity(text.len());
        for c in text.chars().filter_map(half_width) {
            match c {
                '0'..='9' => plain.push(c),
                '+' if plain.is_empty() => plain.push(c),
                other => return Err(PhoneNumberError::Unexpected(other)),
            }
        }
        if plain.is_empty() || plain == "+" {
            return Err(PhoneNumberError::Empty);
        }
        if EMERGENCY.contains(&plain.as_str()) {
            return Err(PhoneNumberError::Emergency);
        }
        if let Some(digits) = plain.strip_prefix('+').or_else(|| country.abroad(&plain)) {
            return Self::international(digits);
        }
        let national = country
            .national(&plain)
            .ok_or(PhoneNumberError::NoCountryCode)?;
        // A service number such as 117 or 0-something with nothing behind it reaches nobody.
        if national.len() < SHORTEST_NATIONAL {
            return Err(PhoneNumberError::Length(national.len()));
        }
        Self::parse(&format!("+{}{national}", country.calling_code))
    }

    /// Reads what stands behind the plus, as people write it: an emergency number stays one
    /// behind a country code, and a trunk prefix that was left in (`+81 (0)3…`) is nobody's.
    fn international(digits: &str) -> Result<Self, PhoneNumberError> {
        for country in Country::ALL {
            let Some(national) = digits.strip_prefix(country.calling_code) else {
                continue;
            };
            if EMERGENCY.contains(&national) {
                return Err(PhoneNumberError::Emergency);
            }
            if let Some(rest) = national.strip_prefix(country.trunk)
                && country.trunk == "0"
            {
                return Self::parse(&format!("+{}{rest}", country.calling_code));
            }
        }
        Self::parse(&format!("+{digits}"))
    }

    /// The number as Connect takes it: `+` and digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The digits after the plus.
    pub fn digits(&self) -> &str {
        self.0.strip_prefix('+').unwrap_or(&self.0)
    }

    /// The last two digits: all of the number that may stay once the customer has gone.
    pub fn last_two(&self) -> &str {
        self.0
            .get(self.0.len().saturating_sub(2)..)
            .unwrap_or_default()
    }
}

/// Emergency numbers that agents of the supported countries know by heart.
const EMERGENCY: [&str; 7] = ["110", "118", "119", "112", "911", "999", "000"];

/// Digits behind the trunk prefix below which nothing is a subscriber's number.
const SHORTEST_NATIONAL: usize = 5;

/// One character of what was typed in its ASCII form; `None` for the spaces and punctuation
/// that people write between digits. This is the part of NFKC that keyboards produce.
fn half_width(c: char) -> Option<char> {
    let c = match c {
        // Full-width forms stand at a fixed distance from ASCII (Unicode block FF00).
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        other => other,
    };
    let between = matches!(
        c,
        '-' | '.' | '/' | '(' | ')' | '[' | ']' | '\u{2010}'
            ..='\u{2015}' | '\u{2212}' | '\u{30fc}' | '\u{ff70}' | '\u{fe63}'
    ) || c.is_whitespace()
        || c.is_control()
        // Marks of direction come along when a number is pasted from a page or a mail.
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    (!between).then_some(c)
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PhoneNumber(…{})", self.last_two())
    }
}

impl TryFrom<String> for PhoneNumber {
    type Error = PhoneNumberError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<PhoneNumber> for String {
    fn from(number: PhoneNumber) -> Self {
        number.0.into()
    }
}

/// The country whose way of writing numbers the agents use.
///
/// Source of codes and trunk prefixes: ITU-T E.164 Annex (calling codes) and ITU-T E.123 /
/// Operational Bulletin 994 (dialling procedures).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Country {
    iso: &'static str,
    calling_code: &'static str,
    /// What a subscriber dials in front of a national number; may be empty.
    trunk: &'static str,
    /// What a subscriber dials in front of a foreign number. Not all of them where carriers have
    /// prefixes of their own, and none where those are of no fixed length; then the plus must be
    /// typed.
    abroad: &'static [&'static str],
}

impl Country {
    /// Japan, the default.
    pub const JP: Self = Self::new("JP", "81", "0", &["010"]);

    const ALL: [Self; 26] = [
        Self::JP,
        Self::new("AT", "43", "0", &["00"]),
        Self::new("AU", "61", "0", &["0011"]),
        Self::new("BE", "32", "0", &["00"]),
        Self::new("BR", "55", "0", &[]),
        Self::new("CA", "1", "", &["011"]),
        Self::new("CH", "41", "0", &["00"]),
        Self::new("CN", "86", "0", &["00"]),
        Self::new("DE", "49", "0", &["00"]),
        Self::new("ES", "34", "", &["00"]),
        Self::new("FR", "33", "0", &["00"]),
        Self::new("GB", "44", "0", &["00"]),
        Self::new("HK", "852", "", &["001"]),
        Self::new("ID", "62", "0", &[]),
        Self::new("IE", "353", "0", &["00"]),
        Self::new("IN", "91", "0", &["00"]),
        Self::new("IT", "39", "", &["00"]),
        Self::new("KR", "82", "0", &[]),
        Self::new("MX", "52", "", &["00"]),
        Self::new("NL", "31", "0", &["00"]),
        Self::new("NZ", "64", "0", &["00"]),
        Self::new("SE", "46", "0", &["00"]),
        Self::new("SG", "65", "", &["001", "002", "008"]),
        Self::new("TH", "66", "0", &["001"]),
        Self::new("TW", "886", "0", &["002"]),
        Self::new("US", "1", "", &["011"]),
    ];

    const fn new(
        iso: &'static str,
        calling_code: &'static str,
        trunk: &'static str,
        abroad: &'static [&'static str],
    ) -> Self {
        Self {
            iso,
            calling_code,
            trunk,
            abroad,
        }
    }

    /// What follows a prefix of foreign numbers, if `digits` begins with one.
    fn abroad(self, digits: &str) -> Option<&str> {
        let mut prefixes = self.abroad.iter();
        prefixes.find_map(|prefix| digits.strip_prefix(prefix))
    }

    /// The national number in `digits`, without the trunk prefix.
    fn national(self, digits: &str) -> Option<&str> {
        // In North America the trunk prefix may be left out, and no area begins with it.
        let national = match self.calling_code {
            "1" => digits.strip_prefix('1').unwrap_or(digits),
            _ => digits.strip_prefix(self.trunk)?,
        };
        // A zero begins no area, but in Italy, where it is no trunk prefix and is dialled from
        // abroad too. It is the prefix of some carrier or of a foreign number, which would be
        // taken for one of this country.
        (self.iso == "IT" || !national.starts_with('0')).then_some(national)
    }

    /// The country of an ISO 3166-1 alpha-2 code in capitals, if its trunk rule is known here.
    pub fn from_iso(iso: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|country| country.iso == iso)
    }

    /// ISO 3166-1 alpha-2, in capitals.
    pub fn iso(self) -> &'static str {
        self.iso
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::tokyo("03-1234-5678", "+81312345678")]
    #[case::free("0120-123-456", "+81120123456")]
    #[case::mobile_full_width("０９０－１２３４－５６７８", "+819012345678")]
    #[case::long_vowel_as_hyphen("０９０ー１２３４ー５６７８", "+819012345678")]
    #[case::international("+44 20 7946 0000", "+442079460000")]
    #[case::full_width_plus("＋８１（３）１２３４", "+8131234")]
    #[case::abroad_as_dialled_from_japan("010-44-20-7946-0000", "+442079460000")]
    #[case::trunk_prefix_left_in("+81 (0)3-1234-5678", "+81312345678")]
    #[case::trunk_prefix_left_in_abroad("+44 (0)20 7946 0000", "+442079460000")]
    #[case::pasted_with_direction_marks("\u{202a}050 1234 5678\u{202c}", "+815012345678")]
    fn reads_numbers_as_agents_in_japan_type_them(#[case] typed: &str, #[case] e164: &str) {
        assert_eq!(
            PhoneNumber::from_typed(typed, Country::JP)
                .unwrap()
                .as_str(),
            e164
        );
    }

    #[rstest]
    #[case::empty("", PhoneNumberError::Empty)]
    #[case::punctuation("--- ()", PhoneNumberError::Empty)]
    #[case::lonely_plus("+", PhoneNumberError::Empty)]
    #[case::letters("03-1234-CALL", PhoneNumberError::Unexpected('C'))]
    #[case::markup("<b>", PhoneNumberError::Unexpected('<'))]
    #[case::second_plus("+81+3", PhoneNumberError::Unexpected('+'))]
    #[case::no_trunk("90-1234-5678", PhoneNumberError::NoCountryCode)]
    #[case::prefix_of_another_country("0081-3-1234-5678", PhoneNumberError::NoCountryCode)]
    #[case::time_service("117", PhoneNumberError::NoCountryCode)]
    #[case::short("0123", PhoneNumberError::Length(3))]
    #[case::police("110", PhoneNumberError::Emergency)]
    #[case::fire_in_full_width("１１９", PhoneNumberError::Emergency)]
    #[case::police_behind_the_country_code("+81 110", PhoneNumberError::Emergency)]
    #[case::police_from_abroad("010-81-110", PhoneNumberError::Emergency)]
    #[case::emergency_of_another_country("+1911", PhoneNumberError::Emergency)]
    #[case::zero_country("+0312345678", PhoneNumberError::ZeroCountryCode)]
    #[case::too_long("+8131234567890123", PhoneNumberError::Length(16))]
    fn refuses_what_cannot_be_dialled(#[case] typed: &str, #[case] error: PhoneNumberError) {
        assert_eq!(PhoneNumber::from_typed(typed, Country::JP), Err(error));
    }

    #[test]
    fn a_country_without_a_trunk_prefix_takes_national_numbers_as_they_are() {
        let us = Country::from_iso("US").unwrap();
        assert_eq!(
            PhoneNumber::from_typed("(206) 555-0142", us)
                .unwrap()
                .as_str(),
            "+12065550142"
        );
    }

    #[rstest]
    #[case::us_with_trunk("US", "1 206 555 0142", "+12065550142")]
    #[case::us_abroad("US", "011 81 3 1234 5678", "+81312345678")]
    #[case::italy_keeps_its_zero("IT", "06 1234 5678", "+390612345678")]
    #[case::germany("DE", "030 1234567", "+49301234567")]
    #[case::germany_abroad("DE", "0081 3 1234 5678", "+81312345678")]
    #[case::singapore("SG", "6123 4567", "+6561234567")]
    #[case::singapore_abroad("SG", "001 81 3 1234 5678", "+81312345678")]
    #[case::singapore_abroad_by_another_carrier("SG", "008 81 3 1234 5678", "+81312345678")]
    #[case::hong_kong_abroad("HK", "001 81 3 1234 5678", "+81312345678")]
    #[case::mexico_abroad("MX", "00 81 3 1234 5678", "+81312345678")]
    #[case::australia_abroad("AU", "0011 81 3 1234 5678", "+81312345678")]
    fn other_countries_dial_by_their_own_prefixes(
        #[case] iso: &str,
        #[case] typed: &str,
        #[case] e164: &str,
    ) {
        let country = Country::from_iso(iso).unwrap();
        assert_eq!(
            PhoneNumber::from_typed(typed, country).unwrap().as_str(),
            e164
        );
    }

    #[rstest]
    #[case("SG", "019 81 3 1234 5678")]
    #[case("HK", "0080 81 3 1234 5678")]
    #[case("ES", "0 915 123 456")]
    #[case("US", "00 81 3 1234 5678")]
    #[case("KR", "001 81 3 1234 5678")]
    #[case("BR", "00 21 81 3 1234 5678")]
    fn a_prefix_of_some_carrier_is_not_taken_for_a_national_number(
        #[case] iso: &str,
        #[case] typed: &str,
    ) {
        let country = Country::from_iso(iso).unwrap();
        assert_eq!(
            PhoneNumber::from_typed(typed, country),
            Err(PhoneNumberError::NoCountryCode)
        );
    }

    #[test]
    fn debug_discloses_two_digits() {
        let number = PhoneNumber::parse("+819012345678").unwrap();
        assert_eq!(format!("{number:?}"), "PhoneNumber(…78)");
    }

    #[test]
    fn unknown_country_is_not_guessed() {
        assert_eq!(Country::from_iso("jp"), None);
    }

    proptest! {
        #[test]
        fn whatever_parses_is_e164(text in ".{0,24}", typed in "[+０-９0-9 ()-]{0,24}") {
            for number in [
                PhoneNumber::parse(&text),
                PhoneNumber::from_typed(&text, Country::JP),
                PhoneNumber::from_typed(&typed, Country::JP),
            ].into_iter().flatten() {
                let digits = number.as_str().strip_prefix('+').expect("a plus");
                prop_assert!((2..=15).contains(&digits.len()));
                prop_assert!(digits.chars().all(|c| c.is_ascii_digit()));
                prop_assert!(!digits.starts_with('0'));
                prop_assert_eq!(PhoneNumber::parse(number.as_str()), Ok(number.clone()));
            }
        }
    }
}
