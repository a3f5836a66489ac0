//! One test binary for the whole: it starts the real `streamverse` program as users do and speaks
//! to it over the network.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "these are tests"
)]

mod cli;
#[cfg(feature = "test-clients")]
mod clients;
mod faults;
mod harness;
mod journeys;
#[cfg(feature = "test-replicas")]
mod replicas;
