//! The simulator's Customer Profiles: one domain, kept in SQLite.
//!
//! [`Profiles::handle`] answers the operations of the service's model `customer-profiles`
//! 2020-08-15 that the desk's world uses, with the service's limits and error names. It knows
//! neither HTTP nor signatures; the listener in front has dealt with both. Each call is one
//! transaction: an operation that fails has changed nothing.
//!
//! What the real service does in the background (ingesting an object, merging profiles) is done
//! before the answer here. What AWS does not document is a member of [`Choices`].

mod calculated;
mod constraint;
mod key;
mod mapping;
mod merge;
mod object;
mod object_type;
mod order;
mod page;
mod profile;
mod record;
mod search;
mod standard;
mod stock;
mod store;

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use axum::http::{Method, StatusCode};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::aws::{ApiError, ApiReply, ApiRequest};
use store::{Domain, Store};

pub use record::{ContactRecord, RecordedAgent, RecordedQueue};
pub use store::OpenError;

/// One domain of Customer Profiles.
#[derive(Debug)]
pub struct Profiles {
    settings: Settings,
    store: Mutex<Store>,
}

/// What a domain is opened with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The domain's name. The service-linked role of Connect reaches only names that begin with
    /// `amazon-connect-`.
    pub domain: String,
    /// AWS region in ARNs.
    pub region: String,
    /// AWS account in ARNs; digits.
    pub account: String,
    /// Mixed into ids and into the order in which lists come. A kept store goes on with the seed
    /// that it was made with.
    pub seed: u64,
    /// The undocumented choices.
    pub choices: Choices,
}

/// What AWS does not document about Customer Profiles, as switches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Choices {
    /// Whether a Japanese number without country code (`090-1234-5678`) is indexed and found as
    /// `+81…`. A number with a plus always is, whatever stands between its digits.
    pub national_numbers: bool,
    /// Where a contact record lands when the contact has ended.
    pub contact_records: RecordTemplate,
    /// How the members of a contact record's `Object` are written.
    pub record_casing: RecordCasing,
    /// Items on a page of `ListProfileObjects` that asks for no number; 1 to 100.
    pub objects_per_page: u32,
    /// How pages are filled. The model lets a page be short, or empty, and still have a token.
    pub pages: Pages,
}

/// The template of the object type `CTR`, by its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum RecordTemplate {
    /// Finds its profile by the contact's id alone; otherwise it makes a profile of its own.
    #[serde(rename = "CTR")]
    ById,
    /// By the contact's id, then by the number if one profile has it; otherwise it makes a
    /// profile that has the number only. The template's name promises otherwise.
    #[default]
    #[serde(rename = "CTR-NoInferred")]
    ByIdOrNumber,
    /// By the contact's id, then by the number if one profile has it; otherwise nowhere.
    #[serde(rename = "CTR-AutoAssociateOnly")]
    OnlyExisting,
}

/// How the members of a contact record are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordCasing {
    /// `contactId`, as an AWS sample reads it.
    #[default]
    LowerCamel,
    /// `ContactId`, as in Connect's stream of contact records.
    UpperCamel,
}

/// How pages of a list are filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pages {
    /// As many items as were asked for.
    #[default]
    Full,
    /// Half of them.
    Half,
    /// None on the first page, which has a token; then as many as were asked for.
    EmptyFirst,
}

