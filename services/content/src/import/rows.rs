//! Cuts a file into its films, without ever holding more than one: the elements of a JSON array, of
//! an array that is the member of an object, or one object a line.

use std::io::Read;

use super::source::{Source, TooLarge, foreign_packing};
use shape::Shape;
use window::Window;

mod shape;
mod window;

/// The longest element in bytes.
pub const MAX_ROW_BYTES: usize = 256 * 1024;
/// How deep objects and arrays may be nested within an element.
pub const MAX_DEPTH: usize = 16;
/// The most elements of one file.
pub const MAX_ROWS: u64 = 1_000_000;

/// How far is looked ahead to tell rows from an object around them: more than any row.
const LOOK_AHEAD: usize = MAX_ROW_BYTES + 1024;
/// What a catalogue is.
const EXPECTED: &str =
    "a catalogue is a JSON array of films, an object with one such array, or one film a line";

/// A film, as it stands in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawRow {
    /// Its place, from 1.
    pub number: u64,
    /// The line it starts on, from 1.
    pub line: u64,
    /// Its bytes; well nested, but not yet known to be JSON.
    pub json: Vec<u8>,
}

/// Where in the file something is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The row, from 1; the row that would come next where it stands between rows.
    pub row: u64,
    /// The line, from 1.
    pub line: u64,
}

/// The file as a whole cannot be read; nothing of it is imported.
#[derive(Debug, thiserror::Error)]
pub enum FormatError {
    /// The file has no content.
    #[error("the file is empty; {EXPECTED}")]
    Empty,
    /// The file starts with something else than `[` or `{`.
    #[error("line {line}: the file starts with {found}, not with `[` or `{{`; {EXPECTED}{hint}")]
    NotACatalogue {
        /// The line, from 1.
        line: u64,
        /// What stands there.
        found: String,
        /// What to do about it.
        hint: &'static str,
    },
    /// The file is encoded otherwise.
    #[error("the file is UTF-16; save it as UTF-8 and try again")]
    Utf16,
    /// The file is another kind of file.
    #[error("the file is {0}; {EXPECTED}, as it is or packed with gzip")]
    Foreign(&'static str),
    /// The object around the films has another array.
    #[error(
        "line {line}: the object has two arrays, `{first}` and `{second}`; {EXPECTED}, so keep one"
    )]
    TwoArrays {
        /// The line, from 1.
        line: u64,
        /// The member that was read.
        first: String,
        /// The member that came after it.
        second: String,
    },
    /// The file is too large.
    #[error(transparent)]
    TooLarge(#[from] FileTooLarge),
    /// The file ends too early.
    #[error("line {}: the file ends within row {}; it was cut off, fetch it again", .0.line, .0.row)]
    Truncated(Place),
    /// Something stands where a row, a comma or the end belongs.
    #[error("line {}: {found} stands at row {} where {expected} belongs", .place.line, .place.row)]
    Unexpected {
        /// Where.
        place: Place,
        /// What stands there.
        found: String,
        /// What belongs there.
        expected: &'static str,
    },
    /// A row is not JSON.
    #[error("line {}: row {} is not JSON: {problem}", .place.line, .place.row)]
    NotJson {
        /// Where the row starts.
        place: Place,
        /// What the parser says.
        problem: String,
    },
    /// A row is too long.
    #[error("line {}: row {} is longer than {} KiB; a row is one film", .0.line, .0.row, MAX_ROW_BYTES / 1024)]
    RowTooLong(Place),
    /// A row is nested too deep.
    #[error("line {}: row {} is nested deeper than {MAX_DEPTH} levels; a row is one film", .0.line, .0.row)]
    TooDeep(Place),
    /// There are too many rows.
    #[error("line {}: the file has more than {MAX_ROWS} rows; split it", .0.line)]
    TooManyRows(Place),
    /// The file cannot be read.
    #[error("line {}: reading failed near row {}: {source}", .place.line, .place.row)]
    Read {
        /// How far it came.
        place: Place,
        /// What failed.
        source: std::io::Error,
    },
}

/// The file holds more than it may.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct FileTooLarge(#[from] TooLarge);

/// The rows of a file, in order. After an error there are no more.
#[derive(Debug)]
pub struct Rows<R> {
    reader: Window<Source<R>>,
    line: u64,
    row: u64,
    state: State,
    shape: Shape,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Nothing was read.
    Start,
    /// Behind a row.
    Behind,
    /// All rows were read, or an error was told.
    Done,
}

impl<R: Read> Rows<R> {
    /// Reads from `reader`, which needs no buffer of its own.
    pub fn new(reader: R) -> Self {
        Self {
            reader: Window::new(Source::new(reader)),
            line: 1,
            row: 0,
            state: State::Start,
            shape: Shape::Array,
        }
    }

