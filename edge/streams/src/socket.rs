//! A WebSocket that carries one call: each message of the caller is a frame `{"message": …}`, `{"end": true}` is the
//! last; each answer is a frame of the same form, and the last is `{"end": true}` or `{"error": {…}}`.

mod heard;
mod reading;

use std::{fmt, pin::pin, time::Duration};

use bytes::Bytes;
use futures::{
    SinkExt as _, StreamExt as _,
    future::BoxFuture,
    stream::{BoxStream, SplitSink, SplitStream},
};
use sv_listen::Tunnel;
use tokio::{
    sync::mpsc,
    time::{Instant, sleep_until, timeout},
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Message, Utf8Bytes,
        protocol::{CloseFrame, Role, WebSocketConfig, frame::coding::CloseCode},
    },
};
use tonic::body::Body;

use self::{heard::Heard, reading::Reader};
use crate::sending::sending;

/// How much is read at once: most messages are small, and most sockets at rest.
const READ_AT_ONCE: usize = 2 * 1024;
/// What a frame has around its message.
const AROUND: usize = 64;
/// So many beats without a sign of life, and a client is gone.
const LOST: u32 = 3;
/// How long the other end has to close after it was told to.
const CLOSING: Duration = Duration::from_secs(2);

type Stream = WebSocketStream<Tunnel>;

/// How much a socket may say, and how long it may say nothing.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// The largest message of the caller, in bytes of JSON.
    pub message: usize,
    /// How often the client is asked for a sign of life. One that gives none in three such spans is gone.
    pub beat: Duration,
    /// How long a client may take for one message.
    pub write: Duration,
    /// How long neither side may say anything; `None` leaves it to the service.
    pub idle: Option<Duration>,
}

/// What a call is given.
#[derive(Clone, Debug)]
pub enum Takes {
    /// The one message that the address came to.
    Given(Bytes),
    /// One message, the first frame.
    One,
    /// Any number of messages.
    Many,
}

/// What a client says against the rules, in words for it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Misuse {
    /// A frame is too large.
    #[error("a message is larger than {limit} bytes")]
    TooLarge {
        /// The most bytes.
        limit: usize,
    },
    /// A binary frame.
    #[error("frames are text")]
    NotText,
    /// What is no WebSocket.
    #[error("the frames are not those of RFC 6455: {0}")]
    Protocol(String),
    /// Text of another form.
    #[error("a frame is {{\"message\": …}} or {{\"end\": true}}: {0}")]
    NotAFrame(String),
    /// A message where none is taken, or no more.
    #[error("the call takes no further message")]
    TooMany,
    /// Nothing was said for too long.
    #[error("nothing was said for too long")]
    Idle,
}

impl Misuse {
    const fn code(&self) -> u16 {
        match self {
            Self::TooLarge { .. } => 1009,
            Self::Protocol(_) => 1002,
            Self::NotText => 1003,
            Self::NotAFrame(_) => 1007,
            Self::TooMany => 1008,
            Self::Idle => 1001,
        }
    }
}

/// The last words to a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Farewell {
    /// What stands behind `error` in the last frame, as JSON.
    pub error: String,
    /// The code of the close frame (RFC 6455 7.4).
    pub code: u16,
    /// A short name of the reason, for the close frame.
    pub reason: String,
}

/// What differs between calls: how messages are read and written, and how failures are told.
pub trait Talk: Send + Sync + 'static {
    /// Why a call fails.
    type Failure: Send + 'static;

    /// Reads the JSON of a message.
    fn read(&self, json: &[u8]) -> Result<Bytes, Self::Failure>;

    /// Appends the JSON of an answer.
    fn write(&self, message: &[u8], out: &mut Vec<u8>) -> Result<(), Self::Failure>;

    /// Makes a failure of what a client did wrong.
    fn misuse(&self, misuse: &Misuse) -> Self::Failure;

    /// Says why the call ends.
    fn farewell(&self, failure: Self::Failure) -> Farewell;
}

/// One call over one WebSocket.
pub struct Socket<T: Talk> {
    talk: T,
    bounds: Bounds,
    heard: Heard,
}

impl<T: Talk> fmt::Debug for Socket<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Socket").finish_non_exhaustive()
    }
}

/// How a socket comes to its end.
enum End<F> {
    /// All is said.
    Whole,
    /// The client is gone.
    Gone,
    /// The client takes nothing.
    Stuck,
    Failed(F),
    Misused(Misuse),
}

impl<T: Talk> Socket<T> {
    /// Prepares a socket.
    pub fn new(talk: T, bounds: Bounds) -> Self {
        Self {
            talk,
            bounds,
            heard: Heard::new(),
        }
    }

