//! The rows.

pub(super) mod audit;
