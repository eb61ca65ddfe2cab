//! The one file that describes a deployment: which stack it is, the template's parameters by their own
//! names, and what only the desk is told.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::configuration;

/// Parameters that follow from the others; the command gives them itself.
const OWN: [&str; 2] = ["CodeKey", "CloudFrontHost"];

/// The template's parameters, by name.
pub(super) type Parameters = BTreeMap<String, String>;

/// What the stack says, by name; see `Outputs` of the template.
pub(super) type Outputs = BTreeMap<String, String>;

/// A deployment, as its file describes it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Description {
    /// The stack's name.
    pub(super) stack: String,
    /// Where the instance is, and so the stack.
    pub(super) region: String,
    #[serde(deserialize_with = "parameters")]
    parameters: Parameters,
    pub(super) desk: Desk,
}

/// What of `config.json` follows from nothing else.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Desk {
    pub(super) locale: String,
    /// Where agents sign in to Connect, when that is not the panel itself (SAML).
    #[serde(default)]
    pub(super) login_url: Option<String>,
    #[serde(default)]
    pub(super) sign_in: Option<SignIn>,
    #[serde(default)]
    pub(super) settings: Map<String, Value>,
}

/// How agents sign in for customers, at a provider of their own.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct SignIn {
    /// What the provider knows the desk as; where it is not `Audience`.
    #[serde(default)]
    pub(super) client_id: Option<String>,
    #[serde(default)]
    pub(super) scope: Option<String>,
    /// Whether the provider wants to be told `Audience` when it is asked for a token.
    #[serde(default)]
    pub(super) tells_audience: bool,
}

impl Description {
    /// Reads a deployment's file, and says everything that is wrong with it.
    ///
    /// # Errors
    ///
    /// When it cannot be read, has a member that is not known, or describes what cannot be.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).with_context(|| {
            format!(
                "there is no description of a deployment at {}: copy infra/deploy.example.json \
                 and fill it in, or name another by --file",
                path.display()
            )
        })?;
        Self::parse(&text).with_context(|| format!("{} cannot be deployed", path.display()))
    }

    fn parse(text: &str) -> Result<Self> {
        let described: Self = serde_json::from_str(text)?;
        let objections = described.objections()?;
        match objections.as_slice() {
            [] => Ok(described),
            [one] => bail!("{one}"),
            several => bail!("\n  {}", several.join("\n  ")),
        }
    }

    fn objections(&self) -> Result<Vec<String>> {
        let mut found = Vec::new();
        // AWS::CloudFormation::Stack, StackName; the name begins what the bucket is called, and so on.
        let mut letters = self.stack.chars();
        let is_name = letters.next().is_some_and(|it| it.is_ascii_alphabetic())
            && letters.all(|it| it.is_ascii_alphanumeric() || it == '-')
            && self.stack.len() <= 128;
        if !is_name {
            found.push(format!(
                "stack is at most 128 letters, digits and dashes, a letter first, not {:?}",
                self.stack
            ));
        }
        for name in OWN {
            if self.parameters.contains_key(name) {
                found.push(format!("{name} is given by this command, not by the file"));
            }
        }
        found.extend(stack::objections(&borrowed(&self.parameters))?);
        let agents = ["Issuer", "Audience", "IdentityOrigins"];
        let (said, unsaid): (Vec<_>, Vec<_>) = agents
            .into_iter()
            .partition(|name| !self.parameter(name).is_empty());
        let word = |names: Vec<&str>| names.join(", ");
        if self.has_user_pool() && !said.is_empty() {
            found.push(format!(
                "with CreateUserPool, who agents are is the pool's to say: leave out {}",
                word(said)
            ));
        } else if !said.is_empty() && !unsaid.is_empty() {
            found.push(format!(
                "customers need {} besides {}; without customers none of them is given",
                word(unsaid),
                word(said)
            ));
        }
        if self.desk.sign_in.is_some() && (self.has_user_pool() || !self.has_proxy()) {
            found.push("desk.signIn goes with an identity provider of your own: Issuer, Audience, IdentityOrigins".to_owned());
        }
        if let Some(url) = &self.desk.login_url
            && !url.starts_with("https://")
        {
            found.push(format!("desk.loginUrl is an https address, not {url:?}"));
        }
        if self
            .desk
            .settings
            .get("customer")
            .is_some_and(|it| it.get("silentFrame").is_some())
        {
            found.push("desk.settings.customer.silentFrame follows from the parameter SilentFrame: say it there".to_owned());
        }
        if found.is_empty() {
            found.extend(configuration::objections(self)?);
        }
        Ok(found)
    }

    /// Whether there will be the signed proxy, and with it customers: when it is said who agents are.
    pub(super) fn has_proxy(&self) -> bool {
        self.has_user_pool() || !self.parameter("Issuer").is_empty()
    }

    /// Whether the stack makes a user pool of its own.
    pub(super) fn has_user_pool(&self) -> bool {
        self.parameter("CreateUserPool") == "true"
    }

    /// A parameter as it was given, or the template's default; empty without either.
    pub(super) fn parameter(&self, name: &str) -> String {
        if let Some(value) = self.parameters.get(name) {
            return value.clone();
        }
        let declared = stack::parameters().unwrap_or_default();
        match declared.get(name).and_then(|it| it.get("Default")) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Null) | None => String::new(),
            Some(other) => other.to_string(),
        }
    }

    /// The parameters of the first pass, which makes the bucket and the host.
    pub(super) fn first_pass(&self) -> Parameters {
        self.parameters.clone()
    }

    /// The parameters of the whole deployment, when the bucket and `CloudFront`'s host are known.
    pub(super) fn second_pass(&self, code_key: &str, host: &str) -> Parameters {
        let mut all = self.parameters.clone();
        if self.has_proxy() {
            all.insert("CodeKey".to_owned(), code_key.to_owned());
            if self.parameter("DomainName").is_empty() {
                all.insert("CloudFrontHost".to_owned(), host.to_owned());
            }
        }
        all
    }
}

