//! Forged, stale and foreign tokens, each with a twin that differs in one thing and is believed.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{LazyLock, Mutex};

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::TimeDelta;
use futures_util::FutureExt as _;
use rstest::rstest;
use serde_json::json;

use super::*;
use crate::config::tests::read as config;
use crate::upstream::{Reply, Upstream};

pub(crate) static RSA: LazyLock<RsaKeyPair> =
    LazyLock::new(|| RsaKeyPair::generate(KeySize::Rsa2048).expect("a key"));
static OTHER_RSA: LazyLock<RsaKeyPair> =
    LazyLock::new(|| RsaKeyPair::generate(KeySize::Rsa2048).expect("a key"));
static EC: LazyLock<EcdsaKeyPair> =
    LazyLock::new(|| EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key"));

pub(crate) fn noon() -> DateTime<Utc> {
    "2026-11-03T04:05:06Z".parse().expect("an instant")
}

pub(crate) fn rsa_jwk(key: &RsaKeyPair, id: &str) -> Value {
    let public = key.public_key();
    json!({
        "kty": "RSA", "use": "sig", "alg": "RS256", "kid": id,
        "n": BASE64.encode(public.modulus().big_endian_without_leading_zero()),
        "e": BASE64.encode(public.exponent().big_endian_without_leading_zero()),
    })
}

pub(crate) fn ec_jwk(id: &str) -> Value {
    let point = EC.public_key().as_ref();
    json!({
        "kty": "EC", "crv": "P-256", "kid": id,
        "x": BASE64.encode(&point[1..33]), "y": BASE64.encode(&point[33..65]),
    })
}

/// A token of `header` and `claims`, signed as `header.alg` says, with the key that belongs to it.
pub(crate) fn token(header: &Value, claims: &Value) -> String {
    let text = format!(
        "{}.{}",
        BASE64.encode(header.to_string()),
        BASE64.encode(claims.to_string())
    );
    let random = SystemRandom::new();
    let signature = match header["alg"].as_str() {
        Some("RS256") => rsa_signature(&RSA, &text),
        Some("ES256") => EC
            .sign(&random, text.as_bytes())
            .expect("a signature")
            .as_ref()
            .to_vec(),
        // The classic confusion: the public key, which everybody has, taken for a shared secret.
        Some("HS256") => {
            let public = RSA.public_key().as_der().expect("DER");
            let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, public.as_ref());
            aws_lc_rs::hmac::sign(&key, text.as_bytes())
                .as_ref()
                .to_vec()
        }
        _ => Vec::new(),
    };
    format!("{text}.{}", BASE64.encode(signature))
}

fn rsa_signature(key: &RsaKeyPair, text: &str) -> Vec<u8> {
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(
        &RSA_PKCS1_SHA256,
        &SystemRandom::new(),
        text.as_bytes(),
        &mut signature,
    )
    .expect("a signature");
    signature
}

pub(crate) fn header() -> Value {
    json!({"alg": "RS256", "typ": "JWT", "kid": "rsa-1"})
}

pub(crate) fn claims(issuer: &str) -> Value {
    json!({
        "iss": issuer, "aud": "desk", "sub": "0a-1", "client_id": "desk-client", "preferred_username": "hanako",
        "exp": noon().timestamp() + 300, "nbf": noon().timestamp() - 10, "iat": noon().timestamp() - 10,
    })
}

/// An issuer with its keys, and who checks its tokens.
struct World {
    issuer: Upstream,
    published: Arc<Mutex<Vec<Value>>>,
    metrics: Arc<Metrics>,
    passed: Arc<AtomicI64>,
    verifier: Verifier,
}

impl World {
    async fn new() -> Self {
        Self::with(&[]).await
    }

    async fn with(settings: &[(&str, &str)]) -> Self {
        let published = Arc::new(Mutex::new(vec![rsa_jwk(&RSA, "rsa-1"), ec_jwk("ec-1")]));
        let keys = published.clone();
        let issuer = Upstream::new(move |request| {
            let host = request.header("host").expect("a host");
            match request.path() {
                "/.well-known/openid-configuration" => Reply::json(&json!({
                    "issuer": format!("http://{host}"), "jwks_uri": format!("http://{host}/keys"),
                })),
                "/keys" => Reply::json(&json!({"keys": *keys.lock().expect("no panic")})),
                _ => Reply::error(404, "NotFound"),
            }
        })
        .await;
        let url = issuer.url();
        let settings: Vec<_> = settings
            .iter()
            .copied()
            .chain([("DESK_ISSUER", url.as_str())])
            .collect();
        let metrics = Arc::new(Metrics::default());
        let passed = Arc::new(AtomicI64::new(0));
        let seconds = passed.clone();
        let verifier = Verifier::new(
            config(&settings).expect("a configuration").tokens,
            Outbound::new().expect("certificates"),
            Clock::new(move || noon() + TimeDelta::seconds(seconds.load(Ordering::SeqCst))),
            metrics.clone(),
        );
        Self {
            issuer,
            published,
            metrics,
            passed,
            verifier,
        }
    }

