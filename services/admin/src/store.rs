//! The tables.

mod entity;
mod migration;
pub(crate) mod records;

pub use migration::MIGRATIONS;
