//! The tables of auth.

pub(crate) mod credentials;
mod entity;
mod migration;
pub(crate) mod registrations;
pub(crate) mod revocations;
pub(crate) mod sessions;
pub(crate) mod signing_keys;

pub use migration::MIGRATIONS;

use sv_proto::options::Role;
use sv_rpc::roles;
use sv_store::StoreError;

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
