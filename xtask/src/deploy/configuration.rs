//! `config.json` of a deployment: made of the facts that the stack is made of and of what the stack says,
//! so that nothing is said twice, and held against the desk's own schema before anything is made.

use anyhow::{Context as _, Result, anyhow, ensure};
use serde_json::{Value, json};

use super::description::{Description, Outputs, output, unknown_outputs};

/// What the desk holds its configuration against.
const SCHEMA: &str = include_str!("../../../docs/config.schema.json");

/// What the desk would object to in the configuration, whatever the stack says of itself.
///
/// # Errors
///
/// When there can be none.
pub(super) fn objections(described: &Description) -> Result<Vec<String>> {
    against_schema(&described.config(&unknown_outputs())?)
}

impl Description {
    /// `config.json`.
    ///
    /// # Errors
    ///
    /// When the stack does not say what it should.
    pub(super) fn config(&self, outputs: &Outputs) -> Result<Value> {
        let mut settings = self.desk.settings.clone();
        if self.parameter("SilentFrame") == "true" && self.has_proxy() {
            let customer = settings.entry("customer").or_insert_with(|| json!({}));
            if let Some(customer) = customer.as_object_mut() {
                customer.insert("silentFrame".to_owned(), true.into());
            }
        }
        Ok(json!({
            "ccp": {
                "url": panel(&self.parameter("ConnectOrigin")),
                "region": self.region,
                "loginUrl": self.desk.login_url,
            },
            "api": if self.has_proxy() { json!({ "url": "/api" }) } else { Value::Null },
            "auth": self.auth(outputs)?,
            "locale": self.desk.locale,
            "country": self.parameter("Country"),
            "settings": settings,
        }))
    }

    fn auth(&self, outputs: &Outputs) -> Result<Value> {
        if !self.has_proxy() {
            return Ok(Value::Null);
        }
        if self.has_user_pool() {
            return Ok(json!({
                "issuer": output(outputs, "Issuer")?,
                "clientId": output(outputs, "ClientId")?,
                // What the template's client may be asked for.
                "scope": "openid profile",
                "audience": null,
            }));
        }
        let audience = self.parameter("Audience");
        let sign_in = self.desk.sign_in.as_ref();
        let client = sign_in.and_then(|it| it.client_id.as_deref());
        ensure!(
            self.parameter("AudienceClaim") != "client_id"
                || client.is_none_or(|it| it == audience),
            "with AudienceClaim=client_id, desk.signIn.clientId is Audience: leave it out"
        );
        let tells = sign_in.is_some_and(|it| it.tells_audience);
        Ok(json!({
            "issuer": self.parameter("Issuer"),
            "clientId": client.unwrap_or(&audience),
            "scope": sign_in.and_then(|it| it.scope.as_deref()).unwrap_or("openid profile"),
            "audience": if tells { audience.as_str().into() } else { Value::Null },
        }))
    }
}

/// The Contact Control Panel of an instance (Amazon Connect Administrator Guide, "Upgrade to the latest
/// CCP"): the address of an old instance has a folder before it.
fn panel(origin: &str) -> String {
    let folder = if origin.ends_with(".awsapps.com") {
        "/connect"
    } else {
        ""
    };
    format!("{origin}{folder}/ccp-v2/")
}

/// What of a configuration the desk would refuse, as far as its schema says.
fn against_schema(config: &Value) -> Result<Vec<String>> {
    let name = "config.schema.json";
    let schema: Value = serde_json::from_str(SCHEMA).context("the schema is not JSON")?;
    let mut compiler = boon::Compiler::new();
    let mut schemas = boon::Schemas::new();
    compiler
        .add_resource(name, schema)
        .map_err(|error| anyhow!("{error}"))?;
    let schema = compiler
        .compile(name, &mut schemas)
        .map_err(|error| anyhow!("{error}"))?;
    let mut found = Vec::new();
    if let Err(error) = schemas.validate(config, schema) {
        leaves(&error, &mut found);
    }
    Ok(found)
}

/// The causes that have none of their own: what they are about, and what is wrong with it.
fn leaves(error: &boon::ValidationError<'_, '_>, found: &mut Vec<String>) {
    if error.causes.is_empty() {
        let place = error.instance_location.to_string();
        let place = place.trim_start_matches('/').replace('/', ".");
        found.push(format!(
            "{place} of config.json would be wrong: {}",
            error.kind
        ));
    }
    for cause in &error.causes {
        leaves(cause, found);
    }
}

#[cfg(test)]
mod tests {
    use super::super::description::tests::{described, ja, provider};
    use super::*;

    #[test]
    fn without_a_provider_the_desk_has_no_customers() {
        let described = described(&json!({}), &ja()).unwrap();
        assert!(!described.has_proxy());
        assert_eq!(
            described.config(&Outputs::new()).unwrap(),
            json!({
                "ccp": {
                    "url": "https://shop.my.connect.aws/ccp-v2/",
                    "region": "ap-northeast-1",
                    "loginUrl": null,
                },
                "api": null,
                "auth": null,
                "locale": "ja",
                "country": "JP",
                "settings": {},
            })
        );
        assert_eq!(
            described.second_pass("code/a.zip", "d1.cloudfront.net"),
            described.first_pass()
        );
    }

    #[test]
    fn a_provider_is_told_to_the_desk_as_to_the_proxy() {
        let desk =
            json!({ "locale": "en", "signIn": { "clientId": "desk", "tellsAudience": true } });
        let described = described(&provider(), &desk).unwrap();
        let config = described.config(&Outputs::new()).unwrap();
        assert_eq!(config["api"], json!({ "url": "/api" }));
        assert_eq!(
            config["auth"],
            json!({
                "issuer": "https://id.example.com",
                "clientId": "desk",
                "scope": "openid profile",
                "audience": "desk-api",
            })
        );
    }

    #[test]
    fn a_user_pool_is_what_the_stack_says_of_it() {
        let described = described(&json!({ "CreateUserPool": true }), &ja()).unwrap();
        let outputs = Outputs::from([
            (
                "Issuer".to_owned(),
                "https://cognito-idp.ap-northeast-1.amazonaws.com/ap-northeast-1_a".to_owned(),
            ),
            ("ClientId".to_owned(), "client".to_owned()),
        ]);
        let config = described.config(&outputs).unwrap();
        assert_eq!(
            config["auth"]["issuer"],
            "https://cognito-idp.ap-northeast-1.amazonaws.com/ap-northeast-1_a"
        );
        assert_eq!(config["auth"]["clientId"], "client");
        assert!(described.config(&Outputs::new()).is_err());
    }

    #[test]
    fn what_the_template_is_told_is_not_asked_again() {
        let mut parameters = provider();
        parameters["SilentFrame"] = json!(true);
        parameters["Country"] = json!("US");
        parameters["ConnectOrigin"] = json!("https://shop.awsapps.com");
        let described = described(&parameters, &ja()).unwrap();
        let config = described.config(&Outputs::new()).unwrap();
        assert_eq!(config["settings"]["customer"]["silentFrame"], true);
        assert_eq!(config["country"], "US");
        assert_eq!(
            config["ccp"]["url"],
            "https://shop.awsapps.com/connect/ccp-v2/"
        );
    }
}
