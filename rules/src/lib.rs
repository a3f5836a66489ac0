//! Pure decisions that several services share: values in, values out.
//!
//! Each lives here once, so that no surface lets through what another refuses (X-ID-6).

pub mod maturity;
