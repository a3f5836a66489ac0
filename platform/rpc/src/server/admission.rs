//! Who calls: read from the identity within the process, the service token and the access token.

use std::sync::Arc;

use http::{Extensions, HeaderMap};
use sv_kernel::{Bearer, Error, Result, Tenant};
use sv_proto::common::CommonReason;

use crate::{
    header::text,
    identity::{Authenticator, InProcessIdentity, Verified},
    names,
    policy::{Caller, MethodPolicy},
};

/// Who calls, as far as tokens tell.
#[derive(Default)]
pub(super) struct Identity {
    pub(super) caller: Caller,
    pub(super) tenant: Option<Tenant>,
    pub(super) bearer: Option<Bearer>,
}

/// Why it cannot be said who calls, and which service has passed the call on.
pub(super) struct Unidentified {
    pub(super) service: Option<Arc<str>>,
    pub(super) error: Error,
}

/// Establishes who makes a call. A token that is sent must be valid, even where none is needed, but
/// where [other credentials](MethodPolicy::reads_token) are shown.
pub(super) async fn identify(
    authenticator: &Authenticator,
    extensions: &mut Extensions,
    headers: &HeaderMap,
    policy: &MethodPolicy,
) -> Result<Identity, Unidentified> {
    let sent_by = match extensions.remove::<InProcessIdentity>() {
        Some(in_process) => Ok((Some(in_process.service), in_process.verified)),
        None => match text(headers, names::SERVICE) {
            Ok(Some(token)) => authenticator
                .service(token, policy.service())
                .await
                .map(|service| (Some(service), None)),
            Ok(None) => Ok((None, None)),
            Err(unusable) => Err(unusable),
        },
    };
    let (service, verified) = sent_by.map_err(|error| Unidentified {
        service: None,
        error,
    })?;
    let viewer = viewer(authenticator, headers, policy, service.clone(), verified);
    viewer
        .await
        .map_err(|error| Unidentified { service, error })
}

/// Establishes on whose behalf a service, or nobody of ours, makes a call.
async fn viewer(
    authenticator: &Authenticator,
    headers: &HeaderMap,
    policy: &MethodPolicy,
    service: Option<Arc<str>>,
    verified: Option<Arc<Verified>>,
) -> Result<Identity> {
    let token = if policy.reads_token() {
        bearer(headers)?
    } else {
        None
    };
    let Some(token) = token else {
        let caller = Caller {
            service,
            viewer: None,
        };
        return Ok(Identity {
            caller,
            ..Identity::default()
        });
    };
    let verified = match verified {
        Some(verified) => verified,
        None => authenticator.verify(token).await?,
    };
    Ok(Identity {
        caller: Caller {
            service,
            viewer: Some(verified.viewer.clone()),
        },
        tenant: Some(verified.tenant.clone()),
        bearer: Some(Bearer::new(Arc::<str>::from(token))),
    })
}

/// Returns the token of `Authorization: Bearer …`; other schemes are refused.
pub(crate) fn bearer(headers: &HeaderMap) -> Result<Option<&str>> {
    let Some(value) = text(headers, names::AUTHORIZATION)? else {
        return Ok(None);
    };
    // One space or several stand between them (RFC 9110 11.4).
    let token = value
        .split_once(' ')
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
        .filter(|token| !token.is_empty());
    match token {
        Some(token) => Ok(Some(token)),
        None => Err(Error::from(CommonReason::TokenInvalid)),
    }
}
