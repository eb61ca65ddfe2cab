//! Object types: how objects become keys, profiles and orders.

mod template;

use std::collections::BTreeMap;
use std::sync::Arc;

use rusqlite::{OptionalExtension as _, params};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::key::{ContentType, Names};
use super::mapping::is_readable;
use super::page::Page;
use super::store::Domain;
use super::{Outcome, bad_request, constraint, not_found};
use crate::aws::ApiRequest;

/// Objects of a type that a profile holds at most, unless the type says fewer.
pub(super) const MOST_OBJECTS: i64 = 1000;
/// Object types of a domain.
const MOST_TYPES: i64 = 100;
/// Keys of an object type.
const MOST_KEYS: usize = 10;

/// One object type of the domain.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ObjectType {
    #[serde(rename = "ObjectTypeName")]
    pub(super) name: String,
    description: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    template_id: Option<String>,
    #[serde(default = "a_year")]
    expiration_days: u32,
    #[serde(default)]
    pub(super) allow_profile_creation: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source_last_updated_timestamp_format: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) max_profile_object_count: Option<u32>,
    #[serde(default)]
    pub(super) fields: BTreeMap<String, Field>,
    #[serde(default)]
    pub(super) keys: BTreeMap<String, Vec<Key>>,
    #[serde(default)]
    tags: BTreeMap<String, String>,
}

/// Where a field comes from and goes to.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Field {
    pub(super) source: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) target: String,
    #[serde(default)]
    pub(super) content_type: ContentType,
}

/// A key of the objects of a type.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Key {
    #[serde(default)]
    pub(super) standard_identifiers: Vec<StandardIdentifier>,
    #[serde(default)]
    pub(super) field_names: Vec<String>,
}

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum StandardIdentifier {
    /// Tells the objects of the type apart; each type has exactly one such key.
    Unique,
    /// Finds the profile.
    Profile,
    /// Finds the profile if no other key does.
    Secondary,
    /// Finds, and is not kept.
    LookupOnly,
    /// Is kept only with the object that made the profile.
    NewOnly,
    /// Ties the object to an order.
    Order,
    /// Ties the object to an asset.
    Asset,
    /// Ties the object to a case.
    Case,
}

/// The object types of a domain, and the key names that they make up.
#[derive(Debug)]
pub(super) struct Types {
    all: Vec<ObjectType>,
    pub(super) names: Names,
}

impl Types {
    pub(super) fn find(&self, name: &str) -> Option<&ObjectType> {
        self.all.iter().find(|one| one.name == name)
    }
}

impl ObjectType {
    /// The names of its keys, and how their values are compared.
    pub(super) fn key_contents(&self) -> impl Iterator<Item = (&str, ContentType)> {
        self.keys.iter().map(|(name, keys)| {
            let field = keys.iter().flat_map(|key| &key.field_names).next();
            let field = field.and_then(|name| self.fields.get(name));
            (
                name.as_str(),
                field.map(|field| field.content_type).unwrap_or_default(),
            )
        })
    }

    /// Whether its objects are contact records, which tell a profile nothing but the number that
    /// it is made for.
    pub(super) fn holds_contact_records(&self) -> bool {
        self.template_id
            .as_deref()
            .is_some_and(|id| id.starts_with("CTR"))
    }

    fn check(&self) -> Outcome<()> {
        if self.keys.len() > MOST_KEYS {
            return Err(bad_request("An object type has at most 10 keys"));
        }
        let keys = || self.keys.values().flatten();
        let identifies = |key: &&Key| {
            key.standard_identifiers
                .contains(&StandardIdentifier::Unique)
        };
        if keys().filter(identifies).count() != 1 {
            return Err(bad_request(
                "An object type must have exactly one UNIQUE key",
            ));
        }
        for name in keys().flat_map(|key| &key.field_names) {
            if !self.fields.contains_key(name) {
                return Err(bad_request(format!(
                    "A key names the field {name}, which is not defined"
                )));
            }
        }
        match self
            .fields
            .values()
            .find(|field| !is_readable(&field.source))
        {
            None => Ok(()),
            Some(field) => {
                let source = &field.source;
                Err(bad_request(format!(
                    "The simulator does not read the source {source}"
                )))
            }
        }
    }
}

/// Every object type of the domain.
pub(super) fn all(domain: &Domain<'_>) -> Outcome<Vec<ObjectType>> {
    let mut select = domain
        .rows
        .prepare_cached("select definition from object_type order by name")?;
    let definitions = select.query_map([], |row| row.get::<_, String>(0))?;
    let mut types = Vec::new();
    for definition in definitions {
        types.push(serde_json::from_str(&definition?)?);
    }
    Ok(types)
}

/// Reads the domain's types, for the store to remember.
pub(super) fn load(domain: &Domain<'_>) -> Outcome<Arc<Types>> {
    let all = all(domain)?;
    let names = Names::of(&all);
    Ok(Arc::new(Types { all, names }))
}

/// Gives a new domain the types of the Shopify integration, and the type of contact records the
/// template that is chosen.
pub(super) fn provide(domain: &Domain<'_>) -> Outcome<()> {
    if domain.recall::<f64>("created_at")?.is_none() {
        domain.remember("created_at", domain.epoch())?;
        for id in ["Shopify-Customer", "Shopify-Order", "Shopify-DraftOrder"] {
            store(domain, &template::by_id(id, id)?.definition)?;
        }
        super::calculated::provide(domain)?;
    }
    let chosen = domain.settings.choices.contact_records.id();
    if domain.recall::<String>("contact_records")?.as_deref() != Some(chosen) {
        store(domain, &template::by_id(chosen, "CTR")?.definition)?;
        domain.remember("contact_records", chosen)?;
    }
    Ok(())
}

