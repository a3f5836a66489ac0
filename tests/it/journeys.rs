//! What users do, step by step (spec of journeys A to D).

mod grpc;
#[cfg(feature = "test-media")]
mod real;
mod refusals;
mod thread;
