//! The door of an HTTP mount: who calls, and whether they may, for mounts that a token of the viewer opens.

use std::{fmt, sync::Arc};

use http::HeaderMap;
use sv_kernel::{
    Actor, Bearer, Ctx, Error, Result, Trail,
    audit::{AuditLog, Outcome},
};
use sv_proto::common::CommonReason;

use crate::{
    Env,
    context::{self, Arrived},
    identity::Authenticator,
    policy::{self, Caller, EDGE, MethodPolicy, PolicyTable, Verdict},
    server::bearer,
    trace,
};

/// Judges requests to an HTTP mount by the policy of their RPC, as the stack judges calls. Cheap to clone.
#[derive(Clone)]
pub struct Door {
    pub(crate) env: Env,
    pub(crate) policies: Arc<PolicyTable>,
    pub(crate) authenticator: Arc<Authenticator>,
    pub(crate) log: Option<Arc<dyn AuditLog>>,
}

impl fmt::Debug for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Door")
    }
}

impl Door {
    /// Returns the context of a request for the RPC at `path`, e.g. `/streamverse.users.v1.UserService/GetMe`. It has
    /// no deadline: a body lasts as long as it arrives.
    ///
    /// Fails with what the stack would refuse the call with.
    pub async fn enter(&self, path: &str, headers: &HeaderMap) -> Result<Ctx> {
        let policy = self.policies.get(path);
        let policy = policy.ok_or(CommonReason::Unimplemented)?;
        let arrived = self.identify(policy, headers).await?;
        let caller = arrived.caller.clone();
        match policy::by_role(&caller, policy, policy::Settings::default())? {
            Verdict::Granted => {}
            // The owner stands in a message, and here is none.
            Verdict::IfOwner(..) => return Err(CommonReason::PermissionDenied.into()),
        }
        let mut ctx = context::read(&self.env, headers, arrived)?;
        ctx.deadline = None;
        ctx.trail = policy.audit.as_deref().map(Trail::of);
        Ok(ctx)
    }

    /// Fails where the viewer's session has ended since the request was let in. That the token grows old while a body
    /// arrives is no reason to break it off.
    pub async fn check(&self, ctx: &Ctx) -> Result<()> {
        match &ctx.actor {
            Actor::Viewer(viewer) => self.authenticator.check_session(viewer.session).await,
            _ => Ok(()),
        }
    }

    /// Sees to the audit record of a request that was refused or failed, where its RPC leaves one.
    pub async fn refused(&self, ctx: &Ctx, error: &Error) {
        let (Some(log), Some(trail)) = (&self.log, &ctx.trail) else {
            return;
        };
        if trail.is_settled() {
            return;
        }
        let outcome = Outcome::of(error);
        if let Err(failure) = log.refused(ctx, outcome, error.reason()).await {
            tracing::error!(
                audit.action = trail.action(),
                error = &failure as &dyn std::error::Error,
                "audit record of a refusal not written"
            );
        }
    }

    async fn identify(&self, policy: &MethodPolicy, headers: &HeaderMap) -> Result<Arrived> {
        let token = if policy.reads_token() {
            bearer(headers)?
        } else {
            None
        };
        let verified = match token {
            Some(token) => Some(self.authenticator.verify(token).await?),
            None => None,
        };
        Ok(Arrived {
            caller: Caller {
                // In the same process nobody else can send, and the gate of a service's port lets only services in.
                service: Some(EDGE.into()),
                viewer: verified.as_ref().map(|verified| verified.viewer.clone()),
            },
            tenant: verified.as_ref().map(|verified| verified.tenant.clone()),
            bearer: token.map(|token| Bearer::new(Arc::<str>::from(token))),
            request_id: context::request_id(&self.env, headers),
            traceparent: trace::adopt(&tracing::Span::current(), headers),
            deadline: std::time::Instant::now(),
        })
    }
}
