//! The provider over HTTP.

use axum::Router;
use axum::extract::{Form, Query, Request, State};
use axum::http::header::{
    ACCEPT_LANGUAGE, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName,
    HeaderValue, LOCATION, ORIGIN, SET_COOKIE, VARY, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};

use super::grant::{Consent, InvalidGrant};
use super::page::{self, Language};
use super::request::{Asked, Grantable, Parameters, one};
use super::{CLIENT, Identity, SIGN_IN_PAGE, token};
use crate::ccp::{asset, stopping};
use crate::exchange::{Exchange, Floor, Stopped};
use crate::origin::{is_own_host, misdirected};

/// What the routes share.
#[derive(Debug, Clone)]
struct Provider {
    exchange: Exchange,
    port: u16,
}

/// The paths that are counted.
const PATHS: [&str; 6] = [
    "/.well-known/openid-configuration",
    "/jwks",
    "/authorize",
    "/sign-in",
    "/token",
    "/logout",
];

pub(crate) fn router(exchange: Exchange, port: u16) -> Router {
    let provider = Provider { exchange, port };
    Router::new()
        .route("/.well-known/openid-configuration", get(discovery))
        .route("/jwks", get(jwks))
        .route("/authorize", get(authorize))
        .route("/sign-in", post(sign_in))
        .route("/token", post(tokens))
        .route("/logout", get(log_out).post(log_out))
        .route(
            "/style.css",
            get(|| async { asset("text/css", include_str!("../../assets/ccp.css")) }),
        )
        .layer(middleware::from_fn_with_state(provider.clone(), guard))
        .with_state(provider)
}

/// Refuses what came to another name, and says to which pages of the desk scripts may speak.
async fn guard(State(provider): State<Provider>, request: Request, next: Next) -> Response {
    if !is_own_host(request.headers(), provider.port) {
        return misdirected();
    }
    let path = PATHS.into_iter().find(|path| *path == request.uri().path());
    let origin = request.headers().get(ORIGIN).cloned();
    let seen = provider.exchange.run(move |floor| {
        let identity = &mut floor.identity;
        if let Some(path) = path {
            *identity.counts.entry(path).or_default() += 1;
        }
        (identity.settings.down, identity.origins())
    });
    let (down, origins) = match seen.await {
        Ok(seen) => seen,
        Err(Stopped) => return stopping(),
    };
    if down {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let own = format!("http://127.0.0.1:{}", provider.port);
    let by_name = format!("http://localhost:{}", provider.port);
    let foreign = origin.filter(|origin| *origin != *own && *origin != *by_name);
    let allowed = foreign
        .clone()
        .filter(|origin| origins.iter().any(|one| *origin == **one));
    // A form of a foreign page would not ask first.
    if foreign.is_some() && allowed.is_none() && request.method() != Method::GET {
        return StatusCode::FORBIDDEN.into_response();
    }
    let mut response = if request.method() == Method::OPTIONS {
        StatusCode::NO_CONTENT.into_response()
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    for (name, value) in [
        (HeaderName::from_static("x-content-type-options"), "nosniff"),
        // With `no-referrer` the sign-in form would be sent from the origin `null`.
        (HeaderName::from_static("referrer-policy"), "same-origin"),
        (VARY, "origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Some(origin) = allowed {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        let methods = HeaderValue::from_static("GET, POST");
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, methods);
        let names = HeaderValue::from_static("content-type");
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, names);
    }
    response
}

async fn run<R: IntoResponse + Send + 'static>(
    provider: &Provider,
    job: impl FnOnce(&mut Floor) -> R + Send + 'static,
) -> Response {
    match provider.exchange.run(job).await {
        Ok(answer) => answer.into_response(),
        Err(Stopped) => stopping(),
    }
}

async fn discovery(State(provider): State<Provider>) -> Response {
    run(&provider, |floor| {
        let issuer = &floor.identity.issuer;
        let at = |path: &str| format!("{issuer}{path}");
        Json(json!({
            "issuer": issuer,
            "authorization_endpoint": at("/authorize"),
            "token_endpoint": at("/token"),
            "jwks_uri": at("/jwks"),
            "end_session_endpoint": at("/logout"),
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code", "refresh_token"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["none"],
            "id_token_signing_alg_values_supported": ["RS256", "ES256"],
            "subject_types_supported": ["public"],
            "scopes_supported": ["openid", "profile", "offline_access"],
            "claims_supported": ["iss", "sub", "aud", "exp", "iat", "nonce", "preferred_username", "name"],
            "prompt_values_supported": ["none", "login"],
            "ui_locales_supported": ["ja", "en"],
            "authorization_response_iss_parameter_supported": true,
        }))
    })
    .await
}

