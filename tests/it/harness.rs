//! Starts the real program and speaks to it.

mod client;
mod grpc;
mod process;
mod raw;

pub(crate) use client::{Answer, Client, FIRST_PAUSE, PATIENCE, longer};
pub(crate) use grpc::{Caller, PASSWORD, Refusal, refused};
pub(crate) use process::{Deployment, program};
pub(crate) use raw::Raw;
