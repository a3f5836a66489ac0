//! The tokens of JSON (RFC 8259), nothing more.
#![expect(clippy::unnecessary_box_returns, reason = "results hold faults boxed")]

use super::Reader;
use super::fault::{Fault, Read};
use crate::codec::format::{number, text};
use crate::codec::table::Key;
use std::borrow::Cow;

impl<'a> Reader<'a> {
    /// A problem where the reader stands.
    #[cold]
    pub(super) fn fault(&self, problem: impl Into<String>) -> Box<Fault> {
        Fault::new(self.at, problem)
    }

    #[cold]
    pub(super) fn expected(&self, what: &str) -> Box<Fault> {
        let problem = match self.peek() {
            None => format!("expected {what}, found the end"),
            Some(_) => format!("expected {what}"),
        };
        Fault::new(self.at, problem)
    }

    /// The rest of the document.
    #[inline]
    pub(super) fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    /// The next byte.
    #[inline]
    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Skips white space.
    #[inline]
    pub(super) fn space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.at += 1;
        }
    }

    /// Expects nothing but white space.
    pub(super) fn end(&mut self) -> Read<()> {
        self.space();
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.fault("unexpected text after the value")),
        }
    }

    /// Takes the bracket that opens an object or array and the space after it; false, and the
    /// closing one is taken as well, where it is empty.
    #[inline]
    pub(super) fn enter(&mut self, open: u8, close: u8, what: &str) -> Read<bool> {
        if self.peek() != Some(open) {
            return Err(self.expected(what));
        }
        self.at += 1;
        self.space();
        if self.peek() == Some(close) {
            self.at += 1;
            return Ok(false);
        }
        Ok(true)
    }

    /// Takes a comma and the space around it, or the closing bracket.
    #[inline]
    pub(super) fn another(&mut self, close: u8) -> Read<bool> {
        self.space();
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                self.space();
                Ok(true)
            }
            Some(byte) if byte == close => {
                self.at += 1;
                Ok(false)
            }
            _ => Err(self.expected(if close == b'}' {
                "`,` or `}`"
            } else {
                "`,` or `]`"
            })),
        }
    }

    /// Takes the key of a member, the colon, and the space around them.
    #[inline]
    pub(super) fn key(&mut self) -> Read<Cow<'a, str>> {
        let key = match self.plain_string() {
            Some(key) => Cow::Borrowed(key),
            None if self.peek() == Some(b'"') => self.string("a key")?,
            None => return Err(self.expected("a quoted key")),
        };
        self.colon()?;
        Ok(key)
    }

    /// Takes the key of this field, if it stands here in its usual spelling.
    #[inline]
    pub(super) fn takes_key(&mut self, key: &Key) -> bool {
        let found = self.rest().starts_with(key.quoted());
        if found {
            self.at += key.quoted().len();
        }
        found
    }

    /// Takes a colon and the space around it.
    #[inline]
    pub(super) fn colon(&mut self) -> Read<()> {
        self.space();
        if self.peek() != Some(b':') {
            return Err(self.expected("`:`"));
        }
        self.at += 1;
        self.space();
        Ok(())
    }

    /// Takes a string without escapes, if that is what stands here.
    #[inline]
    pub(super) fn plain_string(&mut self) -> Option<&'a str> {
        let rest = self.rest();
        let (b'"', content) = rest.split_first()? else {
            return None;
        };
        let length = text::plain_length(content);
        if content.get(length) != Some(&b'"') {
            return None;
        }
        let start = self.at + 1;
        self.at = start + length + 1;
        self.text.get(start..start + length)
    }

    /// Takes a string.
    #[inline]
    pub(super) fn string(&mut self, what: &str) -> Read<Cow<'a, str>> {
        if let Some(plain) = self.plain_string() {
            return Ok(Cow::Borrowed(plain));
        }
        if self.peek() != Some(b'"') {
            return Err(self.expected(what));
        }
        let mut bytes = Vec::new();
        unescape(self.text, &mut self.at, &mut bytes)?;
        // Escapes stand for whole characters, so this cannot fail.
        String::from_utf8(bytes)
            .map(Cow::Owned)
            .map_err(|_| self.fault("not UTF-8"))
    }

    /// Takes `true`, `false` or `null`.
    #[inline]
    pub(super) fn literal(&mut self, literal: &str) -> bool {
        let found = self.rest().starts_with(literal.as_bytes());
        if found {
            self.at += literal.len();
        }
        found
    }

    /// Takes `null`.
    pub(super) fn null(&mut self) -> Read<()> {
        if self.literal("null") {
            Ok(())
        } else {
            Err(self.expected("a value"))
        }
    }

    /// Takes what looks like a number, to be read by the caller.
    #[inline]
    pub(super) fn number_token(&mut self, what: &str) -> Read<&'a str> {
        let numeric = |byte: &u8| matches!(byte, b'0'..=b'9' | b'-' | b'.' | b'+' | b'e' | b'E');
        let length = self.rest().iter().take_while(|byte| numeric(byte)).count();
        match self.text.get(self.at..self.at + length) {
            Some(token) if length > 0 => {
                self.at += length;
                Ok(token)
            }
            _ => Err(self.expected(what)),
        }
    }

    /// Takes any value and forgets it.
    pub(super) fn skip(&mut self) -> Read<()> {
        match self.peek() {
            Some(b'{') => self.nested(|reader| {
                let mut more = reader.enter(b'{', b'}', "an object")?;
                while more {
                    reader.key()?;
                    reader.skip()?;
                    more = reader.another(b'}')?;
                }
                Ok(())
            }),
            Some(b'[') => self.nested(|reader| {
                let mut more = reader.enter(b'[', b']', "an array")?;
                while more {
                    reader.skip()?;
                    more = reader.another(b']')?;
                }
                Ok(())
            }),
            Some(b'"') => self.string("a string").map(drop),
            Some(b'-' | b'0'..=b'9') => {
                let token = self.number_token("a number")?;
                if number::number_length(token.as_bytes()) != token.len() {
                    return Err(self.fault("malformed number"));
                }
                Ok(())
            }
            _ if self.literal("true") || self.literal("false") || self.literal("null") => Ok(()),
            _ => Err(self.expected("a value")),
        }
    }
}

