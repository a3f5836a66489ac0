//! A request's body of many JSON documents, read as it arrives.

use std::fmt;

use bytes::Bytes;
use http_body_util::BodyExt as _;
use tonic::body::Body;

use crate::documents::{Documents, Next, Syntax};

/// Types of bodies that hold a document a line.
const LINES: [&str; 4] = [
    "application/x-ndjson",
    "application/ndjson",
    "application/jsonl",
    "application/x-jsonlines",
];

/// Counts the bytes that are held of a document that is not whole; `false` where the process holds too many.
pub type Room = Box<dyn FnMut(usize) -> bool + Send>;

/// Why no more documents come, in words for the caller.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// They are not JSON one after the other, or one is too large.
    #[error(transparent)]
    Syntax(#[from] Syntax),
    /// The client is gone, or was silent for too long.
    #[error("the body breaks off after {messages} messages, or nothing of it came for too long")]
    BrokeOff {
        /// How many were read.
        messages: u64,
    },
    /// The process holds too many bytes of requests.
    #[error("too many bodies are under way")]
    Crowded,
}

/// The documents of a body. The next one is read when it is asked for, so a client is never ahead of whoever
/// takes them by more than what lies in the buffers of its connection.
pub struct Arrivals {
    body: Body,
    documents: Documents,
    room: Room,
}

impl fmt::Debug for Arrivals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arrivals").finish_non_exhaustive()
    }
}

impl Arrivals {
    /// Reads a body whose documents have at most `limit` bytes each.
    pub fn new(body: Body, limit: usize, room: Room) -> Self {
        Self {
            body,
            documents: Documents::new(limit),
            room,
        }
    }

    /// Returns how many documents have come.
    pub fn count(&self) -> u64 {
        self.documents.count()
    }

    /// Waits for the next document; none comes after the end. Given up, nothing is lost.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Fault> {
        loop {
            match self.documents.take_next()? {
                Next::Document(document) => {
                    (self.room)(self.documents.held());
                    return Ok(Some(document));
                }
                Next::End => return Ok(None),
                Next::More => {}
            }
            if !(self.room)(self.documents.held()) {
                return Err(Fault::Crowded);
            }
            match self.body.frame().await {
                None => self.documents.end(),
                Some(Ok(frame)) => {
                    if let Ok(data) = frame.into_data() {
                        self.documents.push(&data);
                    }
                }
                Some(Err(_)) => {
                    let messages = self.documents.count();
                    return Err(Fault::BrokeOff { messages });
                }
            }
        }
    }
}

/// Returns the type of each document of a body.
pub fn of_document(kind: &str) -> &str {
    let essence = kind.split(';').next().unwrap_or_default().trim();
    if LINES
        .iter()
        .any(|lines| essence.eq_ignore_ascii_case(lines))
    {
        "application/json"
    } else {
        kind
    }
}
