//! What `infra/desk.yaml` says: the template for given parameters, as `CloudFormation` would make it, and
//! of that the site as `CloudFront` would serve it and the proxy as Lambda would run it.
//!
//! The local world serves the desk by this, and the deployment uploads it by this, so that headers,
//! paths and caching stand in one place: the template. This crate reads and computes; it opens no
//! connection and knows no file but the template, which is compiled in.
//!
//! # Invariants
//!
//! - What `CloudFormation` would not make of a parameter is an error here, never a guess
//!   ([`StackError`]).
//! - A value that only AWS can know is a word that names it (`Distribution.DomainName`), so that a rule
//!   can see where it goes (`tests/rules`).

mod document;
mod function;
mod lambda;
mod objection;
mod pattern;
mod site;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::function::Scope;
pub use crate::lambda::Lambda;
pub use crate::site::{Behaviour, FileRule, Site, Target};

/// The template, as it is deployed.
pub const TEMPLATE: &str = include_str!("../../../infra/desk.yaml");

/// Why the template cannot be computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StackError {
    /// It is not YAML, or its top is not what a template's is.
    #[error("the template cannot be read: {0}")]
    Form(String),
    /// A parameter without a default was not given.
    #[error("the parameter {0} is missing")]
    Missing(String),
    /// There is no such parameter, or a value that is not among the allowed ones.
    #[error("the parameter {0} cannot be {1:?}")]
    Parameter(String, String),
    /// A function is called in a way that is not known here.
    #[error("cannot compute {0}")]
    Function(String),
    /// Something that a site needs is not where it should be.
    #[error("the template does not say {0}")]
    Unsaid(&'static str),
}

/// The template for one set of parameters.
#[derive(Debug, Clone)]
pub struct Stack {
    resources: Map<String, Value>,
    outputs: Map<String, Value>,
}

impl Stack {
    /// Computes the template for these parameters, with the defaults of the others.
    ///
    /// The patterns of parameters are `CloudFormation`'s to hold against: the local world has addresses
    /// that a deployment must not have.
    ///
    /// # Errors
    ///
    /// [`StackError`].
    pub fn new(given: &BTreeMap<&str, String>) -> Result<Self, StackError> {
        let template = document::read(TEMPLATE)?;
        let scope = Scope::new(&template, given)?;
        Ok(Self {
            resources: scope.section(&template, "Resources")?,
            outputs: scope.section(&template, "Outputs")?,
        })
    }

    /// The resources that would be made, by their logical names.
    pub fn resources(&self) -> &Map<String, Value> {
        &self.resources
    }

    /// What the stack would tell, by name.
    pub fn outputs(&self) -> &Map<String, Value> {
        &self.outputs
    }

    /// The resources of one type, with their names.
    pub fn of_type<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = (&'a str, &'a Value)> {
        self.resources
            .iter()
            .filter(move |(_, resource)| resource.get("Type").is_some_and(|it| it == kind))
            .map(|(name, resource)| (name.as_str(), resource))
    }

    /// The site, as `CloudFront` would serve it.
    ///
    /// # Errors
    ///
    /// [`StackError::Unsaid`].
    pub fn site(&self) -> Result<Site, StackError> {
        Site::of(&self.resources)
    }

    /// The proxy, as Lambda would run it.
    ///
    /// # Errors
    ///
    /// [`StackError::Unsaid`]: for one, a stack of the first pass has none.
    pub fn lambda(&self) -> Result<Lambda, StackError> {
        Lambda::of(&self.resources)
    }
}

/// What `CloudFormation` would object to in these parameters, before it makes anything: a sentence each.
/// The patterns are held against here, other than in [`Stack::new`].
///
/// # Errors
///
/// [`StackError`]: the template itself cannot be understood.
pub fn objections(given: &BTreeMap<&str, String>) -> Result<Vec<String>, StackError> {
    objection::objections(&document::read(TEMPLATE)?, given)
}

/// Any template's text, JSON or YAML, as a value in which every function is written in its long form.
///
/// # Errors
///
/// [`StackError::Form`].
pub fn template(text: &str) -> Result<Value, StackError> {
    document::read(text)
}

/// The template's parameters, as they are declared.
///
/// # Errors
///
/// [`StackError::Form`].
pub fn parameters() -> Result<Map<String, Value>, StackError> {
    let template = document::read(TEMPLATE)?;
    let parameters = template.get("Parameters").and_then(Value::as_object);
    parameters
        .cloned()
        .ok_or(StackError::Unsaid("its parameters"))
}
