//! The port: what happens to every request, and what is read anew while it runs.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Instant};

use arc_swap::ArcSwap;
use futures::FutureExt as _;
use http::{HeaderValue, Request, Response, StatusCode, header, request::Parts as Head};
use sv_listen::{Ending, Handler, Peer, Port, Protocol};
use sv_streams::{Handshake, shown_token};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tonic::{Code, body::Body, transport::Channel};

use crate::{
    answer_limit::AnswerLimit,
    core::{Core, Now},
    cors,
    failure::Failure,
    grpc,
    intake::Intake,
    keys::Remote,
    options::{Jwks, Options, Problems, Upstream},
    rest,
    stream_limit::{Caller, StreamLimit},
    upstream,
};

/// Services in front of which this stands. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Gateway(Arc<Core>);

/// What has been read.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The services that are served.
    pub services: Vec<String>,
    /// Their routes, one a line.
    pub routes: Vec<String>,
    /// What an operator should know.
    pub notes: Vec<String>,
}

impl Gateway {
    /// Reads the descriptor sets and prepares the ways to the services; lists everything that is wrong at
    /// once. Needs tokio's runtime.
    pub fn new(options: Options) -> Result<Self, Problems> {
        let mut problems = Vec::new();
        let mut channels: Vec<(Upstream, Channel)> = Vec::new();
        for upstream in &options.upstreams {
            if channels.iter().any(|(other, _)| other.of == upstream.of) {
                problems.push(match &*upstream.of {
                    "" => "two upstreams for all services".to_owned(),
                    name => format!("two upstreams for {name}"),
                });
            }
            match upstream::connect(upstream, &options) {
                Ok(channel) => channels.push((upstream.clone(), channel)),
                Err(problem) => problems.push(problem),
            }
        }
        let remote = options.guard.as_ref().and_then(|guard| match &guard.jwks {
            Jwks::Address(address) => Some(Remote::new(address, guard)),
            Jwks::File(_) => None,
        });
        let remote = remote.transpose().map(|remote| remote.map(Arc::new));
        let remote = remote.unwrap_or_else(|problem| {
            problems.push(problem);
            None
        });
        let now = Now::read(&options, &channels, remote.as_ref());
        match now {
            Ok(now) if problems.is_empty() => Ok(Self(Arc::new(Core {
                stream_limit: StreamLimit::new(
                    options.streams_per_caller,
                    options.streams_per_upstream,
                ),
                answer_limit: AnswerLimit::new(options.max_response_bytes),
                options,
                channels,
                remote,
                now: ArcSwap::from_pointee(now),
                intake: Intake::new(),
                leaving: CancellationToken::new(),
            }))),
            now => {
                problems.extend(now.err().map(|more| more.0).unwrap_or_default());
                Err(Problems(problems))
            }
        }
    }

    /// Says why the keys of tokens cannot be had, where an address has them.
    pub fn keys_problem(&self) -> Option<String> {
        self.0.remote.as_ref()?.problem()
    }

    /// Returns what has been read.
    pub fn loaded(&self) -> Loaded {
        let table = &self.0.now.load().table;
        Loaded {
            services: table.services.clone(),
            routes: table.routes(),
            notes: table.notes.clone(),
        }
    }

    /// Says whether the files have changed since they were read.
    pub fn is_stale(&self) -> bool {
        self.0.now.load().is_stale(&self.0.options)
    }

    /// Reads the files again. Where something is wrong with them, what was read before stays; calls under
    /// way end as they began.
    pub fn reload(&self) -> Result<Loaded, Problems> {
        let core = &self.0;
        let now = Now::read(&core.options, &core.channels, core.remote.as_ref())?;
        self.0.now.store(Arc::new(now));
        Ok(self.loaded())
    }

    /// Serves a port until it drains and the requests under way are done, or the drain time is over.
    pub async fn serve(&self, listener: TcpListener, ending: impl Into<Ending>) {
        let port = Port {
            name: "gateway",
            options: self.0.options.connections.clone(),
            behind_proxy: false,
            secure: self.0.options.secure.clone(),
        };
        let ending = ending.into();
        let draining = ending.draining.clone();
        let told = async {
            draining.cancelled().await;
            self.0.leaving.cancel();
        };
        let served = async {
            tokio::join!(
                sv_listen::serve(listener, self.0.clone(), &port, ending),
                told
            )
        };
        let keys = async {
            match &self.0.remote {
                Some(remote) => remote.keep().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = served => {}
            () = keys => {}
        }
    }
}

impl Handler for Core {
    async fn handle(self: Arc<Self>, peer: Peer, request: Request<Body>) -> Response<Body> {
        let begin = Instant::now();
        let now = self.now.load_full();
        let (mut head, body) = request.into_parts();
        show_token(&mut head);
        let origins = &self.options.origins;
        if peer.fault.is_none()
            && let Some(mut response) = cors::preflight(origins, &head)
        {
            cors::write(origins, &head.headers, response.headers_mut());
            return response;
        }
        let answered = AssertUnwindSafe(self.answer(&now, &peer, &mut head, body)).catch_unwind();
        let mut response = answered.await.unwrap_or_else(|_| {
            let internal = StatusCode::INTERNAL_SERVER_ERROR;
            Failure::new(internal, Code::Internal, "the gateway failed").respond(&now.table)
        });
        response.headers_mut().insert(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        );
        cors::write(origins, &head.headers, response.headers_mut());
        tracing::info!(
            method = %head.method,
            path = head.uri.path(),
            status = response.status().as_u16(),
            duration_ms = u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX),
            client = %peer.address.ip(),
            "answered"
        );
        response
    }
}

/// Puts the token that a WebSocket shows among its protocols where all others have it.
fn show_token(head: &mut Head) {
    if Handshake::asked(head) && !head.headers.contains_key(header::AUTHORIZATION) {
        let value = shown_token(&head.headers)
            .and_then(|token| HeaderValue::from_str(&format!("Bearer {token}")).ok());
        if let Some(mut value) = value {
            value.set_sensitive(true);
            head.headers.insert(header::AUTHORIZATION, value);
        }
    }
}

impl Core {
    async fn answer(
        self: &Arc<Self>,
        now: &Now,
        peer: &Peer,
        head: &mut Head,
        body: Body,
    ) -> Response<Body> {
        let protocol = Protocol::of(&head.headers);
        match admit(now, peer, head).await {
            Ok(caller) => drop(head.extensions.insert(caller)),
            Err(failure) => {
                return match protocol {
                    Protocol::Rest => failure.respond(&now.table),
                    Protocol::Grpc | Protocol::GrpcWeb => failure.respond_grpc(),
                };
            }
        }
        match protocol {
            Protocol::Rest => rest::serve(self, &now.table, peer, (&*head, body)).await,
            Protocol::Grpc => grpc::serve(self, &now.table, peer, whole(head, body)).await,
            Protocol::GrpcWeb => grpc::serve_web(self, &now.table, peer, whole(head, body)).await,
        }
    }
}

/// Refuses what the listener found fault with, what is too much, and who may not call; says who calls.
async fn admit(now: &Now, peer: &Peer, head: &Head) -> Result<Caller, Failure> {
    if let Some(fault) = peer.fault {
        return Err(fault.into());
    }
    if peer.crowded {
        return Err(Failure::crowded("too many requests are under way"));
    }
    let named = match &now.guard {
        Some(guard) => guard.admit(&head.headers).await?,
        None => None,
    };
    Ok(named.unwrap_or_else(|| Caller::at(peer.address.ip())))
}

fn whole(head: &Head, body: Body) -> Request<Body> {
    Request::from_parts(head.clone(), body)
}
