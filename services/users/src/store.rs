//! The tables of users.

pub(crate) mod accounts;
mod entity;
mod migration;
pub(crate) mod profiles;

pub(crate) use migration::MIGRATIONS;
