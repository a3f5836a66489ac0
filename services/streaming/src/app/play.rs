//! Starts playback: who watches, whether they may, and the addresses (PLAY-1, PLAY-4, MESH-9, C8).

use std::time::Duration;

use sv_kernel::{Ctx, Error, Result, Viewer};
use sv_proto::{
    common::CommonReason,
    content::{BatchGetContentsRequest, Content, MarkerKind},
    convert::{detailed, instant},
    rights::{AccessBasis, AccessDecision, CheckAccessRequest, Offers, Quality},
    streaming::StreamingReason,
    titles,
    users::{Profile, ResolveProfileRequest},
};
use sv_rpc::{call, error};
use uuid::Uuid;

use super::{App, device, login_ends, named_device, sessions::viewer, slots::Wish};
use crate::{
    domain::{self, Play, SessionKey, stage::Place},
    token::{Grant, expiry},
};

impl App {
    /// Starts playback of a title, or goes on with the session that runs.
    pub(crate) async fn play(&self, ctx: &Ctx, content: Uuid) -> Result<Play> {
        let viewer = viewer(ctx)?;
        let (profile, title) =
            tokio::try_join!(self.profile(ctx, viewer), self.title(ctx, content))?;
        let profile_id = id_of(&profile)?;
        let decision = self.decide(ctx, viewer, profile_id, content).await?;
        if !decision.allowed {
            return Err(denied(&decision));
        }
        let published = self
            .library
            .current(&ctx.tenant, content)
            .await?
            .ok_or(StreamingReason::MediaNotReady)?;
        let tracks = self.library.tracks(&ctx.tenant, content).await?;
        let entitled_until = decision.expire_time.map(instant);
        let length = Duration::from_secs_f64(published.media.duration_seconds);
        let ends = [entitled_until, login_ends(ctx, viewer)];
        let expires_at = expiry(ctx.now(), ends.into_iter().flatten(), length);
        let key = SessionKey {
            user: viewer.user.uuid(),
            profile: profile_id,
            device: device(ctx, viewer),
            content,
        };
        let named = named_device(ctx);
        let resume = self.resume(ctx, &key).await?;
        let wish = Wish {
            key: &key,
            login: viewer.session,
            named: named.is_some(),
            device_name: &domain::device::name(named, ctx.agent.as_deref()),
            profile_name: &profile.name,
            for_child: profile.is_kids,
            title: &title.title,
            place: place_of(&title),
            is_live: false,
            length,
            credits: credits(&title, length),
            resume,
            generation: published.media.generation(),
            until: expires_at,
            max_streams: self.max_streams(&decision),
        };
        let session = self.take_stream(ctx, &wish).await?;
        let most_lines = most_lines(decision.max_quality());
        let token = self.keys.ring().sign(&Grant {
            session,
            login: viewer.session,
            tenant: ctx.tenant.clone(),
            content_id: published.media.content_id.clone(),
            looped: None,
            generation: published.media.generation().to_owned(),
            most_lines,
            expires_at,
        })?;
        Ok(Play {
            session,
            published,
            title: title.title,
            markers: title.markers.into_iter().map(Into::into).collect(),
            tracks,
            token,
            expires_at,
            resume,
            most_lines,
        })
    }

    /// Returns how many streams the account may run at once.
    pub(super) fn max_streams(&self, decision: &AccessDecision) -> u32 {
        u32::try_from(decision.max_streams)
            .ok()
            .filter(|most| *most > 0)
            .unwrap_or(self.streams_without_plan)
    }

    pub(super) async fn profile(&self, ctx: &Ctx, viewer: &Viewer) -> Result<Profile> {
        let request = ResolveProfileRequest {
            user_id: viewer.user.to_string(),
            profile_id: ctx.profile.map(|id| id.to_string()).unwrap_or_default(),
        };
        let answer = self.users.clone().resolve_profile(call(ctx, request)).await;
        let profile = answer.map_err(error)?.into_inner().profile;
        profile.ok_or_else(|| unexpected("users named no profile"))
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

    pub(super) async fn decide(
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

/// Returns where the credits of a title begin, if editors marked them. What is marked in its first half is a mistake:
/// it would count as watched as soon as it was begun.
fn credits(title: &Content, length: Duration) -> Option<Duration> {
    let marked = title
        .markers
        .iter()
        .filter(|marker| marker.kind() == MarkerKind::Credits);
    let starts = marked.filter_map(|marker| Duration::try_from_secs_f64(marker.start_seconds).ok());
    starts.filter(|start| *start >= length / 2).min()
}

/// Returns the most lines that a picture of a quality has; none where there is no limit.
pub(super) const fn most_lines(quality: Quality) -> Option<u32> {
    match quality {
        Quality::Unspecified => None,
        Quality::Sd => Some(480),
        Quality::Hd => Some(720),
        Quality::FullHd => Some(1_080),
        Quality::Uhd => Some(2_160),
    }
}

/// Says where an episode stands.
pub(super) fn place_of(content: &Content) -> Option<Place> {
    match &content.details {
        Some(sv_proto::content::content::Details::Episode(episode)) => Some(Place {
            series: episode.series_id.parse().ok()?,
            season: episode.season_number,
            episode: episode.episode_number,
        }),
        _ => None,
    }
}

/// Returns a profile's id.
pub(super) fn id_of(profile: &Profile) -> Result<Uuid> {
    let id = profile.id.parse();
    id.map_err(|_| unexpected("users named no profile"))
}

/// Says whether a title or channel is not there for a profile. One that it does not see elsewhere counts as
/// one that does not exist (X-ID-6): another answer would tell a child of it.
pub(super) fn is_absent(decision: &AccessDecision) -> bool {
    matches!(
        decision.basis(),
        AccessBasis::NotAvailable | AccessBasis::Maturity
    )
}

/// Says why a title is not open, and what would open it.
pub(super) fn denied(decision: &AccessDecision) -> Error {
    if is_absent(decision) {
        return StreamingReason::ContentNotFound.into();
    }
    let name = decision.basis().as_str_name();
    let basis = name.strip_prefix("ACCESS_BASIS_").unwrap_or(name);
    let refusal = Error::from(StreamingReason::AccessDenied).with("basis", basis.to_lowercase());
    let refusal = match decision.open_time.map(instant) {
        Some(opens_at) => refusal.with("opens", opens_at),
        None => refusal,
    };
    let offers = Offers {
        offers: decision.offers.clone(),
    };
    detailed(refusal, &offers)
}

fn unexpected(what: &'static str) -> Error {
    Error::from(CommonReason::Internal).because(what)
}
