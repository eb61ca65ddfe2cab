//! JSON text as a tree that borrows from it.

use std::slice::Iter;

/// Levels of lists and objects. Answers have eight.
const DEEPEST: u8 = 32;

/// One value. What stands between quotation marks is unescaped only when it is asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Json<'a> {
    /// A text, as it is written between its quotation marks.
    Text(&'a str),
    /// A number, `true`, `false`, `null`, or another word.
    Word(&'a str),
    /// Values by the name of their member, as it is written; in their order.
    Object(Vec<(&'a str, Self)>),
    /// Values in their order, each with no name: the same type as [`Json::Object`]'s.
    List(Vec<(&'a str, Self)>),
}

/// What a member is that is not there.
const NOTHING: Json<'static> = Json::Word("null");

impl<'a> Json<'a> {
    /// Reads a text that holds one value and nothing besides. Words are not checked: nobody takes
    /// one for what it is not.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let mut cursor = Cursor { text, at: 0 };
        let value = cursor.value(DEEPEST)?;
        cursor.peek();
        (cursor.at == text.len()).then_some(value)
    }

    /// The member of that name; `null` where there is none.
    #[inline(never)]
    pub(super) fn member(&self, name: &str) -> &Self {
        let Self::Object(members) = self else {
            return &NOTHING;
        };
        let named = members.iter().find(|(key, _)| *key == name);
        named.map_or(&NOTHING, |(_, value)| value)
    }

    /// The values of a list; none of anything else.
    pub(super) fn items(&self) -> Iter<'_, (&'a str, Self)> {
        match self {
            Self::List(items) => items.iter(),
            _ => [].iter(),
        }
    }

    /// The text, if it is one.
    #[inline(never)]
    pub(super) fn text(&self) -> Option<String> {
        match self {
            Self::Text(written) => unescaped(written),
            _ => None,
        }
    }

    /// The word, if it is one; else nothing at all.
    pub(super) fn word(&self) -> &'a str {
        match self {
            Self::Word(word) => word,
            _ => "",
        }
    }
}

/// Stands for the end of the text, in which it is nothing that may come.
const END: u8 = 0;

struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    fn byte(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(END)
    }

    /// The next byte that is no space.
    #[inline(never)]
    fn peek(&mut self) -> u8 {
        while matches!(self.byte(), b' ' | b'\t' | b'\r' | b'\n') {
            self.at += 1;
        }
        self.byte()
    }

    /// Passes that byte, if it is the next one.
    fn pass(&mut self, byte: u8) -> Option<()> {
        let is_next = self.peek() == byte;
        self.at += usize::from(is_next);
        is_next.then_some(())
    }

    fn value(&mut self, depth: u8) -> Option<Json<'a>> {
        match self.peek() {
            b'"' => Some(Json::Text(self.quoted()?)),
            b'{' => Some(Json::Object(self.values(b'}', depth)?)),
            b'[' => Some(Json::List(self.values(b']', depth)?)),
            _ => {
                let start = self.at;
                while matches!(self.byte(), b'0'..=b'9' | b'a'..=b'z' | b'E' | b'+' | b'-' | b'.') {
                    self.at += 1;
                }
                let word = self.text.get(start..self.at)?;
                (!word.is_empty()).then_some(Json::Word(word))
            }
        }
    }

    /// Until `last`: values, with names where that is the end of an object.
    fn values(&mut self, last: u8, depth: u8) -> Option<Vec<(&'a str, Json<'a>)>> {
        let depth = depth.checked_sub(1)?;
        self.at += 1;
        let mut values = Vec::new();
        if self.pass(last).is_some() {
            return Some(values);
        }
        loop {
            let mut name = "";
            if last == b'}' {
                self.peek();
                name = self.quoted()?;
                self.pass(b':')?;
            }
            values.push((name, self.value(depth)?));
            if self.pass(b',').is_none() {
                self.pass(last)?;
                return Some(values);
            }
        }
    }

    /// What stands between two quotation marks, of which the first comes now.
    fn quoted(&mut self) -> Option<&'a str> {
        self.pass(b'"')?;
        let start = self.at;
        loop {
            match self.byte() {
                b'"' => break,
                // Whatever is escaped is no end.
                b'\\' => self.at += 2,
                // A control character, or the end of the text.
                0..b' ' => return None,
                _ => self.at += 1,
            }
        }
        let text = self.text.get(start..self.at)?;
        self.at += 1;
        Some(text)
    }
}

/// What a written text says. Halves of a surrogate pair that stand alone are replaced.
fn unescaped(written: &str) -> Option<String> {
    let mut text = String::with_capacity(written.len());
    let mut rest = written;
    while let Some((plain, escaped)) = rest.split_once('\\') {
        text.push_str(plain);
        let mut escaped = escaped.chars();
        text.push(match escaped.next()? {
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let (code, after) = unit(escaped.as_str())?;
                let pair = after.strip_prefix("\\u").and_then(unit);
                let (code, after) = match pair {
                    Some((low @ 0xdc00..0xe000, after)) if code & 0xfc00 == 0xd800 => {
                        (0x1_0000 + ((code & 0x3ff) << 10) + (low & 0x3ff), after)
                    }
                    _ => (code, after),
                };
                escaped = after.chars();
                char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
            }
            c @ ('"' | '\\' | '/') => c,
            _ => return None,
        });
        rest = escaped.as_str();
    }
    text.push_str(rest);
    Some(text)
}

/// Four hexadecimal digits, and what comes after.
fn unit(text: &str) -> Option<(u32, &str)> {
    let (digits, after) = text.split_at_checked(4)?;
    Some((u32::from_str_radix(digits, 16).ok()?, after))
}