    /// Carries a call until it ends. `call` makes it of the body that holds the caller's messages and gives its
    /// answers; `ended` says why it has to end before its time.
    pub async fn hold(
        self,
        tunnel: Tunnel,
        takes: Takes,
        call: impl FnOnce(Body) -> BoxStream<'static, Result<Bytes, T::Failure>> + Send,
        ended: BoxFuture<'static, T::Failure>,
    ) {
        let most = self.bounds.message.saturating_add(AROUND);
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_AT_ONCE)
            .write_buffer_size(0)
            .max_message_size(Some(most))
            .max_frame_size(Some(most));
        let stream = Stream::from_raw_socket(tunnel, Role::Server, Some(config)).await;
        let (mut sink, mut stream) = stream.split();
        let end = {
            let (answers, reader) = match takes {
                Takes::Given(message) => {
                    let (body, _) = sending(futures::stream::iter([Ok::<_, ()>(message)]));
                    (call(body), Reader::deaf())
                }
                takes => {
                    let (send, mut sent) = mpsc::channel(1);
                    let from_client = futures::stream::poll_fn(move |cx| sent.poll_recv(cx));
                    let answers = call(sending(reading::until_the_end(from_client)).0);
                    let reader = match takes {
                        Takes::One => Reader::of_one(send),
                        Takes::Many | Takes::Given(_) => Reader::of_many(send),
                    };
                    (answers, reader)
                }
            };
            let said = pin!(self.say(&mut sink, answers, ended));
            let listened = pin!(self.listen(&mut stream, reader));
            tokio::select! {
                biased;
                end = said => end,
                end = listened => end,
            }
        };
        self.close(end, sink, stream).await;
    }

    /// Sends answers, and asks for signs of life between them.
    async fn say(
        &self,
        sink: &mut SplitSink<Stream, Message>,
        mut answers: BoxStream<'static, Result<Bytes, T::Failure>>,
        mut ended: BoxFuture<'static, T::Failure>,
    ) -> End<T::Failure> {
        let mut beat = Instant::now() + self.bounds.beat;
        loop {
            let message = tokio::select! {
                biased;
                failure = &mut ended => return End::Failed(failure),
                answer = answers.next() => match answer {
                    None => return End::Whole,
                    Some(Err(failure)) => return End::Failed(failure),
                    Some(Ok(answer)) => {
                        self.heard.spoke();
                        match self.frame(&answer) {
                            Ok(frame) => frame,
                            Err(failure) => return End::Failed(failure),
                        }
                    }
                },
                () = sleep_until(beat) => {
                    if self.heard.silent_for(self.bounds.beat * LOST) {
                        return End::Gone;
                    }
                    if self.bounds.idle.is_some_and(|most| self.heard.unspoken_for(most)) {
                        return End::Misused(Misuse::Idle);
                    }
                    beat = Instant::now() + self.bounds.beat;
                    Message::Ping(Bytes::new())
                }
            };
            if let Err(end) = self.send(sink, message).await {
                return end;
            }
        }
    }

    fn frame(&self, answer: &[u8]) -> Result<Message, T::Failure> {
        let mut frame = Vec::with_capacity(answer.len() * 2 + AROUND);
        frame.extend_from_slice(br#"{"message":"#);
        self.talk.write(answer, &mut frame)?;
        frame.push(b'}');
        // JSON is UTF-8; what is not says so itself.
        let text = Utf8Bytes::try_from(Bytes::from(frame)).unwrap_or_default();
        Ok(Message::Text(text))
    }

    async fn send(
        &self,
        sink: &mut SplitSink<Stream, Message>,
        message: Message,
    ) -> Result<(), End<T::Failure>> {
        match timeout(self.bounds.write, sink.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(End::Gone),
            Err(_) => Err(End::Stuck),
        }
    }

    /// Says the last words, and waits a moment for the other end to close.
    async fn close(
        &self,
        end: End<T::Failure>,
        mut sink: SplitSink<Stream, Message>,
        mut stream: SplitStream<Stream>,
    ) {
        let (frame, code, reason) = match end {
            End::Whole => (r#"{"end":true}"#.to_owned(), 1000, String::new()),
            End::Failed(failure) => {
                let farewell = self.talk.farewell(failure);
                let frame = format!(r#"{{"error":{}}}"#, farewell.error);
                (frame, farewell.code, farewell.reason)
            }
            End::Misused(misuse) => {
                let farewell = self.talk.farewell(self.talk.misuse(&misuse));
                let frame = format!(r#"{{"error":{}}}"#, farewell.error);
                (frame, misuse.code(), farewell.reason)
            }
            End::Gone => {
                // A close of the client's is answered.
                let _ = timeout(CLOSING, sink.flush()).await;
                return;
            }
            End::Stuck => {
                tracing::debug!("a WebSocket was ended: its client takes nothing");
                metrics::counter!("streamverse_streams_cut_total").increment(1);
                return;
            }
        };
        let close = Message::Close(Some(CloseFrame {
            code: CloseCode::from(code),
            reason: reason.into(),
        }));
        for message in [Message::text(frame), close] {
            if self.send(&mut sink, message).await.is_err() {
                return;
            }
        }
        // An end with unread bytes would take the last words back.
        let closed = async { while let Some(Ok(_)) = stream.next().await {} };
        let _ = timeout(CLOSING, closed).await;
    }
}
