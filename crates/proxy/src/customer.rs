//! Who is calling: everything that Customer Profiles knows of a contact's customer, part by part.
//!
//! The search comes first. Then, in one round, every part of every match is fetched at the same
//! time, and given on as it comes. What was found for a contact is kept while the contact may last,
//! so that a desk that is loaded anew in mid-call has it at once; who may have it is asked of Connect
//! every time (`binding`).

mod pages;

use std::sync::{Arc, Mutex, PoisonError, Weak};

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use contract::{
    Caller, ContactId, CustomerPart, EndPart, MatchKind, OrdersPart, PartName, ProblemPart,
    ProfileId, ProfilesPart,
};
use futures_util::StreamExt as _;
use futures_util::future::{BoxFuture, FutureExt as _};
use futures_util::stream::FuturesUnordered;
use serde_json::Value;
use tokio::time::Instant;

use self::pages::Pages;
use crate::aws::{Aws, AwsError, ListCalculatedAttributes, SearchProfiles, next_token};
use crate::cache::Cache;
use crate::lines::{Sink, line};
use crate::orders::{OrderBook, OrderObject};
use crate::past_contacts::{PastContacts, calculated};
use crate::profiles::FoundProfiles;
use crate::proxy::Proxy;
use crate::refusal::Refusal;
use crate::search_key::SearchKey;

/// Matches whose parts are fetched. A number that more people share is no name.
const MOST_MATCHES: usize = 10;
/// Profiles on a page of a search for them: no more are shown.
const MATCHES: u8 = 10;
/// A page that is short, or empty, may not be the last one; so many of what fits on one are turned.
const MOST_SHORT_PAGES: usize = 5;

/// What was found for contacts.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) kept: Cache<Question, Arc<[Bytes]>>,
}

/// A contact and what was searched for, for the flow may set that anew.
type Question = (ContactId, Vec<SearchKey>);

impl Found {
    pub(crate) fn new(keep: TimeDelta, bytes: usize) -> Self {
        Self {
            kept: Cache::new(keep, bytes),
        }
    }

    fn keep(&self, question: Question, lines: Vec<Bytes>, now: DateTime<Utc>) {
        let weight = lines.iter().map(Bytes::len).sum::<usize>() + 256;
        self.kept.put(question, lines.into(), weight, now);
    }
}

/// Lets go of what was found when its time is over, whether or not anybody calls by then.
async fn forget_in_time(proxy: Weak<Proxy>) {
    let Some(time) = proxy.upgrade().map(|proxy| proxy.config.cache.time) else {
        return;
    };
    tokio::time::sleep(time).await;
    if let Some(proxy) = proxy.upgrade() {
        proxy.found.kept.sweep(proxy.clock.now());
    }
}

/// Parts on their way out, and what is remembered of them.
struct Answer {
    sink: Sink,
    request_id: Arc<str>,
    /// Lines to be kept; `None` once a part was missing.
    record: Mutex<Option<Vec<Bytes>>>,
}

impl Answer {
    async fn give(&self, part: CustomerPart) {
        let line = line(&part);
        if let Some(record) = &mut *self.lock() {
            record.push(line.clone());
        }
        self.sink.send(line).await;
    }

    /// Gives a part that a later one will stand for, and which is therefore not kept.
    async fn give_for_now(&self, part: CustomerPart) {
        self.sink.send(line(&part)).await;
    }

