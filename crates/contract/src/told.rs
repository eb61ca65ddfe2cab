//! What the proxy has said, kept as it was said.
//!
//! The desk keeps an answer as the text that came and looks into it through [`Value`]s and the views
//! of [`crate::view`]. `Deserialize` would make values of all of it, whether somebody looks or not:
//! moving, copying and dropping these weighs more in a browser than all else that the desk does with
//! customers (ADR 0005).
//!
//! A look never fails: what is strange is as what is absent. What the proxy writes is seen as serde
//! reads it (`tests/told.rs`).

use std::{fmt, sync::Arc};

use chrono::{DateTime, NaiveDate, Utc};

use crate::{PhoneNumber, ProfileId, ShopTime, WebUrl};

/// Levels of lists and objects. Answers have eight.
const DEEPEST: u8 = 32;

/// Some text is no JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an answer")]
pub struct Unreadable;

/// A value of an answer, kept with the whole answer.
#[derive(Clone)]
pub struct Told {
    whole: Arc<Whole>,
    at: usize,
}

/// The text, and each value in it before those that are in it.
struct Whole {
    text: Box<str>,
    nodes: Vec<Node>,
}

/// A part of the text, from one byte to before another.
type Span = (usize, usize);

#[derive(Clone, Copy)]
struct Node {
    kind: Kind,
    /// The name of the member, as it is written between its quotation marks; empty in a list.
    name: Span,
    /// Of a text, what is between its quotation marks; of a word, the word.
    span: Span,
    /// Where the values in it are over.
    end: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    /// A number, `true`, `false`, `null`, or another word. Nobody takes one for what it is not.
    Word,
    Object,
    List,
}

impl Told {
    /// Reads a text that holds one value and nothing besides.
    ///
    /// # Errors
    ///
    /// [`Unreadable`]: it is no JSON, or deeper than any answer.
    pub fn parse(text: &str) -> Result<Self, Unreadable> {
        let mut reader = Reader {
            text,
            at: 0,
            nodes: Vec::new(),
        };
        reader.value((0, 0), DEEPEST).ok_or(Unreadable)?;
        reader.peek();
        if reader.at != text.len() {
            return Err(Unreadable);
        }
        let nodes = reader.nodes;
        Ok(Self {
            whole: Arc::new(Whole {
                text: text.into(),
                nodes,
            }),
            at: 0,
        })
    }

    /// Looks into it.
    pub fn value(&self) -> Value<'_> {
        Value {
            whole: &self.whole,
            at: Some(self.at),
        }
    }

    /// How many hold some of the answer. One: nobody else does.
    pub fn holders(&self) -> usize {
        Arc::strong_count(&self.whole)
    }
}

impl PartialEq for Told {
    fn eq(&self, other: &Self) -> bool {
        self.at == other.at
            && (Arc::ptr_eq(&self.whole, &other.whole) || self.whole.text == other.whole.text)
    }
}

impl Eq for Told {}

impl fmt::Debug for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Told({} bytes)", self.whole.text.len())
    }
}

/// An amount of money for the eye, to the last digit that the proxy has sent. Nobody adds it to
/// another: sums are the proxy's ([`crate::Money`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amount {
    /// Digits, after a `-` where it is below zero, with a point where there are decimals.
    pub decimal: String,
    /// What it is an amount of: a code of ISO 4217, or what the shop has in its place.
    pub currency: String,
}

/// A value, or the place of one that is absent.
#[derive(Clone, Copy)]
pub struct Value<'a> {
    whole: &'a Arc<Whole>,
    at: Option<usize>,
}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Value")
    }
}

impl<'a> Value<'a> {
    fn node(self) -> Option<Node> {
        self.whole.nodes.get(self.at?).copied()
    }