/// Why an operation was not done.
#[derive(Debug, thiserror::Error)]
enum Failure {
    /// The service refuses.
    #[error(transparent)]
    Refused(#[from] ApiError),
    /// The database failed.
    #[error("the store failed")]
    Store(#[from] rusqlite::Error),
    /// What the store holds is not what was put into it.
    #[error("the store holds what is no JSON")]
    Json(#[from] serde_json::Error),
}

type Outcome<T> = Result<T, Failure>;

impl Default for Settings {
    fn default() -> Self {
        Self {
            domain: "amazon-connect-demo".to_owned(),
            region: "ap-northeast-1".to_owned(),
            account: "123456789012".to_owned(),
            seed: 0,
            choices: Choices::default(),
        }
    }
}

impl Default for Choices {
    fn default() -> Self {
        Self {
            national_numbers: true,
            contact_records: RecordTemplate::default(),
            record_casing: RecordCasing::default(),
            objects_per_page: 20,
            pages: Pages::default(),
        }
    }
}

impl RecordTemplate {
    /// As in `TemplateId`.
    pub fn id(self) -> &'static str {
        match self {
            Self::ById => "CTR",
            Self::ByIdOrNumber => "CTR-NoInferred",
            Self::OnlyExisting => "CTR-AutoAssociateOnly",
        }
    }
}

impl Profiles {
    /// Opens the domain in `folder`, which is made if need be, or one in memory.
    ///
    /// # Errors
    ///
    /// [`OpenError`]: the folder cannot be written, another simulator has it, or a newer one made
    /// it.
    pub fn open(
        folder: Option<&Path>,
        settings: Settings,
        now: DateTime<Utc>,
    ) -> Result<Self, OpenError> {
        let mut store = Store::open(folder, &settings)?;
        let prepared: Result<(), ApiError> = store.transact(&settings, now, prepare);
        prepared.map_err(OpenError::Prepare)?;
        Ok(Self {
            settings,
            store: Mutex::new(store),
        })
    }

    /// The undocumented choices that hold.
    pub fn choices(&self) -> Choices {
        self.settings.choices
    }

    /// Chooses otherwise from now on; what is stored is indexed accordingly.
    ///
    /// # Errors
    ///
    /// [`ApiError`]: the store failed, and the choices are as before.
    pub fn choose(&mut self, choices: Choices, now: DateTime<Utc>) -> Result<(), ApiError> {
        let settings = Settings {
            choices,
            ..self.settings.clone()
        };
        let store = self.store.get_mut().unwrap_or_else(PoisonError::into_inner);
        store.transact::<_, ApiError>(&settings, now, prepare)?;
        self.settings = settings;
        Ok(())
    }

    /// Whether somebody has opened a shop in it.
    ///
    /// # Errors
    ///
    /// [`ApiError`]: the store failed.
    pub fn has_shop(&self, now: DateTime<Utc>) -> Result<bool, ApiError> {
        self.transact(now, stock::is_stocked)
    }

    /// Answers a request whose signature has been checked.
    ///
    /// # Errors
    ///
    /// [`ApiError`] as the service names it: `BadRequestException` for a member that is missing,
    /// too long or unknown, and for a quota that is used up; `ResourceNotFoundException` for what
    /// does not exist; `InternalServerException` when the store fails.
    pub fn handle(&self, request: &ApiRequest, now: DateTime<Utc>) -> Result<ApiReply, ApiError> {
        self.transact(now, |domain| answer(domain, request))
            .map(ApiReply::ok)
    }

    /// Files the record of a contact that has ended, where the object type `CTR` says.
    ///
    /// # Errors
    ///
    /// [`ApiError`]: the profile is full, or the store failed.
    pub fn contact_ended(
        &self,
        record: &ContactRecord,
        now: DateTime<Utc>,
    ) -> Result<(), ApiError> {
        self.transact(now, |domain| record::file(domain, record))
    }

    /// Fills a domain that has no shop yet with the shop of that seed, as it stands now
    /// ([`crate::shop`]). Whether it had none.
    ///
    /// # Errors
    ///
    /// [`ApiError`]: the store failed.
    pub fn open_shop(&self, seed: u64, now: DateTime<Utc>) -> Result<bool, ApiError> {
        self.transact(now, |domain| stock::fill(domain, seed))
    }

    fn transact<T>(
        &self,
        now: DateTime<Utc>,
        work: impl FnOnce(&Domain<'_>) -> Outcome<T>,
    ) -> Result<T, ApiError> {
        // A panic in a transaction has rolled it back, so the store is as good as before.
        let mut store = self.store.lock().unwrap_or_else(PoisonError::into_inner);
        store.transact(&self.settings, now, work)
    }
}

impl From<Failure> for ApiError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(error) => error,
            Failure::Store(_) | Failure::Json(_) => {
                let cause = std::error::Error::source(&failure).map(ToString::to_string);
                tracing::error!(cause, "customer profiles: {failure}");
                Self::new(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "InternalServerException",
                    "Internal server error",
                )
            }
        }
    }
}

