//! One effect per `Idempotency-Key` (C40): the first answer is stored and given again.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response};
use http_body_util::{BodyExt as _, Full};
use sv_kernel::{
    Actor, Ctx, Error, Result,
    idempotency::{Begun, Claim, StoredAnswer},
};
use sv_proto::common::CommonReason;
use tonic::{Code, Status, body::Body};

use super::Method;
use crate::{
    frame::{self, one_message},
    policy::{IdempotencyKey, LARGEST_MESSAGE},
    status::status,
};

/// What to do with a call.
pub(super) enum Turn {
    /// Run it; nothing is remembered.
    Plain,
    /// Run it and store the answer.
    First(Box<dyn Claim>),
    /// It was answered before.
    Again(Response<Body>),
}

/// Looks the call up, if its method honours keys and the client sent one.
pub(super) async fn take_turn(method: &Method, ctx: &Ctx, message: &[u8]) -> Result<Turn> {
    let policy = &method.policy;
    let (IdempotencyKey::Honoured, Some(store)) = (policy.idempotency_key, &method.store) else {
        return Ok(Turn::Plain);
    };
    let Some(key) = ctx.idempotency_key.as_deref() else {
        return Ok(Turn::Plain);
    };
    // Strangers share no memory: one could read the other's answer.
    if ctx.actor == Actor::Anonymous {
        return Ok(Turn::Plain);
    }
    match store
        .begin(ctx, &policy.path, key, message, policy.deadline * 2)
        .await?
    {
        Begun::Fresh(claim) => Ok(Turn::First(claim)),
        Begun::Running(left) => {
            Err(Error::from(CommonReason::IdempotencyInProgress).retry_after(left))
        }
        Begun::OtherRequest => Err(CommonReason::IdempotencyKeyReused.into()),
        Begun::Answered(answer) => Ok(Turn::Again(replay(answer))),
    }
}

/// Stores the answer, or gives the key free if the call had no effect, and hands the answer on.
pub(super) async fn settle(
    claim: Box<dyn Claim>,
    ctx: &Ctx,
    response: Response<Body>,
) -> Response<Body> {
    let settled = async {
        let (answer, response) = read(response).await?;
        if leaves_nothing(Code::from_i32(answer.code)) {
            claim.abandon(ctx).await?;
        } else {
            claim.finish(ctx, answer).await?;
        }
        Ok::<_, Error>(response)
    };
    // Where the effect is there but cannot be remembered, the caller must not think that it is safe
    // to repeat, and hears a fault.
    settled
        .await
        .unwrap_or_else(|error| status(error).into_http())
}

/// Says whether a failure of this code is sure to have had no effect, so that the same key may try
/// again. Anything uncertain, an internal fault too, is remembered as what was said.
const fn leaves_nothing(code: Code) -> bool {
    matches!(
        code,
        Code::Unavailable
            | Code::ResourceExhausted
            | Code::Aborted
            | Code::Unauthenticated
            | Code::PermissionDenied
            | Code::Unimplemented
    )
}

/// Reads a unary answer whole.
async fn read(response: Response<Body>) -> Result<(StoredAnswer, Response<Body>)> {
    let (head, body) = response.into_parts();
    let internal = |cause: Status| Error::from(CommonReason::Internal).because(cause);
    let whole = body.collect().await.map_err(internal)?;
    let trailers = whole.trailers().cloned();
    let framed = whole.to_bytes();
    let end = Status::from_header_map(&head.headers)
        .or_else(|| trailers.as_ref().and_then(Status::from_header_map))
        .unwrap_or_else(|| Status::ok(""));
    let message = if framed.is_empty() {
        Bytes::new()
    } else {
        one_message(framed.clone(), false, LARGEST_MESSAGE)?.0
    };
    let own = |name: &str| !name.starts_with("grpc-") && name != "content-type" && name != "date";
    let pairs = head.headers.iter().filter(|(name, _)| own(name.as_str()));
    let answer = StoredAnswer {
        code: end.code() as i32,
        message: end.message().to_owned(),
        details: end.details().to_vec(),
        body: message.to_vec(),
        metadata: pairs
            .filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())))
            .collect(),
    };
    let body = Full::new(framed).with_trailers(std::future::ready(trailers.map(Ok)));
    Ok((answer, Response::from_parts(head, Body::new(body))))
}

/// Makes the response of a stored answer.
fn replay(answer: StoredAnswer) -> Response<Body> {
    let code = Code::from_i32(answer.code);
    let mut response = if code == Code::Ok {
        let mut trailers = HeaderMap::new();
        trailers.insert("grpc-status", HeaderValue::from_static("0"));
        let body = Full::new(frame::frame(&answer.body));
        let mut response = Response::new(Body::new(
            body.with_trailers(std::future::ready(Some(Ok(trailers)))),
        ));
        let kind = HeaderValue::from_static("application/grpc");
        response
            .headers_mut()
            .insert(http::header::CONTENT_TYPE, kind);
        response
    } else {
        Status::with_details(code, answer.message, answer.details.into()).into_http()
    };
    for (name, value) in answer.metadata {
        if let (Ok(name), Ok(value)) = (name.parse::<http::HeaderName>(), value.parse()) {
            response.headers_mut().append(name, value);
        }
    }
    response
}
