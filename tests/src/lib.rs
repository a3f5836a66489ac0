//! The tests of the whole live in `it/`; this crate has no code of its own.
