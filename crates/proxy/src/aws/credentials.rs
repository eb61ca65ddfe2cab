//! The keys that requests are signed with, fetched when they are needed and kept while they are good.

use std::fmt;
use std::sync::{PoisonError, RwLock};

use aws_credential_types::provider::{ProvideCredentials as _, SharedCredentialsProvider};
use aws_smithy_runtime_api::client::identity::Identity;
use chrono::{DateTime, TimeDelta, Utc};

use super::AwsError;

/// Credentials are renewed while they are still good, so that no request waits for it in vain.
const EARLY: TimeDelta = TimeDelta::minutes(5);

/// Credentials of the standard chain.
pub(super) struct Keys {
    provider: SharedCredentialsProvider,
    held: RwLock<Option<Held>>,
    /// Held by whoever fetches, so that the others wait for what it brings.
    fetching: tokio::sync::Mutex<()>,
}

/// In the form that the signer wants, made once.
#[derive(Clone)]
struct Held {
    identity: Identity,
    renewed_at: DateTime<Utc>,
}

impl Keys {
    pub(super) fn new(provider: SharedCredentialsProvider) -> Self {
        Self {
            provider,
            held: RwLock::new(None),
            fetching: tokio::sync::Mutex::new(()),
        }
    }

    /// Credentials that are good at `now`.
    ///
    /// # Errors
    ///
    /// [`AwsError::NoCredentials`] when the chain has none.
    pub(super) async fn get(&self, now: DateTime<Utc>) -> Result<Identity, AwsError> {
        if let Some(identity) = self.held(now) {
            return Ok(identity);
        }
        let _first = self.fetching.lock().await;
        if let Some(identity) = self.held(now) {
            return Ok(identity);
        }
        let credentials = self.provider.provide_credentials().await.map_err(|error| {
            // The chain's own words name providers and files, never keys.
            tracing::error!(%error, "no credentials");
            AwsError::NoCredentials
        })?;
        let renewed_at = credentials
            .expiry()
            .map_or(DateTime::<Utc>::MAX_UTC, |expiry| {
                DateTime::<Utc>::from(expiry) - EARLY
            });
        let identity = Identity::from(credentials);
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = Some(Held {
            identity: identity.clone(),
            renewed_at,
        });
        Ok(identity)
    }

    /// AWS has said that the credentials are no longer good.
    pub(super) fn forget(&self) {
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn held(&self, now: DateTime<Utc>) -> Option<Identity> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        held.as_ref()
            .filter(|held| now < held.renewed_at)
            .map(|held| held.identity.clone())
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys")
    }
}
