//! What a deployment decides: read from the environment once, at start, and checked as a whole.
//!
//! A fault in one variable hides no other: [`Config::read`] names them all, each with what it should
//! have been. The values of variables never stand in a message, for one of them may be a secret that
//! was put in the wrong place. Credentials are not configured here: they come by the AWS chain
//! (environment, profile, web identity, container, instance).

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;
use std::time::Duration;

use aws_config::{BehaviorVersion, Region};
use aws_credential_types::provider::SharedCredentialsProvider;
use http::Uri;
use tracing_subscriber::filter::{LevelFilter, Targets};

use crate::orders::OrderObject;
use crate::phone_number::HomeCountry;

/// Every variable that the proxy reads, with what it means. `README.md` shows the same table; a
/// test holds the two together.
pub const VARIABLES: &[Variable] = &[
    Variable::required(
        "AWS_REGION",
        "region of the Connect instance, such as `ap-northeast-1`",
    ),
    Variable::required(
        "DESK_CONNECT_INSTANCE",
        "id of the Connect instance, a UUID",
    ),
    Variable::required(
        "DESK_PROFILES_DOMAIN",
        "name of the Customer Profiles domain",
    ),
    Variable::required(
        "DESK_ORIGINS",
        "origins that the desk is served from, comma-separated, such as `https://desk.example.com`",
    ),
    Variable::required(
        "DESK_ISSUER",
        "issuer of the agents' tokens: `https`, or `http` on loopback",
    ),
    Variable::required("DESK_AUDIENCE", "who the token must have been made out to"),
    Variable::optional(
        "DESK_AUDIENCE_CLAIM",
        "aud",
        "claim that holds it: `aud` or `client_id`",
    ),
    Variable::optional(
        "DESK_USER_CLAIM",
        "preferred_username",
        "claim that names the Connect user",
    ),
    Variable::optional(
        "DESK_USER_BY",
        "username",
        "what that claim holds: a Connect `username`, or its user `id`",
    ),
    Variable::optional(
        "DESK_TOKEN_LEEWAY_SECONDS",
        "60",
        "how far the clocks of issuer and proxy may differ; 0 to 300",
    ),
    Variable::optional(
        "DESK_COUNTRY",
        "JP",
        "country whose national numbers are understood, ISO 3166-1",
    ),
    Variable::optional(
        "DESK_ORDER_TYPES",
        "_order,Shopify-Order,Shopify-DraftOrder",
        "object types that hold orders in this domain",
    ),
    Variable::optional(
        "DESK_ORDER_NAME_KEY",
        "",
        "search key that the domain maps for the shop's order name (`#1001`); empty: none",
    ),
    Variable::optional(
        "DESK_REQUESTS_PER_MINUTE",
        "120",
        "requests of one agent; a burst of a quarter of it",
    ),
    Variable::optional(
        "DESK_SEARCHES_PER_MINUTE",
        "20",
        "searches of one agent, the agent's own right; a burst of a quarter of it",
    ),
    Variable::optional(
        "DESK_CONCURRENCY",
        "128",
        "requests at once; more are answered 503",
    ),
    Variable::optional(
        "DESK_TIMEOUT_MS",
        "4500",
        "a request with all that it asks of AWS; 500 to 30000",
    ),
    Variable::optional(
        "DESK_CACHE_SECONDS",
        "600",
        "how long what was found for a contact is kept; 0: not at all",
    ),
    Variable::optional("DESK_CACHE_BYTES", "8000000", "how much of it is kept"),
    Variable::optional(
        "DESK_LISTEN",
        "127.0.0.1:8787",
        "address of the local server; without meaning on Lambda",
    ),
    Variable::optional(
        "DESK_LOG",
        "info",
        "what is logged: `error`, `warn`, `info`, `debug`, or `target=level` pairs",
    ),
    Variable::optional(
        "AWS_ENDPOINT_URL",
        "",
        "where every AWS service is, instead of AWS",
    ),
    Variable::optional(
        "AWS_ENDPOINT_URL_CONNECT",
        "",
        "where Connect is; before AWS_ENDPOINT_URL",
    ),
    Variable::optional(
        "AWS_ENDPOINT_URL_CUSTOMER_PROFILES",
        "",
        "where Customer Profiles is; before AWS_ENDPOINT_URL",
    ),
    Variable::optional(
        "DESK_CLOCK_URL",
        "",
        "where a simulator says what time it is; only where AWS and the issuer are simulated too, on loopback",
    ),
];

