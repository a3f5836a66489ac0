//! The rows.

pub(super) mod profile;
pub(super) mod rating;
pub(super) mod user;
pub(super) mod watchlist;