    fn advance(&mut self) -> Result<Option<RawRow>, FormatError> {
        match self.state {
            State::Done => return Ok(None),
            State::Start => {
                self.open()?;
                if self.shape != Shape::Lines && self.peek_text()? == Some(b']') {
                    return self.close();
                }
            }
            State::Behind if self.shape == Shape::Lines => match self.peek_text()? {
                Some(b'{') => {}
                Some(other) => {
                    self.row += 1;
                    return Err(self.unexpected(other, "a film or the end of the file"));
                }
                None => return Ok(None),
            },
            State::Behind => match self.peek_text()? {
                Some(b',') => self.take(),
                Some(b']') => return self.close(),
                Some(other) => return Err(self.unexpected(other, "`,` or `]`")),
                None => return Err(FormatError::Truncated(self.place())),
            },
        }
        self.row += 1;
        if self.row > MAX_ROWS {
            return Err(FormatError::TooManyRows(self.place()));
        }
        self.state = State::Behind;
        let ends = if self.shape == Shape::Lines {
            Ends::AfterBrace
        } else {
            Ends::BeforeComma
        };
        self.element(ends).map(Some)
    }

    /// Finds out how the films lie in the file, and reads up to the first.
    fn open(&mut self) -> Result<(), FormatError> {
        match self.peek()? {
            Some(0xFE | 0xFF) => return Err(FormatError::Utf16),
            Some(0xEF) => self.skip_byte_order_mark()?,
            _ => {}
        }
        if let Some(kind) = foreign_packing(self.reader.here()) {
            return Err(FormatError::Foreign(kind));
        }
        match self.peek_text()? {
            Some(start @ (b'[' | b'{')) => {
                // UTF-16 without a mark: each second byte is a zero.
                if self.reader.look_ahead(2).0.get(1) == Some(&0) {
                    return Err(FormatError::Utf16);
                }
                if start == b'[' {
                    self.take();
                    return Ok(());
                }
                let (ahead, whole) = self.reader.look_ahead(LOOK_AHEAD);
                self.shape = shape::of_object(ahead, whole);
                if let Shape::Member { before, .. } = self.shape {
                    self.step(before + 1);
                }
                Ok(())
            }
            None => Err(FormatError::Empty),
            Some(0) => Err(FormatError::Utf16),
            Some(other) => Err(FormatError::NotACatalogue {
                line: self.line,
                found: shown(other),
                hint: match other {
                    b'<' => "; this looks like a web page or XML",
                    b'"' | b'a'..=b'z' | b'A'..=b'Z' => "; if this is CSV, make JSON of it first",
                    _ => "",
                },
            }),
        }
    }

    fn skip_byte_order_mark(&mut self) -> Result<(), FormatError> {
        for expected in [0xEF, 0xBB, 0xBF] {
            match self.peek()? {
                Some(byte) if byte == expected => self.take(),
                Some(other) => return Err(self.unexpected(other, "`[` or `{`")),
                None => return Err(FormatError::Empty),
            }
        }
        Ok(())
    }

    /// Reads what follows the closing bracket: the rest of the object around it, and white space.
    fn close(&mut self) -> Result<Option<RawRow>, FormatError> {
        self.take();
        self.state = State::Done;
        self.row += 1;
        if let Shape::Member { name, .. } = self.shape.clone() {
            self.close_object(&name)?;
        }
        match self.peek_text()? {
            None => Ok(None),
            Some(other) => Err(self.unexpected(other, "the end of the file")),
        }
    }

    /// Reads the members behind the films, which say nothing of them.
    fn close_object(&mut self, films: &str) -> Result<(), FormatError> {
        loop {
            match self.peek_text()? {
                Some(b'}') => {
                    self.take();
                    return Ok(());
                }
                Some(b',') => self.take(),
                Some(other) => return Err(self.unexpected(other, "`,` or `}`")),
                None => return Err(FormatError::Truncated(self.place())),
            }
            let name = self.element(Ends::BeforeColon)?.json;
            match self.peek_text()? {
                Some(b':') => self.take(),
                Some(other) => return Err(self.unexpected(other, "`:`")),
                None => return Err(FormatError::Truncated(self.place())),
            }
            self.peek_text()?;
            let value = self.element(Ends::BeforeComma)?;
            if value.json.first() == Some(&b'[') && value.json.contains(&b'{') {
                return Err(FormatError::TwoArrays {
                    line: value.line,
                    first: films.to_owned(),
                    second: serde_json::from_slice(&name).unwrap_or_default(),
                });
            }
        }
    }

    /// Reads one element up to where it ends.
    fn element(&mut self, ends: Ends) -> Result<RawRow, FormatError> {
        match self.peek_text()? {
            Some(found @ (b',' | b']' | b'}' | b':')) => {
                return Err(self.unexpected(found, "a film"));
            }
            Some(_) => {}
            None => return Err(FormatError::Truncated(self.place())),
        }
        let start = self.place();
        let mut cut = Cut::new(ends);
        loop {
            let chunk = fill(&mut self.reader, start)?;
            if chunk.is_empty() {
                return Err(FormatError::Truncated(start));
            }
            let (used, ended) = cut.feed(chunk);
            self.step(used);
            match ended {
                None if cut.json.len() > MAX_ROW_BYTES => {
                    return Err(FormatError::RowTooLong(start));
                }
                None => {}
                Some(Ended::TooDeep) => return Err(FormatError::TooDeep(start)),
                Some(Ended::Whole) => break,
            }
        }
        if cut.json.len() > MAX_ROW_BYTES {
            return Err(FormatError::RowTooLong(start));
        }
        while cut.json.last().is_some_and(u8::is_ascii_whitespace) {
            cut.json.pop();
        }
        Ok(RawRow {
            number: start.row,
            line: start.line,
            json: cut.json,
        })
    }

