//! Streams of answers over REST: as lines of JSON, as server-sent events, or what there is now as one
//! answer (EDGE-7, X-API-1).

use std::{convert::Infallible, sync::Arc, time::Duration};

use bytes::Bytes;
use futures::{FutureExt as _, StreamExt as _, future::BoxFuture, stream::FuturesUnordered};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, header};
use http_body::Frame;
use http_body_util::StreamBody;
use sv_kernel::{Error, Result};
use sv_proto::common::CommonReason;
use sv_rest::Matched;
use sv_rpc::{identity::Verified, policy::Resume};
use tokio::time::{Instant, sleep_until, timeout_at};
use tonic::body::Body;

use super::{
    Success, Work,
    form::{Form, RAW, ranges, weight},
};
use crate::{
    call::{Messages, open},
    edge::Core,
    locales::Language,
    rate::Who,
    refusal::Refusal,
    request_info::{RequestInfo, locate, single},
    rpcs::Rpc,
    streams::Place,
};

/// Lines of JSON, each one message.
pub(crate) const LINES: &str = "application/x-ndjson";
/// Server-sent events, each one message.
pub(crate) const EVENTS: &str = "text/event-stream";
/// Behind which event a client goes on.
const LAST_EVENT_ID: &str = "last-event-id";
/// How long a stream that can be taken up again is silent until its one answer is what there is now.
const QUIET: Duration = Duration::from_millis(500);
/// How long one answer is collected at most.
const COLLECTING: Duration = Duration::from_secs(5);
/// The most messages of one answer.
const MOST: usize = 1000;
/// How long a client shall wait until it opens a stream again that broke off, in milliseconds.
const RETRY: u16 = 2000;

/// How a stream is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// As one answer.
    Whole(Form),
    /// Message by message.
    Flowing(Flow),
}

/// How messages go out one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    Lines,
    Events,
}

impl Wanted {
    /// Chooses by `Accept`; one answer is the default.
    ///
    /// Fails with `NOT_ACCEPTABLE`.
    pub(super) fn of(headers: &HeaderMap) -> Result<Self> {
        let ranges = ranges(headers);
        let named = |kind: &str| ranges.iter().any(|(range, _)| range == kind);
        // A wildcard means one answer: what flows has to be asked for by name.
        let flowing = [(Flow::Events, EVENTS), (Flow::Lines, LINES)]
            .into_iter()
            .filter(|(_, kind)| named(kind))
            .map(|(flow, kind)| (weight(&ranges, kind), flow))
            .filter(|(weight, _)| *weight > 0)
            .max_by_key(|(weight, _)| *weight);
        let one = weight(&ranges, "application/json");
        match (flowing, Form::of(headers, false)) {
            (Some((weight, flow)), Ok(_)) if weight >= one => Ok(Self::Flowing(flow)),
            (_, Ok(form)) => Ok(Self::Whole(form)),
            (Some((_, flow)), Err(_)) => Ok(Self::Flowing(flow)),
            (None, Err(_)) => {
                let offered = format!("application/json, {RAW}, {LINES} or {EVENTS}");
                Err(Error::from(CommonReason::NotAcceptable).with("offered", offered))
            }
        }
    }
}

impl Flow {
    const fn kind(self) -> &'static str {
        match self {
            Self::Lines => LINES,
            Self::Events => EVENTS,
        }
    }
}

