//! Keys: what profiles and objects are found by.
//!
//! A key has a name, which is global to the domain, and a value, which is compared in a
//! normalised form. The names are those of `SearchProfiles` in botocore's model, which follow
//! "Standard identifiers" of the administrator's guide, and whatever the domain's object types
//! define.

use std::collections::BTreeMap;

use rusqlite::params;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

use super::object_type::ObjectType;
use super::store::Domain;
use super::{Choices, Outcome, bad_request};

/// Names that every domain has.
const PREDEFINED: [(&str, ContentType); 21] = [
    ("_account", ContentType::String),
    (PROFILE_ID, ContentType::String),
    ("_assetId", ContentType::String),
    ("_caseId", ContentType::String),
    ("_orderId", ContentType::String),
    ("_fullName", ContentType::Name),
    ("_phone", ContentType::PhoneNumber),
    ("_email", ContentType::EmailAddress),
    ("_ctrContactId", ContentType::String),
    ("_marketoLeadId", ContentType::String),
    ("_salesforceAccountId", ContentType::String),
    ("_salesforceContactId", ContentType::String),
    ("_salesforceAssetId", ContentType::String),
    ("_zendeskUserId", ContentType::String),
    ("_zendeskExternalId", ContentType::String),
    ("_zendeskTicketId", ContentType::String),
    ("_serviceNowSystemId", ContentType::String),
    ("_serviceNowIncidentId", ContentType::String),
    ("_segmentUserId", ContentType::String),
    ("_shopifyCustomerId", ContentType::String),
    ("_shopifyOrderId", ContentType::String),
];

/// The one key that is not in the index: it is the profile's own id.
pub(super) const PROFILE_ID: &str = "_profileId";

/// How the values of a field are compared (`FieldContentType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum ContentType {
    /// As it is.
    #[default]
    String,
    /// As it is.
    Number,
    /// In E.164, where that can be known.
    PhoneNumber,
    /// Without regard to case.
    EmailAddress,
    /// Without regard to case and to the width of spaces.
    Name,
}

/// Where an entry of the index comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// From a field of the profile; made anew when the profile changes.
    Field,
    /// From an object, by number; goes with it.
    Object(i64),
    /// From `AddProfileKey`.
    Added,
}

/// The names that a domain knows, with the way in which their values are compared.
#[derive(Debug)]
pub(super) struct Names(BTreeMap<String, ContentType>);

impl Names {
    pub(super) fn of(types: &[ObjectType]) -> Self {
        let mut names: BTreeMap<String, ContentType> = PREDEFINED
            .iter()
            .map(|(name, content)| ((*name).to_owned(), *content))
            .collect();
        for one in types {
            for (name, content) in one.key_contents() {
                names.entry(name.to_owned()).or_insert(content);
            }
        }
        Self(names)
    }

    /// How values of that key are compared.
    pub(super) fn content(&self, name: &str) -> Outcome<ContentType> {
        let found = self.0.get(name).copied();
        found.ok_or_else(|| bad_request(format!("Invalid KeyName: {name}")))
    }
}

/// The form in which values are compared; `None` for what identifies nobody, as the number of a
/// caller who withholds it.
pub(super) fn normalised(content: ContentType, text: &str, choices: Choices) -> Option<String> {
    let normal = match content {
        ContentType::String | ContentType::Number => text.to_owned(),
        ContentType::EmailAddress => text.trim().to_lowercase(),
        ContentType::Name => {
            let words: Vec<&str> = text.split_whitespace().collect();
            words.join(" ").to_lowercase()
        }
        ContentType::PhoneNumber => return phone(text, choices.national_numbers),
    };
    (!normal.is_empty()).then_some(normal)
}

/// A number with a plus keeps it, whether or not a country has such numbers: Connect reports what
/// the network told it. A number without one becomes E.164 only if it is one that Japan has
/// given out, so that `(555)-123-4567` does not turn into a Japanese number.
fn phone(text: &str, national: bool) -> Option<String> {
    // Japanese keyboards type full-width digits, which the library does not read.
    let plain: String = text.nfkc().collect::<String>().trim().to_owned();
    if plain.chars().any(char::is_alphabetic) {
        return None;
    }
    let digits: String = plain.chars().filter(char::is_ascii_digit).collect();
    if digits.is_empty() {
        return None;
    }
    let international = plain.starts_with('+');
    if international || national {
        let country = (!international).then_some(phonenumber::country::Id::JP);
        if let Ok(number) = phonenumber::parse(country, &plain)
            && number.is_valid()
        {
            return Some(number.format().mode(phonenumber::Mode::E164).to_string());
        }
    }
    Some(if international {
        format!("+{digits}")
    } else {
        digits
    })
}

