//! Budgets of what calls aim at, e.g. of the account whose password is guessed.
//!
//! The edge counts by address and account and refuses early. What a call aims at stands in its message,
//! which the service reads; so these budgets are the service's, and hold for every way that leads to it.

use std::sync::Arc;

use http::HeaderMap;
use sv_kernel::{
    Ctx, Result,
    targets::{Ended, Pass, TargetBudgets},
};
use tonic::Code;

use crate::{policy::MethodPolicy, status::end_code, wire};

/// Reads how a call ended from what its response begins with.
pub(crate) fn ended(headers: &HeaderMap) -> Ended {
    match end_code(headers).unwrap_or(Code::Ok) {
        Code::Ok => Ended::Reached,
        Code::Unauthenticated
        | Code::PermissionDenied
        | Code::NotFound
        | Code::AlreadyExists
        | Code::InvalidArgument
        | Code::FailedPrecondition => Ended::Failed,
        _ => Ended::Undone,
    }
}

/// A call that was admitted to its target.
pub(crate) struct Admitted {
    budgets: Arc<dyn TargetBudgets>,
    target: String,
    pass: Pass,
}

impl Admitted {
    /// Reads what a call aims at and asks its budgets.
    pub(crate) async fn ask(
        budgets: Option<&Arc<dyn TargetBudgets>>,
        policy: &MethodPolicy,
        ctx: &Ctx,
        message: &[u8],
    ) -> Result<Option<Self>> {
        let Some(budgets) = budgets.filter(|_| !policy.target.is_empty()) else {
            return Ok(None);
        };
        let named = wire::last_string(message, &policy.target).ok().flatten();
        let Some(target) = named.filter(|target| !target.is_empty()) else {
            return Ok(None);
        };
        let pass = budgets.admit(ctx, target).await?;
        Ok(Some(Self {
            budgets: budgets.clone(),
            target: target.to_owned(),
            pass,
        }))
    }

    /// Notes how the call ended. What cannot be noted stays charged.
    pub(crate) async fn ended(self, ctx: &Ctx, ended: Ended) {
        let noted = self.budgets.ended(ctx, &self.target, self.pass, ended);
        if let Err(failure) = noted.await {
            tracing::warn!(
                error = &failure as &dyn std::error::Error,
                "the budget of a target was not settled"
            );
        }
    }
}
