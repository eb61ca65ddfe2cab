//! Telephone numbers as people write them, by the numbering plans of all countries.

use contract::{Country, PhoneNumber};
use phonenumber::country;
use unicode_normalization::UnicodeNormalization as _;

/// The longest text that is looked at, in bytes: no number is longer, however it is written.
const LONGEST: usize = 100;

/// The country in which a number without a country code is dialled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HomeCountry(country::Id);

impl HomeCountry {
    /// The country of an ISO 3166-1 alpha-2 code in capitals.
    pub fn from_iso(code: &str) -> Option<Self> {
        code.parse().ok().map(Self)
    }

    /// Reads a number. One with a plus is taken as it is, for its owner knows where it rings; one
    /// without must be a number that this country's numbering plan knows, else a foreign number
    /// would silently become one of this country.
    pub fn read(self, text: &str) -> Option<PhoneNumber> {
        if text.len() > LONGEST {
            return None;
        }
        let text: String = text.trim().nfkc().collect();
        if text.starts_with('+') {
            // Nothing in front of a plus is a trunk prefix: the country does not matter.
            return PhoneNumber::from_typed(&text, Country::JP).ok();
        }
        let number = phonenumber::parse(Some(self.0), &text).ok()?;
        if !number.is_valid() || number.extension().is_some() {
            return None;
        }
        let e164 = number.format().mode(phonenumber::Mode::E164).to_string();
        PhoneNumber::parse(&e164).ok()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn japan() -> HomeCountry {
        HomeCountry::from_iso("JP").unwrap()
    }

    #[rstest]
    #[case::mobile("090-1234-5678", Some("+819012345678"))]
    #[case::tokyo("03-1234-5678", Some("+81312345678"))]
    #[case::free("0120-123-456", Some("+81120123456"))]
    #[case::full_width("０９０－１２３４－５６７８", Some("+819012345678"))]
    #[case::full_width_plus("＋８１ ９０ １２３４ ５６７８", Some("+819012345678"))]
    #[case::with_a_plus("+819000000001", Some("+819000000001"))]
    #[case::trunk_prefix_left_in("+81 (0)90-1234-5678", Some("+819012345678"))]
    #[case::of_another_country("(555)-123-4567", None)]
    #[case::no_such_area("090-0000-000", None)]
    #[case::emergency("110", None)]
    #[case::emergency_behind_a_plus("+81110", None)]
    #[case::extension("03-1234-5678 ext. 9", None)]
    #[case::words("anonymous", None)]
    #[case::nothing("", None)]
    fn numbers_are_read_as_people_in_japan_write_them(
        #[case] text: &str,
        #[case] e164: Option<&str>,
    ) {
        let number = japan().read(text);
        assert_eq!(number.as_ref().map(PhoneNumber::as_str), e164);
    }

    #[test]
    fn another_country_reads_its_own() {
        let us = HomeCountry::from_iso("US").unwrap();
        assert_eq!(us.read("(206) 555-0142").unwrap().as_str(), "+12065550142");
        assert_eq!(HomeCountry::from_iso("QQ"), None);
    }

    proptest! {
        #[test]
        fn what_is_read_is_read_again_the_same(text in "\\PC{0,30}|[+0-9０-９() -]{0,24}") {
            if let Some(number) = japan().read(&text) {
                prop_assert_eq!(japan().read(number.as_str()), Some(number));
            }
        }
    }
}
