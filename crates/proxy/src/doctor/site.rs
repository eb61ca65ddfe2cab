//! The desk's own site: that it is served, and that it and the Contact Control Panel let each other in.

use bytes::Bytes;
use http::header::{CONTENT_SECURITY_POLICY, X_FRAME_OPTIONS};
use http::{HeaderMap, Request, Uri};
use http_body_util::Full;
use serde_json::Value;

use super::{Examination, Finding, Verdict, approval, bad, deadline, good};
use crate::config::Config;
use crate::outbound::Answer;

/// The pages of the desk and of the CCP are small; what is larger is something else.
const LARGEST_PAGE: usize = 1_000_000;

impl Examination<'_> {
    /// The deployed site: that it is served, that its policy lets it embed the panel that it is
    /// configured for, and that the panel lets itself be embedded.
    pub(super) async fn site(&self, origin: &str) -> Vec<Finding> {
        let subject = |what: &str| format!("{what} of {origin}");
        let Some(page) = self.get(&format!("{origin}/")).await else {
            return vec![Finding::new(
                subject("site"),
                bad("nobody answers there", "cargo xtask deploy"),
            )];
        };
        let config = self.get(&format!("{origin}/config.json")).await;
        let config: Option<Value> =
            config.and_then(|answer| serde_json::from_slice(&answer.body).ok());
        let panel = config
            .as_ref()
            .and_then(|config| config.pointer("/ccp/url")?.as_str()?.parse::<Uri>().ok());
        let Some(host) = panel.as_ref().and_then(origin_of) else {
            return vec![Finding::new(
                subject("configuration"),
                bad(
                    "its config.json names no Contact Control Panel (ccp.url)",
                    "cargo xtask deploy",
                ),
            )];
        };
        let mut findings = Vec::new();
        let sources = directive(&page.headers, "frame-src");
        let policy = match &sources {
            Some(sources) if sources.iter().any(|source| *source == host) => {
                good(format!("lets it embed {host}"))
            }
            Some(_) => bad(
                format!("its frame-src does not name {host}"),
                "cargo xtask deploy",
            ),
            None => bad("it has no frame-src", "cargo xtask deploy"),
        };
        findings.push(Finding::new(subject("Content-Security-Policy"), policy));
        let shown = match panel {
            Some(panel) => self.get(&panel.to_string()).await,
            None => None,
        };
        findings.push(Finding::new(
            format!("framing of {host} by {origin}"),
            self.framing(shown.as_ref(), &host, origin),
        ));
        findings
    }

    fn framing(&self, panel: Option<&Answer>, host: &str, origin: &str) -> Verdict {
        let Config {
            instance, region, ..
        } = self.config;
        let approve = || approval(region, instance, origin);
        let Some(panel) = panel else {
            return bad(
                format!("{host} does not answer"),
                "mend ccp.url of config.json: https://ALIAS.my.connect.aws/ccp-v2/",
            );
        };
        match directive(&panel.headers, "frame-ancestors") {
            Some(ancestors) if ancestors.iter().any(|it| *it == origin || *it == "*") => {
                good("allowed")
            }
            Some(_) => bad("the panel's frame-ancestors do not name it", approve()),
            None if panel.headers.contains_key(X_FRAME_OPTIONS) => {
                bad("the panel forbids it (X-Frame-Options)", approve())
            }
            None => good("the panel says nothing against it"),
        }
    }

    async fn get(&self, url: &str) -> Option<Answer> {
        let mut request = Request::new(Full::new(Bytes::new()));
        *request.uri_mut() = url.parse().ok()?;
        let answer = self.outbound.send(request, deadline(), LARGEST_PAGE).await;
        // A panel that nobody has signed in to sends them elsewhere, and its headers count.
        answer
            .ok()
            .filter(|it| it.status.is_success() || it.status.is_redirection())
    }
}

/// Scheme, host and port, as a policy writes them.
fn origin_of(url: &Uri) -> Option<String> {
    Some(format!("{}://{}", url.scheme_str()?, url.authority()?))
}

/// The sources of one directive of a page's policies.
fn directive<'a>(headers: &'a HeaderMap, name: &str) -> Option<Vec<&'a str>> {
    let policies = headers.get_all(CONTENT_SECURITY_POLICY).iter();
    policies
        .filter_map(|policy| policy.to_str().ok())
        .flat_map(|policy| policy.split(';'))
        .find_map(|directive| {
            let mut words = directive.split_ascii_whitespace();
            (words.next()? == name).then(|| words.collect())
        })
}
