//! What can be done with accounts and profiles.

mod accounts;
mod controls;
mod profiles;

pub(crate) use accounts::Accounts;
pub(crate) use controls::{Controls, Proof};
pub(crate) use profiles::Profiles;
