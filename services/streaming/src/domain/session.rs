//! Playback sessions: one per profile, device and title at a time (C8).

use std::sync::Arc;

use sv_kernel::{Id, Timestamp};
use uuid::Uuid;

use super::Published;

/// Marks ids of playback sessions.
#[derive(Debug)]
pub enum PlaySession {}

/// What makes a session the same one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionKey {
    /// The account.
    pub user: Uuid,
    /// Who watches.
    pub profile: Uuid,
    /// Where: the device's name, or the login where it has none.
    pub device: String,
    /// What is watched.
    pub content: Uuid,
}

/// Playback that was started or goes on.
#[derive(Clone, Debug)]
pub struct Play {
    /// The session.
    pub session: Id<PlaySession>,
    /// What is played.
    pub published: Arc<Published>,
    /// The title as shown.
    pub title: String,
    /// Opens the addresses.
    pub token: String,
    /// When the addresses end.
    pub expires_at: Timestamp,
}
