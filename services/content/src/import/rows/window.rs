//! A reader that can look ahead.

use std::io::{self, Read};

/// How much is read at once.
const CHUNK: usize = 64 * 1024;

/// Bytes that were read and not yet used, and where more come from.
#[derive(Debug)]
pub(super) struct Window<R> {
    reader: R,
    held: Vec<u8>,
    at: usize,
    ended: bool,
    /// What stopped a look ahead; told when what was read before is used up.
    failure: Option<io::Error>,
}

impl<R: Read> Window<R> {
    pub(super) fn new(reader: R) -> Self {
        Self {
            reader,
            held: Vec::new(),
            at: 0,
            ended: false,
            failure: None,
        }
    }

    /// Returns what is there, at least one byte unless the file has ended.
    pub(super) fn fill(&mut self) -> io::Result<&[u8]> {
        if self.at == self.held.len() && !self.ended {
            self.held.clear();
            self.at = 0;
            self.more();
            if self.held.is_empty()
                && let Some(failure) = self.failure.take()
            {
                return Err(failure);
            }
        }
        Ok(self.here())
    }

    /// Returns what was read and is not yet used.
    pub(super) fn here(&self) -> &[u8] {
        self.held.get(self.at..).unwrap_or_default()
    }

    /// Steps over bytes.
    pub(super) fn consume(&mut self, bytes: usize) {
        self.at = self.at.saturating_add(bytes).min(self.held.len());
    }

    /// Looks at up to so many bytes and somewhat more, and says whether they are all that follows.
    pub(super) fn look_ahead(&mut self, bytes: usize) -> (&[u8], bool) {
        while self.here().len() < bytes && !self.ended && self.failure.is_none() {
            self.more();
        }
        (self.here(), self.ended)
    }

    fn more(&mut self) {
        let before = self.held.len();
        self.held.resize(before + CHUNK, 0);
        let read = loop {
            match self.reader.read(&mut self.held[before..]) {
                // An interrupted read is no failure.
                Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        let read = read.unwrap_or_else(|cause| {
            self.failure = Some(cause);
            0
        });
        self.ended = read == 0 && self.failure.is_none();
        self.held.truncate(before + read);
    }
}
