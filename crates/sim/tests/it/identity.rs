//! The identity provider as a desk meets it, and its tokens as a verifier does.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rstest::rstest;
use serde_json::{Value, json};
use sim::{Options, Sim};

use crate::browser::{Answer, control, get, request};

const DESK: &str = "http://127.0.0.1:9400";
const PAGE: &str = "http://127.0.0.1:9400/signin.html";
const AT_NINE: &str = "2026-01-01T09:00:00Z";
const NINE: i64 = 1_767_258_000;
/// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

async fn provider() -> Sim {
    let sim = Sim::serve(Options {
        redirect_uris: vec![PAGE.to_owned()],
        ..Options::default()
    })
    .await
    .expect("a simulator");
    let frozen = json!({ "freeze": true, "set": AT_NINE });
    assert_eq!(control(&sim, "/clock", frozen).await.status, 200);
    sim
}

/// The parameters of a good request, with some that are others; an empty one is left out.
fn asked(others: &[(&str, &str)]) -> String {
    let good = [
        ("response_type", "code"),
        ("client_id", "agent-desk"),
        ("redirect_uri", PAGE),
        ("scope", "openid"),
        ("state", "s t"),
        ("nonce", "n"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let of = |name: &str| others.iter().find(|(key, _)| *key == name);
    let changed = good.map(|(name, value)| (name, of(name).map_or(value, |pair| pair.1)));
    let added = others
        .iter()
        .filter(|(name, _)| !good.iter().any(|(known, _)| known == name));
    form(changed.iter().chain(added))
}

fn form<'a>(pairs: impl IntoIterator<Item = &'a (&'a str, &'a str)>) -> String {
    let encoded = |text: &str| {
        text.replace('%', "%25")
            .replace('&', "%26")
            .replace('+', "%2B")
            .replace(' ', "%20")
    };
    let pairs: Vec<String> = pairs
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={}", encoded(value)))
        .collect();
    pairs.join("&")
}

async fn authorize(sim: &Sim, query: &str, headers: &[(&str, &str)]) -> Answer {
    let url = format!("{}/authorize?{query}", sim.identity_url());
    request("GET", &url, headers, b"").await
}

async fn post(sim: &Sim, path: &str, body: &str, headers: &[(&str, &str)]) -> Answer {
    let url = format!("{}{path}", sim.identity_url());
    let kind = [("Content-Type", "application/x-www-form-urlencoded")];
    let headers: Vec<(&str, &str)> = kind.iter().chain(headers).copied().collect();
    request("POST", &url, &headers, body.as_bytes()).await
}

/// Signs in by the form; the answer that leads back to the desk.
async fn sign_in(sim: &Sim, query: &str, password: &str) -> Answer {
    let body = format!("{query}&login=hanako.sato&password={password}");
    post(sim, "/sign-in", &body, &[]).await
}

/// A parameter of the address that an answer leads to.
fn told(answer: &Answer, name: &str) -> Option<String> {
    let location = answer.header("location")?;
    let query = location.split_once('?')?.1;
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(key, _)| *key == name)?;
    Some(value.to_owned())
}

async fn code(sim: &Sim) -> String {
    let answer = sign_in(sim, &asked(&[]), "konnichiwa").await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    told(&answer, "code").expect("a code")
}

async fn redeem(sim: &Sim, code: &str, others: &[(&str, &str)]) -> Answer {
    let good = [
        ("grant_type", "authorization_code"),
        ("client_id", "agent-desk"),
        ("redirect_uri", PAGE),
        ("code", code),
        ("code_verifier", VERIFIER),
    ];
    let of = |name: &str| others.iter().find(|(key, _)| *key == name);
    let changed = good.map(|(name, value)| (name, of(name).map_or(value, |pair| pair.1)));
    post(sim, "/token", &form(&changed), &[("Origin", DESK)]).await
}

async fn refresh(sim: &Sim, token: &Value) -> Answer {
    let token = token.as_str().expect("a token");
    let body = format!("grant_type=refresh_token&client_id=agent-desk&refresh_token={token}");
    post(sim, "/token", &body, &[]).await
}

async fn jwks(sim: &Sim) -> Vec<Value> {
    let set = get(&format!("{}/jwks", sim.identity_url())).await.json();
    set["keys"].as_array().expect("keys").clone()
}

