//! Starts the real program and speaks to it.

mod client;
mod flow;
mod grpc;
mod process;
mod raw;
mod socket;
pub(crate) mod tls;

pub(crate) use client::{Answer, Client, FIRST_PAUSE, TIMEOUT, longer};
pub(crate) use flow::{Event, Flow};
pub(crate) use grpc::{Caller, PASSWORD, Refusal, refused};
#[cfg(any(
    feature = "test-stack",
    feature = "test-faults",
    feature = "test-replicas"
))]
pub(crate) use process::servers;
pub(crate) use process::{Deployment, Task, output, program, services};
#[cfg(feature = "test-replicas")]
pub(crate) use process::{Server, with_others};
pub(crate) use raw::Raw;
pub(crate) use socket::Socket;

/// Writes a line that is also seen of a test that passes: the figures by which a run is judged.
pub(crate) fn tell(line: &str) {
    use std::io::Write as _;
    // Nobody but a person reads it.
    let _ = writeln!(std::io::stderr(), "{line}");
}
