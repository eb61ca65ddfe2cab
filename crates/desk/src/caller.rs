//! Who is at the customer's end, as far as Connect tells.

use contract::PhoneNumber;

use crate::snapshot::ContactSnapshot;

/// The customer's number as Connect gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// A telephone number.
    Number(PhoneNumber),
    /// The caller has withheld it.
    Withheld,
    /// An address that is no telephone number (`sip:…`), as text.
    Raw(String),
    /// No snapshot has told so far.
    Unknown,
}

impl Caller {
    /// The caller after a snapshot. A number that was told once stays when a later snapshot
    /// lacks it: a call does not become anonymous while it lasts.
    pub(crate) fn after(self, told: &ContactSnapshot) -> Self {
        let customer = told.customer_leg();
        let by_leg = customer.and_then(|leg| leg.endpoint.as_ref());
        let address = [by_leg, told.customer.as_ref()]
            .into_iter()
            .flatten()
            .find_map(|endpoint| endpoint.phone_number.as_deref());
        match (address.map(Self::from), self) {
            (Some(told @ (Self::Number(_) | Self::Raw(_))), _) => told,
            (_, known @ (Self::Number(_) | Self::Raw(_))) => known,
            (Some(told), _) => told,
            // The customer is there and has no number.
            (None, _) if customer.is_some() => Self::Withheld,
            (None, known) => known,
        }
    }

    /// All of the number that may stay once the customer has gone.
    pub(crate) fn last_two(&self) -> Option<&str> {
        match self {
            Self::Number(number) => Some(number.last_two()),
            Self::Withheld | Self::Raw(_) | Self::Unknown => None,
        }
    }
}

impl From<&str> for Caller {
    fn from(text: &str) -> Self {
        let text = text.trim();
        let word = text.to_ascii_lowercase();
        let word = word.strip_prefix("sip:").unwrap_or(&word);
        let word = word.split('@').next().unwrap_or_default();
        if WITHHELD.contains(&word) {
            return Self::Withheld;
        }
        match PhoneNumber::parse(text) {
            Ok(number) => Self::Number(number),
            Err(_) => Self::Raw(text.into()),
        }
    }
}

/// How carriers say that a number is withheld: words, and the same words spelled on a keypad
/// (+266696687 is ANONYMOUS), which look like numbers and would be dialled as such.
const WITHHELD: [&str; 12] = [
    "",
    "anonymous",
    "restricted",
    "private",
    "unavailable",
    "unknown",
    "blocked",
    "+266696687",
    "+7378742833",
    "+86282452253",
    "+8656696",
    "+2562533",
];

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::word("anonymous")]
    #[case::capitals("Anonymous")]
    #[case::sip("sip:anonymous@anonymous.invalid")]
    #[case::sip_in_capitals("SIP:Anonymous@host")]
    #[case::restricted("restricted")]
    #[case::nothing("")]
    #[case::spaces("  ")]
    #[case::anonymous_on_a_keypad("+266696687")]
    #[case::restricted_on_a_keypad("+7378742833")]
    #[case::unavailable_on_a_keypad("+86282452253")]
    fn a_withheld_number_is_known_by_the_carriers_words(#[case] text: &str) {
        assert_eq!(Caller::from(text), Caller::Withheld);
    }

    #[rstest]
    #[case::sip("sip:+819012345678@203.0.113.9")]
    #[case::markup("<img src=x onerror=alert(1)>")]
    #[case::national("09012345678")]
    fn what_is_no_e164_number_stays_as_it_came(#[case] text: &str) {
        assert_eq!(Caller::from(text), Caller::Raw(text.into()));
    }
}
