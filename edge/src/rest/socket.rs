//! Streams over WebSocket: one call each, on the route of its RPC (X-API-1, C19).

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use http::{Response, header, request};
use sv_kernel::{Error, Result};
use sv_listen::Upgrade;
use sv_proto::common::CommonReason;
use sv_rest::{Matched, Parts, Place};
use sv_rpc::{
    Why,
    identity::Verified,
    policy::{self, Caller},
};
use sv_streams::{Bounds, Farewell, Handshake, Misuse, Socket, Takes, Talk, Unfit, is_of_page};
use tonic::body::Body;

use super::{Work, not_bound};
use crate::{
    call::{Messages, open_with},
    edge::Core,
    locales::Language,
    refusal::Refusal,
    request_info::{RequestInfo, locate},
    rpcs::Rpc,
};

/// How messages are read and written, and failures told.
struct Spoken {
    core: Arc<Core>,
    info: RequestInfo,
    language: Language,
    place: Place,
    binding: usize,
    query: String,
}

impl Talk for Spoken {
    type Failure = Refusal;

    fn read(&self, json: &[u8]) -> Result<Bytes, Refusal> {
        let parts = Parts {
            query: &self.query,
            content_type: None,
            body: json,
        };
        let message = self.core.plan.bind(&self.place, parts);
        Ok(message.map_err(|error| not_bound(&error))?.into())
    }

    fn write(&self, message: &[u8], out: &mut Vec<u8>) -> Result<(), Refusal> {
        let written = self.core.plan.write_json(self.binding, message, out);
        Ok(written.map_err(super::answer::unreadable)?)
    }

    fn misuse(&self, misuse: &Misuse) -> Refusal {
        match misuse {
            Misuse::TooLarge { limit } => Error::from(CommonReason::TooLarge).with("limit", *limit),
            misuse => Error::from(CommonReason::JsonInvalid).with("problem", misuse.to_string()),
        }
        .into()
    }

    fn farewell(&self, refusal: Refusal) -> Farewell {
        let codec = self.core.plan.codec();
        Farewell {
            error: refusal.object(&self.info, self.language, codec),
            code: refusal.close_code(),
            reason: refusal.reason().to_owned(),
        }
    }
}

impl Work<'_> {
    /// Answers what asks for a WebSocket.
    pub(super) fn open_socket(
        &self,
        head: &request::Parts,
        matched: &Matched<'_>,
        rpc: &Rpc,
        caller: &Caller,
        verified: Option<Arc<Verified>>,
    ) -> Result<Response<Body>, Refusal> {
        let handshake = Handshake::read(head).map_err(unfit)?;
        if !is_of_page(head, |origin| self.core.cors.lists(origin)) {
            let refusal = Error::from(CommonReason::HeaderInvalid)
                .with("header", "origin")
                .with(
                    "problem",
                    "pages of this origin may not open a WebSocket here",
                );
            return Err(refusal.into());
        }
        let takes = if rpc.policy.client_streaming {
            Takes::Many
        } else if matched.takes_body() {
            Takes::One
        } else {
            let parts = Parts {
                query: self.query,
                ..Parts::default()
            };
            let wire = matched.bind(parts).map_err(|error| not_bound(&error))?;
            if rpc.owner_decides() {
                policy::decide(caller, &rpc.policy, &wire, self.core.options.access())?;
            }
            Takes::Given(wire.into())
        };
        let place = self.core.streams.take(self.who(verified.as_ref()))?;
        let (_, country) = self.place(verified.as_ref());
        let mut metadata = self.info.metadata(self.headers);
        locate(&mut metadata, country);
        let rpc = self.core.rpcs.of_binding(matched.index());
        let rpc = rpc.and_then(|(rpc, _)| rpc.clone());
        let rpc = rpc.ok_or(CommonReason::RouteNotFound)?;
        let options = &self.core.options;
        let bounds = Bounds {
            message: rpc.policy.max_request_bytes,
            beat: Duration::from_secs(options.streams.heartbeat_seconds),
            write: options.connections.write(),
            // How long nothing may come, the service knows.
            idle: None,
        };
        let spoken = Spoken {
            core: self.core.clone(),
            info: self.info.clone(),
            language: Language::of(self.headers),
            place: matched.place(),
            binding: matched.index(),
            query: self.query.to_owned(),
        };
        let (ended, limit) = (self.core.streams.ended(), options.max_response_bytes);
        let upgrade = Upgrade::new(move |tunnel| async move {
            let _place = place;
            let calling = move |body| {
                let opened = async move { open_with(&rpc, verified, metadata, body, limit).await };
                let answers = stream::once(opened).map_ok(Messages::into_stream);
                answers.try_flatten().map_err(Refusal::from).boxed()
            };
            let ended = Box::pin(async move { Refusal::from(ended.await) });
            let socket = Socket::new(spoken, bounds);
            socket.hold(tunnel, takes, calling, ended).await;
        });
        let mut response = handshake.answer();
        response.extensions_mut().insert(upgrade);
        Ok(response)
    }
}

impl Refusal {
    /// Returns the code of the close frame of a WebSocket that ends so: 4000 and the status of HTTP, but that of
    /// RFC 6455 where it is this process that goes.
    fn close_code(&self) -> u16 {
        if self.is_same(&Why::Draining.error()) {
            1001
        } else {
            4000 + self.http()
        }
    }
}

fn unfit(unfit: Unfit) -> Refusal {
    let problem = unfit.to_string();
    let refusal = Refusal::from(Error::from(CommonReason::HttpInvalid).with("problem", problem));
    match unfit {
        Unfit::Version => refusal.with_header(header::SEC_WEBSOCKET_VERSION, "13"),
        _ => refusal,
    }
}
