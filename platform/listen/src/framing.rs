//! The framing of HTTP/1, judged before hyper sees it.
//!
//! hyper takes some requests that proxies in front of us may read differently: that is how
//! requests are smuggled. Here every head is checked whole, by one strict reading of RFC 9112;
//! what does not pass is replaced by a request of our own that the handler answers with 400, after
//! which nothing of the connection is read. What is no HTTP at all is not answered.
//!
//! HTTP/2 goes on after its preface, its frames counted.

mod head;
#[cfg(test)]
mod tests;

use std::mem;

pub use self::head::{Fault, MAX_FIELDS};
use self::head::{Follows, fields, judge, line_end};
pub(crate) use self::head::{Problem, is_host, length_of};
use crate::frames::{Flood, Frames};

/// The largest head in bytes.
pub const MAX_HEAD: usize = 64 * 1024;
/// The longest line that announces a chunk.
const MAX_CHUNK_LINE: usize = 256;
/// The largest trailer section in bytes.
const MAX_TRAILERS: usize = 8 * 1024;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// The path of the request that stands for one that was refused.
pub(crate) const REFUSED_PATH: &str = "/.refused";
const REFUSED: &[u8] = b"GET /.refused HTTP/1.1\r\nhost: refused\r\nconnection: close\r\n\r\n";

/// What the bytes of a connection are, so far.
#[derive(Debug)]
pub(crate) struct Framing {
    state: State,
    /// The bytes of an unfinished head, chunk line or trailer section.
    pending: Vec<u8>,
    first: bool,
    /// Whether anything of a head has arrived, if only the empty line before it.
    begun: bool,
    /// The most frames of HTTP/2 that ask for nothing.
    control_frames: u32,
}

#[derive(Debug, PartialEq, Eq)]
enum State {
    Head,
    /// This many bytes of a body are left.
    Body(u64),
    ChunkLine,
    ChunkData(u64),
    ChunkEnd,
    Trailers,
    /// HTTP/2.
    Open(Frames),
    /// A request was refused; nothing more is read.
    Closed,
}

/// Why nothing more can be passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// The head is bad; a request of our own was passed on in its place.
    Head(Fault),
    /// The body is bad; the request is under way.
    Body(Fault),
    /// It is no HTTP, or cannot be answered any more.
    Silently,
    /// HTTP/2 is told to calm down.
    Calmed,
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Self::Head(fault)
    }
}

impl Framing {
    /// `control_frames` bounds the frames of HTTP/2 that ask for nothing.
    pub(crate) fn new(control_frames: u32) -> Self {
        Self {
            state: State::Head,
            pending: Vec::new(),
            first: true,
            begun: false,
            control_frames,
        }
    }

    /// Says whether part of a head has arrived and the rest has not.
    pub(crate) fn in_head(&self) -> bool {
        match &self.state {
            State::Head => self.begun,
            State::Open(frames) => frames.in_head(),
            _ => false,
        }
    }

    /// Says whether the rest of a body has not arrived.
    pub(crate) fn in_body(&self) -> bool {
        !matches!(self.state, State::Head | State::Open(_) | State::Closed)
    }

    /// Says whether nothing more is read.
    pub(crate) fn is_closed(&self) -> bool {
        self.state == State::Closed
    }

    /// Judges what arrived and appends what may go on to `out`. `earned` tells what answers have
    /// earned in frames that ask for nothing.
    pub(crate) fn feed(
        &mut self,
        mut input: &[u8],
        earned: impl Fn() -> u32,
        out: &mut Vec<u8>,
    ) -> Result<(), Refused> {
        while !input.is_empty() {
            let taken = match &mut self.state {
                State::Open(frames) => match frames.feed(input, earned, out) {
                    Ok(()) => return Ok(()),
                    Err(Flood) => return Err(self.calm(out)),
                },
                State::Closed => return Ok(()),
                State::Head => match self.head(input, out) {
                    Ok(taken) => taken,
                    Err(Refused::Head(fault)) => return Err(self.refuse(fault, out)),
                    Err(other) => {
                        self.state = State::Closed;
                        return Err(other);
                    }
                },
                &mut State::Body(left) => {
                    let taken = pass(input, left, out);
                    self.state = after(left, taken, State::Body, State::Head);
                    taken
                }
                &mut State::ChunkData(left) => {
                    let taken = pass(input, left, out);
                    self.state = after(left, taken, State::ChunkData, State::ChunkEnd);
                    taken
                }
                State::ChunkLine | State::ChunkEnd | State::Trailers => {
                    match self.line(input, out) {
                        Ok(taken) => taken,
                        Err(fault) => {
                            self.state = State::Closed;
                            return Err(Refused::Body(fault.into()));
                        }
                    }
                }
            };
            input = &input[taken..];
        }
        Ok(())
    }

