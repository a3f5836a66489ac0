//! Types and rules; no I/O.

mod access;
mod period;
mod plan;
mod subscription;

pub(crate) use access::{Basis, Decision, Title, decide};
pub(crate) use period::Anchor;
pub(crate) use plan::{Plan, Price};
pub(crate) use subscription::{Status, Subscription};
