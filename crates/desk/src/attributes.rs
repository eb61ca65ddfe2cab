//! What a flow has said of a contact.

/// Contact attributes: values by name, as the flow has set them, in the order of their names.
///
/// A list and not a map: there are a dozen at most, and a `BTreeMap` of strings weighs 5 kB of wasm.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Attributes(Vec<(String, String)>);

impl Attributes {
    /// Sets an attribute; the last value of a name holds.
    pub fn set(&mut self, name: String, value: String) {
        match self.0.binary_search_by(|(other, _)| other.cmp(&name)) {
            Ok(index) => {
                if let Some((_, held)) = self.0.get_mut(index) {
                    *held = value;
                }
            }
            Err(index) => self.0.insert(index, (name, value)),
        }
    }

    /// The value of a name.
    pub fn get(&self, name: &str) -> Option<&str> {
        let mut all = self.iter();
        all.find_map(|(other, value)| (other == name).then_some(value))
    }

    /// Names and values, in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let all = self.0.iter();
        all.map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether the flow has set nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many the flow has set.
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attributes(set: &[(&str, &str)]) -> Attributes {
        let mut attributes = Attributes::default();
        for (name, value) in set {
            attributes.set((*name).to_owned(), (*value).to_owned());
        }
        attributes
    }

    #[test]
    fn they_stand_in_the_order_of_their_names() {
        let set = attributes(&[("b", "2"), ("c", "3"), ("a", "1")]);
        assert_eq!(
            set.iter().collect::<Vec<_>>(),
            [("a", "1"), ("b", "2"), ("c", "3")]
        );
    }

    #[test]
    fn the_last_value_of_a_name_holds() {
        let set = attributes(&[("a", "1"), ("b", "2"), ("a", "3")]);
        assert_eq!(
            (set.len(), set.get("a"), set.get("b")),
            (2, Some("3"), Some("2"))
        );
    }

    #[test]
    fn in_whatever_order_they_were_set_they_are_the_same() {
        assert_eq!(
            attributes(&[("b", "2"), ("a", "1")]),
            attributes(&[("a", "1"), ("b", "2")])
        );
    }
}
