//! Answers whose bytes the method has at hand, e.g. remembered ones: they are sent as they are,
//! without a message in between.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use http_body_util::BodyExt as _;
use tonic::body::Body;

use crate::frame::Framed;

/// The bytes of the answer, in the response's extensions on their way to the stack.
#[derive(Clone, Debug)]
struct Encoded(Bytes);

/// Answers with the encoded message of a unary RPC. The bytes must be those of an `M`.
pub(crate) fn encoded<M: Default>(bytes: Bytes) -> tonic::Response<M> {
    let mut response = tonic::Response::new(M::default());
    response.extensions_mut().insert(Encoded(bytes));
    response
}

/// Puts the bytes in the place of the empty message that stood for them.
pub(crate) fn settle(mut response: http::Response<Body>) -> http::Response<Body> {
    let Some(Encoded(bytes)) = response.extensions_mut().remove() else {
        return response;
    };
    response.map(|_| {
        let mut trailers = HeaderMap::with_capacity(1);
        let ok = HeaderValue::from_static("0");
        trailers.insert(HeaderName::from_static("grpc-status"), ok);
        let end = std::future::ready(Some(Ok(trailers)));
        Body::new(Framed::new(bytes).with_trailers(end))
    })
}