    /// Hands on what arrives after an upgrade, whatever it is, and before it what a hasty client sent while its
    /// request was judged.
    pub(crate) fn pass_all(&mut self, input: &[u8], out: &mut Vec<u8>) {
        self.begun = false;
        out.append(&mut self.pending);
        out.extend_from_slice(input);
    }

    /// Gives back the room for what is judged, where nothing waits in it.
    pub(crate) fn release(&mut self) {
        if self.pending.is_empty() {
            self.pending = Vec::new();
        }
    }

    /// Puts a request of our own in the place of a bad head.
    pub(crate) fn refuse(&mut self, fault: Fault, out: &mut Vec<u8>) -> Refused {
        self.state = State::Closed;
        self.pending = Vec::new();
        out.extend_from_slice(REFUSED);
        Refused::Head(fault)
    }

    /// Refuses what did not arrive in time.
    pub(crate) fn late(&mut self, out: &mut Vec<u8>) -> Refused {
        match self.state {
            State::Open(_) => self.calm(out),
            _ => self.refuse(Fault::Malformed("the head did not arrive in time"), out),
        }
    }

    /// Puts what is answered with `ENHANCE_YOUR_CALM` in the place of what comes next.
    fn calm(&mut self, out: &mut Vec<u8>) -> Refused {
        match mem::replace(&mut self.state, State::Closed) {
            State::Open(frames) if frames.calm(out) => Refused::Calmed,
            _ => Refused::Silently,
        }
    }

    /// Takes bytes of a head up to its end; returns how many.
    fn head(&mut self, input: &[u8], out: &mut Vec<u8>) -> Result<usize, Refused> {
        self.begun = true;
        // Nothing stands before the first byte; a NUL never stands in a head.
        let mut before = self.pending.last().copied().unwrap_or(0);
        let mut line = 0;
        for (index, &byte) in input.iter().enumerate() {
            match byte {
                b'\n' if before != b'\r' => {
                    return Err(Fault::Malformed("a line ends in a bare line feed").into());
                }
                0 => return Err(Fault::Malformed("the head holds a NUL").into()),
                _ if before == b'\r' && byte != b'\n' => {
                    return Err(Fault::Malformed("a carriage return stands alone").into());
                }
                _ => before = byte,
            }
            if byte == b'\n' {
                self.pending.extend_from_slice(&input[line..=index]);
                line = index + 1;
                if let Some(next) = self.line_of_head()? {
                    self.state = next;
                    self.begun = false;
                    out.append(&mut self.pending);
                    return Ok(line);
                }
            }
            if self.pending.len() + (index + 1 - line) >= MAX_HEAD {
                return Err(match line_end(&self.pending) {
                    None => Fault::LongTarget.into(),
                    Some(_) => Fault::LargeFields.into(),
                });
            }
        }
        self.pending.extend_from_slice(&input[line..]);
        Ok(input.len())
    }

