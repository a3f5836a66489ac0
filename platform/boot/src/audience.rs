//! For whom an answer is made: whether the profile that a call acts for is a child's (X-ID-6).

use std::{sync::Arc, time::Duration};

use moka::sync::Cache;
use sv_kernel::{Ctx, Error, Id, Result, Tenant, User};
use sv_proto::{
    common::CommonReason,
    users::{ResolveProfileRequest, user_service_client::UserServiceClient},
};
use sv_rpc::{Mesh, call, error};

/// How long an answer of users holds.
const MAX_AGE: Duration = Duration::from_secs(1);
/// The most profiles that are remembered.
const REMEMBERED: u64 = 50_000;

/// Tells children's profiles from others, as users knows them. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Audience(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    mesh: Mesh,
    known: Cache<Key, bool>,
}

/// A profile as somebody names it: who may name which is users' to say.
type Key = (Tenant, Id<User>, uuid::Uuid, bool);

impl Audience {
    /// Asks users through this mesh.
    pub fn new(mesh: Mesh) -> Self {
        let known = Cache::builder()
            .max_capacity(REMEMBERED)
            .time_to_live(MAX_AGE)
            .build();
        Self(Arc::new(Inner { mesh, known }))
    }

    /// Says whether only titles for children may be shown. The profile is the one that the session is
    /// bound to or that the client names; a call without either acts for the account's default, which is
    /// never a child's.
    ///
    /// Fails as users does, e.g. with `PROFILE_NOT_FOUND`: who cannot be told from a child sees nothing.
    pub async fn is_child(&self, ctx: &Ctx) -> Result<bool> {
        let (Some(viewer), Some(profile)) = (ctx.actor.viewer(), ctx.profile) else {
            return Ok(false);
        };
        let bound = viewer.profile.is_some();
        let key = (ctx.tenant.clone(), viewer.user, profile, bound);
        if let Some(known) = self.0.known.get(&key) {
            return Ok(known);
        }
        let unavailable = |cause| Error::from(CommonReason::Unavailable).because(cause);
        let users = self.0.mesh.client_transport("users").map_err(unavailable)?;
        let request = ResolveProfileRequest {
            user_id: viewer.user.to_string(),
            profile_id: profile.to_string(),
        };
        let answer = UserServiceClient::new(users)
            .resolve_profile(call(ctx, request))
            .await;
        let profile = answer.map_err(error)?.into_inner().profile;
        // Users always names one.
        let is_child = profile.is_none_or(|profile| profile.is_kids);
        self.0.known.insert(key, is_child);
        Ok(is_child)
    }
}
