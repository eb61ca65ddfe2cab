//! The client of AWS: signs an operation, sends it, and makes of the answer a value or an error.
//!
//! It knows Signature Version 4 (by `aws-sigv4`), the clocks of two machines that differ, and when a
//! call is worth repeating. It does not know why anything is asked.

mod credentials;
mod error;
mod operation;
mod retry;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::identity::Identity;
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::header::{CONTENT_TYPE, DATE, HeaderName, HeaderValue};
use http::{Method, Request, Uri};
use http_body_util::Full;
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, timeout_at};

use self::credentials::Keys;
pub(crate) use self::error::AwsError;
pub(crate) use self::operation::{
    AddProfileKey, Contact, DescribeContact, ListApprovedOrigins, ListCalculatedAttributes,
    ListProfileObjects, Operation, SearchProfiles, SearchUsers, next_token,
};
use self::operation::{Scope, Service};
use self::retry::{ATTEMPTS, Budget, pause};
use crate::clock::Clock;
use crate::config::Config;
use crate::flight::Flights;
use crate::metrics::Metrics;
use crate::outbound::{Answer, Outbound};

/// A page holds at most 100 objects of 250 kB (quotas of Customer Profiles).
const LARGEST_ANSWER: usize = 26_000_000;
/// Calls that are under way at once: as many as Customer Profiles answers in a second by its quotas,
/// and fewer than a process may have sockets.
const AT_ONCE: usize = 100;
/// AWS refuses a signature that is five minutes off; a clock that is a minute off is corrected
/// when a signature is refused.
const TOLERATED_SKEW: TimeDelta = TimeDelta::minutes(1);

/// The client of the two services.
#[derive(Debug)]
pub(crate) struct Aws {
    outbound: Outbound,
    keys: Keys,
    clock: Clock,
    /// How far AWS's clock is ahead of this one, in seconds.
    skew: AtomicI64,
    budget: Budget,
    places: Semaphore,
    region: Box<str>,
    scope: Scope,
    connect: Uri,
    profiles: Uri,
    attempt: Duration,
    metrics: Arc<Metrics>,
    /// Look-ups that are under way, by address and body.
    flights: Flights<(String, Vec<u8>), Result<Arc<Value>, AwsError>>,
}

/// A request before it is signed.
struct Unsigned {
    service: Service,
    method: Method,
    uri: Uri,
    body: Bytes,
}

impl Aws {
    pub(crate) fn new(
        config: &Config,
        outbound: Outbound,
        credentials: SharedCredentialsProvider,
        clock: Clock,
        metrics: Arc<Metrics>,
    ) -> Self {
        Self {
            outbound,
            keys: Keys::new(credentials),
            clock,
            skew: AtomicI64::new(0),
            budget: Budget::new(),
            places: Semaphore::new(AT_ONCE),
            region: config.region.clone(),
            scope: Scope {
                instance: config.instance.clone(),
                domain: config.domain.clone(),
            },
            connect: config.connect.clone(),
            profiles: config.profiles.clone(),
            // An attempt that AWS leaves without an answer leaves time for another.
            attempt: config.limits.timeout * 4 / 9,
            metrics,
            flights: Flights::new(),
        }
    }

