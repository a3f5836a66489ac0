//! The rows.

pub(super) mod credential;
pub(super) mod refresh_token;
pub(super) mod registration;
pub(super) mod session;
