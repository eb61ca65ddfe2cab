//! Pages: a token says behind which item to go on.
//!
//! Lists are ordered by a rank that has nothing to do with age or name, because the service
//! promises no order. An item keeps its rank, so a list that changes between two pages neither
//! repeats nor skips what was there all along.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::store::Domain;
use super::{Outcome, Pages, bad_request};
use crate::aws::ApiRequest;

/// The page that a request asks for.
#[derive(Debug)]
pub(super) struct Page {
    /// Items of it.
    pub(super) limit: usize,
    /// The rank and number of the item that it comes behind.
    pub(super) after: (i64, i64),
    list: String,
    held_back: bool,
}

impl Page {
    /// Reads `next-token` and `max-results`, which stand in the query even of a POST.
    pub(super) fn of(domain: &Domain<'_>, request: &ApiRequest, usual: u32) -> Outcome<Self> {
        let asked = match request.parameter("max-results") {
            None => usual.clamp(1, 100),
            Some(text) => match text.parse::<u32>() {
                Ok(number @ 1..=100) => number,
                _ => return Err(bad_request("MaxResults must be between 1 and 100")),
            },
        };
        // A token goes on with the list that it came from and with no other.
        let mut hash = Sha256::new();
        hash.update(request.path.join("/"));
        hash.update(request.body.to_string());
        let list: String = BASE64.encode(hash.finalize()).chars().take(16).collect();
        let token = request.parameter("next-token");
        let after = match token {
            None => (-1, 0),
            Some(token) => {
                position(token, &list).ok_or_else(|| bad_request("Invalid NextToken"))?
            }
        };
        let pages = domain.settings.choices.pages;
        let asked = usize::try_from(asked).unwrap_or(1);
        Ok(Self {
            limit: match pages {
                Pages::Half => asked.div_ceil(2),
                Pages::Full | Pages::EmptyFirst => asked,
            },
            after,
            list,
            held_back: pages == Pages::EmptyFirst && token.is_none(),
        })
    }

    /// One more than fits, to see whether there is more.
    pub(super) fn fetched(&self) -> i64 {
        i64::try_from(self.limit).unwrap_or_default() + 1
    }

    /// The reply: the items, in the list's order, which may be one too many.
    pub(super) fn reply(self, mut items: Vec<((i64, i64), Value)>) -> Value {
        if self.held_back && !items.is_empty() {
            return json!({ "Items": [], "NextToken": self.token((-1, 0)) });
        }
        let more = items.len() > self.limit;
        items.truncate(self.limit);
        let next = items
            .last()
            .filter(|_| more)
            .map(|(position, _)| self.token(*position));
        let items: Vec<Value> = items.into_iter().map(|(_, item)| item).collect();
        match next {
            Some(token) => json!({ "Items": items, "NextToken": token }),
            None => json!({ "Items": items }),
        }
    }

    /// The reply of a list that is at hand as a whole.
    pub(super) fn cut(self, items: impl IntoIterator<Item = ((i64, i64), Value)>) -> Value {
        let after = self.after;
        let mut rest: Vec<_> = items.into_iter().filter(|(at, _)| *at > after).collect();
        rest.sort_by_key(|(at, _)| *at);
        self.reply(rest)
    }

    fn token(&self, (rank, number): (i64, i64)) -> String {
        BASE64.encode(format!("{}.{rank}.{number}", self.list))
    }
}

fn position(token: &str, list: &str) -> Option<(i64, i64)> {
    let text = String::from_utf8(BASE64.decode(token).ok()?).ok()?;
    let (rank, number) = text
        .strip_prefix(list)?
        .strip_prefix('.')?
        .split_once('.')?;
    Some((rank.parse().ok()?, number.parse().ok()?))
}
