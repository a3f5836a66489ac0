//! HTTP mounts across processes: a service without the edge offers its mount on its gRPC port, and an
//! edge without the service forwards to it.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{Router, body::Body as AxumBody};
use http::Request;
use sv_kernel::{BoxError, Error};
use sv_proto::common::CommonReason;
use sv_rpc::{HttpMount, mesh::Announcement, mount, status};
use sv_tls::Tls;
use tower::ServiceExt as _;

use crate::{config::Config, node::Node, selection::EDGE, services};

/// Puts the mounts of this process beside its RPCs.
pub(crate) fn offer(mut routes: Router, node: &Node) -> Router {
    for (service, mount) in node.server.mounts() {
        let mount = mount.clone();
        let mount = tower::service_fn(move |request: Request<AxumBody>| {
            let mount = mount.clone();
            async move {
                let answer = mount.oneshot(request.map(tonic::body::Body::new)).await;
                answer.map(|response| response.map(AxumBody::new))
            }
        });
        for path in services::find(service).map_or(&[][..], |service| service.mounts) {
            routes = routes.route_service(path, mount.clone());
        }
    }
    routes
}

/// Finds the mount of every service that has one: here, at its configured address, or where it
/// announces itself.
pub(crate) fn find(config: &Config, node: &Node) -> Result<Vec<(String, HttpMount)>, BoxError> {
    let mut mounts = Vec::new();
    let (edge, tls) = (node.mesh.calling_as(EDGE), node.tls.as_ref());
    let mounting = services::TABLE
        .iter()
        .filter(|service| !service.mounts.is_empty());
    for service in mounting.map(|service| service.name) {
        let mount = match (node.server.mounts().get(service), config.peers.get(service)) {
            (Some(here), _) => here.clone(),
            (None, Some(address)) => edge.showing_identity(mount::remote(address, tls)?),
            (None, None) => {
                let mount = announced(node.data.announcements(), service, node.tls.clone());
                edge.showing_identity(mount)
            }
        };
        mounts.push((service.to_owned(), mount));
    }
    Ok(mounts)
}

/// Forwards to a service of the same machine, which may start, stop and move meanwhile.
fn announced(folder: PathBuf, service: &'static str, tls: Option<Tls>) -> HttpMount {
    let known: Arc<Mutex<Option<(String, HttpMount)>>> = Arc::default();
    HttpMount::new(tower::service_fn(move |request| {
        let mount = current(&known, Announcement::read(&folder, service), tls.as_ref());
        async move {
            match mount {
                Some(mount) => mount.oneshot(request).await,
                None => Ok(status(Error::from(CommonReason::Unavailable)).into_http()),
            }
        }
    }))
}

/// Returns the mount at the announced address, made anew only when the address is another.
fn current(
    known: &Mutex<Option<(String, HttpMount)>>,
    announced: Option<Announcement>,
    tls: Option<&Tls>,
) -> Option<HttpMount> {
    let url = announced?.url;
    let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
    match &*known {
        Some((at, mount)) if *at == url => Some(mount.clone()),
        _ => {
            let mount = mount::remote(&url, tls).ok()?;
            *known = Some((url, mount.clone()));
            Some(mount)
        }
    }
}
