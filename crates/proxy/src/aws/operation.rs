//! The operations of AWS that the proxy can ask for: these and no others.
//!
//! Each is a type with its method, its path and what is read from its answer; there is no way to
//! send anything else. Members are written as in the service models (Customer Profiles 2020-08-15,
//! Connect 2017-08-08). What is read is what the proxy uses; the rest of an answer is left alone.

use std::fmt;
use std::fmt::Write as _;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use contract::{ContactId, ProfileId};
use http::Method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Everything but the unreserved characters of RFC 3986: the only form that signs the same whether
/// the receiver takes the text as sent or encodes it anew.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// One of the two services.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Service {
    /// Amazon Connect.
    Connect,
    /// Amazon Connect Customer Profiles.
    Profiles,
}

impl Service {
    /// The name that stands in the scope of a signature.
    pub(super) fn signing_name(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Profiles => "profile",
        }
    }
}

/// The instance and the domain that every operation is about.
#[derive(Debug, Clone)]
pub(crate) struct Scope {
    pub(crate) instance: Box<str>,
    pub(crate) domain: Box<str>,
}

/// Path and query of a request, encoded.
#[derive(Debug)]
pub(crate) struct Target(String);

impl Target {
    fn path(segments: &[&str]) -> Self {
        let mut text = String::with_capacity(128);
        for segment in segments {
            text.push('/');
            text.extend(utf8_percent_encode(segment, RESERVED));
        }
        Self(text)
    }

    /// Names must be given in their order, for so they are signed.
    fn query(mut self, name: &str, value: &str) -> Self {
        let mark = if self.0.contains('?') { '&' } else { '?' };
        write!(
            self.0,
            "{mark}{name}={}",
            utf8_percent_encode(value, RESERVED)
        )
        .ok();
        self
    }

    fn page(self, size: u8, next: Option<&str>) -> Self {
        let target = self.query("max-results", &size.to_string());
        match next {
            Some(token) => target.query("next-token", token),
            None => target,
        }
    }

    pub(super) fn into_text(self) -> String {
        self.0
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// One operation with its parameters.
pub(crate) trait Operation: Sync {
    /// What is read from the answer.
    type Reply: DeserializeOwned;
    /// As the service model calls it.
    const NAME: &'static str;
    /// Who answers it.
    const SERVICE: Service;
    /// Its method.
    const METHOD: Method;

    /// Where it is sent.
    fn target(&self, scope: &Scope) -> Target;

    /// What is sent, if anything is.
    fn body(&self, scope: &Scope) -> Option<Vec<u8>>;
}

/// Serialising these types cannot fail: their keys are texts, and a `Vec` takes every byte.
fn json(body: &impl Serialize) -> Option<Vec<u8>> {
    serde_json::to_vec(body).ok()
}

/// The token of the page after this one, if there is one. A page without a token is the last; one
/// with a token may be empty.
pub(crate) fn next_token(page: &Value) -> Option<&str> {
    page.get("NextToken")?
        .as_str()
        .filter(|token| !token.is_empty())
}

/// Profiles by one key.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct SearchProfiles {
    pub(crate) key_name: String,
    pub(crate) values: Vec<String>,
    #[serde(skip)]
    pub(crate) page_size: u8,
    #[serde(skip)]
    pub(crate) next: Option<String>,
}

impl Operation for SearchProfiles {
    type Reply = Value;
    const NAME: &'static str = "SearchProfiles";
    const SERVICE: Service = Service::Profiles;
    const METHOD: Method = Method::POST;

    fn target(&self, scope: &Scope) -> Target {
        Target::path(&["domains", &scope.domain, "profiles", "search"])
            .page(self.page_size, self.next.as_deref())
    }

    fn body(&self, _: &Scope) -> Option<Vec<u8>> {
        json(self)
    }
}

/// The objects of one type that belong to a profile, in an order that is not documented.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListProfileObjects {
    pub(crate) object_type_name: &'static str,
    pub(crate) profile_id: ProfileId,
    #[serde(skip)]
    pub(crate) page_size: u8,
    #[serde(skip)]
    pub(crate) next: Option<String>,
}

