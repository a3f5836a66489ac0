//! Cuts a file that holds one JSON array into its elements, without ever holding more than one.

use std::io::{BufRead, BufReader, Read};

/// The longest element in bytes.
pub const MAX_ROW_BYTES: usize = 256 * 1024;
/// How deep objects and arrays may be nested within an element.
pub const MAX_DEPTH: usize = 16;
/// The most elements of one file.
pub const MAX_ROWS: u64 = 1_000_000;

/// An element of the array, as it stands in the file.
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
    #[error("the file is empty; a catalogue is a JSON array of films")]
    Empty,
    /// The file starts with something else than `[`.
    #[error(
        "line {line}: the file starts with {found}, not with `[`; a catalogue is a JSON array of films{hint}"
    )]
    NotAnArray {
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

/// The rows of a file, in order. After an error there are no more.
#[derive(Debug)]
pub struct Rows<R> {
    reader: BufReader<R>,
    line: u64,
    row: u64,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Nothing was read.
    Start,
    /// Behind a row.
    Behind,
    /// The array has ended, or an error was told.
    Done,
}

impl<R: Read> Rows<R> {
    /// Reads from `reader`, which needs no buffer of its own.
    pub fn new(reader: R) -> Self {
        Self {
            reader: BufReader::with_capacity(64 * 1024, reader),
            line: 1,
            row: 0,
            state: State::Start,
        }
    }

    fn advance(&mut self) -> Result<Option<RawRow>, FormatError> {
        match self.state {
            State::Done => return Ok(None),
            State::Start => {
                self.open()?;
                if self.peek_text()? == Some(b']') {
                    return self.close();
                }
            }
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
        self.element().map(Some)
    }

    /// Reads up to and with the opening bracket.
    fn open(&mut self) -> Result<(), FormatError> {
        match self.peek()? {
            Some(0xFE | 0xFF) => return Err(FormatError::Utf16),
            Some(0xEF) => self.skip_byte_order_mark()?,
            _ => {}
        }
        match self.peek_text()? {
            Some(b'[') => {
                self.take();
                match self.peek()? {
                    Some(0) => Err(FormatError::Utf16),
                    _ => Ok(()),
                }
            }
            None => Err(FormatError::Empty),
            Some(0) => Err(FormatError::Utf16),
            Some(other) => Err(FormatError::NotAnArray {
                line: self.line,
                found: shown(other),
                hint: match other {
                    b'{' => {
                        "; if it holds one film a line, put `[` before, `]` behind and commas between"
                    }
                    b'<' => "; this looks like a web page or XML",
                    _ => "",
                },
            }),
        }
    }

    fn skip_byte_order_mark(&mut self) -> Result<(), FormatError> {
        for expected in [0xEF, 0xBB, 0xBF] {
            match self.peek()? {
                Some(byte) if byte == expected => self.take(),
                Some(other) => return Err(self.unexpected(other, "`[`")),
                None => return Err(FormatError::Empty),
            }
        }
        Ok(())
    }

    /// Reads what follows the closing bracket: nothing but white space.
    fn close(&mut self) -> Result<Option<RawRow>, FormatError> {
        self.take();
        self.state = State::Done;
        match self.peek_text()? {
            None => Ok(None),
            Some(other) => {
                self.row += 1;
                Err(self.unexpected(other, "the end of the file"))
            }
        }
    }

    /// Reads one element up to the comma or bracket behind it.
    fn element(&mut self) -> Result<RawRow, FormatError> {
        match self.peek_text()? {
            Some(found @ (b',' | b']' | b'}' | b':')) => {
                return Err(self.unexpected(found, "a film"));
            }
            Some(_) => {}
            None => return Err(FormatError::Truncated(self.place())),
        }
        let start = self.place();
        let mut cut = Cut::default();
        loop {
            let chunk = fill(&mut self.reader, start)?;
            if chunk.is_empty() {
                return Err(FormatError::Truncated(start));
            }
            let (used, ended) = cut.feed(chunk);
            self.line += newlines(&chunk[..used]);
            self.reader.consume(used);
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
        if self.reader.buffer().first() == Some(&b'\n') {
            self.line += 1;
        }
        self.reader.consume(1);
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
#[derive(Default)]
struct Cut {
    json: Vec<u8>,
    depth: usize,
    in_string: bool,
    escaped: bool,
}

enum Ended {
    Whole,
    TooDeep,
}

impl Cut {
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
                b'}' | b']' => self.depth -= 1,
                _ => {}
            }
        }
        self.json.extend_from_slice(chunk);
        (chunk.len(), None)
    }
}

fn fill<R: Read>(reader: &mut BufReader<R>, place: Place) -> Result<&[u8], FormatError> {
    // An interrupted read is no failure; `fill_buf` hands it through.
    while let Err(source) = reader.fill_buf() {
        if source.kind() != std::io::ErrorKind::Interrupted {
            return Err(FormatError::Read { place, source });
        }
    }
    Ok(reader.buffer())
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
