//! The tables: channels as documents with columns for what lists filter and sort by, and their programmes.

pub(crate) mod airing;
pub(crate) mod channels;
mod entity;
pub(crate) mod guides;
mod migration;
pub(crate) mod programmes;
pub(crate) mod snapshot;

pub(crate) use migration::MIGRATIONS;
