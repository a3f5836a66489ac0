//! The rows.

pub(crate) mod attempt;
pub(crate) mod delivery;
pub(crate) mod secret;
pub(crate) mod webhook;