    fn place(&self) -> Place {
        Place {
            row: self.row.max(1),
            line: self.line,
        }
    }

    fn unexpected(&self, found: u8, expected: &'static str) -> FormatError {
        FormatError::Unexpected {
            place: self.place(),
            found: shown(found),
            expected,
        }
    }

    fn peek(&mut self) -> Result<Option<u8>, FormatError> {
        let place = self.place();
        Ok(fill(&mut self.reader, place)?.first().copied())
    }

    /// Looks at the next byte that is not white space.
    fn peek_text(&mut self) -> Result<Option<u8>, FormatError> {
        loop {
            match self.peek()? {
                Some(b' ' | b'\t' | b'\r' | b'\n') => self.take(),
                other => return Ok(other),
            }
        }
    }

    /// Steps over the byte that was looked at.
    fn take(&mut self) {
        self.step(1);
    }

    /// Steps over bytes that were looked at.
    fn step(&mut self, bytes: usize) {
        let over = self.reader.here().get(..bytes).unwrap_or_default();
        self.line += newlines(over);
        self.reader.consume(bytes);
    }
}

impl<R: Read> Iterator for Rows<R> {
    type Item = Result<RawRow, FormatError>;

    fn next(&mut self) -> Option<Self::Item> {
        let row = self.advance();
        if row.is_err() {
            self.state = State::Done;
        }
        row.transpose()
    }
}

/// Finds the end of an element while its bytes pass by.
struct Cut {
    ends: Ends,
    json: Vec<u8>,
    depth: usize,
    in_string: bool,
    escaped: bool,
}

/// Where an element ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ends {
    /// Before the comma or bracket behind it.
    BeforeComma,
    /// Before the colon behind a name.
    BeforeColon,
    /// With the brace that closes it.
    AfterBrace,
}

enum Ended {
    Whole,
    TooDeep,
}

impl Cut {
    fn new(ends: Ends) -> Self {
        Self {
            ends,
            json: Vec::new(),
            depth: 0,
            in_string: false,
            escaped: false,
        }
    }

    /// Takes bytes; says how many belong to the element, and whether it has ended before the next.
    fn feed(&mut self, chunk: &[u8]) -> (usize, Option<Ended>) {
        // One byte more than allowed shows that the row is too long.
        let room = (MAX_ROW_BYTES + 1).saturating_sub(self.json.len());
        let chunk = &chunk[..chunk.len().min(room)];
        for (at, byte) in chunk.iter().enumerate() {
            if self.in_string {
                match byte {
                    _ if self.escaped => self.escaped = false,
                    b'\\' => self.escaped = true,
                    b'"' => self.in_string = false,
                    _ => {}
                }
                continue;
            }
            match byte {
                b'"' => self.in_string = true,
                b'{' | b'[' if self.depth == MAX_DEPTH => return (at, Some(Ended::TooDeep)),
                b'{' | b'[' => self.depth += 1,
                b',' | b']' | b'}' if self.depth == 0 => {
                    self.json.extend_from_slice(&chunk[..at]);
                    return (at, Some(Ended::Whole));
                }
                b':' if self.depth == 0 && self.ends == Ends::BeforeColon => {
                    self.json.extend_from_slice(&chunk[..at]);
                    return (at, Some(Ended::Whole));
                }
                b'}' | b']' => {
                    self.depth -= 1;
                    if self.depth == 0 && self.ends == Ends::AfterBrace {
                        self.json.extend_from_slice(&chunk[..=at]);
                        return (at + 1, Some(Ended::Whole));
                    }
                }
                _ => {}
            }
        }
        self.json.extend_from_slice(chunk);
        (chunk.len(), None)
    }
}

fn fill<R: Read>(reader: &mut Window<Source<R>>, place: Place) -> Result<&[u8], FormatError> {
    reader.fill().map_err(|source| {
        let cause = source.get_ref().and_then(|cause| cause.downcast_ref());
        let too_large = matches!(cause, Some(TooLarge));
        if too_large {
            FileTooLarge(TooLarge).into()
        } else {
            FormatError::Read { place, source }
        }
    })
}

fn newlines(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0, |n, byte| n + u64::from(*byte == b'\n'))
}

fn shown(byte: u8) -> String {
    if byte.is_ascii_graphic() {
        format!("`{}`", char::from(byte))
    } else {
        format!("the byte {byte:#04X}")
    }
}
