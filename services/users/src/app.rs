//! What can be done with accounts and profiles, and what profiles keep.

mod accounts;
mod controls;
mod library;
mod managed;
mod profiles;
mod ratings;

pub(crate) use accounts::Accounts;
pub(crate) use controls::{Controls, Proof};
pub(crate) use library::{Library, Shown};
pub(crate) use managed::Managed;
pub(crate) use profiles::Profiles;