/// One environment variable.
#[derive(Debug, Clone, Copy)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// What it is when it is not set; `None` where it must be.
    pub default: Option<&'static str>,
    /// What it means.
    pub meaning: &'static str,
}

impl Variable {
    const fn required(name: &'static str, meaning: &'static str) -> Self {
        Self {
            name,
            default: None,
            meaning,
        }
    }

    const fn optional(name: &'static str, default: &'static str, meaning: &'static str) -> Self {
        Self {
            name,
            default: Some(default),
            meaning,
        }
    }
}

/// The settings of one deployment, each of them checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// Region whose name is signed.
    pub region: Box<str>,
    /// Id of the Connect instance.
    pub instance: Box<str>,
    /// Name of the Customer Profiles domain.
    pub domain: Box<str>,
    /// Where Connect answers: scheme and authority.
    pub connect: Uri,
    /// Where Customer Profiles answers: scheme and authority.
    pub profiles: Uri,
    /// Origins that may ask, as a browser writes them.
    pub origins: Vec<Box<str>>,
    /// Whose tokens are believed, and which of them.
    pub tokens: TokenConfig,
    /// Country of numbers without a country code.
    pub country: HomeCountry,
    /// Object types that are read as orders, in the order in which they are asked for.
    pub order_types: Vec<OrderObject>,
    /// Search key of the shop's order name, where the domain has one.
    pub order_name_key: Option<Box<str>>,
    /// How much an agent and all of them together may ask.
    pub limits: Limits,
    /// How long and how much is kept of what was found for a contact.
    pub cache: CacheLimits,
    /// Address of the local server.
    pub listen: SocketAddr,
    /// What is logged, in the form of [`tracing_subscriber::filter::Targets`].
    pub log: Box<str>,
    /// Whose clock is believed instead of this machine's, in a local world that is simulated as a
    /// whole.
    pub clock: Option<Uri>,
}

/// Which tokens are believed and whom they name.
#[derive(Debug, Clone)]
pub struct TokenConfig {
    /// Issuer, exactly as its tokens write it.
    pub issuer: Box<str>,
    /// Who the token must be made out to.
    pub audience: Box<str>,
    /// The claim that says so.
    pub audience_claim: AudienceClaim,
    /// The claim that names the Connect user.
    pub user_claim: Box<str>,
    /// What that claim holds.
    pub user_by: UserBy,
    /// How far the issuer's clock may be from this one.
    pub leeway: Duration,
}

/// The claim that says who a token is made out to. Amazon Cognito's access tokens have no `aud`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AudienceClaim {
    /// `aud`: a text or a list (RFC 7519, 4.1.3).
    Aud,
    /// `client_id`.
    ClientId,
}

/// What the user claim holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserBy {
    /// The Connect user's name, to be looked up with `SearchUsers`.
    Username,
    /// The id of the Connect user itself.
    Id,
}

/// How much may be asked. On Lambda each instance counts for itself.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Requests of one agent a minute.
    pub requests_per_minute: u32,
    /// Searches of one agent a minute.
    pub searches_per_minute: u32,
    /// Requests at once.
    pub concurrency: usize,
    /// All that a request asks of AWS, from the head of the request on.
    pub timeout: Duration,
}

/// How much is kept in memory.
#[derive(Debug, Clone, Copy)]
pub struct CacheLimits {
    /// How long; zero keeps nothing.
    pub time: Duration,
    /// How many bytes of lines.
    pub bytes: usize,
}

/// Everything that is wrong with the environment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ConfigError(Vec<Fault>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Fault {
    variable: &'static str,
    expected: &'static str,
}

impl ConfigError {
    /// Names of the variables that are missing or wrong.
    pub fn variables(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.0.iter().map(|fault| fault.variable)
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "read the environment:")?;
        for fault in &self.0 {
            write!(f, "\n  {}: expected {}", fault.variable, fault.expected)?;
        }
        Ok(())
    }
}

/// There is no place to look for credentials at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the chain of credentials is empty")]
pub struct NoCredentials;

