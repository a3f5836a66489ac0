//! Which titles there are for whom, and in which order: values in, values out.

mod kind;
mod list;
mod place;
mod popularity;

pub(crate) use kind::{Kind, Seer};
pub(crate) use list::{Filter, Order, TitlePrefix, said, words};
pub(crate) use place::Place;
pub(crate) use popularity::{COMPLETE, DAY, MONTH, Opinion, Plays, WEEK, day, hour};
