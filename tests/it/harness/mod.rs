//! Starts the real program and speaks to it.

mod client;
mod process;

pub(crate) use client::{Answer, Client};
pub(crate) use process::Deployment;
