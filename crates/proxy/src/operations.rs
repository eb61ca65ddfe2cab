//! What a desk can ask for, each for an agent who has passed the gate.
//!
//! A screen pop and a link are bound to a contact of the agent's. A search, and opening what it has
//! found, is a right of its own: counted apart, and audited.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use contract::{
    ContactPart, CustomerPart, Endpoint, ErrorCode, Health, Healthy, Link, Linked, OpenProfile,
    ScreenPop, Search, SearchBy, SearchOutcome, SearchResult, SearchResults,
};
use http::header::{CONTENT_TYPE, HeaderValue};
use serde::Serialize;
use serde_json::Value;

use crate::asked::{Asked, Asker};
use crate::aws::{AddProfileKey, AwsError, next_token};
use crate::binding::{Admitted, admit};
use crate::customer::{Look, keys_of_contact, search_page};
use crate::lines::{Lines, line};
use crate::profiles::{FoundProfiles, attributes_of_contact, caller};
use crate::proxy::Proxy;
use crate::refusal::Refusal;
use crate::search_key::SearchKey;

/// Results on a page of a search.
const RESULTS: u8 = 20;
/// The longest value that Customer Profiles takes, in characters, and the longest token.
const LONGEST_VALUE: usize = 255;
const LONGEST_TOKEN: usize = 1_024;

/// Who is calling.
pub(crate) async fn screen_pop(
    State(proxy): State<Arc<Proxy>>,
    asked: Asked<ScreenPop>,
) -> Response {
    let id = &asked.request.contact_id;
    let admitted = match admit(&proxy.aws, id, &asked.agent, asked.deadline).await {
        Ok(admitted) => admitted,
        Err(refusal) => return refused(&refusal, &asked),
    };
    tracing::info!(target: "audit", asker = &*asked.agent, contact = id.as_ref(), request = &*asked.id.0, "screen pop");
    let Admitted { contact, described } = admitted;
    let described = described.get("Contact").unwrap_or(&Value::Null);
    let caller = caller(
        contact
            .customer_endpoint
            .as_ref()
            .and_then(|end| end.address.as_deref()),
    );
    let attributes = described.get("Attributes").unwrap_or(&Value::Null);
    let look = Look {
        proxy: proxy.clone(),
        request_id: asked.id.0.clone(),
        deadline: asked.deadline,
        contact: Some(id.clone()),
        keys: keys_of_contact(attributes, contact.customer_id.as_deref(), &caller),
    };
    let first = line(&CustomerPart::Contact(ContactPart {
        contact_id: id.clone(),
        caller,
        attributes: attributes_of_contact(described),
    }));
    parts(
        &asked,
        Lines::of(|sink| async move {
            sink.send(first).await;
            look.send(sink).await;
        }),
    )
}

/// A customer whom a search has found.
pub(crate) async fn open_profile(
    State(proxy): State<Arc<Proxy>>,
    asked: Asked<OpenProfile>,
) -> Response {
    if let Err(pause) = proxy.searches.take(&asked.agent, proxy.clock.now()) {
        return refused(&Refusal::throttled(pause), &asked);
    }
    let profile = asked.request.profile.as_str();
    tracing::info!(target: "audit", asker = &*asked.agent, profile, request = &*asked.id.0, "profile opened");
    let look = Look {
        proxy: proxy.clone(),
        request_id: asked.id.0.clone(),
        deadline: asked.deadline,
        contact: None,
        keys: vec![SearchKey::named("_profileId", profile)],
    };
    parts(&asked, Lines::of(|sink| look.send(sink)))
}

/// Customers by something that the caller says.
pub(crate) async fn search(State(proxy): State<Arc<Proxy>>, asked: Asked<Search>) -> Response {
    if let Err(pause) = proxy.searches.take(&asked.agent, proxy.clock.now()) {
        return refused(&Refusal::throttled(pause), &asked);
    }
    let result = find(&proxy, &asked).await;
    let results = result.as_ref().map_or(0, |found| found.results.len());
    // By what was searched and how many were found; never for whom.
    tracing::info!(target: "audit", asker = &*asked.agent, by = ?asked.request.by, results, request = &*asked.id.0, "search");
    match result {
        Ok(found) => json::<Search>(&asked, &found),
        Err(refusal) => refused(&refusal, &asked),
    }
}

