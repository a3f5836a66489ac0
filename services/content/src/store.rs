//! The tables: titles as documents with columns for what lists filter and sort by.

mod content;
mod entity;
mod migration;
mod natural_key;

pub(crate) use content::{Found, count, delete, get, insert, list, lock, many, snapshot, update};
pub(crate) use migration::MIGRATIONS as ALL;
pub(crate) use natural_key::{NaturalKey, claim, remember, resolve};

/// The service's tables, for [`Db::open`](sv_store::Db::open).
pub(crate) const MIGRATIONS: &[sv_store::Migration] = ALL;
