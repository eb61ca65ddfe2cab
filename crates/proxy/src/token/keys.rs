//! The issuer's public keys: discovered, kept, and fetched anew when one turns up that is not known.
//!
//! However many tokens name keys that nobody has, the issuer is asked at most every half minute, and
//! by one request at a time for which all wait. While it is in trouble only those wait who cannot be
//! served by the keys that are there. A fetch that was begun is finished, whoever leaves.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared};
use http::{Request, Uri};
use http_body_util::Full;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::Value;
use tokio::task::AbortHandle;
use tokio::time::Instant;

use crate::clock::Clock;
use crate::config::is_private_url;
use crate::metrics::Metrics;
use crate::outbound::Outbound;

/// After this the keys are fetched anew, for one may have been withdrawn.
const FRESH: TimeDelta = TimeDelta::minutes(10);
/// While the issuer cannot be reached, older keys are believed for so long.
const USABLE: TimeDelta = TimeDelta::hours(1);
/// Between two fetches for keys that are not known.
const BETWEEN: TimeDelta = TimeDelta::seconds(30);
/// Between two fetches while there are no usable keys at all.
const BETWEEN_FAILURES: TimeDelta = TimeDelta::seconds(1);
/// Discovery and keys together.
const DEADLINE: Duration = Duration::from_secs(3);
/// Larger documents are no key sets.
const LARGEST: usize = 256_000;
/// Keys of one issuer.
const MOST: usize = 64;

/// A key and the one algorithm that it is for.
pub(super) struct Key {
    pub(super) key: DecodingKey,
    pub(super) algorithm: Algorithm,
}

/// What looking for a key came to.
pub(super) enum KeySearch {
    Found(Arc<Key>),
    /// The issuer publishes no such key.
    Unknown,
    /// There are no usable keys, and none can be had.
    Unreachable,
}

/// Why there are no keys of an issuer. Reads after the issuer's address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum KeysError {
    /// A document could not be fetched, or is none.
    #[error("gives no {document} document: {problem}")]
    NoDocument {
        document: &'static str,
        problem: String,
    },
    /// Its discovery document is somebody else's.
    #[error("says that it is another issuer")]
    OtherIssuer,
    /// Its keys would be fetched where anybody could change them on the way.
    #[error("publishes its keys without encryption")]
    OpenKeys,
    /// None of its keys is one that tokens may be signed with.
    #[error("publishes no RS256 or ES256 key")]
    NoKeys,
}

/// The keys of one issuer.
pub(super) struct Keys {
    source: Arc<Source>,
    clock: Clock,
    state: Arc<Mutex<State>>,
}

struct Source {
    issuer: Box<str>,
    outbound: Outbound,
    metrics: Arc<Metrics>,
}

/// The end of a fetch, for whoever waits for it.
type Fetch = Shared<BoxFuture<'static, ()>>;

#[derive(Default)]
struct State {
    keys: HashMap<Box<str>, Arc<Key>>,
    fetched: Option<DateTime<Utc>>,
    tried: Option<DateTime<Utc>>,
    /// The last fetch that has ended brought nothing.
    failed: bool,
    /// The fetch that is under way, or the last one.
    fetch: Option<(AbortHandle, Fetch)>,
}

impl Keys {
    pub(super) fn new(
        issuer: &str,
        outbound: Outbound,
        clock: Clock,
        metrics: Arc<Metrics>,
    ) -> Self {
        let source = Source {
            issuer: issuer.into(),
            outbound,
            metrics,
        };
        Self {
            source: Arc::new(source),
            clock,
            state: Arc::default(),
        }
    }

    /// The key that the issuer calls `id`.
    pub(super) async fn find(&self, id: &str) -> KeySearch {
        if let Some(found) = self.known(id, FRESH) {
            return KeySearch::Found(found);
        }
        let fetch = self.fetch();
        if self.is_issuer_in_trouble()
            && let Some(found) = self.known(id, USABLE)
        {
            return KeySearch::Found(found);
        }
        if let Some(fetch) = fetch {
            fetch.await;
        }
        match self.known(id, USABLE) {
            Some(found) => KeySearch::Found(found),
            None if self.has_any(USABLE) => KeySearch::Unknown,
            None => KeySearch::Unreachable,
        }
    }

    /// Whether there are keys that may be used.
    pub(super) async fn are_there(&self) -> bool {
        if !self.has_any(FRESH)
            && let Some(fetch) = self.fetch()
        {
            fetch.await;
        }
        self.has_any(USABLE)
    }

    /// Fetches the keys for nobody but who asks how many there are.
    pub(super) async fn look(&self) -> Result<usize, KeysError> {
        self.source.fetch().await.map(|keys| keys.len())
    }

    fn known(&self, id: &str, age: TimeDelta) -> Option<Arc<Key>> {
        let state = self.lock();
        state
            .keys
            .get(id)
            .filter(|_| state.is_younger(age, self.clock.now()))
            .cloned()
    }

    /// Whether keys could not be had when they were last asked for.
    fn is_issuer_in_trouble(&self) -> bool {
        self.lock().failed
    }

