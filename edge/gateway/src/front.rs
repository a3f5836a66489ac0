//! The port: what happens to every request, and what is read anew while it runs.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Instant};

use arc_swap::ArcSwap;
use futures::FutureExt as _;
use http::{HeaderValue, Request, Response, StatusCode, header, request::Parts as Head};
use sv_listen::{Ending, Handler, Peer, Port, Protocol};
use tokio::net::TcpListener;
use tonic::{Code, body::Body, transport::Channel};

use crate::{
    cors,
    failure::Failure,
    grpc,
    guard::Guard,
    intake::Intake,
    options::{Options, Problems, Upstream},
    rest, set,
    table::Table,
    upstream,
};

/// Services in front of which this stands. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Gateway(Arc<Core>);

#[derive(Debug)]
struct Core {
    options: Options,
    channels: Vec<(Upstream, Channel)>,
    now: ArcSwap<Now>,
    /// Room for bodies of requests.
    intake: Intake,
}

/// What was read last.
#[derive(Debug)]
struct Now {
    table: Arc<Table>,
    guard: Option<Guard>,
    stamp: set::Stamp,
}

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
        let now = Now::read(&options, &channels);
        match now {
            Ok(now) if problems.is_empty() => Ok(Self(Arc::new(Core {
                options,
                channels,
                now: ArcSwap::from_pointee(now),
                intake: Intake::new(),
            }))),
            now => {
                problems.extend(now.err().map(|more| more.0).unwrap_or_default());
                Err(Problems(problems))
            }
        }
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
        set::stamp(&files(&self.0.options)) != self.0.now.load().stamp
    }

    /// Reads the files again. Where something is wrong with them, what was read before stays; calls under
    /// way end as they began.
    pub fn reload(&self) -> Result<Loaded, Problems> {
        let now = Now::read(&self.0.options, &self.0.channels)?;
        self.0.now.store(Arc::new(now));
        Ok(self.loaded())
    }

    /// Serves a port until it drains and the requests under way are done, or the drain time is over.
    pub async fn serve(&self, listener: TcpListener, ending: impl Into<Ending>) {
        let port = Port {
            name: "gateway",
            options: self.0.options.connections.clone(),
            behind_proxy: false,
        };
        sv_listen::serve(listener, self.0.clone(), &port, ending).await;
    }
}

/// Lists what is read again when it changes.
fn files(options: &Options) -> Vec<std::path::PathBuf> {
    let keys = options.guard.iter().map(|guard| &guard.jwks);
    options
        .descriptor_sets
        .iter()
        .chain(keys)
        .cloned()
        .collect()
}

impl Now {
    fn read(options: &Options, channels: &[(Upstream, Channel)]) -> Result<Self, Problems> {
        let stamp = set::stamp(&files(options));
        let pool = set::load(&options.descriptor_sets)?;
        Ok(Self {
            table: Arc::new(Table::compile(&pool, options, channels)?),
            guard: options.guard.as_ref().map(Guard::read).transpose()?,
            stamp,
        })
    }
}

impl Handler for Core {
    async fn handle(self: Arc<Self>, peer: Peer, request: Request<Body>) -> Response<Body> {
        let begin = Instant::now();
        let now = self.now.load_full();
        let (head, body) = request.into_parts();
        let origins = &self.options.origins;
        if peer.fault.is_none()
            && let Some(mut response) = cors::preflight(origins, &head)
        {
            cors::write(origins, &head.headers, response.headers_mut());
            return response;
        }
        let answered = AssertUnwindSafe(self.answer(&now, &peer, &head, body)).catch_unwind();
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

impl Core {
    async fn answer(&self, now: &Now, peer: &Peer, head: &Head, body: Body) -> Response<Body> {
        let protocol = Protocol::of(&head.headers);
        if let Err(failure) = admit(now, peer, head) {
            return match protocol {
                Protocol::Rest => failure.respond(&now.table),
                Protocol::Grpc | Protocol::GrpcWeb => failure.respond_grpc(),
            };
        }
        match protocol {
            Protocol::Rest => {
                rest::serve(&self.options, &self.intake, &now.table, peer, (head, body)).await
            }
            Protocol::Grpc => grpc::serve(&now.table, peer, whole(head, body)).await,
            Protocol::GrpcWeb => grpc::serve_web(&now.table, peer, whole(head, body)).await,
        }
    }
}

/// Refuses what the listener found fault with, what is too much, and who may not call.
fn admit(now: &Now, peer: &Peer, head: &Head) -> Result<(), Failure> {
    if let Some(fault) = peer.fault {
        return Err(fault.into());
    }
    if peer.crowded {
        let unavailable = StatusCode::SERVICE_UNAVAILABLE;
        let failure = Failure::new(
            unavailable,
            Code::Unavailable,
            "too many requests are under way",
        );
        return Err(failure.with(header::RETRY_AFTER, HeaderValue::from_static("1")));
    }
    now.guard
        .as_ref()
        .map_or(Ok(()), |guard| guard.check(&head.headers))
}

fn whole(head: &Head, body: Body) -> Request<Body> {
    Request::from_parts(head.clone(), body)
}
