//! The ports without any server: everything lives in one data folder or in memory.

mod bus;

pub use bus::{Bus, BusOptions};
