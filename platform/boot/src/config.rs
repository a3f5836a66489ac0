//! Configuration: defaults ← YAML file ← environment (CFG-1).
//!
//! The environment is read as `STREAMVERSE_<SECTION>__<KEY>` and under the names that operators
//! know from elsewhere, such as `PORT` and `DATABASE_URL` (CFG-2): a table of aliases maps them to
//! settings. Every value remembers where it came from, so that an error says what to mend, and
//! [`Layers::print`] writes what [`Layers::file`] reads.

mod bounds;
mod env;
mod error;
mod layers;
mod mask;
mod path;
mod print;
mod setting;
pub mod texts;
mod yaml;

pub use bounds::{Bounds, Problem, Text};
pub use env::{Alias, Environment, PREFIX, SecretStore};
pub use error::ConfigError;
pub use layers::{Layers, Origin};
pub use mask::{is_secret, masked};
pub use path::SettingPath;
pub use setting::{Production, Section, Setting};
