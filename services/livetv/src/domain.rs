//! What channels are and how they change: values in, values out.
//!
//! The channel itself is the message [`Channel`](sv_proto::livetv::Channel): a second type with the same
//! fields would say nothing more.

mod blackout;
mod channel;
mod list;
mod schedule;
mod show;

pub(crate) use channel::{for_viewers, merge, prepare};
pub(crate) use list::{Filter, Order};
pub(crate) use schedule::{
    Difference, Entry, Found, LONGEST, Part, Slot, arrange, difference, parts,
};
pub(crate) use show::Show;
