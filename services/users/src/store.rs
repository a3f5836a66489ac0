//! The tables of users.

pub(crate) mod accounts;
mod entity;
pub(crate) mod leavers;
mod migration;
pub(crate) mod profiles;
pub(crate) mod ratings;
pub(crate) mod watchlist;

pub(crate) use migration::MIGRATIONS;
