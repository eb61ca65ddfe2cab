//! Customers, from what Customer Profiles' `SearchProfiles` answers.
//!
//! Members and their types: the API's model; the standard profile's definition. Unset members are
//! absent there, not null, but nothing here relies on it.

use contract::{
    Address, Attribute, Caller, LossReason, Mail, Match, MatchKind, PartyType, PersonName,
    Personal, Phone, PhoneNumber, Profile, ProfileAddress, ProfileId, ProfilesPart, Use,
};
use serde_json::Value;

use crate::phone_number::HomeCountry;
use crate::prefecture;
use crate::reading::{Losses, Members, Place, on_one_line};
use crate::search_key::SearchKey;

/// Customers, page by page.
#[derive(Default)]
pub struct FoundProfiles {
    matches: Vec<Match>,
    losses: Losses,
}

impl std::fmt::Debug for FoundProfiles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FoundProfiles({})", self.matches.len())
    }
}

impl FoundProfiles {
    /// Adds a page of `SearchProfiles` that was asked for by `keys`. A customer who is there already
    /// is not added again.
    pub fn add(&mut self, page: &Value, keys: &[SearchKey], home: HomeCountry) {
        let Some(page) = Members::of(page, Place::ROOT, &self.losses) else {
            return;
        };
        for found in page.each("Items", |item| a_match(item, keys, home)) {
            if !self
                .matches
                .iter()
                .any(|known| known.profile.id == found.profile.id)
            {
                self.matches.push(found);
            }
        }
    }

    /// The customers so far.
    pub fn matches(&self) -> &[Match] {
        &self.matches
    }

    /// The part of the answer that says who it may be. `more` says that there are pages that were
    /// not added.
    #[must_use]
    pub fn into_part(self, more: bool) -> ProfilesPart {
        let kind = match self.matches.as_slice() {
            [] if more => MatchKind::Many,
            [] => MatchKind::None,
            _ if more => MatchKind::Many,
            [one] if one.profile.inferred => MatchKind::Inferred,
            [_] => MatchKind::One,
            _ => MatchKind::Many,
        };
        ProfilesPart {
            kind,
            losses: self.losses.take(),
            matches: self.matches,
            more,
        }
    }
}

fn a_match(item: &Members<'_>, keys: &[SearchKey], home: HomeCountry) -> Option<Match> {
    let Some(id) = item
        .raw("ProfileId")
        .and_then(|id| ProfileId::parse(id).ok())
    else {
        item.lost("ProfileId", LossReason::Missing);
        return None;
    };
    let why = item.each("FoundByItems", |found| {
        let name = found.raw("KeyName")?;
        let values = found.list("Values").unwrap_or_default();
        let values = values.iter().filter_map(Value::as_str);
        Some(SearchKey::reason(name, keys, values))
    });
    // Older answers do not say it: then it is by what was asked, if that was one key.
    let why = match (why.as_slice(), keys) {
        ([], [key]) => vec![SearchKey::reason(
            key.name(),
            keys,
            key.values().iter().map(String::as_str),
        )],
        _ => why,
    };
    Some(Match {
        profile: profile(id, item, home),
        why,
    })
}

fn profile(id: ProfileId, item: &Members<'_>, home: HomeCountry) -> Profile {
    // What cannot be read of one customer is said of this one.
    let losses = Losses::default();
    let item = &item.with_losses(&losses);
    let name = PersonName {
        family: item.text("LastName"),
        given: item.text("FirstName"),
        middle: item.text("MiddleName"),
    };
    let party_type = item
        .word("PartyTypeString")
        .or_else(|| item.word("PartyType"));
    let gender = item.text("GenderString").or_else(|| item.text("Gender"));
    let mut profile = Profile {
        id,
        inferred: false,
        name,
        business_name: item.text("BusinessName"),
        party_type: party_type.map(PartyType::from),
        account_number: item.id("AccountNumber"),
        birth_date: item.text("BirthDate"),
        gender,
        memo: item.memo("AdditionalInformation"),
        phones: phones(item, home),
        mails: mails(item),
        addresses: addresses(item),
        attributes: attributes(item, "Attributes"),
        losses: Vec::new(),
    };
    profile.inferred = is_inferred(&profile, item);
    profile.losses = losses.take();
    profile
}

/// Nothing but numbers and mail addresses, which is what a contact alone can tell.
fn is_inferred(profile: &Profile, item: &Members<'_>) -> bool {
    const OF_A_CONTACT: [&str; 9] = [
        "ProfileId",
        "PhoneNumber",
        "MobilePhoneNumber",
        "HomePhoneNumber",
        "BusinessPhoneNumber",
        "EmailAddress",
        "PersonalEmailAddress",
        "BusinessEmailAddress",
        "FoundByItems",
    ];
    // What says nothing does not make a customer known.
    const OF_THE_SERVICE: [&str; 2] = ["ProfileType", "EngagementPreferences"];
    let tells_more = item.all().any(|(name, _)| {
        !OF_A_CONTACT.contains(&name) && !OF_THE_SERVICE.contains(&name) && item.says(name)
    });
    let tells_one = !profile.phones.is_empty() || !profile.mails.is_empty();
    tells_one && !tells_more
}

