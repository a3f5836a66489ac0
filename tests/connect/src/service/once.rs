//! RPCs that are answered once, when all is read.

use http::HeaderMap;
use tonic::Streaming;

use super::{Answered, Named, begin, delay, ending, info, listed};
use crate::pb::{
    ClientStreamRequest, ClientStreamResponse, ConformancePayload, IdempotentUnaryRequest,
    IdempotentUnaryResponse, UnaryRequest, UnaryResponse, UnaryResponseDefinition,
    unary_response_definition::Response as Wanted,
};

/// A method that is called once.
pub(super) struct Method<F>(pub(super) Option<F>);

/// A request that says by what it wants to be answered.
pub(super) trait Asks: Named {
    fn definition(&self) -> Option<UnaryResponseDefinition>;
}

/// An answer, which is a payload.
pub(super) trait Carries: Named {
    fn of(payload: ConformancePayload) -> Self;
}

macro_rules! asked_and_answered {
    ($($request:ty => $response:ty,)*) => {$(
        impl Asks for $request {
            fn definition(&self) -> Option<UnaryResponseDefinition> {
                self.response_definition.clone()
            }
        }

        impl Carries for $response {
            fn of(payload: ConformancePayload) -> Self {
                Self { payload: Some(payload) }
            }
        }
    )*};
}

asked_and_answered! {
    UnaryRequest => UnaryResponse,
    IdempotentUnaryRequest => IdempotentUnaryResponse,
    ClientStreamRequest => ClientStreamResponse,
}

/// Answers one or many requests; the first says how.
pub(super) async fn answer<I: Asks, O: Carries>(
    headers: HeaderMap,
    mut messages: Streaming<I>,
) -> Answered<O> {
    let (mut definition, mut requests) = (None, Vec::new());
    while let Some(message) = messages.message().await? {
        if requests.is_empty() {
            definition = message.definition();
        }
        requests.push(info::any(&message));
    }
    let definition = definition.unwrap_or_default();
    delay(definition.response_delay_ms).await;
    let info = info::of(&headers, requests);
    let trailers = &definition.response_trailers;
    let answers = match definition.response {
        Some(Wanted::Error(error)) => listed(None, ending(Some(error), Some(&info), trailers)),
        wanted => {
            let data = match wanted {
                Some(Wanted::ResponseData(data)) => data,
                _ => bytes::Bytes::new(),
            };
            let payload = ConformancePayload {
                data,
                request_info: Some(info),
            };
            listed(Some(O::of(payload)), ending(None, None, trailers))
        }
    };
    Ok(begin(&definition.response_headers, answers))
}