impl Config {
    /// Reads the process's environment.
    ///
    /// # Errors
    ///
    /// Every variable that is missing or wrong.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::read(|name| std::env::var(name).ok())
    }

    /// What this machine has to sign with, by AWS's own chain of places to look. Nothing is asked of
    /// them yet.
    ///
    /// # Errors
    ///
    /// [`NoCredentials`].
    pub async fn credentials(&self) -> Result<SharedCredentialsProvider, NoCredentials> {
        let chain = aws_config::defaults(BehaviorVersion::latest())
            .region(Region::new(self.region.to_string()))
            .load()
            .await;
        chain.credentials_provider().ok_or(NoCredentials)
    }

    /// Reads variables by `look_up`; an empty one counts as not set.
    ///
    /// # Errors
    ///
    /// Every variable that is missing or wrong.
    pub fn read(look_up: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let mut reader = Reader::new(look_up);
        let region = reader.text("AWS_REGION", "letters, digits and dashes", is_name);
        let endpoint = |reader: &mut Reader, own: &'static str, host: &str| {
            let name = if reader.is_set(own) {
                own
            } else {
                "AWS_ENDPOINT_URL"
            };
            if reader.is_set(name) {
                return reader.parse(
                    name,
                    "a URL of scheme and host alone, `https` or loopback",
                    service_url,
                );
            }
            format!("https://{host}.{region}.amazonaws.com")
                .parse()
                .ok()
        };
        let connect = endpoint(&mut reader, "AWS_ENDPOINT_URL_CONNECT", "connect");
        let profiles = endpoint(&mut reader, "AWS_ENDPOINT_URL_CUSTOMER_PROFILES", "profile");
        let tokens = TokenConfig::read(&mut reader);
        let country = reader.parse(
            "DESK_COUNTRY",
            "two capital letters of a country",
            HomeCountry::from_iso,
        );
        let order_types = reader.parse(
            "DESK_ORDER_TYPES",
            "`_order`, `Shopify-Order`, `Shopify-DraftOrder`, comma-separated, each once",
            order_types,
        );
        let is_simulated = [&connect, &profiles]
            .into_iter()
            .all(|service| service.as_ref().is_some_and(is_loopback))
            && tokens
                .issuer
                .parse()
                .is_ok_and(|issuer| is_loopback(&issuer));
        let clock = reader.parse(
            "DESK_CLOCK_URL",
            "a URL on loopback, and AWS and the issuer there too",
            |it| parts(it).filter(|url| is_simulated && is_loopback(url) && url.port().is_some()),
        );
        // Something must stand there while the other faults are looked for.
        let Some(country) = country.or_else(|| HomeCountry::from_iso("JP")) else {
            return Err(ConfigError(reader.faults));
        };
        let config = Self {
            instance: reader.text(
                "DESK_CONNECT_INSTANCE",
                "1 to 100 letters, digits and dashes",
                |it| is_name(it) && it.len() <= 100,
            ),
            domain: reader.text(
                "DESK_PROFILES_DOMAIN",
                "1 to 64 letters, digits, `-` and `_`",
                is_model_name,
            ),
            connect: connect.unwrap_or_default(),
            profiles: profiles.unwrap_or_default(),
            origins: reader.list(
                "DESK_ORIGINS",
                "origins without a path, comma-separated",
                is_origin,
            ),
            tokens,
            country,
            order_types: order_types.unwrap_or_default(),
            order_name_key: reader.parse("DESK_ORDER_NAME_KEY", "the name of a search key", |it| {
                is_model_name(it).then(|| it.into())
            }),
            limits: Limits::read(&mut reader),
            cache: CacheLimits {
                time: Duration::from_secs(reader.number(
                    "DESK_CACHE_SECONDS",
                    "0 to 3600",
                    0..=3_600,
                )),
                bytes: reader.number("DESK_CACHE_BYTES", "0 to 1000000000", 0..=1_000_000_000),
            },
            listen: reader
                .parse("DESK_LISTEN", "an address and a port", |it| it.parse().ok())
                .unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 0))),
            log: reader.text("DESK_LOG", "levels of targets, none above `debug`", is_log),
            clock,
            region,
        };
        reader.finish(config)
    }
}

