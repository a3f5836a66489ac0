//! A login.

use std::{
    fmt,
    time::{Duration, SystemTime},
};

use serde::{Deserialize, Serialize};

use crate::system;

/// How long before its end a token is not sent any more.
const MARGIN: Duration = Duration::from_secs(30);

/// A login, as it can be kept: whoever has it is signed in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Goes into `Authorization: Bearer`.
    pub access_token: String,
    /// Exchanged for the next pair; works once.
    pub refresh_token: String,
    /// When the access token ends.
    pub expires_at: SystemTime,
    /// The `idempotency-key` of that exchange. It is kept with the token, so that the server takes a
    /// repetition, also by a program that has started anew, for what it is: under another key the
    /// token would count as stolen.
    #[serde(default = "system::unique")]
    pub refresh_key: String,
}

impl Session {
    /// Takes what an answer said that has just come.
    pub(crate) fn new(access_token: String, refresh_token: String, expires_in: i32) -> Self {
        let seconds = u64::try_from(expires_in).unwrap_or_default();
        Self {
            access_token,
            refresh_token,
            expires_at: system::now() + Duration::from_secs(seconds),
            refresh_key: system::unique(),
        }
    }

    pub(crate) fn is_stale(&self) -> bool {
        system::now() + MARGIN > self.expires_at
    }
}

/// Without the tokens, which do not go to logs.
impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}
