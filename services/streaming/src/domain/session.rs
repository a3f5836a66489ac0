//! Playback sessions: one per profile, device and title at a time (C8).

/// Marks ids of playback sessions.
#[derive(Debug)]
pub enum PlaySession {}
