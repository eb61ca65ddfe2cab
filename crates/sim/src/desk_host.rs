//! The desk's own origin, as `CloudFront` would serve it: static files, `config.json`, and the
//! production security headers on everything.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::Value;
use tower_http::compression::CompressionLayer;
use tower_http::services::ServeDir;

use crate::exchange::Exchange;
use crate::origin::{is_own_host, is_own_name, misdirected};
use crate::server::DeskSite;

/// The simulator that a desk's site belongs to.
#[derive(Debug, Clone)]
pub(crate) struct Own {
    /// Where `"{ccp}"` in `ccp.url` points.
    pub(crate) ccp: SocketAddr,
    /// Knows the configuration by which a test replaced the file.
    pub(crate) exchange: Exchange,
}

/// What the site's requests share.
#[derive(Debug, Clone)]
struct Site {
    port: u16,
    config: Option<PathBuf>,
    own: Option<Own>,
    headers: HeaderMap,
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
}

/// The site of a simulator, for the port that it is served on. The CCP that it may embed is the simulator's own, unless its
/// configuration names another when it starts.
pub(crate) fn router(site: &DeskSite, port: u16, own: Own) -> Router {
    let framed = framed(site).unwrap_or_else(|_| format!("http://{}", own.ccp));
    serve(site, port, Some(own), &framed)
}

/// The site alone.
///
/// # Errors
///
/// [`CcpError`]: its configuration names no CCP that it could embed.
pub(crate) fn router_alone(site: &DeskSite, port: u16) -> Result<Router, CcpError> {
    Ok(serve(site, port, None, &framed(site)?))
}

fn serve(site: &DeskSite, port: u16, own: Option<Own>, framed: &str) -> Router {
    let state = Site {
        port,
        config: site.config.clone(),
        own,
        headers: production_headers(framed),
    };
    Router::new()
        .route("/config.json", get(config))
        .fallback_service(ServeDir::new(&site.dist))
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn_with_state(state.clone(), protect))
        .with_state(state)
}

/// The origin of the CCP that the configuration names.
fn framed(site: &DeskSite) -> Result<String, CcpError> {
    let path = site.config.as_ref().ok_or(io::ErrorKind::NotFound);
    let text = std::fs::read_to_string(path.map_err(io::Error::from)?)?;
    let config: Value = serde_json::from_str(&text)?;
    let url = config.pointer("/ccp/url").unwrap_or(&Value::Null);
    url.as_str()
        .and_then(origin_of)
        .ok_or_else(|| CcpError::Address(url.clone()))
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
        Some(own) => with_own_ccp(body, own.ccp),
        None => body,
    };
    ([(CONTENT_TYPE, "application/json")], (status, body)).into_response()
}

/// Puts the simulator's own address where the configuration leaves it open.
fn with_own_ccp(text: String, ccp: SocketAddr) -> String {
    let Ok(mut config) = serde_json::from_str::<Value>(&text) else {
        return text;
    };
    match config.pointer_mut("/ccp/url") {
        Some(url) if *url == "{ccp}" => {
            *url = Value::from(format!("http://{ccp}/ccp-v2/"));
            config.to_string()
        }
        _ => text,
    }
}

/// Refuses requests that were sent to another name, and adds the headers of production to every
/// other response, errors included.
async fn protect(State(site): State<Site>, request: Request, next: Next) -> Response {
    if !is_own_host(request.headers(), site.port) {
        return misdirected();
    }
    let path = request.uri().path().to_owned();
    let mut response = next.run(request).await;
    let found = response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED;
    let headers = response.headers_mut();
    headers.extend(site.headers);
    let caching = if !found || path == "/config.json" {
        "no-store"
    } else if is_hashed(&path) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    if let Ok(caching) = HeaderValue::from_str(caching) {
        headers.insert(CACHE_CONTROL, caching);
    }
    response
}

/// The headers with which the site is deployed, for a CCP of this origin.
fn production_headers(ccp: &str) -> HeaderMap {
    let policy = format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data:; font-src 'self'; connect-src 'self' {ccp}; frame-src {ccp}; \
         manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    // The library's iframe asks for these by its `allow` attribute; nothing else may have them.
    let features = [
        "microphone",
        "camera",
        "autoplay",
        "clipboard-write",
        "identity-credentials-get",
    ]
    .map(|feature| format!("{feature}=(self \"{ccp}\")"))
    .join(", ");
    [
        ("content-security-policy", policy.as_str()),
        ("permissions-policy", &features),
        (
            "strict-transport-security",
            "max-age=63072000; includeSubDomains",
        ),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin-allow-popups"),
    ]
    .into_iter()
    .filter_map(|(name, value)| {
        let value = HeaderValue::from_str(value).ok()?;
        Some((HeaderName::from_static(name), value))
    })
    .collect()
}

/// Whether the file's name changes with its content: `…-0123456789abcdef.js`,
/// `…-0123456789abcdef_bg.wasm`, `snippets/…-0123456789abcdef/…`.
fn is_hashed(path: &str) -> bool {
    path.split('/').any(|part| {
        part.split('-').skip(1).any(|tail| {
            let hash = tail.chars().take_while(char::is_ascii_hexdigit).count();
            hash >= 8
                && tail
                    .chars()
                    .nth(hash)
                    .is_none_or(|c| matches!(c, '.' | '_'))
        })
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::glue("/desk-5d2d1fbc3bd2a7a9.js", true)]
    #[case::wasm("/desk-5d2d1fbc3bd2a7a9_bg.wasm", true)]
    #[case::snippet("/snippets/leptos-0123456789abcdef/inline0.js", true)]
    #[case::boot("/boot.js", false)]
    #[case::page("/", false)]
    #[case::words("/agent-desk.css", false)]
    #[case::short("/desk-cafe.css", false)]
    fn only_names_that_change_with_the_content_are_immutable(
        #[case] path: &str,
        #[case] hashed: bool,
    ) {
        assert_eq!(is_hashed(path), hashed);
    }

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
    #[case::fixed(
        r#"{"ccp": {"url": "https://x.example/"}}"#,
        r#"{"ccp": {"url": "https://x.example/"}}"#
    )]
    #[case::broken("{\"ccp\":", "{\"ccp\":")]
    fn an_open_ccp_url_is_filled_in_and_nothing_else_is_touched(
        #[case] file: &str,
        #[case] served: &str,
    ) {
        let ccp = "127.0.0.1:9401".parse().unwrap();
        assert_eq!(with_own_ccp(file.to_owned(), ccp), served);
    }
}
