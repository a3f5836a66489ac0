//! The tables: channels as documents with columns for what lists filter and sort by, and their programmes.

pub(crate) mod channels;
mod entity;
pub(crate) mod guides;
mod migration;
pub(crate) mod programmes;

pub(crate) use migration::MIGRATIONS;
