//! Spellings that both directions share, each as plain functions over bytes.

pub(super) mod base64;
pub(super) mod mask;
pub(super) mod number;
pub(super) mod text;
pub(super) mod time;
pub(super) mod wire;
