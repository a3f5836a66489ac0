//! What can be done with accounts and profiles.

mod accounts;
mod profiles;

pub(crate) use accounts::Accounts;
pub(crate) use profiles::Profiles;
