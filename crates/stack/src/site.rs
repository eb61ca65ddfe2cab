//! The site as `CloudFront` would serve it: which path goes where, with which headers, and how the files
//! behind it were uploaded.

use serde_json::{Map, Value};

use crate::StackError;
use crate::pattern::matches;

/// How the site is served.
#[derive(Debug, Clone)]
pub struct Site {
    /// In the order in which `CloudFront` tries them; the last is the default.
    behaviours: Vec<Behaviour>,
    files: Vec<FileRule>,
    /// Under which the site's files lie in the bucket, with a slash at its end.
    pub prefix: String,
    /// The file behind `/`.
    pub root: String,
}

/// What becomes of the requests of some paths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Behaviour {
    /// The paths, with `*` and `?`.
    pub pattern: String,
    /// Who answers.
    pub target: Target,
    /// Headers that are added to every answer, errors included, in the place of the origin's own;
    /// names in lower case.
    pub headers: Vec<(String, String)>,
    /// Whether `CloudFront` keeps answers.
    pub caches: bool,
    /// Whether `CloudFront` compresses.
    pub compresses: bool,
    /// The methods that go through.
    pub methods: Vec<String>,
}

/// Who answers a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// The bucket.
    Files,
    /// The proxy.
    Proxy,
}

/// How files of one form are uploaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRule {
    /// Their names, with `*` and `?`.
    pub pattern: String,
    /// What is said of keeping them.
    pub cache_control: String,
    /// Whether they lie compressed with brotli.
    pub is_brotli: bool,
}

/// Managed policy `CachingDisabled` (`CloudFront` Developer Guide, `using-managed-cache-policies`).
const CACHING_DISABLED: &str = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";

impl Site {
    pub(crate) fn of(resources: &Map<String, Value>) -> Result<Self, StackError> {
        let distribution = resources
            .values()
            .find(|it| is(it, "AWS::CloudFront::Distribution"));
        let config = distribution.and_then(|it| it.pointer("/Properties/DistributionConfig"));
        let config = config.ok_or(StackError::Unsaid("how the distribution is"))?;
        let ordered = config.get("CacheBehaviors").and_then(Value::as_array);
        let default = config.get("DefaultCacheBehavior");
        let behaviours = ordered.into_iter().flatten().chain(default);
        let bucket = resources.values().find(|it| is(it, "AWS::S3::Bucket"));
        let upload = bucket.and_then(|it| it.pointer("/Metadata/AgentDesk"));
        let upload = upload.ok_or(StackError::Unsaid("how files are uploaded"))?;
        let files = upload.get("Files").and_then(Value::as_array);
        Ok(Self {
            behaviours: behaviours
                .map(|it| Behaviour::of(it, config, resources))
                .collect::<Result<_, _>>()?,
            files: files
                .into_iter()
                .flatten()
                .map(FileRule::of)
                .collect::<Result<_, _>>()?,
            prefix: word(upload, "Prefix", "where the files lie")?,
            root: word(config, "DefaultRootObject", "what lies at the root")?,
        })
    }

    /// Every behaviour, the default last.
    pub fn behaviours(&self) -> &[Behaviour] {
        &self.behaviours
    }

    /// How the files are uploaded, in the order in which the rules are tried.
    pub fn files(&self) -> &[FileRule] {
        &self.files
    }

    /// What becomes of a request for this path.
    pub fn behaviour(&self, path: &str) -> Option<&Behaviour> {
        self.behaviours.iter().find(|it| matches(&it.pattern, path))
    }

    /// How the file of this name, relative to the site's folder, is uploaded.
    pub fn file(&self, name: &str) -> Option<&FileRule> {
        self.files.iter().find(|it| matches(&it.pattern, name))
    }

    /// The file behind a path.
    pub fn name<'a>(&'a self, path: &'a str) -> &'a str {
        match path.trim_start_matches('/') {
            "" => &self.root,
            name => name,
        }
    }
}

