//! What access tokens say. The auth service signs exactly this; everybody else reads it.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use sv_kernel::{Error, Id, RoleSet, Session, Tenant, Timestamp, User, Viewer};
use sv_proto::{common::CommonReason, options::Role};

use crate::roles;

/// The header type of access tokens (RFC 9068 section 2.1).
pub const ACCESS_TOKEN_TYPE: &str = "at+jwt";
/// How far clocks may differ.
pub const LEEWAY: Duration = Duration::from_secs(5);

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
            did: None,
        }
    }

    /// Refuses a token whose time has not come or is over (leeway 5 s).
    pub(super) fn check_time(&self, now: Timestamp) -> Result<(), Error> {
        if now >= Timestamp::from_secs(self.exp) + LEEWAY {
            return Err(CommonReason::TokenExpired.into());
        }
        if now + LEEWAY < Timestamp::from_secs(self.nbf) {
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
        }
    }
}
