//! Answers whose first piece was looked at.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http::Response;
use http_body::Frame;
use http_body_util::BodyExt as _;
use tonic::{Code, Status, body::Body};

/// Waits for the first piece of an answer: a refusal comes in its place, and with it the chance to try
/// again.
pub(crate) async fn begun(answer: Response<Body>) -> Result<Response<Body>, Status> {
    if let Some(status) = failure(answer.headers(), None) {
        return Err(status);
    }
    let (head, mut rest) = answer.into_parts();
    let first = rest.frame().await.transpose()?;
    let told = first.as_ref().and_then(Frame::trailers_ref);
    if let Some(status) = told.and_then(|told| failure(told, Some(&head.headers))) {
        return Err(status);
    }
    let body = Body::new(Begun { first, rest });
    Ok(Response::from_parts(head, body))
}

/// Reads a status that is not OK; the head of the answer has the request's id.
fn failure(told: &http::HeaderMap, head: Option<&http::HeaderMap>) -> Option<Status> {
    let mut status = Status::from_header_map(told).filter(|status| status.code() != Code::Ok)?;
    let id = head.and_then(|head| head.get("x-request-id")?.to_str().ok()?.parse().ok());
    if let Some(id) = id {
        status.metadata_mut().insert("x-request-id", id);
    }
    Some(status)
}

/// A body with its first piece put back.
struct Begun {
    first: Option<Frame<Bytes>>,
    rest: Body,
}

impl http_body::Body for Begun {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        match self.first.take() {
            Some(first) => Poll::Ready(Some(Ok(first))),
            None => Pin::new(&mut self.rest).poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.first.is_none() && self.rest.is_end_stream()
    }
}
