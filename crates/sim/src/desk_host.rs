//! The desk's own origin, as `CloudFront` would serve it: static files, `config.json`, the way to the
//! proxy. Which path goes where, with which headers and how long it is kept, is what the template of
//! the deployment says (`stack`): there is no copy of it here.
//!
//! What differs from a deployment: a file is compressed here when it is asked for, and not so well, unless it
//! lies compressed beside itself (`boot.js.br`); and one that is not there is not found, where a private bucket
//! answers that it is forbidden.

mod api;

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue};
use axum::http::{StatusCode, Uri};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use serde_json::Value;
use stack::{Behaviour, Stack, Target};
use tower_http::compression::CompressionLayer;
use tower_http::services::ServeDir;

use crate::exchange::Exchange;
use crate::origin::{is_own_host, is_own_name, misdirected};
use crate::server::DeskSite;
use api::Forwarder;
pub use api::{Api, ApiAddressError};

/// The simulator that a desk's site belongs to.
#[derive(Debug, Clone)]
pub(crate) struct Own {
    /// Where `"{ccp}"` in `ccp.url` points.
    pub(crate) ccp: SocketAddr,
    /// Where `"{identity}"` in `auth.issuer` points.
    pub(crate) identity: SocketAddr,
    /// Knows the configuration and the proxy by which a test replaced what was given at the start.
    pub(crate) exchange: Exchange,
}

/// What the site's requests share.
#[derive(Debug, Clone)]
struct Site {
    port: u16,
    config: Option<PathBuf>,
    api: Option<Api>,
    forwarder: Forwarder,
    own: Option<Own>,
    edge: Arc<stack::Site>,
}

/// What of a configuration the security headers depend on: whom the page may talk to and show.
#[derive(Debug, PartialEq, Eq)]
struct Foreign {
    /// Origin of the CCP.
    ccp: String,
    /// Origin of the identity provider that the desk asks for tokens.
    issuer: Option<String>,
    /// Whether that may be shown in a frame, for a sign-in that nobody sees.
    frames_issuer: bool,
}

/// Why a configuration names no CCP to embed.
#[derive(Debug, thiserror::Error)]
pub enum CcpError {
    /// There is no configuration, or its file cannot be read.
    #[error("the configuration cannot be read")]
    Unreadable(#[from] io::Error),
    /// It is not JSON.
    #[error("the configuration is not JSON")]
    NotJson(#[from] serde_json::Error),
    /// `ccp.url` is missing, stands for a simulator, or is no address that may be embedded.
    #[error(
        "ccp.url of the configuration must be like https://ALIAS.my.connect.aws/ccp-v2/ \
         (http:// only on this machine), not {0}"
    )]
    Address(Value),
    /// The deployment's template cannot be made for it.
    #[error("the site cannot be served as it would be deployed")]
    Stack(#[from] stack::StackError),
}

/// The site of a simulator, for the port that it is served on. The CCP that it may embed is the simulator's own, unless its
/// configuration names another when it starts.
///
/// # Errors
///
/// [`CcpError::Stack`].
pub(crate) fn router(site: &DeskSite, port: u16, own: Own) -> Result<Router, CcpError> {
    let config = configuration(site).unwrap_or_default();
    let ccp = format!("http://{}", own.ccp);
    let foreign = Foreign::of(&filled_in(config, own.ccp, own.identity)).unwrap_or(Foreign {
        ccp,
        issuer: None,
        frames_issuer: false,
    });
    serve(site, port, Some(own), &foreign)
}

/// The site alone.
///
/// # Errors
///
/// [`CcpError`]: its configuration names no CCP that it could embed.
pub(crate) fn router_alone(site: &DeskSite, port: u16) -> Result<Router, CcpError> {
    let foreign = Foreign::of(&configuration(site)?)?;
    serve(site, port, None, &foreign)
}

fn serve(
    site: &DeskSite,
    port: u16,
    own: Option<Own>,
    foreign: &Foreign,
) -> Result<Router, CcpError> {
    let state = Site {
        port,
        config: site.config.clone(),
        api: site.api.clone(),
        forwarder: Forwarder::new(),
        own,
        edge: Arc::new(Stack::new(&foreign.parameters())?.site()?),
    };
    Ok(Router::new()
        .route("/config.json", get(config))
        .fallback_service(ServeDir::new(&site.dist).precompressed_br())
        .layer(CompressionLayer::new())
        // Not compressed, which would keep lines back until there are enough of them.
        .route("/api/{*operation}", any(api))
        .layer(middleware::from_fn_with_state(state.clone(), protect))
        .with_state(state))
}

/// The site's configuration as its file is now.
fn configuration(site: &DeskSite) -> Result<Value, CcpError> {
    let path = site.config.as_ref().ok_or(io::ErrorKind::NotFound);
    let text = std::fs::read_to_string(path.map_err(io::Error::from)?)?;
    Ok(serde_json::from_str(&text)?)
}

impl Foreign {
    fn of(config: &Value) -> Result<Self, CcpError> {
        let origin = |member| {
            let url = config.pointer(member).unwrap_or(&Value::Null);
            url.as_str().and_then(origin_of).ok_or(url)
        };
        let silent = config.pointer("/settings/customer/silentFrame");
        Ok(Self {
            ccp: origin("/ccp/url").map_err(|url| CcpError::Address(url.clone()))?,
            issuer: origin("/auth/issuer").ok(),
            frames_issuer: silent == Some(&Value::Bool(true)),
        })
    }

