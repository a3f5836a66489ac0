//! How a payer pays.

use std::fmt;

/// The payer's means of payment as the provider names it. It stays out of logs.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct PaymentMethod(String);

impl PaymentMethod {
    /// Wraps a provider's name; empty is the provider's default.
    pub(crate) fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// Returns the provider's name.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PaymentMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PaymentMethod(…)")
    }
}
