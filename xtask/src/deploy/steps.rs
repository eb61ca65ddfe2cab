//! What a deployment leaves to a human, as far as this one does.

use anyhow::Result;
use serde_json::json;

use super::description::{Description, Outputs, output};

/// The steps, a paragraph each.
///
/// # Errors
///
/// When the stack does not say what it should.
pub(super) fn steps(described: &Description, outputs: &Outputs) -> Result<Vec<String>> {
    let mut steps = Vec::new();
    let own = described.parameter("DomainName");
    let edge = output(outputs, "Host")?;
    let host = if own.is_empty() { edge } else { &own };
    let (stack, region) = (&described.stack, &described.region);
    if !own.is_empty() {
        steps.push(format!(
            "DNS: {own} is a CNAME of {edge}, or in Route 53 an alias of the distribution."
        ));
    }
    if described.parameter("ApproveOrigin") != "true" {
        let id = described.parameter("ConnectInstanceId");
        steps.push(format!(
            // Version 1 of the CLI would fetch a value that begins with https://, and give what it got.
            "Amazon Connect shows its panel to approved origins alone: `aws connect \
             associate-approved-origin --region {region} --cli-input-json '{}'`",
            json!({ "InstanceId": id, "Origin": format!("https://{host}") })
        ));
    }
    if described.has_user_pool() {
        let issuer = output(outputs, "Issuer")?;
        let pool = issuer.rsplit('/').next().unwrap_or_default();
        steps.push(format!(
            "Users, called as in the instance: `aws cognito-idp admin-create-user --region {region} \
             --user-pool-id {pool} --username NAME`"
        ));
    } else if described.has_proxy() {
        steps.push(format!(
            "The identity provider: https://{host}/signin.html as a redirect address, and CORS for \
             https://{host} at its discovery document and its token endpoint."
        ));
    }
    if described.parameter("CreateProfilesDomain") == "true" {
        let domain = described.parameter("ProfilesDomain");
        steps.push(format!(
            "Shopify's connection to the domain {domain}, which is made in the console of Amazon Connect: \
             Customer Profiles, Data source integrations."
        ));
    }
    if described.has_proxy() {
        steps.push(format!(
            "Look whether customers can be found: `cargo xtask doctor --aws`, with the variables of the \
             function Proxy of the stack {stack} and AWS_REGION={region} in the environment."
        ));
    }
    Ok(steps)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use serde_json::Value;

    use super::super::description::unknown_outputs;
    use super::*;

    fn steps_of(more: &Value) -> Vec<String> {
        let mut file = json!({
            "stack": "desk",
            "region": "ap-northeast-1",
            "parameters": {
                "ConnectInstanceId": "5ca1ab1e-0000-4000-8000-00000000c0de",
                "ConnectOrigin": "https://shop.my.connect.aws",
                "ProfilesDomain": "amazon-connect-shop",
            },
            "desk": { "locale": "ja" },
        });
        let more = more.as_object().unwrap().clone();
        file["parameters"].as_object_mut().unwrap().extend(more);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deploy.json");
        fs::write(&path, file.to_string()).unwrap();
        let described = Description::read(&path).unwrap();
        let mut outputs = unknown_outputs();
        outputs.insert("Host".to_owned(), "d1.cloudfront.net".to_owned());
        steps(&described, &outputs).unwrap()
    }

    #[test]
    fn a_desk_without_customers_and_names_leaves_nothing() {
        assert_eq!(steps_of(&json!({})), [""; 0]);
    }

    #[test]
    fn a_name_of_ones_own_leaves_its_record_and_is_what_the_provider_is_told() {
        let steps = steps_of(&json!({
            "DomainName": "desk.example.com",
            "CertificateArn": "arn:aws:acm:us-east-1:111122223333:certificate/00-00",
            "Issuer": "https://id.example.com",
            "IdentityOrigins": "https://id.example.com",
            "Audience": "desk-api",
        }));
        assert!(steps[0].contains("desk.example.com is a CNAME of d1.cloudfront.net"));
        assert!(steps[1].contains("https://desk.example.com/signin.html"));
        assert_eq!(steps.len(), 3);
    }

    #[test]
    fn what_is_made_here_leaves_what_nobody_can_make_for_a_human() {
        let steps = steps_of(&json!({
            "ApproveOrigin": "false", "CreateUserPool": "true", "CreateProfilesDomain": "true",
        }));
        let input = "--cli-input-json '{\"InstanceId\":\"5ca1ab1e-0000-4000-8000-00000000c0de\",\
                     \"Origin\":\"https://d1.cloudfront.net\"}'`";
        assert!(steps[0].ends_with(input), "{}", steps[0]);
        let words = [
            "associate-approved-origin",
            "admin-create-user",
            "Shopify",
            "doctor --aws",
        ];
        assert_eq!(steps.len(), words.len());
        for (step, word) in steps.iter().zip(words) {
            assert!(step.contains(word), "{step}");
        }
    }
}