    /// The parameters of a stack that would serve this; of those that the site does not depend on,
    /// anything.
    fn parameters(&self) -> BTreeMap<&'static str, String> {
        let text = str::to_owned;
        BTreeMap::from([
            ("ConnectInstanceId", text("here")),
            ("ProfilesDomain", text("amazon-connect-here")),
            ("CodeKey", text("code/here.zip")),
            ("ConnectOrigin", self.ccp.clone()),
            ("IdentityOrigins", self.issuer.clone().unwrap_or_default()),
            ("SilentFrame", self.frames_issuer.to_string()),
        ])
    }
}

/// The origin of an address that an agent's call may be entrusted to.
fn origin_of(url: &str) -> Option<String> {
    let url: Uri = url.parse().ok()?;
    let (scheme, host) = (url.scheme_str()?, url.host()?);
    let safe = scheme == "https" || (scheme == "http" && is_own_name(host));
    // The authority also holds the name and password of `https://name:password@host/`, and goes
    // into headers where a semicolon or a quote would be a new directive.
    let authority = url.authority()?.as_str();
    let plain = authority
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "-.:[]".contains(c));
    (safe && plain).then(|| format!("{scheme}://{authority}"))
}

/// The deployer's configuration: the file as it is now, unless a test replaced it.
async fn config(State(site): State<Site>) -> Response {
    let replaced = match &site.own {
        Some(own) => own.exchange.run(|floor| floor.config.clone()).await,
        None => Ok(None),
    };
    let (status, body) = match (replaced, &site.config) {
        (Ok(Some((status, body))), _) => {
            (StatusCode::from_u16(status).unwrap_or(StatusCode::OK), body)
        }
        (_, None) => return StatusCode::NOT_FOUND.into_response(),
        (_, Some(path)) => match tokio::fs::read_to_string(path).await {
            Ok(text) => (StatusCode::OK, text),
            Err(error) => {
                tracing::error!(path = %path.display(), %error, "cannot read the configuration");
                return StatusCode::NOT_FOUND.into_response();
            }
        },
    };
    let body = match &site.own {
        Some(own) => with_own_addresses(body, own.ccp, own.identity),
        None => body,
    };
    ([(CONTENT_TYPE, "application/json")], (status, body)).into_response()
}

