//! What a process needs around its services.
//!
//! - [`config`]: defaults ← YAML file ← environment, with the origin of every value (CFG-1, CFG-2)
//! - [`telemetry`]: logs on stderr, traces by OTLP, metrics for Prometheus (OBS-1..3)
//! - [`Readiness`]: what has to be up before the process takes work (EDGE-10)
//! - [`Service`]: what a service says of itself; [`ServiceContext`]: what every service is handed when it starts
//! - [`letters`]: dead letters as operators see them, wherever they lie (EVT-9)
//! - [`Audience`]: whether an answer is made for a child (X-ID-6)
//! - [`Lifecycle`]: tasks that are watched and waited for, and an orderly end on SIGTERM

mod audience;
pub mod config;
pub mod dead_letters;
mod lifecycle;
mod ready;
mod service;
mod service_context;
pub mod telemetry;
#[cfg(feature = "testing")]
pub mod testing;

pub use audience::Audience;
pub use lifecycle::{HealthOptions, Lifecycle, Stage, Task};
pub use ready::{Need, Readiness, ReadyReport};
pub use service::{AdvanceClock, Group, Host, Mails, Service, Start, Starting};
pub use service_context::ServiceContext;
