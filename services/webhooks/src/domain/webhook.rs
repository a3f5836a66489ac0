//! An address that is told of events.

use std::time::Duration;

use sv_kernel::{BoxError, Entropy, Id, Seal, Timestamp};
use sv_proto::webhooks::{WebhookDisabledReason, WebhookStatus};

use super::Secret;

/// How long a secret signs beside the one that has replaced it.
pub(crate) const BESIDE: Duration = Duration::from_hours(24);
/// The most secrets that sign together: each makes a signature of every request. None ends early for another: a receiver
/// that has been told of it counts on its time.
pub(crate) const MOST_SECRETS: usize = 4;

/// An address that is told of events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Webhook {
    pub(crate) id: Id<Self>,
    pub(crate) url: String,
    pub(crate) description: String,
    /// Sorted; empty means all.
    pub(crate) event_types: Vec<String>,
    pub(crate) status: WebhookStatus,
    pub(crate) disabled_reason: WebhookDisabledReason,
    /// Since when no request was taken.
    pub(crate) failing_since: Option<Timestamp>,
    /// Until when the newest of the secrets before this one signs.
    pub(crate) previous_secret_until: Option<Timestamp>,
    pub(crate) version: i32,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

/// A secret as it is stored.
#[derive(Clone, Debug)]
pub(crate) struct StoredSecret {
    pub(crate) id: Id<Self>,
    pub(crate) sealed: Vec<u8>,
    /// Until when it signs, where another has replaced it.
    pub(crate) until: Option<Timestamp>,
}

impl StoredSecret {
    /// Seals a secret under its id, so that it cannot be put in another's place.
    pub(crate) fn seal(
        id: Id<Self>,
        secret: &Secret,
        seal: &Seal,
        entropy: &dyn Entropy,
    ) -> Result<Self, BoxError> {
        let sealed = seal.close(id.uuid().as_bytes(), secret.bytes(), entropy)?;
        Ok(Self {
            id,
            sealed,
            until: None,
        })
    }

    /// Returns the secret; `None` where it was changed, or sealed by another secret of the installation.
    pub(crate) fn open(&self, seal: &Seal) -> Option<Secret> {
        Secret::of(&seal.open(self.id.uuid().as_bytes(), &self.sealed)?)
    }
}

impl Webhook {
    /// Says whether anything is sent to it.
    pub(crate) fn is_enabled(&self) -> bool {
        self.status == WebhookStatus::Enabled
    }

    /// Says whether it is told of events of a type.
    pub(crate) fn wants(&self, event_type: &str) -> bool {
        self.event_types.is_empty() || self.event_types.iter().any(|wanted| wanted == event_type)
    }

    /// Stops what is sent to it, because of something that has happened.
    pub(crate) fn disable(&mut self, reason: WebhookDisabledReason, now: Timestamp) {
        self.status = WebhookStatus::Disabled;
        self.disabled_reason = reason;
        self.version = self.version.saturating_add(1);
        self.updated_at = now;
    }
}