/// A request of the desk's for the proxy.
async fn api(State(site): State<Site>, request: Request) -> Response {
    let replaced = match &site.own {
        Some(own) => own.exchange.run(|floor| floor.api.clone()).await,
        None => Ok(None),
    };
    match replaced.ok().flatten().or(site.api) {
        Some(api) => site.forwarder.forward(&api, request).await,
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Puts the simulator's own addresses where the configuration leaves them open.
fn with_own_addresses(text: String, ccp: SocketAddr, identity: SocketAddr) -> String {
    let Ok(config) = serde_json::from_str::<Value>(&text) else {
        return text;
    };
    let filled = filled_in(config.clone(), ccp, identity);
    if filled == config {
        return text;
    }
    filled.to_string()
}

fn filled_in(mut config: Value, ccp: SocketAddr, identity: SocketAddr) -> Value {
    let open = [
        ("/ccp/url", "{ccp}", format!("http://{ccp}/ccp-v2/")),
        ("/auth/issuer", "{identity}", format!("http://{identity}")),
    ];
    for (member, mark, address) in open {
        if let Some(url) = config.pointer_mut(member)
            && *url == mark
        {
            *url = Value::from(address);
        }
    }
    config
}

/// Refuses requests that were sent to another name, and makes of every other answer, errors included,
/// what `CloudFront` would make of it.
async fn protect(State(site): State<Site>, request: Request, next: Next) -> Response {
    if !is_own_host(request.headers(), site.port) {
        return misdirected();
    }
    let path = request.uri().path().to_owned();
    let mut response = next.run(request).await;
    let Some(behaviour) = site.edge.behaviour(&path) else {
        return response;
    };
    let found = response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED;
    let headers = response.headers_mut();
    // In the place of the origin's own; `extend` would put them beside.
    for (name, value) in added(behaviour) {
        headers.insert(name, value);
    }
    // What was uploaded carries how long it is kept; a file that is not there carries nothing, and the
    // proxy speaks for itself.
    let file = site.edge.file(site.edge.name(&path));
    if let Some(file) = file.filter(|_| found && behaviour.target == Target::Files)
        && let Ok(caching) = HeaderValue::from_str(&file.cache_control)
    {
        headers.insert(CACHE_CONTROL, caching);
    }
    response
}

/// The headers that a behaviour adds.
fn added(behaviour: &Behaviour) -> impl Iterator<Item = (HeaderName, HeaderValue)> + '_ {
    behaviour.headers.iter().filter_map(|(name, value)| {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        Some((name, HeaderValue::from_str(value).ok()?))
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::instance(
        "https://shop.my.connect.aws/ccp-v2/",
        Some("https://shop.my.connect.aws")
    )]
    #[case::port("https://shop.example:8443/ccp-v2", Some("https://shop.example:8443"))]
    #[case::this_machine("http://localhost:9401/ccp-v2/", Some("http://localhost:9401"))]
    #[case::in_the_clear("http://shop.example/ccp-v2/", None)]
    #[case::open("{ccp}", None)]
    #[case::relative("/ccp-v2/", None)]
    #[case::password("https://me:secret@shop.example/ccp-v2/", None)]
    #[case::directive("https://shop.example;script-src/ccp-v2/", None)]
    #[case::script("javascript:alert(1)", None)]
    fn only_an_address_worthy_of_a_call_may_be_framed(
        #[case] url: &str,
        #[case] origin: Option<&str>,
    ) {
        assert_eq!(origin_of(url).as_deref(), origin);
    }

    #[rstest]
    #[case::open(
        r#"{"ccp":{"url":"{ccp}"}}"#,
        r#"{"ccp":{"url":"http://127.0.0.1:9401/ccp-v2/"}}"#
    )]
    #[case::both(
        r#"{"auth":{"issuer":"{identity}"},"ccp":{"url":"{ccp}"}}"#,
        r#"{"auth":{"issuer":"http://127.0.0.1:9403"},"ccp":{"url":"http://127.0.0.1:9401/ccp-v2/"}}"#
    )]
    #[case::fixed(
        r#"{"ccp": {"url": "https://x.example/"}}"#,
        r#"{"ccp": {"url": "https://x.example/"}}"#
    )]
    #[case::broken("{\"ccp\":", "{\"ccp\":")]
    fn an_open_address_is_filled_in_and_nothing_else_is_touched(
        #[case] file: &str,
        #[case] served: &str,
    ) {
        let [ccp, identity] = ["127.0.0.1:9401", "127.0.0.1:9403"].map(|it| it.parse().unwrap());
        assert_eq!(with_own_addresses(file.to_owned(), ccp, identity), served);
    }
}
