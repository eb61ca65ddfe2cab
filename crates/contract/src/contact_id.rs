//! The names that Amazon Connect gives to contacts and to their legs.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! opaque_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        ///
        /// Opaque text: compared and shown, never parsed.
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[cfg_attr(feature = "schema", schemars(inline))]
        pub struct $name(Box<str>);

        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self(id.into())
            }
        }

        impl From<String> for $name {
            fn from(id: String) -> Self {
                Self(id.into())
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

opaque_id! {
    /// Connect's id for one contact; Connect guarantees that it is unique in an instance.
    ///
    /// A call that goes back to the queue keeps its id, so one agent can be offered the same
    /// id twice. What happened once is an *offer*: the id and when it began.
    ContactId
}

opaque_id! {
    /// Connect's id for one leg of a contact, unique within the contact. A queued callback
    /// changes the agent's leg, and so its id, when it is accepted.
    ConnectionId
}
