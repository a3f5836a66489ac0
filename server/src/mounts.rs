//! Bytes planes across processes: a service without the edge offers its plane on its gRPC port, and an
//! edge without the service forwards to it.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{Router, body::Body as AxumBody};
use http::Request;
use sv_kernel::{BoxError, Error};
use sv_proto::common::CommonReason;
use sv_rpc::{BytesPlane, mesh::Announcement, plane, status};
use sv_tls::Tls;
use tower::ServiceExt as _;

use crate::{config::Config, node::Node, selection::EDGE, services};

/// Puts the planes of this process beside its RPCs.
pub(crate) fn offer(mut routes: Router, node: &Node) -> Router {
    for (service, plane) in node.server.planes() {
        let plane = plane.clone();
        let mount = tower::service_fn(move |request: Request<AxumBody>| {
            let plane = plane.clone();
            async move {
                let answer = plane.oneshot(request.map(tonic::body::Body::new)).await;
                answer.map(|response| response.map(AxumBody::new))
            }
        });
        for path in services::find(service).map_or(&[][..], |service| service.mounts) {
            routes = routes.route_service(path, mount.clone());
        }
    }
    routes
}

/// Finds the plane of every service that has one: here, at its configured address, or where it
/// announces itself.
pub(crate) fn find(config: &Config, node: &Node) -> Result<Vec<(String, BytesPlane)>, BoxError> {
    let mut planes = Vec::new();
    let (edge, tls) = (node.mesh.calling_as(EDGE), node.tls.as_ref());
    let mounting = services::TABLE
        .iter()
        .filter(|service| !service.mounts.is_empty());
    for service in mounting.map(|service| service.name) {
        let plane = match (node.server.planes().get(service), config.peers.get(service)) {
            (Some(here), _) => here.clone(),
            (None, Some(address)) => edge.showing_identity(plane::remote(address, tls)?),
            (None, None) => {
                let plane = announced(node.data.announcements(), service, node.tls.clone());
                edge.showing_identity(plane)
            }
        };
        planes.push((service.to_owned(), plane));
    }
    Ok(planes)
}

/// Forwards to a service of the same machine, which may start, stop and move meanwhile.
fn announced(folder: PathBuf, service: &'static str, tls: Option<Tls>) -> BytesPlane {
    let known: Arc<Mutex<Option<(String, BytesPlane)>>> = Arc::default();
    BytesPlane::new(tower::service_fn(move |request| {
        let plane = current(&known, Announcement::read(&folder, service), tls.as_ref());
        async move {
            match plane {
                Some(plane) => plane.oneshot(request).await,
                None => Ok(status(Error::from(CommonReason::Unavailable)).into_http()),
            }
        }
    }))
}

/// Returns the plane at the announced address, made anew only when the address is another.
fn current(
    known: &Mutex<Option<(String, BytesPlane)>>,
    announced: Option<Announcement>,
    tls: Option<&Tls>,
) -> Option<BytesPlane> {
    let url = announced?.url;
    let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
    match &*known {
        Some((at, plane)) if *at == url => Some(plane.clone()),
        _ => {
            let plane = plane::remote(&url, tls).ok()?;
            *known = Some((url, plane.clone()));
            Some(plane)
        }
    }
}
