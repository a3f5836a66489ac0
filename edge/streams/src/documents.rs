//! Where one JSON document ends and the next begins: lines (NDJSON), documents without anything between them, or
//! the items of one list. What is in them is for whoever reads them.

use bytes::{Buf as _, Bytes, BytesMut};

/// Why bytes are no documents one after the other, in words for the caller.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Syntax {
    /// One is too large.
    #[error("message {message} is larger than {limit} bytes")]
    TooLarge {
        /// Which, counted from 1.
        message: u64,
        /// The most bytes.
        limit: usize,
    },
    /// The bytes end within one.
    #[error("message {message} is cut off")]
    CutOff {
        /// Which, counted from 1.
        message: u64,
    },
    /// Something stands where none begins.
    #[error("before message {message}: {problem}")]
    Unexpected {
        /// Which is waited for, counted from 1.
        message: u64,
        /// What is wrong.
        problem: &'static str,
    },
}

/// What the bytes so far come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// A document, as it stands.
    Document(Bytes),
    /// More bytes are needed.
    More,
    /// There are no more.
    End,
}

/// How documents follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Row {
    Unknown,
    Loose,
    /// In a list; whether a document may follow, must, or a comma has to come first.
    ListBegins,
    ListGoesOn,
    AfterItem,
    Closed,
}

/// What the scanner is within.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Within {
    Nothing,
    /// An object or a list, so deep.
    Nested(usize),
    /// A string, in an object or list so deep; whether the next character is escaped.
    Text(usize, bool),
    /// A number or a word.
    Scalar,
}

/// Splits bytes into documents of at most so many bytes; whatever is not whole yet is all that is held.
#[derive(Debug)]
pub struct Documents {
    limit: usize,
    buffer: BytesMut,
    /// Bytes of the unfinished document that were looked at.
    seen: usize,
    within: Within,
    row: Row,
    count: u64,
    ended: bool,
}

impl Documents {
    /// Makes a splitter.
    pub fn new(limit: usize) -> Self {
        Self {
            limit,
            buffer: BytesMut::new(),
            seen: 0,
            within: Within::Nothing,
            row: Row::Unknown,
            count: 0,
            ended: false,
        }
    }

    /// Adds what has arrived.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// Says that no more arrives.
    pub fn end(&mut self) {
        self.ended = true;
    }

    /// Returns how many bytes are held.
    pub fn held(&self) -> usize {
        self.buffer.len()
    }

    /// Returns how many documents there were.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Takes the next document.
    pub fn take_next(&mut self) -> Result<Next, Syntax> {
        if self.within == Within::Nothing && !self.begins()? {
            return Ok(if self.ended { Next::End } else { Next::More });
        }
        let whole = self.scan();
        let length = whole.unwrap_or(self.buffer.len());
        if length > self.limit {
            return Err(Syntax::TooLarge {
                message: self.count + 1,
                limit: self.limit,
            });
        }
        match whole {
            Some(length) => Ok(Next::Document(self.take(length))),
            None if !self.ended => Ok(Next::More),
            None if self.within == Within::Scalar => Ok(Next::Document(self.take(length))),
            None => Err(self.cut_off()),
        }
    }

    /// Skips what stands between documents; says whether one begins.
    fn begins(&mut self) -> Result<bool, Syntax> {
        loop {
            let blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
            let blanks = self.buffer.iter().take_while(|byte| blank(byte)).count();
            self.buffer.advance(blanks);
            let Some(&byte) = self.buffer.first() else {
                let open = matches!(self.row, Row::ListBegins | Row::ListGoesOn | Row::AfterItem);
                return if self.ended && open {
                    Err(self.cut_off())
                } else {
                    Ok(false)
                };
            };
            self.row = match (self.row, byte) {
                (Row::Unknown, b'[') => Row::ListBegins,
                (Row::AfterItem, b',') => Row::ListGoesOn,
                (Row::ListBegins | Row::AfterItem, b']') => Row::Closed,
                (Row::AfterItem, _) => return Err(self.unexpected("a comma is missing")),
                (Row::Closed, _) => return Err(self.unexpected("something follows the list")),
                (_, b',' | b':' | b']' | b'}') => {
                    return Err(self.unexpected("no JSON value begins so"));
                }
                (row, _) => {
                    self.row = if row == Row::Unknown { Row::Loose } else { row };
                    self.within = match byte {
                        b'{' | b'[' => Within::Nested(0),
                        b'"' => Within::Text(0, false),
                        _ => Within::Scalar,
                    };
                    // The quote that begins a text does not end it.
                    self.seen = usize::from(byte == b'"');
                    return Ok(true);
                }
            };
            self.buffer.advance(1);
        }
    }