    fn claims(&self) -> Value {
        claims(&self.issuer.url())
    }

    async fn verify(&self, header: &Value, claims: &Value) -> Result<Named, TokenError> {
        self.verifier.verify(&token(header, claims)).await
    }

    fn fetches(&self) -> usize {
        self.issuer
            .received()
            .iter()
            .filter(|it| it.path() == "/keys")
            .count()
    }
}

#[rstest]
#[case::rsa(header())]
#[case::ec(json!({"alg": "ES256", "kid": "ec-1"}))]
#[case::access_token(json!({"alg": "RS256", "kid": "rsa-1", "typ": "at+jwt"}))]
#[tokio::test]
async fn a_token_of_the_issuer_s_names_the_agent(#[case] header: Value) {
    let world = World::new().await;
    let named = world
        .verify(&header, &world.claims())
        .await
        .expect("a good token");
    assert_eq!(named.as_str(), "hanako");
}

#[rstest]
#[case::none(json!({"alg": "none", "kid": "rsa-1"}), TokenError::Algorithm)]
#[case::none_in_capitals(json!({"alg": "NONE", "kid": "rsa-1"}), TokenError::Algorithm)]
#[case::key_confusion(json!({"alg": "HS256", "kid": "rsa-1"}), TokenError::Algorithm)]
#[case::a_weaker_use_of_the_key(json!({"alg": "PS256", "kid": "rsa-1"}), TokenError::Algorithm)]
#[case::the_other_kind_of_key(json!({"alg": "RS256", "kid": "ec-1"}), TokenError::Algorithm)]
#[case::unknown_key(json!({"alg": "RS256", "kid": "rsa-2"}), TokenError::UnknownKey)]
#[case::no_key(json!({"alg": "RS256"}), TokenError::UnknownKey)]
#[case::critical(json!({"alg": "RS256", "kid": "rsa-1", "crit": ["b64"], "b64": false}), TokenError::Malformed)]
#[case::own_key(json!({"alg": "ES256", "kid": "mine", "jwk": ec_jwk("mine")}), TokenError::UnknownKey)]
#[tokio::test]
async fn a_forged_header_is_not_believed(#[case] header: Value, #[case] expected: TokenError) {
    let world = World::new().await;
    assert_eq!(world.verify(&header, &world.claims()).await, Err(expected));
}

#[rstest]
#[case::issuer(&[], json!({"iss": "https://id.example.org"}), TokenError::Issuer)]
#[case::no_issuer(&[], json!({"iss": null}), TokenError::Issuer)]
#[case::audience(&[], json!({"aud": "desk2"}), TokenError::Audience)]
#[case::audiences(&[], json!({"aud": ["a", "b"]}), TokenError::Audience)]
#[case::no_audience(&[], json!({"aud": null}), TokenError::Audience)]
#[case::client(&[("DESK_AUDIENCE_CLAIM", "client_id")], json!({"aud": "desk"}), TokenError::Audience)]
#[case::over(&[], json!({"exp": 1_793_678_646}), TokenError::Expired)]
#[case::never_over(&[], json!({"exp": null}), TokenError::Expired)]
#[case::after_the_end_of_time(&[], json!({"exp": 8_210_266_876_800_i64}), TokenError::Expired)]
#[case::over_in_words(&[], json!({"exp": "tomorrow"}), TokenError::Expired)]
#[case::not_begun(&[], json!({"nbf": 1_793_678_767}), TokenError::NotYetValid)]
#[case::begins_in_words(&[], json!({"nbf": "now"}), TokenError::NotYetValid)]
#[case::nobody(&[], json!({"preferred_username": null}), TokenError::NoUser)]
#[case::empty(&[], json!({"preferred_username": ""}), TokenError::NoUser)]
#[case::a_list(&[], json!({"preferred_username": ["hanako"]}), TokenError::NoUser)]
#[case::control(&[], json!({"preferred_username": "hana\nko"}), TokenError::NoUser)]
#[tokio::test]
async fn claims_that_are_not_ours_are_not_believed(
    #[case] settings: &[(&str, &str)],
    #[case] change: Value,
    #[case] expected: TokenError,
) {
    let world = World::with(settings).await;
    assert_eq!(
        world
            .verify(&header(), &merged(world.claims(), &change))
            .await,
        Err(expected)
    );
}

