//! Client of StreamVerse: its RPCs by gRPC, with what an app needs around them.
//!
//! A [`Client`] has a method for each service of the public port. Their calls send the token and get
//! another one before it ends, are repeated where that does no harm, and fail with a status that
//! [`Error`] reads: with a stable reason. [`Client::pages`] reads lists, [`Client::play`] plays.
//!
//! The messages are those of [`proto`].

mod body;
mod caller;
mod client;
mod error;
mod list;
mod lists;
mod login;
mod methods;
mod playback;
mod policies;
mod retry;
mod services;
mod session;
mod system;

pub use caller::Caller;
pub use client::{Builder, Client, Transport};
pub use error::{Error, Result, Violation};
pub use list::List;
pub use playback::Playback;
pub use retry::RetryPolicy;
pub use session::Session;
pub use sv_proto as proto;

#[cfg(test)]
mod tests;
