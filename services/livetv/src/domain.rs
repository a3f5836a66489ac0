//! Which channels a list shows, and how guides are brought into order: values in, values out.

mod list;
mod schedule;
mod show;

pub(crate) use list::{Filter, Order};
pub(crate) use schedule::{
    Difference, Entry, Found, LONGEST, Part, Slot, arrange, difference, parts,
};
pub(crate) use show::Show;
