//! Budgets of what calls aim at, e.g. of the account whose password is guessed.

use async_trait::async_trait;

use crate::{Ctx, Result};

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
