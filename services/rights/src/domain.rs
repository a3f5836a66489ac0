//! Types and rules; no I/O.

mod access;
mod currency;
mod order;
mod period;
mod plan;
mod rule;
mod sale;
mod subscription;

pub(crate) use access::{Basis, Decision, Title, decide};
pub(crate) use order::{Order, OrderKind, OrderStatus};
pub(crate) use period::Anchor;
pub(crate) use plan::{Plan, Price, prepare as prepare_plan};
pub(crate) use rule::{Plans, Terms, prepare as prepare_rule, scope, scopes};
pub(crate) use sale::{PaidFor, Sale};
pub(crate) use subscription::{Status, Subscription};
