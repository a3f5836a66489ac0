//! Whether a caller may make a call.

use std::sync::Arc;

use sv_kernel::{Actor, Error, Viewer};
use sv_proto::{common::CommonReason, users::UserReason};

use super::{Access, MethodPolicy, OwnerField};
use crate::wire;

/// The name under which the edge calls. It vouches for tenant and address, never for a caller: it
/// passes on what strangers ask, so it counts as no service unless a policy names it.
pub const EDGE: &str = "edge";
/// The name under which the command line calls.
pub const OPERATOR: &str = "operator";
/// The name under which every process calls for what it needs whatever it runs: keys and ended
/// sessions.
pub const PLATFORM: &str = "platform";

/// Settings that decisions of the edge depend on. Services have none: what the edge passes on is let in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Lets anonymous callers read what is open to browsing (C24).
    pub anonymous_browse: bool,
}

/// Who makes a call: one of our services, a signed-in person, both, or nobody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caller {
    /// The service that sends the call.
    pub service: Option<Arc<str>>,
    /// The person on whose behalf it is sent.
    pub viewer: Option<Arc<Viewer>>,
}

impl Caller {
    /// Returns for whom the method acts: the person if there is one, else the service.
    pub fn actor(&self) -> Actor {
        match (&self.viewer, &self.service) {
            (Some(viewer), _) => Actor::Viewer(viewer.clone()),
            (None, Some(service)) if &**service != EDGE => Actor::Service(service.clone()),
            _ => Actor::Anonymous,
        }
    }

    fn service(&self) -> Option<&str> {
        self.service.as_deref().filter(|name| *name != EDGE)
    }

    fn is_among(&self, callers: &[String]) -> bool {
        let name = self.service.as_deref();
        name.is_some_and(|name| callers.iter().any(|caller| caller == name))
    }
}

impl From<&Actor> for Caller {
    fn from(actor: &Actor) -> Self {
        match actor {
            Actor::Anonymous => Self::default(),
            Actor::Viewer(viewer) => Self {
                viewer: Some(viewer.clone()),
                ..Self::default()
            },
            Actor::Service(name) => Self {
                service: Some(name.clone()),
                ..Self::default()
            },
        }
    }
}

/// Decides on a call: role first, then ownership by the final bytes of the request.
///
/// Fails with UNAUTHENTICATED, `PERMISSION_DENIED` or, for sessions in a profile for children,
/// `PROFILE_LOCKED`; a method for services only fails with
/// `ROUTE_NOT_FOUND` for everybody else. Calls with a playback token are left to the HTTP mount.
pub fn decide(
    caller: &Caller,
    policy: &MethodPolicy,
    request_wire: &[u8],
    settings: Settings,
) -> Result<(), Error> {
    match by_role(caller, policy, settings)? {
        Verdict::Granted => Ok(()),
        Verdict::IfOwner(viewer, field) => is_owner(viewer, field, request_wire),
    }
}

/// What can be said before the body is read.
#[derive(Debug)]
pub(crate) enum Verdict<'a> {
    Granted,
    IfOwner(&'a Viewer, &'a OwnerField),
}

pub(crate) fn by_role<'a>(
    caller: &'a Caller,
    policy: &'a MethodPolicy,
    settings: Settings,
) -> Result<Verdict<'a>, Error> {
    let viewer = caller.viewer.as_deref();
    match &policy.access {
        Access::Anonymous | Access::PlayToken => Ok(Verdict::Granted),
        Access::Authenticated {
            open_to_browsing,
            open_to_children,
        } => {
            // The edge has asked its own setting before it passes a stranger on, so that the setting
            // is made in one place.
            let is_let_in = settings.anonymous_browse || caller.service.as_deref() == Some(EDGE);
            match viewer {
                Some(viewer) if viewer.for_child && !open_to_children => {
                    Err(UserReason::ProfileLocked.into())
                }
                Some(_) => Ok(Verdict::Granted),
                None if *open_to_browsing && is_let_in => Ok(Verdict::Granted),
                None => Err(CommonReason::Unauthenticated.into()),
            }
        }
        Access::Require {
            roles,
            owner,
            callers,
        } => {
            if caller.is_among(callers) {
                return Ok(Verdict::Granted);
            }
            let holds = |role| viewer.is_some_and(|v| !v.for_child && v.roles.contains(role));
            match (viewer, owner) {
                (Some(_), _) if roles.iter().any(holds) => Ok(Verdict::Granted),
                (Some(viewer), Some(_)) if viewer.for_child => {
                    Err(UserReason::ProfileLocked.into())
                }
                (Some(viewer), Some(field)) => Ok(Verdict::IfOwner(viewer, field)),
                (Some(_), None) => Err(CommonReason::PermissionDenied.into()),
                (None, _) if caller.service().is_some() => {
                    Err(CommonReason::PermissionDenied.into())
                }
                (None, _) => Err(CommonReason::Unauthenticated.into()),
            }
        }
        Access::Service { callers } => {
            if caller.is_among(callers) {
                Ok(Verdict::Granted)
            } else if caller.service().is_some() {
                Err(CommonReason::PermissionDenied.into())
            } else {
                Err(CommonReason::RouteNotFound.into())
            }
        }
    }
}

pub(crate) fn is_owner(viewer: &Viewer, field: &OwnerField, wire: &[u8]) -> Result<(), Error> {
    let denied = || Error::from(CommonReason::PermissionDenied);
    let named = wire::last_string(wire, &field.numbers).map_err(|e| denied().because(e))?;
    match named.map(str::parse) {
        Some(Ok(user)) if viewer.user == user => Ok(()),
        _ => Err(denied()),
    }
}
