//! Where a secret lies: `mount/path#key`.

use std::{fmt, str::FromStr};

/// Where a secret lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Where the engine is mounted.
    pub mount: String,
    /// The path of the secret there.
    secret: String,
    /// Which of its values.
    pub key: String,
}

impl Place {
    /// Returns where the secret's values are asked for.
    pub(super) fn data(&self) -> String {
        format!("{}/data/{}", self.mount, self.secret)
    }

    /// Names the secret, without one of its values.
    pub(super) fn path(&self) -> String {
        format!("{}//{}", self.mount, self.secret)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let between = if self.mount.contains('/') { "//" } else { "/" };
        write!(f, "{}{between}{}#{}", self.mount, self.secret, self.key)
    }
}

impl FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bad = || {
            format!(
                "a secret of Vault is written mount/path#key, and a mount of several parts team/kv//path#key, in letters, \
                 digits and -_.@: ({} characters were given)",
                text.chars().count()
            )
        };
        let (path, key) = text.split_once('#').ok_or_else(bad)?;
        let (mount, secret) = path
            .split_once("//")
            .or_else(|| path.split_once('/'))
            .ok_or_else(bad)?;
        let plain = |part: &str| {
            let fits = |b: u8| b.is_ascii_alphanumeric() || b"-_.@:".contains(&b);
            !part.is_empty() && part != "." && part != ".." && part.bytes().all(fits)
        };
        let all = |parts: &str| parts.split('/').all(plain);
        if !all(mount) || !all(secret) || !plain(key) {
            return Err(bad());
        }
        Ok(Self {
            mount: mount.to_owned(),
            secret: secret.to_owned(),
            key: key.to_owned(),
        })
    }
}
