//! What titles are and how they change: values in, values out.
//!
//! The title itself is the message [`Content`](sv_proto::content::Content): a second type with the
//! same two dozen fields would say nothing more.

mod availability;
mod collection;
mod external;
mod kind;
mod list;
mod markers;
mod person;
mod playlist;
mod popularity;
mod rules;
mod series;
mod video;

pub(crate) use collection::{
    CollectionList, collection_items, fits, for_viewers, prepare_collection, ruled,
};
pub(crate) use kind::{Kind, Seer};
pub(crate) use list::{Filter, Order, TitleList};
pub(crate) use person::{credited, prepare_person};
pub(crate) use playlist::{PlaylistList, item_ids, prepare_playlist};
pub(crate) use popularity::{COMPLETE, DAY, MONTH, Opinion, Plays, WEEK, day, hour};
pub(crate) use rules::{fingerprint, prepare, release_year, sort_score};
pub(crate) use series::{Place, given, join, seasons};
pub(crate) use video::{category, give_to, owner};