impl Operation for ListProfileObjects {
    type Reply = Value;
    const NAME: &'static str = "ListProfileObjects";
    const SERVICE: Service = Service::Profiles;
    const METHOD: Method = Method::POST;

    fn target(&self, scope: &Scope) -> Target {
        Target::path(&["domains", &scope.domain, "profiles", "objects"])
            .page(self.page_size, self.next.as_deref())
    }

    fn body(&self, _: &Scope) -> Option<Vec<u8>> {
        json(self)
    }
}

/// All calculated attributes of a profile.
#[derive(Debug)]
pub(crate) struct ListCalculatedAttributes {
    pub(crate) profile_id: ProfileId,
    pub(crate) next: Option<String>,
}

impl Operation for ListCalculatedAttributes {
    type Reply = Value;
    const NAME: &'static str = "ListCalculatedAttributesForProfile";
    const SERVICE: Service = Service::Profiles;
    const METHOD: Method = Method::GET;

    fn target(&self, scope: &Scope) -> Target {
        // No domain may have more than 50 of them (quota), so all fit on one page; it may be short.
        Target::path(&[
            "domains",
            &scope.domain,
            "profile",
            self.profile_id.as_str(),
            "calculated-attributes",
        ])
        .page(100, self.next.as_deref())
    }

    fn body(&self, _: &Scope) -> Option<Vec<u8>> {
        None
    }
}

/// Ties a key to a profile.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AddProfileKey<'a> {
    pub(crate) key_name: &'a str,
    pub(crate) profile_id: &'a str,
    pub(crate) values: [&'a str; 1],
}

impl Operation for AddProfileKey<'_> {
    type Reply = serde::de::IgnoredAny;
    const NAME: &'static str = "AddProfileKey";
    const SERVICE: Service = Service::Profiles;
    const METHOD: Method = Method::POST;

    fn target(&self, scope: &Scope) -> Target {
        Target::path(&["domains", &scope.domain, "profiles", "keys"])
    }

    fn body(&self, _: &Scope) -> Option<Vec<u8>> {
        json(self)
    }
}

/// One contact as Connect knows it.
#[derive(Debug)]
pub(crate) struct DescribeContact {
    pub(crate) contact: ContactId,
}

/// The members of a contact that decide who may see it, and whose it is.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Contact {
    pub(crate) agent_info: Option<AgentInfo>,
    /// Epoch seconds.
    pub(crate) disconnect_timestamp: Option<f64>,
    pub(crate) customer_endpoint: Option<CustomerEndpoint>,
    /// Whom the flow has found, where it has set that.
    pub(crate) customer_id: Option<String>,
}

impl Contact {
    /// When it ended. Connect writes a time that is not set as one of the first seconds of 1970.
    pub(crate) fn ended(&self) -> Option<DateTime<Utc>> {
        let seconds = self
            .disconnect_timestamp
            .filter(|it| (1.0..4e12).contains(it))?;
        TimeDelta::from_std(Duration::from_secs_f64(seconds))
            .ok()
            .and_then(|since| DateTime::UNIX_EPOCH.checked_add_signed(since))
    }
}

/// The agent who took a contact.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct AgentInfo {
    pub(crate) id: Option<String>,
}

/// How the customer is reached.
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct CustomerEndpoint {
    /// E.164, or nothing, or a word where the caller withheld it.
    pub(crate) address: Option<String>,
}

impl fmt::Debug for CustomerEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CustomerEndpoint(…)")
    }
}

impl Operation for DescribeContact {
    type Reply = Value;
    const NAME: &'static str = "DescribeContact";
    const SERVICE: Service = Service::Connect;
    const METHOD: Method = Method::GET;

    fn target(&self, scope: &Scope) -> Target {
        Target::path(&["contacts", &scope.instance, self.contact.as_ref()])
    }

