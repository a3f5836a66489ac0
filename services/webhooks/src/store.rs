//! The tables of webhooks.

pub(crate) mod attempts;
pub(crate) mod deliveries;
mod entity;
mod migration;
pub(crate) mod secrets;
pub(crate) mod webhooks;

pub(crate) use migration::MIGRATIONS;
