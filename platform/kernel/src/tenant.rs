//! Tenants: whose data a call may see (TEN-1).

use std::{
    fmt,
    sync::{Arc, LazyLock},
};

/// A tenant's short name: 1 to 63 of `a-z`, `0-9` and `-`, starting with a letter.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tenant(Arc<str>);

/// The text is not a tenant name.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a tenant name has 1 to 63 of a-z, 0-9 and '-', and starts with a letter")]
pub struct TenantError;

impl Tenant {
    /// Reads a tenant name.
    pub fn parse(name: &str) -> Result<Self, TenantError> {
        let bytes = name.as_bytes();
        let starts_well = bytes.first().is_some_and(u8::is_ascii_lowercase);
        let rest_fits = bytes
            .iter()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-');
        if starts_well && rest_fits && bytes.len() <= 63 {
            Ok(Self(name.into()))
        } else {
            Err(TenantError)
        }
    }

    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for Tenant {
    /// The tenant of an installation that has only one.
    fn default() -> Self {
        static ONLY: LazyLock<Tenant> = LazyLock::new(|| Tenant("default".into()));
        ONLY.clone()
    }
}

impl fmt::Display for Tenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_bounded_and_plain() {
        assert_eq!(Tenant::parse("acme-2").unwrap().as_str(), "acme-2");
        for bad in ["", "2acme", "Acme", "a_b", "a/b", &"a".repeat(64)] {
            assert_eq!(Tenant::parse(bad), Err(TenantError), "{bad:?}");
        }
    }
}
