//! The tables of auth.

pub(crate) mod credentials;
mod entity;
pub(crate) mod links;
mod migration;
pub(crate) mod registrations;
pub(crate) mod revocations;
pub(crate) mod sessions;
pub(crate) mod signing_keys;
pub(crate) mod tickets;

pub(crate) use migration::MIGRATIONS;

use sv_proto::options::Role;
use sv_rpc::roles;
use sv_store::StoreError;
use uuid::Uuid;

use crate::domain::{PasswordHash, Scheme};

/// Writes roles as names in a row, e.g. `viewer admin`.
fn write_roles(roles: &[Role]) -> String {
    let names: Vec<_> = roles.iter().map(|role| roles::name(*role)).collect();
    names.join(" ")
}

/// Reads roles as [`write_roles`] wrote them.
fn read_roles(
    text: &str,
    table: &'static str,
    row: impl Into<String>,
) -> Result<Vec<Role>, StoreError> {
    let known = text
        .split_whitespace()
        .map(roles::parse)
        .collect::<Option<Vec<_>>>();
    known.ok_or_else(|| StoreError::inconsistent(table, "roles", row))
}

/// Reads a password's hash.
fn read_hash(
    text: String,
    scheme: i32,
    table: &'static str,
    row: Uuid,
) -> Result<PasswordHash, StoreError> {
    let scheme = Scheme::read(scheme)
        .ok_or_else(|| StoreError::inconsistent(table, "password_scheme", row.to_string()))?;
    Ok(PasswordHash { scheme, text })
}
