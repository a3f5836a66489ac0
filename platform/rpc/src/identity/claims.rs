//! What access tokens say. The auth service signs exactly this; everybody else reads it.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use sv_kernel::{Error, Id, Profile, RoleSet, Session, Tenant, Timestamp, User, Viewer};
use sv_proto::{common::CommonReason, options::Role};

use crate::roles;

/// The header type of access tokens (RFC 9068 section 2.1).
pub const ACCESS_TOKEN_TYPE: &str = "at+jwt";
/// How far clocks may differ.
pub const LEEWAY: Duration = Duration::from_secs(5);

/// How long after a session's end anything but its access tokens may live that was made out to it, e.g.
/// an address to play from. So long auth remembers the end at least.
pub const LONGEST_GRANT: Duration = Duration::from_hours(24);

/// Who issues access tokens, and for whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenSettings {
    /// The claim `iss`.
    pub issuer: String,
    /// The claim `aud`.
    pub audience: String,
    /// The longest that an access token lives; keys are kept as long after the last refresh.
    pub lifetime: Duration,
}

impl Default for TokenSettings {
    fn default() -> Self {
        Self {
            issuer: "streamverse".into(),
            audience: "streamverse".into(),
            lifetime: Duration::from_hours(1),
        }
    }
}

/// The claims of an access token. All times are seconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessClaims {
    /// The issuer.
    pub iss: String,
    /// The audience: one string, never a list.
    pub aud: String,
    /// The account.
    pub sub: Id<User>,
    /// The session, by which the token can be revoked.
    pub sid: Id<Session>,
    /// The tenant.
    pub tid: String,
    /// Names of roles, e.g. `viewer`.
    pub roles: Vec<String>,
    /// When it was issued.
    pub iat: i64,
    /// From when it holds.
    pub nbf: i64,
    /// When it ends.
    pub exp: i64,
    /// When the session ends, however often it is prolonged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sxp: Option<i64>,
    /// The profile that the session is bound to (C44).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pid: Option<Id<Profile>>,
    /// Whether that profile is a child's. A bound token that does not say so is taken for a child's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pch: Option<bool>,
    /// The device of the login, as the client named it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub did: Option<String>,
}

impl AccessClaims {
    /// Makes the claims of a token that starts now.
    pub fn new(
        settings: &TokenSettings,
        tenant: &Tenant,
        user: Id<User>,
        session: Id<Session>,
        roles: impl IntoIterator<Item = Role>,
        now: Timestamp,
    ) -> Self {
        Self {
            iss: settings.issuer.clone(),
            aud: settings.audience.clone(),
            sub: user,
            sid: session,
            tid: tenant.as_str().to_owned(),
            roles: roles.into_iter().map(roles::name).collect(),
            iat: now.secs(),
            nbf: now.secs(),
            exp: (now + settings.lifetime).secs(),
            sxp: None,
            pid: None,
            pch: None,
            did: None,
        }
    }

    /// Refuses a token whose time has not come or is over (leeway 5 s). No token is older than
    /// `lifetime`, whatever it says: a lifetime that was shortened holds for those that run.
    pub(super) fn check_time(&self, now: Timestamp, lifetime: Duration) -> Result<(), Error> {
        let issued = Timestamp::from_secs(self.iat);
        let end = Timestamp::from_secs(self.exp).min(issued + lifetime);
        if now >= end + LEEWAY {
            return Err(CommonReason::TokenExpired.into());
        }
        if now + LEEWAY < Timestamp::from_secs(self.nbf) || now + LEEWAY < issued {
            return Err(CommonReason::TokenInvalid.into());
        }
        Ok(())
    }

    /// Turns checked claims into a person; roles that this build does not know grant nothing.
    pub(super) fn viewer(&self) -> Viewer {
        let roles: RoleSet = self
            .roles
            .iter()
            .filter_map(|name| roles::parse(name))
            .map(i32::from)
            .collect();
        Viewer {
            user: self.sub,
            session: self.sid,
            device: self.did.clone(),
            roles,
            expires_at: Timestamp::from_secs(self.exp),
            session_ends_at: self.sxp.map(Timestamp::from_secs),
            profile: self.pid,
            for_child: self.pid.is_some() && self.pch != Some(false),
        }
    }
}
