//! Answers of many messages: a line each, `{"result":…}`, and where it fails a last one, `{"error":…}`; or, for who
//! asks for them by name, server-sent events.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use futures::{future::BoxFuture, stream};
use http::{HeaderMap, HeaderValue, Response, header};
use http_body::Frame;
use http_body_util::StreamBody;
use sv_rest::HttpBody;
use tokio::time::{Instant, sleep_until, timeout};
use tonic::{Status, Streaming, body::Body};

use crate::{
    answer::content_type, call::Opened, deadline::in_time, failure::Failure, headers::send_along,
    table::Table, work::Work,
};

/// The type of server-sent events.
const EVENTS: &str = "text/event-stream";

type Opening = BoxFuture<'static, Result<Opened, Failure>>;

/// Where the messages of an answer come from.
pub(crate) struct Source {
    metadata: HeaderMap,
    answers: Answers,
    /// What was read to learn how the answer begins; `None` where nothing came yet.
    first: Option<Result<Option<Bytes>, Failure>>,
    /// Says why it has to end before its time.
    ended: BoxFuture<'static, Failure>,
}

enum Answers {
    Opening(Opening),
    Open(Box<Streaming<Bytes>>),
}

impl Answers {
    /// Waits for the next message. Given up, nothing is lost.
    async fn next(&mut self) -> Result<Option<Bytes>, Failure> {
        loop {
            match self {
                Self::Open(answers) => return Ok(answers.message().await?),
                Self::Opening(opening) => {
                    let opened = opening.await?;
                    *self = Self::Open(Box::new(opened.answers));
                }
            }
        }
    }
}

impl Source {
    /// Waits for the first message: until then the answer can fail with a status. `limit` is how long, where the
    /// caller may have more to say before there is one.
    pub(crate) async fn begin(
        mut opening: Opening,
        mut ended: BoxFuture<'static, Failure>,
        limit: Option<Duration>,
    ) -> Result<Self, Failure> {
        let mut metadata = HeaderMap::new();
        let mut answers = None;
        let begun = async {
            let opened = (&mut opening).await?;
            metadata = opened.metadata;
            let open = answers.insert(Box::new(opened.answers));
            Ok::<_, Failure>(open.message().await?)
        };
        let begun = async {
            match limit {
                Some(limit) => timeout(limit, begun).await.ok().transpose(),
                None => begun.await.map(Some),
            }
        };
        let first = tokio::select! {
            biased;
            failure = &mut ended => return Err(failure),
            first = begun => first?,
        };
        Ok(Self {
            metadata,
            answers: match answers {
                Some(answers) => Answers::Open(answers),
                None => Answers::Opening(opening),
            },
            first: first.map(Ok),
            ended,
        })
    }
}

/// An answer under way.
struct Flow {
    table: Arc<Table>,
    /// The place of the binding in the plan.
    binding: usize,
    source: Source,
    until: Option<Instant>,
    form: Form,
    beat: Duration,
    next_beat: Instant,
    over: bool,
}

/// How messages go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Lines,
    Events,
    /// Bytes of any type, as they are.
    Bytes,
}

/// Answers with a stream.
pub(crate) fn respond(work: &Work<'_>, source: Source) -> Response<Body> {
    let matched = &work.matched;
    let form = match matched.answers_http_body() {
        true => Form::Bytes,
        false if wants_events(&work.head.headers) => Form::Events,
        false => Form::Lines,
    };
    let mut headers = HeaderMap::with_capacity(8);
    send_along(&source.metadata, &mut headers);
    let kind = match (&source.first, form) {
        (Some(Ok(Some(first))), Form::Bytes) => matched.http_body(first).map_or_else(
            |_| HeaderValue::from_static("application/octet-stream"),
            |body| content_type(&body),
        ),
        (_, Form::Events) => HeaderValue::from_static(EVENTS),
        _ => HeaderValue::from_static("application/json"),
    };
    headers.insert(header::CONTENT_TYPE, kind);
    if form == Form::Events {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    let beat = work.core.options.heartbeat;
    let flow = Flow {
        table: work.table.clone(),
        binding: matched.index(),
        source,
        until: work.until,
        form,
        beat,
        next_beat: Instant::now() + beat,
        over: false,
    };
    let frames = stream::unfold(flow, |mut flow| async move {
        let piece = flow.piece().await?;
        Some((piece.map(Frame::data), flow))
    });
    let mut response = Response::new(Body::new(StreamBody::new(frames)));
    *response.headers_mut() = headers;
    response
}

/// Says whether events are asked for by name.
fn wants_events(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|list| list.to_str().ok())
        .flat_map(|list| list.split(','))
        .filter_map(|range| range.split(';').next())
        .any(|kind| kind.trim().eq_ignore_ascii_case(EVENTS))
}

impl Flow {
    /// Returns the next piece of the answer.
    async fn piece(&mut self) -> Option<Result<Bytes, Status>> {
        if self.over {
            return None;
        }
        let message = if let Some(first) = self.source.first.take() {
            first
        } else {
            let Source { answers, ended, .. } = &mut self.source;
            let until = self.until;
            let next = in_time(until, answers.next());
            tokio::select! {
                biased;
                failure = ended => Err(failure),
                message = next => message,
                () = sleep_until(self.next_beat), if self.form == Form::Events => {
                    self.next_beat = Instant::now() + self.beat;
                    return Some(Ok(Bytes::from_static(b":\n\n")));
                }
            }
        };
        self.next_beat = Instant::now() + self.beat;
        let written = match message {
            Ok(None) => {
                self.over = true;
                let end = Bytes::from_static(b"event: end\ndata: {}\n\n");
                return (self.form == Form::Events).then_some(Ok(end));
            }
            Ok(Some(message)) => self.write(&message),
            Err(failure) => Err(failure),
        };
        match written {
            Ok(piece) => Some(Ok(piece)),
            Err(failure) => {
                self.over = true;
                Some(self.fail(&failure))
            }
        }
    }

    fn fail(&self, failure: &Failure) -> Result<Bytes, Status> {
        match self.form {
            Form::Lines => Ok(failure.line(&self.table).into()),
            Form::Events => {
                let json = failure.json(&self.table);
                Ok([&b"event: error\ndata: "[..], &json, b"\n\n"]
                    .concat()
                    .into())
            }
            // Bytes have no place for an error: they break off, so that nobody takes them for whole.
            Form::Bytes => Err(Status::unavailable("the stream broke off")),
        }
    }

    fn write(&self, message: &[u8]) -> Result<Bytes, Failure> {
        let (before, after) = match self.form {
            Form::Bytes => return Ok(HttpBody::read(message)?.data.into()),
            Form::Lines => (&br#"{"result":"#[..], &b"}\n"[..]),
            Form::Events => (&b"data: "[..], &b"\n\n"[..]),
        };
        let mut out = before.to_vec();
        self.table
            .plan
            .write_json(self.binding, message, &mut out)?;
        out.extend_from_slice(after);
        Ok(out.into())
    }
}

/// Waits for the next message.
pub(crate) async fn next(
    messages: &mut Streaming<Bytes>,
    until: Option<Instant>,
) -> Result<Option<Bytes>, Failure> {
    in_time(until, async { Ok(messages.message().await?) }).await
}
