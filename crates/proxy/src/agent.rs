//! Which Connect user an agent's token names.
//!
//! A name is looked up once an hour: Connect answers two such searches a second for the whole
//! account. That there is no such user is remembered for a minute, so that a token that names nobody
//! does not use that up.

use std::sync::Arc;

use chrono::TimeDelta;
use contract::ErrorCode;
use tokio::time::Instant;

use crate::aws::{Aws, AwsError, SearchUsers, is_out_of_time};
use crate::cache::Cache;
use crate::config::UserBy;
use crate::flight::Flights;
use crate::refusal::Refusal;
use crate::token::Named;

const KNOWN: TimeDelta = TimeDelta::hours(1);
const UNKNOWN: TimeDelta = TimeDelta::minutes(1);
/// More agents than Connect lets an instance have by default (500), several times over.
const MOST: usize = 5_000;

/// The id of a Connect user.
pub(crate) type UserId = Arc<str>;

/// Looks agents up.
#[derive(Debug)]
pub(crate) struct Agents {
    by: UserBy,
    aws: Arc<Aws>,
    known: Cache<Box<str>, Option<UserId>>,
    flights: Flights<Box<str>, Result<Option<UserId>, AwsError>>,
}

impl Agents {
    pub(crate) fn new(by: UserBy, aws: Arc<Aws>) -> Self {
        Self {
            by,
            aws,
            known: Cache::new(KNOWN, MOST),
            flights: Flights::new(),
        }
    }

    /// The user that a token names.
    ///
    /// # Errors
    ///
    /// [`ErrorCode::NotAvailable`] when the instance has no such user; AWS's trouble.
    pub(crate) async fn identify(
        &self,
        named: &Named,
        deadline: Instant,
    ) -> Result<UserId, Refusal> {
        let name = named.as_str();
        if self.by == UserBy::Id {
            // Connect is not asked: what the issuer says is believed, if it has an id's form.
            let is_id = name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
            return if is_id {
                Ok(name.into())
            } else {
                Err(ErrorCode::NotAvailable.into())
            };
        }
        let key: Box<str> = name.into();
        let now = self.aws.now();
        let found = if let Some(found) = self.known.get(&key, now) {
            found
        } else {
            let ask = || {
                let (aws, username) = (self.aws.clone(), key.clone());
                async move { search(&aws, &username, deadline).await }
            };
            let found = self.flights.join(&key, ask, is_out_of_time).await?;
            let keep = if found.is_some() { KNOWN } else { UNKNOWN };
            self.known.put_for(key, found.clone(), 1, now, keep);
            found
        };
        found.ok_or_else(|| ErrorCode::NotAvailable.into())
    }
}

async fn search(aws: &Aws, username: &str, deadline: Instant) -> Result<Option<UserId>, AwsError> {
    let found = aws.send(&SearchUsers { username }, deadline).await?;
    // A search that finds more than it was asked for must not make one agent another.
    let mut exact = found
        .users
        .into_iter()
        .filter(|user| user.username == username);
    Ok(match (exact.next(), exact.next()) {
        (Some(user), None) => Some(user.id.into()),
        _ => None,
    })
}
