//! The tables: titles as documents with columns for what lists filter and sort by.

mod content;
mod entity;
mod episode;
mod list;
mod migration;
mod natural_key;
mod playlists;
mod shown;

pub(crate) use content::{Found, behind_all_of, delete, get, insert, lock, many, snapshot, update};
pub(crate) use episode::{count_episodes, episode_at, episode_ids};
pub(crate) use list::{count, list};
pub(crate) use migration::MIGRATIONS as ALL;
pub(crate) use natural_key::{NaturalKey, claim, remember, resolve};
pub(crate) use playlists::{
    count_items, count_playlists, delete_playlist, insert_playlist, list_playlists, lock_playlist,
    playlist, update_playlist,
};
pub(crate) use shown::shown_among;

/// The service's tables, for [`Db::open`](sv_store::Db::open).
pub(crate) const MIGRATIONS: &[sv_store::Migration] = ALL;
