//! REST: from an HTTP request to a call, and from what the service answers to an HTTP answer.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Method, Response, StatusCode, header, request::Parts as Head};
use http_body::Body as _;
use serde_json::value::RawValue;
use sv_listen::Peer;
use sv_rest::{Matched, Parts};
use tokio::time::{Instant, timeout_at};
use tonic::{
    Code, Extensions, Request, Streaming, body::Body, client::Grpc, codec::CompressionEncoding,
    metadata::MetadataMap,
};

use crate::{
    answer::Answer,
    failure::{Failure, not_found},
    grpc,
    intake::{Held, Intake},
    metadata,
    options::Options,
    raw::Raw,
    sound, stream,
    table::{Rpc, Table},
};

/// What curl names a body of which nothing is said.
const FORM: &str = "application/x-www-form-urlencoded";
/// The most messages of a request.
const MOST_MESSAGES: usize = 10_000;

/// Answers a REST request.
pub(crate) async fn serve(
    options: &Options,
    intake: &Intake,
    table: &Arc<Table>,
    peer: &Peer,
    request: (&Head, Body),
) -> Response<Body> {
    let (head, body) = request;
    let response = match Work::begin(options, intake, table, peer, (head, body)).await {
        Ok(response) => response,
        Err(failure) if failure.is_not_found() && is_call(table, head) => grpc::unwritten(),
        Err(failure) => failure.respond(table),
    };
    if head.method == Method::HEAD {
        return without_body(response);
    }
    response
}

/// Says whether a request calls an RPC by its path, and in what no RPC takes and no REST client writes.
fn is_call(table: &Table, head: &Head) -> bool {
    let kind = head.headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let of_rest = kind.is_empty() || kind.starts_with(FORM) || kind.contains("json");
    !of_rest && head.method == Method::POST && table.of_path(head.uri.path()).is_some()
}

/// Keeps of an answer what `HEAD` shows.
fn without_body(response: Response<Body>) -> Response<Body> {
    let (mut head, body) = response.into_parts();
    if let Some(length) = body.size_hint().exact() {
        head.headers.insert(header::CONTENT_LENGTH, length.into());
    }
    Response::from_parts(head, Body::empty())
}

/// A request under way.
struct Work<'r> {
    options: &'r Options,
    table: &'r Arc<Table>,
    head: &'r Head,
    matched: Matched<'r>,
    rpc: &'r Rpc,
    until: Option<Instant>,
}