/// Takes a string that stands at the quote at `at`, and appends what it stands for.
pub(super) fn unescape(document: &str, at: &mut usize, into: &mut Vec<u8>) -> Read<()> {
    let bytes = document.as_bytes();
    let mut start = *at + 1;
    loop {
        let rest = bytes.get(start..).unwrap_or_default();
        let plain = text::plain_length(rest);
        into.extend_from_slice(&rest[..plain]);
        start += plain;
        match rest.get(plain..).unwrap_or_default() {
            [b'"', ..] => {
                *at = start + 1;
                return Ok(());
            }
            [b'\\', b'u', ..] => {
                let (letter, length) = code_point(&rest[plain..])
                    .ok_or_else(|| Fault::new(start, "malformed \\u escape"))?;
                into.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
                start += length;
            }
            [b'\\', escaped, ..] => {
                into.push(match escaped {
                    b'"' | b'\\' | b'/' => *escaped,
                    b'b' => 0x08,
                    b'f' => 0x0c,
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    _ => return Err(Fault::new(start, "unknown escape")),
                });
                start += 2;
            }
            [] | [b'\\'] => return Err(Fault::new(document.len(), "unterminated string")),
            _ => return Err(Fault::new(start, "control character in a string")),
        }
    }
}

/// Reads `\uXXXX`, or two of them where they are a surrogate pair.
fn code_point(escape: &[u8]) -> Option<(char, usize)> {
    let unit = |from: usize| {
        let digits = escape.get(from..from + 6)?.strip_prefix(b"\\u")?;
        digits.iter().try_fold(0, |unit, digit| {
            Some(unit << 4 | char::from(*digit).to_digit(16)?)
        })
    };
    let first = unit(0)?;
    if !(0xd800..0xdc00).contains(&first) {
        // A low surrogate alone is no character.
        return char::from_u32(first).map(|letter| (letter, 6));
    }
    let second = unit(6).filter(|unit| (0xdc00..0xe000).contains(unit))?;
    let letter = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
    char::from_u32(letter).map(|letter| (letter, 12))
}
