//! Decisions that several services share, so that each has one home: values in, values out.

pub mod maturity;
pub mod zones;
