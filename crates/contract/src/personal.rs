//! Text about a person, which no log line may show.

use std::fmt;
use std::ops::Deref;

use serde::{Deserialize, Serialize};

/// Text about a customer, or text that may be: a name, an address, a memo, an attribute.
///
/// `Debug` shows how long it is and nothing else, so that a value that holds one may reach a log
/// line by accident. Whoever shows it to the agent asks for it by [`Personal::as_str`]. It is
/// foreign text: it may hold markup, any script and marks of direction.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(inline))]
pub struct Personal(String);

impl Personal {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Deref for Personal {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Personal {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for Personal {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Personal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Personal({} bytes)", self.0.len())
    }
}