/// Enters a key into the index; what identifies nobody is left out.
pub(super) fn enter(
    domain: &Domain<'_>,
    profile: i64,
    origin: Origin,
    (name, content): (&str, ContentType),
    shown: &str,
) -> Outcome<()> {
    let Some(value) = normalised(content, shown, domain.settings.choices) else {
        return Ok(());
    };
    let (origin, object) = match origin {
        Origin::Field => ("field", None),
        Origin::Object(number) => ("object", Some(number)),
        Origin::Added => ("added", None),
    };
    domain
        .rows
        .prepare_cached(
            "insert into key (profile, object, origin, name, value, shown)
             values (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![profile, object, origin, name, value, shown])?;
    Ok(())
}

/// The profiles that have one of these keys, by number, and for each the values asked for that it
/// has.
pub(super) fn holders(
    domain: &Domain<'_>,
    (name, content): (&str, ContentType),
    values: &[&str],
) -> Outcome<BTreeMap<i64, Vec<String>>> {
    let mut found: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    let mut select = domain.rows.prepare_cached(if name == PROFILE_ID {
        "select number from profile where ?1 <> '' and id = ?2"
    } else {
        "select distinct profile from key where name = ?1 and value = ?2"
    })?;
    for shown in values {
        let Some(value) = normalised(content, shown, domain.settings.choices) else {
            continue;
        };
        let mut rows = select.query(params![name, value])?;
        while let Some(row) = rows.next()? {
            let values = found.entry(row.get(0)?).or_default();
            if !values.iter().any(|known| known == shown) {
                values.push((*shown).to_owned());
            }
        }
    }
    Ok(found)
}

/// Makes a new store's index, or an old one's whose numbers were compared in the other way, fit
/// the choices.
pub(super) fn provide(domain: &Domain<'_>) -> Outcome<()> {
    let choices = domain.settings.choices;
    if domain.recall("national_numbers")? == Some(choices.national_numbers) {
        return Ok(());
    }
    let types = domain.types()?;
    let mut select = domain.rows.prepare("select rowid, name, shown from key")?;
    let mut update = domain
        .rows
        .prepare("update key set value = ?2 where rowid = ?1")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let (number, name, shown): (i64, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let content = types.names.0.get(&name).copied().unwrap_or_default();
        if content == ContentType::PhoneNumber
            && let Some(value) = normalised(content, &shown, choices)
        {
            update.execute(params![number, value])?;
        }
    }
    domain.remember("national_numbers", choices.national_numbers)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::plain("+819000000001", Some("+819000000001"))]
    #[case::punctuated("+81 (90) 1234-5678", Some("+819012345678"))]
    #[case::full_width("＋８１９０１２３４５６７８", Some("+819012345678"))]
    #[case::with_the_national_zero("+81 090-1234-5678", Some("+819012345678"))]
    #[case::mobile("090-1234-5678", Some("+819012345678"))]
    #[case::tokyo("０３（１２３４）５６７８", Some("+81312345678"))]
    #[case::free("0120-123-456", Some("+81120123456"))]
    #[case::not_japanese("(555)-123-4567", Some("5551234567"))]
    #[case::american("+1 (206) 555-0142", Some("+12065550142"))]
    #[case::withheld("anonymous", None)]
    #[case::session("sip:guest7@shop.example", None)]
    #[case::nothing(" - ", None)]
    fn a_number_is_compared_in_international_form(#[case] text: &str, #[case] value: Option<&str>) {
        assert_eq!(phone(text, true).as_deref(), value);
    }

    #[test]
    fn a_national_number_stays_one_where_the_choice_says_so() {
        assert_eq!(
            phone("090-1234-5678", false).as_deref(),
            Some("09012345678")
        );
    }
}