/// The twins of those above: the same claims, a hair inside of what is accepted.
#[rstest]
#[case::one_of_several_audiences(&[], json!({"aud": ["a", "desk"]}), "hanako")]
#[case::client(&[("DESK_AUDIENCE_CLAIM", "client_id")], json!({"client_id": "desk"}), "hanako")]
#[case::just_not_over(&[], json!({"exp": 1_793_678_647}), "hanako")]
#[case::just_begun(&[], json!({"nbf": 1_793_678_766}), "hanako")]
#[case::never_not_begun(&[], json!({"nbf": null}), "hanako")]
#[case::fraction(&[], json!({"exp": 1_793_678_800.5}), "hanako")]
#[case::at_the_end_of_time(&[], json!({"exp": 8_210_266_876_799_i64}), "hanako")]
#[case::another_claim(&[("DESK_USER_CLAIM", "sub")], json!({}), "0a-1")]
#[tokio::test]
async fn claims_that_are_ours_are_believed(
    #[case] settings: &[(&str, &str)],
    #[case] change: Value,
    #[case] expected: &str,
) {
    let world = World::with(settings).await;
    let named = world
        .verify(&header(), &merged(world.claims(), &change))
        .await
        .expect("a good token");
    assert_eq!(named.as_str(), expected);
}

pub(crate) fn merged(mut claims: Value, change: &Value) -> Value {
    for (name, value) in change.as_object().expect("an object") {
        claims[name] = value.clone();
    }
    claims
}

#[rstest]
#[case::empty("")]
#[case::dots("..")]
#[case::words("not a token")]
#[case::four_parts("a.b.c.d")]
#[tokio::test]
async fn what_is_no_token_is_not_believed(#[case] text: &str) {
    let world = World::new().await;
    assert_eq!(
        world.verifier.verify(text).await,
        Err(TokenError::Malformed)
    );
    assert_eq!(world.fetches(), 0, "and the issuer is not asked");
}

#[tokio::test]
async fn one_bit_of_the_signature_decides() {
    let world = World::new().await;
    let good = token(&header(), &world.claims());
    assert!(world.verifier.verify(&good).await.is_ok());
    let (text, signature) = good.rsplit_once('.').expect("three parts");
    let mut bytes = BASE64.decode(signature).expect("base64");
    bytes[0] ^= 1;
    let forged = format!("{text}.{}", BASE64.encode(&bytes));
    assert_eq!(
        world.verifier.verify(&forged).await,
        Err(TokenError::Signature)
    );
    let foreign = format!("{text}.{}", BASE64.encode(rsa_signature(&OTHER_RSA, text)));
    assert_eq!(
        world.verifier.verify(&foreign).await,
        Err(TokenError::Signature)
    );
}

#[tokio::test]
async fn unknown_keys_make_no_stampede() {
    let world = World::new().await;
    let unknown = |number: usize| {
        let header = json!({"alg": "RS256", "kid": format!("unknown-{number}")});
        token(&header, &world.claims())
    };
    let tokens: Vec<String> = (0..50).map(unknown).collect();
    let results =
        futures_util::future::join_all(tokens.iter().map(|it| world.verifier.verify(it))).await;
    assert!(
        results.iter().all(|it| *it == Err(TokenError::UnknownKey)),
        "{results:?}"
    );
    assert_eq!(world.fetches(), 1);
    // And none later, until half a minute has passed.
    for (passed, fetches) in [(29, 1), (30, 2)] {
        world.passed.store(passed, Ordering::SeqCst);
        world
            .verifier
            .verify(&tokens[0])
            .await
            .expect_err("an unknown key");
        assert_eq!(world.fetches(), fetches, "after {passed} s");
    }
}

#[tokio::test]
async fn a_new_key_is_found_when_it_is_used() {
    let world = World::new().await;
    world.published.lock().expect("no panic").pop();
    let early = json!({"alg": "ES256", "kid": "ec-1"});
    assert_eq!(
        world.verify(&early, &world.claims()).await,
        Err(TokenError::UnknownKey)
    );
    world
        .published
        .lock()
        .expect("no panic")
        .push(ec_jwk("ec-1"));
    world.passed.store(31, Ordering::SeqCst);
    assert!(world.verify(&early, &world.claims()).await.is_ok());
}

#[tokio::test]
async fn a_key_that_was_withdrawn_is_no_longer_believed() {
    let world = World::new().await;
    let claims = merged(world.claims(), &json!({"exp": noon().timestamp() + 3_600}));
    assert!(world.verify(&header(), &claims).await.is_ok());
    world.published.lock().expect("no panic").remove(0);
    world.passed.store(600, Ordering::SeqCst);
    assert_eq!(
        world.verify(&header(), &claims).await,
        Err(TokenError::UnknownKey)
    );
}