async fn find(proxy: &Arc<Proxy>, asked: &Asked<Search>) -> Result<SearchResults, Refusal> {
    let Search { by, value, next } = &asked.request;
    let text = value.as_str();
    let fits = |text: &str| text.chars().count() <= LONGEST_VALUE;
    let is_good = !text.trim().is_empty()
        && fits(text)
        && !text.contains(char::is_control)
        && next
            .as_ref()
            .is_none_or(|token| (1..=LONGEST_TOKEN).contains(&token.len()));
    if !is_good {
        return Err(ErrorCode::InvalidRequest.into());
    }
    let nobody = |outcome| SearchResults {
        outcome,
        results: Vec::new(),
        next: None,
    };
    let key = match SearchKey::of_search(
        *by,
        text,
        proxy.home,
        proxy.config.order_name_key.as_deref(),
    ) {
        Ok(key) => key,
        Err(outcome) => return Ok(nobody(outcome)),
    };
    // In its normal form a text may be longer than it was typed.
    if !key.values().iter().all(|value| fits(value)) {
        return Err(ErrorCode::InvalidRequest.into());
    }
    let page = search_page(&proxy.aws, &key, RESULTS, next.clone(), asked.deadline).await;
    let page = match page {
        // What comes back from the browser is not the token that was given out.
        Err(AwsError::Invalid(_)) if next.is_some() => {
            return Err(ErrorCode::InvalidRequest.into());
        }
        // The settings name a key that the domain does not have.
        Err(AwsError::Invalid(_)) if *by == SearchBy::OrderName => {
            return Ok(nobody(SearchOutcome::NotIndexed));
        }
        page => page?,
    };
    let mut found = FoundProfiles::default();
    found.add(&page, std::slice::from_ref(&key), proxy.home);
    let results = found
        .matches()
        .iter()
        .map(|one| SearchResult {
            profile: one.profile.summary(),
            why: one.why.clone(),
        })
        .collect();
    Ok(SearchResults {
        outcome: SearchOutcome::Searched,
        results,
        next: next_token(&page).map(str::to_owned),
    })
}

/// Ties a contact to a customer.
pub(crate) async fn link(State(proxy): State<Arc<Proxy>>, asked: Asked<Link>) -> Response {
    let result = tie(&proxy, &asked).await;
    let Link {
        contact_id,
        profile,
    } = &asked.request;
    tracing::info!(target: "audit", asker = &*asked.agent, contact = contact_id.as_ref(), profile = profile.as_str(),
        request = &*asked.id.0, is_done = result.is_ok(), "link");
    match result {
        Ok(()) => json::<Link>(&asked, &Linked {}),
        Err(refusal) => refused(&refusal, &asked),
    }
}

async fn tie(proxy: &Arc<Proxy>, asked: &Asked<Link>) -> Result<(), Refusal> {
    let Link {
        contact_id,
        profile,
    } = &asked.request;
    let admitted = admit(&proxy.aws, contact_id, &asked.agent, asked.deadline).await?;
    // The record of a contact is filed when it ends; a key that is added later ties nothing.
    if admitted.contact.ended().is_some() {
        return Err(ErrorCode::NotAvailable.into());
    }
    let operation = AddProfileKey {
        key_name: "_ctrContactId",
        profile_id: profile.as_str(),
        values: [contact_id.as_ref()],
    };
    match proxy.aws.send(&operation, asked.deadline).await {
        Ok(_) => Ok(()),
        Err(AwsError::NotFound(_) | AwsError::Invalid(_)) => Err(ErrorCode::NotAvailable.into()),
        Err(error) => Err(error.into()),
    }
}

/// Whether the service is there for this agent.
pub(crate) async fn health(asked: Asked<Health>) -> Response {
    let version = env!("CARGO_PKG_VERSION").to_owned();
    json::<Health>(
        &asked,
        &Healthy {
            version,
            may_search: true,
        },
    )
}

fn refused<E>(refusal: &Refusal, asked: &Asked<E>) -> Response {
    by(asked, refusal.response(&asked.id.0))
}

fn json<E: Endpoint>(asked: &Asked<E>, body: &E::Response) -> Response
where
    E::Response: Serialize,
{
    let body = serde_json::to_vec(body).unwrap_or_default();
    answer(asked, body.into())
}

fn parts<E: Endpoint>(asked: &Asked<E>, lines: Lines) -> Response {
    answer(asked, Body::from_stream(lines))
}

fn answer<E: Endpoint>(asked: &Asked<E>, body: Body) -> Response {
    let mut response = body.into_response();
    response.headers_mut().insert(
        CONTENT_TYPE,
        HeaderValue::from_static(E::ANSWER.media_type()),
    );
    by(asked, response)
}

fn by<E>(asked: &Asked<E>, mut response: Response) -> Response {
    response.extensions_mut().insert(Asker(asked.agent.clone()));
    response
}
