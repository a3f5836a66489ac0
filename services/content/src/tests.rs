//! Tests of the catalogue as its callers see it.

mod import;
#[cfg(feature = "test-data")]
mod real;
