//! What every implementation of a port must do, as tests that run on any of them.
//!
//! `bus_suite!(make)` and its siblings expand to one test per promise; `make` is an async function
//! that returns a [`bus::Stand`], a [`counters::Stand`], a [`blob::Stand`], a [`fanout::Stand`], an [`index::Stand`] or a [`mail::Stand`].

#![expect(
    clippy::unwrap_used,
    reason = "a test says by panicking what went wrong"
)]
#![expect(
    clippy::disallowed_methods,
    reason = "tests end and await what they spawn themselves"
)]

pub mod blob;
pub mod bus;
pub mod counters;
pub mod fanout;
pub mod index;
pub mod mail;
