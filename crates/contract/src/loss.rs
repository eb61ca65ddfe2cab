//! What could not be read, said instead of left out in silence.

use serde::{Deserialize, Serialize};

use crate::words::words;

words! {
    /// Why something could not be read.
    LossReason {
        /// It is of another type than it should be: a number where an object should stand.
        WrongType = "wrong_type",
        /// It is no decimal number, or none that can be kept exactly.
        NotANumber = "not_a_number",
        /// It is no date in any of the forms that are known.
        NotADate = "not_a_date",
        /// It is no address of a page that could be opened.
        NotALink = "not_a_link",
        /// An object's text is not JSON.
        NotJson = "not_json",
        /// A member without which the rest means nothing is missing.
        Missing = "missing",
        /// An object is of a type that was not asked for.
        UnknownObject = "unknown_object",
        /// There was more than is kept.
        TooMany = "too_many",
    }
}

/// One member or object that was there and could not be read; everything beside it was.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Loss {
    /// Where: members as the source names them and positions from 0, such as
    /// `OrderItems[2].Price`. Never a value.
    pub at: String,
    /// Why.
    pub why: LossReason,
}