    fn written(self, (from, to): Span) -> &'a str {
        self.whole.text.get(from..to).unwrap_or_default()
    }

    /// Keeps it.
    pub fn keep(self) -> Told {
        Told {
            whole: Arc::clone(self.whole),
            at: self.at.unwrap_or(usize::MAX),
        }
    }

    /// Whether it is an object.
    pub fn is_object(self) -> bool {
        self.node().is_some_and(|node| node.kind == Kind::Object)
    }

    /// The values of a list.
    pub fn items(self) -> Items<'a> {
        self.values_of(Kind::List)
    }

    fn values_of(self, kind: Kind) -> Items<'a> {
        let node = self.node().filter(|node| node.kind == kind);
        let begin = self.at.unwrap_or_default() + 1;
        Items {
            whole: self.whole,
            at: begin,
            end: node.map_or(begin, |node| node.end),
        }
    }

    /// The member of that name.
    #[inline(never)]
    #[must_use]
    pub fn member(self, name: &str) -> Self {
        let is_it = |value: &Self| {
            let node = value.node();
            node.is_some_and(|node| value.written(node.name) == name)
        };
        let found = self.values_of(Kind::Object).find(is_it);
        found.unwrap_or(Self {
            whole: self.whole,
            at: None,
        })
    }

    /// The text, if it is one.
    #[inline(never)]
    pub fn as_text(self) -> Option<String> {
        let node = self.node().filter(|node| node.kind == Kind::Text)?;
        unescaped(self.written(node.span))
    }

    /// The word, if it is one; else nothing at all.
    pub fn as_word(self) -> &'a str {
        match self.node() {
            Some(node) if node.kind == Kind::Word => self.written(node.span),
            _ => "",
        }
    }

    // Of a member. Each is compiled once: they are called a hundred times.

    /// A member that is a text.
    #[inline(never)]
    pub fn text(self, name: &str) -> Option<String> {
        self.member(name).as_text()
    }

    /// A member that is a word of a list which somebody may lengthen. Most lists have this one for
    /// its absence.
    #[inline(never)]
    pub fn kind(self, name: &str) -> String {
        let word = self.text(name);
        word.unwrap_or_else(|| "unstated".to_owned())
    }

    /// A member that is true or, else, not.
    #[inline(never)]
    pub fn flag(self, name: &str) -> bool {
        self.member(name).as_word() == "true"
    }

    /// A member that counts something.
    #[inline(never)]
    pub fn count(self, name: &str) -> Option<u32> {
        self.member(name).as_word().parse().ok()
    }

    /// A member that is an instant in the wire's one form, `2026-10-25T02:06:13.000Z`.
    #[inline(never)]
    pub fn instant(self, name: &str) -> Option<DateTime<Utc>> {
        let text = self.text(name)?;
        let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
        let mut numbers = date.split('-').chain(time.split([':', '.']));
        let mut number = || numbers.next()?.parse().ok();
        let year = i32::try_from(number()?).ok()?;
        let day = NaiveDate::from_ymd_opt(year, number()?, number()?)?;
        let time = day.and_hms_milli_opt(number()?, number()?, number()?, number()?)?;
        numbers.next().is_none().then(|| time.and_utc())
    }

    /// A member that is an instant by the shop's clock.
    #[inline(never)]
    pub fn shop_time(self, name: &str) -> Option<ShopTime> {
        let value = self.member(name);
        Some(ShopTime {
            at: value.instant("at")?,
            offset_minutes: value.member("offset_minutes").as_word().parse().ok()?,
        })
    }

    /// A member that is an amount of money.
    #[inline(never)]
    pub fn money(self, name: &str) -> Option<Amount> {
        let value = self.member(name);
        let decimal = value.text("amount")?;
        let digits = decimal.strip_prefix('-').unwrap_or(&decimal);
        let mut parts = digits.splitn(2, '.');
        let is_number =
            parts.all(|part| !part.is_empty() && part.bytes().all(|digit| digit.is_ascii_digit()));
        is_number.then_some(Amount {
            decimal,
            currency: value.text("currency")?,
        })
    }

    /// A member that is the address of a page.
    pub fn url(self, name: &str) -> Option<WebUrl> {
        WebUrl::parse(&self.text(name)?).ok()
    }

    /// A member that is a customer's id.
    #[inline(never)]
    pub fn profile_id(self, name: &str) -> Option<ProfileId> {
        ProfileId::parse(&self.text(name)?).ok()
    }

    /// A member that is a telephone number.
    pub fn phone_number(self, name: &str) -> Option<PhoneNumber> {
        PhoneNumber::parse(&self.text(name)?).ok()
    }

    /// The objects of a member that is a list.
    #[inline(never)]
    pub fn list(self, name: &str) -> Vec<Self> {
        let mut objects = Vec::new();
        for item in self.member(name).items() {
            if item.is_object() {
                objects.push(item);
            }
        }
        objects
    }

    /// The texts of a member that is a list.
    #[inline(never)]
    pub fn texts(self, name: &str) -> Vec<String> {
        self.member(name)
            .items()
            .filter_map(Self::as_text)
            .collect()
    }
}

