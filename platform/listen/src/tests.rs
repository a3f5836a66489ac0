//! Bytes on the socket: what clients do that no library does for them.

mod crowds;
mod dates;
mod drains;
mod floods;
mod raw;
mod readers;
mod secure;
mod slow;
mod upgrades;
