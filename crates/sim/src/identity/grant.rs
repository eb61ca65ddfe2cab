//! What was granted to whom: codes that are good once and for a minute, and refresh tokens of which
//! each is good once as well.
//!
//! Whoever uses one a second time may be a thief, and so may whoever used it the first time: then
//! the whole family ends (RFC 6749, 4.1.2; RFC 9700, 4.14.2).

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

/// How long a code is good, in seconds.
const CODE_S: i64 = 60;

/// Codes and refresh tokens are remembered, at most this many of each.
const REMEMBERED: usize = 1_000;

/// Every code and refresh token that is not too old.
#[derive(Debug, Default)]
pub(super) struct Grants {
    codes: BTreeMap<String, Code>,
    refreshes: BTreeMap<String, Refresh>,
    families: u64,
}

/// What an agent has agreed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Consent {
    pub(super) login: String,
    pub(super) scope: String,
    pub(super) nonce: Option<String>,
}

#[derive(Debug)]
struct Code {
    consent: Consent,
    redirect_uri: String,
    /// The hash of the verifier, RFC 7636's `S256`.
    challenge: String,
    expires: i64,
    /// The family of refresh tokens that it became.
    spent: Option<u64>,
}

#[derive(Debug)]
struct Refresh {
    consent: Consent,
    family: u64,
    expires: i64,
    spent: bool,
}

/// Why there are no tokens: `invalid_grant`, whatever the cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct InvalidGrant;

impl Grants {
    /// A code for what an agent has agreed to.
    pub(super) fn issue(
        &mut self,
        consent: Consent,
        redirect_uri: String,
        challenge: String,
        now: i64,
    ) -> String {
        self.forget(now);
        let code = secret();
        let expires = now.saturating_add(CODE_S);
        self.codes.insert(
            code.clone(),
            Code {
                consent,
                redirect_uri,
                challenge,
                expires,
                spent: None,
            },
        );
        code
    }

    /// Takes a code; what was agreed to, and the first refresh token, good for `lifetime` seconds.
    pub(super) fn redeem(
        &mut self,
        code: &str,
        redirect_uri: &str,
        verifier: &str,
        now: i64,
        lifetime: i64,
    ) -> Result<(Consent, String), InvalidGrant> {
        self.families += 1;
        let family = self.families;
        let known = self.codes.get_mut(code).ok_or(InvalidGrant)?;
        if let Some(family) = known.spent {
            self.end(family);
            return Err(InvalidGrant);
        }
        // A wrong attempt spends it too: whoever has it and not the verifier has stolen it.
        known.spent = Some(family);
        let fits = known.expires >= now
            && known.redirect_uri == redirect_uri
            && is_verifier(verifier)
            && known.challenge == challenge_of(verifier);
        if !fits {
            return Err(InvalidGrant);
        }
        let consent = known.consent.clone();
        let refresh = self.refresh_token(consent.clone(), family, now, lifetime);
        Ok((consent, refresh))
    }

    /// Takes a refresh token; what was agreed to, and the next one.
    pub(super) fn refresh(
        &mut self,
        token: &str,
        now: i64,
        lifetime: i64,
    ) -> Result<(Consent, String), InvalidGrant> {
        let known = self.refreshes.get_mut(token).ok_or(InvalidGrant)?;
        let family = known.family;
        if known.spent {
            self.end(family);
            return Err(InvalidGrant);
        }
        if known.expires < now {
            return Err(InvalidGrant);
        }
        known.spent = true;
        let consent = known.consent.clone();
        let next = self.refresh_token(consent.clone(), family, now, lifetime);
        Ok((consent, next))
    }

    /// Takes back every code and refresh token of that agent.
    pub(super) fn revoke(&mut self, login: &str) {
        self.codes.retain(|_, code| code.consent.login != login);
        self.refreshes.retain(|_, one| one.consent.login != login);
    }

    fn refresh_token(&mut self, consent: Consent, family: u64, now: i64, lifetime: i64) -> String {
        self.forget(now);
        let token = secret();
        let expires = now.saturating_add(lifetime);
        self.refreshes.insert(
            token.clone(),
            Refresh {
                consent,
                family,
                expires,
                spent: false,
            },
        );
        token
    }

    fn end(&mut self, family: u64) {
        self.refreshes.retain(|_, one| one.family != family);
    }

    /// Forgets what is too old, and the oldest when there is too much.
    fn forget(&mut self, now: i64) {
        // A spent code is remembered as long as a thief might still come with it.
        self.codes.retain(|_, code| code.expires + 600 >= now);
        self.refreshes.retain(|_, one| one.expires >= now);
        if self.codes.len() >= REMEMBERED {
            drop_oldest(&mut self.codes, |code| code.expires);
        }
        if self.refreshes.len() >= REMEMBERED {
            drop_oldest(&mut self.refreshes, |one| one.expires);
        }
    }
}

