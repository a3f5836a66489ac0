//! The frames of HTTP/2, counted before hyper sees them.
//!
//! hyper and h2 read frames strictly, but some cost the sender nine bytes, ask for nothing and may
//! be sent for ever. Here the heads of frames are read as they pass. Who sends more of such frames
//! than answers have earned is answered `GOAWAY` with `ENHANCE_YOUR_CALM`: in the place of the frame
//! too many, h2 gets a header block without an end, which it answers so.

use std::time::Duration;

use tokio::time::Instant;

/// Bytes of a frame's head (RFC 9113 4.1).
const HEAD: usize = 9;
/// In what time a connection has its frames anew.
const PERIOD: Duration = Duration::from_secs(10);

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 0x1;
const END_HEADERS: u8 = 0x4;

/// The highest stream that a client may open.
const LAST_STREAM: [u8; 4] = [0x7f, 0xff, 0xff, 0xff];
/// More frames of one header block than h2 takes.
const TOO_MANY: usize = 64;

/// A client sends too many frames that ask for nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Flood;

/// What the frames of a connection are, so far.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Frames {
    head: [u8; HEAD],
    have: usize,
    /// Bytes that are left of the frame's payload.
    left: usize,
    /// The stream whose header block has begun and not ended.
    block: Option<[u8; 4]>,
    /// Frames that may still be sent for nothing.
    spare: u32,
    most: u32,
    /// When they were last renewed.
    renewed: Instant,
}

impl Frames {
    /// Counts frames, of which `most` may ask for nothing in ten seconds.
    pub(crate) fn new(most: u32) -> Self {
        Self {
            head: [0; HEAD],
            have: 0,
            left: 0,
            block: None,
            spare: most,
            most,
            renewed: Instant::now(),
        }
    }

    /// Says whether a header block has begun and not ended.
    pub(crate) fn in_head(&self) -> bool {
        self.block.is_some()
    }

    /// Passes on what arrived. `earned` tells what answers have earned since it was last asked.
    pub(crate) fn feed(
        &mut self,
        mut input: &[u8],
        earned: impl Fn() -> u32,
        out: &mut Vec<u8>,
    ) -> Result<(), Flood> {
        while !input.is_empty() {
            if self.left > 0 {
                let (now, rest) = input.split_at(self.left.min(input.len()));
                out.extend_from_slice(now);
                self.left -= now.len();
                input = rest;
                continue;
            }
            let wanted = HEAD - self.have;
            let (now, rest) = input.split_at(wanted.min(input.len()));
            self.head[self.have..self.have + now.len()].copy_from_slice(now);
            self.have += now.len();
            input = rest;
            if self.have == HEAD {
                self.begin(&earned)?;
                self.have = 0;
                out.extend_from_slice(&self.head);
            }
        }
        Ok(())
    }