impl<'r> Work<'r> {
    async fn begin(
        options: &'r Options,
        intake: &Intake,
        table: &'r Arc<Table>,
        peer: &Peer,
        (head, body): (&'r Head, Body),
    ) -> Result<Response<Body>, Failure> {
        let query = head.uri.query().unwrap_or_default();
        let matched = table
            .plan
            .route(head.method.as_str(), head.uri.path(), query)?;
        let rpc = table.rpc(matched.binding().method).ok_or_else(not_found)?;
        let waits = metadata::timeout(&head.headers)?;
        let streams = matched.method().server_streaming;
        let most = waits.or(options.timeout.filter(|_| !streams));
        let work = Work {
            options,
            table,
            head,
            rpc,
            until: most.and_then(|most| Instant::now().checked_add(most)),
            matched,
        };
        let metadata = metadata::request(head, peer.address.ip())?;
        let mut held = intake.hold();
        let body = work.read(body, &mut held).await?;
        let messages = work.messages(&body)?;
        match work.call(metadata, messages).await {
            Err(failure) if streams => Ok(failure.respond_framed(table)),
            answered => answered,
        }
    }

    /// Reads the body whole. One that is packed is refused unread: nothing here unpacks, so nothing can be
    /// blown up.
    async fn read(&self, body: Body, held: &mut Held<'_>) -> Result<Bytes, Failure> {
        if body.is_end_stream() {
            return Ok(Bytes::new());
        }
        let headers = &self.head.headers;
        let packed = headers
            .get_all(header::CONTENT_ENCODING)
            .iter()
            .any(|coding| {
                !coding
                    .as_bytes()
                    .trim_ascii()
                    .eq_ignore_ascii_case(b"identity")
            });
        if packed {
            let failure = Failure::media_type("the body is packed, which is not taken");
            return Err(failure.with(
                header::ACCEPT_ENCODING,
                http::HeaderValue::from_static("identity"),
            ));
        }
        let most = self.options.max_request_bytes;
        if body.size_hint().lower() > most as u64 {
            return Err(Failure::too_large(most));
        }
        let whole = held.collect(body, most);
        match self.until {
            Some(until) => timeout_at(until, whole)
                .await
                .map_err(|_| Failure::time_is_over())?,
            None => whole.await,
        }
    }

    /// Returns the messages of the call: one, or what the body holds where the caller streams.
    fn messages(&self, body: &[u8]) -> Result<Vec<Bytes>, Failure> {
        let content_type = self.content_type()?;
        let bind = |body: &[u8]| {
            let parts = Parts {
                query: self.head.uri.query().unwrap_or_default(),
                content_type,
                body,
            };
            Ok::<_, Failure>(Bytes::from(self.matched.bind(parts)?))
        };
        let many = self.matched.method().client_streaming
            && self.matched.takes_body()
            && !self.matched.takes_http_body();
        if !many {
            return Ok(vec![bind(body)?]);
        }
        let documents: Result<Vec<&RawValue>, _> = if body.trim_ascii_start().starts_with(b"[") {
            serde_json::from_slice(body)
        } else {
            let documents = serde_json::Deserializer::from_slice(body).into_iter();
            documents.take(MOST_MESSAGES + 1).collect()
        };
        let documents =
            documents.map_err(|problem| Failure::invalid(format!("body: {problem}")))?;
        if documents.len() > MOST_MESSAGES {
            let problem = format!("body: it has more than {MOST_MESSAGES} messages");
            return Err(Failure::invalid(problem));
        }
        let documents = documents.into_iter();
        documents
            .map(|document| bind(document.get().as_bytes()))
            .collect()
    }

    /// Returns the type of the body. What curl says of every body, and nothing at all, is taken for JSON as
    /// grpc-gateway takes it, but not of a page: browsers send both to any address without asking it.
    fn content_type(&self) -> Result<Option<&str>, Failure> {
        let headers = &self.head.headers;
        let mut kinds = headers.get_all(header::CONTENT_TYPE).iter();
        let unreadable = || Failure::media_type("the content type cannot be read");
        let kind = match (kinds.next(), kinds.next()) {
            (None, _) => None,
            (Some(kind), None) => Some(kind.to_str().map_err(|_| unreadable())?),
            _ => return Err(unreadable()),
        };
        if self.matched.takes_http_body() {
            return Ok(kind);
        }
        let of_page = headers.contains_key(header::ORIGIN);
        let essence = |kind: &str| {
            kind.split(';')
                .next()
                .unwrap_or_default()
                .trim()
                .to_ascii_lowercase()
        };
        Ok(match kind {
            Some(kind) if !of_page && essence(kind) == FORM => None,
            None if of_page => Some("none"),
            kind => kind,
        })
    }

    async fn call(
        &self,
        metadata: HeaderMap,
        messages: Vec<Bytes>,
    ) -> Result<Response<Body>, Failure> {
        let called = self.open(metadata, messages);
        let (metadata, mut answers) = match self.until {
            Some(until) => timeout_at(until, called)
                .await
                .map_err(|_| Failure::time_is_over())??,
            None => called.await?,
        };
        if self.matched.method().server_streaming {
            return stream::respond(self.table, &self.matched, &metadata, answers, self.until)
                .await;
        }
        let internal =
            |what: &str| Failure::new(StatusCode::INTERNAL_SERVER_ERROR, Code::Internal, what);
        let Some(message) = stream::next(&mut answers, self.until).await? else {
            return Err(internal("the service answered without a message"));
        };
        if stream::next(&mut answers, self.until).await?.is_some() {
            return Err(internal("the service answered with several messages"));
        }
        let trailers = answers.trailers().await?.map(MetadataMap::into_headers);
        let answer = Answer {
            metadata,
            message,
            trailers: trailers.unwrap_or_default(),
        };
        answer.respond(&self.matched, &self.head.headers)
    }

    /// Sends the messages, and waits for the beginning of the answer.
    async fn open(
        &self,
        metadata: HeaderMap,
        messages: Vec<Bytes>,
    ) -> Result<(HeaderMap, Streaming<Bytes>), Failure> {
        let metadata = MetadataMap::from_headers(metadata);
        let messages = futures::stream::iter(messages);
        let mut request = Request::from_parts(metadata, Extensions::default(), messages);
        if let Some(until) = self.until {
            request.set_timeout(until.saturating_duration_since(Instant::now()));
        }
        let mut grpc = Grpc::new(sound::answers_of(self.rpc.channel.clone()))
            .accept_compressed(CompressionEncoding::Gzip)
            .max_decoding_message_size(self.options.max_response_bytes);
        grpc.ready().await.map_err(|cause| {
            tracing::warn!(%cause, "a service could not be reached");
            Failure::new(
                StatusCode::SERVICE_UNAVAILABLE,
                Code::Unavailable,
                "the service cannot be reached",
            )
        })?;
        let response = grpc.streaming(request, self.rpc.path.clone(), Raw).await?;
        let (metadata, answers, _) = response.into_parts();
        Ok((metadata.into_headers(), answers))
    }
}
