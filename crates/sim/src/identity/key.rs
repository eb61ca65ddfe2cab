//! The keys that sign tokens, and the set that verifiers fetch (RFC 7517, 7518).

use aws_lc_rs::encoding::{AsDer as _, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// How a token is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Algorithm {
    /// RSA, PKCS #1 v1.5, SHA-256.
    Rs256,
    /// ECDSA on P-256, SHA-256.
    Es256,
}

impl Algorithm {
    /// As in a token's header.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
        }
    }
}

/// The pair in force, and public keys of earlier ones whose tokens may live.
#[derive(Debug)]
pub(super) struct Keys {
    current: Generation,
    retired: Vec<(Vec<Value>, i64)>,
    generations: u32,
}

/// One key of each kind.
#[derive(Debug)]
pub(super) struct Generation {
    number: u32,
    rsa: Option<RsaKeyPair>,
    ec: Option<EcdsaKeyPair>,
}

impl Keys {
    pub(super) fn generate() -> Self {
        Self {
            current: Generation::new(1),
            retired: Vec::new(),
            generations: 1,
        }
    }

    pub(super) fn current(&self) -> &Generation {
        &self.current
    }

    /// A generation that is never published.
    pub(super) fn stranger(&mut self) -> Generation {
        self.generations += 1;
        Generation::new(self.generations)
    }

    /// Takes new keys; the old ones stay published until then, in epoch seconds.
    pub(super) fn rotate(&mut self, until: i64) {
        self.retired.push((self.current.to_jwks(), until));
        self.generations += 1;
        self.current = Generation::new(self.generations);
    }

    /// Publishes the current keys alone.
    pub(super) fn forget(&mut self) {
        self.retired.clear();
    }

    /// The set at that epoch second.
    pub(super) fn published(&mut self, now: i64) -> Value {
        self.retired.retain(|(_, until)| *until >= now);
        let retired = self.retired.iter().flat_map(|(keys, _)| keys.clone());
        let keys: Vec<Value> = self.current.to_jwks().into_iter().chain(retired).collect();
        json!({ "keys": keys })
    }
}

impl Generation {
    fn new(number: u32) -> Self {
        let rsa = RsaKeyPair::generate(KeySize::Rsa2048);
        let ec = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING);
        if rsa.is_err() || ec.is_err() {
            tracing::error!("no keys could be made; tokens will not verify");
        }
        Self {
            number,
            rsa: rsa.ok(),
            ec: ec.ok(),
        }
    }

    pub(super) fn id(&self, algorithm: Algorithm) -> String {
        format!("{}-{}", algorithm.name().to_lowercase(), self.number)
    }

    /// A signature; empty when there is no key.
    pub(super) fn sign(&self, algorithm: Algorithm, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        let signature = match algorithm {
            Algorithm::Rs256 => self.rsa.as_ref().and_then(|key| {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)
                    .ok()
                    .map(|()| signature)
            }),
            Algorithm::Es256 => self.ec.as_ref().and_then(|key| {
                let signature = key.sign(&random, message).ok()?;
                Some(signature.as_ref().to_vec())
            }),
        };
        signature.unwrap_or_default()
    }

    /// The RSA key's public half as a file that people pass around: what an attacker has at hand
    /// who takes it for a shared secret.
    pub(super) fn public_pem(&self) -> String {
        let der = self.rsa.as_ref().and_then(|key| {
            let der: PublicKeyX509Der<'_> = key.public_key().as_der().ok()?;
            Some(STANDARD.encode(der.as_ref()))
        });
        let der = der.unwrap_or_default();
        let lines: Vec<&str> = der
            .as_bytes()
            .chunks(64)
            .filter_map(|line| std::str::from_utf8(line).ok())
            .collect();
        format!(
            "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
            lines.join("\n")
        )
    }

    fn to_jwks(&self) -> Vec<Value> {
        let rsa = self.rsa.as_ref().map(|key| {
            let public = key.public_key();
            json!({
                "kty": "RSA",
                "use": "sig",
                "alg": "RS256",
                "kid": self.id(Algorithm::Rs256),
                "n": URL_SAFE_NO_PAD.encode(public.modulus().big_endian_without_leading_zero()),
                "e": URL_SAFE_NO_PAD.encode(public.exponent().big_endian_without_leading_zero()),
            })
        });
        // Uncompressed: 4, then both coordinates in 32 bytes each (SEC 1, 2.3.3).
        let ec = self.ec.as_ref().and_then(|key| {
            let point = key.public_key().as_ref();
            let (x, y) = point.strip_prefix(&[4])?.split_at_checked(32)?;
            Some(json!({
                "kty": "EC",
                "use": "sig",
                "alg": "ES256",
                "crv": "P-256",
                "kid": self.id(Algorithm::Es256),
                "x": URL_SAFE_NO_PAD.encode(x),
                "y": URL_SAFE_NO_PAD.encode(y),
            }))
        });
        rsa.into_iter().chain(ec).collect()
    }
}
