//! The RPCs: decode, call the use case, encode.

mod browse;
mod collections;
mod editors;
mod figures;
mod people;
mod playlists;
mod videos;
mod viewers;

pub(crate) use browse::Browse;
pub(crate) use collections::Collections;
pub(crate) use editors::Editors;
pub(crate) use figures::Figures;
pub(crate) use people::People;
pub(crate) use playlists::Playlists;
pub(crate) use videos::Videos;
pub(crate) use viewers::Viewers;
