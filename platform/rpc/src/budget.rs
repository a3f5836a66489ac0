//! Budgets of what calls aim at, e.g. of the account whose password is guessed.
//!
//! The edge counts by address and account and refuses early. What a call aims at stands in its message,
//! which the service reads; so these budgets are the service's, and hold for every way that leads to it.

use std::sync::Arc;

use async_trait::async_trait;
use http::HeaderMap;
use sv_kernel::{Ctx, Result};
use tonic::Code;

use crate::{policy::MethodPolicy, status::end_code, wire};

/// How a call ended, for the budget of its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It was what the target asks for.
    Reached,
    /// It was not.
    Failed,
    /// Neither is known: a fault of ours, or too much work.
    Undone,
}

impl Ended {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        match end_code(headers).unwrap_or(Code::Ok) {
            Code::Ok => Self::Reached,
            Code::Unauthenticated
            | Code::PermissionDenied
            | Code::NotFound
            | Code::AlreadyExists
            | Code::InvalidArgument
            | Code::FailedPrecondition => Self::Failed,
            _ => Self::Undone,
        }
    }
}

/// What an admitted call was charged before it was tried, in the words of its budgets; given back unless it
/// fails.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pass {
    /// The budgets.
    pub charged: Vec<String>,
}

/// The budgets of one service's targets.
#[async_trait]
pub trait TargetBudgets: Send + Sync {
    /// Lets a call try its target. Fails with `RATE_LIMITED`.
    async fn admit(&self, ctx: &Ctx, target: &str) -> Result<Pass>;

    /// Notes how the call ended.
    async fn ended(&self, ctx: &Ctx, target: &str, pass: Pass, ended: Ended) -> Result<()>;
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