fn part(token: &str, at: usize) -> Value {
    let bytes = URL_SAFE_NO_PAD.decode(token.split('.').nth(at).expect("a part"));
    serde_json::from_slice(&bytes.expect("base64")).expect("JSON")
}

/// Whether a published key of that id and kind signed the token.
fn verifies(token: &str, keys: &[Value]) -> bool {
    let header = part(token, 0);
    let Some(key) = keys.iter().find(|key| key["kid"] == header["kid"]) else {
        return false;
    };
    let (message, signature) = token.rsplit_once('.').expect("a signature");
    let signature = URL_SAFE_NO_PAD.decode(signature).expect("base64");
    let bytes = |name: &str| URL_SAFE_NO_PAD.decode(key[name].as_str().unwrap()).unwrap();
    if header["alg"] != key["alg"] {
        return false;
    }
    match key["kty"].as_str() {
        Some("RSA") => RsaPublicKeyComponents {
            n: bytes("n"),
            e: bytes("e"),
        }
        .verify(&RSA_PKCS1_2048_8192_SHA256, message.as_bytes(), &signature)
        .is_ok(),
        Some("EC") => {
            let point = [vec![4], bytes("x"), bytes("y")].concat();
            let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
            key.verify(message.as_bytes(), &signature).is_ok()
        }
        _ => false,
    }
}

async fn mint(sim: &Sim, wish: Value) -> String {
    let minted = control(sim, "/identity/tokens", wish).await;
    assert_eq!(minted.status, 200, "{}", minted.text());
    minted.json()["token"].as_str().expect("a token").to_owned()
}

#[tokio::test]
async fn a_code_becomes_tokens_that_verify() {
    let sim = provider().await;
    let answer = sign_in(&sim, &asked(&[]), "konnichiwa").await;
    assert_eq!(told(&answer, "state").as_deref(), Some("s%20t"));
    let tokens = redeem(&sim, &told(&answer, "code").unwrap(), &[]).await;
    assert_eq!(tokens.header("cache-control"), Some("no-store"));
    let tokens = tokens.json();
    let keys = jwks(&sim).await;
    for name in ["access_token", "id_token"] {
        assert!(verifies(tokens[name].as_str().unwrap(), &keys), "{name}");
    }
    let mut claims = part(tokens["access_token"].as_str().unwrap(), 1);
    assert!(claims["jti"].take().is_string());
    assert_eq!(
        claims,
        json!({
            "iss": sim.identity_url(), "aud": "agent-desk-api", "client_id": "agent-desk",
            "sub": "00000001-0000-4000-8000-000000000001", "preferred_username": "hanako.sato",
            "scope": "openid", "iat": NINE, "nbf": NINE, "exp": NINE + 300, "jti": null,
        })
    );
    let claims = part(tokens["id_token"].as_str().unwrap(), 1);
    assert_eq!(
        (&claims["aud"], &claims["nonce"]),
        (&json!("agent-desk"), &json!("n"))
    );
    sim.stop().await;
}

#[tokio::test]
async fn discovery_names_what_is_served() {
    let sim = provider().await;
    let issuer = sim.identity_url();
    let url = format!("{issuer}/.well-known/openid-configuration");
    let found = get(&url).await.json();
    assert_eq!(found["issuer"], issuer);
    assert_eq!(found["code_challenge_methods_supported"], json!(["S256"]));
    let keys = get(found["jwks_uri"].as_str().unwrap()).await.json();
    assert_eq!(keys["keys"].as_array().unwrap().len(), 2);
    sim.stop().await;
}

#[rstest]
#[case::other_client(&[("client_id", "other")])]
#[case::other_page(&[("redirect_uri", "http://127.0.0.1:9400/signin.html/")])]
#[case::a_page_that_begins_alike(&[("redirect_uri", "http://127.0.0.1:9400/signin.html.evil.example")])]
#[case::foreign_page(&[("redirect_uri", "http://evil.example/signin.html")])]
#[case::no_page(&[("redirect_uri", "")])]
#[tokio::test]
async fn who_is_not_known_is_sent_nowhere(#[case] others: &[(&str, &str)]) {
    let sim = provider().await;
    for answer in [
        authorize(&sim, &asked(others), &[]).await,
        sign_in(&sim, &asked(others), "konnichiwa").await,
    ] {
        assert_eq!(answer.status, 400);
        assert_eq!(answer.header("location"), None);
    }
    sim.stop().await;
}

