//! The ports beside the public one, behind the same guarded listener: a service's own, for edges and
//! services, and the operators'.

use std::{sync::Arc, time::Duration};

use axum::{Router, body::Body as AxumBody};
use http::{Request, Response, StatusCode};
use sv_kernel::Error;
use sv_listen::{ConnectionOptions, Ending, Handler, Peer, Port, Secure};
use sv_proto::common::CommonReason;
use sv_rpc::{Authenticator, identity::gate, status};
use sv_tls::Tls;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tonic::body::Body;
use tower::ServiceExt as _;

use crate::{
    files::Files,
    internal::{self, Internal},
};

/// When to come back to a port that has too much to do.
const OVERLOADED: Duration = Duration::from_secs(1);

/// Serves the port of this process's services until its end: to services of the installation only.
pub(crate) async fn serve_services(
    listener: TcpListener,
    routes: Router,
    authenticator: Arc<Authenticator>,
    internal: Internal,
    files: Files,
    tls: Option<Tls>,
    ending: Ending,
) {
    let port = Port {
        name: "services",
        options: files.of_mesh(ConnectionOptions::of_mesh()),
        behind_proxy: false,
        secure: tls.map(|tls| Secure {
            tls,
            hsts: Duration::ZERO,
        }),
    };
    let routes = Routes {
        routes,
        gate: Some((authenticator, internal)),
    };
    sv_listen::serve(listener, Arc::new(routes), &port, ending).await;
}

/// Serves the operators' port until `stop`.
pub(crate) async fn serve_operators(
    listener: TcpListener,
    routes: Router,
    stop: CancellationToken,
) {
    let port = Port {
        name: "operators",
        options: ConnectionOptions::of_operators(),
        behind_proxy: false,
        secure: None,
    };
    let routes = Routes { routes, gate: None };
    sv_listen::serve(listener, Arc::new(routes), &port, stop).await;
}

/// Routes behind a listener.
struct Routes {
    routes: Router,
    /// Who says which service calls, where only services may.
    gate: Option<(Arc<Authenticator>, Internal)>,
}

impl Handler for Routes {
    async fn handle(self: Arc<Self>, peer: Peer, request: Request<Body>) -> Response<Body> {
        if peer.fault.is_some() {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::BAD_REQUEST;
            return response;
        }
        let mut in_json = None;
        let mut refusal = None;
        if let Some((authenticator, internal)) = &self.gate {
            let path = request.uri().path();
            let rpc = internal.rpc_of(path);
            in_json = rpc.map(|_| internal);
            // Before anything is read of what is sent.
            let caller = gate::caller(authenticator, rpc.unwrap_or(path), request.headers());
            refusal = caller.await.err();
        }
        if peer.crowded && refusal.is_none() {
            refusal = Some(Error::from(CommonReason::Overloaded).retry_after(OVERLOADED));
        }
        if let Some(refusal) = refusal {
            return match in_json {
                Some(_) => internal::refused(&refusal),
                None => status(refusal).into_http(),
            };
        }
        if let Some(internal) = in_json {
            return internal.serve(self.routes.clone(), request).await;
        }
        let answered = self.routes.clone().oneshot(request.map(AxumBody::new));
        match answered.await {
            Ok(response) => response.map(Body::new),
            Err(never) => match never {},
        }
    }
}
