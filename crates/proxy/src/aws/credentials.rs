//! The keys that requests are signed with, fetched when they are needed and kept while they are good.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use aws_credential_types::provider::{ProvideCredentials as _, SharedCredentialsProvider};
use aws_smithy_runtime_api::client::identity::Identity;
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared};
use tokio::task::AbortHandle;

use super::AwsError;

/// Credentials are renewed while they are still good, so that no request waits for it.
const EARLY: TimeDelta = TimeDelta::minutes(5);
/// Between two attempts to renew them: a chain may give the same ones until they are over.
const BETWEEN: TimeDelta = TimeDelta::seconds(10);

/// Credentials of the standard chain.
pub(super) struct Keys {
    provider: SharedCredentialsProvider,
    held: Arc<RwLock<Option<Held>>>,
    /// The fetch that is under way, or the last one. It goes on whoever waits for it.
    fetch: Mutex<Option<(AbortHandle, Fetch)>>,
}

/// What a fetch comes to; whoever is interested waits for it.
type Fetch = Shared<BoxFuture<'static, Result<Identity, AwsError>>>;

/// In the form that the signer wants, made once.
#[derive(Clone)]
struct Held {
    identity: Identity,
    renewed_at: DateTime<Utc>,
    expires: DateTime<Utc>,
}

impl Keys {
    pub(super) fn new(provider: SharedCredentialsProvider) -> Self {
        Self {
            provider,
            held: Arc::default(),
            fetch: Mutex::default(),
        }
    }

    /// Credentials that are good at `now`.
    ///
    /// # Errors
    ///
    /// [`AwsError::NoCredentials`] when the chain has none.
    pub(super) async fn get(&self, now: DateTime<Utc>) -> Result<Identity, AwsError> {
        let Some(held) = self.held().filter(|held| now < held.expires) else {
            return self.fetch(now).await;
        };
        if now >= held.renewed_at {
            self.renew(now);
        }
        Ok(held.identity)
    }

    /// Begins to renew them, for which nobody waits.
    fn renew(&self, now: DateTime<Utc>) {
        if let Some(held) = &mut *self.held.write().unwrap_or_else(PoisonError::into_inner) {
            held.renewed_at = now + BETWEEN;
        }
        drop(self.fetch(now));
    }

    /// AWS has said that the credentials are no longer good.
    pub(super) fn forget(&self) {
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn held(&self) -> Option<Held> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        held.clone()
    }

