//! Calls to services in bytes: no message is built at the edge.

mod messages;

use std::{cmp::Ordering, mem, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Version, header};
use http_body_util::{BodyExt as _, Full};
use sv_kernel::{Error, Result};
use sv_proto::common::CommonReason;
use sv_rpc::{
    frame::{PREFIX, prefix},
    identity::Verified,
};
use tonic::{Code, Status, body::Body};
use tower::ServiceExt as _;

pub(crate) use self::messages::Messages;
use crate::rpcs::Rpc;

/// How long a refusal waits for the service that records it.
const TELLING: Duration = Duration::from_secs(1);

/// What a service answers to a unary call.
pub(crate) struct Answer {
    pub(crate) metadata: HeaderMap,
    pub(crate) message: Bytes,
}

/// Calls an RPC with one message. The transport keeps the deadline.
pub(crate) async fn call(
    rpc: &Rpc,
    verified: Option<Arc<Verified>>,
    metadata: HeaderMap,
    message: &[u8],
    limit: usize,
) -> Result<Answer> {
    let message = Body::new(Full::new(sv_streams::framed(message)));
    call_with(rpc, verified, metadata, message, limit).await
}

/// Calls an RPC with a body of messages, and returns its one answer.
pub(crate) async fn call_with(
    rpc: &Rpc,
    verified: Option<Arc<Verified>>,
    metadata: HeaderMap,
    messages: Body,
    limit: usize,
) -> Result<Answer> {
    let (metadata, body) = begin(rpc, verified, metadata, messages).await?;
    let pieces = pieces(body, PREFIX + limit).await?;
    Ok(Answer {
        metadata,
        message: one_message(pieces)?,
    })
}

/// Calls an RPC with one message, and returns what it answers with one by one.
pub(crate) async fn open(
    rpc: &Rpc,
    verified: Option<Arc<Verified>>,
    metadata: HeaderMap,
    message: &[u8],
    limit: usize,
) -> Result<Messages> {
    let message = Body::new(Full::new(sv_streams::framed(message)));
    open_with(rpc, verified, metadata, message, limit).await
}

/// Calls an RPC with a body of messages, and returns what it answers with one by one.
pub(crate) async fn open_with(
    rpc: &Rpc,
    verified: Option<Arc<Verified>>,
    metadata: HeaderMap,
    messages: Body,
    limit: usize,
) -> Result<Messages> {
    let (_, body) = begin(rpc, verified, metadata, messages).await?;
    Ok(Messages::new(body, limit))
}

/// Sends a call, and waits for the beginning of its answer.
async fn begin(
    rpc: &Rpc,
    verified: Option<Arc<Verified>>,
    mut metadata: HeaderMap,
    messages: Body,
) -> Result<(HeaderMap, Body)> {
    metadata.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/grpc"),
    );
    metadata.insert(header::TE, HeaderValue::from_static("trailers"));
    let mut request = Request::new(messages);
    *request.method_mut() = Method::POST;
    *request.version_mut() = Version::HTTP_2;
    *request.uri_mut() = rpc.uri.clone();
    *request.headers_mut() = metadata;
    if let Some(verified) = verified {
        request.extensions_mut().insert(verified);
    }
    let unreachable = |cause| Error::from(CommonReason::Unavailable).because(cause);
    let response = rpc
        .transport
        .clone()
        .oneshot(request)
        .await
        .map_err(unreachable)?;
    let (head, body) = response.into_parts();
    if sv_rpc::end_code(&head.headers).is_some_and(|code| code != Code::Ok)
        && let Some(status) = Status::from_header_map(&head.headers)
    {
        return Err(sv_rpc::error(status));
    }
    Ok((head.headers, body))
}

/// Lets the service refuse a call that the edge refuses, so that the refusal is in its audit records
/// (ADM-2). Nothing is sent that the method could act on, and what the service answers does not matter.
pub(crate) async fn let_refuse(
    rpc: &Rpc,
    verified: Option<Arc<Verified>>,
    mut metadata: HeaderMap,
) {
    if rpc.policy.audit.is_none() {
        return;
    }
    metadata.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/grpc"),
    );
    metadata.insert(header::TE, HeaderValue::from_static("trailers"));
    let mut request = Request::new(Body::empty());
    *request.method_mut() = Method::POST;
    *request.version_mut() = Version::HTTP_2;
    *request.uri_mut() = rpc.uri.clone();
    *request.headers_mut() = metadata;
    if let Some(verified) = verified {
        request.extensions_mut().insert(verified);
    }
    let told = tokio::time::timeout(TELLING, rpc.transport.clone().oneshot(request)).await;
    if !matches!(told, Ok(Ok(_))) {
        tracing::warn!(
            rpc = rpc.policy.path,
            "a refusal is not in the audit records"
        );
    }
}

/// Reads an answer to its status.
async fn pieces(mut body: Body, most: usize) -> Result<Vec<Bytes>> {
    let (mut pieces, mut length) = (Vec::with_capacity(2), 0);
    while let Some(frame) = body.frame().await {
        let data = match frame.map_err(sv_rpc::error)?.into_data() {
            Ok(data) => data,
            Err(frame) => {
                let trailers = frame.into_trailers().unwrap_or_default();
                if sv_rpc::end_code(&trailers).is_none_or(|code| code == Code::Ok) {
                    break;
                }
                match Status::from_header_map(&trailers) {
                    Some(status) => return Err(sv_rpc::error(status)),
                    None => break,
                }
            }
        };
        length += data.len();
        if length > most {
            return Err(broken("an answer is larger than edge.max_response_bytes"));
        }
        if !data.is_empty() {
            pieces.push(data);
        }
    }
    Ok(pieces)
}

/// Takes the one message of a unary answer out of its frame. Within the process that comes as one
/// piece, or as one and the message as another: neither is copied.
fn one_message(mut pieces: Vec<Bytes>) -> Result<Bytes> {
    let whole = match pieces.as_mut_slice() {
        [] => return Err(broken("a unary answer without a message")),
        [before, message] if before.len() == PREFIX => {
            let (before, message) = (mem::take(before), mem::take(message));
            return framed(&before, message);
        }
        [whole] => mem::take(whole),
        _ => pieces.concat().into(),
    };
    framed(&whole, whole.slice(PREFIX.min(whole.len())..))
}

/// Returns the message if it is as its frame says.
fn framed(before: &[u8], message: Bytes) -> Result<Bytes> {
    let (flag, length) = prefix(before).ok_or_else(|| broken("an answer ends within a message"))?;
    if flag != 0 {
        return Err(broken("an answer is compressed, which was not offered"));
    }
    match message.len().cmp(&length) {
        Ordering::Less => Err(broken("an answer ends within a message")),
        Ordering::Equal => Ok(message),
        Ordering::Greater => Err(broken("a unary answer with two messages")),
    }
}

fn broken(what: &'static str) -> Error {
    Error::from(CommonReason::Internal).because(what)
}
