//! What the desk learns of a customer, part by part.
//!
//! An answer is a sequence of lines, each one [`CustomerPart`]. `contact` comes first, then
//! `profiles`, then for each profile its orders, contacts and calculated attributes in whatever
//! order they become known, and `end` last. A sequence without `end` was cut off. A part that failed
//! is a `problem`, and the others come nevertheless.

use serde::{Deserialize, Serialize};

use crate::api::ApiError;
use crate::loss::Loss;
use crate::order::{Order, Totals};
use crate::past_contact::{CalculatedAttribute, PastContact};
use crate::profile::{Attribute, Profile};
use crate::words::words;
use crate::{ContactId, Personal, PhoneNumber, ProfileId};

/// One line of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "part", rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum CustomerPart {
    /// What Connect says of the contact. Comes first; not where no contact was asked for.
    Contact(ContactPart),
    /// Who it may be.
    Profiles(ProfilesPart),
    /// What one of them has ordered.
    Orders(OrdersPart),
    /// When one of them was in contact before.
    Contacts(ContactsPart),
    /// What Customer Profiles calculates about one of them.
    Calculated(CalculatedPart),
    /// A part that cannot be had.
    Problem(ProblemPart),
    /// All has been said.
    End(EndPart),
    /// A line that is not known to this version; to be skipped.
    #[serde(other)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    Unknown,
}

/// What Connect says of the contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ContactPart {
    /// The contact that was asked for.
    pub contact_id: ContactId,
    /// From where the customer calls, or is called.
    pub caller: Caller,
    /// What the flow has set, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<Attribute>,
}

/// From where a customer calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Caller {
    /// From a telephone number.
    Number {
        /// The number.
        number: PhoneNumber,
    },
    /// From an address that is no telephone number, such as `sip:…`, as it came.
    Address {
        /// The address.
        address: Personal,
    },
    /// Connect tells no number.
    Withheld,
    /// In a form that is not known to this version.
    #[serde(other)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    Unknown,
}

words! {
    /// How well the customer is known.
    MatchKind {
        /// Nothing was searched for: the number is withheld, and the flow has set nothing else.
        Withheld = "withheld",
        /// Nobody.
        None = "none",
        /// One, of whom nothing but a number or a mail address is known.
        Inferred = "inferred",
        /// One.
        One = "one",
        /// Several: nobody is chosen.
        Many = "many",
    }
}

words! {
    /// What a customer was found by.
    MatchKey {
        /// A telephone number.
        Phone = "phone",
        /// A mail address.
        Mail = "mail",
        /// A name.
        Name = "name",
        /// The shop's number for the customer.
        Account = "account",
        /// An order, by the shop's id or its name.
        Order = "order",
        /// The shop's id for the customer.
        ShopCustomer = "shop_customer",
        /// Customer Profiles' own id.
        Profile = "profile",
        /// This very contact, which has been tied to the customer.
        Contact = "contact",
    }
}

/// Why a customer was found. A key of the domain's own is [`MatchKey::Other`], by its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MatchReason {
    /// What was compared.
    pub by: MatchKey,
    /// With which values, as far as Customer Profiles says it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<Personal>,
}

/// A customer, and why it may be this one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Match {
    /// Who.
    pub profile: Profile,
    /// Why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub why: Vec<MatchReason>,
}

/// Who it may be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProfilesPart {
    /// How well the customer is known.
    pub kind: MatchKind,
    /// All that were found; their other parts follow.
    #[serde(default)]
    pub matches: Vec<Match>,
    /// More were found than are given here.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
    /// What was found and could not be read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub losses: Vec<Loss>,
}

/// What a customer has ordered.
///
/// Until the last line about a profile has come (`complete`), each line adds some orders as they
/// were found, in no order. The last one holds all of them, sorted and with what belongs together
/// joined, and stands for all before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OrdersPart {
    /// Whose.
    pub profile: ProfileId,
    /// All orders are here. Orders without a time are the last ones, the others newest first.
    pub complete: bool,
    /// Orders.
    #[serde(default)]
    pub orders: Vec<Order>,
    /// What was bought; with the last line only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub totals: Option<Totals>,
    /// There are more objects than are fetched of one customer: the totals are not all.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cut: bool,
    /// The shop's own orders were fetched; else shipments and refunds of no order are known.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub detailed: bool,
    /// Objects that could not be read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub losses: Vec<Loss>,
}

/// When a customer was in contact before, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ContactsPart {
    /// Whose.
    pub profile: ProfileId,
    /// Earlier contacts.
    #[serde(default)]
    pub contacts: Vec<PastContact>,
    /// There are more than are fetched of one customer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cut: bool,
    /// Objects that could not be read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub losses: Vec<Loss>,
}

/// What Customer Profiles calculates about a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CalculatedPart {
    /// About whom.
    pub profile: ProfileId,
    /// By name.
    #[serde(default)]
    pub attributes: Vec<CalculatedAttribute>,
    /// What could not be read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub losses: Vec<Loss>,
}

words! {
    /// Which part a problem is about.
    PartName {
        /// The contact; nothing else can follow.
        Contact = "contact",
        /// Who it may be.
        Profiles = "profiles",
        /// Orders of one.
        Orders = "orders",
        /// Earlier contacts of one.
        Contacts = "contacts",
        /// Calculated attributes of one.
        Calculated = "calculated",
    }
}

/// A part that cannot be had, or not all of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProblemPart {
    /// Which.
    pub about: PartName,
    /// Of whom, where it is a part of one customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<ProfileId>,
    /// Why.
    pub error: ApiError,
}

/// All has been said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EndPart {}