    /// Judges a frame whose head is whole.
    fn begin(&mut self, earned: &impl Fn() -> u32) -> Result<(), Flood> {
        let [a, b, c, kind, flags, stream @ ..] = self.head;
        let length = usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c);
        let asks = match kind {
            // Bytes of a body, or its end.
            DATA => length > 0 || flags & END_STREAM != 0,
            HEADERS => true,
            _ => false,
        };
        if !asks {
            self.spend(earned)?;
        }
        match kind {
            HEADERS if flags & END_HEADERS == 0 => self.block = Some(stream),
            CONTINUATION if flags & END_HEADERS == 0 => {}
            HEADERS | CONTINUATION => self.block = None,
            _ => {}
        }
        self.left = length;
        Ok(())
    }

    fn spend(&mut self, earned: &impl Fn() -> u32) -> Result<(), Flood> {
        if self.spare == 0 {
            if self.renewed.elapsed() >= PERIOD {
                self.renewed = Instant::now();
                self.spare = self.most;
            } else {
                self.spare = earned().min(self.most);
            }
        }
        self.spare = self.spare.checked_sub(1).ok_or(Flood)?;
        Ok(())
    }

    /// Writes what h2 answers with `GOAWAY` and `ENHANCE_YOUR_CALM`: a header block that does not
    /// end. Between two frames only; says whether that is so.
    pub(crate) fn calm(&self, out: &mut Vec<u8>) -> bool {
        if self.left > 0 {
            return false;
        }
        let frame = |kind, stream: [u8; 4]| {
            let mut frame = [0; HEAD];
            frame[3] = kind;
            frame[5..].copy_from_slice(&stream);
            frame
        };
        let stream = self.block.unwrap_or_else(|| {
            out.extend_from_slice(&frame(HEADERS, LAST_STREAM));
            LAST_STREAM
        });
        for _ in 0..TOO_MANY {
            out.extend_from_slice(&frame(CONTINUATION, stream));
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: u8, flags: u8, stream: u8, payload: &[u8]) -> Vec<u8> {
        let length = u8::try_from(payload.len()).unwrap();
        let head = [0, 0, length, kind, flags, 0, 0, 0, stream];
        [&head, payload].concat()
    }

    fn feed(frames: &mut Frames, bytes: &[u8], piece: usize) -> (Vec<u8>, Result<(), Flood>) {
        let mut out = Vec::new();
        for piece in bytes.chunks(piece) {
            if let Err(flood) = frames.feed(piece, || 0, &mut out) {
                return (out, Err(flood));
            }
        }
        (out, Ok(()))
    }

    #[test]
    fn frames_go_on_unchanged_however_they_are_cut() {
        let bytes = [
            frame(4, 0, 0, &[]),
            frame(HEADERS, END_HEADERS, 1, b"block"),
            frame(DATA, 0, 1, b"body"),
            frame(DATA, END_STREAM, 1, b""),
            frame(6, 0, 0, &[0; 8]),
        ]
        .concat();
        for piece in [1, 2, 7, 100] {
            let (out, result) = feed(&mut Frames::new(10), &bytes, piece);
            assert_eq!((&out, result), (&bytes, Ok(())));
        }
    }

    #[test]
    fn frames_that_ask_for_nothing_are_bounded() {
        // PING, SETTINGS, PRIORITY, RST_STREAM, WINDOW_UPDATE, CONTINUATION, empty DATA, unknown.
        // A client that reads sends WINDOW_UPDATE, which is earned by what it is sent.
        for kind in [6, 4, 2, 3, 8, CONTINUATION, DATA, 200] {
            let one = frame(kind, 0, 1, b"");
            let mut frames = Frames::new(5);
            let (out, result) = feed(&mut frames, &one.repeat(6), 4);
            assert_eq!(result, Err(Flood), "{kind}");
            assert_eq!(out, one.repeat(5), "{kind}");
            let renewed = frames.renewed.checked_sub(PERIOD).unwrap();
            let mut frames = Frames {
                have: 0,
                renewed,
                ..frames
            };
            assert_eq!(feed(&mut frames, &one.repeat(5), 4).1, Ok(()), "{kind}");
        }
        let asking = frame(HEADERS, END_HEADERS, 1, b"").repeat(100);
        assert_eq!(feed(&mut Frames::new(5), &asking, 4).1, Ok(()));
    }

    #[test]
    fn what_is_answered_earns_more() {
        let mut frames = Frames::new(5);
        let pings = frame(6, 0, 0, &[0; 8]);
        let mut out = Vec::new();
        for _ in 0..100 {
            assert_eq!(frames.feed(&pings, || 3, &mut out), Ok(()));
        }
        assert_eq!(feed(&mut frames, &pings.repeat(9), 100).1, Err(Flood));
    }

    #[test]
    fn a_header_block_is_open_until_its_end() {
        let mut frames = Frames::new(5);
        feed(&mut frames, &frame(HEADERS, 0, 1, b"a"), 3).1.unwrap();
        assert!(frames.in_head());
        let mut out = Vec::new();
        assert!(frames.calm(&mut out));
        assert_eq!(out[..HEAD], frame(CONTINUATION, 0, 1, b""));
        feed(&mut frames, &frame(CONTINUATION, END_HEADERS, 1, b"b"), 3)
            .1
            .unwrap();
        assert!(!frames.in_head());
        feed(&mut frames, &frame(DATA, 0, 1, b"abc")[..10], 3)
            .1
            .unwrap();
        assert!(!frames.calm(&mut out), "not within a frame");
    }
}
