//! Tests of the catalogue as its callers see it: through the real clients and the real stack, on
//! every database under test.

mod change;
mod client;
mod demo;
mod freshness;
mod import;
mod lists;
mod natural_keys;
mod read;
#[cfg(feature = "test-data")]
mod real;
mod world;
