//! What titles, collections, playlists and people are and how they change: messages in, messages out.
//!
//! The title itself is the message [`Content`](sv_proto::content::Content), which is stored, told and answered as it
//! is: a second type with the same two dozen fields would say nothing more.

mod availability;
mod collection;
mod external;
mod items;
mod markers;
mod person;
mod playlist;
mod rules;
mod series;
mod video;

pub(crate) use collection::{collection_items, fits, for_viewers, prepare_collection, ruled};
pub(crate) use external::read as read_external;
pub(crate) use person::{credited, prepare_person};
pub(crate) use playlist::{item_ids, prepare_playlist};
pub(crate) use rules::{fingerprint, prepare, release_year, sort_score};
pub(crate) use series::{given, join, seasons};
pub(crate) use video::{category, give_to, owner};
