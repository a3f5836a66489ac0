//! The audit record of a call: seen to by the stack, whatever becomes of the call (ADM-2).

use std::{
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

use http::{HeaderMap, Response};
use sv_kernel::{
    Actor, Ctx, Error, Result, Trail,
    audit::{AuditLog, Outcome},
};
use sv_proto::common::CommonReason;
use tonic::{Code, Status, body::Body};

use super::{
    Method,
    admission::{Identity, Unidentified},
};
use crate::{
    Env,
    context::{self, Arrived},
    policy::{Caller, MethodPolicy},
    status::{end_code, error, status},
    wire,
};

/// How long a record may take to be written. The caller waits for it.
const TIMEOUT: Duration = Duration::from_secs(2);

/// A call that leaves an audit record.
#[derive(Clone)]
pub(super) struct Audited {
    log: Arc<dyn AuditLog>,
    trail: Trail,
    /// Who calls, as far as it is known.
    seen: Arc<OnceLock<Ctx>>,
}

impl Audited {
    /// Begins the record of a call, if its policy names an act.
    pub(super) fn of(method: &Method) -> Option<Self> {
        Some(Self {
            trail: Trail::of(method.policy.audit.as_deref()?),
            log: method.log.clone()?,
            seen: Arc::default(),
        })
    }

    pub(super) fn trail(&self) -> &Trail {
        &self.trail
    }

    /// Remembers who calls, or that a stranger does where the tokens do not hold.
    pub(super) fn seen(
        &self,
        env: &Env,
        headers: &HeaderMap,
        who: &Result<Identity, Unidentified>,
        request_id: &Arc<str>,
        deadline: Instant,
    ) {
        let (caller, tenant) = match who {
            Ok(who) => (who.caller.clone(), who.tenant.clone()),
            Err(nobody) => {
                let caller = Caller {
                    service: nobody.service.clone(),
                    viewer: None,
                };
                (caller, None)
            }
        };
        let arrived = Arrived {
            caller,
            tenant,
            bearer: None,
            request_id: request_id.clone(),
            traceparent: None,
            deadline,
        };
        let ctx = Ctx {
            trail: Some(self.trail.clone()),
            deadline: None,
            ..context::of_refused(env, headers, arrived)
        };
        // A call has one caller.
        let _ = self.seen.set(ctx);
    }

    /// Remembers what the call is about, as its policy reads it from the request.
    pub(super) fn about(&self, policy: &MethodPolicy, message: &[u8]) {
        if policy.audit_subject.is_empty() {
            return;
        }
        let named = wire::last_string(message, &policy.audit_subject);
        if let Ok(Some(id)) = named {
            // What is no id of ours may be of any length.
            let id: String = id.chars().take(100).collect();
            let kind = self.trail.action().split('.').next().unwrap_or_default();
            self.trail.about(kind, &id);
        }
    }

    /// Writes the record of a call that ended, unless its method has.
    pub(super) async fn record(self, response: Response<Body>) -> Response<Body> {
        let Some(ctx) = self.seen.get() else {
            // Nobody was asked who calls: it was refused for want of room.
            return response;
        };
        let code = end_code(response.headers()).unwrap_or(Code::Ok);
        log_line(ctx, code);
        if self.trail.is_settled() {
            return response;
        }
        if code == Code::Ok {
            // An act that nobody can account for is not acknowledged.
            return match self.in_time(self.log.succeeded(ctx)).await {
                Ok(()) => response,
                Err(failure) => {
                    let error = Error::from(CommonReason::Internal).because(failure);
                    status(error).into_http()
                }
            };
        }
        let refusal = Status::from_header_map(response.headers()).map(error);
        let refusal = refusal.unwrap_or_else(|| CommonReason::Internal.into());
        let (outcome, reason) = (Outcome::of(&refusal), refusal.reason());
        if let Err(failure) = self.in_time(self.log.refused(ctx, outcome, reason)).await {
            tracing::error!(
                audit.action = self.trail.action(),
                error = &failure as &dyn std::error::Error,
                "audit record of a refusal not written"
            );
        }
        response
    }

    async fn in_time(&self, written: impl Future<Output = Result<()>>) -> Result<()> {
        match tokio::time::timeout(TIMEOUT, written).await {
            Ok(written) => written,
            Err(late) => Err(Error::from(CommonReason::Unavailable).because(late)),
        }
    }
}

/// Says in the log, too, what was done; the record does not depend on it.
fn log_line(ctx: &Ctx, code: Code) {
    let (Some(trail), Code::Ok) = (&ctx.trail, code) else {
        return;
    };
    let actor = match &ctx.actor {
        Actor::Viewer(viewer) => viewer.user.to_string(),
        Actor::Service(name) => format!("service:{name}"),
        Actor::Anonymous => "anonymous".to_owned(),
    };
    tracing::info!(
        target: "audit",
        event = trail.action(),
        actor = actor,
        tenant = %ctx.tenant,
        request.id = %ctx.request_id,
        "audit"
    );
}