    async fn problem(&self, about: PartName, profile: Option<ProfileId>, refusal: &Refusal) {
        *self.lock() = None;
        let error = refusal.error(&self.request_id);
        self.give(CustomerPart::Problem(ProblemPart {
            about,
            profile,
            error,
        }))
        .await;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Vec<Bytes>>> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One answer to come.
pub(crate) struct Look {
    pub(crate) proxy: Arc<Proxy>,
    pub(crate) request_id: Arc<str>,
    pub(crate) deadline: Instant,
    /// The contact that it is for, if it is for one.
    pub(crate) contact: Option<ContactId>,
    /// What to search for, the best first: the next is tried where one finds nobody.
    pub(crate) keys: Vec<SearchKey>,
}

impl Look {
    /// Sends all parts but the contact's own.
    pub(crate) async fn send(self, sink: Sink) {
        let now = self.proxy.clock.now();
        let question = self
            .contact
            .clone()
            .map(|contact| (contact, self.keys.clone()));
        if let Some(question) = &question
            && let Some(lines) = self.proxy.found.kept.get(question, now)
        {
            self.proxy.metrics.event("found_kept");
            for line in lines.iter() {
                sink.send(line.clone()).await;
            }
            return;
        }
        let answer = Answer {
            sink,
            request_id: self.request_id.clone(),
            record: Mutex::new(question.is_some().then(Vec::new)),
        };
        match self.search().await {
            Ok(profiles) => {
                let found: Vec<ProfileId> = profiles
                    .matches
                    .iter()
                    .map(|one| one.profile.id.clone())
                    .collect();
                answer.give(CustomerPart::Profiles(profiles)).await;
                self.all_parts(&found, &answer).await;
            }
            Err(error) => {
                answer
                    .problem(PartName::Profiles, None, &error.into())
                    .await;
            }
        }
        answer.give(CustomerPart::End(EndPart {})).await;
        let lines = answer.lock().take();
        if let (Some(question), Some(lines)) = (question, lines) {
            self.proxy.found.keep(question, lines, now);
            tokio::spawn(forget_in_time(Arc::downgrade(&self.proxy)));
        }
    }

    /// Who it may be, by the first key that finds anybody.
    async fn search(&self) -> Result<ProfilesPart, AwsError> {
        if self.keys.is_empty() {
            let nobody = FoundProfiles::default().into_part(false);
            return Ok(ProfilesPart {
                kind: MatchKind::Withheld,
                ..nobody
            });
        }
        let mut nobody = None;
        for key in &self.keys {
            match self.search_by(key).await {
                Ok(part) if !part.matches.is_empty() || part.more => return Ok(part),
                Ok(part) => nobody = Some(Ok(part)),
                // A flow may set a key that the domain does not have; the number is known still.
                Err(error @ AwsError::Invalid(_)) => {
                    nobody.get_or_insert(Err(error));
                }
                Err(error) => return Err(error),
            }
        }
        nobody.unwrap_or_else(|| Ok(FoundProfiles::default().into_part(false)))
    }

    async fn search_by(&self, key: &SearchKey) -> Result<ProfilesPart, AwsError> {
        let mut found = FoundProfiles::default();
        let mut next = None;
        // Whether there is one or there are several is known when there is no page behind.
        for _ in 0..MOST_SHORT_PAGES {
            let page = search_page(&self.proxy.aws, key, MATCHES, next, self.deadline).await?;
            found.add(&page, std::slice::from_ref(key), self.proxy.home);
            next = next_token(&page).map(str::to_owned);
            if next.is_none() || found.matches().len() >= MOST_MATCHES {
                break;
            }
        }
        let mut part = found.into_part(next.is_some());
        part.more |= part.matches.len() > MOST_MATCHES;
        part.matches.truncate(MOST_MATCHES);
        Ok(part)
    }

    /// Every part of every match at the same time.
    async fn all_parts(&self, found: &[ProfileId], answer: &Answer) {
        let mut parts: FuturesUnordered<BoxFuture<'_, ()>> = FuturesUnordered::new();
        for profile in found {
            parts.push(self.orders(profile, answer).boxed());
            parts.push(self.contacts(profile, answer).boxed());
            parts.push(self.calculated(profile, answer).boxed());
        }
        while parts.next().await.is_some() {}
    }

    /// All orders. Each page is given at once; the last line holds all of them, sorted.
    async fn orders(&self, profile: &ProfileId, answer: &Answer) {
        let book = Mutex::new(OrderBook::default());
        let kinds: FuturesUnordered<_> = self
            .proxy
            .config
            .order_types
            .iter()
            .map(|kind| self.orders_of_kind(*kind, profile, &book, answer))
            .collect();
        let results: Vec<Result<bool, AwsError>> = kinds.collect().await;
        let mut cut = false;
        for result in results {
            match result {
                Ok(has_more) => cut |= has_more,
                Err(error) => {
                    answer
                        .problem(PartName::Orders, Some(profile.clone()), &error.into())
                        .await;
                    // What is there is shown, and not as if it were all.
                    cut = true;
                }
            }
        }
        let book = book.into_inner().unwrap_or_else(PoisonError::into_inner);
        answer
            .give(CustomerPart::Orders(book.into_part(profile.clone(), cut)))
            .await;
    }

    /// Adds the objects of one kind to `book`; whether there are more than are fetched.
    async fn orders_of_kind(
        &self,
        kind: OrderObject,
        profile: &ProfileId,
        book: &Mutex<OrderBook>,
        answer: &Answer,
    ) -> Result<bool, AwsError> {
        let mut pages = Pages::of(kind.type_name(), profile);
        while let Some(page) = pages.turn(self).await? {
            let so_far = {
                let mut book = book.lock().unwrap_or_else(PoisonError::into_inner);
                book.add(kind, &page);
                // A page that is followed by none is in the last line, which is about to come.
                if pages.is_at_end() {
                    Vec::new()
                } else {
                    book.last_page()
                }
            };
            if !so_far.is_empty() {
                let part = OrdersPart {
                    profile: profile.clone(),
                    complete: false,
                    orders: so_far,
                    totals: None,
                    cut: false,
                    detailed: false,
                    losses: Vec::new(),
                };
                answer.give_for_now(CustomerPart::Orders(part)).await;
            }
        }
        Ok(pages.has_more())
    }

    async fn contacts(&self, profile: &ProfileId, answer: &Answer) {
        let mut earlier = PastContacts::default();
        let mut pages = Pages::of("CTR", profile);
        loop {
            match pages.turn(self).await {
                Ok(Some(page)) => earlier.add(&page),
                Ok(None) => break,
                Err(error) => {
                    return answer
                        .problem(PartName::Contacts, Some(profile.clone()), &error.into())
                        .await;
                }
            }
        }
        let part = earlier.into_part(profile.clone(), pages.has_more());
        answer.give(CustomerPart::Contacts(part)).await;
    }

    async fn calculated(&self, profile: &ProfileId, answer: &Answer) {
        match self.calculated_pages(profile).await {
            Ok(pages) => {
                let part = calculated(profile.clone(), pages.iter().map(|page| &**page));
                answer.give(CustomerPart::Calculated(part)).await;
            }
            Err(error) => {
                answer
                    .problem(PartName::Calculated, Some(profile.clone()), &error.into())
                    .await;
            }
        }
    }

    async fn calculated_pages(&self, profile: &ProfileId) -> Result<Vec<Arc<Value>>, AwsError> {
        let mut pages: Vec<Arc<Value>> = Vec::new();
        while pages.len() < MOST_SHORT_PAGES {
            let next = pages.last().map(|page| next_token(page).map(str::to_owned));
            if matches!(next, Some(None)) {
                break;
            }
            let operation = ListCalculatedAttributes {
                profile_id: profile.clone(),
                next: next.flatten(),
            };
            match self.proxy.aws.look_up(operation, self.deadline).await {
                Ok(page) => pages.push(page),
                // A domain that calculates nothing.
                Err(AwsError::NotFound(_)) => break,
                Err(error) => return Err(error),
            }
        }
        Ok(pages)
    }
}

/// One page of the customers that `key` finds.
pub(crate) async fn search_page(
    aws: &Arc<Aws>,
    key: &SearchKey,
    size: u8,
    next: Option<String>,
    deadline: Instant,
) -> Result<Arc<Value>, AwsError> {
    let operation = SearchProfiles {
        key_name: key.name().to_owned(),
        values: key.values().to_vec(),
        page_size: size,
        next,
    };
    aws.look_up(operation, deadline).await
}

/// What a contact's customer is searched by: what the flow has set, then whom the flow has found,
/// then the number that Connect gives.
///
/// `profileSearchKey` and `profileSearchValue` are the attributes by which a flow steers Connect's own
/// agent workspace (administrator guide, "Auto-pop customer profile").
pub(crate) fn keys_of_contact(
    attributes: &Value,
    customer_id: Option<&str>,
    caller: &Caller,
) -> Vec<SearchKey> {
    let text = |name: &str| {
        attributes
            .get(name)?
            .as_str()
            .map(str::trim)
            .filter(|it| !it.is_empty())
    };
    let mut keys = Vec::new();
    if let (Some(name), Some(value)) = (text("profileSearchKey"), text("profileSearchValue"))
        && name.len() <= 64
        && value.chars().count() <= 255
    {
        keys.push(SearchKey::named(name, value));
    }
    for id in [text("profileId"), customer_id].into_iter().flatten() {
        if ProfileId::parse(id).is_ok() {
            keys.push(SearchKey::named("_profileId", id));
        }
    }
    if let Caller::Number { number } = caller {
        keys.push(SearchKey::phone(number));
    }
    keys.dedup();
    keys
}

#[cfg(test)]
mod tests;