/// What stands for the outputs of a stack that is not there yet.
pub(super) fn unknown_outputs() -> Outputs {
    let named = ["BucketName", "DistributionId", "ClientId"];
    let mut outputs: Outputs = named
        .into_iter()
        .map(|name| (name.to_owned(), format!("(output {name})")))
        .collect();
    outputs.insert("Host".to_owned(), "host.cloudfront.net".to_owned());
    outputs.insert("Url".to_owned(), "https://host.cloudfront.net/".to_owned());
    outputs.insert("Issuer".to_owned(), "https://(output Issuer)".to_owned());
    outputs
}

/// One of the stack's outputs.
///
/// # Errors
///
/// When the stack does not say it.
pub(super) fn output<'a>(outputs: &'a Outputs, name: &str) -> Result<&'a str> {
    let found = outputs.get(name).map(String::as_str);
    found.with_context(|| {
        format!("the stack has no output {name}: it is not one of infra/desk.yaml")
    })
}

/// The parameters as `stack` takes them.
pub(super) fn borrowed(parameters: &Parameters) -> BTreeMap<&str, String> {
    let all = parameters.iter();
    all.map(|(name, value)| (name.as_str(), value.clone()))
        .collect()
}

/// The values as the template has them: each is text, whatever it is in the file.
fn parameters<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Parameters, D::Error> {
    let values = BTreeMap::<String, Value>::deserialize(deserializer)?;
    let text = |(name, value)| match value {
        Value::String(text) => Ok((name, text)),
        value @ (Value::Bool(_) | Value::Number(_)) => Ok((name, value.to_string())),
        Value::Array(items) if items.iter().all(Value::is_string) => {
            let items: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
            Ok((name, items.join(",")))
        }
        _ => Err(serde::de::Error::custom(format!(
            "the parameter {name} is a text, a number, true or false"
        ))),
    };
    values.into_iter().map(text).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use serde_json::json;

    use super::*;

    const EXAMPLE: &str = include_str!("../../../infra/deploy.example.json");
    const INSTANCE: &str = "5ca1ab1e-0000-4000-8000-00000000c0de";

    /// A description with more parameters and another part about the desk.
    pub(in super::super) fn described(parameters: &Value, desk: &Value) -> Result<Description> {
        let mut all = json!({
            "ConnectInstanceId": INSTANCE,
            "ConnectOrigin": "https://shop.my.connect.aws",
            "ProfilesDomain": "amazon-connect-shop",
        });
        let more = parameters.as_object().unwrap().clone();
        all.as_object_mut().unwrap().extend(more);
        let file =
            json!({ "stack": "desk", "region": "ap-northeast-1", "parameters": all, "desk": desk });
        Description::parse(&file.to_string())
    }

    pub(in super::super) fn provider() -> Value {
        json!({
            "Issuer": "https://id.example.com",
            "IdentityOrigins": "https://id.example.com",
            "Audience": "desk-api",
        })
    }

    fn objection(parameters: &Value, desk: &Value) -> String {
        let error = described(parameters, desk).unwrap_err();
        format!("{error:#}")
    }

    pub(in super::super) fn ja() -> Value {
        json!({ "locale": "ja" })
    }

    #[test]
    fn the_example_can_be_deployed_when_it_is_filled_in() {
        let filled = EXAMPLE
            .replace("00000000-0000-0000-0000-000000000000", INSTANCE)
            .replace("ALIAS", "shop");
        Description::parse(&filled).unwrap();
    }

    #[test]
    fn the_second_pass_knows_the_host_unless_agents_open_another() {
        let own = described(&provider(), &ja()).unwrap();
        let pass = own.second_pass("code/a.zip", "d1.cloudfront.net");
        assert_eq!(
            (&*pass["CodeKey"], &*pass["CloudFrontHost"]),
            ("code/a.zip", "d1.cloudfront.net")
        );
        assert_eq!(stack::objections(&borrowed(&pass)).unwrap(), [""; 0]);

        let mut parameters = provider();
        parameters["DomainName"] = json!("desk.example.com");
        parameters["CertificateArn"] =
            json!("arn:aws:acm:us-east-1:111122223333:certificate/0000-00");
        let named = described(&parameters, &ja()).unwrap();
        let pass = named.second_pass("code/a.zip", "d1.cloudfront.net");
        assert!(!pass.contains_key("CloudFrontHost"));
    }

    #[test]
    fn what_is_not_known_is_refused_by_its_name() {
        assert!(
            objection(&json!({ "DomainNames": "a.example.com" }), &ja()).contains("DomainNames")
        );
        assert!(objection(&json!({}), &json!({ "locale": "ja", "theme": 1 })).contains("theme"));
        let misspelt = json!({ "locale": "ja", "settings": { "rings": {} } });
        let said = objection(&json!({}), &misspelt);
        assert!(
            said.contains("settings") && said.contains("rings"),
            "{said}"
        );
        let deeper = json!({ "locale": "ja", "settings": { "ring": { "sound": "loud" } } });
        assert!(objection(&json!({}), &deeper).contains("settings.ring.sound"));
        assert!(objection(&json!({}), &json!({ "locale": "fr" })).contains("locale"));
    }

    #[test]
    fn what_this_command_knows_itself_is_refused() {
        let said = objection(&json!({ "CodeKey": "code/a.zip" }), &ja());
        assert!(said.contains("CodeKey is given by this command"), "{said}");
        let twice = json!({ "locale": "ja", "settings": { "customer": { "silentFrame": true } } });
        assert!(objection(&json!({}), &twice).contains("SilentFrame"));
    }

    #[test]
    fn half_a_provider_is_refused_with_the_other_half() {
        let half = json!({ "Issuer": "https://id.example.com" });
        assert!(objection(&half, &ja()).contains("Audience, IdentityOrigins"));
        let mut both = provider();
        both["CreateUserPool"] = json!("true");
        assert!(objection(&both, &ja()).contains("leave out Issuer"));
        let pointless = json!({ "locale": "ja", "signIn": { "scope": "openid" } });
        assert!(objection(&json!({}), &pointless).contains("desk.signIn"));
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let said = objection(&json!({ "LogDays": 8, "Country": "Japan" }), &ja());
        assert!(
            said.contains("LogDays") && said.contains("Country"),
            "{said}"
        );
    }
}
