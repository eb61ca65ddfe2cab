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
    /// without must be a number that this country's numbering plan knows, or have the form of one of
    /// its mobile telephones, else a foreign number would silently become one of this country.
    pub fn read(self, text: &str) -> Option<PhoneNumber> {
        if text.len() > LONGEST {
            return None;
        }
        let text: String = text.trim().nfkc().collect();
        if text.starts_with('+') {
            // Nothing in front of a plus is a trunk prefix: the country does not matter.
            return PhoneNumber::from_typed(&text, Country::JP).ok();
        }
        let number = phonenumber::parse(Some(self.0), &text)
            .ok()
            .filter(|number| number.is_valid() && number.extension().is_none());
        let Some(number) = number else {
            return self.mobile(&text);
        };
        let e164 = number.format().mode(phonenumber::Mode::E164).to_string();
        PhoneNumber::parse(&e164).ok()
    }

    /// A Japanese mobile or internet telephone, by its form alone: `0?0` and eight digits. Which of
    /// them have been given out changes from year to year, and the plans that are linked do not.
    fn mobile(self, text: &str) -> Option<PhoneNumber> {
        if self.0 != country::Id::JP {
            return None;
        }
        let number = PhoneNumber::from_typed(text, Country::JP).ok()?;
        let national = number.digits().strip_prefix("81")?.as_bytes();
        let is_mobile =
            matches!(national, [b'2' | b'5'..=b'9', b'0', rest @ ..] if rest.len() == 8);
        is_mobile.then_some(number)
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
    #[case::mobile_since_2026("060-1234-5678", Some("+816012345678"))]
    #[case::nobody_has_it("090-0000-0001", Some("+819000000001"))]
    #[case::nobody_has_it_in_full_width("０９０−００００−０００１", Some("+819000000001"))]
    #[case::of_another_country("(555)-123-4567", None)]
    #[case::no_such_area("090-0000-000", None)]
    #[case::a_digit_too_many("090-0000-00011", None)]
    #[case::as_dialled_to_japan("010 81 90 0000 0001", Some("+819000000001"))]
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