fn phones(item: &Members<'_>, home: HomeCountry) -> Vec<Phone> {
    let mut phones: Vec<Phone> = Vec::new();
    for (member, r#use) in [
        ("PhoneNumber", Use::Main),
        ("MobilePhoneNumber", Use::Mobile),
        ("HomePhoneNumber", Use::Home),
        ("BusinessPhoneNumber", Use::Business),
    ] {
        let Some(text) = item.text(member) else {
            continue;
        };
        let number = home.read(&text);
        let is_known = phones.iter().any(|known| match (&known.number, &number) {
            (Some(known), Some(number)) => known == number,
            _ => known.text == text,
        });
        if !is_known {
            phones.push(Phone {
                r#use,
                text,
                number,
            });
        }
    }
    phones
}

fn mails(item: &Members<'_>) -> Vec<Mail> {
    let mut mails: Vec<Mail> = Vec::new();
    for (member, r#use) in [
        ("EmailAddress", Use::Main),
        ("PersonalEmailAddress", Use::Private),
        ("BusinessEmailAddress", Use::Business),
    ] {
        let Some(address) = item.text(member) else {
            continue;
        };
        if !mails.iter().any(|known| known.address == address) {
            mails.push(Mail { r#use, address });
        }
    }
    mails
}

fn addresses(item: &Members<'_>) -> Vec<ProfileAddress> {
    let uses = [
        ("Address", Use::Main),
        ("ShippingAddress", Use::Shipping),
        ("MailingAddress", Use::Mailing),
        ("BillingAddress", Use::Billing),
    ];
    let read = |(member, r#use)| {
        let address = item.within(member, standard_address)?;
        (!address.is_empty()).then_some(ProfileAddress { r#use, address })
    };
    uses.into_iter().filter_map(read).collect()
}

/// An address in the members of Customer Profiles' standard objects.
pub(crate) fn standard_address(address: &Members<'_>) -> Address {
    let lines = ["Address1", "Address2", "Address3", "Address4"];
    let city = address.text("City");
    Address {
        name: address.text("Name"),
        lines: lines
            .into_iter()
            .filter_map(|line| address.text(line))
            .collect(),
        county: address.text("County"),
        state: address.text("State"),
        province: prefecture::in_script_of(city.as_ref(), address.text("Province")),
        city,
        country: address.text("Country"),
        postal_code: address.text("PostalCode"),
    }
}

/// What somebody keeps under names of their own; by name. Numbers and flags are taken as text.
pub(crate) fn attributes(of: &Members<'_>, name: &'static str) -> Vec<Attribute> {
    let read = |members: &Members<'_>| {
        let mut attributes = Vec::new();
        for (key, value) in members.all() {
            let value: Personal = match value {
                Value::String(text) => on_one_line(text).as_ref().into(),
                Value::Number(number) => number.to_string().into(),
                Value::Bool(flag) => flag.to_string().into(),
                Value::Null => continue,
                // Their names are foreign text and are not said.
                Value::Array(_) | Value::Object(_) => {
                    of.lost(name, LossReason::WrongType);
                    continue;
                }
            };
            if !value.is_empty() {
                attributes.push(Attribute {
                    name: on_one_line(key).as_ref().into(),
                    value,
                });
            }
        }
        attributes.sort_by(|a, b| a.name.cmp(&b.name));
        attributes
    };
    of.within(name, read).unwrap_or_default()
}

/// What the flow has set on a contact, by name: the object that `GetContactAttributes` and
/// `DescribeContact` call `Attributes`. Anything but an object holds none.
pub fn attributes_of_contact(contact: &Value) -> Vec<Attribute> {
    let losses = Losses::default();
    Members::of(contact, Place::ROOT, &losses)
        .map(|contact| attributes(&contact, "Attributes"))
        .unwrap_or_default()
}

/// From where a customer calls, by the address that Connect gives of their end (`DescribeContact`,
/// `CustomerEndpoint`): E.164, something else, or nothing for a number that is withheld.
pub fn caller(address: Option<&str>) -> Caller {
    let address = address.map(on_one_line).unwrap_or_default();
    // What carriers send instead of a number.
    let withheld = [
        "",
        "anonymous",
        "unknown",
        "private",
        "restricted",
        "unavailable",
    ];
    if withheld.contains(&address.to_ascii_lowercase().as_str()) {
        return Caller::Withheld;
    }
    match PhoneNumber::parse(&address) {
        Ok(number) => Caller::Number { number },
        Err(_) => Caller::Address {
            address: address.as_ref().into(),
        },
    }
}

#[cfg(test)]
mod tests;