async fn jwks(State(provider): State<Provider>) -> Response {
    run(&provider, |floor| {
        let now = floor.clock.now().timestamp();
        Json(floor.identity.keys().published(now))
    })
    .await
}

impl Asked {
    /// Back to the client's page.
    fn redirect(&self, identity: &Identity, answer: (&str, &str)) -> Response {
        let mut pairs = vec![answer, ("iss", identity.issuer.as_str())];
        if let Some(state) = &self.state {
            pairs.push(("state", state));
        }
        see_other(&self.redirect_uri, &pairs)
    }

    fn grant(&self, floor: &mut Floor, wish: Grantable, login: String) -> Response {
        let now = floor.clock.now().timestamp();
        let consent = Consent {
            login,
            scope: wish.scope,
            nonce: wish.nonce,
        };
        let uri = self.redirect_uri.clone();
        let grants = &mut floor.identity.grants;
        let code = grants.issue(consent, uri, wish.challenge, now);
        self.redirect(&floor.identity, ("code", &code))
    }
}

async fn authorize(
    State(provider): State<Provider>,
    headers: HeaderMap,
    Query(parameters): Query<Parameters>,
) -> Response {
    run(&provider, move |floor| {
        let identity = &floor.identity;
        let language = language(&parameters, &headers);
        let framed = headers
            .get("sec-fetch-dest")
            .is_some_and(|destination| destination == "iframe");
        if framed && !identity.settings.framing {
            let text = page::refusal(language, "this provider is not shown in frames");
            return document(identity, StatusCode::FORBIDDEN, text);
        }
        let asked = match Asked::read(identity, parameters) {
            Ok(asked) => asked,
            Err(problem) => {
                let text = page::refusal(language, problem);
                return document(identity, StatusCode::BAD_REQUEST, text);
            }
        };
        let wish = match asked.grantable() {
            Ok(wish) => wish,
            Err(error) => return asked.redirect(identity, ("error", error)),
        };
        let prompt = wish.prompt.as_deref();
        let known = identity.sessions.agent(&headers);
        let known = known.filter(|login| floor.instance.agent(login).is_some());
        match known.filter(|_| prompt != Some("login")) {
            Some(login) => asked.grant(floor, wish, login),
            None if prompt == Some("none") => asked.redirect(identity, ("error", "login_required")),
            None => {
                let agents = floor.instance.agents();
                let hint = one(&asked.parameters, "login_hint").ok().flatten();
                let hint = hint.unwrap_or_default();
                let text = page::sign_in(language, &asked.parameters, agents, hint, false);
                document(identity, StatusCode::OK, text)
            }
        }
    })
    .await
}

async fn sign_in(
    State(provider): State<Provider>,
    headers: HeaderMap,
    Form(mut parameters): Form<Parameters>,
) -> Response {
    run(&provider, move |floor| {
        let mut take = |name: &str| {
            let at = parameters.iter().position(|(key, _)| key == name);
            at.map(|at| parameters.remove(at).1).unwrap_or_default()
        };
        let (login, password) = (take("login"), take("password"));
        let language = language(&parameters, &headers);
        let identity = &floor.identity;
        let read = Asked::read(identity, parameters);
        let (asked, wish) = match read.and_then(|asked| {
            let wish = asked.grantable()?;
            Ok((asked, wish))
        }) {
            Ok(both) => both,
            Err(problem) => {
                let text = page::refusal(language, problem);
                return document(identity, StatusCode::BAD_REQUEST, text);
            }
        };
        let agent = floor.instance.agent(&login);
        if agent.is_none_or(|agent| agent.person.password != password) {
            let agents = floor.instance.agents();
            let text = page::sign_in(language, &asked.parameters, agents, &login, true);
            return document(identity, StatusCode::UNAUTHORIZED, text);
        }
        let cookie = floor.identity.sessions.begin(&login);
        let mut response = asked.grant(floor, wish, login);
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().insert(SET_COOKIE, cookie);
        }
        response
    })
    .await
}

async fn tokens(State(provider): State<Provider>, Form(parameters): Form<Parameters>) -> Response {
    run(&provider, move |floor| match exchange(floor, &parameters) {
        Ok(tokens) => fresh(StatusCode::OK, tokens),
        Err(error) => {
            let status = if error == "invalid_client" {
                StatusCode::UNAUTHORIZED
            } else {
                StatusCode::BAD_REQUEST
            };
            fresh(status, json!({ "error": error }))
        }
    })
    .await
}

