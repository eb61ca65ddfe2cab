//! Who may talk to the simulator: its own pages, the desk, and nobody who came by.
//!
//! A developer's browser also shows other people's pages. They can reach loopback ports, so a
//! request to either origin is refused when its `Host` is not this machine's name (DNS
//! rebinding), and one to the CCP's when its `Origin` is a stranger's.

use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

/// What loopback is called.
const OWN_NAMES: [&str; 3] = ["127.0.0.1", "localhost", "[::1]"];

/// The origins of one simulator.
#[derive(Debug, Clone)]
pub(crate) struct Origins {
    ccp_port: u16,
    /// May frame the CCP, as entered under "approved origins" in a real instance.
    approved: Vec<String>,
    /// May use the control API from a page.
    control: Vec<String>,
}

impl Origins {
    pub(crate) fn new(ccp_port: u16, approved: Vec<String>, control: Vec<String>) -> Self {
        Self {
            ccp_port,
            approved,
            control,
        }
    }

    pub(crate) fn ccp_port(&self) -> u16 {
        self.ccp_port
    }

    /// The CCP page's headers let only approved origins frame it.
    pub(crate) fn frame_ancestors(&self) -> String {
        let mut ancestors = String::from("'self'");
        for origin in &self.approved {
            ancestors.push(' ');
            ancestors.push_str(origin);
        }
        ancestors
    }

    /// Whether a page of this simulator sent the request, or no page at all.
    pub(crate) fn is_own_page(&self, headers: &HeaderMap) -> bool {
        origin(headers).is_none_or(|origin| {
            OWN_NAMES
                .iter()
                .any(|name| origin == format!("http://{name}:{}", self.ccp_port))
        })
    }

    /// The origin of a foreign page that may use the control API.
    pub(crate) fn controlling(&self, headers: &HeaderMap) -> Option<String> {
        let origin = origin(headers)?;
        self.control
            .iter()
            .any(|allowed| matches(allowed, &origin))
            .then_some(origin)
    }
}

/// Whether the request names this machine and the port that it came to. A foreign name that was
/// made to point at loopback does not.
pub(crate) fn is_own_host(headers: &HeaderMap, port: u16) -> bool {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    host.is_some_and(|host| {
        OWN_NAMES
            .iter()
            .any(|name| *host == format!("{name}:{port}"))
    })
}

/// The answer to a request that was sent to another name.
pub(crate) fn misdirected() -> Response {
    (StatusCode::MISDIRECTED_REQUEST, "not this host").into_response()
}

/// Whether a host, as it stands in an address, is this machine.
pub(crate) fn is_own_name(host: &str) -> bool {
    OWN_NAMES.contains(&host)
}

/// Whether an origin is the allowed one; `http://host:*` allows every port.
fn matches(allowed: &str, origin: &str) -> bool {
    match allowed.strip_suffix(":*") {
        None => allowed == origin,
        Some(host) => origin
            .strip_prefix(host)
            .and_then(|rest| rest.strip_prefix(':'))
            .is_some_and(|port| !port.is_empty() && port.chars().all(|c| c.is_ascii_digit())),
    }
}

fn origin(headers: &HeaderMap) -> Option<String> {
    let origin = headers.get(ORIGIN)?;
    Some(String::from_utf8_lossy(origin.as_bytes()).into_owned())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn request(host: &str, origin: Option<&str>) -> HeaderMap {
        let mut headers = HeaderMap::from_iter([(HOST, host.parse().unwrap())]);
        if let Some(origin) = origin {
            headers.insert(ORIGIN, origin.parse().unwrap());
        }
        headers
    }

    fn origins() -> Origins {
        Origins::new(
            9401,
            vec!["http://127.0.0.1:9400".to_owned()],
            vec!["http://127.0.0.1:*".to_owned()],
        )
    }

    #[rstest]
    #[case::by_address("127.0.0.1:9401", true)]
    #[case::by_name("localhost:9401", true)]
    #[case::rebound("evil.example:9401", false)]
    #[case::other_port("127.0.0.1:9400", false)]
    fn the_host_must_be_this_machine(#[case] host: &str, #[case] own: bool) {
        assert_eq!(is_own_host(&request(host, None), 9401), own);
    }

    #[rstest]
    #[case::no_page(None, true)]
    #[case::own_page(Some("http://127.0.0.1:9401"), true)]
    #[case::the_desk(Some("http://127.0.0.1:9400"), false)]
    #[case::sandboxed(Some("null"), false)]
    fn a_page_must_be_ours(#[case] origin: Option<&str>, #[case] own: bool) {
        assert_eq!(
            origins().is_own_page(&request("127.0.0.1:9401", origin)),
            own
        );
    }

    #[rstest]
    #[case::any_port("http://127.0.0.1:40123", true)]
    #[case::other_scheme("https://127.0.0.1:40123", false)]
    #[case::longer_name("http://127.0.0.1.evil.example:80", false)]
    #[case::markup("http://127.0.0.1:1/<b>", false)]
    fn a_wildcard_stands_for_a_port_only(#[case] origin: &str, #[case] allowed: bool) {
        let request = request("127.0.0.1:9401", Some(origin));
        assert_eq!(origins().controlling(&request).is_some(), allowed);
    }
}
