//! The tables: titles as documents with columns for what lists filter and sort by.

mod collections;
mod content;
mod entity;
mod episode;
mod external;
mod genres;
mod like;
mod list;
mod migration;
mod natural_key;
mod people;
mod playlists;
pub(crate) mod plays;
mod shown;
mod windows;

pub(crate) use collections::{
    collecting, collection, collections, count_collected, count_collections, delete_collection,
    insert_collection, lock_collection, snapshot_collections, update_collection,
};
pub(crate) use content::{Found, behind_all_of, delete, get, insert, lock, many, snapshot, update};
pub(crate) use episode::{count_episodes, episode_at, episode_ids};
pub(crate) use external::name_elsewhere;
pub(crate) use genres::genres;
pub(crate) use like::{Likeness, like};
pub(crate) use list::{count, list};
pub(crate) use migration::MIGRATIONS as ALL;
pub(crate) use natural_key::{NaturalKey, claim, remember, resolve};
pub(crate) use people::{
    Which, count_credits, count_people, count_titles, credits_of, delete_person, insert_person,
    list_people, lock_person, names, person, roles, update_person,
};
pub(crate) use playlists::{
    count_items, count_playlists, delete_playlist, insert_playlist, list_playlists, lock_playlist,
    playlist, update_playlist,
};
pub(crate) use shown::shown_among;
pub(crate) use windows::due;

/// Stands between a sort key and the id; below every letter of a key.
const SEPARATOR: char = '\u{1}';

/// The service's tables, for [`Db::open`](sv_store::Db::open).
pub(crate) const MIGRATIONS: &[sv_store::Migration] = ALL;
