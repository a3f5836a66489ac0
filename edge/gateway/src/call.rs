//! Calls to services in bytes.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Request as HttpRequest, uri::PathAndQuery};
use tokio::time::Instant;
use tonic::{
    Extensions, Request, Streaming, body::Body, client::Grpc, codec::CompressionEncoding,
    metadata::MetadataMap, transport::Channel,
};
use tower::ServiceExt as _;

use crate::{
    again::{self, Sent},
    answer_limit::AnswerShare,
    deadline::in_time,
    failure::{Failure, log_unreachable},
    options::Options,
    raw::Raw,
    sound,
    table::Rpc,
};

/// A call that is about to be made.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    channel: Channel,
    path: PathAndQuery,
    max_response_bytes: usize,
    until: Option<Instant>,
    upstream: Arc<str>,
    /// What counts the bytes of an answer that is read whole.
    share: Option<AnswerShare>,
}

/// The beginning of an answer, and its messages.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) metadata: HeaderMap,
    pub(crate) answers: Streaming<Bytes>,
}

impl Call {
    pub(crate) fn of(options: &Options, rpc: &Rpc, until: Option<Instant>) -> Self {
        Self {
            channel: rpc.channel.clone(),
            path: rpc.path.clone(),
            max_response_bytes: options.max_response_bytes,
            until,
            upstream: rpc.upstream.clone(),
            share: None,
        }
    }

    /// Counts the bytes of the answer.
    pub(crate) fn counted(self, share: AnswerShare) -> Self {
        Self {
            share: Some(share),
            ..self
        }
    }

    /// Sends a body of messages, and waits for the beginning of the answer.
    pub(crate) async fn open(self, metadata: HeaderMap, body: Sent) -> Result<Opened, Failure> {
        in_time(self.until, self.send(metadata, body)).await
    }

    async fn send(self, metadata: HeaderMap, body: Sent) -> Result<Opened, Failure> {
        let metadata = MetadataMap::from_headers(metadata);
        // tonic's own body cannot break off, and this one can.
        let nothing = futures::stream::pending::<Bytes>();
        let mut request = Request::from_parts(metadata, Extensions::default(), nothing);
        if let Some(until) = self.until {
            request.set_timeout(until.saturating_duration_since(Instant::now()));
        }
        let mut body = Some(body);
        let (channel, until) = (self.channel, self.until);
        let (upstream, share) = (self.upstream.clone(), self.share);
        let called = tower::service_fn(move |request: HttpRequest<Body>| {
            let body = body.take().unwrap_or_default();
            again::send(channel.clone(), request.map(drop), body, until)
        });
        let called = called.map_response(move |answer| sound::cleaned(answer, upstream, share));
        let mut grpc = Grpc::new(called)
            .accept_compressed(CompressionEncoding::Gzip)
            .max_decoding_message_size(self.max_response_bytes);
        let response = grpc.streaming(request, self.path, Raw).await;
        let response = response.inspect_err(|status| log_unreachable(&self.upstream, status))?;
        let (metadata, answers, _) = response.into_parts();
        Ok(Opened {
            metadata: metadata.into_headers(),
            answers,
        })
    }
}