    /// Looks at what has arrived of a document; returns its length where it is whole.
    fn scan(&mut self) -> Option<usize> {
        for (at, &byte) in self.buffer.iter().enumerate().skip(self.seen) {
            match (self.within, byte) {
                (Within::Text(depth, true), _) | (Within::Nested(depth), b'"') => {
                    self.within = Within::Text(depth, false);
                }
                (Within::Text(depth, false), b'\\') => self.within = Within::Text(depth, true),
                (Within::Text(0, false), b'"') | (Within::Nested(1), b'}' | b']') => {
                    return Some(at + 1);
                }
                (Within::Text(depth, false), b'"') => self.within = Within::Nested(depth),
                (Within::Nested(depth), b'{' | b'[') => self.within = Within::Nested(depth + 1),
                (Within::Nested(depth), b'}' | b']') => self.within = Within::Nested(depth - 1),
                (
                    Within::Scalar,
                    b' ' | b'\t' | b'\r' | b'\n' | b',' | b']' | b'}' | b'{' | b'[' | b'"',
                ) => return Some(at),
                _ => {}
            }
        }
        self.seen = self.buffer.len();
        None
    }

    fn take(&mut self, length: usize) -> Bytes {
        self.seen = 0;
        self.within = Within::Nothing;
        self.count += 1;
        if self.row != Row::Loose {
            self.row = Row::AfterItem;
        }
        self.buffer.split_to(length).freeze()
    }

    fn cut_off(&self) -> Syntax {
        Syntax::CutOff {
            message: self.count + 1,
        }
    }

    fn unexpected(&self, problem: &'static str) -> Syntax {
        Syntax::Unexpected {
            message: self.count + 1,
            problem,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Splits bytes that arrive in pieces of one size.
    fn split(text: &[u8], piece: usize, limit: usize) -> Result<Vec<String>, Syntax> {
        let mut documents = Documents::new(limit);
        let mut found = Vec::new();
        let mut pieces = text.chunks(piece);
        loop {
            match documents.take_next()? {
                Next::Document(document) => {
                    found.push(String::from_utf8(document.to_vec()).unwrap());
                }
                Next::More => match pieces.next() {
                    Some(piece) => documents.push(piece),
                    None => documents.end(),
                },
                Next::End => return Ok(found),
            }
        }
    }

    #[test]
    fn documents_come_in_lines_in_a_row_or_in_a_list() {
        for (text, expected) in [
            ("", &[][..]),
            (" \n\n ", &[]),
            ("{}\n{}\n", &["{}", "{}"]),
            ("{\"a\":1}{\"b\":[2]}", &["{\"a\":1}", "{\"b\":[2]}"]),
            (
                "\r\n{\"a\": \"}\\\"]\"}\r\n 5",
                &["{\"a\": \"}\\\"]\"}", "5"],
            ),
            ("1 2\n\"a b\"null", &["1", "2", "\"a b\"", "null"]),
            ("[]", &[]),
            (" [ {} , 5, \"x\" ] \n", &["{}", "5", "\"x\""]),
            ("[[1],[2]]", &["[1]", "[2]"]),
        ] {
            for piece in [1, 3, 100] {
                let found = split(text.as_bytes(), piece, 100).unwrap();
                assert_eq!(found, expected, "{text:?} in pieces of {piece}");
            }
        }
    }

    #[test]
    fn what_is_not_whole_or_not_json_is_refused() {
        let wrong = |text: &str| split(text.as_bytes(), 2, 20).unwrap_err().to_string();
        assert_eq!(wrong("{}\n{\"a\":"), "message 2 is cut off");
        assert_eq!(wrong("[{}"), "message 2 is cut off");
        assert_eq!(wrong("[{},"), "message 2 is cut off");
        assert_eq!(wrong("\"a"), "message 1 is cut off");
        assert_eq!(wrong("{}}"), "before message 2: no JSON value begins so");
        assert_eq!(wrong("[{} {}]"), "before message 2: a comma is missing");
        assert_eq!(
            wrong("[{}]{}"),
            "before message 2: something follows the list"
        );
        assert_eq!(
            wrong("{}{\"aaaaaaaaaaaaaaaaaaaaaa\""),
            "message 2 is larger than 20 bytes"
        );
    }

    proptest! {
        #[test]
        fn it_finds_what_was_joined(
            values in prop::collection::vec("[a-z\\\\\"{}\\[\\], é]{0,12}", 0..8),
            piece in 1_usize..7,
            list: bool,
        ) {
            let documents: Vec<String> = values
                .iter()
                .enumerate()
                .map(|(n, text)| serde_json::json!({"n": [n], "text": text}).to_string())
                .collect();
            let joined = if list {
                format!("[{}]", documents.join(" ,"))
            } else {
                documents.join("\n")
            };
            prop_assert_eq!(split(joined.as_bytes(), piece, 1000).unwrap(), documents);
        }

        #[test]
        fn no_bytes_upset_it(bytes in prop::collection::vec(any::<u8>(), 0..64), piece in 1_usize..9) {
            // It ends, whatever it says.
            let mut documents = Documents::new(32);
            for piece in bytes.chunks(piece) {
                documents.push(piece);
                while let Ok(Next::Document(_)) = documents.take_next() {}
            }
            documents.end();
            while let Ok(Next::Document(_)) = documents.take_next() {}
        }
    }
}
