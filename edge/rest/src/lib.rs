//! REST/JSON in front of gRPC, compiled from descriptors at start: nothing is generated per RPC
//! and no message is built on the way.

pub mod codec;
mod percent;
pub mod route;