    /// The present moment by AWS's clock, as far as it is known.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now() + TimeDelta::seconds(self.skew.load(Ordering::Relaxed))
    }

    /// Whether there are credentials to sign with.
    ///
    /// # Errors
    ///
    /// [`AwsError::NoCredentials`].
    pub(crate) async fn has_credentials(&self) -> Result<(), AwsError> {
        self.keys.get(self.now()).await.map(|_| ())
    }

    /// Looks something up, together with whoever asks the same at the same moment.
    ///
    /// # Errors
    ///
    /// As [`Aws::send`].
    pub(crate) async fn look_up<O>(
        self: &Arc<Self>,
        operation: O,
        deadline: Instant,
    ) -> Result<Arc<Value>, AwsError>
    where
        O: Operation<Reply = Value> + Send + 'static,
    {
        let target = operation.target(&self.scope).into_text();
        let body = operation.body(&self.scope).unwrap_or_default();
        let operation = Arc::new(operation);
        let ask = || {
            let (aws, operation) = (self.clone(), operation.clone());
            async move { aws.send(&*operation, deadline).await.map(Arc::new) }
        };
        self.flights
            .join(&(target, body), ask, is_out_of_time)
            .await
    }

    /// Asks for `operation`, again where that may help, until `deadline`.
    ///
    /// # Errors
    ///
    /// The last attempt's.
    pub(crate) async fn send<O: Operation>(
        &self,
        operation: &O,
        deadline: Instant,
    ) -> Result<O::Reply, AwsError> {
        let began = Instant::now();
        let result = self.persist(operation, deadline).await;
        let outcome = result.as_ref().err().map_or("ok", AwsError::outcome);
        self.metrics.upstream(O::NAME, outcome, began.elapsed());
        // That something is not there is an answer; who asked says what it means.
        if let Err(error) = result.as_ref()
            && !matches!(error, AwsError::NotFound(_))
        {
            tracing::warn!(operation = O::NAME, outcome, %error, "AWS gave nothing");
        }
        result
    }

    async fn persist<O: Operation>(
        &self,
        operation: &O,
        deadline: Instant,
    ) -> Result<O::Reply, AwsError> {
        let unsigned = self.unsigned(operation)?;
        let mut failed = 0;
        let mut spent = 0;
        let mut is_corrected = false;
        loop {
            // Before anything is signed: a signature is as old as its request.
            let place = timeout_at(deadline, self.places.acquire()).await;
            let Ok(place) = place else {
                return Err(AwsError::Silent);
            };
            let signed_at = self.now();
            let result = self.attempt(&unsigned, signed_at, deadline).await;
            drop(place);
            let error = match result {
                Ok(body) => match read::<O>(&body) {
                    Ok(reply) => {
                        self.budget.give_back(spent);
                        return Ok(reply);
                    }
                    Err(error) => error,
                },
                Err((error, answer)) => {
                    // What is wrong with the clock or the keys is mended once, and at once.
                    if !is_corrected && self.correct(&error, signed_at, answer.as_ref()) {
                        is_corrected = true;
                        continue;
                    }
                    error
                }
            };
            failed += 1;
            if failed == ATTEMPTS || !error.is_transient() {
                return Err(error);
            }
            let pause = pause(failed, &error);
            if pause >= deadline.saturating_duration_since(Instant::now()) {
                return Err(error);
            }
            let Some(cost) = self.budget.take(error == AwsError::Silent) else {
                return Err(error);
            };
            spent += cost;
            sleep(pause).await;
        }
    }

    async fn attempt(
        &self,
        unsigned: &Unsigned,
        signed_at: DateTime<Utc>,
        deadline: Instant,
    ) -> Result<Bytes, (AwsError, Option<Answer>)> {
        let identity = timeout_at(deadline, self.keys.get(signed_at))
            .await
            .unwrap_or(Err(AwsError::NoCredentials))
            .map_err(|error| (error, None))?;
        let request = signed(unsigned, &identity, &self.region, signed_at.into())
            .map_err(|error| (error, None))?;
        let answer = self
            .outbound
            .send(
                request,
                deadline.min(Instant::now() + self.attempt),
                LARGEST_ANSWER,
            )
            .await
            .map_err(|error| (error.into(), None))?;
        if answer.status.is_success() {
            return Ok(answer.body);
        }
        Err((AwsError::read(&answer), Some(answer)))
    }

    /// Whether something was mended for which a call was refused: credentials that are no longer good are
    /// fetched anew, and a clock that is off is set by the server's. The clock is the one that was signed
    /// by: meanwhile another call may have set it.
    fn correct(&self, error: &AwsError, signed_at: DateTime<Utc>, answer: Option<&Answer>) -> bool {
        if error.is_of_credentials() {
            self.keys.forget();
            return true;
        }
        let Some(theirs) = answer.filter(|_| error.is_of_signature()).and_then(date) else {
            return false;
        };
        if (theirs - signed_at).abs() < TOLERATED_SKEW {
            return false;
        }
        let skew = (theirs - self.clock.now()).num_seconds();
        tracing::warn!(
            skew_seconds = skew,
            "this machine's clock is off; signing by AWS's"
        );
        self.skew.store(skew, Ordering::Relaxed);
        true
    }

    fn unsigned<O: Operation>(&self, operation: &O) -> Result<Unsigned, AwsError> {
        let base = match O::SERVICE {
            Service::Connect => &self.connect,
            Service::Profiles => &self.profiles,
        };
        let target = operation.target(&self.scope);
        let mut parts = base.clone().into_parts();
        parts.path_and_query = target.as_str().parse().ok();
        // What is encoded by `Target` is always a path; without one nothing is sent.
        let uri = Uri::from_parts(parts).map_err(|_| AwsError::Malformed)?;
        Ok(Unsigned {
            service: O::SERVICE,
            method: O::METHOD,
            uri,
            body: operation.body(&self.scope).unwrap_or_default().into(),
        })
    }
}

/// Whether there is no answer because whoever asked first had no more time for one.
pub(crate) fn is_out_of_time<T>(result: &Result<T, AwsError>) -> bool {
    matches!(result, Err(AwsError::Silent))
}

fn read<O: Operation>(body: &[u8]) -> Result<O::Reply, AwsError> {
    // Some operations answer with nothing at all.
    let body = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(body).map_err(|_| AwsError::Malformed)
}

const JSON: HeaderValue = HeaderValue::from_static("application/json");

fn signed(
    unsigned: &Unsigned,
    identity: &Identity,
    region: &str,
    time: SystemTime,
) -> Result<Request<Full<Bytes>>, AwsError> {
    let params = v4::SigningParams::builder()
        .identity(identity)
        .region(region)
        .name(unsigned.service.signing_name())
        .time(time)
        .settings(SigningSettings::default())
        .build()
        .map_err(|_| AwsError::NoCredentials)?
        .into();
    let uri = unsigned.uri.to_string();
    let content_type = (!unsigned.body.is_empty()).then_some(("content-type", "application/json"));
    let signable = SignableRequest::new(
        unsigned.method.as_str(),
        uri.as_str(),
        content_type.into_iter(),
        SignableBody::Bytes(&unsigned.body),
    )
    .map_err(|_| AwsError::Malformed)?;
    let (instructions, _) = sign(signable, &params)
        .map_err(|_| AwsError::NoCredentials)?
        .into_parts();
    let mut request = Request::new(Full::new(unsigned.body.clone()));
    *request.method_mut() = unsigned.method.clone();
    *request.uri_mut() = unsigned.uri.clone();
    if content_type.is_some() {
        request.headers_mut().insert(CONTENT_TYPE, JSON);
    }
    let (headers, _) = instructions.into_parts();
    for header in headers {
        let mut value =
            HeaderValue::from_str(header.value()).map_err(|_| AwsError::NoCredentials)?;
        value.set_sensitive(matches!(
            header.name(),
            "authorization" | "x-amz-security-token"
        ));
        request
            .headers_mut()
            .insert(HeaderName::from_static(header.name()), value);
    }
    Ok(request)
}

fn date(answer: &Answer) -> Option<DateTime<Utc>> {
    let text = answer.headers.get(DATE)?.to_str().ok()?;
    Some(DateTime::parse_from_rfc2822(text).ok()?.to_utc())
}

#[cfg(test)]
mod tests;