#[rstest]
#[case::no_pkce(&[("code_challenge", ""), ("code_challenge_method", "")], "invalid_request")]
#[case::plain_pkce(&[("code_challenge_method", "plain")], "invalid_request")]
#[case::short_challenge(&[("code_challenge", "abc")], "invalid_request")]
#[case::implicit(&[("response_type", "token")], "unsupported_response_type")]
#[case::no_scope(&[("scope", "")], "invalid_scope")]
#[case::nobody_is_there(&[("prompt", "none")], "login_required")]
#[tokio::test]
async fn what_is_wrong_is_told_to_the_desk(#[case] others: &[(&str, &str)], #[case] error: &str) {
    let sim = provider().await;
    let answer = authorize(&sim, &asked(others), &[]).await;
    assert_eq!(answer.status, 303);
    assert_eq!(told(&answer, "error").as_deref(), Some(error));
    assert_eq!(told(&answer, "state").as_deref(), Some("s%20t"));
    sim.stop().await;
}

#[tokio::test]
async fn a_parameter_may_come_once() {
    let sim = provider().await;
    let twice = format!("{}&scope=openid", asked(&[]));
    let answer = authorize(&sim, &twice, &[]).await;
    assert_eq!(told(&answer, "error").as_deref(), Some("invalid_request"));
    let twice = format!("{}&redirect_uri={PAGE}", asked(&[]));
    assert_eq!(authorize(&sim, &twice, &[]).await.status, 400);
    sim.stop().await;
}

#[tokio::test]
async fn a_session_answers_without_a_form_until_it_ends() {
    let sim = provider().await;
    let answer = sign_in(&sim, &asked(&[]), "konnichiwa").await;
    let cookie = answer.header("set-cookie").expect("a session");
    assert!(cookie.contains("HttpOnly"), "{cookie}");
    let cookie = [("Cookie", cookie.split(';').next().unwrap())];
    let silent = asked(&[("prompt", "none")]);
    let answer = authorize(&sim, &silent, &cookie).await;
    assert!(told(&answer, "code").is_some());
    let again = authorize(&sim, &asked(&[("prompt", "login")]), &cookie).await;
    assert_eq!(again.status, 200);
    let url = format!(
        "{}/logout?post_logout_redirect_uri={DESK}/",
        sim.identity_url()
    );
    let out = request("GET", &url, &cookie, b"").await;
    assert_eq!(out.header("location"), Some("http://127.0.0.1:9400/"));
    let answer = authorize(&sim, &silent, &cookie).await;
    assert_eq!(told(&answer, "error").as_deref(), Some("login_required"));
    sim.stop().await;
}

#[tokio::test]
async fn signing_out_takes_refresh_tokens_back_and_leads_to_no_stranger() {
    let sim = provider().await;
    let answer = sign_in(&sim, &asked(&[]), "konnichiwa").await;
    let tokens = redeem(&sim, &told(&answer, "code").unwrap(), &[])
        .await
        .json();
    let cookie = answer.header("set-cookie").unwrap();
    let cookie = [("Cookie", cookie.split(';').next().unwrap())];
    let evil = "http://evil.example/";
    let url = format!(
        "{}/logout?post_logout_redirect_uri={evil}",
        sim.identity_url()
    );
    let out = request("GET", &url, &cookie, b"").await;
    assert_eq!((out.status, out.header("location")), (200, None));
    let next = refresh(&sim, &tokens["refresh_token"]).await;
    assert_eq!(next.json(), json!({ "error": "invalid_grant" }));
    sim.stop().await;
}

/// A browser says `Origin: null` of a form whose page tells nobody where it is.
#[tokio::test]
async fn the_form_comes_from_its_own_page_and_from_no_other() {
    let sim = provider().await;
    let page = authorize(&sim, &asked(&[]), &[]).await;
    assert_eq!(page.header("referrer-policy"), Some("same-origin"));
    let own = sim.identity_url();
    for (origin, status) in [
        (own.as_str(), 303),
        ("null", 403),
        ("http://evil.example", 403),
    ] {
        let body = format!("{}&login=hanako.sato&password=konnichiwa", asked(&[]));
        let answer = post(&sim, "/sign-in", &body, &[("Origin", origin)]).await;
        assert_eq!(answer.status, status, "{origin}");
    }
    sim.stop().await;
}

