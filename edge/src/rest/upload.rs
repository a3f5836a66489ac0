//! Requests of many messages over REST: documents of JSON one after the other, read as they arrive (EDGE-7, X-API-1).

use std::sync::Arc;

use bytes::Bytes;
use futures::{Stream, stream};
use http::{Response, header};
use sv_kernel::{Error, Result};
use sv_proto::common::CommonReason;
use sv_rest::{BindError, Matched, Parts, Place};
use sv_rpc::{Held, identity::Verified};
use sv_streams::{Arrivals, Fault, of_document, sending};
use tonic::body::Body;

use super::{Success, Work, form::Form, not_bound};
use crate::{
    call::call_with,
    edge::Core,
    refusal::Refusal,
    request_info::{locate, single},
    rpcs::Rpc,
};

/// Reads the messages of a request.
struct Reader {
    core: Arc<Core>,
    place: Place,
    query: String,
    content_type: Option<String>,
}

impl Reader {
    fn read(&self, document: &[u8]) -> Result<Bytes, BindError> {
        let parts = Parts {
            query: &self.query,
            content_type: self.content_type.as_deref(),
            body: document,
        };
        Ok(self.core.plan.bind(&self.place, parts)?.into())
    }
}

impl Work<'_> {
    /// Makes a call of the documents of a body. The next one is read when the service has taken the one before; where
    /// one cannot be read, the call is reset, because what came before is not all.
    pub(super) async fn upload(
        &self,
        matched: &Matched<'_>,
        rpc: &Rpc,
        verified: Option<Arc<Verified>>,
        body: Body,
        form: Form,
    ) -> Result<Response<Body>, Refusal> {
        if self.is_packed() {
            let refusal = Refusal::from(CommonReason::EncodingUnsupported);
            return Err(refusal.with_header(header::ACCEPT_ENCODING, "identity"));
        }
        let kind = self.headers.contains_key(header::CONTENT_TYPE);
        let kind = kind.then(|| single(self.headers, "content-type").unwrap_or("unreadable"));
        let reader = Reader {
            core: self.core.clone(),
            place: matched.place(),
            query: self.query.to_owned(),
            content_type: kind.map(|kind| of_document(kind).to_owned()),
        };
        // What is wrong with type, path or query is said before anything is sent.
        match reader.read(b"{}") {
            Ok(_) | Err(BindError::Json(_)) => {}
            Err(error) => return Err(not_bound(&error)),
        }
        let _place = self.core.streams.take(self.who(verified.as_ref()))?;
        let (_, country) = self.place(verified.as_ref());
        let mut metadata = self.info.metadata(self.headers);
        locate(&mut metadata, country);
        let room = room(self.core.intake.hold());
        let arrivals = Arrivals::new(body, rpc.policy.max_request_bytes, room);
        let (messages, broken) = sending(documents(reader, arrivals));
        let limit = self.core.options.max_response_bytes;
        let answer = call_with(rpc, verified, metadata, messages, limit);
        let answer = broken.or(answer).await;
        // Also after a failure: what came before may have had its effect.
        self.core.cache.wrote(rpc.service());
        let answer = answer?.map_err(Refusal::from)?;
        let success = Success::of(matched, &rpc.policy, &answer.metadata, &answer.message)?;
        Ok(self.success(&success, matched, &rpc.policy, form))
    }
}

/// Counts the most bytes that are held of a document that is not whole.
fn room(mut held: Held) -> sv_streams::Room {
    let mut most = 0_usize;
    Box::new(move |bytes| {
        let more = bytes.saturating_sub(most);
        most += more;
        held.grow(more).is_ok()
    })
}

fn documents(
    reader: Reader,
    arrivals: Arrivals,
) -> impl Stream<Item = Result<Bytes, Refusal>> + Send {
    stream::unfold(Some((reader, arrivals)), |state| async {
        let (reader, mut arrivals) = state?;
        match arrivals.next().await {
            Ok(None) => None,
            Ok(Some(document)) => match reader.read(&document) {
                Ok(message) => Some((Ok(message), Some((reader, arrivals)))),
                Err(BindError::Json(error)) => {
                    let problem = format!("message {}: {error}", arrivals.count());
                    let refusal = Error::from(CommonReason::JsonInvalid).with("problem", problem);
                    Some((Err(refusal.into()), None))
                }
                Err(error) => Some((Err(not_bound(&error)), None)),
            },
            Err(fault) => Some((Err(broken_off(&fault)), None)),
        }
    })
}

fn broken_off(fault: &Fault) -> Refusal {
    let problem = fault.to_string();
    match fault {
        Fault::Syntax(sv_streams::Syntax::TooLarge { limit, .. }) => {
            Error::from(CommonReason::TooLarge).with("limit", *limit)
        }
        Fault::Syntax(_) => Error::from(CommonReason::JsonInvalid).with("problem", problem),
        Fault::BrokeOff { .. } => Error::from(CommonReason::HttpInvalid).with("problem", problem),
        Fault::Crowded => CommonReason::Overloaded.into(),
    }
    .into()
}
