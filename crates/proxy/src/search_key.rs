//! By which keys of Customer Profiles somebody is searched for, and what it means to be found by one.
//!
//! Keys and what they hold: Connect's administrator guide, "Standard profile definition", "Standard
//! order definition" and "How keys are added to the index".

use contract::{MatchKey, MatchReason, PhoneNumber, SearchBy, SearchOutcome};
use unicode_normalization::UnicodeNormalization as _;

use crate::phone_number::HomeCountry;
use crate::reading::on_one_line;

/// A key of the domain and the values that are looked for in it, each of them an alternative.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct SearchKey {
    name: String,
    values: Vec<String>,
    means: MatchKey,
}

impl std::fmt::Debug for SearchKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SearchKey({}, {} values)", self.name, self.values.len())
    }
}

impl SearchKey {
    /// A key that a flow has chosen by its name, as `profileSearchKey` does.
    #[must_use]
    pub fn named(name: &str, value: &str) -> Self {
        Self {
            name: name.to_owned(),
            values: vec![value.to_owned()],
            means: meaning(name),
        }
    }

    /// The caller's number.
    #[must_use]
    pub fn phone(number: &PhoneNumber) -> Self {
        Self::named("_phone", number.as_str())
    }

    /// What an agent looks for.
    ///
    /// `order_name_key` is the domain's own key for what the shop calls its orders: Customer
    /// Profiles has none by itself.
    ///
    /// # Errors
    ///
    /// The outcome of a search that cannot be made: [`SearchOutcome::NotANumber`] for a text that
    /// is no telephone number of `home` or with a plus, [`SearchOutcome::NotIndexed`] for the name
    /// of an order in a domain without a key for it.
    pub fn of_search(
        by: SearchBy,
        text: &str,
        home: HomeCountry,
        order_name_key: Option<&str>,
    ) -> Result<Self, SearchOutcome> {
        let typed = text.trim();
        let text: String = typed.nfkc().collect();
        Ok(match by {
            SearchBy::Phone => {
                let number = home.read(&text).ok_or(SearchOutcome::NotANumber)?;
                Self::phone(&number)
            }
            SearchBy::Mail => Self::named("_email", &text),
            SearchBy::Name => Self {
                // Somebody may have kept it as it was typed.
                values: both_orders(&[typed, &text]),
                ..Self::named("_fullName", "")
            },
            SearchBy::Account => Self::named("_account", &text),
            SearchBy::Order => Self::named("_shopifyOrderId", &text),
            SearchBy::OrderName => Self {
                means: MatchKey::Order,
                ..Self::named(order_name_key.ok_or(SearchOutcome::NotIndexed)?, &text)
            },
        })
    }

    /// The key, as `KeyName` of a request.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The values, as `Values` of a request.
    pub fn values(&self) -> &[String] {
        &self.values
    }

    /// What it means to be found by the key `name` in a search by `keys`.
    pub(crate) fn reason<'a>(
        name: &str,
        keys: &[Self],
        values: impl Iterator<Item = &'a str>,
    ) -> MatchReason {
        let asked = keys.iter().find(|key| key.name == name);
        MatchReason {
            by: asked.map_or_else(|| meaning(name), |key| key.means.clone()),
            values: values
                .map(|value| on_one_line(value).as_ref().into())
                .collect(),
        }
    }
}

fn meaning(key: &str) -> MatchKey {
    match key {
        "_phone" => MatchKey::Phone,
        "_email" => MatchKey::Mail,
        "_fullName" => MatchKey::Name,
        "_account" => MatchKey::Account,
        "_orderId" | "_shopifyOrderId" => MatchKey::Order,
        "_shopifyCustomerId" => MatchKey::ShopCustomer,
        "_profileId" => MatchKey::Profile,
        "_ctrContactId" => MatchKey::Contact,
        other => MatchKey::Other(on_one_line(other).as_ref().into()),
    }
}

/// Names as they were typed, and with the other end first: the index holds the given name first, and
/// a Japanese name is typed with the family name first. Each is there once.
fn both_orders(names: &[&str]) -> Vec<String> {
    let mut orders = Vec::new();
    let mut add = |words: &[&str]| {
        let order = words.join(" ");
        if !orders.contains(&order) {
            orders.push(order);
        }
    };
    for name in names {
        let words: Vec<&str> = name.split_whitespace().collect();
        add(&words);
        if let [first, rest @ ..] = words.as_slice() {
            add(&[rest, &[*first]].concat());
        }
        if let [rest @ .., last] = words.as_slice() {
            add(&[&[*last], rest].concat());
        }
    }
    orders
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn key(by: SearchBy, text: &str) -> Result<SearchKey, SearchOutcome> {
        SearchKey::of_search(by, text, HomeCountry::from_iso("JP").unwrap(), None)
    }

    #[rstest]
    #[case::phone(SearchBy::Phone, "０９０-1234-5678", "_phone", "+819012345678")]
    #[case::mail(SearchBy::Mail, " a@example.com ", "_email", "a@example.com")]
    #[case::account(SearchBy::Account, "Ａ-1", "_account", "A-1")]
    #[case::order(SearchBy::Order, "４３00000000001", "_shopifyOrderId", "4300000000001")]
    fn what_the_caller_says_becomes_a_key(
        #[case] by: SearchBy,
        #[case] text: &str,
        #[case] name: &str,
        #[case] value: &str,
    ) {
        let key = key(by, text).unwrap();
        assert_eq!((key.name(), key.values()), (name, &[value.to_owned()][..]));
    }

    #[rstest]
    #[case::family_name_first("見本　花子", &["見本 花子", "花子 見本"])]
    #[case::one_word("花子", &["花子"])]
    #[case::half_width("ﾐﾎﾝ ﾊﾅｺ", &["ﾐﾎﾝ ﾊﾅｺ", "ﾊﾅｺ ﾐﾎﾝ", "ミホン ハナコ", "ハナコ ミホン"])]
    #[case::twice_the_same("太郎 太郎", &["太郎 太郎"])]
    #[case::three("Smith Anna Maria", &["Smith Anna Maria", "Anna Maria Smith", "Maria Smith Anna"])]
    fn a_name_is_looked_for_in_both_orders(#[case] text: &str, #[case] values: &[&str]) {
        assert_eq!(key(SearchBy::Name, text).unwrap().values(), values);
    }

    #[test]
    fn a_search_that_cannot_be_made_says_so() {
        assert_eq!(key(SearchBy::Phone, "1001"), Err(SearchOutcome::NotANumber));
        assert_eq!(
            key(SearchBy::OrderName, "#1001"),
            Err(SearchOutcome::NotIndexed)
        );
    }

    #[test]
    fn an_order_is_found_by_its_name_where_the_domain_has_a_key_for_it() {
        let home = HomeCountry::from_iso("JP").unwrap();
        let key =
            SearchKey::of_search(SearchBy::OrderName, "＃1001", home, Some("orderName")).unwrap();
        assert_eq!(
            (key.name(), key.values()),
            ("orderName", &["#1001".to_owned()][..])
        );
        let reason = SearchKey::reason("orderName", &[key], std::iter::empty());
        assert_eq!(reason.by, MatchKey::Order);
    }
}
