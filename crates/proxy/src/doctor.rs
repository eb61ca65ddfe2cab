//! What a deployment lacks: each thing that the desk and the proxy need of AWS, of the issuer and of
//! the desk's own site, tried once, with the command that mends it.
//!
//! Permissions are tried by the proxy's own operations with input that finds and changes nothing: a
//! contact, a profile and a user that there cannot be. AWS judges the permission before the input, so
//! that it was not found, or not understood, means that the caller was let in.

mod site;

use std::fmt;
use std::time::Duration;

use aws_credential_types::provider::SharedCredentialsProvider;
use chrono::TimeDelta;
use contract::{ContactId, ProfileId};
use serde_json::Value;
use tokio::time::Instant;

use crate::aws::{
    AddProfileKey, Aws, AwsError, DescribeContact, ListApprovedOrigins, ListCalculatedAttributes,
    ListProfileObjects, Operation, SearchProfiles, SearchUsers, next_token,
};
use crate::clock::Clock;
use crate::config::Config;
use crate::outbound::Outbound;
use crate::proxy::Proxy;

/// Each thing that is tried has so long.
const PATIENCE: Duration = Duration::from_secs(10);
/// Where there are both Connect and Customer Profiles (the SDKs' endpoint data, November 2026).
const REGIONS: [&str; 10] = [
    "af-south-1",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
    "eu-west-2",
    "us-east-1",
    "us-west-2",
];
/// Connect's service-linked role reaches domains of such a name only (administrator guide, "Use
/// service-linked roles for Amazon Connect").
const DOMAIN_PREFIX: &str = "amazon-connect-";
/// The form of an id, and nobody's.
const NO_CONTACT: &str = "00000000-0000-4000-8000-000000000000";
const NO_PROFILE: &str = "00000000000000000000000000000000";
/// RFC 2606 keeps the name from being anybody's.
const NO_MAIL: &str = "nobody@doctor.invalid";
const NO_USER: &str = "nobody.doctor.invalid";

/// What was found of one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at.
    pub subject: String,
    /// And how it is.
    pub verdict: Verdict,
}

/// How a thing is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// As it should be.
    Good(String),
    /// Not as it should be.
    Bad {
        /// What is wrong.
        why: String,
        /// The command that mends it.
        fix: String,
    },
    /// It could not be found out, for a reason that another finding names or that will pass.
    Open(String),
}

impl Finding {
    fn new(subject: impl Into<String>, verdict: Verdict) -> Self {
        Self {
            subject: subject.into(),
            verdict,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let subject = &self.subject;
        match &self.verdict {
            Verdict::Good(found) => write!(f, "ok    {subject}: {found}"),
            Verdict::Bad { why, fix } => write!(f, "FAULT {subject}: {why}; mend it: {fix}"),
            Verdict::Open(why) => write!(f, "open  {subject}: {why}"),
        }
    }
}

fn good(found: impl Into<String>) -> Verdict {
    Verdict::Good(found.into())
}

fn bad(why: impl Into<String>, fix: impl Into<String>) -> Verdict {
    Verdict::Bad {
        why: why.into(),
        fix: fix.into(),
    }
}

fn open(why: impl Into<String>) -> Verdict {
    Verdict::Open(why.into())
}

/// Looks at everything, in the order in which it is best mended.
///
/// # Errors
///
/// When the machine's trusted certificates cannot be read.
pub async fn examine(
    config: Config,
    credentials: SharedCredentialsProvider,
    clock: Clock,
) -> std::io::Result<Vec<Finding>> {
    let proxy = Proxy::new(config, credentials, clock)?;
    let examination = Examination {
        config: &proxy.config,
        aws: &proxy.aws,
        outbound: Outbound::new()?,
    };
    let mut findings = vec![examination.region()];
    let credentials = examination.credentials().await;
    let has_credentials = matches!(credentials.verdict, Verdict::Good(_));
    findings.push(credentials);
    if has_credentials {
        let instance = examination.instance().await;
        // Whatever was refused for its time has set the clock by AWS's.
        let ahead = proxy.aws.now() - proxy.clock.now();
        findings.push(Finding::new("clock", of_clock(ahead)));
        findings.push(instance);
        findings.extend(examination.approved_origins().await);
        findings.push(examination.domain_name());
        findings.extend(examination.permissions().await);
    }
    findings.push(Finding::new(
        "issuer",
        match proxy.verifier.look().await {
            Ok(count) => good(format!(
                "{} publishes {count} usable keys",
                proxy.config.tokens.issuer
            )),
            Err(why) => bad(
                format!("{} {why}", proxy.config.tokens.issuer),
                format!(
                    "curl -fsS {}/.well-known/openid-configuration, and set DESK_ISSUER to its `issuer`",
                    proxy.config.tokens.issuer.trim_end_matches('/')
                ),
            ),
        },
    ));
    for origin in &proxy.config.origins {
        findings.extend(examination.site(origin).await);
    }
    Ok(findings)
}

/// AWS refuses signatures that are five minutes off; whoever is a minute off will be there soon.
fn of_clock(ahead: TimeDelta) -> Verdict {
    let seconds = -ahead.num_seconds();
    // Of a clock that is not corrected nothing is known but that it is good enough.
    if seconds.abs() <= 1 {
        return good("AWS accepts the time of this machine's signatures");
    }
    bad(
        format!("it is {seconds} s off AWS's (negative is behind), which refuses five minutes"),
        "sudo timedatectl set-ntp true && sudo chronyc makestep",
    )
}

struct Examination<'a> {
    config: &'a Config,
    aws: &'a Aws,
    outbound: Outbound,
}

