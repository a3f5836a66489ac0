//! Messages of streams as they were written last: of those who follow the same, one writes and all send the same bytes.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use bytes::Bytes;

/// What was written last, by binding and media type. There are as many entries as streaming routes have types.
#[derive(Debug, Default)]
pub(crate) struct Written(Mutex<HashMap<(usize, &'static str), Last>>);

#[derive(Debug)]
struct Last {
    message: Bytes,
    bytes: Bytes,
}

impl Written {
    /// Returns what a message was written as, if it was the last one.
    pub(crate) fn of(&self, binding: usize, kind: &'static str, message: &[u8]) -> Option<Bytes> {
        let written = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let last = written.get(&(binding, kind))?;
        (last.message == message).then(|| last.bytes.clone())
    }

    /// Remembers what a message was written as.
    pub(crate) fn remember(
        &self,
        binding: usize,
        kind: &'static str,
        message: Bytes,
        bytes: Bytes,
    ) {
        let mut written = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        written.insert((binding, kind), Last { message, bytes });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: &str = "application/x-ndjson";
    const EVENTS: &str = "text/event-stream";

    #[test]
    fn the_same_bytes_are_for_the_same_message_of_the_same_stream_in_the_same_form() {
        let written = Written::default();
        let (message, line) = (Bytes::from("m"), Bytes::from("{}\n"));
        written.remember(1, LINES, message.clone(), line.clone());
        let again = written.of(1, LINES, b"m").unwrap();
        assert_eq!(again.as_ptr(), line.as_ptr());
        for (binding, kind, other) in [(2, LINES, b"m"), (1, EVENTS, b"m"), (1, LINES, b"n")] {
            assert_eq!(written.of(binding, kind, other), None);
        }
    }
}
