//! The tables' rows.

pub(crate) mod payment;
pub(crate) mod plan;
pub(crate) mod subscription;