/// Gives a domain what it always has, and what the choices ask for.
fn prepare(domain: &Domain<'_>) -> Outcome<()> {
    object_type::provide(domain)?;
    key::provide(domain)
}

/// What every refusal of the service looks like that a client caused.
fn bad_request(message: impl Into<String>) -> Failure {
    ApiError::bad("BadRequestException", message).into()
}

fn not_found(message: &str) -> Failure {
    ApiError::not_found(message).into()
}

/// Finds the operation by method and path (botocore's model) and does it.
fn answer(domain: &Domain<'_>, request: &ApiRequest) -> Outcome<Value> {
    let (get, post) = (
        request.method == Method::GET,
        request.method == Method::POST,
    );
    let (put, delete) = (
        request.method == Method::PUT,
        request.method == Method::DELETE,
    );
    let segments = request.segments();
    match segments.as_slice() {
        ["templates"] if get => return object_type::list_templates(domain, request),
        ["templates", id] if get => return object_type::template(id),
        ["domains", name, ..] => {
            constraint::name("domainName", name)?;
            if *name != domain.settings.domain {
                return Err(not_found("Domain not found"));
            }
        }
        _ => return Err(ApiError::unknown_operation().into()),
    }
    match segments.get(2..).unwrap_or_default() {
        [] if get => domain_description(domain),
        ["profiles"] if post => profile::create(domain, request),
        ["profiles"] if put => profile::update(domain, request),
        ["profiles", "delete"] if post => profile::delete(domain, request),
        ["profiles", "search"] if post => search::search(domain, request),
        ["profiles", "keys"] if post => profile::add_key(domain, request),
        ["profiles", "keys", "delete"] if post => profile::delete_key(domain, request),
        ["profiles", "objects"] if put => object::put(domain, request),
        ["profiles", "objects"] if post => object::list(domain, request),
        ["profiles", "objects", "delete"] if post => object::delete(domain, request),
        ["profiles", "objects", "merge"] if post => merge::merge(domain, request),
        // As in a domain that nobody has switched matching on in, which is how domains begin.
        ["matches"] if post => Err(bad_request("Matching is not enabled for this domain")),
        ["batch-get-profiles"] if post => profile::batch(domain, request),
        ["object-types"] if get => object_type::list(domain, request),
        ["object-types", name] if get => object_type::get(domain, name),
        ["object-types", name] if put => object_type::put(domain, name, request),
        ["object-types", name] if delete => object_type::delete(domain, name),
        ["profile", id, "calculated-attributes"] if get => calculated::list(domain, id, request),
        ["profile", id, "calculated-attributes", name] if get => calculated::get(domain, id, name),
        _ => Err(ApiError::unknown_operation().into()),
    }
}

/// `GetDomain`.
fn domain_description(domain: &Domain<'_>) -> Outcome<Value> {
    let stats = domain.stats()?;
    let settings = domain.settings;
    Ok(json!({
        "DomainName": settings.domain,
        "DefaultExpirationDays": 366,
        "DefaultEncryptionKey": format!(
            "arn:aws:kms:{}:{}:key/00000000-0000-4000-8000-000000000000",
            settings.region, settings.account
        ),
        "Stats": {
            "ProfileCount": stats.profiles,
            "MeteringProfileCount": stats.profiles,
            "ObjectCount": stats.objects,
            "TotalSize": stats.bytes,
        },
        "CreatedAt": stats.created_at,
        "LastUpdatedAt": stats.updated_at,
        "Tags": {},
    }))
}

#[cfg(test)]
mod tests;