impl Work<'_> {
    /// Puts into a request behind which message its stream goes on. What the header says is newer than
    /// the address, which a client opens again as it is.
    pub(super) fn go_on(&self, rpc: &Rpc, wire: &mut Vec<u8>) -> Result<()> {
        let Some(resume) = &rpc.policy.stream.resume else {
            return Ok(());
        };
        if self.headers.contains_key(LAST_EVENT_ID) {
            let token = single(self.headers, LAST_EVENT_ID).ok_or_else(|| {
                Error::from(CommonReason::HeaderInvalid)
                    .with("header", LAST_EVENT_ID)
                    .with("problem", "it is not one line of plain letters")
            })?;
            resume.put(token, wire);
        }
        Ok(())
    }

    /// Returns by whom streams are counted.
    pub(super) fn who(&self, verified: Option<&Arc<Verified>>) -> Who {
        verified.map_or_else(
            || Who::Address(self.info.client),
            |verified| Who::Account(verified.viewer.user),
        )
    }

    /// Answers with a stream.
    pub(super) async fn stream(
        &self,
        matched: &Matched<'_>,
        rpc: &Rpc,
        verified: Option<Arc<Verified>>,
        wire: &[u8],
    ) -> Result<Response<Body>, Refusal> {
        let wanted = Wanted::of(self.headers)?;
        if let (Wanted::Flowing(flow), &Method::HEAD) = (wanted, self.method) {
            return Ok(flowing(flow, Body::empty()));
        }
        let place = self.core.streams.take(self.who(verified.as_ref()))?;
        let (_, country) = self.place(verified.as_ref());
        let mut metadata = self.info.metadata(self.headers);
        locate(&mut metadata, country);
        let limit = self.core.options.max_response_bytes;
        let messages = open(rpc, verified, metadata, wire, limit).await?;
        let resume = rpc.policy.stream.resume.clone();
        match wanted {
            Wanted::Whole(form) => {
                let data = self.collect(matched, messages, resume.is_some()).await?;
                let success = Success {
                    status: StatusCode::OK,
                    data: data.into(),
                    etag: None,
                    headers: HeaderMap::new(),
                };
                Ok(self.success(&success, matched, &rpc.policy, form))
            }
            Wanted::Flowing(flow) => {
                let beat = Duration::from_secs(self.core.options.streams.heartbeat_seconds);
                let flowing_on = Flowing {
                    core: self.core.clone(),
                    info: self.info.clone(),
                    language: Language::of(self.headers),
                    binding: matched.index(),
                    flow,
                    resume,
                    messages,
                    signals: signals(self.core.streams.ended(), flow, beat),
                    beat,
                    last: Instant::now(),
                    at: At::Begin,
                    _place: place,
                };
                let body = futures::stream::unfold(flowing_on, |mut flowing| async move {
                    let piece = flowing.next().await?;
                    Some((Ok::<_, Infallible>(Frame::data(piece)), flowing))
                });
                Ok(flowing(flow, Body::new(StreamBody::new(body))))
            }
        }
    }

    /// Collects a stream as one list. One that can be taken up again gives what there is now; any other
    /// is read to its end.
    async fn collect(
        &self,
        matched: &Matched<'_>,
        mut messages: Messages,
        resumable: bool,
    ) -> Result<Vec<u8>, Refusal> {
        let limit = self.core.options.max_response_bytes;
        let latest = Instant::now() + COLLECTING;
        let (mut data, mut count) = (vec![b'['], 0);
        loop {
            let next = messages.next();
            let next = if resumable {
                let quiet = (Instant::now() + QUIET).min(latest);
                match timeout_at(quiet, next).await {
                    Ok(next) => next,
                    Err(_) => break,
                }
            } else {
                next.await
            };
            let message = match next {
                Ok(Some(message)) => message,
                Ok(None) => break,
                // Who comes for more hears it then.
                Err(_) if resumable && count > 0 => break,
                Err(error) => return Err(error.into()),
            };
            if count > 0 {
                data.push(b',');
            }
            matched
                .write_json(&message, &mut data)
                .map_err(super::answer::unreadable)?;
            count += 1;
            if data.len() >= limit || count == MOST {
                if resumable {
                    break;
                }
                let offered = format!("{LINES} or {EVENTS}, because it is long,");
                let refusal = Error::from(CommonReason::NotAcceptable).with("offered", offered);
                return Err(refusal.into());
            }
        }
        data.push(b']');
        Ok(data)
    }
}

/// Starts an answer that goes on.
fn flowing(flow: Flow, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    for (name, value) in [
        (header::CONTENT_TYPE, flow.kind()),
        (header::CACHE_CONTROL, "no-store"),
        (header::VARY, super::answer::VARY),
        // Proxies shall hand on what there is, not wait for more.
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ] {
        let value = HeaderValue::from_static(value);
        response.headers_mut().insert(name, value);
    }
    response
}

/// Where a stream is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    Begin,
    Middle,
    End,
}

/// A stream on its way to its client. Nothing is fetched before the client has taken what there was.
struct Flowing {
    core: Arc<Core>,
    info: RequestInfo,
    language: Language,
    binding: usize,
    flow: Flow,
    resume: Option<Resume>,
    messages: Messages,
    /// What is waited for besides; polled when it has something to say, not with each message.
    signals: FuturesUnordered<BoxFuture<'static, Signal>>,
    beat: Duration,
    /// When the client was told something last.
    last: Instant,
    at: At,
    _place: Place,
}

/// What is told besides messages.
enum Signal {
    /// The edge goes.
    Ended(Error),
    /// Nothing may have been said for long.
    Look,
}

fn signals(
    ended: BoxFuture<'static, Error>,
    flow: Flow,
    beat: Duration,
) -> FuturesUnordered<BoxFuture<'static, Signal>> {
    let signals = FuturesUnordered::new();
    signals.push(ended.map(Signal::Ended).boxed());
    if flow == Flow::Events {
        signals.push(look(Instant::now() + beat));
    }
    signals
}

fn look(at: Instant) -> BoxFuture<'static, Signal> {
    sleep_until(at).map(|()| Signal::Look).boxed()
}