#[tokio::test]
async fn a_wrong_password_shows_the_form_again() {
    let sim = provider().await;
    let answer = sign_in(&sim, &asked(&[]), "konbanwa").await;
    assert_eq!(answer.status, 401);
    assert_eq!(answer.header("set-cookie"), None);
    assert!(answer.text().contains("role=\"alert\""));
    sim.stop().await;
}

#[rstest]
#[case::japanese("ja-JP", "ユーザー名")]
#[case::english("en-GB", "User name")]
#[tokio::test]
async fn the_form_speaks_the_browsers_language(#[case] accepted: &str, #[case] label: &str) {
    let sim = provider().await;
    let page = authorize(&sim, &asked(&[]), &[("Accept-Language", accepted)]).await;
    assert_eq!(page.status, 200);
    assert!(page.text().contains(label));
    assert!(page.text().contains("hanako.sato"));
    sim.stop().await;
}

#[rstest]
#[case::other_client("client_id", "other", 401, "invalid_client")]
#[case::other_verifier("code_verifier", CHALLENGE, 400, "invalid_grant")]
#[case::no_verifier("code_verifier", "", 400, "invalid_request")]
#[case::other_page("redirect_uri", "http://127.0.0.1:9400/", 400, "invalid_grant")]
#[case::guessed("code", "guessed", 400, "invalid_grant")]
#[case::password("grant_type", "password", 400, "unsupported_grant_type")]
#[tokio::test]
async fn a_code_is_good_only_with_all_that_belongs_to_it(
    #[case] name: &str,
    #[case] value: &str,
    #[case] status: u16,
    #[case] error: &str,
) {
    let sim = provider().await;
    let code = code(&sim).await;
    let answer = redeem(&sim, &code, &[(name, value)]).await;
    assert_eq!(answer.status, status);
    assert_eq!(answer.json(), json!({ "error": error }));
    sim.stop().await;
}

#[tokio::test]
async fn a_code_is_good_once_and_for_a_minute_of_the_simulators_clock() {
    let sim = provider().await;
    let (first, second) = (code(&sim).await, code(&sim).await);
    control(&sim, "/clock", json!({ "advance_ms": 60_000 })).await;
    let tokens = redeem(&sim, &first, &[]).await;
    assert_eq!(tokens.status, 200);
    control(&sim, "/clock", json!({ "advance_ms": 1_000 })).await;
    assert_eq!(redeem(&sim, &second, &[]).await.status, 400);
    // A replay ends what came of the code.
    assert_eq!(redeem(&sim, &first, &[]).await.status, 400);
    let next = refresh(&sim, &tokens.json()["refresh_token"]).await;
    assert_eq!(next.status, 400);
    sim.stop().await;
}

#[tokio::test]
async fn each_refresh_token_is_good_once() {
    let sim = provider().await;
    let first = redeem(&sim, &code(&sim).await, &[]).await.json();
    let second = refresh(&sim, &first["refresh_token"]).await.json();
    assert!(verifies(
        second["access_token"].as_str().unwrap(),
        &jwks(&sim).await
    ));
    let reused = refresh(&sim, &first["refresh_token"]).await;
    assert_eq!(reused.json(), json!({ "error": "invalid_grant" }));
    assert_eq!(refresh(&sim, &second["refresh_token"]).await.status, 400);
    sim.stop().await;
}

#[tokio::test]
async fn only_the_desks_pages_may_speak_to_the_token_endpoint() {
    let sim = provider().await;
    let ours = redeem(&sim, &code(&sim).await, &[]).await;
    assert_eq!(ours.header("access-control-allow-origin"), Some(DESK));
    let foreign = [("Origin", "http://evil.example")];
    let answer = post(&sim, "/token", "grant_type=refresh_token", &foreign).await;
    assert_eq!(answer.status, 403);
    assert_eq!(answer.header("access-control-allow-origin"), None);
    sim.stop().await;
}

#[tokio::test]
async fn a_request_to_another_name_is_refused() {
    let sim = provider().await;
    let answer = authorize(&sim, &asked(&[]), &[("Host", "evil.example")]).await;
    assert_eq!(answer.status, 421);
    sim.stop().await;
}

