//! The port as clients see it, with services of the test behind it.

mod answers;
mod audited;
mod bytes;
mod document;
mod grpc;
mod refusals;
mod remembered;
mod sockets;
mod streams;
mod support;
mod webapp;
mod wire;
