//! What requests for lists ask for.

mod collections;
mod playlists;
mod titles;

pub(crate) use collections::CollectionList;
pub(crate) use playlists::PlaylistList;
pub(crate) use titles::TitleList;