    fn body(&self, _: &Scope) -> Option<Vec<u8>> {
        None
    }
}

/// The Connect user of exactly this name.
#[derive(Debug)]
pub(crate) struct SearchUsers<'a> {
    pub(crate) username: &'a str,
}

/// What `SearchUsers` answers.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct FoundUsers {
    #[serde(default)]
    pub(crate) users: Vec<FoundUser>,
}

/// A user of the instance.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct FoundUser {
    pub(crate) id: String,
    pub(crate) username: String,
}

impl fmt::Debug for FoundUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("FoundUser").field(&self.id).finish()
    }
}

impl Operation for SearchUsers<'_> {
    type Reply = FoundUsers;
    const NAME: &'static str = "SearchUsers";
    const SERVICE: Service = Service::Connect;
    const METHOD: Method = Method::POST;

    fn target(&self, _: &Scope) -> Target {
        Target::path(&["search-users"])
    }

    fn body(&self, scope: &Scope) -> Option<Vec<u8>> {
        json(&serde_json::json!({
            "InstanceId": scope.instance,
            "MaxResults": 2,
            "SearchCriteria": {"StringCondition": {
                "FieldName": "Username",
                "Value": self.username,
                "ComparisonType": "EXACT",
            }},
        }))
    }
}

/// The origins that may embed the instance's panel. Only the doctor asks for them.
#[derive(Debug)]
pub(crate) struct ListApprovedOrigins {
    pub(crate) next: Option<String>,
}

impl Operation for ListApprovedOrigins {
    type Reply = Value;
    const NAME: &'static str = "ListApprovedOrigins";
    const SERVICE: Service = Service::Connect;
    const METHOD: Method = Method::GET;

    fn target(&self, scope: &Scope) -> Target {
        let target = Target::path(&["instance", &scope.instance, "approved-origins"])
            .query("maxResults", "25");
        match self.next.as_deref() {
            Some(token) => target.query("nextToken", token),
            None => target,
        }
    }

    fn body(&self, _: &Scope) -> Option<Vec<u8>> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope() -> Scope {
        Scope {
            instance: "instance".into(),
            domain: "shop".into(),
        }
    }

    #[test]
    fn a_parameter_cannot_leave_its_place() {
        let target = DescribeContact {
            contact: "../users?x=1#&/%2e".into(),
        }
        .target(&scope());
        assert_eq!(
            target.as_str(),
            "/contacts/instance/..%2Fusers%3Fx%3D1%23%26%2F%252e"
        );
    }

    #[test]
    fn a_page_is_asked_for_in_the_query_of_a_post() {
        let list = ListProfileObjects {
            object_type_name: "_order",
            profile_id: ProfileId::parse(&"a".repeat(32)).expect("an id"),
            page_size: 100,
            next: Some("a+/=".to_owned()),
        };
        assert_eq!(
            list.target(&scope()).as_str(),
            "/domains/shop/profiles/objects?max-results=100&next-token=a%2B%2F%3D"
        );
        let body = list.body(&scope()).expect("a body");
        assert_eq!(
            String::from_utf8(body).expect("text"),
            r#"{"ObjectTypeName":"_order","ProfileId":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}"#
        );
    }

    #[test]
    fn the_documented_contact_is_read() {
        let samples: Value = serde_json::from_str(include_str!(
            "../../../../tests/data/aws/connect_responses.json"
        ))
        .expect("JSON");
        let contact =
            Contact::deserialize(&samples["DescribeContact"]["Contact"]).expect("a contact");
        assert_eq!(
            contact.agent_info.and_then(|it| it.id).as_deref(),
            Some("00000000-0000-4000-8000-0000000000aa")
        );
        assert_eq!(contact.disconnect_timestamp, Some(1_793_678_955.0));
        assert_eq!(
            contact
                .customer_endpoint
                .and_then(|it| it.address)
                .as_deref(),
            Some("+819000000001")
        );
    }
}
