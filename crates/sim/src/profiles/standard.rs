//! The standard profile `_profile`: its fields, what a client may write into them, what of them
//! is searched.
//!
//! Fields that are not set are absent. Everything is text but the addresses, the attributes and
//! the engagement preferences.

use serde_json::{Map, Value};

use super::key::ContentType;
use super::{Outcome, constraint};

/// The fields of a profile, without its id.
pub(super) type Fields = Map<String, Value>;

/// Text fields and their greatest length in characters.
const TEXTS: [(&str, usize); 19] = [
    ("AccountNumber", 255),
    ("AdditionalInformation", 1000),
    ("PartyType", 255),
    ("BusinessName", 255),
    ("FirstName", 255),
    ("MiddleName", 255),
    ("LastName", 255),
    ("BirthDate", 255),
    ("Gender", 255),
    ("PhoneNumber", 255),
    ("MobilePhoneNumber", 255),
    ("HomePhoneNumber", 255),
    ("BusinessPhoneNumber", 255),
    ("EmailAddress", 255),
    ("PersonalEmailAddress", 255),
    ("BusinessEmailAddress", 255),
    ("PartyTypeString", 255),
    ("GenderString", 255),
    ("ProfileType", 255),
];
const ENUMERATIONS: [(&str, &[&str]); 3] = [
    ("PartyType", &["INDIVIDUAL", "BUSINESS", "OTHER"]),
    ("Gender", &["MALE", "FEMALE", "UNSPECIFIED"]),
    ("ProfileType", &["ACCOUNT_PROFILE", "PROFILE"]),
];
const ADDRESSES: [&str; 4] = [
    "Address",
    "ShippingAddress",
    "MailingAddress",
    "BillingAddress",
];
const ADDRESS_TEXTS: [&str; 10] = [
    "Address1",
    "Address2",
    "Address3",
    "Address4",
    "City",
    "County",
    "State",
    "Province",
    "Country",
    "PostalCode",
];
const ATTRIBUTES: &str = "Attributes";
const PREFERENCES: &str = "EngagementPreferences";

/// Whether an empty text is a mistake, or takes the field away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Emptiness {
    /// As in `CreateProfile`.
    Refused,
    /// As in `UpdateProfile`.
    Clears,
}

/// Writes the members of a request into a profile.
pub(super) fn write(fields: &mut Fields, body: &Fields, emptiness: Emptiness) -> Outcome<()> {
    let least = match emptiness {
        Emptiness::Refused => 1,
        Emptiness::Clears => 0,
    };
    for (name, most) in TEXTS {
        let Some(text) = constraint::text(body, name, (least, most))? else {
            continue;
        };
        if let Some((_, names)) = ENUMERATIONS.iter().find(|(of, _)| *of == name)
            && !text.is_empty()
        {
            constraint::one_of(name, text, names)?;
        }
        put(fields, name, text);
    }
    for name in ADDRESSES {
        if let Some(address) = constraint::object(body, name)? {
            let mut written = part(fields, name);
            for member in ADDRESS_TEXTS {
                if let Some(text) = constraint::text(address, member, (least, 255))? {
                    put(&mut written, member, text);
                }
            }
            put_part(fields, name, written);
        }
    }
    if let Some(attributes) = constraint::object(body, ATTRIBUTES)? {
        let mut written = part(fields, ATTRIBUTES);
        for name in attributes.keys() {
            constraint::within(ATTRIBUTES, name, constraint::TEXT)?;
            if let Some(text) = constraint::text(attributes, name, (least, 255))? {
                put(&mut written, name, text);
            }
        }
        put_part(fields, ATTRIBUTES, written);
    }
    if let Some(preferences) = constraint::object(body, PREFERENCES)? {
        put_part(fields, PREFERENCES, preferences.clone());
    }
    Ok(())
}

/// Writes one field by the path of a mapping's target, as `Address.City`. `false`: a profile has
/// no such field.
pub(super) fn write_at(fields: &mut Fields, path: &str, text: &str) -> Outcome<bool> {
    let (name, member) = match path.split_once('.') {
        None => (path, None),
        Some((name, member)) => (name, Some(member)),
    };
    let known = match member {
        None => TEXTS.iter().any(|(known, _)| *known == name),
        Some(member) => {
            name == ATTRIBUTES || (ADDRESSES.contains(&name) && ADDRESS_TEXTS.contains(&member))
        }
    };
    if known {
        let mut body = Map::new();
        let text = Value::from(text);
        let value = match member {
            None => text,
            Some(member) => Value::Object([(member.to_owned(), text)].into_iter().collect()),
        };
        body.insert(name.to_owned(), value);
        write(fields, &body, Emptiness::Refused)?;
    }
    Ok(known)
}

/// What of a profile is searched: the name of the key, how it is compared, and the text.
pub(super) fn keys(fields: &Fields) -> Vec<(&'static str, ContentType, String)> {
    const SEARCHED: [(&str, &str, ContentType); 8] = [
        ("_account", "AccountNumber", ContentType::String),
        ("_phone", "PhoneNumber", ContentType::PhoneNumber),
        ("_phone", "MobilePhoneNumber", ContentType::PhoneNumber),
        ("_phone", "HomePhoneNumber", ContentType::PhoneNumber),
        ("_phone", "BusinessPhoneNumber", ContentType::PhoneNumber),
        ("_email", "EmailAddress", ContentType::EmailAddress),
        ("_email", "PersonalEmailAddress", ContentType::EmailAddress),
        ("_email", "BusinessEmailAddress", ContentType::EmailAddress),
    ];
    let text = |name: &str| fields.get(name).and_then(Value::as_str);
    // "FirstName MiddleName LastName", whatever the custom of the country: a Japanese name is
    // not found by the order in which it is said.
    let names = ["FirstName", "MiddleName", "LastName"];
    let full_name: Vec<&str> = names.iter().filter_map(|name| text(name)).collect();
    let mut keys: Vec<_> = SEARCHED
        .iter()
        .filter_map(|(key, name, content)| Some((*key, *content, text(name)?.to_owned())))
        .collect();
    if !full_name.is_empty() {
        keys.push(("_fullName", ContentType::Name, full_name.join(" ")));
    }
    keys
}

/// Makes one profile's fields of two (`MergeProfiles`): those that only one has are kept, of the
/// others the main one's.
pub(super) fn unite(main: &mut Fields, other: &Fields) {
    for (name, theirs) in other {
        match (main.get_mut(name), theirs) {
            (None, theirs) => {
                main.insert(name.clone(), theirs.clone());
            }
            // Attributes are fields of their own; an address is one.
            (Some(Value::Object(ours)), Value::Object(theirs)) if name == ATTRIBUTES => {
                unite(ours, theirs);
            }
            (Some(_), _) => {}
        }
    }
}

/// Whether a profile can have a field of that name.
pub(super) fn is_field(name: &str) -> bool {
    let texts = TEXTS.iter().map(|(known, _)| *known);
    texts
        .chain(ADDRESSES)
        .chain([PREFERENCES])
        .any(|known| known == name)
}

fn put(fields: &mut Fields, name: &str, text: &str) {
    if text.is_empty() {
        fields.remove(name);
    } else {
        fields.insert(name.to_owned(), Value::from(text));
    }
}

fn part(fields: &Fields, name: &str) -> Fields {
    fields
        .get(name)
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default()
}

fn put_part(fields: &mut Fields, name: &str, part: Fields) {
    if part.is_empty() {
        fields.remove(name);
    } else {
        fields.insert(name.to_owned(), Value::Object(part));
    }
}