fn drop_oldest<T>(all: &mut BTreeMap<String, T>, age: impl Fn(&T) -> i64) {
    let oldest = all.iter().min_by_key(|(_, one)| age(one));
    if let Some(key) = oldest.map(|(key, _)| key.clone()) {
        all.remove(&key);
    }
}

/// RFC 7636, 4.1.
fn is_verifier(text: &str) -> bool {
    let unreserved = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
    (43..=128).contains(&text.len()) && text.chars().all(unreserved)
}

/// RFC 7636, 4.2, `S256`.
fn challenge_of(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
}

/// 256 bits that nobody can guess.
pub(super) fn secret() -> String {
    let mut bytes = [0_u8; 32];
    if let Err(error) = getrandom::fill(&mut bytes) {
        tracing::error!(%error, "no randomness for a secret");
    }
    URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const URI: &str = "http://127.0.0.1:9400/signin.html";
    /// RFC 7636, appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    fn consent() -> Consent {
        Consent {
            login: "hanako.sato".to_owned(),
            scope: "openid".to_owned(),
            nonce: Some("n".to_owned()),
        }
    }

    fn issued(grants: &mut Grants) -> String {
        grants.issue(consent(), URI.to_owned(), CHALLENGE.to_owned(), 0)
    }

    #[rstest]
    #[case::in_time(URI, VERIFIER, 60, true)]
    #[case::late(URI, VERIFIER, 61, false)]
    #[case::elsewhere("http://127.0.0.1:9400/signin.html?", VERIFIER, 0, false)]
    #[case::without_the_verifier(URI, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXj", 0, false)]
    #[case::with_the_challenge(URI, CHALLENGE, 0, false)]
    #[case::short(URI, "abc", 0, false)]
    fn a_code_is_good_for_who_asked_and_for_a_minute(
        #[case] uri: &str,
        #[case] verifier: &str,
        #[case] now: i64,
        #[case] good: bool,
    ) {
        let mut grants = Grants::default();
        let code = issued(&mut grants);
        let redeemed = grants.redeem(&code, uri, verifier, now, 100);
        assert_eq!(
            redeemed.map(|(consent, _)| consent).ok(),
            good.then(consent)
        );
    }

    #[test]
    fn a_code_that_comes_twice_ends_what_came_of_it() {
        let mut grants = Grants::default();
        let code = issued(&mut grants);
        let (_, refresh) = grants.redeem(&code, URI, VERIFIER, 0, 100).unwrap();
        assert_eq!(
            grants.redeem(&code, URI, VERIFIER, 0, 100),
            Err(InvalidGrant)
        );
        assert_eq!(grants.refresh(&refresh, 0, 100), Err(InvalidGrant));
    }

    #[test]
    fn a_wrong_attempt_spends_the_code() {
        let mut grants = Grants::default();
        let code = issued(&mut grants);
        assert!(grants.redeem(&code, URI, CHALLENGE, 0, 100).is_err());
        assert!(grants.redeem(&code, URI, VERIFIER, 0, 100).is_err());
    }

    #[test]
    fn a_refresh_token_that_comes_twice_ends_its_family_and_no_other() {
        let mut grants = Grants::default();
        let families = [(); 2].map(|()| {
            let code = issued(&mut grants);
            grants.redeem(&code, URI, VERIFIER, 0, 100).unwrap().1
        });
        let [stolen, other] = families;
        let (_, next) = grants.refresh(&stolen, 1, 100).unwrap();
        let (_, next) = grants.refresh(&next, 2, 100).unwrap();
        assert_eq!(grants.refresh(&stolen, 3, 100), Err(InvalidGrant));
        assert_eq!(grants.refresh(&next, 4, 100), Err(InvalidGrant));
        assert!(grants.refresh(&other, 5, 100).is_ok());
    }

    #[test]
    fn a_refresh_token_grows_old() {
        let mut grants = Grants::default();
        let code = issued(&mut grants);
        let (_, refresh) = grants.redeem(&code, URI, VERIFIER, 0, 100).unwrap();
        assert_eq!(grants.refresh(&refresh, 101, 100), Err(InvalidGrant));
        assert!(grants.refresh(&refresh, 100, 100).is_ok());
    }

    #[test]
    fn signing_out_takes_everything_back() {
        let mut grants = Grants::default();
        let (code, spare) = (issued(&mut grants), issued(&mut grants));
        let (_, refresh) = grants.redeem(&code, URI, VERIFIER, 0, 100).unwrap();
        grants.revoke("hanako.sato");
        assert_eq!(grants.refresh(&refresh, 0, 100), Err(InvalidGrant));
        assert!(grants.redeem(&spare, URI, VERIFIER, 0, 100).is_err());
    }
}
