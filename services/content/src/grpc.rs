//! The RPCs: decode, call the use case, encode.

mod editors;
mod viewers;

pub(crate) use editors::Editors;
pub(crate) use viewers::Viewers;