impl Examination<'_> {
    fn region(&self) -> Finding {
        let region = &*self.config.region;
        let verdict = if REGIONS.contains(&region) {
            good(region)
        } else {
            bad(
                format!("{region} has no Connect with Customer Profiles"),
                format!("export AWS_REGION=… (one of {})", REGIONS.join(", ")),
            )
        };
        Finding::new("region", verdict)
    }

    async fn credentials(&self) -> Finding {
        const FIX: &str =
            "aws sso login && eval \"$(aws configure export-credentials --format env)\"";
        let verdict = if self.aws.has_credentials().await.is_err() {
            bad("there are none", FIX)
        } else {
            // Any call says whether AWS knows them, when there is an answer. Without one nothing else can be
            // asked of AWS either.
            match self.try_out(&nobody_user()).await {
                Err(AwsError::Denied(code)) if !is_of_permission(code.as_str()) => {
                    bad(format!("AWS does not accept them ({code})"), FIX)
                }
                // Whoever is told that there is no such user, or that they may not ask, is known.
                Ok(())
                | Err(
                    AwsError::NotFound(_)
                    | AwsError::Invalid(_)
                    | AwsError::Denied(_)
                    | AwsError::Throttled { .. },
                ) => good("found, and known to AWS"),
                Err(error) => bad(
                    format!("AWS could not be asked whether it knows them: failed to {error}"),
                    format!("curl -sS -o /dev/null {} says why", self.config.connect),
                ),
            }
        };
        Finding::new("credentials", verdict)
    }

    async fn instance(&self) -> Finding {
        let Config {
            instance, region, ..
        } = self.config;
        let verdict = match self.try_out(&nobody_user()).await {
            Ok(()) => good(&**instance),
            Err(AwsError::NotFound(code) | AwsError::Invalid(code)) => bad(
                format!("{region} has no instance {instance} ({code})"),
                format!(
                    "export DESK_CONNECT_INSTANCE=\"$(aws connect list-instances --region {region} \
                     --query 'InstanceSummaryList[0].Id' --output text)\""
                ),
            ),
            Err(error) => open(format!("Connect could not be asked: failed to {error}")),
        };
        Finding::new("instance", verdict)
    }

    async fn approved_origins(&self) -> Vec<Finding> {
        let Config {
            instance, region, ..
        } = self.config;
        let approved = self.all_approved().await;
        let verdict = |origin: &str| match &approved {
            Ok(approved) if approved.iter().any(|it| it.trim_end_matches('/') == origin) => {
                good("may embed the Contact Control Panel")
            }
            Ok(_) => bad(
                "the instance does not let it embed the Contact Control Panel",
                approval(region, instance, origin),
            ),
            // The proxy itself does not need this permission: it is the deployer's.
            Err(error) => open(format!("the list could not be read: failed to {error}")),
        };
        let origins = self.config.origins.iter();
        origins
            .map(|origin| Finding::new(format!("approved origin {origin}"), verdict(origin)))
            .collect()
    }

    async fn all_approved(&self) -> Result<Vec<String>, AwsError> {
        let mut all = Vec::new();
        let mut next = None;
        // An instance has at most 100, 25 to a page.
        for _ in 0..10 {
            let operation = ListApprovedOrigins { next };
            let page = self.aws.send(&operation, deadline()).await?;
            let origins = page.get("Origins").and_then(Value::as_array);
            let origins = origins.into_iter().flatten().filter_map(Value::as_str);
            all.extend(origins.map(str::to_owned));
            next = next_token(&page).map(str::to_owned);
            if next.is_none() {
                break;
            }
        }
        Ok(all)
    }

    fn domain_name(&self) -> Finding {
        let Config { domain, region, .. } = self.config;
        let verdict = if domain.starts_with(DOMAIN_PREFIX) {
            good(&**domain)
        } else {
            bad(
                format!("Connect's own role reaches no domain called {domain}"),
                format!(
                    "aws customer-profiles create-domain --region {region} --domain-name \
                     {DOMAIN_PREFIX}{domain} --default-expiration-days 366"
                ),
            )
        };
        Finding::new("domain's name", verdict)
    }

    /// Every operation of the proxy's; the first one of Customer Profiles also says whether there is
    /// such a domain.
    async fn permissions(&self) -> Vec<Finding> {
        let instance = format!("instance/{}", self.config.instance);
        let domain = format!("domains/{}", self.config.domain);
        let mut findings = Vec::new();
        let contact = DescribeContact {
            contact: ContactId::from(NO_CONTACT),
        };
        let users = self.try_out(&nobody_user()).await;
        findings.push(self.permission("connect:SearchUsers", &instance, users));
        let described = self.try_out(&contact).await;
        let of_contacts = format!("{instance}/contact/*");
        findings.push(self.permission("connect:DescribeContact", &of_contacts, described));

        let search = SearchProfiles {
            key_name: "_email".to_owned(),
            values: vec![NO_MAIL.to_owned()],
            page_size: 1,
            next: None,
        };
        let searched = self.try_out(&search).await;
        findings.push(self.domain(&searched));
        findings.push(self.permission("profile:SearchProfiles", &domain, searched));
        let Ok(profile_id) = ProfileId::parse(NO_PROFILE) else {
            return findings;
        };
        let kinds = self.config.order_types.iter().map(|kind| kind.type_name());
        for object_type_name in kinds.chain(["CTR"]) {
            let list = ListProfileObjects {
                object_type_name,
                profile_id: profile_id.clone(),
                page_size: 1,
                next: None,
            };
            let of_type = format!("{domain}/object-types/{object_type_name}");
            let listed = self.try_out(&list).await;
            findings.push(self.permission("profile:ListProfileObjects", &of_type, listed));
        }
        let key = AddProfileKey {
            key_name: "_email",
            profile_id: NO_PROFILE,
            values: [NO_MAIL],
        };
        let added = self.try_out(&key).await;
        findings.push(self.permission("profile:AddProfileKey", &domain, added));
        let attributes = ListCalculatedAttributes {
            profile_id,
            next: None,
        };
        let listed = self.try_out(&attributes).await;
        findings.push(self.permission(
            "profile:ListCalculatedAttributesForProfile",
            &domain,
            listed,
        ));
        findings
    }

    fn domain(&self, searched: &Result<(), AwsError>) -> Finding {
        let Config { domain, region, .. } = self.config;
        let verdict = match searched {
            Ok(()) => good(&**domain),
            Err(AwsError::NotFound(code)) => bad(
                format!("{region} has no domain {domain} ({code})"),
                format!(
                    "aws customer-profiles list-domains --region {region}, \
                     and export DESK_PROFILES_DOMAIN=…"
                ),
            ),
            Err(error) => open(format!("it could not be searched: failed to {error}")),
        };
        Finding::new("domain", verdict)
    }

    fn permission(&self, action: &str, resource: &str, result: Result<(), AwsError>) -> Finding {
        let region = &self.config.region;
        let service = action.split(':').next().unwrap_or_default();
        let verdict = match result {
            Ok(()) | Err(AwsError::NotFound(_) | AwsError::Invalid(_)) => good("allowed"),
            Err(AwsError::Denied(code)) => bad(
                format!("not allowed ({code})"),
                format!(
                    "aws iam put-role-policy --role-name \"$PROXY_ROLE\" --policy-name \
                     desk-{name} --policy-document '{{\"Version\":\"2012-10-17\",\"Statement\":[{{\
                     \"Effect\":\"Allow\",\"Action\":\"{action}\",\"Resource\":\
                     \"arn:aws:{service}:{region}:'\"$(aws sts get-caller-identity --query Account \
                     --output text)\"':{resource}\"}}]}}'",
                    name = action.replace(':', "-"),
                ),
            ),
            Err(error) => open(format!("failed to {error}")),
        };
        // An action may be allowed on one resource and not on the next.
        Finding::new(format!("permission {action} on {resource}"), verdict)
    }

    async fn try_out<O: Operation>(&self, operation: &O) -> Result<(), AwsError> {
        self.aws.send(operation, deadline()).await.map(|_| ())
    }
}

fn deadline() -> Instant {
    Instant::now() + PATIENCE
}

fn nobody_user() -> SearchUsers<'static> {
    SearchUsers { username: NO_USER }
}

/// Whether the caller is known and may not do this, rather than not known.
fn is_of_permission(code: &str) -> bool {
    code.starts_with("AccessDenied")
}

/// The command that approves an origin. Version 1 of the AWS CLI would fetch a value that begins with
/// `https://` and send what it got, so the values are in JSON.
fn approval(region: &str, instance: &str, origin: &str) -> String {
    let input = serde_json::json!({ "InstanceId": instance, "Origin": origin });
    format!("aws connect associate-approved-origin --region {region} --cli-input-json '{input}'")
}