/// RFC 6749, 4.1.3 and 6; the error by its name.
fn exchange(floor: &mut Floor, parameters: &Parameters) -> Result<Value, &'static str> {
    let one = |name| one(parameters, name).map_err(|_| "invalid_request");
    let needed = |name| one(name)?.ok_or("invalid_request");
    if one("client_id")? != Some(CLIENT) {
        return Err("invalid_client");
    }
    let now = floor.clock.now().timestamp();
    let identity = &mut floor.identity;
    let lifetime = i64::from(identity.settings.refresh_token_s);
    let (granted, is_new) = match needed("grant_type")? {
        "authorization_code" => {
            let (code, uri) = (needed("code")?, needed("redirect_uri")?);
            let verifier = needed("code_verifier")?;
            let grants = &mut identity.grants;
            (grants.redeem(code, uri, verifier, now, lifetime), true)
        }
        "refresh_token" => {
            let token = needed("refresh_token")?;
            (identity.grants.refresh(token, now, lifetime), false)
        }
        _ => return Err("unsupported_grant_type"),
    };
    let (consent, refresh) = granted.map_err(|InvalidGrant| "invalid_grant")?;
    // Who is no agent any more gets nothing.
    let agent = floor
        .instance
        .agent(&consent.login)
        .ok_or("invalid_grant")?;
    let nonce = consent.nonce.as_deref().filter(|_| is_new);
    Ok(json!({
        "access_token": token::access(identity, agent, &consent.scope, now),
        "token_type": "Bearer",
        "expires_in": identity.settings.access_token_s,
        "refresh_token": refresh,
        "id_token": token::id(identity, agent, nonce, now),
        "scope": consent.scope,
    }))
}

/// `OpenID` Connect RP-Initiated Logout 1.0.
async fn log_out(
    State(provider): State<Provider>,
    headers: HeaderMap,
    Query(parameters): Query<Parameters>,
) -> Response {
    run(&provider, move |floor| {
        let identity = &mut floor.identity;
        if let Some(login) = identity.sessions.agent(&headers) {
            identity.sessions.log_out(&headers);
            identity.grants.revoke(&login);
        }
        let back = one(&parameters, "post_logout_redirect_uri").ok().flatten();
        let is_known = |uri: &&str| {
            let mut homes = identity.redirect_uris.iter();
            homes.any(|known| known.strip_suffix(SIGN_IN_PAGE).unwrap_or(known) == *uri)
        };
        if let Some(uri) = back.filter(is_known) {
            let state = one(&parameters, "state").ok().flatten();
            let pairs: Vec<(&str, &str)> =
                state.map(|state| ("state", state)).into_iter().collect();
            return see_other(uri, &pairs);
        }
        let text = page::signed_out(language(&parameters, &headers));
        document(identity, StatusCode::OK, text)
    })
    .await
}

fn language(parameters: &Parameters, headers: &HeaderMap) -> Language {
    let accepted = headers.get(ACCEPT_LANGUAGE);
    let accepted = accepted.and_then(|tags| tags.to_str().ok());
    let wished = one(parameters, "ui_locales").ok().flatten();
    Language::of(wished.or(accepted).unwrap_or_default())
}

/// A page that the desk may frame only where the settings say so. Its form ends in a redirect to
/// the desk, which a browser must be allowed to follow.
fn document(identity: &Identity, status: StatusCode, html: String) -> Response {
    let desks = identity.origins().join(" ");
    let framing = identity.settings.framing;
    let ancestors = if framing { desks.as_str() } else { "'none'" };
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; \
         form-action 'self' {desks}; frame-ancestors {ancestors}"
    );
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (CACHE_CONTROL, "no-store".to_owned()),
        (CONTENT_SECURITY_POLICY, policy),
    ];
    let mut response = (status, headers, html).into_response();
    if !framing {
        let deny = HeaderValue::from_static("DENY");
        response.headers_mut().insert(X_FRAME_OPTIONS, deny);
    }
    response
}

/// JSON that nothing may keep.
fn fresh(status: StatusCode, body: Value) -> Response {
    (status, [(CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

fn see_other(uri: &str, pairs: &[(&str, &str)]) -> Response {
    let query: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={}", crate::sigv4::encoded(value.as_bytes())))
        .collect();
    let mark = match (query.is_empty(), uri.contains('?')) {
        (true, _) => "",
        (false, true) => "&",
        (false, false) => "?",
    };
    let headers = [
        (LOCATION, format!("{uri}{mark}{}", query.join("&"))),
        (CACHE_CONTROL, "no-store".to_owned()),
    ];
    (StatusCode::SEE_OTHER, headers).into_response()
}
