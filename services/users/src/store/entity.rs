//! The rows.

pub(super) mod profile;
pub(super) mod user;