impl Behaviour {
    fn of(
        value: &Value,
        config: &Value,
        resources: &Map<String, Value>,
    ) -> Result<Self, StackError> {
        let origin = word(value, "TargetOriginId", "who answers")?;
        let origins = config.get("Origins").and_then(Value::as_array);
        let mut origins = origins.into_iter().flatten();
        let origin = origins.find(|it| it.get("Id").is_some_and(|id| *id == origin));
        let origin = origin.ok_or(StackError::Unsaid("an origin that is named"))?;
        let policy = word(value, "ResponseHeadersPolicyId", "which headers are added")?;
        let policy = resources
            .get(&policy)
            .and_then(|it| it.pointer("/Properties/ResponseHeadersPolicyConfig"));
        let policy = policy.ok_or(StackError::Unsaid("a policy of headers that is named"))?;
        let methods = value.get("AllowedMethods").and_then(Value::as_array);
        Ok(Self {
            pattern: match value.get("PathPattern") {
                Some(pattern) => {
                    let pattern = pattern.as_str().ok_or(StackError::Unsaid("a path"))?;
                    // Both forms mean the same to CloudFront.
                    format!("/{}", pattern.trim_start_matches('/'))
                }
                None => "*".to_owned(),
            },
            target: if origin.get("S3OriginConfig").is_some() {
                Target::Files
            } else {
                Target::Proxy
            },
            headers: headers(policy)?,
            caches: word(value, "CachePolicyId", "how answers are kept")? != CACHING_DISABLED,
            compresses: value.get("Compress") == Some(&Value::Bool(true)),
            methods: methods
                .into_iter()
                .flatten()
                .filter_map(|it| it.as_str().map(str::to_owned))
                .collect(),
        })
    }

    /// The value of a header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(it, _)| it == name);
        found.map(|(_, value)| value.as_str())
    }
}

impl FileRule {
    fn of(value: &Value) -> Result<Self, StackError> {
        Ok(Self {
            pattern: word(value, "Match", "which files a rule is for")?,
            cache_control: word(value, "CacheControl", "how long a file is kept")?,
            is_brotli: value.get("ContentEncoding").is_some_and(|it| it == "br"),
        })
    }
}

/// What a response headers policy adds. Where the origin's own should stay, `CloudFront` would have to be
/// asked what comes of it; the template has no such header.
fn headers(policy: &Value) -> Result<Vec<(String, String)>, StackError> {
    let security = policy.get("SecurityHeadersConfig").unwrap_or(&Value::Null);
    let custom = policy.pointer("/CustomHeadersConfig/Items");
    let custom = custom.and_then(Value::as_array).into_iter().flatten();
    let sections = security.as_object().into_iter().flat_map(Map::values);
    let overrides = |it: &Value| it.get("Override") == Some(&Value::Bool(true));
    if !sections.chain(custom.clone()).all(overrides) {
        return Err(StackError::Unsaid("that every header is its own"));
    }
    let mut headers = Vec::new();
    let mut add = |name: &str, value: String| headers.push((name.to_owned(), value));
    if let Some(policy) = security.get("ContentSecurityPolicy") {
        let policy = word(policy, "ContentSecurityPolicy", "a policy of content")?;
        add("content-security-policy", policy);
    }
    if security.get("ContentTypeOptions").is_some() {
        add("x-content-type-options", "nosniff".to_owned());
    }
    if let Some(referrer) = security.get("ReferrerPolicy") {
        add(
            "referrer-policy",
            word(referrer, "ReferrerPolicy", "a policy of referrers")?,
        );
    }
    if let Some(options) = security.get("FrameOptions") {
        add(
            "x-frame-options",
            word(options, "FrameOption", "who may frame")?,
        );
    }
    if let Some(transport) = security.get("StrictTransportSecurity") {
        let age = transport
            .get("AccessControlMaxAgeSec")
            .and_then(Value::as_u64);
        let age = age.ok_or(StackError::Unsaid("for how long only https is used"))?;
        let mut value = format!("max-age={age}");
        for (member, word) in [
            ("IncludeSubdomains", "includeSubDomains"),
            ("Preload", "preload"),
        ] {
            if transport.get(member) == Some(&Value::Bool(true)) {
                value.push_str("; ");
                value.push_str(word);
            }
        }
        add("strict-transport-security", value);
    }
    for item in custom {
        let name = word(item, "Header", "a header's name")?.to_ascii_lowercase();
        add(&name, word(item, "Value", "a header's value")?);
    }
    Ok(headers)
}

fn is(resource: &Value, kind: &str) -> bool {
    resource.get("Type").is_some_and(|it| it == kind)
}

fn word(value: &Value, member: &str, what: &'static str) -> Result<String, StackError> {
    let found = value.get(member).and_then(Value::as_str);
    found.map(str::to_owned).ok_or(StackError::Unsaid(what))
}
