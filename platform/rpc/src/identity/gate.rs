//! The gate of a service's own port: only services of the installation come in.

use std::sync::Arc;

use http::HeaderMap;
use sv_kernel::{Error, Result};
use sv_proto::common::CommonReason;

use super::Authenticator;
use crate::{header::text, names};

/// Where everybody may ask whether the process is well.
const HEALTH: &str = "grpc.health.v1.Health";

/// Returns which service calls a path of a service's own port; nobody where health is asked for.
///
/// Fails with `SERVICES_ONLY` without an identity, and as [`Authenticator::service`] with a bad one.
/// To be asked before anything of the call is read.
pub async fn caller(
    authenticator: &Authenticator,
    path: &str,
    headers: &HeaderMap,
) -> Result<Option<Arc<str>>> {
    let audience = audience(path);
    if audience == HEALTH {
        return Ok(None);
    }
    match text(headers, names::SERVICE)? {
        Some(token) => authenticator.service(token, audience).await.map(Some),
        None => Err(Error::from(CommonReason::ServicesOnly)),
    }
}

/// Returns for whom the token of a call to a path is: the RPC service, or the first part of the paths
/// of an HTTP mount.
pub(crate) fn audience(path: &str) -> &str {
    path.trim_start_matches('/')
        .split('/')
        .next()
        .unwrap_or_default()
}