/// The values in a value, in their order.
#[derive(Clone)]
pub struct Items<'a> {
    whole: &'a Arc<Whole>,
    at: usize,
    end: usize,
}

impl fmt::Debug for Items<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Items")
    }
}

impl<'a> Iterator for Items<'a> {
    type Item = Value<'a>;

    #[inline(never)]
    fn next(&mut self) -> Option<Value<'a>> {
        if self.at >= self.end {
            return None;
        }
        let value = Value {
            whole: self.whole,
            at: Some(self.at),
        };
        self.at = value.node()?.end;
        Some(value)
    }
}

/// Stands for the end of the text, in which it is nothing that may come.
const END: u8 = 0;

struct Reader<'a> {
    text: &'a str,
    at: usize,
    nodes: Vec<Node>,
}

impl Reader<'_> {
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

    fn value(&mut self, name: Span, depth: u8) -> Option<()> {
        let place = self.nodes.len();
        let (kind, last) = match self.peek() {
            b'"' => (Kind::Text, None),
            b'{' => (Kind::Object, Some(b'}')),
            b'[' => (Kind::List, Some(b']')),
            _ => (Kind::Word, None),
        };
        self.nodes.push(Node {
            kind,
            name,
            span: (0, 0),
            end: place + 1,
        });
        let span = match last {
            Some(last) => {
                self.values(last, depth.checked_sub(1)?)?;
                (0, 0)
            }
            None if kind == Kind::Text => self.quoted()?,
            None => self.word()?,
        };
        let end = self.nodes.len();
        let node = self.nodes.get_mut(place)?;
        node.span = span;
        node.end = end;
        Some(())
    }

    /// Until `last`: values, with names where that is the end of an object.
    fn values(&mut self, last: u8, depth: u8) -> Option<()> {
        self.at += 1;
        if self.pass(last).is_some() {
            return Some(());
        }
        loop {
            let mut name = (0, 0);
            if last == b'}' {
                self.peek();
                name = self.quoted()?;
                self.pass(b':')?;
            }
            self.value(name, depth)?;
            if self.pass(b',').is_none() {
                return self.pass(last);
            }
        }
    }

    /// What stands between two quotation marks, of which the first comes now.
    fn quoted(&mut self) -> Option<Span> {
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
        let span = (start, self.at);
        // Not in the middle of a letter: that is what an escaped one would make of it.
        self.text.get(start..self.at)?;
        self.at += 1;
        Some(span)
    }

    fn word(&mut self) -> Option<Span> {
        let start = self.at;
        while matches!(self.byte(), b'0'..=b'9' | b'a'..=b'z' | b'E' | b'+' | b'-' | b'.') {
            self.at += 1;
        }
        (self.at > start).then_some((start, self.at))
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
