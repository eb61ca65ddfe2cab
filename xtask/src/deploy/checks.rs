//! What must be there before a deployment begins, and what can be said of it without changing anything.

use anyhow::{Result, bail};
use serde_json::Value;

use super::aws::{Aws, Refusal, if_there, text};
use super::description::Description;
use super::standing::Resource;

/// Where `CloudFront` looks for certificates.
const CERTIFICATES: &str = "us-east-1";

/// A Customer Profiles domain, which is called by its own name.
const DOMAIN: &str = "AWS::CustomerProfiles::Domain";

/// Who we are at AWS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) account: String,
    pub(super) arn: String,
}

/// Who AWS takes us for.
///
/// # Errors
///
/// When it takes us for nobody; with the command to sign in.
pub(super) fn identity(aws: &Aws) -> Result<Identity> {
    let answer = aws.ask("sts", "get-caller-identity", [""; 0])?;
    Ok(Identity {
        account: text(&answer, "/Account").to_owned(),
        arn: text(&answer, "/Arn").to_owned(),
    })
}

/// Looks at what the deployment builds on, and prints a line for each. `made` is what the stack has by
/// now.
///
/// # Errors
///
/// When something is certainly missing, or in the way: every such thing, with the command that finds or
/// makes it. What we may not look at is only said.
pub(super) fn look(aws: &Aws, described: &Description, made: &[Resource]) -> Result<()> {
    let mut findings = vec![instance(aws, described)];
    if !described.parameter("CertificateArn").is_empty() {
        findings.push(certificate(&aws.in_region(CERTIFICATES), described));
    }
    let is_made_here = described.parameter("CreateProfilesDomain") == "true";
    if described.has_proxy() && !is_made_here {
        findings.push(domain(aws, described));
    }
    let is_made = |name: &str| {
        let mut domains = made.iter().filter(|it| it.kind == DOMAIN && !it.is_gone);
        domains.any(|it| it.called == name)
    };
    // Later it is there because the stack has made it.
    if is_made_here && !is_made(&described.parameter("ProfilesDomain")) {
        findings.push(no_domain(aws, described));
    }
    let mut missing = Vec::new();
    for finding in findings {
        match finding {
            Finding::There(what) => eprintln!("    ok          {what}"),
            Finding::Unseen(why) => eprintln!("    not seen    {why}"),
            Finding::Missing(what) => missing.push(what),
        }
    }
    if !missing.is_empty() {
        bail!(
            "what this builds on is not as it must be:\n  {}",
            missing.join("\n  ")
        );
    }
    Ok(())
}

/// What became of looking at something.
#[derive(Debug, PartialEq, Eq)]
enum Finding {
    There(String),
    Missing(String),
    /// Nobody could tell us.
    Unseen(String),
}

impl Finding {
    /// `judge` says what the answer means; without one the thing is missing.
    fn of(
        answer: Result<Value>,
        absent: String,
        judge: impl FnOnce(&Value) -> Result<String, String>,
    ) -> Self {
        match if_there(answer) {
            Ok(None) => Self::Missing(absent),
            Ok(Some(answer)) => match judge(&answer) {
                Ok(there) => Self::There(there),
                Err(wrong) => Self::Missing(wrong),
            },
            Err(error) => match Refusal::of(&error) {
                Some(refusal) => Self::Unseen(refusal.to_string()),
                None => Self::Unseen(format!("{error:#}")),
            },
        }
    }
}

fn instance(aws: &Aws, described: &Description) -> Finding {
    let id = described.parameter("ConnectInstanceId");
    let origin = described.parameter("ConnectOrigin");
    let region = &described.region;
    let list = format!("`aws connect list-instances --region {region}` lists those that are");
    let answer = aws.ask("connect", "describe-instance", ["--instance-id", &id]);
    let absent =
        format!("there is no Connect instance {id} (ConnectInstanceId) in {region}: {list}");
    Finding::of(answer, absent, |answer| {
        instance_judged(answer, &origin, &list)
    })
}

fn instance_judged(answer: &Value, origin: &str, list: &str) -> Result<String, String> {
    let status = text(answer, "/Instance/InstanceStatus");
    if status != "ACTIVE" {
        return Err(format!(
            "the Connect instance is {status}, not ACTIVE: {list}"
        ));
    }
    // Instances that sign in by SAML or a directory have aliases, too; one without cannot be compared.
    let alias = text(answer, "/Instance/InstanceAlias");
    let host = origin.trim_start_matches("https://");
    if !alias.is_empty() && host.split('.').next() != Some(alias) {
        return Err(format!(
            "ConnectOrigin is {origin}, but the instance is called {alias}: https://{alias}.my.connect.aws, \
             or https://{alias}.awsapps.com for an old one"
        ));
    }
    Ok(format!("the Connect instance {alias}"))
}

fn certificate(aws: &Aws, described: &Description) -> Finding {
    let arn = described.parameter("CertificateArn");
    let host = described.parameter("DomainName");
    let answer = aws.ask("acm", "describe-certificate", ["--certificate-arn", &arn]);
    let absent = format!(
        "there is no certificate {arn} (CertificateArn): `aws acm list-certificates --region \
         {CERTIFICATES}` lists those that are, `aws acm request-certificate --region {CERTIFICATES} \
         --validation-method DNS --domain-name {host}` asks for one"
    );
    Finding::of(answer, absent, |answer| certificate_judged(answer, &host))
}