#[tokio::test]
async fn a_fetch_that_nobody_waited_for_is_over_when_it_is_over() {
    let world = World::new().await;
    let claims = merged(world.claims(), &json!({"exp": noon().timestamp() + 3_600}));
    let left = world.verify(&header(), &claims).now_or_never();
    assert!(left.is_none(), "the issuer is being asked");
    while !world.metrics.render().contains("keys_fetched") {
        tokio::task::yield_now().await;
    }
    world.published.lock().expect("no panic").remove(0);
    world.passed.store(600, Ordering::SeqCst);
    assert_eq!(
        world.verify(&header(), &claims).await,
        Err(TokenError::UnknownKey)
    );
}

#[tokio::test]
async fn an_issuer_that_publishes_nothing_is_in_trouble_and_has_withdrawn_nothing() {
    let world = World::new().await;
    let claims = merged(world.claims(), &json!({"exp": noon().timestamp() + 3_600}));
    assert!(world.verify(&header(), &claims).await.is_ok());
    world.published.lock().expect("no panic").clear();
    world.passed.store(600, Ordering::SeqCst);
    assert!(world.verify(&header(), &claims).await.is_ok());
    assert!(world.metrics.render().contains("keys_fetch_failed"));
}

#[rstest]
#[case::short_rsa("n", json!("AQAB"))]
#[case::for_encryption("use", json!("enc"))]
#[case::another_algorithm("alg", json!("RS512"))]
#[case::shared_secret("kty", json!("oct"))]
#[tokio::test]
async fn a_key_that_is_for_something_else_is_not_used(#[case] member: &str, #[case] value: Value) {
    let world = World::new().await;
    world.published.lock().expect("no panic")[0][member] = value;
    assert_eq!(
        world.verify(&header(), &world.claims()).await,
        Err(TokenError::UnknownKey)
    );
    // The other keys of the set are.
    assert!(
        world
            .verify(&json!({"alg": "ES256", "kid": "ec-1"}), &world.claims())
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn without_the_issuer_nobody_is_called_a_forger() {
    let world = World::with(&[]).await;
    let dead = World {
        issuer: Upstream::scripted([Reply::error(500, "Down")]).await,
        ..World::new().await
    };
    let url = dead.issuer.url();
    let verifier = Verifier::new(
        config(&[("DESK_ISSUER", url.as_str())])
            .expect("a configuration")
            .tokens,
        Outbound::new().expect("certificates"),
        Clock::new(noon),
        world.metrics.clone(),
    );
    let result = verifier.verify(&token(&header(), &claims(&url))).await;
    assert_eq!(result, Err(TokenError::IssuerUnreachable));
    assert!(
        world.metrics.render().contains("token_issuer_unreachable"),
        "and it is counted"
    );
}

#[tokio::test]
async fn keys_outlive_their_issuer_for_an_hour() {
    let replies = Arc::new(Mutex::new(true));
    let up = replies.clone();
    let issuer = Upstream::new(move |request| {
        let host = request.header("host").expect("a host");
        if !*up.lock().expect("no panic") {
            return Reply::error(503, "Down");
        }
        match request.path() {
            "/keys" => Reply::json(&json!({"keys": [rsa_jwk(&RSA, "rsa-1")]})),
            _ => Reply::json(&json!({"issuer": format!("http://{host}"), "jwks_uri": format!("http://{host}/keys")})),
        }
    })
    .await;
    let passed = Arc::new(AtomicI64::new(0));
    let seconds = passed.clone();
    let verifier = Verifier::new(
        config(&[("DESK_ISSUER", issuer.url().as_str())])
            .expect("a configuration")
            .tokens,
        Outbound::new().expect("certificates"),
        Clock::new(move || noon() + TimeDelta::seconds(seconds.load(Ordering::SeqCst))),
        Arc::default(),
    );
    let text = token(
        &header(),
        &merged(
            claims(&issuer.url()),
            &json!({"exp": noon().timestamp() + 90_000}),
        ),
    );
    assert!(verifier.verify(&text).await.is_ok());
    *replies.lock().expect("no panic") = false;
    passed.store(600, Ordering::SeqCst);
    assert!(verifier.verify(&text).await.is_ok());
    passed.store(3_599, Ordering::SeqCst);
    let at_once = verifier.verify(&text).now_or_never();
    assert!(
        at_once.is_some_and(|it| it.is_ok()),
        "nobody waits for an issuer that is known to be in trouble"
    );
    passed.store(3_600, Ordering::SeqCst);
    assert_eq!(
        verifier.verify(&text).await,
        Err(TokenError::IssuerUnreachable)
    );
}
