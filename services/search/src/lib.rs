//! Search.
pub mod domain;

#[cfg(test)]
mod tests;