fn certificate_judged(answer: &Value, host: &str) -> Result<String, String> {
    let arn = text(answer, "/Certificate/CertificateArn");
    let status = text(answer, "/Certificate/Status");
    if status != "ISSUED" {
        return Err(format!(
            "the certificate is {status}, not ISSUED: put the records into the DNS that `aws acm \
             describe-certificate --region {CERTIFICATES} --certificate-arn {arn}` names, and wait for \
             `aws acm wait certificate-validated --region {CERTIFICATES} --certificate-arn {arn}`"
        ));
    }
    let names = answer.pointer("/Certificate/SubjectAlternativeNames");
    let names = names.and_then(Value::as_array).into_iter().flatten();
    let mut names = names.filter_map(Value::as_str);
    let main = text(answer, "/Certificate/DomainName");
    if main != host && !names.any(|name| covers(name, host)) {
        return Err(format!(
            "the certificate is for {main}, not for {host} (DomainName): `aws acm request-certificate \
             --region {CERTIFICATES} --validation-method DNS --domain-name {host}` asks for one"
        ));
    }
    Ok(format!("the certificate for {host}"))
}

/// Whether a name of a certificate is good for a host: a star is one label (RFC 9525, 6.3).
fn covers(name: &str, host: &str) -> bool {
    name == host
        || name
            .strip_prefix("*.")
            .is_some_and(|parent| host.split_once('.').is_some_and(|(_, rest)| rest == parent))
}

fn domain(aws: &Aws, described: &Description) -> Finding {
    let name = described.parameter("ProfilesDomain");
    let region = &described.region;
    let answer = aws.ask("customer-profiles", "get-domain", ["--domain-name", &name]);
    let absent = format!(
        "there is no Customer Profiles domain {name} (ProfilesDomain) in {region}: `aws \
         customer-profiles list-domains --region {region}` lists those that are; CreateProfilesDomain=true \
         makes one"
    );
    Finding::of(answer, absent, |_| {
        Ok(format!("the Customer Profiles domain {name}"))
    })
}

fn no_domain(aws: &Aws, described: &Description) -> Finding {
    let name = described.parameter("ProfilesDomain");
    let answer = aws.ask("customer-profiles", "get-domain", ["--domain-name", &name]);
    no_domain_judged(answer, &name, &described.region)
}

fn no_domain_judged(answer: Result<Value>, name: &str, region: &str) -> Finding {
    let free = format!("no Customer Profiles domain {name} yet, so one can be made");
    let taken = format!(
        "there is a Customer Profiles domain {name} (ProfilesDomain) in {region} already, so none can be \
         made: CreateProfilesDomain=false uses it as it is"
    );
    // What is missing elsewhere is what is looked for here.
    match Finding::of(answer, free, |_| Ok(taken)) {
        Finding::Missing(free) => Finding::There(free),
        Finding::There(taken) => Finding::Missing(taken),
        unseen @ Finding::Unseen(_) => unseen,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ORIGIN: &str = "https://shop.my.connect.aws";

    fn instance_that_is(alias: &str, status: &str) -> Result<String, String> {
        let answer = json!({ "Instance": { "InstanceAlias": alias, "InstanceStatus": status } });
        instance_judged(&answer, ORIGIN, "")
    }

    #[test]
    fn an_instance_is_the_one_whose_panel_is_embedded() {
        assert!(instance_that_is("shop", "ACTIVE").is_ok());
        assert!(instance_that_is("", "ACTIVE").is_ok());
        let other = instance_that_is("store", "ACTIVE").unwrap_err();
        assert!(other.contains("https://store.my.connect.aws"), "{other}");
        let failed = instance_that_is("shop", "CREATION_FAILED").unwrap_err();
        assert!(failed.contains("CREATION_FAILED"), "{failed}");
    }

    fn certificate_for(names: &[&str], status: &str) -> Result<String, String> {
        let answer = json!({ "Certificate": {
            "CertificateArn": "arn:a", "Status": status,
            "DomainName": names[0], "SubjectAlternativeNames": names,
        } });
        certificate_judged(&answer, "desk.example.com")
    }

    #[test]
    fn a_certificate_is_issued_and_for_the_host() {
        assert!(certificate_for(&["desk.example.com"], "ISSUED").is_ok());
        assert!(certificate_for(&["example.com", "*.example.com"], "ISSUED").is_ok());
        let other = certificate_for(&["*.desk.example.com"], "ISSUED").unwrap_err();
        assert!(other.contains("--domain-name desk.example.com"), "{other}");
        let pending = certificate_for(&["desk.example.com"], "PENDING_VALIDATION").unwrap_err();
        assert!(pending.contains("certificate-validated"), "{pending}");
    }

    #[test]
    fn what_we_may_not_see_is_not_missing() {
        let refused = Finding::of(
            Err(anyhow::anyhow!("not allowed")),
            "absent".to_owned(),
            |_| Ok(String::new()),
        );
        assert_eq!(refused, Finding::Unseen("not allowed".to_owned()));
    }

    #[test]
    fn a_domain_that_is_to_be_made_must_not_be_there() {
        let judged = |answer| no_domain_judged(answer, "amazon-connect-shop", "ap-northeast-1");
        let Finding::Missing(said) = judged(Ok(json!({ "DomainName": "amazon-connect-shop" })))
        else {
            panic!("a name that is taken is no objection");
        };
        assert!(said.contains("CreateProfilesDomain=false"), "{said}");
        let absent = Refusal::new(
            "customer-profiles",
            "get-domain",
            "An error occurred (ResourceNotFoundException) when calling the GetDomain operation: no",
        );
        assert!(matches!(judged(Err(absent.into())), Finding::There(_)));
        let refused = anyhow::anyhow!("not allowed");
        assert!(matches!(judged(Err(refused)), Finding::Unseen(_)));
    }
}
