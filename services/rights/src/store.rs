//! The tables of rights.

mod entity;
mod migration;
pub(crate) mod payments;
pub(crate) mod plans;
pub(crate) mod subscriptions;

pub use migration::MIGRATIONS;
