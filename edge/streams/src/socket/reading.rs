//! What a client says. The next frame is read when there is room for it, so a client that says more than the service
//! takes waits in its own buffers.

use bytes::Bytes;
use futures::{
    Stream, StreamExt as _,
    stream::{self, SplitStream},
};
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::{
    Error, Message,
    error::{CapacityError, ProtocolError},
};

use super::{End, Misuse, Socket, Talk};

/// What a caller's messages are on their way to the call.
#[derive(Debug)]
pub(super) enum Said {
    Message(Bytes),
    /// There are no more. Without it the caller went away, which is no end.
    End,
}

/// Hands on messages up to the end; fails where there is none.
pub(super) fn until_the_end(
    said: impl Stream<Item = Said> + Send + Unpin + 'static,
) -> impl Stream<Item = Result<Bytes, ()>> + Send {
    stream::unfold(Some(said), |said| async {
        let mut said = said?;
        match said.next().await {
            Some(Said::Message(message)) => Some((Ok(message), Some(said))),
            Some(Said::End) => None,
            None => Some((Err(()), None)),
        }
    })
}

/// To whom a client's messages go.
#[derive(Debug)]
pub(super) struct Reader {
    to: Option<mpsc::Sender<Said>>,
    many: bool,
}

impl Reader {
    /// Takes no message.
    pub(super) const fn deaf() -> Self {
        Self {
            to: None,
            many: false,
        }
    }

    /// Takes one message.
    pub(super) const fn of_one(to: mpsc::Sender<Said>) -> Self {
        Self {
            to: Some(to),
            many: false,
        }
    }

    /// Takes messages until their end.
    pub(super) const fn of_many(to: mpsc::Sender<Said>) -> Self {
        Self {
            to: Some(to),
            many: true,
        }
    }
}

/// A frame of the client.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Frame<'a> {
    #[serde(borrow)]
    message: Option<&'a RawValue>,
    #[serde(default)]
    end: bool,
}

impl<T: Talk> Socket<T> {
    /// Listens until the client goes, or says something that ends the call.
    pub(super) async fn listen(
        &self,
        stream: &mut SplitStream<super::Stream>,
        mut reader: Reader,
    ) -> End<T::Failure> {
        loop {
            self.heard.listens(false);
            // A call that takes no more has its answer on the way.
            let to = reader.to.clone();
            let room = match &to {
                Some(to) => to.reserve().await.ok(),
                None => None,
            };
            self.heard.listens(true);
            let text = match stream.next().await {
                Some(Ok(Message::Text(text))) => text,
                Some(Ok(Message::Binary(_))) => return End::Misused(Misuse::NotText),
                Some(Ok(Message::Close(_))) | None => return End::Gone,
                Some(Ok(_)) => continue,
                Some(Err(error)) => return self.broken(&error),
            };
            let frame: Frame<'_> = match serde_json::from_str(&text) {
                Ok(frame) => frame,
                Err(problem) => return End::Misused(Misuse::NotAFrame(problem.to_string())),
            };
            match frame {
                Frame {
                    message: Some(message),
                    end: false,
                } => {
                    if reader.to.is_none() {
                        return End::Misused(Misuse::TooMany);
                    }
                    self.heard.spoke();
                    let message = match self.talk.read(message.get().as_bytes()) {
                        Ok(message) => message,
                        Err(failure) => return End::Failed(failure),
                    };
                    if let Some(room) = room {
                        room.send(Said::Message(message));
                    }
                    if !reader.many {
                        finish(&mut reader).await;
                    }
                }
                Frame {
                    message: None,
                    end: true,
                } => {
                    drop(room);
                    finish(&mut reader).await;
                }
                _ => {
                    let problem = "it has one of both".to_owned();
                    return End::Misused(Misuse::NotAFrame(problem));
                }
            }
        }
    }

    fn broken(&self, error: &Error) -> End<T::Failure> {
        match error {
            Error::Capacity(CapacityError::MessageTooLong { .. }) => {
                End::Misused(Misuse::TooLarge {
                    limit: self.bounds.message,
                })
            }
            Error::Utf8(problem) => End::Misused(Misuse::NotAFrame(problem.clone())),
            Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => End::Gone,
            Error::Protocol(problem) => End::Misused(Misuse::Protocol(problem.to_string())),
            _ => End::Gone,
        }
    }
}

/// Says that there are no more messages.
async fn finish(reader: &mut Reader) {
    if let Some(to) = reader.to.take() {
        // A call that does not listen any more needs not be told.
        let _ = to.send(Said::End).await;
    }
}