    /// Says what follows, if the head ends with the line that was just taken.
    fn line_of_head(&mut self) -> Result<Option<State>, Refused> {
        if self.pending == b"\r\n" {
            // One empty line before a request is forgiven (RFC 9112 2.2), and not passed on.
            if !mem::replace(&mut self.first, false) {
                return Err(Fault::Malformed("an empty line stands before the request").into());
            }
            self.pending.clear();
            return Ok(None);
        }
        if self.first && PREFACE.starts_with(&self.pending) {
            let whole = self.pending.len() == PREFACE.len();
            return Ok(whole.then(|| State::Open(Frames::new(self.control_frames))));
        }
        if self.first && !speaks_http(&self.pending) {
            return Err(Refused::Silently);
        }
        if !self.pending.ends_with(b"\r\n\r\n") {
            return Ok(None);
        }
        self.first = false;
        Ok(Some(match judge(&self.pending)? {
            Follows::Nothing => State::Head,
            Follows::Bytes(length) => State::Body(length),
            Follows::Chunks => State::ChunkLine,
        }))
    }

    /// Takes bytes of a line between chunks up to its end; returns how many.
    fn line(&mut self, input: &[u8], out: &mut Vec<u8>) -> Result<usize, Problem> {
        for (index, &byte) in input.iter().enumerate() {
            let before = self.pending.last().copied();
            if byte == b'\n' && before != Some(b'\r') || byte == 0 {
                return Err("a chunk's line ends in a bare line feed");
            }
            if before == Some(b'\r') && byte != b'\n' {
                return Err("a carriage return stands alone");
            }
            self.pending.push(byte);
            let limit = if self.state == State::Trailers {
                MAX_TRAILERS
            } else {
                MAX_CHUNK_LINE
            };
            if self.pending.len() > limit {
                return Err("a chunk's line or the trailers are too long");
            }
            if byte != b'\n' {
                continue;
            }
            let done = match self.state {
                State::ChunkEnd if self.pending != b"\r\n" => {
                    return Err("a chunk is longer than it says");
                }
                State::ChunkEnd => Some(State::ChunkLine),
                State::ChunkLine => {
                    Some(match chunk_size(&self.pending[..self.pending.len() - 2])? {
                        0 => State::Trailers,
                        size => State::ChunkData(size),
                    })
                }
                // The trailers end with an empty line.
                _ => (self.pending == b"\r\n" || self.pending.ends_with(b"\r\n\r\n"))
                    .then_some(State::Head),
            };
            if let Some(next) = done {
                if self.state == State::Trailers {
                    let trailers = fields(&self.pending[..self.pending.len() - 2])?;
                    if trailers.len() > MAX_FIELDS {
                        return Err("there are more than 100 trailers");
                    }
                }
                self.state = next;
                out.append(&mut self.pending);
                return Ok(index + 1);
            }
        }
        Ok(input.len())
    }
}

/// Says whether the first line ends as a request's of HTTP. An answer would mean nothing to who sends
/// something else, such as a broken preface of HTTP/2 (RFC 9113 3.4).
fn speaks_http(head: &[u8]) -> bool {
    let line = &head[..line_end(head).unwrap_or(head.len())];
    let version = line.rsplit(|byte| *byte == b' ').next();
    version.is_some_and(|version| version.starts_with(b"HTTP/"))
}

fn pass(input: &[u8], most: u64, out: &mut Vec<u8>) -> usize {
    let taken = usize::try_from(most).map_or(input.len(), |most| most.min(input.len()));
    out.extend_from_slice(&input[..taken]);
    taken
}

fn after(left: u64, taken: usize, same: fn(u64) -> State, next: State) -> State {
    match left - taken as u64 {
        0 => next,
        left => same(left),
    }
}

fn chunk_size(line: &[u8]) -> Result<u64, Problem> {
    let end = line.iter().position(|b| *b == b';').unwrap_or(line.len());
    let (size, extension) = line.split_at(end);
    let visible = |b: &u8| (b' '..0x7f).contains(b);
    if !extension.iter().all(visible) {
        return Err("a chunk's extension holds control characters");
    }
    if !(1..=15).contains(&size.len()) || !size.iter().all(u8::is_ascii_hexdigit) {
        return Err("the size of a chunk is no hexadecimal number");
    }
    std::str::from_utf8(size)
        .ok()
        .and_then(|size| u64::from_str_radix(size, 16).ok())
        .ok_or("the size of a chunk is no hexadecimal number")
}
