//! Settings.

use std::{fmt, time::Duration};

use serde::{Deserialize, Serialize};
use sv_boot::config::{Bounds, Setting, Text, texts};
use sv_rpc::identity::TokenSettings;
use sv_store::TargetLimits;

/// The service's settings; the default suits.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Seconds that an access token lives (C1).
    pub access_token_seconds: u64,
    /// Days after which a login ends, however often it was prolonged.
    pub session_days: u64,
    /// The cost of new password hashes, 4 to 31; hashes of another cost are renewed at login.
    pub bcrypt_cost: u32,
    /// A secret that goes into every password's hash, 32 characters or more: the same in all processes,
    /// for ever. Empty takes the one that the installation made for itself.
    pub pepper: String,
    /// Passwords that are hashed at once; 0 takes half of the processors.
    pub hash_threads: usize,
    /// Passwords that wait to be hashed; what is beyond is refused.
    pub hash_queue: usize,
    /// Wrong passwords for one account within a quarter of an hour, from all places together where
    /// nobody has signed in to it before; then one is tried now and then, ever more rarely.
    pub failures_in_all: u32,
    /// The same from one such network.
    pub failures_per_network: u32,
    /// The same from one network or device where somebody has signed in to the account before.
    pub failures_per_known_place: u32,
    /// Days after which the next key signs.
    pub key_days: u64,
    /// Secrets of 32 to 1024 bytes between commas, by which the keys of access tokens are wrapped in the tables: the first
    /// wraps, all open. Where the first is empty (`,secret`), keys are written in the clear and read either way.
    pub wrapping_secret: String,
    /// Signs with this shared secret instead of keys (HS256): on a developer's machine only, and
    /// the process refuses it elsewhere (C1). Empty for keys.
    pub jwt_secret: String,
}

/// A pepper, or none.
const PEPPER: Text = Text {
    form: "empty or a secret of 32 to 1024 bytes",
    examples: &["", "0123456789abcdef0123456789abcdef"],
    fits: |text| text.is_empty() || (32..=1_024).contains(&text.len()),
};

/// Secrets that wrap keys, or none.
const WRAPPING: Text = Text {
    form: "empty or secrets of 32 to 1024 bytes, several between commas",
    examples: &[
        "",
        "0123456789abcdef0123456789abcdef",
        ",0123456789abcdef0123456789abcdef",
    ],
    fits: |text| {
        let rest = text.strip_prefix(',').unwrap_or(text);
        text.is_empty()
            || rest
                .split(',')
                .all(|secret| (32..=1_024).contains(&secret.len()))
    },
};

/// What the settings may be.
pub(crate) const SETTINGS: &[Setting] = &[
    Setting::ruled("auth.access_token_seconds", Bounds::Number(1, 30 * 86_400)),
    Setting::free("auth.session_days", Bounds::Number(1, 400)),
    Setting::ruled("auth.bcrypt_cost", Bounds::Number(4, 16)),
    Setting::ruled("auth.pepper", Bounds::Text(PEPPER)),
    Setting::free("auth.hash_threads", Bounds::Number(0, 256)),
    Setting::free("auth.hash_queue", Bounds::Number(1, 100_000)),
    Setting::free("auth.failures_in_all", Bounds::Number(1, 100)),
    Setting::free("auth.failures_per_network", Bounds::Number(1, 100)),
    Setting::free("auth.failures_per_known_place", Bounds::Number(1, 100)),
    Setting::free("auth.key_days", Bounds::Number(1, 366)),
    Setting::ruled("auth.wrapping_secret", Bounds::Text(WRAPPING)),
    Setting::ruled("auth.jwt_secret", Bounds::Text(texts::SECRET)),
];

impl Default for Options {
    fn default() -> Self {
        Self {
            access_token_seconds: 3600,
            session_days: 30,
            bcrypt_cost: 12,
            pepper: String::new(),
            hash_threads: 0,
            hash_queue: 64,
            failures_in_all: 10,
            failures_per_network: 5,
            failures_per_known_place: 10,
            key_days: 30,
            wrapping_secret: String::new(),
            jwt_secret: String::new(),
        }
    }
}

impl Options {
    /// Returns what access tokens say about themselves; verifiers need the same.
    pub fn tokens(&self) -> TokenSettings {
        TokenSettings {
            lifetime: Duration::from_secs(self.access_token_seconds),
            ..TokenSettings::default()
        }
    }

    pub(crate) fn failures(&self) -> TargetLimits {
        TargetLimits {
            in_all: self.failures_in_all,
            per_network: self.failures_per_network,
            per_known_place: self.failures_per_known_place,
            ..TargetLimits::default()
        }
    }

    pub(crate) fn session(&self) -> Duration {
        Duration::from_hours(24 * self.session_days)
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("access_token_seconds", &self.access_token_seconds)
            .field("session_days", &self.session_days)
            .field("bcrypt_cost", &self.bcrypt_cost)
            .finish_non_exhaustive()
    }
}
