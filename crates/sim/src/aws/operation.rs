//! The operations by name, method and path, with how often each may be called.
//!
//! Source: botocore's service models; "Amazon Connect service quotas", administrator guide. The
//! table names more operations than are served: the log and the faults speak of what was asked.

use axum::http::Method;

/// An operation of one of the two services.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Operation {
    /// As in the service's model.
    pub(crate) name: &'static str,
    /// Requests per second that an account may make in the long run.
    pub(crate) rate: f64,
    /// Requests at once.
    pub(crate) burst: f64,
    service: &'static str,
    method: &'static str,
    /// `*` stands for a parameter.
    path: &'static str,
}

impl Operation {
    /// The operation of that service with that method and path, its segments decoded.
    pub(crate) fn find(service: &str, method: &Method, path: &[String]) -> Option<&'static Self> {
        OPERATIONS.iter().find(|operation| {
            operation.service == service
                && operation.method == method.as_str()
                && operation.fits(path)
        })
    }

    /// The operation of that name.
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        OPERATIONS.iter().find(|operation| operation.name == name)
    }

    fn fits(&self, path: &[String]) -> bool {
        let pattern: Vec<&str> = self.path.split('/').collect();
        pattern.len() == path.len()
            && pattern
                .iter()
                .zip(path)
                .all(|(part, segment)| *part == "*" || part == segment)
    }
}

const fn connect(
    name: &'static str,
    method: &'static str,
    path: &'static str,
    rate: f64,
    burst: f64,
) -> Operation {
    Operation {
        name,
        rate,
        burst,
        service: "connect",
        method,
        path,
    }
}

const fn profiles(
    name: &'static str,
    method: &'static str,
    path: &'static str,
    rate: f64,
) -> Operation {
    Operation {
        name,
        rate,
        burst: rate,
        service: "profile",
        method,
        path,
    }
}

/// In each service the more specific path first.
const OPERATIONS: [Operation; 35] = [
    connect("DescribeContact", "GET", "contacts/*/*", 10.0, 15.0),
    connect(
        "GetContactAttributes",
        "GET",
        "contact/attributes/*/*",
        10.0,
        15.0,
    ),
    connect(
        "UpdateContactAttributes",
        "POST",
        "contact/attributes",
        10.0,
        15.0,
    ),
    connect(
        "StartOutboundVoiceContact",
        "PUT",
        "contact/outbound-voice",
        2.0,
        5.0,
    ),
    connect("StopContact", "POST", "contact/stop", 10.0, 15.0),
    connect("SearchContacts", "POST", "search-contacts", 0.5, 1.0),
    connect("SearchUsers", "POST", "search-users", 2.0, 5.0),
    connect("DescribeUser", "GET", "users/*/*", 2.0, 5.0),
    connect(
        "ListApprovedOrigins",
        "GET",
        "instance/*/approved-origins",
        2.0,
        5.0,
    ),
    profiles("SearchProfiles", "POST", "domains/*/profiles/search", 100.0),
    profiles(
        "ListProfileObjects",
        "POST",
        "domains/*/profiles/objects",
        100.0,
    ),
    profiles(
        "PutProfileObject",
        "PUT",
        "domains/*/profiles/objects",
        100.0,
    ),
    profiles(
        "BatchPutProfileObject",
        "PUT",
        "domains/*/profiles/objects/batch-put-profile-object",
        100.0,
    ),
    profiles(
        "DeleteProfileObject",
        "POST",
        "domains/*/profiles/objects/delete",
        100.0,
    ),
    profiles(
        "MergeProfiles",
        "POST",
        "domains/*/profiles/objects/merge",
        100.0,
    ),
    profiles("CreateProfile", "POST", "domains/*/profiles", 100.0),
    profiles("UpdateProfile", "PUT", "domains/*/profiles", 100.0),
    profiles("DeleteProfile", "POST", "domains/*/profiles/delete", 100.0),
    profiles("AddProfileKey", "POST", "domains/*/profiles/keys", 100.0),
    profiles(
        "DeleteProfileKey",
        "POST",
        "domains/*/profiles/keys/delete",
        100.0,
    ),
    profiles(
        "BatchGetProfile",
        "POST",
        "domains/*/batch-get-profiles",
        100.0,
    ),
    profiles(
        "GetCalculatedAttributeForProfile",
        "GET",
        "domains/*/profile/*/calculated-attributes/*",
        100.0,
    ),
    profiles(
        "ListCalculatedAttributesForProfile",
        "GET",
        "domains/*/profile/*/calculated-attributes",
        100.0,
    ),
    profiles("GetSimilarProfiles", "POST", "domains/*/matches", 100.0),
    profiles("GetProfileObjectTypeTemplate", "GET", "templates/*", 5.0),
    profiles("ListProfileObjectTypeTemplates", "GET", "templates", 5.0),
    profiles(
        "GetProfileObjectType",
        "GET",
        "domains/*/object-types/*",
        10.0,
    ),
    profiles(
        "PutProfileObjectType",
        "PUT",
        "domains/*/object-types/*",
        5.0,
    ),
    profiles(
        "DeleteProfileObjectType",
        "DELETE",
        "domains/*/object-types/*",
        5.0,
    ),
    profiles(
        "ListProfileObjectTypes",
        "GET",
        "domains/*/object-types",
        5.0,
    ),
    profiles("GetDomain", "GET", "domains/*", 5.0),
    profiles("ListEventStreams", "GET", "domains/*/event-streams", 5.0),
    profiles("GetEventStream", "GET", "domains/*/event-streams/*", 5.0),
    profiles(
        "CreateEventStream",
        "POST",
        "domains/*/event-streams/*",
        1.0,
    ),
    profiles(
        "DeleteEventStream",
        "DELETE",
        "domains/*/event-streams/*",
        5.0,
    ),
];

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(
        "profile",
        "POST",
        "domains/shop/profiles/objects",
        Some("ListProfileObjects")
    )]
    #[case(
        "profile",
        "PUT",
        "domains/shop/profiles/objects",
        Some("PutProfileObject")
    )]
    #[case("connect", "POST", "domains/shop/profiles/objects", None)]
    #[case("connect", "GET", "contacts/i/c", Some("DescribeContact"))]
    #[case("connect", "GET", "contacts/i", None)]
    #[case("profile", "GET", "domains/shop", Some("GetDomain"))]
    fn service_method_and_path_name_the_operation(
        #[case] service: &str,
        #[case] method: Method,
        #[case] path: &str,
        #[case] name: Option<&str>,
    ) {
        let path: Vec<String> = path.split('/').map(ToOwned::to_owned).collect();
        let found = Operation::find(service, &method, &path);
        assert_eq!(found.map(|operation| operation.name), name);
    }
}
