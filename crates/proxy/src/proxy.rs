//! What one proxy holds while it runs, put together from its configuration.

use std::sync::Arc;

use aws_credential_types::provider::SharedCredentialsProvider;
use chrono::TimeDelta;
use tokio::sync::Semaphore;

use crate::agent::Agents;
use crate::aws::Aws;
use crate::clock::Clock;
use crate::config::Config;
use crate::customer::Found;
use crate::limit::Limiter;
use crate::metrics::Metrics;
use crate::outbound::Outbound;
use crate::phone_number::HomeCountry;
use crate::token::Verifier;

/// One proxy.
#[derive(Debug)]
pub struct Proxy {
    pub(crate) config: Config,
    pub(crate) home: HomeCountry,
    pub(crate) clock: Clock,
    pub(crate) aws: Arc<Aws>,
    pub(crate) verifier: Verifier,
    pub(crate) agents: Agents,
    /// Every request of an agent.
    pub(crate) requests: Limiter,
    /// Those that are not about a contact of theirs.
    pub(crate) searches: Limiter,
    pub(crate) places: Arc<Semaphore>,
    pub(crate) found: Found,
    pub(crate) metrics: Arc<Metrics>,
}

impl Proxy {
    /// A proxy that signs with `credentials`.
    ///
    /// # Errors
    ///
    /// When the machine's trusted certificates cannot be read.
    pub fn new(
        config: Config,
        credentials: SharedCredentialsProvider,
        clock: Clock,
    ) -> std::io::Result<Arc<Self>> {
        let metrics = Arc::new(Metrics::default());
        let outbound = Outbound::new()?;
        let aws = Aws::new(
            &config,
            outbound.clone(),
            credentials,
            clock.clone(),
            metrics.clone(),
        );
        let aws = Arc::new(aws);
        Ok(Arc::new(Self {
            home: config.country,
            verifier: Verifier::new(
                config.tokens.clone(),
                outbound,
                clock.clone(),
                metrics.clone(),
            ),
            agents: Agents::new(config.tokens.user_by, aws.clone()),
            requests: Limiter::per_minute(config.limits.requests_per_minute),
            searches: Limiter::per_minute(config.limits.searches_per_minute),
            places: Arc::new(Semaphore::new(config.limits.concurrency)),
            found: Found::new(
                TimeDelta::from_std(config.cache.time).unwrap_or_default(),
                config.cache.bytes,
            ),
            aws,
            clock,
            metrics,
            config,
        }))
    }
}
