//! Accounts and profiles: what they are and which changes are allowed.

mod account;
mod library;
mod managed;
mod name;
mod pin;
mod profile;

pub(crate) use account::{Account, NewAccount};
pub(crate) use library::{Listed, Opinion, Rating, Shift};
pub(crate) use managed::{AccountChange, Filter, Order};
pub(crate) use name::{fold, tidy};
pub(crate) use pin::PinSeal;
pub(crate) use profile::{Change, NewProfile, Pin, Profile, bound_to_child, heir};
