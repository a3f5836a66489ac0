//! Fan-out: telling whoever listens, now, in every process. Nothing is kept, and nothing is waited for: what it tells
//! of is known elsewhere, and those who hear of it only look sooner (C20).

use std::fmt;

use async_trait::async_trait;
use bytes::Bytes;
use tokio::sync::broadcast::{self, error::RecvError};
use tokio_util::sync::CancellationToken;

use crate::{PortError, PortResult};

/// The most characters of a subject.
const MAX_SUBJECT: usize = 100;
/// The most bytes of a message.
const MAX_MESSAGE: usize = 8 * 1024;

/// Tells whoever listens, at most once: a listener that is slow, away or cut off hears less, and hears that.
#[async_trait]
pub trait Fanout: Send + Sync + fmt::Debug {
    /// Tells a message to all who listen to a subject, without waiting for any of them.
    ///
    /// Fails with [`PortError::Invalid`] where it can never be told: [`check`] says what can.
    fn publish(&self, subject: &str, message: Bytes) -> PortResult<()>;

    /// Listens to a subject from now on.
    fn subscribe(&self, subject: &str) -> PortResult<Listener>;

    /// Says whether what other processes tell is heard here now. Where it is not, those who rely on it look by
    /// themselves, as often as they did without.
    fn reaches(&self) -> bool;

    /// Carries messages to and from other processes until it is told to stop: once in every process.
    async fn run(&self, stop: CancellationToken);
}

/// What a listener hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// A message.
    Message(Bytes),
    /// Messages may have been missed: the listener was too slow, or nothing arrived for a while.
    Lost,
}

/// One who listens.
#[derive(Debug)]
pub struct Listener(broadcast::Receiver<Heard>);

impl Listener {
    pub(crate) fn new(from: broadcast::Receiver<Heard>) -> Self {
        Self(from)
    }

    /// Waits for what comes next; forever, where nothing can come any more. Given up, nothing is lost.
    pub async fn next(&mut self) -> Heard {
        match self.0.recv().await {
            Ok(heard) => heard,
            Err(RecvError::Lagged(_)) => Heard::Lost,
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}

/// Fails where a message can never be told: a subject is words of lower-case letters, digits, `-` and `_` with dots
/// between, of up to 100 characters; a message has up to 8 KiB.
pub fn check(subject: &str, message: &[u8]) -> PortResult<()> {
    let fits = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, b'-' | b'_');
    let is_word = |word: &str| !word.is_empty() && word.bytes().all(fits);
    if subject.len() > MAX_SUBJECT || !subject.split('.').all(is_word) {
        return Err(PortError::invalid(format!("{subject:?} is no subject")));
    }
    if message.len() > MAX_MESSAGE {
        return Err(PortError::invalid(
            "a message that is told has 8 KiB at most",
        ));
    }
    Ok(())
}
