//! The public keys by which services know each other, as all processes of an installation see them.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::{BoxError, Timestamp};

/// The most keys that a directory lists: of every service on every replica, and some that are on
/// their way out.
pub const MOST_KEYS: usize = 10_000;

/// The public half of a service's key, as others see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicKey {
    /// The service that speaks by it, e.g. `content`.
    pub service: String,
    /// Names the key.
    pub kid: String,
    /// The Ed25519 public key: 32 bytes in base64url without padding (RFC 8037 `x`).
    pub x: String,
    /// Until when it holds, in seconds since 1970; absent in keys that people hand out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_after: Option<i64>,
}

impl PublicKey {
    /// Says whether the key holds at an instant.
    pub fn holds(&self, now: Timestamp) -> bool {
        self.not_after
            .is_none_or(|until| now < Timestamp::from_secs(until))
    }
}

/// Tells all processes of an installation which key speaks for which service.
#[async_trait]
pub trait KeyDirectory: Send + Sync {
    /// Publishes a key of this process, or prolongs or shortens how long it holds.
    async fn publish(&self, key: &PublicKey) -> Result<(), BoxError>;
    /// Lists the keys of all processes; some may hold no more.
    async fn list(&self) -> Result<Vec<PublicKey>, BoxError>;
    /// Forgets keys that hold no more.
    async fn prune(&self, now: Timestamp) -> Result<(), BoxError>;
}
