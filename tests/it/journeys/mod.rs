//! What users do, step by step (spec of journeys A to D).

#[cfg(feature = "test-media")]
mod real;
mod thread;
