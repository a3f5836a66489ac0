//! Starts playback: who watches, whether they may, and the addresses (PLAY-1, PLAY-4, MESH-9, C8).

use std::time::Duration;

use sv_kernel::{Ctx, Error, Id, Result, Timestamp, Viewer};
use sv_proto::{
    common::CommonReason,
    content::{BatchGetContentsRequest, Content},
    convert::{detailed, instant},
    rights::{AccessBasis, AccessDecision, CheckAccessRequest, Offers},
    streaming::StreamingReason,
    titles,
    users::ResolveProfileRequest,
};
use sv_rpc::{call, error};
use sv_store::{audit, work};
use uuid::Uuid;

use super::App;
use crate::{
    domain::{Play, PlaySession, Published, SessionKey},
    store,
    token::{Grant, expiry},
};

impl App {
    /// Starts playback of a title, or goes on with the session that runs.
    pub(crate) async fn play(&self, ctx: &Ctx, content: Uuid) -> Result<Play> {
        let viewer = ctx.actor.viewer().ok_or(CommonReason::Unauthenticated)?;
        let (profile, title) =
            tokio::try_join!(self.profile(ctx, viewer), self.title(ctx, content))?;
        let decision = self.decide(ctx, viewer, profile, content).await?;
        if !decision.allowed {
            return Err(denied(&decision));
        }
        let published = self
            .library
            .current(&ctx.tenant, content)
            .await?
            .ok_or(StreamingReason::MediaNotReady)?;
        let entitled_until = decision.expire_time.map(instant);
        let length = Duration::from_secs_f64(published.media.duration_seconds);
        let ends = [entitled_until, viewer.session_ends_at];
        let expires_at = expiry(ctx.now(), ends.into_iter().flatten(), length);
        let key = SessionKey {
            user: viewer.user.uuid(),
            profile,
            device: device(ctx, viewer),
            content,
        };
        let session = self.session(ctx, &key, &published, expires_at).await?;
        self.watch.allowed(session);
        let token = self.keys.ring().sign(&Grant {
            session,
            login: viewer.session,
            tenant: ctx.tenant.clone(),
            content_id: published.media.content_id.clone(),
            generation: published.media.generation().to_owned(),
            expires_at,
        })?;
        Ok(Play {
            session,
            published,
            title: title.title,
            token,
            expires_at,
        })
    }

    /// Returns the open session of a key, or starts one.
    async fn session(
        &self,
        ctx: &Ctx,
        key: &SessionKey,
        published: &Published,
        until: Timestamp,
    ) -> Result<Id<PlaySession>> {
        let generation = published.media.generation();
        let done = self.db.write(ctx, |tx| {
            work(async move {
                if let Some(session) = store::sessions::open(tx, ctx, key).await? {
                    store::sessions::extend(tx, ctx, session, generation, until).await?;
                    ctx.changes_nothing();
                    return Ok(session);
                }
                let session = store::sessions::start(tx, ctx, key, generation, until).await?;
                let values = serde_json::json!({
                    "session": session.to_string(),
                    "profile": key.profile,
                    "device": key.device,
                });
                let act = audit::Act::on("playback", key.content);
                audit::record(tx, ctx, act.changed(serde_json::Value::Null, values)).await?;
                Ok(session)
            })
        });
        done.await
    }

    async fn profile(&self, ctx: &Ctx, viewer: &Viewer) -> Result<Uuid> {
        let request = ResolveProfileRequest {
            user_id: viewer.user.to_string(),
            profile_id: ctx.profile.map(|id| id.to_string()).unwrap_or_default(),
        };
        let answer = self.users.clone().resolve_profile(call(ctx, request)).await;
        let profile = answer.map_err(error)?.into_inner().profile;
        profile
            .and_then(|profile| profile.id.parse().ok())
            .ok_or_else(|| unexpected("users named no profile"))
    }

    async fn title(&self, ctx: &Ctx, content: Uuid) -> Result<Content> {
        let request = BatchGetContentsRequest {
            ids: vec![content.to_string()],
        };
        let answer = self
            .content
            .clone()
            .batch_get_contents(call(ctx, request))
            .await;
        let titles = answer.map_err(error)?.into_inner().contents;
        titles
            .into_iter()
            .next()
            .filter(titles::is_shown)
            .ok_or_else(|| StreamingReason::ContentNotFound.into())
    }

    async fn decide(
        &self,
        ctx: &Ctx,
        viewer: &Viewer,
        profile: Uuid,
        content: Uuid,
    ) -> Result<AccessDecision> {
        let request = CheckAccessRequest {
            user_id: viewer.user.to_string(),
            profile_id: profile.to_string(),
            content_ids: vec![content.to_string()],
        };
        let answer = self.rights.clone().check_access(call(ctx, request)).await;
        let decisions = answer.map_err(error)?.into_inner().decisions;
        decisions
            .into_iter()
            .next()
            .filter(|decision| decision.content_id == content.to_string())
            .ok_or_else(|| unexpected("rights gave no decision"))
    }
}

/// Names the device of a call; a client that names none is known by its login.
fn device(ctx: &Ctx, viewer: &Viewer) -> String {
    ctx.device
        .as_deref()
        .filter(|device| !device.is_empty())
        .map_or_else(|| format!("login:{}", viewer.session), str::to_owned)
}

/// Says why a title is not open, and what would open it.
fn denied(decision: &AccessDecision) -> Error {
    if decision.basis() == AccessBasis::NotAvailable {
        return StreamingReason::ContentNotFound.into();
    }
    let name = decision.basis().as_str_name();
    let basis = name.strip_prefix("ACCESS_BASIS_").unwrap_or(name);
    let refusal = Error::from(StreamingReason::AccessDenied).with("basis", basis.to_lowercase());
    let offers = Offers {
        offers: decision.offers.clone(),
    };
    detailed(refusal, "streamverse.rights.v1.Offers", &offers)
}

fn unexpected(what: &'static str) -> Error {
    Error::from(CommonReason::Internal).because(what)
}
