//! The desk's own origin, as `CloudFront` would serve it: static files, `config.json`, and the
//! production security headers on everything.

use std::net::SocketAddr;
use std::path::PathBuf;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::Value;
use tower_http::compression::CompressionLayer;
use tower_http::services::ServeDir;

use crate::server::{DeskSite, Shared};

/// Where `"{ccp}"` in `ccp.url` points, and what the headers allow.
#[derive(Debug, Clone)]
struct Site {
    config: Option<PathBuf>,
    ccp: SocketAddr,
    shared: Shared,
}

pub(crate) fn router(site: &DeskSite, ccp: SocketAddr, shared: Shared) -> Router {
    let state = Site {
        config: site.config.clone(),
        ccp,
        shared,
    };
    Router::new()
        .route("/config.json", get(config))
        .fallback_service(ServeDir::new(&site.dist))
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn_with_state(state.clone(), protect))
        .with_state(state)
}

/// The deployer's configuration: the file as it is now, unless a test replaced it.
async fn config(State(site): State<Site>) -> Response {
    let replaced = site.shared.exchange.run(|floor| floor.config.clone()).await;
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
    let body = with_own_ccp(body, site.ccp);
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

/// Adds the headers of production to every response, errors included.
async fn protect(State(site): State<Site>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let mut response = next.run(request).await;
    let found = response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED;
    let ccp = format!("http://{}", site.ccp);
    let policy = format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data:; font-src 'self'; connect-src 'self'; frame-src {ccp}; \
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
    let headers = response.headers_mut();
    set(headers, "content-security-policy", &policy);
    set(headers, "permissions-policy", &features);
    set(
        headers,
        "strict-transport-security",
        "max-age=63072000; includeSubDomains",
    );
    set(headers, "x-content-type-options", "nosniff");
    set(headers, "referrer-policy", "no-referrer");
    set(
        headers,
        "cross-origin-opener-policy",
        "same-origin-allow-popups",
    );
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

fn set(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(HeaderName::from_static(name), value);
    }
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