impl TokenConfig {
    fn read(reader: &mut Reader) -> Self {
        Self {
            issuer: reader.text(
                "DESK_ISSUER",
                "a URL, `https` or loopback, without query",
                is_issuer,
            ),
            audience: reader.text("DESK_AUDIENCE", "an audience or client id", |_| true),
            audience_claim: reader
                .parse(
                    "DESK_AUDIENCE_CLAIM",
                    "`aud` or `client_id`",
                    |it| match it {
                        "aud" => Some(AudienceClaim::Aud),
                        "client_id" => Some(AudienceClaim::ClientId),
                        _ => None,
                    },
                )
                .unwrap_or(AudienceClaim::Aud),
            user_claim: reader.text(
                "DESK_USER_CLAIM",
                "a claim that names somebody",
                is_user_claim,
            ),
            user_by: reader
                .parse("DESK_USER_BY", "`username` or `id`", |it| match it {
                    "username" => Some(UserBy::Username),
                    "id" => Some(UserBy::Id),
                    _ => None,
                })
                .unwrap_or(UserBy::Username),
            leeway: Duration::from_secs(reader.number(
                "DESK_TOKEN_LEEWAY_SECONDS",
                "0 to 300",
                0..=300,
            )),
        }
    }
}

impl Limits {
    fn read(reader: &mut Reader) -> Self {
        Self {
            requests_per_minute: reader.number(
                "DESK_REQUESTS_PER_MINUTE",
                "4 to 100000",
                4..=100_000,
            ),
            searches_per_minute: reader.number(
                "DESK_SEARCHES_PER_MINUTE",
                "4 to 100000",
                4..=100_000,
            ),
            concurrency: reader.number("DESK_CONCURRENCY", "1 to 10000", 1..=10_000),
            timeout: Duration::from_millis(reader.number(
                "DESK_TIMEOUT_MS",
                "500 to 30000",
                500..=30_000,
            )),
        }
    }
}

/// Reads values and gathers what is wrong with them.
struct Reader {
    values: BTreeMap<&'static str, Option<String>>,
    faults: Vec<Fault>,
}

impl Reader {
    fn new(look_up: impl Fn(&str) -> Option<String>) -> Self {
        let values = VARIABLES
            .iter()
            .map(|variable| {
                let value = look_up(variable.name)
                    .map(|it| it.trim().to_owned())
                    .filter(|it| !it.is_empty());
                (
                    variable.name,
                    value.or_else(|| variable.default.map(str::to_owned)),
                )
            })
            .collect();
        Self {
            values,
            faults: Vec::new(),
        }
    }

    fn is_set(&self, name: &str) -> bool {
        self.values
            .get(name)
            .is_some_and(|value| value.as_ref().is_some_and(|it| !it.is_empty()))
    }

    /// `None` where the variable is optional and empty, or wrong, which is then remembered.
    fn parse<T>(
        &mut self,
        name: &'static str,
        expected: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let parsed = match self.values.get(name) {
            Some(Some(value)) if value.is_empty() => return None,
            Some(Some(value)) => parse(value),
            Some(None) | None => None,
        };
        let fault = Fault {
            variable: name,
            expected,
        };
        // Two settings may come from one variable.
        if parsed.is_none() && !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
        parsed
    }

    fn text(
        &mut self,
        name: &'static str,
        expected: &'static str,
        is_good: impl FnOnce(&str) -> bool,
    ) -> Box<str> {
        self.parse(name, expected, |it| is_good(it).then(|| it.into()))
            .unwrap_or_default()
    }

    fn list(
        &mut self,
        name: &'static str,
        expected: &'static str,
        is_good: impl Fn(&str) -> bool,
    ) -> Vec<Box<str>> {
        self.parse(name, expected, |it| {
            let items: Vec<Box<str>> = it.split(',').map(|item| item.trim().into()).collect();
            items.iter().all(|item| is_good(item)).then_some(items)
        })
        .unwrap_or_default()
    }

    fn number<N: FromStr + PartialOrd + Default>(
        &mut self,
        name: &'static str,
        expected: &'static str,
        range: std::ops::RangeInclusive<N>,
    ) -> N {
        self.parse(name, expected, |it| {
            it.parse().ok().filter(|number| range.contains(number))
        })
        .unwrap_or_default()
    }

    fn finish(self, config: Config) -> Result<Config, ConfigError> {
        if self.faults.is_empty() {
            Ok(config)
        } else {
            Err(ConfigError(self.faults))
        }
    }
}

fn order_types(text: &str) -> Option<Vec<OrderObject>> {
    let named = |name: &str| {
        OrderObject::ALL
            .into_iter()
            .find(|kind| kind.type_name() == name)
    };
    let kinds: Vec<_> = text
        .split(',')
        .map(|name| named(name.trim()))
        .collect::<Option<_>>()?;
    let different: HashSet<_> = kinds.iter().collect();
    (different.len() == kinds.len()).then_some(kinds)
}