fn store(domain: &Domain<'_>, definition: &ObjectType) -> Outcome<()> {
    domain.rows.execute(
        "insert into object_type values (?1, ?2, ?3, ?3) on conflict do update
         set definition = excluded.definition, updated_at = excluded.updated_at",
        params![
            definition.name,
            serde_json::to_string(definition)?,
            domain.epoch()
        ],
    )?;
    domain.forget_types();
    Ok(())
}

/// `PutProfileObjectType`.
pub(super) fn put(domain: &Domain<'_>, name: &str, request: &ApiRequest) -> Outcome<Value> {
    constraint::type_name("objectTypeName", name)?;
    if name.starts_with('_') {
        return Err(bad_request("Standard object types cannot be changed"));
    }
    define(domain, name, Some(constraint::members(&request.body)?))?;
    get(domain, name)
}

/// Defines an object type by the members of a request; those of its template hold where the
/// request has none.
pub(super) fn define(
    domain: &Domain<'_>,
    name: &str,
    body: Option<&Map<String, Value>>,
) -> Outcome<()> {
    let body = body.ok_or_else(|| constraint::malformed("the object type"))?;
    constraint::required(body, "Description", (1, 10_000))?;
    let mut made = Map::new();
    if let Some(id) = constraint::text(body, "TemplateId", (1, 64))? {
        let template = template::by_id(id, name)?;
        if let Value::Object(definition) = serde_json::to_value(&template.definition)? {
            made = definition;
        }
    }
    let given = body.iter().filter(|(_, value)| !value.is_null());
    made.extend(given.map(|(member, value)| (member.clone(), value.clone())));
    made.insert("ObjectTypeName".to_owned(), Value::from(name));
    let made: ObjectType = serde_json::from_value(Value::Object(made))
        .map_err(|error| bad_request(format!("Invalid object type: {error}")))?;
    made.check()?;
    let others: i64 = domain.rows.query_row(
        "select count(*) from object_type where name <> ?1",
        [name],
        |row| row.get(0),
    )?;
    if others >= MOST_TYPES {
        return Err(bad_request("The domain has 100 object types"));
    }
    store(domain, &made)
}

/// `DeleteProfileObjectType`: the objects of it go too.
pub(super) fn delete(domain: &Domain<'_>, name: &str) -> Outcome<Value> {
    if domain
        .rows
        .execute("delete from object_type where name = ?1", [name])?
        == 0
    {
        return Err(not_found("Object type not found"));
    }
    domain
        .rows
        .execute("delete from object where type = ?1", [name])?;
    domain.forget_types();
    Ok(json!({ "Message": "OK" }))
}

/// `GetProfileObjectType`.
pub(super) fn get(domain: &Domain<'_>, name: &str) -> Outcome<Value> {
    constraint::type_name("objectTypeName", name)?;
    let found = domain
        .rows
        .query_row(
            "select definition, created_at, updated_at from object_type where name = ?1",
            [name],
            |row| {
                Ok((
                    row.get::<_, String>(0)?,
                    row.get::<_, f64>(1)?,
                    row.get::<_, f64>(2)?,
                ))
            },
        )
        .optional()?;
    let (definition, created_at, updated_at) =
        found.ok_or_else(|| not_found("Object type not found"))?;
    let mut reply: Value = serde_json::from_str(&definition)?;
    if let Some(reply) = reply.as_object_mut() {
        reply.insert("CreatedAt".to_owned(), json!(created_at));
        reply.insert("LastUpdatedAt".to_owned(), json!(updated_at));
        reply
            .entry("MaxProfileObjectCount")
            .or_insert(json!(MOST_OBJECTS));
    }
    Ok(reply)
}

/// `ListProfileObjectTypes`.
pub(super) fn list(domain: &Domain<'_>, request: &ApiRequest) -> Outcome<Value> {
    let page = Page::of(domain, request, 100)?;
    let mut select = domain
        .rows
        .prepare_cached("select definition, created_at, updated_at from object_type")?;
    let mut rows = select.query([])?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        let definition: ObjectType = serde_json::from_str(&row.get::<_, String>(0)?)?;
        let name = &definition.name;
        let item = json!({
            "ObjectTypeName": name,
            "Description": definition.description,
            "CreatedAt": row.get::<_, f64>(1)?,
            "LastUpdatedAt": row.get::<_, f64>(2)?,
            "Tags": definition.tags,
        });
        items.push(((domain.rank(&["object-type", name]), 0), item));
    }
    Ok(page.cut(items))
}

/// `GetProfileObjectTypeTemplate`.
pub(super) fn template(id: &str) -> Outcome<Value> {
    constraint::name("templateId", id)?;
    let template = template::by_id(id, id)?;
    let definition = &template.definition;
    Ok(json!({
        "TemplateId": id,
        "SourceName": template.source_name,
        "SourceObject": template.source_object,
        "AllowProfileCreation": definition.allow_profile_creation,
        "SourceLastUpdatedTimestampFormat": definition.source_last_updated_timestamp_format,
        "DefaultMaxProfileObjectCount": MOST_OBJECTS,
        "StoreOnly": false,
        "Fields": definition.fields,
        "Keys": definition.keys,
    }))
}

/// `ListProfileObjectTypeTemplates`.
pub(super) fn list_templates(domain: &Domain<'_>, request: &ApiRequest) -> Outcome<Value> {
    let page = Page::of(domain, request, 100)?;
    let mut items = Vec::new();
    for id in template::IDS {
        let template = template::by_id(id, id)?;
        let item = json!({
            "TemplateId": id,
            "SourceName": template.source_name,
            "SourceObject": template.source_object,
        });
        items.push(((domain.rank(&["template", id]), 0), item));
    }
    Ok(page.cut(items))
}

fn a_year() -> u32 {
    366
}
