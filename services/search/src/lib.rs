//! Search.
pub mod domain;
pub mod store;

#[cfg(test)]
mod tests;
