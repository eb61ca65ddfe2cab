//! The wire as an OpenAPI document, made from the types themselves.

use schemars::generate::{SchemaGenerator, SchemaSettings};
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value, json};

use crate::api::{
    Answer, Endpoint, ErrorBody, ErrorCode, Health, Link, OpenProfile, ScreenPop, Search,
};

/// The document: OpenAPI 3.1, whose schemas are JSON Schema 2020-12.
#[must_use]
pub fn document() -> Value {
    let mut document = Document::default();
    document.operation::<ScreenPop>("screenPop");
    document.operation::<OpenProfile>("openProfile");
    document.operation::<Search>("search");
    document.operation::<Link>("link");
    document.operation::<Health>("health");
    document.finish()
}

/// A document that is being written. What is sent to the proxy and what comes back have schemas of
/// their own: a request must be exact, an answer may have more.
struct Document {
    requests: SchemaGenerator,
    responses: SchemaGenerator,
    paths: Map<String, Value>,
}

impl Default for Document {
    fn default() -> Self {
        let settings = || {
            let mut settings = SchemaSettings::draft2020_12();
            settings.definitions_path = "/components/schemas".into();
            settings.meta_schema = None;
            settings
        };
        Self {
            requests: settings().for_deserialize().into_generator(),
            responses: settings().for_serialize().into_generator(),
            paths: Map::new(),
        }
    }
}

impl Document {
    fn operation<E>(&mut self, id: &str)
    where
        E: Endpoint + JsonSchema,
        E::Response: JsonSchema,
    {
        let request = self.requests.subschema_for::<E>();
        let response = self.responses.subschema_for::<E::Response>();
        let summary = described(&request, &self.requests);
        let what = match E::ANSWER {
            Answer::Json => "The answer.",
            Answer::Lines => "The answer, one such value on each line, as they become known.",
        };
        let mut responses = Map::new();
        responses.insert(
            "200".to_owned(),
            json!({ "description": what, "content": { E::ANSWER.media_type(): { "schema": response } } }),
        );
        for word in ErrorCode::WORDS {
            let code = ErrorCode::from(*word);
            responses
                .entry(code.status().to_string())
                .or_insert_with(|| json!({ "$ref": "#/components/responses/Refused" }));
        }
        self.paths.insert(
            E::PATH.to_owned(),
            json!({ "post": {
                "operationId": id,
                "summary": summary,
                "requestBody": {
                    "required": true,
                    "content": { "application/json": { "schema": request } },
                },
                "responses": responses,
            } }),
        );
    }

    fn finish(mut self) -> Value {
        let refused = self.responses.subschema_for::<ErrorBody>();
        let mut schemas = self.requests.take_definitions(true);
        schemas.append(&mut self.responses.take_definitions(true));
        json!({
            "openapi": "3.1.0",
            "info": {
                "title": "Agent desk: the signed proxy",
                "description": "Every operation is a POST. Paths are behind the address of the API, \
                    which is `/api` of the desk's own origin.",
                "version": env!("CARGO_PKG_VERSION"),
                "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
            },
            "servers": [{ "url": "/api" }],
            "security": [{ "agent": [] }],
            "paths": self.paths,
            "components": {
                "schemas": schemas,
                "responses": { "Refused": {
                    "description": "Refused; `code` says why.",
                    "content": { "application/json": { "schema": refused } },
                } },
                "securitySchemes": { "agent": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "X-Agent-Token",
                    "description": "The agent's access token.",
                } },
            },
        })
    }
}

/// What a schema says that it is, looked up where it is defined; its first line.
fn described(schema: &Schema, generator: &SchemaGenerator) -> String {
    let name = schema
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(|path| path.rsplit('/').next());
    name.and_then(|name| {
        generator
            .definitions()
            .get(name)?
            .get("description")?
            .as_str()
    })
    .and_then(|text| text.lines().next())
    .unwrap_or_default()
    .to_owned()
}
