//! The tables.

mod entity;
mod migration;
pub(crate) mod records;

pub(crate) use migration::MIGRATIONS;