    fn has_any(&self, age: TimeDelta) -> bool {
        self.lock().is_younger(age, self.clock.now())
    }

    /// The fetch that is under way, or a new one if it is time for one.
    fn fetch(&self) -> Option<Fetch> {
        let now = self.clock.now();
        let mut state = self.lock();
        let running = state.fetch.as_ref().filter(|(task, _)| !task.is_finished());
        if let Some((_, running)) = running {
            return Some(running.clone());
        }
        let between = if state.is_younger(USABLE, now) {
            BETWEEN
        } else {
            BETWEEN_FAILURES
        };
        if state
            .tried
            .is_some_and(|tried| (TimeDelta::zero()..between).contains(&(now - tried)))
        {
            return None;
        }
        state.tried = Some(now);
        let (source, held, clock) = (self.source.clone(), self.state.clone(), self.clock.clone());
        let task = tokio::spawn(async move {
            let keys = source.fetch().await.map_err(|error| {
                tracing::error!(%error, "the issuer's keys could not be fetched: it");
            });
            let keys = keys.ok();
            source.metrics.event(if keys.is_some() {
                "keys_fetched"
            } else {
                "keys_fetch_failed"
            });
            let mut state = held.lock().unwrap_or_else(PoisonError::into_inner);
            state.failed = keys.is_none();
            if let Some(keys) = keys {
                state.keys = keys;
                state.fetched = Some(clock.now());
            }
        });
        let handle = task.abort_handle();
        let fetch = task.map(|_| ()).boxed().shared();
        state.fetch = Some((handle, fetch.clone()));
        Some(fetch)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn is_younger(&self, age: TimeDelta, now: DateTime<Utc>) -> bool {
        self.fetched.is_some_and(|fetched| now - fetched < age)
    }
}

impl Source {
    async fn fetch(&self) -> Result<HashMap<Box<str>, Arc<Key>>, KeysError> {
        #[derive(Deserialize)]
        struct Discovered {
            issuer: String,
            jwks_uri: String,
        }
        #[derive(Deserialize)]
        struct Published {
            keys: Vec<Value>,
        }
        let deadline = Instant::now() + DEADLINE;
        let base = self.issuer.trim_end_matches('/');
        // OpenID Connect Discovery 1.0, 4.
        let url = format!("{base}/.well-known/openid-configuration");
        let discovered: Discovered = self.get("discovery", &url, deadline).await?;
        if *discovered.issuer != *self.issuer {
            return Err(KeysError::OtherIssuer);
        }
        if !is_private_url(&discovered.jwks_uri) {
            return Err(KeysError::OpenKeys);
        }
        let published: Published = self.get("key", &discovered.jwks_uri, deadline).await?;
        let keys: HashMap<_, _> = published
            .keys
            .into_iter()
            .take(MOST)
            .filter_map(usable)
            .collect();
        // Nobody withdraws every key that there is without putting another in its place.
        if keys.is_empty() {
            return Err(KeysError::NoKeys);
        }
        Ok(keys)
    }

    async fn get<T: serde::de::DeserializeOwned>(
        &self,
        document: &'static str,
        url: &str,
        deadline: Instant,
    ) -> Result<T, KeysError> {
        let mut request = Request::new(Full::new(Bytes::new()));
        let uri = url.parse::<Uri>();
        let failed = |problem: String| KeysError::NoDocument { document, problem };
        *request.uri_mut() = uri.map_err(|_| failed("its address is none".to_owned()))?;
        match self.outbound.send(request, deadline, LARGEST).await {
            Ok(answer) if answer.status.is_success() => serde_json::from_slice(&answer.body)
                .map_err(|_| failed("it is not of the form".to_owned())),
            Ok(answer) => Err(failed(answer.status.to_string())),
            Err(error) => Err(failed(format!("failed to {error}"))),
        }
    }
}

/// A published key that tokens may be signed with. One of another kind is none of ours: others use
/// the same set, and new kinds will come.
fn usable(published: Value) -> Option<(Box<str>, Arc<Key>)> {
    let jwk: Jwk = serde_json::from_value(published).ok()?;
    let id = jwk.common.key_id.as_deref().filter(|id| !id.is_empty())?;
    if !matches!(
        jwk.common.public_key_use,
        None | Some(PublicKeyUse::Signature)
    ) {
        return None;
    }
    let (algorithm, named) = match &jwk.algorithm {
        AlgorithmParameters::RSA(key) if is_long_enough(&key.n) => {
            (Algorithm::RS256, KeyAlgorithm::RS256)
        }
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => {
            (Algorithm::ES256, KeyAlgorithm::ES256)
        }
        _ => return None,
    };
    if jwk.common.key_algorithm.is_some_and(|it| it != named) {
        return None;
    }
    let key = DecodingKey::from_jwk(&jwk).ok()?;
    Some((id.into(), Arc::new(Key { key, algorithm })))
}

/// RSA keys of 2048 to 8192 bits, by the length of their modulus in base64 (RFC 7518, 3.3).
fn is_long_enough(modulus: &str) -> bool {
    (342..=1366).contains(&modulus.trim_end_matches('=').len())
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys")
    }
}
