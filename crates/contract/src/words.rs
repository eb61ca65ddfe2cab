//! Lists of words that somebody else may lengthen.

/// An enum of known words and of `Other`, which keeps a word that is not known here readable.
///
/// On the wire it is the word.
macro_rules! words {
    (
        $(#[$doc:meta])*
        $name:ident { $( $(#[$variant_doc:meta])* $variant:ident = $word:literal, )+ }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(from = "String", into = "String")]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[cfg_attr(feature = "schema", schemars(extend("examples" = Self::WORDS)))]
        pub enum $name {
            $( $(#[$variant_doc])* $variant, )+
            /// A word that is not known here, as it came.
            Other($crate::Personal),
        }

        impl $name {
            /// The words that are known, in the order of their declaration.
            pub const WORDS: &[&str] = &[$( $word ),+];

            /// The word as it stands on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $( Self::$variant => $word, )+
                    Self::Other(word) => word.as_str(),
                }
            }
        }

        impl From<&str> for $name {
            fn from(word: &str) -> Self {
                let known = $crate::words::position(Self::WORDS, word);
                let mut at = 0..;
                $( if known == at.next() {
                    return Self::$variant;
                } )+
                Self::Other(word.into())
            }
        }

        impl From<String> for $name {
            fn from(word: String) -> Self {
                word.as_str().into()
            }
        }

        impl From<$name> for String {
            fn from(word: $name) -> Self {
                word.as_str().to_owned()
            }
        }
    };
}

pub(crate) use words;

/// Where a word stands among others. A `match` of the word in each enum would be six times the code.
#[inline(never)]
pub(crate) fn position(words: &[&str], word: &str) -> Option<usize> {
    words.iter().position(|known| *known == word)
}
