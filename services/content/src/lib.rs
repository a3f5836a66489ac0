//! The catalogue.

pub mod import;

#[cfg(test)]
mod tests;