#[tokio::test]
async fn framing_is_a_choice() {
    let sim = provider().await;
    let framed = [("Sec-Fetch-Dest", "iframe")];
    let page = authorize(&sim, &asked(&[]), &framed).await;
    assert_eq!(
        (page.status, page.header("x-frame-options")),
        (403, Some("DENY"))
    );
    control(&sim, "/identity", json!({ "framing": true })).await;
    let page = authorize(&sim, &asked(&[]), &framed).await;
    assert_eq!((page.status, page.header("x-frame-options")), (200, None));
    let policy = page.header("content-security-policy").unwrap();
    assert!(
        policy.contains("frame-ancestors http://127.0.0.1:9400"),
        "{policy}"
    );
    sim.stop().await;
}

#[tokio::test]
async fn old_keys_stay_published_while_their_tokens_live() {
    let sim = provider().await;
    let old = mint(&sim, json!({})).await;
    control(&sim, "/identity/rotate", json!({})).await;
    let new = mint(&sim, json!({})).await;
    assert_ne!(part(&old, 0)["kid"], part(&new, 0)["kid"]);
    let keys = jwks(&sim).await;
    assert!(verifies(&old, &keys) && verifies(&new, &keys));
    control(&sim, "/clock", json!({ "advance_ms": 301_000 })).await;
    let keys = jwks(&sim).await;
    assert!(!verifies(&old, &keys) && verifies(&new, &keys));
    control(&sim, "/identity/rotate", json!({ "forget": true })).await;
    assert!(!verifies(&new, &jwks(&sim).await));
    sim.stop().await;
}

#[rstest]
#[case::rsa(json!({ "signed": "rs256" }), "RS256", true)]
#[case::ec(json!({ "signed": "es256" }), "ES256", true)]
#[case::other_claims(json!({ "claims": { "exp": 1, "aud": null } }), "RS256", true)]
#[case::none(json!({ "signed": "none" }), "none", false)]
#[case::confusion(json!({ "signed": "hs256" }), "HS256", false)]
#[case::stranger(json!({ "signed": "unknown" }), "RS256", false)]
#[case::broken(json!({ "signed": "broken" }), "RS256", false)]
#[case::other_key(json!({ "header": { "kid": "es256-1" } }), "RS256", false)]
#[tokio::test]
async fn a_test_can_have_any_token(
    #[case] wish: Value,
    #[case] algorithm: &str,
    #[case] good: bool,
) {
    let sim = provider().await;
    let token = mint(&sim, wish.clone()).await;
    assert_eq!(part(&token, 0)["alg"], algorithm);
    assert_eq!(verifies(&token, &jwks(&sim).await), good);
    if wish["claims"].is_object() {
        let claims = part(&token, 1);
        assert_eq!((&claims["exp"], &claims["aud"]), (&json!(1), &Value::Null));
    }
    sim.stop().await;
}

#[tokio::test]
async fn settings_change_tokens_and_requests_are_counted() {
    let sim = provider().await;
    let change = json!({ "algorithm": "ES256", "names_audience": false, "access_token_s": 60 });
    assert_eq!(control(&sim, "/identity", change).await.status, 200);
    let token = mint(&sim, json!({ "login": "ichiro.suzuki" })).await;
    assert_eq!(part(&token, 0)["alg"], "ES256");
    let claims = part(&token, 1);
    assert_eq!(claims["preferred_username"], "ichiro.suzuki");
    assert_eq!(
        (&claims["aud"], &claims["exp"]),
        (&Value::Null, &json!(NINE + 60))
    );
    jwks(&sim).await;
    control(&sim, "/identity", json!({ "down": true })).await;
    assert_eq!(
        get(&format!("{}/jwks", sim.identity_url())).await.status,
        503
    );
    let counts = get(&format!("{}/identity", sim.control_url())).await.json();
    assert_eq!(counts["counts"], json!({ "/jwks": 2 }));
    sim.stop().await;
}

#[rstest]
#[case::algorithm("/identity", json!({ "algorithm": "HS256" }), "HS256")]
#[case::unknown("/identity", json!({ "frame": true }), "frame")]
#[case::signature("/identity/tokens", json!({ "signed": "md5" }), "signed")]
#[tokio::test]
async fn a_wrong_wish_is_a_sentence(#[case] path: &str, #[case] body: Value, #[case] names: &str) {
    let sim = provider().await;
    let answer = control(&sim, path, body).await;
    assert_eq!(answer.status, 400);
    let sentence = answer.json()["error"].as_str().unwrap().to_owned();
    assert!(sentence.contains(names), "{sentence}");
    sim.stop().await;
}
