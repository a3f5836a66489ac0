//! The RPCs: decode, call the use case, encode.

mod editors;
mod guide;
mod viewers;

pub(crate) use editors::Editors;
pub(crate) use guide::Guide;
pub(crate) use viewers::Viewers;
