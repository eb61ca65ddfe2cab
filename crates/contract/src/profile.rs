//! Customers, as an agent needs them.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::loss::Loss;
use crate::words::words;
use crate::{Personal, PhoneNumber};

/// Customer Profiles' id for one customer: 32 hexadecimal digits in lower case, as its API's model
/// says.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("pattern" = "^[0-9a-f]{32}$")))]
pub struct ProfileId(Box<str>);

/// Some text is not 32 hexadecimal digits in lower case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a profile id of 32 hexadecimal digits")]
pub struct ProfileIdError;

impl ProfileId {
    /// Reads an id.
    ///
    /// # Errors
    ///
    /// [`ProfileIdError`] for anything but 32 hexadecimal digits in lower case.
    pub fn parse(text: &str) -> Result<Self, ProfileIdError> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if text.len() == 32 && text.bytes().all(is_digit) {
            Ok(Self(text.into()))
        } else {
            Err(ProfileIdError)
        }
    }

    /// The 32 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ProfileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProfileId({})", self.0)
    }
}

impl TryFrom<String> for ProfileId {
    type Error = ProfileIdError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<ProfileId> for String {
    fn from(id: ProfileId) -> Self {
        id.0.into()
    }
}

words! {
    /// What a number, a mail address or an address is for, in Customer Profiles' own members.
    Use {
        /// The one that stands without a word: `PhoneNumber`, `EmailAddress`, `Address`.
        Main = "main",
        /// `MobilePhoneNumber`.
        Mobile = "mobile",
        /// `HomePhoneNumber`.
        Home = "home",
        /// `BusinessPhoneNumber`, `BusinessEmailAddress`.
        Business = "business",
        /// `PersonalEmailAddress`.
        Private = "private",
        /// `ShippingAddress`.
        Shipping = "shipping",
        /// `MailingAddress`.
        Mailing = "mailing",
        /// `BillingAddress`.
        Billing = "billing",
    }
}

words! {
    /// Whom a profile stands for.
    PartyType {
        /// A person.
        Individual = "individual",
        /// A company or another body.
        Business = "business",
        /// Something else, as the profile itself says.
        Unspecified = "other",
    }
}

/// A telephone number of a customer's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Phone {
    /// What it is for.
    pub r#use: Use,
    /// As somebody once typed it.
    pub text: Personal,
    /// What it is dialled as, where the numbering plans know it as a valid number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<PhoneNumber>,
}

/// A mail address of a customer's, as it is written; nobody has checked it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Mail {
    /// What it is for.
    pub r#use: Use,
    /// The address.
    pub address: Personal,
}

/// A postal address. Any member may be missing; the order in which they are read aloud depends on
/// the country and is not decided here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Address {
    /// To whom, if the address says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Personal>,
    /// Street and building, at most four lines, none of them empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<Personal>,
    /// Town, ward or village.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<Personal>,
    /// County or district.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub county: Option<Personal>,
    /// State, where the profile keeps it apart from a province.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<Personal>,
    /// Province or prefecture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub province: Option<Personal>,
    /// The country as the shop names it: a name or a code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<Personal>,
    /// Postal code as it is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<Personal>,
}

impl Address {
    /// Whether it says nothing at all.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// An address of a customer's, and what it is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProfileAddress {
    /// What it is for.
    pub r#use: Use,
    /// The address.
    pub address: Address,
}

/// A value that the shop or the flow keeps under a name of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Attribute {
    /// Its name, as it is configured.
    pub name: Personal,
    /// Its value.
    pub value: Personal,
}

/// A person's name in the members that Customer Profiles has for it. How it is put together (the
/// family name first in Japanese) is decided by whoever shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PersonName {
    /// Family name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family: Option<Personal>,
    /// Given name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given: Option<Personal>,
    /// What stands between them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub middle: Option<Personal>,
}

impl PersonName {
    /// Whether it says nothing at all.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// One customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Profile {
    /// Whose it is.
    pub id: ProfileId,
    /// Nothing but a number or a mail address is known: a contact made it, not the shop.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub inferred: bool,
    /// The person's name.
    #[serde(default, skip_serializing_if = "PersonName::is_empty")]
    pub name: PersonName,
    /// The company's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub business_name: Option<Personal>,
    /// Person or company, where the profile says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party_type: Option<PartyType>,
    /// The shop's number for the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_number: Option<Personal>,
    /// Day of birth as it is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<Personal>,
    /// Gender as it is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gender: Option<Personal>,
    /// What somebody noted about the customer; may have several lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memo: Option<Personal>,
    /// Telephone numbers, the main one first, each once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phones: Vec<Phone>,
    /// Mail addresses, the main one first, each once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mails: Vec<Mail>,
    /// Addresses, the main one first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<ProfileAddress>,
    /// What the shop keeps besides, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<Attribute>,
    /// What was there and could not be read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub losses: Vec<Loss>,
}

/// Enough of a customer to be chosen among others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProfileSummary {
    /// Whose it is.
    pub id: ProfileId,
    /// As [`Profile::inferred`].
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub inferred: bool,
    /// The person's name.
    #[serde(default, skip_serializing_if = "PersonName::is_empty")]
    pub name: PersonName,
    /// The company's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub business_name: Option<Personal>,
    /// The shop's number for the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_number: Option<Personal>,
    /// The first telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
    /// The first mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail: Option<Personal>,
    /// Town of the first address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<Personal>,
    /// Province or prefecture of the first address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub province: Option<Personal>,
}

impl Profile {
    /// What of it is enough to choose it by.
    #[must_use]
    pub fn summary(&self) -> ProfileSummary {
        let place = self.addresses.first().map(|placed| &placed.address);
        ProfileSummary {
            id: self.id.clone(),
            inferred: self.inferred,
            name: self.name.clone(),
            business_name: self.business_name.clone(),
            account_number: self.account_number.clone(),
            phone: self.phones.first().cloned(),
            mail: self.mails.first().map(|mail| mail.address.clone()),
            city: place.and_then(|address| address.city.clone()),
            province: place.and_then(|address| address.province.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::short("0a1b2c3d4e5f60718293a4b5c6d7e8f")]
    #[case::capitals("0A1B2C3D4E5F60718293A4B5C6D7E8F9")]
    #[case::dashes("0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9")]
    #[case::not_ascii("０a1b2c3d4e5f60718293a4b5c6d7e8")]
    fn what_is_no_profile_id_is_refused(#[case] text: &str) {
        assert_eq!(ProfileId::parse(text), Err(ProfileIdError));
        let json = serde_json::to_string(text).unwrap();
        assert!(serde_json::from_str::<ProfileId>(&json).is_err());
    }
}