fn is_name(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Names of domains and of search keys (service model of Customer Profiles, `name`).
fn is_model_name(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// A claim that says when or for whom a token is names nobody.
fn is_user_claim(text: &str) -> bool {
    !matches!(text, "iss" | "aud" | "exp" | "nbf" | "iat")
}

/// Beyond `debug` stand the requests that are signed, bodies and all.
fn is_log(text: &str) -> bool {
    text.parse::<Targets>().is_ok_and(|targets| {
        let levels = targets.iter().map(|(_, level)| level);
        let mut levels = levels.chain(targets.default_level());
        levels.all(|level| level <= LevelFilter::DEBUG)
    })
}

/// A browser writes an origin as scheme, host in lower case and, if it is not the usual one, port.
fn is_origin(text: &str) -> bool {
    parts(text).is_some_and(|uri| {
        let usual = match uri.scheme_str() {
            Some("https") => 443,
            _ => 80,
        };
        uri.path() == "/"
            && uri.query().is_none()
            && !text.ends_with(['/', ':'])
            && uri.port_u16() != Some(usual)
            && *text == text.to_ascii_lowercase()
    })
}

fn is_issuer(text: &str) -> bool {
    parts(text).is_some_and(|uri| uri.query().is_none())
}

fn service_url(text: &str) -> Option<Uri> {
    parts(text).filter(|uri| uri.path() == "/" && uri.query().is_none())
}

/// Whether nobody on the way can read what is sent there: `https`, or this machine.
pub(crate) fn is_private_url(text: &str) -> bool {
    parts(text).is_some()
}

/// An absolute URL without user name that nobody on the way can read: `https`, or this machine.
fn parts(text: &str) -> Option<Uri> {
    let uri: Uri = text.parse().ok()?;
    let private = uri.scheme_str()? == "https" || is_loopback(&uri);
    (private && !text.contains(['@', '#', ' '])).then_some(uri)
}

/// Whether it is this machine, in the clear.
fn is_loopback(uri: &Uri) -> bool {
    let host = uri.host().unwrap_or_default();
    uri.scheme_str() == Some("http") && matches!(host, "localhost" | "127.0.0.1" | "[::1]")
}

#[cfg(test)]
pub(crate) mod tests {
    use rstest::rstest;

    use super::*;

    pub(crate) const GOOD: [(&str, &str); 6] = [
        ("AWS_REGION", "ap-northeast-1"),
        (
            "DESK_CONNECT_INSTANCE",
            "11111111-2222-3333-4444-555555555555",
        ),
        ("DESK_PROFILES_DOMAIN", "amazon-connect-demo"),
        (
            "DESK_ORIGINS",
            "https://desk.example.com, http://localhost:8080",
        ),
        ("DESK_ISSUER", "https://id.example.com/tenant"),
        ("DESK_AUDIENCE", "desk"),
    ];

    pub(crate) fn read(changes: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::read(|name| {
            let found = changes
                .iter()
                .rev()
                .chain(&GOOD)
                .find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn what_is_required_suffices() {
        let config = read(&[]).expect("a configuration");
        assert_eq!(
            config.profiles,
            "https://profile.ap-northeast-1.amazonaws.com"
        );
        assert_eq!(
            config.connect,
            "https://connect.ap-northeast-1.amazonaws.com"
        );
        assert_eq!(&*config.tokens.user_claim, "preferred_username");
        assert_eq!(config.order_name_key, None);
        assert_eq!(config.origins.len(), 2);
    }

    #[test]
    fn every_variable_is_documented_as_it_is() {
        let readme = include_str!("../README.md");
        for Variable {
            name,
            default,
            meaning,
        } in VARIABLES
        {
            let default = match default {
                None => "required".to_owned(),
                Some("") => "none".to_owned(),
                Some(default) => format!("`{default}`"),
            };
            let row = format!("| `{name}` | {default} | {meaning} |\n");
            assert!(readme.contains(&row), "README.md lacks {row}");
        }
    }

    #[test]
    fn every_fault_is_named_at_once() {
        let error = read(&[
            ("AWS_REGION", ""),
            ("DESK_ISSUER", "http://id.example.com"),
            ("DESK_TIMEOUT_MS", "soon"),
        ])
        .expect_err("three faults");
        let named: Vec<_> = error.variables().collect();
        assert_eq!(named, ["AWS_REGION", "DESK_ISSUER", "DESK_TIMEOUT_MS"]);
    }

    #[test]
    fn a_message_does_not_repeat_the_value() {
        let error =
            read(&[("DESK_AUDIENCE_CLAIM", "wJalrXUtnFEMI/EXAMPLEKEY")]).expect_err("a fault");
        assert!(!error.to_string().contains("EXAMPLEKEY"), "{error}");
    }

    #[test]
    fn the_service_s_own_endpoint_goes_before_the_common_one() {
        let config = read(&[
            ("AWS_ENDPOINT_URL", "http://127.0.0.1:4566"),
            ("AWS_ENDPOINT_URL_CONNECT", "http://127.0.0.1:4567"),
        ])
        .expect("a configuration");
        assert_eq!(config.connect, "http://127.0.0.1:4567");
        assert_eq!(config.profiles, "http://127.0.0.1:4566");
    }

    const SIMULATED: [(&str, &str); 3] = [
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:9402"),
        ("DESK_ISSUER", "http://127.0.0.1:9403"),
        ("DESK_CLOCK_URL", "http://127.0.0.1:9401/control/clock"),
    ];

    #[test]
    fn in_a_simulated_world_the_simulator_says_what_time_it_is() {
        let config = read(&SIMULATED).expect("a configuration");
        assert_eq!(
            config.clock.expect("a clock"),
            "http://127.0.0.1:9401/control/clock"
        );
    }

    #[rstest]
    #[case::aws("AWS_ENDPOINT_URL", "")]
    #[case::one_service("AWS_ENDPOINT_URL_CONNECT", "https://connect.example.com")]
    #[case::issuer("DESK_ISSUER", "https://id.example.com")]
    #[case::clock("DESK_CLOCK_URL", "https://time.example.com:1/")]
    fn where_anything_is_real_nobody_else_says_what_time_it_is(
        #[case] name: &str,
        #[case] value: &str,
    ) {
        let mut world = SIMULATED.to_vec();
        world.push((name, value));
        let error = read(&world).expect_err("a fault");
        assert_eq!(error.variables().collect::<Vec<_>>(), ["DESK_CLOCK_URL"]);
    }

    #[rstest]
    #[case::unusual_port("DESK_ORIGINS", "https://desk.example.com:8443")]
    #[case::the_other_scheme_s_port("DESK_ORIGINS", "http://localhost:443")]
    #[case::another_claim("DESK_USER_CLAIM", "sub")]
    #[case::key_that_begins_with_a_digit("DESK_ORDER_NAME_KEY", &"1".repeat(64))]
    #[case::log_of_one_part("DESK_LOG", "info,aws_sigv4=debug")]
    fn is_accepted(#[case] name: &str, #[case] value: &str) {
        assert!(read(&[(name, value)]).is_ok());
    }

    #[rstest]
    #[case::plain_text_over_the_net("AWS_ENDPOINT_URL", "http://aws.example.com")]
    #[case::path("AWS_ENDPOINT_URL", "https://aws.example.com/base")]
    #[case::user_name("DESK_ISSUER", "https://id.example.com@evil.example")]
    #[case::origin_with_slash("DESK_ORIGINS", "https://desk.example.com/")]
    #[case::origin_in_capitals("DESK_ORIGINS", "https://Desk.example.com")]
    #[case::any_origin("DESK_ORIGINS", "*")]
    #[case::origin_with_its_usual_port("DESK_ORIGINS", "https://desk.example.com:443")]
    #[case::local_origin_with_its_usual_port("DESK_ORIGINS", "http://localhost:80")]
    #[case::origin_with_an_empty_port("DESK_ORIGINS", "https://desk.example.com:")]
    #[case::a_claim_that_is_no_name("DESK_USER_CLAIM", "exp")]
    #[case::key_that_is_too_long("DESK_ORDER_NAME_KEY", &"k".repeat(65))]
    #[case::object_type_twice("DESK_ORDER_TYPES", "_order,Shopify-Order,_order")]
    #[case::log_of_what_is_signed("DESK_LOG", "trace")]
    #[case::log_of_what_one_part_signs("DESK_LOG", "info,aws_sigv4=trace")]
    #[case::country("DESK_COUNTRY", "Nippon")]
    #[case::object_type("DESK_ORDER_TYPES", "_order,../x")]
    #[case::log("DESK_LOG", "proxy=loud")]
    fn is_refused(#[case] name: &str, #[case] value: &str) {
        let error = read(&[(name, value)]).expect_err("a fault");
        assert_eq!(error.variables().collect::<Vec<_>>(), [name]);
    }
}
