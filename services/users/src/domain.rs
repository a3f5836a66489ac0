//! Accounts and profiles: what they are and which changes are allowed.

mod account;
mod name;
mod profile;

pub(crate) use account::{Account, NewAccount};
pub(crate) use name::{fold, tidy};
pub(crate) use profile::{Change, NewProfile, Profile, heir};