/// What comes next.
enum Next {
    Message(Bytes),
    End,
    Beat,
    Failed(Error),
}

impl Flowing {
    async fn next(&mut self) -> Option<Bytes> {
        match self.at {
            At::End => return None,
            At::Begin => {
                self.at = At::Middle;
                if self.flow == Flow::Events {
                    return Some(format!("retry: {RETRY}\n\n").into());
                }
            }
            At::Middle => {}
        }
        let next = self.waited().await;
        self.last = Instant::now();
        match next {
            Next::Message(message) => Some(self.message(message)),
            Next::Beat => Some(Bytes::from_static(b":\n\n")),
            Next::Failed(error) => Some(self.fail(error)),
            Next::End => {
                self.at = At::End;
                let end = Bytes::from_static(b"event: end\ndata: {}\n\n");
                (self.flow == Flow::Events).then_some(end)
            }
        }
    }

    async fn waited(&mut self) -> Next {
        loop {
            tokio::select! {
                biased;
                Some(signal) = self.signals.next() => match signal {
                    Signal::Ended(error) => return Next::Failed(error),
                    Signal::Look => {
                        let (due, now) = (self.last + self.beat, Instant::now());
                        let beats = due <= now;
                        self.signals.push(look(if beats { now + self.beat } else { due }));
                        if beats {
                            return Next::Beat;
                        }
                    }
                },
                next = self.messages.next() => return match next {
                    Ok(Some(message)) => Next::Message(message),
                    Ok(None) => Next::End,
                    Err(error) => Next::Failed(error),
                },
            }
        }
    }

    fn message(&mut self, message: Bytes) -> Bytes {
        let (core, flow) = (self.core.clone(), self.flow);
        if let Some(bytes) = core.written.of(self.binding, flow.kind(), &message) {
            return bytes;
        }
        let mut out = Vec::with_capacity(message.len() * 2 + 64);
        if flow == Flow::Events {
            let token = self.resume.as_ref().and_then(|resume| resume.of(&message));
            // A line break would end the line, and a client's memory with it.
            if let Some(token) = token.filter(|token| !token.contains(['\n', '\r', '\0'])) {
                out.extend_from_slice(b"id: ");
                out.extend_from_slice(token.as_bytes());
                out.push(b'\n');
            }
            out.extend_from_slice(b"data: ");
        }
        // JSON has no line breaks of its own here.
        let written = core.plan.write_json(self.binding, &message, &mut out);
        if let Err(cause) = written {
            return self.fail(super::answer::unreadable(cause));
        }
        out.extend_from_slice(match flow {
            Flow::Lines => b"\n",
            Flow::Events => b"\n\n",
        });
        let bytes = Bytes::from(out);
        core.written
            .remember(self.binding, flow.kind(), message, bytes.clone());
        bytes
    }

    /// Says as the last thing why the stream ends; its status was sent long ago.
    fn fail(&mut self, error: Error) -> Bytes {
        self.at = At::End;
        let (codec, now) = (self.core.plan.codec(), self.core.env.clock.now());
        let envelope = Refusal::from(error).envelope(&self.info, self.language, codec, now);
        match self.flow {
            Flow::Lines => format!("{envelope}\n"),
            Flow::Events => format!("event: error\ndata: {envelope}\n\n"),
        }
        .into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(accept: &str) -> Option<Wanted> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, accept.parse().unwrap());
        Wanted::of(&headers).ok()
    }

    #[test]
    fn what_flows_is_asked_for_by_name() {
        let (lines, events) = (Wanted::Flowing(Flow::Lines), Wanted::Flowing(Flow::Events));
        assert_eq!(
            Wanted::of(&HeaderMap::new()).unwrap(),
            Wanted::Whole(Form::Envelope)
        );
        for (accept, expected) in [
            ("*/*", Some(Wanted::Whole(Form::Envelope))),
            ("application/*", Some(Wanted::Whole(Form::Envelope))),
            ("application/json", Some(Wanted::Whole(Form::Envelope))),
            (RAW, Some(Wanted::Whole(Form::Raw))),
            ("text/event-stream", Some(events)),
            ("Text/Event-Stream", Some(events)),
            ("text/event-stream, */*", Some(events)),
            ("application/x-ndjson", Some(lines)),
            ("application/x-ndjson, text/event-stream;q=0.5", Some(lines)),
            (
                "application/x-ndjson;q=0.5, application/json",
                Some(Wanted::Whole(Form::Envelope)),
            ),
            ("text/event-stream;q=0", None),
            ("text/*", None),
            ("image/png", None),
        ] {
            assert_eq!(wanted(accept), expected, "{accept}");
        }
    }
}