    fn fetch(&self, now: DateTime<Utc>) -> Fetch {
        let mut fetch = self.fetch.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, running)) = fetch.as_ref().filter(|(task, _)| !task.is_finished()) {
            return running.clone();
        }
        let (provider, held) = (self.provider.clone(), self.held.clone());
        let task = tokio::spawn(async move {
            let credentials = provider.provide_credentials().await.map_err(|error| {
                // The chain's own words name providers and files, never keys.
                tracing::error!(%error, "no credentials");
                AwsError::NoCredentials
            })?;
            let expires = credentials
                .expiry()
                .map_or(DateTime::<Utc>::MAX_UTC, DateTime::from);
            let identity = Identity::from(credentials);
            *held.write().unwrap_or_else(PoisonError::into_inner) = Some(Held {
                identity: identity.clone(),
                renewed_at: (expires - EARLY).max(now + BETWEEN),
                expires,
            });
            Ok(identity)
        });
        let handle = task.abort_handle();
        let begun = task
            .map(|ended| ended.unwrap_or(Err(AwsError::NoCredentials)))
            .boxed()
            .shared();
        *fetch = Some((handle, begun.clone()));
        begun
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::sync::{Arc, Mutex};

    use aws_credential_types::Credentials;
    use aws_credential_types::provider::error::CredentialsError;
    use aws_credential_types::provider::{ProvideCredentials, future};
    use futures_util::FutureExt as _;
    use tokio::sync::oneshot;

    use super::*;

    type Reply = Result<Credentials, CredentialsError>;

    /// A chain that answers in turn, each time when the test lets it.
    #[derive(Debug, Clone, Default)]
    struct Chain(Arc<Mutex<VecDeque<oneshot::Receiver<Reply>>>>);

    impl Chain {
        fn will(&self) -> oneshot::Sender<Reply> {
            let (tell, told) = oneshot::channel();
            self.0.lock().expect("no panic").push_back(told);
            tell
        }

        fn not_asked_for(&self) -> usize {
            self.0.lock().expect("no panic").len()
        }
    }

    impl ProvideCredentials for Chain {
        fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
        where
            Self: 'a,
        {
            let next = self.0.lock().expect("no panic").pop_front();
            future::ProvideCredentials::new(async move {
                let told = next.ok_or_else(|| CredentialsError::not_loaded("asked too often"))?;
                told.await.map_err(CredentialsError::provider_error)?
            })
        }
    }

    fn noon() -> DateTime<Utc> {
        "2026-11-03T04:05:06Z".parse().expect("an instant")
    }

    /// Credentials that are good for that many minutes from noon on.
    fn good_for(minutes: i64) -> Credentials {
        let expiry = (noon() + TimeDelta::minutes(minutes)).into();
        Credentials::new(
            "AKIAIOSFODNN7EXAMPLE",
            "EXAMPLE",
            None,
            Some(expiry),
            "test",
        )
    }

    fn keys() -> (Chain, Keys) {
        let chain = Chain::default();
        let keys = Keys::new(SharedCredentialsProvider::new(chain.clone()));
        (chain, keys)
    }

    #[tokio::test]
    async fn credentials_are_fetched_once_and_renewed_early() {
        let (chain, keys) = keys();
        // A chain may give the same ones until they are over.
        for minutes in [60, 60, 120] {
            chain.will().send(Ok(good_for(minutes))).expect("a chain");
        }
        for (seconds, not_asked_for) in [
            (0, 2),
            (54 * 60 + 59, 2),
            (55 * 60, 1),
            (55 * 60 + 9, 1),
            (55 * 60 + 10, 0),
            (60 * 60 + 1, 0),
        ] {
            let at = noon() + TimeDelta::seconds(seconds);
            keys.get(at).await.expect("credentials");
            tokio::task::yield_now().await;
            assert_eq!(chain.not_asked_for(), not_asked_for, "after {seconds} s");
        }
    }

    #[tokio::test]
    async fn nobody_waits_for_credentials_that_are_renewed_early() {
        let (chain, keys) = keys();
        chain.will().send(Ok(good_for(60))).expect("a chain");
        keys.get(noon()).await.expect("credentials");
        let _waiting = chain.will();
        let early = keys.get(noon() + TimeDelta::minutes(56));
        assert!(early.now_or_never().is_some_and(|it| it.is_ok()));
    }

    #[tokio::test]
    async fn credentials_that_cannot_be_renewed_are_used_to_their_end() {
        let (chain, keys) = keys();
        chain.will().send(Ok(good_for(60))).expect("a chain");
        keys.get(noon()).await.expect("credentials");
        let missing = || CredentialsError::not_loaded("nobody answers");
        chain.will().send(Err(missing())).expect("a chain");
        keys.get(noon() + TimeDelta::minutes(59))
            .await
            .expect("they are good still");
        chain.will().send(Err(missing())).expect("a chain");
        let over = keys.get(noon() + TimeDelta::minutes(60)).await;
        assert_eq!(over.expect_err("they are over"), AwsError::NoCredentials);
    }

    #[tokio::test]
    async fn a_fetch_that_was_begun_is_finished_whoever_leaves() {
        let (chain, keys) = keys();
        let told = chain.will();
        assert!(keys.get(noon()).now_or_never().is_none());
        tokio::task::yield_now().await;
        told.send(Ok(good_for(60)))
            .expect("the chain is asked still");
        keys.get(noon()).await.expect("credentials");
    }
}
